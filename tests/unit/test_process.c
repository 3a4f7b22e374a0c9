/* Processes: what they begin with, what they inherit, how they end. */
#include "tests/support/tinyguest.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const ObjectType thing = {.name = "Thing"};

static void it_has_its_image_ntdll_and_peb(void **state) {
    enum { IMAGE64 = 0x10, IMAGE32 = 8 };
    TinyGuest *g = *state;
    Process *p = g->process;
    uint64_t base = 0, peb = p->wow64 ? p->peb32 : p->peb;
    assert_true(guest_get_pointer(p, peb + (p->wow64 ? IMAGE32 : IMAGE64), &base));
    assert_int_equal(base, p->image_base);
    assert_int_equal(vm_region(p->vm, p->image_base)->type, VM_IMAGE);
    const Module *ntdll = process_module(p, p->entry_exception);
    assert_string_equal(ntdll->name, "ntdll.dll");
    assert_string_equal(ntdll->path, "C:\\windows\\system32\\ntdll.dll");
    assert_int_equal(p->entry_initialize, tinyguest_export(p, "LdrInitializeThunk"));
    assert_int_equal(p->parent_id, g->machine.first_parent);
}

static void places_are_told_by_module(void **state) {
    TinyGuest *g = *state;
    Arena *a = &g->arena;
    uint64_t base = process_module(g->process, g->process->entry_exception)->base;
    assert_string_equal(process_site(g->process, a, base + 0x1234), "ntdll.dll+0x1234");
    assert_string_equal(process_site(g->process, a, 0x10), "0x10");
    assert_null(process_module(g->process, 0x10));
}

static void handles_that_may_be_are_inherited(void **state) {
    TinyGuest *g = *state;
    Object *o = object_new(&g->machine, &thing, sizeof *o), *out;
    uint32_t own = handle_new(g->process, o, 1, false), both = handle_new(g->process, o, 1, true);
    Process *heir = tinyguest_process(g, g->process, true),
            *stranger = tinyguest_process(g, g->process, false);
    assert_int_equal(handle_object(heir, both, &thing, &out), STATUS_SUCCESS);
    assert_ptr_equal(out, o);
    assert_null(handle_entry(heir, own));
    assert_null(handle_entry(stranger, both));
    assert_int_equal(heir->parent_id, g->process->id);
    assert_int_equal(o->handles, 3);
    process_terminate(heir, 0);
    assert_int_equal(o->handles, 2);
    object_drop(o);
}

static void its_memory_is_its_own(void **state) {
    TinyGuest *g = *state;
    Process *other = tinyguest_process(g, g->process, false);
    uint64_t at = tinyguest_place(g->process, "here", 4);
    uint32_t v;
    assert_true(guest_get_u32(g->process, at, &v));
    assert_true(!guest_get_u32(other, at, &v) || v == 0);
    assert_int_equal(other->entry_exception, g->process->entry_exception); /* a DLL is shared */
}

static void the_first_ones_end_is_told_when_the_last_one_went(void **state) {
    TinyGuest *g = *state;
    Process *child = tinyguest_process(g, g->process, false);
    process_terminate(g->process, 3);
    assert_true(process_type.signaled(&g->process->object, NULL));
    assert_null(g->process->vm);
    assert_null(g->machine.ended);
    assert_null(process_by_id(&g->machine, g->process->id));
    assert_ptr_equal(process_by_id(&g->machine, child->id), child);
    process_terminate(child, 4);
    assert_string_equal(g->machine.ended, "exit 3");
    process_terminate(child, 5); /* once */
    assert_int_equal(child->exit_code, 4);
}

static void the_budget_counts_them(void **state) {
    TinyGuest *g = *state;
    Process *p;
    ProcessOptions o = {.image = g->image, .image_path = "C:\\x", .directory = "C:\\"};
    g->config.budget.processes = 1;
    assert_int_equal(process_create(&g->machine, &o, &p), STATUS_INSUFFICIENT_RESOURCES);
    assert_string_equal(g->machine.ended, "budget: processes");
}

static void its_frames_come_back(void **state) {
    TinyGuest *g = *state;
    Process *first = tinyguest_process(g, g->process, false);
    process_terminate(first, 0); /* what both share is there now */
    uint32_t used = g->machine.ram.used;
    Process *second = tinyguest_process(g, g->process, false);
    tinyguest_place(second, "x", 1);
    assert_true(g->machine.ram.used > used);
    process_terminate(second, 0);
    assert_int_equal(g->machine.ram.used, used);
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
        cmocka_unit_test_setup_teardown(it_has_its_image_ntdll_and_peb, open64, shut),
        cmocka_unit_test_setup_teardown(it_has_its_image_ntdll_and_peb, open32, shut),
        cmocka_unit_test_setup_teardown(places_are_told_by_module, open64, shut),
        cmocka_unit_test_setup_teardown(places_are_told_by_module, open32, shut),
        cmocka_unit_test_setup_teardown(handles_that_may_be_are_inherited, open64, shut),
        cmocka_unit_test_setup_teardown(its_memory_is_its_own, open64, shut),
        cmocka_unit_test_setup_teardown(the_first_ones_end_is_told_when_the_last_one_went, open64,
                                        shut),
        cmocka_unit_test_setup_teardown(the_budget_counts_them, open64, shut),
        cmocka_unit_test_setup_teardown(its_frames_come_back, open64, shut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
