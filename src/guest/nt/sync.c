/* Synchronisation: events, mutexes, semaphores. */
#include "guest/nt/sync.h"
#include "guest/sched.h"
#include "guest/trace.h"
#include <strings.h>

/* ---- events ---- */

typedef struct {
    Object object;
    bool manual, set;
} EventObject;

static bool event_signaled(Object *o, Thread *t) {
    (void)t;
    return ((EventObject *)o)->set;
}

static uint32_t event_acquire(Object *o, Thread *t) {
    (void)t;
    EventObject *e = (EventObject *)o;
    if (!e->manual) e->set = false;
    return STATUS_SUCCESS;
}

static const ObjectType event_type = {
    .name = "Event", .signaled = event_signaled, .acquire = event_acquire};

/* A service of this file to others: signals an event that a request named. */
void event_set_object(Object *o, bool set) {
    if (!o || o->type != &event_type) return;
    ((EventObject *)o)->set = set;
    o->machine->changed = true;
}

Object *event_new(Machine *m) {
    EventObject *e = object_new(m, &event_type, sizeof *e);
    if (!e) return NULL;
    e->manual = true;
    return &e->object;
}

uint32_t event_of_handle(Process *p, uint64_t handle, Object **out) {
    return handle_object(p, handle, &event_type, out);
}

static uint32_t map_access(uint32_t access) {
    enum { MAXIMUM_ALLOWED = 0x02000000, GENERIC_ALL = 0x10000000, GENERIC_WRITE = 0x40000000 };
    const uint32_t generic_read = 0x80000000;
    if (access & (MAXIMUM_ALLOWED | GENERIC_ALL))
        access |= STANDARD_ALL | QUERY_STATE | MODIFY_STATE;
    if (access & GENERIC_WRITE) access |= STANDARD_READ | MODIFY_STATE;
    if (access & generic_read) access |= STANDARD_READ | QUERY_STATE;
    return access;
}

uint32_t sync_object(Sys *s, const ObjectType *type, uint32_t right, Object **out) {
    uint32_t status = handle_object(s->process, s->arg[0], type, out);
    if (status) return status;
    return handle_entry(s->process, s->arg[0])->access & right ? STATUS_SUCCESS
                                                               : STATUS_ACCESS_DENIED;
}

uint64_t sync_hand_out(Sys *s, uint32_t created, Object *o, const ObjectAttributes *a) {
    uint32_t status =
        sys_return_handle(s, s->arg[0], o, map_access((uint32_t)s->arg[1]), a->attributes);
    return status ? status : created;
}

uint64_t sync_open(Sys *s, const ObjectType *type) {
    ObjectAttributes a;
    Object *o;
    uint32_t status = sys_object_attributes(s, s->arg[2], &a);
    if (!status) status = sys_open_named(s, &a, type, &o);
    return status
               ? status
               : sys_return_handle(s, s->arg[0], o, map_access((uint32_t)s->arg[1]), a.attributes);
}

uint32_t sync_create(Sys *s, const ObjectType *type, size_t size, ObjectAttributes *a, Object **o) {
    uint32_t status = sys_object_attributes(s, s->arg[2], a);
    return status ? status : sys_create_named(s, a, type, size, o);
}

static uint64_t nt_create_event(Sys *s) {
    enum { NOTIFICATION };
    ObjectAttributes a;
    Object *o;
    if ((uint32_t)s->arg[3] > 1) return STATUS_INVALID_PARAMETER;
    uint32_t status = sync_create(s, &event_type, sizeof(EventObject), &a, &o);
    if (NT_ERROR(status)) return status;
    EventObject *e = (EventObject *)o;
    if (status == STATUS_SUCCESS) {
        e->manual = (uint32_t)s->arg[3] == NOTIFICATION;
        e->set = (uint8_t)s->arg[4];
    }
    return sync_hand_out(s, status, o, &a);
}

