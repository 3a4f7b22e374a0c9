/* What is built on keyed events and wait-on-address: critical sections, slim locks, condition
 * variables, one-time initialisation. */
#include "guest.h"

enum { THREADS = 4, ROUNDS = 500 };

static CRITICAL_SECTION section;
static SRWLOCK slim = SRWLOCK_INIT;
static int in_section, under_slim;

static DWORD WINAPI count_up(void *unused) {
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        EnterCriticalSection(&section);
        int seen = in_section;
        if (i % 100 == 0) Sleep(0);
        in_section = seen + 1;
        LeaveCriticalSection(&section);
        AcquireSRWLockExclusive(&slim);
        seen = under_slim;
        if (i % 100 == 50) Sleep(0);
        under_slim = seen + 1;
        ReleaseSRWLockExclusive(&slim);
    }
    return 0;
}

static void run_threads(LPTHREAD_START_ROUTINE start, void *argument) {
    HANDLE threads[THREADS];
    for (int i = 0; i < THREADS; i++) threads[i] = CreateThread(NULL, 0, start, argument, 0, NULL);
    say("all ended", WaitForMultipleObjects(THREADS, threads, TRUE, 30000) == WAIT_OBJECT_0);
    for (int i = 0; i < THREADS; i++) CloseHandle(threads[i]);
}

static DWORD WINAPI try_all(void *unused) {
    (void)unused;
    DWORD got = 0;
    if (TryEnterCriticalSection(&section)) got |= 1;
    if (got & 1) LeaveCriticalSection(&section);
    if (TryAcquireSRWLockExclusive(&slim)) got |= 2;
    if (got & 2) ReleaseSRWLockExclusive(&slim);
    if (TryAcquireSRWLockShared(&slim)) got |= 4;
    if (got & 4) ReleaseSRWLockShared(&slim);
    return got;
}

static long tried(void) {
    DWORD got = 99;
    HANDLE thread = CreateThread(NULL, 0, try_all, NULL, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &got);
    CloseHandle(thread);
    return (long)got;
}

static void trying(void) {
    EnterCriticalSection(&section);
    EnterCriticalSection(&section);
    say("recursion", TryEnterCriticalSection(&section));
    AcquireSRWLockShared(&slim);
    say_number("held, shared", tried());
    ReleaseSRWLockShared(&slim);
    AcquireSRWLockExclusive(&slim);
    say_number("held, exclusive", tried());
    ReleaseSRWLockExclusive(&slim);
    for (int i = 0; i < 3; i++) LeaveCriticalSection(&section);
}

static CONDITION_VARIABLE not_empty = CONDITION_VARIABLE_INIT, not_full = CONDITION_VARIABLE_INIT;
static int queue[4], taken, queued;
static LONG sum;

static DWORD WINAPI take(void *unused) {
    (void)unused;
    for (;;) {
        EnterCriticalSection(&section);
        while (!queued) SleepConditionVariableCS(&not_empty, &section, INFINITE);
        int item = queue[taken++ % 4];
        queued--;
        LeaveCriticalSection(&section);
        WakeConditionVariable(&not_full);
        if (item < 0) return 0;
        InterlockedExchangeAdd(&sum, item);
    }
}

static void put(int item) {
    EnterCriticalSection(&section);
    while (queued == 4) SleepConditionVariableCS(&not_full, &section, INFINITE);
    queue[(taken + queued++) % 4] = item;
    LeaveCriticalSection(&section);
    WakeConditionVariable(&not_empty);
}

static DWORD WINAPI give(void *unused) {
    (void)unused;
    for (int i = 1; i <= 200; i++) put(i);
    for (int i = 0; i < THREADS; i++) put(-1);
    return 0;
}

static void bounded_queue(void) {
    HANDLE giver = CreateThread(NULL, 0, give, NULL, 0, NULL);
    run_threads(take, NULL);
    WaitForSingleObject(giver, INFINITE);
    CloseHandle(giver);
    say_number("sum of what was taken", sum);
}

static void condition_time_out(void) {
    CONDITION_VARIABLE never = CONDITION_VARIABLE_INIT;
    AcquireSRWLockShared(&slim);
    say_result("condition",
               SleepConditionVariableSRW(&never, &slim, 10, CONDITION_VARIABLE_LOCKMODE_SHARED));
    ReleaseSRWLockShared(&slim);
}

static BOOL CALLBACK initialise(INIT_ONCE *once, void *counter, void **context) {
    (void)once;
    Sleep(5);
    *context = counter;
    return InterlockedIncrement(counter) == 1;
}

static INIT_ONCE once = INIT_ONCE_STATIC_INIT;

static DWORD WINAPI need_it(void *counter) {
    void *context = NULL;
    return InitOnceExecuteOnce(&once, initialise, counter, &context) && context == counter ? 0 : 1;
}

static volatile LONG word = 1;

static DWORD WINAPI change_word(void *unused) {
    (void)unused;
    Sleep(5);
    word = 2;
    WakeByAddressAll((void *)&word);
    return 0;
}

static void wait_on_address(void) {
    LONG unwanted = 1;
    CreateThread(NULL, 0, change_word, NULL, 0, NULL);
    while (word == unwanted) WaitOnAddress(&word, &unwanted, sizeof word, INFINITE);
    say_number("word", word);
    unwanted = 2;
    say_result("nobody changes it", WaitOnAddress(&word, &unwanted, sizeof word, 10));
}

int main(void) {
    LONG initialised = 0;
    InitializeCriticalSectionAndSpinCount(&section, 100);
    run_threads(count_up, NULL);
    say_number("counted in the section", in_section);
    say_number("counted under the lock", under_slim);
    say_number("free", tried());
    trying();
    bounded_queue();
    condition_time_out();
    run_threads(need_it, &initialised);
    say_number("initialised", initialised);
    wait_on_address();
    DeleteCriticalSection(&section);
    return 0;
}
