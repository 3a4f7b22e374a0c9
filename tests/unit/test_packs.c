/* Which packs coax takes, and what it says of the others. */
#include "base/buf.h"
#include "engine/packs.h"
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
    uint32_t layout, machine;
    uint64_t size;
    const uint8_t *ntdll;
    const char *tools;
} Header;

static char folder[] = "/tmp/test_packs.XXXXXX";
static char tools[16]; /* of this coax, as its pack's name has them */
static Header good = {"COAXPACK", 2, 0x8664, SIZE, known, tools};

static const char *path_of(Arena *a, const char *name) {
    return arena_printf(a, "%s/%s", folder, name);
}

static void write_file(Arena *a, const char *name, Span bytes) {
    int fd = open(path_of(a, name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
    close(fd);
}

static void write_pack(Arena *a, const Header *h, size_t bytes) {
    Buf b = buf_new(SIZE);
    buf_str(&b, h->magic);
    buf_le(&b, h->layout, 4);
    buf_le(&b, h->machine, 4);
    buf_le(&b, 771, 4);
    buf_le(&b, 3, 4);
    buf_le(&b, 4096, 8);
    buf_le(&b, h->size, 8);
    buf_add(&b, span(h->ntdll, 32));
    buf_str(&b, "8.0");
    buf_space(&b, 200 - b.n);
    buf_str(&b, h->tools);
    buf_space(&b, SIZE - b.n);
    write_file(a, pack_name(a, PACK_X64), span_clip(buf_span(&b), 0, bytes));
    buf_free(&b);
}

static const char *fault_of(Arena *a, const Header *h, size_t bytes) {
    write_pack(a, h, bytes);
    const char *fault = pack_examine(a, folder, PACK_X64).fault;
    return fault ? fault : "";
}

static void a_pack_of_a_known_wine_is_good(void **state) {
    write_pack(*state, &good, SIZE);
    PackFile p = pack_examine(*state, folder, PACK_X64);
    assert_null(p.fault);
    assert_int_equal(p.entries, 771);
    assert_string_equal(p.wine, "8.0");
    assert_string_equal(p.known, "Wine 8.0 of Debian 12");
    assert_string_equal(p.path, path_of(*state, pack_name(*state, PACK_X64)));
}

static void an_unknown_wine_is_no_fault(void **state) {
    Header other = good;
    other.ntdll = (const uint8_t[32]){1};
    write_pack(*state, &other, SIZE);
    PackFile p = pack_examine(*state, folder, PACK_X64);
    assert_null(p.fault);
    assert_null(p.known);
}

static void a_broken_pack_is_said_to_be_so(void **state) {
    Header h = good;
    h.magic = "COAXPICK";
    assert_string_equal(fault_of(*state, &h, SIZE), "it is no pack");
    h = good;
    h.machine = 0x14C;
    assert_string_equal(fault_of(*state, &h, SIZE), "it is for another machine");
    for (size_t bytes = 0; bytes < SIZE; bytes += bytes < 256 ? 1 : 97)
        assert_string_equal(fault_of(*state, &good, bytes), "it is damaged");
}

static void another_version_of_coax_is_said_plainly(void **state) {
    static const char another[] = "it was made by another version of coax";
    Header h = good;
    h.layout = 1;
    assert_string_equal(fault_of(*state, &h, SIZE), another);
    h = good;
    h.tools = "0123";
    assert_string_equal(fault_of(*state, &h, SIZE), another);
    write_file(*state, "i386-0123.pack", span_str("of others"));
    assert_string_equal(pack_examine(*state, folder, PACK_X86).fault, another);
    assert_int_equal(unlink(path_of(*state, "i386-0123.pack")), 0);
    assert_string_equal(pack_examine(*state, folder, PACK_X86).fault, "there is none");
    assert_non_null(pack_examine(*state, NULL, PACK_X86).fault);
}

static int set_up(void **state) {
    static Arena arena;
    arena = arena_new(1 << 20);
    *state = &arena;
    const char *name = pack_name(&arena, PACK_X64);
    const char *dash = strchr(name, '-'), *dot = strchr(name, '.');
    memcpy(tools, dash + 1, (size_t)(dot - dash - 1));
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state) {
    unlink(path_of(*state, pack_name(*state, PACK_X64)));
    arena_reset(*state);
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pack_of_a_known_wine_is_good),
        cmocka_unit_test(an_unknown_wine_is_no_fault),
        cmocka_unit_test(a_broken_pack_is_said_to_be_so),
        cmocka_unit_test(another_version_of_coax_is_said_plainly),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
