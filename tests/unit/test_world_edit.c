/* Edits: every form, its canonical spelling, its errors; what they do to a world; every prefix. */
#include "world/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { CAP = 8 << 20 };

/* ---- spellings ---- */

static char *respell(Arena *a, const char *edit) {
    WorldEdit parsed;
    WorldError e;
    if (edit_parse(a, span_str(edit), NULL, &parsed, &e) != ST_OK)
        fail_msg("%s: %u: %s", edit, e.column, e.text);
    Buf b = buf_new(1 << 16);
    edit_print(&b, &parsed);
    char *text = arena_text(a, buf_span(&b));
    buf_free(&b);
    return text;
}

/* The canonical spelling is the wanted one, and its own. */
static void assert_spelled(const char *edit, const char *want) {
    Arena a = arena_new(CAP);
    char *once = respell(&a, edit);
    assert_string_equal(once, want);
    assert_string_equal(respell(&a, once), want);
    arena_reset(&a);
}

static void subjects_have_one_spelling(void **state) {
    (void)state;
    assert_spelled("file:c:/Users//x/./a/../b.txt=1", "file:C:\\Users\\x\\b.txt=1");
    assert_spelled("file:%APPDATA%/abbc.log=123456789", "file:%APPDATA%\\abbc.log=123456789");
    assert_spelled("directory:+c:\\", "directory:+C:\\");
    assert_spelled("directory:+C:\\..\\..\\x\\", "directory:+C:\\x");
    assert_spelled("directory:+\\\\server\\share\\", "directory:+\\\\server\\share");
    assert_spelled("registry:HKEY_CURRENT_USER\\Software\\X\\Value=dword:0x10",
                   "registry:HKCU\\Software\\X\\Value=dword:16");
    assert_spelled("registry:hklm\\A\\\\b\\c=x", "registry:HKLM\\A\\\\b\\c=x");
    assert_spelled("registry:HKLM\\A\\\\b=x", "registry:HKLM\\A\\b=x");
    assert_spelled("registry:HKLM\\A\\=x", "registry:HKLM\\A\\=x");
    assert_spelled("key:-HKEY_USERS\\S-1\\", "key:-HKU\\S-1");
    assert_spelled("drive:d:\\=cdrom", "drive:D=cdrom");
    assert_spelled("mac:02=0C-9D-92-11-22-33", "mac:2=0c:9d:92:11:22:33");
    assert_spelled("process:-V3LITE.exe", "process:-V3LITE.exe");
    assert_spelled("process:+svchost.exe#12", "process:+svchost.exe#12");
    assert_spelled("http:http://a/x?a==b&c==d=body", "http:http://a/x?a==b&c==d=body");
}

static void a_subject_that_is_set_may_begin_with_a_sign(void **state) {
    (void)state;
    assert_spelled("command:-x=out", "command:-x=out");
    assert_spelled("command:--x", "command:--x");
    assert_spelled("command:++x", "command:++x");
}

static void values_have_one_spelling(void **state) {
    (void)state;
    assert_spelled("ram=17179869184", "ram=16GiB");
    assert_spelled("ram=500gb", "ram=500GB");
    assert_spelled("ram=0", "ram=0");
    assert_spelled("ram=1023", "ram=1023");
    assert_spelled("uptime=90m", "uptime=1h30m");
    assert_spelled("uptime=1d1ns", "uptime=1d1ns");
    assert_spelled("uptime=0s", "uptime=0s");
    assert_spelled("time=2019-03-25T10:00:00+01:00", "time=2019-03-25T09:00:00Z");
    assert_spelled("screen=800X600", "screen=800x600");
    assert_spelled("drive.serial:c=6c3e-91b4", "drive.serial:C=6C3E-91B4");
    assert_spelled("cpu.count=0x10", "cpu.count=16");
    assert_spelled("timezone.bias=-60", "timezone.bias=-60");
    assert_spelled("account.admin:x=Yes", "account.admin:x=true");
    assert_spelled("account.admin:x=0", "account.admin:x=false");
    assert_spelled("file.attributes:C:\\x=Hidden   SYSTEM", "file.attributes:C:\\x=hidden system");
    assert_spelled("account:x=s-1-5-18", "account:x=S-1-5-18");
    assert_spelled("domain=", "domain=");
    assert_spelled("computer=u16:x\xc3\xa4", "computer=x\xc3\xa4");
    assert_spelled("computer=hex:41", "computer=A");
    assert_spelled("process:a.exe=c:/x/a.exe", "process:a.exe=C:\\x\\a.exe");
}

