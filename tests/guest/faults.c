/* Access violations: read, write and execute, page by page, and what the handler is told. */
#include "fault.h"

enum { PAGE = 4096 };

static void read_byte(void *p) {
    (void)*(volatile char *)p;
}

static void write_byte(void *p) {
    *(volatile char *)p = 1;
}

static void write_word(void *p) {
    *(volatile int *)p = 0x11223344;
}

static void call(void *p) {
    ((void (*)(void))p)();
}

static char *pages(int n, DWORD protection) {
    return VirtualAlloc(NULL, (SIZE_T)n * PAGE, MEM_COMMIT | MEM_RESERVE, protection);
}

static void protect(void *p, DWORD protection) {
    DWORD old;
    VirtualProtect(p, PAGE, protection, &old);
}

static void null_pointers(void) {
    say_attempt("read null", read_byte, NULL, NULL);
    say_attempt("write null + 8", write_byte, (void *)8, NULL);
    say_attempt("call null", call, NULL, NULL);
    say("the program counter is null", CONTEXT_PC(&fault_context) == 0);
}

static void protections(void) {
    char *p = pages(4, PAGE_READWRITE);
    say_attempt("read a fresh page", read_byte, p, p);
    protect(p + PAGE, PAGE_NOACCESS);
    say_attempt("read no access", read_byte, p + PAGE + 5, p);
    say_attempt("write no access", write_byte, p + PAGE + 6, p);
    protect(p + PAGE, PAGE_READONLY);
    say_attempt("read read-only", read_byte, p + PAGE, p);
    say_attempt("write read-only", write_byte, p + PAGE + 7, p);
    protect(p + PAGE, PAGE_READWRITE);
    say_attempt("write again", write_byte, p + PAGE + 7, p);
    say_attempt("write a constant", write_byte, (void *)(INT_PTR) "constant", "constant");
    say_attempt("write own code", write_byte, (void *)(INT_PTR)say_attempt, (void *)say_attempt);
    VirtualFree(p + 2 * PAGE, PAGE, MEM_DECOMMIT);
    say_attempt("read decommitted", read_byte, p + 2 * PAGE + 9, p);
    say_attempt("read beyond it", read_byte, p + 3 * PAGE, p);
    VirtualFree(p, 0, MEM_RELEASE);
    say_attempt("read released", read_byte, p + 1, p);
}

static void execution(void) {
    char *p = pages(2, PAGE_READWRITE);
    memset(p, 0xc3, 2 * PAGE); /* ret */
    say_attempt("execute data", call, p + 16, p);
    say("the program counter is there", CONTEXT_PC(&fault_context) == (ULONG_PTR)p + 16);
    protect(p, PAGE_EXECUTE_READ);
    say_attempt("execute code", call, p + 16, p);
    say_attempt("write code", write_byte, p, p);
    protect(p, PAGE_EXECUTE);
    say_attempt("execute execute-only", call, p + 32, p);
    say_attempt("write execute-only", write_byte, p + 32, p);
}

/* The instruction lies across the end of the executable page. */
static void run_off_a_page(void) {
    char *p = pages(2, PAGE_EXECUTE_READWRITE);
    memset(p, 0x90, PAGE); /* nop */
    p[PAGE - 1] = 0x31;    /* xor, without its second byte */
    protect(p + PAGE, PAGE_NOACCESS);
    say_attempt("run off a page", call, p + PAGE - 4, p);
    say("the program counter is at the cut instruction",
        CONTEXT_PC(&fault_context) == (ULONG_PTR)p + PAGE - 1);
}

static void guard_pages(void) {
    char *p = pages(1, PAGE_READWRITE | PAGE_GUARD);
    say_attempt("touch a guard page", read_byte, p + 3, p);
    say_attempt("touch it again", read_byte, p + 3, p);
    protect(p, PAGE_READWRITE | PAGE_GUARD);
    say_attempt("write to a guard page", write_byte, p + 4, p);
    say_attempt("write again", write_byte, p + 4, p);
}

