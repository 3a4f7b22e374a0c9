/* bcrypt.dll: asymmetric keys. Blobs are those of bcrypt.h (BCRYPT_RSAKEY_BLOB,
 * BCRYPT_ECCKEY_BLOB): a header, then numbers, big-endian. Ciphers are answered as exports
 * (export/cng.c).
 *
 * Not modelled: DSA. */
#include "guest/crypto/cng.h"
#include "guest/unix/unix.h"

enum {
    FLAG_PUBLIC = 1,
    FLAG_FULL = 2, /* export with the numbers that follow from the primes */
    RSA_PUBLIC = 0x31415352,
    RSA_PRIVATE = 0x32415352,
    RSA_FULL = 0x33415352,
    RSA_HEADER = 24,
    ECC_HEADER = 8,
    MOST_BLOB = 64 << 10,
    LONGEST_NAME = 32,
};

static uint32_t success(UnixCall *c) {
    (void)c;
    return STATUS_SUCCESS;
}

/* A cipher starts again from what the program set, or from zeros. */
static uint32_t reset_vector(UnixCall *c) {
    CngKey k;
    uint8_t vector[16] = {0};
    if (!cng_read_key(c->process, c->arguments, &k)) return STATUS_INVALID_HANDLE;
    uint32_t n = k.vector_size < sizeof vector ? k.vector_size : (uint32_t)sizeof vector;
    if (k.vector && !guest_read(c->process, k.vector, vector, n)) return STATUS_ACCESS_VIOLATION;
    memcpy(k.private, vector, sizeof vector);
    cng_write_private(&k);
    return STATUS_SUCCESS;
}

/* ---- import ---- */

typedef struct {
    CngKey key;
    uint32_t flags;
    uint64_t buffer;
    uint32_t size;
    uint64_t size_at; /* export only */
} Blob;

static bool read_blob(UnixCall *c, bool exports, Blob *b) {
    Fields f = fields(c->process, c->arguments);
    uint64_t key = get_pointer(&f);
    b->flags = get_u32(&f);
    b->buffer = get_pointer(&f);
    b->size = get_u32(&f);
    b->size_at = exports ? get_pointer(&f) : 0;
    return !f.bad && cng_read_key(c->process, key, &b->key);
}

/* A new key takes the place of the one that was there. */
static CryptoKey *replace(CngKey *k, uint32_t *number) {
    Machine *m = k->process->machine;
    size_t curve = cng_curve_size(k);
    if (!curve && !cng_is_rsa(k)) return NULL;
    if (k->private[0]) crypto_key_free(m, k->private[0]);
    CryptoKey *key = crypto_key_new(m, curve ? KEY_ECC : KEY_RSA, curve, number);
    k->private[0] = key ? *number : 0;
    cng_write_private(k);
    return key;
}

static bool import_rsa(CryptoKey *key, Cur *c, bool private) {
    cur_skip(c, 8); /* magic, bits */
    uint32_t exponent = cur_u32le(c), modulus = cur_u32le(c), p = cur_u32le(c), q = cur_u32le(c);
    Span e = cur_take(c, exponent), n = cur_take(c, modulus);
    Span first = private ? cur_take(c, p) : (Span){0};
    Span second = private ? cur_take(c, q) : (Span){0};
    return !c->bad && n.n <= RSA_MOST_BYTES && e.n <= RSA_MOST_BYTES && first.n <= RSA_MOST_BYTES &&
           second.n <= RSA_MOST_BYTES && (!private || first.n) &&
           rsa_import(&key->rsa, n, e, first, second);
}

static bool import_ecc(CryptoKey *key, Cur *c, bool private) {
    size_t size = key->ecc.size;
    cur_skip(c, ECC_HEADER);
    Span x = cur_take(c, size), y = cur_take(c, size);
    Span d = private ? cur_take(c, size) : (Span){0};
    return !c->bad && ecc_import(&key->ecc, x.p, y.p, d);
}