static void text_is_escaped_only_where_it_must(void **state) {
    (void)state;
    assert_spelled("owner=a\\b", "owner=a\\b");
    assert_spelled("owner=text:a\\\\b", "owner=a\\b");
    assert_spelled("owner=text:a\\nb\\\\", "owner=text:a\\nb\\\\");
    assert_spelled("owner=text:hex:41", "owner=text:hex:41");
    assert_spelled("owner=text:@x", "owner=text:@x");
    assert_spelled("owner=text:\\u{202e}x", "owner=text:\\u{202e}x");
    assert_spelled("owner=text:\\x1b\\r\\t", "owner=text:\\x1b\\r\\t");
    assert_spelled("owner=text:\\u{e4}", "owner=\xc3\xa4");
    assert_spelled("owner=text:", "owner=");
    assert_spelled("owner=a\nb", "owner=text:a\\nb");
}

static void bytes_have_one_spelling(void **state) {
    (void)state;
    assert_spelled("file:C:\\x=hex:313233", "file:C:\\x=123");
    assert_spelled("file:C:\\x=hex:00ff", "file:C:\\x=hex:00ff");
    assert_spelled("file:C:\\x=hex:", "file:C:\\x=");
    assert_spelled("file:C:\\x=u16:ab", "file:C:\\x=u16:ab");
    assert_spelled("file:C:\\x=hex:61006200", "file:C:\\x=u16:ab");
    assert_spelled("file:C:\\x=hex:2d8e2d8e",
                   "file:C:\\x=hex:2d8e2d8e"); /* would pass as Chinese */
    assert_spelled("file:C:\\x=text:a\\0b", "file:C:\\x=hex:610062");
    assert_spelled("file:C:\\x=text:\\xff\\x00", "file:C:\\x=u16:\xc3\xbf");
    assert_spelled("file:C:\\x=text:\\xff\\0\\x01", "file:C:\\x=hex:ff0001");
    assert_spelled("file:C:\\x=dword:258", "file:C:\\x=hex:02010000");
    assert_spelled("file:C:\\x=qword:1", "file:C:\\x=hex:0100000000000000");
    assert_spelled("file:C:\\x=vars:%TEMP%", "file:C:\\x=vars:%TEMP%");
}

#define V "registry:HKCU\\A\\v="

static void registry_data_has_one_spelling(void **state) {
    (void)state;
    assert_spelled(V "text", V "text");
    assert_spelled(V "u16:text", V "text");
    assert_spelled(V, V);
    assert_spelled(V "hex(1):78000000", V "x");
    assert_spelled(V "hex(1):7800", V "hex(1):7800");                 /* no NUL */
    assert_spelled(V "hex(1):780000007900", V "hex(1):780000007900"); /* a NUL inside */
    assert_spelled(V "hex(1):00d80000", V "hex(1):00d80000");         /* half a pair */
    assert_spelled(V "hex:0102", V "hex:0102");
    assert_spelled(V "hex(3):0102", V "hex:0102");
    assert_spelled(V "hex(FF):", V "hex(ff):");
    assert_spelled(V "dword:4294967295", V "dword:4294967295");
    assert_spelled(V "hex(4):0102", V "hex(4):0102");
    assert_spelled(V "qword:0x100000000", V "qword:4294967296");
    assert_spelled(V "hex(b):0100000000000000", V "qword:1");
    assert_spelled(V "expand:%x%\\y", V "expand:%x%\\y");
    assert_spelled(V "expand:", V "expand:");
    assert_spelled(V "vars:%TEMP%\\y", V "vars:%TEMP%\\y");
}

