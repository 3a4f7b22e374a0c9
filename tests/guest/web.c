/* The web through Windows' own libraries: WinINet, WinHTTP, urlmon. */
#include "guest.h"

#include <urlmon.h>
#include <wininet.h>

#include "winhttp_own.h"

static void say_file(const char *path) {
    char text[64] = "";
    DWORD read = 0;
    HANDLE f = CreateFileA(path, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (f != INVALID_HANDLE_VALUE) ReadFile(f, text, sizeof text - 1, &read, NULL);
    CloseHandle(f);
    printf("  %s: %lu bytes: %.20s\n", path, read, text);
}

static void say_body(HINTERNET request) {
    char text[256];
    DWORD n = 0, all = 0, status = 0, size = sizeof status;
    BOOL good = HttpQueryInfoA(request, HTTP_QUERY_STATUS_CODE | HTTP_QUERY_FLAG_NUMBER, &status,
                               &size, NULL);
    printf("  %d status %lu\n", good, status);
    while (all < sizeof text - 1 &&
           InternetReadFile(request, text + all, sizeof text - 1 - all, &n) && n)
        all += n;
    text[all] = 0;
    printf("  body: %s\n", text);
}

static void by_url(HINTERNET session, const char *url) {
    HINTERNET request =
        InternetOpenUrlA(session, url, "X-Own: 1\r\n", (DWORD)-1, INTERNET_FLAG_RELOAD, 0);
    printf("open %s: %s\n", url, request ? "ok" : "failed");
    if (!request) say_number("  error", GetLastError());
    if (request) say_body(request);
    InternetCloseHandle(request);
}

static void post(HINTERNET session) {
    static char form[] = "name=value";
    HINTERNET server =
        InternetConnectA(session, "post.example", 8080, NULL, NULL, INTERNET_SERVICE_HTTP, 0, 0);
    HINTERNET request =
        HttpOpenRequestA(server, "POST", "/form", NULL, NULL, NULL, INTERNET_FLAG_RELOAD, 0);
    say("post", HttpSendRequestA(request, "Content-Type: application/x-www-form-urlencoded",
                                 (DWORD)-1, form, 10));
    if (request) say_body(request);
    InternetCloseHandle(request);
    InternetCloseHandle(server);
}

static void with_wininet(void) {
    DWORD flags = 0;
    say("connected", InternetGetConnectedState(&flags, 0));
    HINTERNET session = InternetOpenA("agent/2", INTERNET_OPEN_TYPE_PRECONFIG, NULL, NULL, 0);
    by_url(session, "http://told.example/page");
    by_url(session, "http://gone.example/page");
    by_url(session, "http://nowhere.example/");
    by_url(session, "http://closed.example/");
    post(session);
    InternetCloseHandle(session);
}

static void with_urlmon(void) {
    HRESULT result = URLDownloadToFileA(NULL, "http://told.example/page", "page.txt", 0, NULL);
    say_hex("URLDownloadToFile", result);
    say_file("page.txt");
    DeleteFileA("page.txt");
}

int main(void) {
    with_wininet();
    with_winhttp(L"told.example", 80, 0);
    with_urlmon();
    return 0;
}
