/* What programs look for to tell Wine from Windows. */
#include "guest.h"

static int marks;

static void look(const char *what, int found) {
    if (!found) return;
    marks++;
    printf("wine seen: %s\n", what);
}

static void exports(void) {
    static const char *const names[] = {"wine_get_version",          "wine_get_build_id",
                                        "wine_get_host_version",     "wine_server_call",
                                        "wine_nt_to_unix_file_name", "__wine_dbg_output",
                                        "__wine_unix_call"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        look(names[i], GetProcAddress(GetModuleHandleA("ntdll"), names[i]) != NULL);
    look("wine_get_unix_file_name",
         GetProcAddress(GetModuleHandleA("kernel32"), "wine_get_unix_file_name") != NULL);
}

static int contains(const char *bytes, size_t n, const char *text) {
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= n; i++)
        if (memcmp(bytes + i, text, length) == 0) return 1;
    return 0;
}

static void images(void) {
    static const char *const names[] = {"ntdll",  "kernel32", "kernelbase",
                                        "user32", "advapi32", "msvcrt"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *m = (const char *)LoadLibraryA(names[i]);
        look("text in a header in memory", m && contains(m, 1024, "Wine "));
        char path[MAX_PATH], head[1024];
        DWORD n = 0;
        GetModuleFileNameA((HMODULE)(ULONG_PTR)m, path, sizeof path);
        HANDLE f = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
        look("no file behind a module", f == INVALID_HANDLE_VALUE);
        ReadFile(f, head, sizeof head, &n, NULL);
        look("text in a header on the disk", contains(head, n, "Wine "));
        CloseHandle(f);
    }
}

static void keys(void) {
    static const char *const names[] = {"Software\\Wine", "Software\\Wine\\Debug"};
    HKEY key;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        look("key of the user", RegOpenKeyExA(HKEY_CURRENT_USER, names[i], 0, KEY_READ, &key) == 0);
        look("key of the machine",
             RegOpenKeyExA(HKEY_LOCAL_MACHINE, names[i], 0, KEY_READ, &key) == 0);
    }
}

static void files_and_variables(void) {
    look("drive Z", GetDriveTypeA("Z:\\") != DRIVE_NO_ROOT_DIR);
    look("winecfg",
         GetFileAttributesA("C:\\windows\\system32\\winecfg.exe") != INVALID_FILE_ATTRIBUTES);
    look("wineboot",
         GetFileAttributesA("C:\\windows\\system32\\wineboot.exe") != INVALID_FILE_ATTRIBUTES);
    look("unix root", GetFileAttributesA("\\\\?\\unix\\etc\\passwd") != INVALID_FILE_ATTRIBUTES);
    for (const char *p = GetEnvironmentStringsA(); *p; p += strlen(p) + 1)
        look(p, strncmp(p, "WINE", 4) == 0);
}

static void version_of(const char *dll) {
    char path[MAX_PATH];
    DWORD unused;
    GetSystemDirectoryA(path, sizeof path);
    strcat(path, "\\");
    strcat(path, dll);
    DWORD n = GetFileVersionInfoSizeA(path, &unused);
    char *data = malloc(n + 1), *text = NULL;
    UINT length = 0;
    if (n && GetFileVersionInfoA(path, 0, n, data) &&
        VerQueryValueA(data, "\\StringFileInfo\\040904E4\\ProductName", (void **)&text, &length))
        look("product name of a DLL", contains(text, length, "Wine"));
    free(data);
}

int main(void) {
    exports();
    images();
    keys();
    files_and_variables();
    version_of("kernel32.dll");
    version_of("ntdll.dll");
    if (!marks) puts("no wine seen");
    return marks != 0;
}
