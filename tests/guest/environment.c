/* Environment variables and the current folder. */
#include "guest.h"

static void say_variable(const char *name) {
    char value[256];
    SetLastError(0);
    DWORD n = GetEnvironmentVariableA(name, value, sizeof value);
    if (n) printf("%s=%s\n", name, value);
    else printf("%s: error %lu\n", name, GetLastError());
}

static int block_has(const char *entry) {
    LPCH block = GetEnvironmentStringsA();
    int found = 0;
    for (const char *p = block; *p; p += strlen(p) + 1)
        if (_stricmp(p, entry) == 0) found++;
    FreeEnvironmentStringsA(block);
    return found;
}

static void set_and_get(void) {
    char value[8];
    say_variable("COAX_TEST");
    say_result("set", SetEnvironmentVariableA("COAX_TEST", "one two"));
    say_variable("COAX_TEST");
    say_variable("coax_test");
    say_number("entries in the block", block_has("COAX_TEST=one two"));
    say_number("length that is needed", (long)GetEnvironmentVariableA("COAX_TEST", value, 3));
    say_result("set empty", SetEnvironmentVariableA("COAX_TEST", ""));
    say_variable("COAX_TEST");
    say_result("delete", SetEnvironmentVariableA("COAX_TEST", NULL));
    say_variable("COAX_TEST");
}

static void expand(void) {
    char out[128];
    SetEnvironmentVariableA("COAX_A", "alpha");
    DWORD n =
        ExpandEnvironmentStringsA("[%COAX_A%] [%coax_a%] [%COAX_NONE%] [100%]", out, sizeof out);
    say_text("expanded", out);
    say_number("expanded length", (long)n);
}

static void crt_environment(void) {
    say("getenv of a new name", getenv("COAX_CRT") != NULL);
    _putenv("COAX_CRT=runtime");
    say_text("getenv", getenv("COAX_CRT"));
    say_variable("COAX_CRT");
}

static void folders(void) {
    char start[MAX_PATH], now[MAX_PATH], windows[MAX_PATH];
    GetCurrentDirectoryA(sizeof start, start);
    say_result("change folder", SetCurrentDirectoryA("C:\\windows\\system32\\.."));
    GetCurrentDirectoryA(sizeof now, now);
    say("folder is normalised", _stricmp(now, "C:\\windows") == 0);
    GetWindowsDirectoryA(windows, sizeof windows);
    say("windows folder", _stricmp(windows, "C:\\windows") == 0);
    GetSystemDirectoryA(windows, sizeof windows);
    say("system folder", _stricmp(windows, "C:\\windows\\system32") == 0);
    GetFullPathNameA("a\\..\\b.txt", sizeof now, now, NULL);
    say("full path", _stricmp(now, "C:\\windows\\b.txt") == 0);
    GetFullPathNameA("\\x\\.\\y\\", sizeof now, now, NULL);
    say_text("rooted path", now);
    say_result("no such folder", SetCurrentDirectoryA("C:\\no\\such"));
    say_result("back", SetCurrentDirectoryA(start));
}

int main(void) {
    set_and_get();
    expand();
    crt_environment();
    say_variable("SystemDrive");
    say_variable("OS");
    folders();
    return 0;
}
