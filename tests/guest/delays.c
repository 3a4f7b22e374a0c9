/* One program that waits for nine days in one way or another: delays HOW. */
#include "guest.h"

enum { DAYS = 9, SECONDS = DAYS * 24 * 3600, MOMENT = 500 /* ms */, ROUNDS = 1000 };

static void by_sleep(void) {
    Sleep(SECONDS * 1000u);
}

/* No single one of them is worth a word. */
static void by_short_sleeps(void) {
    for (int i = 0; i < ROUNDS; i++) Sleep(MOMENT);
}

static void by_timer(void) {
    MSG m;
    UINT_PTR id = SetTimer(NULL, 0, SECONDS * 1000u, NULL);
    while (GetMessageA(&m, NULL, 0, 0) > 0 && m.message != WM_TIMER) DispatchMessageA(&m);
    KillTimer(NULL, id);
}

static void by_waitable_timer(void) {
    LARGE_INTEGER due = {.QuadPart = -10000000ll * SECONDS};
    HANDLE timer = CreateWaitableTimerA(NULL, TRUE, NULL);
    SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE);
    WaitForSingleObject(timer, INFINITE);
}

static void by_time_out(void) {
    WaitForSingleObject(CreateEventA(NULL, FALSE, FALSE, NULL), SECONDS * 1000u);
}

static void by_short_time_outs(void) {
    HANDLE never = CreateEventA(NULL, FALSE, FALSE, NULL);
    for (int i = 0; i < ROUNDS; i++) WaitForSingleObject(never, MOMENT);
}

static void by_ticks(void) {
    DWORD start = GetTickCount();
    while (GetTickCount() - start < ROUNDS * MOMENT) {}
}

static void by_tsc(void) {
    unsigned long long start = __builtin_ia32_rdtsc();
    while (__builtin_ia32_rdtsc() - start < 1500000000000ull) {}
}

static void by_hammering(void) {
    DWORD adjustment, increment;
    BOOL disabled;
    for (int i = 0; i < 1500000; i++) GetSystemTimeAdjustment(&adjustment, &increment, &disabled);
}

static const struct {
    const char *name;
    void (*run)(void);
} delays[] = {
    {"sleep", by_sleep},         {"short_sleeps", by_short_sleeps},
    {"timer", by_timer},         {"waitable_timer", by_waitable_timer},
    {"time_out", by_time_out},   {"short_time_outs", by_short_time_outs},
    {"ticks", by_ticks},         {"tsc", by_tsc},
    {"hammering", by_hammering},
};

int main(int argc, char **argv) {
    for (unsigned i = 0; i < sizeof delays / sizeof *delays; i++)
        if (argc > 1 && strcmp(argv[1], delays[i].name) == 0) delays[i].run();
    return 0;
}
