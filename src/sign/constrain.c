#include "sign/constrain.h"
#include "base/text.h"
#include "sign/der.h"
#include "sign/name.h"

/* Tags of GeneralName. */
enum { FORM_MAIL = 0x81, FORM_DNS = 0x82, FORM_DIRECTORY = 0xa4, FORM_URI = 0x86 };

/* The base's relative names are the first ones of the name. */
static bool is_below(Span name, Span base) {
    Cur n = cur(name), b = cur(base);
    Cur names = der_enter(&n, DER_SEQUENCE), bases = der_enter(&b, DER_SEQUENCE);
    Der x, y;
    while (der_next(&bases, &y)) {
        if (!der_next(&names, &x)) return false;
        /* one relative name each, as a whole Name, so that text is compared as in names */
        uint8_t one[2][512];
        Span wrapped[2];
        const Der *both[] = {&x, &y};
        for (unsigned i = 0; i < 2; i++) {
            size_t size = both[i]->whole.n;
            if (size > sizeof one[i] - 4) return span_equal(x.whole, y.whole);
            memcpy(one[i], (uint8_t[]){DER_SEQUENCE, 0x82, (uint8_t)(size >> 8), (uint8_t)size}, 4);
            memcpy(one[i] + 4, both[i]->whole.p, size);
            wrapped[i] = span(one[i], size + 4);
        }
        if (!name_equal(wrapped[0], wrapped[1])) return false;
    }
    return der_done(&bases);
}

/* "example.org" and everything below it; for mail also the part behind the @. */
static bool ends_with(Arena *a, Span name, Span base) {
    const char *n = arena_text(a, name), *b = arena_text(a, base);
    if (!n || !b || !*b) return true;
    size_t ln = strlen(n), lb = strlen(b);
    if (ln < lb || !text_equal_nocase(n + ln - lb, b)) return false;
    return ln == lb || *b == '.' || n[ln - lb - 1] == '.' || n[ln - lb - 1] == '@';
}

static bool matches(Arena *a, const Der *name, const Der *base) {
    switch (base->tag) {
    case FORM_DIRECTORY: return is_below(name->body, base->body);
    case FORM_DNS:
    case FORM_MAIL: return ends_with(a, name->body, base->body);
    default: return false;
    }
}

typedef struct {
    bool of_form, matched;
} Match;

static Match match(Arena *a, const Der *name, Span subtrees) {
    Cur c = cur(subtrees);
    Match m = {0};
    while (cur_left(&c)) {
        Cur tree = der_enter(&c, DER_SEQUENCE);
        Der base;
        if (!der_next(&tree, &base)) break;
        if (base.tag != name->tag) continue;
        m.of_form = true;
        m.matched |= matches(a, name, &base);
    }
    return m;
}

static bool allows(Arena *a, const Cert *issuer, const Der *name) {
    Match bad = match(a, name, issuer->excluded), good = match(a, name, issuer->permitted);
    bool known = name->tag == FORM_DIRECTORY || name->tag == FORM_DNS || name->tag == FORM_MAIL;
    if (bad.matched || (bad.of_form && !known)) return false;
    return !good.of_form || good.matched;
}

bool constrain_allows(Arena *a, const Cert *issuer, const Cert *c) {
    Der name;
    if (!issuer->permitted.n && !issuer->excluded.n) return true;
    if (!allows(a, issuer, &(Der){FORM_DIRECTORY, c->subject, c->subject})) return false;
    Cur names = cur(c->names);
    while (der_next(&names, &name))
        if (!allows(a, issuer, &name)) return false;
    return der_done(&names);
}
