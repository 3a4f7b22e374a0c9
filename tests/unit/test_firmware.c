#include "guest/firmware.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ACPI = 0x41435049, FIRM = 0x4649524d };

static World *read_world(Arena *a, const char *yaml) {
    World *w = NULL;
    WorldError error;
    assert_int_equal(world_read(a, span_str(yaml), "test", &w, &error), ST_OK);
    return w;
}

/* The structure of a type: its formatted part; *texts is what follows. NULL: there is none. */
static Span find(Span table, uint8_t type, Span *texts) {
    size_t at = 8;
    while (at + 4 <= table.n) {
        Span head = span_sub(table, at, table.p[at + 1]);
        assert_true(head.n >= 4);
        size_t end = at + head.n;
        while (end + 1 < table.n && (table.p[end] || table.p[end + 1])) end++;
        *texts = span_sub(table, at + head.n, end + 2 - at - head.n);
        if (head.p[0] == type) return head;
        at = end + 2;
    }
    return (Span){0};
}

static const char *text(Span texts, uint8_t number) {
    const char *p = (const char *)texts.p;
    while (--number) p += strlen(p) + 1;
    return p;
}

static void test_smbios_tells_the_world(void **state) {
    (void)state;
    Arena a = arena_new(1 << 22);
    World *w = read_world(&a, "system: {product: Thing 3000, manufacturer: Maker, serial: S-1,"
                              " uuid: 00112233-4455-6677-8899-aabbccddeeff}\nram: {size: 6GiB}\n");
    Buf b = buf_new(1 << 16);
    firmware_smbios(w, &b);
    Span all = buf_span(&b), texts;
    assert_int_equal(all.p[4] | all.p[5] << 8, all.n - 8);
    Span system = find(all, 1, &texts);
    assert_int_equal(system.n, 0x1b);
    assert_string_equal(text(texts, system.p[4]), "Maker");
    assert_string_equal(text(texts, system.p[5]), "Thing 3000");
    assert_int_equal(system.p[6], 0); /* no version */
    assert_string_equal(text(texts, system.p[7]), "S-1");
    static const uint8_t uuid[16] = {0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66,
                                     0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
    assert_memory_equal(system.p + 8, uuid, 16);
    assert_int_equal(find(all, 0, &texts).n, 0x18);
    assert_int_equal(find(all, 2, &texts).n, 0x0f);
    assert_int_equal(find(all, 4, &texts).n, 0x2a);
    assert_int_equal(find(all, 16, &texts).n, 0x0f);
    assert_int_equal(find(all, 17, &texts).n, 0x1c);
    assert_int_equal(find(all, 127, &texts).n, 4);
    assert_int_equal(find(all, 9, &texts).n, 0);
    buf_free(&b);
    arena_reset(&a);
}

static void test_acpi_sums_to_nothing(void **state) {
    (void)state;
    Arena a = arena_new(1 << 22);
    World *w = read_world(&a, "bios: {vendor: Dell Inc.}\n");
    Buf b = buf_new(1 << 16);
    firmware_acpi(w, firmware_acpi_tables[0], &b);
    assert_memory_equal(b.p, "FACP", 4);
    assert_memory_equal(b.p + 10, "DELL  ", 6);
    assert_int_equal(b.p[4], b.n);
    uint8_t sum = 0;
    for (size_t i = 0; i < b.n; i++) sum = (uint8_t)(sum + b.p[i]);
    assert_int_equal(sum, 0);
    buf_clear(&b);
    firmware_acpi(w, 0x12345678, &b);
    assert_int_equal(b.n, 0);
    buf_free(&b);
    arena_reset(&a);
}

static void test_providers_list_what_they_have(void **state) {
    (void)state;
    Arena a = arena_new(1 << 22);
    World *w = read_world(&a, "computer: X\n");
    Buf list = buf_new(1 << 10), table = buf_new(1 << 16);
    firmware_list(ACPI, &list);
    assert_true(list.n >= 4);
    for (size_t at = 0; at < list.n; at += 4) {
        Cur c = cur(span_sub(buf_span(&list), at, 4));
        buf_clear(&table);
        firmware_get(w, ACPI, cur_u32le(&c), &table);
        assert_memory_equal(table.p, list.p + at, 4);
    }
    buf_clear(&list);
    firmware_list(FIRM, &list);
    assert_int_equal(list.n, 0);
    buf_free(&list);
    buf_free(&table);
    arena_reset(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_smbios_tells_the_world),
        cmocka_unit_test(test_acpi_sums_to_nothing),
        cmocka_unit_test(test_providers_list_what_they_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
