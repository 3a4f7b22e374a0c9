#include "sign/signed.h"
#include "sign/der.h"
#include "sign/name.h"

enum { MOST_CERTS = 64, MOST_SIGNERS = 16, MOST_ATTRIBUTES = 64 };

static void fault(SignedData *s, const char *what) {
    if (!s->fault) s->fault = what;
}

/* What is left behind the last element that belongs there. */
static void note_hidden(SignedData *s, Cur *c) {
    if (!c->bad && cur_left(c) && !s->hidden.n) s->hidden = span_clip(c->span, c->at, c->span.n);
}

/* ---- attributes ---- */

static bool read_attributes(Arena *a, Span body, Attribute **out) {
    Cur c = cur(body);
    Attribute **last = out;
    for (unsigned n = 0; cur_left(&c); n++) {
        Der d = der_take(&c, DER_SEQUENCE);
        Cur inner = cur(d.body);
        Attribute *one = n < MOST_ATTRIBUTES && !c.bad ? arena_one(a, Attribute) : NULL;
        if (!one) return false;
        *one = (Attribute){.id = der_take(&inner, DER_OID).body, .whole = d.whole};
        one->type = oid_of(one->id);
        one->values = der_take(&inner, DER_SET).body;
        if (!der_done(&inner)) return false;
        *last = one;
        last = &one->next;
    }
    return !c.bad;
}

const Attribute *signed_attribute(const Attribute *list, Oid type, unsigned *count) {
    const Attribute *found = NULL;
    *count = 0;
    for (; list; list = list->next)
        if (list->type == type) found = list, ++*count;
    return *count == 1 ? found : NULL;
}

Span signed_value(const Attribute *list, Oid type) {
    unsigned count;
    Der d;
    const Attribute *a = signed_attribute(list, type, &count);
    Cur c = cur(a ? a->values : (Span){0});
    return der_next(&c, &d) && der_done(&c) ? d.whole : (Span){0};
}

/* ---- signers ---- */

static bool read_identity(SignerInfo *s, Cur *c) {
    Der d;
    if (der_optional(c, DER_CONTEXT(0), &d)) {
        s->key_id = d.body;
        return s->key_id.n != 0;
    }
    Cur inner = der_enter(c, DER_SEQUENCE);
    s->issuer = der_take(&inner, DER_SEQUENCE).whole;
    s->serial = der_magnitude(der_take(&inner, DER_INTEGER).body);
    return der_done(&inner);
}

SignerInfo *signed_read_signer(Arena *a, Cur *list) {
    Der d;
    Cur c = der_enter(list, DER_SEQUENCE);
    SignerInfo *s = list->bad ? NULL : arena_one(a, SignerInfo);
    if (!s) return NULL;
    der_uint(&c);
    if (!read_identity(s, &c)) return NULL;
    s->digest = md_of_oid(cert_algorithm(&c, &s->digest_parameters));
    if (der_optional(&c, DER_CONSTRUCTED(0), &d)) {
        s->signed_attributes = d.whole;
        if (!read_attributes(a, d.body, &s->attributes)) return NULL;
    }
    s->algorithm = cert_algorithm(&c, &s->parameters);
    s->signature = der_take(&c, DER_OCTETS).body;
    if (der_optional(&c, DER_CONSTRUCTED(1), &d)) {
        s->unsigned_whole = d.whole;
        if (!read_attributes(a, d.body, &s->unsigned_attributes)) return NULL;
    }
    return der_done(&c) ? s : NULL;
}

static void read_signers(Arena *a, SignedData *out, Span body) {
    Cur c = cur(body);
    SignerInfo **last = &out->signers;
    while (cur_left(&c)) {
        SignerInfo *s = out->signer_count < MOST_SIGNERS ? signed_read_signer(a, &c) : NULL;
        if (!s) {
            fault(out, "a SignerInfo is malformed");
            return;
        }
        *last = s;
        last = &s->next;
        out->signer_count++;
    }
    if (!out->signers) fault(out, "it has no SignerInfo");
}