static uint32_t import(UnixCall *c) {
    Machine *m = c->process->machine;
    Blob b;
    uint32_t number;
    if (!read_blob(c, false, &b)) return STATUS_INVALID_HANDLE;
    if (!cng_is_rsa(&b.key) && !cng_curve_size(&b.key)) {
        machine_unmodelled(m, "DSA");
        return STATUS_NOT_IMPLEMENTED;
    }
    uint8_t *bytes = b.size <= MOST_BLOB ? arena_alloc(&m->scratch, b.size) : NULL;
    if (!bytes || !guest_read(c->process, b.buffer, bytes, b.size)) return STATUS_INVALID_PARAMETER;
    CryptoKey *key = replace(&b.key, &number);
    if (!key) return STATUS_NO_MEMORY;
    Cur blob = cur(span(bytes, b.size));
    bool private = !(b.flags & FLAG_PUBLIC);
    bool good =
        key->kind == KEY_RSA ? import_rsa(key, &blob, private) : import_ecc(key, &blob, private);
    return good ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

/* ---- export ---- */

static void add_number(Buf *b, const mpz_t number, size_t size) {
    uint8_t *at = buf_space(b, size);
    if (at) rsa_number(number, at, size);
}

static uint32_t export_rsa(const Blob *b, const CryptoKey *key, Buf *out) {
    const Rsa *r = &key->rsa;
    bool private = !(b->flags & FLAG_PUBLIC), full = private && b->flags & FLAG_FULL;
    if (private && !r->private) return STATUS_INVALID_PARAMETER;
    size_t e = (mpz_sizeinbase(r->e, 2) + 7) / 8, half = (r->size + 1) / 2;
    buf_le(out, full ? RSA_FULL : private ? RSA_PRIVATE : RSA_PUBLIC, 4);
    buf_le(out, mpz_sizeinbase(r->n, 2), 4);
    buf_le(out, e, 4);
    buf_le(out, r->size, 4);
    buf_le(out, private ? half : 0, 4);
    buf_le(out, private ? half : 0, 4);
    add_number(out, r->e, e);
    add_number(out, r->n, r->size);
    if (!private) return STATUS_SUCCESS;
    if (mpz_sizeinbase(r->p, 2) > 8 * half || mpz_sizeinbase(r->q, 2) > 8 * half)
        return STATUS_INVALID_PARAMETER; /* primes that differ much do not fit this format */
    add_number(out, r->p, half);
    add_number(out, r->q, half);
    if (!full) return STATUS_SUCCESS;
    add_number(out, r->dp, half);
    add_number(out, r->dq, half);
    add_number(out, r->qinv, half);
    add_number(out, r->d, r->size);
    return STATUS_SUCCESS;
}

/* "ECK1" to "ECK4", "ECS1" to "ECS4": odd ones are public, the higher ones P-384's. */
static uint32_t ecc_magic(const CngKey *k, bool private) {
    bool signs = k->algorithm == CNG_ECDSA_P256 || k->algorithm == CNG_ECDSA_P384;
    uint32_t digit = '1' + (uint32_t) private + (cng_curve_size(k) == 48 ? 2u : 0u);
    return digit << 24 | (signs ? 'S' : 'K') << 16 | 'C' << 8 | 'E';
}

static uint32_t export_ecc(const Blob *b, const CryptoKey *key, Buf *out) {
    const Ecc *e = &key->ecc;
    bool private = !(b->flags & FLAG_PUBLIC);
    uint8_t x[ECC_MOST_BYTES], y[ECC_MOST_BYTES], d[ECC_MOST_BYTES];
    if (private && !e->private) return STATUS_INVALID_PARAMETER;
    ecc_export(e, x, y);
    if (private) ecc_export_private(e, d);
    buf_le(out, ecc_magic(&b->key, private), 4);
    buf_le(out, e->size, 4);
    buf_add(out, span(x, e->size));
    buf_add(out, span(y, e->size));
    if (private) buf_add(out, span(d, e->size));
    return STATUS_SUCCESS;
}

static uint32_t give_blob(const Blob *b, const Buf *out) {
    Process *p = b->key.process;
    if (!guest_put_u32(p, b->size_at, (uint32_t)out->n)) return STATUS_ACCESS_VIOLATION;
    if (!b->buffer) return STATUS_SUCCESS;
    if (b->size < out->n) return STATUS_BUFFER_TOO_SMALL;
    return guest_write(p, b->buffer, out->p, out->n) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

static uint32_t export(UnixCall *c) {
    Blob b;
    if (!read_blob(c, true, &b)) return STATUS_INVALID_HANDLE;
    const CryptoKey *key = cng_key(&b.key);
    if (!key) return STATUS_INVALID_PARAMETER;
    Buf out = buf_new(MOST_BLOB);
    uint32_t status = key->kind == KEY_RSA ? export_rsa(&b, key, &out) : export_ecc(&b, key, &out);
    if (!status) status = give_blob(&b, &out);
    buf_free(&out);
    return status;
}

/* ---- life ---- */

enum { SEARCH = 40 }; /* how much longer than using a key it takes to find one */

static uint32_t generate(UnixCall *c) {
    Machine *m = c->process->machine;
    CngKey k;
    uint32_t number;
    if (!cng_read_key(c->process, c->arguments, &k)) return STATUS_INVALID_HANDLE;
    if (cng_key(&k)) return STATUS_INVALID_HANDLE; /* it is finished already */
    if (cng_is_rsa(&k) && (k.bits < 512 || k.bits > 16384 || k.bits % 64))
        return STATUS_INVALID_PARAMETER;
    CryptoKey *key = replace(&k, &number);
    if (!key) return STATUS_NOT_SUPPORTED;
    RandomSource random = crypto_random(m);
    bool good = true;
    if (key->kind == KEY_RSA) good = rsa_generate(&key->rsa, k.bits, &random);
    else ecc_generate(&key->ecc, &random);
    machine_work(m, crypto_cost(key) * (key->kind == KEY_RSA ? SEARCH : 1));
    return good ? STATUS_SUCCESS : STATUS_INTERNAL_ERROR;
}

static uint32_t duplicate(UnixCall *c) {
    CngKey from, to;
    uint32_t number;
    Fields f = fields(c->process, c->arguments);
    uint64_t original = get_pointer(&f), copy = get_pointer(&f);
    if (f.bad || !cng_read_key(c->process, original, &from) || !cng_read_key(c->process, copy, &to))
        return STATUS_INVALID_HANDLE;
    const CryptoKey *key = cng_key(&from);
    if (!key) return STATUS_SUCCESS;
    to.private[0] = 0;
    CryptoKey *same = replace(&to, &number);
    if (!same) return STATUS_NO_MEMORY;
    if (key->kind == KEY_RSA) rsa_copy(&same->rsa, &key->rsa);
    else ecc_copy(&same->ecc, &key->ecc);
    return STATUS_SUCCESS;
}

static uint32_t destroy(UnixCall *c) {
    CngKey k;
    if (cng_read_key(c->process, c->arguments, &k) && cng_key(&k))
        crypto_key_free(c->process->machine, k.private[0]);
    return STATUS_SUCCESS;
}

/* ---- signatures ---- */

typedef struct {
    CngKey key;
    uint64_t padding, hash, signature, size_at;
    uint32_t hash_size, signature_size, flags;
} Signing;

static bool read_signing(UnixCall *c, bool signs, Signing *s) {
    Fields f = fields(c->process, c->arguments);
    uint64_t key = get_pointer(&f);
    s->padding = get_pointer(&f);
    s->hash = get_pointer(&f);
    s->hash_size = get_u32(&f);
    s->signature = get_pointer(&f);
    s->signature_size = get_u32(&f);
    s->size_at = signs ? get_pointer(&f) : 0;
    s->flags = get_u32(&f);
    return !f.bad && cng_read_key(c->process, key, &s->key);
}

/* BCRYPT_PKCS1_PADDING_INFO and BCRYPT_PSS_PADDING_INFO: a hash's name, and the salt's size. */
typedef struct {
    const struct nettle_hash *hash; /* NULL: none was named */
    bool named;
    uint32_t salt;
} Padding;

static bool read_padding(const Signing *s, Padding *out) {
    Process *p = s->key.process;
    *out = (Padding){0};
    Fields f = fields(p, s->padding);
    uint64_t name_at = get_pointer(&f);
    out->salt = s->flags & CNG_PAD_PSS ? get_u32(&f) : 0;
    if (!s->padding || f.bad) return false;
    out->named = name_at != 0;
    if (!name_at) return true;
    out->hash = cng_hash(guest_string16(p, &p->machine->scratch, name_at, LONGEST_NAME));
    return true;
}

/* RFC 8017, 9.2: DigestInfo with the algorithm of that hash. */
static Span digest_info(Arena *a, const struct nettle_hash *h, Span digest) {
    static const struct {
        const struct nettle_hash *hash;
        uint8_t oid[12], n;
    } oids[] = {
        {&nettle_md2, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 2}, 8},
        {&nettle_md4, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 4}, 8},
        {&nettle_md5, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5}, 8},
        {&nettle_sha1, {0x2b, 0x0e, 3, 2, 0x1a}, 5},
        {&nettle_sha256, {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1}, 9},
        {&nettle_sha384, {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2}, 9},
        {&nettle_sha512, {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3}, 9},
    };
    size_t i = 0;
    while (oids[i].hash != h) i++;
    size_t n = oids[i].n;
    uint8_t *out = arena_alloc(a, 10 + n + digest.n), *at = out;
    if (!out) return (Span){0};
    uint8_t head[] = {0x30, (uint8_t)(8 + n + digest.n), 0x30, (uint8_t)(4 + n), 6, (uint8_t)n};
    uint8_t tail[] = {5, 0, 4, (uint8_t)digest.n};
    memcpy(at, head, sizeof head);
    memcpy(at += sizeof head, oids[i].oid, n);
    memcpy(at += n, tail, sizeof tail);
    memcpy(at + sizeof tail, digest.p, digest.n);
    return span(out, 10 + n + digest.n);
}

