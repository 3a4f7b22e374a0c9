/* What one process can do to another: all of it done to children of our own, with code that only
 * counts. */
#include "guest.h"

#include <winternl.h>

typedef LONG NTAPI MapView(HANDLE, HANDLE, void **, ULONG_PTR, SIZE_T, LARGE_INTEGER *, SIZE_T *,
                           DWORD, ULONG, ULONG);
typedef LONG NTAPI UnmapView(HANDLE, void *);
typedef LONG NTAPI SuspendProcess(HANDLE);

static char self[MAX_PATH];
static volatile int marker = 1;

#ifdef _WIN64
#define FIRST_ARGUMENT Rcx
#define ENTRY          Rcx
#define PEB_REGISTER   Rdx
/* lea eax, [rcx+1]; ret */
static const unsigned char add_one[] = {0x8d, 0x41, 0x01, 0xc3};
/* mov dword [rcx], 77; ret */
static const unsigned char store_77[] = {0xc7, 0x01, 77, 0, 0, 0, 0xc3};
#else
#define ENTRY        Eax
#define PEB_REGISTER Ebx
/* mov eax, [esp+4]; inc eax; ret 4 */
static const unsigned char add_one[] = {0x8b, 0x44, 0x24, 0x04, 0x40, 0xc2, 4, 0};
/* mov eax, [esp+4]; mov dword [eax], 77; ret 4 */
static const unsigned char store_77[] = {0x8b, 0x44, 0x24, 4, 0xc7, 0, 77, 0, 0, 0, 0xc2, 4, 0};
#endif
/* mov eax, 55; ret */
static const unsigned char answer_55[] = {0xb8, 55, 0, 0, 0, 0xc3};

static FARPROC native(const char *name) {
    return GetProcAddress(GetModuleHandleA("ntdll.dll"), name);
}

static PROCESS_INFORMATION start(const char *arguments, DWORD flags) {
    char line[MAX_PATH + 64];
    STARTUPINFOA how = {.cb = sizeof how};
    PROCESS_INFORMATION child = {0};
    snprintf(line, sizeof line, "\"%s\" %s", self, arguments);
    if (!CreateProcessA(self, line, NULL, NULL, FALSE, flags, NULL, NULL, &how, &child))
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

static void *put_code(HANDLE process, const void *code, SIZE_T n) {
    void *at = VirtualAllocEx(process, NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_EXECUTE_READWRITE);
    SIZE_T written = 0;
    say_result("write", at && WriteProcessMemory(process, at, code, n, &written) && written == n);
    return at;
}

static int reads_77(HANDLE process, void *at) {
    int value = 0;
    for (int i = 0; i < 1000 && value != 77; i++, Sleep(1))
        ReadProcessMemory(process, at, &value, sizeof value, NULL);
    return value == 77;
}

static void thread(void) {
    PROCESS_INFORMATION child = start("sleep", 0);
    DWORD code = 0;
    void *at = put_code(child.hProcess, add_one, sizeof add_one);
    HANDLE t = CreateRemoteThread(child.hProcess, NULL, 0, (LPTHREAD_START_ROUTINE)at, (void *)41,
                                  0, NULL);
    say("remote thread", t != NULL);
    WaitForSingleObject(t, 10000);
    GetExitCodeThread(t, &code);
    say_number("it says", (long)code);
    CloseHandle(t);
    TerminateProcess(child.hProcess, 3);
    say_number("child", (long)ended(&child));
}

/* Before the program's own code has run. */
static void early_apc(void) {
    PROCESS_INFORMATION child = start("sleep", CREATE_SUSPENDED);
    char *at = put_code(child.hProcess, store_77, sizeof store_77);
    say_result("queue", QueueUserAPC((PAPCFUNC)(void *)at, child.hThread, (ULONG_PTR)at + 1024) != 0);
    ResumeThread(child.hThread);
    say("it was called", reads_77(child.hProcess, at + 1024));
    TerminateProcess(child.hProcess, 4);
    say_number("child", (long)ended(&child));
}

static void entry(void) {
    PROCESS_INFORMATION child = start("sleep", CREATE_SUSPENDED);
    CONTEXT c = {.ContextFlags = CONTEXT_FULL};
    void *at = put_code(child.hProcess, answer_55, sizeof answer_55);
    say_result("get", GetThreadContext(child.hThread, &c));
    c.ENTRY = (ULONG_PTR)at;
    say_result("set", SetThreadContext(child.hThread, &c));
    ResumeThread(child.hThread);
    say_number("child", (long)ended(&child));
}

static void section(void) {
    PROCESS_INFORMATION child = start("sleep", 0);
    HANDLE s = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_EXECUTE_READWRITE, 0, 4096, NULL);
    void *here = MapViewOfFile(s, FILE_MAP_WRITE, 0, 0, 0), *there = NULL;
    SIZE_T size = 0;
    DWORD code = 0;
    memcpy(here, add_one, sizeof add_one);
    LONG status = ((MapView *)(void *)native("NtMapViewOfSection"))(
        s, child.hProcess, &there, 0, 0, NULL, &size, 2, 0, PAGE_EXECUTE_READ);
    say_hex("map", (unsigned long)status);
    HANDLE t = CreateRemoteThread(child.hProcess, NULL, 0, (LPTHREAD_START_ROUTINE)there, (void *)6,
                                  0, NULL);
    WaitForSingleObject(t, 10000);
    GetExitCodeThread(t, &code);
    say_number("it says", (long)code);
    TerminateProcess(child.hProcess, 5);
    ended(&child);
}

