#include "report/page.h"
#include "base/text.h"
#include <inttypes.h>
#include <stdio.h>

static const char *const inks[] = {"",         "\x1b[1m",  "\x1b[2m", "\x1b[1;31m",
                                   "\x1b[33m", "\x1b[36m", "\x1b[32m"};

static void paint(const Page *p, Ink ink, Span text) {
    bool painted = p->color && ink != INK_PLAIN && text.n;
    if (painted) buf_str(p->out, inks[ink]);
    buf_add(p->out, text);
    if (painted) buf_str(p->out, "\x1b[0m");
}

static void spaces(const Page *p, size_t n) {
    for (size_t i = 0; i < n; i++) buf_byte(p->out, ' ');
}

static size_t columns(Span text) {
    size_t n = 0;
    for (size_t at = 0; at < text.n; n++) text_utf8_next(text, &at);
    return n;
}

void page_blank(const Page *p) {
    buf_byte(p->out, '\n');
}

void page_line(const Page *p, unsigned indent, Ink ink, Span text) {
    spaces(p, indent);
    paint(p, ink, text);
    page_blank(p);
}

/* The next word with the spaces before it. */
static Span next_word(Span text, size_t at) {
    size_t end = at;
    while (end < text.n && text.p[end] == ' ') end++;
    while (end < text.n && text.p[end] != ' ') end++;
    return span_sub(text, at, end - at);
}

static Span without_spaces(Span word) {
    size_t n = 0;
    while (n < word.n && word.p[n] == ' ') n++;
    return span_clip(word, n, word.n);
}

static void wrap(const Page *p, unsigned column, Span text) {
    size_t used = column;
    for (size_t at = 0; at < text.n;) {
        Span word = next_word(text, at);
        if (at && used + columns(word) > p->width) {
            page_blank(p);
            spaces(p, column);
            used = column;
            buf_add(p->out, without_spaces(word));
        } else buf_add(p->out, word);
        used += columns(word);
        at += word.n;
    }
}

static void print_label(const Page *p, unsigned indent, unsigned column, Ink ink, const char *label,
                        bool alone) {
    Span l = span_str(label);
    size_t at = indent + columns(l);
    spaces(p, indent);
    paint(p, ink, l);
    if (!alone) spaces(p, at < column ? column - at : l.n ? 1 : 0);
}

void page_item(const Page *p, unsigned indent, unsigned column, Ink ink, const char *label,
               Span text) {
    print_label(p, indent, column, ink, label, text.n == 0);
    wrap(p, column, text);
    page_blank(p);
}

void page_copied(const Page *p, unsigned indent, unsigned column, Ink ink, const char *label,
                 Span text) {
    print_label(p, indent, column, ink, label, text.n == 0);
    buf_add(p->out, text);
    page_blank(p);
}

const char *page_number(char out[PAGE_NUMBER], uint64_t n) {
    char digits[24];
    int count = snprintf(digits, sizeof digits, "%" PRIu64, n), at = 0;
    for (int i = 0; i < count; i++) {
        if (i && (count - i) % 3 == 0) out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = 0;
    return out;
}
