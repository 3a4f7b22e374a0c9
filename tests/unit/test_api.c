/* API signatures and the decoding of calls, with a guest memory that is an array. */
#include "guest/trace/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { BASE = 0x200000, SIZE = 0x3000 };

typedef struct {
    ApiReader reader;
    uint64_t words[DECODE_WORDS_MAX];
    uint64_t reals[4];
    uint8_t memory[SIZE]; /* at BASE; nothing else can be read */
    Arena arena;
} Fake;

static uint64_t fake_word(const ApiReader *r, size_t slot, bool real) {
    const Fake *f = (const Fake *)r;
    if (slot >= DECODE_WORDS_MAX) return 0;
    return real && r->pointer_size == 8 && slot < 4 ? f->reals[slot] : f->words[slot];
}

static bool fake_read(const ApiReader *r, uint64_t address, void *to, size_t n) {
    const Fake *f = (const Fake *)r;
    if (address < BASE || address - BASE > SIZE || n > SIZE - (address - BASE)) return false;
    memcpy(to, f->memory + (address - BASE), n);
    return true;
}

static int fresh(void **state) {
    Fake *f = calloc(1, sizeof(*f));
    f->reader = (ApiReader){8, fake_word, fake_read};
    f->arena = arena_new(1 << 20);
    *state = f;
    return 0;
}

static int done(void **state) {
    Fake *f = *state;
    arena_reset(&f->arena);
    free(f);
    return 0;
}

/* Writes at an offset and returns the guest address. */
static uint64_t put(Fake *f, size_t at, const void *bytes, size_t n) {
    assert_true(at + n <= SIZE);
    memcpy(f->memory + at, bytes, n);
    return BASE + at;
}

static uint64_t put_text(Fake *f, size_t at, const char *text) {
    return put(f, at, text, strlen(text) + 1);
}

static uint64_t put_wide(Fake *f, size_t at, const char *text) {
    for (size_t i = 0; i <= strlen(text); i++)
        put(f, at + 2 * i, (uint8_t[]){(uint8_t)text[i], 0}, 2);
    return BASE + at;
}

static uint64_t put_number(Fake *f, size_t at, uint64_t v, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) f->memory[at + i] = (uint8_t)(v >> 8 * i);
    return BASE + at;
}

