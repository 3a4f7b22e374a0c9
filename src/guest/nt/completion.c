/* Completion ports (NtCreateIoCompletion and its family). */
#include "guest/nt/completion.h"
#include "guest/sys.h"
#include <stdlib.h>

typedef struct Packet Packet;
struct Packet {
    Packet *next;
    uint64_t key, value, information;
    uint32_t status;
};

typedef struct {
    Object object;
    Packet *first, **last;
    uint32_t count;
} Port;

static bool port_signaled(Object *o, Thread *t) {
    (void)t;
    return ((Port *)o)->first != NULL;
}

static Packet *port_take(Port *p) {
    Packet *packet = p->first;
    if (!packet) return NULL;
    p->first = packet->next;
    if (!p->first) p->last = &p->first;
    p->count--;
    return packet;
}

static void port_destroy(Object *o) {
    for (Packet *p; (p = port_take((Port *)o));) free(p);
}

const ObjectType completion_type = {
    .name = "IoCompletion", .signaled = port_signaled, .destroy = port_destroy};

bool completion_post(Object *port, uint64_t key, uint64_t value, uint32_t status,
                     uint64_t information) {
    Port *p = (Port *)port;
    Packet *packet = malloc(sizeof *packet);
    if (!packet) return false;
    *packet = (Packet){.key = key, .value = value, .information = information, .status = status};
    *p->last = packet;
    p->last = &packet->next;
    p->count++;
    port->machine->changed = true;
    return true;
}

/* ---- making and asking ---- */

static uint32_t port_of(Sys *s, Port **out) {
    return handle_object(s->process, s->arg[0], &completion_type, (Object **)out);
}

static uint64_t nt_create_io_completion(Sys *s) {
    if (!guest_put_pointer(s->process, s->arg[0], 0)) return STATUS_ACCESS_VIOLATION;
    ObjectAttributes a;
    Object *o;
    uint32_t status = sys_object_attributes(s, s->arg[2], &a);
    if (!status) status = sys_create_named(s, &a, &completion_type, sizeof(Port), &o);
    if (NT_ERROR(status)) return status;
    Port *p = (Port *)o;
    if (!p->last) p->last = &p->first;
    uint32_t returned = sys_return_handle(s, s->arg[0], o, (uint32_t)s->arg[1], a.attributes);
    return returned ? returned : status;
}

static uint64_t nt_open_io_completion(Sys *s) {
    if (!guest_put_pointer(s->process, s->arg[0], 0)) return STATUS_ACCESS_VIOLATION;
    ObjectAttributes a;
    Object *o;
    uint32_t status = sys_object_attributes(s, s->arg[2], &a);
    if (!status) status = sys_open_named(s, &a, &completion_type, &o);
    return status ? status : sys_return_handle(s, s->arg[0], o, (uint32_t)s->arg[1], a.attributes);
}

/* (port, class, information, length, returned length) */
static uint64_t nt_query_io_completion(Sys *s) {
    Port *p;
    uint32_t status = port_of(s, &p);
    if (status) return status;
    if ((uint32_t)s->arg[1] != 0) return STATUS_INVALID_INFO_CLASS;
    if ((uint32_t)s->arg[3] != 4) return STATUS_INFO_LENGTH_MISMATCH;
    if (s->arg[4]) guest_put_u32(s->process, s->arg[4], 4);
    return guest_put_u32(s->process, s->arg[2], p->count) ? STATUS_SUCCESS
                                                          : STATUS_ACCESS_VIOLATION;
}

