/* How Windows' libraries take what servers answer: redirections, chunks, further headers; what they
 * send; requests that end later; files fetched into the cache; where a proxy stands between. */
#include "guest.h"

#include <urlmon.h>
#include <wininet.h>

#include "winhttp_own.h"

/* ---- WinINet ---- */

static void say_answer(HINTERNET request) {
    char text[4096], url[256] = "";
    DWORD n = 0, all = 0, status = 0, size = sizeof status;
    HttpQueryInfoA(request, HTTP_QUERY_STATUS_CODE | HTTP_QUERY_FLAG_NUMBER, &status, &size, NULL);
    while (all < sizeof text - 1 &&
           InternetReadFile(request, text + all, sizeof text - 1 - all, &n) && n)
        all += n;
    text[all] = 0;
    size = sizeof url;
    InternetQueryOptionA(request, INTERNET_OPTION_URL, url, &size);
    printf("  %lu from %s, %lu bytes: %.20s\n", status, url, all, text);
}

static void say_header(HINTERNET request, const char *name) {
    char value[256];
    DWORD size = sizeof value;
    strcpy(value, name);
    BOOL good = HttpQueryInfoA(request, HTTP_QUERY_CUSTOM, value, &size, NULL);
    printf("  %s: %s\n", name, good ? value : "(none)");
}

static void get(HINTERNET session, const char *url, DWORD flags) {
    HINTERNET request = InternetOpenUrlA(session, url, NULL, 0, INTERNET_FLAG_RELOAD | flags, 0);
    printf("get %s: %s\n", url, request ? "ok" : "failed");
    if (!request) return;
    say_answer(request);
    say_header(request, "X-Served-By");
    say_header(request, "Location");
    InternetCloseHandle(request);
}

static void post(HINTERNET session, const char *host, const char *path) {
    static char form[] = "id=7&key=value";
    HINTERNET server = InternetConnectA(session, host, 80, NULL, NULL, INTERNET_SERVICE_HTTP, 0, 0);
    HINTERNET request =
        HttpOpenRequestA(server, "POST", path, NULL, NULL, NULL, INTERNET_FLAG_RELOAD, 0);
    printf("post %s%s: %d\n", host, path,
           HttpSendRequestA(request, "X-Campaign: 12\r\n", (DWORD)-1, form, sizeof form - 1));
    say_answer(request);
    InternetCloseHandle(request);
    InternetCloseHandle(server);
}

static HANDLE completed;
static HINTERNET opened;

static void CALLBACK on_status(HINTERNET handle, DWORD_PTR context, DWORD status, void *info,
                               DWORD size) {
    const INTERNET_ASYNC_RESULT *result = info;
    (void)handle, (void)context, (void)size;
    if (status == INTERNET_STATUS_HANDLE_CREATED) opened = (HINTERNET)result->dwResult;
    if (status == INTERNET_STATUS_REDIRECT) printf("  redirected to %s\n", (const char *)info);
    if (status == INTERNET_STATUS_REQUEST_COMPLETE) SetEvent(completed);
}

static void later(const char *url) {
    completed = CreateEventA(NULL, FALSE, FALSE, NULL);
    HINTERNET session =
        InternetOpenA("later", INTERNET_OPEN_TYPE_PRECONFIG, NULL, NULL, INTERNET_FLAG_ASYNC);
    InternetSetStatusCallbackA(session, on_status);
    HINTERNET request = InternetOpenUrlA(session, url, NULL, 0, INTERNET_FLAG_RELOAD, 1);
    printf("later %s: %s\n", url,
           !request && GetLastError() == ERROR_IO_PENDING ? "pending" : "not pending");
    say("completed", WaitForSingleObject(completed, 60000) == WAIT_OBJECT_0);
    if (opened) say_answer(opened);
    InternetCloseHandle(opened);
    InternetCloseHandle(session);
}

/* ---- WinHTTP ---- */

typedef void(CALLBACK *StatusFunction)(HINTERNET, DWORD_PTR, DWORD, void *, DWORD);
StatusFunction WINAPI WinHttpSetStatusCallback(HINTERNET, StatusFunction, DWORD, DWORD_PTR);
BOOL WINAPI WinHttpQueryDataAvailable(HINTERNET, DWORD *);

