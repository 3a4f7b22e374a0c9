/* A program that debugs its child: what it is told, what it may change, and what the child notices.
 * The child's INT3s are done by the debugger, as packers with a watching parent have it. */
#include "guest.h"

#ifdef _WIN64
#define AX(c) ((c)->Rax)
#else
#define AX(c) ((c)->Eax)
#endif

static __attribute__((noinline)) int ask_debugger(int x) {
    __asm__ volatile("int3" : "+a"(x));
    return x;
}

static DWORD WINAPI thread(void *unused) {
    (void)unused;
    return 5;
}

static LONG CALLBACK handler(EXCEPTION_POINTERS *e) {
    return e->ExceptionRecord->ExceptionCode == 0xe0000001 ? EXCEPTION_CONTINUE_EXECUTION
                                                           : EXCEPTION_CONTINUE_SEARCH;
}

static int child(void) {
    BOOL remote = FALSE;
    CheckRemoteDebuggerPresent(GetCurrentProcess(), &remote);
    int seen = IsDebuggerPresent() + 2 * remote;
    AddVectoredExceptionHandler(TRUE, handler);
    RaiseException(0xe0000001, 0, 0, NULL);
    OutputDebugStringA("text");
    HANDLE t = CreateThread(NULL, 0, thread, NULL, 0, NULL);
    WaitForSingleObject(t, INFINITE);
    CloseHandle(t);
    return ask_debugger(20) + seen;
}

static int waiting_child(void) {
    HANDLE event = OpenEventA(SYNCHRONIZE, FALSE, "coax-debugging");
    WaitForSingleObject(event, 20000);
    return IsDebuggerPresent();
}

/* ---- the debugger ---- */

static int breakpoints;

static DWORD answer_breakpoint(const DEBUG_EVENT *e, HANDLE h) {
    if (breakpoints++ == 0) {
        printf("the loader's breakpoint\n");
        return DBG_CONTINUE;
    }
    CONTEXT c = {.ContextFlags = CONTEXT_FULL};
    GetThreadContext(h, &c);
    printf("breakpoint with %d\n", (int)AX(&c));
    AX(&c) = AX(&c) * 2;
    printf("changed: %d\n", SetThreadContext(h, &c));
    (void)e;
    return DBG_CONTINUE;
}

static DWORD answer_exception(const DEBUG_EVENT *e, HANDLE h) {
    const EXCEPTION_RECORD *r = &e->u.Exception.ExceptionRecord;
    if (r->ExceptionCode == (DWORD)EXCEPTION_BREAKPOINT) return answer_breakpoint(e, h);
    printf("exception %lx, first %lu\n", r->ExceptionCode, e->u.Exception.dwFirstChance);
    return DBG_EXCEPTION_NOT_HANDLED;
}

static void print_text(const DEBUG_EVENT *e, HANDLE process) {
    char text[16] = "";
    SIZE_T n;
    ReadProcessMemory(process, e->u.DebugString.lpDebugStringData, text,
                      e->u.DebugString.nDebugStringLength, &n);
    printf("text \"%s\"\n", text);
}

static HANDLE threads[16];
static DWORD ids[16];
static int count;

static HANDLE thread_of(DWORD id) {
    for (int i = 0; i < count; i++)
        if (ids[i] == id) return threads[i];
    return NULL;
}

static void note(DWORD id, HANDLE h) {
    ids[count] = id;
    threads[count++] = h;
}

static void debug(void) {
    DEBUG_EVENT e;
    HANDLE process = NULL;
    int dlls = 0, ended = 0;
    while (!ended && WaitForDebugEvent(&e, 20000)) {
        DWORD answer = DBG_CONTINUE;
        switch (e.dwDebugEventCode) {
        case CREATE_PROCESS_DEBUG_EVENT:
            process = e.u.CreateProcessInfo.hProcess;
            note(e.dwThreadId, e.u.CreateProcessInfo.hThread);
            printf("process, image %d\n", e.u.CreateProcessInfo.lpBaseOfImage != NULL);
            break;
        case CREATE_THREAD_DEBUG_EVENT:
            note(e.dwThreadId, e.u.CreateThread.hThread);
            printf("thread, start %d\n", e.u.CreateThread.lpStartAddress == thread);
            break;
        case EXIT_THREAD_DEBUG_EVENT:
            printf("thread ends with %lu\n", e.u.ExitThread.dwExitCode);
            break;
        case EXIT_PROCESS_DEBUG_EVENT:
            printf("process ends with %lu\n", e.u.ExitProcess.dwExitCode);
            ended = 1;
            break;
        case LOAD_DLL_DEBUG_EVENT: dlls++; break;
        case OUTPUT_DEBUG_STRING_EVENT: print_text(&e, process); break;
        case EXCEPTION_DEBUG_EVENT: answer = answer_exception(&e, thread_of(e.dwThreadId)); break;
        default: break;
        }
        ContinueDebugEvent(e.dwProcessId, e.dwThreadId, answer);
    }
    printf("DLLs: %d\n", dlls > 1);
}

static BOOL start(const char *what, DWORD flags, PROCESS_INFORMATION *out) {
    char line[MAX_PATH + 40];
    STARTUPINFOA info = {.cb = sizeof info};
    line[0] = '"';
    DWORD n = GetModuleFileNameA(NULL, line + 1, MAX_PATH);
    sprintf(line + 1 + n, "\" %s", what);
    return CreateProcessA(NULL, line, NULL, NULL, FALSE, flags, NULL, NULL, &info, out);
}

static void started(void) {
    PROCESS_INFORMATION p;
    DWORD code = 0;
    printf("started: %d\n", start("child", DEBUG_ONLY_THIS_PROCESS, &p));
    debug();
    WaitForSingleObject(p.hProcess, 20000);
    GetExitCodeProcess(p.hProcess, &code);
    printf("exit code %lu\n", code);
}

static void let_go(void) {
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, "coax-debugging");
    PROCESS_INFORMATION p;
    DEBUG_EVENT e;
    BOOL remote = FALSE;
    DWORD code = 9;
    start("wait", 0, &p);
    WaitForInputIdle(p.hProcess, 100);
    printf("attached: %d\n", DebugActiveProcess(p.dwProcessId));
    CheckRemoteDebuggerPresent(p.hProcess, &remote);
    printf("debugged: %d\n", remote);
    BOOL came = WaitForDebugEvent(&e, 20000);
    printf("first event: %d %lu\n", came, e.dwDebugEventCode);
    ContinueDebugEvent(e.dwProcessId, e.dwThreadId, DBG_CONTINUE);
    printf("twice: %d\n", DebugActiveProcess(p.dwProcessId));
    while (WaitForDebugEvent(&e, 500))
        ContinueDebugEvent(e.dwProcessId, e.dwThreadId, DBG_CONTINUE);
    printf("detached: %d\n", DebugActiveProcessStop(p.dwProcessId));
    SetEvent(event);
    WaitForSingleObject(p.hProcess, 20000);
    GetExitCodeProcess(p.hProcess, &code);
    printf("undebugged: %lu\n", code);
    printf("itself: %d\n", DebugActiveProcess(GetCurrentProcessId()));
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "child") == 0) return child();
    if (argc > 1 && strcmp(argv[1], "wait") == 0) return waiting_child();
    started();
    let_go();
    return 0;
}
