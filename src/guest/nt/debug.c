/* Debugging: NtCreateDebugObject, NtDebugActiveProcess, NtWaitForDebugEvent, NtDebugContinue. */
#include "guest/debug.h"
#include "guest/sys.h"
#include "guest/target.h"
#include <stdlib.h>

enum { KILL_ON_CLOSE = 1 };

static uint32_t find(Sys *s, uint64_t handle, DebugObject **out) {
    return handle_object(s->process, handle, &debug_object_type, (Object **)out);
}

/* *handle, access, attributes, flags */
static uint64_t nt_create(Sys *s) {
    ObjectAttributes a;
    uint32_t status = sys_object_attributes(s, s->arg[2], &a);
    if (status) return status;
    if (s->arg[3] & ~(uint64_t)KILL_ON_CLOSE) return STATUS_INVALID_PARAMETER;
    DebugObject *o = debug_object_new(s->machine, s->arg[3] & KILL_ON_CLOSE);
    if (!o) return STATUS_NO_MEMORY;
    return sys_return_handle(s, s->arg[0], debug_object(o), (uint32_t)s->arg[1], a.attributes);
}

static uint32_t both(Sys *s, Process **p, DebugObject **o) {
    uint32_t status = target_process(s, s->arg[0], TARGET_SUSPEND, p);
    return status ? status : find(s, s->arg[1], o);
}

/* process, debug object */
static uint64_t nt_attach(Sys *s) {
    Process *p;
    DebugObject *o;
    uint32_t status = both(s, &p, &o);
    if (status) return status;
    if (p == s->process) return STATUS_ACCESS_DENIED;
    if (s->process->wow64 && !p->wow64) return STATUS_NOT_SUPPORTED;
    target_tell(s, p, "debugs what runs", 0, 0);
    return debug_attach(o, p, false);
}

static uint64_t nt_detach(Sys *s) {
    Process *p;
    DebugObject *o;
    uint32_t status = both(s, &p, &o);
    return status ? status : debug_detach(o, p);
}

/* ---- waiting ---- */

typedef struct {
    DebugObject *object; /* a reference is held */
    uint64_t out;
} Waiting;

static void stop_waiting(Thread *t, void *context) {
    (void)t;
    Waiting *w = context;
    object_drop(debug_object(w->object));
    free(w);
}

static bool poll(Thread *t, void *context, uint64_t *result) {
    Waiting *w = context;
    if (!debug_take(w->object, t->process, w->out)) return false;
    stop_waiting(t, w);
    *result = STATUS_SUCCESS;
    return true;
}

/* debug object, alertable, *timeout, *state change */
static uint64_t nt_wait(Sys *s) {
    DebugObject *o;
    uint64_t timeout;
    Wait w = {
        .poll = poll, .abandon = stop_waiting, .alertable = (uint8_t)s->arg[1], .deadline = NEVER};
    uint32_t status = find(s, s->arg[0], &o);
    if (status) return status;
    if (debug_take(o, s->process, s->arg[3])) return STATUS_SUCCESS;
    if (s->arg[2]) {
        if (!guest_get_u64(s->process, s->arg[2], &timeout)) return STATUS_ACCESS_VIOLATION;
        w.deadline = machine_deadline(s->machine, (int64_t)timeout);
        if (!timeout) return STATUS_TIMEOUT;
    }
    Waiting *context = malloc(sizeof *context);
    if (!context) return STATUS_NO_MEMORY;
    *context = (Waiting){o, s->arg[3]};
    object_hold(debug_object(o));
    w.context = context;
    return sys_wait(s, &w);
}

/* debug object, *client id, status */
static uint64_t nt_continue(Sys *s) {
    DebugObject *o;
    uint32_t status = find(s, s->arg[0], &o);
    if (status) return status;
    Fields f = fields(s->process, s->arg[1]);
    uint64_t process = get_pointer(&f), thread = get_pointer(&f);
    if (f.bad) return STATUS_ACCESS_VIOLATION;
    return debug_continue(o, process, thread, (uint32_t)s->arg[2]);
}

/* debug object, class, *flags, length, *returned */
static uint64_t nt_set(Sys *s) {
    enum { FLAGS = 1 };
    DebugObject *o;
    uint32_t flags, status = find(s, s->arg[0], &o);
    if (status) return status;
    if ((uint32_t)s->arg[1] != FLAGS) return STATUS_INVALID_PARAMETER;
    if (s->arg[3] != sizeof flags) return STATUS_INFO_LENGTH_MISMATCH;
    if (!guest_get_u32(s->process, s->arg[2], &flags)) return STATUS_ACCESS_VIOLATION;
    if (flags & ~(uint32_t)KILL_ON_CLOSE) return STATUS_INVALID_PARAMETER;
    debug_object_keep(o, flags & KILL_ON_CLOSE);
    return STATUS_SUCCESS;
}

const SysRow nt_debug_rows[] = {
    {"NtCreateDebugObject", 4, nt_create},
    {"NtDebugActiveProcess", 2, nt_attach},
    {"NtRemoveProcessDebug", 2, nt_detach},
    {"NtWaitForDebugEvent", 4, nt_wait},
    {"NtDebugContinue", 3, nt_continue},
    {"NtSetInformationDebugObject", 5, nt_set},
    {NULL, 0, NULL},
};
