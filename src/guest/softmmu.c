/* Softmmu: translation of guest addresses by our own page tables, inside Unicorn 2.0.1.
 *
 * Debian 12's Unicorn maps guest virtual memory one to one onto regions, which costs a tree rebuild
 * for every change of protection, faults with the PC of the block instead of the instruction, and
 * takes a lock for every store (it never marks a page as free of code). Unicorn 2.1 has a virtual
 * TLB for this; 2.0.1 has everything that is needed for the same. The linker gives what the engine
 * calls by these names to the functions of this file (--wrap, in meson.build):
 *
 *   x86_cpu_tlb_fill        asks the owner for the page; a denied access leaves precisely
 *   memory_mapping          every physical address is in the one region that we mapped
 *   tlb_protect_code        a page holds translated code: its stores must be watched ...
 *   tlb_unprotect_code      ... and no longer
 *   cpu_svm_check_intercept_param   sees every exception before the double-fault logic does
 *   helper_rdtsc            the guest's clock instead of the host's
 *   gen_intermediate_code   a block is translated: the owner hears of it
 *   helper_inb ... outl     ports are not for ring 3; the engine lets everybody have them
 *
 * cpu_start proves on a stub that the replacements are in force. The signatures are those of
 * qemu/accel/tcg/cputlb.c and qemu/target/i386 there. */
#include "guest/softmmu.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
    unsigned bits;
} MemTxAttrs;

enum { USER_MMU_INDEX = 1, SVM_EXIT_EXCEPTION = 0x40, EXCEPTIONS = 32 };

/* Live CPUs. The engine calls back with its own objects only, so that the way from them to ours
 * needs a table; the worker has one thread. */
enum { MAX_CPUS = 64 };
static Softmmu *live[MAX_CPUS];
static Softmmu *recent;

static Softmmu *find(const void *key, size_t field) {
#define KEY_OF(s) (*(void *const *)((const uint8_t *)(s) + field))
    if (recent && KEY_OF(recent) == key) return recent;
    for (size_t i = 0; i < MAX_CPUS; i++)
        if (live[i] && KEY_OF(live[i]) == key) return recent = live[i];
#undef KEY_OF
    return NULL;
}

/* The engine shows its CPUState before we know it: then the CPU that is just starting is meant. */
static Softmmu *by_cpu(void *cpu) {
    Softmmu *s = find(cpu, offsetof(Softmmu, cpu));
    if (!s && (s = find(NULL, offsetof(Softmmu, cpu)))) s->cpu = cpu;
    return s;
}

static Softmmu *by_env(void *env) {
    Softmmu *s = find(env, offsetof(Softmmu, env));
    if (!s && (s = find(NULL, offsetof(Softmmu, env)))) s->env = env;
    return s;
}

static Softmmu *by_engine(void *engine) {
    return find(engine, offsetof(Softmmu, engine));
}

void softmmu_register(Softmmu *s) {
    for (size_t i = 0; i < MAX_CPUS; i++)
        if (!live[i]) {
            live[i] = s;
            return;
        }
    abort(); /* the budget of processes is far below */
}

void softmmu_unregister(Softmmu *s) {
    for (size_t i = 0; i < MAX_CPUS; i++)
        if (live[i] == s) live[i] = NULL;
    if (recent == s) recent = NULL;
}

/* ---- what the engine offers ---- */

void tlb_set_page_with_attrs_x86_64(void *cpu, uint64_t address, uint64_t physical,
                                    MemTxAttrs attrs, int prot, int mmu_index, uint64_t size);
void tlb_set_dirty_x86_64(void *cpu, uint64_t address);
void tlb_reset_dirty_x86_64(void *cpu, uint64_t host, uint64_t length);
void tlb_flush_page_x86_64(void *cpu, uint64_t address);
void tlb_flush_x86_64(void *cpu);
void tb_invalidate_phys_range_x86_64(void *engine, uint64_t start, uint64_t end);
_Noreturn void raise_exception_err_ra_x86_64(void *env, int vector, int error, uintptr_t host_pc);
void *__real_memory_mapping(void *engine, uint64_t address);
void __real_gen_intermediate_code_x86_64(void *cpu, const uint64_t *block, int instructions);

