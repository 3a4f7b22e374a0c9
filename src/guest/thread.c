/* Threads: stack, TEB, first registers. */
#include "guest/callback.h"
#include "guest/context.h"
#include "guest/debug.h"
#include "guest/file.h"
#include "guest/flood.h"
#include "guest/process.h"
#include "guest/sched.h"
#include "guest/trace.h"
#include "guest/win32k/user.h"
#include <stdlib.h>

static bool thread_signaled(Object *o, Thread *t) {
    (void)t;
    return ((Thread *)o)->state == THREAD_DEAD;
}

static void thread_destroy(Object *o) {
    Thread *t = (Thread *)o;
    while (t->apcs) {
        Apc *next = t->apcs->next;
        free(t->apcs);
        t->apcs = next;
    }
    object_drop(t->impersonation);
    object_drop(&t->process->object);
}

const ObjectType thread_type = {
    .name = "Thread", .signaled = thread_signaled, .destroy = thread_destroy};

/* ---- registers ---- */

static void unload(Machine *m) {
    if (m->loaded) cpu_save(m->cpu, m->loaded->registers);
    m->loaded = NULL;
}

void thread_load(Thread *t) {
    Machine *m = t->process->machine;
    if (m->loaded == t) return;
    unload(m);
    cpu_load(m->cpu, t->registers);
    cpu_set_teb(m->cpu, t->teb, (uint32_t)t->teb32);
    m->loaded = t;
}

void thread_enter(Thread *t) {
    Machine *m = t->process->machine;
    thread_load(t);
    if (m->mapped != t->process) cpu_flush(m->cpu);
    m->mapped = t->process;
}

uint64_t thread_get(Thread *t, CpuReg reg) {
    if (!t->process->cpu) return 0;
    thread_load(t);
    uint64_t v = cpu_get(t->process->cpu, reg);
    bool narrow = t->process->wow64 && reg <= REG_RIP;
    return narrow ? (uint32_t)v : v;
}

void thread_set(Thread *t, CpuReg reg, uint64_t value) {
    if (!t->process->cpu) return;
    thread_load(t);
    cpu_set(t->process->cpu, reg, t->process->wow64 && reg <= REG_RIP ? (uint32_t)value : value);
}

/* ---- memory of a thread ---- */

typedef struct {
    uint16_t list, stack_base, stack_limit, self, client, peb, context_stack, static_string,
        static_buffer, stack_allocation;
    uint16_t frame_list; /* of the activation context stack that follows context_stack */
} TebLayout;

static const TebLayout teb64 = {0, 8, 0x10, 0x30, 0x40, 0x60, 0x2c8, 0x1258, 0x1268, 0x1478, 0x290};
static const TebLayout teb32 = {0, 4, 8, 0x18, 0x20, 0x30, 0x1a8, 0xbf8, 0xc00, 0xe0c, 0x184};

static void put_at(Process *p, uint64_t at, uint64_t v, unsigned bytes) {
    uint8_t raw[8];
    for (unsigned i = 0; i < 8; i++) raw[i] = (uint8_t)(v >> 8 * i);
    guest_write(p, at, raw, bytes);
}

static void fill_teb(Thread *t, uint64_t at, const TebLayout *l, unsigned pointer, uint64_t peb) {
    enum { STATIC_ROOM = 522 };
    Process *p = t->process;
    put_at(p, at + l->list, pointer == 4 ? 0xffffffff : UINT64_MAX, pointer);
    put_at(p, at + l->stack_base, t->stack_base, pointer);
    put_at(p, at + l->stack_limit, t->stack_limit, pointer);
    put_at(p, at + l->self, at, pointer);
    put_at(p, at + l->client, p->id, pointer);
    put_at(p, at + l->client + pointer, t->id, pointer);
    put_at(p, at + l->peb, peb, pointer);
    put_at(p, at + l->context_stack, at + l->frame_list, pointer);
    uint64_t head = at + l->frame_list + pointer;
    put_at(p, head, head, pointer);
    put_at(p, head + pointer, head, pointer);
    put_at(p, at + l->static_string + 2, STATIC_ROOM, 2);
    put_at(p, at + l->static_string + pointer, at + l->static_buffer, pointer);
    put_at(p, at + l->stack_allocation, t->stack_allocation, pointer);
}

