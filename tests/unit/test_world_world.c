/* The world's face: fallbacks, lookups, the environment, what is derived, digest. */
#include "base/text.h"
#include "world/world.h"
#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { CAP = 16 << 20 };

static World *make(Arena *a, const char *yaml) {
    World *w;
    WorldError e;
    if (world_read(a, span_str(yaml), "test", &w, &e) != ST_OK)
        fail_msg("%u:%u: %s", e.line, e.column, e.text);
    return w;
}

static void change(World *w, const char *edit) {
    WorldError e;
    if (world_edit(w, edit, NULL, &e) != ST_OK) fail_msg("%s: %u: %s", edit, e.column, e.text);
}

static void a_silent_world_is_whole(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    World *w = make(&a, "");
    uint32_t width, height;
    world_resolution(w, &width, &height);
    assert_int_equal(width, 1920);
    assert_int_equal(height, 1080);
    assert_string_equal(world_name(w), "test");
    assert_string_equal(world_text(w, FACT_user), "user");
    assert_true(world_time(w, FACT_time) > 0);
    assert_int_equal(world_count(w, FACT_drive), 1);
    assert_string_equal(item_text(world_first(w, FACT_drive), FACT_drive), "fixed");
    assert_int_equal(world_count(w, FACT_file), 0);
    assert_null(world_find(w, FACT_file, "C:\\x"));
    assert_memory_equal(world_user_sid(w), "S-1-5-21-", 9);
    change(w, "drive:D=cdrom"); /* a world that tells of a drive tells of all */
    assert_null(world_find(w, FACT_drive, "C"));
    arena_reset(&a);
}

static void the_best_pattern_answers(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    World *w = make(&a, "dns: {'*': 1.1.1.1, '*.example': 2.2.2.2, www.example: 3.3.3.3}");
    assert_string_equal(item_text(world_match(w, FACT_dns, "WWW.Example"), FACT_dns), "3.3.3.3");
    assert_string_equal(item_text(world_match(w, FACT_dns, "a.example"), FACT_dns), "2.2.2.2");
    assert_string_equal(item_text(world_match(w, FACT_dns, "other"), FACT_dns), "1.1.1.1");
    change(w, "dns:-*");
    assert_null(world_match(w, FACT_dns, "other"));
    arena_reset(&a);
}

static void many_items_are_found(void **state) {
    (void)state;
    Arena a = arena_new(64 << 20);
    World *w = make(&a, "");
    char edit[80];
    for (int i = 0; i < 5000; i++) {
        snprintf(edit, sizeof edit, "file:C:\\dir\\%d.txt=%d", i, i);
        change(w, edit);
    }
    for (int i = 0; i < 5000; i++) {
        snprintf(edit, sizeof edit, "c:/DIR/%d.TXT", i);
        const WorldItem *f = world_find(w, FACT_file, edit);
        assert_non_null(f);
        assert_int_equal(atoi(item_text(f, FACT_file)), i);
    }
    assert_int_equal(world_count(w, FACT_file), 5000);
    arena_reset(&a);
}

/* ---- the environment ---- */

static void the_environment_follows_from_facts(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    World *w = make(
        &a,
        "user: anna\ncomputer: PC\ncpu: {count: 8, model: 42, stepping: 7}\n"
        "environment: {Path: '%PATH%C:\\x', A: '%B%', B: '%A%!', TOOLS: '%ProgramFiles%\\t'}\n");
    assert_string_equal(world_variable(w, "appdata"), "C:\\Users\\anna\\AppData\\Roaming");
    assert_string_equal(world_variable(w, "TEMP"), "C:\\Users\\anna\\AppData\\Local\\Temp");
    assert_string_equal(world_variable(w, "COMPUTERNAME"), "PC");
    assert_string_equal(world_variable(w, "USERDOMAIN"), "PC");
    assert_string_equal(world_variable(w, "LOGONSERVER"), "\\\\PC");
    assert_string_equal(world_variable(w, "NUMBER_OF_PROCESSORS"), "8");
    assert_string_equal(world_variable(w, "PROCESSOR_REVISION"), "2a07");
    assert_string_equal(world_variable(w, "PROCESSOR_IDENTIFIER"),
                        "Intel64 Family 6 Model 42 Stepping 7, GenuineIntel");
    assert_string_equal(world_variable(w, "TOOLS"), "C:\\Program Files\\t");
    assert_non_null(strstr(world_variable(w, "PATH"), "WindowsApps;C:\\x"));
    assert_null(world_variable(w, "USERDNSDOMAIN"));
    assert_null(world_variable(w, "none"));
    assert_string_equal(world_expand(w, &a, "%TEMP%%none%50%%%:computer%%"),
                        "C:\\Users\\anna\\AppData\\Local\\Temp%none%50%%PC%");
    change(w, "domain=CORP");
    change(w, "domain.dns=corp.example");
    change(w, "domain.controller=DC01");
    assert_string_equal(world_variable(w, "USERDOMAIN"), "CORP");
    assert_string_equal(world_variable(w, "USERDNSDOMAIN"), "corp.example");
    assert_string_equal(world_variable(w, "LOGONSERVER"), "\\\\DC01");
    change(w, "environment:-TMP");
    assert_null(world_variable(w, "TMP"));
    arena_reset(&a);
}

