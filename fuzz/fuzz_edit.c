/* Edits, one a line: what parses prints in one spelling, which parses to itself; a world stays
 * whole under all of them. */
#include "world/world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char persona[] = "user: u\n"
                              "file: {'%APPDATA%\\a': x}\n"
                              "process: {a.exe#8: C:\\a.exe, a.exe#12: C:\\a.exe}\n"
                              "environment: {A: '%B%', B: '%A%'}\n"
                              "mac: {1: '0c:9d:92:11:22:33'}\n";

static void print(Arena *a, const WorldEdit *edit, Span *out) {
    Buf text = buf_new(1 << 20);
    edit_print(&text, edit);
    *out = arena_bytes(a, buf_span(&text));
    buf_free(&text);
}

static void check_spelling(Arena *a, const WorldEdit *edit) {
    WorldEdit again;
    WorldError error;
    Span once, twice;
    print(a, edit, &once);
    if (a->full) return;
    Status status = edit_parse(a, once, NULL, &again, &error);
    if (a->full) return;
    if (status != ST_OK) __builtin_trap();
    print(a, &again, &twice);
    if (!a->full && !span_equal(once, twice)) __builtin_trap();
    if (again.verb != edit->verb || again.fact != edit->fact) __builtin_trap();
    if (!again.value.template.p && !edit->value.template.p &&
        (!span_equal(again.value.bytes, edit->value.bytes) ||
         again.value.number != edit->value.number))
        __builtin_trap();
}

/* Made when there is something to apply: most inputs are no edit. */
static World *world(Arena *a, World **w) {
    WorldError error;
    if (!*w && world_read(a, span_str(persona), "fuzz", w, &error) == ST_SYNTAX) __builtin_trap();
    return *w;
}

static void one_edit(World **w, Arena *a, Span text, bool apply) {
    WorldEdit edit;
    WorldError error = {0};
    Status status = edit_parse(a, text, NULL, &edit, &error);
    if (status == ST_SYNTAX && (!error.text || !error.column)) __builtin_trap();
    if (status != ST_OK) return;
    check_spelling(a, &edit);
    if (apply && world(a, w)) edit_apply(*w, &edit, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena a = arena_new(8 << 20);
    World *w = NULL;
    bool apply = size && data[0] == '!';
    for (size_t at = apply; at < size;) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t n = end ? (size_t)(end - data) - at : size - at;
        one_edit(&w, &a, span(data + at, n), apply);
        at += n + 1;
    }
    uint8_t digest[32];
    if (w && !a.full) world_digest(w, digest);
    arena_reset(&a);
    return 0;
}
