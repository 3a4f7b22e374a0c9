#include "guest/inet/tls.h"
#include "base/hash.h"
#include <stdio.h>
#include <stdlib.h>

enum { VERSION = 0x0303, ECDHE_RSA_AES_256_GCM = 0xc030, SESSIONS_MOST = 4096 };

/* ---- reading ---- */

bool tls_record(Cur *c, TlsRecord *out, bool *bad) {
    Cur ahead = *c;
    out->type = cur_u8(&ahead);
    uint16_t version = cur_u16be(&ahead), size = cur_u16be(&ahead);
    *bad = !ahead.bad && (out->type < TLS_CHANGE_CIPHER || out->type > TLS_DATA ||
                          version >> 8 != 3 || size > TLS_MOST_RECORD);
    out->body = cur_take(&ahead, size);
    if (ahead.bad || *bad) return false;
    *c = ahead;
    return true;
}

Span tls_message(Span body, uint8_t type) {
    Cur c = cur(body);
    while (cur_left(&c)) {
        uint8_t is = cur_u8(&c);
        uint32_t size = (uint32_t)cur_be(&c, 3);
        Span message = cur_take(&c, size);
        if (c.bad) break;
        if (is == type) return size ? message : span(body.p, 0);
    }
    return (Span){0};
}

/* ServerNameList (RFC 6066 3): the first host name. */
static void read_server_name(Span extension, TlsHello *out) {
    Cur c = cur(extension);
    cur_skip(&c, 2);
    uint8_t kind = cur_u8(&c);
    Span name = cur_take(&c, cur_u16be(&c));
    if (c.bad || kind || !name.n || name.n > INET_LONGEST_NAME) return;
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] <= ' ' || name.p[i] >= 127) return;
    memcpy(out->server_name, name.p, name.n);
    out->server_name[name.n] = 0;
}

bool tls_read_hello(Span body, TlsHello *out) {
    enum { SERVER_NAME = 0 };
    Cur c = cur(tls_message(body, TLS_CLIENT_HELLO));
    *out = (TlsHello){0};
    cur_skip(&c, 2);
    Span random = cur_take(&c, TLS_RANDOM);
    cur_skip(&c, cur_u8(&c));    /* session */
    cur_skip(&c, cur_u16be(&c)); /* cipher suites */
    cur_skip(&c, cur_u8(&c));    /* compression */
    if (c.bad) return false;
    memcpy(out->random, random.p, TLS_RANDOM);
    if (!cur_left(&c)) return true; /* extensions are optional */
    Cur extensions = cur(cur_take(&c, cur_u16be(&c)));
    while (cur_left(&extensions)) {
        uint16_t type = cur_u16be(&extensions);
        Span value = cur_take(&extensions, cur_u16be(&extensions));
        if (type == SERVER_NAME && !extensions.bad) read_server_name(value, out);
    }
    return !c.bad;
}

Span tls_plain(Span body) {
    if (body.n < TLS_NONCE + TLS_TAG) return (Span){0};
    return span_sub(body, TLS_NONCE, body.n - TLS_NONCE - TLS_TAG);
}

/* ---- writing ---- */

static void put16(Buf *b, unsigned v) {
    buf_byte(b, (uint8_t)(v >> 8));
    buf_byte(b, (uint8_t)v);
}

static void put24(Buf *b, size_t v) {
    buf_byte(b, (uint8_t)(v >> 16));
    put16(b, (unsigned)(v & 0xffff));
}

void tls_put_record(Buf *out, uint8_t type, Span body) {
    buf_byte(out, type);
    put16(out, VERSION);
    put16(out, (unsigned)body.n);
    buf_add(out, body);
}

void tls_put_alert(Buf *out, bool fatal, uint8_t what) {
    const uint8_t alert[2] = {fatal ? 2 : 1, what};
    tls_put_record(out, TLS_ALERT, span(alert, sizeof alert));
}

