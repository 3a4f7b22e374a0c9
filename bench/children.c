/* Starts itself some times, and waits for each. */
#include <windows.h>

int main(int count, char **arguments) {
    (void)arguments;
    if (count > 1) return 0;
    for (int i = 0; i < CHILDREN; i++) {
        char path[MAX_PATH + 16];
        STARTUPINFOA how = {.cb = sizeof how};
        PROCESS_INFORMATION child;
        DWORD n = GetModuleFileNameA(NULL, path + 1, MAX_PATH);
        path[0] = '"';
        lstrcpyA(path + 1 + n, "\" child");
        if (!CreateProcessA(NULL, path, NULL, NULL, FALSE, 0, NULL, NULL, &how, &child)) return 1;
        WaitForSingleObject(child.hProcess, INFINITE);
        CloseHandle(child.hProcess);
        CloseHandle(child.hThread);
    }
    return 0;
}
