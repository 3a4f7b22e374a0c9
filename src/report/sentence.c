#include "report/sentence.h"
#include "base/text.h"
#include <stdlib.h>

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

/* Of a user's SID only the last number tells the user: where that begins, or n where there is none.
 */
static size_t find_user(Span sid) {
    size_t n = 0, last = sid.n;
    while (n < sid.n && (sid.p[n] == '-' || (sid.p[n] >= '0' && sid.p[n] <= '9'))) {
        n++;
        if (sid.p[n - 1] == '-') last = n;
    }
    return last;
}

/* Escapes, with S-1-5-21-286-113-362-1001 as S-1-5-21-...-1001. */
static void write_short(Buf *out, Span text) {
    static const char user[] = "S-1-5-21-";
    enum { LENGTH = sizeof user - 1 };
    const uint8_t *sid;
    while ((sid = memmem(text.p, text.n, user, LENGTH))) {
        size_t before = (size_t)(sid - text.p) + LENGTH;
        Span rest = span_clip(text, before, text.n);
        size_t last = find_user(rest);
        text_escape(out, span_clip(text, 0, before));
        if (last < rest.n) {
            buf_str(out, "...-");
            rest = span_clip(rest, last, rest.n);
        }
        text = rest;
    }
    text_escape(out, text);
}

void sentence_text(Buf *out, const char *text) {
    Span all = span_str(text);
    if (all.n <= LONGEST_VALUE) {
        write_short(out, all);
        return;
    }
    write_short(out, span_clip(all, 0, cut(all, LONGEST_VALUE)));
    buf_printf(out, "... (%zu bytes)", all.n);
}

/* An exit code that is an NTSTATUS reads better in hex. */
static void write_exit_code(Buf *out, const char *value) {
    unsigned long code = strtoul(value, NULL, 10);
    if (code >= 0x80000000 && code <= UINT32_MAX) buf_printf(out, "%lx", code);
    else sentence_text(out, value);
}

static void write_duration(Buf *out, const Event *e) {
    char printed[TIME_TEXT_SIZE];
    time_print_span(event_duration(e), printed);
    buf_str(out, printed);
}

static void write_value(Buf *out, const Event *e, EventFieldName name) {
    const char *value = event_get(e, name);
    if (name == EF_Duration) write_duration(out, e);
    else if (name == EF_ExitCode) write_exit_code(out, value);
    else sentence_text(out, value);
}

void sentence_write(Buf *out, const Event *e) {
    event_expand(out, event_category_sentence(e->category), e, write_value);
}
