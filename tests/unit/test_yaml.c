/* YAML: what it becomes, where it says that something is wrong, and every prefix. */
#include "base/json.h"
#include "base/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_becomes(const char *yaml, const char *json) {
    Arena a = arena_new(1 << 20);
    Buf b = buf_new(1 << 16);
    const Value *root;
    YamlError error;
    assert_int_equal(yaml_read(&a, span_str(yaml), &root, &error), ST_OK);
    json_write(&b, root);
    buf_byte(&b, 0);
    assert_string_equal((char *)b.p, json);
    buf_free(&b);
    arena_reset(&a);
}

static void assert_refused(const char *yaml, uint32_t line, uint32_t column, const char *text) {
    Arena a = arena_new(1 << 20);
    const Value *root;
    YamlError error;
    assert_int_equal(yaml_read(&a, span_str(yaml), &root, &error), ST_SYNTAX);
    assert_string_equal(error.text, text);
    assert_int_equal(error.line, line);
    assert_int_equal(error.column, column);
    arena_reset(&a);
}

static void the_core_schema(void **state) {
    (void)state;
    assert_becomes("[null, Null, NULL, ~, ]", "[null,null,null,null]");
    assert_becomes("[true, True, TRUE, false, False, FALSE, yes, no]",
                   "[true,true,true,false,false,false,\"yes\",\"no\"]");
    assert_becomes("[0, 12, -12, +12, 0x1F, 0o17, 010, -0]", "[0,12,-12,12,31,15,10,0]");
    assert_becomes("[1.5, -1.5, .5, 1., 1e3, +1E-1, 1e, ., -, 1.2.3, 0x, 0o8]",
                   "[1.5,-1.5,0.5,1,1000,0.1,\"1e\",\".\",\"-\",\"1.2.3\",\"0x\",\"0o8\"]");
    assert_becomes("[18446744073709551615, 18446744073709551616, -9223372036854775808]",
                   "[18446744073709551615,1.8446744073709552e+19,-9223372036854775808]");
    assert_becomes("['1', \"true\", !!str 12, 'null', \"\"]",
                   "[\"1\",\"true\",\"12\",\"null\",\"\"]");
}

static void structure(void **state) {
    (void)state;
    assert_becomes("", "null");
    assert_becomes("# only a comment\n", "null");
    assert_becomes("a: 1\nb:\n  - x\n  - {c: d}\n1: e\n? f\n: g\n",
                   "{\"a\":1,\"b\":[\"x\",{\"c\":\"d\"}],\"1\":\"e\",\"f\":\"g\"}");
    assert_becomes("a: |\n  one\n  two\nb: >\n  one\n  two\n",
                   "{\"a\":\"one\\ntwo\\n\",\"b\":\"one two\\n\"}");
    assert_becomes("a: \"\\x41\\0\\u00e4\"", "{\"a\":\"A\\u0000\xc3\xa4\"}");
    assert_becomes("{}", "{}");
    assert_becomes("--- a\n...\n", "\"a\"");
}

static void every_node_knows_its_place(void **state) {
    (void)state;
    Arena a = arena_new(1 << 20);
    const Value *root;
    YamlError error;
    assert_int_equal(
        yaml_read(&a, span_str("# x\na: 1\nlong:\n  key: [p,\n   q]\n"), &root, &error), ST_OK);
    const Value *key = value_get(value_get(root, "long"), "key");
    assert_int_equal(root->line, 2);
    assert_int_equal(key->key_line, 4);
    assert_int_equal(key->key_column, 3);
    assert_int_equal(key->column, 8);
    assert_int_equal(value_first(key)->next->line, 5);
    assert_int_equal(value_first(key)->next->column, 4);
    arena_reset(&a);
}

