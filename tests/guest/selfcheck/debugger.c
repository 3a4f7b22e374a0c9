/* Is a debugger there? The eight chapters of anti-debugging: flags, object handles, exceptions,
 * timing, process memory, instructions, direct answers, odd corners. */
#include "selfcheck.h"

#include <tlhelp32.h>
#include <winternl.h>

typedef LONG(NTAPI *QueryProcess)(HANDLE, ULONG, void *, ULONG, ULONG *);
typedef LONG(NTAPI *QuerySystem)(ULONG, void *, ULONG, ULONG *);
typedef LONG(NTAPI *SetThread)(HANDLE, ULONG, void *, ULONG);

static unsigned char *peb(void) {
#ifdef _WIN64
    unsigned char *p;
    __asm__("movq %%gs:0x60, %0" : "=r"(p));
#else
    unsigned char *p;
    __asm__("movl %%fs:0x30, %0" : "=r"(p));
#endif
    return p;
}

/* ---- flags ---- */

static void check_flags(void) {
    const unsigned char *p = peb();
    const DWORD shared = *(const BYTE *)0x7ffe02d4;
#ifdef _WIN64
    enum { GLOBAL_FLAG = 0xbc, HEAP = 0x30, HEAP_FLAGS = 0x70, FORCE_FLAGS = 0x74 };
#else
    enum { GLOBAL_FLAG = 0x68, HEAP = 0x18, HEAP_FLAGS = 0x40, FORCE_FLAGS = 0x44 };
#endif
    const unsigned char *heap = *(unsigned char *const *)(p + HEAP);
    BOOL remote = TRUE;
    check("IsDebuggerPresent", IsDebuggerPresent());
    check("BeingDebugged", p[2]);
    check("NtGlobalFlag", *(const DWORD *)(p + GLOBAL_FLAG) & 0x70);
    check("flags of the heap", *(const DWORD *)(heap + HEAP_FLAGS) & ~2u);
    check("forced flags of the heap", *(const DWORD *)(heap + FORCE_FLAGS));
    check("CheckRemoteDebuggerPresent",
          !CheckRemoteDebuggerPresent(GetCurrentProcess(), &remote) || remote);
    check("a kernel's debugger", shared & 3);
}

/* ---- what NT answers ---- */

static void check_queries(void) {
    QueryProcess query = (QueryProcess)function("ntdll", "NtQueryInformationProcess");
    QuerySystem system = (QuerySystem)function("ntdll", "NtQuerySystemInformation");
    SetThread set = (SetThread)function("ntdll", "NtSetInformationThread");
    HANDLE self = GetCurrentProcess();
    ULONG_PTR port = 1;
    HANDLE object = (HANDLE)1;
    ULONG flags = 0, n = 0;
    BYTE kernel[2] = {1, 0};
    check("ProcessDebugPort", query(self, 7, &port, sizeof port, &n) < 0 || port);
    check("ProcessDebugObjectHandle",
          (ULONG)query(self, 30, &object, sizeof object, &n) != 0xC0000353 || object);
    check("ProcessDebugFlags", query(self, 31, &flags, sizeof flags, &n) < 0 || !flags);
    check("ProcessDebugPort of a wrong size", (ULONG)query(self, 7, &port, 1, &n) != 0xC0000004);
    check("SystemKernelDebuggerInformation",
          system(35, kernel, sizeof kernel, &n) < 0 || kernel[0] || !kernel[1]);
    check("hiding from a debugger", set(GetCurrentThread(), 17, NULL, 0) < 0);
    check("hiding with a wrong size", set(GetCurrentThread(), 17, &n, 1) >= 0);
    check("hiding a thread that is none", set((HANDLE)0xffff, 17, NULL, 0) >= 0);
}

typedef LONG(NTAPI *CreateDebug)(HANDLE *, ULONG, OBJECT_ATTRIBUTES *, ULONG);
typedef LONG(NTAPI *QueryObject)(HANDLE, ULONG, void *, ULONG, ULONG *);
typedef LONG(NTAPI *SetFilter)(ULONG, ULONG, BOOLEAN);

/* How many debug objects there are; -1: their type is not told of. */
static int debug_objects(const BYTE *types) {
    const BYTE *at = types + sizeof(ULONG_PTR);
    for (ULONG i = 0; i < *(const ULONG *)types; i++) {
        const UNICODE_STRING *name = (const UNICODE_STRING *)at;
        if (name->Length == 22 && !memcmp(name->Buffer, L"DebugObject", 22))
            return (int)*(const ULONG *)(at + sizeof *name);
        at = (const BYTE *)name->Buffer + name->MaximumLength;
        at = (const BYTE *)(((ULONG_PTR)at + sizeof at - 1) & ~(sizeof at - 1));
    }
    return -1;
}

