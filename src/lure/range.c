#include "lure/range.h"
#include <stdlib.h>

enum { MOST_HINTS = 6, FINENESS = 4096 };

/* What is as small or large as a plausible computer has it, and how finely an end is searched for. */
typedef struct {
    FactType type;
    int64_t least, most, unit;
} Scale;

static const int64_t second = 1000000000;

static bool scale_of(FactId fact, Scale *out) {
    const Scale scales[] = {
        {FACT_TYPE_NUMBER, 0, 1024, 1},
        {FACT_TYPE_SIZE, INT64_C(1) << 26, INT64_C(1) << 43, INT64_C(1) << 20},
        {FACT_TYPE_DURATION, second, 400 * 86400 * second, second},
        {FACT_TYPE_TIME, 978307200 * second, 2145916800 * second, second}, /* 2001 to 2038 */
    };
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++)
        if (scales[i].type == fact_info(fact)->type) return *out = scales[i], true;
    return false;
}

bool range_is_ordered(FactId fact) {
    Scale s;
    return scale_of(fact, &s);
}

static int by_value(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

typedef struct {
    const Scale *scale;
    const int64_t *hints;
    size_t count;
    RangeTest test;
    void *context;
    bool down;
} Walk;

/* Between a number that does the same and one that does not. */
static int64_t bisect(const Walk *w, int64_t good, int64_t bad) {
    int64_t gap = llabs(good - bad), unit = w->scale->unit;
    if (gap / unit > FINENESS) unit = gap / FINENESS;
    while (llabs(good - bad) > unit) {
        int64_t middle = good + (bad - good) / 2;
        middle -= middle % w->scale->unit;
        if (middle == good || middle == bad) break;
        if (w->test(w->context, middle)) good = middle;
        else bad = middle;
    }
    return good;
}

/* Compares often tell the first number that does not the same. */
static int64_t end_before(const Walk *w, int64_t good, int64_t bad) {
    int64_t next = bad + (w->down ? w->scale->unit : -w->scale->unit);
    if (llabs(good - bad) <= w->scale->unit) return good;
    return w->test(w->context, next) ? next : bisect(w, good, next);
}

/* From `inside` on, hint by hint. *open: no end was found. */
static int64_t walk(const Walk *w, int64_t inside, bool *open) {
    int64_t good = inside, last = w->down ? w->scale->least : w->scale->most;
    size_t tried = 0;
    *open = false;
    for (size_t i = 0; i < w->count && tried < MOST_HINTS; i++) {
        int64_t hint = w->hints[w->down ? w->count - 1 - i : i];
        if (w->down ? hint >= good || hint < last : hint <= good || hint > last) continue;
        if (!w->test(w->context, hint)) return end_before(w, good, hint);
        good = hint;
        tried++;
    }
    *open = w->down ? good <= last : good >= last;
    if (*open || (*open = w->test(w->context, last))) return good;
    return bisect(w, good, last);
}

void range_find(FactId fact, int64_t inside, int64_t *hints, size_t count, RangeTest test,
                void *context, Range *out) {
    Scale scale;
    *out = (Range){.low = inside, .high = inside};
    if (!scale_of(fact, &scale)) return;
    qsort(hints, count, sizeof *hints, by_value);
    Walk up = {&scale, hints, count, test, context, false}, down = up;
    down.down = true;
    out->low = walk(&down, inside, &out->from_below);
    out->high = walk(&up, inside, &out->to_above);
}

const char *range_word(const Range *r) {
    if (r->from_below && r->to_above) return "any";
    if (r->to_above) return "at least";
    if (r->from_below) return "at most";
    return r->low == r->high ? "equals" : "between";
}
