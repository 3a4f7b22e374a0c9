#include "guest/fiber.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#ifdef __SANITIZE_ADDRESS__
#define WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WATCHED 1
#endif
#endif
#ifdef WATCHED
#include <sanitizer/common_interface_defs.h>
#endif

enum { STACK = 256 << 10, GUARD = 4096 };

struct Fiber {
    ucontext_t here, host;
    uint8_t *stack; /* the guard lies at its lower end */
    void (*run)(void *context);
    void *context;
    const void *host_stack; /* for AddressSanitizer */
    size_t host_size;
};

Fiber *fiber_open(void) {
    Fiber *f = calloc(1, sizeof *f);
    if (!f) return NULL;
    void *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED) {
        free(f);
        return NULL;
    }
    f->stack = stack;
    mprotect(stack, GUARD, PROT_NONE);
    return f;
}

void fiber_close(Fiber *f) {
    if (!f) return;
    munmap(f->stack, STACK);
    free(f);
}

/* AddressSanitizer is told of each change of stacks. */
static void before_switch(void **fake, const void *stack, size_t size) {
#ifdef WATCHED
    __sanitizer_start_switch_fiber(fake, stack, size);
#else
    (void)fake, (void)stack, (void)size;
#endif
}

static void after_switch(void *fake, const void **stack, size_t *size) {
#ifdef WATCHED
    __sanitizer_finish_switch_fiber(fake, stack, size);
#else
    (void)fake, (void)stack, (void)size;
#endif
}

/* makecontext passes ints: the pointer comes in two halves. */
static void start(unsigned high, unsigned low) {
    Fiber *f = (Fiber *)((uintptr_t)high << 32 | low);
    after_switch(NULL, &f->host_stack, &f->host_size);
    f->run(f->context);
}

void fiber_prepare(Fiber *f, void (*run)(void *context), void *context) {
    f->run = run;
    f->context = context;
    getcontext(&f->here);
    f->here.uc_stack.ss_sp = f->stack;
    f->here.uc_stack.ss_size = STACK;
    f->here.uc_link = NULL;
    makecontext(&f->here, (void (*)(void))start, 2, (unsigned)((uintptr_t)f >> 32),
                (unsigned)(uintptr_t)f);
}

void fiber_enter(Fiber *f) {
    void *fake = NULL;
    before_switch(&fake, f->stack, STACK);
    swapcontext(&f->host, &f->here);
    after_switch(fake, NULL, NULL);
}

void fiber_leave(Fiber *f, bool last) {
    void *fake = NULL;
    before_switch(last ? NULL : &fake, f->host_stack, f->host_size);
    swapcontext(&f->here, &f->host);
    after_switch(fake, &f->host_stack, &f->host_size);
}
