/* bitsadmin.exe: /transfer NAME [options] URL FILE..., which waits for the end; other jobs are not
 * kept. */
#include "fetch.h"

static void head(void) {
    say(L"\nBITSADMIN version 3.0\nBITS administration utility.\n(C) Copyright Microsoft "
        L"Corp.\n\n");
}

/* Options have one value, /download and /upload none. */
static int transfer(int count, wchar_t **a) {
    int at = 3;
    DWORD size, error = 0;
    while (at < count && a[at][0] == L'/')
        at += is(a[at], L"/download") || is(a[at], L"/upload") ? 1 : 2;
    if (at + 1 >= count) {
        say(L"Invalid number of arguments\n");
        return 1;
    }
    for (; at + 1 < count && !error; at += 2)
        error = fetch(L"Microsoft BITS/7.8", a[at], a[at + 1], &size);
    if (error) {
        say(L"Unable to complete transfer.\n\nDISPLAY: '%ls' TYPE: DOWNLOAD STATE: "
            L"ERROR\nPRIORITY: "
            L"NORMAL FILES: 0 / 1 BYTES: 0 / UNKNOWN\nERROR FILE: %ls -> %ls\nERROR CODE: "
            L"0x%08lx\n",
            a[2], a[at - 2], a[at - 1], error);
        return 1;
    }
    say(L"DISPLAY: '%ls' TYPE: DOWNLOAD STATE: TRANSFERRED\nPRIORITY: NORMAL FILES: 1 / 1 BYTES: "
        L"%lu / "
        L"%lu (100%%)\nTransfer complete.\n",
        a[2], size, size);
    return 0;
}

int wmain(int count, wchar_t **a) {
    head();
    if (count > 3 && is_option(a[1], L"transfer")) return transfer(count, a);
    if (count > 1 && (is_option(a[1], L"list") || is_option(a[1], L"reset"))) {
        say(is_option(a[1], L"list") ? L"Listed 0 job(s).\n" : L"0 out of 0 jobs canceled.\n");
        return 0;
    }
    say(L"Invalid command\n");
    return 1;
}