static void says_where_it_is_wrong(void **state) {
    (void)state;
    assert_refused("a: 1\nb: 2\na: 3\n", 3, 1, "the key \"a\" is there twice");
    assert_refused("a: {x: 1, y: 2, x: 3}", 1, 17, "the key \"x\" is there twice");
    assert_refused("a: &x 1\n", 1, 4, "anchors and aliases are not supported");
    assert_refused("a: *x\n", 1, 4, "anchors and aliases are not supported");
    assert_refused("a: !foo 1\n", 1, 4, "the tag !foo is not supported");
    assert_refused("a: !!int 1\n", 1, 4, "the tag tag:yaml.org,2002:int is not supported");
    assert_refused("a: 1\n---\nb: 2\n", 2, 1, "only one document is read");
    assert_refused("[a]: 1\n", 1, 1, "a key must be text");
    assert_refused("\"a\\0b\": 1\n", 1, 1, "a key holds a NUL character");
    assert_refused("a: \"b\n", 2, 1,
                   "while scanning a quoted scalar, found unexpected end of stream");
    assert_refused("a: 1\n  b: 2\n", 2, 4, "mapping values are not allowed in this context");
    assert_refused("a: x\nb: \xff\n", 2, 4, "invalid leading UTF-8 octet");
    assert_refused("a: \x01\n", 1, 4, "control characters are not allowed");
}

static void depth_has_an_end(void **state) {
    (void)state;
    char yaml[300];
    memset(yaml, '[', 64);
    memset(yaml + 64, ']', 64);
    yaml[128] = 0;
    Arena a = arena_new(1 << 20);
    const Value *root;
    YamlError error;
    assert_int_equal(yaml_read(&a, span_str(yaml), &root, &error), ST_OK);
    arena_reset(&a);
    memset(yaml, '[', 65);
    yaml[65] = 0;
    assert_refused(yaml, 1, 65, "nested more than 64 deep");
}

static void many_keys_take_no_square_of_time(void **state) {
    (void)state;
    Buf yaml = buf_new(16 << 20);
    for (int i = 0; i < 100000; i++) buf_printf(&yaml, "k%d: %d\n", i, i);
    Arena a = arena_new(256 << 20);
    const Value *root;
    YamlError error;
    assert_int_equal(yaml_read(&a, buf_span(&yaml), &root, &error), ST_OK);
    assert_int_equal(value_count(root), 100000);
    buf_str(&yaml, "k0: again\n");
    assert_int_equal(yaml_read(&a, buf_span(&yaml), &root, &error), ST_SYNTAX);
    assert_int_equal(error.line, 100001);
    arena_reset(&a);
    buf_free(&yaml);
}

static const char sample[] = "# a bit of everything\n"
                             "text: plain\n"
                             "quoted: \"a\\tb\\u00e4\"\n"
                             "single: 'it''s'\n"
                             "numbers: [1, -2, 0x1f, 1.5, ~, true]\n"
                             "block: |\n  one\n   two\n"
                             "folded: >-\n  one\n  two\n"
                             "map:\n  ? key\n  : - {a: b, c: [d, e]}\n    - !!str 5\n"
                             "\xc3\xa4\xf0\x9f\x98\x80: \xe2\x82\xac\n";

/* Whatever comes of it, it ends, and nothing behind the end is read. */
static void survives_every_prefix(void **state) {
    (void)state;
    for (size_t n = 0; n < sizeof sample; n++) {
        uint8_t *copy = malloc(n ? n : 1);
        memcpy(copy, sample, n);
        Arena a = arena_new(1 << 20);
        const Value *root = NULL;
        YamlError error;
        Status status = yaml_read(&a, span(copy, n), &root, &error);
        assert_true(status == ST_OK || status == ST_SYNTAX);
        if (status == ST_OK) assert_non_null(root);
        else assert_true(error.text && error.line && error.column);
        arena_reset(&a);
        free(copy);
    }
}

static void survives_every_budget(void **state) {
    (void)state;
    bool fits = false;
    for (size_t cap = 0; !fits; cap += 64) {
        Arena a = arena_new(cap);
        const Value *root;
        YamlError error;
        Status status = yaml_read(&a, span_str(sample), &root, &error);
        assert_true(status == ST_OK || status == ST_BUDGET);
        fits = status == ST_OK;
        assert_true(fits != a.full);
        arena_reset(&a);
        assert_true(cap < 1 << 20);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_core_schema),
        cmocka_unit_test(structure),
        cmocka_unit_test(every_node_knows_its_place),
        cmocka_unit_test(says_where_it_is_wrong),
        cmocka_unit_test(depth_has_an_end),
        cmocka_unit_test(many_keys_take_no_square_of_time),
        cmocka_unit_test(survives_every_prefix),
        cmocka_unit_test(survives_every_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
