/* The same loops in Unicorn with nothing around it but one block hook, which is what a guest that
 * counts its work cannot do without. Prints seconds of processor time.
 *
 *   raw_unicorn alu|memory|calls ROUNDS */
#include "loops.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicorn/unicorn.h>

__asm__(".section .rodata\n"
        "alu_code:\n" LOOP_ALU "alu_end:\n"
        "memory_code:\n" LOOP_MEMORY "memory_end:\n"
        "calls_code:\n" LOOP_CALLS "calls_end:\n"
        ".text\n");

extern const uint8_t alu_code[], alu_end[], memory_code[], memory_end[], calls_code[], calls_end[];

static const struct {
    const char *name;
    const uint8_t *code, *end;
} loops[] = {{"alu", alu_code, alu_end},
             {"memory", memory_code, memory_end},
             {"calls", calls_code, calls_end}};

enum { CODE = 0x10000, DATA = 0x100000, STACK = 0x200000, DONE = 0x30000, PAGES = 0x10000 };

static uint64_t blocks;

static void count_block(uc_engine *uc, uint64_t address, uint32_t size, void *user) {
    (void)uc;
    (void)address;
    (void)size;
    (void)user;
    blocks++;
}

static void must(uc_err error) {
    if (error == UC_ERR_OK) return;
    fprintf(stderr, "raw_unicorn: %s\n", uc_strerror(error));
    exit(2);
}

static void set_register(uc_engine *uc, int which, uint64_t value) {
    must(uc_reg_write(uc, which, &value));
}

static uc_engine *prepare(const uint8_t *code, size_t size, uint64_t rounds) {
    static const uint64_t done = DONE;
    uc_engine *uc;
    uc_hook hook;
    must(uc_open(UC_ARCH_X86, UC_MODE_64, &uc));
    must(uc_mem_map(uc, CODE, PAGES, UC_PROT_READ | UC_PROT_EXEC));
    must(uc_mem_map(uc, DONE, PAGES, UC_PROT_READ | UC_PROT_EXEC));
    must(uc_mem_map(uc, DATA, PAGES, UC_PROT_READ | UC_PROT_WRITE));
    must(uc_mem_map(uc, STACK, PAGES, UC_PROT_READ | UC_PROT_WRITE));
    must(uc_mem_write(uc, CODE, code, size));
    must(uc_mem_write(uc, STACK + PAGES - 64, &done, sizeof done));
    must(uc_hook_add(uc, &hook, UC_HOOK_BLOCK, (void *)(uintptr_t)count_block, NULL, 1, 0));
    set_register(uc, UC_X86_REG_RCX, rounds);
    set_register(uc, UC_X86_REG_RDI, DATA);
    set_register(uc, UC_X86_REG_RSP, STACK + PAGES - 64);
    return uc;
}

static double run(const uint8_t *code, size_t size, uint64_t rounds) {
    uc_engine *uc = prepare(code, size, rounds);
    clock_t start = clock();
    must(uc_emu_start(uc, CODE, DONE, 0, 0));
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    uc_close(uc);
    return seconds;
}

int main(int count, char **arguments) {
    for (size_t i = 0; count == 3 && i < sizeof loops / sizeof *loops; i++) {
        if (strcmp(arguments[1], loops[i].name) != 0) continue;
        size_t size = (size_t)(loops[i].end - loops[i].code);
        printf("%.3f\n", run(loops[i].code, size, strtoull(arguments[2], NULL, 10)));
        return 0;
    }
    fprintf(stderr, "usage: raw_unicorn alu|memory|calls ROUNDS\n");
    return 2;
}
