#include "guest/device/screen.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void say(Screen *s, const char *ascii) {
    uint16_t text[256];
    size_t n = strlen(ascii);
    for (size_t i = 0; i < n; i++) text[i] = (uint8_t)ascii[i];
    screen_write(s, text, n);
}

static void assert_row(const Screen *s, int y, const char *want) {
    for (int x = 0; want[x]; x++) assert_int_equal(screen_get(s, x, y).character, want[x]);
}

static void assert_cursor(const Screen *s, int x, int y) {
    assert_int_equal(s->x, x);
    assert_int_equal(s->y, y);
}

static void test_writes_at_the_cursor(void **state) {
    (void)state;
    Screen s;
    assert_true(screen_open(&s));
    s.attributes = 12;
    say(&s, "one\r\ntwo\tx\bY");
    assert_row(&s, 0, "one ");
    assert_row(&s, 1, "two     Y ");
    assert_cursor(&s, 9, 1);
    assert_int_equal(screen_get(&s, 0, 0).attributes, 12);
    assert_int_equal(screen_get(&s, 5, 0).attributes, 7);
    s.mode = 0;
    say(&s, "\n");
    assert_int_equal(screen_get(&s, 9, 1).character, '\n');
    screen_close(&s);
}

static void test_wraps_and_scrolls(void **state) {
    (void)state;
    Screen s;
    assert_true(screen_open(&s));
    assert_true(screen_resize(&s, 4, 3));
    assert_int_equal(s.window.right, 3);
    assert_int_equal(s.window.bottom, 2);
    say(&s, "abcdef");
    assert_row(&s, 0, "abcd");
    assert_cursor(&s, 2, 1);
    say(&s, "\n3\n4");
    assert_row(&s, 0, "ef");
    assert_row(&s, 2, "4 ");
    assert_cursor(&s, 1, 2);
    s.mode = SCREEN_PROCESSED;
    say(&s, "56789");
    assert_row(&s, 2, "4569");
    assert_cursor(&s, 3, 2);
    assert_false(screen_resize(&s, 0, 3));
    screen_close(&s);
}

static void test_window_follows_the_cursor(void **state) {
    (void)state;
    Screen s;
    assert_true(screen_open(&s));
    for (int i = 0; i < 40; i++) say(&s, "\n");
    assert_int_equal(s.window.top, 11);
    assert_int_equal(s.window.bottom, 40);
    screen_close(&s);
}

static void test_moves_areas(void **state) {
    (void)state;
    Screen s;
    assert_true(screen_open(&s));
    assert_true(screen_resize(&s, 4, 4));
    say(&s, "abcd"
            "efgh"
            "ijkl");
    Cell fill = {'.', 7};
    screen_scroll(&s, (Area){0, 1, 3, 2}, 0, 0, (Area){0, 0, 2, 3}, fill);
    assert_row(&s, 0, "efgd");
    assert_row(&s, 1, "ijkh");
    assert_row(&s, 2, "...l");
    screen_scroll(&s, (Area){-5, -5, 99, 99}, 90, 90, (Area){0, 0, 99, 99}, fill);
    assert_row(&s, 0, "....");
    screen_scroll(&s, (Area){9, 9, 3, 3}, 0, 0, (Area){0, 0, 3, 3}, fill);
    screen_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writes_at_the_cursor),
        cmocka_unit_test(test_wraps_and_scrolls),
        cmocka_unit_test(test_window_follows_the_cursor),
        cmocka_unit_test(test_moves_areas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