/* A 64-bit TEB, for WoW64 followed by the 32-bit one (its GdiBatchCount holds the other's address).
 */
static uint32_t make_teb(Thread *t) {
    enum {
        TEB_ROOM = 0x4000,
        TEB32_AT = 0x2000,
        WOW_OFFSET_AT64 = 0x180c,
        GATE_AT32 = 0xc0, /* WOW32Reserved: stubs of programs call the system through it */
        BATCH_AT32 = 0xf70,
        WOW_OFFSET_AT32 = 0xfdc
    };
    Process *p = t->process;
    uint64_t base = 0, size = TEB_ROOM;
    uint32_t status = vm_allocate(p->vm, &base, &size, VM_RESERVE | VM_COMMIT, VM_READWRITE, false,
                                  p->wow64 ? 0x7ffe0000 : 0);
    if (status) return status;
    t->teb = base;
    fill_teb(t, base, &teb64, 8, p->peb);
    if (!p->wow64) return STATUS_SUCCESS;
    t->teb32 = base + TEB32_AT;
    fill_teb(t, t->teb32, &teb32, 4, p->peb32);
    put_at(p, base, t->teb32, 8);
    put_at(p, base + WOW_OFFSET_AT64, TEB32_AT, 4);
    put_at(p, t->teb32 + GATE_AT32, GADGET_SYSCALL32, 4);
    put_at(p, t->teb32 + BATCH_AT32, base, 4);
    put_at(p, t->teb32 + WOW_OFFSET_AT32, (uint32_t)-TEB32_AT, 4);
    return STATUS_SUCCESS;
}

/* The whole stack is committed, as Wine's ntdll expects when it clears it before the program
 * starts. At its end lie guard pages, which are the room for handling an overflow, and below them
 * one that nobody may touch. */
static uint32_t make_stack(Thread *t, uint64_t reserve) {
    enum { LEAST = 0x100000, GUARDS = 4 * PAGE_SIZE };
    Process *p = t->process;
    uint64_t base = 0, size = reserve < LEAST ? LEAST : reserve;
    size = (size + VM_GRANULARITY - 1) & ~(uint64_t)(VM_GRANULARITY - 1);
    uint32_t old, status = vm_allocate(p->vm, &base, &size, VM_RESERVE | VM_COMMIT, VM_READWRITE,
                                       false, p->wow64 ? 0x7ffe0000 : 0);
    if (status) return status;
    t->stack_allocation = base;
    t->stack_base = base + size;
    t->stack_limit = base + PAGE_SIZE + GUARDS;
    uint64_t at = base, length = PAGE_SIZE;
    status = vm_protect(p->vm, &at, &length, VM_NOACCESS, &old);
    at = base + PAGE_SIZE;
    length = GUARDS;
    return status ? status : vm_protect(p->vm, &at, &length, VM_READWRITE | VM_GUARD, &old);
}

/* The room for handling the overflow is now part of the stack: handlers' frames there are valid. */
bool thread_stack_overflows(Thread *t, uint64_t address) {
    Process *p = t->process;
    uint64_t at = t->stack_allocation + PAGE_SIZE, length = t->stack_limit - at;
    uint32_t old;
    if (address < at || address >= t->stack_limit) return false;
    vm_protect(p->vm, &at, &length, VM_READWRITE, &old);
    if (p->wow64) put_at(p, t->teb32 + teb32.stack_limit, at, 4);
    else put_at(p, t->teb + teb64.stack_limit, at, 8);
    return true;
}

static void release(Process *p, uint64_t base) {
    uint64_t size = 0;
    if (base) vm_release(p->vm, &base, &size);
}

