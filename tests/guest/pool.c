/* The thread pool: work, timers, waits, cleanup groups, the old interface. */
#include "guest.h"

static LONG worked;

static void CALLBACK work(PTP_CALLBACK_INSTANCE instance, void *amount, PTP_WORK self) {
    (void)instance;
    (void)self;
    InterlockedExchangeAdd(&worked, *(LONG *)amount);
}

static void submit_work(void) {
    LONG amount = 3;
    PTP_WORK item = CreateThreadpoolWork(work, &amount, NULL);
    for (int i = 0; i < 50; i++) SubmitThreadpoolWork(item);
    WaitForThreadpoolWorkCallbacks(item, FALSE);
    say_number("worked", worked);
    CloseThreadpoolWork(item);
}

static void CALLBACK set_event(PTP_CALLBACK_INSTANCE instance, void *event, PTP_TIMER self) {
    (void)instance;
    (void)self;
    SetEvent(event);
}

static void pool_timer(void) {
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    ULARGE_INTEGER due = {.QuadPart = (ULONGLONG)(-20 * 10000LL)};
    FILETIME at = {due.LowPart, due.HighPart};
    PTP_TIMER timer = CreateThreadpoolTimer(set_event, event, NULL);
    SetThreadpoolTimer(timer, &at, 0, 0);
    say("is set", IsThreadpoolTimerSet(timer));
    say("fired", WaitForSingleObject(event, 5000) == WAIT_OBJECT_0);
    SetThreadpoolTimer(timer, NULL, 0, 0);
    WaitForThreadpoolTimerCallbacks(timer, TRUE);
    CloseThreadpoolTimer(timer);
    CloseHandle(event);
}

static DWORD wait_result = 99;
static HANDLE called;

static void CALLBACK waited(PTP_CALLBACK_INSTANCE instance, void *context, PTP_WAIT self,
                            TP_WAIT_RESULT result) {
    (void)instance;
    (void)context;
    (void)self;
    wait_result = result;
    SetEvent(called);
}

static void pool_wait(void) {
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    called = CreateEventA(NULL, FALSE, FALSE, NULL);
    PTP_WAIT wait = CreateThreadpoolWait(waited, NULL, NULL);
    SetThreadpoolWait(wait, event, NULL);
    SetEvent(event);
    say("called", WaitForSingleObject(called, 5000) == WAIT_OBJECT_0);
    say_number("result", (long)wait_result);
    ULARGE_INTEGER due = {.QuadPart = (ULONGLONG)(-10 * 10000LL)};
    FILETIME at = {due.LowPart, due.HighPart};
    SetThreadpoolWait(wait, event, &at);
    say("called", WaitForSingleObject(called, 5000) == WAIT_OBJECT_0);
    say_number("result", (long)wait_result);
    CloseThreadpoolWait(wait);
    CloseHandle(event);
}

static DWORD WINAPI old_work(void *event) {
    SetEvent(event);
    return 0;
}

static void CALLBACK old_wait(void *event, BOOLEAN timed_out) {
    if (!timed_out) SetEvent(event);
}

static void old_interface(void) {
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL), wait = NULL;
    HANDLE watched = CreateEventA(NULL, FALSE, FALSE, NULL);
    say_result("queue", QueueUserWorkItem(old_work, event, WT_EXECUTEDEFAULT));
    say("ran", WaitForSingleObject(event, 5000) == WAIT_OBJECT_0);
    say_result("register", RegisterWaitForSingleObject(&wait, watched, old_wait, event, INFINITE,
                                                       WT_EXECUTEONLYONCE));
    SetEvent(watched);
    say("ran", WaitForSingleObject(event, 5000) == WAIT_OBJECT_0);
    UnregisterWaitEx(wait, INVALID_HANDLE_VALUE);
}

static void CALLBACK simple(PTP_CALLBACK_INSTANCE instance, void *event) {
    SetEventWhenCallbackReturns(instance, event);
}

static void own_pool(void) {
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    TP_CALLBACK_ENVIRON environment;
    PTP_POOL pool = CreateThreadpool(NULL);
    SetThreadpoolThreadMaximum(pool, 2);
    say_result("minimum", SetThreadpoolThreadMinimum(pool, 1));
    InitializeThreadpoolEnvironment(&environment);
    SetThreadpoolCallbackPool(&environment, pool);
    say_result("submit", TrySubmitThreadpoolCallback(simple, event, &environment));
    say("set when it returned", WaitForSingleObject(event, 5000) == WAIT_OBJECT_0);
    DestroyThreadpoolEnvironment(&environment);
    CloseThreadpool(pool);
}

int main(void) {
    submit_work();
    pool_timer();
    pool_wait();
    old_interface();
    own_pool();
    return 0;
}
