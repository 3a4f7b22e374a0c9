/* Waiting: events, mutexes, semaphores, several at once, time-outs, names. */
#include "guest.h"

static const char *wait_name(DWORD r) {
    static char other[16];
    switch (r) {
    case WAIT_OBJECT_0: return "object";
    case WAIT_ABANDONED_0: return "abandoned";
    case WAIT_TIMEOUT: return "time-out";
    case WAIT_FAILED: return "failed";
    case WAIT_IO_COMPLETION: return "completion";
    default: snprintf(other, sizeof other, "object+%lu", r); return other;
    }
}

static void say_wait(const char *what, HANDLE h) {
    printf("%s: %s\n", what, wait_name(WaitForSingleObject(h, 0)));
}

static void events(void) {
    HANDLE automatic = CreateEventA(NULL, FALSE, TRUE, NULL);
    HANDLE manual = CreateEventA(NULL, TRUE, FALSE, NULL);
    say_wait("automatic, set", automatic);
    say_wait("automatic, taken", automatic);
    say_wait("manual, not set", manual);
    SetEvent(manual);
    say_wait("manual, set", manual);
    say_wait("manual, still set", manual);
    ResetEvent(manual);
    say_wait("manual, reset", manual);
    PulseEvent(manual);
    say_wait("manual, pulsed with nobody waiting", manual);
    CloseHandle(automatic);
    CloseHandle(manual);
    say_wait("closed", manual);
    say_number("error", (long)GetLastError());
}

static DWORD WINAPI take_and_end(void *mutex) {
    return WaitForSingleObject(mutex, INFINITE);
}

static DWORD WINAPI release_foreign(void *mutex) {
    return ReleaseMutex(mutex) ? 0 : GetLastError();
}

static DWORD in_thread(LPTHREAD_START_ROUTINE start, void *argument) {
    DWORD code = 0;
    HANDLE thread = CreateThread(NULL, 0, start, argument, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    return code;
}

static void mutexes(void) {
    HANDLE mutex = CreateMutexA(NULL, TRUE, NULL);
    say_wait("owned mutex, again", mutex);
    say_number("release by another thread", (long)in_thread(release_foreign, mutex));
    say_result("release", ReleaseMutex(mutex));
    say_result("release", ReleaseMutex(mutex));
    say_result("release once too often", ReleaseMutex(mutex));
    say_number("taken by a thread that ends", (long)in_thread(take_and_end, mutex));
    say_wait("mutex of a dead thread", mutex);
    ReleaseMutex(mutex);
    say_wait("after its release", mutex);
    CloseHandle(mutex);
}

static void semaphores(void) {
    LONG before = -1;
    HANDLE s = CreateSemaphoreA(NULL, 2, 3, NULL);
    say_wait("semaphore", s);
    say_wait("semaphore", s);
    say_wait("empty semaphore", s);
    say_result("release 3", ReleaseSemaphore(s, 3, &before));
    say_number("before", before);
    say_result("release over the limit", ReleaseSemaphore(s, 1, &before));
    CloseHandle(s);
    say_result("bad semaphore", CreateSemaphoreA(NULL, 4, 3, NULL) != NULL);
}

static void several(void) {
    HANDLE h[3];
    for (int i = 0; i < 3; i++) h[i] = CreateEventA(NULL, FALSE, FALSE, NULL);
    printf("none of three: %s\n", wait_name(WaitForMultipleObjects(3, h, FALSE, 0)));
    SetEvent(h[2]);
    SetEvent(h[1]);
    printf("all of three: %s\n", wait_name(WaitForMultipleObjects(3, h, TRUE, 0)));
    printf("any of three: %s\n", wait_name(WaitForMultipleObjects(3, h, FALSE, 0)));
    printf("any of three: %s\n", wait_name(WaitForMultipleObjects(3, h, FALSE, 0)));
    printf("any of three: %s\n", wait_name(WaitForMultipleObjects(3, h, FALSE, 0)));
    for (int i = 0; i < 3; i++) SetEvent(h[i]);
    printf("all of three: %s\n", wait_name(WaitForMultipleObjects(3, h, TRUE, 0)));
    say_wait("all were taken", h[0]);
    SetEvent(h[0]);
    printf("signal and wait: %s\n", wait_name(SignalObjectAndWait(h[1], h[0], 100, FALSE)));
    say_wait("signalled", h[1]);
    printf("too many: %s\n", wait_name(WaitForMultipleObjects(65, h, FALSE, 0)));
    for (int i = 0; i < 3; i++) CloseHandle(h[i]);
}

static void time_outs(void) {
    HANDLE never = CreateEventA(NULL, TRUE, FALSE, NULL);
    ULONGLONG start = GetTickCount64();
    printf("50 ms: %s\n", wait_name(WaitForSingleObject(never, 50)));
    ULONGLONG passed = GetTickCount64() - start;
    say("about 50 ms passed", passed >= 40 && passed < 5000);
    CloseHandle(never);
}

static HANDLE ping, pong;

static DWORD WINAPI answer(void *rounds) {
    for (int i = 0; i < *(int *)rounds; i++) {
        WaitForSingleObject(ping, INFINITE);
        SetEvent(pong);
    }
    return 0;
}

static void ping_pong(void) {
    int rounds = 200, heard = 0;
    ping = CreateEventA(NULL, FALSE, FALSE, NULL);
    pong = CreateEventA(NULL, FALSE, FALSE, NULL);
    HANDLE thread = CreateThread(NULL, 0, answer, &rounds, 0, NULL);
    for (int i = 0; i < rounds; i++)
        heard += SignalObjectAndWait(ping, pong, 10000, FALSE) == WAIT_OBJECT_0;
    say_number("answers", heard);
    say("the thread ends", WaitForSingleObject(thread, 10000) == WAIT_OBJECT_0);
    CloseHandle(thread);
}

static void names(void) {
    HANDLE a = CreateMutexA(NULL, FALSE, "coax-test-name");
    say_number("first", (long)GetLastError());
    HANDLE b = CreateMutexA(NULL, FALSE, "coax-test-name");
    say_number("second", (long)GetLastError());
    say_result("open", OpenMutexA(SYNCHRONIZE, FALSE, "coax-test-name") != NULL);
    say_result("other case", OpenMutexA(SYNCHRONIZE, FALSE, "COAX-TEST-NAME") != NULL);
    say_result("local", OpenMutexA(SYNCHRONIZE, FALSE, "Local\\coax-test-name") != NULL);
    say_result("as an event", OpenEventA(SYNCHRONIZE, FALSE, "coax-test-name") != NULL);
    say_result("create as an event", CreateEventA(NULL, FALSE, FALSE, "coax-test-name") != NULL);
    HANDLE g = CreateEventA(NULL, TRUE, TRUE, "Global\\coax-test-event");
    say("global", g != NULL);
    HANDLE o = OpenEventA(SYNCHRONIZE, FALSE, "Global\\coax-test-event");
    say_wait("opened", o);
    say_result("set without the right", SetEvent(o));
    CloseHandle(a);
    CloseHandle(b);
    CloseHandle(g);
    CloseHandle(o);
    say_result("gone", OpenEventA(SYNCHRONIZE, FALSE, "Global\\coax-test-event") != NULL);
}

int main(void) {
    events();
    mutexes();
    semaphores();
    several();
    time_outs();
    ping_pong();
    names();
    return 0;
}
