/* What a failing call leaves in the caller's handle; handles that are none. */
#include "guest.h"
#include <winternl.h>

typedef NTSTATUS NTAPI OpenPort(HANDLE *, ACCESS_MASK, const OBJECT_ATTRIBUTES *);
typedef NTSTATUS NTAPI CreatePipeFile(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, IO_STATUS_BLOCK *,
                                      ULONG, ULONG, ULONG, ULONG, ULONG, ULONG, ULONG, ULONG, ULONG,
                                      LARGE_INTEGER *);
typedef NTSTATUS NTAPI OpenPipe(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, IO_STATUS_BLOCK *,
                                ULONG, ULONG);

#define MARK ((HANDLE)(ULONG_PTR)0x5a5a)

static void *native(const char *name) {
    return (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), name);
}

static OBJECT_ATTRIBUTES named(UNICODE_STRING *name, const wchar_t *text) {
    OBJECT_ATTRIBUTES a;
    RtlInitUnicodeString(name, text);
    InitializeObjectAttributes(&a, name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    return a;
}

static void say_handle(const char *what, NTSTATUS status, HANDLE handle) {
    printf("%s: %lx, the handle is %s\n", what, (unsigned long)status,
           handle == MARK ? "as it was"
           : handle       ? "new"
                          : "zero");
}

static void ports(void) {
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES a = named(&name, L"\\BaseNamedObjects\\coax-no-such-port");
    HANDLE h = MARK;
    NTSTATUS status = ((OpenPort *)native("NtOpenIoCompletion"))(&h, 0x1f0003, &a);
    say_handle("open no port", status, h);
}

static void pipes(void) {
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES a = named(&name, L"\\??\\pipe\\coax-no-such-pipe");
    IO_STATUS_BLOCK io;
    HANDLE h = MARK;
    NTSTATUS status =
        ((OpenPipe *)native("NtOpenFile"))(&h, GENERIC_READ | SYNCHRONIZE, &a, &io, 3, 0x20);
    say_handle("open no pipe", status, h);
    LARGE_INTEGER timeout = {.QuadPart = -10000000};
    h = MARK; /* a message mode without message type */
    status = ((CreatePipeFile *)native("NtCreateNamedPipeFile"))(
        &h, GENERIC_READ | SYNCHRONIZE, &a, &io, 3, FILE_CREATE, 0, 0, 1, 0, 1, 0, 0, &timeout);
    say_handle("create a wrong pipe", status, h);
}

/* What a program without a debugger is told of handles that are none: CloseHandle fails quietly. */
static void closes(void) {
    static const LONG_PTR none[] = {0, 0x1234, (LONG)0xdeadbee0, (LONG)0x99999999, -7};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        say_result("close", CloseHandle((HANDLE)none[i]));
    say_result("close oneself", CloseHandle(GetCurrentProcess()));
}

int main(void) {
    ports();
    pipes();
    closes();
    return 0;
}
