#include "lure/fit.h"
#include <stddef.h>

static uint64_t clip(uint64_t v, unsigned width) {
    return width >= 8 ? v : v & ((UINT64_C(1) << 8 * width) - 1);
}

static uint64_t rotate(uint64_t v, unsigned by, unsigned width) {
    unsigned bits = 8 * width;
    v = clip(v, width);
    return by % bits ? clip(v << by | v >> (bits - by), width) : v;
}

static uint64_t swap(uint64_t v, unsigned width) {
    return __builtin_bswap64(v) >> (64 - 8 * width);
}

static uint64_t prepare(const Fit *f, uint64_t v) {
    switch (f->prepare) {
    case FIT_DIVIDED: return v / f->by;
    case FIT_MULTIPLIED: return v * f->by;
    case FIT_SWAPPED: return swap(v, f->width);
    default: return rotate(v, (unsigned)f->by, f->width);
    }
}

static uint64_t meet(const Fit *f, uint64_t v) {
    switch (f->meet) {
    case FIT_PLUS: return clip(v + f->constant, f->width);
    case FIT_XOR: return clip(v ^ f->constant, f->width);
    default: return clip(f->constant - v, f->width);
    }
}

/* The constant follows from the first sample. */
static uint64_t constant_of(const Fit *f, uint64_t prepared, uint64_t shown) {
    switch (f->meet) {
    case FIT_PLUS: return clip(shown - prepared, f->width);
    case FIT_XOR: return clip(shown ^ prepared, f->width);
    default: return clip(shown + prepared, f->width);
    }
}

static bool holds(Fit *f, const uint64_t *from, const uint64_t *shown) {
    f->constant = constant_of(f, prepare(f, from[0]), shown[0]);
    for (size_t i = 1; i < FIT_SAMPLES; i++)
        if (meet(f, prepare(f, from[i])) != clip(shown[i], f->width)) return false;
    return true;
}

static bool holds_in_any_way(Fit *f, const uint64_t *from, const uint64_t *shown) {
    for (unsigned m = 0; m < FIT_MEETINGS; m++) {
        f->meet = (FitMeet)m;
        if (holds(f, from, shown)) return true;
    }
    return false;
}

static bool is_divided(Fit *f, const uint64_t *from, const uint64_t *shown) {
    static const uint64_t divisors[] = {1,
                                        100,
                                        1000,
                                        1000000,
                                        1000000000,
                                        UINT64_C(60000000000),
                                        1 << 10,
                                        1 << 12,
                                        1 << 20,
                                        1 << 30,
                                        UINT64_C(3600000000000),
                                        UINT64_C(86400000000000)};
    f->prepare = FIT_DIVIDED;
    for (size_t i = 0; i < sizeof divisors / sizeof *divisors; i++) {
        f->by = divisors[i];
        if (holds_in_any_way(f, from, shown)) return true;
    }
    return false;
}

static bool is_rotated(Fit *f, const uint64_t *from, const uint64_t *shown) {
    f->prepare = FIT_ROTATED;
    for (f->by = 1; f->by < 8 * f->width; f->by++)
        if (holds_in_any_way(f, from, shown)) return true;
    return false;
}

static bool is_multiplied(Fit *f, const uint64_t *from, const uint64_t *shown) {
    enum { MOST = 1 << 20 };
    int64_t moved = (int64_t)(from[1] - from[0]), shows = (int64_t)(shown[1] - shown[0]);
    if (!moved || shows % moved) return false;
    int64_t factor = shows / moved;
    if (factor < -MOST || factor > MOST || (factor >= -1 && factor <= 1)) return false;
    f->prepare = FIT_MULTIPLIED;
    f->meet = FIT_PLUS;
    f->by = (uint64_t)factor;
    return holds(f, from, shown);
}

bool fit_find(const uint64_t from[FIT_SAMPLES], const uint64_t shown[FIT_SAMPLES], unsigned width,
              Fit *out) {
    Fit f = {.width = width};
    if (!width || width > 8 || shown[0] == shown[1] || shown[0] == shown[2]) return false;
    bool found = is_divided(&f, from, shown);
    f.prepare = found ? f.prepare : FIT_SWAPPED;
    found = found || (width > 1 && holds_in_any_way(&f, from, shown)) ||
            is_rotated(&f, from, shown) || is_multiplied(&f, from, shown);
    if (found) *out = f;
    return found;
}

bool fit_invert(const Fit *f, uint64_t wanted, uint64_t *from) {
    uint64_t v = f->meet == FIT_PLUS  ? clip(wanted - f->constant, f->width)
                 : f->meet == FIT_XOR ? clip(wanted ^ f->constant, f->width)
                                      : clip(f->constant - wanted, f->width);
    switch (f->prepare) {
    case FIT_DIVIDED: return !__builtin_mul_overflow(v, f->by, from);
    case FIT_MULTIPLIED:
        *from = (uint64_t)((int64_t)v / (int64_t)f->by);
        return prepare(f, *from) == v || clip(prepare(f, *from), f->width) == v;
    case FIT_SWAPPED: *from = swap(v, f->width); return true;
    default: *from = rotate(v, 8 * f->width - (unsigned)f->by, f->width); return true;
    }
}
