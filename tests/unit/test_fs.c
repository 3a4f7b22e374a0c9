#include "base/buf.h"
#include "guest/file.h"
#include "guest/fs.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const persona =
    "drive:\n"
    "  'C:': {type: fixed, free: 1GiB, label: System}\n"
    "  'D:': {type: cdrom}\n"
    "file:\n"
    "  'C:\\Users\\ann\\notes.txt': {content: hello, attributes: readonly hidden,\n"
    "      modified: 2020-01-02T00:00:00Z}\n"
    "  'C:\\Users\\ann\\Long File Name.text': {content: x}\n"
    "  'C:\\Users\\ann\\Long File Mane.text': {content: y}\n"
    "  'C:\\Users\\ann\\big.bin': {content: ab, size: 100000}\n"
    "  'C:\\Windows\\System32\\kernel32.dll': {attributes: readonly}\n"
    "  'D:\\setup.ini': {content: '[a]'}\n"
    "environment: {SystemRoot: 'C:\\Windows'}\n";

enum { BUDGET = 1 << 20 };

typedef struct {
    Arena arena;
    World *world;
    FileSystem *fs;
    uint64_t now;
    char told[1000];
} Fixture;

static uint64_t now(void *owner) {
    return ((Fixture *)owner)->now;
}

static void told(void *owner, Node *directory, const Name *name, FsAction action, uint32_t filter) {
    Fixture *f = owner;
    (void)directory;
    size_t n = strlen(f->told);
    snprintf(f->told + n, sizeof f->told - n, "%d %s %x;", action, name->text, filter);
}

static void edit(Fixture *f, const char *text) {
    WorldError error = {0};
    assert_int_equal(world_edit(f->world, text, NULL, &error), ST_OK);
}

static void open_fs(Fixture *f) {
    FsOptions o = {.world = f->world, .budget = BUDGET, .now = now, .changed = told, .owner = f};
    f->now = 132000000000000000;
    f->fs = fs_new(&o);
    assert_non_null(f->fs);
}

static int setup(void **state) {
    Fixture *f = calloc(1, sizeof *f);
    WorldError error = {0};
    f->arena = arena_new(16 << 20);
    Status s = world_read(&f->arena, span_str(persona), "test", &f->world, &error);
    if (s) fail_msg("%s at %u:%u", error.text, error.line, error.column);
    *state = f;
    return 0;
}

static int setup_open(void **state) {
    setup(state);
    open_fs(*state);
    return 0;
}

static int teardown(void **state) {
    Fixture *f = *state;
    fs_free(f->fs);
    arena_reset(&f->arena);
    free(f);
    return 0;
}

/* ---- small words for what programs do ---- */

static uint32_t walk(Fixture *f, const char *path, FsPath *out) {
    char *device = fs_device_path(f->fs, &f->arena, path);
    return device ? fs_walk(f->fs, device, false, out) : STATUS_OBJECT_NAME_NOT_FOUND;
}

static uint32_t open_how(Fixture *f, const char *path, const FsHow *how, FsHandle *h) {
    FsPath p;
    uint32_t information, status = walk(f, path, &p);
    return status ? status : fs_open_file(f->fs, &p, how, h, &information);
}

static uint32_t open_path(Fixture *f, const char *path, uint32_t access, uint32_t share,
                          uint32_t disposition, uint32_t options, FsHandle *h) {
    FsHow how = {access, share, disposition, options, 0};
    return open_how(f, path, &how, h);
}

static FsHandle create(Fixture *f, const char *path) {
    FsHandle h;
    assert_int_equal(open_path(f, path, FILE_WRITE_DATA | ACCESS_DELETE, 7, FILE_CREATE, 0, &h), 0);
    return h;
}

static bool exists(Fixture *f, const char *path) {
    FsPath p;
    return !walk(f, path, &p) && p.name;
}

static void expect(const Node *n, uint64_t at, const char *want) {
    uint8_t got[64];
    size_t size = fs_read(n, at, got, strlen(want));
    assert_int_equal(size, strlen(want));
    assert_memory_equal(got, want, size);
}

#define C   "\\??\\C:\\"
#define ANN C "Users\\ann\\"

/* ---- the tests ---- */

