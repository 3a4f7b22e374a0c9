/* The table of facts: docs/facts.md is made from it, and every row can be found, told and read. */
#include "world/world.h"
#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const char page_path[] = SOURCE_ROOT "/docs/facts.md";

static void the_page_is_current(void **state) {
    (void)state;
    Buf page = buf_new(1 << 20), file = buf_new(1 << 20);
    facts_document(&page);
    FILE *f = fopen(page_path, "rb");
    assert_non_null(f);
    uint8_t piece[4096];
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;) buf_add(&file, span(piece, n));
    fclose(f);
    if (!span_equal(buf_span(&page), buf_span(&file)))
        fail_msg("docs/facts.md is not what facts.def says: run `make docs`");
    buf_free(&page);
    buf_free(&file);
}

static void every_row_is_whole(void **state) {
    (void)state;
    for (FactId id = 0; id < FACT_COUNT; id++) {
        const Fact *f = fact_info(id);
        FactId found;
        assert_true(fact_find(span_str(f->name), &found));
        assert_int_equal(found, id);
        assert_true(f->key && *f->key && f->text && *f->text);
        assert_true(f->fact <= id && fact_info(f->fact)->fact == f->fact);
        assert_int_equal(f->text[strlen(f->text) - 1], '.');
        /* a fact that a world has once always has a value */
        if (fact_info(f->fact)->subject == SUBJECT_NONE) assert_non_null(f->fallback);
    }
}

/* Every fallback is a value of its row, and its own canonical spelling. */
static void every_fallback_is_a_value(void **state) {
    (void)state;
    for (FactId id = 0; id < FACT_COUNT; id++) {
        const Fact *f = fact_info(id);
        if (!f->fallback || fact_info(f->fact)->subject != SUBJECT_NONE) continue;
        Arena a = arena_new(1 << 16);
        WorldEdit edit;
        WorldError e;
        char *text = arena_printf(&a, "%s=%s", f->name, f->fallback);
        assert_int_equal(edit_parse(&a, span_str(text), NULL, &edit, &e), ST_OK);
        Buf b = buf_new(4096);
        edit_print(&b, &edit);
        buf_byte(&b, 0);
        assert_string_equal((char *)b.p, text);
        buf_free(&b);
        arena_reset(&a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_is_current),
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(every_fallback_is_a_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
