#include "guest/trace/operand.h"
#include "base/bytes.h"

enum { PAGE = 4096 };

/* ---- where arguments are ---- */

bool operand_is_address(ApiKind kind) {
    return kind >= API_STR;
}

size_t operand_kind_size(ApiKind kind, unsigned pointer_size) {
    switch (kind) {
    case API_VOID: return 0;
    case API_I8:
    case API_U8:
    case API_BOOL8:
    case API_CHAR: return 1;
    case API_I16:
    case API_U16:
    case API_WCHAR: return 2;
    case API_I32:
    case API_U32:
    case API_X32:
    case API_BOOL:
    case API_FLOAT:
    case API_NTSTATUS:
    case API_HRESULT:
    case API_WIN32: return 4;
    case API_I64:
    case API_U64:
    case API_DOUBLE: return 8;
    default: return pointer_size;
    }
}

bool operand_is_real(ApiParameter p) {
    return !p.pointer && (p.kind == API_FLOAT || p.kind == API_DOUBLE);
}

size_t operand_words(ApiParameter p, unsigned pointer_size) {
    if (pointer_size == 8) return 1;
    if (p.pointer) return 1;
    if (p.kind == API_STRUCT) return ((p.detail & 0xFF) + 3) / 4;
    return operand_kind_size(p.kind, pointer_size) == 8 ? 2 : 1;
}

bool api_returns_real(const ApiSignature *s) {
    return s && operand_is_real(api_result(s));
}

uint64_t operand_mask(uint64_t word, size_t bytes) {
    return bytes >= 8 ? word : word & ((UINT64_C(1) << bytes * 8) - 1);
}

Operand operand_at(const ApiReader *r, ApiParameter p, size_t slot) {
    Operand a = {.parameter = p};
    bool real = operand_is_real(p);
    size_t words = operand_words(p, r->pointer_size);
    a.word = words == 0 ? 0 : r->word(r, slot, real);
    if (r->pointer_size == 4) a.word = operand_mask(a.word, 4);
    if (words > 1) a.high = operand_mask(r->word(r, slot + 1, real), 4);
    if (words == 2) a.word |= a.high << 32;
    if (p.kind != API_STRUCT || p.pointer)
        a.word = operand_mask(a.word, p.pointer ? r->pointer_size
                                                : operand_kind_size(p.kind, r->pointer_size));
    return a;
}

static size_t slot_of(const ApiSignature *s, size_t i, unsigned pointer_size) {
    size_t slot = 0;
    for (size_t k = 0; k < i; k++) slot += operand_words(api_parameter(s, k), pointer_size);
    return slot;
}

Operand operand(const ApiSignature *s, const ApiReader *r, size_t i) {
    return operand_at(r, api_parameter(s, i), slot_of(s, i, r->pointer_size));
}

/* ---- guest memory ---- */

size_t operand_read(const ApiReader *r, uint64_t address, uint8_t *to, size_t n) {
    size_t done = 0;
    while (done < n) {
        size_t step = PAGE - (size_t)((address + done) % PAGE);
        if (step > n - done) step = n - done;
        if (address + done < address || !r->read(r, address + done, to + done, step)) break;
        done += step;
    }
    return done;
}

bool operand_word(const ApiReader *r, uint64_t address, size_t bytes, uint64_t *out) {
    uint8_t raw[8];
    if (bytes > sizeof(raw) || !r->read(r, address, raw, bytes)) return false;
    Cur c = cur(span(raw, bytes));
    *out = cur_le(&c, (unsigned)bytes);
    return true;
}

bool operand_pointer(const ApiReader *r, uint64_t address, uint64_t *out) {
    return operand_word(r, address, r->pointer_size, out);
}

/* Most texts are short: they are read a piece at a time. */
void operand_text(const ApiReader *r, uint64_t address, size_t width, uint64_t units, bool counted,
                  OperandText *t) {
    enum { PIECE = 32 };
    size_t most = units < DECODE_TEXT_MAX ? (size_t)units : DECODE_TEXT_MAX, got = 0, n = 0;
    bool ended = false;
    while (!ended && n == got && got < most) {
        size_t want = most - got < PIECE ? most - got : PIECE;
        got += operand_read(r, address + got * width, t->raw + got * width, want * width) / width;
        ended = got == n;
        while (n < got && !is_nul(t->raw + n * width, width)) n++;
    }
    t->n = n * width;
    t->readable = got > 0 || most == 0;
    t->cut = n == got && !(counted && n == units);
}

bool operand_length(const ApiSignature *s, const ApiReader *r, uint64_t result, ApiParameter p,
                    uint64_t *n) {
    int which = api_length_parameter(p);
    if (which == API_NO_LENGTH) return false;
    if (which == API_RESULT_LENGTH) {
        *n = operand_mask(result, 4);
        return *n != UINT32_MAX;
    }
    if ((size_t)which >= api_parameter_count(s)) return false;
    Operand length = operand(s, r, (size_t)which);
    *n = length.word;
    if (length.parameter.pointer && !operand_word(r, length.word, 4, n)) return false;
    return *n != UINT32_MAX && *n != UINT64_MAX;
}
