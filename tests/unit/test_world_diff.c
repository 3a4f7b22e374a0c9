/* What makes one world out of another: applied to the first, the edits make the second. */
#include "world/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { CAP = 32 << 20 };
static Arena arena;

static World *world(const char *yaml) {
    World *w;
    WorldError e;
    if (world_read(&arena, span_str(yaml), "w", &w, &e) != ST_OK)
        fail_msg("%u:%u: %s", e.line, e.column, e.text);
    return w;
}

static char *diff(World *from, const World *to) {
    Buf out = buf_new(1 << 20);
    assert_int_equal(world_diff(from, to, &out), ST_OK);
    char *text = arena_text(&arena, buf_span(&out));
    buf_free(&out);
    return text;
}

/* The edits, read again and applied. */
static void assert_way(const char *from, const char *to, const char *want) {
    char *edits = diff(world(from), world(to));
    assert_string_equal(edits, want);
    World *w = world(from);
    WorldError e;
    char *rest = NULL;
    for (char *line = strtok_r(edits, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        assert_int_equal(world_edit(w, line, NULL, &e), ST_OK);
    assert_string_equal(diff(w, world(to)), "");
    arena_reset(&arena);
    arena = arena_new(CAP);
}

static void says_what_differs(void **state) {
    (void)state;
    arena = arena_new(CAP);
    assert_way("ram: 4GiB\n", "ram: 4GiB\n", "");
    assert_way("ram: 8GiB\n", "ram: {size: 4GiB, free: 1GiB}\ncomputer: PC\n",
               "computer=PC\nram=4GiB\nram.free=1GiB\n");
    assert_way(
        "process: {a.exe: {path: 'C:\\a.exe', pid: 8}}\n",
        "process: {a.exe: {path: 'C:\\a.exe', pid: 12}, b.exe: {path: 'C:\\b.exe', pid: 16}}\n",
        "process.pid:a.exe=12\n"
        "process:b.exe=C:\\b.exe\nprocess.pid:b.exe=16\n");
    assert_way("file: {C:\\a: x, C:\\b: y}\n", "file: {C:\\b: y, C:\\c=d: z}\n",
               "file:-C:\\a\nfile:C:\\c==d=z\n");
    assert_way("file: {C:\\a: {content: x, size: 9}}\n", "file: {C:\\a: {content: y, size: 9}}\n",
               "file:-C:\\a\nfile:C:\\a=y\nfile.size:C:\\a=9\n");
    assert_way("directory: ['C:\\d']\n", "directory: []\nwithout: {key: [HKLM\\X]}\n",
               "directory:-C:\\d\nkey:-HKLM\\X\n");
}

/* A profile that moves with its user needs no edits. */
static void what_follows_is_no_difference(void **state) {
    (void)state;
    arena = arena_new(CAP);
    assert_way("user: eva\nfile: {'%USERPROFILE%\\a': x}\n",
               "user: bob\nfile: {'%USERPROFILE%\\a': x}\n", "user=bob\n");
    assert_way("computer: A\n", "computer: B\nenvironment: {X: '%COMPUTERNAME%!'}\n",
               "computer=B\nenvironment:X=B!\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_differs),
        cmocka_unit_test(what_follows_is_no_difference),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_reset(&arena);
    return failed;
}
