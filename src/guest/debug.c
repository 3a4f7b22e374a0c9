#include "guest/debug.h"
#include "guest/ask.h"
#include "guest/process.h"
#include "guest/target.h"
#include <stdlib.h>

/* DBG_STATE */
typedef enum {
    NEW_THREAD = 2,
    NEW_PROCESS = 3,
    EXIT_THREAD = 4,
    EXIT_PROCESS = 5,
    EXCEPTION = 6,
    AT_BREAKPOINT = 7,
    SINGLE_STEP = 8,
    LOAD_DLL = 9,
    UNLOAD_DLL = 10,
} State;

typedef struct Told Told;
struct Told {
    Told *next;
    Process *process; /* references are held */
    Thread *thread;
    State state;
    uint64_t value; /* start, base or exit code */
    ExceptionRecord record;
    bool first_chance, taken;
};

struct DebugObject {
    Object object;
    Told *events; /* in order */
    bool kill_on_close;
};

/* ---- objects ---- */

static DebugObject *debugger_of(const Process *p) {
    return (DebugObject *)p->debugger;
}

static bool object_signaled(Object *o, Thread *t) {
    (void)t;
    for (const Told *e = ((DebugObject *)o)->events; e; e = e->next)
        if (!e->taken) return true;
    return false;
}

static void drop_event(DebugObject *o, Told *e) {
    Told **link = &o->events;
    while (*link != e) link = &(*link)->next;
    *link = e->next;
    if (!--e->process->debug_stops) e->process->machine->changed = true;
    object_drop(&e->thread->object);
    object_drop(&e->process->object);
    free(e);
}

static void let_go(DebugObject *o, Process *p) {
    for (Told *e = o->events, *next; e; e = next) {
        next = e->next;
        if (e->process == p) drop_event(o, e);
    }
    process_tell_debugged(p, false, false);
    p->debugger = NULL;
    object_drop(&o->object);
}

/* Nobody can take events any more. */
static void object_closed(Object *object, Process *by) {
    DebugObject *o = (DebugObject *)object;
    (void)by;
    if (object->handles) return;
    object_hold(object);
    for (Process *p = object->machine->processes, *next; p; p = next) {
        next = p->next;
        if (p->debugger != object) continue;
        object_hold(&p->object);
        let_go(o, p);
        if (o->kill_on_close) process_terminate(p, STATUS_DEBUGGER_INACTIVE);
        next = p->next;
        object_drop(&p->object);
    }
    object_drop(object);
}

static void object_destroy(Object *object) {
    DebugObject *o = (DebugObject *)object;
    while (o->events) drop_event(o, o->events);
}

const ObjectType debug_object_type = {.name = "DebugObject",
                                      .signaled = object_signaled,
                                      .closed = object_closed,
                                      .destroy = object_destroy};

DebugObject *debug_object_new(Machine *m, bool kill_on_close) {
    DebugObject *o = object_new(m, &debug_object_type, sizeof *o);
    if (o) o->kill_on_close = kill_on_close;
    return o;
}

Object *debug_object(DebugObject *o) {
    return &o->object;
}

void debug_object_keep(DebugObject *o, bool kill_on_close) {
    o->kill_on_close = kill_on_close;
}

bool debug_is_debugged(const Process *p) {
    return p->debugger || (!p->outside && ask_bool(p->machine, FACT_debugger));
}

Object *debug_object_of(Process *p) {
    if (p->debugger) {
        object_hold(p->debugger);
        return p->debugger;
    }
    return debug_is_debugged(p) ? (Object *)debug_object_new(p->machine, false) : NULL;
}

/* ---- what happens ---- */

static Told *post(Process *p, Thread *t, State state, uint64_t value) {
    DebugObject *o = debugger_of(p);
    Told **link = &o->events, *e = calloc(1, sizeof *e);
    if (!e) return NULL;
    *e = (Told){.process = p, .thread = t, .state = state, .value = value};
    object_hold(&p->object);
    object_hold(&t->object);
    while (*link) link = &(*link)->next;
    *link = e;
    p->debug_stops++;
    p->machine->changed = true;
    return e;
}

/* The thread that an event of the process is told of. */
static Thread *speaker(Process *p) {
    Thread *t = p->machine->current;
    return t && t->process == p ? t : p->threads;
}

uint32_t debug_attach(DebugObject *o, Process *p, bool starting) {
    if (p->ending) return STATUS_PROCESS_IS_TERMINATING;
    if (debug_is_debugged(p)) return STATUS_PORT_ALREADY_SET;
    p->debugger = &o->object;
    object_hold(p->debugger);
    process_tell_debugged(p, true, starting);
    if (!p->threads) return STATUS_SUCCESS; /* of one that was there before us */
    post(p, p->threads, NEW_PROCESS, p->image_base);
    for (Thread *t = p->threads->next; t; t = t->next) post(p, t, NEW_THREAD, t->start_address);
    for (size_t i = 0; i < p->module_count; i++)
        if (p->modules[i].base != p->image_base) post(p, p->threads, LOAD_DLL, p->modules[i].base);
    return STATUS_SUCCESS;
}

uint32_t debug_detach(DebugObject *o, Process *p) {
    if (p->debugger != &o->object) return STATUS_PORT_NOT_SET;
    let_go(o, p);
    return STATUS_SUCCESS;
}

void debug_thread_started(Thread *t) {
    if (t->process->debugger) post(t->process, t, NEW_THREAD, t->start_address);
}

