/* bcrypt.dll: encryption with any key, key agreement.
 *
 * Not modelled: authenticated encryption in several calls (BCRYPT_AUTH_MODE_CHAIN_CALLS_FLAG), the
 * key derivation functions of TLS and SP 800-56A. */
#include "guest/crypto/cng.h"
#include "base/text.h"
#include "guest/crypto/digest.h"
#include "guest/export/export.h"

enum {
    BLOCK_PADDING = 1,
    PIECE = 16 << 10, /* bytes taken from the guest at once */
    LONGEST_NAME = 64,
    MOST_NONCE = 256,
    CHAIN_CALLS = 1,
};

/* The arguments of BCryptEncrypt and BCryptDecrypt. */
typedef struct {
    ExportCall *call;
    CngKey key;
    bool encrypts;
    uint64_t input, padding, vector, output, size_at;
    uint32_t input_size, vector_size, output_size, flags;
} Crypt;

/* ---- ciphers ---- */

/* bcrypt.dll's numbers of the modes. */
static bool chain_of(uint32_t number, CipherChain *out) {
    static const CipherChain chains[] = {CHAIN_CBC, CHAIN_ECB, CHAIN_CFB, 0, CHAIN_GCM};
    if (number >= sizeof chains / sizeof *chains || number == 3) return false;
    *out = chains[number];
    return true;
}

static bool open_cipher(const Crypt *x, Cipher *out) {
    uint8_t secret[64];
    CipherChain chain;
    const CngKey *k = &x->key;
    return k->secret_size <= sizeof secret && chain_of(k->chain, &chain) &&
           guest_read(k->process, k->secret, secret, k->secret_size) &&
           cipher_open(out, k->algorithm == CNG_AES ? CIPHER_AES : CIPHER_3DES, chain,
                       span(secret, k->secret_size), x->encrypts);
}

/* n bytes of the input to the same place of the output. */
static bool run(const Crypt *x, Cipher *cipher, uint32_t n) {
    uint8_t bytes[PIECE];
    Process *p = x->key.process;
    for (uint32_t at = 0; at < n; at += PIECE) {
        uint32_t piece = n - at < PIECE ? n - at : PIECE;
        if (!guest_read(p, x->input + at, bytes, piece)) return false;
        cipher_run(cipher, bytes, piece);
        if (!guest_write(p, x->output + at, bytes, piece)) return false;
    }
    machine_work(p->machine, n);
    return true;
}

/* The vector is the caller's, who finds the next one in its place, or the key's own. */
static bool get_vector(const Crypt *x, Cipher *cipher) {
    if (x->vector) return guest_read(x->key.process, x->vector, cipher->vector, cipher->block);
    memcpy(cipher->vector, x->key.private, cipher->block);
    return true;
}

static bool put_vector(Crypt *x, const Cipher *cipher) {
    if (cipher->chain == CHAIN_ECB) return true;
    if (x->vector) return guest_write(x->key.process, x->vector, cipher->vector, cipher->block);
    memcpy(x->key.private, cipher->vector, cipher->block);
    cng_write_private(&x->key);
    return true;
}

static uint32_t put_size(const Crypt *x, uint64_t n) {
    return guest_put_u32(x->key.process, x->size_at, (uint32_t)n) ? STATUS_SUCCESS
                                                                  : STATUS_ACCESS_VIOLATION;
}

/* PKCS #7: the last block is filled with the number of bytes that were missing. */
static uint32_t encrypt_padded(Crypt *x, Cipher *cipher) {
    uint8_t last[CIPHER_MOST_BLOCK];
    uint32_t whole = x->input_size / (uint32_t)cipher->block * (uint32_t)cipher->block;
    uint32_t rest = x->input_size - whole, filler = (uint32_t)cipher->block - rest;
    /* Before the first write: output and input may be the same. */
    if (!guest_read(x->key.process, x->input + whole, last, rest)) return STATUS_ACCESS_VIOLATION;
    memset(last + rest, (int)filler, filler);
    if (!run(x, cipher, whole)) return STATUS_ACCESS_VIOLATION;
    cipher_run(cipher, last, cipher->block);
    if (!guest_write(x->key.process, x->output + whole, last, cipher->block))
        return STATUS_ACCESS_VIOLATION;
    return put_size(x, whole + cipher->block);
}

static bool padding_is_good(const uint8_t *last, size_t block, uint32_t *filler) {
    *filler = last[block - 1];
    if (!*filler || *filler > block) return false;
    for (size_t i = block - *filler; i < block; i++)
        if (last[i] != *filler) return false;
    return true;
}

