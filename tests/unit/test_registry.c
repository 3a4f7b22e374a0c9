#include "base/buf.h"
#include "base/text.h"
#include "guest/ntstatus.h"
#include "guest/registry.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { THEN = 1000, NOW = 2000 };

/* ---- records as docs/pack.md describes them ---- */

static void record(Buf *b, uint8_t kind, const char *name, uint32_t type, Span data) {
    buf_le(b, kind, 1);
    buf_le(b, 0, 1);
    buf_le(b, strlen(name), 2);
    buf_le(b, type, 4);
    buf_le(b, data.n, 4);
    buf_str(b, name);
    buf_add(b, data);
}

static void key(Buf *b, const char *path) {
    record(b, 1, path, 0, (Span){0});
}

static void dword(Buf *b, const char *name, uint8_t value) {
    uint8_t data[4] = {value};
    record(b, 2, name, REG_DWORD, span(data, 4));
}

static void link_to(Buf *b, const char *target) {
    Arena a = arena_new(1 << 12);
    record(b, 2, "SymbolicLinkValue", REG_LINK, text_to_utf16(&a, span_str(target)));
    arena_reset(&a);
}

#define SOFTWARE "\\Registry\\Machine\\Software"

/* Sorted as the pack's writer sorts: Foo.1 lies between Foo and Foo\Bar. */
static Buf records(void) {
    Buf b = buf_new(1 << 16);
    key(&b, "\\Registry");
    key(&b, "\\Registry\\Machine");
    key(&b, SOFTWARE);
    key(&b, SOFTWARE "\\Classes");
    key(&b, SOFTWARE "\\Classes\\Foo");
    dword(&b, "", 1);
    dword(&b, "Zeta", 2);
    dword(&b, "alpha", 3);
    key(&b, SOFTWARE "\\Classes\\Foo.1");
    key(&b, SOFTWARE "\\Classes\\Foo\\Bar");
    dword(&b, "Deep", 4);
    key(&b, SOFTWARE "\\Classes\\Interface");
    dword(&b, "Bits", 64);
    key(&b, SOFTWARE "\\Classes\\Wow6432Node");
    key(&b, SOFTWARE "\\Classes\\Wow6432Node\\Interface");
    dword(&b, "Bits", 32);
    key(&b, SOFTWARE "\\Vendor");
    dword(&b, "Bits", 64);
    key(&b, SOFTWARE "\\Common");
    dword(&b, "Bits", 0);
    key(&b, SOFTWARE "\\Wow6432Node");
    key(&b, SOFTWARE "\\Wow6432Node\\Classes");
    link_to(&b, SOFTWARE "\\Classes\\Wow6432Node");
    key(&b, SOFTWARE "\\Wow6432Node\\Common");
    link_to(&b, SOFTWARE "\\Common");
    key(&b, SOFTWARE "\\Wow6432Node\\Vendor");
    dword(&b, "Bits", 32);
    key(&b, "\\Registry\\Machine\\System");
    key(&b, "\\Registry\\Machine\\System\\Current");
    link_to(&b, "\\Registry\\Machine\\System\\Set001");
    key(&b, "\\Registry\\User");
    return b;
}

typedef struct {
    Buf records;
    Registry *registry;
    Arena arena;
} Fixture;

static int set_up(void **state) {
    Fixture *f = calloc(1, sizeof *f);
    f->records = records();
    f->registry = registry_new(THEN);
    f->arena = arena_new(1 << 20);
    registry_graft(f->registry, buf_span(&f->records), "\\Registry\\Machine", "MACHINE");
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    Fixture *f = *state;
    registry_free(f->registry);
    buf_free(&f->records);
    arena_reset(&f->arena);
    free(f);
    return 0;
}

static RegKey *find(Fixture *f, const char *path, unsigned flags) {
    RegKey *k;
    return registry_find(f->registry, NULL, path, flags, &k) ? NULL : k;
}

static int number(Fixture *f, RegKey *k, const char *name) {
    const RegValue *v = k ? registry_value(f->registry, k, name) : NULL;
    return v && v->data.n == 4 ? v->data.p[0] : -1;
}

