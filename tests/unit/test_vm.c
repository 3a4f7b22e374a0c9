#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "bench_cpu.h"
#include <cmocka.h>

static Bench b;

static int open_bench(void **state) {
    (void)state;
    return bench_open(&b) ? 0 : -1;
}

static int close_bench(void **state) {
    (void)state;
    bench_close(&b);
    return 0;
}

static uint32_t allocate(uint64_t *base, uint64_t size, uint32_t how, uint32_t protect) {
    return vm_allocate(b.vm, base, &size, how, protect, false, 0);
}

static VmInfo query(uint64_t at) {
    VmInfo i = {0};
    assert_int_equal(vm_query(b.vm, at, &i), STATUS_SUCCESS);
    return i;
}

static void reserves_commits_and_frees(void **state) {
    (void)state;
    uint64_t base = 0x200000, at = 0x203000, size = PAGE_SIZE;
    assert_int_equal(allocate(&base, 0x10000, VM_RESERVE, VM_READWRITE), STATUS_SUCCESS);
    assert_int_equal(query(base).state, VM_RESERVE);
    assert_int_equal(query(base).size, 0x10000);
    assert_false(vm_write(b.vm, base, "x", 1));
    assert_int_equal(allocate(&at, 1, VM_COMMIT, VM_READONLY), STATUS_SUCCESS);
    VmInfo i = query(0x203fff);
    assert_int_equal(i.base, 0x203000);
    assert_int_equal(i.allocation_base, base);
    assert_int_equal(i.size, PAGE_SIZE);
    assert_int_equal(i.state, VM_COMMIT);
    assert_int_equal(i.protect, VM_READONLY);
    assert_int_equal(i.allocation_protect, VM_READWRITE);
    assert_int_equal(vm_committed(b.vm), 1);
    assert_int_equal(vm_decommit(b.vm, &at, &size), STATUS_SUCCESS);
    assert_int_equal(vm_committed(b.vm), 0);
    size = 0;
    assert_int_equal(vm_release(b.vm, &base, &size), STATUS_SUCCESS);
    assert_int_equal(query(0x200000).state, VM_FREE);
}

static void refuses_what_windows_refuses(void **state) {
    (void)state;
    uint64_t base = 0x300000, inside = 0x301000, size = PAGE_SIZE, elsewhere = 0x900000;
    uint32_t old;
    assert_int_equal(allocate(&base, 0x10000, VM_RESERVE, 0), STATUS_INVALID_PAGE_PROTECTION);
    assert_int_equal(allocate(&base, 0x10000, VM_RESERVE, VM_READONLY | VM_READWRITE),
                     STATUS_INVALID_PAGE_PROTECTION);
    assert_int_equal(allocate(&base, 0x10000, VM_RESERVE, VM_READWRITE), STATUS_SUCCESS);
    assert_int_equal(allocate(&inside, 0x1000, VM_RESERVE, VM_READWRITE),
                     STATUS_CONFLICTING_ADDRESSES);
    assert_int_equal(allocate(&elsewhere, 0x1000, VM_COMMIT, VM_READWRITE),
                     STATUS_CONFLICTING_ADDRESSES);
    assert_int_equal(vm_protect(b.vm, &inside, &size, VM_READONLY, &old), STATUS_NOT_COMMITTED);
    inside = 0x301000;
    size = 0;
    assert_int_equal(vm_release(b.vm, &inside, &size), STATUS_FREE_VM_NOT_AT_BASE);
    assert_int_equal(vm_unmap(b.vm, base), STATUS_NOT_MAPPED_VIEW);
}

static void allocations_do_not_overlap(void **state) {
    (void)state;
    uint64_t bases[50];
    for (size_t i = 0; i < 50; i++) {
        bases[i] = 0;
        assert_int_equal(allocate(&bases[i], 0x10000 * (i % 3 + 1), VM_RESERVE, VM_READWRITE),
                         STATUS_SUCCESS);
        assert_int_equal(bases[i] % VM_GRANULARITY, 0);
    }
    for (size_t i = 0; i + 1 < vm_region_count(b.vm); i++) {
        const VmRegion *r = vm_region_at(b.vm, i), *next = vm_region_at(b.vm, i + 1);
        assert_true(r->base + r->size <= next->base);
    }
    uint64_t hole = bases[20], size = 0, again = 0;
    assert_int_equal(vm_release(b.vm, &hole, &size), STATUS_SUCCESS);
    assert_int_equal(allocate(&again, 0x1000, VM_RESERVE, VM_READWRITE), STATUS_SUCCESS);
    assert_int_equal(again, bases[20]);
}

static void a_limit_on_addresses_holds(void **state) {
    (void)state;
    uint64_t base = 0, size = 0x10000;
    assert_int_equal(vm_allocate(b.vm, &base, &size, VM_RESERVE, VM_READWRITE, false, 0x80000000),
                     STATUS_SUCCESS);
    assert_true(base + size <= 0x80000000);
    base = 0;
    assert_int_equal(vm_allocate(b.vm, &base, &size, VM_RESERVE, VM_READWRITE, true, 0),
                     STATUS_SUCCESS);
    assert_true(base > UINT64_C(0x7fff00000000));
}

