/* Personas: what is read, what is refused and where, every prefix; the personas that we ship. */
#include "world/world.h"
#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { CAP = 32 << 20 };

static World *read_good(Arena *a, const char *yaml) {
    World *w;
    WorldError e;
    if (world_read(a, span_str(yaml), "test", &w, &e) != ST_OK)
        fail_msg("%u:%u: %s", e.line, e.column, e.text);
    return w;
}

static void assert_refused(const char *yaml, uint32_t line, uint32_t column, const char *text) {
    Arena a = arena_new(CAP);
    World *w;
    WorldError e = {0};
    assert_int_equal(world_read(&a, span_str(yaml), "test", &w, &e), ST_SYNTAX);
    assert_string_equal(e.text, text);
    assert_int_equal(e.line, line);
    assert_int_equal(e.column, column);
    arena_reset(&a);
}

static void reads_every_shape(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    World *w =
        read_good(&a, "computer: PC-7\n"
                      "ram: {size: 16GiB, free: 1024}\n"
                      "cpu: {count: 8}\n"
                      "directory: ['C:\\one', 'C:\\two']\n"
                      "file:\n"
                      "  C:\\a.txt: plain\n"
                      "  C:\\b.bin: {content: 'hex:0001', size: 10, attributes: [hidden, system]}\n"
                      "  C:\\c:\n"
                      "registry:\n"
                      "  HKCU\\K: {'': default, n: 5, big: 4294967296, s: text, 'a\\b': 1}\n"
                      "  HKCU\\K\\v: 'expand:%x%'\n"
                      "  HKLM\\Empty: {}\n"
                      "without: {file: ['C:\\decoy.txt']}\n");
    assert_string_equal(world_text(w, FACT_computer), "PC-7");
    assert_true(world_number(w, FACT_ram) == INT64_C(16) << 30);
    assert_int_equal(world_number(w, FACT_ram_free), 1024);
    assert_int_equal(world_number(w, FACT_cpu_count), 8);
    assert_int_equal(world_number(w, FACT_cpu_cores), 4); /* the fallback */
    assert_non_null(world_find(w, FACT_directory, "C:\\TWO"));
    const WorldItem *b = world_find(w, FACT_file, "C:\\b.bin");
    assert_int_equal(item_value(b, FACT_file)->bytes.n, 2);
    assert_int_equal(world_file_size(b), 10);
    assert_true(words_have(item_text(b, FACT_file_attributes), "system"));
    assert_false(words_have(item_text(b, FACT_file_attributes), "sys"));
    assert_non_null(world_find(w, FACT_file, "C:\\c"));
    assert_int_equal(item_value(world_find(w, FACT_registry, "HKCU\\K\\"), FACT_registry)->number,
                     1);
    assert_int_equal(item_value(world_find(w, FACT_registry, "HKCU\\K\\n"), FACT_registry)->number,
                     4);
    assert_int_equal(
        item_value(world_find(w, FACT_registry, "HKCU\\K\\big"), FACT_registry)->number, 11);
    assert_int_equal(item_value(world_find(w, FACT_registry, "HKCU\\K\\v"), FACT_registry)->number,
                     2);
    assert_non_null(world_find(w, FACT_registry, "HKCU\\K\\\\a\\b"));
    assert_non_null(world_find(w, FACT_key, "HKLM\\Empty"));
    assert_true(world_removed(w, FACT_file, "C:\\decoy.txt"));
    arena_reset(&a);
}