/* ---- what we put in its place ---- */

bool __wrap_x86_cpu_tlb_fill_x86_64(void *cpu, uint64_t address, int size, int access,
                                    int mmu_index, bool probe, uintptr_t host_pc);
void *__wrap_memory_mapping(void *engine, uint64_t address);
void __wrap_tlb_protect_code_x86_64(void *engine, uint64_t physical);
void __wrap_tlb_unprotect_code_x86_64(void *engine, uint64_t physical);
void __wrap_cpu_svm_check_intercept_param_x86_64(void *env, uint32_t type, uint64_t param,
                                                 uintptr_t host_pc);
void __wrap_helper_rdtsc_x86_64(uint64_t *env);
void __wrap_gen_intermediate_code_x86_64(void *cpu, const uint64_t *block, int instructions);
uint64_t __wrap_helper_inl_x86_64(uint64_t *env, uint32_t port);
#define PORT_HELPERS(X) X(inb) X(inw) X(outb) X(outw) X(outl)
#define DECLARE(name)                                                                              \
    _Noreturn void __wrap_helper_##name##_x86_64(void *env, uint32_t port, uint32_t value);
PORT_HELPERS(DECLARE)
#undef DECLARE

static Translation translate_own_page(Softmmu *s, uint64_t page, bool user, CpuPage *out) {
    bool ours = page == KERNEL_PAGE || (page == LANDING_PAGE && s->landing);
    if (!ours) return TRANSLATE_FAULT;
    *out = (CpuPage){s->kernel, user ? PROT_X : PROT_R | PROT_W | PROT_X};
    return TRANSLATE_OK;
}

static SeenPage *seen_slot(Softmmu *s, uint64_t address) {
    return &s->seen[address >> PAGE_SHIFT & (SEEN_PAGES - 1)];
}

static void note_seen(Softmmu *s, uint64_t base, const CpuPage *page) {
    *seen_slot(s, base) = page->prot & PROT_R
                              ? (SeenPage){base | 1, ram_page(s->options.ram, page->frame)}
                              : (SeenPage){0};
}

bool __wrap_x86_cpu_tlb_fill_x86_64(void *cpu, uint64_t address, int size, int access,
                                    int mmu_index, bool probe, uintptr_t host_pc) {
    (void)size;
    Softmmu *s = by_cpu(cpu);
    bool user = mmu_index == USER_MMU_INDEX;
    uint64_t base = address & ~(uint64_t)PAGE_MASK;
    CpuPage page = {0};
    Translation t = translate_own_page(s, base, user, &page);
    if (t != TRANSLATE_OK && user)
        t = s->options.translate(s->options.owner, address, (Access)access, &page);
    if (t == TRANSLATE_OK && !(page.prot & 1u << access)) t = TRANSLATE_FAULT;
    if (t != TRANSLATE_OK) {
        if (probe) return false;
        s->fault_address = address;
        s->fault_access = (Access)access;
        raise_exception_err_ra_x86_64(s->env, t == TRANSLATE_RETRY ? SOFTMMU_RETRY : SOFTMMU_FAULT,
                                      0, host_pc);
    }
    tlb_set_page_with_attrs_x86_64(cpu, base, (uint64_t)page.frame << PAGE_SHIFT, (MemTxAttrs){0},
                                   (int)page.prot, mmu_index, PAGE_SIZE);
    if (page.prot & PROT_W && !s->has_code[page.frame]) tlb_set_dirty_x86_64(cpu, base);
    if (user) note_seen(s, base, &page);
    return true;
}

void *__wrap_memory_mapping(void *engine, uint64_t address) {
    (void)address;
    return __real_memory_mapping(engine, 0);
}