static void count_sorted(void *context, const char *name, const char *value) {
    const char **last = context;
    assert_true(!*last || text_compare_nocase(*last, name) < 0);
    assert_true(*value);
    *last = name;
}

static void variables_come_sorted(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    World *w = make(&a, "environment: {zeta: z, Alpha: a, path: p}");
    const char *last = NULL;
    world_variables(w, count_sorted, &last);
    assert_string_equal(last, "zeta");
    arena_reset(&a);
}

/* ---- what is derived ---- */

static const char *registry_text(Arena *a, const World *w, const char *subject) {
    const WorldItem *i = world_find(w, FACT_registry, subject);
    return i ? text_from_utf16(a, item_value(i, FACT_registry)->bytes) : NULL;
}

#define NT_KEY  "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\"
#define CPU_KEY "HKLM\\HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\"

static void the_registry_follows_from_facts(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    World *w = make(
        &a,
        "os: {name: Windows 10 Pro, installed: 2020-01-01}\ncpu: {brand: X, count: 2, cores: 2}\n"
        "mac: {3: {mac: '0c:9d:92:11:22:33', ip: 10.1.1.1}}\n"
        "registry: {HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\EditionID: Told}\n");
    assert_string_equal(registry_text(&a, w, NT_KEY "ProductName"), "Windows 10 Pro");
    assert_string_equal(registry_text(&a, w, NT_KEY "EditionID"), "Told");
    const WorldItem *date = world_find(w, FACT_registry, NT_KEY "InstallDate");
    assert_int_equal(item_value(date, FACT_registry)->number, 4);
    assert_memory_equal(item_value(date, FACT_registry)->bytes.p, "\x00\xe1\x0b\x5e", 4);
    assert_string_equal(registry_text(&a, w, CPU_KEY "1\\ProcessorNameString"), "X");
    assert_null(registry_text(&a, w, CPU_KEY "2\\ProcessorNameString"));
    assert_string_equal(registry_text(&a, w, NT_KEY "NetworkCards\\3\\Description"),
                        "Intel(R) 82578DM Gigabit Network Connection");
    char guid[WORLD_GUID_SIZE], subject[200];
    world_adapter_guid(world_first(w, FACT_mac), guid);
    snprintf(subject, sizeof subject,
             "HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters\\Interfaces\\%"
             "s\\DhcpIPAddress",
             guid);
    assert_string_equal(registry_text(&a, w, subject), "10.1.1.1");
    arena_reset(&a);
}

static void what_is_derived_follows_edits(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    World *w = make(&a, "cpu: {count: 4}\n");
    change(w, "cpu.count=1");
    assert_non_null(registry_text(&a, w, CPU_KEY "0\\~MHz"));
    assert_null(registry_text(&a, w, CPU_KEY "1\\~MHz"));
    assert_false(world_removed(w, FACT_registry, CPU_KEY "1\\~MHz")); /* nobody said so */
    change(w, "cpu.count=2");
    assert_non_null(registry_text(&a, w, CPU_KEY "1\\~MHz"));
    change(w, "registry:-" CPU_KEY "0\\~MHz");
    change(w, "registry:" NT_KEY "ProductName=Told");
    change(w, "cpu.count=4");
    change(w, "os=Other");
    assert_null(registry_text(&a, w, CPU_KEY "0\\~MHz"));
    assert_true(world_removed(w, FACT_registry, CPU_KEY "0\\~MHz"));
    assert_string_equal(registry_text(&a, w, NT_KEY "ProductName"), "Told");
    arena_reset(&a);
}

