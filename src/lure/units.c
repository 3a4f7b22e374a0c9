#include "lure/units.h"

typedef struct {
    const Span *values;
    Answer *answer;
    size_t room, next; /* next: where the next unit's byte is looked for first */
    bool backwards;    /* from the value's end: nothing stands behind it */
    FitMeet meet;      /* how they were found */
} Solver;

static bool word_at(Span value, size_t at, unsigned width, uint64_t *out) {
    *out = 0;
    if (at + width > value.n) return false;
    memcpy(out, value.p + at, width);
    return true;
}

static void end_at(Answer *out, size_t at) {
    out->ended = true;
    out->last = at;
}

/* A unit that shows the `width` bytes of the value at `at`. */
static bool solve_at(Solver *s, const Unit *u, size_t at, unsigned width) {
    uint64_t from[FIT_SAMPLES], wanted;
    Answer *out = s->answer;
    Fit f;
    for (unsigned i = 0; i < FIT_SAMPLES; i++)
        if (!word_at(s->values[i], at, width, &from[i])) return false;
    if (!fit_find(from, u->shown, u->width, &f) || !fit_invert(&f, u->wanted, &wanted) ||
        (width < 8 && wanted >> 8 * width))
        return false;
    if (!wanted) return end_at(out, at), true;
    memcpy(out->bytes + at, &wanted, width);
    memset(out->known + at, true, width);
    /* PLUS is tried first, and holds by chance where no bits are carried. */
    if (f.meet != FIT_PLUS) s->meet = f.meet;
    s->backwards = at + width < s->next;
    s->next = at + width;
    if (s->next > out->last) out->last = s->next;
    return true;
}

/* Behind the value's end stands a NUL: what shows is the constant that it met. */
static bool solve_behind(Solver *s, const Unit *u) {
    Answer *out = s->answer;
    uint64_t wanted = s->meet == FIT_XOR ? u->wanted ^ u->shown[0] : u->wanted - u->shown[0];
    wanted &= u->width == 1 ? UINT8_MAX : UINT16_MAX;
    if (s->backwards || out->last < out->n || out->n == s->room || s->meet == FIT_MINUS_FROM)
        return false;
    if (!wanted) return end_at(out, out->n), true;
    if (wanted < 0x20 || wanted > 0x7e) return false;
    out->known[out->n] = true;
    out->bytes[out->n++] = (uint8_t)wanted;
    out->last = out->n;
    return true;
}

static bool is_still(const Unit *u) {
    return u->shown[0] == u->shown[1] && u->shown[0] == u->shown[2];
}

/* A byte that the dyes leave as it is: it is what is wanted already, or nothing is known. */
static bool skip(const Solver *s, const Unit *u) {
    return !s->answer->last || u->wanted == u->shown[0];
}

/* False: by no way that is known. */
static bool solve(Solver *s, const Unit *u) {
    if (is_still(u)) return solve_behind(s, u) || skip(s, u);
    size_t n = s->values[0].n;
    const unsigned widths[] = {1, u->width};
    for (unsigned w = 0; w < (u->width > 1 ? 2u : 1u); w++)
        for (size_t k = 0; k < n; k++)
            if (solve_at(s, u, (s->next + k) % n, widths[w])) return true;
    return false;
}

bool units_solve(Arena *a, const Span values[FIT_SAMPLES], const Unit *units, size_t count,
                 Answer *out) {
    size_t n = values[0].n, room = n + MOST_UNITS;
    Solver s = {.values = values, .answer = out, .room = room};
    *out = (Answer){.bytes = arena_alloc(a, room), .n = n, .known = arena_alloc(a, room)};
    if (!out->bytes || !out->known || !n) return false;
    memcpy(out->bytes, values[0].p, n);
    memset(out->known, 0, room);
    for (size_t i = 0; i < count && !out->ended && solve(&s, &units[i]); i++) {}
    return out->last > 0;
}

size_t units_split(const Unit *units, size_t count, Unit out[MOST_UNITS]) {
    size_t n = 0;
    for (size_t k = 0; k < count; k++)
        for (unsigned b = 0; b < units[k].width && n < MOST_UNITS; b++, n++) {
            out[n] = (Unit){.width = 1, .wanted = units[k].wanted >> 8 * b & 0xff};
            for (unsigned i = 0; i < FIT_SAMPLES; i++)
                out[n].shown[i] = units[k].shown[i] >> 8 * b & 0xff;
        }
    return n;
}
