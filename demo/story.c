/* A program with a story: it drops a file, makes itself start with Windows, starts a thread, sleeps
 * ten days, says goodbye. Harmless: nothing here reaches beyond the user's own folder and keys. */
#include <stdio.h>
#include <windows.h>

static const char words[] = "The parcel is under the third bench.\r\n";

static void drop_file(void) {
    char path[MAX_PATH];
    ExpandEnvironmentStringsA("%APPDATA%\\parcel.txt", path, sizeof path);
    HANDLE file =
        CreateFileA(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_HIDDEN, NULL);
    DWORD written;
    if (file == INVALID_HANDLE_VALUE) return;
    WriteFile(file, words, sizeof words - 1, &written, NULL);
    CloseHandle(file);
}

static void start_with_windows(void) {
    char path[MAX_PATH];
    DWORD length = GetModuleFileNameA(NULL, path, sizeof path);
    HKEY run;
    if (RegOpenKeyExA(HKEY_CURRENT_USER, "Software\\Microsoft\\Windows\\CurrentVersion\\Run", 0,
                      KEY_SET_VALUE, &run))
        return;
    RegSetValueExA(run, "Parcel", 0, REG_SZ, (const BYTE *)path, length + 1);
    RegCloseKey(run);
}

static DWORD WINAPI count_days(void *days) {
    for (int day = 1; day <= *(int *)days; day++) Sleep(24 * 60 * 60 * 1000);
    printf("%d days later\n", *(int *)days);
    return 0;
}

int main(void) {
    int days = 10;
    drop_file();
    start_with_windows();
    HANDLE thread = CreateThread(NULL, 0, count_days, &days, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    puts("goodbye");
    return 7;
}
