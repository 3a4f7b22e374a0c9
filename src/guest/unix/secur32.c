/* secur32.dll's Unix half: TLS for schannel (inet/tls.h). Clients only.
 *
 * Not modelled: servers, DTLS, ALPN, channel bindings, client certificates,
 * SECPKG_ATTR_CIPHER_INFO.
 */
#include "guest/inet/certificate.h"
#include "guest/inet/tls.h"
#include "guest/unix/unix.h"
#include <stdlib.h>

enum {
    SEC_E_OK = 0,
    SEC_I_CONTINUE_NEEDED = 0x00090312,
};
#define SEC_E_UNSUPPORTED_FUNCTION 0x80090302u
#define SEC_E_INTERNAL_ERROR       0x80090304u
#define SEC_E_INVALID_TOKEN        0x80090308u
#define SEC_E_BUFFER_TOO_SMALL     0x80090321u

static Machine *machine_of(const UnixCall *c) {
    return c->process->machine;
}

static uint32_t success(UnixCall *c) {
    (void)c;
    return SEC_E_OK;
}

static TlsSession *session_at(UnixCall *c, Fields *f) {
    *f = fields(c->process, c->arguments);
    return tls_session(machine_of(c), get_u64(f));
}

/* ---- buffers of security packages ---- */

enum { MOST_BUFFERS = 8 };

typedef struct {
    uint32_t size;
    uint64_t at;
} SecBuffer;

/* SecBufferDesc: a version, a number, SecBuffers. */
static size_t read_buffers(UnixCall *c, uint64_t at, SecBuffer out[MOST_BUFFERS]) {
    if (!at) return 0;
    Fields f = fields(c->process, at);
    get_u32(&f);
    uint32_t count = get_u32(&f);
    Fields list = fields(c->process, get_pointer(&f));
    if (f.bad || count > MOST_BUFFERS) return 0;
    for (uint32_t i = 0; i < count; i++) {
        out[i].size = get_u32(&list);
        get_u32(&list);
        out[i].at = get_pointer(&list);
    }
    return list.bad ? 0 : count;
}

/* Bytes through the buffers, one after the other; tells the last that was used and how far. */
static uint32_t put_output(UnixCall *c, uint64_t desc, Span bytes, uint64_t index_at,
                           uint64_t offset_at) {
    SecBuffer list[MOST_BUFFERS];
    size_t count = read_buffers(c, desc, list);
    if (!bytes.n) return SEC_E_OK;
    for (size_t i = 0; i < count; i++) {
        size_t n = bytes.n < list[i].size ? bytes.n : list[i].size;
        if (!guest_write(c->process, list[i].at, bytes.p, n)) return SEC_E_INTERNAL_ERROR;
        bytes = span_clip(bytes, n, bytes.n);
        if (bytes.n) continue;
        guest_put_u32(c->process, index_at, (uint32_t)i);
        guest_put_u32(c->process, offset_at, (uint32_t)n);
        return SEC_E_OK;
    }
    return SEC_E_BUFFER_TOO_SMALL;
}

static Span get_input(UnixCall *c, uint64_t desc, uint32_t size) {
    enum { MOST = 1 << 20 };
    SecBuffer list[MOST_BUFFERS];
    if (!read_buffers(c, desc, list) || size > MOST || size > list[0].size) return (Span){0};
    uint8_t *p = arena_alloc(&machine_of(c)->scratch, size + 1);
    return p && guest_read(c->process, list[0].at, p, size) ? span(p, size) : (Span){0};
}

/* ---- sessions ---- */