static uint32_t decrypt_padded(Crypt *x, Cipher *cipher) {
    uint8_t last[CIPHER_MOST_BLOCK];
    uint32_t block = (uint32_t)cipher->block, whole = x->input_size - block, filler;
    if (!guest_read(x->key.process, x->input + whole, last, block)) return STATUS_ACCESS_VIOLATION;
    if (x->output_size < whole) return STATUS_BUFFER_TOO_SMALL;
    if (!run(x, cipher, whole)) return STATUS_ACCESS_VIOLATION;
    cipher_run(cipher, last, block);
    if (!padding_is_good(last, block, &filler)) return STATUS_UNSUCCESSFUL;
    uint32_t status = put_size(x, x->input_size - filler);
    if (x->output_size < x->input_size - filler) return STATUS_BUFFER_TOO_SMALL;
    bool good = guest_write(x->key.process, x->output + whole, last, block - filler);
    return good ? status : STATUS_ACCESS_VIOLATION;
}

static uint32_t run_chained(Crypt *x, Cipher *cipher) {
    uint32_t block = (uint32_t)cipher->block, n = x->input_size;
    bool pads = x->flags & BLOCK_PADDING;
    if (n % block && !(pads && x->encrypts)) return STATUS_INVALID_BUFFER_SIZE;
    if (pads && !x->encrypts && !n) return STATUS_INVALID_BUFFER_SIZE;
    uint32_t size = pads && x->encrypts ? n / block * block + block : n;
    uint32_t status = put_size(x, size);
    if (status || !x->output) return status;
    if (x->output_size < size && !(pads && !x->encrypts)) return STATUS_BUFFER_TOO_SMALL;
    if (cipher->chain == CHAIN_ECB && x->vector) return STATUS_INVALID_PARAMETER;
    if (x->vector && x->vector_size < block) return STATUS_INVALID_PARAMETER;
    if (!get_vector(x, cipher)) return STATUS_ACCESS_VIOLATION;
    if (!pads) status = run(x, cipher, n) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
    else status = x->encrypts ? encrypt_padded(x, cipher) : decrypt_padded(x, cipher);
    return put_vector(x, cipher) ? status : STATUS_ACCESS_VIOLATION;
}

/* BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO. */
typedef struct {
    uint64_t nonce, data, tag;
    uint32_t nonce_size, data_size, tag_size, flags;
} AuthInfo;

static bool read_auth(const Crypt *x, AuthInfo *a) {
    Fields f = fields(x->key.process, x->padding);
    get_u32(&f);
    get_u32(&f);
    a->nonce = get_pointer(&f);
    a->nonce_size = get_u32(&f);
    a->data = get_pointer(&f);
    a->data_size = get_u32(&f);
    a->tag = get_pointer(&f);
    a->tag_size = get_u32(&f);
    get_pointer(&f); /* pbMacContext, cbMacContext, cbAAD, cbData */
    get_u32(&f);
    get_u32(&f);
    get_u64(&f);
    a->flags = get_u32(&f);
    return x->padding && !f.bad && a->nonce && a->nonce_size && a->nonce_size <= MOST_NONCE &&
           a->tag && a->tag_size >= 12 && a->tag_size <= CIPHER_TAG;
}

static bool associate(const Crypt *x, Cipher *cipher, const AuthInfo *a) {
    uint8_t bytes[PIECE];
    for (uint32_t at = 0; a->data && at < a->data_size; at += PIECE) {
        uint32_t piece = a->data_size - at < PIECE ? a->data_size - at : PIECE;
        if (!guest_read(x->key.process, a->data + at, bytes, piece)) return false;
        cipher_associate(cipher, span(bytes, piece));
    }
    return true;
}

static uint32_t finish_auth(const Crypt *x, Cipher *cipher, const AuthInfo *a) {
    uint8_t tag[CIPHER_TAG], given[CIPHER_TAG];
    Process *p = x->key.process;
    cipher_tag(cipher, tag);
    if (x->encrypts)
        return guest_write(p, a->tag, tag, a->tag_size) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
    if (!guest_read(p, a->tag, given, a->tag_size)) return STATUS_ACCESS_VIOLATION;
    return memcmp(tag, given, a->tag_size) ? STATUS_AUTH_TAG_MISMATCH : STATUS_SUCCESS;
}

