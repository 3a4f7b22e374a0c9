/* Folding: of keys, of calls, of events. What is told is written down as one line each. */
#include "base/buf.h"
#include "guest/trace/calls.h"
#include "guest/trace/events.h"
#include "guest/trace/fold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- keys: letters ---- */

typedef struct {
    Fold fold;
    Buf told;
    uint64_t total;
    long live; /* items that the fold holds */
} Letters;

static void emit_letter(void *user, void *item, uint64_t count) {
    Letters *l = user;
    buf_printf(&l->told, "%c%llu ", *(char *)item, (unsigned long long)count);
    l->total += count;
    l->live--;
    free(item);
}

static void drop_letter(void *user, void *item) {
    ((Letters *)user)->live--;
    free(item);
}

static Letters letters(unsigned period) {
    return (Letters){.fold = {.period = period, .emit = emit_letter, .drop = drop_letter},
                     .told = buf_new(1 << 20)};
}

static void add_letter(Letters *l, char c) {
    l->fold.user = l;
    if (fold_count(&l->fold, (uint64_t)c)) return;
    char *item = malloc(1);
    *item = c;
    l->live++;
    fold_push(&l->fold, (uint64_t)c, item);
    assert_true(l->fold.count < 2 * l->fold.period);
}

static void expect_folded(unsigned period, const char *in, const char *want) {
    Letters l = letters(period);
    for (const char *c = in; *c; c++) add_letter(&l, *c);
    l.fold.user = &l;
    fold_flush(&l.fold);
    buf_byte(&l.told, 0);
    assert_string_equal((const char *)l.told.p, want);
    assert_int_equal(l.total, strlen(in));
    assert_int_equal(l.live, 0);
    buf_free(&l.told);
}

static void test_fold(void **state) {
    (void)state;
    expect_folded(8, "", "");
    expect_folded(8, "ABC", "A1 B1 C1 ");
    expect_folded(8, "AAAA", "A4 ");
    expect_folded(8, "AABBA", "A2 B2 A1 ");
    expect_folded(8, "ABABAB", "A3 B3 ");
    expect_folded(8, "xABCABCABCy", "x1 A3 B3 C3 y1 ");
    expect_folded(8, "ABCDEFGHABCDEFGHABCD", "A3 B3 C3 D3 E2 F2 G2 H2 ");
    expect_folded(8, "ABCDEFGHIABCDEFGHI",
                  "A1 B1 C1 D1 E1 F1 G1 H1 I1 A1 B1 C1 D1 E1 F1 G1 H1 I1 ");
    expect_folded(1, "ABABAAB", "A1 B1 A1 B1 A2 B1 ");
}

static void test_an_unfinished_second_round_is_kept_in_order(void **state) {
    (void)state;
    expect_folded(8, "ABCABx", "A1 B1 C1 A1 B1 x1 ");
}

static void test_a_round_that_breaks_off_counts(void **state) {
    (void)state;
    expect_folded(8, "ABCABCABx", "A3 B3 C2 x1 ");
}

static void test_loops_in_loops(void **state) {
    (void)state;
    expect_folded(8, "AAABAAABAAAAB", "A10 B3 ");
    expect_folded(8, "AACBBBCAACBBBC", "A4 C2 B6 C2 ");
}

static void test_a_body_that_branches(void **state) {
    (void)state;
    expect_folded(8, "ABCABCACABCBC", "A4 B4 C5 ");
}

static void test_memory_is_flat_and_counts_add_up(void **state) {
    (void)state;
    Letters l = letters(8);
    for (uint64_t i = 0; i < 4189501; i++) {
        add_letter(&l, 'A');
        add_letter(&l, 'B');
        assert_true(l.live <= FOLD_ROWS);
    }
    fold_flush(&l.fold);
    buf_byte(&l.told, 0);
    assert_string_equal((const char *)l.told.p, "A4189501 B4189501 ");
    buf_free(&l.told);
}

static void test_random_streams_add_up(void **state) {
    (void)state;
    for (uint32_t seed = 1; seed < 200; seed++) {
        Letters l = letters(1 + seed % 8);
        uint32_t x = seed;
        for (int i = 0; i < 1000; i++) {
            x = x * 1664525 + 1013904223;
            add_letter(&l, (char)('A' + (x >> 24) % (2 + seed % 9)));
        }
        fold_flush(&l.fold);
        assert_int_equal(l.total, 1000);
        assert_int_equal(l.live, 0);
        buf_free(&l.told);
    }
}