/* A thread's stack and its TEB go with it. */
static void release_memory(Thread *t) {
    if (!t->process->vm) return;
    release(t->process, t->stack_allocation);
    release(t->process, t->teb);
}

/* ---- first registers ---- */

enum { MXCSR_DEFAULT = 0x1f80, FPCW_DEFAULT = 0x27f };

static void clear_registers(Thread *t) {
    uint8_t fx[512] = {0};
    for (int r = REG_RAX; r <= REG_R15; r++) thread_set(t, (CpuReg)r, 0);
    fx[0] = FPCW_DEFAULT & 0xff;
    fx[1] = FPCW_DEFAULT >> 8;
    fx[24] = MXCSR_DEFAULT & 0xff;
    fx[25] = MXCSR_DEFAULT >> 8;
    cpu_set_fx(t->process->cpu, fx);
    thread_set(t, REG_RFLAGS, 0x202);
}

/* A new thread stands at RtlUserThreadStart with the routine and its argument: what others see and
 * change while it is suspended. */
static void set_start(Thread *t, const ThreadOptions *o) {
    Process *p = t->process;
    clear_registers(t);
    if (p->wow64) {
        thread_set(t, REG_RAX, o->start);
        thread_set(t, REG_RBX, o->argument);
        thread_set(t, REG_RSP, t->stack_base - 16);
    } else {
        thread_set(t, REG_RCX, o->start);
        thread_set(t, REG_RDX, o->argument);
        thread_set(t, REG_RSP, t->stack_base - 0x28);
    }
    cpu_jump(p->cpu, p->wow64 ? SEL_CODE32 : SEL_CODE64, p->entry_start);
    t->fresh = true;
}

/* It begins in LdrInitializeThunk, which continues the CONTEXT on the stack. */
static bool enter_loader(Thread *t) {
    enum { PARTS = CONTEXT_CONTROL | CONTEXT_INTEGER | CONTEXT_SEGMENTS | CONTEXT_FLOATING_POINT };
    Process *p = t->process;
    uint64_t context = p->wow64 ? (t->stack_base - 0x2cc - 0x40) & ~UINT64_C(15)
                                : (t->stack_base - 0x4d0 - 0x40) & ~UINT64_C(63);
    if (!context_store(t, p, context, PARTS)) return false;
    if (p->wow64) {
        thread_set(t, REG_RSP, context - 16);
        if (!guest_put_u32(p, context - 12, (uint32_t)context)) return false;
    } else {
        thread_set(t, REG_RSP, context - 8);
        thread_set(t, REG_RCX, context);
    }
    cpu_jump(p->cpu, p->wow64 ? SEL_CODE32 : SEL_CODE64, p->entry_initialize);
    return true;
}

bool thread_begin(Thread *t) {
    if (!t->fresh) return true;
    t->fresh = false;
    if (enter_loader(t)) return true;
    thread_terminate(t, STATUS_NO_MEMORY);
    return false;
}

/* ---- life ---- */

static void append(Thread *t) {
    Thread **link = &t->process->threads;
    while (*link) link = &(*link)->next;
    *link = t;
    link = &t->process->machine->threads;
    while (*link) link = &(*link)->run_next;
    *link = t;
}

static uint32_t populate(Thread *t, const ThreadOptions *o) {
    Process *p = t->process;
    uint64_t reserve = o->stack_reserve ? o->stack_reserve : p->image->stack_reserve;
    uint32_t status = make_stack(t, reserve);
    if (!status) status = make_teb(t);
    if (status) return status;
    unload(p->machine);
    cpu_begin_anew(p->cpu);
    t->registers = cpu_state_new(p->cpu);
    if (!t->registers) return STATUS_NO_MEMORY;
    set_start(t, o);
    return STATUS_SUCCESS;
}

