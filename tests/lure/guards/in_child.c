/* expect {"fact": "file", "polarity": "must", "subject": "C:\\Users\\Public\\child.ok"} */
#include "../guard.h"

int main(int argc, char **argv) {
    char command[MAX_PATH + 16];
    STARTUPINFOA start = {.cb = sizeof start};
    PROCESS_INFORMATION process;
    (void)argv;
    if (argc > 1) {
        if (GetFileAttributesA("C:\\Users\\Public\\child.ok") != INVALID_FILE_ATTRIBUTES) reveal();
        return 0;
    }
    command[0] = '"';
    DWORD n = GetModuleFileNameA(NULL, command + 1, MAX_PATH) + 1;
    strcpy(command + n, "\" child");
    if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &start, &process))
        return 1;
    WaitForSingleObject(process.hProcess, INFINITE);
    return 0;
}
