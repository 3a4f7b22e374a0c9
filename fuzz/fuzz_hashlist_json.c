/* A list in JSON of any bytes: every row's label lies in the text. */
#include "rule/hashlist_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_row(void *context, const JsonRow *r) {
    const Span *text = context;
    if (r->label.n && (r->label.p < text->p || r->label.p + r->label.n > text->p + text->n))
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Span text = span(data, size);
    uint64_t line;
    (void)hashlist_json(text, check_row, &text, &line);
    return 0;
}
