/* Carries two programs (itself, under two names), writes them to the folder for temporary files,
 * starts both and waits: the second starts a third from its own folder. */
#include "guest.h"

static int start(const char *path, const char *arguments) {
    char line[2 * MAX_PATH];
    STARTUPINFOA how = {.cb = sizeof how};
    PROCESS_INFORMATION child;
    DWORD code = 9999;
    snprintf(line, sizeof line, "\"%s\" %s", path, arguments);
    if (!CreateProcessA(path, line, NULL, NULL, FALSE, 0, NULL, NULL, &how, &child)) return -1;
    WaitForSingleObject(child.hProcess, INFINITE);
    GetExitCodeProcess(child.hProcess, &code);
    return (int)code;
}

static void drop(const char *path, int marker) {
    char self[MAX_PATH];
    DWORD n;
    GetModuleFileNameA(NULL, self, sizeof self);
    HANDLE from = CreateFileA(self, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    DWORD size = GetFileSize(from, NULL);
    char *bytes = malloc(size);
    ReadFile(from, bytes, size, &n, NULL);
    CloseHandle(from);
    HANDLE to = CreateFileA(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(to, bytes, size, &n, NULL);
    WriteFile(to, &marker, sizeof marker, &n, NULL); /* an overlay, so that the two differ */
    CloseHandle(to);
    free(bytes);
}

int main(int count, char **arguments) {
    char first[MAX_PATH], second[MAX_PATH], folder[MAX_PATH - 16];
    GetTempPathA(sizeof folder, folder);
    snprintf(first, sizeof first, "%sone.exe", folder);
    snprintf(second, sizeof second, "%stwo.exe", folder);
    if (count > 1 && !strcmp(arguments[1], "leaf")) return 21;
    if (count > 1) return start(first, "leaf") + 1;
    drop(first, 1);
    drop(second, 2);
    say_number("first", start(first, "leaf"));
    say_number("second", start(second, "branch"));
    say_result("delete", DeleteFileA(first));
    say_result("delete", DeleteFileA(second));
    return 0;
}