static void says_where_a_fact_is_wrong(void **state) {
    (void)state;
    assert_refused("[]", 1, 1, "a world is a map of facts");
    assert_refused("text", 1, 1, "a world is a map of facts");
    assert_refused("computer: a\nram: 1GiB\ncompter: b\n", 3, 1, "compter: there is no such fact");
    assert_refused("drive.size: 5\n", 1, 1, "drive.size: there is no such fact");
    assert_refused("ram: lots\n", 1, 6, "\"lots\" is no size: 512, 8GiB, 500GB are");
    assert_refused("ram:\n  size: 1GiB\n  fre: 5\n", 3, 3, "fre: unknown key");
    assert_refused("ram:\n", 1, 5, "the value of ram is missing");
    assert_refused("ram: -5\n", 1, 6, "this cannot be negative");
    assert_refused("ram: [1]\n", 1, 6, "ram is no list");
    assert_refused("computer: 12\n", 1, 11, "computer takes no number: put it into quotes");
    assert_refused("os: {version: 10.0}\n", 1, 15, "put a number with a fraction into quotes");
    assert_refused("computer: true\n", 1, 11,
                   "computer takes no true or false: put it into quotes");
    assert_refused("file: {C:\\a: {size: {}}}\n", 1, 21, "file.size is no map");
    assert_refused("file: x\n", 1, 7, "file wants a map of its subjects");
    assert_refused(
        "file: {a.txt: x}\n", 1, 8,
        "a.txt: a path begins with a drive (C:\\), a share (\\\\server\\share) or a %VARIABLE%");
    assert_refused("directory: [5]\n", 1, 13, "a list of subjects holds text only");
    assert_refused("mac: {1: {dns: [5], mac: '0c:9d:92:11:22:33'}}\n", 1, 17,
                   "a list of words holds text only");
    assert_refused("computer: a\n  b: c\n", 2, 4, "mapping values are not allowed in this context");
    assert_refused("file: {C:\\a: '@host'}\n", 1, 14, "a host file cannot be read here");
    assert_refused("without: []\n", 1, 10, "`without` wants a map of facts");
    assert_refused("without: {computer: [a]}\n", 1, 11, "computer: this fact has no subjects");
    assert_refused("without: {file: x}\n", 1, 17, "`without` wants lists of subjects");
}

#define SEPARATOR "\n---\n"

static void later_documents_go_before_earlier_ones(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    World *w = read_good(&a, "user: eva\n"
                             "cpu: {count: 8, cores: 4}\n"
                             "file: {C:\\d\\a: old, '%USERPROFILE%\\b': old}\n"
                             "process: {x.exe#4: 'C:\\x.exe', x.exe#8: 'C:\\x.exe'}\n" SEPARATOR
                             "extends: base\n"
                             "without: {directory: ['C:\\d'], process: [x.exe]}\n"
                             "cpu: {cores: 2}\n"
                             "file: {C:\\Users\\eva\\b: new, C:\\d\\c: new}\n");
    assert_int_equal(world_number(w, FACT_cpu_count), 8);
    assert_int_equal(world_number(w, FACT_cpu_cores), 2);
    assert_int_equal(world_count(w, FACT_process), 0);
    assert_int_equal(world_count(w, FACT_file), 2);
    assert_true(
        span_equal(item_value(world_find(w, FACT_file, "%USERPROFILE%\\b"), FACT_file)->bytes,
                   span_str("new")));
    assert_string_equal(world_extends(&a, span_str("user: a\nextends: base\n")), "base");
    assert_null(world_extends(&a, span_str("user: a\n")));
    arena_reset(&a);
    assert_refused("extends: base\n", 1, 10, "the world that this extends is not given");
    assert_refused("a: b\n" SEPARATOR "extends: x\n", 1, 1, "a: there is no such fact");
    assert_refused("ram: 1GiB\n" SEPARATOR "extends: [x]\n", 1, 10,
                   "`extends` wants the name of a world");
    assert_refused("idle: 2h\n" SEPARATOR "extends: x\nuptime: 1h\n", 1, 1,
                   "in the world that this extends: idle is more than uptime");
}

