/* The orderly ends of a program, by its argument: what still runs, in which order, with which code.
 */
#include "guest.h"

static void first(void) {
    puts("registered first");
    fflush(stdout);
}

static void second(void) {
    puts("registered second");
    fflush(stdout);
}

static DWORD WINAPI outlive(void *unused) {
    (void)unused;
    Sleep(50);
    puts("the other thread outlives main");
    fflush(stdout);
    return 66;
}

static DWORD WINAPI call_exit(void *unused) {
    (void)unused;
    exit(44);
}

static void by_thread(LPTHREAD_START_ROUTINE start) {
    CreateThread(NULL, 0, start, NULL, 0, NULL);
    Sleep(INFINITE);
}

int main(int count, char **arguments) {
    const char *way = count > 1 ? arguments[1] : "return";
    atexit(first);
    atexit(second);
    printf("ends by: %s\n", way);
    fflush(stdout);
    if (!strcmp(way, "exit")) exit(11);
    if (!strcmp(way, "_exit")) _exit(22);
    if (!strcmp(way, "ExitProcess")) ExitProcess(33);
    if (!strcmp(way, "thread")) by_thread(call_exit);
    if (!strcmp(way, "ExitThread")) {
        CreateThread(NULL, 0, outlive, NULL, 0, NULL);
        ExitThread(55);
    }
    return 77;
}
