#include "report/sentence.h"
#include "base/text.h"

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

static void write_value(Buf *out, const Event *e, EventFieldName name) {
    char span_text[TIME_TEXT_SIZE];
    const char *value = event_get(e, name);
    if (name == EF_Duration) {
        time_print_span(event_duration(e), span_text);
        value = span_text;
    }
    sentence_text(out, value);
}

void sentence_write(Buf *out, const Event *e) {
    event_expand(out, event_category_sentence(e->category), e, write_value);
}
