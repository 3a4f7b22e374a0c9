/* Edits: FACT[.ATTRIBUTE][:SUBJECT]=VALUE, FACT:+SUBJECT, FACT:-SUBJECT.
 *
 * With a single `=` an edit sets, and its subject may begin with any character; without one it adds
 * or removes. So every edit has a spelling, whatever its subject. */
#include "world/internal.h"

typedef struct {
    Arena *arena;
    Span text;
    const WorldFileReader *host_files;
    WorldEdit *out;
    WorldError *error;
} Parser;

static Status fail_at(const Parser *p, size_t at, const char *problem) {
    return world_fail(p->arena, p->error, 1, (uint32_t)at + 1, "%s", problem);
}

/* ---- parsing ---- */

/* The offset of the first single `=` from `at` on, or text.n; the subject before it, with `==` as
 * one, goes into out. */
static size_t scan_subject(Span text, size_t at, uint8_t *out, size_t *n) {
    for (*n = 0; at < text.n; at++) {
        bool equals = text.p[at] == '=';
        if (equals && (at + 1 == text.n || text.p[at + 1] != '=')) return at;
        out[(*n)++] = text.p[at];
        at += equals;
    }
    return text.n;
}

static Status parse_subject(const Parser *p, Span subject, size_t at) {
    const char *problem;
    Status status = subject_canonical(p->arena, fact_subject(p->out->fact), subject,
                                      &p->out->subject, &problem);
    return status == ST_SYNTAX ? fail_at(p, at, problem) : status;
}

static Status parse_value(const Parser *p, size_t at) {
    const char *problem;
    Status status = value_parse(p->arena, p->out->fact, span_clip(p->text, at, SIZE_MAX),
                                p->host_files, &p->out->value, &problem);
    return status == ST_SYNTAX ? fail_at(p, at, problem) : status;
}

static Status parse_change(const Parser *p, Span subject, size_t at) {
    if (subject.n == 0 || (subject.p[0] != '+' && subject.p[0] != '-'))
        return fail_at(p, p->text.n, "`=VALUE` is missing, or a `+` or `-` before the subject");
    if (fact_info(p->out->fact)->fact != p->out->fact)
        return fail_at(p, at, "an attribute can only be set");
    p->out->verb = subject.p[0] == '+' ? EDIT_ADD : EDIT_REMOVE;
    return parse_subject(p, span_clip(subject, 1, SIZE_MAX), at + 1);
}

static Status parse_keyed(const Parser *p, size_t at) {
    uint8_t *subject = arena_alloc(p->arena, p->text.n);
    size_t n;
    if (!subject) return ST_BUDGET;
    size_t equals = scan_subject(p->text, at, subject, &n);
    if (equals == p->text.n) return parse_change(p, span(subject, n), at);
    p->out->verb = EDIT_SET;
    TRY(parse_subject(p, span(subject, n), at));
    return parse_value(p, equals + 1);
}

Status edit_parse(Arena *a, Span text, const WorldFileReader *host_files, WorldEdit *out,
                  WorldError *error) {
    Parser p = {a, text, host_files, out, error};
    *out = (WorldEdit){0};
    size_t at = 0;
    while (at < text.n && text.p[at] != ':' && text.p[at] != '=') at++;
    if (at == text.n)
        return fail_at(&p, 0, "an edit is FACT[:SUBJECT]=VALUE, FACT:+SUBJECT or FACT:-SUBJECT");
    if (!fact_find(span_clip(text, 0, at), &out->fact))
        return fail_at(&p, 0, "there is no such fact");
    bool keyed = fact_subject(out->fact) != SUBJECT_NONE, colon = text.p[at] == ':';
    if (keyed && !colon) return fail_at(&p, at, "this fact wants a subject: FACT:SUBJECT=VALUE");
    if (!keyed && colon) return fail_at(&p, at, "this fact has no subject: FACT=VALUE");
    if (keyed) return parse_keyed(&p, at + 1);
    out->verb = EDIT_SET;
    return parse_value(&p, at + 1);
}

/* ---- printing ---- */

static void print_subject(Buf *out, const char *subject) {
    for (; *subject; subject++) {
        if (*subject == '=') buf_byte(out, '=');
        buf_byte(out, (uint8_t)*subject);
    }
}

