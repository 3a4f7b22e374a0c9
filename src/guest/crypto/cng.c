#include "guest/crypto/cng.h"
#include "base/text.h"

enum { MAGIC = 'K' << 24 | 'E' << 16 | 'Y' << 8 | '0', PRIVATE_AT = 8 };

bool cng_read_key(Process *p, uint64_t address, CngKey *out) {
    *out = (CngKey){.process = p, .at = address};
    Fields f = fields(p, address);
    uint32_t magic = get_u32(&f);
    out->algorithm = get_u32(&f);
    out->private[0] = get_u64(&f);
    out->private[1] = get_u64(&f);
    if (!address || f.bad || magic != MAGIC) return false;
    if (!cng_is_cipher(out)) {
        out->bits = get_u32(&f);
        return !f.bad;
    }
    out->chain = get_u32(&f);
    get_u32(&f); /* block size */
    out->vector = get_pointer(&f);
    out->vector_size = get_u32(&f);
    out->secret = get_pointer(&f);
    out->secret_size = get_u32(&f);
    return !f.bad;
}

size_t cng_curve_size(const CngKey *k) {
    switch (k->algorithm) {
    case CNG_ECDH_P256:
    case CNG_ECDSA_P256: return 32;
    case CNG_ECDH_P384:
    case CNG_ECDSA_P384: return 48;
    default: return 0;
    }
}

void cng_write_private(const CngKey *k) {
    Fields f = fields(k->process, k->at + PRIVATE_AT);
    put_u64(&f, k->private[0]);
    put_u64(&f, k->private[1]);
}

CryptoKey *cng_key(const CngKey *k) {
    CryptoKey *key = crypto_key(k->process->machine, k->private[0]);
    KeyKind kind = cng_is_rsa(k) ? KEY_RSA : KEY_ECC;
    bool same = key && key->kind == kind && (kind == KEY_RSA || key->ecc.size == cng_curve_size(k));
    return same ? key : NULL;
}

const struct nettle_hash *cng_hash(const char *name) {
    static const struct {
        const char *name;
        const struct nettle_hash *hash;
    } hashes[] = {
        {"MD2", &nettle_md2},       {"MD4", &nettle_md4},       {"MD5", &nettle_md5},
        {"SHA1", &nettle_sha1},     {"SHA256", &nettle_sha256}, {"SHA384", &nettle_sha384},
        {"SHA512", &nettle_sha512},
    };
    for (size_t i = 0; name && i < sizeof hashes / sizeof *hashes; i++)
        if (text_equal_nocase(hashes[i].name, name)) return hashes[i].hash;
    return NULL;
}
