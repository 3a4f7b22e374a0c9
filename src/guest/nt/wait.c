/* Waiting for objects: one, several, and one after another was signaled. */
#include "guest/nt/sync.h"

/* The deadline of a LARGE_INTEGER * argument; NULL is never. */
static bool read_deadline(Sys *s, uint64_t at, uint64_t *deadline) {
    uint64_t timeout;
    *deadline = NEVER;
    if (!at) return true;
    if (!guest_get_u64(s->process, at, &timeout)) return false;
    *deadline = timeout ? machine_deadline(s->machine, (int64_t)timeout) : 0;
    return true;
}

static uint32_t wait_object(Sys *s, uint64_t handle, Wait *w) {
    Object *o;
    Thread *t;
    Process *p;
    uint32_t status = STATUS_SUCCESS;
    if ((int32_t)handle == HANDLE_CURRENT_THREAD)
        o = handle_thread(s->thread, handle, &t) ? NULL : &t->object;
    else if ((int32_t)handle == HANDLE_CURRENT_PROCESS)
        o = handle_process(s->thread, handle, &p) ? NULL : &p->object;
    else status = handle_object(s->process, handle, NULL, &o);
    if (status) return status;
    if (!o->type->signaled) return STATUS_OBJECT_TYPE_MISMATCH;
    w->objects[w->count++] = o;
    return STATUS_SUCCESS;
}

static uint64_t nt_wait_single(Sys *s) {
    Wait w = {.alertable = (uint8_t)s->arg[1], .api = "NtWaitForSingleObject"};
    uint32_t status = wait_object(s, s->arg[0], &w);
    if (status) return status;
    if (!read_deadline(s, s->arg[2], &w.deadline)) return STATUS_ACCESS_VIOLATION;
    return sys_wait(s, &w);
}

static bool has_twins(const Wait *w) {
    for (unsigned i = 0; i < w->count; i++)
        for (unsigned j = 0; j < i; j++)
            if (w->objects[i] == w->objects[j]) return true;
    return false;
}

/* count, handles, any (1) or all (0), alertable, timeout */
static uint64_t nt_wait_multiple(Sys *s) {
    Wait w = {.all = !(uint32_t)s->arg[2],
              .alertable = (uint8_t)s->arg[3],
              .api = "NtWaitForMultipleObjects"};
    uint32_t count = (uint32_t)s->arg[0];
    if (!count || count > WAIT_MAX) return STATUS_INVALID_PARAMETER_1;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t handle;
        if (!guest_get_pointer(s->process, s->arg[1] + (uint64_t)i * s->process->pointer, &handle))
            return STATUS_ACCESS_VIOLATION;
        uint32_t status = wait_object(s, handle, &w);
        if (status) return status;
    }
    if (w.all && has_twins(&w)) return STATUS_INVALID_PARAMETER_MIX;
    if (!read_deadline(s, s->arg[4], &w.deadline)) return STATUS_ACCESS_VIOLATION;
    return sys_wait(s, &w);
}

static uint64_t nt_signal_and_wait(Sys *s) {
    Wait w = {.alertable = (uint8_t)s->arg[2]};
    uint32_t status = wait_object(s, s->arg[1], &w);
    if (!status) status = sync_signal(s, s->arg[0]);
    if (status) return status;
    if (!read_deadline(s, s->arg[3], &w.deadline)) return STATUS_ACCESS_VIOLATION;
    return sys_wait(s, &w);
}

const SysRow nt_wait_rows[] = {
    {"NtWaitForSingleObject", 3, nt_wait_single},
    {"NtWaitForMultipleObjects", 5, nt_wait_multiple},
    {"NtSignalAndWaitForSingleObject", 4, nt_signal_and_wait},
    {NULL, 0, NULL},
};
