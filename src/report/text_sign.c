/* Who signed the input: each signature with its verdicts. */
#include "report/sentence.h"
#include "report/text.h"
#include <stdio.h>
#include <string.h>

enum { INDENT = 4, LABEL = 18, ITEM_CAP = 16 << 10 };

static const char *text_of(const Value *map, const char *key) {
    return value_get_str(value_get(map, key), NULL);
}

static void item(const Page *p, Ink ink, const char *label, const char *text) {
    Buf b = buf_new(ITEM_CAP);
    sentence_text(&b, text);
    page_item(p, INDENT, LABEL, ink, label, buf_span(&b));
    buf_free(&b);
}

static void optional(const Page *p, const char *label, const char *text) {
    if (text && *text) item(p, INK_DIM, label, text);
}

/* Words that are good, and those that leave something open; all others are bad. */
static Ink ink_of(const char *word) {
    static const char *const good[] = {"intact", "trusted", "valid", "good", "allowed", "none"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (strcmp(word, good[i]) == 0) return INK_GREEN;
    return strcmp(word, "unknown") == 0 ? INK_DIM : INK_RED;
}

static void print_verdict(const Page *p, const Value *signature, const char *name) {
    const Value *v = value_get(signature, name);
    const char *word = value_get_str(value_get(v, "word"), "?");
    const char *reason = value_get_str(value_get(v, "reason"), "");
    Buf b = buf_new(ITEM_CAP);
    sentence_text(&b, word);
    if (*reason) buf_str(&b, ": "), sentence_text(&b, reason);
    page_item(p, INDENT, LABEL, ink_of(word), name, buf_span(&b));
    buf_free(&b);
}

static bool is_valid(const Value *signature) {
    const Value *v = value_get(signature, "valid");
    return v && v->kind == VALUE_BOOL && v->boolean;
}

static void print_head(const Page *p, const Value *signature) {
    char line[160];
    const Value *nested = value_get(signature, "nested_in");
    int n = snprintf(line, sizeof line, "Signature %llu: %s (%s)",
                     (unsigned long long)value_get_uint(value_get(signature, "number"), 0),
                     is_valid(signature) ? "valid" : "not valid",
                     value_get_str(value_get(signature, "digest"), "?"));
    if (nested && nested->kind == VALUE_UINT)
        snprintf(line + n, sizeof line - (size_t)n, ", inside of signature %llu",
                 (unsigned long long)nested->natural);
    page_blank(p);
    page_line(p, 2, INK_BOLD, span_str(line));
}

static void print_signer(const Page *p, const Value *signer) {
    if (!signer) return;
    optional(p, "signer", text_of(signer, "subject"));
    optional(p, "issuer", text_of(signer, "issuer"));
    optional(p, "serial", text_of(signer, "serial"));
    optional(p, "thumbprint", text_of(signer, "sha1"));
}

static void print_signature(const Page *p, const Value *s) {
    static const char *const verdicts[] = {"integrity",  "chain", "time",
                                           "revocation", "usage", "abuse"};
    print_head(p, s);
    print_signer(p, value_get(s, "signer"));
    optional(p, "program", text_of(value_get(s, "program"), "name"));
    optional(p, "address", text_of(value_get(s, "program"), "url"));
    optional(p, "time stamp", text_of(s, "timestamp"));
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        print_verdict(p, s, verdicts[i]);
}

void text_print_signatures(const Page *p, const Block *block) {
    const Value *all = block->artifact->signatures;
    /* where it ran, there is more to be told of it than that */
    if (all && !value_count(all) && !block->runs)
        page_item(p, 2, 14, INK_DIM, "signed", span_str("no"));
    for (const Value *s = value_first(all); s; s = s->next) print_signature(p, s);
}
