#include "sign/cert.h"
#include "sign/der.h"
#include "sign/name.h"

Oid cert_algorithm(Cur *c, Span *parameters) {
    Der d;
    Cur inner = der_enter(c, DER_SEQUENCE);
    Oid o = oid_of(der_take(&inner, DER_OID).body);
    *parameters = der_next(&inner, &d) ? d.whole : (Span){0};
    if (!der_done(&inner)) c->bad = true;
    return o;
}

/* ---- extensions ---- */

static bool read_basic(Cert *out, Cur c) {
    Der d;
    Cur s = der_enter(&c, DER_SEQUENCE);
    out->constrained = true;
    if (der_optional(&s, DER_BOOLEAN, &d)) out->authority = d.body.n == 1 && d.body.p[0];
    if (cur_left(&s)) {
        uint32_t n = der_uint(&s);
        out->path_length = n > 1000 ? 1000 : (int32_t)n;
    }
    return der_done(&s);
}

static bool read_key_usage(Cert *out, Cur c) {
    Span bits = der_take(&c, DER_BIT_STRING).body;
    if (bits.n < 1) return false;
    out->has_usage = true;
    out->key_usage = bits.n > 1 ? (uint32_t)bits.p[1] << 8 : 0;
    if (bits.n > 2) out->key_usage |= bits.p[2];
    return true;
}

static bool read_extended(Cert *out, Cur c) {
    Cur s = der_enter(&c, DER_SEQUENCE);
    out->has_extended = true;
    out->uses = 0;
    while (cur_left(&s)) {
        Oid o = oid_of(der_take(&s, DER_OID).body);
        if (s.bad) return false;
        switch (o) {
        case OID_CODE_SIGNING: out->uses |= USE_CODE; break;
        case OID_TIME_STAMPING: out->uses |= USE_TIME; break;
        case OID_LIFETIME_SIGNING: out->uses |= USE_LIFETIME; break;
        case OID_ANY_USAGE: out->uses |= USE_CODE | USE_OTHER; break;
        default: out->uses |= USE_OTHER;
        }
    }
    return !s.bad;
}

static bool read_name_constraints(Cert *out, Cur c) {
    Der d;
    Cur s = der_enter(&c, DER_SEQUENCE);
    if (der_optional(&s, DER_CONSTRUCTED(0), &d)) out->permitted = d.body;
    if (der_optional(&s, DER_CONSTRUCTED(1), &d)) out->excluded = d.body;
    return der_done(&s);
}

static bool read_authority_key_id(Cert *out, Cur c) {
    Der d;
    Cur s = der_enter(&c, DER_SEQUENCE);
    if (der_optional(&s, DER_CONTEXT(0), &d)) out->authority_key_id = d.body;
    return !s.bad;
}

static bool read_extension(Cert *out, Cur *list) {
    Der critical;
    Cur e = der_enter(list, DER_SEQUENCE);
    Span id = der_take(&e, DER_OID).body;
    bool is_critical =
        der_optional(&e, DER_BOOLEAN, &critical) && critical.body.n == 1 && critical.body.p[0];
    Cur value = cur(der_take(&e, DER_OCTETS).body);
    if (!der_done(&e)) return false;
    switch (oid_of(id)) {
    case OID_BASIC_CONSTRAINTS: return read_basic(out, value);
    case OID_KEY_USAGE: return read_key_usage(out, value);
    case OID_EXTENDED_USAGE: return read_extended(out, value);
    case OID_NAME_CONSTRAINTS: return read_name_constraints(out, value);
    case OID_ALTERNATIVE_NAME: out->names = der_take(&value, DER_SEQUENCE).body; return true;
    case OID_SUBJECT_KEY_ID: out->key_id = der_take(&value, DER_OCTETS).body; return true;
    case OID_AUTHORITY_KEY_ID: return read_authority_key_id(out, value);
    case OID_POLICIES:
    case OID_POLICY_MAPPINGS:
    case OID_POLICY_CONSTRAINTS:
    case OID_CRL_DISTRIBUTION:
    case OID_AUTHORITY_INFO:
    case OID_NETSCAPE_TYPE:
    case OID_ISSUER_ALTERNATIVE:
    case OID_KEY_PERIOD:
    case OID_INHIBIT_ANY_POLICY: return true; /* nothing in them limits what is asked here */
    default:
        if (is_critical && !out->unknown_critical.n) out->unknown_critical = id;
        return true;
    }
}

static bool read_extensions(Cert *out, Span explicit) {
    Cur c = cur(explicit), list = der_enter(&c, DER_SEQUENCE);
    while (cur_left(&list))
        if (!read_extension(out, &list)) return false;
    return der_done(&c) && der_done(&list);
}

/* ---- the certificate ---- */

static bool read_tbs(Cert *out) {
    Der d;
    Span parameters;
    Cur whole = cur(out->tbs), c = der_enter(&whole, DER_SEQUENCE);
    der_optional(&c, DER_CONSTRUCTED(0), &d); /* version */
    out->serial = der_magnitude(der_take(&c, DER_INTEGER).body);
    Oid algorithm = cert_algorithm(&c, &parameters);
    out->issuer = der_take(&c, DER_SEQUENCE).whole;
    Cur validity = der_enter(&c, DER_SEQUENCE);
    out->not_before = der_time(&validity);
    out->not_after = der_time(&validity);
    out->subject = der_take(&c, DER_SEQUENCE).whole;
    out->key = der_take(&c, DER_SEQUENCE).whole;
    der_optional(&c, DER_CONTEXT(1), &d); /* unique identifiers, which nobody has */
    der_optional(&c, DER_CONTEXT(2), &d);
    if (der_optional(&c, DER_CONSTRUCTED(3), &d) && !read_extensions(out, d.body)) return false;
    return der_done(&c) && der_done(&validity) && algorithm == out->algorithm &&
           span_equal(parameters, out->parameters);
}

static void copy_md(uint8_t *out, Md m) {
    memcpy(out, m.p, m.n);
}

bool cert_read(Crypto *crypto, Span der, Cert *out) {
    Cur all = cur(der), c = der_enter(&all, DER_SEQUENCE);
    *out = (Cert){.der = der,
                  .uses = USE_CODE | USE_TIME | USE_OTHER,
                  .path_length = -1,
                  .code = ROOT_RULE_NONE,
                  .time = ROOT_RULE_NONE};
    out->tbs = der_take(&c, DER_SEQUENCE).whole;
    out->algorithm = cert_algorithm(&c, &out->parameters);
    Span bits = der_take(&c, DER_BIT_STRING).body;
    if (!der_done(&c) || !der_done(&all) || bits.n < 2 || bits.p[0]) return false;
    out->signature = span(bits.p + 1, bits.n - 1);
    copy_md(out->md5, md_of(crypto, MD_MD5, der));
    copy_md(out->sha1, md_of(crypto, MD_SHA1, der));
    copy_md(out->sha256, md_of(crypto, MD_SHA256, der));
    if (!read_tbs(out)) return false;
    out->issuer_hash = name_hash(out->issuer);
    out->subject_hash = name_hash(out->subject);
    return true;
}

SignatureCheck cert_signed_by(Crypto *crypto, const Cert *c, const Cert *issuer) {
    MdKind kind = md_of_oid(c->algorithm);
    if (c->algorithm == OID_RSA_PSS) kind = crypto_pss_digest(c->parameters);
    Md digest = md_of(crypto, kind, c->tbs);
    return crypto_verify(crypto, issuer->key, c->algorithm, c->parameters, &digest, c->signature);
}
