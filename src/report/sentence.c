#include "report/sentence.h"
#include "base/text.h"
#include <stdio.h>

enum { LONGEST_VALUE = 400 };

/* Where a text is cut: at most `most` bytes on, and not inside a character. */
static size_t cut(Span text, size_t most) {
    size_t at = 0;
    while (at < text.n) {
        size_t next = at;
        text_utf8_next(text, &next);
        if (next > most) break;
        at = next;
    }
    return at;
}

void sentence_text(Buf *out, const char *text) {
    Span all = span_str(text);
    if (all.n <= LONGEST_VALUE) {
        text_escape(out, all);
        return;
    }
    text_escape(out, span_clip(all, 0, cut(all, LONGEST_VALUE)));
    buf_printf(out, "... (%zu bytes)", all.n);
}

/* The template's part from `at` to `end` (a bracket or the end). False where a field is missing. */
static bool write_part(Buf *out, const Event *e, const char *at, const char *end) {
    bool complete = true;
    while (at < end) {
        const char *close = *at == '{' ? memchr(at, '}', (size_t)(end - at)) : NULL;
        if (!close) {
            buf_byte(out, (uint8_t)*at++);
            continue;
        }
        char name[32];
        snprintf(name, sizeof name, "%.*s", (int)(close - at - 1), at + 1);
        EventFieldName field;
        const char *value = event_field_parse(name, &field) ? event_get(e, field) : NULL;
        if (value && *value) sentence_text(out, value);
        else {
            buf_byte(out, '?');
            complete = false;
        }
        at = close + 1;
    }
    return complete;
}

void sentence_write(Buf *out, const Event *e) {
    for (const char *at = event_category_sentence(e->category); *at;) {
        bool optional = *at == '[';
        if (optional) at++;
        const char *end = at + strcspn(at, optional ? "]" : "[");
        size_t before = out->n;
        if (!write_part(out, e, at, end) && optional) out->n = before;
        at = end + (*end && optional);
    }
}