/* ---- calls ---- */

enum { BASE = 0x200000, SIZE = 0x1000, STACK = 0x10000 };

typedef struct {
    CallsOptions options;
    Calls *calls;
    uint64_t words[16];
    uint8_t memory[SIZE];
    Buf told;
    uint64_t reads;   /* of memory */
    uint64_t fetched; /* words of arguments */
} Program;

static uint64_t program_word(void *user, size_t slot, bool real) {
    Program *p = user;
    (void)real;
    p->fetched++;
    return slot < 16 ? p->words[slot] : 0;
}

static bool program_read(void *user, uint64_t address, void *to, size_t n) {
    Program *p = user;
    p->reads++;
    if (address < BASE || address - BASE > SIZE || n > SIZE - (address - BASE)) return false;
    memcpy(to, p->memory + (address - BASE), n);
    return true;
}

static Time program_time(void *user) {
    (void)user;
    return TIME_SECOND;
}

static const char *program_site(void *user, Arena *a, uint64_t address) {
    (void)user;
    return arena_printf(a, "a.exe+0x%llx", (unsigned long long)address);
}

static void write_arguments(Buf *b, const Value *arguments) {
    const char *comma = "";
    for (const Value *v = value_first(arguments); v; v = v->next, comma = ", ") {
        if (v->kind == VALUE_UINT) buf_printf(b, "%s%llu", comma, (unsigned long long)v->natural);
        else buf_printf(b, "%s%s", comma, value_get_str(v, "?"));
    }
}

static void program_tell(void *user, const Call *call) {
    Program *p = user;
    buf_printf(&p->told, "%s(", call->name);
    write_arguments(&p->told, call->arguments);
    buf_printf(&p->told, ")=%s", call->returned ? call->returned : "?");
    if (call->count != 1) buf_printf(&p->told, " x%llu", (unsigned long long)call->count);
    buf_printf(&p->told, " %s\n", call->caller);
    assert_string_equal(call->module, "kernel32.dll");
    assert_true(call->time == TIME_SECOND);
}

static int start(void **state) {
    Program *p = calloc(1, sizeof(*p));
    p->told = buf_new(1 << 20);
    p->options = (CallsOptions){p, 8, program_read, program_time, program_site, program_tell};
    p->calls = calls_open(&p->options);
    *state = p;
    return 0;
}

static int stop(void **state) {
    Program *p = *state;
    calls_close(p->calls);
    buf_free(&p->told);
    free(p);
    return 0;
}

static CallTarget target(const char *name, uint64_t site, uint64_t stack) {
    const ApiSignature *s = api_find(NULL, name);
    uint64_t address = UINT64_C(0x7ff000000000);
    for (const char *c = name; *c; c++) address = address * 31 + (uint8_t)*c;
    return (CallTarget){"kernel32.dll", name, s, api_traits(s, 8), address, site, stack};
}

static bool enter(Program *p, const char *name, uint64_t site, uint64_t stack, uint64_t a,
                  uint64_t b) {
    CallTarget t = target(name, site, stack);
    p->words[0] = a;
    p->words[1] = b;
    return calls_enter(p->calls, &t, program_word);
}

/* A call that returns. */
static void call(Program *p, const char *name, uint64_t site, uint64_t a, uint64_t b,
                 uint64_t result) {
    enter(p, name, site, STACK, a, b);
    calls_return(p->calls, site, STACK + 8, result, 0);
}

static void expect_told(Program *p, const char *want) {
    calls_finish(p->calls);
    buf_byte(&p->told, 0);
    assert_string_equal((const char *)p->told.p, want);
}

static uint64_t text(Program *p, size_t at, const char *s) {
    memcpy(p->memory + at, s, strlen(s) + 1);
    return BASE + at;
}

static void test_a_call_is_told_with_its_result(void **state) {
    Program *p = *state;
    call(p, "LoadLibraryA", 0x10, text(p, 0, "ws2_32"), 0, 0x77000000);
    call(p, "NoSuchFunction", 0x20, 0, 0, 5);
    expect_told(p, "LoadLibraryA(\"ws2_32\")=0x77000000 a.exe+0x10\n"
                   "NoSuchFunction()=0x5 a.exe+0x20\n");
}

