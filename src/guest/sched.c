#include "guest/sched.h"
#include "guest/callback.h"
#include "guest/delay.h"
#include "guest/device/socket.h"
#include "guest/exception.h"
#include "guest/export/export.h"
#include "guest/file.h"
#include "guest/process.h"
#include "guest/service/task.h"
#include "guest/sys.h"
#include "guest/trace.h"
#include "guest/unixcall.h"

/* A thread runs at most this long before others have their turn: 50,000 blocks are 0.2 ms of the
 * machine's time. */
enum { SLICE_BLOCKS = 50000 };

/* ---- waits ---- */

static bool object_ready(Object *o, Thread *t) {
    return !o->type->signaled || o->type->signaled(o, t);
}

static uint64_t acquire(Object *o, Thread *t) {
    return o->type->acquire ? o->type->acquire(o, t) : STATUS_SUCCESS;
}

static bool wait_all_ready(Thread *t, const Wait *w, uint64_t *result) {
    for (unsigned i = 0; i < w->count; i++)
        if (!object_ready(w->objects[i], t)) return false;
    *result = STATUS_SUCCESS;
    for (unsigned i = 0; i < w->count; i++)
        if (acquire(w->objects[i], t) == STATUS_ABANDONED_WAIT_0) *result = STATUS_ABANDONED_WAIT_0;
    return true;
}

static bool wait_any_ready(Thread *t, const Wait *w, uint64_t *result) {
    for (unsigned i = 0; i < w->count; i++) {
        if (!object_ready(w->objects[i], t)) continue;
        *result = acquire(w->objects[i], t) + i;
        return true;
    }
    return false;
}

static bool wait_ready(Thread *t, const Wait *w, uint64_t *result) {
    if (w->poll) return w->poll(t, w->context, result);
    if (!w->count) return false;
    return w->all ? wait_all_ready(t, w, result) : wait_any_ready(t, w, result);
}

static uint64_t timeout_status(const Wait *w) {
    return w->completes ? STATUS_SUCCESS : STATUS_TIMEOUT;
}

static void abandon(Thread *t) {
    if (t->wait.abandon) t->wait.abandon(t, t->wait.context);
}

/* Looks whether the thread's wait is over; true where it is. */
/* Was it a timer that the wait ended for? */
static bool is_timer(const Wait *w, uint64_t result) {
    return !w->all && result < w->count && strcmp(w->objects[result]->type->name, "Timer") == 0;
}

static bool settle(Thread *t) {
    Machine *m = t->process->machine;
    uint64_t result;
    if (t->wait.alertable && t->apcs) {
        abandon(t);
        thread_forget_wait(t);
        t->state = THREAD_READY;
        if (!callback_woken(t, STATUS_USER_APC)) exception_run_apc(t, STATUS_USER_APC);
    } else if (t->wait.alertable && t->alerted) {
        t->alerted = false;
        abandon(t);
        thread_wake(t, STATUS_ALERTED);
    } else if (wait_ready(t, &t->wait, &result)) {
        if (is_timer(&t->wait, result)) trace_timer_came(t);
        thread_wake(t, result);
    } else if (t->wait.deadline <= machine_now(m)) {
        uint64_t status = timeout_status(&t->wait);
        trace_waited(t);
        abandon(t);
        thread_wake(t, status);
    } else {
        return false;
    }
    return true;
}

bool sched_wait(Thread *t, const Wait *wait, uint64_t *result) {
    Machine *m = t->process->machine;
    if (wait->alertable && t->alerted) {
        t->alerted = false;
        *result = STATUS_ALERTED;
        return true;
    }
    if (!(wait->alertable && t->apcs) && wait_ready(t, wait, result)) return true;
    if (wait->deadline == 0 && !(wait->alertable && t->apcs)) {
        *result = timeout_status(wait);
        return true;
    }
    t->wait = *wait;
    t->wait.started = machine_now(m);
    for (unsigned i = 0; i < wait->count; i++) object_hold(wait->objects[i]);
    t->wait_order = ++m->wait_order;
    t->state = THREAD_WAITING;
    m->changed = true;
    return false;
}

/* The waiting thread that has waited longest among those behind `after`. */
static Thread *next_waiting(Machine *m, uint64_t after) {
    Thread *best = NULL;
    for (Thread *t = m->threads; t; t = t->run_next)
        if (t->state == THREAD_WAITING && t->wait_order > after &&
            (!best || t->wait_order < best->wait_order))
            best = t;
    return best;
}

void sched_settle(Machine *m) {
    m->changed = false;
    timers_expire(m);
    tasks_advance(m);
    sockets_advance(m);
    io_poll(m);
    uint64_t after = 0;
    for (Thread *t; (t = next_waiting(m, after)); after = t->wait_order) {
        uint64_t order = t->wait_order;
        settle(t);
        t->wait_order = order;
    }
}

