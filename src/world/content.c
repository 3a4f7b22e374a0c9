/* What a file holds behind the content that the world tells. */
#include "world/internal.h"

uint64_t world_file_size(const WorldItem *file) {
    const WorldValue *content = item_value(file, FACT_file);
    return (uint64_t)item_number(file, FACT_file_size, (int64_t)content->bytes.n);
}

void world_file_read(const World *w, const WorldItem *file, uint64_t at, uint8_t *out, size_t n) {
    (void)w;
    Span content = span_clip(item_value(file, FACT_file)->bytes, at, n);
    if (content.n) memcpy(out, content.p, content.n);
    memset(out + content.n, 0, n - content.n);
}
