/* What the guest programs share: how they say what they saw. A program prints facts that are the
 * same on x86 and x64 and on every computer: no pointers, no sizes of pointers, no times. */
#ifndef GUEST_H
#define GUEST_H

#include <windows.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void say(const char *what, int truth) {
    printf("%s: %s\n", what, truth ? "yes" : "no");
}

static inline void say_number(const char *what, long number) {
    printf("%s: %ld\n", what, number);
}

static inline void say_hex(const char *what, unsigned long number) {
    printf("%s: %lx\n", what, number);
}

static inline void say_text(const char *what, const char *text) {
    printf("%s: \"%s\"\n", what, text);
}

/* "ok", or the error that GetLastError() had when the call failed. */
static inline void say_result(const char *what, BOOL succeeded) {
    DWORD error = GetLastError();
    if (succeeded) printf("%s: ok\n", what);
    else printf("%s: error %lu\n", what, error);
}

/* Makes an empty folder below the folder for temporary files, and makes it the current one. */
static inline void enter_scratch(const char *name) {
    char path[MAX_PATH];
    DWORD length = GetTempPathA(sizeof path, path);
    snprintf(path + length, sizeof path - length, "coax-%s", name);
    if (!CreateDirectoryA(path, NULL) || !SetCurrentDirectoryA(path)) {
        printf("no scratch folder: error %lu\n", GetLastError());
        exit(99);
    }
}

/* Leaves the folder of enter_scratch, which must be empty again. */
static inline void leave_scratch(void) {
    char path[MAX_PATH];
    GetCurrentDirectoryA(sizeof path, path);
    SetCurrentDirectoryA("..");
    say_result("scratch folder removed", RemoveDirectoryA(path));
}

#endif
