/* Code that is written at run time: fresh, rewritten, patched in place, changed just ahead. */
#include "guest.h"

enum { PAGE = 4096 };

typedef int (*Function)(void);

static unsigned char *memory(int n, DWORD protection) {
    return VirtualAlloc(NULL, (SIZE_T)n * PAGE, MEM_COMMIT | MEM_RESERVE, protection);
}

/* mov eax, value; ret */
static void write_return(unsigned char *at, int value) {
    at[0] = 0xb8;
    memcpy(at + 1, &value, 4);
    at[5] = 0xc3;
}

static int run(void *at) {
    return ((Function)at)();
}

static void rewritten(void) {
    unsigned char *p = memory(1, PAGE_EXECUTE_READWRITE);
    long sum = 0;
    for (int i = 0; i < 200; i++) {
        write_return(p, i);
        sum += run(p);
    }
    say_number("one place, 200 functions", sum);
    write_return(p, 1);
    sum = 0;
    for (int i = 0; i < 100; i++) {
        sum += run(p);
        p[1]++; /* only the operand */
    }
    say_number("an operand that counts", sum);
}

static void written_then_protected(void) {
    DWORD old = 0;
    unsigned char *p = memory(1, PAGE_READWRITE);
    write_return(p, 77);
    say_result("protect", VirtualProtect(p, PAGE, PAGE_EXECUTE_READ, &old));
    say_result("flush", FlushInstructionCache(GetCurrentProcess(), p, 6));
    say_number("written, then made executable", run(p));
    VirtualProtect(p, PAGE, PAGE_READWRITE, &old);
    write_return(p, 78);
    VirtualProtect(p, PAGE, PAGE_EXECUTE, &old);
    say_number("again", run(p));
    p = memory(1, PAGE_EXECUTE_READWRITE);
    unsigned char code[6];
    write_return(code, 79);
    SIZE_T written = 0;
    say_result("WriteProcessMemory",
               WriteProcessMemory(GetCurrentProcess(), p, code, sizeof code, &written));
    say_number("written by the system", run(p));
}

static __attribute__((noinline)) int patched(int x) {
    __asm__ volatile("" : "+r"(x)); /* so that no caller knows the result */
    return x + 1;
}

static void own_text(void) {
    DWORD old = 0;
    unsigned char kept[6], *at = (unsigned char *)(INT_PTR)patched;
    say_number("before the patch", patched(1));
    say_result("protect", VirtualProtect(at, 6, PAGE_EXECUTE_READWRITE, &old));
    say_hex("old protection", old);
    memcpy(kept, at, 6);
    write_return(at, 1000);
    say_number("patched", patched(1));
    memcpy(at, kept, 6);
    say_number("restored", patched(1));
    say_result("protect", VirtualProtect(at, 6, old, &old));
}

/* mov byte [next + 1], 5; next: mov eax, 1; ret: the change is seen at once. */
static void just_ahead(void) {
    unsigned char *p = memory(1, PAGE_EXECUTE_READWRITE), *c = p;
#ifdef _WIN64
    static const unsigned char store[] = {0xc6, 0x05, 1, 0, 0, 0, 5}; /* at rip + 1 */
    memcpy(c, store, sizeof store);
    c += sizeof store;
#else
    void *operand = p + 8;
    *c++ = 0xc6;
    *c++ = 0x05;
    memcpy(c, &operand, 4);
    c += 4;
    *c++ = 5;
#endif
    write_return(c, 1);
    say_number("changed just ahead", run(p));
}

/* A loop decrypts what stands behind it and runs into it. */
static void decrypted(void) {
    unsigned char *p = memory(1, PAGE_EXECUTE_READWRITE), *c = p;
    unsigned char secret[6];
    write_return(secret, 31337);
    for (int i = 0; i < 6; i++) secret[i] ^= 0x5a;
    unsigned char *target = p + 64;
#ifdef _WIN64
    *c++ = 0x48;
    *c++ = 0xb9; /* mov rcx, target */
    memcpy(c, &target, 8);
    c += 8;
#else
    *c++ = 0xb9; /* mov ecx, target */
    memcpy(c, &target, 4);
    c += 4;
#endif
    static const unsigned char loop[] = {
        0xba, 6,    0,    0, 0, /*       mov edx, 6 */
        0x80, 0x31, 0x5a,       /* next: xor byte [rcx], 5ah */
#ifdef _WIN64
        0x48, 0xff, 0xc1, /*          inc rcx */
#else
        0x83, 0xc1, 1, /*             add ecx, 1 */
#endif
        0x83, 0xea, 1, /*             sub edx, 1 */
        0x75, 0xf5,    /*             jnz next */
    };
    memcpy(c, loop, sizeof loop);
    c += sizeof loop;
    memset(c, 0x90, (size_t)(target - c)); /* nop */
    memcpy(target, secret, 6);
    say_number("decrypted and run into", run(p));
}

/* An instruction that lies across two pages, of which the second changes. */
static void across_pages(void) {
    unsigned char *p = memory(2, PAGE_EXECUTE_READWRITE);
    write_return(p + PAGE - 3, 0x01020304);
    say_hex("across two pages", (unsigned long)run(p + PAGE - 3));
    p[PAGE] = 0x55;
    say_hex("second page changed", (unsigned long)run(p + PAGE - 3));
    p[PAGE - 2] = 0x66;
    say_hex("first page changed", (unsigned long)run(p + PAGE - 3));
}

/* What is freed is gone, and what comes to its place is new. */
static void same_address_again(void) {
    unsigned char *p = memory(1, PAGE_EXECUTE_READWRITE);
    write_return(p, 5);
    say_number("before", run(p));
    VirtualFree(p, 0, MEM_RELEASE);
    unsigned char *q = VirtualAlloc(p, PAGE, MEM_COMMIT | MEM_RESERVE, PAGE_EXECUTE_READWRITE);
    say("same address", p == q);
    say_number("fresh memory is zero", q[0] + q[1] + q[5]);
    write_return(q, 6);
    say_number("after", run(q));
}

static unsigned char *spun;

static DWORD WINAPI spin_until_changed(void *unused) {
    (void)unused;
    while (run(spun) == 1) continue;
    return (DWORD)run(spun);
}

static void changed_by_another_thread(void) {
    DWORD code = 0;
    spun = memory(1, PAGE_EXECUTE_READWRITE);
    write_return(spun, 1);
    HANDLE thread = CreateThread(NULL, 0, spin_until_changed, NULL, 0, NULL);
    Sleep(10);
    spun[1] = 9;
    say("ends", WaitForSingleObject(thread, 10000) == WAIT_OBJECT_0);
    GetExitCodeThread(thread, &code);
    say_number("changed by another thread", (long)code);
}

int main(void) {
    rewritten();
    written_then_protected();
    own_text();
    just_ahead();
    decrypted();
    across_pages();
    same_address_again();
    changed_by_another_thread();
    return 0;
}
