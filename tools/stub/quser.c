/* quser.exe and query.exe user: who is logged on. */
#include "stub.h"

int wmain(int count, wchar_t **a) {
    wchar_t name[256] = L"", logon[64] = L"";
    DWORD n = 256;
    FILETIME now, boot;
    if (count > 1 && is(a[1], L"session")) {
        say(L" SESSIONNAME       USERNAME                 ID  STATE   TYPE        DEVICE \n"
            L" services                                    0  Disc                        \n");
        GetUserNameW(name, &n);
        say(L">console           %-24ls  1  Active                      \n", name);
        return 0;
    }
    GetUserNameW(name, &n);
    GetSystemTimeAsFileTime(&now);
    ULONGLONG t = ((ULONGLONG)now.dwHighDateTime << 32 | now.dwLowDateTime) -
                  GetTickCount64() * 10000ull + 350000000ull;
    boot = (FILETIME){(DWORD)t, (DWORD)(t >> 32)};
    wcsncpy(logon, stub_time(boot), 63);
    wchar_t *seconds = wcsrchr(logon, L':'); /* minutes are enough */
    if (seconds && seconds[3] == L' ') memmove(seconds, seconds + 3, (wcslen(seconds + 3) + 1) * 2);
    say(L" USERNAME              SESSIONNAME        ID  STATE   IDLE TIME  LOGON TIME\n");
    say(L">%-22lsconsole             1  Active      none   %ls\n", name, logon);
    return 0;
}
