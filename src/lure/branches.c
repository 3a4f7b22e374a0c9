#include "lure/branches.h"
#include <ctype.h>
#include <stdlib.h>

/* ---- which way ---- */

typedef struct {
    bool carry, zero, sign, overflow;
} Flags;

static uint64_t clip(uint64_t v, unsigned width) {
    return width >= 8 ? v : v & ((UINT64_C(1) << 8 * width) - 1);
}

static Flags flags_of(WatchTest test, uint64_t a, uint64_t b, unsigned width) {
    uint64_t top = UINT64_C(1) << (8 * width - 1);
    if (test == WATCH_BITS) return (Flags){.zero = !(a & b), .sign = a & b & top};
    uint64_t d = clip(a - b, width);
    return (Flags){a < b, !d, d & top, (a ^ b) & (a ^ d) & top};
}

/* Jcc's conditions in pairs, each followed by its opposite (SDM volume 2, B.1.4.7). Parity is not
 * followed. */
static bool holds(uint8_t condition, Flags f) {
    switch (condition >> 1) {
    case 0: return f.overflow;
    case 1: return f.carry;
    case 2: return f.zero;
    case 3: return f.carry || f.zero;
    case 4: return f.sign;
    case 6: return f.sign != f.overflow;
    case 7: return f.zero || f.sign != f.overflow;
    default: return false;
    }
}

static unsigned side_of(const Compared *c, uint64_t a, uint64_t b) {
    if (c->condition > 0x0f || c->condition >> 1 == 5) return BRANCH_NOT_KNOWN;
    bool went = holds(c->condition, flags_of(c->test, a, b, c->width)) != (c->condition & 1);
    return went ? BRANCH_WENT : BRANCH_STAYED;
}

static bool same_bytes(const Compared *c) {
    const WatchSide *a = &c->side[0], *b = &c->side[1];
    size_t n = a->length > b->length ? a->length : b->length;
    if (a->before + n > a->window.n || b->before + n > b->window.n) return false;
    for (size_t i = 0; i < n; i++) {
        uint8_t x = a->window.p[a->before + i], y = b->window.p[b->before + i];
        if (x != y && !(c->any_case && tolower(x) == tolower(y))) return false;
    }
    return a->length == b->length || c->test == WATCH_PREFIX;
}

unsigned branch_side(const Compared *c) {
    if (!c->width) return same_bytes(c) ? BRANCH_WENT : BRANCH_STAYED;
    return side_of(c, c->side[0].value, c->side[1].value);
}

unsigned branch_side_with(const Compared *c, unsigned side, uint64_t value) {
    if (!c->width) return BRANCH_NOT_KNOWN;
    value = clip(value, c->width);
    return side ? side_of(c, c->side[0].value, value) : side_of(c, value, c->side[1].value);
}

/* ---- all of them ---- */

static struct BranchPlace *slot(const Branches *b, uint64_t place) {
    size_t i = (size_t)(place * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (b->slots - 1);
    while (b->all[i].place && b->all[i].place != place) i = (i + 1) & (b->slots - 1);
    return &b->all[i];
}

static bool make_room(Branches *b) {
    if (b->slots && b->count * 2 < b->slots) return true;
    Branches more = {.slots = b->slots ? 2 * b->slots : 1024, .count = b->count};
    more.all = calloc(more.slots, sizeof *more.all);
    if (!more.all) return false;
    for (size_t i = 0; i < b->slots; i++)
        if (b->all[i].place) *slot(&more, b->all[i].place) = b->all[i];
    free(b->all);
    *b = more;
    return true;
}

static struct BranchPlace *at(Branches *b, uint64_t place) {
    if (!make_room(b)) return NULL;
    struct BranchPlace *p = slot(b, place);
    b->count += !p->place;
    p->place = place;
    return p;
}

void branches_see(Branches *b, const Record *r) {
    for (size_t i = 0; i < r->compared_count; i++) {
        unsigned side = branch_side(&r->compared[i]);
        struct BranchPlace *p = side ? at(b, r->compared[i].place) : NULL;
        if (p) p->sides |= (uint8_t)side;
    }
}

void branches_of_world(Branches *b, uint64_t place) {
    struct BranchPlace *p = at(b, place);
    if (p) p->world = true;
}

size_t branches_share(const Branches *b, size_t *both) {
    size_t n = 0;
    *both = 0;
    for (size_t i = 0; i < b->slots; i++) {
        if (!b->all[i].world || !b->all[i].sides) continue;
        n++;
        *both += b->all[i].sides == BRANCH_BOTH;
    }
    return n;
}

void branches_free(Branches *b) {
    free(b->all);
    *b = (Branches){0};
}
