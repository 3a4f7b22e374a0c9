/* Sections: shared pages, what lies behind them, images. */
#include "guest/section.h"
#include "tests/support/tinyguest.h"
#include "tests/support/tinype.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct {
    SectionBacking backing;
    unsigned loads, stores, closes;
    uint8_t stored;
} Backing;

static void load(SectionBacking *b, uint64_t offset, uint8_t page[PAGE_SIZE]) {
    ((Backing *)b)->loads++;
    page[0] = (uint8_t)(offset >> PAGE_SHIFT) + 1;
}

static void store(SectionBacking *b, uint64_t offset, const uint8_t page[PAGE_SIZE]) {
    (void)offset;
    ((Backing *)b)->stores++;
    ((Backing *)b)->stored = page[0];
}

static void shut_backing(SectionBacking *b) {
    ((Backing *)b)->closes++;
}

static void pages_come_when_they_are_touched(void **state) {
    TinyGuest *g = *state;
    Ram *ram = &g->machine.ram;
    Backing b = {.backing = {.load = load, .store = store, .close = shut_backing}};
    uint32_t used = ram->used;
    Section *s = section_new_backed(ram, 2 * PAGE_SIZE + 1, &b.backing);
    assert_int_equal(ram->used, used);
    Frame f = section_frame(s, 2);
    assert_int_equal(ram_page(ram, f)[0], 3);
    assert_int_equal(section_frame(s, 2), f);
    assert_int_equal(section_frame(s, 3), 0); /* past the end */
    assert_int_equal(b.loads, 1);
    ram_page(ram, f)[0] = 9;
    section_hold(s);
    section_drop(s);
    assert_int_equal(b.closes, 0);
    section_drop(s);
    assert_int_equal(b.stores, 1);
    assert_int_equal(b.stored, 9);
    assert_int_equal(b.closes, 1);
    assert_int_equal(ram->used, used);
}

static void two_processes_see_one_section(void **state) {
    TinyGuest *g = *state;
    Process *a = g->process, *b = tinyguest_process(g, a, false);
    Section *s = section_new(&g->machine.ram, PAGE_SIZE);
    uint64_t at = 0, there = 0, size = 0, length = 0;
    uint32_t v = 0;
    assert_int_equal(vm_map(a->vm, s, &at, 0, &size, VM_READWRITE, 0), STATUS_SUCCESS);
    assert_int_equal(vm_map(b->vm, s, &there, 0, &length, VM_READWRITE, 0), STATUS_SUCCESS);
    section_drop(s);
    assert_true(guest_put_u32(a, at + 4, 0x1234));
    assert_true(guest_get_u32(b, there + 4, &v));
    assert_int_equal(v, 0x1234);
}

static void an_image_is_laid_out_as_its_headers_say(void **state) {
    TinyGuest *g = *state;
    Ram *ram = &g->machine.ram;
    uint32_t status;
    Buf b = tinype_make(&(TinyPe){.is64 = true});
    Section *s = section_new_image(ram, buf_span(&b), &status);
    assert_non_null(s);
    assert_true(s->image);
    assert_int_equal(s->machine, 0x8664);
    assert_memory_equal(ram_page(ram, section_frame(s, TINYPE_TEXT_RVA >> PAGE_SHIFT)),
                        b.p + TINYPE_TEXT_AT, 0x200);
    assert_int_equal(s->ranges[0].at, 0);
    assert_int_equal(s->ranges[0].protect, VM_READONLY);
    assert_int_equal(s->ranges[1].at, TINYPE_TEXT_RVA);
    assert_int_equal(s->ranges[1].protect, VM_EXECUTE_READ);
    section_drop(s);
    buf_free(&b);
}

/* What is cut is refused or an image with zeroes, but never read past its end (ASan sees it). */
static void every_prefix_of_an_image_is_survived(void **state) {
    TinyGuest *g = *state;
    Buf b = tinype_make(&(TinyPe){.is64 = true});
    uint32_t used = g->machine.ram.used, status;
    for (size_t n = 0; n < b.n; n++) {
        uint8_t *copy = malloc(n + !n);
        memcpy(copy, b.p, n);
        Section *s = section_new_image(&g->machine.ram, span(copy, n), &status);
        assert_int_equal(s == NULL, status != STATUS_SUCCESS);
        section_drop(s);
        free(copy);
    }
    assert_int_equal(g->machine.ram.used, used);
    buf_free(&b);
}

static int open64(void **state) {
    return !(*state = tinyguest_open(true));
}

static int shut(void **state) {
    tinyguest_close(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pages_come_when_they_are_touched, open64, shut),
        cmocka_unit_test_setup_teardown(two_processes_see_one_section, open64, shut),
        cmocka_unit_test_setup_teardown(an_image_is_laid_out_as_its_headers_say, open64, shut),
        cmocka_unit_test_setup_teardown(every_prefix_of_an_image_is_survived, open64, shut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
