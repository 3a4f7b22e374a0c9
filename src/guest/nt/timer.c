/* Timers (NtCreateTimer and its family). */
#include "guest/nt/sync.h"
#include "guest/sched.h"
#include "guest/thread.h"

typedef struct Timer Timer;
struct Timer {
    Object object;
    Timer *next; /* all timers of the machine */
    bool manual, set;
    uint64_t due, period; /* ns; NEVER: not running */
    Thread *thread;       /* gets the APC; a reference is held */
    uint64_t routine, context;
};

static bool timer_signaled(Object *o, Thread *t) {
    (void)t;
    return ((Timer *)o)->set;
}

static uint32_t timer_acquire(Object *o, Thread *t) {
    (void)t;
    Timer *x = (Timer *)o;
    if (!x->manual) x->set = false;
    return STATUS_SUCCESS;
}

static void timer_stop(Timer *x) {
    x->due = NEVER;
    if (x->thread) object_drop(&x->thread->object);
    x->thread = NULL;
}

static void timer_destroy(Object *o) {
    Timer *x = (Timer *)o, **link = (Timer **)&o->machine->timers;
    timer_stop(x);
    while (*link && *link != x) link = &(*link)->next;
    if (*link) *link = x->next;
}

static const ObjectType timer_type = {.name = "Timer",
                                      .signaled = timer_signaled,
                                      .acquire = timer_acquire,
                                      .destroy = timer_destroy};

uint64_t timers_next(const Machine *m) {
    uint64_t next = NEVER;
    for (Timer *x = (Timer *)m->timers; x; x = x->next)
        if (x->due < next) next = x->due;
    return next;
}

static void timer_fire(Machine *m, Timer *x) {
    x->set = true;
    if (x->thread && x->routine) {
        uint64_t time = machine_filetime(m);
        apc_queue(x->thread, x->routine, x->context, (uint32_t)time, time >> 32);
    }
    if (x->period) x->due += x->period;
    else timer_stop(x);
}

void timers_expire(Machine *m) {
    uint64_t now = machine_now(m);
    for (Timer *x = (Timer *)m->timers; x; x = x->next)
        while (x->due <= now) timer_fire(m, x);
}

static uint64_t nt_create_timer(Sys *s) {
    enum { NOTIFICATION };
    ObjectAttributes a;
    Object *o;
    if ((uint32_t)s->arg[3] > 1) return STATUS_INVALID_PARAMETER;
    uint32_t status = sync_create(s, &timer_type, sizeof(Timer), &a, &o);
    if (NT_ERROR(status)) return status;
    Timer *x = (Timer *)o;
    if (status == STATUS_SUCCESS) {
        x->manual = (uint32_t)s->arg[3] == NOTIFICATION;
        x->due = NEVER;
        x->next = (Timer *)s->machine->timers;
        s->machine->timers = o;
    }
    return sync_hand_out(s, status, o, &a);
}

static uint64_t nt_open_timer(Sys *s) {
    return sync_open(s, &timer_type);
}

/* handle, due time, routine, context, resume, period in ms, previous state */
static uint64_t nt_set_timer(Sys *s) {
    Timer *x;
    uint64_t due;
    uint32_t status = sync_object(s, &timer_type, MODIFY_STATE, (Object **)&x);
    if (status) return status;
    if (!guest_get_u64(s->process, s->arg[1], &due)) return STATUS_ACCESS_VIOLATION;
    if (s->arg[6]) guest_put_u32(s->process, s->arg[6], x->set);
    timer_stop(x);
    x->set = false;
    x->due = machine_deadline(s->machine, (int64_t)due);
    x->period = (uint64_t)(uint32_t)s->arg[5] * 1000000;
    x->routine = s->arg[2];
    x->context = s->arg[3];
    if (x->routine) object_hold(&(x->thread = s->thread)->object);
    s->machine->changed = true;
    return STATUS_SUCCESS;
}

static uint64_t nt_cancel_timer(Sys *s) {
    Timer *x;
    uint32_t status = sync_object(s, &timer_type, MODIFY_STATE, (Object **)&x);
    if (status) return status;
    if (s->arg[1]) guest_put_u32(s->process, s->arg[1], x->set);
    timer_stop(x);
    return STATUS_SUCCESS;
}

static uint64_t nt_query_timer(Sys *s) {
    Timer *x;
    uint32_t status = handle_object(s->process, s->arg[0], &timer_type, (Object **)&x);
    if (status) return status;
    if (s->arg[1]) return STATUS_INVALID_INFO_CLASS;
    if (s->arg[3] < 16) return STATUS_INFO_LENGTH_MISMATCH;
    uint64_t now = machine_now(s->machine);
    Fields f = fields(s->process, s->arg[2]);
    put_u64(&f, x->due == NEVER ? 0 : (x->due - now) / 100);
    put_u8(&f, x->set);
    if (s->arg[4]) guest_put_u32(s->process, s->arg[4], 16);
    return f.bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

const SysRow nt_timer_rows[] = {
    {"NtCreateTimer", 4, nt_create_timer}, {"NtOpenTimer", 3, nt_open_timer},
    {"NtSetTimer", 7, nt_set_timer},       {"NtCancelTimer", 2, nt_cancel_timer},
    {"NtQueryTimer", 5, nt_query_timer},   {NULL, 0, NULL},
};