static void says_where_facts_contradict_each_other(void **state) {
    (void)state;
    assert_refused("file: {C:\\a: x, c:/A: y}\n", 1, 17, "C:\\A is there twice: line 1");
    assert_refused("user: u\nfile:\n  C:\\Users\\u\\a: x\n  '%USERPROFILE%\\a': y\n", 4, 3,
                   "C:\\Users\\u\\a is there twice once it is expanded");
    assert_refused("without: {file: ['C:\\a']}\nfile: {C:\\a: x}\n", 2, 8,
                   "C:\\a is not there: line 1");
    assert_refused("workgroup: HOME\ndomain: CORP\n", 1, 1,
                   "a member of the domain CORP is in no workgroup");
    assert_refused("user: x\naccount: {y: S-1-5-21-1-2-3-1001}\n", 1, 1,
                   "the user x has no account");
    assert_refused("cpu:\n  cores: 8\n  count: 4\n", 2, 10, "cpu.cores is more than cpu.count");
    assert_refused("ram: {size: 1GiB, free: 2GiB}\n", 1, 25, "ram.free is more than ram");
    assert_refused("domain: {dns: a.b}\n", 1, 15, "domain.dns without a domain");
    assert_refused("account: {a: S-1-5-21-1-2-3-9, b: s-1-5-21-1-2-3-9}\nuser: a\n", 1, 35,
                   "a has the same SID");
    assert_refused("user: a\naccount: {a: {sid: S-1-5-21-1-2-3-9, domain: true}}\n", 2, 46,
                   "a is of a domain, and there is none");
    assert_refused("user: a\naccount: {a: S-1-5-21-1-2-3-9}\n"
                   "group: {g: {sid: S-1-5-21-1-2-3-8, members: a; b}}\n",
                   3, 45, "there is no account b");
    assert_refused("locale: {name: ru-RU, lcid: '0409'}\n", 1, 29, "the identifier of ru-RU is 0419");
    assert_refused("timezone: {name: Tokyo Standard Time, bias: 300}\n", 1, 45,
                   "the bias of Tokyo Standard Time is -540");
    assert_refused("battery: {percent: 101}\n", 1, 20, "battery.percent goes from 0 to 100");
    assert_refused("screen: 800x600\nactivity: {pointer: '800,1'}\n", 2, 21,
                   "the pointer is outside of the screen");
    assert_refused("activity: {moves: 2, clicks: 3}\n", 1, 30,
                   "activity.clicks is more than activity");
    assert_refused("uptime: 1m\nidle: 2m\n", 2, 7, "idle is more than uptime");
    assert_refused("mac: {1: {mac: '0c:9d:92:11:22:33', ip: 10.0.0.5, gateway: 10.0.1.1}}\n", 1, 60,
                   "the gateway 10.0.1.1 is in another network than 10.0.0.5");
    assert_refused("mac: {1: {mac: '0c:9d:92:11:22:33', ip: 10.0.0.256}}\n", 1, 41,
                   "10.0.0.256 is no IPv4 address");
    assert_refused("drive: {C: fixed, N: network}\n", 1, 19, "a network drive without a share");
    assert_refused("drive: {C: fixed}\nprocess: {a.exe: 'D:\\a.exe'}\n", 2, 18,
                   "there is no drive D:");
    assert_refused("process: {a.exe: {pid: 8, parent: 12}, b.exe: {pid: 12, parent: 8}}\n", 1, 35,
                   "a.exe is its own ancestor");
    assert_refused("printer: {a: {standard: true}, b: {standard: true}}\n", 1, 46,
                   "a is the default printer too");
    assert_refused("time: 2020-01-01\nos: {installed: 2021-01-01}\n", 2, 17,
                   "the system was installed after it was started");
    assert_refused("drive: {C: {size: 1GB, free: 2GB}}\n", 1, 30,
                   "the drive has more free than it has");
    assert_refused("drive: {C: fixed}\nfile: {E:\\a: x}\n", 2, 8, "there is no drive E:");
    assert_refused(
        "time: 2020-01-01\nos: {installed: 2019-01-01}\nfile: {C:\\a: {modified: 2020-01-02}}\n", 3,
        25, "this is later than the world's time");
    assert_refused("file: {C:\\a: {content: abc, size: 2}}\n", 1, 35,
                   "the content is longer than the size");
    assert_refused("file: {C:\\a: x, C:\\a\\b: y}\n", 1, 17, "C:\\a is a file");
    assert_refused("file: {C:\\a: x}\ndirectory: ['C:\\a']\n", 2, 13, "C:\\a is also a file");
    assert_refused("process: {a.exe: {pid: 8}, b.exe#8: C:\\b.exe}\n", 1, 28,
                   "process 8 is also a.exe");
    assert_refused("user: u\naccount: {u: S-1-5-21-1-2-3-1001}\nprocess: {a.exe: {user: v}}\n", 3,
                   25, "there is no account v");
    assert_refused("process: {a.exe: {}}\nwindow: {T: {process: b.exe}}\n", 2, 23,
                   "there is no process b.exe");
    assert_refused("mac: {1: '0c:9d:92:11:22:33', 2: '0C-9D-92-11-22-33'}\n", 1, 34,
                   "adapter 1 has the same MAC address");
    assert_refused("mac: {1: {ip: 10.0.0.1}}\n", 1, 7, "the adapter has no MAC address");
}

