/* What files hold: their content, then filler that is the same from any offset. */
#include "world/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { CAP = 16 << 20 };

static World *make(Arena *a, const char *yaml) {
    World *w;
    WorldError e;
    if (world_read(a, span_str(yaml), "test", &w, &e) != ST_OK)
        fail_msg("%u:%u: %s", e.line, e.column, e.text);
    return w;
}

static void read_whole(const World *w, const char *path, uint8_t *out, size_t n) {
    const WorldItem *f = world_find(w, FACT_file, path);
    assert_int_equal(world_file_size(f), n);
    world_file_read(w, f, 0, out, n);
}

static void content_comes_first(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    World *w = make(&a, "file: {C:\\a.txt: hello, C:\\b.txt: {content: hello, size: 1000}}");
    uint8_t out[1000];
    read_whole(w, "C:\\a.txt", out, 5);
    assert_memory_equal(out, "hello", 5);
    read_whole(w, "C:\\b.txt", out, 1000);
    assert_memory_equal(out, "hello", 5);
    for (size_t i = 5; i < 1000; i++)
        assert_true(out[i] == '\r' || out[i] == '\n' || (out[i] >= ' ' && out[i] < 127));
    arena_reset(&a);
}

static void any_offset_reads_the_same(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    World *w = make(&a, "file: {C:\\a.txt: {content: abc, size: 1500}, C:\\b.exe: {size: 1500}, "
                        "C:\\c.jpg: {size: 1500}, C:\\d: {size: 1500}}");
    for (const WorldItem *f = world_first(w, FACT_file); f; f = world_next(f)) {
        uint8_t whole[1500], part[1500];
        world_file_read(w, f, 0, whole, sizeof whole);
        for (size_t at = 0; at < 1500; at += 13)
            for (size_t n = 0; n <= 1500 - at; n += 97) {
                world_file_read(w, f, at, part, n);
                assert_memory_equal(part, whole + at, n);
            }
    }
    arena_reset(&a);
}

static void filler_depends_on_path_and_seed(void **state) {
    (void)state;
    Arena a = arena_new(CAP), b = arena_new(CAP);
    World *w = make(&a, "file: {C:\\a: {size: 64}, C:\\b: {size: 64}}");
    World *other = make(&b, "seed: 2\nfile: {C:\\a: {size: 64}}");
    uint8_t x[64], y[64];
    read_whole(w, "C:\\a", x, 64);
    read_whole(w, "C:\\A", y, 64);
    assert_memory_equal(x, y, 64);
    read_whole(w, "C:\\b", y, 64);
    assert_memory_not_equal(x, y, 64);
    read_whole(other, "C:\\a", y, 64);
    assert_memory_not_equal(x, y, 64);
    arena_reset(&a);
    arena_reset(&b);
}

static void formats_begin_as_they_do(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    World *w = make(&a, "file: {C:\\a.JPG: {size: 64}, C:\\b.pdf: {size: 4}, C:\\c.docx: {size: "
                        "64}, C:\\d.p.exe: {size: 4096}}");
    uint8_t out[4096];
    read_whole(w, "C:\\a.jpg", out, 64);
    assert_memory_equal(out, "\xff\xd8\xff\xe0\0\x10JFIF", 10);
    read_whole(w, "C:\\b.pdf", out, 4);
    assert_memory_equal(out, "%PDF", 4);
    read_whole(w, "C:\\c.docx", out, 64);
    assert_memory_equal(out, "PK\3\4", 4);
    read_whole(w, "C:\\d.p.exe", out, 4096);
    assert_memory_equal(out, "MZ", 2);
    assert_memory_equal(out + 0x80, "PE\0\0\x64\x86\1\0", 8);
    assert_memory_equal(out + 0x200, "\xb8\0\0\0\0\xc3", 6); /* whoever starts it */
    arena_reset(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_comes_first),
        cmocka_unit_test(any_offset_reads_the_same),
        cmocka_unit_test(filler_depends_on_path_and_seed),
        cmocka_unit_test(formats_begin_as_they_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
