/* Waiting for changes of keys: NtNotifyChangeKey, NtNotifyChangeMultipleKeys. */
#include "guest/event.h"
#include "guest/nt/key.h"
#include "guest/thread.h"
#include <stdlib.h>

/* A request of NtNotifyChangeKey that waits. */
typedef struct Notification Notification;
struct Notification {
    RegWatch watch;
    Notification *next; /* of the same key object */
    KeyObject *object;
    Thread *thread;
    Object *event;
    uint64_t status_block, apc_routine, apc_context;
    bool over; /* of a synchronous one: its thread may go on */
    bool synchronous;
    uint32_t status;
};

static void free_notification(Notification *n) {
    Notification **at = &n->object->notifications;
    while (*at != n) at = &(*at)->next;
    *at = n->next;
    object_drop(n->event);
    object_drop(&n->thread->object);
    object_drop(&n->object->object);
    free(n);
}

/* The request is key_answered; the watch is out already. The status block of an asynchronous one
 * stays as it is: RegNotifyChangeKeyValue of Wine's kernelbase.dll gives one on a stack that has
 * gone. */
static void finish_notification(Notification *n, uint32_t status) {
    Thread *t = n->thread;
    n->status = status;
    event_set_object(n->event, true);
    if (n->apc_routine) apc_queue(t, n->apc_routine, n->apc_context, n->status_block, 0);
    t->process->machine->changed = true;
    n->over = true;
    if (!n->synchronous) free_notification(n);
}

static void key_changed(RegWatch *w, bool deleted) {
    (void)deleted;
    finish_notification((Notification *)w, STATUS_NOTIFY_ENUM_DIR);
}

void key_end_notifications(KeyObject *k) {
    for (Notification *n = k->notifications, *next; n; n = next) {
        next = n->next;
        if (n->over) continue;
        registry_unwatch(k->object.machine->registry, &n->watch);
        finish_notification(n, STATUS_NOTIFY_CLEANUP);
    }
}

static bool notification_over(Thread *t, void *context, uint64_t *result) {
    Notification *n = context;
    if (!n->over) return false;
    *result = n->status;
    if (n->status_block) {
        Fields f = fields(t->process, n->status_block);
        put_pointer(&f, n->status);
        put_pointer(&f, 0);
    }
    free_notification(n);
    return true;
}

static void notification_abandoned(Thread *t, void *context) {
    Notification *n = context;
    if (!n->over) registry_unwatch(t->process->machine->registry, &n->watch);
    free_notification(n);
}

/* NtNotifyChangeMultipleKeys' arguments from the event on, which NtNotifyChangeKey has as well. */
static uint64_t notify_change(Sys *s, const uint64_t *arg) {
    HandleEntry *e = handle_entry(s->process, s->arg[0]);
    RegKey *key;
    Object *event = NULL;
    uint32_t status = key_of(s, s->arg[0], KEY_NOTIFY, &key);
    if (!status && arg[0]) status = event_of_handle(s->process, arg[0], &event);
    if (status) return status;
    Notification *n = calloc(1, sizeof *n);
    if (!n) return STATUS_NO_MEMORY;
    *n = (Notification){.watch = {.key = key,
                                  .filter = (uint32_t)arg[4],
                                  .subtree = (uint8_t)arg[5],
                                  .changed = key_changed},
                        .object = (KeyObject *)e->object,
                        .thread = s->thread,
                        .event = event,
                        .status_block = arg[3],
                        .apc_routine = arg[1],
                        .apc_context = arg[2],
                        .synchronous = !(uint8_t)arg[8]};
    object_hold(event);
    object_hold(&s->thread->object);
    object_hold(&n->object->object);
    n->next = n->object->notifications;
    n->object->notifications = n;
    event_set_object(event, false);
    registry_watch(s->machine->registry, &n->watch);
    if (!n->synchronous) return STATUS_PENDING;
    Wait w = {.deadline = NEVER,
              .poll = notification_over,
              .context = n,
              .abandon = notification_abandoned};
    return sys_wait(s, &w);
}

static uint64_t nt_notify_change_key(Sys *s) {
    return notify_change(s, s->arg + 1);
}

static uint64_t nt_notify_change_multiple_keys(Sys *s) {
    /* A second key may only be given for another hive; that is not modelled. */
    if ((uint32_t)s->arg[1]) {
        machine_unmodelled(s->machine, "NtNotifyChangeMultipleKeys with a second key");
        return STATUS_NOT_IMPLEMENTED;
    }
    return notify_change(s, s->arg + 3);
}

const SysRow nt_registry_notify_rows[] = {
    {"NtNotifyChangeKey", 10, nt_notify_change_key},
    {"NtNotifyChangeMultipleKeys", 12, nt_notify_change_multiple_keys},
    {NULL, 0, NULL},
};