static void lists_have_one_spelling(void **state) {
    (void)state;
    assert_spelled(V "multi:a|b||c", V "multi:a|b||c");
    assert_spelled(V "multi:", V "multi:");
    assert_spelled(V "multi:||a", V "multi:||a");
    assert_spelled(V "hex(7):61000000620000000000", V "multi:a|b");
    /* "b", "|a": as multi: it would read back as "b|", "a" */
    assert_spelled(V "hex(7):620000007c00610000000000", V "hex(7):620000007c00610000000000");
    assert_spelled(V "hex(7):61000000", V "hex(7):61000000"); /* no end */
    assert_spelled(V "hex(7):0000", V "multi:");
    assert_spelled(V "hex(7):00000000", V "hex(7):00000000");
}

/* ---- errors ---- */

static void assert_refused(const char *edit, uint32_t column, const char *text) {
    Arena a = arena_new(CAP);
    WorldEdit parsed;
    WorldError e = {0};
    assert_int_equal(edit_parse(&a, span_str(edit), NULL, &parsed, &e), ST_SYNTAX);
    assert_string_equal(e.text, text);
    assert_int_equal(e.line, 1);
    assert_int_equal(e.column, column);
    arena_reset(&a);
}

static void says_what_is_wrong_with_a_fact(void **state) {
    (void)state;
    static const char form[] = "an edit is FACT[:SUBJECT]=VALUE, FACT:+SUBJECT or FACT:-SUBJECT";
    assert_refused("", 1, form);
    assert_refused("computer", 1, form);
    assert_refused("compter=x", 1, "there is no such fact");
    assert_refused("=x", 1, "there is no such fact");
    assert_refused("drive.colour:C=red", 1, "there is no such fact");
    assert_refused("computer:x=y", 9, "this fact has no subject: FACT=VALUE");
    assert_refused("file=x", 5, "this fact wants a subject: FACT:SUBJECT=VALUE");
}

static void says_what_is_wrong_with_a_subject(void **state) {
    (void)state;
    static const char missing[] = "`=VALUE` is missing, or a `+` or `-` before the subject";
    assert_refused("file:C:\\x", 10, missing);
    assert_refused("http:http://a/x====", 20, missing);
    assert_refused("file:", 6, missing);
    assert_refused("file:=x", 6, "the subject is empty");
    assert_refused("process:-", 10, "the subject is empty");
    assert_refused("file.size:-C:\\x", 11, "an attribute can only be set");
    assert_refused(
        "file:x.txt=1", 6,
        "a path begins with a drive (C:\\), a share (\\\\server\\share) or a %VARIABLE%");
    assert_refused(
        "file:%A%x=1", 6,
        "a path begins with a drive (C:\\), a share (\\\\server\\share) or a %VARIABLE%");
    assert_refused("file:C:\\a*=1", 6, "a path cannot hold any of < > \" | ? *");
    assert_refused("file:C:\\\xff=1", 6, "the subject is not UTF-8 text");
    assert_refused("key:+HKXX\\a", 6, "a key begins with HKLM, HKCU, HKCR, HKU or HKCC");
    assert_refused("key:+HKCU\\a\\\\b", 6, "a key's name is empty");
    assert_refused("registry:HKCU=1", 10, "the name of a value is missing: KEY\\VALUE");
    assert_refused("mac:0=0c:9d:92:11:22:33", 5, "the subject is a number from 1");
    assert_refused("mac:x=0c:9d:92:11:22:33", 5, "the subject is a number from 1");
    assert_refused("drive:CD=fixed", 7, "a drive is a letter: C or C:");
    assert_refused("process:-C:\\x.exe", 10, "a process is named by its file name alone");
    assert_refused("process:+#1", 10, "a process is NAME or NAME#LABEL");
    assert_refused("process:+x#", 10, "a process is NAME or NAME#LABEL");
}

