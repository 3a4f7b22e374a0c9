#include "guest/trace/fold.h"
#include <string.h>

static void remove_rows(Fold *f, unsigned at, unsigned n) {
    memmove(f->rows + at, f->rows + at + n, (f->count - at - n) * sizeof(f->rows[0]));
    f->count -= n;
}

static void emit_oldest(Fold *f) {
    FoldRow row = f->rows[0];
    remove_rows(f, 0, 1);
    f->emit(f->user, row.item, row.count);
}

/* ---- a cycle that goes on ---- */

static void *count_at(Fold *f, unsigned in_cycle) {
    FoldRow *row = &f->rows[f->count - f->cycle + in_cycle];
    row->count++;
    f->next = in_cycle + 1 < f->cycle ? in_cycle + 1 : 0;
    return row->item;
}

static void *count_in_cycle(Fold *f, uint64_t key) {
    const FoldRow *cycle = f->rows + f->count - f->cycle;
    if (f->cycle && cycle[f->next].key == key) return count_at(f, f->next);
    for (unsigned i = 0; i < f->cycle; i++)
        if (cycle[i].key == key) return count_at(f, i);
    return NULL;
}

/* ---- a cycle that begins ---- */

/* Do the last period - 1 rows and the key repeat the `period` rows before them? */
static bool comes_round(const Fold *f, unsigned period, uint64_t key) {
    if (f->count < 2 * period - 1) return false;
    const FoldRow *second = f->rows + f->count - (period - 1), *first = second - period;
    for (unsigned i = 0; i < period - 1; i++)
        if (first[i].key != second[i].key) return false;
    return first[period - 1].key == key;
}

/* The second round's rows go; their counts are added to the first's. */
static void *begin_cycle(Fold *f, unsigned period) {
    unsigned second = f->count - (period - 1), first = second - period;
    for (unsigned i = 0; i < period - 1; i++) {
        f->rows[first + i].count += f->rows[second + i].count;
        f->drop(f->user, f->rows[second + i].item);
    }
    remove_rows(f, second, period - 1);
    f->cycle = period;
    return count_at(f, period - 1);
}

void *fold_count(Fold *f, uint64_t key) {
    void *item = count_in_cycle(f, key);
    for (unsigned period = 1; !item && period <= f->period; period++)
        if (comes_round(f, period, key)) item = begin_cycle(f, period);
    return item;
}

void fold_push(Fold *f, uint64_t key, void *item) {
    f->cycle = 0;
    if (f->count == 2 * f->period - 1) emit_oldest(f);
    f->rows[f->count++] = (FoldRow){key, 1, item};
}

void fold_flush(Fold *f) {
    f->cycle = 0;
    while (f->count) emit_oldest(f);
}
