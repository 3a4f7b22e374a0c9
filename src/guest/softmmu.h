/* Softmmu: the part of the engine's memory unit that we replace (see softmmu.c). */
#ifndef COAX_GUEST_SOFTMMU_H
#define COAX_GUEST_SOFTMMU_H

#include "guest/cpu.h"

/* A page that the guest may read, as the engine was told last. */
typedef struct {
    uint64_t page; /* | 1; 0: free */
    const uint8_t *host;
} SeenPage;

/* What softmmu.c knows of one CPU. Embedded in Cpu. */
enum { SEEN_PAGES = 256 };
typedef struct {
    CpuOptions options;
    void *engine;      /* uc_engine */
    void *cpu, *env;   /* the engine's CPUState and CPUX86State; learned while starting */
    uint8_t *has_code; /* per frame: 1 where code was translated from it */
    Frame kernel;      /* the frame behind KERNEL_PAGE */
    bool landing; /* ring 3 may execute LANDING_PAGE: a jump between code segments lands there */
    uint64_t fault_address;
    Access fault_access;
    void (*translates)(void *translates_for, uint64_t block); /* a block, this moment */
    void *translates_for;
    SeenPage seen[SEEN_PAGES]; /* what the engine's own TLB may hold, and forgotten with it */
} Softmmu;

/* Pages of our own, which the guest cannot reach: descriptor table, stubs, ring-0 stack. The
 * landing page is the same frame again, below 4 GiB. */
#define KERNEL_PAGE  UINT64_C(0xfffff8042f65b000) /* where Windows has its own descriptor table */
#define LANDING_PAGE UINT64_C(0x7fff0000)

/* Vectors at which exceptions reach the interrupt hook: the engine's own double-fault logic would
 * mistake the second exception in a row for one raised while delivering the first. */
enum { SOFTMMU_EXCEPTION = 0x100, SOFTMMU_FAULT = 0x200, SOFTMMU_RETRY = 0x201 };

void softmmu_register(Softmmu *s);
void softmmu_unregister(Softmmu *s);

/* The bytes of a page that the guest reads just now; NULL where they are not at hand. */
static inline const uint8_t *softmmu_seen(const Softmmu *s, uint64_t address) {
    uint64_t page = address & ~(uint64_t)PAGE_MASK;
    const SeenPage *e = &s->seen[address >> PAGE_SHIFT & (SEEN_PAGES - 1)];
    return e->page == (page | 1) ? e->host : NULL;
}

void softmmu_flush_page(Softmmu *s, uint64_t address);
void softmmu_flush(Softmmu *s);
void softmmu_forget_code(Softmmu *s, Frame f);
void softmmu_forget_all_code(Softmmu *s); /* not while the guest runs */

#endif
