#include "sign/stamp.h"
#include "sign/der.h"
#include "sign/name.h"

enum { MOST_STAMPS = 16 };

typedef struct {
    const SignTrust *trust;
    Arena *arena;
    const SignerInfo *stamped;
    const Cert *certs;
} Reading;

/* ---- what both kinds have in common ---- */

/* The signature over the attributes, which must name the content's type and digest. */
static const char *check_signature(const Reading *r, Stamp *s, const SignerInfo *by,
                                   Oid content_type, const Md *content) {
    const SignTrust *t = r->trust;
    Cur type = cur(signed_value(by->attributes, OID_CONTENT_TYPE));
    Cur digest = cur(signed_value(by->attributes, OID_MESSAGE_DIGEST));
    if (!by->signed_attributes.n) return "it has no signed attributes";
    if (oid_of(der_take(&type, DER_OID).body) != content_type) return "its contentType is another";
    if (!span_equal(der_take(&digest, DER_OCTETS).body, md_span(content)))
        return "it is not of this signature: the digest that it signs is another";
    if (!s->signer) return "the certificate of who made it is missing";
    Md signed_digest = signed_attributes_digest(t->crypto, by);
    switch (crypto_verify(t->crypto, s->signer->key, by->algorithm, by->parameters, &signed_digest,
                          by->signature)) {
    case SIGNATURE_GOOD: return NULL;
    case SIGNATURE_BAD: return "its own signature is wrong";
    default: return "its signature has an algorithm that is not known here";
    }
}

static const char *check_use(const Cert *c) {
    if (!c->has_extended || !(c->uses & USE_TIME))
        return "its certificate is not for time stamping (extendedKeyUsage)";
    if (c->has_usage && !(c->key_usage & (KEY_DIGITAL_SIGNATURE | 0x4000)))
        return "its certificate is not for signatures (keyUsage)";
    return NULL;
}

static Time latest(const SignTrust *t) {
    const Time year = 366 * 86400 * TIME_SECOND;
    if (t->at) return t->now;
    return t->now > INT64_MAX - year ? INT64_MAX : t->now + year;
}

/* Without --at "now" is the day of coax's lists, and a stamp may well be a bit younger than that.
 */
static const char *check_future(const SignTrust *t, Time time) {
    if (!t->now || time <= latest(t)) return NULL;
    return t->at ? "it lies in the future, seen from --at" : "it lies in the future";
}

static void judge(const Reading *r, Stamp *s, const char *fault, const Cert *own_certs) {
    if (!fault && s->signer) fault = check_use(s->signer);
    if (!fault) fault = check_future(r->trust, s->time);
    if (s->signer) {
        ChainQuestion q = {.leaf = s->signer,
                           .pools = {own_certs, r->certs},
                           .use = USE_TIME,
                           .at = s->time,
                           .proved = true};
        chain_find(r->trust, r->arena, &q, &s->chain);
    }
    if (fault) s->verdict = verdict_bad("bad", fault);
    else if (!s->chain.chain.holds) s->verdict = verdict_bad("untrusted", s->chain.chain.reason);
    else if (!s->chain.time.holds) s->verdict = verdict_bad("bad", s->chain.time.reason);
    else if (!s->chain.revocation.holds)
        s->verdict = verdict_bad("bad", s->chain.revocation.reason);
    else s->verdict = verdict_good("valid", "");
}

static Stamp *new_stamp(const Reading *r, const char *kind) {
    Stamp *s = arena_one(r->arena, Stamp);
    if (s) s->kind = kind;
    return s;
}

/* ---- RFC 3161 ---- */

/* TSTInfo { version, policy, messageImprint { algorithm, digest }, serial, genTime, ... } */
static const char *read_info(const Reading *r, Stamp *s, Span content) {
    Span parameters;
    Cur all = cur(content), octets = cur(der_take(&all, DER_OCTETS).body);
    Cur c = der_enter(&octets, DER_SEQUENCE);
    der_uint(&c);
    der_take(&c, DER_OID);
    Cur imprint = der_enter(&c, DER_SEQUENCE);
    MdKind kind = md_of_oid(cert_algorithm(&imprint, &parameters));
    Span digest = der_take(&imprint, DER_OCTETS).body;
    der_take(&c, DER_INTEGER);
    s->time = der_time(&c);
    if (c.bad || imprint.bad || octets.bad) return "its TSTInfo is malformed";
    Md ours = md_of(r->trust->crypto, kind, r->stamped->signature);
    if (ours.kind == MD_NONE) return "its imprint has an algorithm that is not known here";
    if (!span_equal(digest, md_span(&ours))) return "it is of another signature (messageImprint)";
    return NULL;
}