static void assert_path(Fixture *f, const RegKey *k, const char *want) {
    assert_non_null(k);
    assert_string_equal(registry_path(&f->arena, k), want);
}

/* ---- tests ---- */

static void test_reads_records(void **state) {
    Fixture *f = *state;
    RegKey *foo = find(f, "\\registry\\MACHINE\\software\\classes\\FOO", 0);
    assert_path(f, foo, "\\REGISTRY\\MACHINE\\Software\\Classes\\Foo");
    assert_int_equal(foo->written, THEN);
    assert_int_equal(number(f, foo, ""), 1);
    assert_int_equal(number(f, foo, "ALPHA"), 3);
    assert_int_equal(number(f, foo, "beta"), -1);
    assert_int_equal(number(f, find(f, SOFTWARE "\\Classes\\Foo\\Bar", 0), "Deep"), 4);
    assert_null(find(f, SOFTWARE "\\Classes\\Foo\\Baz", 0));
    assert_null(find(f, "\\Registry\\User", 0));
}

static void test_enumerates_in_order(void **state) {
    Fixture *f = *state;
    static const char *const keys[] = {"Foo", "Foo.1", "Interface", "Wow6432Node"};
    RegKey *classes = find(f, SOFTWARE "\\Classes", 0);
    assert_int_equal(registry_key_count(f->registry, classes), 4);
    for (uint32_t i = 0; i < 4; i++)
        assert_string_equal(registry_key_at(f->registry, classes, i)->name, keys[i]);
    assert_null(registry_key_at(f->registry, classes, 4));
    static const char *const values[] = {"", "alpha", "Zeta"};
    RegKey *foo = registry_key_at(f->registry, classes, 0);
    assert_int_equal(registry_value_count(f->registry, foo), 3);
    for (uint32_t i = 0; i < 3; i++)
        assert_string_equal(registry_value_at(f->registry, foo, i)->name, values[i]);
    assert_null(registry_value_at(f->registry, foo, 3));
}

static void test_follows_links(void **state) {
    Fixture *f = *state;
    RegKey *k;
    bool created;
    /* A link to nothing: looking there fails, creating makes the target. */
    assert_null(find(f, "\\Registry\\Machine\\System\\Current", 0));
    assert_non_null(find(f, "\\Registry\\Machine\\System\\Current", REG_OPEN_LINK));
    assert_int_equal(registry_create(f->registry, NULL, "\\Registry\\Machine\\System\\Current", 0,
                                     NOW, &k, &created),
                     STATUS_SUCCESS);
    assert_true(created);
    assert_path(f, k, "\\REGISTRY\\MACHINE\\System\\Set001");
    registry_make(f->registry, "\\Registry\\Machine\\System\\Current\\Control\\Lsa");
    assert_non_null(find(f, "\\Registry\\Machine\\System\\Set001\\Control\\Lsa", 0));
}

