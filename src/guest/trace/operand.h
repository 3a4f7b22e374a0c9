/* The operands of an API call, its arguments and result, where the calling convention has them:
 *   x64 (Microsoft x64 calling convention): one word each, floating-point ones of the first four in
 *       xmm0-xmm3; structures of 1, 2, 4 or 8 bytes in the word, all others by address.
 *   x86 (stdcall, cdecl): 32-bit words on the stack; 64-bit values take two, structures as many as
 *       they need.
 * And the guest's memory behind them, which may end at any byte. */
#ifndef COAX_GUEST_TRACE_OPERAND_H
#define COAX_GUEST_TRACE_OPERAND_H

#include "guest/trace/decode.h"

/* No pointer is below: what is there is a number (MAKEINTRESOURCE, MAKEINTATOM). */
enum { LEAST_ADDRESS = 0x10000 };

/* One value: where it is from and what it is. */
typedef struct {
    ApiParameter parameter;
    uint64_t word;
    uint64_t high; /* x86, structures: the second word */
} Operand;

/* Parameter i's; and the one whose first word is `slot`, for who goes through them in order. */
Operand operand(const ApiSignature *s, const ApiReader *r, size_t i);
Operand operand_at(const ApiReader *r, ApiParameter p, size_t slot);

size_t operand_words(ApiParameter p, unsigned pointer_size);
size_t operand_kind_size(ApiKind kind, unsigned pointer_size); /* bytes of a value of this kind */
bool operand_is_real(ApiParameter p);
bool operand_is_address(ApiKind kind);
uint64_t operand_mask(uint64_t word, size_t bytes);

/* The length that another parameter or the result tells: false where none does. -1, as in
 * MultiByteToWideChar, stands for "up to the NUL". */
bool operand_length(const ApiSignature *s, const ApiReader *r, uint64_t result, ApiParameter p,
                    uint64_t *n);

/* Reads up to n bytes, page by page, and returns how many could be read. */
size_t operand_read(const ApiReader *r, uint64_t address, uint8_t *to, size_t n);

/* A little-endian number of up to 8 bytes; a pointer of the program. */
bool operand_word(const ApiReader *r, uint64_t address, size_t bytes, uint64_t *out);
bool operand_pointer(const ApiReader *r, uint64_t address, uint64_t *out);

/* A text in guest memory: its units up to a NUL or to `units`, of `width` bytes each. */
typedef struct {
    uint8_t raw[DECODE_TEXT_MAX * 2];
    size_t n; /* bytes */
    bool cut; /* it goes on */
    bool readable;
} OperandText;

/* Is this unit of a text its end? */
static inline bool is_nul(const uint8_t *unit, size_t width) {
    return unit[0] == 0 && (width == 1 || unit[1] == 0);
}

/* `counted`: `units` are all of it, so that no NUL need follow. */
void operand_text(const ApiReader *r, uint64_t address, size_t width, uint64_t units, bool counted,
                  OperandText *t);

#endif
