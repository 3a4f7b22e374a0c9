/* Decodes the arguments and results of API calls into what a report shows: text in quotes, flags by
 * name, handles and addresses in hex, numbers as numbers. Guest memory is hostile: everything that
 * is read there is bounded, may fail, and shows as its address then. */
#ifndef COAX_GUEST_TRACE_DECODE_H
#define COAX_GUEST_TRACE_DECODE_H

#include "base/value.h"
#include "guest/trace/api.h"

/* What is shown of a text (UTF-16 units or bytes), and of a buffer (bytes). */
enum { DECODE_TEXT_MAX = 256, DECODE_BYTES_MAX = 64 };

/* How the decoder sees a call. */
typedef struct ApiReader ApiReader;
struct ApiReader {
    unsigned pointer_size; /* 4 or 8 */

    /* Argument word `slot` as it was when the call began. pointer_size 8: the argument of that
     * number, from its xmm register where `real` is set and it is one of the first four. 4: the
     * 32-bit word of that number on the stack, without the return address. */
    uint64_t (*word)(const ApiReader *r, size_t slot, bool real);

    /* Copies n bytes of guest memory; false where they cannot all be read. */
    bool (*read)(const ApiReader *r, uint64_t address, void *to, size_t n);
};

/* What a caller wants to know of a signature before it looks at a call, worked out once. All zero
 * without a signature. */
enum { DECODE_WORDS_MAX = 64 };
typedef struct {
    uint8_t words; /* of arguments, which are worth keeping; the unnamed ones of a variadic function
                      do not count; at most DECODE_WORDS_MAX */
    bool tells;    /* api_fingerprint is more than a constant */
    uint8_t reals; /* x64: bit i: argument i comes from an xmm register */
    uint64_t counts; /* bit i: word i belongs to an argument that shows without a look at memory */
} ApiTraits;
ApiTraits api_traits(const ApiSignature *s, unsigned pointer_size);

/* The result is a floating-point number: its bits come from xmm0, or as a double from st0. */
bool api_returns_real(const ApiSignature *s);

/* A map from parameter to value, for the beginning of a call: what the callee fills in shows as
 * its address. An empty map without a signature. */
Value *api_arguments(Arena *a, const ApiSignature *s, const ApiReader *r);

/* At the end of a call that did not fail: sets what the callee filled in, as "0x12ff40 -> VALUE".
 * `result` is as api_return's. */
void api_outputs(Arena *a, const ApiSignature *s, const ApiReader *r, uint64_t result,
                 Value *arguments);

/* Shows the value of a parameter without a look at memory, other than as an address? */
bool api_shows_plainly(ApiParameter p);

/* The result as text; "void" for a function without one. `result` is rax, or edx:eax on x86, or the
 * number's bits where api_returns_real. Without a signature it is hex. */
const char *api_return(Arena *a, const ApiSignature *s, const ApiReader *r, uint64_t result);

/* A number that tells calls of one function apart by what a reader of the trace would miss: the
 * texts that it is given, flags and constants that have a name, but no numbers, codes, addresses,
 * handles or buffers, which count up in loops. Equal for equal calls in every run. */
uint64_t api_fingerprint(const ApiSignature *s, const ApiReader *r);

#endif