const Cert *signed_find_cert(const Cert *certs, const SignerInfo *s) {
    for (const Cert *c = certs; c; c = c->next) {
        bool same = s->key_id.n
                        ? span_equal(c->key_id, s->key_id)
                        : span_equal(c->serial, s->serial) && name_equal(c->issuer, s->issuer);
        if (same) return c;
    }
    return NULL;
}

Md signed_attributes_digest(Crypto *crypto, const SignerInfo *s) {
    static const uint8_t set = DER_SET;
    Hasher *h = hasher_open(crypto, s->digest);
    hasher_add(h, span(&set, 1));
    hasher_add(h, span_clip(s->signed_attributes, 1, s->signed_attributes.n));
    Md m = hasher_take(h);
    hasher_close(h);
    return m;
}

/* ---- the envelope ---- */

static void read_certs(Arena *a, Crypto *crypto, SignedData *out, Span body) {
    Cur c = cur(body);
    Der d;
    Cert **last = &out->certs;
    while (der_next(&c, &d)) {
        Cert *one = out->cert_count < MOST_CERTS ? arena_one(a, Cert) : NULL;
        if (!one) break;
        if (d.tag != DER_SEQUENCE || !cert_read(crypto, d.whole, one)) {
            if (!out->bad_cert.n) out->bad_cert = d.whole; /* it may be of no importance */
            continue;
        }
        *last = one;
        last = &one->next;
        out->cert_count++;
    }
    if (!der_done(&c)) fault(out, "its certificates are malformed, or too many");
}

static void read_digests(SignedData *out, Span body) {
    Cur c = cur(body);
    Span parameters;
    while (cur_left(&c)) out->digests |= 1u << md_of_oid(cert_algorithm(&c, &parameters));
    if (c.bad) fault(out, "its digestAlgorithms are malformed");
}

static void read_content(SignedData *out, Cur *data) {
    Cur info = der_enter(data, DER_SEQUENCE);
    Der d;
    out->content_id = der_take(&info, DER_OID).body;
    out->content_type = oid_of(out->content_id);
    if (der_optional(&info, DER_CONSTRUCTED(0), &d)) {
        Cur c = cur(d.body);
        Der content;
        if (der_next(&c, &content)) out->content = content.whole;
        note_hidden(out, &c);
        if (c.bad) fault(out, "its content is malformed");
    }
    note_hidden(out, &info);
    if (info.bad) fault(out, "its contentInfo is malformed");
}

Status signed_read(Arena *a, Crypto *crypto, Span bytes, SignedData *out) {
    Der d;
    *out = (SignedData){0};
    Cur all = cur(bytes), info = der_enter(&all, DER_SEQUENCE);
    out->whole = span_clip(bytes, 0, all.at);
    Oid type = oid_of(der_take(&info, DER_OID).body);
    Cur explicit = der_enter(&info, DER_CONSTRUCTED(0)), c = der_enter(&explicit, DER_SEQUENCE);
    if (all.bad) fault(out, "it is cut short, or no PKCS #7 at all");
    else if (type != OID_SIGNED_DATA || c.bad) fault(out, "it is no PKCS #7 SignedData");
    der_uint(&c);
    read_digests(out, der_take(&c, DER_SET).body);
    read_content(out, &c);
    if (der_optional(&c, DER_CONSTRUCTED(0), &d)) read_certs(a, crypto, out, d.body);
    if (der_optional(&c, DER_CONSTRUCTED(1), &d)) out->crls = d.body;
    read_signers(a, out, der_take(&c, DER_SET).body);
    if (c.bad) fault(out, "its SignedData is malformed");
    note_hidden(out, &c);
    note_hidden(out, &explicit);
    note_hidden(out, &info);
    return a->full ? ST_BUDGET : ST_OK;
}
