#include "sign/crypto.h"
#include "sign/der.h"
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>

enum { KEYS = 256, CHECKS = 1024, LONGEST_KEY = 16384 };

typedef struct {
    uint8_t name[32]; /* SHA-256 of the SubjectPublicKeyInfo */
    EVP_PKEY *key;    /* NULL = free, or it could not be read */
    bool used;
} Key;

typedef struct {
    uint8_t name[32]; /* SHA-256 of key, digest and signature */
    bool used;
    SignatureCheck check;
} Check;

struct Crypto {
    EVP_MD *md[MD_COUNT];
    EVP_MD_CTX *context;
    Key keys[KEYS];
    Check checks[CHECKS];
};

/* ---- digests ---- */

static const struct {
    const char *name, *fetch;
    size_t n;
} mds[MD_COUNT] = {
    [MD_NONE] = {"none", NULL, 0},          [MD_MD5] = {"md5", "MD5", 16},
    [MD_SHA1] = {"sha1", "SHA1", 20},       [MD_SHA224] = {"sha224", "SHA224", 28},
    [MD_SHA256] = {"sha256", "SHA256", 32}, [MD_SHA384] = {"sha384", "SHA384", 48},
    [MD_SHA512] = {"sha512", "SHA512", 64},
};

const char *md_name(MdKind k) {
    return mds[k].name;
}

size_t md_size(MdKind k) {
    return mds[k].n;
}

MdKind md_of_oid(Oid o) {
    switch (o) {
    case OID_MD5:
    case OID_MD5_RSA: return MD_MD5;
    case OID_SHA1:
    case OID_SHA1_RSA:
    case OID_OLD_SHA1_RSA:
    case OID_SHA1_DSA:
    case OID_SHA1_EC: return MD_SHA1;
    case OID_SHA224:
    case OID_SHA224_RSA:
    case OID_SHA224_EC: return MD_SHA224;
    case OID_SHA256:
    case OID_SHA256_RSA:
    case OID_SHA256_DSA:
    case OID_SHA256_EC: return MD_SHA256;
    case OID_SHA384:
    case OID_SHA384_RSA:
    case OID_SHA384_EC: return MD_SHA384;
    case OID_SHA512:
    case OID_SHA512_RSA:
    case OID_SHA512_EC: return MD_SHA512;
    default: return MD_NONE;
    }
}

struct Hasher {
    EVP_MD_CTX *context;
    const EVP_MD *md;
    MdKind kind;
    bool failed;
};

static void restart(Hasher *h) {
    h->failed = EVP_DigestInit_ex2(h->context, h->md, NULL) != 1;
}

Hasher *hasher_open(Crypto *c, MdKind k) {
    Hasher *h = k == MD_NONE || !c->md[k] ? NULL : calloc(1, sizeof *h);
    if (!h) return NULL;
    *h = (Hasher){.context = EVP_MD_CTX_new(), .md = c->md[k], .kind = k};
    if (!h->context) {
        free(h);
        return NULL;
    }
    restart(h);
    return h;
}

void hasher_add(Hasher *h, Span bytes) {
    if (h && bytes.n && EVP_DigestUpdate(h->context, bytes.p, bytes.n) != 1) h->failed = true;
}

void hasher_zeroes(Hasher *h, uint64_t n) {
    static const uint8_t zeroes[4096];
    for (; n; n -= n < sizeof zeroes ? n : sizeof zeroes)
        hasher_add(h, span(zeroes, n < sizeof zeroes ? (size_t)n : sizeof zeroes));
}

Md hasher_take(Hasher *h) {
    Md m = {0};
    unsigned n = 0;
    if (!h) return m;
    bool done = !h->failed && EVP_DigestFinal_ex(h->context, m.p, &n) == 1;
    m.kind = done ? h->kind : MD_NONE;
    m.n = done ? n : 0;
    restart(h);
    return m;
}

void hasher_close(Hasher *h) {
    if (!h) return;
    EVP_MD_CTX_free(h->context);
    free(h);
}

