/* A list in lines of any bytes: labels lie in the text, and a line that is read again says the
 * same. */
#include "rule/hashlist_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(Span text, const ListColumns *columns, const ListRow *row) {
    uint64_t at = row->at;
    ListRow again = hashlist_row(columns, hashlist_line(text, &at));
    Span label = row->label;
    if (label.n && (label.p < text.p || label.p + label.n > text.p + text.n)) __builtin_trap();
    if (row->no_entry) return;
    if (again.count != row->count || !span_equal(again.label, label)) __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Span text = span(data, size);
    LineReader reader = hashlist_lines(text);
    ListRow row;
    uint64_t lines = 0;
    while (hashlist_next(&reader, &row)) {
        if (row.line != ++lines) __builtin_trap();
        check(text, &reader.columns, &row);
    }
    return 0;
}
