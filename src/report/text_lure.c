/* What the text report says of the lure: what a program waits for, and which worlds it avoids.
 * Lines that are there to be copied are not wrapped, and are quoted for a POSIX shell. */
#include "report/sentence.h"
#include "report/text.h"
#include <stdio.h>

enum {
    INDENT = 4,
    LABEL = 14,
    ITEM_CAP = 64 << 10,
    VALUES_SHOWN = 10,
    REVEALS_SHOWN = 4,
};

static void line(const Page *p, const char *label, Buf *b, Ink ink) {
    page_item(p, INDENT, LABEL, ink, label, buf_span(b));
    buf_clear(b);
}

static void command_line(const Page *p, const char *label, Buf *b) {
    page_copied(p, INDENT, LABEL, INK_CYAN, label, buf_span(b));
    buf_clear(b);
}

/* ---- commands ---- */

static bool is_plain(const char *word) {
    for (const char *c = word; *c; c++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./=:+,-", *c))
            return false;
    return *word != 0;
}

/* In single quotes where a shell would take it for more than a word. */
static void write_word(Buf *b, const char *word) {
    if (is_plain(word)) {
        buf_str(b, word);
        return;
    }
    buf_byte(b, '\'');
    while (*word) {
        size_t n = strcspn(word, "'");
        Buf piece = buf_new(ITEM_CAP);
        buf_add(&piece, span(word, n));
        buf_byte(&piece, 0);
        if (n && !piece.full) sentence_text(b, (const char *)piece.p);
        buf_free(&piece);
        word += n;
        if (*word == '\'') buf_str(b, "'\\''"), word++;
    }
    buf_byte(b, '\'');
}

static void write_options(Buf *b, const Value *edits) {
    for (const Value *v = value_first(edits); v; v = v->next) {
        buf_str(b, " --set ");
        write_word(b, value_get_str(v, ""));
    }
}

static void write_command(Buf *b, const Block *block, const char *world, const Value *edits) {
    buf_str(b, "coax run");
    if (world && strcmp(world, "home") != 0) buf_str(b, " --world "), write_word(b, world);
    write_options(b, edits);
    buf_byte(b, ' ');
    write_word(b, block->artifact->name);
}

static const TextRun *find_run(const Block *block, uint32_t id) {
    const TextRun *run = block->runs;
    while (run && run->id != id) run = run->next;
    return id ? run : NULL;
}

void text_print_options(Buf *b, const Value *edits) {
    write_options(b, edits);
}

/* ---- a condition in words ---- */

static const char *wording(const char *fact) {
    static const struct {
        const char *fact, *what;
    } conditions[] = {
#define CONDITION(fact, what) {fact, what},
#include "report/conditions.def"
    };
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
        if (strcmp(conditions[i].fact, fact) == 0) return conditions[i].what;
    return NULL;
}

static void write_what(Buf *b, const char *fact, const char *subject) {
    const char *what = wording(fact), *gap = what ? strstr(what, "{}") : NULL;
    if (!what) {
        buf_str(b, fact);
        if (subject) buf_byte(b, ' '), sentence_text(b, subject);
        return;
    }
    buf_add(b, span(what, gap ? (size_t)(gap - what) : strlen(what)));
    if (!gap) return;
    if (subject) sentence_text(b, subject);
    buf_str(b, gap + 2);
}

/* "equals" is "is" to a reader; the subject of what exists says which. */
static void write_test(Buf *b, const TextTrigger *t) {
    size_t n = strlen(t->test),
           digest = n > 7 && strcmp(t->test + n - 7, " equals") == 0 ? n - 7 : 0;
    if (digest) buf_printf(b, " has the %.*s digest", (int)digest, t->test);
    else if (strcmp(t->test, "equals") == 0) buf_str(b, " is");
    else if (strcmp(t->test, "exists") == 0) buf_str(b, " is there");
    else if (strcmp(t->test, "does not exist") == 0) buf_str(b, " is not there");
    else if (strcmp(t->test, "is not") == 0) buf_str(b, " is another, such as");
    else buf_byte(b, ' '), sentence_text(b, t->test);
}

static bool is_existence(const char *test) {
    return strcmp(test, "exists") == 0 || strcmp(test, "does not exist") == 0 ||
           strcmp(test, "is set") == 0;
}

static void write_values(Buf *b, const Value *values) {
    size_t shown = 0, all = value_count(values);
    for (const Value *v = value_first(values); v && shown < VALUES_SHOWN; v = v->next, shown++) {
        buf_str(b, shown ? ", " : " ");
        sentence_text(b, value_get_str(v, ""));
    }
    if (all > shown) buf_printf(b, " and %zu more", all - shown);
    if (all > 1) buf_printf(b, " (%zu values)", all);
}

/* Of a table of names the subject is one, and the values are all. */
static void write_condition(Buf *b, const TextTrigger *t) {
    bool table = value_count(t->values) > 1 && is_existence(t->test);
    write_what(b, t->fact, table ? "of these names" : t->subject);
    write_test(b, t);
    if (table) buf_byte(b, ':');
    if (table || !is_existence(t->test)) write_values(b, t->values);
}

/* ---- one trigger ---- */

static void write_proof(Buf *b, const TextTrigger *t) {
    if (strcmp(t->proved, "world") == 0)
        buf_printf(b, "run r%u does it, run r%u, which differs in this alone, does not", t->runs[0],
                   t->runs[1]);
    else if (strcmp(t->proved, "forced") == 0)
        buf_printf(b, "run r%u does it, its compare forced to hold: no world is known that does it",
                   t->runs[0]);
    else buf_str(b, "none: the runs that should show it did not");
}

static void print_reveals(const Page *p, const TextTrigger *t, Buf *b) {
    size_t shown = 0, all = value_count(t->reveals);
    for (const Value *v = value_first(t->reveals); v && shown < REVEALS_SHOWN; v = v->next) {
        sentence_text(b, value_get_str(v, ""));
        if (++shown == REVEALS_SHOWN && all > shown) buf_printf(b, " (and %zu more)", all - shown);
        line(p, shown == 1 ? "then it" : "", b, INK_DIM);
    }
}

/* With everything that the run was given, so that guards behind guards are satisfied. */
static void print_replay(const Page *p, const Block *block, const TextTrigger *t, Buf *b) {
    const TextRun *with = find_run(block, t->runs[0]), *without = find_run(block, t->runs[1]);
    if (strcmp(t->proved, "forced") == 0) return;
    if (with && with->edits && value_count(with->edits))
        write_command(b, block, with->world, with->edits), command_line(p, "replay", b);
    if (t->must_not && without)
        write_command(b, block, without->world, without->edits), command_line(p, "flees", b);
}

static void print_trigger(const Page *p, const Block *block, const TextTrigger *t) {
    Buf b = buf_new(ITEM_CAP);
    write_condition(&b, t);
    line(p, t->must_not ? "must not" : "must", &b, INK_YELLOW);
    if (t->site) {
        sentence_text(&b, t->site);
        line(p, "at", &b, INK_DIM);
    }
    write_proof(&b, t);
    line(p, "proof", &b, INK_DIM);
    print_reveals(p, t, &b);
    print_replay(p, block, t, &b);
    if (*t->ids) buf_str(&b, t->ids), line(p, "known as", &b, INK_DIM);
    buf_free(&b);
}

void text_print_triggers(const Page *p, const Block *block) {
    if (!block->triggers) return;
    page_blank(p);
    page_line(p, 2, INK_BOLD, span_str("Waits for"));
    for (const TextTrigger *t = block->triggers; t; t = t->next) {
        if (t != block->triggers) page_blank(p);
        print_trigger(p, block, t);
    }
}

/* ---- worlds ---- */

enum { WORLD = 18 };

static void print_cause(const Page *p, const Block *block, const TextPersona *t,
                        const Value *cause) {
    Buf b = buf_new(ITEM_CAP);
    const Value *edits = value_get(cause, "edits");
    buf_str(&b, "by ");
    write_what(&b, value_get_str(value_get(cause, "fact"), "?"),
               value_get_str(value_get(cause, "subject"), NULL));
    if (value_count(edits) > 1) buf_printf(&b, " and %zu more, together", value_count(edits) - 1);
    page_item(p, INDENT, WORLD, INK_DIM, "", buf_span(&b));
    buf_clear(&b);
    write_command(&b, block, t->reference, edits);
    page_copied(p, INDENT, WORLD, INK_CYAN, "", buf_span(&b));
    buf_free(&b);
}

static void print_persona(const Page *p, const Block *block, const TextPersona *t) {
    Buf b = buf_new(ITEM_CAP), name = buf_new(ITEM_CAP);
    sentence_text(&name, t->world);
    buf_byte(&name, 0);
    if (!t->avoided) buf_str(&b, "does all of it");
    else
        buf_printf(&b, "avoided: does %llu of %llu things", (unsigned long long)t->shown,
                   (unsigned long long)t->all);
    if (t->avoided && !value_count(t->by)) buf_str(&b, "; by what is not known");
    page_item(p, INDENT, WORLD, t->avoided ? INK_YELLOW : INK_GREEN, (const char *)name.p,
              buf_span(&b));
    for (const Value *v = value_first(t->by); v; v = v->next) print_cause(p, block, t, v);
    buf_free(&name);
    buf_free(&b);
}

void text_print_personas(const Page *p, const Block *block) {
    char title[128];
    if (!block->personas) return;
    snprintf(title, sizeof title, "On other worlds, compared with %.64s",
             block->personas->reference);
    page_blank(p);
    page_line(p, 2, INK_BOLD, span_str(title));
    for (const TextPersona *t = block->personas; t; t = t->next) print_persona(p, block, t);
}