static void a_guard_is_seen_once(void **state) {
    (void)state;
    uint64_t base = 0x400000;
    CpuPage page;
    assert_int_equal(allocate(&base, PAGE_SIZE, VM_RESERVE | VM_COMMIT, VM_READWRITE | VM_GUARD),
                     STATUS_SUCCESS);
    assert_int_equal(query(base).protect, VM_READWRITE | VM_GUARD);
    assert_int_equal(vm_translate(b.vm, base, ACCESS_READ, &page), TRANSLATE_FAULT);
    assert_int_equal(vm_fault(b.vm, base, ACCESS_READ), STATUS_GUARD_PAGE_VIOLATION);
    assert_int_equal(query(base).protect, VM_READWRITE);
    assert_int_equal(vm_translate(b.vm, base, ACCESS_READ, &page), TRANSLATE_OK);
    assert_int_equal(vm_fault(b.vm, 0x666000, ACCESS_READ), STATUS_ACCESS_VIOLATION);
}

static void views_share_until_they_copy(void **state) {
    (void)state;
    Section *s = section_new(&b.ram, 2 * PAGE_SIZE);
    uint64_t one = 0, two = 0, copy = 0, size = 0;
    char seen[6] = {0};
    assert_non_null(s);
    assert_int_equal(vm_map(b.vm, s, &one, 0, &size, VM_READWRITE, 0), STATUS_SUCCESS);
    assert_int_equal(size, 2 * PAGE_SIZE);
    size = 0;
    assert_int_equal(vm_map(b.vm, s, &two, 0, &size, VM_READWRITE, 0), STATUS_SUCCESS);
    size = 0;
    assert_int_equal(vm_map(b.vm, s, &copy, 0, &size, VM_WRITECOPY, 0), STATUS_SUCCESS);
    section_drop(s);
    assert_true(vm_write(b.vm, one + 4094, "hello", 5)); /* over the page's end */
    assert_true(vm_read(b.vm, two + 4094, seen, 5));
    assert_string_equal(seen, "hello");
    assert_true(vm_write(b.vm, copy + 4094, "H", 1));
    assert_int_equal(query(copy).protect, VM_READWRITE);
    assert_int_equal(query(copy + PAGE_SIZE).protect, VM_WRITECOPY);
    assert_true(vm_read(b.vm, two + 4094, seen, 5));
    assert_string_equal(seen, "hello");
    assert_true(vm_read(b.vm, copy + 4094, seen, 5));
    assert_string_equal(seen, "Hello");
    assert_int_equal(vm_unmap(b.vm, one), STATUS_SUCCESS);
    assert_int_equal(vm_unmap(b.vm, two), STATUS_SUCCESS);
    assert_int_equal(vm_unmap(b.vm, copy), STATUS_SUCCESS);
}

static void all_frames_come_back(void **state) {
    (void)state;
    uint32_t before = b.ram.used;
    uint64_t base = 0x500000, size = 0;
    assert_int_equal(allocate(&base, 64 * PAGE_SIZE, VM_RESERVE | VM_COMMIT, VM_READWRITE),
                     STATUS_SUCCESS);
    for (uint64_t i = 0; i < 64; i++) assert_true(vm_write(b.vm, base + i * PAGE_SIZE, "x", 1));
    assert_int_equal(b.ram.used, before + 64);
    assert_int_equal(vm_release(b.vm, &base, &size), STATUS_SUCCESS);
    assert_int_equal(b.ram.used, before);
}

static void regions_end_somewhere(void **state) {
    (void)state;
    uint32_t status;
    do {
        uint64_t base = 0;
        status = allocate(&base, 1, VM_RESERVE, VM_READWRITE);
    } while (status == STATUS_SUCCESS);
    assert_int_equal(status, STATUS_NO_MEMORY);
    assert_true(vm_region_count(b.vm) <= 1 << 16);
}

static void the_commit_limit_holds(void **state) {
    (void)state;
    uint64_t base = 0;
    assert_int_equal(allocate(&base, UINT64_C(1) << 30, VM_RESERVE | VM_COMMIT, VM_READWRITE),
                     STATUS_NO_MEMORY);
    assert_int_equal(vm_region_count(b.vm), 0);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_bench, close_bench)
    const struct CMUnitTest tests[] = {
        TEST(reserves_commits_and_frees), TEST(refuses_what_windows_refuses),
        TEST(allocations_do_not_overlap), TEST(a_limit_on_addresses_holds),
        TEST(a_guard_is_seen_once),       TEST(views_share_until_they_copy),
        TEST(all_frames_come_back),       TEST(the_commit_limit_holds),
        TEST(regions_end_somewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
