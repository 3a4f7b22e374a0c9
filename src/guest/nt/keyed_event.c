/* Keyed events: a release meets a wait with the same key in the same process. */
#include "guest/nt/sync.h"
#include <stdlib.h>

static bool always_signaled(Object *o, Thread *t) {
    (void)o, (void)t;
    return true;
}

static const ObjectType keyed_type = {.name = "KeyedEvent", .signaled = always_signaled};

typedef struct {
    Object *event;
    uint64_t key;
    bool release, met;
} KeyedWait;

static bool keyed_poll(Thread *t, void *context, uint64_t *result) {
    KeyedWait *w = context;
    (void)t;
    if (!w->met) return false;
    free(w);
    *result = STATUS_SUCCESS;
    return true;
}

static void keyed_abandon(Thread *t, void *context) {
    (void)t;
    free(context);
}

/* A thread of the process that waits on the other side of this key. */
static KeyedWait *keyed_partner(Process *p, const KeyedWait *mine) {
    KeyedWait *best = NULL;
    uint64_t order = UINT64_MAX;
    for (Thread *t = p->threads; t; t = t->next) {
        if (t->state != THREAD_WAITING || t->wait.poll != keyed_poll || t->wait_order >= order)
            continue;
        KeyedWait *w = t->wait.context;
        if (w->met || w->key != mine->key || w->event != mine->event || w->release == mine->release)
            continue;
        best = w;
        order = t->wait_order;
    }
    return best;
}

static uint64_t keyed(Sys *s, bool release) {
    Object *o = NULL; /* a NULL handle is the process' own event */
    uint32_t status =
        s->arg[0] ? handle_object(s->process, s->arg[0], &keyed_type, &o) : STATUS_SUCCESS;
    if (status) return status;
    if (s->arg[1] & 1) return STATUS_INVALID_PARAMETER_1;
    KeyedWait mine = {.event = o, .key = s->arg[1], .release = release};
    KeyedWait *partner = keyed_partner(s->process, &mine);
    if (partner) {
        partner->met = true;
        s->machine->changed = true;
        return STATUS_SUCCESS;
    }
    uint64_t timeout = 0;
    if (s->arg[3] && !guest_get_u64(s->process, s->arg[3], &timeout))
        return STATUS_ACCESS_VIOLATION;
    KeyedWait *w = malloc(sizeof *w);
    if (!w) return STATUS_NO_MEMORY;
    *w = mine;
    Wait wait = {.poll = keyed_poll,
                 .context = w,
                 .abandon = keyed_abandon,
                 .alertable = (uint8_t)s->arg[2]};
    wait.deadline = s->arg[3] ? machine_deadline(s->machine, (int64_t)timeout) : NEVER;
    return sys_wait(s, &wait);
}

static uint64_t nt_wait_for_keyed(Sys *s) {
    return keyed(s, false);
}
static uint64_t nt_release_keyed(Sys *s) {
    return keyed(s, true);
}

static uint64_t nt_create_keyed(Sys *s) {
    ObjectAttributes a;
    Object *o;
    uint32_t status = sync_create(s, &keyed_type, sizeof(Object), &a, &o);
    return NT_ERROR(status) ? status : sync_hand_out(s, status, o, &a);
}

static uint64_t nt_open_keyed(Sys *s) {
    return sync_open(s, &keyed_type);
}

const SysRow nt_keyed_event_rows[] = {
    {"NtCreateKeyedEvent", 4, nt_create_keyed},
    {"NtOpenKeyedEvent", 3, nt_open_keyed},
    {"NtWaitForKeyedEvent", 4, nt_wait_for_keyed},
    {"NtReleaseKeyedEvent", 4, nt_release_keyed},
    {NULL, 0, NULL},
};