static void check_objects_of_debuggers(void) {
    CreateDebug create = (CreateDebug)function("ntdll", "NtCreateDebugObject");
    QueryObject query = (QueryObject)function("ntdll", "NtQueryObject");
    QueryProcess process = (QueryProcess)function("ntdll", "NtQueryInformationProcess");
    SetThread hide = (SetThread)function("ntdll", "NtSetInformationThread");
    QueryProcess thread = (QueryProcess)function("ntdll", "NtQueryInformationThread");
    SetFilter filter = (SetFilter)function("ntdll", "NtSetDebugFilterState");
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes};
    enum { ROOM = 0x10000 };
    BYTE *types = malloc(ROOM), hidden[4] = {0};
    HANDLE own = NULL;
    ULONG n, port[2] = {0};
    check("no debug object", query(NULL, 3, types, ROOM, &n) < 0 || debug_objects(types) != 0);
    check("a debug object of one's own", create(&own, 0x1f000f, &attributes, 0) < 0);
    check("its type counts one", query(own, 2, types, ROOM, &n) < 0 ||
                                     ((ULONG *)(types + sizeof(UNICODE_STRING)))[0] != 1);
    CloseHandle(own);
    free(types);
    check("debugging oneself", DebugActiveProcess(GetCurrentProcessId()));
    hide(GetCurrentThread(), 17, NULL, 0);
    check("a hidden thread is hidden",
          thread(GetCurrentThread(), 17, hidden, 1, &n) < 0 || hidden[0] != 1);
    check("hidden, of a wrong size",
          (ULONG)thread(GetCurrentThread(), 17, hidden, 4, &n) != 0xC0000004);
    check("filters of a kernel's debugger", filter(0, 0, TRUE) >= 0);
    check("ProcessDebugPort without room", (ULONG)process(GetCurrentProcess(), 7, port, 4, &n) !=
                                               (sizeof(void *) == 4 ? 0u : 0xC0000004u));
}

/* ---- exceptions ---- */

static volatile DWORD seen;
static volatile int advance;
static ULONG_PTR seen_at;

static LONG CALLBACK on_exception(EXCEPTION_POINTERS *e) {
    seen = e->ExceptionRecord->ExceptionCode;
    seen_at = (ULONG_PTR)e->ExceptionRecord->ExceptionAddress;
#ifdef _WIN64
    e->ContextRecord->Rip += advance;
#else
    e->ContextRecord->Eip += advance;
#endif
    return EXCEPTION_CONTINUE_EXECUTION;
}

static LONG CALLBACK let_pass(EXCEPTION_POINTERS *e) {
    seen = e->ExceptionRecord->ExceptionCode;
    e->ContextRecord->EFlags |= 0x10000; /* RF */
    return EXCEPTION_CONTINUE_EXECUTION;
}

static unsigned char *code;

/* The exception that the code raises, which goes on `skip` bytes behind where it was raised. */
static DWORD raised(const unsigned char *bytes, size_t n, int skip) {
    memcpy(code, bytes, n);
    FlushInstructionCache(GetCurrentProcess(), code, n);
    void *handler = AddVectoredExceptionHandler(1, on_exception);
    seen = 0;
    advance = skip;
    ((void (*)(void))code)();
    RemoveVectoredExceptionHandler(handler);
    return seen;
}
#define RAISED(skip, ...)                                                                          \
    raised((const unsigned char[]){__VA_ARGS__}, sizeof((const unsigned char[]){__VA_ARGS__}), skip)

static void check_instructions(void) {
    code = VirtualAlloc(NULL, 4096, MEM_COMMIT, PAGE_EXECUTE_READWRITE);
    check("INT3", RAISED(1, 0xcc, 0xc3) != EXCEPTION_BREAKPOINT);
    check("INT3 in two bytes", RAISED(1, 0xcd, 0x03, 0x90, 0xc3) != EXCEPTION_BREAKPOINT);
    check("INT 2D", RAISED(0, 0xcd, 0x2d, 0x90, 0x90, 0xc3) != EXCEPTION_BREAKPOINT);
    check("ICEBP", RAISED(0, 0xf1, 0x90, 0xc3) != EXCEPTION_SINGLE_STEP);
    check("UD2", RAISED(2, 0x0f, 0x0b, 0xc3) != EXCEPTION_ILLEGAL_INSTRUCTION);
#ifdef _WIN64
    check("trap flag", RAISED(0, 0x9c, 0x48, 0x81, 0x0c, 0x24, 0, 1, 0, 0, 0x9d, 0x90, 0xc3) !=
                           EXCEPTION_SINGLE_STEP);
#else
    check("trap flag",
          RAISED(0, 0x9c, 0x81, 0x0c, 0x24, 0, 1, 0, 0, 0x9d, 0x90, 0xc3) != EXCEPTION_SINGLE_STEP);
#endif
    check("the trap comes behind the instruction", seen_at - (ULONG_PTR)code < 9);
    check("prefixes before INT3", RAISED(1, 0xf3, 0xcc, 0xc3) != EXCEPTION_BREAKPOINT &&
                                      RAISED(2, 0xf3, 0xcc, 0xc3) != EXCEPTION_BREAKPOINT);
    VirtualFree(code, 0, MEM_RELEASE);
}

