/* The user at mouse and keyboard, as a function of time. */
#include "world/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static Arena arena;

static World *world(const char *yaml) {
    World *w;
    WorldError e;
    arena_reset(&arena);
    arena = arena_new(1 << 22);
    assert_int_equal(world_read(&arena, span_str(yaml), "w", &w, &e), ST_OK);
    return w;
}

static const uint64_t second = 1000000000;

static void a_hand_stays_on_the_screen_and_moves(void **state) {
    (void)state;
    World *w = world("screen: 800x600\nactivity: {moves: 30, clicks: 30, pointer: \"5,5\"}\n");
    WorldActivity a, before;
    world_activity(w, 0, &before);
    assert_int_equal(before.x, 5);
    assert_int_equal(before.y, 5);
    unsigned changes = 0, pressed = 0;
    for (uint64_t t = 0; t < 60 * second; t += second / 100, before = a) {
        world_activity(w, t, &a);
        assert_in_range(a.x, 0, 799);
        assert_in_range(a.y, 0, 599);
        assert_true(a.touched <= (int64_t)t && a.touched >= before.touched);
        changes += a.x != before.x || a.y != before.y;
        pressed += a.pressed && !before.pressed;
    }
    assert_true(changes > 500);
    assert_int_equal(pressed, 30);
    assert_in_range(a.moves, 29, 30);
}

/* Nothing changes before the time that is said to be the next. */
static void next_is_the_next_change(void **state) {
    (void)state;
    World *w = world("activity: {moves: 20, clicks: 9, keys: 50}\n");
    WorldActivity here, still;
    uint64_t t = 0;
    for (int i = 0; i < 3000; i++) {
        uint64_t next = world_activity_next(w, t);
        assert_true(next > t);
        world_activity(w, t, &here);
        world_activity(w, next - 1, &still);
        assert_memory_equal(&here, &still, sizeof here);
        t = next;
    }
    assert_true(t > 20 * second);
}

static void nobody_is_there(void **state) {
    (void)state;
    World *w = world("idle: 9m\nactivity: {moves: 0, pointer: \"0,0\"}\n");
    WorldActivity a;
    world_activity(w, 3600 * second, &a);
    assert_int_equal(a.x, 0);
    assert_true(a.touched == -540 * (int64_t)second);
    assert_int_equal(a.moves + a.clicks + a.keys, 0);
    assert_true(world_activity_next(w, 7) == UINT64_MAX);
}

static void the_seed_decides(void **state) {
    (void)state;
    WorldActivity a, b;
    World *w = world("seed: 3\n");
    world_activity(w, 30 * second, &a);
    world_activity(world("seed: 3\n"), 30 * second, &b);
    assert_memory_equal(&a, &b, sizeof a);
    world_activity(world("seed: 4\n"), 30 * second, &b);
    assert_true(a.x != b.x || a.y != b.y);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hand_stays_on_the_screen_and_moves),
        cmocka_unit_test(next_is_the_next_change),
        cmocka_unit_test(nobody_is_there),
        cmocka_unit_test(the_seed_decides),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_reset(&arena);
    return failed;
}