static void says_what_is_wrong_with_a_value(void **state) {
    (void)state;
    assert_refused("key:HKCU\\A=1", 12, "this fact has no value: it is there or not");
    assert_refused("ram=8 GiB", 5, "\"8 GiB\" is no size: 512, 8GiB, 500GB are");
    assert_refused("ram=99999999TiB", 5, "\"99999999TiB\" is no size: 512, 8GiB, 500GB are");
    assert_refused("uptime=3", 8, "\"3\" is no duration: 2d3h27m12s, 500ms are");
    assert_refused("uptime=", 8, "\"\" is no duration: 2d3h27m12s, 500ms are");
    assert_refused("uptime=99999d99999d", 8,
                   "\"99999d99999d\" is no duration: 2d3h27m12s, 500ms are");
    assert_refused("cpu.count=many", 11, "\"many\" is no number");
    assert_refused("cpu.count=", 11, "\"\" is no number");
    assert_refused("cpu.count=0x", 11, "\"0x\" is no number");
    assert_refused("cpu.count=9223372036854775808", 11, "\"9223372036854775808\" is no number");
    assert_refused("account.admin:x=maybe", 17, "\"maybe\" is neither true nor false");
    assert_refused("time=yesterday", 6, "\"yesterday\" is no time: 2019-03-25T09:00:00Z is");
    assert_refused("mac:1=0c:9d:92:11:22", 7,
                   "\"0c:9d:92:11:22\" is no MAC address: 0c:9d:92:11:22:33 is");
    assert_refused("account:x=S-2-5", 11, "\"S-2-5\" is no SID: S-1-5-21-1-2-3-1001 is");
    assert_refused("account:x=S-1-5-4294967296", 11,
                   "\"S-1-5-4294967296\" is no SID: S-1-5-21-1-2-3-1001 is");
    assert_refused("drive.serial:C=123", 16, "\"123\" is no volume serial: 6C3E-91B4 is");
    assert_refused("screen=0x600", 8, "\"0x600\" is no resolution: 1920x1080 is");
    assert_refused("drive:C=floppy", 9, "\"floppy\" is none of: fixed removable cdrom network ram");
    assert_refused("file.attributes:C:\\x=blue", 22,
                   "blue is none of: readonly hidden system archive temporary offline normal");
    assert_refused(
        "process:x.exe=x.exe", 15,
        "a path begins with a drive (C:\\), a share (\\\\server\\share) or a %VARIABLE%");
}

static void says_what_is_wrong_with_a_form(void **state) {
    (void)state;
    assert_refused("file:C:\\x=hex:123", 11, "hex digits come in pairs");
    assert_refused("file:C:\\x=hex:1g", 11, "these are not hex digits");
    assert_refused("file:C:\\x=text:\\q", 11,
                   "this is no escape: \\ \\n \\r \\t \\0 \\xNN \\u{N} are");
    assert_refused("file:C:\\x=text:\\", 11,
                   "this is no escape: \\ \\n \\r \\t \\0 \\xNN \\u{N} are");
    assert_refused("file:C:\\x=text:\\x1", 11,
                   "this is no escape: \\ \\n \\r \\t \\0 \\xNN \\u{N} are");
    assert_refused("file:C:\\x=text:\\u{d800}", 11,
                   "this is no escape: \\ \\n \\r \\t \\0 \\xNN \\u{N} are");
    assert_refused("file:C:\\x=text:\\u{110000}", 11,
                   "this is no escape: \\ \\n \\r \\t \\0 \\xNN \\u{N} are");
    assert_refused("file:C:\\x=expand:y", 11, "expand:, multi: and hex(N): are for the registry");
    assert_refused("file:C:\\x=@a.bin", 11, "a host file cannot be read here");
    assert_refused(V "dword:4294967296", 19, "dword: takes a number from 0 to 4294967295");
    assert_refused(V "dword:", 19, "dword: takes a number from 0 to 4294967295");
    assert_refused(V "hex(7)12", 19, "registry data of another type is hex(N):..");
    assert_refused(V "hex():12", 19, "registry data of another type is hex(N):..");
    assert_refused("computer=dword:1", 10, "this fact is no registry data");
    assert_refused("computer=hex:ff", 10, "this is not UTF-8 text");
    assert_refused("computer=text:a\\0", 10, "this is not UTF-8 text");
    assert_refused("ram=vars:%X%", 5, "vars: is for texts");
}

/* ---- host files ---- */

static Status read_host(const WorldFileReader *r, Arena *a, const char *path, Span *out) {
    (void)r;
    if (strcmp(path, "body.bin") != 0) return ST_NOT_FOUND;
    *out = arena_bytes(a, span("\x01\xff", 2));
    return out->p ? ST_OK : ST_BUDGET;
}