static uint32_t no_more(Process *p, uint32_t status) {
    enum { MANY = 256 };
    if (p->thread_count >= MANY) flood_tell(p->machine, FLOOD_THREADS, p->thread_count);
    return status;
}

uint32_t thread_create(Process *p, const ThreadOptions *o, Thread **out) {
    enum { MOST_THREADS = 1024 };
    if (p->ending) return STATUS_PROCESS_IS_TERMINATING;
    if (p->thread_count >= MOST_THREADS) return no_more(p, STATUS_INSUFFICIENT_RESOURCES);
    Thread *t = object_new(p->machine, &thread_type, sizeof *t);
    if (!t) return STATUS_NO_MEMORY;
    object_hold(&p->object);
    t->process = p;
    t->id = machine_new_id(p->machine);
    t->suspended = o->suspended;
    t->start_address = o->start;
    t->start_argument = o->argument;
    t->create_time = machine_filetime(p->machine);
    uint32_t status = populate(t, o);
    if (status) {
        if (p->machine->loaded == t) p->machine->loaded = NULL;
        release_memory(t);
        cpu_state_free(t->registers);
        object_drop(&t->object);
        return no_more(p, status);
    }
    append(t);
    p->thread_count++;
    if (!p->counted) p->machine->process_count++;
    p->counted = true;
    object_hold(&t->object);
    debug_thread_started(t);
    *out = t;
    return STATUS_SUCCESS;
}

void thread_forget_wait(Thread *t) {
    for (unsigned i = 0; i < t->wait.count; i++) object_drop(t->wait.objects[i]);
    t->wait = (Wait){0};
}

void thread_wake(Thread *t, uint64_t result) {
    thread_forget_wait(t);
    t->state = THREAD_READY;
    if (!callback_woken(t, result)) thread_set(t, REG_RAX, result);
}

static void unlink_thread(Thread *t) {
    Thread **link = &t->process->threads;
    while (*link && *link != t) link = &(*link)->next;
    if (*link) *link = t->next;
    link = &t->process->machine->threads;
    while (*link && *link != t) link = &(*link)->run_next;
    if (*link) *link = t->run_next;
}

/* A process ends with its last thread; one of the world's has others that we do not see. */
static void last_thread_ended(Process *p, uint32_t code) {
    if (!p->outside) {
        process_terminate(p, code);
        return;
    }
    p->counted = false;
    if (--p->machine->process_count == 0) machine_last_process_ended(p->machine);
}

void thread_terminate(Thread *t, uint32_t code) {
    if (t->state == THREAD_DEAD) return;
    Process *p = t->process;
    Machine *m = p->machine;
    if (t->state == THREAD_WAITING && t->wait.abandon) t->wait.abandon(t, t->wait.context);
    thread_forget_wait(t);
    trace_thread_ended(t);
    t->state = THREAD_DEAD;
    t->exit_code = code;
    t->exit_time = machine_filetime(m);
    debug_thread_ended(t);
    io_thread_ended(t);
    sync_thread_ended(t);
    if (m->loaded == t) m->loaded = NULL;
    user_thread_ended(t);
    callback_drop_all(t);
    cpu_state_free(t->registers);
    t->registers = NULL;
    if (m->last_run == t) m->last_run = NULL;
    release_memory(t);
    unlink_thread(t);
    p->thread_count--;
    m->changed = true;
    if (!p->threads && !p->ending) last_thread_ended(p, code);
    object_drop(&t->object);
}

bool apc_queue(Thread *t, uint64_t routine, uint64_t a, uint64_t b, uint64_t c) {
    enum { MOST = 10000 };
    Apc **link = &t->apcs;
    size_t queued = 0;
    for (; *link; link = &(*link)->next) queued++;
    Apc *apc = t->state == THREAD_DEAD || queued == MOST ? NULL : calloc(1, sizeof *apc);
    if (!apc) return false;
    *apc = (Apc){.routine = routine, .argument = {a, b, c}};
    *link = apc;
    t->process->machine->changed = true;
    return true;
}
