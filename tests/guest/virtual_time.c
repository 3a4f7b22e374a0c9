/* Long sleeps: every clock has moved by as much as was asked, and all agree. The argument says how
 * many milliseconds; without one it is ten days. */
#include "guest.h"

#include <time.h>
#include <winternl.h>

enum { CLOCKS = 8 };

static const char *const names[CLOCKS] = {"GetTickCount64",
                                          "GetTickCount",
                                          "QueryPerformanceCounter",
                                          "GetSystemTimeAsFileTime",
                                          "NtQuerySystemTime",
                                          "shared page, system time",
                                          "shared page, interrupt time",
                                          "shared page, ticks"};

/* 100 ns units of a KSYSTEM_TIME in the page that the system shares with every process. */
static LONGLONG shared_time(ULONG_PTR at) {
    volatile LONG *t = (volatile LONG *)at;
    LONG high, low;
    do {
        high = t[1];
        low = t[0];
    } while (high != t[2]);
    return (LONGLONG)high << 32 | (ULONG)low;
}

static LONGLONG file_time(void) {
    FILETIME f;
    GetSystemTimeAsFileTime(&f);
    return (LONGLONG)f.dwHighDateTime << 32 | f.dwLowDateTime;
}

/* All clocks in milliseconds. */
static void read_clocks(LONGLONG out[CLOCKS]) {
    LARGE_INTEGER counter, frequency, system;
    QueryPerformanceCounter(&counter);
    QueryPerformanceFrequency(&frequency);
    NtQuerySystemTime(&system);
    out[0] = (LONGLONG)GetTickCount64();
    out[1] = GetTickCount();
    out[2] = (LONGLONG)((double)counter.QuadPart * 1000 / (double)frequency.QuadPart);
    out[3] = file_time() / 10000;
    out[4] = system.QuadPart / 10000;
    out[5] = shared_time(0x7ffe0014) / 10000;
    out[6] = shared_time(0x7ffe0008) / 10000;
    out[7] = shared_time(0x7ffe0320) * *(volatile ULONG *)0x7ffe0004 >> 24;
}

static LONGLONG before[CLOCKS], after[CLOCKS];

/* Within 5 % and 150 ms: clocks tick at their own paces. */
static int about(LONGLONG passed, LONGLONG asked) {
    LONGLONG slack = asked / 20 + 150;
    return passed >= asked - slack && passed <= asked + slack;
}

static void say_passed(const char *what, LONGLONG asked) {
    int right = 0;
    read_clocks(after);
    for (int i = 0; i < CLOCKS; i++) {
        LONGLONG passed = after[i] - before[i];
        if (i == 1) passed = (DWORD)passed; /* wraps after 49.7 days */
        int ok = about(passed, asked);
        if (!ok) printf("%s: %s moved by %ld ms\n", what, names[i], (long)passed);
        right += ok;
    }
    printf("%s: %d of %d clocks agree\n", what, right, CLOCKS);
    fflush(stdout);
}

static void sleep_once(DWORD ms) {
    read_clocks(before);
    Sleep(ms);
    say_passed("one sleep", ms);
}

static void sleep_in_pieces(DWORD ms) {
    read_clocks(before);
    for (int i = 0; i < 10; i++) Sleep(ms / 10);
    say_passed("ten sleeps", ms);
}

static void wait_in_vain(DWORD ms) {
    HANDLE never = CreateEventA(NULL, TRUE, FALSE, NULL);
    read_clocks(before);
    say("time-out", WaitForSingleObject(never, ms) == WAIT_TIMEOUT);
    say_passed("a wait in vain", ms);
    CloseHandle(never);
}

static void wait_for_timer(DWORD ms) {
    HANDLE timer = CreateWaitableTimerA(NULL, TRUE, NULL);
    LARGE_INTEGER due = {.QuadPart = -10000LL * ms};
    read_clocks(before);
    SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE);
    WaitForSingleObject(timer, INFINITE);
    say_passed("a timer", ms);
    due.QuadPart = file_time() + 10000LL * ms;
    read_clocks(before);
    SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE);
    WaitForSingleObject(timer, INFINITE);
    say_passed("a timer for a date", ms);
    CloseHandle(timer);
}

static DWORD WINAPI sleep_beside(void *ms) {
    Sleep(*(DWORD *)ms);
    return 0;
}

/* Two threads that sleep at the same time do not take twice as long. */
static void sleep_together(DWORD ms) {
    HANDLE threads[2];
    read_clocks(before);
    for (int i = 0; i < 2; i++) threads[i] = CreateThread(NULL, 0, sleep_beside, &ms, 0, NULL);
    WaitForMultipleObjects(2, threads, TRUE, INFINITE);
    say_passed("two sleepers", ms);
}

static void spin(void) {
    ULONGLONG start = GetTickCount64();
    LARGE_INTEGER a, b;
    QueryPerformanceCounter(&a);
    while (GetTickCount64() - start < 50) continue;
    QueryPerformanceCounter(&b);
    say("a loop that watches the clock ends", b.QuadPart > a.QuadPart);
}

static void cycle_counter(DWORD ms) {
    unsigned long long last = __builtin_ia32_rdtsc(), first = last;
    int backwards = 0;
    for (int i = 0; i < 1000; i++) {
        unsigned long long now = __builtin_ia32_rdtsc();
        backwards += now < last;
        last = now;
    }
    say_number("cycle counter went backwards", backwards);
    say("it moves while we work", last > first);
    Sleep(ms);
    unsigned long long slept = __builtin_ia32_rdtsc() - last;
    say("it moves while we sleep, by a processor's pace",
        slept / ms > 100000 && slept / ms < 10000000);
}

static void calendar(DWORD ms) {
    time_t start = time(NULL);
    Sleep(ms);
    say("the C runtime's clock", about((time(NULL) - start) * 1000, ms) || ms < 2000);
    say("a year of this century", start > 946684800);
}

int main(int count, char **arguments) {
    DWORD ms = count > 1 ? (DWORD)strtoul(arguments[1], NULL, 10) : 10u * 86400000u;
    sleep_once(ms);
    sleep_in_pieces(ms);
    wait_in_vain(ms);
    wait_for_timer(ms);
    sleep_together(ms);
    spin();
    cycle_counter(ms);
    calendar(ms);
    return 0;
}
