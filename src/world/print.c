/* A world as canonical edits: what `coax world show` prints, and what its digest is over. Removals
 * come first, then fact by fact and subject by subject, a fact's value before its attributes': so
 * that the edits, applied in their order, make the world. */
#include "world/internal.h"
#include <stdlib.h>

static void print_line(Buf *out, EditVerb verb, FactId fact, const WorldItem *item,
                       const WorldValue *value) {
    WorldEdit edit = {.verb = verb, .fact = fact, .subject = item ? item->subject : NULL};
    if (value) edit.value = *value;
    edit.value.template = (Span){0}; /* what it comes to, not how it was told */
    edit_print(out, &edit);
    buf_byte(out, '\n');
}

static void print_item(Buf *out, const WorldItem *item) {
    const WorldValue *v = item_value(item, item->fact);
    print_line(out, v->set ? EDIT_SET : EDIT_ADD, item->fact, item, v);
    for (FactId id = item->fact + 1; id < item->fact + fact_value_count(item->fact); id++) {
        v = item_value(item, id);
        if (v->set) print_line(out, EDIT_SET, id, item, v);
    }
}

static void print_removed(Buf *out, const WorldItem *item) {
    print_line(out, EDIT_REMOVE, item->fact, item, NULL);
}

static int compare_items(const void *a, const void *b) {
    return strcmp((*(const WorldItem *const *)a)->folded, (*(const WorldItem *const *)b)->folded);
}

/* What is derived is not printed: the facts that it follows from are. */
static void print_sorted(Buf *out, const World *w, FactId fact, bool removed) {
    const ItemTable *t = &w->tables[fact];
    const WorldItem **items = malloc((t->count + 1) * sizeof *items);
    size_t n = 0;
    if (!items) {
        out->full = true;
        return;
    }
    for (const WorldItem *i = t->first; i; i = i->next)
        if (i->removed == removed && !i->derived) items[n++] = i;
    qsort(items, n, sizeof *items, compare_items);
    for (size_t i = 0; i < n; i++) (removed ? print_removed : print_item)(out, items[i]);
    free(items);
}

static void print_single(Buf *out, const World *w, FactId fact) {
    for (FactId id = fact; id < fact + fact_value_count(fact); id++)
        print_line(out, EDIT_SET, id, NULL, world_value(w, id));
}

static bool is_keyed(FactId fact) {
    return fact_subject(fact) != SUBJECT_NONE;
}

void world_print(const World *w, Buf *out) {
    for (FactId fact = 0; fact < FACT_COUNT; fact += fact_value_count(fact))
        if (is_keyed(fact)) print_sorted(out, w, fact, true);
    for (FactId fact = 0; fact < FACT_COUNT; fact += fact_value_count(fact)) {
        if (is_keyed(fact)) print_sorted(out, w, fact, false);
        else print_single(out, w, fact);
    }
}

Status world_digest(const World *w, uint8_t out[32]) {
    Buf text = buf_new(SIZE_MAX);
    world_print(w, &text);
    Status status = text.full ? ST_BUDGET : ST_OK;
    hash_sha256(buf_span(&text), out);
    buf_free(&text);
    return status;
}