static uint32_t run_authenticated(Crypt *x, Cipher *cipher) {
    AuthInfo a;
    uint8_t nonce[MOST_NONCE];
    Process *p = x->key.process;
    if (!read_auth(x, &a) || x->flags & BLOCK_PADDING) return STATUS_INVALID_PARAMETER;
    uint32_t status = put_size(x, x->input_size);
    if (status || (x->input && !x->output)) return status;
    if (a.flags & CHAIN_CALLS) {
        machine_unmodelled(p->machine, "authenticated encryption in several calls");
        return STATUS_NOT_SUPPORTED;
    }
    if (x->output_size < x->input_size) return STATUS_BUFFER_TOO_SMALL;
    if (!guest_read(p, a.nonce, nonce, a.nonce_size)) return STATUS_ACCESS_VIOLATION;
    cipher_nonce(cipher, span(nonce, a.nonce_size));
    if (!associate(x, cipher, &a) || !run(x, cipher, x->input_size)) return STATUS_ACCESS_VIOLATION;
    return finish_auth(x, cipher, &a);
}

static uint32_t crypt_cipher(Crypt *x) {
    Cipher cipher;
    if (x->flags & ~(uint32_t)BLOCK_PADDING) return STATUS_INVALID_PARAMETER;
    if (!open_cipher(x, &cipher)) return STATUS_NOT_SUPPORTED;
    return cipher.chain == CHAIN_GCM ? run_authenticated(x, &cipher) : run_chained(x, &cipher);
}

/* ---- RSA ---- */

/* BCRYPT_OAEP_PADDING_INFO: a hash's name, a label. */
static bool read_oaep(const Crypt *x, RsaPadding *out) {
    enum { MOST_LABEL = 4096 };
    Process *p = x->key.process;
    Arena *a = x->call->scratch;
    Fields f = fields(p, x->padding);
    uint64_t name = get_pointer(&f), label = get_pointer(&f);
    uint32_t size = get_u32(&f);
    if (!x->padding || f.bad || size > MOST_LABEL) return false;
    uint8_t *bytes = arena_alloc(a, size);
    out->hash = cng_hash(name ? guest_string16(p, a, name, LONGEST_NAME) : "SHA1");
    out->label = span(bytes, label ? size : 0);
    return out->hash && bytes && (!label || guest_read(p, label, bytes, size));
}

static bool read_padding(const Crypt *x, RsaPadding *out) {
    *out = (RsaPadding){0};
    switch (x->flags) {
    case CNG_PAD_NONE: out->kind = RSA_PAD_NONE; return true;
    case CNG_PAD_PKCS1: out->kind = RSA_PAD_PKCS1; return true;
    case CNG_PAD_OAEP: out->kind = RSA_PAD_OAEP; return read_oaep(x, out);
    default: return false;
    }
}

static uint32_t give_rsa(const Crypt *x, const uint8_t *bytes, size_t n) {
    uint32_t status = put_size(x, n);
    if (x->output_size < n) return STATUS_BUFFER_TOO_SMALL;
    return guest_write(x->key.process, x->output, bytes, n) ? status : STATUS_ACCESS_VIOLATION;
}

static uint32_t crypt_rsa(const Crypt *x) {
    uint8_t in[RSA_MOST_BYTES], out[RSA_MOST_BYTES];
    RsaPadding padding;
    Process *p = x->key.process;
    const CryptoKey *key = cng_key(&x->key);
    if (x->key.algorithm != CNG_RSA) return STATUS_NOT_SUPPORTED;
    if (!key) return STATUS_INVALID_HANDLE;
    if (!read_padding(x, &padding)) return STATUS_INVALID_PARAMETER;
    if (!x->output) return put_size(x, key->rsa.size);
    if (x->input_size > sizeof in || !guest_read(p, x->input, in, x->input_size))
        return STATUS_INVALID_PARAMETER;
    Span given = span(in, x->input_size);
    RandomSource random = crypto_random(p->machine);
    size_t n = key->rsa.size;
    bool good = x->encrypts ? rsa_seal(&key->rsa, &padding, given, &random, out)
                            : rsa_open(&key->rsa, &padding, given, out, &n);
    machine_work(p->machine, crypto_cost(key) / (x->encrypts ? 8 : 1));
    return good ? give_rsa(x, out, n) : STATUS_INVALID_PARAMETER;
}