static void test_arguments_are_those_of_the_entry(void **state) {
    Program *p = *state;
    enter(p, "LoadLibraryA", 0x10, STACK, text(p, 0, "before"), 0);
    text(p, 0, "after");
    calls_return(p->calls, 0x10, STACK + 8, 0, 0);
    expect_told(p, "LoadLibraryA(\"before\")=0x0 a.exe+0x10\n");
}

static void test_a_loop_of_two_calls(void **state) {
    Program *p = *state;
    uint64_t name = text(p, 0, "value");
    for (uint64_t i = 0; i < 100000; i++) {
        call(p, "lstrlenA", 0x10, name, 0, 5);
        call(p, "Sleep", 0x20, i, 0, 0);
    }
    expect_told(p, "lstrlenA(\"value\")=5 x100000 a.exe+0x10\n"
                   "Sleep(0 ... 99999)=void x100000 a.exe+0x20\n");
}

static void test_other_texts_are_other_calls(void **state) {
    Program *p = *state;
    call(p, "LoadLibraryA", 0x10, text(p, 0, "a"), 0, 1);
    call(p, "LoadLibraryA", 0x10, text(p, 0, "a"), 0, 1);
    call(p, "LoadLibraryA", 0x10, text(p, 0, "b"), 0, 1);
    call(p, "LoadLibraryA", 0x14, text(p, 0, "b"), 0, 1);
    expect_told(p, "LoadLibraryA(\"a\")=0x1 x2 a.exe+0x10\n"
                   "LoadLibraryA(\"b\")=0x1 a.exe+0x10\n"
                   "LoadLibraryA(\"b\")=0x1 a.exe+0x14\n");
}

static void test_many_texts_fold_in_the_end(void **state) {
    Program *p = *state;
    for (unsigned i = 0; i < 5000; i++) {
        char name[16];
        snprintf(name, sizeof(name), "n%u", i);
        call(p, "lstrlenA", 0x10, text(p, 0, name), 0, 5);
    }
    calls_finish(p->calls);
    size_t lines = 0;
    for (size_t i = 0; i < p->told.n; i++) lines += p->told.p[i] == '\n';
    assert_true(lines >= CALLS_TEXTS && lines < CALLS_TEXTS + 8);
}

static void test_codes_that_count_up_fold_at_once(void **state) {
    Program *p = *state;
    for (uint64_t i = 0; i < 1000; i++) call(p, "SetLastError", 0x10, i, 0, 0);
    expect_told(p, "SetLastError(ERROR_SUCCESS ... ERROR_SWAPERROR)=void x1000 a.exe+0x10\n");
}

static void test_a_repeat_fetches_only_what_may_show(void **state) {
    Program *p = *state;
    for (int i = 0; i < 10; i++) call(p, "GetSystemTimeAdjustment", 0x10, BASE, BASE, 1);
    assert_int_equal(p->fetched, 3); /* the first call's */
    for (uint64_t i = 0; i < 10; i++) call(p, "Sleep", 0x20, i, 0, 0);
    assert_int_equal(p->fetched, 13);
}

static void test_calls_in_calls(void **state) {
    Program *p = *state;
    enter(p, "EnumWindows", 0x10, STACK, 0x401000, 7);
    assert_true(calls_awaits(p->calls, 0x10));
    calls_return(p->calls, 0x10, STACK - 8, 5, 0); /* the same code, deeper down */
    assert_true(calls_awaits(p->calls, 0x10));
    for (int i = 0; i < 20; i++) {
        enter(p, "GetTickCount", 0x100 + 0x10 * (uint64_t)i, STACK - 0x100, 0, 0);
        calls_return(p->calls, 0x100 + 0x10 * (uint64_t)i, STACK - 0x100 + 8, 3, 0);
    }
    calls_return(p->calls, 0x10, STACK + 8, 1, 0);
    calls_finish(p->calls);
    buf_byte(&p->told, 0);
    assert_non_null(strstr((const char *)p->told.p, "EnumWindows(0x401000, 0x7)=TRUE"));
}