static void the_world_is_there(void **state) {
    Fixture *f = *state;
    Name *n = fs_find(f->fs, "c:\\USERS\\Ann\\NOTES.txt", false);
    assert_non_null(n);
    assert_string_equal(name_path(n, &f->arena), "C:\\Users\\ann\\notes.txt");
    assert_string_equal(name_device_path(n, &f->arena),
                        "\\Device\\HarddiskVolume3\\Users\\ann\\notes.txt");
    assert_string_equal(name_volume_path(n, &f->arena), "\\Users\\ann\\notes.txt");
    assert_int_equal(n->node->attributes, ATTRIBUTE_READONLY | ATTRIBUTE_HIDDEN);
    assert_int_equal(n->node->written, 132223968000000000);
    expect(n->node, 0, "hello");
    Name *root = fs_find(f->fs, "C:\\", false);
    assert_string_equal(name_path(root, &f->arena), "C:\\");
    assert_string_equal(name_device_path(root, &f->arena), "\\Device\\HarddiskVolume3\\");
    assert_string_equal(name_volume_path(root, &f->arena), "\\");
    assert_null(fs_find(f->fs, "E:\\a", false));
}

static void a_world_file_may_be_larger_than_its_content(void **state) {
    Fixture *f = *state;
    Name *n = fs_find(f->fs, "C:\\Users\\ann\\big.bin", false);
    assert_int_equal(n->node->size, 100000);
    expect(n->node, 0, "ab");
    uint8_t byte;
    assert_int_equal(fs_read(n->node, 99999, &byte, 1), 1);
    assert_int_equal(fs_read(n->node, 100000, &byte, 1), 0);
}

static void a_removed_file_is_not_there(void **state) {
    Fixture *f = *state;
    edit(f, "file:-C:\\Users\\ann\\notes.txt");
    edit(f, "directory:-C:\\Windows\\System32");
    open_fs(f);
    assert_false(exists(f, ANN "notes.txt"));
    assert_false(exists(f, C "Windows\\System32"));
    assert_true(exists(f, ANN "big.bin"));
}