static void put_message(Buf *out, uint8_t type, Span body) {
    buf_byte(out, type);
    put24(out, body.n);
    buf_add(out, body);
}

/* Bytes that look like what would be there; they follow from the client's random. */
static void put_filler(Buf *b, const TlsHello *hello, const char *what, size_t n) {
    uint8_t block[TLS_RANDOM + 32], digest[32];
    for (size_t at = 0; at < n; at += sizeof digest) {
        memset(block, 0, sizeof block);
        memcpy(block, hello->random, TLS_RANDOM);
        snprintf((char *)block + TLS_RANDOM, 32, "%.20s %zu", what, at);
        hash_sha256(span(block, sizeof block), digest);
        buf_add(b, span(digest, n - at < sizeof digest ? n - at : sizeof digest));
    }
}

static void put_server_name(Buf *b, const char *name) {
    size_t n = strlen(name);
    put16(b, 0); /* server_name */
    put16(b, (unsigned)n + 5);
    put16(b, (unsigned)n + 3);
    buf_byte(b, 0);
    put16(b, (unsigned)n);
    buf_str(b, name);
}

/* What Windows 10 offers, in its order. */
void tls_put_hello(Buf *out, const TlsHello *hello) {
    static const uint16_t suites[] = {0xc02c, 0xc02b, 0xc030, 0xc02f, 0xc024, 0xc023, 0xc028,
                                      0xc027, 0xc00a, 0xc009, 0xc014, 0xc013, 0x009d, 0x009c,
                                      0x003d, 0x003c, 0x0035, 0x002f, 0x000a};
    static const uint8_t others[] = {
        0,    5,  0, 5,  1, 0,  0, 0,  0,                              /* status_request */
        0,    10, 0, 8,  0, 6,  0, 29, 0, 23, 0, 24,                   /* supported_groups */
        0,    11, 0, 2,  1, 0,                                         /* ec_point_formats */
        0,    13, 0, 14, 0, 12, 4, 1,  5, 1,  2, 1,  4, 3, 5, 3, 2, 3, /* signature_algorithms */
        0,    23, 0, 0,                                                /* extended_master_secret */
        0xff, 1,  0, 1,  0,                                            /* renegotiation_info */
    };
    Buf b = buf_new(TLS_MOST), extensions = buf_new(TLS_MOST), message = buf_new(TLS_MOST);
    put16(&b, VERSION);
    buf_add(&b, span(hello->random, TLS_RANDOM));
    buf_byte(&b, 0);
    put16(&b, sizeof suites);
    for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) put16(&b, suites[i]);
    put16(&b, 0x0100); /* one compression: none */
    if (*hello->server_name) put_server_name(&extensions, hello->server_name);
    buf_add(&extensions, span(others, sizeof others));
    put16(&b, (unsigned)extensions.n);
    buf_add(&b, buf_span(&extensions));
    put_message(&message, TLS_CLIENT_HELLO, buf_span(&b));
    tls_put_record(out, TLS_HANDSHAKE, buf_span(&message));
    buf_free(&b);
    buf_free(&extensions);
    buf_free(&message);
}

static void put_server_hello(Buf *out, const TlsHello *client) {
    enum { SESSION = 32 };
    Buf b = buf_new(TLS_MOST);
    put16(&b, VERSION);
    put_filler(&b, client, "server random", TLS_RANDOM);
    buf_byte(&b, SESSION);
    put_filler(&b, client, "session", SESSION);
    put16(&b, ECDHE_RSA_AES_256_GCM);
    buf_byte(&b, 0);
    put16(&b, 9);
    buf_add(&b, span("\xff\1\0\1\0\0\x17\0\0", 9)); /* renegotiation_info, extended_master_secret */
    put_message(out, TLS_SERVER_HELLO, buf_span(&b));
    buf_free(&b);
}

static void put_certificates(Buf *out, Span certificate) {
    Buf b = buf_new(TLS_MOST);
    put24(&b, certificate.n + 3);
    put24(&b, certificate.n);
    buf_add(&b, certificate);
    put_message(out, TLS_CERTIFICATE, buf_span(&b));
    buf_free(&b);
}