static uint64_t next_deadline(Machine *m) {
    uint64_t next = timers_next(m), io = io_deadline(m);
    if (io < next) next = io;
    if (sockets_next(m) < next) next = sockets_next(m);
    if (tasks_next(m) < next) next = tasks_next(m);
    for (Thread *t = m->threads; t; t = t->run_next)
        if (t->state == THREAD_WAITING && !t->suspended && t->wait.deadline < next)
            next = t->wait.deadline;
    return next;
}

/* Nobody can run: the clock jumps to the next moment at which something happens. */
static void jump(Machine *m) {
    uint64_t next = next_deadline(m), limit = (uint64_t)m->config->budget.time;
    if (next == NEVER && m->first && m->first->ended) {
        machine_last_process_ended(m); /* children that wait for ever do not change its end */
    } else if (next == NEVER) {
        machine_end(m, "deadlock: every thread waits, and nothing will wake one");
    } else if (next > limit) {
        m->clock = limit;
        machine_end_budget(m, "time");
    } else {
        if (next > m->clock) m->clock = next;
        shared_data_tick(m);
    }
}

/* ---- running ---- */

static void handle_interrupt(Thread *t, const CpuExit *e) {
    enum { SYSTEM_CALL = 0x2e };
    if (e->vector != SYSTEM_CALL) {
        exception_from_cpu(t, e);
        return;
    }
    uint64_t rip = thread_get(t, REG_RIP) - 2;
    if (rip == GADGET_UNIX || rip == GADGET_UNIX32) unixcall(t);
    else sys_call(t, (uint32_t)thread_get(t, REG_RAX));
}

static void handle_exit(Machine *m, Thread *t, const CpuExit *e) {
    switch (e->kind) {
    case CPU_SYSCALL: sys_call(t, (uint32_t)thread_get(t, REG_RAX)); break;
    case CPU_INTERRUPT: handle_interrupt(t, e); break;
    case CPU_FAULT:
        if (m->ram.used + 1 >= m->ram.ram_count) machine_end_budget(m, "memory");
        else exception_from_cpu(t, e);
        break;
    case CPU_EXCEPTION: exception_from_cpu(t, e); break;
    case CPU_WATCH:
        trace_reached(t);
        export_reached(t);
        break;
    case CPU_PREEMPT: break;
    case CPU_BROKEN: machine_end(m, "the CPU engine failed (%u)", e->error); break;
    }
}

static uint64_t slice_blocks(const Machine *m) {
    uint64_t left = m->config->budget.blocks - m->blocks;
    return left < SLICE_BLOCKS ? left : SLICE_BLOCKS;
}

static uint64_t account(Machine *m, Thread *t) {
    uint64_t ran = cpu_blocks(m->running) - m->running_from;
    m->clock = machine_now(m);
    m->blocks += ran;
    t->blocks += ran;
    m->running = NULL;
    return ran;
}

static bool can_run(const Thread *t) {
    return t->state == THREAD_READY && !t->suspended && !t->process->debug_stops;
}

static void run_slice(Machine *m, Thread *t) {
    Process *p = t->process;
    uint64_t end;
    object_hold(&t->object);
    m->current = m->last_run = t;
    thread_enter(t);
    m->running = p->cpu;
    m->running_from = cpu_blocks(p->cpu);
    thread_begin(t);
    end = m->running_from + slice_blocks(m);
    m->yielded = false;
    while (can_run(t) && !m->ended && !m->dissolve && !m->yielded && cpu_blocks(p->cpu) < end) {
        CpuExit e;
        thread_enter(t);
        if (callback_continue(t)) continue;
        cpu_run(p->cpu, end - cpu_blocks(p->cpu), &e);
        handle_exit(m, t, &e);
        if (e.kind == CPU_PREEMPT) break;
    }
    delay_slice_ended(t, account(m, t));
    m->current = NULL;
    if (m->dissolve) process_dissolve(m->dissolve);
    m->dissolve = NULL;
    object_drop(&t->object);
    shared_data_tick(m);
}

/* Round robin, in order of creation. */
static Thread *pick(Machine *m) {
    Thread *from = m->last_run ? m->last_run->run_next : m->threads;
    for (Thread *t = from; t; t = t->run_next)
        if (can_run(t)) return t;
    for (Thread *t = m->threads; t && t != from; t = t->run_next)
        if (can_run(t)) return t;
    return NULL;
}

static void tell_progress(Machine *m) {
    const GuestConfig *c = m->config;
    GuestProgress now = {
        .time = (Time)machine_now(m), .processes = m->process_count, .calls = m->calls};
    if (c->progress) c->progress(c->progress_context, &now);
}

void sched_run(Machine *m) {
    while (!m->ended) {
        tell_progress(m);
        sched_settle(m);
        Thread *t = pick(m);
        if (t) run_slice(m, t);
        else if (!m->ended && !m->changed) jump(m);
        if (m->blocks >= m->config->budget.blocks) machine_end_budget(m, "blocks");
        if (machine_now(m) > (uint64_t)m->config->budget.time) machine_end_budget(m, "time");
    }
}
