/* Do the clocks agree, and does a wait last as long as it says? */
#include "selfcheck.h"

#include <intrin.h>

static double seconds_of(FILETIME t) {
    return ((double)t.dwHighDateTime * 4294967296.0 + (double)t.dwLowDateTime) / 1e7;
}

static double now_of_system(void) {
    FILETIME t;
    GetSystemTimeAsFileTime(&t);
    return seconds_of(t);
}

static double now_of_counter(void) {
    LARGE_INTEGER frequency, count;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&count);
    return (double)count.QuadPart / (double)frequency.QuadPart;
}

static int about(double have, double want) {
    return have > want * 0.8 - 0.02 && have < want * 1.3 + 0.05;
}

void check_timing(void) {
    DWORD ticks = GetTickCount();
    double counter = now_of_counter(), system = now_of_system();
    unsigned long long tsc = __rdtsc();
    const volatile DWORD *shared = (const volatile DWORD *)0x7ffe0320;
    DWORD multiplier = *(const volatile DWORD *)0x7ffe0004, raw = *shared;
    Sleep(500);
    check("Sleep by GetTickCount", GetTickCount() - ticks < 450 || GetTickCount() - ticks > 700);
    check("Sleep by the counter", !about(now_of_counter() - counter, 0.5));
    check("Sleep by the system's time", !about(now_of_system() - system, 0.5));
    double cycles = (double)(__rdtsc() - tsc);
    check("Sleep by RDTSC", cycles < 0.5e9 || cycles > 5e9);
    check("Sleep by the shared page",
          !about((double)(((unsigned long long)(*shared - raw) * multiplier) >> 24) / 1000, 0.5));
    DWORD mhz = 0, size = sizeof mhz;
    RegGetValueA(HKEY_LOCAL_MACHINE, "HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0", "~MHz",
                 RRF_RT_REG_DWORD, NULL, &mhz, &size);
    check("RDTSC runs at the processor's speed", !about(cycles / 0.5e6, mhz));
    ticks = GetTickCount();
    HANDLE never = CreateEventA(NULL, TRUE, FALSE, NULL);
    check("a wait with a time-out", WaitForSingleObject(never, 300) != WAIT_TIMEOUT ||
                                        !about((double)(GetTickCount() - ticks) / 1000, 0.3));
    ticks = GetTickCount();
    for (int i = 0; i < 10; i++) Sleep(30);
    check("ten short sleeps", !about((double)(GetTickCount() - ticks) / 1000, 0.3));
    DWORD(WINAPI * multimedia)(void) = (DWORD(WINAPI *)(void))function("winmm", "timeGetTime");
    check("the multimedia clock", !multimedia || multimedia() - GetTickCount() + 100 > 200);
    check("ticks of two widths", (DWORD)GetTickCount64() - GetTickCount() + 100 > 200);
    ticks = GetTickCount();
    Sleep(60000);
    check("a minute", GetTickCount() - ticks < 59900 || GetTickCount() - ticks > 62000);
    unsigned long long a = __rdtsc();
    for (int i = 0; i < 1000; i++) GetProcessHeap();
    unsigned long long b = __rdtsc();
    for (int i = 0; i < 1000; i++) CloseHandle(NULL);
    unsigned long long c = __rdtsc();
    check("a system call against a function", (c - b) < 5 * (b - a));
    FILETIME created, ended, kernel, user;
    check("own times", !GetProcessTimes(GetCurrentProcess(), &created, &ended, &kernel, &user) ||
                           seconds_of(created) > now_of_system());
}
