#include "wire/names.h"
#include "base/text.h"
#include "wire/internal.h"

static size_t oem_length(Span bytes) {
    const uint8_t *end = bytes.n ? memchr(bytes.p, 0, bytes.n) : NULL;
    return end ? (size_t)(end - bytes.p) : bytes.n;
}

static size_t utf16_length(Span s) {
    size_t n = 0;
    while (n + 1 < s.n && (s.p[n] || s.p[n + 1])) n += 2;
    return n;
}

const char *name_oem(Wire *w, Span bytes) {
    size_t n = oem_length(bytes);
    const char *text = arena_text(&w->arena, span_clip(bytes, 0, n < NAME_MOST ? n : NAME_MOST));
    return text ? text : "";
}

const char *name_utf16(Wire *w, Span s) {
    size_t n = utf16_length(s);
    const char *text = text_from_utf16(&w->arena, span_clip(s, 0, n < NAME_MOST ? n : NAME_MOST));
    return text ? text : "";
}
