/* What was read is written exactly, and reads as the same again. */
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena a = arena_new(16 << 20);
    const Value *v, *again;
    Buf first = buf_new(16 << 20), second = buf_new(16 << 20);
    if (json_read(&a, span(data, size), &v) == ST_OK) {
        json_write_exact(&first, v);
        if (!first.full && json_read(&a, buf_span(&first), &again) == ST_OK) {
            json_write_exact(&second, again);
            if (!second.full && !span_equal(buf_span(&first), buf_span(&second))) __builtin_trap();
        } else if (!first.full && !a.full) {
            __builtin_trap();
        }
    }
    buf_free(&first);
    buf_free(&second);
    arena_reset(&a);
    return 0;
}
