/* Lists of digests: each kind is read, hits are told with file, line and label, and what is no
 * entry is named. */
#include "base/buf.h"
#include "rule/hashlist_lines.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static char path[FOLDER_PATH];

static HashList *open_text(Span text) {
    HashList *l = NULL;
    char message[HASHLIST_MESSAGE];
    const char *paths[] = {folder_path("list", path)};
    folder_write("list", text);
    assert_int_equal(hashlist_open(paths, 1, &l, message), ST_OK);
    return l;
}

static Digests digests_of(const char *text) {
    return hash_all(span_str(text));
}

static void assert_hit(const HashList *l, const char *text, uint64_t line, const char *label) {
    Arena a = arena_new(4096);
    Digests d = digests_of(text);
    HashHit hit;
    assert_true(hashlist_find(l, &a, &d, &hit));
    assert_int_equal(hit.line, line);
    assert_string_equal(hit.label, label);
    assert_string_equal(hit.file, path);
    arena_reset(&a);
}

static void assert_miss(const HashList *l, const char *text) {
    Arena a = arena_new(4096);
    Digests d = digests_of(text);
    HashHit hit;
    assert_false(hashlist_find(l, &a, &d, &hit));
    d = (Digests){0};
    assert_false(hashlist_find(l, &a, &d, &hit)); /* not computed */
    arena_reset(&a);
}