static void set_words(Fake *f, size_t n, const uint64_t *words) {
    memset(f->words, 0, sizeof(f->words));
    memcpy(f->words, words, n * sizeof(words[0]));
}
#define SET(f, ...)                                                                                \
    set_words((f), sizeof((uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t), (uint64_t[]){__VA_ARGS__})

static const ApiSignature *known(const char *name) {
    const ApiSignature *s = api_find(NULL, name);
    if (!s) fail_msg("%s is not known", name);
    return s;
}

static Value *arguments(Fake *f, const char *name) {
    return api_arguments(&f->arena, known(name), &f->reader);
}

static const char *shown(const Value *map, const char *key) {
    static char number[64];
    const Value *v = value_get(map, key);
    if (!v) fail_msg("no %s", key);
    if (v->kind == VALUE_UINT)
        snprintf(number, sizeof(number), "%llu", (unsigned long long)v->natural);
    else if (v->kind == VALUE_INT) snprintf(number, sizeof(number), "%lld", (long long)v->integer);
    else if (v->kind == VALUE_REAL) snprintf(number, sizeof(number), "%g", v->real);
    else return value_get_str(v, "(no text)");
    return number;
}
#define EXPECT(map, key, text) assert_string_equal(shown((map), (key)), (text))

/* ---- the table ---- */

static void test_table_is_sorted_and_large(void **state) {
    (void)state;
    assert_true(api_count() >= 6000);
    for (size_t i = 1; i < api_count(); i++)
        assert_true(strcmp(api_name(api_at(i - 1)), api_name(api_at(i))) < 0);
    assert_null(api_at(api_count()));
}

static void test_lengths_name_parameters(void **state) {
    (void)state;
    for (size_t i = 0; i < api_count(); i++) {
        const ApiSignature *s = api_at(i);
        for (size_t k = 0; k < api_parameter_count(s); k++)
            if (api_length_parameter(api_parameter(s, k)) >= (int)api_parameter_count(s))
                fail_msg("%s: parameter %zu has no length", api_name(s), k);
        assert_true(api_traits(s, 4).words <= DECODE_WORDS_MAX);
    }
}

static void test_find(void **state) {
    (void)state;
    const ApiSignature *s = api_find("KERNEL32.dll", "CreateFileW");
    assert_non_null(s);
    assert_string_equal(api_module(s), "kernel32.dll");
    assert_int_equal(api_parameter_count(s), 7);
    assert_string_equal(api_parameter(s, 0).name, "lpFileName");
    assert_int_equal(api_parameter(s, 0).kind, API_WSTR);
    assert_int_equal(api_result(s).kind, API_HANDLE);
    assert_ptr_equal(api_find("kernelbase", "CreateFileW"), s);
    assert_ptr_equal(api_find("api-ms-win-core-file-l1-1-0.dll", "CreateFileW"), s);
    assert_null(api_find("sample.dll", "CreateFileW"));
    assert_null(api_find("kernel32.dll", "NoSuchFunction"));
    assert_null(api_find("kernel32.dll", ""));
    assert_non_null(api_find("ntdll.dll", "NtDelayExecution"));
    assert_non_null(api_find("ucrtbase.dll", "_wfopen"));
    assert_true(api_variadic(known("printf")));
}

static void test_stack_words(void **state) {
    (void)state;
    assert_int_equal(api_traits(known("CreateFileW"), 4).words, 7);
    assert_int_equal(api_traits(known("SetFilePointerEx"), 4).words,
                     5); /* LARGE_INTEGER by value */
    assert_int_equal(api_traits(known("SetFilePointerEx"), 8).words, 4);
    assert_int_equal(api_traits(known("pow"), 4).words, 4);             /* two doubles */
    assert_int_equal(api_traits(known("WindowFromPoint"), 4).words, 2); /* POINT by value */
    assert_int_equal(api_traits(NULL, 4).words, 0);
}

/* ---- arguments ---- */

static void test_create_file(void **state) {
    Fake *f = *state;
    for (f->reader.pointer_size = 4; f->reader.pointer_size <= 8; f->reader.pointer_size += 4) {
        SET(f, put_wide(f, 0, "C:\\a b.txt"), 0xC0000000, 1, 0, 2, 0x4000080, 0);
        Value *v = arguments(f, "CreateFileW");
        EXPECT(v, "lpFileName", "\"C:\\a b.txt\"");
        EXPECT(v, "dwDesiredAccess", "GENERIC_READ|GENERIC_WRITE");
        EXPECT(v, "dwShareMode", "FILE_SHARE_READ");
        EXPECT(v, "lpSecurityAttributes", "NULL");
        EXPECT(v, "dwCreationDisposition", "CREATE_ALWAYS");
        EXPECT(v, "dwFlagsAndAttributes", "FILE_ATTRIBUTE_NORMAL|FILE_FLAG_DELETE_ON_CLOSE");
        EXPECT(v, "hTemplateFile", "0x0");
    }
}

static void test_upper_half_of_a_register_is_not_an_argument(void **state) {
    Fake *f = *state;
    SET(f, UINT64_C(0xdeadbeef00000005));
    EXPECT(arguments(f, "Sleep"), "dwMilliseconds", "5");
    SET(f, UINT64_C(0xdeadbeefffffffff));
    EXPECT(arguments(f, "Sleep"), "dwMilliseconds", "INFINITE");
}

static void test_registry(void **state) {
    Fake *f = *state;
    SET(f, UINT64_C(0xFFFFFFFF80000001), put_text(f, 0, "Software\\X"), 0, 0x20019 | 0x100,
        BASE + 64);
    Value *v = arguments(f, "RegOpenKeyExA");
    EXPECT(v, "hKey", "HKEY_CURRENT_USER");
    EXPECT(v, "lpSubKey", "\"Software\\X\"");
    EXPECT(v, "samDesired", "KEY_READ|KEY_WOW64_64KEY");
    EXPECT(v, "phkResult", "0x200040");
    f->reader.pointer_size = 4;
    SET(f, 0x80000002, 0x1c, 0, 0x80, 0);
    v = arguments(f, "RegOpenKeyExA");
    EXPECT(v, "hKey", "HKEY_LOCAL_MACHINE");
    EXPECT(v, "lpSubKey", "#28");
    EXPECT(v, "samDesired", "0x80");
    SET(f, 0x54);
    EXPECT(arguments(f, "RegCloseKey"), "hKey", "0x54");
}

static void test_ansi_is_code_page_1252(void **state) {
    Fake *f = *state;
    SET(f, put_text(f, 0,
                    "\x80 m\xfc"
                    "de"));
    EXPECT(arguments(f, "LoadLibraryA"), "lpLibFileName", "\"\u20ac m\u00fcde\"");
}

static void test_long_texts_are_cut(void **state) {
    Fake *f = *state;
    memset(f->memory, 'A', SIZE);
    SET(f, BASE);
    const char *text = shown(arguments(f, "LoadLibraryA"), "lpLibFileName");
    assert_int_equal(strlen(text), DECODE_TEXT_MAX + 2 + 3);
    assert_string_equal(text + DECODE_TEXT_MAX, "A\"...");
    SET(f, BASE + SIZE - 3); /* no NUL before the end of what can be read */
    EXPECT(arguments(f, "LoadLibraryA"), "lpLibFileName", "\"AAA\"...");
    SET(f, 0x7fff0000);
    EXPECT(arguments(f, "LoadLibraryA"), "lpLibFileName", "0x7fff0000");
    SET(f, 0);
    EXPECT(arguments(f, "LoadLibraryA"), "lpLibFileName", "NULL");
}

static void test_counted_text(void **state) {
    Fake *f = *state;
    SET(f, 7, put_wide(f, 0, "hello, world"), 5, 0, 0);
    EXPECT(arguments(f, "WriteConsoleW"), "lpBuffer", "\"hello\"");
    SET(f, 65001, 0, put_text(f, 0, "ab"), UINT32_MAX, 0, 0);
    Value *v = arguments(f, "MultiByteToWideChar");
    EXPECT(v, "lpMultiByteStr", "\"ab\"");
    EXPECT(v, "cbMultiByte", "-1");
    EXPECT(v, "CodePage", "CP_UTF8");
}

static void test_buffers(void **state) {
    Fake *f = *state;
    SET(f, 0x80, put(f, 0, "MZ\x90\0", 4), 4, 0, 0);
    EXPECT(arguments(f, "WriteFile"), "lpBuffer", "4d 5a 90 00");
    SET(f, 0x80, put_text(f, 0, "GET / HTTP/1.1\r\n"), 16, 0);
    EXPECT(arguments(f, "send"), "buf", "\"GET / HTTP/1.1\r\n\"");
    SET(f, 0x80, put_text(f, 0, "v"), 0, 1, put_wide(f, 16, "run.exe"), 16);
    Value *v = arguments(f, "RegSetValueExA");
    EXPECT(v, "lpData", "\"run.exe\"");
    EXPECT(v, "dwType", "REG_SZ");
    memset(f->memory, 0, SIZE);
    SET(f, 0x80, BASE, 1000, 0, 0);
    const char *text = shown(arguments(f, "WriteFile"), "lpBuffer");
    assert_int_equal(strlen(text), DECODE_BYTES_MAX * 3 - 1 + 4);
}

static void test_native_structures(void **state) {
    Fake *f = *state;
    for (unsigned size = 4; size <= 8; size += 4) {
        f->reader.pointer_size = size;
        uint64_t text = put_wide(f, 0x100, "\\??\\C:\\x!!");
        put_number(f, 0x40, 16, 2);
        uint64_t name = put_number(f, 0x40 + size, text, size) - size;
        put_number(f, 0x80 + size, 0x24, size);
        uint64_t attributes = put_number(f, 0x80 + 2 * size, name, size) - 2 * size;
        SET(f, BASE + 0x20, 0x100001, attributes);
        Value *v = arguments(f, "NtOpenFile");
        EXPECT(v, "ObjectAttributes", "\"\\??\\C:\\x\" under 0x24");
        EXPECT(v, "DesiredAccess", "FILE_READ_DATA|SYNCHRONIZE");
        SET(f, 0, put_number(f, 0x10, (uint64_t)-100000, 8));
        EXPECT(arguments(f, "NtDelayExecution"), "DelayInterval", "0x200010 -> -100000");
        EXPECT(arguments(f, "NtDelayExecution"), "Alertable", "FALSE");
    }
}

static void test_network_structures(void **state) {
    Fake *f = *state;
    SET(f, 1, put(f, 0, "\x02\0\x01\xbb\x0a\0\0\x07", 8), 16);
    EXPECT(arguments(f, "connect"), "name", "10.0.0.7:443");
    put(f, 64, (uint8_t[28]){23, 0, 0, 80, [23] = 1}, 28);
    SET(f, 1, BASE + 64, 28);
    EXPECT(arguments(f, "connect"), "name", "[::1]:80");
    SET(f, 2, 1, 6);
    Value *v = arguments(f, "socket");
    EXPECT(v, "af", "AF_INET");
    EXPECT(v, "type", "SOCK_STREAM");
    EXPECT(v, "protocol", "IPPROTO_TCP");
}

static void test_guid(void **state) {
    Fake *f = *state;
    static const uint8_t id[16] = {0x78, 0x56, 0x34, 0x12, 0xbc, 0x9a, 0xf0, 0xde,
                                   1,    2,    3,    4,    5,    6,    7,    8};
    SET(f, put(f, 0, id, 16), 0, 1, BASE, BASE + 64);
    Value *v = arguments(f, "CoCreateInstance");
    EXPECT(v, "rclsid", "{12345678-9ABC-DEF0-0102-030405060708}");
    EXPECT(v, "dwClsContext", "CLSCTX_INPROC_SERVER");
}

static void test_floating_point(void **state) {
    Fake *f = *state;
    double x = 1.5, y = -2;
    memcpy(&f->reals[0], &x, 8);
    memcpy(&f->reals[1], &y, 8);
    const ApiSignature *s = known("pow");
    EXPECT(api_arguments(&f->arena, s, &f->reader), api_parameter(s, 0).name, "1.5");
    EXPECT(api_arguments(&f->arena, s, &f->reader), api_parameter(s, 1).name, "-2");
    f->reader.pointer_size = 4;
    uint64_t raw;
    memcpy(&raw, &y, 8);
    SET(f, 0, 0x3ff80000, (uint32_t)raw, raw >> 32);
    EXPECT(api_arguments(&f->arena, s, &f->reader), api_parameter(s, 0).name, "1.5");
    EXPECT(api_arguments(&f->arena, s, &f->reader), api_parameter(s, 1).name, "-2");
    assert_true(api_returns_real(s));
    assert_string_equal(api_return(&f->arena, s, &f->reader, raw), "-2");
}

static void test_unknown_function(void **state) {
    Fake *f = *state;
    assert_int_equal(value_count(api_arguments(&f->arena, NULL, &f->reader)), 0);
    assert_string_equal(api_return(&f->arena, NULL, &f->reader, 0x12), "0x12");
}

/* ---- results ---- */

static void test_results(void **state) {
    Fake *f = *state;
    const ApiReader *r = &f->reader;
    Arena *a = &f->arena;
    assert_string_equal(api_return(a, known("NtClose"), r, 0xC0000008), "STATUS_INVALID_HANDLE");
    assert_string_equal(api_return(a, known("NtClose"), r, 0), "STATUS_SUCCESS");
    assert_string_equal(api_return(a, known("NtClose"), r, 0xCABCDEF0), "0xcabcdef0");
    assert_string_equal(api_return(a, known("CloseHandle"), r, 1), "TRUE");
    assert_string_equal(api_return(a, known("RegCloseKey"), r, 2), "ERROR_FILE_NOT_FOUND");
    assert_string_equal(api_return(a, known("CoInitialize"), r, 1), "S_FALSE");
    assert_string_equal(api_return(a, known("CoInitialize"), r, 0x80070005), "E_ACCESSDENIED");
    assert_string_equal(api_return(a, known("CoInitialize"), r, 0x80070002),
                        "HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)");
    assert_string_equal(api_return(a, known("GetDriveTypeA"), r, 3), "DRIVE_FIXED");
    assert_string_equal(api_return(a, known("WaitForSingleObject"), r, 258), "WAIT_TIMEOUT");
    assert_string_equal(api_return(a, known("GetTickCount"), r, 77), "77");
    assert_string_equal(api_return(a, known("OpenProcess"), r, 0x44), "0x44");
    assert_string_equal(api_return(a, known("lstrcpyA"), r, put_text(f, 0, "x")), "\"x\"");
    assert_string_equal(api_return(a, known("Sleep"), r, 5), "void");
    f->reader.pointer_size = 4;
    assert_string_equal(api_return(a, known("GetTickCount64"), r, UINT64_C(0x100000000)),
                        "4294967296");
    assert_string_equal(api_return(a, known("GetProcAddress"), r, UINT64_C(0x9977112233)),
                        "0x77112233");
}

static void test_outputs(void **state) {
    Fake *f = *state;
    const ApiSignature *s = known("GetComputerNameA");
    SET(f, put_text(f, 0, "HOST"), put_number(f, 64, 4, 4));
    Value *v = api_arguments(&f->arena, s, &f->reader);
    EXPECT(v, "lpBuffer", "0x200000");
    api_outputs(&f->arena, s, &f->reader, 0, v); /* it failed: nothing was written */
    EXPECT(v, "lpBuffer", "0x200000");
    api_outputs(&f->arena, s, &f->reader, 1, v);
    EXPECT(v, "lpBuffer", "0x200000 -> \"HOST\"");
    EXPECT(v, "nSize", "0x200040 -> 4");
    assert_int_equal(value_count(v), 2);
}

static void test_output_lengths(void **state) {
    Fake *f = *state;
    const ApiSignature *s = known("ReadFile");
    SET(f, 8, put_text(f, 0, "evil"), 100, put_number(f, 64, 3, 4), 0);
    Value *v = api_arguments(&f->arena, s, &f->reader);
    api_outputs(&f->arena, s, &f->reader, 1, v);
    EXPECT(v, "lpBuffer", "0x200000 -> \"evi\"");
    EXPECT(v, "lpNumberOfBytesRead", "0x200040 -> 3");
    s = known("recv");
    SET(f, 8, BASE, 100, 0);
    v = api_arguments(&f->arena, s, &f->reader);
    api_outputs(&f->arena, s, &f->reader, UINT32_MAX, v);
    EXPECT(v, "buf", "0x200000");
    api_outputs(&f->arena, s, &f->reader, 2, v);
    EXPECT(v, "buf", "0x200000 -> \"ev\"");
}

/* ---- fingerprints ---- */

static void test_traits(void **state) {
    (void)state;
    assert_true(api_traits(known("LoadLibraryA"), 8).tells);
    assert_false(api_traits(known("GetTickCount"), 8).tells);
    assert_int_equal(api_traits(known("pow"), 8).reals, 3);
    assert_int_equal(api_traits(known("pow"), 4).reals, 0);
    assert_int_equal(api_traits(NULL, 8).words, 0);
}

static void test_fingerprint_tells_texts_apart(void **state) {
    Fake *f = *state;
    const ApiSignature *s = known("GetProcAddress");
    SET(f, 0x77000000, put_text(f, 0, "Sleep"));
    uint64_t sleep = api_fingerprint(s, &f->reader);
    SET(f, 0x76000000, put_text(f, 64, "Sleep"));
    assert_int_equal(api_fingerprint(s, &f->reader), sleep);
    put_text(f, 64, "ExitProcess");
    assert_int_not_equal(api_fingerprint(s, &f->reader), sleep);
    SET(f, 5);
    sleep = api_fingerprint(known("Sleep"), &f->reader);
    SET(f, 5, 6);
    assert_int_equal(api_fingerprint(known("Sleep"), &f->reader), sleep);
}

/* ---- hostile arguments ---- */

static uint64_t random_word(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    uint64_t r = *seed >> 16;
    switch (r & 7) {
    case 0: return 0;
    case 1: return UINT64_MAX - (r >> 8 & 15);
    case 2: return r >> 3;
    case 3: return BASE + SIZE - (r >> 8 & 31);
    default: return BASE + (r >> 8) % SIZE;
    }
}

static void test_every_function_with_hostile_arguments(void **state) {
    Fake *f = *state;
    uint64_t seed = 1;
    for (size_t i = 0; i < SIZE; i += 8) put_number(f, i, random_word(&seed), 8);
    for (size_t i = 0; i < api_count(); i++) {
        const ApiSignature *s = api_at(i);
        for (size_t k = 0; k < DECODE_WORDS_MAX; k++) f->words[k] = random_word(&seed);
        for (size_t k = 0; k < 4; k++) f->reals[k] = random_word(&seed);
        f->reader.pointer_size = i & 1 ? 4 : 8;
        uint64_t result = random_word(&seed);
        Value *v = api_arguments(&f->arena, s, &f->reader);
        assert_int_equal(value_count(v), api_parameter_count(s));
        api_outputs(&f->arena, s, &f->reader, result, v);
        assert_int_equal(value_count(v), api_parameter_count(s));
        api_return(&f->arena, s, &f->reader, result);
        assert_int_equal(api_fingerprint(s, &f->reader), api_fingerprint(s, &f->reader));
        assert_false(f->arena.full);
        arena_reset(&f->arena);
    }
}

static void test_a_full_arena_is_no_crash(void **state) {
    Fake *f = *state;
    SET(f, put_wide(f, 0, "C:\\a.txt"), 0xC0000000, 1, 0, 2, 0x80, 0);
    for (size_t cap = 0; cap < 4096; cap += 16) {
        Arena small = arena_new(cap);
        Value *v = api_arguments(&small, known("CreateFileW"), &f->reader);
        api_outputs(&small, known("CreateFileW"), &f->reader, 1, v);
        api_return(&small, known("CreateFileW"), &f->reader, 1);
        arena_reset(&small);
    }
}

/* ---- codes ---- */

static void test_codes(void **state) {
    (void)state;
    assert_string_equal(api_ntstatus_name(0xC0000005), "STATUS_ACCESS_VIOLATION");
    assert_string_equal(api_ntstatus_name(0x102), "STATUS_TIMEOUT");
    assert_string_equal(api_win32_name(5), "ERROR_ACCESS_DENIED");
    assert_string_equal(api_win32_name(0), "ERROR_SUCCESS");
    assert_string_equal(api_win32_name(10061), "WSAECONNREFUSED");
    assert_string_equal(api_hresult_name(0x80004005), "E_FAIL");
    assert_null(api_ntstatus_name(0xC0FFEE00));
    assert_null(api_win32_name(0xFFFF));
    assert_null(api_hresult_name(0xFFFFFFFF));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)
int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_table_is_sorted_and_large),
        TEST(test_lengths_name_parameters),
        TEST(test_find),
        TEST(test_stack_words),
        TEST(test_create_file),
        TEST(test_upper_half_of_a_register_is_not_an_argument),
        TEST(test_registry),
        TEST(test_ansi_is_code_page_1252),
        TEST(test_long_texts_are_cut),
        TEST(test_counted_text),
        TEST(test_buffers),
        TEST(test_native_structures),
        TEST(test_network_structures),
        TEST(test_guid),
        TEST(test_floating_point),
        TEST(test_unknown_function),
        TEST(test_results),
        TEST(test_outputs),
        TEST(test_output_lengths),
        TEST(test_traits),
        TEST(test_fingerprint_tells_texts_apart),
        TEST(test_every_function_with_hostile_arguments),
        TEST(test_a_full_arena_is_no_crash),
        TEST(test_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
