/* The scheduler: turns, waits, the jump of the clock, budgets. */
#include "guest/sched.h"
#include "tests/support/tinyguest.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const ObjectType gate_type;

/* Signaled while it is open; who comes through closes it. */
typedef struct {
    Object object;
    bool open;
} Gate;

static bool is_open(Object *o, Thread *t) {
    (void)t;
    return ((Gate *)o)->open;
}

static uint32_t pass(Object *o, Thread *t) {
    (void)t;
    ((Gate *)o)->open = false;
    return STATUS_SUCCESS;
}

static const ObjectType gate_type = {.name = "Gate", .signaled = is_open, .acquire = pass};

static Gate *gate(TinyGuest *g) {
    return object_new(&g->machine, &gate_type, sizeof(Gate));
}

static Wait wait_for(Gate *a, Gate *b, bool all, uint64_t deadline) {
    Wait w = {.count = b ? 2 : 1, .all = all, .deadline = deadline};
    w.objects[0] = &a->object;
    if (b) w.objects[1] = &b->object;
    return w;
}

/* Whether the wait was over at once. */
static bool begin(Thread *t, Wait w) {
    uint64_t result;
    return sched_wait(t, &w, &result);
}

static void who_waited_longest_comes_first(void **state) {
    TinyGuest *g = *state;
    Thread *a = tinyguest_thread(g->process, 0), *b = tinyguest_thread(g->process, 0);
    Gate *o = gate(g);
    assert_false(begin(b, wait_for(o, NULL, false, NEVER)));
    assert_false(begin(a, wait_for(o, NULL, false, NEVER)));
    assert_int_equal(o->object.refs, 3);
    o->open = true;
    sched_settle(&g->machine);
    assert_int_equal(b->state, THREAD_READY);
    assert_int_equal(thread_get(b, REG_RAX), STATUS_SUCCESS);
    assert_int_equal(a->state, THREAD_WAITING);
    o->open = true;
    sched_settle(&g->machine);
    assert_int_equal(a->state, THREAD_READY);
    assert_int_equal(o->object.refs, 1);
    object_drop(&o->object);
}

static void any_and_all(void **state) {
    TinyGuest *g = *state;
    Thread *t = tinyguest_thread(g->process, 0);
    Gate *one = gate(g), *two = gate(g);
    two->open = true;
    uint64_t result;
    Wait any = wait_for(one, two, false, NEVER), all = wait_for(one, two, true, NEVER);
    assert_true(sched_wait(t, &any, &result));
    assert_int_equal(result, 1);
    two->open = true;
    assert_false(sched_wait(t, &all, &result));
    sched_settle(&g->machine);
    assert_int_equal(t->state, THREAD_WAITING);
    assert_true(two->open); /* nothing is taken before all can be */
    one->open = true;
    sched_settle(&g->machine);
    assert_int_equal(t->state, THREAD_READY);
    assert_false(one->open || two->open);
    object_drop(&one->object);
    object_drop(&two->object);
}

static void a_test_does_not_wait(void **state) {
    TinyGuest *g = *state;
    Thread *t = tinyguest_thread(g->process, 0);
    Gate *o = gate(g);
    uint64_t result;
    Wait w = wait_for(o, NULL, false, 0);
    assert_true(sched_wait(t, &w, &result));
    assert_int_equal(result, STATUS_TIMEOUT);
    object_drop(&o->object);
}

/* Ten days pass in no time, and to the nanosecond. */
static void the_clock_jumps_to_the_next_deadline(void **state) {
    TinyGuest *g = *state;
    Machine *m = &g->machine;
    Thread *t = tinyguest_thread(g->process, tinyguest_export(g->process, "NtTerminateProcess"));
    Gate *o = gate(g);
    const uint64_t days = UINT64_C(10) * 24 * 3600 * 1000000000;
    assert_false(begin(t, wait_for(o, NULL, false, days)));
    m->config = &g->config;
    g->config.budget.blocks = 1; /* it ends as soon as the thread runs */
    sched_run(m);
    assert_string_equal(m->ended, "budget: blocks");
    assert_true(m->clock >= days && m->clock < days + 1000);
    object_drop(&o->object);
}