static void reads_plain_lists(void **state) {
    (void)state;
    HashList *l = open_text(span_str(
        "# a comment\n\n"
        "900150983cd24fb0d6963f7d28e17f72  abc.bin\r\n"       /* md5sum */
        "0cc175b9c0f1b6a831c399e269772661:1:Win.Trojan.A-1\n" /* ClamAV */
        "DA23614E02469A0D7C7BD1BDAB5C9C474B1904DC\n"          /* SHA-1 of "b", upper case */
        "not a digest\n"
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\tlast")); /* abc again */
    size_t kept;
    uint64_t problems;
    assert_int_equal(hashlist_count(l), 4);
    assert_hit(l, "abc", 7, "last"); /* the longest digest first */
    assert_hit(l, "a", 4, "1:Win.Trojan.A-1");
    assert_miss(l, "zzz");
    const HashProblem *p = hashlist_problems(l, &kept, &problems);
    assert_int_equal(problems, 1);
    assert_int_equal(p->line, 6);
    hashlist_close(l);
}

static void reads_csv(void **state) {
    (void)state;
    HashList *l = open_text(
        span_str("\"first_seen\",\"sha256_hash\",\"md5_hash\",\"signature\"\n"
                 "\"2020-01-01\",\"?\",\"900150983cd24fb0d6963f7d28e17f72\",\"Emotet, x\"\n"
                 "\"2020-01-01\",\"?\",\"nothing\",\"none\"\n"
                 "2020-01-02,,0cc175b9c0f1b6a831c399e269772661,\n"));
    size_t kept;
    uint64_t problems;
    assert_hit(l, "abc", 2, "Emotet, x");
    assert_hit(l, "a", 4, "");
    assert_int_equal(hashlist_problems(l, &kept, &problems)->line, 3);
    assert_int_equal(problems, 1);
    hashlist_close(l);
}

/* The names of MalwareBazaar's columns stand in a comment. */
static void reads_names_in_a_comment(void **state) {
    (void)state;
    HashList *l = open_text(span_str("##########\n# a dump #\n"
                                     "# \"first_seen_utc\",\"md5_hash\",\"signature\"\n"
                                     "\"2020\", \"900150983cd24fb0d6963f7d28e17f72\", \"Emotet\"\n"
                                     "# 5 entries\n"));
    size_t kept;
    uint64_t problems;
    (void)hashlist_problems(l, &kept, &problems);
    assert_int_equal(problems, 0);
    assert_hit(l, "abc", 4, "Emotet");
    hashlist_close(l);
}

/* Whatever of a list is left: what is read lies in it. */
static void reads_any_beginning(void **state) {
    (void)state;
    static const char *const lists[] = {
        "# c\n900150983cd24fb0d6963f7d28e17f72  abc.bin\r\n0cc175b9c0f1b6a831c399e269772661:1:W\n",
        "\"x\",\"sha256_hash\",\"md5\",\"name\"\n\"2\",,\"900150983cd24fb0d6963f7d28e17f72\",\"E, "
        "x\"\n",
    };
    for (size_t i = 0; i < 2; i++)
        for (size_t n = 0; n <= strlen(lists[i]); n++) {
            uint8_t *copy = malloc(n + !n);
            memcpy(copy, lists[i], n);
            LineReader reader = hashlist_lines(span(copy, n));
            ListRow row;
            size_t digests = 0;
            while (hashlist_next(&reader, &row)) {
                digests += row.count;
                assert_true(!row.label.n ||
                            (row.label.p >= copy && row.label.p + row.label.n <= copy + n));
            }
            assert_true(n < strlen(lists[i]) || digests == 2 - i);
            free(copy);
        }
}

static const char misp[] =
    "{\"response\": [{\"Event\": {\"info\": \"Campaign \\\"X\\\"\",\n"
    " \"Attribute\": [{\"type\": \"md5\", \"value\": \"900150983cd24fb0d6963f7d28e17f72\"},\n"
    "  {\"type\": \"filename|sha1\", \"value\": "
    "\"a.exe|86f7e437faa5a7fce15d1ddcb9eaeaea377667b8\"},\n"
    "  {\"type\": \"domain\", \"value\": \"a.example\"}]}}]}";

static void reads_misp(void **state) {
    (void)state;
    HashList *l = open_text(span_str(misp));
    assert_int_equal(hashlist_count(l), 2);
    assert_hit(l, "abc", 2, "Campaign \\\"X\\\"");
    assert_hit(l, "a", 3, "Campaign \\\"X\\\"");
    hashlist_close(l);
    for (size_t n = 1; n + 1 < sizeof misp; n++) { /* every prefix is no JSON, and says so */
        size_t kept;
        uint64_t problems;
        l = open_text(span(misp, n));
        (void)hashlist_problems(l, &kept, &problems);
        assert_int_equal(problems, 1);
        hashlist_close(l);
    }
}

/* Many entries that share the beginning of their keys, and lines far from the first. */
static void finds_one_of_many(void **state) {
    (void)state;
    enum { ENTRIES = 20000 };
    Buf b = buf_new(4 << 20);
    for (unsigned i = 0; i < ENTRIES; i++) {
        char name[16], hex[65];
        uint8_t digest[32];
        snprintf(name, sizeof name, "file %u", i);
        hash_sha256(span_str(name), digest);
        hash_hex(span(digest, 32), hex);
        buf_printf(&b, "%s %u\n", hex, i);
        hex[63] = hex[63] == '0' ? '1' : '0'; /* differs from the last in its end only */
        buf_printf(&b, "%s near %u\n", hex, i);
    }
    HashList *l = open_text(buf_span(&b));
    assert_int_equal(hashlist_count(l), 2 * ENTRIES);
    for (unsigned i = 0; i < ENTRIES; i += 997) {
        char name[16], label[16];
        snprintf(name, sizeof name, "file %u", i);
        snprintf(label, sizeof label, "%u", i);
        assert_hit(l, name, 2 * i + 1, label);
    }
    assert_miss(l, "file 20000");
    hashlist_close(l);
    buf_free(&b);
}

static void says_what_cannot_be_read(void **state) {
    (void)state;
    HashList *l = NULL;
    char message[HASHLIST_MESSAGE];
    const char *paths[] = {"/nonexistent/list", "/tmp"};
    assert_int_equal(hashlist_open(paths, 1, &l, message), ST_IO);
    assert_non_null(strstr(message, "/nonexistent/list"));
    assert_int_equal(hashlist_open(paths + 1, 1, &l, message), ST_IO);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_plain_lists),
        cmocka_unit_test(reads_csv),
        cmocka_unit_test(reads_names_in_a_comment),
        cmocka_unit_test(reads_any_beginning),
        cmocka_unit_test(reads_misp),
        cmocka_unit_test(finds_one_of_many),
        cmocka_unit_test(says_what_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
