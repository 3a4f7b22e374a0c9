/* Calls that nobody answers fail cleanly, and the program goes on. */
#include "guest.h"

#include <winternl.h>

typedef NTSTATUS(NTAPI *Any)(ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR);

static Any stub(const char *name) {
    return (Any)(void *)GetProcAddress(GetModuleHandleA("ntdll"), name);
}

/* A system call number that no Windows has. */
static NTSTATUS no_such_number(void) {
    unsigned char *code = VirtualAlloc(NULL, 4096, MEM_COMMIT, PAGE_EXECUTE_READWRITE);
    memcpy(code, (void *)stub("NtClose"), 32);
#ifdef _WIN64
    static const unsigned char call[] = {0x4c, 0x8b, 0xd1, 0xb8, 0xff, 0x0f,
                                         0,    0,    0x0f, 0x05, 0xc3};
    memcpy(code, call, sizeof call);
    return ((Any)(void *)code)(0, 0, 0, 0);
#else
    unsigned number = 0xfff;
    memcpy(code + 1, &number, 4);
    return ((NTSTATUS(NTAPI *)(HANDLE))(void *)code)(NULL);
#endif
}

int main(void) {
    NTSTATUS(NTAPI * power)(ULONG, ULONG, ULONG, BOOLEAN) = (void *)stub("NtInitiatePowerAction");
    say("NtInitiatePowerAction fails", power(0, 0, 0, FALSE) < 0);
    say_hex("no such number", (unsigned long)no_such_number());
    puts("still here");
    return 0;
}