static void who_waits_for_nothing_is_in_a_deadlock(void **state) {
    TinyGuest *g = *state;
    Thread *t = tinyguest_thread(g->process, 0);
    Gate *o = gate(g);
    assert_false(begin(t, wait_for(o, NULL, false, NEVER)));
    sched_run(&g->machine);
    assert_non_null(strstr(g->machine.ended, "deadlock"));
    object_drop(&o->object);
}

static unsigned signs;

static void count_signs(void *context, const GuestProgress *now) {
    uint64_t *last = context;
    assert_true((uint64_t)now->time >= *last);
    assert_int_equal(now->processes, 1);
    *last = (uint64_t)now->time;
    signs++;
}

/* Two endless loops: both run, for the same time, until the budget is spent; and each turn is told.
 */
static void turns_are_fair_and_counted(void **state) {
    enum { SLICE = 50000, SLICES = 10 };
    TinyGuest *g = *state;
    Thread *a = tinyguest_thread(g->process, 0), *b = tinyguest_thread(g->process, 0);
    uint64_t last = 0, began = g->machine.clock;
    signs = 0;
    g->config.budget.blocks = SLICE * SLICES;
    g->config.progress = count_signs;
    g->config.progress_context = &last;
    sched_run(&g->machine);
    assert_string_equal(g->machine.ended, "budget: blocks");
    assert_int_equal(g->machine.blocks, SLICE * SLICES);
    assert_int_equal(a->blocks, b->blocks);
    assert_int_equal(signs, SLICES);
    assert_int_equal(g->machine.clock - began, 4 * SLICE * SLICES);
}

static void time_is_a_budget_too(void **state) {
    TinyGuest *g = *state;
    tinyguest_thread(g->process, 0);
    g->config.budget.time = 1000000;
    sched_run(&g->machine);
    assert_string_equal(g->machine.ended, "budget: time");
}

static void a_suspended_thread_does_not_run(void **state) {
    TinyGuest *g = *state;
    Thread *a = tinyguest_thread(g->process, 0), *b = tinyguest_thread(g->process, 0);
    b->suspended = 1;
    g->config.budget.blocks = 200000;
    sched_run(&g->machine);
    assert_int_equal(b->blocks, 0);
    assert_int_equal(a->blocks, 200000);
}

static void an_apc_ends_an_alertable_wait_only(void **state) {
    TinyGuest *g = *state;
    Thread *t = tinyguest_thread(g->process, 0);
    Gate *o = gate(g);
    Wait w = wait_for(o, NULL, false, NEVER);
    assert_false(begin(t, w));
    assert_true(apc_queue(t, 0x1111, 1, 2, 3));
    sched_settle(&g->machine);
    assert_int_equal(t->state, THREAD_WAITING);
    o->open = true;
    sched_settle(&g->machine);
    w.alertable = true;
    uint64_t result;
    assert_false(sched_wait(t, &w, &result));
    sched_settle(&g->machine);
    assert_int_equal(t->state, THREAD_READY);
    assert_null(t->apcs);
    object_drop(&o->object);
}

static int open64(void **state) {
    return !(*state = tinyguest_open(true));
}

static int open32(void **state) {
    return !(*state = tinyguest_open(false));
}

static int shut(void **state) {
    tinyguest_close(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_waited_longest_comes_first, open64, shut),
        cmocka_unit_test_setup_teardown(any_and_all, open64, shut),
        cmocka_unit_test_setup_teardown(a_test_does_not_wait, open64, shut),
        cmocka_unit_test_setup_teardown(the_clock_jumps_to_the_next_deadline, open64, shut),
        cmocka_unit_test_setup_teardown(who_waits_for_nothing_is_in_a_deadlock, open64, shut),
        cmocka_unit_test_setup_teardown(turns_are_fair_and_counted, open64, shut),
        cmocka_unit_test_setup_teardown(turns_are_fair_and_counted, open32, shut),
        cmocka_unit_test_setup_teardown(time_is_a_budget_too, open64, shut),
        cmocka_unit_test_setup_teardown(a_suspended_thread_does_not_run, open64, shut),
        cmocka_unit_test_setup_teardown(an_apc_ends_an_alertable_wait_only, open64, shut),
        cmocka_unit_test_setup_teardown(an_apc_ends_an_alertable_wait_only, open32, shut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