/* (port, key, value, status, information) */
static uint64_t nt_set_io_completion(Sys *s) {
    Port *p;
    uint32_t status = port_of(s, &p);
    if (status) return status;
    bool posted = completion_post(&p->object, s->arg[1], s->arg[2], (uint32_t)s->arg[3], s->arg[4]);
    return posted ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* ---- taking ---- */

/* A thread that waits at a port, and where it wants the packets. */
typedef struct {
    Port *port;
    uint64_t key, value, status_block; /* NtRemoveIoCompletion */
    uint64_t entries, removed;         /* NtRemoveIoCompletionEx */
    uint32_t max;
} Taker;

static void put_status(Fields *f, const Packet *p) {
    put_pointer(f, p->status);
    put_pointer(f, p->information);
}

static bool give_one(Process *process, const Taker *t) {
    Packet *p = port_take(t->port);
    Fields block = fields(process, t->status_block);
    put_status(&block, p);
    bool good = guest_put_pointer(process, t->key, p->key) &&
                guest_put_pointer(process, t->value, p->value) && !block.bad;
    free(p);
    return good;
}

/* FILE_IO_COMPLETION_INFORMATION: key, value, status block. */
static bool give_many(Process *process, const Taker *t) {
    Fields f = fields(process, t->entries);
    uint32_t count = 0;
    for (Packet *p; count < t->max && (p = port_take(t->port)); count++) {
        put_pointer(&f, p->key);
        put_pointer(&f, p->value);
        put_status(&f, p);
        free(p);
    }
    return guest_put_u32(process, t->removed, count) && !f.bad;
}

static void taker_free(Taker *t) {
    object_drop(&t->port->object);
    free(t);
}

static bool packet_there(Thread *thread, void *context, uint64_t *result) {
    Taker *t = context;
    if (!t->port->first) return false;
    bool good = t->entries ? give_many(thread->process, t) : give_one(thread->process, t);
    *result = good ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
    taker_free(t);
    return true;
}

static void taker_abandoned(Thread *thread, void *context) {
    Taker *t = context;
    if (t->entries && thread->state != THREAD_DEAD) guest_put_u32(thread->process, t->removed, 0);
    taker_free(t);
}

static uint64_t take(Sys *s, const Taker *how, uint64_t timeout, bool alertable) {
    int64_t length = INT64_MIN;
    if (timeout && !guest_get_u64(s->process, timeout, (uint64_t *)&length))
        return STATUS_ACCESS_VIOLATION;
    Taker *t = malloc(sizeof *t);
    if (!t) return STATUS_NO_MEMORY;
    *t = *how;
    object_hold(&t->port->object);
    uint64_t result;
    if (packet_there(s->thread, t, &result)) return result;
    if (!length) {
        taker_abandoned(s->thread, t);
        return STATUS_TIMEOUT;
    }
    Wait w = {
        .poll = packet_there, .abandon = taker_abandoned, .context = t, .alertable = alertable};
    w.deadline = machine_deadline(s->machine, length);
    return sys_wait(s, &w);
}

/* (port, key, value, status block, time-out) */
static uint64_t nt_remove_io_completion(Sys *s) {
    Taker t = {.key = s->arg[1], .value = s->arg[2], .status_block = s->arg[3]};
    uint32_t status = port_of(s, &t.port);
    return status ? status : take(s, &t, s->arg[4], false);
}

/* (port, entries, count, removed, time-out, alertable) */
static uint64_t nt_remove_io_completion_ex(Sys *s) {
    Taker t = {.entries = s->arg[1], .max = (uint32_t)s->arg[2], .removed = s->arg[3]};
    uint32_t status = port_of(s, &t.port);
    if (status) return status;
    if (!t.entries || !t.max) return STATUS_INVALID_PARAMETER;
    return take(s, &t, s->arg[4], (uint8_t)s->arg[5]);
}

const SysRow nt_completion_rows[] = {
    {"NtCreateIoCompletion", 4, nt_create_io_completion},
    {"NtOpenIoCompletion", 3, nt_open_io_completion},
    {"NtQueryIoCompletion", 5, nt_query_io_completion},
    {"NtSetIoCompletion", 5, nt_set_io_completion},
    {"NtRemoveIoCompletion", 5, nt_remove_io_completion},
    {"NtRemoveIoCompletionEx", 6, nt_remove_io_completion_ex},
    {NULL, 0, NULL},
};
