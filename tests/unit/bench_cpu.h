/* A bare computer for tests of the guest's lowest layers: RAM, one CPU, one address space. */
#ifndef COAX_TESTS_BENCH_CPU_H
#define COAX_TESTS_BENCH_CPU_H

#include "guest/cpu.h"
#include "guest/ntstatus.h"
#include "guest/vm.h"

#define CODE_AT  UINT64_C(0x7ff600010000)
#define DATA_AT  UINT64_C(0x7ff600020000)
#define STACK_AT UINT64_C(0x7ff600030000)

typedef struct {
    Ram ram;
    Cpu *cpu;
    Vm *vm;
    uint64_t tsc;
    uint64_t watched; /* the address that stops */
    uint64_t begins;  /* a watched address; when it comes up, `watched` is watched from then on */
} Bench;

static inline Translation bench_translate(void *owner, uint64_t address, Access access, CpuPage *page) {
    return vm_translate(((Bench *)owner)->vm, address, access, page);
}

static inline void bench_cpuid(void *owner, uint32_t leaf, uint32_t subleaf, uint32_t out[4]) {
    (void)owner, (void)subleaf;
    out[0] = leaf + 1;
}

static inline uint64_t bench_tsc(void *owner) {
    return ((Bench *)owner)->tsc += 10;
}

static inline bool bench_watched(void *owner, uint64_t address, unsigned reasons) {
    Bench *b = owner;
    if (b->begins == address) cpu_watch(b->cpu, b->watched, WATCH_TO_TRACE);
    return reasons == WATCH_TO_TRACE && b->watched == address;
}

static inline void bench_close(Bench *b) {
    vm_close(b->vm);
    cpu_close(b->cpu);
    ram_close(&b->ram);
}

static inline uint64_t bench_allocate(Bench *b, uint64_t at, uint64_t size, uint32_t protect) {
    uint32_t status = vm_allocate(b->vm, &at, &size, VM_RESERVE | VM_COMMIT, protect, false, 0);
    return status ? 0 : at;
}

/* False: this machine has no engine. */
static inline bool bench_open(Bench *b) {
    *b = (Bench){.tsc = 1000};
    CpuOptions c = {.ram = &b->ram,
                    .owner = b,
                    .translate = bench_translate,
                    .cpuid = bench_cpuid,
                    .tsc = bench_tsc,
                    .watched = bench_watched};
    VmOptions v = {.lowest = 0x10000,
                   .low = UINT64_C(0x1c000000000),
                   .high = UINT64_C(0x7ffffffe0000),
                   .limit = UINT64_C(0x7fffffff0000),
                   .commit_limit = 4096,
                   .no_execute = true};
    return ram_open(&b->ram, 16 << 20, 0) == ST_OK && cpu_open(&b->cpu) == ST_OK &&
           cpu_start(b->cpu, &c) == ST_OK && vm_open(&b->vm, &b->ram, b->cpu, &v) == ST_OK;
}

/* Puts code at CODE_AT (readable, executable), a stack and a page of data, and stands at its start.
 */
static inline void bench_load(Bench *b, const void *code, size_t n) {
    uint64_t at = CODE_AT, size = PAGE_SIZE;
    uint32_t old;
    bench_allocate(b, CODE_AT, PAGE_SIZE, VM_READWRITE);
    vm_write(b->vm, CODE_AT, code, n);
    vm_protect(b->vm, &at, &size, VM_EXECUTE_READ, &old);
    bench_allocate(b, DATA_AT, PAGE_SIZE, VM_READWRITE);
    bench_allocate(b, STACK_AT, PAGE_SIZE, VM_READWRITE);
    cpu_set(b->cpu, REG_RSP, STACK_AT + PAGE_SIZE - 64);
    cpu_set(b->cpu, REG_RBX, DATA_AT);
    cpu_jump(b->cpu, SEL_CODE64, CODE_AT);
}

#endif
