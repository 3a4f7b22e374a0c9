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

void sentence_text(Buf *out, const char *text) {
    Span all = span_str(text);
    if (all.n <= LONGEST_VALUE) {
        text_escape(out, all);
        return;
    }
    text_escape(out, span_clip(all, 0, cut(all, LONGEST_VALUE)));
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

/* HKU\S-1-5-21-286-113-362-1001\...: of a user's SID the last number tells the user. */
static void write_key(Buf *out, const char *value) {
    static const char user[] = "HKU\\S-1-5-21-";
    size_t n = strlen(user), end = n;
    if (strncmp(value, user, n) == 0) end += strspn(value + n, "0123456789-");
    while (end > n && value[end - 1] != '-') end--;
    if (end > n) {
        buf_printf(out, "%s...-", user);
        value += end;
    }
    sentence_text(out, value);
}

static void write_value(Buf *out, const Event *e, EventFieldName name) {
    const char *value = event_get(e, name);
    if (name == EF_Duration) write_duration(out, e);
    else if (name == EF_TargetObject) write_key(out, value);
    else if (name == EF_ExitCode) write_exit_code(out, value);
    else sentence_text(out, value);
}

void sentence_write(Buf *out, const Event *e) {
    event_expand(out, event_category_sentence(e->category), e, write_value);
}
