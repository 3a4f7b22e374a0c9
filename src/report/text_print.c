/* Telling: the order of a reader's questions. What is it? What is wrong with it? What did it do,
 * and how did it end? What could we not do? A later room's section is one function and one row. */
#include "base/text.h"
#include "report/sentence.h"
#include "report/text.h"
#include <stdio.h>

enum {
    INDENT = 2,
    DEEPER = 4,
    LABEL = 14,
    TIME_COLUMN = 16,
    MOST_NOTES = 20,
    MOST_CHILDREN = 100,
    MOST_SKIPPED = 40,
    ITEM_CAP = 64 << 10
};

static void heading(const Page *p, const char *text) {
    page_blank(p);
    page_line(p, INDENT, INK_BOLD, span_str(text));
}

/* A label and a value that may come from a sample. */
static void field(const Page *p, const char *label, const char *value) {
    Buf b = buf_new(ITEM_CAP);
    sentence_text(&b, value);
    page_item(p, INDENT, LABEL, INK_DIM, label, buf_span(&b));
    buf_free(&b);
}

static const Value *pe_fact(const TextArtifact *a, const char *name) {
    return value_get(value_get(a->facts, "pe"), name);
}

/* ---- what it is ---- */

static void print_identity(const Page *p, const Block *block) {
    const TextArtifact *a = block->artifact;
    char number[PAGE_NUMBER], what[512];
    const char *kind = a->description ? a->description : a->format;
    if (a->endless) snprintf(what, sizeof what, "%s", kind);
    else
        snprintf(what, sizeof what, "%s, %s %s", kind, page_number(number, a->size),
                 a->size == 1 ? "byte" : "bytes");
    field(p, "what", what);
    if (!a->endless) field(p, "sha256", a->sha256);
    if (a->known) {
        snprintf(what, sizeof what, "answered from the case, analysed %s (--again: anew)", a->known);
        field(p, "known", what);
    }
    text_print_pe(p, value_get(a->facts, "pe"));
}

static void print_notes(const Page *p, const Block *block) {
    const Value *notes = pe_fact(block->artifact, "notes");
    unsigned shown = 0;
    if (!notes) return;
    heading(p, "Malformed");
    for (const Value *n = value_first(notes); n && shown < MOST_NOTES; n = n->next, shown++) {
        char at[32] = "";
        const Value *offset = value_get(n, "offset");
        if (offset && offset->kind == VALUE_UINT)
            snprintf(at, sizeof at, "at %llxh", (unsigned long long)offset->natural);
        page_item(p, DEEPER, TIME_COLUMN, INK_DIM, at,
                  span_str(value_get_str(value_get(n, "text"), "")));
    }
    if (value_count(notes) > shown)
        page_line(p, DEEPER, INK_DIM, span_str("... and more (--json has all)"));
}

/* ---- findings ---- */

static Ink severity_ink(Severity s) {
    static const Ink inks[] = {INK_DIM, INK_CYAN, INK_YELLOW, INK_RED, INK_RED};
    return inks[s];
}

void text_print_finding(const Page *p, const TextFinding *f) {
    Buf b = buf_new(ITEM_CAP);
    char label[16];
    size_t n = 0;
    for (const char *s = severity_name(f->severity); *s; s++) label[n++] = (char)(*s & ~0x20);
    label[n] = 0;
    sentence_text(&b, f->title);
    if (*f->attack) buf_printf(&b, "  [%s]", f->attack);
    buf_printf(&b, "  (%s)", f->rule);
    page_item(p, DEEPER, LABEL, severity_ink(f->severity), label, buf_span(&b));
    buf_free(&b);
    if (f->attacker) text_print_encounter(p, f);
}

static void print_findings(const Page *p, const Block *block) {
    if (!block->findings) return;
    heading(p, "Findings");
    for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--)
        for (const TextFinding *f = block->findings; f; f = f->next)
            if ((int)f->severity == s) text_print_finding(p, f);
}

/* ---- what it did ---- */

/* "  x 10, 10 days in all" */
static void write_repeats(Buf *b, const Line *l) {
    char length[TIME_TEXT_SIZE], number[PAGE_NUMBER];
    if (l->count < 2) return;
    buf_printf(b, "  x %s", page_number(number, l->count));
    if (!l->length) return;
    time_print_span(l->length, length);
    buf_printf(b, ", %s in all", length);
}