static void test_refuses_a_circle_of_links(void **state) {
    Fixture *f = *state;
    RegKey *k;
    bool created;
    Span self = text_to_utf16(&f->arena, span_str(SOFTWARE "\\Loop"));
    registry_create(f->registry, NULL, SOFTWARE "\\Loop", REG_CREATE_LINK, NOW, &k, &created);
    assert_int_equal(registry_set(f->registry, k, "Other", REG_DWORD, self, NOW),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(registry_set(f->registry, k, "SymbolicLinkValue", REG_LINK, self, NOW),
                     STATUS_SUCCESS);
    assert_int_equal(registry_find(f->registry, NULL, SOFTWARE "\\Loop\\More", 0, &k),
                     STATUS_OBJECT_NAME_NOT_FOUND);
}

static void test_shows_32_bit_programs_their_view(void **state) {
    Fixture *f = *state;
    assert_int_equal(number(f, find(f, SOFTWARE "\\Vendor", 0), "Bits"), 64);
    assert_int_equal(number(f, find(f, SOFTWARE "\\Vendor", REG_VIEW_32), "Bits"), 32);
    /* Behind a link, and by its real name. */
    assert_int_equal(number(f, find(f, SOFTWARE "\\Common", REG_VIEW_32), "Bits"), 0);
    assert_int_equal(number(f, find(f, SOFTWARE "\\Wow6432Node\\Vendor", REG_VIEW_32), "Bits"), 32);
    assert_path(f, find(f, SOFTWARE, REG_VIEW_32), "\\REGISTRY\\MACHINE\\Software\\Wow6432Node");
    RegKey *k;
    bool created;
    registry_create(f->registry, NULL, SOFTWARE "\\New", REG_VIEW_32, NOW, &k, &created);
    assert_path(f, k, "\\REGISTRY\\MACHINE\\Software\\Wow6432Node\\New");
}

static void test_shares_classes_between_views(void **state) {
    Fixture *f = *state;
    RegKey *classes = find(f, SOFTWARE "\\Classes", REG_VIEW_32), *k;
    bool created;
    assert_path(f, classes, "\\REGISTRY\\MACHINE\\Software\\Classes");
    assert_int_equal(number(f, find(f, SOFTWARE "\\Classes\\Interface", REG_VIEW_32), "Bits"), 32);
    assert_int_equal(number(f, find(f, SOFTWARE "\\Classes\\Foo", REG_VIEW_32), ""), 1);
    /* From a handle, as RegOpenKey does. */
    registry_find(f->registry, classes, "Interface", REG_VIEW_32, &k);
    assert_int_equal(number(f, k, "Bits"), 32);
    registry_find(f->registry, classes, "Interface", 0, &k);
    assert_int_equal(number(f, k, "Bits"), 64);
    registry_create(f->registry, classes, "New", REG_VIEW_32, NOW, &k, &created);
    assert_path(f, k, "\\REGISTRY\\MACHINE\\Software\\Classes\\New");
}

static void test_keeps_a_handles_view(void **state) {
    Fixture *f = *state;
    RegKey *software = find(f, SOFTWARE, 0), *k;
    registry_find(f->registry, software, "Vendor", REG_VIEW_32, &k);
    assert_int_equal(number(f, k, "Bits"), 64);
    registry_find(f->registry, software, "Vendor", REG_VIEW_32 | REG_FORCE_32, &k);
    assert_int_equal(number(f, k, "Bits"), 32);
}

static void test_creates_one_key_at_a_time(void **state) {
    Fixture *f = *state;
    RegKey *k, *again;
    bool created;
    assert_int_equal(registry_create(f->registry, NULL, SOFTWARE "\\A\\B", 0, NOW, &k, &created),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(registry_create(f->registry, NULL, SOFTWARE "\\A", 0, NOW, &k, &created),
                     STATUS_SUCCESS);
    assert_true(created);
    assert_int_equal(k->written, NOW);
    assert_int_equal(find(f, SOFTWARE, 0)->written, NOW);
    assert_int_equal(registry_create(f->registry, k, "b\\", 0, NOW, &k, &created), STATUS_SUCCESS);
    assert_int_equal(
        registry_create(f->registry, NULL, SOFTWARE "\\a\\B", 0, NOW, &again, &created),
        STATUS_SUCCESS);
    assert_false(created);
    assert_ptr_equal(k, again);
    assert_int_equal(registry_find(f->registry, k, "\\x", 0, &k), STATUS_OBJECT_PATH_SYNTAX_BAD);
    char name[300];
    memset(name, 'n', 256);
    name[256] = 0;
    assert_int_equal(registry_create(f->registry, again, name, 0, NOW, &k, &created),
                     STATUS_INVALID_PARAMETER);
    name[255] = 0;
    assert_int_equal(registry_create(f->registry, again, name, 0, NOW, &k, &created),
                     STATUS_SUCCESS);
}

static void test_keeps_volatile_below_volatile(void **state) {
    Fixture *f = *state;
    RegKey *k, *child;
    bool created;
    registry_create(f->registry, NULL, SOFTWARE "\\V", REG_VOLATILE, NOW, &k, &created);
    assert_true(k->in_memory);
    assert_int_equal(registry_create(f->registry, k, "C", 0, NOW, &child, &created),
                     STATUS_CHILD_MUST_BE_VOLATILE);
    assert_int_equal(registry_create(f->registry, k, "C", REG_VOLATILE, NOW, &child, &created),
                     STATUS_SUCCESS);
}

static void test_sets_and_unsets_values(void **state) {
    Fixture *f = *state;
    RegKey *foo = find(f, SOFTWARE "\\Classes\\Foo", 0);
    uint8_t five[4] = {5};
    assert_int_equal(registry_set(f->registry, foo, "ZETA", REG_DWORD, span(five, 4), NOW), 0);
    assert_int_equal(number(f, foo, "zeta"), 5);
    assert_string_equal(registry_value(f->registry, foo, "zeta")->name, "Zeta");
    assert_int_equal(foo->written, NOW);
    assert_int_equal(registry_set(f->registry, foo, "beta", REG_BINARY, (Span){0}, NOW), 0);
    assert_string_equal(registry_value_at(f->registry, foo, 2)->name, "beta");
    assert_int_equal(registry_unset(f->registry, foo, "Alpha", NOW), 0);
    assert_int_equal(registry_unset(f->registry, foo, "Alpha", NOW), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(registry_value_count(f->registry, foo), 3);
}

static void test_deletes_keys(void **state) {
    Fixture *f = *state;
    RegKey *foo = find(f, SOFTWARE "\\Classes\\Foo", 0), *k;
    registry_hold(foo);
    assert_int_equal(registry_delete(f->registry, foo, false, NOW), STATUS_CANNOT_DELETE);
    assert_int_equal(registry_delete(f->registry, foo, true, NOW), STATUS_SUCCESS);
    assert_true(foo->deleted);
    assert_null(find(f, SOFTWARE "\\Classes\\Foo", 0));
    assert_int_equal(registry_find(f->registry, foo, "Bar", 0, &k), STATUS_KEY_DELETED);
    registry_drop(f->registry, foo);
    assert_int_equal(registry_delete(f->registry, registry_root(f->registry), false, NOW),
                     STATUS_ACCESS_DENIED);
}

static void test_renames_keys(void **state) {
    Fixture *f = *state;
    RegKey *foo = find(f, SOFTWARE "\\Classes\\Foo", 0);
    assert_int_equal(registry_rename(f->registry, foo, "Interface", NOW), STATUS_CANNOT_DELETE);
    assert_int_equal(registry_rename(f->registry, foo, "a\\b", NOW), STATUS_INVALID_PARAMETER);
    assert_int_equal(registry_rename(f->registry, foo, "Zoo", NOW), STATUS_SUCCESS);
    assert_null(find(f, SOFTWARE "\\Classes\\Foo", 0));
    assert_int_equal(number(f, find(f, SOFTWARE "\\Classes\\Zoo\\Bar", 0), "Deep"), 4);
    RegKey *classes = find(f, SOFTWARE "\\Classes", 0);
    assert_ptr_equal(registry_key_at(f->registry, classes, 3), foo);
}

typedef struct {
    RegWatch watch;
    int changes, deletions;
} Observer;

static void count_change(RegWatch *w, bool deleted) {
    Observer *o = (Observer *)w;
    o->changes++;
    o->deletions += deleted;
}

static void test_tells_watches(void **state) {
    Fixture *f = *state;
    RegKey *classes = find(f, SOFTWARE "\\Classes", 0), *foo, *k;
    bool created;
    registry_find(f->registry, classes, "Foo", 0, &foo);
    Observer names = {{.key = classes, .filter = REG_CHANGE_NAME, .changed = count_change}, 0, 0};
    Observer values = {{.key = classes, .filter = REG_CHANGE_VALUE, .changed = count_change}, 0, 0};
    Observer own = {{.key = foo, .filter = REG_CHANGE_VALUE, .changed = count_change}, 0, 0};
    values.watch.subtree = true;
    registry_watch(f->registry, &names.watch);
    registry_watch(f->registry, &values.watch);
    registry_watch(f->registry, &own.watch);
    registry_create(f->registry, foo, "X", 0, NOW, &k, &created);
    assert_int_equal(names.changes + values.changes + own.changes, 0);
    registry_set(f->registry, k, "v", REG_BINARY, (Span){0}, NOW);
    assert_int_equal(values.changes, 1);
    assert_int_equal(names.changes + own.changes, 0);
    registry_set(f->registry, k, "w", REG_BINARY, (Span){0}, NOW);
    assert_int_equal(values.changes, 1);
    registry_delete(f->registry, foo, true, NOW);
    assert_int_equal(own.deletions, 1);
    assert_int_equal(names.changes, 1);
    registry_watch(f->registry, &names.watch);
    registry_unwatch(f->registry, &names.watch);
    registry_create(f->registry, classes, "Y", 0, NOW, &k, &created);
    assert_int_equal(names.changes, 1);
}

static void test_lays_packs_over_each_other(void **state) {
    Fixture *f = *state;
    Buf b = buf_new(1 << 12);
    key(&b, SOFTWARE);
    key(&b, SOFTWARE "\\Vendor");
    dword(&b, "Bits", 99);
    dword(&b, "More", 1);
    key(&b, SOFTWARE "\\Classes\\CLSID");
    key(&b, SOFTWARE "\\Classes\\CLSID\\{1}");
    dword(&b, "Here", 7);
    Span more = buf_span(&b);
    registry_graft(f->registry, more, SOFTWARE, "MACHINE\\Software\\Wow6432Node");
    registry_graft(f->registry, more, SOFTWARE "\\Classes\\CLSID",
                   "MACHINE\\Software\\Classes\\Wow6432Node\\CLSID");
    RegKey *vendor = find(f, SOFTWARE "\\Vendor", REG_VIEW_32);
    assert_int_equal(number(f, vendor, "Bits"), 32);
    assert_int_equal(number(f, vendor, "More"), 1);
    assert_int_equal(number(f, find(f, SOFTWARE "\\Classes\\CLSID\\{1}", REG_VIEW_32), "Here"), 7);
    assert_null(find(f, SOFTWARE "\\Classes\\CLSID\\{1}", 0));
    /* What the first pack made a link stays one. */
    RegKey *classes = find(f, SOFTWARE "\\Wow6432Node\\Classes", REG_OPEN_LINK);
    assert_true(classes->link);
    assert_int_equal(registry_key_count(f->registry, classes), 0);
    registry_free(f->registry);
    f->registry = registry_new(THEN);
    buf_free(&b);
}

/* Reads everything below a key. */
static unsigned visit(Registry *r, RegKey *k) {
    unsigned n = registry_value_count(r, k) + 1;
    for (uint32_t i = 0; i < registry_key_count(r, k); i++) n += visit(r, registry_key_at(r, k, i));
    return n;
}

static void test_survives_every_prefix(void **state) {
    Fixture *f = *state;
    Span all = buf_span(&f->records);
    unsigned most = 0;
    for (size_t n = 0; n <= all.n; n++) {
        uint8_t *copy = malloc(n + (n == 0));
        memcpy(copy, all.p, n);
        Registry *r = registry_new(THEN);
        registry_graft(r, span(copy, n), "\\Registry\\Machine", "MACHINE");
        unsigned seen = visit(r, registry_root(r));
        assert_true(seen >= most);
        most = seen;
        registry_free(r);
        free(copy);
    }
    assert_int_equal(most, 1 + 17 + 12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_reads_records),
        TEST(test_enumerates_in_order),
        TEST(test_follows_links),
        TEST(test_refuses_a_circle_of_links),
        TEST(test_shows_32_bit_programs_their_view),
        TEST(test_shares_classes_between_views),
        TEST(test_keeps_a_handles_view),
        TEST(test_creates_one_key_at_a_time),
        TEST(test_keeps_volatile_below_volatile),
        TEST(test_sets_and_unsets_values),
        TEST(test_deletes_keys),
        TEST(test_renames_keys),
        TEST(test_tells_watches),
        TEST(test_lays_packs_over_each_other),
        TEST(test_survives_every_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
