/* Any call of any function of the table: its words and the memory that they lead to are the
 * program's. The first bytes choose function and width, the next are the words, the rest is memory
 * at AT. */
#include "guest/trace/decode.h"

enum { WORDS = 24, AT = 0x20000 };

typedef struct {
    ApiReader reader;
    Span words, memory;
} Program;

static uint64_t word(const ApiReader *r, size_t slot, bool real) {
    const Program *p = (const Program *)r;
    Cur c = cur(p->words);
    cur_skip(&c, (slot + real) * 8 % (WORDS * 8));
    return cur_u64le(&c);
}

static bool read_memory(const ApiReader *r, uint64_t address, void *to, size_t n) {
    const Program *p = (const Program *)r;
    if (address < AT || address - AT > p->memory.n || n > p->memory.n - (address - AT))
        return false;
    memcpy(to, p->memory.p + (address - AT), n);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Cur c = cur(span(data, size));
    const ApiSignature *s = api_at(cur_u16le(&c) % api_count());
    bool wide = cur_u8(&c) & 1;
    uint64_t result = cur_u64le(&c);
    Program p = {{wide ? 8 : 4, word, read_memory}, cur_take(&c, WORDS * 8), {0}};
    p.memory = cur_take(&c, cur_left(&c));
    if (c.bad) return 0;
    Arena a = arena_new(1 << 22);
    api_traits(s, p.reader.pointer_size);
    api_fingerprint(s, &p.reader);
    Value *arguments = api_arguments(&a, s, &p.reader);
    api_outputs(&a, s, &p.reader, result, arguments);
    api_return(&a, s, &p.reader, result);
    arena_reset(&a);
    return 0;
}
