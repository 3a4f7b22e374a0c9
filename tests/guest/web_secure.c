/* The web with TLS: WinINet, WinHTTP and urlmon with https. */
#include "guest.h"

#include <urlmon.h>
#include <wininet.h>

#include "winhttp_own.h"

static void with_wininet(const char *url) {
    char text[64] = "";
    DWORD n = 0, flags = 0, size = sizeof flags;
    HINTERNET session = InternetOpenA("agent/2", INTERNET_OPEN_TYPE_PRECONFIG, NULL, NULL, 0);
    HINTERNET request =
        InternetOpenUrlA(session, url, NULL, 0, INTERNET_FLAG_RELOAD | INTERNET_FLAG_SECURE, 0);
    printf("open %s: %s\n", url, request ? "ok" : "failed");
    if (!request) say_number("  error", (long)GetLastError());
    if (request && InternetReadFile(request, text, sizeof text - 1, &n))
        printf("  body: %s\n", text);
    if (request && InternetQueryOptionA(request, INTERNET_OPTION_SECURITY_FLAGS, &flags, &size))
        say("  secure", (flags & SECURITY_FLAG_SECURE) != 0);
    InternetCloseHandle(request);
    InternetCloseHandle(session);
}

int main(void) {
    with_wininet("https://told.example/page");
    with_winhttp(L"told.example", 443, 0x00800000);
    say_hex("URLDownloadToFile", (unsigned long)URLDownloadToFileA(
                                     NULL, "https://told.example/page", "page.txt", 0, NULL));
    say("there", DeleteFileA("page.txt"));
    return 0;
}
