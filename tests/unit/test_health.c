/* What `coax doctor` says of packs, and that it examines everything. */
#include "base/buf.h"
#include "engine/health.h"
#include "jail/lock.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { SIZE = 4096 };

/* The ntdll.dll of Debian 12's 64-bit libwine, in src/engine/wine_versions.def. */
static const uint8_t known[32] = {0x44, 0x27, 0x53, 0xc3, 0x0d, 0x9b, 0x31, 0x89, 0xb6, 0x03, 0x31,
                                  0xe1, 0xfa, 0x1d, 0x05, 0x5f, 0x83, 0xf9, 0x86, 0x56, 0xb7, 0xce,
                                  0xa6, 0xb7, 0x01, 0x85, 0x71, 0x88, 0xd3, 0x56, 0xf3, 0xaf};

typedef struct {
    const char *magic;
    uint32_t layout, machine, version_length;
    uint64_t size;
    const uint8_t *ntdll;
} Header;

static const Header good = {"COAXPACK", 1, 0x8664, 3, SIZE, known};

static char path[] = "/tmp/test_health.XXXXXX";

static void write_pack(const Header *h, size_t bytes) {
    Buf b = buf_new(SIZE);
    buf_str(&b, h->magic);
    buf_le(&b, h->layout, 4);
    buf_le(&b, h->machine, 4);
    buf_le(&b, 771, 4);
    buf_le(&b, h->version_length, 4);
    buf_le(&b, 4096, 8);
    buf_le(&b, h->size, 8);
    buf_add(&b, span(h->ntdll, 32));
    buf_str(&b, "8.0");
    buf_space(&b, SIZE - b.n);
    int fd = open(path, O_WRONLY | O_TRUNC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, b.p, bytes), bytes);
    close(fd);
    buf_free(&b);
}

static HealthState state_of(Arena *a, const Header *h, size_t bytes) {
    write_pack(h, bytes);
    return health_of_pack(a, "pack", path, 0x8664).state;
}

static void a_pack_of_a_known_wine_is_good(void **state) {
    Arena *a = *state;
    write_pack(&good, SIZE);
    Health h = health_of_pack(a, "pack", path, 0x8664);
    assert_int_equal(h.state, HEALTH_GOOD);
    assert_non_null(strstr(h.text, ": 771 files, libwine 8.0, Wine 8.0 of Debian 12"));
    assert_null(h.remedy);
}

static void an_unknown_wine_is_said_plainly(void **state) {
    Header other = good;
    other.ntdll = (const uint8_t[32]){1};
    write_pack(&other, SIZE);
    Health h = health_of_pack(*state, "pack", path, 0x8664);
    assert_int_equal(h.state, HEALTH_WEAK);
    assert_non_null(strstr(h.text, "not known here"));
    assert_non_null(h.remedy);
}

static void a_broken_pack_is_missing(void **state) {
    Header h = good;
    h.magic = "COAXPICK";
    assert_int_equal(state_of(*state, &h, SIZE), HEALTH_MISSING);
    h = good;
    h.layout = 2;
    assert_int_equal(state_of(*state, &h, SIZE), HEALTH_MISSING);
    h = good;
    h.machine = 0x14C;
    assert_int_equal(state_of(*state, &h, SIZE), HEALTH_MISSING);
    h = good;
    h.version_length = 129;
    assert_int_equal(state_of(*state, &h, SIZE), HEALTH_MISSING);
    for (size_t bytes = 0; bytes < SIZE; bytes += bytes < 256 ? 1 : 97)
        assert_int_equal(state_of(*state, &good, bytes), HEALTH_MISSING);
}

static void no_pack_names_the_remedy(void **state) {
    Health h = health_of_pack(*state, "pack", NULL, 0x8664);
    assert_int_equal(h.state, HEALTH_MISSING);
    assert_non_null(strstr(h.remedy, "./bootstrap"));
    assert_int_equal(health_of_pack(*state, "pack", "/nonexistent", 0x8664).state, HEALTH_MISSING);
}

static void everything_is_examined(void **state) {
    Health found[HEALTH_MAX];
    size_t n = health_examine(*state, found);
    assert_int_equal(n, 5 + JAIL_LAYER_COUNT);
    for (size_t i = 0; i < n; i++) {
        assert_non_null(found[i].about);
        assert_non_null(found[i].text);
        assert_true(found[i].state == HEALTH_GOOD || found[i].remedy);
    }
}

static int set_up(void **state) {
    static Arena arena;
    arena = arena_new(1 << 20);
    *state = &arena;
    int fd = mkstemp(path);
    close(fd);
    return fd < 0;
}

static int tear_down(void **state) {
    arena_reset(*state);
    return unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pack_of_a_known_wine_is_good),
        cmocka_unit_test(an_unknown_wine_is_said_plainly),
        cmocka_unit_test(a_broken_pack_is_missing),
        cmocka_unit_test(no_pack_names_the_remedy),
        cmocka_unit_test(everything_is_examined),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