Md md_of(Crypto *c, MdKind k, Span bytes) {
    Md m = {0};
    unsigned n = 0;
    if (k == MD_NONE || !c->md[k] || EVP_DigestInit_ex2(c->context, c->md[k], NULL) != 1) return m;
    if (bytes.n && EVP_DigestUpdate(c->context, bytes.p, bytes.n) != 1) return m;
    if (EVP_DigestFinal_ex(c->context, m.p, &n) != 1) return m;
    m.kind = k;
    m.n = n;
    return m;
}

/* ---- opening ---- */

Crypto *crypto_open(void) {
    Crypto *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    /* no configuration file of this computer changes what a signature is worth */
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL);
    c->context = EVP_MD_CTX_new();
    for (unsigned k = MD_NONE + 1; k < MD_COUNT; k++)
        c->md[k] = EVP_MD_fetch(NULL, mds[k].fetch, NULL);
    if (!c->context || !c->md[MD_SHA256]) {
        crypto_close(c);
        return NULL;
    }
    return c;
}

void crypto_close(Crypto *c) {
    if (!c) return;
    for (unsigned i = 0; i < KEYS; i++) EVP_PKEY_free(c->keys[i].key);
    for (unsigned k = 0; k < MD_COUNT; k++) EVP_MD_free(c->md[k]);
    EVP_MD_CTX_free(c->context);
    free(c);
}

/* ---- keys ---- */

static EVP_PKEY *read_key(Span key) {
    const unsigned char *p = key.p;
    if (!key.n || key.n > LONGEST_KEY) return NULL;
    return d2i_PUBKEY(NULL, &p, (long)key.n);
}

static EVP_PKEY *find_key(Crypto *c, Span key) {
    Md name = md_of(c, MD_SHA256, key);
    if (name.kind == MD_NONE) return NULL;
    Key *k = &c->keys[name.p[0] % KEYS];
    if (k->used && memcmp(k->name, name.p, sizeof k->name) == 0) return k->key;
    EVP_PKEY_free(k->key);
    *k = (Key){.key = read_key(key), .used = true};
    memcpy(k->name, name.p, sizeof k->name);
    return k->key;
}

const char *crypto_key(Crypto *c, Span key, unsigned *bits) {
    EVP_PKEY *k = find_key(c, key);
    *bits = k ? (unsigned)EVP_PKEY_get_bits(k) : 0;
    if (!k) return "unknown";
    switch (EVP_PKEY_get_base_id(k)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS: return "RSA";
    case EVP_PKEY_EC: return "EC";
    case EVP_PKEY_DSA: return "DSA";
    default: return "unknown";
    }
}

/* ---- signatures ---- */

/* RSASSA-PSS-params (RFC 4055, 3.1): hash [0], mask [1], length of the salt [2]. */
typedef struct {
    MdKind hash, mask;
    uint32_t salt;
    bool bad;
} Pss;

static MdKind algorithm(Cur *c) {
    Cur inner = der_enter(c, DER_SEQUENCE);
    Oid o = oid_of(der_take(&inner, DER_OID).body);
    if (o == OID_MGF1) return algorithm(&inner);
    return inner.bad ? MD_NONE : md_of_oid(o);
}

static Pss read_pss(Span parameters) {
    Pss p = {.hash = MD_SHA1, .mask = MD_SHA1, .salt = 20};
    Cur all = cur(parameters), c = der_enter(&all, DER_SEQUENCE);
    Der d;
    if (der_optional(&c, DER_CONSTRUCTED(0), &d)) p.hash = algorithm(&(Cur){.span = d.body});
    if (der_optional(&c, DER_CONSTRUCTED(1), &d)) p.mask = algorithm(&(Cur){.span = d.body});
    if (der_optional(&c, DER_CONSTRUCTED(2), &d)) p.salt = der_uint(&(Cur){.span = d.body});
    p.bad = c.bad || p.hash == MD_NONE || p.mask == MD_NONE || p.salt > 512;
    return p;
}

MdKind crypto_pss_digest(Span parameters) {
    Pss p = read_pss(parameters);
    return p.bad ? MD_NONE : p.hash;
}

