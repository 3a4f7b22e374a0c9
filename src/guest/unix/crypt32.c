/* crypt32.dll: certificates of the host, which the guest has none of (its root store is what the
 * registry holds), and PKCS #12 files.
 *
 * Not modelled: PKCS #12. */
#include "guest/unix/unix.h"

static uint32_t success(UnixCall *c) {
    (void)c;
    return STATUS_SUCCESS;
}

static uint32_t open_pkcs12(UnixCall *c) {
    machine_unmodelled(c->process->machine, "PKCS #12 (PFXImportCertStore)");
    return STATUS_NOT_SUPPORTED;
}

static uint32_t no_more_roots(UnixCall *c) {
    (void)c;
    return STATUS_NO_MORE_ENTRIES;
}

const UnixRow unix_crypt32_rows[] = {
    {"crypt32.dll", 0, success}, /* process_attach */
    {"crypt32.dll", 1, success}, /* process_detach */
    {"crypt32.dll", 2, open_pkcs12}, {"crypt32.dll", 6, no_more_roots}, {0},
};