static const char sample[] =
    "computer: PC\nuser: u\ncpu: {count: 8, cores: 4}\n"
    "file:\n  '%APPDATA%\\x': {content: \"a\\tb\", size: 5KiB, modified: 2024-01-01T00:00:00Z}\n"
    "registry: {HKCU\\K: {'': d, n: 5, m: 'multi:a|b'}}\n"
    "process:\n  a.exe#8: {path: C:\\a.exe, user: SYSTEM}\n  b.exe: C:\\b.exe\n"
    "mac: {1: {mac: '0c:9d:92:11:22:33', dns: [1.1.1.1, 8.8.8.8]}}\n"
    "drive: {C: {size: 100GB, free: 1GB, serial: 1234-ABCD}}\n"
    "without: {key: ['HKLM\\X']}\n";

static void survives_every_prefix(void **state) {
    (void)state;
    for (size_t n = 0; n < sizeof sample; n++) {
        uint8_t *copy = malloc(n ? n : 1);
        memcpy(copy, sample, n);
        Arena a = arena_new(CAP);
        World *w;
        WorldError e = {0};
        Status status = world_read(&a, span(copy, n), "test", &w, &e);
        free(copy); /* the world keeps nothing of it */
        if (status == ST_OK) {
            uint8_t digest[32];
            assert_int_equal(world_digest(w, digest), ST_OK);
        } else {
            assert_int_equal(status, ST_SYNTAX);
            assert_true(e.text && e.line && e.column);
        }
        arena_reset(&a);
    }
}

static void survives_every_budget(void **state) {
    (void)state;
    bool fits = false;
    for (size_t cap = 0; !fits; cap += 1009) {
        Arena a = arena_new(cap);
        World *w;
        WorldError e = {0};
        Status status = world_read(&a, span_str(sample), "test", &w, &e);
        assert_true(status == ST_OK || status == ST_BUDGET);
        if (status != ST_OK) assert_non_null(e.text);
        fits = status == ST_OK;
        arena_reset(&a);
        assert_true(cap < 4 << 20);
    }
}

/* ---- what we ship ---- */

#define WORLDS SOURCE_ROOT "/worlds/"

static void append_file(const char *path, Buf *b) {
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    uint8_t piece[4096];
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;) buf_add(b, span(piece, n));
    fclose(f);
}

/* A persona's text behind those that it extends. */
static void append_persona(const char *name, Buf *out) {
    char path[512];
    Arena a = arena_new(CAP);
    Buf own = buf_new(CAP);
    snprintf(path, sizeof path, WORLDS "%s.yaml", name);
    append_file(path, &own);
    const char *base = world_extends(&a, buf_span(&own));
    if (base) append_persona(base, out);
    if (base) buf_str(out, world_separator);
    buf_add(out, buf_span(&own));
    buf_free(&own);
    arena_reset(&a);
}

static World *read_persona(Arena *a, const char *name) {
    Buf yaml = buf_new(CAP);
    World *w;
    WorldError e;
    append_persona(name, &yaml);
    Span text = arena_bytes(a, buf_span(&yaml));
    buf_free(&yaml);
    if (world_read(a, text, name, &w, &e) != ST_OK)
        fail_msg("%s:%u:%u: %s", name, e.line, e.column, e.text);
    return w;
}

static bool has_mouse(const World *w) {
    WorldActivity a, b;
    world_activity(w, 0, &a);
    world_activity(w, 30 * (uint64_t)TIME_SECOND, &b);
    return a.x != b.x || a.y != b.y;
}