static bool read_digest(const Signing *s, Span *out) {
    enum { MOST_DIGEST = 64 };
    Process *p = s->key.process;
    uint8_t *bytes =
        s->hash_size <= MOST_DIGEST ? arena_alloc(&p->machine->scratch, s->hash_size) : NULL;
    *out = span(bytes, s->hash_size);
    return bytes && guest_read(p, s->hash, bytes, s->hash_size);
}

static uint32_t sign_rsa(const Signing *s, const CryptoKey *key, Span digest, uint8_t *out) {
    Machine *m = s->key.process->machine;
    RandomSource random = crypto_random(m);
    Padding padding;
    if (!read_padding(s, &padding)) return STATUS_INVALID_PARAMETER;
    if (padding.named && (!padding.hash || padding.hash->digest_size != digest.n))
        return padding.hash ? STATUS_INVALID_PARAMETER : STATUS_NOT_SUPPORTED;
    bool good = false;
    if (s->flags & CNG_PAD_PSS)
        good = padding.hash &&
               rsa_sign_pss(&key->rsa, padding.hash, digest, padding.salt, &random, out);
    else if (s->flags & CNG_PAD_PKCS1)
        good = rsa_sign_pkcs1(
            &key->rsa, padding.hash ? digest_info(&m->scratch, padding.hash, digest) : digest, out);
    return good ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

static uint32_t sign(UnixCall *c) {
    Machine *m = c->process->machine;
    Signing s;
    Span digest;
    uint8_t out[RSA_MOST_BYTES];
    if (!read_signing(c, true, &s)) return STATUS_INVALID_HANDLE;
    const CryptoKey *key = cng_key(&s.key);
    bool rsa = key && key->kind == KEY_RSA;
    if (!key || !(rsa ? key->rsa.private : key->ecc.private)) return STATUS_INVALID_PARAMETER;
    size_t size = rsa ? key->rsa.size : 2 * key->ecc.size;
    if (!guest_put_u32(c->process, s.size_at, (uint32_t)size)) return STATUS_ACCESS_VIOLATION;
    if (!s.signature) return STATUS_SUCCESS;
    if (s.signature_size < size) return STATUS_BUFFER_TOO_SMALL;
    if (!read_digest(&s, &digest)) return STATUS_INVALID_PARAMETER;
    RandomSource random = crypto_random(m);
    uint32_t status = rsa ? sign_rsa(&s, key, digest, out) : STATUS_SUCCESS;
    if (!rsa) ecc_sign(&key->ecc, digest, &random, out);
    machine_work(m, crypto_cost(key));
    if (status) return status;
    return guest_write(c->process, s.signature, out, size) ? STATUS_SUCCESS
                                                           : STATUS_ACCESS_VIOLATION;
}

static bool verify_rsa(const Signing *s, const Rsa *r, const Padding *p, Span digest,
                       Span signature) {
    if (!p->hash || p->hash->digest_size != digest.n) return false;
    if (s->flags & CNG_PAD_PSS) return rsa_verify_pss(r, p->hash, digest, p->salt, signature);
    Span info = digest_info(&s->key.process->machine->scratch, p->hash, digest);
    return rsa_verify_pkcs1(r, info, signature);
}

static uint32_t verify(UnixCall *c) {
    Machine *m = c->process->machine;
    Signing s;
    Span digest;
    Padding padding = {0};
    uint8_t signature[RSA_MOST_BYTES];
    if (!read_signing(c, false, &s)) return STATUS_INVALID_HANDLE;
    const CryptoKey *key = cng_key(&s.key);
    if (!key) return STATUS_INVALID_PARAMETER;
    bool rsa = key->kind == KEY_RSA;
    if (rsa && (!(s.flags & (CNG_PAD_PKCS1 | CNG_PAD_PSS)) || !read_padding(&s, &padding)))
        return STATUS_INVALID_PARAMETER;
    if (padding.named && !padding.hash) return STATUS_NOT_SUPPORTED;
    if (s.signature_size > sizeof signature || !read_digest(&s, &digest))
        return STATUS_INVALID_SIGNATURE;
    if (!guest_read(c->process, s.signature, signature, s.signature_size))
        return STATUS_ACCESS_VIOLATION;
    Span given = span(signature, s.signature_size);
    bool good = rsa ? verify_rsa(&s, &key->rsa, &padding, digest, given)
                    : ecc_verify(&key->ecc, digest, given);
    machine_work(m, crypto_cost(key) / 8);
    return good ? STATUS_SUCCESS : STATUS_INVALID_SIGNATURE;
}

const UnixRow unix_bcrypt_rows[] = {
    {"bcrypt.dll", 0, success}, /* process_attach */
    {"bcrypt.dll", 1, success}, /* process_detach */
    {"bcrypt.dll", 2, reset_vector},
    {"bcrypt.dll", 7, success}, /* key_symmetric_destroy: we keep nothing */
    {"bcrypt.dll", 8, generate},
    {"bcrypt.dll", 11, duplicate},
    {"bcrypt.dll", 12, sign},
    {"bcrypt.dll", 13, verify},
    {"bcrypt.dll", 14, destroy},
    {"bcrypt.dll", 15, export},
    {"bcrypt.dll", 16, import},
    {0},
};
