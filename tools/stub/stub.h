/* What the guest's own command line programs share. Each stands for a program of Windows that Wine
 * has not, or has in name only; it asks Windows' interfaces, so that it says what a program that
 * asks them itself would find, in the words that Windows' own prints. bootstrap builds them into
 * the packs. */
#ifndef STUB_H
#define STUB_H

#ifndef UNICODE
#define UNICODE
#define _UNICODE
#endif
#define _WIN32_WINNT 0x0a00
/* In this order. */
#include <winsock2.h>

#include <windows.h>

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

enum { STUB_TEXT = 8192 };

/* A console takes the characters, everything else the OEM code page, as Windows' programs do it. */
static inline void stub_write(DWORD stream, const wchar_t *text) {
    HANDLE out = GetStdHandle(stream);
    DWORD mode, done;
    int n = (int)wcslen(text);
    if (GetConsoleMode(out, &mode)) {
        WriteConsoleW(out, text, (DWORD)n, &done, NULL);
        return;
    }
    int room = WideCharToMultiByte(CP_OEMCP, 0, text, n, NULL, 0, NULL, NULL);
    char *bytes = malloc((size_t)room + 1);
    if (!bytes) return;
    WideCharToMultiByte(CP_OEMCP, 0, text, n, bytes, room, NULL, NULL);
    WriteFile(out, bytes, (DWORD)room, &done, NULL);
    free(bytes);
}

/* Every \n becomes \r\n. */
static inline void stub_print(DWORD stream, const wchar_t *format, va_list args) {
    static wchar_t text[STUB_TEXT], lines[2 * STUB_TEXT];
    wchar_t *to = lines;
    _vsnwprintf(text, STUB_TEXT - 1, format, args);
    for (const wchar_t *c = text; *c; c++) {
        if (*c == L'\n') *to++ = L'\r';
        *to++ = *c;
    }
    *to = 0;
    stub_write(stream, lines);
}

static inline void say(const wchar_t *format, ...) {
    va_list args;
    va_start(args, format);
    stub_print(STD_OUTPUT_HANDLE, format, args);
    va_end(args);
}

static inline void complain(const wchar_t *format, ...) {
    va_list args;
    va_start(args, format);
    stub_print(STD_ERROR_HANDLE, format, args);
    va_end(args);
}

static inline int is(const wchar_t *a, const wchar_t *b) {
    return a && b && !_wcsicmp(a, b);
}

/* /name or -name, whole or followed by a colon. */
static inline int is_option(const wchar_t *argument, const wchar_t *name) {
    if (*argument != L'/' && *argument != L'-') return 0;
    size_t n = wcslen(name);
    return !_wcsnicmp(argument + 1, name, n) && (!argument[n + 1] || argument[n + 1] == L':');
}

/* Whether an option is among the arguments from `first`. */
static inline int has_option(int count, wchar_t **arguments, int first, const wchar_t *name) {
    for (int i = first; i < count; i++)
        if (is_option(arguments[i], name)) return i;
    return 0;
}

/* A FILETIME as the user's locale has it: 5/14/2024 11:15:02 AM. */
static inline const wchar_t *stub_time(FILETIME utc) {
    static wchar_t text[128];
    wchar_t date[64] = L"", time[64] = L"";
    FILETIME local;
    SYSTEMTIME t;
    FileTimeToLocalFileTime(&utc, &local);
    FileTimeToSystemTime(&local, &t);
    GetDateFormatW(LOCALE_USER_DEFAULT, DATE_SHORTDATE, &t, NULL, date, 64);
    GetTimeFormatW(LOCALE_USER_DEFAULT, 0, &t, NULL, time, 64);
    _snwprintf(text, 128, L"%ls %ls", date, time);
    return text;
}

static inline FILETIME stub_seconds(DWORD since_1970) {
    unsigned long long v = ((unsigned long long)since_1970 + 11644473600ull) * 10000000ull;
    return (FILETIME){(DWORD)v, (DWORD)(v >> 32)};
}

/* A value of the registry as text; "" where there is none. */
static inline const wchar_t *stub_registry(HKEY root, const wchar_t *key, const wchar_t *value) {
    static wchar_t text[4][512];
    static int turn;
    wchar_t *out = text[turn = (turn + 1) & 3];
    DWORD size = sizeof text[0] - 2;
    *out = 0;
    RegGetValueW(root, key, value, RRF_RT_REG_SZ, NULL, out, &size);
    return out;
}

#endif
