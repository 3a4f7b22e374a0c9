/* Memory of one thread: TlsAlloc's slots, fiber-local slots and their callbacks, __thread. */
#include "guest.h"

static __thread int counter = 5;
static __thread char text[32] = "initial";
static DWORD slot, fiber_slot;
static LONG callbacks;

static void CALLBACK free_value(void *value) {
    InterlockedExchangeAdd(&callbacks, *(LONG *)value);
}

static DWORD WINAPI worker(void *argument) {
    static LONG values[4] = {0, 10, 200, 3000};
    int i = (int)(INT_PTR)argument;
    int fresh = counter == 5 && strcmp(text, "initial") == 0 && TlsGetValue(slot) == NULL;
    counter += i;
    snprintf(text, sizeof text, "thread %d", i);
    TlsSetValue(slot, argument);
    FlsSetValue(fiber_slot, &values[i]);
    Sleep(5);
    int kept = counter == 5 + i && TlsGetValue(slot) == argument && text[7] == '0' + i;
    return (DWORD)(fresh * 2 + kept);
}

static void threads_have_their_own(void) {
    HANDLE threads[3];
    for (int i = 0; i < 3; i++)
        threads[i] = CreateThread(NULL, 0, worker, (void *)(INT_PTR)(i + 1), 0, NULL);
    WaitForMultipleObjects(3, threads, TRUE, INFINITE);
    for (int i = 0; i < 3; i++) {
        DWORD code = 0;
        GetExitCodeThread(threads[i], &code);
        printf("thread %d: fresh %s, kept %s\n", i + 1, code & 2 ? "yes" : "no",
               code & 1 ? "yes" : "no");
        CloseHandle(threads[i]);
    }
    say_number("callbacks at the end of threads", callbacks);
    say_number("ours", counter);
    say_text("ours", text);
}

static void slots(void) {
    SetLastError(1234);
    say("fresh slot is empty", TlsGetValue(slot) == NULL);
    say_number("and that is no error", (long)GetLastError());
    TlsSetValue(slot, &slot);
    say("set", TlsGetValue(slot) == &slot);
    say_result("bad slot", TlsSetValue(100000, NULL));
    DWORD many[1000];
    int n = 0;
    while (n < 1000 && (many[n] = TlsAlloc()) != TLS_OUT_OF_INDEXES) n++;
    say("more than 64 slots", n > 64);
    say("and an end", n < 1100);
    TlsSetValue(many[n - 1], &n);
    say("the last works", TlsGetValue(many[n - 1]) == &n);
    while (n--) TlsFree(many[n]);
    say_result("free", TlsFree(slot));
    slot = TlsAlloc();
    say("a slot is empty again", TlsGetValue(slot) == NULL);
}

int main(void) {
    slot = TlsAlloc();
    fiber_slot = FlsAlloc(free_value);
    say("slots", slot != TLS_OUT_OF_INDEXES && fiber_slot != FLS_OUT_OF_INDEXES);
    slots();
    threads_have_their_own();
    return 0;
}