/* ---- another image in the child ---- */

static unsigned char *read_self(DWORD *size) {
    HANDLE f = CreateFileA(self, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    *size = GetFileSize(f, NULL);
    unsigned char *bytes = malloc(*size);
    ReadFile(f, bytes, *size, size, NULL);
    CloseHandle(f);
    return bytes;
}

/* Our own file as it lies in memory, with a 2 for the marker. */
static unsigned char *lay_out(IMAGE_NT_HEADERS **headers) {
    DWORD n;
    unsigned char *file = read_self(&n);
    IMAGE_NT_HEADERS *h = (void *)(file + ((IMAGE_DOS_HEADER *)file)->e_lfanew);
    unsigned char *image = calloc(1, h->OptionalHeader.SizeOfImage);
    memcpy(image, file, h->OptionalHeader.SizeOfHeaders);
    IMAGE_SECTION_HEADER *s = IMAGE_FIRST_SECTION(h);
    for (int i = 0; i < h->FileHeader.NumberOfSections; i++)
        memcpy(image + s[i].VirtualAddress, file + s[i].PointerToRawData, s[i].SizeOfRawData);
    *(int *)(image + ((char *)&marker - (char *)GetModuleHandleA(NULL))) = 2;
    *headers = (void *)(image + ((IMAGE_DOS_HEADER *)image)->e_lfanew);
    free(file);
    return image;
}

static void hollow(void) {
    PROCESS_INFORMATION child = start("marker", CREATE_SUSPENDED);
    CONTEXT c = {.ContextFlags = CONTEXT_FULL};
    IMAGE_NT_HEADERS *h;
    unsigned char *image = lay_out(&h);
    SIZE_T size = h->OptionalHeader.SizeOfImage;
    void *base = NULL;
    GetThreadContext(child.hThread, &c);
    char *place = (char *)c.PEB_REGISTER + 2 * sizeof base;
    say_result("read the base", ReadProcessMemory(child.hProcess, place, &base, sizeof base, NULL));
    say("as ours", base == (void *)GetModuleHandleA(NULL));
    LONG status = ((UnmapView *)(void *)native("NtUnmapViewOfSection"))(child.hProcess, base);
    say_hex("unmap", (unsigned long)status);
    void *at = VirtualAllocEx(child.hProcess, base, size, MEM_COMMIT | MEM_RESERVE,
                              PAGE_EXECUTE_READWRITE);
    say("allocate there", at == base);
    say_result("write", WriteProcessMemory(child.hProcess, at, image, size, NULL));
    c.ENTRY = (ULONG_PTR)at + h->OptionalHeader.AddressOfEntryPoint;
    say_result("set", SetThreadContext(child.hThread, &c));
    ResumeThread(child.hThread);
    say_number("marker in the child", (long)ended(&child));
    free(image);
}

static void suspended(void) {
    PROCESS_INFORMATION child = start("code", CREATE_SUSPENDED);
    SuspendProcess *suspend = (SuspendProcess *)(void *)native("NtSuspendProcess"),
                   *resume = (SuspendProcess *)(void *)native("NtResumeProcess");
    say_hex("suspend", (unsigned long)suspend(child.hProcess));
    say_number("count before", (long)ResumeThread(child.hThread));
    say("stands still", WaitForSingleObject(child.hProcess, 50) == WAIT_TIMEOUT);
    say_hex("resume", (unsigned long)resume(child.hProcess));
    say_number("child", (long)ended(&child));
}

static void rights(void) {
    PROCESS_INFORMATION child = start("sleep", 0);
    HANDLE ask = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, child.dwProcessId);
    DWORD code = 0;
    int value;
    say_result("ask", GetExitCodeProcess(ask, &code));
    say_number("runs", (long)code);
    say_result("read", ReadProcessMemory(ask, (void *)&marker, &value, sizeof value, NULL));
    say_result("terminate", TerminateProcess(ask, 1));
    say_result("allocate",
               VirtualAllocEx(ask, NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE) != NULL);
    CloseHandle(ask);
    TerminateProcess(child.hProcess, 6);
    ended(&child);
}

/* A handle of ours that the child has, and one of the child's that we get. */
static void handles(void) {
    PROCESS_INFORMATION child = start("sleep", 0);
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL), there = NULL, back = NULL;
    say_result("give", DuplicateHandle(GetCurrentProcess(), event, child.hProcess, &there, 0, FALSE,
                                       DUPLICATE_SAME_ACCESS));
    say_result("take", DuplicateHandle(child.hProcess, there, GetCurrentProcess(), &back, 0, FALSE,
                                       DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE));
    SetEvent(back);
    say("the same", WaitForSingleObject(event, 0) == WAIT_OBJECT_0);
    TerminateProcess(child.hProcess, 7);
    ended(&child);
}

static int as_child(const char *what) {
    if (!strcmp(what, "sleep")) Sleep(INFINITE);
    if (!strcmp(what, "marker")) return marker;
    return 9;
}

int main(int count, char **arguments) {
    GetModuleFileNameA(NULL, self, sizeof self);
    if (count > 1) return as_child(arguments[1]);
    setbuf(stdout, NULL);
    thread();
    early_apc();
    entry();
    section();
    hollow();
    suspended();
    rights();
    handles();
    return 0;
}