static void close_none(void *handle) {
    CloseHandle(handle);
}

static DWORD exception_of(void (*body)(void *), void *argument) {
    void *handler = AddVectoredExceptionHandler(1, on_exception);
    seen = 0;
    advance = 0;
    body(argument);
    RemoveVectoredExceptionHandler(handler);
    return seen;
}

static void check_handles(void) {
    HANDLE mutex = CreateMutexA(NULL, FALSE, NULL);
    check("closing what is no handle", exception_of(close_none, (HANDLE)0x99999998));
    SetHandleInformation(mutex, HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE);
    check("closing what is protected", exception_of(close_none, mutex));
    SetHandleInformation(mutex, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0);
    CloseHandle(mutex);
    char path[MAX_PATH];
    GetModuleFileNameA(NULL, path, sizeof path);
    HANDLE own = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    check("own file", own == INVALID_HANDLE_VALUE);
    CloseHandle(own);
    check("an own object of a debugger",
          OpenProcess(PROCESS_ALL_ACCESS, FALSE, GetCurrentProcessId()) == NULL);
}

static volatile int filtered;

static LONG CALLBACK top_filter(EXCEPTION_POINTERS *e) {
    filtered = 1;
#ifdef _WIN64
    e->ContextRecord->Rip += 2;
#else
    e->ContextRecord->Eip += 2;
#endif
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void check_unhandled(void) {
    SetUnhandledExceptionFilter(top_filter);
    __asm__ volatile("ud2");
    SetUnhandledExceptionFilter(NULL);
    check("the last filter is asked", !filtered);
}

static void check_registers(void) {
    CONTEXT c = {.ContextFlags = CONTEXT_DEBUG_REGISTERS};
    GetThreadContext(GetCurrentThread(), &c);
    check("hardware breakpoints", c.Dr0 || c.Dr1 || c.Dr2 || c.Dr3);
    unsigned short ss = 0;
    __asm__ volatile("mov %%ss, %0" : "=r"(ss));
    check("stack segment", ss != 0x2b);
}

static void *volatile landed;

static __attribute__((noinline)) void landing(void) {
    landed = (void *)landing;
}

/* A breakpoint of one's own is reached: emulators know no debug registers. */
static void check_breakpoint(void) {
    CONTEXT c = {.ContextFlags = CONTEXT_DEBUG_REGISTERS};
    c.Dr0 = (ULONG_PTR)landing;
    c.Dr7 = 1;
    SetThreadContext(GetCurrentThread(), &c);
    void *handler = AddVectoredExceptionHandler(1, let_pass);
    seen = 0;
    landing();
    RemoveVectoredExceptionHandler(handler);
    c.Dr0 = c.Dr7 = 0;
    SetThreadContext(GetCurrentThread(), &c);
    check("an own breakpoint is reached", seen != EXCEPTION_SINGLE_STEP || !landed);
}

static void touch(void *at) {
    *(volatile char *)at = 0xc3u & 0x7f;
}

static void check_pages(void) {
    char *page = VirtualAlloc(NULL, 4096, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);
    check("guard page", exception_of(touch, page) != EXCEPTION_GUARD_PAGE);
    VirtualFree(page, 0, MEM_RELEASE);
    const unsigned char *breakpoint = function("ntdll", "DbgBreakPoint"),
                        *remote = function("ntdll", "DbgUiRemoteBreakin");
    check("DbgBreakPoint is as it was", !breakpoint || breakpoint[0] == 0xc3);
    check("DbgUiRemoteBreakin is as it was", !remote || remote[0] == 0xc3 || remote[0] == 0xe9);
}

static void check_time(void) {
    DWORD ticks = GetTickCount();
    check_unhandled();
    for (int i = 0; i < 20; i++) RaiseException(0x40001234, 0, 0, NULL);
    check("exceptions are quick", GetTickCount() - ticks > 500);
}

static LONG CALLBACK go_on(EXCEPTION_POINTERS *e) {
    return e->ExceptionRecord->ExceptionCode == 0x40001234 ? EXCEPTION_CONTINUE_EXECUTION
                                                           : EXCEPTION_CONTINUE_SEARCH;
}

void check_debugger(void) {
    check_flags();
    check_queries();
    check_instructions();
    check_handles();
    check_registers();
    check_breakpoint();
    check_objects_of_debuggers();
    check_pages();
    void *handler = AddVectoredExceptionHandler(0, go_on);
    check_time();
    RemoveVectoredExceptionHandler(handler);
}