static bool set_pss(Crypto *c, EVP_PKEY_CTX *x, Span parameters, MdKind digest) {
    Pss p = read_pss(parameters);
    return !p.bad && p.hash == digest &&
           EVP_PKEY_CTX_set_rsa_padding(x, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(x, c->md[p.mask]) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(x, (int)p.salt) == 1;
}

static bool fits(EVP_PKEY *k, Oid algorithm) {
    switch (EVP_PKEY_get_base_id(k)) {
    case EVP_PKEY_RSA:
        return algorithm == OID_RSA || algorithm == OID_RSA_PSS || algorithm == OID_MD5_RSA ||
               algorithm == OID_SHA1_RSA || algorithm == OID_OLD_SHA1_RSA ||
               algorithm == OID_SHA224_RSA || algorithm == OID_SHA256_RSA ||
               algorithm == OID_SHA384_RSA || algorithm == OID_SHA512_RSA;
    case EVP_PKEY_RSA_PSS: return algorithm == OID_RSA_PSS;
    case EVP_PKEY_EC:
        return algorithm == OID_EC || algorithm == OID_SHA1_EC || algorithm == OID_SHA224_EC ||
               algorithm == OID_SHA256_EC || algorithm == OID_SHA384_EC ||
               algorithm == OID_SHA512_EC;
    case EVP_PKEY_DSA:
        return algorithm == OID_DSA || algorithm == OID_SHA1_DSA || algorithm == OID_SHA256_DSA;
    default: return false;
    }
}

static SignatureCheck verify(Crypto *c, EVP_PKEY *k, Oid algorithm, Span parameters,
                             const Md *digest, Span signature) {
    SignatureCheck check = SIGNATURE_UNSUPPORTED;
    EVP_PKEY_CTX *x = EVP_PKEY_CTX_new(k, NULL);
    bool ready = x && EVP_PKEY_verify_init(x) == 1 &&
                 EVP_PKEY_CTX_set_signature_md(x, c->md[digest->kind]) == 1 &&
                 (algorithm != OID_RSA_PSS || set_pss(c, x, parameters, digest->kind));
    if (ready)
        check = EVP_PKEY_verify(x, signature.p, signature.n, digest->p, digest->n) == 1
                    ? SIGNATURE_GOOD
                    : SIGNATURE_BAD;
    EVP_PKEY_CTX_free(x);
    return check;
}

static Md name_check(Crypto *c, Span key, Oid algorithm, Span parameters, const Md *digest,
                     Span signature) {
    Hasher *h = hasher_open(c, MD_SHA256);
    uint64_t numbers[] = {key.n, (uint64_t)algorithm, parameters.n, (uint64_t)digest->kind};
    hasher_add(h, span(numbers, sizeof numbers));
    hasher_add(h, key);
    hasher_add(h, parameters);
    hasher_add(h, md_span(digest));
    hasher_add(h, signature);
    Md name = hasher_take(h);
    hasher_close(h);
    return name;
}

SignatureCheck crypto_verify(Crypto *c, Span key, Oid algorithm, Span parameters, const Md *digest,
                             Span signature) {
    if (digest->kind == MD_NONE || signature.n > LONGEST_KEY) return SIGNATURE_UNSUPPORTED;
    Md name = name_check(c, key, algorithm, parameters, digest, signature);
    if (name.kind == MD_NONE) return SIGNATURE_UNSUPPORTED;
    Check *seen = &c->checks[(name.p[0] | (size_t)name.p[1] << 8) % CHECKS];
    if (seen->used && memcmp(seen->name, name.p, sizeof seen->name) == 0) return seen->check;
    EVP_PKEY *k = find_key(c, key);
    SignatureCheck check = !k || !fits(k, algorithm)
                               ? SIGNATURE_UNSUPPORTED
                               : verify(c, k, algorithm, parameters, digest, signature);
    *seen = (Check){.used = true, .check = check};
    memcpy(seen->name, name.p, sizeof seen->name);
    return check;
}
