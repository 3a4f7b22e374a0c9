/* The clocks: what time it is, and since when the computer runs. Rounded, as the questions take time. */
#include "agree.h"

#include <lm.h>

#include <time.h>

#define SHARED ((const volatile BYTE *)0x7ffe0000)

static ULONGLONG seconds_of(FILETIME t) {
    return ((ULONGLONG)t.dwHighDateTime << 32 | t.dwLowDateTime) / 10000000;
}

/* Whether a time lies within `most` seconds of another. */
static const char *near_to(ULONGLONG a, ULONGLONG b, ULONGLONG most) {
    return a + most >= b && b + most >= a ? "the same" : "another";
}

/* WMI's 20240514184210.000000-240 as UTC. */
static ULONGLONG seconds_of_wmi(const char *text) {
    SYSTEMTIME s = {0};
    FILETIME f = {0};
    int zone = 0;
    if (sscanf(text, "%4hu%2hu%2hu%2hu%2hu%2hu", &s.wYear, &s.wMonth, &s.wDay, &s.wHour, &s.wMinute, &s.wSecond) != 6) return 0;
    if (strlen(text) > 21) zone = atoi(text + 21);
    SystemTimeToFileTime(&s, &f);
    return seconds_of(f) - (ULONGLONG)(zone * 60LL);
}

void check_clock(void) {
    FILETIME f;
    LARGE_INTEGER frequency, counter;
    TIME_OF_DAY_INFO *day = NULL;
    GetSystemTimeAsFileTime(&f);
    ULONGLONG now = seconds_of(f), epoch = 11644473600ULL;
    fact("the time");
    said("GetSystemTimeAsFileTime", "%s", "the same");
    said("time", "%s", near_to((ULONGLONG)time(NULL) + epoch, now, 2));
    said("shared page", "%s", near_to(*(const volatile ULONGLONG *)(SHARED + 0x14) / 10000000, now, 2));
    said("WMI", "%s", near_to(seconds_of_wmi(wmi("Win32_OperatingSystem", "LocalDateTime")), now, 5));
    if (!NetRemoteTOD(NULL, (BYTE **)&day)) said("NetRemoteTOD", "%s", near_to(day->tod_elapsedt + epoch, now, 5));
    char path[MAX_PATH], name[MAX_PATH];
    WIN32_FILE_ATTRIBUTE_DATA a = {0};
    GetTempPathA(sizeof path, path);
    GetTempFileNameA(path, "agr", 0, name);
    GetFileAttributesExA(name, GetFileExInfoStandard, &a);
    DeleteFileA(name);
    said("a new file", "%s", near_to(seconds_of(a.ftCreationTime), now, 10));
    GetSystemTimeAsFileTime(&f);
    ULONGLONG start = seconds_of(f) - GetTickCount64() / 1000;
    fact("the start");
    said("GetTickCount64", "%s", "the same");
    said("GetTickCount", "%s", near_to(GetTickCount(), (DWORD)GetTickCount64(), 100));
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&counter);
    said("QueryPerformanceCounter", "%s", near_to((ULONGLONG)(counter.QuadPart / frequency.QuadPart), GetTickCount64() / 1000, 60));
    said("shared page", "%s", near_to(*(const volatile ULONGLONG *)(SHARED + 8) / 10000000, GetTickCount64() / 1000, 2));
    said("WMI", "%s", near_to(seconds_of_wmi(wmi("Win32_OperatingSystem", "LastBootUpTime")), start, 5));
    BYTE raw[64] = {0};
    LONG(WINAPI * query)(ULONG, void *, ULONG, ULONG *) = (void *)GetProcAddress(GetModuleHandleA("ntdll"), "NtQuerySystemInformation");
    query(3, raw, 48, NULL);
    said("NtQuerySystemInformation", "%s", near_to(*(ULONGLONG *)(void *)raw / 10000000, start, 5));
    if (day) said("NetRemoteTOD", "%s", near_to(day->tod_msecs / 1000, GetTickCount() / 1000, 60));
    fact("the day");
    SYSTEMTIME local;
    char text[64];
    GetLocalTime(&local);
    snprintf(text, sizeof text, "%u-%02u-%02u", local.wYear, local.wMonth, local.wDay);
    said("GetLocalTime", "%s", text);
    GetDateFormatA(LOCALE_INVARIANT, 0, NULL, "yyyy-MM-dd", text, sizeof text);
    said("GetDateFormat", "%s", text);
    time_t t = time(NULL);
    strftime(text, sizeof text, "%Y-%m-%d", localtime(&t));
    said("localtime", "%s", text);
}
