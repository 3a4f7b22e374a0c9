/* HTTP requests. */
#include "guest/inet/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena a = arena_new(1 << 20);
    HttpRequest r;
    HttpState s = http_read(span(data, size), &a, &r);
    if (s == HTTP_COMPLETE) {
        http_value_has(http_header(&r, "Connection"), "close");
        if (r.size > size) __builtin_trap();
    }
    http_begins(span(data, size));
    arena_reset(&a);
    return 0;
}
