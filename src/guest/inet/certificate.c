#include "guest/inet/certificate.h"
#include "base/buf.h"
#include "base/hash.h"
#include "guest/crypto/rsa.h"
#include <stdio.h>
#include <time.h>

enum { KEY_BYTES = 256, DER_MOST = 4096, DAY = 86400 };

/* ---- the authority's key ---- */

/* The next prime behind a number that follows from a word. */
static void prime_of(const char *word, mpz_t out) {
    uint8_t bytes[KEY_BYTES / 2];
    char text[64];
    for (size_t i = 0; i < sizeof bytes; i += 32) {
        snprintf(text, sizeof text, "%s %zu", word, i);
        hash_sha256(span_str(text), bytes + i);
    }
    bytes[0] |= 0xc0; /* so that the product has all its bits */
    nettle_mpz_set_str_256_u(out, sizeof bytes, bytes);
    mpz_nextprime(out, out);
}

static bool make_key(Rsa *key) {
    uint8_t n[KEY_BYTES], p[KEY_BYTES / 2], q[KEY_BYTES / 2];
    mpz_t product, first, second;
    mpz_inits(product, first, second, NULL);
    prime_of("the pretend Internet's first prime", first);
    prime_of("the pretend Internet's second prime", second);
    mpz_mul(product, first, second);
    rsa_number(product, n, sizeof n);
    rsa_number(first, p, sizeof p);
    rsa_number(second, q, sizeof q);
    mpz_clears(product, first, second, NULL);
    rsa_init(key);
    return rsa_import(key, span(n, sizeof n), span("\1\0\1", 3), span(p, sizeof p),
                      span(q, sizeof q));
}

/* ---- DER (X.690 10) ---- */

enum {
    INTEGER = 0x02,
    BITS = 0x03,
    OCTETS = 0x04,
    OID = 0x06,
    UTF8 = 0x0c,
    PRINTABLE = 0x13, /* what a country is spelled in */
    UTC_TIME = 0x17,
    SEQUENCE = 0x30,
    SET = 0x31,
    DNS_NAME = 0x82,
    VERSION = 0xa0,
    EXTENSIONS = 0xa3
};

static void put(Buf *out, unsigned tag, Span content) {
    buf_byte(out, (uint8_t)tag);
    if (content.n >= 256) buf_byte(out, 0x82);
    else if (content.n >= 128) buf_byte(out, 0x81);
    if (content.n >= 256) buf_byte(out, (uint8_t)(content.n >> 8));
    buf_byte(out, (uint8_t)content.n);
    buf_add(out, content);
}

/* Wraps what was written since `from`. */
static void wrap(Buf *b, size_t from, unsigned tag) {
    Buf inner = buf_new(DER_MOST);
    buf_add(&inner, span(b->p + from, b->n - from));
    b->n = from;
    put(b, tag, buf_span(&inner));
    buf_free(&inner);
}

/* A number without a sign. */
static void put_number(Buf *b, Span bytes) {
    size_t from = b->n;
    if (bytes.n && bytes.p[0] & 0x80) buf_byte(b, 0);
    buf_add(b, bytes);
    wrap(b, from, INTEGER);
}

#define OID_RSA          "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
#define OID_SHA256_RSA   "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"
#define OID_COMMON_NAME  "\x55\x04\x03"
#define OID_ORGANIZATION "\x55\x04\x0a"
#define OID_COUNTRY      "\x55\x04\x06"
#define OID_ALT_NAME     "\x55\x1d\x11"
#define OID_CONSTRAINTS  "\x55\x1d\x13"
#define OID_KEY_USAGE    "\x55\x1d\x0f"
#define OID_EXTENDED     "\x55\x1d\x25"
#define SERVER_AUTH      "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"

/* AlgorithmIdentifier with NULL parameters. */
static void put_algorithm(Buf *b, const char *oid) {
    size_t from = b->n;
    put(b, OID, span_str(oid));
    buf_add(b, span("\x05\0", 2));
    wrap(b, from, SEQUENCE);
}

static void put_attribute(Buf *b, const char *oid, const char *text) {
    size_t from = b->n;
    put(b, OID, span_str(oid));
    put(b, strcmp(oid, OID_COUNTRY) ? UTF8 : PRINTABLE, span_str(text));
    wrap(b, from, SEQUENCE);
    wrap(b, from, SET);
}

static void put_authority(Buf *b) {
    size_t from = b->n;
    put_attribute(b, OID_COUNTRY, "US");
    put_attribute(b, OID_ORGANIZATION, "Internet Trust Services");
    put_attribute(b, OID_COMMON_NAME, "Internet Trust Services Root CA 3");
    wrap(b, from, SEQUENCE);
}

