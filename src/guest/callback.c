#include "guest/callback.h"
#include "guest/exception.h"
#include "guest/fiber.h"
#include "guest/process.h"
#include "guest/sched.h"
#include <stdlib.h>

enum {
    CALL_ARENA = 16 << 20,
    DEPTH_MOST = 128,            /* nested calls of one thread */
    RETURN_ADDRESS = 0x7ffeff00, /* nothing lies there: KiUserCallbackDispatcher does not return */
};

typedef enum { CALL_RUNS, CALL_IN_GUEST, CALL_WAITS, CALL_WOKEN, CALL_DONE } CallState;

struct Callback {
    Callback *outer; /* of the thread, or the next spare one */
    Thread *thread;
    const SysRow *row;
    Sys sys;
    CallState state;
    bool orphan; /* the thread ended while this ran */
    Fiber *fiber;
    Arena arena;
    uint64_t top;        /* of the guest's stack: what lies above is in use */
    uint64_t entered_at; /* the guest's RSP at the last callback */
    CpuState *registers; /* of the guest when it was entered */
    uint64_t exception_list; /* the TEB's, to which KiUserCallbackDispatcher adds a frame */
    uint64_t result; /* of the wait, or of the call */
    CallbackResult answer;
};

/* ---- their stacks ---- */

static Callback *call_new(Machine *m) {
    Callback *c = m->spare_callbacks;
    if (c) {
        m->spare_callbacks = c->outer;
        return c;
    }
    c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->arena = arena_new(CALL_ARENA);
    c->fiber = fiber_open();
    if (c->fiber) return c;
    free(c);
    return NULL;
}

static void call_retire(Machine *m, Callback *c) {
    cpu_state_free(c->registers);
    c->registers = NULL;
    arena_clear(&c->arena);
    c->outer = m->spare_callbacks;
    m->spare_callbacks = c;
}

void callback_close(Machine *m) {
    while (m->spare_callbacks) {
        Callback *c = m->spare_callbacks;
        m->spare_callbacks = c->outer;
        arena_reset(&c->arena);
        fiber_close(c->fiber);
        free(c);
    }
}

/* ---- switching ---- */

static void enter(Callback *c) {
    c->state = CALL_RUNS;
    fiber_enter(c->fiber);
}

static void leave(Callback *c, CallState why) {
    c->state = why;
    fiber_leave(c->fiber, why == CALL_DONE);
}

static void run(void *context) {
    Callback *c = context;
    c->result = c->row->function(&c->sys);
    leave(c, CALL_DONE);
}

/* The call has left its stack, one way or the other. True where it is done: it is gone then. */
static bool settled(Thread *t, Callback *c, uint64_t *result) {
    Machine *m = t->process->machine;
    bool done = c->state == CALL_DONE;
    if (c->orphan) {
        call_retire(m, c);
        return false;
    }
    if (!done) return false;
    *result = c->result;
    t->callbacks = c->outer;
    call_retire(m, c);
    return true;
}

/* ---- the dispatcher's side ---- */

/* A program may leave a callback by unwinding its stack, or by a jump: then RSP is above the place
 * at which the guest was entered, and nobody will return there. */
static void forget_left(Thread *t) {
    uint64_t rsp = thread_get(t, REG_RSP);
    for (Callback *c; (c = t->callbacks) && c->state == CALL_IN_GUEST;) {
        bool own = rsp > t->stack_allocation && rsp <= t->stack_base &&
                   c->entered_at > t->stack_allocation && c->entered_at <= t->stack_base;
        if (!own || rsp <= c->entered_at) return;
        t->callbacks = c->outer;
        call_retire(t->process->machine, c);
    }
}

static unsigned depth(const Thread *t) {
    unsigned n = 0;
    for (const Callback *c = t->callbacks; c; c = c->outer) n++;
    return n;
}

uint64_t callback_perform(Sys *s, const SysRow *row) {
    Thread *t = s->thread;
    forget_left(t);
    Callback *c = depth(t) < DEPTH_MOST ? call_new(s->machine) : NULL;
    if (!c) return 0;
    uint64_t result = 0;
    c->thread = t;
    c->row = row;
    c->orphan = false;
    c->sys = *s;
    c->sys.scratch = &c->arena;
    c->top = thread_get(t, REG_RSP);
    c->outer = t->callbacks;
    t->callbacks = c;
    fiber_prepare(c->fiber, run, c);
    enter(c);
    if (settled(t, c, &result)) return result;
    s->blocked = true;
    return 0;
}

static void finish(Thread *t, uint64_t result) {
    if (t->state == THREAD_DEAD) return;
    thread_set(t, REG_RAX, result);
    if (result == STATUS_USER_APC && t->apcs) exception_run_apc(t, result);
}

bool callback_woken(Thread *t, uint64_t result) {
    Callback *c = t->callbacks;
    if (!c || c->state != CALL_WAITS) return false;
    c->state = CALL_WOKEN;
    c->result = result;
    return true;
}

