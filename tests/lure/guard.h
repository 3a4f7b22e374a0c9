/* What the guard programs share. Each looks at the computer, and reveals itself only where it finds
 * what it waits for: reveal() writes a file, which is harmless and visible. */
#ifndef GUARD_H
#define GUARD_H

#define WINVER       0x0a00
#define _WIN32_WINNT 0x0a00
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <winsock2.h>
#include <windows.h>

static inline void reveal_as(const char *name) {
    char path[MAX_PATH + 40];
    DWORD n = GetTempPathA(MAX_PATH, path), written;
    snprintf(path + n, 40, "%s.txt", name);
    HANDLE h = CreateFileA(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(h, "revealed\r\n", 10, &written, NULL);
    CloseHandle(h);
}

static inline void reveal(void) {
    reveal_as("revealed");
}

#endif
