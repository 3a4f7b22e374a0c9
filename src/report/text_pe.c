/* What a program's file tells, in the lines that an analyst reads first; --json has the tables. */
#include "base/text.h"
#include "report/sentence.h"
#include "report/text.h"

enum { INDENT = 2, LABEL = 14, LINE_CAP = 8 << 10, SECTIONS_SHOWN = 12 };

static const char *text_of(const Value *map, const char *key) {
    return value_get_str(value_get(map, key), NULL);
}

static void line(const Page *p, const char *label, Buf *b) {
    if (b->n) page_item(p, INDENT, LABEL, INK_DIM, label, buf_span(b));
    buf_clear(b);
}

static void plain(const Page *p, const char *label, const char *value, Buf *b) {
    if (value) sentence_text(b, value);
    line(p, label, b);
}

/* "Setup of ACME Tools 6.1.7601.1, ACME (setup.exe)" */
static void print_version(const Page *p, const Value *version, Buf *b) {
    const Value *strings = value_get(value_first(value_get(version, "tables")), "strings");
    const char *what = text_of(strings, "FileDescription"), *who = text_of(strings, "CompanyName");
    const char *number = text_of(version, "file"), *file = text_of(strings, "OriginalFilename");
    if (!what) what = text_of(strings, "ProductName");
    if (what) sentence_text(b, what);
    if (number) buf_printf(b, "%s%s", b->n ? " " : "", number);
    if (who && *who) buf_str(b, b->n ? ", " : ""), sentence_text(b, who);
    if (file && *file) buf_str(b, " ("), sentence_text(b, file), buf_str(b, ")");
    line(p, "calls itself", b);
}

static void print_wishes(const Page *p, const Value *manifest, Buf *b) {
    const char *level = text_of(manifest, "execution_level");
    const Value *elevates = value_get(manifest, "auto_elevate");
    if (level && strcmp(level, "requireAdministrator") == 0)
        buf_str(b, "an administrator's rights");
    else if (level && strcmp(level, "highestAvailable") == 0)
        buf_str(b, "the highest rights that its user has");
    if (elevates && elevates->boolean)
        buf_printf(b, "%sto be elevated without a question", b->n ? ", and " : "");
    line(p, "wants", b);
}

static void print_packer(const Page *p, const Value *packer, Buf *b) {
    if (!packer) return;
    sentence_text(b, text_of(packer, "name"));
    buf_printf(b, " (%s)", text_of(packer, "kind"));
    line(p, "wrapped by", b);
}

static void write_entropy(Buf *b, const Value *entropy) {
    if (entropy && entropy->kind == VALUE_REAL) buf_printf(b, " %.2f", entropy->real);
}

static void print_sections(const Page *p, const Value *sections, Buf *b) {
    size_t shown = 0;
    for (const Value *s = value_first(sections); s && shown < SECTIONS_SHOWN; s = s->next) {
        if (shown++) buf_str(b, ", ");
        sentence_text(b, value_get_str(value_get(s, "name"), "?"));
        buf_printf(b, " %s", value_get_str(value_get(s, "flags"), ""));
        write_entropy(b, value_get(s, "entropy"));
    }
    if (value_count(sections) > shown)
        buf_printf(b, " and %zu more", value_count(sections) - shown);
    line(p, "sections", b);
}

static void print_overlay(const Page *p, const Value *overlay, Buf *b) {
    char number[PAGE_NUMBER];
    if (!overlay) return;
    buf_printf(b, "%s bytes at %llxh,",
               page_number(number, value_get_uint(value_get(overlay, "size"), 0)),
               (unsigned long long)value_get_uint(value_get(overlay, "offset"), 0));
    write_entropy(b, value_get(overlay, "entropy"));
    buf_str(b, " bits per byte");
    line(p, "overlay", b);
}

void text_print_pe(const Page *p, const Value *pe) {
    if (!pe) return;
    Buf b = buf_new(LINE_CAP);
    print_version(p, value_get(pe, "version"), &b);
    plain(p, "linked", text_of(pe, "timestamp"), &b);
    plain(p, "pdb", text_of(value_get(pe, "pdb"), "path"), &b);
    print_packer(p, value_get(pe, "packer"), &b);
    print_wishes(p, value_get(pe, "manifest"), &b);
    plain(p, "imphash", text_of(pe, "imphash"), &b);
    plain(p, "rich hash", text_of(pe, "rich_hash"), &b);
    print_sections(p, value_get(pe, "sections"), &b);
    print_overlay(p, value_get(pe, "overlay"), &b);
    buf_free(&b);
}
