/* Threads: creation, exit codes, suspension, priorities, identity, the end of a process. */
#include "guest.h"

static DWORD WINAPI add_one(void *number) {
    InterlockedIncrement(number);
    return 7;
}

static DWORD WINAPI leave_early(void *unused) {
    (void)unused;
    ExitThread(0xabcd);
}

static DWORD WINAPI sleep_long(void *unused) {
    (void)unused;
    Sleep(INFINITE);
    return 0;
}

static DWORD exit_code(HANDLE thread) {
    DWORD code = 0;
    GetExitCodeThread(thread, &code);
    return code;
}

static void start_and_join(void) {
    static LONG number;
    HANDLE threads[8];
    for (int i = 0; i < 8; i++) threads[i] = CreateThread(NULL, 0, add_one, &number, 0, NULL);
    say("all ended", WaitForMultipleObjects(8, threads, TRUE, 10000) == WAIT_OBJECT_0);
    say_number("number", number);
    say_number("exit code", (long)exit_code(threads[3]));
    for (int i = 0; i < 8; i++) CloseHandle(threads[i]);
}

static void exit_codes(void) {
    HANDLE early = CreateThread(NULL, 0, leave_early, NULL, 0, NULL);
    WaitForSingleObject(early, 10000);
    say_hex("ExitThread", exit_code(early));
    CloseHandle(early);
    HANDLE sleeper = CreateThread(NULL, 0, sleep_long, NULL, 0, NULL);
    say_number("still active", (long)exit_code(sleeper));
    say_result("terminate", TerminateThread(sleeper, 55));
    WaitForSingleObject(sleeper, 10000);
    say_number("terminated", (long)exit_code(sleeper));
    CloseHandle(sleeper);
}

static void suspension(void) {
    static LONG number;
    DWORD id = 0;
    HANDLE thread = CreateThread(NULL, 0, add_one, &number, CREATE_SUSPENDED, &id);
    say("has an id", id != 0 && id == GetThreadId(thread));
    say("does not run", WaitForSingleObject(thread, 20) == WAIT_TIMEOUT && number == 0);
    say_number("suspend count before", (long)SuspendThread(thread));
    say_number("resume", (long)ResumeThread(thread));
    say("still does not run", WaitForSingleObject(thread, 20) == WAIT_TIMEOUT && number == 0);
    say_number("resume", (long)ResumeThread(thread));
    say("runs", WaitForSingleObject(thread, 10000) == WAIT_OBJECT_0 && number == 1);
    CloseHandle(thread);
}

static volatile LONG spins, stop;

static DWORD WINAPI spin(void *unused) {
    (void)unused;
    while (!stop) spins++;
    return 0;
}

/* A thread that never waits is preempted, can be suspended anywhere, and stands still then. */
static void preemption(void) {
    HANDLE thread = CreateThread(NULL, 0, spin, NULL, 0, NULL);
    while (spins < 1000) Sleep(1);
    say("runs beside us", spins >= 1000);
    SuspendThread(thread);
    CONTEXT context = {.ContextFlags = CONTEXT_CONTROL};
    say_result("context", GetThreadContext(thread, &context));
    LONG before = spins;
    Sleep(20);
    say("stands still", spins == before);
    ResumeThread(thread);
    while (spins == before) Sleep(1);
    stop = 1;
    say("ends", WaitForSingleObject(thread, 10000) == WAIT_OBJECT_0);
    CloseHandle(thread);
}

static void identity(void) {
    DWORD id = GetCurrentThreadId();
    HANDLE real = NULL;
    DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &real, 0, FALSE,
                    DUPLICATE_SAME_ACCESS);
    say("same thread",
        GetThreadId(real) == id && GetProcessIdOfThread(real) == GetCurrentProcessId());
    CloseHandle(real);
    HANDLE opened = OpenThread(THREAD_QUERY_INFORMATION, FALSE, id);
    say("open by id", opened != NULL);
    CloseHandle(opened);
    say_result("open no such id", OpenThread(THREAD_QUERY_INFORMATION, FALSE, 0x7ffffff0) != NULL);
}

static void priorities(void) {
    say_number("priority", GetThreadPriority(GetCurrentThread()));
    say_result("set", SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_HIGHEST));
    say_number("priority", GetThreadPriority(GetCurrentThread()));
    say_result("set nonsense", SetThreadPriority(GetCurrentThread(), 1000));
    SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_NORMAL);
    say_hex("class", GetPriorityClass(GetCurrentProcess()));
}

static DWORD WINAPI end_process(void *unused) {
    (void)unused;
    fflush(stdout);
    ExitProcess(33);
}

int main(void) {
    start_and_join();
    exit_codes();
    suspension();
    preemption();
    identity();
    priorities();
    puts("another thread ends the process");
    CreateThread(NULL, 0, end_process, NULL, 0, NULL);
    Sleep(INFINITE);
}
