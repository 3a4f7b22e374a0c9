/* The processor: what it is called, what CPUID says, how long instructions take, and those that
 * only a virtual machine knows. */
#include "selfcheck.h"

#include <intrin.h>

static void leaf(unsigned number, unsigned out[4]) {
    __cpuidex((int *)(void *)out, (int)number, 0);
}

static unsigned long long best_difference(int with_cpuid) {
    unsigned long long sum = 0;
    for (int i = 0; i < 10; i++) {
        unsigned out[4];
        unsigned long long before = __rdtsc();
        if (with_cpuid) leaf(0, out);
        sum += __rdtsc() - before;
        Sleep(50);
    }
    return sum / 10;
}

static void brand(char out[64]) {
    memset(out, 0, 64);
    for (unsigned i = 0; i < 3; i++) leaf(0x80000002 + i, (unsigned *)(void *)(out + 16 * i));
}

/* ---- instructions that should fault ---- */

static int faulted;
static int length;

static LONG CALLBACK skip(EXCEPTION_POINTERS *e) {
    faulted = (int)e->ExceptionRecord->ExceptionCode;
#ifdef _WIN64
    e->ContextRecord->Rip += length;
#else
    e->ContextRecord->Eip += length;
#endif
    return EXCEPTION_CONTINUE_EXECUTION;
}

/* The exception of code that ends in RET; 0 where there was none. */
static int exception_of(const unsigned char *code, size_t n, int instruction) {
    unsigned char *page = VirtualAlloc(NULL, 4096, MEM_COMMIT, PAGE_EXECUTE_READWRITE);
    void *handler = AddVectoredExceptionHandler(1, skip);
    memcpy(page, code, n);
    faulted = 0;
    length = instruction;
    ((void (*)(void))page)();
    RemoveVectoredExceptionHandler(handler);
    VirtualFree(page, 0, MEM_RELEASE);
    return faulted;
}

static void check_backdoors(void) {
    /* in eax, dx at the port 'VX' with the magic number of VMware */
    static const unsigned char vmware[] = {0x53, 0xb8, 0x68, 0x58, 0x4d, 0x56, 0xb9, 0x0a, 0,   0,
                                           0,    0xba, 0x58, 0x56, 0,    0,    0xed, 0x5b, 0xc3};
    static const unsigned char virtual_pc[] = {0x0f, 0x3f, 0x07, 0x0b, 0xc3};
    static const unsigned char vmcall[] = {0x0f, 0x01, 0xc1, 0xc3};
    static const unsigned char hlt[] = {0xf4, 0xc3};
    check("VMware's port",
          exception_of(vmware, sizeof vmware, 1) != (int)EXCEPTION_PRIV_INSTRUCTION);
    check("Virtual PC's instruction",
          exception_of(virtual_pc, sizeof virtual_pc, 4) != (int)EXCEPTION_ILLEGAL_INSTRUCTION);
    check("a call of the hypervisor",
          exception_of(vmcall, sizeof vmcall, 3) != (int)EXCEPTION_ILLEGAL_INSTRUCTION);
    check("HLT", exception_of(hlt, sizeof hlt, 1) != (int)EXCEPTION_PRIV_INSTRUCTION);
}

/* Where the tables of the system lie: the old red pills look at the highest byte of the lower half.
 */
static void check_tables(void) {
    static const unsigned char rdpmc[] = {0x0f, 0x33, 0xc3};
    static const unsigned char int1[] = {0xcd, 0x01, 0xc3};
    unsigned char table[10] = {0};
    unsigned short task = 0;
    __asm__ volatile("sidt %0" : "=m"(table));
    check("IDT", !table[0] || !table[5] || table[5] == 0xff || table[5] == 0xe8);
    memset(table, 0, sizeof table);
    __asm__ volatile("sgdt %0" : "=m"(table));
    check("GDT", !table[0] || !table[5] || table[5] == 0xff);
    __asm__ volatile("str %0" : "=m"(task));
    check("task register", task != 0x40);
    check("RDPMC", exception_of(rdpmc, sizeof rdpmc, 2) != (int)EXCEPTION_PRIV_INSTRUCTION);
    check("INT 1", exception_of(int1, sizeof int1, 2) != (int)EXCEPTION_ACCESS_VIOLATION);
}

void check_cpu(void) {
    static const char *const hypervisors[] = {"vmware", "kvm", "microsoft hv", "vbox", "xen",
                                              "prl",    "tcg", "bhyve",        NULL};
    unsigned out[4];
    char text[64], other[128];
    unsigned long long plain = best_difference(0), forced = best_difference(1);
    check("two RDTSC", plain == 0 || plain >= 750);
    check("two RDTSC around CPUID", forced == 0 || forced >= 1000);
    leaf(1, out);
    check("hypervisor bit", out[2] >> 31 & 1);
    check("features: SSE2, CMOV, TSC", ~out[3] & (1u << 26 | 1u << 15 | 1u << 4));
    leaf(0x40000000, out);
    memset(text, 0, sizeof text);
    memcpy(text, out + 1, 12);
    check("hypervisor's name", has_one_of(text, hypervisors));
    leaf(0, out);
    memcpy(text, out + 1, 4);
    memcpy(text + 4, out + 3, 4);
    memcpy(text + 8, out + 2, 4);
    text[12] = 0;
    check("vendor", strcmp(text, "GenuineIntel") != 0 && strcmp(text, "AuthenticAMD") != 0);
    brand(text);
    check("brand", !text[0] || names_a_machine(text) || strstr(text, "Xeon") != NULL);
    registry_text(HKEY_LOCAL_MACHINE, "HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0",
                  "ProcessorNameString", other, sizeof other);
    check("brand in the registry", strncmp(text, other, strlen(text)) != 0);
    registry_text(HKEY_LOCAL_MACHINE, "HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0",
                  "VendorIdentifier", other, sizeof other);
    check("vendor in the registry", strcmp(other, "GenuineIntel") && strcmp(other, "AuthenticAMD"));
    leaf(0x80000000, out);
    check("extended leaves", out[0] < 0x80000004 || out[0] > 0x80000100);
    unsigned short ldt = 1;
    __asm__ volatile("sldt %0" : "=m"(ldt));
    check("LDT", ldt != 0);
    check_backdoors();
    check_tables();
}
