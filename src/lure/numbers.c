#include "lure/numbers.h"
#include <stdlib.h>
#include <time.h>

/* ---- which facts are numbers ---- */

/* Identifiers that facts spell in hex. */
static bool is_hex_identifier(FactId f) {
    return f == FACT_locale_lcid || f == FACT_keyboard;
}

bool number_of_fact(FactId fact, const WorldValue *v, int64_t *number) {
    if (is_hex_identifier(fact)) {
        *number = (int64_t)strtoull((const char *)v->bytes.p, NULL, 16);
        return true;
    }
    switch (fact_info(fact)->type) {
    case FACT_TYPE_NUMBER:
    case FACT_TYPE_FLAGS:
    case FACT_TYPE_SIZE:
    case FACT_TYPE_TIME:
    case FACT_TYPE_DURATION:
    case FACT_TYPE_SERIAL:
    case FACT_TYPE_RESOLUTION: *number = v->number; return true;
    default: return false;
    }
}

/* ---- plain ways: a division, whose remainder is kept ---- */

typedef struct {
    FactType type;
    int64_t divisor, slack; /* shown may be larger by so much: clocks run */
} Way;

static const Way ways[] = {
    {FACT_TYPE_NUMBER, 1, 0},
    {FACT_TYPE_SERIAL, 1, 0},
    {FACT_TYPE_SIZE, 1, 0},
    {FACT_TYPE_SIZE, 1 << 10, 0},
    {FACT_TYPE_SIZE, 1 << 12, 0},
    {FACT_TYPE_SIZE, 1 << 20, 0},
    {FACT_TYPE_SIZE, 1 << 30, 0},
    {FACT_TYPE_SIZE, 1000000, 0},
    {FACT_TYPE_SIZE, 1000000000, 0},
    {FACT_TYPE_DURATION, 100, 100000000},
    {FACT_TYPE_DURATION, 1000000, 10000},
    {FACT_TYPE_DURATION, 1000000000, 10},
    {FACT_TYPE_DURATION, INT64_C(60000000000), 0},
    {FACT_TYPE_DURATION, INT64_C(3600000000000), 0},
    {FACT_TYPE_DURATION, INT64_C(86400000000000), 0},
};

typedef struct {
    const Seen *seen;
    uint64_t shown, other;
    unsigned width;
    void (*tell)(void *context, int64_t wanted);
    void *context;
} Inversion;

static uint64_t clip(uint64_t v, unsigned width) {
    return width >= 8 ? v : v & ((UINT64_C(1) << 8 * width) - 1);
}

static int64_t extend(uint64_t v, unsigned width) {
    unsigned unused = 64 - 8 * width;
    return (int64_t)(v << unused) >> unused;
}

/* The compare may ask for equal, less or more: the wanted number and its neighbours. */
static void tell_around(const Inversion *i, int64_t wanted, int64_t step) {
    i->tell(i->context, wanted);
    i->tell(i->context, wanted - step);
    i->tell(i->context, wanted + step);
}

static void invert_divided(const Inversion *i, const Way *w) {
    int64_t number = i->seen->number, whole = number / w->divisor;
    uint64_t shown = i->shown;
    if (whole == 0 && number != 0) return;
    int64_t over = (int64_t)(shown - clip((uint64_t)whole, i->width));
    if (over < 0 || over > w->slack) return;
    int64_t wanted = number < 0 || w->divisor == 1 ? extend(i->other, i->width) : (int64_t)i->other;
    int64_t back;
    if (__builtin_mul_overflow(wanted - over, w->divisor, &back)) return;
    tell_around(i, back, w->divisor);
}

/* ---- times, taken apart ---- */

static struct tm parts(int64_t ns) {
    struct tm t;
    time_t seconds = (time_t)(ns / 1000000000);
    gmtime_r(&seconds, &t);
    return t;
}

static int64_t whole(struct tm t) {
    return (int64_t)timegm(&t) * 1000000000;
}