static void the_profile_has_its_folders(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    World *w = make(&a, "user: u");
    assert_non_null(world_find(w, FACT_directory, "C:\\Users\\u\\Desktop"));
    change(w, "user=v");
    assert_null(world_find(w, FACT_directory, "C:\\Users\\u\\Desktop"));
    assert_non_null(world_find(w, FACT_directory, "C:\\Users\\v\\Desktop"));
    arena_reset(&a);
}

/* ---- digest ---- */

static void digest_of(const World *w, uint8_t out[32]) {
    assert_int_equal(world_digest(w, out), ST_OK);
}

static void assert_same_world(const char *yaml, const char *other, bool same) {
    Arena a = arena_new(CAP), b = arena_new(CAP);
    uint8_t x[32], y[32];
    digest_of(make(&a, yaml), x);
    digest_of(make(&b, other), y);
    assert_int_equal(memcmp(x, y, 32) == 0, same);
    arena_reset(&a);
    arena_reset(&b);
}

static void the_digest_is_of_what_is_said(void **state) {
    (void)state;
    assert_same_world("ram: 8GiB", "", true);
    assert_same_world("ram: 8589934592", "ram: 8GiB", true);
    assert_same_world("ram: 9GiB", "", false);
    assert_same_world("file: {C:\\a: x, C:\\b: y}", "file: {C:/b: y, C:\\a: {content: 'hex:78'}}",
                      true);
    assert_same_world("user: u\nfile: {'%TEMP%\\a': x}",
                      "user: u\nfile: {C:\\Users\\u\\AppData\\Local\\Temp\\a: x}", true);
    assert_same_world("without: {file: ['C:\\a']}", "", false);
}

/* A world prints as edits; those make the same world out of a silent one. */
static void the_edits_of_a_world_make_it_again(void **state) {
    (void)state;
    Arena a = arena_new(CAP), b = arena_new(CAP);
    World *w = make(
        &a,
        "user: u\ncomputer: PC=1\nfile: {'%TEMP%\\a=b': \"x\\ny\", C:\\b: {content: 'hex:00ff', "
        "size: 9}}\n"
        "registry: {HKCU\\K: {'': d, 'a\\b': 'multi:x|y', n: 5}}\nprocess: {p.exe#8: C:\\p.exe}\n"
        "environment: {E: '%TEMP%'}\ndrive: {C: {size: 5GB, free: 1GB}}\nwithout: {key: "
        "['HKLM\\Z']}\n");
    World *again = make(&b, "");
    Buf text = buf_new(1 << 20);
    world_print(w, &text);
    buf_byte(&text, 0);
    for (char *line = strtok((char *)text.p, "\n"); line; line = strtok(NULL, "\n"))
        change(again, line);
    uint8_t x[32], y[32];
    digest_of(w, x);
    digest_of(again, y);
    assert_memory_equal(x, y, 32);
    buf_free(&text);
    arena_reset(&a);
    arena_reset(&b);
}

static void registry_subjects_split(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    const char *key;
    assert_string_equal(registry_subject_value("HKCU\\A\\b", &a, &key), "b");
    assert_string_equal(key, "HKCU\\A");
    assert_string_equal(registry_subject_value("HKCU\\A\\\\b\\c", &a, &key), "b\\c");
    assert_string_equal(key, "HKCU\\A");
    assert_string_equal(registry_subject_value("HKCU\\A\\", &a, &key), "");
    assert_string_equal(key, "HKCU\\A");
    arena_reset(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_silent_world_is_whole),
        cmocka_unit_test(the_best_pattern_answers),
        cmocka_unit_test(many_items_are_found),
        cmocka_unit_test(the_environment_follows_from_facts),
        cmocka_unit_test(variables_come_sorted),
        cmocka_unit_test(the_registry_follows_from_facts),
        cmocka_unit_test(what_is_derived_follows_edits),
        cmocka_unit_test(the_profile_has_its_folders),
        cmocka_unit_test(the_digest_is_of_what_is_said),
        cmocka_unit_test(the_edits_of_a_world_make_it_again),
        cmocka_unit_test(registry_subjects_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