static void test_a_call_that_never_returns(void **state) {
    Program *p = *state;
    enter(p, "EnumWindows", 0x10, STACK, 0x401000, 7);
    enter(p, "GetTickCount", 0x20, STACK - 0x100, 0, 0);
    enter(p, "Sleep", 0x30, STACK + 0x40, 1, 0); /* longjmp went past both */
    assert_false(calls_awaits(p->calls, 0x10));
    calls_return(p->calls, 0x30, STACK + 0x48, 0, 0);
    enter(p, "ExitProcess", 0x40, STACK, 3, 0);
    expect_told(p, "EnumWindows(0x401000, 0x7)=? a.exe+0x10\n"
                   "GetTickCount()=? a.exe+0x20\n"
                   "Sleep(1)=void a.exe+0x30\n"
                   "ExitProcess(3)=? a.exe+0x40\n");
}

static void test_deep_recursion_is_bounded(void **state) {
    Program *p = *state;
    for (uint64_t i = 0; i < 1000; i++)
        enter(p, "EnumWindows", 0x10 + i, STACK - 0x10 * i, 0x401000, i);
    for (uint64_t i = 1000; i-- > 0;) calls_return(p->calls, 0x10 + i, STACK - 0x10 * i + 8, 1, 0);
    calls_finish(p->calls);
    size_t lines = 0;
    for (size_t i = 0; i < p->told.n; i++) lines += p->told.p[i] == '\n';
    assert_int_equal(lines, 1000);
}

static void test_a_repeat_needs_no_decoding(void **state) {
    Program *p = *state;
    for (uint64_t i = 0; i < 10; i++) call(p, "Sleep", 0x10, i, 0, 0);
    assert_int_equal(p->reads, 0);
    assert_false(enter(p, "Sleep", 0x10, STACK, 3, 0));
}

/* ---- events ---- */

static void write_event(void *user, const Event *e) {
    buf_printf(user, "%s x%llu #%llu\n", event_get(e, EF_Name), (unsigned long long)e->count,
               (unsigned long long)e->n);
}

static void add_event(EventFold *f, uint64_t n, const char *name, uint64_t site) {
    char copy[32];
    snprintf(copy, sizeof(copy), "%s", name); /* gone when the fold emits */
    Event e = {.n = n, .category = EV_mutex, .count = 1};
    event_set(&e, EF_Name, copy);
    event_fold_add(f, &e, site);
    memset(copy, 'x', sizeof(copy) - 1);
}

static void test_events(void **state) {
    (void)state;
    Buf told = buf_new(1 << 16);
    EventFold *f = event_fold_open(1, write_event, &told);
    uint64_t n = 0;
    for (int i = 0; i < 5; i++) add_event(f, ++n, "a", 1);
    add_event(f, ++n, "a", 2);
    add_event(f, ++n, "b", 2);
    add_event(f, ++n, "b", 2);
    event_fold_flush(f);
    add_event(f, ++n, "c", 2);
    event_fold_close(f);
    buf_byte(&told, 0);
    assert_string_equal((const char *)told.p, "a x5 #1\na x1 #6\nb x2 #7\n");
    buf_free(&told);
}

#define CALLS_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_an_unfinished_second_round_is_kept_in_order),
        cmocka_unit_test(test_a_round_that_breaks_off_counts),
        cmocka_unit_test(test_loops_in_loops),
        cmocka_unit_test(test_a_body_that_branches),
        cmocka_unit_test(test_memory_is_flat_and_counts_add_up),
        cmocka_unit_test(test_random_streams_add_up),
        CALLS_TEST(test_a_call_is_told_with_its_result),
        CALLS_TEST(test_arguments_are_those_of_the_entry),
        CALLS_TEST(test_a_loop_of_two_calls),
        CALLS_TEST(test_other_texts_are_other_calls),
        CALLS_TEST(test_many_texts_fold_in_the_end),
        CALLS_TEST(test_codes_that_count_up_fold_at_once),
        CALLS_TEST(test_a_repeat_fetches_only_what_may_show),
        CALLS_TEST(test_calls_in_calls),
        CALLS_TEST(test_a_call_that_never_returns),
        CALLS_TEST(test_deep_recursion_is_bounded),
        CALLS_TEST(test_a_repeat_needs_no_decoding),
        cmocka_unit_test(test_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
