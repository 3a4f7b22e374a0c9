/* Callbacks of the TLS directory: they run before main and at every thread's begin and end, in the
 * order of the table. They write with system calls only: no C runtime may be up yet. What Windows
 * tells them at the end of the process is passed over, because Wine does not. */
#include "guest.h"

static void write_line(const char *text) {
    DWORD n;
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), text, (DWORD)strlen(text), &n, NULL);
}

static int main_ran;
static DWORD main_thread;

static const char *reason_name(DWORD reason) {
    static const char *const names[] = {NULL, "process attach", "thread attach", "thread detach"};
    return reason < 4 ? names[reason] : "an unknown reason";
}

static void say_callback(const char *which, DWORD reason) {
    char line[80];
    if (reason == DLL_PROCESS_DETACH) return;

    if (reason == DLL_PROCESS_ATTACH) main_thread = GetCurrentThreadId();
    wsprintfA(line, "%s: %s, %s main, in the %s thread\r\n", which, reason_name(reason),
              main_ran ? "after" : "before",
              GetCurrentThreadId() == main_thread ? "first" : "second");
    write_line(line);
}

static void NTAPI first(void *module, DWORD reason, void *reserved) {
    (void)reserved;
    if (module != GetModuleHandleA(NULL)) write_line("wrong module\r\n");
    say_callback("first", reason);
}

static void NTAPI second(void *module, DWORD reason, void *reserved) {
    (void)module;
    (void)reserved;
    say_callback("second", reason);
}

/* The linker sorts .CRT$XL? by name; mingw-w64's own callbacks are XLC and XLD. */
__attribute__((section(".CRT$XLE"), used)) static PIMAGE_TLS_CALLBACK first_entry = first;
__attribute__((section(".CRT$XLF"), used)) static PIMAGE_TLS_CALLBACK second_entry = second;

static __thread int initialised = 99;

static DWORD WINAPI thread(void *unused) {
    (void)unused;
    write_line(initialised == 99 ? "thread runs, its variable is fresh\r\n" : "thread runs\r\n");
    return 0;
}

int main(void) {
    main_ran = 1;
    write_line("main\r\n");
    HANDLE h = CreateThread(NULL, 0, thread, NULL, 0, NULL);
    WaitForSingleObject(h, INFINITE);
    CloseHandle(h);
    write_line("main ends\r\n");
    return 0;
}