static void host_files_become_bytes(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    WorldFileReader reader = {.read = read_host};
    WorldEdit edit;
    WorldError e;
    assert_int_equal(edit_parse(&a, span_str("http:http://a/=@body.bin"), &reader, &edit, &e),
                     ST_OK);
    Buf b = buf_new(1000);
    edit_print(&b, &edit);
    buf_byte(&b, 0);
    assert_string_equal((char *)b.p, "http:http://a/=hex:01ff");
    buf_free(&b);
    assert_int_equal(edit_parse(&a, span_str("http:http://a/=@none"), &reader, &edit, &e),
                     ST_SYNTAX);
    assert_string_equal(e.text, "the host file none cannot be read");
    assert_int_equal(edit_parse(&a, span_str("http:http://a/=@"), &reader, &edit, &e), ST_SYNTAX);
    assert_string_equal(e.text, "@ wants the name of a host file");
    arena_reset(&a);
}

/* ---- what edits do ---- */

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

static void set_add_and_remove(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    World *w = make(&a, "{}");
    change(w, "file:C:\\a.txt=one");
    assert_string_equal(item_text(world_find(w, FACT_file, "c:\\A.TXT"), FACT_file), "one");
    change(w, "file.size:C:\\a.txt=1KiB");
    assert_int_equal(world_file_size(world_find(w, FACT_file, "C:\\a.txt")), 1024);
    change(w, "file:c:\\A.txt=three");
    assert_int_equal(world_count(w, FACT_file), 1);
    assert_int_equal(world_file_size(world_find(w, FACT_file, "C:\\a.txt")), 5);
    change(w, "file:-C:\\a.txt");
    assert_null(world_find(w, FACT_file, "C:\\a.txt"));
    assert_true(world_removed(w, FACT_file, "C:\\A.TXT"));
    assert_int_equal(world_count(w, FACT_file), 0);
    change(w, "file:+C:\\a.txt");
    assert_false(world_removed(w, FACT_file, "C:\\a.txt"));
    assert_false(item_value(world_find(w, FACT_file, "C:\\a.txt"), FACT_file)->set);
    arena_reset(&a);
}

static void removing_takes_what_is_below(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    World *w = make(&a, "file: {C:\\d\\e\\a: x, C:\\d\\b: y, C:\\dd: z}\n"
                        "registry: {HKCU\\K\\L: {v: 1}, HKCU\\K: {w: 2}, HKCU\\KK: {x: 3}}\n");
    change(w, "directory:-c:\\D");
    assert_null(world_find(w, FACT_file, "C:\\d\\e\\a"));
    assert_null(world_find(w, FACT_file, "C:\\d\\b"));
    assert_non_null(world_find(w, FACT_file, "C:\\dd"));
    assert_true(world_removed(w, FACT_file, "C:\\d\\never\\told"));
    assert_true(world_removed(w, FACT_directory, "C:\\d\\e"));
    assert_false(world_removed(w, FACT_file, "C:\\dd"));
    change(w, "file:C:\\d\\new=1");
    assert_false(world_removed(w, FACT_file, "C:\\d\\new"));
    change(w, "key:-HKCU\\k");
    assert_null(world_find(w, FACT_registry, "HKCU\\K\\L\\v"));
    assert_null(world_find(w, FACT_registry, "HKCU\\K\\w"));
    assert_non_null(world_find(w, FACT_registry, "HKCU\\KK\\x"));
    assert_true(world_removed(w, FACT_registry, "HKEY_CURRENT_USER\\K\\other"));
    arena_reset(&a);
}

static void a_process_name_stands_for_all_of_it(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    World *w = make(
        &a,
        "process: {svchost.exe#400: C:\\s.exe, svchost.exe#404: C:\\s.exe, x.exe: C:\\x.exe}\n");
    change(w, "process.user:SVCHOST.EXE=SYSTEM");
    assert_string_equal(
        item_text(world_find(w, FACT_process, "svchost.exe#400"), FACT_process_user), "SYSTEM");
    assert_string_equal(
        item_text(world_find(w, FACT_process, "svchost.exe#404"), FACT_process_user), "SYSTEM");
    assert_null(item_text(world_find(w, FACT_process, "x.exe"), FACT_process_user));
    change(w, "process:-svchost.exe#400");
    assert_int_equal(item_number(world_find(w, FACT_process, "svchost.exe"), FACT_process_pid, 0),
                     404);
    change(w, "process:-svchost.exe");
    assert_null(world_find(w, FACT_process, "svchost.exe"));
    assert_int_equal(world_count(w, FACT_process), 1);
    arena_reset(&a);
}