bool callback_continue(Thread *t) {
    Callback *c = t->callbacks;
    if (!c || c->state != CALL_WOKEN) return false;
    uint64_t result;
    enter(c);
    if (settled(t, c, &result)) finish(t, result);
    arena_clear(&t->process->machine->scratch);
    return true;
}

void callback_drop_all(Thread *t) {
    for (Callback *c; (c = t->callbacks);) {
        t->callbacks = c->outer;
        if (c->state == CALL_RUNS) c->orphan = true;
        else call_retire(t->process->machine, c);
    }
}

/* ---- the calls' side ---- */

static Callback *running(const Sys *s) {
    return s->thread->callbacks;
}

uint64_t callback_mark(const Sys *s) {
    return running(s)->top;
}

void callback_pop(Sys *s, uint64_t mark) {
    running(s)->top = mark;
}

uint64_t callback_push(Sys *s, uint64_t bytes) {
    Callback *c = running(s);
    const Thread *t = s->thread;
    uint64_t at = (c->top - bytes) & ~UINT64_C(15);
    bool own = c->top > t->stack_allocation && c->top <= t->stack_base;
    if (bytes > c->top || (own && at < t->stack_limit)) return 0;
    return c->top = at;
}

static uint64_t own_teb(const Thread *t) {
    return t->process->wow64 ? t->teb32 : t->teb;
}

/* x64: the arguments in registers, home space behind the return address. x86: on the stack. */
static bool push_frame(Callback *c, uint32_t id, uint64_t block, uint32_t length) {
    enum { FRAME64 = 0x28, FRAME32 = 0x10 };
    Thread *t = c->thread;
    Process *p = t->process;
    uint64_t top = c->top & ~UINT64_C(15);
    uint64_t rsp = top - (p->wow64 ? FRAME32 : FRAME64);
    Fields f = fields(p, rsp);
    put_pointer(&f, RETURN_ADDRESS);
    if (p->wow64) {
        put_pointer(&f, id);
        put_pointer(&f, block);
        put_pointer(&f, length);
    }
    guest_get_pointer(p, own_teb(t), &c->exception_list);
    thread_set(t, REG_RSP, rsp);
    thread_set(t, REG_RCX, id);
    thread_set(t, REG_RDX, block);
    thread_set(t, REG_R8, length);
    thread_set(t, REG_RBP, 0);
    c->entered_at = top;
    cpu_jump(p->cpu, p->wow64 ? SEL_CODE32 : SEL_CODE64, p->entry_callback);
    return !f.bad;
}

CallbackResult callback_guest(Sys *s, uint32_t id, uint64_t block, uint32_t length) {
    Callback *c = running(s);
    CallbackResult failed = {.status = STATUS_NO_MEMORY};
    if (!s->process->entry_callback || s->thread->state == THREAD_DEAD) return failed;
    thread_load(s->thread);
    c->registers = cpu_state_new(s->process->cpu);
    if (!c->registers || !push_frame(c, id, block, length)) {
        if (c->registers) cpu_load(s->process->cpu, c->registers);
        cpu_state_free(c->registers);
        c->registers = NULL;
        return failed;
    }
    leave(c, CALL_IN_GUEST);
    return c->answer;
}

uint64_t callback_wait(Sys *s, const Wait *wait) {
    Callback *c = running(s);
    uint64_t result = STATUS_SUCCESS;
    if (sched_wait(s->thread, wait, &result)) return result;
    leave(c, CALL_WAITS);
    return c->result;
}

static uint64_t callback_return(Sys *s) {
    enum { MOST = 1 << 20 };
    Thread *t = s->thread;
    Callback *c = t->callbacks;
    forget_left(t);
    if (c != t->callbacks || !c || c->state != CALL_IN_GUEST) return STATUS_NO_CALLBACK_ACTIVE;
    uint32_t length = (uint32_t)s->arg[1];
    uint8_t *bytes = s->arg[0] && length <= MOST ? arena_alloc(&c->arena, length) : NULL;
    if (bytes && !guest_read(s->process, s->arg[0], bytes, length)) bytes = NULL;
    c->answer = (CallbackResult){.good = true,
                                 .status = (uint32_t)s->arg[2],
                                 .bytes = bytes ? span(bytes, length) : (Span){0}};
    thread_load(t);
    cpu_load(s->process->cpu, c->registers);
    cpu_state_free(c->registers);
    c->registers = NULL;
    guest_put_pointer(s->process, own_teb(t), c->exception_list);
    s->replaced = true;
    uint64_t result;
    enter(c);
    if (settled(t, c, &result)) finish(t, result);
    return 0;
}

const SysRow nt_callback_rows[] = {
    {"NtCallbackReturn", 3, callback_return},
    {NULL, 0, NULL},
};