/* A point of x25519 and its signature (RFC 8422 5.4). */
static void put_server_keys(Buf *out, const TlsHello *client) {
    enum { NAMED_CURVE = 3, X25519 = 29, POINT = 32, SHA256_RSA = 0x0401, SIGNATURE = 256 };
    Buf b = buf_new(TLS_MOST);
    buf_byte(&b, NAMED_CURVE);
    put16(&b, X25519);
    buf_byte(&b, POINT);
    put_filler(&b, client, "server point", POINT);
    put16(&b, SHA256_RSA);
    put16(&b, SIGNATURE);
    put_filler(&b, client, "signature", SIGNATURE);
    put_message(out, TLS_SERVER_KEYS, buf_span(&b));
    buf_free(&b);
}

void tls_put_server(Buf *out, const TlsHello *client, Span certificate) {
    Buf b = buf_new(TLS_MOST);
    put_server_hello(&b, client);
    put_certificates(&b, certificate);
    put_server_keys(&b, client);
    put_message(&b, TLS_SERVER_DONE, (Span){0});
    tls_put_record(out, TLS_HANDSHAKE, buf_span(&b));
    buf_free(&b);
}

void tls_put_keys(Buf *out, const TlsHello *client) {
    enum { POINT = 32 };
    Buf b = buf_new(TLS_MOST), message = buf_new(TLS_MOST);
    buf_byte(&b, POINT);
    put_filler(&b, client, "client point", POINT);
    put_message(&message, TLS_CLIENT_KEYS, buf_span(&b));
    tls_put_record(out, TLS_HANDSHAKE, buf_span(&message));
    buf_free(&b);
    buf_free(&message);
}

void tls_put_finished(Buf *out, const TlsHello *client, bool server) {
    enum { VERIFY = 16 + TLS_NONCE + TLS_TAG };
    Buf b = buf_new(TLS_MOST);
    tls_put_record(out, TLS_CHANGE_CIPHER, span("\1", 1));
    put_filler(&b, client, server ? "server finished" : "client finished", VERIFY);
    tls_put_record(out, TLS_HANDSHAKE, buf_span(&b));
    buf_free(&b);
}

void tls_put_data(Buf *out, Span plain, uint64_t number) {
    static const uint8_t tag[TLS_TAG];
    Buf b = buf_new(TLS_MOST_RECORD);
    for (unsigned i = 0; i < TLS_NONCE; i++) buf_byte(&b, (uint8_t)(number >> (56 - 8 * i)));
    buf_add(&b, plain);
    buf_add(&b, span(tag, sizeof tag));
    tls_put_record(out, TLS_DATA, buf_span(&b));
    buf_free(&b);
}

/* ---- sessions ---- */

TlsSession *tls_session_new(Machine *m) {
    TlsSession *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    *s = (TlsSession){.next = m->inet->sessions, .id = 0x10000 + 0x40 * ++m->inet->session_count};
    for (size_t i = 0; i < TLS_RANDOM; i++) s->hello.random[i] = (uint8_t)(machine_random(m) >> 24);
    m->inet->sessions = s;
    return s;
}

TlsSession *tls_session(Machine *m, uint64_t id) {
    TlsSession *s = m->inet->sessions;
    while (s && s->id != id) s = s->next;
    return s;
}

void tls_session_free(Machine *m, TlsSession *s) {
    TlsSession **at = &m->inet->sessions;
    while (*at && *at != s) at = &(*at)->next;
    if (!*at) return;
    *at = s->next;
    free(s->certificate);
    free(s);
}

bool tls_is_ours(const Machine *m, const TlsHello *hello) {
    for (const TlsSession *s = m->inet->sessions; s; s = s->next)
        if (!memcmp(s->hello.random, hello->random, TLS_RANDOM)) return true;
    return false;
}