void edit_print(Buf *out, const WorldEdit *edit) {
    buf_str(out, fact_info(edit->fact)->name);
    if (edit->subject) {
        static const char *const marks[] = {
            [EDIT_SET] = ":", [EDIT_ADD] = ":+", [EDIT_REMOVE] = ":-"};
        buf_str(out, marks[edit->verb]);
        print_subject(out, edit->subject);
    }
    if (edit->verb != EDIT_SET) return;
    buf_byte(out, '=');
    value_print(out, edit->fact, &edit->value);
}

/* ---- applying ---- */

static void remove_item(WorldItem *item) {
    item->removed = true;
    item->derived = false;
    memset(item->values, 0, fact_value_count(item->fact) * sizeof *item->values);
}

static void remove_below(World *w, FactId fact, const char *above) {
    for (WorldItem *i = w->tables[fact].first; i; i = i->next)
        if (subject_below(i->folded, above)) remove_item(i);
}

static void remove_contents(World *w, const WorldItem *container) {
    if (container->fact == FACT_directory) {
        remove_below(w, FACT_directory, container->folded);
        remove_below(w, FACT_file, container->folded);
    } else if (container->fact == FACT_key) {
        remove_below(w, FACT_key, container->folded);
        remove_below(w, FACT_registry, container->folded);
    }
}

void world_remove(World *w, WorldItem *item) {
    remove_item(item);
    remove_contents(w, item);
}

/* A locale's name and its identifier say the same. */
static void follow_locale(WorldItem *item, const WorldEdit *edit) {
    static const char *const rows[][2] = {
#define LOCALE(name, identifier) {name, identifier},
#include "world/locales.def"
    };
    bool named = edit->fact == FACT_locale;
    if (edit->verb != EDIT_SET || (!named && edit->fact != FACT_locale_lcid)) return;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (text_equal_nocase((const char *)edit->value.bytes.p, rows[i][!named]))
            item->values[named ? FACT_locale_lcid - FACT_locale : 0] =
                (WorldValue){.set = true, .bytes = span_str(rows[i][named])};
}

static Status apply_to(World *w, WorldItem *item, const WorldEdit *edit) {
    if (edit->verb == EDIT_REMOVE) {
        world_remove(w, item);
        return ST_OK;
    }
    item->removed = item->derived = false;
    if (edit->verb == EDIT_SET) item->values[edit->fact - item->fact] = edit->value;
    follow_locale(item, edit);
    /* New content brings its own size. */
    if (edit->verb == EDIT_SET && edit->fact == FACT_file)
        item->values[FACT_file_size - FACT_file] = (WorldValue){0};
    return world_bind_item(w, item);
}

/* NAME stands for every process of that name; *any tells whether there was one. */
static Status apply_to_named(World *w, const WorldEdit *edit, bool *any) {
    *any = false;
    char *name = subject_fold(w->arena, edit->subject);
    if (!name) return ST_BUDGET;
    for (WorldItem *i = w->tables[FACT_process].first; i; i = i->next) {
        size_t n = subject_name_length(i->folded);
        if (i->removed || strlen(name) != n || memcmp(i->folded, name, n) != 0) continue;
        *any = true;
        TRY(apply_to(w, i, edit));
    }
    return ST_OK;
}

/* Whether subjects, values, or what is derived may follow from the fact. */
static bool others_follow(FactId fact) {
    return fact_subject(fact) == SUBJECT_NONE || fact == FACT_environment || fact == FACT_account ||
           fact == FACT_drive || fact == FACT_mac;
}

static Status apply(World *w, const WorldEdit *edit) {
    FactId fact = fact_info(edit->fact)->fact;
    bool any = false;
    if (fact == FACT_process && !strchr(edit->subject, '#')) TRY(apply_to_named(w, edit, &any));
    if (any) return ST_OK;
    WorldItem *item = world_item_make(w, fact, edit->subject);
    if (!item) return ST_BUDGET;
    TRY(apply_to(w, item, edit));
    if (edit->verb == EDIT_SET) TRY(world_follow(w, edit->fact));
    return others_follow(fact) ? world_bind(w) : ST_OK;
}

Status edit_apply(World *w, const WorldEdit *edit, WorldError *error) {
    Status status = apply(w, edit);
    if (status == ST_BUDGET) *error = (WorldError){"the world's memory budget is exhausted", 1, 1};
    return status;
}

Status world_edit(World *w, const char *edit, const WorldFileReader *host_files,
                  WorldError *error) {
    WorldEdit parsed;
    Status status = edit_parse(w->arena, span_str(edit), host_files, &parsed, error);
    if (status == ST_BUDGET) *error = (WorldError){"the world's memory budget is exhausted", 1, 1};
    TRY(status);
    return edit_apply(w, &parsed, error);
}