static void tell_part(const Inversion *i, struct tm t, int *part, int base) {
    int wanted = (int)extend(i->other, i->width) - base;
    if (*part == wanted || wanted < 0 || wanted > 3000) return;
    for (int d = 0; d < 2; d++) {
        struct tm changed = t;
        *(int *)((char *)&changed + ((char *)part - (char *)&t)) = wanted + d;
        i->tell(i->context, whole(changed));
    }
}

static void invert_time(const Inversion *i) {
    struct tm t = parts(i->seen->number);
    uint64_t shown = i->shown, filetime = time_to_filetime(i->seen->number);
    if (shown == (uint64_t)t.tm_year + 1900) {
        struct tm changed = t;
        changed.tm_year = (int)i->other - 1900;
        for (int d = 0; d < 2; d++, changed.tm_year++)
            if (changed.tm_year >= 80 && changed.tm_year < 138) i->tell(i->context, whole(changed));
    }
    if (shown == (uint64_t)t.tm_mon + 1) tell_part(i, t, &t.tm_mon, 1);
    if (shown == (uint64_t)t.tm_mday) tell_part(i, t, &t.tm_mday, 0);
    if (shown == (uint64_t)t.tm_hour) tell_part(i, t, &t.tm_hour, 0);
    if (shown == (uint64_t)t.tm_wday && i->other < 7) {
        struct tm changed = t;
        changed.tm_mday += (int)((i->other + 7 - shown) % 7);
        i->tell(i->context, whole(changed));
    }
    if (i->width == 8 && shown - filetime < 600000000u) {
        i->tell(i->context, time_from_filetime(i->other) + 1000000000);
        i->tell(i->context, time_from_filetime(i->other) - 1000000000);
    }
}

/* ---- others ---- */

static void invert_resolution(const Inversion *i) {
    int64_t w = i->seen->number >> 32, h = i->seen->number & UINT32_MAX;
    for (int64_t d = -1; d <= 1; d++) {
        int64_t wanted = (int64_t)i->other + d;
        if (wanted <= 0 || wanted > 16384) continue;
        if (i->shown == (uint64_t)w) i->tell(i->context, wanted << 32 | h);
        if (i->shown == (uint64_t)h) i->tell(i->context, w << 32 | wanted);
    }
}

/* Bits have no neighbours; and none at all look like any other zero. */
static void invert_flags(const Inversion *i) {
    if (i->shown && i->shown == (uint64_t)i->seen->number) i->tell(i->context, (int64_t)i->other);
}

/* A language identifier: primary language in the low ten bits. */
static void invert_language(const Inversion *i) {
    enum { PRIMARY = 0x3ff, DEFAULT_SUBLANGUAGE = 0x400 };
    uint64_t id = (uint64_t)i->seen->number & 0xffff;
    if ((i->shown & 0xffff) == id && i->other <= 0xffff) i->tell(i->context, (int64_t)i->other);
    if (i->shown == (id & PRIMARY) && i->other && i->other <= PRIMARY)
        i->tell(i->context, (int64_t)(DEFAULT_SUBLANGUAGE | i->other));
}

void numbers_invert(const Seen *s, uint64_t shown, uint64_t other, unsigned width, bool bits,
                    void (*tell)(void *context, int64_t wanted), void *context) {
    Inversion i = {s, shown, other, width, tell, context};
    if (bits) return;
    if (is_hex_identifier(s->fact)) invert_language(&i);
    else if (s->type == FACT_TYPE_TIME) invert_time(&i);
    else if (s->type == FACT_TYPE_RESOLUTION) invert_resolution(&i);
    else if (s->type == FACT_TYPE_FLAGS) invert_flags(&i);
    FactType type = s->type == FACT_TYPE_REGISTRY ? FACT_TYPE_NUMBER : s->type;
    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++)
        if (ways[w].type == type) invert_divided(&i, &ways[w]);
}

/* ---- where nothing is known ---- */

const char *number_alternative(FactId fact, size_t i) {
    static const struct {
        FactId fact;
        const char *value;
    } rows[] = {
#define ALTERNATIVE(fact, value) {FACT_##fact, value},
#include "lure/alternatives.def"
    };
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
        if (rows[r].fact == fact && i-- == 0) return rows[r].value;
    return NULL;
}
