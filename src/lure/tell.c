/* A trigger, in the words of the model. */
#include "base/text.h"
#include "lure/edits.h"
#include "lure/internal.h"

static const Value *texts(Arena *a, const char *const *all, size_t count) {
    Value *list = value_list(a);
    for (size_t i = 0; i < count; i++) value_add(list, value_str(a, all[i]));
    return list;
}

static const Value *one_text(Arena *a, const char *text) {
    return texts(a, &text, 1);
}

/* How the plain world has it: what takes the edit back. */
static const char *counter_of(Lure *l, const WorldEdit *e) {
    static const EditSet none;
    Arena *a = &l->arena;
    const World *w = l->config->guest.world;
    const WorldValue *v = edits_value(w, &none, e->fact, e->subject);
    WorldEdit back = {.verb = EDIT_SET, .fact = e->fact, .subject = e->subject};
    bool keyed = fact_info(e->fact)->subject != SUBJECT_NONE;
    if (v && v->set) back.value = *v;
    else if (keyed && e->verb != EDIT_REMOVE && edits_remove(a, e->fact, e->subject, &back)) {
    } else if (keyed && edits_add(a, e->fact, e->subject, &back)) {
    } else if (v) back.value = *v;
    if (e->verb == EDIT_ADD) edits_remove(a, e->fact, e->subject, &back);
    if (e->verb == EDIT_REMOVE && fact_info(e->fact)->type == FACT_TYPE_NONE)
        edits_add(a, e->fact, e->subject, &back);
    return edit_text(a, &back);
}

static void set_names(Arena *a, const char *fact, bool must_not, Trigger *t) {
    static const struct {
        const char *fact, *attack[2], *mbc[2];
    } kinds[] = {
#define KIND(fact, must_attack, must_mbc, not_attack, not_mbc)                                     \
    {fact, {must_attack, not_attack}, {must_mbc, not_mbc}},
#include "lure/kinds.def"
    };
    size_t n = strcspn(fact, "."), k = 0;
    while (*kinds[k].fact && (strlen(kinds[k].fact) != n || strncmp(kinds[k].fact, fact, n) != 0))
        k++;
    t->attack = one_text(a, kinds[k].attack[must_not]);
    t->mbc = one_text(a, kinds[k].mbc[must_not]);
}

static void tell(Lure *l, const Found *f, Trigger *t) {
    Arena *a = &l->arena;
    t->artifact = l->config->guest.artifact;
    t->test = f->guess.test;
    t->values = texts(a, f->values, f->value_count);
    t->site = f->guess.site;
    t->reveals = texts(a, f->reveals, f->reveal_count);
    t->runs[0] = f->runs[0];
    t->runs[1] = f->runs[1];
    t->polarity = f->must_not ? "must-not" : "must";
    set_names(a, t->fact, f->must_not, t);
    sink_trigger(l->config->guest.sink, t);
}

void tell_trigger(Lure *l, const Found *f) {
    Arena *a = &l->arena;
    if (f->forced) {
        tell(l, f,
             &(Trigger){.fact = fact_info(f->guess.fact)->name,
                        .subject = f->guess.subject,
                        .proved = f->proved ? "forced" : "no"});
        return;
    }
    const char *set = edit_text(a, f->edit), *back = counter_of(l, f->edit);
    Found one = *f;
    const char *value = edits_value_text(a, f->edit);
    if (!f->value_count && f->edit->verb == EDIT_SET) {
        one.values = &value;
        one.value_count = 1;
    }
    tell(l, &one,
         &(Trigger){.fact = fact_info(f->edit->fact)->name,
                    .subject = f->edit->subject,
                    .edit = f->must_not ? back : set,
                    .counter = f->must_not ? set : back,
                    .proved = f->proved ? "world" : "no"});
}
