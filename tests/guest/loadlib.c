/* Loading by hand: by name and ordinal, forwarders, data, references, relocation, failures. */
#include "plugin.h"

typedef int (*Add)(int, int);
typedef int (*Get)(void);
typedef const char *(*Text)(void);
typedef int(WINAPI *Length)(const char *);

static FARPROC find(HMODULE m, const char *name) {
    return GetProcAddress(m, name);
}

static int add(HMODULE m, int a, int b) {
    return ((Add)(void *)find(m, "plugin_add"))(a, b);
}

static void exports(HMODULE m) {
    say_number("by name", add(m, 2, 3));
    say("by ordinal, the same", find(m, MAKEINTRESOURCEA(3)) == find(m, "plugin_add"));
    say_number("by ordinal alone", ((Get)(void *)find(m, MAKEINTRESOURCEA(7)))());
    say_number("data", *(int *)(void *)find(m, "plugin_number"));
    say_number("through a relocated pointer", **(int **)(void *)find(m, "plugin_pointer"));
    say_text("text", ((Text)(void *)find(m, "plugin_text"))());
    say_number("forwarded to kernel32", ((Length)(void *)find(m, "plugin_length"))("12345"));
    say("the same address",
        find(m, "plugin_length") == find(GetModuleHandleA("kernel32"), "lstrlenA"));
    say_number("forwarded by ordinal", ((Get)(void *)find(m, "plugin_by_ordinal"))());
    say_result("no such name", find(m, "plugin_ADD") != NULL);
    say("no such ordinal", find(m, MAKEINTRESOURCEA(8)) != NULL);
    say_result("hidden by name", find(m, "plugin_hidden") != NULL);
}

static void names(HMODULE m) {
    char path[MAX_PATH];
    say("handle by name", GetModuleHandleA("plugin.dll") == m);
    say("handle without extension", GetModuleHandleA("PLUGIN") == m);
    GetModuleFileNameA(m, path, sizeof path);
    say("file name ends in the name",
        strlen(path) > 11 && _stricmp(path + strlen(path) - 11, "\\plugin.dll") == 0);
    say_number("short buffer", (long)GetModuleFileNameA(m, path, 4));
    say_number("its error", (long)GetLastError());
    HMODULE from = NULL;
    GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                           GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                       (const char *)(void *)find(m, "plugin_add"), &from);
    say("handle by address", from == m);
}

static DWORD WINAPI nothing(void *unused) {
    (void)unused;
    return 0;
}

static void thread_calls(HMODULE m) {
    HANDLE h = CreateThread(NULL, 0, nothing, NULL, 0, NULL);
    WaitForSingleObject(h, INFINITE);
    CloseHandle(h);
    say_number("told of a thread's begin and end", ((Get)(void *)find(m, "plugin_threads"))());
}

static void references(HMODULE m) {
    HMODULE again = LoadLibraryA("plugin.dll");
    say("loaded again, the same", again == m);
    say_result("free once", FreeLibrary(m));
    say("still there", GetModuleHandleA("plugin.dll") == m);
    say_result("free twice", FreeLibrary(m));
    say("gone", GetModuleHandleA("plugin.dll") == NULL);
}

static void relocated(void) {
    HMODULE one = LoadLibraryA("plugin.dll"), two = LoadLibraryA("second.dll");
    say("two copies", one && two && one != two);
    int *a = *(int **)(void *)find(one, "plugin_pointer"),
        *b = *(int **)(void *)find(two, "plugin_pointer");
    *a = 1;
    *b = 2;
    say_number("each has its own", *(int *)(void *)find(one, "plugin_number") * 10 +
                                       *(int *)(void *)find(two, "plugin_number"));
    FreeLibrary(two);
    FreeLibrary(one);
}

static void as_data(void) {
    HMODULE m = LoadLibraryExA("plugin.dll", NULL, LOAD_LIBRARY_AS_DATAFILE);
    say("as data", m != NULL);
    say("not in the list", GetModuleHandleA("plugin.dll") == NULL);
    const IMAGE_DOS_HEADER *dos = (const IMAGE_DOS_HEADER *)((ULONG_PTR)m & ~(ULONG_PTR)3);
    say_hex("magic", dos->e_magic);
    FreeLibrary(m);
    m = LoadLibraryExA("plugin.dll", NULL, DONT_RESOLVE_DLL_REFERENCES);
    say("without calling it", m != NULL);
    say_number("it works", add(m, 20, 30));
    FreeLibrary(m);
}

static void failures(void) {
    DWORD n;
    say_result("no such file", LoadLibraryA("no-such-library.dll") != NULL);
    HANDLE f = CreateFileA("text.dll", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(f, "this is no library, whatever its name", 37, &n, NULL);
    CloseHandle(f);
    say_result("not a library", LoadLibraryA("text.dll") != NULL);
    DeleteFileA("text.dll");
    SetEnvironmentVariableA("PLUGIN_REFUSES", "1");
    say_result("refuses", LoadLibraryA("plugin.dll") != NULL);
    SetEnvironmentVariableA("PLUGIN_REFUSES", NULL);
    say_result("free what is not loaded", FreeLibrary((HMODULE)(ULONG_PTR)0x12340000));
}

int main(void) {
    enter_scratch("loadlib");
    setvbuf(stdout, NULL, _IONBF, 0);
    drop_plugin("plugin.dll");
    drop_plugin("second.dll");
    HMODULE m = LoadLibraryA("plugin.dll");
    say_result("load", m != NULL);
    if (!m) return 1;
    exports(m);
    names(m);
    thread_calls(m);
    references(m);
    relocated();
    as_data();
    failures();
    say_result("delete", DeleteFileA("plugin.dll"));
    say_result("delete", DeleteFileA("second.dll"));
    leave_scratch();
    return 0;
}