static void put_host(Buf *b, const char *host) {
    size_t from = b->n;
    put_attribute(b, OID_COMMON_NAME, host);
    wrap(b, from, SEQUENCE);
}

static void put_time(Buf *b, time_t seconds) {
    char text[32];
    struct tm tm;
    gmtime_r(&seconds, &tm);
    strftime(text, sizeof text, "%y%m%d%H%M%SZ", &tm);
    put(b, UTC_TIME, span_str(text));
}

/* From midnight, so that a certificate is the same all day. */
static void put_validity(Buf *b, Machine *m, unsigned before, unsigned after) {
    size_t from = b->n;
    time_t day = (time_t)(machine_time(m) / TIME_SECOND) / DAY * DAY;
    put_time(b, day - (time_t)before * DAY);
    put_time(b, day + (time_t)after * DAY);
    wrap(b, from, SEQUENCE);
}

static void put_key(Buf *b, const Rsa *key) {
    uint8_t n[KEY_BYTES];
    size_t from = b->n;
    put_algorithm(b, OID_RSA);
    size_t bits = b->n;
    buf_byte(b, 0);
    size_t numbers = b->n;
    rsa_number(key->n, n, sizeof n);
    put_number(b, span(n, sizeof n));
    put_number(b, span("\1\0\1", 3));
    wrap(b, numbers, SEQUENCE);
    wrap(b, bits, BITS);
    wrap(b, from, SEQUENCE);
}

static void put_extension(Buf *b, const char *oid, bool critical, Span value) {
    size_t from = b->n;
    put(b, OID, span_str(oid));
    if (critical) buf_add(b, span("\x01\x01\xff", 3));
    put(b, OCTETS, value);
    wrap(b, from, SEQUENCE);
}

static void put_extensions(Buf *b, const char *host) {
    size_t from = b->n;
    Buf names = buf_new(DER_MOST);
    if (host) {
        put(&names, DNS_NAME, span_str(host));
        wrap(&names, 0, SEQUENCE);
        put_extension(b, OID_ALT_NAME, false, buf_span(&names));
        put_extension(b, OID_EXTENDED, false, span_str(SERVER_AUTH));
        put_extension(b, OID_KEY_USAGE, true, span("\x03\x02\x05\xa0", 4));
        put_extension(b, OID_CONSTRAINTS, true, span("\x30\0", 2));
    } else {
        put_extension(b, OID_KEY_USAGE, true, span("\x03\x02\x01\x06", 4));
        put_extension(b, OID_CONSTRAINTS, true, span("\x30\x03\x01\x01\xff", 5));
    }
    buf_free(&names);
    wrap(b, from, SEQUENCE);
    wrap(b, from, EXTENSIONS);
}

/* ---- certificates ---- */

/* TBSCertificate (RFC 5280 4.1). */
static void put_body(Buf *b, Machine *m, const Rsa *key, const char *host) {
    enum { YEAR = 365, SERIAL = 16 };
    uint8_t serial[32];
    hash_sha256(span_str(host ? host : "root"), serial);
    serial[0] = (uint8_t)((serial[0] & 0x7f) | 1);
    buf_add(b, span("\x02\x01\x02", 3));
    wrap(b, 0, VERSION);
    put(b, INTEGER, span(serial, SERIAL));
    put_algorithm(b, OID_SHA256_RSA);
    put_authority(b);
    put_validity(b, m, host ? 40 : 6 * YEAR, host ? 50 : 14 * YEAR);
    if (host) put_host(b, host);
    else put_authority(b);
    put_key(b, key);
    put_extensions(b, host);
    wrap(b, 0, SEQUENCE);
}

/* DigestInfo of SHA-256 (RFC 8017 9.2). */
static void sign(const Rsa *key, Buf *b) {
    static const uint8_t prefix[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                     0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    uint8_t info[sizeof prefix + 32], signature[1 + KEY_BYTES] = {0};
    memcpy(info, prefix, sizeof prefix);
    hash_sha256(buf_span(b), info + sizeof prefix);
    rsa_sign_pkcs1(key, span(info, sizeof info), signature + 1);
    put_algorithm(b, OID_SHA256_RSA);
    put(b, BITS, span(signature, sizeof signature));
    wrap(b, 0, SEQUENCE);
}

static Span make(Machine *m, Arena *a, const char *host) {
    Rsa key;
    Buf b = buf_new(DER_MOST);
    Span out = {0};
    if (make_key(&key)) {
        put_body(&b, m, &key, host);
        sign(&key, &b);
        if (!b.full) out = arena_bytes(a, buf_span(&b));
    }
    rsa_clear(&key);
    buf_free(&b);
    return out;
}

Span certificate_root(Machine *m, Arena *a) {
    return make(m, a, NULL);
}

Span certificate_of(Machine *m, Arena *a, const char *host) {
    return make(m, a, host);
}
