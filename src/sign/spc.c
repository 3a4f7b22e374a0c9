#include "sign/spc.h"
#include "base/text.h"
#include "sign/der.h"
#include "sign/name.h"

bool spc_read_indirect(Span content, SpcIndirect *out) {
    Span parameters;
    Der value;
    Cur all = cur(content);
    *out = (SpcIndirect){.body = der_take(&all, DER_SEQUENCE).body};
    Cur c = cur(out->body), data = der_enter(&c, DER_SEQUENCE);
    out->type = oid_of(der_take(&data, DER_OID).body);
    if (der_next(&data, &value)) out->data = value.whole;
    Cur digest = der_enter(&c, DER_SEQUENCE);
    out->kind = md_of_oid(cert_algorithm(&digest, &parameters));
    out->digest = der_take(&digest, DER_OCTETS).body;
    return der_done(&all) && der_done(&c) && der_done(&data) && der_done(&digest);
}

/* ---- page hashes ---- */

/* SET { SEQUENCE { id, SET { OCTET STRING } } } */
static Span read_serialized(Span bytes, MdKind *kind) {
    Cur all = cur(bytes), set = der_enter(&all, DER_SET), one = der_enter(&set, DER_SEQUENCE);
    Oid o = oid_of(der_take(&one, DER_OID).body);
    Cur values = der_enter(&one, DER_SET);
    Span table = der_take(&values, DER_OCTETS).body;
    *kind = o == OID_PAGE_HASHES_1 ? MD_SHA1 : o == OID_PAGE_HASHES_2 ? MD_SHA256 : MD_NONE;
    return all.bad || set.bad || one.bad || values.bad || *kind == MD_NONE ? (Span){0} : table;
}

/* SpcPeImageData { flags, [0] SpcLink }, SpcLink [1] SpcSerializedObject { class, data } */
Span spc_page_hashes(Span image_data, MdKind *kind) {
    static const uint8_t class[] = {0xa6, 0xb5, 0x86, 0xd5, 0xb4, 0xa1, 0x24, 0x66,
                                    0xae, 0x05, 0xa2, 0x17, 0xda, 0x8e, 0x60, 0xd6};
    Der d;
    Cur all = cur(image_data), c = der_enter(&all, DER_SEQUENCE);
    der_optional(&c, DER_BIT_STRING, &d);
    Cur link = der_enter(&c, DER_CONSTRUCTED(0));
    if (!der_optional(&link, DER_CONSTRUCTED(1), &d)) return (Span){0};
    Cur object = cur(d.body);
    Span id = der_take(&object, DER_OCTETS).body, data = der_take(&object, DER_OCTETS).body;
    if (object.bad || !span_equal(id, span(class, sizeof class))) return (Span){0};
    return read_serialized(data, kind);
}

/* ---- opus ---- */

/* SpcString: [0] BMPString, [1] IA5String */
static const char *read_string(Arena *a, Span choice) {
    Der d;
    Cur c = cur(choice);
    if (!der_next(&c, &d)) return NULL;
    return name_string(a, d.tag == DER_CONTEXT(0) ? DER_BMP : DER_UTF8, d.body);
}

/* SpcLink: [0] url, [2] file */
static const char *read_link(Arena *a, Span choice) {
    Der d;
    Cur c = cur(choice);
    if (!der_next(&c, &d)) return NULL;
    return d.tag == DER_CONTEXT(0)       ? name_string(a, DER_UTF8, d.body)
           : d.tag == DER_CONSTRUCTED(2) ? read_string(a, d.body)
                                         : NULL;
}

SpcOpus spc_read_opus(Arena *a, Span value) {
    SpcOpus o = {0};
    Der d;
    Cur all = cur(value), c = der_enter(&all, DER_SEQUENCE);
    if (der_optional(&c, DER_CONSTRUCTED(0), &d)) o.name = read_string(a, d.body);
    if (der_optional(&c, DER_CONSTRUCTED(1), &d)) o.url = read_link(a, d.body);
    return o;
}