static uint64_t nt_open_event(Sys *s) {
    return sync_open(s, &event_type);
}

static uint64_t change_event(Sys *s, bool set) {
    EventObject *e;
    uint32_t status = sync_object(s, &event_type, MODIFY_STATE, (Object **)&e);
    if (status) return status;
    if (s->arg[1]) guest_put_u32(s->process, s->arg[1], e->set);
    e->set = set;
    s->machine->changed = true;
    return STATUS_SUCCESS;
}

static uint64_t nt_set_event(Sys *s) {
    return change_event(s, true);
}
static uint64_t nt_reset_event(Sys *s) {
    return change_event(s, false);
}
static uint64_t nt_clear_event(Sys *s) {
    s->arg[1] = 0;
    return change_event(s, false);
}

/* Wakes whoever waits now: all of a manual event's, one of an automatic one's. */
static uint64_t nt_pulse_event(Sys *s) {
    EventObject *e;
    uint32_t status = sync_object(s, &event_type, MODIFY_STATE, (Object **)&e);
    if (status) return status;
    if (s->arg[1]) guest_put_u32(s->process, s->arg[1], e->set);
    e->set = true;
    sched_settle(s->machine);
    e->set = false;
    return STATUS_SUCCESS;
}

static uint64_t nt_query_event(Sys *s) {
    EventObject *e;
    uint32_t status = sync_object(s, &event_type, QUERY_STATE, (Object **)&e);
    if (status) return status;
    if (s->arg[1]) return STATUS_INVALID_INFO_CLASS;
    if (s->arg[3] != 8) return STATUS_INFO_LENGTH_MISMATCH;
    Fields f = fields(s->process, s->arg[2]);
    put_u32(&f, e->manual ? 0 : 1);
    put_u32(&f, e->set);
    if (s->arg[4]) guest_put_u32(s->process, s->arg[4], 8);
    return f.bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

/* ---- mutexes ---- */

typedef struct Mutant Mutant;
struct Mutant {
    Object object;
    Mutant *next;  /* all mutexes of the machine */
    Thread *owner; /* no reference: sync_thread_ended clears it */
    uint32_t count;
    bool abandoned;
};

static bool mutant_signaled(Object *o, Thread *t) {
    Mutant *m = (Mutant *)o;
    return !m->count || m->owner == t;
}

static uint32_t mutant_acquire(Object *o, Thread *t) {
    Mutant *m = (Mutant *)o;
    bool abandoned = m->abandoned;
    m->abandoned = false;
    if (!m->count++) m->owner = t;
    return abandoned ? STATUS_ABANDONED_WAIT_0 : STATUS_SUCCESS;
}

static void mutant_destroy(Object *o) {
    Mutant **link = (Mutant **)&o->machine->mutants;
    while (*link && *link != (Mutant *)o) link = &(*link)->next;
    if (*link) *link = (*link)->next;
}

static const ObjectType mutant_type = {.name = "Mutant",
                                       .signaled = mutant_signaled,
                                       .acquire = mutant_acquire,
                                       .destroy = mutant_destroy};

static void mutant_start(Sys *s, Mutant *m, bool owned) {
    m->next = (Mutant *)s->machine->mutants;
    s->machine->mutants = &m->object;
    if (owned) mutant_acquire(&m->object, s->thread);
}

/* ---- objects that the world's other programs keep ---- */

static const char *kept_path(Arena *a, const char *name) {
    static const char global[] = "Global\\", local[] = "Local\\";
    if (!strncasecmp(name, global, sizeof global - 1))
        return arena_printf(a, "\\BaseNamedObjects\\%s", name + sizeof global - 1);
    if (!strncasecmp(name, local, sizeof local - 1)) name += sizeof local - 1;
    return arena_printf(a, "\\Sessions\\1\\BaseNamedObjects\\%s", name);
}

static Object *keep(Machine *m, const WorldItem *i, const ObjectType *type, size_t size) {
    const char *path = kept_path(&m->scratch, i->subject);
    Object *o = path && !object_find(m, path, true) ? object_new(m, type, size) : NULL;
    if (!o) return NULL;
    o->permanent = true;
    if (object_name(o, path)) return o;
    object_drop(o);
    return NULL;
}

void sync_furnish(Machine *m) {
    for (const WorldItem *i = world_first(m->world, FACT_mutex); i; i = world_next(i)) {
        Mutant *mutant = (Mutant *)keep(m, i, &mutant_type, sizeof *mutant);
        if (!mutant) continue;
        mutant->next = (Mutant *)m->mutants;
        m->mutants = &mutant->object;
    }
    for (const WorldItem *i = world_first(m->world, FACT_event); i; i = world_next(i))
        keep(m, i, &event_type, sizeof(EventObject));
}

static void give_up(Machine *m, FactId fact, const ObjectType *type) {
    for (const WorldItem *i = world_first(m->world, fact); i; i = world_next(i)) {
        const char *path = kept_path(&m->scratch, i->subject);
        Object *o = path ? object_find(m, path, true) : NULL;
        if (o && o->type == type && o->permanent) object_drop(o);
    }
}

void sync_clear(Machine *m) {
    give_up(m, FACT_mutex, &mutant_type);
    give_up(m, FACT_event, &event_type);
}

static uint64_t nt_create_mutant(Sys *s) {
    ObjectAttributes a;
    Object *o;
    uint32_t status = sync_create(s, &mutant_type, sizeof(Mutant), &a, &o);
    if (NT_ERROR(status)) return status;
    if (status == STATUS_SUCCESS) mutant_start(s, (Mutant *)o, (uint8_t)s->arg[3]);
    if (*a.path) trace_event(s->machine, s->thread, EV_mutex, {EF_Name, a.name});
    return sync_hand_out(s, status, o, &a);
}

static uint64_t nt_open_mutant(Sys *s) {
    return sync_open(s, &mutant_type);
}

static uint64_t nt_release_mutant(Sys *s) {
    Mutant *m;
    uint32_t status = handle_object(s->process, s->arg[0], &mutant_type, (Object **)&m);
    if (status) return status;
    if (!m->count || m->owner != s->thread) return STATUS_MUTANT_NOT_OWNED;
    if (s->arg[1]) guest_put_u32(s->process, s->arg[1], 1 - m->count);
    if (!--m->count) m->owner = NULL;
    s->machine->changed = true;
    return STATUS_SUCCESS;
}

static uint64_t nt_query_mutant(Sys *s) {
    Mutant *m;
    uint32_t status = sync_object(s, &mutant_type, QUERY_STATE, (Object **)&m);
    if (status) return status;
    if (s->arg[1]) return STATUS_INVALID_INFO_CLASS;
    Fields f = fields_in(s->process, s->arg[2], s->arg[3]);
    put_u32(&f, 1 - m->count);
    put_u8(&f, m->owner == s->thread);
    put_u8(&f, m->abandoned);
    if (s->arg[4]) guest_put_u32(s->process, s->arg[4], 8);
    return f.bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

/* ---- semaphores ---- */

typedef struct {
    Object object;
    uint32_t count, max;
} Semaphore;

static bool semaphore_signaled(Object *o, Thread *t) {
    (void)t;
    return ((Semaphore *)o)->count != 0;
}

static uint32_t semaphore_acquire(Object *o, Thread *t) {
    (void)t;
    ((Semaphore *)o)->count--;
    return STATUS_SUCCESS;
}

static const ObjectType semaphore_type = {
    .name = "Semaphore", .signaled = semaphore_signaled, .acquire = semaphore_acquire};

static uint64_t nt_create_semaphore(Sys *s) {
    ObjectAttributes a;
    Object *o;
    int32_t initial = (int32_t)s->arg[3], max = (int32_t)s->arg[4];
    if (max <= 0 || initial < 0 || initial > max) return STATUS_INVALID_PARAMETER;
    uint32_t status = sync_create(s, &semaphore_type, sizeof(Semaphore), &a, &o);
    if (NT_ERROR(status)) return status;
    Semaphore *x = (Semaphore *)o;
    if (status == STATUS_SUCCESS) {
        x->count = (uint32_t)initial;
        x->max = (uint32_t)max;
    }
    return sync_hand_out(s, status, o, &a);
}

static uint64_t nt_open_semaphore(Sys *s) {
    return sync_open(s, &semaphore_type);
}

static uint64_t nt_release_semaphore(Sys *s) {
    Semaphore *x;
    uint32_t status = sync_object(s, &semaphore_type, MODIFY_STATE, (Object **)&x);
    uint32_t add = (uint32_t)s->arg[1];
    if (status) return status;
    if (add > x->max - x->count) return STATUS_SEMAPHORE_LIMIT_EXCEEDED;
    if (s->arg[2]) guest_put_u32(s->process, s->arg[2], x->count);
    x->count += add;
    s->machine->changed = true;
    return STATUS_SUCCESS;
}

static uint64_t nt_query_semaphore(Sys *s) {
    Semaphore *x;
    uint32_t status = sync_object(s, &semaphore_type, QUERY_STATE, (Object **)&x);
    if (status) return status;
    if (s->arg[1]) return STATUS_INVALID_INFO_CLASS;
    if (s->arg[3] != 8) return STATUS_INFO_LENGTH_MISMATCH;
    Fields f = fields(s->process, s->arg[2]);
    put_u32(&f, x->count);
    put_u32(&f, x->max);
    if (s->arg[4]) guest_put_u32(s->process, s->arg[4], 8);
    return f.bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

uint32_t sync_signal(Sys *s, uint64_t handle) {
    Object *o;
    uint32_t status = handle_object(s->process, handle, NULL, &o);
    if (status) return status;
    Sys signal = *s;
    signal.arg[0] = handle;
    signal.arg[1] = o->type == &semaphore_type ? 1 : 0;
    signal.arg[2] = 0;
    if (o->type == &event_type) return (uint32_t)nt_set_event(&signal);
    if (o->type == &mutant_type) return (uint32_t)nt_release_mutant(&signal);
    if (o->type == &semaphore_type) return (uint32_t)nt_release_semaphore(&signal);
    return STATUS_OBJECT_TYPE_MISMATCH;
}

/* ---- threads that end ---- */

void sync_thread_ended(Thread *t) {
    Machine *machine = t->process->machine;
    for (Mutant *m = (Mutant *)machine->mutants; m; m = m->next) {
        if (!m->count || m->owner != t) continue;
        m->count = 0;
        m->owner = NULL;
        m->abandoned = true;
        machine->changed = true;
    }
}

const SysRow nt_sync_rows[] = {
    {"NtCreateEvent", 5, nt_create_event},
    {"NtOpenEvent", 3, nt_open_event},
    {"NtSetEvent", 2, nt_set_event},
    {"NtResetEvent", 2, nt_reset_event},
    {"NtClearEvent", 1, nt_clear_event},
    {"NtPulseEvent", 2, nt_pulse_event},
    {"NtQueryEvent", 5, nt_query_event},
    {"NtCreateMutant", 4, nt_create_mutant},
    {"NtOpenMutant", 3, nt_open_mutant},
    {"NtReleaseMutant", 2, nt_release_mutant},
    {"NtQueryMutant", 5, nt_query_mutant},
    {"NtCreateSemaphore", 5, nt_create_semaphore},
    {"NtOpenSemaphore", 3, nt_open_semaphore},
    {"NtReleaseSemaphore", 3, nt_release_semaphore},
    {"NtQuerySemaphore", 5, nt_query_semaphore},
    {NULL, 0, NULL},
};
