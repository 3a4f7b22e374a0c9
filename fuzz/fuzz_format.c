/* Every file has a format and a description. */
#include "format/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena a = arena_new(64 << 20);
    Format f;
    Status status = format_identify(&a, span(data, size), &f);
    if (status == ST_OK && (!f.name || !f.description)) __builtin_trap();
    arena_reset(&a);
    return 0;
}