static void print_line(const Page *p, const Line *l, bool subject) {
    char time[TIME_TEXT_SIZE];
    Buf b = buf_new(ITEM_CAP);
    if (l->at > 0) time_print_span(l->at, time);
    else snprintf(time, sizeof time, "0 s");
    if (subject && l->subject) {
        sentence_text(&b, l->subject);
        buf_byte(&b, ' ');
    }
    buf_str(&b, l->text);
    write_repeats(&b, l);
    page_item(p, DEEPER + 2, TIME_COLUMN, INK_DIM, time, buf_span(&b));
    buf_free(&b);
}

static void print_lines(const Page *p, const char *title, const Lines *lines, bool subject) {
    char number[PAGE_NUMBER], more[80];
    if (!lines->first) return;
    page_line(p, DEEPER, INK_CYAN, span_str(title));
    for (const Line *l = lines->first; l; l = l->next) print_line(p, l, subject);
    if (!lines->more) return;
    snprintf(more, sizeof more, "... and %s more (--json has all)",
             page_number(number, lines->more));
    page_line(p, DEEPER + 2, INK_DIM, span_str(more));
}

static void print_console(const Page *p, const TextRun *run) {
    Span all = buf_span(&run->console);
    if (!all.n) return;
    page_line(p, DEEPER, INK_CYAN, span_str("Printed"));
    for (size_t at = 0; at < all.n;) {
        Span rest = span_clip(all, at, all.n);
        const uint8_t *end = memchr(rest.p, '\n', rest.n);
        size_t n = end ? (size_t)(end - rest.p) : rest.n;
        at += n + 1;
        if (n && rest.p[n - 1] == '\r') n--;
        Buf b = buf_new(ITEM_CAP);
        text_escape(&b, span_clip(rest, 0, n));
        page_item(p, DEEPER + 2, DEEPER + 4, INK_DIM, "|", buf_span(&b));
        buf_free(&b);
    }
    if (run->console.full)
        page_line(p, DEEPER + 2, INK_DIM, span_str("... and more (--json has all)"));
}

static bool did_anything(const TextRun *run) {
    bool any = run->console.n > 0;
    for (unsigned t = 0; t < THEME_COUNT; t++) any = any || run->themes[t].first;
    return any;
}

static void print_deeds(const Page *p, const TextRun *run) {
    static const char *const headings[] = {
#define THEME(id, text) text,
#include "report/themes.def"
    };
    if (!did_anything(run)) return;
    heading(p, run->id ? "What it did" : "What was seen");
    for (unsigned t = 0; t < THEME_COUNT; t++)
        print_lines(p, headings[t], &run->themes[t], run->processes);
    print_console(p, run);
}

/* ---- how it ended ---- */

static void print_details(const Page *p, const Value *details) {
    for (const Value *v = value_first(details); v; v = v->next) {
        Buf b = buf_new(ITEM_CAP);
        if (v->kind == VALUE_TEXT) sentence_text(&b, value_get_str(v, ""));
        for (const Value *item = value_first(v); item; item = item->next) {
            if (b.n) buf_byte(&b, ' ');
            if (item->key) sentence_text(&b, item->key), buf_byte(&b, '=');
            sentence_text(&b, value_get_str(item, "?"));
        }
        page_item(p, DEEPER, LABEL + 4, INK_DIM, v->key ? v->key : "", buf_span(&b));
        buf_free(&b);
    }
}

static void print_list(const Page *p, const char *title, const Value *list) {
    if (!value_count(list)) return;
    Buf b = buf_new(ITEM_CAP);
    for (const Value *v = value_first(list); v; v = v->next) {
        if (b.n) buf_str(&b, ", ");
        sentence_text(&b, value_get_str(v, "?"));
    }
    heading(p, title);
    page_item(p, DEEPER, DEEPER, INK_PLAIN, "", buf_span(&b));
    buf_free(&b);
}

static const char *meaning_of(uint64_t code) {
    static const struct {
        uint32_t code;
        const char *meaning;
    } endings[] = {
#define ENDING(code, meaning) {code, meaning},
#include "report/endings.def"
    };
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (endings[i].code == code) return endings[i].meaning;
    return NULL;
}

/* " (c0000135: a DLL that it needs was not found)" after "exit 3221225781", the meaning alone after
 * "unhandled exception c0000005 at ...". */
static void explain_ending(Buf *b, const char *ended) {
    unsigned long long code;
    bool exited = sscanf(ended, "exit %llu", &code) == 1 && code >= 0x40000000;
    if (!exited && sscanf(ended, "unhandled exception %llx", &code) != 1) return;
    const char *meaning = meaning_of(code);
    if (exited) buf_printf(b, " (%llx%s%s)", code, meaning ? ": " : "", meaning ? meaning : "");
    else if (meaning) buf_printf(b, " (%s)", meaning);
}

