/* Ends badly, in the way that its argument names. The exit code is the exception's. */
#include "guest.h"

static DWORD WINAPI crash(void *unused) {
    (void)unused;
    *(volatile int *)0x10 = 1;
    return 0;
}

static __attribute__((noinline)) int use_stack(int pages, volatile char *outer) {
    volatile char page[4000];
    page[0] = *outer;
    return pages ? use_stack(pages - 1, page) + page[0] : 0;
}

static LONG WINAPI say_and_end(EXCEPTION_POINTERS *e) {
    printf("filter sees %lx\n", e->ExceptionRecord->ExceptionCode);
    fflush(stdout);
    return EXCEPTION_EXECUTE_HANDLER;
}

static void in_thread(void) {
    HANDLE thread = CreateThread(NULL, 0, crash, NULL, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    puts("not reached");
}

int main(int count, char **arguments) {
    const char *way = count > 1 ? arguments[1] : "write";
    volatile int zero = 0;
    printf("ends by: %s\n", way);
    fflush(stdout);
    if (!strcmp(way, "write")) crash(NULL);
    if (!strcmp(way, "thread")) in_thread();
    if (!strcmp(way, "divide")) zero = 1000 / zero;
    if (!strcmp(way, "raise")) RaiseException(0xe0424242, EXCEPTION_NONCONTINUABLE, 0, NULL);
    if (!strcmp(way, "undefined")) __asm__ volatile("ud2");
    if (!strcmp(way, "breakpoint")) DebugBreak();
    if (!strcmp(way, "stack")) return use_stack(100000, (volatile char *)way);
    if (!strcmp(way, "fastfail")) __asm__ volatile("int $0x29" : : "c"(7));
    if (!strcmp(way, "abort")) abort();
    if (!strcmp(way, "terminate")) TerminateProcess(GetCurrentProcess(), 0xdead);
    if (!strcmp(way, "filter")) {
        SetUnhandledExceptionFilter(say_and_end);
        crash(NULL);
    }
    puts("still here");
    return 0;
}
