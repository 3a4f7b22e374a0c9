/* YARA's rules: compiled with their errors told, scanned with external variables, matches as
 * findings with what the rules say of themselves. */
#include "base/buf.h"
#include "rule/yara.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static char path[FOLDER_PATH], message[YARA_MESSAGE];

static void write_rules(const char *text) {
    folder_write("rules.yar", span_str(text));
    folder_path("rules.yar", path);
}

static Status open_rules(const char *text, const char *const *defines, size_t count, Yara **out) {
    const char *files[] = {path};
    YaraSources source = {.files = files, .file_count = 1};
    write_rules(text);
    return yara_open(&source, 1, defines, count, out, message);
}

/* ---- findings ---- */

typedef struct {
    Sink sink; /* first */
    Buf told;  /* "rule severity title offset attack;" */
} Recorder;

static void record(Sink *s, const Finding *f) {
    Buf *b = &((Recorder *)s)->told;
    buf_printf(b, "%s %s %s", f->rule, severity_name(f->severity), f->title);
    for (const Value *v = value_first(f->evidence); v; v = v->next)
        buf_printf(b, " @%llu", (unsigned long long)value_get_uint(value_get(v, "offset"), 999));
    for (const Value *v = value_first(f->attack); v; v = v->next)
        buf_printf(b, " %s", value_get_str(v, "?"));
    buf_str(b, ";");
}

static void assert_scan(YaraScan *s, const char *bytes, const char *name, const char *want) {
    Recorder r = {.sink = {.finding = record}, .told = buf_new(1 << 16)};
    Arena a = arena_new(1 << 20);
    yara_scan(s, &a, span_str(bytes), name, &r.sink);
    buf_byte(&r.told, 0);
    assert_string_equal((const char *)r.told.p, want);
    buf_free(&r.told);
    arena_reset(&a);
}

static void tells_matches(void **state) {
    (void)state;
    Yara *y = NULL;
    assert_int_equal(
        open_rules(
            "rule Plain { strings: $a = \"evil\" condition: $a }\n"
            "private rule Hidden { condition: true }\n"
            "rule Told : attack_t1059_001 { meta: description = \"Bad\" severity = \"High\"\n"
            "  mitre_attack = \"T1204, t1036.005; XT1111\" condition: filesize == 9 and Hidden }\n"
            "rule Scored { meta: score = 75 condition: filesize == 1 }\n",
            NULL, 0, &y),
        ST_OK);
    assert_int_equal(yara_rule_count(y), 4);
    YaraScan *s = yara_scan_open(y);
    assert_scan(s, "an evil one", "x", "yara.Plain medium YARA rule Plain matches @3;");
    assert_scan(s, "9 letters", "x", "yara.Told high Bad @999 T1204 T1036.005 T1059.001;");
    assert_scan(s, "1", "x", "yara.Scored high YARA rule Scored matches @999;");
    assert_scan(s, "", "x", "");
    yara_scan_close(s);
    yara_close(y);
}

static void knows_the_files_name(void **state) {
    (void)state;
    Yara *y = NULL;
    assert_int_equal(
        open_rules("rule Name { condition: filename == \"a.exe\" and extension == \".exe\" "
                   "and filepath == \"/b/a.exe\" }",
                   NULL, 0, &y),
        ST_OK);
    YaraScan *s = yara_scan_open(y);
    assert_scan(s, "x", "/b/a.exe", "yara.Name medium YARA rule Name matches @999;");
    assert_scan(s, "x", "/b/a.dll", "");
    yara_scan_close(s);
    yara_close(y);
}

static void takes_external_variables(void **state) {
    (void)state;
    static const char *const defines[] = {"n=5", "r=1.5", "b=true", "t=text", "filename=mine"};
    Yara *y = NULL;
    assert_int_equal(
        open_rules("rule V { condition: n == 5 and r > 1.4 and b and t == \"text\" and "
                   "filename == \"mine\" }",
                   defines, 5, &y),
        ST_OK);
    YaraScan *s = yara_scan_open(y);
    assert_scan(s, "x", "other", "yara.V medium YARA rule V matches @999;");
    yara_scan_close(s);
    yara_close(y);
    static const char *const wrong[] = {"=5"};
    assert_int_equal(open_rules("rule V { condition: true }", wrong, 1, &y), ST_USAGE);
}

static void says_where_rules_are_broken(void **state) {
    (void)state;
    Yara *y = NULL;
    assert_int_equal(
        open_rules("rule A { condition: true }\nrule B { condition: $a }\n", NULL, 0, &y),
        ST_SYNTAX);
    char want[FOLDER_PATH + 8];
    snprintf(want, sizeof want, "%s:2: ", path);
    assert_memory_equal(message, want, strlen(want));
    write_rules("");
    const char *files[] = {"/nonexistent/rules.yar"};
    YaraSources source = {.files = files, .file_count = 1};
    assert_int_equal(yara_open(&source, 1, NULL, 0, &y, message), ST_IO);
    assert_int_equal(open_rules("YARA but nothing that was compiled", NULL, 0, &y), ST_SYNTAX);
}

/* In a folder, two files may have a rule of one name. */
static void keeps_files_of_a_folder_apart(void **state) {
    (void)state;
    Yara *y = NULL;
    const char *files[] = {path, path};
    write_rules("rule Same { condition: true }");
    YaraSources together = {.files = files, .file_count = 2};
    assert_int_equal(yara_open(&together, 1, NULL, 0, &y, message), ST_SYNTAX);
    char other[FOLDER_PATH];
    files[1] = folder_path("./rules.yar", other);
    YaraSources apart = {.files = files, .file_count = 2, .apart = true};
    assert_int_equal(yara_open(&apart, 1, NULL, 0, &y, message), ST_OK);
    assert_int_equal(yara_rule_count(y), 2);
    yara_close(y);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_matches),
        cmocka_unit_test(knows_the_files_name),
        cmocka_unit_test(takes_external_variables),
        cmocka_unit_test(says_where_rules_are_broken),
        cmocka_unit_test(keeps_files_of_a_folder_apart),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
