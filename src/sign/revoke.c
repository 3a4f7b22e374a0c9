#include "sign/revoke.h"
#include "sign/der.h"
#include "sign/name.h"

static void read_extensions(Crl *out, Cur c) {
    Cur list = der_enter(&c, DER_SEQUENCE);
    while (cur_left(&list)) {
        Cur e = der_enter(&list, DER_SEQUENCE);
        Oid o = oid_of(der_take(&e, DER_OID).body);
        if (o == OID_DELTA_CRL || o == OID_ISSUING_POINT) out->partial = true;
    }
}

bool crl_read(Span der, Crl *out) {
    Der d;
    Span parameters;
    *out = (Crl){.next_update = INT64_MAX};
    Cur all = cur(der), c = der_enter(&all, DER_SEQUENCE);
    out->tbs = der_take(&c, DER_SEQUENCE).whole;
    out->algorithm = cert_algorithm(&c, &out->parameters);
    Span bits = der_take(&c, DER_BIT_STRING).body;
    if (!der_done(&c) || bits.n < 2 || bits.p[0]) return false;
    out->signature = span(bits.p + 1, bits.n - 1);
    out->digest = out->algorithm == OID_RSA_PSS ? crypto_pss_digest(out->parameters)
                                                : md_of_oid(out->algorithm);
    Cur whole = cur(out->tbs), t = der_enter(&whole, DER_SEQUENCE);
    if (der_optional(&t, DER_INTEGER, &d) && d.body.n != 1) return false;
    cert_algorithm(&t, &parameters);
    out->issuer = der_take(&t, DER_SEQUENCE).whole;
    out->this_update = der_time(&t);
    if (cur_left(&t) && (t.span.p[t.at] == DER_UTC_TIME || t.span.p[t.at] == DER_GENERALIZED_TIME))
        out->next_update = der_time(&t);
    if (der_optional(&t, DER_SEQUENCE, &d)) out->entries = d.body;
    if (der_optional(&t, DER_CONSTRUCTED(0), &d)) read_extensions(out, cur(d.body));
    return der_done(&t);
}

/* ---- entries ---- */

enum { REASON_REMOVED = 8 };

static const char *reason_text(unsigned code) {
    static const char *const reasons[] = {NULL,
                                          "key compromise",
                                          "compromise of the authority",
                                          "affiliation changed",
                                          "superseded",
                                          "it has ceased to operate",
                                          "on hold",
                                          NULL,
                                          NULL,
                                          "privilege withdrawn",
                                          "compromise of the authority"};
    return code < sizeof reasons / sizeof *reasons ? reasons[code] : NULL;
}

static unsigned read_entry_extensions(Cur *entry, Revocation *r) {
    unsigned reason = 0;
    Cur list = der_enter(entry, DER_SEQUENCE);
    while (cur_left(&list)) {
        Cur e = der_enter(&list, DER_SEQUENCE);
        Der critical;
        Oid o = oid_of(der_take(&e, DER_OID).body);
        der_optional(&e, DER_BOOLEAN, &critical);
        Cur value = cur(der_take(&e, DER_OCTETS).body);
        Der d;
        if (o == OID_REASON && der_next(&value, &d) && d.body.n == 1) reason = d.body.p[0];
        Time since = o == OID_INVALIDITY_DATE ? der_time(&value) : 0;
        if (o == OID_INVALIDITY_DATE && !value.bad) r->when = since;
    }
    return reason;
}

static bool find(const Crl *l, Span serial, Revocation *r) {
    Cur c = cur(l->entries);
    while (cur_left(&c)) {
        Cur entry = der_enter(&c, DER_SEQUENCE);
        Span number = der_magnitude(der_take(&entry, DER_INTEGER).body);
        if (c.bad) return false;
        if (!span_equal(number, serial)) continue;
        r->when = der_time(&entry);
        unsigned reason = cur_left(&entry) ? read_entry_extensions(&entry, r) : 0;
        r->why = reason_text(reason);
        return reason != REASON_REMOVED;
    }
    return false;
}

Revocation revoke_look_up(Crypto *crypto, const Crl *lists, const Cert *c, const Cert *issuer) {
    Revocation r = {0};
    for (const Crl *l = lists; l && !r.listed; l = l->next) {
        if (!name_equal(l->issuer, c->issuer)) continue;
        Md digest = md_of(crypto, l->digest, l->tbs);
        if (crypto_verify(crypto, issuer->key, l->algorithm, l->parameters, &digest,
                          l->signature) != SIGNATURE_GOOD ||
            (issuer->has_usage && !(issuer->key_usage & KEY_CRL_SIGN)))
            continue;
        r.known |= !l->partial;
        r.listed = find(l, c->serial, &r);
    }
    return r;
}
