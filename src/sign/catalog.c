/*     CertificateTrustList { subjectUsage, [listIdentifier], [sequenceNumber], thisUpdate,
 *         subjectAlgorithm, trustedSubjects { { identifier, SET { attribute } } }, [0] extensions }
 *
 * An attribute SpcIndirectDataContent has the file's digest; where there is none, the identifier is
 * the digest. */
#include "sign/catalog.h"
#include "sign/der.h"
#include "sign/signed.h"
#include "sign/spc.h"

static Span list_of(Span catalog) {
    Cur all = cur(catalog), info = der_enter(&all, DER_SEQUENCE);
    der_take(&info, DER_OID);
    Cur explicit = der_enter(&info, DER_CONSTRUCTED(0)), data = der_enter(&explicit, DER_SEQUENCE);
    der_take(&data, DER_INTEGER);
    der_take(&data, DER_SET);
    Cur content = der_enter(&data, DER_SEQUENCE);
    if (oid_of(der_take(&content, DER_OID).body) != OID_CTL) return (Span){0};
    Cur inner = der_enter(&content, DER_CONSTRUCTED(0)), ctl = der_enter(&inner, DER_SEQUENCE);
    Der d;
    der_take(&ctl, DER_SEQUENCE); /* subjectUsage */
    der_optional(&ctl, DER_OCTETS, &d);
    der_optional(&ctl, DER_INTEGER, &d);
    der_time(&ctl);
    if (cur_left(&ctl) &&
        (ctl.span.p[ctl.at] == DER_UTC_TIME || ctl.span.p[ctl.at] == DER_GENERALIZED_TIME))
        der_time(&ctl);           /* nextUpdate */
    der_take(&ctl, DER_SEQUENCE); /* subjectAlgorithm */
    return der_take(&ctl, DER_SEQUENCE).body;
}

static bool is_ours(Subject *s, MdKind k, Span digest) {
    if (k == MD_NONE || digest.n != md_size(k)) return false;
    Md ours = subject_digest(s, k);
    return span_equal(md_span(&ours), digest);
}

static bool names_us(Subject *s, Span attributes) {
    Cur c = cur(attributes);
    while (cur_left(&c)) {
        Cur one = der_enter(&c, DER_SEQUENCE);
        Oid id = oid_of(der_take(&one, DER_OID).body);
        Cur values = der_enter(&one, DER_SET);
        Der d;
        SpcIndirect i;
        if (id == OID_SPC_INDIRECT_DATA && der_next(&values, &d) && spc_read_indirect(d.whole, &i))
            return is_ours(s, i.kind, i.digest);
    }
    return false;
}

static MdKind kind_of_size(size_t n) {
    return n == 20 ? MD_SHA1 : n == 32 ? MD_SHA256 : MD_NONE;
}

bool catalog_has(Subject *s, Span catalog) {
    Cur c = cur(list_of(catalog));
    while (cur_left(&c)) {
        Cur one = der_enter(&c, DER_SEQUENCE);
        Span id = der_take(&one, DER_OCTETS).body, attributes = der_take(&one, DER_SET).body;
        if (c.bad || one.bad) return false;
        if (is_ours(s, kind_of_size(id.n), id) || names_us(s, attributes)) return true;
    }
    return false;
}

/* ---- a catalog as a file of its own, and files that carry nothing ---- */

static bool read_catalog(Subject *s) {
    static const uint8_t start = DER_SEQUENCE;
    if (s->file.n < 32 || s->file.p[0] != start || !list_of(s->file).n) return false;
    subject_add_blob(s, s->file, ROOM_EXACT);
    return true;
}

static Md digest_of_all(Subject *s, MdKind k) {
    return md_of(s->crypto, k, s->file);
}

const Carrier carrier_catalog = {
    .name = "catalog", .content = OID_CTL, .read = read_catalog, .digest = digest_of_all};

const Carrier carrier_flat = {.name = "file", .digest = digest_of_all};
