#include "sign/pem.h"
#include "sign/der.h"

static const char begin[] = "-----BEGIN ", finish[] = "-----END ", dashes[] = "-----";

static bool next_der(Cur *file, Pem *out) {
    Der d;
    if (!der_next(file, &d) || d.tag != DER_SEQUENCE) return false;
    *out = (Pem){.der = d.whole};
    return true;
}

static int digit(uint8_t c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

Span pem_decode(Arena *a, Span text) {
    uint8_t *out = arena_alloc(a, text.n / 4 * 3 + 3);
    uint32_t bits = 0;
    unsigned held = 0;
    size_t n = 0;
    for (size_t i = 0; out && i < text.n; i++) {
        int d = digit(text.p[i]);
        if (d < 0) continue;
        bits = bits << 6 | (uint32_t)d;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out[n++] = (uint8_t)(bits >> held);
    }
    return out ? span(out, n) : (Span){0};
}

static const uint8_t *find(Span s, const char *what) {
    return s.n ? memmem(s.p, s.n, what, strlen(what)) : NULL;
}

bool pem_next(Arena *a, Cur *file, Pem *out) {
    if (!cur_left(file)) return false;
    if (file->span.p[file->at] == DER_SEQUENCE) return next_der(file, out);
    Span rest = span_clip(file->span, file->at, file->span.n);
    const uint8_t *at = find(rest, begin);
    if (!at) return false;
    Span before = span(rest.p, (size_t)(at - rest.p));
    Span label = span_clip(rest, before.n + sizeof begin - 1, rest.n);
    const uint8_t *label_end = find(label, dashes);
    if (!label_end) return false;
    Span body = span_clip(label, (size_t)(label_end - label.p) + 5, label.n);
    const uint8_t *end = find(body, finish);
    if (!end) return false;
    *out = (Pem){.label = span(label.p, (size_t)(label_end - label.p)),
                 .der = pem_decode(a, span(body.p, (size_t)(end - body.p))),
                 .before = before};
    Span after = span_clip(body, (size_t)(end - body.p) + sizeof finish - 1, body.n);
    const uint8_t *line = find(after, dashes);
    file->at = line ? (size_t)(line + 5 - file->span.p) : file->span.n;
    return true;
}