/* key, input, its size, padding, vector, its size, output, its size, *size, flags */
static bool crypt(ExportCall *c, bool encrypts) {
    Crypt x = {.call = c,
               .encrypts = encrypts,
               .input = c->arg[1],
               .input_size = (uint32_t)c->arg[2],
               .padding = c->arg[3],
               .vector = c->arg[4],
               .vector_size = (uint32_t)c->arg[5],
               .output = c->arg[6],
               .output_size = (uint32_t)c->arg[7],
               .size_at = c->arg[8],
               .flags = (uint32_t)c->arg[9]};
    if (!cng_read_key(c->process, c->arg[0], &x.key)) return export_answer(c, STATUS_INVALID_HANDLE);
    if (!x.size_at) return export_answer(c, STATUS_INVALID_PARAMETER);
    return export_answer(c, cng_is_cipher(&x.key) ? crypt_cipher(&x) : crypt_rsa(&x));
}

bool export_BCryptEncrypt(ExportCall *c) {
    return crypt(c, true);
}
bool export_BCryptDecrypt(ExportCall *c) {
    return crypt(c, false);
}

/* object, property, value, its size, flags */
bool export_BCryptSetProperty(ExportCall *c) {
    CngKey k;
    uint8_t vector[16] = {0};
    const char *name = guest_string16(c->process, c->scratch, c->arg[1], LONGEST_NAME);
    uint32_t n = (uint32_t)c->arg[3];
    if (!name || strcmp(name, "IV") != 0 || !cng_read_key(c->process, c->arg[0], &k) ||
        !cng_is_cipher(&k))
        return false;
    if (n > sizeof vector || n < (k.algorithm == CNG_AES ? 16 : 8))
        return export_answer(c, STATUS_INVALID_PARAMETER);
    if (!guest_read(c->process, c->arg[2], vector, n)) return export_answer(c, STATUS_INVALID_PARAMETER);
    memcpy(k.private, vector, sizeof vector);
    cng_write_private(&k);
    return export_answer(c, STATUS_SUCCESS);
}

/* ---- key agreement ---- */

/* Secrets have handles that are no addresses: a CryptoKey's number times this. */
enum { SECRET_STEP = 16 };

static CryptoKey *secret_of(ExportCall *c) {
    CryptoKey *k = crypto_key(c->machine, c->arg[0] / SECRET_STEP);
    return c->arg[0] % SECRET_STEP == 0 && k && k->kind == KEY_SECRET ? k : NULL;
}

static const CryptoKey *agreeing_key(ExportCall *c, uint64_t handle) {
    CngKey k;
    if (!cng_read_key(c->process, handle, &k)) return NULL;
    return k.algorithm == CNG_ECDH_P256 || k.algorithm == CNG_ECDH_P384 ? cng_key(&k) : NULL;
}

/* own key, other's key, *secret, flags */
bool export_BCryptSecretAgreement(ExportCall *c) {
    uint32_t number;
    const CryptoKey *own = agreeing_key(c, c->arg[0]), *other = agreeing_key(c, c->arg[1]);
    if (!own || !other) return false; /* Wine's code says what is wrong with them */
    if (!own->ecc.private || own->ecc.size != other->ecc.size || !c->arg[2])
        return export_answer(c, STATUS_INVALID_PARAMETER);
    CryptoKey *secret = crypto_key_new(c->machine, KEY_SECRET, 0, &number);
    if (!secret) return export_answer(c, STATUS_NO_MEMORY);
    ecc_agree(&own->ecc, &other->ecc, secret->secret);
    secret->secret_size = own->ecc.size;
    machine_work(c->machine, crypto_cost(own));
    bool good = guest_put_pointer(c->process, c->arg[2], (uint64_t)number * SECRET_STEP);
    return export_answer(c, good ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION);
}

bool export_BCryptDestroySecret(ExportCall *c) {
    if (!secret_of(c)) return export_answer(c, STATUS_INVALID_HANDLE);
    crypto_key_free(c->machine, c->arg[0] / SECRET_STEP);
    return export_answer(c, STATUS_SUCCESS);
}

/* What BCryptBufferDesc says about a derivation. */
typedef struct {
    const struct nettle_hash *hash;
    bool unknown_hash, keyed;
    Buf before, after, key;
} Derivation;

static bool take_parameter(ExportCall *c, Derivation *d, uint32_t type, Span value) {
    enum { HASH_ALGORITHM, SECRET_PREPEND, SECRET_APPEND, HMAC_KEY };
    switch (type) {
    case HASH_ALGORITHM:
        d->hash = cng_hash((const char *)value.p);
        d->unknown_hash = !d->hash;
        return !d->unknown_hash;
    case SECRET_PREPEND: buf_add(&d->before, value); return true;
    case SECRET_APPEND: buf_add(&d->after, value); return true;
    case HMAC_KEY:
        buf_add(&d->key, value);
        d->keyed = true;
        return true;
    default: machine_unmodelled(c->machine, "BCryptDeriveKey's parameter %u", type); return false;
    }
}