/* schan_credentials: use, protocols, a handle that is only ours. */
static uint32_t allocate_credentials(UnixCall *c) {
    enum { INBOUND = 1, HANDLE_AT = 8 };
    Fields f = fields(c->process, c->arguments);
    uint64_t credentials = get_pointer(&f);
    uint32_t use = 0;
    guest_get_u32(c->process, credentials, &use);
    if (use == INBOUND) machine_unmodelled(machine_of(c), "servers of TLS (schannel)");
    if (use == INBOUND) return SEC_E_UNSUPPORTED_FUNCTION;
    return guest_put_u64(c->process, credentials + HANDLE_AT, 1) ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

static uint32_t create_session(UnixCall *c) {
    Fields f = fields(c->process, c->arguments);
    get_pointer(&f);
    uint64_t out = get_pointer(&f);
    TlsSession *s = tls_session_new(machine_of(c));
    return s && guest_put_u64(c->process, out, s->id) ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

static uint32_t dispose_session(UnixCall *c) {
    Fields f;
    TlsSession *s = session_at(c, &f);
    if (s) tls_session_free(machine_of(c), s);
    return SEC_E_OK;
}

/* session, name */
static uint32_t set_target(UnixCall *c) {
    Fields f;
    TlsSession *s = session_at(c, &f);
    const char *name =
        guest_string8(c->process, &machine_of(c)->scratch, get_pointer(&f), INET_LONGEST_NAME);
    Address a;
    if (!s || !name) return SEC_E_INTERNAL_ERROR;
    /* RFC 6066 3: addresses are not sent. */
    if (!address_parse(name, &a)) memcpy(s->hello.server_name, name, strlen(name) + 1);
    return SEC_E_OK;
}

/* ---- the handshake ---- */

/* The first of the server's certificates. */
static void keep_certificate(TlsSession *s, Span message) {
    Cur c = cur(message);
    cur_skip(&c, 3);
    Span first = cur_take(&c, cur_be(&c, 3));
    if (c.bad || !first.n || s->certificate) return;
    s->certificate = malloc(first.n);
    if (!s->certificate) return;
    memcpy(s->certificate, first.p, first.n);
    s->certificate_size = first.n;
}

static uint32_t take_server(TlsSession *s, const TlsRecord *r, Buf *out) {
    Span certificate = tls_message(r->body, TLS_CERTIFICATE);
    if (certificate.n) keep_certificate(s, certificate);
    if (!tls_message(r->body, TLS_SERVER_DONE).p) return SEC_I_CONTINUE_NEEDED;
    tls_put_keys(out, &s->hello);
    tls_put_finished(out, &s->hello, false);
    s->state = TLS_KEYED;
    return SEC_I_CONTINUE_NEEDED;
}

static uint32_t take_record(TlsSession *s, const TlsRecord *r, Buf *out) {
    if (r->type == TLS_ALERT) return SEC_E_INTERNAL_ERROR;
    if (r->type != TLS_HANDSHAKE) return SEC_I_CONTINUE_NEEDED;
    if (s->state == TLS_GREETED) return take_server(s, r, out);
    if (s->state != TLS_KEYED) return SEC_E_INTERNAL_ERROR;
    s->state = TLS_OPEN;
    return SEC_E_OK;
}

static uint32_t shake(TlsSession *s, Span in, Buf *out, size_t *used) {
    uint32_t status = SEC_I_CONTINUE_NEEDED;
    TlsRecord r;
    bool bad = false;
    Cur c = cur(in);
    if (s->state == TLS_NEW) {
        tls_put_hello(out, &s->hello);
        s->state = TLS_GREETED;
        return status;
    }
    while (status == SEC_I_CONTINUE_NEEDED && tls_record(&c, &r, &bad))
        status = take_record(s, &r, out);
    *used = c.at;
    return bad ? SEC_E_INVALID_TOKEN : status;
}

/* session, input, its size, output, *input offset, *output index, *output offset, token */
static uint32_t handshake(UnixCall *c) {
    enum { SHUTDOWN = 1, CLOSE_NOTIFY = 0 };
    Fields f;
    TlsSession *s = session_at(c, &f);
    uint64_t input = get_pointer(&f);
    uint32_t size = get_u32(&f);
    uint64_t output = get_pointer(&f), used_at = get_pointer(&f);
    uint64_t index_at = get_pointer(&f), offset_at = get_pointer(&f);
    uint32_t token = get_u32(&f), status = SEC_E_OK;
    size_t used = 0;
    if (!s || f.bad) return SEC_E_INTERNAL_ERROR;
    Buf out = buf_new(TLS_MOST_RECORD);
    if (token == SHUTDOWN) tls_put_alert(&out, false, CLOSE_NOTIFY);
    else status = shake(s, get_input(c, input, size), &out, &used);
    guest_put_u32(c->process, used_at, (uint32_t)used);
    uint32_t put = put_output(c, output, buf_span(&out), index_at, offset_at);
    buf_free(&out);
    return put ? put : status;
}

/* ---- data ---- */

/* session, output, bytes, their number, *output index, *output offset */
static uint32_t send_data(UnixCall *c) {
    Fields f;
    TlsSession *s = session_at(c, &f);
    uint64_t output = get_pointer(&f), at = get_pointer(&f);
    uint32_t size = get_u32(&f);
    uint64_t index_at = get_pointer(&f), offset_at = get_pointer(&f);
    uint8_t *plain = size <= TLS_MOST ? arena_alloc(&machine_of(c)->scratch, size + 1) : NULL;
    if (!s || f.bad || !plain || !guest_read(c->process, at, plain, size))
        return SEC_E_INTERNAL_ERROR;
    Buf out = buf_new(TLS_MOST_RECORD);
    tls_put_data(&out, span(plain, size), s->sent++);
    uint32_t status = put_output(c, output, buf_span(&out), index_at, offset_at);
    buf_free(&out);
    return status;
}

/* session, input, its size, buffer, *its size */
static uint32_t receive_data(UnixCall *c) {
    Fields f;
    TlsSession *s = session_at(c, &f);
    uint64_t input = get_pointer(&f);
    uint32_t size = get_u32(&f), room = 0;
    uint64_t out = get_pointer(&f), size_at = get_pointer(&f);
    TlsRecord r;
    bool bad;
    Cur in = cur(get_input(c, input, size));
    if (!s || f.bad || !guest_get_u32(c->process, size_at, &room)) return SEC_E_INTERNAL_ERROR;
    if (!tls_record(&in, &r, &bad)) return SEC_E_INVALID_TOKEN;
    Span plain = r.type == TLS_DATA ? tls_plain(r.body) : (Span){0};
    if (plain.n > room || !guest_write(c->process, out, plain.p, plain.n))
        return SEC_E_INTERNAL_ERROR;
    guest_put_u32(c->process, size_at, (uint32_t)plain.n);
    return SEC_E_OK;
}

/* ---- what is told of a session ---- */

static uint32_t enabled_protocols(UnixCall *c) {
    enum { TLS10 = 0x80, TLS11 = 0x200, TLS12 = 0x800 };
    (void)c;
    return TLS10 | TLS11 | TLS12;
}

static uint32_t block_size(UnixCall *c) {
    enum { AES = 16 };
    (void)c;
    return AES;
}

static uint32_t message_size(UnixCall *c) {
    (void)c;
    return TLS_MOST;
}

static uint32_t signature_algorithm(UnixCall *c) {
    enum { RSA_SIGN = 0x2400 };
    (void)c;
    return RSA_SIGN;
}

/* SecPkgContext_ConnectionInfo of TLS 1.2 with ECDHE_RSA, AES-256-GCM, SHA-384. */
static uint32_t connection_info(UnixCall *c) {
    enum { TLS12 = 0x800, AES_256 = 0x6610, SHA_384 = 0x800d, ECDH_EPHEM = 0xae06 };
    static const uint32_t info[] = {TLS12, AES_256, 256, SHA_384, 384, ECDH_EPHEM, 0};
    Fields f;
    if (!session_at(c, &f)) return SEC_E_INTERNAL_ERROR;
    bool good = guest_write(c->process, get_pointer(&f), info, sizeof info);
    return good ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

/* SecPkgContext_ApplicationProtocol: none was agreed on. */
static uint32_t application_protocol(UnixCall *c) {
    static const uint8_t none[12];
    Fields f;
    if (!session_at(c, &f)) return SEC_E_INTERNAL_ERROR;
    bool good = guest_write(c->process, get_pointer(&f), none, sizeof none);
    return good ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

/* session, buffer, *its size, *number: sizes of certificates, then the certificates. */
static uint32_t peer_certificate(UnixCall *c) {
    Fields f;
    const TlsSession *s = session_at(c, &f);
    uint64_t out = get_pointer(&f), size_at = get_pointer(&f), count_at = get_pointer(&f);
    uint32_t room = 0;
    if (!s || !s->certificate || !guest_get_u32(c->process, size_at, &room))
        return SEC_E_INTERNAL_ERROR;
    uint32_t size = (uint32_t)s->certificate_size, needed = size + 4;
    guest_put_u32(c->process, size_at, needed);
    if (!out || room < needed) return SEC_E_BUFFER_TOO_SMALL;
    bool good = guest_put_u32(c->process, out, size) &&
                guest_write(c->process, out + 4, s->certificate, size) &&
                guest_put_u32(c->process, count_at, 1);
    return good ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

static uint32_t unsupported(UnixCall *c) {
    machine_unmodelled(machine_of(c), "an attribute of a TLS session");
    return SEC_E_UNSUPPORTED_FUNCTION;
}

const UnixRow unix_secur32_rows[] = {
    {"secur32.dll", 0, success}, /* process_attach */
    {"secur32.dll", 1, success}, /* process_detach */
    {"secur32.dll", 2, allocate_credentials},
    {"secur32.dll", 3, create_session},
    {"secur32.dll", 4, dispose_session},
    {"secur32.dll", 5, success}, /* free_certificate_credentials */
    {"secur32.dll", 6, application_protocol},
    {"secur32.dll", 7, unsupported}, /* get_cipher_info */
    {"secur32.dll", 8, connection_info},
    {"secur32.dll", 9, enabled_protocols},
    {"secur32.dll", 10, signature_algorithm},
    {"secur32.dll", 11, message_size},
    {"secur32.dll", 12, block_size},
    {"secur32.dll", 13, peer_certificate},
    {"secur32.dll", 14, unsupported}, /* get_unique_channel_binding */
    {"secur32.dll", 15, handshake},
    {"secur32.dll", 16, receive_data},
    {"secur32.dll", 17, send_data},
    {"secur32.dll", 18, success}, /* set_application_protocols: the server knows none */
    {"secur32.dll", 20, set_target},
    {0},
};
