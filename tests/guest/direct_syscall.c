/* System calls without ntdll: the number is read from ntdll's stub at run time, the call is made
 * from a stub of our own. With the argument `copy` that stub is a copy of ntdll's bytes; in 32-bit
 * code every second one is, and the others go through fs:[C0h] as WoW64's do. */
#include "guest.h"

#include <winternl.h>

enum { STUB = 64 };

static unsigned char *stubs;
static int copies;

#ifdef _WIN64
/* mov r10, rcx; mov eax, n */
static unsigned number_of(const unsigned char *stub) {
    unsigned n = 0;
    memcpy(&n, stub + 4, 4);
    return n;
}

static void write_stub(unsigned char *at, unsigned n) {
    static const unsigned char code[] = {0x4c, 0x8b, 0xd1, 0xb8, 0, 0, 0, 0, 0x0f, 0x05, 0xc3};
    memcpy(at, code, sizeof code);
    memcpy(at + 4, &n, 4);
}
#else
/* Theirs: mov eax, n; mov edx, gate; call edx; ret bytes. Ours: mov eax, n; call fs:[C0h]; ret bytes */
static void write_gate_stub(unsigned char *at, const unsigned char *theirs) {
    static const unsigned char call[] = {0x64, 0xff, 0x15, 0xc0, 0, 0, 0};
    memcpy(at, theirs, 5);
    memcpy(at + 5, call, sizeof call);
    memcpy(at + 5 + sizeof call, theirs + 12, 3);
}
#endif

/* A stub of our own for ntdll's function of that name. */
static void *stub_for(const char *name) {
    static int used;
    unsigned char *at = stubs + STUB * used++;
    const unsigned char *theirs =
        (const unsigned char *)(void *)GetProcAddress(GetModuleHandleA("ntdll"), name);
    if (used == 1)
        say("the stub begins as expected", theirs[0] == (sizeof(void *) == 8 ? 0x4c : 0xb8));
    memcpy(at, theirs, STUB / 2);
#ifdef _WIN64
    if (!copies) write_stub(at, number_of(theirs));
#else
    if (!copies && used % 2 == 0) write_gate_stub(at, theirs);
#endif
    return at;
}

static void memory_calls(void) {
    typedef NTSTATUS(NTAPI * Allocate)(HANDLE, void **, ULONG_PTR, SIZE_T *, ULONG, ULONG);
    typedef NTSTATUS(NTAPI * Free)(HANDLE, void **, SIZE_T *, ULONG);
    typedef NTSTATUS(NTAPI * Protect)(HANDLE, void **, SIZE_T *, ULONG, ULONG *);
    Allocate allocate = (Allocate)stub_for("NtAllocateVirtualMemory");
    Protect protect = (Protect)stub_for("NtProtectVirtualMemory");
    Free release = (Free)stub_for("NtFreeVirtualMemory");
    void *p = NULL;
    SIZE_T n = 5000;
    ULONG old = 0;
    say_hex("allocate", (unsigned long)allocate((HANDLE)-1, &p, 0, &n, MEM_COMMIT | MEM_RESERVE,
                                                PAGE_READWRITE));
    say_number("bytes", (long)n);
    strcpy(p, "written");
    say_text("memory", p);
    say_hex("protect", (unsigned long)protect((HANDLE)-1, &p, &n, PAGE_EXECUTE_READ, &old));
    say_hex("was", old);
    n = 0;
    say_hex("free", (unsigned long)release((HANDLE)-1, &p, &n, MEM_RELEASE));
    say_hex("free again fails", (unsigned long)(release((HANDLE)-1, &p, &n, MEM_RELEASE) < 0));
}

static void object_calls(void) {
    typedef NTSTATUS(NTAPI * Close)(HANDLE);
    typedef NTSTATUS(NTAPI * Event)(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, ULONG, BOOLEAN);
    typedef NTSTATUS(NTAPI * Wait)(HANDLE, BOOLEAN, LARGE_INTEGER *);
    Close close_handle = (Close)stub_for("NtClose");
    Event create = (Event)stub_for("NtCreateEvent");
    Wait wait = (Wait)stub_for("NtWaitForSingleObject");
    HANDLE h = NULL;
    LARGE_INTEGER soon = {.QuadPart = -10000};
    say_hex("create", (unsigned long)create(&h, EVENT_ALL_ACCESS, NULL, 1, TRUE));
    say_hex("wait", (unsigned long)wait(h, FALSE, &soon));
    say_hex("wait again", (unsigned long)wait(h, FALSE, &soon));
    say_hex("close", (unsigned long)close_handle(h));
    say_hex("close again", (unsigned long)close_handle(h));
}

/* A call with many arguments, most of them on the stack. */
static void file_calls(void) {
    typedef NTSTATUS(NTAPI * Write)(HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, void *,
                                    ULONG, LARGE_INTEGER *, ULONG *);
    Write write = (Write)stub_for("NtWriteFile");
    IO_STATUS_BLOCK io;
    char name[] = "coax-direct.tmp", text[8] = "";
    DWORD n = 0;
    HANDLE f = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                           FILE_FLAG_DELETE_ON_CLOSE, NULL);
    LARGE_INTEGER at = {.QuadPart = 3};
    say_hex("write", (unsigned long)write(f, NULL, NULL, NULL, &io, "direct", 6, &at, NULL));
    say_number("bytes", (long)io.Information);
    SetFilePointer(f, 3, NULL, FILE_BEGIN);
    ReadFile(f, text, 7, &n, NULL);
    say_text("file", text);
    CloseHandle(f);
}

int main(int count, char **arguments) {
    copies = count > 1 && strcmp(arguments[1], "copy") == 0;
    stubs = VirtualAlloc(NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_EXECUTE_READWRITE);
    memory_calls();
    object_calls();
    file_calls();
    return 0;
}