static void paths_say_what_is_missing(void **state) {
    Fixture *f = *state;
    FsPath p;
    assert_int_equal(walk(f, ANN "nothing", &p), 0);
    assert_null(p.name);
    assert_int_equal(walk(f, ANN "nothing\\below", &p), STATUS_OBJECT_PATH_NOT_FOUND);
    assert_int_equal(walk(f, ANN "notes.txt\\below", &p), STATUS_OBJECT_PATH_NOT_FOUND);
    assert_int_equal(walk(f, ANN "no?tes.txt", &p), STATUS_OBJECT_NAME_INVALID);
    assert_int_equal(walk(f, ANN ".\\x", &p), STATUS_OBJECT_NAME_INVALID);
    assert_int_equal(walk(f, "\\??\\E:\\x", &p), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(walk(f, "\\??\\C:", &p), 0);
    assert_true(p.raw);
    assert_int_equal(walk(f, "\\SystemRoot\\system32", &p), 0);
    assert_non_null(p.name);
    assert_int_equal(walk(f, "\\??\\GLOBALROOT\\Device\\HarddiskVolume3\\Windows", &p), 0);
    assert_non_null(p.name);
    assert_string_equal(fs_device_path(f->fs, &f->arena, "\\??\\pipe\\x"),
                        "\\Device\\NamedPipe\\x");
    assert_string_equal(fs_device_path(f->fs, &f->arena, "\\??\\UNC\\s\\d\\x"),
                        "\\Device\\Mup\\s\\d\\x");
    assert_null(fs_device_path(f->fs, &f->arena, "C:\\Windows"));
}

static void wow64_sees_its_own_system32(void **state) {
    Fixture *f = *state;
    FsHandle h = create(f, C "Windows\\System32\\only64.dll");
    fs_put(f->fs, "C:\\Windows\\SysWOW64\\only32.dll", span_str("32"));
    fs_put(f->fs, "C:\\Windows\\System32\\drivers\\etc\\hosts", span_str("h"));
    assert_non_null(fs_find(f->fs, "C:\\windows\\system32\\only32.dll", true));
    assert_null(fs_find(f->fs, "C:\\windows\\system32\\only64.dll", true));
    assert_non_null(fs_find(f->fs, "C:\\windows\\sysnative\\only64.dll", true));
    assert_non_null(fs_find(f->fs, "C:\\windows\\system32\\drivers\\etc\\hosts", true));
    assert_null(fs_find(f->fs, "C:\\windows\\sysnative", false));
    fs_close_file(f->fs, &h);
}

static void short_names_count_in_order(void **state) {
    Fixture *f = *state;
    assert_string_equal(name_short(fs_find(f->fs, "C:\\Users\\ann\\Long File Name.text", false)),
                        "LONGFI~1.TEX");
    assert_string_equal(name_short(fs_find(f->fs, "C:\\Users\\ann\\Long File Mane.text", false)),
                        "LONGFI~2.TEX");
    assert_string_equal(name_short(fs_find(f->fs, "C:\\Users\\ann\\notes.txt", false)), "");
    assert_string_equal(name_short(fs_find(f->fs, "C:\\", false)), "");
    Name *n = fs_find(f->fs, "C:\\Users\\ann\\longfi~2.tex", false);
    assert_string_equal(n->text, "Long File Mane.text");
}

static void writing_lies_over_the_source(void **state) {
    Fixture *f = *state;
    FsHandle h;
    assert_int_equal(open_path(f, ANN "big.bin", FILE_WRITE_DATA, 0, FILE_OPEN, 0, &h), 0);
    assert_int_equal(fs_write(h.node, 1, span_str("XYZ")), 0);
    expect(h.node, 0, "aXYZ");
    assert_int_equal(fs_write(h.node, 4095, span_str("over")), 0);
    expect(h.node, 4095, "over");
    assert_int_equal(h.node->size, 100000);
    assert_true(h.node->guest);
    assert_int_equal(h.node->written, f->now);
    fs_close_file(f->fs, &h);
}

static void a_cut_file_grows_with_zeroes(void **state) {
    Fixture *f = *state;
    FsHandle h = create(f, ANN "new.bin");
    assert_int_equal(fs_write(h.node, 0, span_str("secret")), 0);
    assert_int_equal(fs_resize(h.node, 3), 0);
    assert_int_equal(fs_resize(h.node, 8), 0);
    uint8_t got[8];
    assert_int_equal(fs_read(h.node, 0, got, 8), 8);
    assert_memory_equal(got, "sec\0\0\0\0\0", 8);
    fs_close_file(f->fs, &h);
    Node *big = fs_find(f->fs, "C:\\Users\\ann\\big.bin", false)->node;
    fs_resize(big, 1);
    fs_resize(big, 3);
    fs_read(big, 0, got, 3);
    assert_memory_equal(got, "a\0\0", 3);
}

static void sparse_files_cost_little(void **state) {
    Fixture *f = *state;
    FsHandle h = create(f, ANN "sparse");
    assert_int_equal(fs_write(h.node, 500 << 20, span_str("end")), 0);
    assert_int_equal(h.node->size, (500 << 20) + 3);
    expect(h.node, 500 << 20, "end");
    assert_int_equal(fs_resize(h.node, (uint64_t)5 << 30), STATUS_DISK_FULL); /* 1 GiB is free */
    fs_close_file(f->fs, &h);
}

static void the_budget_ends_writing(void **state) {
    Fixture *f = *state;
    FsHandle h = create(f, ANN "full");
    uint8_t *bytes = calloc(1, BUDGET);
    assert_int_equal(fs_write(h.node, 0, span(bytes, BUDGET / 2)), 0);
    assert_false(fs_exhausted(f->fs));
    assert_int_equal(fs_write(h.node, 0, span(bytes, BUDGET / 2 + 1)), STATUS_DISK_FULL);
    assert_true(fs_exhausted(f->fs));
    free(bytes);
    fs_close_file(f->fs, &h);
}

static void sharing_is_checked_both_ways(void **state) {
    Fixture *f = *state;
    FsHandle reader, other;
    const char *path = ANN "big.bin";
    assert_int_equal(open_path(f, path, FILE_READ_DATA, FILE_SHARE_READ, FILE_OPEN, 0, &reader), 0);
    assert_int_equal(open_path(f, path, FILE_WRITE_DATA, 7, FILE_OPEN, 0, &other),
                     STATUS_SHARING_VIOLATION);
    assert_int_equal(open_path(f, path, ACCESS_DELETE, 7, FILE_OPEN, 0, &other),
                     STATUS_SHARING_VIOLATION);
    assert_int_equal(open_path(f, path, FILE_READ_DATA, 0, FILE_OPEN, 0, &other),
                     STATUS_SHARING_VIOLATION);
    assert_int_equal(open_path(f, path, FILE_READ_ATTRIBUTES, 0, FILE_OPEN, 0, &other), 0);
    fs_close_file(f->fs, &other);
    assert_int_equal(open_path(f, path, FILE_READ_DATA, FILE_SHARE_READ, FILE_OPEN, 0, &other), 0);
    fs_close_file(f->fs, &other);
    fs_close_file(f->fs, &reader);
    assert_int_equal(open_path(f, path, FILE_WRITE_DATA, 0, FILE_OPEN, 0, &other), 0);
    fs_close_file(f->fs, &other);
}

static void dispositions(void **state) {
    Fixture *f = *state;
    FsHandle h;
    FsHow hidden = {FILE_WRITE_DATA, 7, FILE_OVERWRITE_IF, 0, ATTRIBUTE_HIDDEN};
    assert_int_equal(open_path(f, ANN "new", FILE_READ_DATA, 7, FILE_OPEN, 0, &h),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(open_path(f, ANN "big.bin", FILE_READ_DATA, 7, FILE_CREATE, 0, &h),
                     STATUS_OBJECT_NAME_COLLISION);
    assert_int_equal(open_path(f, ANN "notes.txt", FILE_WRITE_DATA, 7, FILE_OPEN, 0, &h),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(open_path(f, ANN, FILE_READ_DATA, 7, FILE_OPEN, FILE_NON_DIRECTORY_FILE, &h),
                     STATUS_FILE_IS_A_DIRECTORY);
    assert_int_equal(
        open_path(f, ANN "big.bin", FILE_READ_DATA, 7, FILE_OPEN, FILE_DIRECTORY_FILE, &h),
        STATUS_NOT_A_DIRECTORY);
    assert_int_equal(open_path(f, ANN "big.bin\\", FILE_READ_DATA, 7, FILE_OPEN, 0, &h),
                     STATUS_OBJECT_NAME_INVALID);
    assert_int_equal(open_path(f, "\\??\\D:\\x", FILE_WRITE_DATA, 7, FILE_CREATE, 0, &h),
                     STATUS_MEDIA_WRITE_PROTECTED);
    assert_int_equal(open_how(f, ANN "big.bin", &hidden, &h), 0);
    assert_int_equal(h.node->size, 0);
    assert_int_equal(h.node->attributes, ATTRIBUTE_ARCHIVE | ATTRIBUTE_HIDDEN);
    fs_close_file(f->fs, &h);
    hidden.attributes = 0; /* would lose the attribute that it has */
    assert_int_equal(open_how(f, ANN "big.bin", &hidden, &h), STATUS_ACCESS_DENIED);
}

static void a_deleted_file_goes_with_its_last_handle(void **state) {
    Fixture *f = *state;
    FsHandle a = create(f, ANN "doomed"), b, c;
    assert_int_equal(open_path(f, ANN "doomed", FILE_READ_DATA, 7, FILE_OPEN, 0, &b), 0);
    assert_int_equal(fs_delete(f->fs, &a, true, false, false), 0);
    assert_int_equal(open_path(f, ANN "doomed", FILE_READ_DATA, 7, FILE_OPEN, 0, &c),
                     STATUS_DELETE_PENDING);
    assert_false(fs_close_file(f->fs, &a));
    assert_true(exists(f, ANN "doomed"));
    assert_true(fs_close_file(f->fs, &b));
    assert_false(exists(f, ANN "doomed"));
}

static void posix_deletion_frees_the_name(void **state) {
    Fixture *f = *state;
    FsHandle h = create(f, ANN "doomed");
    fs_write(h.node, 0, span_str("still here"));
    assert_int_equal(fs_delete(f->fs, &h, true, true, false), 0);
    assert_false(exists(f, ANN "doomed"));
    expect(h.node, 0, "still here");
    fs_close_file(f->fs, &h);
}

static void delete_on_close(void **state) {
    Fixture *f = *state;
    FsHandle h;
    assert_int_equal(open_path(f, ANN "t", FILE_WRITE_DATA | ACCESS_DELETE, 0, FILE_CREATE,
                               FILE_DELETE_ON_CLOSE, &h),
                     0);
    assert_true(fs_close_file(f->fs, &h));
    assert_false(exists(f, ANN "t"));
}

static void what_cannot_be_deleted(void **state) {
    Fixture *f = *state;
    FsHandle h;
    assert_int_equal(open_path(f, ANN "notes.txt", ACCESS_DELETE, 7, FILE_OPEN, 0, &h), 0);
    assert_int_equal(fs_delete(f->fs, &h, true, false, false), STATUS_CANNOT_DELETE);
    assert_int_equal(fs_delete(f->fs, &h, true, false, true), 0);
    fs_close_file(f->fs, &h);
    assert_int_equal(open_path(f, C "Users", ACCESS_DELETE, 7, FILE_OPEN, 0, &h), 0);
    assert_int_equal(fs_delete(f->fs, &h, true, false, false), STATUS_DIRECTORY_NOT_EMPTY);
    fs_close_file(f->fs, &h);
}

static uint32_t rename_to(Fixture *f, const char *from, const char *to, bool replace) {
    FsHandle h;
    FsPath p;
    assert_int_equal(open_path(f, from, ACCESS_DELETE, 7, FILE_OPEN, 0, &h), 0);
    uint32_t status = walk(f, to, &p);
    if (!status) status = fs_rename(f->fs, &h, &p, replace, false);
    fs_close_file(f->fs, &h);
    return status;
}

static void renaming(void **state) {
    Fixture *f = *state;
    assert_int_equal(rename_to(f, ANN "big.bin", C "Users\\moved.bin", false), 0);
    assert_false(exists(f, ANN "big.bin"));
    assert_string_equal(fs_find(f->fs, "C:\\users\\MOVED.bin", false)->text, "moved.bin");
    assert_int_equal(rename_to(f, C "Users\\moved.bin", C "Users\\Moved.BIN", false), 0);
    assert_string_equal(fs_find(f->fs, "C:\\users\\moved.bin", false)->text, "Moved.BIN");
    assert_int_equal(rename_to(f, C "Users\\moved.bin", ANN "Long File Name.text", false),
                     STATUS_OBJECT_NAME_COLLISION);
    assert_int_equal(rename_to(f, C "Users\\moved.bin", ANN "Long File Name.text", true), 0);
    assert_int_equal(rename_to(f, C "Users", ANN "deeper", false), STATUS_INVALID_PARAMETER);
    assert_int_equal(rename_to(f, C "Users\\ann", "\\??\\D:\\ann", false), STATUS_NOT_SAME_DEVICE);
    assert_int_equal(rename_to(f, C "Users\\ann", C "Users\\bob", false), 0);
    assert_true(exists(f, C "Users\\bob\\notes.txt"));
}

static void hard_links_share_content(void **state) {
    Fixture *f = *state;
    FsHandle h = create(f, ANN "one");
    FsPath p;
    walk(f, ANN "two", &p);
    assert_int_equal(fs_link(f->fs, &h, &p, false), 0);
    assert_int_equal(h.node->links, 2);
    fs_write(h.node, 0, span_str("shared"));
    expect(fs_find(f->fs, "C:\\Users\\ann\\two", false)->node, 0, "shared");
    assert_int_equal(fs_delete(f->fs, &h, true, false, false), 0);
    fs_close_file(f->fs, &h);
    assert_false(exists(f, ANN "one"));
    expect(fs_find(f->fs, "C:\\Users\\ann\\two", false)->node, 0, "shared");
}

static void streams_belong_to_their_file(void **state) {
    Fixture *f = *state;
    FsHandle h = create(f, ANN "big.bin:Zone.Identifier"), all;
    fs_write(h.node, 0, span_str("[ZoneTransfer]"));
    assert_string_equal(name_path(h.name, &f->arena), "C:\\Users\\ann\\big.bin:Zone.Identifier");
    fs_close_file(f->fs, &h);
    assert_int_equal(
        open_path(f, ANN "big.bin:zone.identifier:$DATA", FILE_READ_DATA, 7, FILE_OPEN, 0, &h), 0);
    expect(h.node, 0, "[Zone");
    fs_close_file(f->fs, &h);
    assert_int_equal(open_path(f, ANN "big.bin::$DATA", FILE_READ_DATA, 7, FILE_OPEN, 0, &h), 0);
    expect(h.node, 0, "ab");
    fs_close_file(f->fs, &h);
    assert_int_equal(open_path(f, ANN "big.bin", ACCESS_DELETE, 7, FILE_OPEN, 0, &all), 0);
    assert_int_equal(fs_delete(f->fs, &all, true, false, false), 0);
    assert_true(fs_close_file(f->fs, &all));
}

static void locks_keep_others_out(void **state) {
    Fixture *f = *state;
    Node *n = fs_find(f->fs, "C:\\Users\\ann\\big.bin", false)->node;
    int a, b;
    assert_int_equal(fs_lock(n, &a, 10, 10, true), 0);
    assert_int_equal(fs_lock(n, &b, 19, 1, false), STATUS_LOCK_NOT_GRANTED);
    assert_int_equal(fs_lock(n, &b, 20, 1, false), 0);
    assert_true(fs_locked(n, &b, 0, 11, false));
    assert_false(fs_locked(n, &a, 0, 11, true));
    assert_true(fs_locked(n, &a, 20, 1, true));
    assert_false(fs_locked(n, &a, 20, 1, false));
    assert_int_equal(fs_unlock(n, &b, 10, 10), STATUS_RANGE_NOT_LOCKED);
    assert_int_equal(fs_unlock(n, &a, 10, 10), 0);
    fs_unlock_all(n, &b);
    assert_false(fs_locked(n, &a, 0, 100, true));
}

static void wildcards(void **state) {
    (void)state;
    assert_true(fs_match("*", "a.b"));
    assert_true(fs_match("A*.?", "abc.d"));
    assert_false(fs_match("a?", "a"));
    assert_true(fs_match("a>>", "a"));      /* DOS_QM at the end */
    assert_true(fs_match("a>>\"b", "a.b")); /* and before a dot */
    assert_true(fs_match("<.b", "x.y.b"));
    assert_false(fs_match("<", "x.y"));      /* DOS_STAR stops at the last dot */
    assert_true(fs_match("<\"*", "readme")); /* what FindFirstFile makes of *.* */
    assert_false(fs_match("b*", "abc"));
    assert_false(
        fs_match("*a*a*a*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

static void directories_are_sorted(void **state) {
    Fixture *f = *state;
    Node *d = fs_find(f->fs, "C:\\Users\\ann", false)->node;
    Name *a = node_entry_after(d, NULL), *b = node_entry_after(d, a->text);
    assert_string_equal(a->text, "big.bin");
    assert_string_equal(b->text, "Long File Mane.text");
    assert_string_equal(node_entry_after(d, "c")->text, "Long File Mane.text");
    assert_null(node_entry_after(d, "notes.txt"));
}

static void watchers_are_told(void **state) {
    Fixture *f = *state;
    FsHandle h = create(f, ANN "w");
    fs_write(h.node, 0, span_str("x"));
    FsPath p;
    walk(f, ANN "v", &p);
    fs_rename(f->fs, &h, &p, false, false);
    fs_delete(f->fs, &h, true, false, false);
    fs_close_file(f->fs, &h);
    assert_string_equal(f->told, "1 w 1;3 w 18;4 w 1;5 v 1;2 v 1;");
}

static void list_changed(void *context, const char *path, const Node *node, Span bytes) {
    (void)node;
    buf_printf(context, "%s=%.*s\n", path, (int)bytes.n, (const char *)bytes.p);
}

static void what_the_guest_left(void **state) {
    Fixture *f = *state;
    FsHandle h = create(f, ANN "b.txt");
    fs_write(h.node, 0, span_str("new"));
    fs_close_file(f->fs, &h);
    h = create(f, ANN "a.tmp");
    fs_delete(f->fs, &h, true, false, false);
    fs_close_file(f->fs, &h);
    fs_put(f->fs, "C:\\sample.exe", span_str("MZ"));
    Buf text = buf_new(4096);
    fs_changed_files(f->fs, list_changed, &text);
    buf_byte(&text, 0);
    assert_string_equal((char *)text.p, "C:\\Users\\ann\\b.txt=new\n");
    buf_free(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_open, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_world_is_there),
        TEST(a_world_file_may_be_larger_than_its_content),
        cmocka_unit_test_setup_teardown(a_removed_file_is_not_there, setup, teardown),
        TEST(paths_say_what_is_missing),
        TEST(wow64_sees_its_own_system32),
        TEST(short_names_count_in_order),
        TEST(writing_lies_over_the_source),
        TEST(a_cut_file_grows_with_zeroes),
        TEST(sparse_files_cost_little),
        TEST(the_budget_ends_writing),
        TEST(sharing_is_checked_both_ways),
        TEST(dispositions),
        TEST(a_deleted_file_goes_with_its_last_handle),
        TEST(posix_deletion_frees_the_name),
        TEST(delete_on_close),
        TEST(what_cannot_be_deleted),
        TEST(renaming),
        TEST(hard_links_share_content),
        TEST(streams_belong_to_their_file),
        TEST(locks_keep_others_out),
        cmocka_unit_test(wildcards),
        TEST(directories_are_sorted),
        TEST(watchers_are_told),
        TEST(what_the_guest_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
