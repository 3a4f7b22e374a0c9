/* Processes of both widths on one computer: started, asked, fed through a pipe, and given a thread,
 * from whichever width this one has. Needs both builds of itself in the current folder. */
#include "guest.h"

#include <tlhelp32.h>

static PROCESS_INFORMATION start(const char *program, const char *arguments, DWORD flags, HANDLE in,
                                 HANDLE out) {
    char line[MAX_PATH + 64];
    STARTUPINFOA how = {.cb = sizeof how,
                        .dwFlags = in ? STARTF_USESTDHANDLES : 0,
                        .hStdInput = in,
                        .hStdOutput = out,
                        .hStdError = out};
    PROCESS_INFORMATION child = {0};
    snprintf(line, sizeof line, "%s %s", program, arguments);
    if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, flags, NULL, NULL, &how, &child))
        printf("no child: error %lu\n", GetLastError());
    return child;
}

static DWORD ended(PROCESS_INFORMATION *child) {
    DWORD code = 99999;
    WaitForSingleObject(child->hProcess, 30000);
    GetExitCodeProcess(child->hProcess, &code);
    CloseHandle(child->hProcess);
    CloseHandle(child->hThread);
    return code;
}

static void width(const char *program) {
    PROCESS_INFORMATION child = start(program, "width", 0, NULL, NULL);
    BOOL narrow = 2;
    say_result("IsWow64Process", IsWow64Process(child.hProcess, &narrow));
    say("narrow", narrow);
    say_number("width", (long)ended(&child));
}

/* It reads a line and answers with another. */
static void pipes(const char *program) {
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    HANDLE there[2], back[2];
    char text[64] = "";
    DWORD n = 0, total = 0;
    CreatePipe(&there[0], &there[1], &inherit, 0);
    CreatePipe(&back[0], &back[1], &inherit, 0);
    SetHandleInformation(there[1], HANDLE_FLAG_INHERIT, 0);
    SetHandleInformation(back[0], HANDLE_FLAG_INHERIT, 0);
    PROCESS_INFORMATION child = start(program, "answer", 0, there[0], back[1]);
    CloseHandle(there[0]);
    CloseHandle(back[1]);
    WriteFile(there[1], "across\n", 7, &n, NULL);
    CloseHandle(there[1]);
    while (total < sizeof text - 1 &&
           ReadFile(back[0], text + total, sizeof text - 1 - total, &n, NULL) && n)
        total += n;
    text[strcspn(text, "\r\n")] = 0;
    say_text("answer", text);
    say_number("ended with", (long)ended(&child));
    CloseHandle(back[0]);
}

/* Shared memory and an event by name. */
static void names(const char *program) {
    HANDLE s = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, "coax-cross"),
           event = CreateEventA(NULL, FALSE, FALSE, "coax-cross-event");
    volatile int *number = MapViewOfFile(s, FILE_MAP_WRITE, 0, 0, 0);
    *number = 20;
    PROCESS_INFORMATION child = start(program, "names", 0, NULL, NULL);
    say("event", WaitForSingleObject(event, 10000) == WAIT_OBJECT_0);
    say_number("number", *number);
    ended(&child);
    UnmapViewOfFile((void *)number);
    CloseHandle(s);
    CloseHandle(event);
}

/* mov eax, 123; ret: both widths take it, and neither asks for its argument. */
static void thread(const char *program) {
    static const unsigned char code[] = {0xb8, 123, 0, 0, 0, 0xc3};
    PROCESS_INFORMATION child = start(program, "sleep", 0, NULL, NULL);
    SIZE_T n = 0;
    DWORD value = 0;
    void *at = VirtualAllocEx(child.hProcess, NULL, 4096, MEM_COMMIT | MEM_RESERVE,
                              PAGE_EXECUTE_READWRITE);
    WriteProcessMemory(child.hProcess, at, code, sizeof code, &n);
    HANDLE t = CreateRemoteThread(child.hProcess, NULL, 0, (LPTHREAD_START_ROUTINE)at, NULL, 0, NULL);
    WaitForSingleObject(t, 10000);
    GetExitCodeThread(t, &value);
    say_number("a thread in the narrow one", (long)value);
    TerminateProcess(child.hProcess, 8);
    say_number("ended with", (long)ended(&child));
}

/* A child that starts a grandchild of the other width, seen by Toolhelp. */
static void tree(const char *program) {
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, "coax-cross-event");
    PROCESS_INFORMATION child = start(program, "parent", 0, NULL, NULL);
    PROCESSENTRY32 e = {.dwSize = sizeof e};
    WaitForSingleObject(event, 10000);
    HANDLE list = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    for (BOOL more = Process32First(list, &e); more; more = Process32Next(list, &e)) {
        if (e.th32ProcessID == child.dwProcessId)
            printf("child %s, ours: %s\n", e.szExeFile,
                   e.th32ParentProcessID == GetCurrentProcessId() ? "yes" : "no");
        if (e.th32ParentProcessID == child.dwProcessId) {
            HANDLE p = OpenProcess(PROCESS_TERMINATE, FALSE, e.th32ProcessID);
            printf("grandchild %s\n", e.szExeFile);
            TerminateProcess(p, 11);
            CloseHandle(p);
        }
    }
    CloseHandle(list);
    say_number("ended with", (long)ended(&child));
    CloseHandle(event);
}

static int as_child(const char *what) {
    if (!strcmp(what, "width")) return (int)sizeof(void *);
    if (!strcmp(what, "sleep")) Sleep(INFINITE);
    if (!strcmp(what, "answer")) {
        char line[32] = "";
        if (!fgets(line, sizeof line, stdin)) return 1;
        printf("heard %s", line);
        return 2;
    }
    if (!strcmp(what, "names")) {
        HANDLE s = OpenFileMappingA(FILE_MAP_WRITE, FALSE, "coax-cross"),
               event = OpenEventA(EVENT_MODIFY_STATE, FALSE, "coax-cross-event");
        volatile int *number = MapViewOfFile(s, FILE_MAP_WRITE, 0, 0, 0);
        *number += 3;
        SetEvent(event);
    }
    if (!strcmp(what, "parent")) {
        HANDLE event = OpenEventA(EVENT_MODIFY_STATE, FALSE, "coax-cross-event");
        PROCESS_INFORMATION child = start(sizeof(void *) == 8 ? "cross-x86.exe" : "cross-x64.exe",
                                          "sleep", 0, NULL, NULL);
        SetEvent(event);
        return (int)ended(&child);
    }
    return 0;
}

int main(int count, char **arguments) {
    if (count > 1) return as_child(arguments[1]);
    setbuf(stdout, NULL);
    static const char *const programs[] = {"cross-x64.exe", "cross-x86.exe"};
    for (int i = 0; i < 2; i++) {
        width(programs[i]);
        pipes(programs[i]);
        names(programs[i]);
        tree(programs[i]);
    }
    thread("cross-x86.exe");
    return 0;
}