void __wrap_tlb_protect_code_x86_64(void *engine, uint64_t physical) {
    Softmmu *s = by_engine(engine);
    s->has_code[physical >> PAGE_SHIFT] = 1;
    uint8_t *host = ram_page(s->options.ram, (Frame)(physical >> PAGE_SHIFT));
    if (s->cpu) tlb_reset_dirty_x86_64(s->cpu, (uint64_t)(uintptr_t)host, PAGE_SIZE);
}

void __wrap_tlb_unprotect_code_x86_64(void *engine, uint64_t physical) {
    by_engine(engine)->has_code[physical >> PAGE_SHIFT] = 0;
}

void __wrap_cpu_svm_check_intercept_param_x86_64(void *env, uint32_t type, uint64_t param,
                                                 uintptr_t host_pc) {
    by_env(env);
    if (type >= SVM_EXIT_EXCEPTION && type < SVM_EXIT_EXCEPTION + EXCEPTIONS)
        raise_exception_err_ra_x86_64(env, (int)(SOFTMMU_EXCEPTION + type - SVM_EXIT_EXCEPTION),
                                      (int)param, host_pc);
}

/* CPUX86State begins with the general registers, in the order of their numbers. */
void __wrap_helper_rdtsc_x86_64(uint64_t *env) {
    enum { EAX = 0, EDX = 2 };
    Softmmu *s = by_env(env);
    uint64_t now = s->options.tsc(s->options.owner);
    env[EAX] = (uint32_t)now;
    env[EDX] = now >> 32;
}

/* A TranslationBlock begins with its address. */
void __wrap_gen_intermediate_code_x86_64(void *cpu, const uint64_t *block, int instructions) {
    const Softmmu *s = by_cpu(cpu);
    s->translates(s->translates_for, *block);
    __real_gen_intermediate_code_x86_64(cpu, block, instructions);
}

#define GENERAL_PROTECTION(env, error)                                                             \
    raise_exception_err_ra_x86_64(env, SOFTMMU_EXCEPTION + 13, error,                              \
                                  (uintptr_t)__builtin_return_address(0))

/* The helper's result becomes EAX. */
uint64_t __wrap_helper_inl_x86_64(uint64_t *env, uint32_t port) {
    const CpuOptions *o = &by_env(env)->options;
    if (!o->port || !o->port(o->owner, (uint16_t)port, env)) GENERAL_PROTECTION(env, 0);
    return env[0];
}

/* Their error codes differ (nobody reads them) so that the compiler keeps six functions: the return
 * address must be the translated code's, which tells where the instruction is. */
#define REFUSE(name)                                                                               \
    _Noreturn void __wrap_helper_##name##_x86_64(void *env, uint32_t port, uint32_t value) {       \
        (void)port, (void)value;                                                                   \
        GENERAL_PROTECTION(env, 1 + __COUNTER__);                                                  \
    }
PORT_HELPERS(REFUSE)
#undef REFUSE

/* ---- for cpu.c ---- */

void softmmu_flush_page(Softmmu *s, uint64_t address) {
    *seen_slot(s, address) = (SeenPage){0};
    tlb_flush_page_x86_64(s->cpu, address);
}

void softmmu_flush(Softmmu *s) {
    memset(s->seen, 0, sizeof s->seen);
    tlb_flush_x86_64(s->cpu);
}

void softmmu_forget_code(Softmmu *s, Frame f) {
    if (!s->has_code[f]) return;
    uint64_t start = (uint64_t)f << PAGE_SHIFT;
    tb_invalidate_phys_range_x86_64(s->engine, start, start + PAGE_SIZE);
}

/* Not tb_flush: it clears the whole code buffer, a GiB. */
void softmmu_forget_all_code(Softmmu *s) {
    Frame frames = (Frame)(s->options.ram->size >> PAGE_SHIFT);
    for (Frame f = 0; f < frames; f++) softmmu_forget_code(s, f);
}