static void print_life(const Page *p, const TextRun *run) {
    char life[TIME_TEXT_SIZE], number[PAGE_NUMBER], text[160];
    time_print_span(run->elapsed, life);
    snprintf(text, sizeof text, "%s of its own time, %s basic blocks", life,
             page_number(number, run->blocks));
    if (run->blocks) page_item(p, DEEPER, LABEL + 4, INK_DIM, "lived", span_str(text));
}

static void print_ending(const Page *p, const TextRun *run) {
    Buf b = buf_new(ITEM_CAP);
    sentence_text(&b, run->ended);
    explain_ending(&b, run->ended);
    if (run->nondeterministic)
        buf_str(&b, " (stopped by the wall clock: another run may get further or less far)");
    heading(p, "How it ended");
    page_item(p, DEEPER, DEEPER, INK_PLAIN, "", buf_span(&b));
    buf_free(&b);
    print_life(p, run);
    print_details(p, run->details);
}

/* ---- who started whom ---- */

static uint64_t number_in(const Value *process, const char *key) {
    return value_get_uint(value_get(process, key), 0);
}

static void print_process(const Page *p, const Value *process, unsigned depth) {
    enum { STEP = 2, ROOM = 7, DEEPEST = 12 };
    char id[24];
    Buf b = buf_new(ITEM_CAP);
    const char *command = value_get_str(value_get(process, "command"), "");
    if (!*command) command = value_get_str(value_get(process, "image"), "?");
    unsigned indent = DEEPER + STEP * (depth < DEEPEST ? depth : DEEPEST);
    snprintf(id, sizeof id, "%llu", (unsigned long long)number_in(process, "process"));
    sentence_text(&b, command);
    page_item(p, indent, indent + ROOM, INK_DIM, id, buf_span(&b));
    buf_free(&b);
}

static bool is_started(const Value *all, uint64_t id) {
    for (const Value *v = value_first(all); v; v = v->next)
        if (number_in(v, "process") == id) return true;
    return false;
}

/* A process comes after its parent in the list, so that this ends. */
static void print_started_by(const Page *p, const Value *from, uint64_t parent, unsigned depth) {
    for (const Value *v = from; v; v = v->next) {
        if (number_in(v, "parent") != parent) continue;
        print_process(p, v, depth);
        print_started_by(p, v->next, number_in(v, "process"), depth + 1);
    }
}

static void print_tree(const Page *p, const TextRun *run) {
    const Value *all = run->processes_started;
    if (value_count(all) < 2) return;
    heading(p, "Who started whom");
    for (const Value *v = value_first(all); v; v = v->next) {
        if (is_started(all, number_in(v, "parent"))) continue;
        print_process(p, v, 0);
        print_started_by(p, v->next, number_in(v, "process"), 1);
    }
}

static void print_run(const Page *p, const TextRun *run, bool several) {
    char title[64];
    if (several) {
        snprintf(title, sizeof title, "Run r%u", run->id);
        heading(p, title);
    }
    print_tree(p, run);
    print_deeds(p, run);
    if (run->calls.first) {
        heading(p, "Calls");
        print_lines(p, "in order", &run->calls, false);
    }
    print_list(p, "World, changed by", run->edits);
    if (run->ended) print_ending(p, run);
    print_list(p, "Asked for, but not modelled", run->unmodelled);
}

/* What a run that proves a trigger did stands with the trigger, what one in another world did with
 * the worlds. */
static void print_proof(const Page *p, const TextRun *run) {
    char title[24];
    Buf b = buf_new(ITEM_CAP);
    if (run->world) buf_str(&b, run->world);
    text_print_options(&b, run->edits);
    buf_str(&b, " ended: ");
    sentence_text(&b, run->ended ? run->ended : "?");
    snprintf(title, sizeof title, "Run r%u", run->id);
    page_item(p, INDENT, LABEL, INK_DIM, title, buf_span(&b));
    buf_free(&b);
}

static void print_runs(const Page *p, const Block *block) {
    if (block->not_run) field(p, "not run", block->not_run);
    for (const TextRun *run = block->runs; run; run = run->next)
        if (run == block->runs || !(block->triggers || block->personas))
            print_run(p, run, block->runs->next != NULL);
        else print_proof(p, run);
}

/* ---- what it left behind ---- */