/* With its last thread a process ends. */
void debug_thread_ended(Thread *t) {
    Process *p = t->process;
    if (!p->debugger || p->ending) return;
    post(p, t, p->threads == t && !t->next ? EXIT_PROCESS : EXIT_THREAD, t->exit_code);
}

void debug_process_ended(Process *p) {
    Thread *t = p->threads;
    if (!p->debugger || !t) return;
    for (Told *e = debugger_of(p)->events, *next; e; e = next) {
        next = e->next;
        if (e->process == p && !e->taken) drop_event(debugger_of(p), e);
    }
    post(p, t, EXIT_PROCESS, p->exit_code);
}

void debug_image_mapped(Process *p, uint64_t base) {
    if (p->debugger && p->threads) post(p, speaker(p), LOAD_DLL, base);
}

void debug_image_unmapped(Process *p, uint64_t base) {
    if (p->debugger && p->threads) post(p, speaker(p), UNLOAD_DLL, base);
}

/* INT3 is a trap: the debugger sees the instruction behind it, the program's handlers see the
 * instruction itself. */
static void step_behind(Thread *t, const ExceptionRecord *r, bool behind) {
    if (r->code != STATUS_BREAKPOINT) return;
    if (thread_get(t, REG_RIP) == r->address + !behind) thread_set(t, REG_RIP, r->address + behind);
}

bool debug_exception(Thread *t, const ExceptionRecord *r, bool first_chance) {
    if (!t->process->debugger || t->hidden_from_debugger) return false;
    State state = r->code == STATUS_BREAKPOINT    ? AT_BREAKPOINT
                  : r->code == STATUS_SINGLE_STEP ? SINGLE_STEP
                                                  : EXCEPTION;
    Told *e = post(t->process, t, state, 0);
    if (!e) return false;
    e->record = *r;
    e->first_chance = first_chance;
    step_behind(t, r, true);
    return true;
}

/* ---- telling ---- */

static void put_handle(Fields *f, Process *by, Object *o, uint32_t access) {
    put_pointer(f, handle_new(by, o, access, false));
}

static void put_exception(Fields *f, Process *by, const Told *e) {
    uint64_t at = exception_write(by, f->base + fields_used(f), &e->record);
    guest_put_u32(by, at, e->first_chance);
}

/* DBGKM_CREATE_THREAD */
static void put_start(Fields *f, uint64_t start) {
    put_u32(f, 0);
    put_pointer(f, start);
}

static void put_new_process(Fields *f, Process *by, const Told *e) {
    put_handle(f, by, &e->process->object, TARGET_ALL);
    put_handle(f, by, &e->thread->object, TARGET_ALL);
    put_u32(f, 0);
    put_pointer(f, 0); /* its file: nobody opened it */
    put_pointer(f, e->value);
    put_u32(f, 0);
    put_u32(f, 0);
    put_start(f, e->thread->start_address);
}

static void put_dll(Fields *f, uint64_t base) {
    put_pointer(f, 0);
    put_pointer(f, base);
    put_u32(f, 0);
    put_u32(f, 0);
    put_pointer(f, 0);
}

static bool put_event(Process *by, uint64_t address, const Told *e) {
    Fields f = fields(by, address);
    put_u32(&f, e->state);
    put_pointer(&f, e->process->id);
    put_pointer(&f, e->thread->id);
    switch (e->state) {
    case NEW_PROCESS: put_new_process(&f, by, e); break;
    case NEW_THREAD:
        put_handle(&f, by, &e->thread->object, TARGET_ALL);
        put_start(&f, e->value);
        break;
    case EXIT_THREAD:
    case EXIT_PROCESS: put_u32(&f, (uint32_t)e->value); break;
    case LOAD_DLL: put_dll(&f, e->value); break;
    case UNLOAD_DLL: put_pointer(&f, e->value); break;
    case EXCEPTION:
    case AT_BREAKPOINT:
    case SINGLE_STEP: put_exception(&f, by, e); break;
    }
    return !f.bad;
}

static bool waits_for_answer(const DebugObject *o, const Process *p) {
    for (const Told *e = o->events; e; e = e->next)
        if (e->process == p && e->taken) return true;
    return false;
}

bool debug_take(DebugObject *o, Process *by, uint64_t address) {
    for (Told *e = o->events; e; e = e->next) {
        if (e->taken || waits_for_answer(o, e->process)) continue;
        e->taken = put_event(by, address, e);
        return e->taken;
    }
    return false;
}

static void answer(const Told *e, uint32_t status) {
    enum { DBG_EXCEPTION_NOT_HANDLED = 0x80010001 };
    bool asked = e->state == EXCEPTION || e->state == AT_BREAKPOINT || e->state == SINGLE_STEP;
    if (!asked || status != (uint32_t)DBG_EXCEPTION_NOT_HANDLED || e->process->ending) return;
    step_behind(e->thread, &e->record, false);
    exception_answered(e->thread, &e->record, e->first_chance);
}

uint32_t debug_continue(DebugObject *o, uint64_t process, uint64_t thread, uint32_t status) {
    for (Told *e = o->events; e; e = e->next) {
        if (!e->taken || e->process->id != process || e->thread->id != thread) continue;
        object_hold(&o->object);
        answer(e, status);
        drop_event(o, e);
        object_drop(&o->object);
        return STATUS_SUCCESS;
    }
    return STATUS_INVALID_PARAMETER;
}
