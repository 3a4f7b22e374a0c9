/* Packs as the guest maps them: found by name, checked before they are believed. */
#include "guest/pack.h"
#include "tests/support/tinyguest.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { ENTRY = PAGE_SIZE, KIND_AT = ENTRY + 80, OFFSET_AT = ENTRY + 88, SIZE_AT = ENTRY + 96 };

typedef struct {
    Ram ram;
    int fd;
} Fixture;

static int set_up(void **state) {
    Fixture *f = calloc(1, sizeof *f);
    if (!f) return -1;
    f->fd = tinyguest_pack(true);
    *state = f;
    return ram_open(&f->ram, 1 << 20, 4 * pack_size(f->fd)) != ST_OK;
}

static int tear_down(void **state) {
    Fixture *f = *state;
    ram_close(&f->ram);
    close(f->fd);
    free(f);
    return 0;
}

static void files_are_found_by_name(void **state) {
    Fixture *f = *state;
    Pack p;
    assert_int_equal(pack_open(&p, &f->ram, f->fd), ST_OK);
    assert_string_equal(p.wine_version, "tiny");
    assert_int_equal(p.machine, 0x8664);
    PackEntry *e = pack_find(&p, "ntdll.dll");
    assert_non_null(e);
    assert_int_equal(e->kind, PACK_IMAGE);
    assert_memory_equal(pack_bytes(&p, e).p, "MZ", 2);
    assert_int_equal(pack_bytes(&p, e).n, e->size);
    assert_null(pack_find(&p, "kernel32.dll"));
    assert_null(pack_find(&p, ""));
    Section *s = pack_section(&p, e);
    assert_true(s->image);
    assert_ptr_equal(pack_section(&p, e), s);
    assert_true(ram_is_pack(&f->ram, section_frame(s, 0)));
    pack_close(&p);
}

static Status open_changed(Fixture *f, size_t at, uint64_t value, unsigned bytes) {
    uint8_t was[8], now[8];
    Pack p;
    for (unsigned i = 0; i < bytes; i++) now[i] = (uint8_t)(value >> 8 * i);
    assert_int_equal(pread(f->fd, was, bytes, (off_t)at), bytes);
    assert_int_equal(pwrite(f->fd, now, bytes, (off_t)at), bytes);
    f->ram.pack_at = (uint64_t)f->ram.ram_count << PAGE_SHIFT; /* the window of the last one */
    Status s = pack_open(&p, &f->ram, f->fd);
    pack_close(&p);
    assert_int_equal(pwrite(f->fd, was, bytes, (off_t)at), bytes);
    return s;
}

static void what_does_not_fit_is_refused(void **state) {
    Fixture *f = *state;
    uint64_t size = pack_size(f->fd);
    assert_int_equal(open_changed(f, 0, 'C', 1), ST_OK);
    assert_int_equal(open_changed(f, 0, 'X', 1), ST_SYNTAX);
    assert_int_equal(open_changed(f, 8, 1, 4), ST_SYNTAX);           /* layout */
    assert_int_equal(open_changed(f, 16, 0xffffffff, 4), ST_SYNTAX); /* entries */
    assert_int_equal(open_changed(f, 24, size - 100, 8), ST_SYNTAX); /* where they are */
    assert_int_equal(open_changed(f, 24, UINT64_MAX, 8), ST_SYNTAX);
    assert_int_equal(open_changed(f, 32, size + 1, 8), ST_SYNTAX);    /* the file's size */
    assert_int_equal(open_changed(f, OFFSET_AT, 8193, 8), ST_SYNTAX); /* no page's start */
    assert_int_equal(open_changed(f, OFFSET_AT, size + 4096, 8), ST_SYNTAX);
    assert_int_equal(open_changed(f, SIZE_AT, size, 8), ST_SYNTAX);
    assert_int_equal(open_changed(f, KIND_AT - 1, 'x', 1), ST_SYNTAX); /* a name without end */
}

static void what_is_no_file_is_none(void **state) {
    Fixture *f = *state;
    Pack p;
    assert_int_equal(pack_size(-1), 0);
    assert_int_equal(pack_open(&p, &f->ram, -1), ST_SYNTAX);
    pack_close(&p);
    assert_int_equal(ftruncate(f->fd, 100), 0);
    assert_int_equal(pack_open(&p, &f->ram, f->fd), ST_SYNTAX);
    pack_close(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_are_found_by_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_does_not_fit_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_file_is_none, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