static void print_child(const Page *p, const TextArtifact *a) {
    char number[PAGE_NUMBER];
    Buf b = buf_new(ITEM_CAP);
    sentence_text(&b, a->name);
    buf_printf(&b, "  %s, %s bytes", a->description ? a->description : a->format,
               page_number(number, a->size));
    page_item(p, DEEPER, DEEPER + 2, INK_PLAIN, "-", buf_span(&b));
    page_line(p, DEEPER + 2, INK_DIM, span_str(a->sha256));
    buf_free(&b);
}

static bool was_written(const TextArtifact *a) {
    return strcmp(a->origin, "dropped") == 0 || strcmp(a->origin, "world") == 0;
}

/* Several runs may have written the same. */
static bool is_repeated(const Block *block, const TextArtifact *one) {
    for (const TextArtifact *a = block->artifact->next; a != one; a = a->next)
        if (strcmp(a->name, one->name) == 0 && strcmp(a->sha256, one->sha256) == 0) return true;
    return false;
}

static void print_children_of(const Page *p, const Block *block, bool written, const char *title) {
    unsigned shown = 0;
    for (const TextArtifact *a = block->artifact->next; a; a = a->next) {
        if (was_written(a) != written || is_repeated(block, a)) continue;
        if (!shown) heading(p, title);
        if (shown++ < MOST_CHILDREN) print_child(p, a);
    }
    if (shown > MOST_CHILDREN)
        page_line(p, DEEPER, INK_DIM, span_str("... and more (--json has all)"));
}

static void print_children(const Page *p, const Block *block) {
    print_children_of(p, block, false, "Files inside");
    print_children_of(p, block, true, "Files that it wrote");
}

static void print_losses(const Page *p, const Block *block) {
    if (block->lost)
        page_line(
            p, INDENT, INK_YELLOW,
            span_str("This report is incomplete: it outgrew its memory. --json has everything."));
}

/* ---- the order of a report ---- */

static void (*const sections[])(const Page *, const Block *) = {
    print_identity, text_print_signatures, text_print_triggers, text_print_personas,
    print_findings, text_print_spread,     text_print_hosts,    print_runs,
    print_children, print_notes,           print_losses,
};

static void print_name(const Page *p, const TextArtifact *a) {
    Buf b = buf_new(ITEM_CAP);
    sentence_text(&b, a->name);
    page_line(p, 0, INK_BOLD, buf_span(&b));
    buf_free(&b);
}

void text_print_block(const Page *p, const Block *block, bool quiet) {
    if (quiet && !block->findings && !block->triggers && !block->personas) return;
    print_name(p, block->artifact);
    if (quiet) {
        text_print_triggers(p, block);
        text_print_personas(p, block);
        print_findings(p, block);
        return;
    }
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) sections[i](p, block);
    page_blank(p);
}

/* ---- the end ---- */

static void print_skipped(const Page *p, const ReportTotals *totals, const Value *skipped) {
    uint64_t shown = 0;
    for (const Value *v = value_first(skipped); v && shown < MOST_SKIPPED; v = v->next, shown++) {
        Buf b = buf_new(ITEM_CAP);
        sentence_text(&b, value_get_str(value_get(v, "what"), "?"));
        buf_str(&b, ": ");
        sentence_text(&b, value_get_str(value_get(v, "why"), "?"));
        page_item(p, 0, LABEL, INK_YELLOW, "not analysed", buf_span(&b));
        buf_free(&b);
    }
    if (totals->skipped - totals->skipped_told > shown)
        page_line(p, 0, INK_DIM, span_str("... and more (--json has all)"));
}

static void add_count(Buf *b, uint64_t n, const char *one, const char *many) {
    char number[PAGE_NUMBER];
    buf_printf(b, "%s%s %s", b->n ? ", " : "", page_number(number, n), n == 1 ? one : many);
}

void text_print_summary(const Page *p, const ReportTotals *totals, const Value *skipped) {
    uint64_t findings = 0;
    Buf b = buf_new(ITEM_CAP);
    for (unsigned s = SEVERITY_LOW; s <= SEVERITY_CRITICAL; s++) findings += totals->findings[s];
    print_skipped(p, totals, skipped);
    add_count(&b, totals->artifacts, "artifact", "artifacts");
    add_count(&b, totals->runs, "run", "runs");
    add_count(&b, findings, "finding", "findings");
    if (totals->triggers) add_count(&b, totals->triggers, "condition", "conditions");
    if (totals->skipped_told) add_count(&b, totals->skipped_told, "not run", "not run");
    if (totals->skipped > totals->skipped_told)
        add_count(&b, totals->skipped - totals->skipped_told, "not analysed", "not analysed");
    page_line(p, 0, INK_DIM, buf_span(&b));
    buf_free(&b);
}