static void an_added_process_is_complete(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    World *w =
        make(&a, "process: {explorer.exe#8: C:\\e.exe, a.exe: {path: C:\\a.exe, pid: 5120}}");
    change(w, "process:+V3LITE.exe");
    const WorldItem *p = world_find(w, FACT_process, "v3lite.exe");
    assert_string_equal(item_text(p, FACT_process), "C:\\Program Files\\V3LITE\\V3LITE.exe");
    assert_int_equal(item_number(p, FACT_process_pid, 0), 5124);
    assert_int_equal(item_number(p, FACT_process_parent, 0), 8);
    p = world_find(w, FACT_process, "explorer.exe");
    assert_int_equal(item_number(p, FACT_process_parent, 1), 0);
    arena_reset(&a);
}

static void the_profile_follows_the_user(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    World *w = make(&a, "user: anna\n"
                        "file: {'%APPDATA%\\x': 1x}\n"
                        "process: {x.exe: '%LOCALAPPDATA%\\x.exe'}\n"
                        "registry: {HKCU\\A: {v: 'vars:%TEMP%\\y'}}\n");
    assert_non_null(world_find(w, FACT_file, "C:\\Users\\anna\\AppData\\Roaming\\x"));
    change(w, "user=bob");
    assert_null(world_find(w, FACT_file, "C:\\Users\\anna\\AppData\\Roaming\\x"));
    assert_non_null(world_find(w, FACT_file, "C:\\Users\\Bob\\AppData\\Roaming\\x"));
    assert_non_null(world_find(w, FACT_file, "%APPDATA%\\x"));
    assert_string_equal(item_text(world_find(w, FACT_process, "x.exe"), FACT_process),
                        "C:\\Users\\bob\\AppData\\Local\\x.exe");
    static const char wide[] = "C\0:\0\\\0U\0s\0e\0r\0s\0\\\0b\0o\0b\0\\";
    assert_memory_equal(
        item_value(world_find(w, FACT_registry, "HKCU\\A\\v"), FACT_registry)->bytes.p, wide,
        sizeof wide - 1);
    change(w, "environment:APPDATA=D:\\roaming");
    assert_non_null(world_find(w, FACT_file, "D:\\roaming\\x"));
    arena_reset(&a);
}

/* After every prefix of every edit the world is whole. */
static void survives_every_prefix(void **state) {
    (void)state;
    static const char *const edits[] = {
        "file:%APPDATA%\\ab==c.log=text:12\\n\\x41\\u{e4}",
        "file.created:C:\\a=2019-03-25T09:00:00.5Z",
        "registry:HKCU\\Software\\X\\\\a\\b=hex(7):61000000620000000000",
        "process:-V3LITE.exe#12",
        "mac:2=0c:9d:92:11:22:33",
        "drive.serial:D=6C3E-91B4",
        "uptime=2d3h27m12s500ms",
        "key:-HKEY_LOCAL_MACHINE\\A\\B",
        "account:x=S-1-5-21-1-2-3-1001",
        "screen=1920x1080",
        "directory:+\\\\server\\share\\x",
        "file:C:\\x=u16:ab\xc3\xa4\xf0\x9f\x98\x80",
        "environment:Path=%PATH%;C:\\x",
        "registry:HKCU\\A\\b=multi:a||b|c"};
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        Arena a = arena_new(CAP);
        World *w = make(&a, "{}");
        for (size_t n = 0; n <= strlen(edits[i]); n++) {
            char *copy = malloc(n ? n : 1);
            memcpy(copy, edits[i], n);
            WorldEdit edit;
            WorldError e = {0};
            Status status = edit_parse(&a, span(copy, n), NULL, &edit, &e);
            free(copy);
            if (status == ST_OK) assert_int_equal(edit_apply(w, &edit, &e), ST_OK);
            else assert_true(e.text && e.line == 1 && e.column >= 1 && e.column <= n + 1);
        }
        uint8_t digest[32];
        assert_int_equal(world_digest(w, digest), ST_OK);
        arena_reset(&a);
    }
}