static void straddling(void) {
    char *p = pages(2, PAGE_READWRITE);
    protect(p + PAGE, PAGE_NOACCESS);
    p[PAGE - 2] = p[PAGE - 1] = 0x55;
    say_attempt("write across into no access", write_word, p + PAGE - 2, p);
    say("nothing was written", p[PAGE - 2] == 0x55 && p[PAGE - 1] == 0x55);
}

/* A string instruction stops in the middle: the registers say how far it came. */
static void fill_too_far(void *p) {
    SIZE_T n = 100;
    __asm__ volatile("rep stosb" : "+D"(p), "+c"(n) : "a"(0x77) : "memory");
}

static void string_instruction(void) {
    char *p = pages(2, PAGE_READWRITE);
    protect(p + PAGE, PAGE_NOACCESS);
    say_attempt("fill over the end", fill_too_far, p + PAGE - 30, p);
    say_number("left to fill", (long)CONTEXT_CX(&fault_context));
    say("filled up to there", p[PAGE - 31] == 0 && p[PAGE - 30] == 0x77 && p[PAGE - 1] == 0x77);
}

extern char middle_of_block[];

/* The fault is in the middle of a block; what came before it has been done, what follows has not.
 */
static __attribute__((noinline)) void fault_in_the_middle(void *p) {
    __asm__ volatile("movl $1, %%eax\n\t"
                     "addl $10, %%eax\n\t"
                     "movl $77, %%ecx\n"
#ifdef _WIN64
                     "middle_of_block:\n\t"
#else
                     "_middle_of_block:\n\t"
#endif
                     "movl %%eax, (%0)\n\t"
                     "addl $100, %%eax\n\t"
                     "movl $88, %%ecx"
                     :
                     : "r"(p)
                     : "eax", "ecx", "memory");
}

static void exact_place(void) {
    char *p = pages(1, PAGE_READONLY);
    say_attempt("fault in the middle", fault_in_the_middle, p + 64, p);
    say("exact address", fault_record.ExceptionAddress == (void *)middle_of_block);
    say("exact program counter", CONTEXT_PC(&fault_context) == (ULONG_PTR)middle_of_block);
    say_number("ax", (long)CONTEXT_AX(&fault_context));
    say_number("cx", (long)CONTEXT_CX(&fault_context));
}

static char *repaired;

static LONG CALLBACK repair(EXCEPTION_POINTERS *e) {
    if (e->ExceptionRecord->ExceptionCode != (DWORD)EXCEPTION_ACCESS_VIOLATION)
        return EXCEPTION_CONTINUE_SEARCH;
    fault_seen++;
    protect(repaired, PAGE_READWRITE);
    return EXCEPTION_CONTINUE_EXECUTION;
}

/* The handler makes the page accessible and the instruction runs again. */
static void repaired_access(void) {
    void *handler = AddVectoredExceptionHandler(TRUE, repair);
    repaired = pages(1, PAGE_NOACCESS);
    fault_seen = 0;
    *(volatile int *)(repaired + 12) = 4711;
    RemoveVectoredExceptionHandler(handler);
    say_number("faults", fault_seen);
    say_number("written after the repair", *(int *)(repaired + 12));
}

/* APIs report bad pointers, or fault in the caller's name; system calls never fault. */
static void bad_pointers_to_the_system(void) {
    char *p = pages(1, PAGE_NOACCESS);
    DWORD n;
    char name[] = "coax-fault.tmp";
    HANDLE f = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                           FILE_FLAG_DELETE_ON_CLOSE, NULL);
    say_result("write from no access", WriteFile(f, p, 10, &n, NULL));
    WriteFile(f, "0123456789", 10, &n, NULL);
    SetFilePointer(f, 0, NULL, FILE_BEGIN);
    say_result("read to no access", ReadFile(f, p, 10, &n, NULL));
    CloseHandle(f);
    say("IsBadReadPtr", IsBadReadPtr(p, 1));
    say("IsBadReadPtr of good memory", IsBadReadPtr(name, sizeof name));
}

int main(void) {
    null_pointers();
    protections();
    guard_pages();
    straddling();
    string_instruction();
    exact_place();
    repaired_access();
    bad_pointers_to_the_system();
    run_off_a_page();
    execution();
    return 0;
}