/* ESSCertID { digest, ... } and ESSCertIDv2 { [algorithm,] digest, ... } (RFC 5035): the attribute
 * ties the token to one certificate, so that no other with the same key can be put in its place. */
static bool names_other_cert(const Reading *r, const SignerInfo *by, const Cert *c) {
    Der d;
    Span parameters;
    MdKind kind = MD_SHA256;
    Cur v = cur(signed_value(by->attributes, OID_SIGNING_CERTIFICATE_V2));
    if (!cur_left(&v)) {
        v = cur(signed_value(by->attributes, OID_SIGNING_CERTIFICATE));
        kind = MD_SHA1;
    }
    if (!cur_left(&v)) return false;
    Cur attribute = der_enter(&v, DER_SEQUENCE), ids = der_enter(&attribute, DER_SEQUENCE),
        id = der_enter(&ids, DER_SEQUENCE);
    if (cur_left(&id) && id.span.p[id.at] == DER_SEQUENCE)
        kind = md_of_oid(cert_algorithm(&id, &parameters));
    d = der_take(&id, DER_OCTETS);
    Md ours = md_of(r->trust->crypto, kind, c->der);
    return id.bad || !span_equal(d.body, md_span(&ours));
}

static const char *check_token(const Reading *r, Stamp *s) {
    const SignedData *t = &s->token;
    if (t->fault) return arena_printf(r->arena, "the token is malformed: %s", t->fault);
    if (t->signer_count != 1) return "the token has more than one signer";
    s->signer = signed_find_cert(t->certs, t->signers);
    s->digest = t->signers->digest;
    const char *fault = read_info(r, s, t->content);
    if (t->content_type != OID_TST_INFO) return "the token's content is no TSTInfo";
    if (fault) return fault;
    Cur c = cur(t->content);
    Md digest = md_of(r->trust->crypto, t->signers->digest, der_take(&c, DER_OCTETS).body);
    fault = check_signature(r, s, t->signers, OID_TST_INFO, &digest);
    if (!fault && names_other_cert(r, t->signers, s->signer))
        fault = "it names another certificate than its own (signingCertificate)";
    return fault;
}

static Stamp *read_token(const Reading *r, Span token) {
    Stamp *s = new_stamp(r, "rfc3161");
    if (!s || signed_read(r->arena, r->trust->crypto, token, &s->token) != ST_OK) return NULL;
    const char *fault = check_token(r, s);
    judge(r, s, fault, s->token.certs);
    return s;
}

/* ---- PKCS #9 ---- */

static Stamp *read_counter(const Reading *r, Span element) {
    Cur c = cur(element);
    Stamp *s = new_stamp(r, "pkcs9");
    const SignerInfo *by = s ? signed_read_signer(r->arena, &c) : NULL;
    if (!s) return NULL;
    if (!by) {
        judge(r, s, "it is malformed", NULL);
        return s;
    }
    Cur time = cur(signed_value(by->attributes, OID_SIGNING_TIME));
    s->time = der_time(&time);
    s->digest = by->digest;
    s->signer = signed_find_cert(r->certs, by);
    Md digest = md_of(r->trust->crypto, by->digest, r->stamped->signature);
    const char *fault = check_signature(r, s, by, OID_DATA, &digest);
    if (!fault && time.bad) fault = "it does not say when it was made";
    judge(r, s, fault, NULL);
    return s;
}

/* ---- all ---- */

Stamp *stamp_read(const SignTrust *t, Arena *a, const SignerInfo *signer, const Cert *certs) {
    Reading r = {t, a, signer, certs};
    Stamp *first = NULL, **last = &first;
    unsigned n = 0;
    for (const Attribute *one = signer->unsigned_attributes; one; one = one->next) {
        Cur c = cur(one->values);
        Der d;
        if (one->type != OID_TIME_STAMP_TOKEN && one->type != OID_COUNTER_SIGNATURE) continue;
        while (n++ < MOST_STAMPS && der_next(&c, &d)) {
            Stamp *s = one->type == OID_TIME_STAMP_TOKEN ? read_token(&r, d.whole)
                                                         : read_counter(&r, d.whole);
            if (!s) return first;
            *last = s;
            last = &s->next;
        }
    }
    return first;
}