static void survives_every_budget(void **state) {
    (void)state;
    for (size_t cap = 0; cap < 400000; cap += 5003) {
        Arena a = arena_new(cap);
        World *w;
        WorldError e = {0};
        Status status = world_read(&a, span_str("user: x\nfile: {'%TEMP%\\a': b}\n"), "t", &w, &e);
        if (status == ST_OK) status = world_edit(w, "user=y", NULL, &e);
        assert_true(status == ST_OK || status == ST_BUDGET);
        if (status == ST_BUDGET) assert_non_null(e.text);
        arena_reset(&a);
    }
}

static void assert_summer(World *w, const char *zone, const char *time, int64_t daylight) {
    Arena a = arena_new(CAP);
    change(w, arena_printf(&a, "timezone=%s", zone));
    change(w, arena_printf(&a, "time=%s", time));
    assert_int_equal(world_number(w, FACT_timezone_daylight), daylight);
    arena_reset(&a);
}

static void what_goes_together_follows(void **state) {
    (void)state;
    Arena a = arena_new(CAP);
    World *w = make(&a, "user: x");
    change(w, "locale=ru-RU");
    assert_string_equal(world_text(w, FACT_locale_lcid), "0419");
    assert_int_equal(world_number(w, FACT_locale_ansi), 1251);
    assert_int_equal(world_interface_language(w), 0x419);
    change(w, "locale.ansi=1252"); /* a later one goes before */
    change(w, "locale.lcid=0419");
    assert_int_equal(world_number(w, FACT_locale_ansi), 1252);
    change(w, "locale.lcid=0412");
    assert_string_equal(world_text(w, FACT_locale), "ko-KR");
    change(w, "language=de-DE");
    assert_int_equal(world_interface_language(w), 0x407);
    assert_summer(w, "Eastern Standard Time", "2024-03-10T06:59:59Z", 0);
    assert_summer(w, "Eastern Standard Time", "2024-03-10T07:00:00Z", -60);
    assert_summer(w, "Eastern Standard Time", "2024-11-03T06:00:00Z", 0);
    assert_summer(w, "W. Europe Standard Time", "2024-10-27T00:59:59Z", -60);
    assert_summer(w, "W. Europe Standard Time", "2024-10-27T01:00:00Z", 0);
    assert_summer(w, "AUS Eastern Standard Time", "2024-01-01T00:00:00Z", -60);
    assert_summer(w, "Tokyo Standard Time", "2024-07-01T00:00:00Z", 0);
    assert_int_equal(world_number(w, FACT_timezone_bias), -540);
    assert_int_equal(world_season(w), 0);
    change(w, "timezone.bias=-60");
    assert_string_equal(world_text(w, FACT_timezone), "W. Europe Standard Time");
    arena_reset(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subjects_have_one_spelling),
        cmocka_unit_test(a_subject_that_is_set_may_begin_with_a_sign),
        cmocka_unit_test(values_have_one_spelling),
        cmocka_unit_test(text_is_escaped_only_where_it_must),
        cmocka_unit_test(bytes_have_one_spelling),
        cmocka_unit_test(registry_data_has_one_spelling),
        cmocka_unit_test(lists_have_one_spelling),
        cmocka_unit_test(says_what_is_wrong_with_a_fact),
        cmocka_unit_test(says_what_is_wrong_with_a_subject),
        cmocka_unit_test(says_what_is_wrong_with_a_value),
        cmocka_unit_test(says_what_is_wrong_with_a_form),
        cmocka_unit_test(host_files_become_bytes),
        cmocka_unit_test(set_add_and_remove),
        cmocka_unit_test(removing_takes_what_is_below),
        cmocka_unit_test(a_process_name_stands_for_all_of_it),
        cmocka_unit_test(an_added_process_is_complete),
        cmocka_unit_test(the_profile_follows_the_user),
        cmocka_unit_test(what_goes_together_follows),
        cmocka_unit_test(survives_every_prefix),
        cmocka_unit_test(survives_every_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
