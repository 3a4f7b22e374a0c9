/* A request with WinHTTP. Its header and WinINet's define the same names, so that this declares
 * what it uses. */
#ifndef WINHTTP_OWN_H
#define WINHTTP_OWN_H

#include "guest.h"

HINTERNET WINAPI WinHttpOpen(LPCWSTR, DWORD, LPCWSTR, LPCWSTR, DWORD);
HINTERNET WINAPI WinHttpConnect(HINTERNET, LPCWSTR, WORD, DWORD);
HINTERNET WINAPI WinHttpOpenRequest(HINTERNET, LPCWSTR, LPCWSTR, LPCWSTR, LPCWSTR, LPCWSTR *,
                                    DWORD);
BOOL WINAPI WinHttpSendRequest(HINTERNET, LPCWSTR, DWORD, LPVOID, DWORD, DWORD, DWORD_PTR);
BOOL WINAPI WinHttpReceiveResponse(HINTERNET, LPVOID);
BOOL WINAPI WinHttpReadData(HINTERNET, LPVOID, DWORD, LPDWORD);
BOOL WINAPI WinHttpCloseHandle(HINTERNET);

static inline void with_winhttp(const WCHAR *host, WORD port, DWORD flags) {
    char text[256] = "";
    DWORD n = 0;
    HINTERNET session = WinHttpOpen(L"agent/3", 0, NULL, NULL, 0);
    HINTERNET server = WinHttpConnect(session, host, port, 0);
    HINTERNET request = WinHttpOpenRequest(server, L"GET", L"/page", NULL, NULL, NULL, flags);
    say_result("send", WinHttpSendRequest(request, NULL, 0, NULL, 0, 0, 0));
    say_result("receive", WinHttpReceiveResponse(request, NULL));
    WinHttpReadData(request, text, sizeof text - 1, &n);
    printf("  body: %s\n", text);
    WinHttpCloseHandle(request);
    WinHttpCloseHandle(server);
    WinHttpCloseHandle(session);
}

#endif
