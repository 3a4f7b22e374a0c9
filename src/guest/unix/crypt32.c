/* crypt32.dll: certificates of the host, of which the guest has one: the authority of the pretend
 * Internet (the rest of its root store is what the registry holds); and PKCS #12 files.
 *
 * Not modelled: PKCS #12. */
#include "guest/inet/certificate.h"
#include "guest/inet/inet.h"
#include "guest/unix/unix.h"

static uint32_t success(UnixCall *c) {
    (void)c;
    return STATUS_SUCCESS;
}

static uint32_t open_pkcs12(UnixCall *c) {
    machine_unmodelled(c->process->machine, "PKCS #12 (PFXImportCertStore)");
    return STATUS_NOT_SUPPORTED;
}

/* buffer, its size, *the size that is needed: called until there are no more. */
static uint32_t next_root(UnixCall *c) {
    Machine *m = c->process->machine;
    Fields f = fields(c->process, c->arguments);
    uint64_t out = get_pointer(&f);
    uint32_t room = get_u32(&f);
    uint64_t needed_at = get_pointer(&f);
    m->inet->root_told = !m->inet->root_told;
    if (!m->inet->root_told) return STATUS_NO_MORE_ENTRIES;
    Span root = certificate_root(m, &m->scratch);
    if (f.bad || !guest_put_u32(c->process, needed_at, (uint32_t)root.n))
        return STATUS_ACCESS_VIOLATION;
    if (root.n > room) m->inet->root_told = false; /* it comes again with room */
    else if (!guest_write(c->process, out, root.p, root.n)) return STATUS_ACCESS_VIOLATION;
    return STATUS_SUCCESS;
}

const UnixRow unix_crypt32_rows[] = {
    {"crypt32.dll", 0, success}, /* process_attach */
    {"crypt32.dll", 1, success}, /* process_detach */
    {"crypt32.dll", 2, open_pkcs12}, {"crypt32.dll", 6, next_root}, {0},
};
