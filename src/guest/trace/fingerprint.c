/* What tells calls of one function apart, and what is worked out of a signature beforehand. */
#include "guest/trace/operand.h"

/* FNV-1a, 64 bits. */
static uint64_t mix(uint64_t h, const uint8_t *p, size_t n) {
    for (size_t i = 0; i < n; i++) h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    return h;
}

static uint64_t mix_word(uint64_t h, uint64_t v) {
    return (h ^ v) * UINT64_C(0x9E3779B97F4A7C15) ^ h >> 29;
}

static uint64_t mix_text(uint64_t h, const ApiReader *r, uint64_t address, size_t width,
                         uint64_t units) {
    OperandText t;
    if (address < LEAST_ADDRESS) return mix_word(h, address);
    operand_text(r, address, width, units, false, &t);
    return mix(mix_word(h, t.n), t.raw, t.n);
}

static uint64_t mix_counted(uint64_t h, const ApiReader *r, uint64_t address, size_t width) {
    uint64_t length, buffer;
    if (!operand_word(r, address, 2, &length) ||
        !operand_pointer(r, address + r->pointer_size, &buffer))
        return h;
    return mix_text(h, r, buffer, width, length / width);
}

/* Does a fingerprint look at it? */
static bool tells(ApiParameter p) {
    if (p.out || p.pointer) return false;
    if (api_has_group(p)) return true;
    switch (p.kind) {
    case API_STR:
    case API_WSTR:
    case API_USTR:
    case API_ASTR:
    case API_OBJATTR: return true;
    default: return false;
    }
}

static uint64_t mix_operand(const ApiSignature *s, const ApiReader *r, uint64_t h, Operand v) {
    ApiParameter p = v.parameter;
    uint64_t units = UINT64_MAX;
    if (!tells(p)) return h;
    if (api_has_group(p)) {
        /* Of an enumeration only what has a name: a time-out is a number, and INFINITE is not. */
        bool named = api_group_is_flags(p) || api_enum_name(p, (uint32_t)v.word);
        return named ? mix_word(h, v.word) : h;
    }
    switch (p.kind) {
    case API_STR:
    case API_WSTR:
        operand_length(s, r, 0, p, &units);
        return mix_text(h, r, v.word, p.kind == API_WSTR ? 2 : 1, units);
    case API_USTR: return mix_counted(h, r, v.word, 2);
    case API_ASTR: return mix_counted(h, r, v.word, 1);
    case API_OBJATTR:
        return operand_pointer(r, v.word + 2 * r->pointer_size, &units)
                   ? mix_counted(h, r, units, 2)
                   : h;
    default: return h;
    }
}

bool api_shows_plainly(ApiParameter p) {
    return !p.out && !p.pointer && p.kind < API_STR && p.kind != API_STRUCT;
}

static uint64_t bits(size_t first, size_t n) {
    uint64_t all = n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
    return first < 64 ? all << first : 0;
}

ApiTraits api_traits(const ApiSignature *s, unsigned pointer_size) {
    ApiTraits t = {0};
    size_t words = 0;
    for (size_t i = 0; s && i < api_parameter_count(s); i++) {
        ApiParameter p = api_parameter(s, i);
        size_t wide = operand_words(p, pointer_size);
        if (api_shows_plainly(p)) t.counts |= bits(words, wide);
        words += wide;
        if (tells(p)) t.tells = true;
        if (pointer_size == 8 && i < 4 && operand_is_real(p)) t.reals |= (uint8_t)(1u << i);
    }
    t.words = (uint8_t)(words < DECODE_WORDS_MAX ? words : DECODE_WORDS_MAX);
    return t;
}

uint64_t api_fingerprint(const ApiSignature *s, const ApiReader *r) {
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    size_t slot = 0;
    for (size_t i = 0; s && i < api_parameter_count(s); i++) {
        ApiParameter p = api_parameter(s, i);
        h = mix_operand(s, r, h, operand_at(r, p, slot));
        slot += operand_words(p, r->pointer_size);
    }
    return h;
}
