/* What makes one world out of another, as canonical edits.
 *
 * An item that only `from` has is removed, one that only `to` has is told, and of one that both
 * have the values that differ are set. A value that `to` does not have and no edit can take back
 * takes the whole item with it: it is removed and told anew. What is derived follows by itself.
 *
 * Each edit is applied to `from` as it is printed, so that what follows from it needs none: where
 * the user has another name, his profile has moved already. */
#include "world/internal.h"

typedef struct {
    World *from;
    const World *to;
    Buf *out;
} Diff;

static bool same_value(FactId id, const WorldValue *a, const WorldValue *b) {
    if (a->set != b->set) return false;
    if (!a->set) return true;
    Buf left = buf_new(SIZE_MAX), right = buf_new(SIZE_MAX);
    WorldValue x = *a, y = *b;
    x.template = y.template = (Span){0};
    value_print(&left, id, &x);
    value_print(&right, id, &y);
    bool same = span_equal(buf_span(&left), buf_span(&right));
    buf_free(&left);
    buf_free(&right);
    return same;
}

static Status change(Diff *d, EditVerb verb, FactId id, const char *subject,
                     const WorldValue *value) {
    WorldEdit edit = {.verb = verb, .fact = id, .subject = subject};
    WorldError error;
    if (value) edit.value = *value;
    edit.value.template = (Span){0};
    edit_print(d->out, &edit);
    buf_byte(d->out, '\n');
    return edit_apply(d->from, &edit, &error);
}

static const WorldItem *told(const World *w, FactId fact, const char *folded) {
    const WorldItem *i = world_item_find(w, fact, folded);
    return i && !i->removed && !i->derived ? i : NULL;
}

/* Whether edits of single values cannot make `b` out of `a`. */
static bool must_be_anew(const WorldItem *a, const WorldItem *b) {
    for (unsigned v = 0; v < fact_value_count(a->fact); v++)
        if (item_value(a, a->fact + v)->set && !item_value(b, b->fact + v)->set) return true;
    /* New content takes the size away. */
    return a->fact == FACT_file &&
           !same_value(FACT_file, item_value(a, FACT_file), item_value(b, FACT_file));
}

/* The values that differ; of a new item, those that are told. */
static Status tell_values(Diff *d, const WorldItem *a, const WorldItem *b) {
    if (!a && !b->values[0].set) TRY(change(d, EDIT_ADD, b->fact, b->subject, NULL));
    for (FactId id = b->fact; id < b->fact + fact_value_count(b->fact); id++) {
        const WorldValue *v = a ? item_value(b, id) : &b->values[id - b->fact];
        if (v->set && !(a && same_value(id, item_value(a, id), v)))
            TRY(change(d, EDIT_SET, id, b->subject, v));
    }
    return ST_OK;
}

static Status tell_gone(Diff *d, FactId fact) {
    for (const WorldItem *a = world_first(d->from, fact); a; a = world_next(a)) {
        const WorldItem *b = a->derived ? a : told(d->to, fact, a->folded);
        if (!b || (b != a && must_be_anew(a, b)))
            TRY(change(d, EDIT_REMOVE, fact, a->subject, NULL));
    }
    for (const WorldItem *b = world_first_removed(d->to, fact); b; b = world_next_removed(b))
        if (!world_removed(d->from, fact, b->subject))
            TRY(change(d, EDIT_REMOVE, fact, b->subject, NULL));
    return ST_OK;
}

static Status tell_there(Diff *d, FactId fact) {
    for (const WorldItem *b = world_first(d->to, fact); b; b = world_next(b))
        if (!b->derived) TRY(tell_values(d, told(d->from, fact, b->folded), b));
    return ST_OK;
}

static Status tell_single(Diff *d, FactId fact) {
    for (FactId id = fact; id < fact + fact_value_count(fact); id++) {
        const WorldValue *v = world_value(d->to, id);
        if (!same_value(id, world_value(d->from, id), v)) TRY(change(d, EDIT_SET, id, NULL, v));
    }
    return ST_OK;
}

static Status for_facts(Diff *d, bool keyed, Status (*tell)(Diff *, FactId)) {
    for (FactId fact = 0; fact < FACT_COUNT; fact += fact_value_count(fact))
        if ((fact_subject(fact) != SUBJECT_NONE) == keyed) TRY(tell(d, fact));
    return ST_OK;
}

Status world_diff(World *from, const World *to, Buf *out) {
    Diff d = {from, to, out};
    TRY(for_facts(&d, false, tell_single));
    TRY(tell_gone(&d, FACT_environment));
    TRY(tell_there(&d, FACT_environment));
    TRY(for_facts(&d, true, tell_gone));
    TRY(for_facts(&d, true, tell_there));
    return out->full ? ST_BUDGET : ST_OK;
}