static bool read_derivation(ExportCall *c, Derivation *d) {
    enum { MOST_PARAMETERS = 16, MOST_VALUE = 4096 };
    if (!c->arg[2]) return true;
    Fields f = fields(c->process, c->arg[2]);
    get_u32(&f);
    uint32_t count = get_u32(&f);
    uint64_t list = get_pointer(&f);
    if (f.bad || count > MOST_PARAMETERS) return false;
    Fields each = fields(c->process, list);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t size = get_u32(&each), type = get_u32(&each);
        uint64_t at = get_pointer(&each);
        if (each.bad || size > MOST_VALUE) return false;
        uint8_t *bytes = arena_alloc(c->scratch, size);
        char *name = type ? NULL : guest_string16(c->process, c->scratch, at, LONGEST_NAME);
        if (!bytes || (type ? !guest_read(c->process, at, bytes, size) : !name)) return false;
        if (!take_parameter(c, d, type, type ? span(bytes, size) : span_str(name))) return false;
    }
    return true;
}

static void add_secret(Buf *b, const CryptoKey *secret) {
    buf_add(b, span(secret->secret, secret->secret_size));
}

/* "HASH", "HMAC": a digest of the secret; "TRUNCATE": the secret itself, little-endian. */
static uint32_t derive(ExportCall *c, const CryptoKey *secret, Derivation *d, uint8_t *out,
                       size_t *n) {
    enum { KDF_USE_SECRET_AS_HMAC_KEY = 1 };
    const char *kdf = guest_string16(c->process, c->scratch, c->arg[1], LONGEST_NAME);
    bool keyed = kdf && strcmp(kdf, "HMAC") == 0;
    if (kdf && strcmp(kdf, "TRUNCATE") == 0) {
        *n = secret->secret_size;
        for (size_t i = 0; i < *n; i++) out[i] = secret->secret[*n - 1 - i];
        return STATUS_SUCCESS;
    }
    if (!kdf || (!keyed && strcmp(kdf, "HASH") != 0)) {
        machine_unmodelled(c->machine, "the key derivation %s", kdf ? kdf : "without a name");
        return STATUS_NOT_SUPPORTED;
    }
    const struct nettle_hash *h = d->hash ? d->hash : &nettle_sha1;
    bool by_secret = c->arg[6] & KDF_USE_SECRET_AS_HMAC_KEY;
    if (keyed && !by_secret && !d->keyed) return STATUS_INVALID_PARAMETER;
    add_secret(&d->before, secret);
    buf_add(&d->before, buf_span(&d->after));
    if (!keyed) digest(h, buf_span(&d->before), out);
    else
        digest_hmac(h, by_secret ? span(secret->secret, secret->secret_size) : buf_span(&d->key),
                    buf_span(&d->before), out);
    *n = h->digest_size;
    return STATUS_SUCCESS;
}

/* The caller's buffer takes what fits; without one he learns the size. */
static uint32_t give_derived(ExportCall *c, const uint8_t *bytes, size_t n) {
    uint32_t room = (uint32_t)c->arg[4], size = room < n ? room : (uint32_t)n;
    if (!c->arg[3]) size = (uint32_t)n;
    else if (!guest_write(c->process, c->arg[3], bytes, size)) return STATUS_ACCESS_VIOLATION;
    return guest_put_u32(c->process, c->arg[5], size) ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

/* secret, function, parameters, key, its size, *size, flags */
bool export_BCryptDeriveKey(ExportCall *c) {
    uint8_t out[DIGEST_MOST];
    size_t n = 0;
    const CryptoKey *secret = secret_of(c);
    if (!secret) return export_answer(c, STATUS_INVALID_HANDLE);
    Derivation d = {.before = buf_new(1 << 17), .after = buf_new(1 << 16), .key = buf_new(1 << 16)};
    uint32_t status = read_derivation(c, &d) ? derive(c, secret, &d, out, &n)
                      : d.unknown_hash       ? STATUS_NOT_FOUND
                                             : STATUS_INVALID_PARAMETER;
    buf_free(&d.before);
    buf_free(&d.after);
    buf_free(&d.key);
    return export_answer(c, status ? status : give_derived(c, out, n));
}
