/* A world as canonical edits: what `coax world show` prints, and what its digest is over. */
#include "world/internal.h"
#include <stdlib.h>

typedef struct {
    char **lines;
    size_t count, room;
    bool full;
    Buf line;
} Lines;

static void end_line(Lines *l) {
    if (l->count == l->room) {
        size_t room = l->room ? l->room * 2 : 256;
        char **lines = realloc(l->lines, room * sizeof *lines);
        if (!lines) l->full = true;
        else l->lines = lines, l->room = room;
    }
    char *text = l->full || l->line.full ? NULL : strndup((char *)l->line.p, l->line.n);
    if (text) l->lines[l->count++] = text;
    else l->full = true;
    buf_clear(&l->line);
}

static void add_edit(Lines *l, EditVerb verb, FactId fact, const WorldItem *item,
                     const WorldValue *value) {
    WorldEdit edit = {.verb = verb, .fact = fact, .subject = item ? item->subject : NULL};
    if (value) edit.value = *value;
    edit.value.template = (Span){0}; /* what it comes to, not how it was told */
    edit_print(&l->line, &edit);
    end_line(l);
}

static void add_attributes(Lines *l, FactId fact, const WorldItem *item) {
    for (FactId id = fact + 1; id < fact + fact_value_count(fact); id++) {
        const WorldValue *v = item_value(item, id);
        if (v->set) add_edit(l, EDIT_SET, id, item, v);
    }
}

static void add_keyed(Lines *l, const World *w, FactId fact) {
    for (const WorldItem *i = world_first_removed(w, fact); i; i = world_next_removed(i))
        add_edit(l, EDIT_REMOVE, fact, i, NULL);
    for (const WorldItem *i = world_first(w, fact); i; i = world_next(i)) {
        if (i->derived) continue; /* its facts are there */
        const WorldValue *v = item_value(i, fact);
        add_edit(l, v->set ? EDIT_SET : EDIT_ADD, fact, i, v);
        add_attributes(l, fact, i);
    }
}

static void add_single(Lines *l, const World *w, FactId fact) {
    const WorldItem *item = w->tables[fact].first;
    for (FactId id = fact; id < fact + fact_value_count(fact); id++) {
        const WorldValue *v = item ? item_value(item, id) : &w->fallbacks[id];
        if (v->set) add_edit(l, EDIT_SET, id, NULL, v);
    }
}

static int compare_lines(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void world_print(const World *w, Buf *out) {
    Lines l = {.line = buf_new(SIZE_MAX)};
    for (FactId fact = 0; fact < FACT_COUNT; fact += fact_value_count(fact)) {
        if (fact_subject(fact) == SUBJECT_NONE) add_single(&l, w, fact);
        else add_keyed(&l, w, fact);
    }
    qsort(l.lines, l.count, sizeof *l.lines, compare_lines);
    for (size_t i = 0; i < l.count; i++) {
        buf_str(out, l.lines[i]);
        buf_byte(out, '\n');
        free(l.lines[i]);
    }
    if (l.full) out->full = true;
    free(l.lines);
    buf_free(&l.line);
}

Status world_digest(const World *w, uint8_t out[32]) {
    Buf text = buf_new(SIZE_MAX);
    world_print(w, &text);
    Status status = text.full ? ST_BUDGET : ST_OK;
    hash_sha256(buf_span(&text), out);
    buf_free(&text);
    return status;
}
