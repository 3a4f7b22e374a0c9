/* A file from the web, as the command line programs that fetch one do it. */
#ifndef STUB_FETCH_H
#define STUB_FETCH_H

#include "stub.h"

#include <wininet.h>

/* Writes what the URL answers into the file; 0, or the error. */
static inline DWORD fetch(const wchar_t *agent, const wchar_t *url, const wchar_t *path,
                          DWORD *size) {
    DWORD status = 0, length = sizeof status, done, n = 0;
    char bytes[4096];
    *size = 0;
    HINTERNET session = InternetOpenW(agent, INTERNET_OPEN_TYPE_PRECONFIG, NULL, NULL, 0);
    HINTERNET answer = InternetOpenUrlW(session, url, NULL, 0,
                                        INTERNET_FLAG_RELOAD | INTERNET_FLAG_NO_CACHE_WRITE, 0);
    if (!answer) return GetLastError();
    HttpQueryInfoW(answer, HTTP_QUERY_STATUS_CODE | HTTP_QUERY_FLAG_NUMBER, &status, &length, NULL);
    if (status >= 400) return 0x80190000u + status; /* HTTP_E_STATUS_* */
    HANDLE file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return GetLastError();
    while (InternetReadFile(answer, bytes, sizeof bytes, &n) && n) {
        WriteFile(file, bytes, n, &done, NULL);
        *size += n;
    }
    CloseHandle(file);
    InternetCloseHandle(answer);
    InternetCloseHandle(session);
    return 0;
}

#endif