static void real_computers_are_lived_in(void **state) {
    (void)state;
    static const char *const names[] = {"home", "office", "pos"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Arena a = arena_new(2 * CAP);
        const World *w = read_persona(&a, names[i]);
        assert_true(world_number(w, FACT_ram) >= INT64_C(4) << 30);
        assert_true(world_number(w, FACT_cpu_count) >= 2);
        assert_true(world_number(w, FACT_uptime) >= 3 * 3600 * TIME_SECOND);
        const WorldItem *c = world_find(w, FACT_drive, "C");
        assert_true(item_number(c, FACT_drive_size, 0) >= INT64_C(100) << 30);
        assert_true(world_count(w, FACT_file) > 70);
        assert_true(world_count(w, FACT_process) > 48);
        assert_true(world_count(w, FACT_service) > 35);
        assert_true(has_mouse(w));
        assert_string_equal(world_text(w, FACT_cpu_hypervisor), "");
        assert_non_null(world_find(w, FACT_process, "explorer.exe"));
        assert_non_null(world_find(w, FACT_account, world_text(w, FACT_user)));
        arena_reset(&a);
    }
}

/* Names that programs look for to tell a sandbox from a PC. */
static void real_computers_have_no_fingerprint(void **state) {
    (void)state;
    static const char *const names[] = {"home", "office", "pos"};
    static const char *const marks[] = {
        "vmware",         "virtualbox", "vbox",      "qemu",    "xen",     "bochs",
        "parallels",      "sandbox",    "sandboxie", "cuckoo",  "winehq",  "wineboot",
        "software\\wine", "malware",    "sample",    "innotek", "hyper-v", "kvm",
        "wireshark",      "procmon",    "x64dbg",    "ollydbg"};
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        Buf yaml = buf_new(CAP);
        append_persona(names[n], &yaml);
        buf_byte(&yaml, 0);
        for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
            const char *hit = strcasestr((char *)yaml.p, marks[i]);
            if (hit) fail_msg("%s: %s: %.60s", names[n], marks[i], hit);
        }
        buf_free(&yaml);
    }
}

/* What each sandbox is known by. */
static void sandboxes_are_recognised(void **state) {
    (void)state;
    static const struct {
        const char *name;
        FactId fact;
        const char *subject;
    } marks[] = {
        {"virtualbox", FACT_process, "VBoxService.exe"},
        {"virtualbox", FACT_device, "VBoxGuest"},
        {"virtualbox", FACT_service, "VBoxSF"},
        {"vmware", FACT_process, "vmtoolsd.exe"},
        {"vmware", FACT_device, "HGFS"},
        {"sandboxie", FACT_module, "SbieDll.dll"},
        {"sandboxie", FACT_mutex, "Sandboxie_SingleInstanceMutex_Control"},
        {"cuckoo", FACT_pipe, "cuckoo"},
        {"cuckoo", FACT_process, "pythonw.exe"},
        {"cape", FACT_process, "qemu-ga.exe"},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        Arena a = arena_new(2 * CAP);
        const World *w = read_persona(&a, marks[i].name);
        if (!world_find(w, marks[i].fact, marks[i].subject))
            fail_msg("%s has no %s", marks[i].name, marks[i].subject);
        arena_reset(&a);
    }
    Arena a = arena_new(2 * CAP);
    const World *w = read_persona(&a, "cuckoo");
    assert_int_equal(world_number(w, FACT_error_mode), 0x8007);
    assert_false(has_mouse(w));
    arena_reset(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_shape),
        cmocka_unit_test(says_where_a_fact_is_wrong),
        cmocka_unit_test(later_documents_go_before_earlier_ones),
        cmocka_unit_test(says_where_facts_contradict_each_other),
        cmocka_unit_test(survives_every_prefix),
        cmocka_unit_test(survives_every_budget),
        cmocka_unit_test(real_computers_are_lived_in),
        cmocka_unit_test(real_computers_have_no_fingerprint),
        cmocka_unit_test(sandboxes_are_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