typedef struct {
    BOOL fAutoDetect;
    WCHAR *script, *proxy, *bypass;
} IeProxy;
BOOL WINAPI WinHttpGetIEProxyConfigForCurrentUser(IeProxy *);

enum {
    HEADERS = 0x20000,
    DATA = 0x40000,
    READ = 0x80000,
    FAILED = 0x200000,
    SENT = 0x400000,
    REDIRECTED = 0x4000,
    ASYNC = 0x10000000,
};

static DWORD happened, amount;

static void CALLBACK on_winhttp(HINTERNET handle, DWORD_PTR context, DWORD status, void *info,
                                DWORD size) {
    (void)handle, (void)context;
    if (status == REDIRECTED) printf("  redirected to %ls\n", (const WCHAR *)info);
    if (!(status & (HEADERS | DATA | READ | FAILED | SENT))) return;
    if (status == DATA) amount = *(const DWORD *)info;
    if (status == READ) amount = size;
    happened = status;
    SetEvent(completed);
}

static BOOL wait_for(DWORD status) {
    return WaitForSingleObject(completed, 60000) == WAIT_OBJECT_0 && happened == status;
}

static void later_winhttp(const WCHAR *host, const WCHAR *path) {
    char text[256] = "";
    HINTERNET session = WinHttpOpen(L"later", 0, NULL, NULL, ASYNC);
    WinHttpSetStatusCallback(session, on_winhttp, 0xffffffff, 0);
    HINTERNET server = WinHttpConnect(session, host, 80, 0);
    HINTERNET request = WinHttpOpenRequest(server, L"GET", path, NULL, NULL, NULL, 0);
    printf("winhttp %ls\n", host);
    say("  sent", WinHttpSendRequest(request, NULL, 0, NULL, 0, 0, 1) && wait_for(SENT));
    if (happened == SENT) {
        say("  received", WinHttpReceiveResponse(request, NULL) && wait_for(HEADERS));
        say("  available", WinHttpQueryDataAvailable(request, NULL) && wait_for(DATA));
        say("  read",
            WinHttpReadData(request, text, amount < 256 ? amount : 255, NULL) && wait_for(READ));
        printf("  %lu bytes: %.20s\n", amount, text);
    }
    WinHttpCloseHandle(request);
    WinHttpCloseHandle(server);
    WinHttpCloseHandle(session);
}

static void say_proxy(void) {
    IeProxy proxy = {0};
    say_result("the user's proxy", WinHttpGetIEProxyConfigForCurrentUser(&proxy));
    printf("  detected %d, proxy %ls, except %ls\n", proxy.fAutoDetect,
           proxy.proxy ? proxy.proxy : L"(none)", proxy.bypass ? proxy.bypass : L"(none)");
}

/* ---- urlmon ---- */

static void fetch(const char *url) {
    char path[MAX_PATH] = "";
    HRESULT result = URLDownloadToCacheFileA(NULL, url, path, sizeof path, 0, NULL);
    WIN32_FIND_DATAA found = {0};
    HANDLE find = FindFirstFileA(path, &found);
    printf("cache %s: %lx, %s, %lu bytes\n", url, result,
           strstr(path, "INetCache") ? "in the cache" : "elsewhere",
           find != INVALID_HANDLE_VALUE ? found.nFileSizeLow : 0);
}

int main(void) {
    HINTERNET session = InternetOpenA("agent/4", INTERNET_OPEN_TYPE_PRECONFIG, NULL, NULL, 0);
    get(session, "http://moved.example/a", 0);
    get(session, "http://moved.example/a", INTERNET_FLAG_NO_AUTO_REDIRECT);
    get(session, "http://chunks.example/long", 0);
    post(session, "told.example", "/form");
    post(session, "moved.example", "/a");
    InternetCloseHandle(session);
    later("http://moved.example/a");
    later_winhttp(L"moved.example", L"/a");
    later_winhttp(L"nowhere.example", L"/");
    fetch("http://told.example/page");
    fetch("http://chunks.example/long");
    say_proxy();
    return 0;
}
