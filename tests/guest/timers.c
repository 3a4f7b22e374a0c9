/* Waitable timers, timer queues, asynchronous procedure calls, alertable waits. */
#include "guest.h"

static void set_timer(HANDLE timer, LONG milliseconds, LONG period) {
    LARGE_INTEGER due = {.QuadPart = -10000LL * milliseconds};
    say_result("set", SetWaitableTimer(timer, &due, period, NULL, NULL, FALSE));
}

static void waitable(void) {
    HANDLE manual = CreateWaitableTimerA(NULL, TRUE, NULL);
    HANDLE automatic = CreateWaitableTimerA(NULL, FALSE, NULL);
    say("not due", WaitForSingleObject(manual, 0) == WAIT_TIMEOUT);
    set_timer(manual, 20, 0);
    say("due", WaitForSingleObject(manual, 5000) == WAIT_OBJECT_0);
    say("stays due", WaitForSingleObject(manual, 0) == WAIT_OBJECT_0);
    set_timer(automatic, 20, 10);
    int n = 0;
    while (n < 5 && WaitForSingleObject(automatic, 5000) == WAIT_OBJECT_0) n++;
    say_number("periods", n);
    say_result("cancel", CancelWaitableTimer(automatic));
    set_timer(manual, 60000, 0);
    say("set again is not due", WaitForSingleObject(manual, 0) == WAIT_TIMEOUT);
    CloseHandle(manual);
    CloseHandle(automatic);
}

static void order_of_deadlines(void) {
    HANDLE h[3];
    static const LONG due[3] = {90, 30, 60};
    for (int i = 0; i < 3; i++) {
        LARGE_INTEGER at = {.QuadPart = -10000LL * due[i]};
        h[i] = CreateWaitableTimerA(NULL, FALSE, NULL);
        SetWaitableTimer(h[i], &at, 0, NULL, NULL, FALSE);
    }
    printf("order of three timers:");
    for (int i = 0; i < 3; i++) printf(" %lu", WaitForMultipleObjects(3, h, FALSE, 5000));
    printf("\n");
    for (int i = 0; i < 3; i++) CloseHandle(h[i]);
}

static char trail[64];

static void CALLBACK note(ULONG_PTR letter) {
    size_t n = strlen(trail);
    trail[n] = (char)letter;
}

static void CALLBACK note_and_queue(ULONG_PTR letter) {
    note(letter);
    QueueUserAPC(note, GetCurrentThread(), 'q');
}

static void procedure_calls(void) {
    HANDLE me = NULL;
    DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &me, 0, FALSE,
                    DUPLICATE_SAME_ACCESS);
    QueueUserAPC(note, me, 'a');
    QueueUserAPC(note, me, 'b');
    Sleep(1);
    say_text("sleep that is not alertable", trail);
    say_number("alertable sleep", (long)SleepEx(5000, TRUE));
    say_text("all at once", trail);
    say_number("nothing queued", (long)SleepEx(1, TRUE));
    QueueUserAPC(note_and_queue, me, 'c');
    SleepEx(0, TRUE);
    say_text("one that queues another", trail);
    HANDLE never = CreateEventA(NULL, TRUE, FALSE, NULL);
    QueueUserAPC(note, me, 'd');
    say("alertable wait", WaitForSingleObjectEx(never, 5000, TRUE) == WAIT_IO_COMPLETION);
    say_text("trail", trail);
    CloseHandle(never);
    CloseHandle(me);
}

static DWORD WINAPI wait_alertably(void *event) {
    DWORD r = WaitForSingleObjectEx(event, 10000, TRUE);
    return r == WAIT_IO_COMPLETION ? 1 : 2;
}

static void call_another_thread(void) {
    DWORD code = 0;
    HANDLE never = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE thread = CreateThread(NULL, 0, wait_alertably, never, 0, NULL);
    Sleep(10);
    say("queued", QueueUserAPC(note, thread, 't') != 0);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    say_number("its wait ended by the call", (long)code);
    say_text("trail", trail);
    CloseHandle(thread);
    thread = CreateThread(NULL, 0, wait_alertably, never, CREATE_SUSPENDED, NULL);
    QueueUserAPC(note, thread, 'e');
    ResumeThread(thread);
    SetEvent(never);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    say_number("called before its start, so the event ended its wait", (long)code);
    say_text("trail", trail);
    say("a dead thread takes no call", QueueUserAPC(note, thread, 'x') == 0);
    CloseHandle(thread);
    CloseHandle(never);
}

static void CALLBACK timer_call(void *argument, DWORD low, DWORD high) {
    (void)low;
    (void)high;
    ++*(int *)argument;
}

static void timer_with_call(void) {
    int calls = 0;
    LARGE_INTEGER due = {.QuadPart = -10 * 10000};
    HANDLE timer = CreateWaitableTimerA(NULL, FALSE, NULL);
    SetWaitableTimer(timer, &due, 0, timer_call, &calls, FALSE);
    say("sleep ended by it", SleepEx(5000, TRUE) == WAIT_IO_COMPLETION);
    say_number("calls", calls);
    CloseHandle(timer);
}

static LONG ticks;
static HANDLE enough;

static void CALLBACK tick(void *unused, BOOLEAN fired) {
    (void)unused;
    if (fired && InterlockedIncrement(&ticks) == 3) SetEvent(enough);
}

static void queue_timer(void) {
    HANDLE timer = NULL;
    enough = CreateEventA(NULL, TRUE, FALSE, NULL);
    say_result("queue timer", CreateTimerQueueTimer(&timer, NULL, tick, NULL, 5, 5, 0));
    say("three ticks", WaitForSingleObject(enough, 5000) == WAIT_OBJECT_0);
    say_result("delete", DeleteTimerQueueTimer(NULL, timer, INVALID_HANDLE_VALUE));
    LONG seen = ticks;
    Sleep(30);
    say("no more ticks", ticks == seen);
}

int main(void) {
    waitable();
    order_of_deadlines();
    procedure_calls();
    call_another_thread();
    timer_with_call();
    queue_timer();
    return 0;
}
