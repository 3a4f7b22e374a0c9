/* Objects, their names, and handles. */
#include "base/text.h"
#include "guest/flood.h"
#include "guest/machine.h"
#include <stdlib.h>

/* The namespace: names sorted without case. A machine has some dozens of them. */
struct Namespace {
    Object **objects;
    size_t count, room;
};

void *object_new(Machine *m, const ObjectType *type, size_t size) {
    Object *o = calloc(1, size);
    if (o) *o = (Object){.type = type, .machine = m, .refs = 1, .number = ++m->object_count};
    return o;
}

void object_hold(Object *o) {
    if (o) o->refs++;
}

/* Index of the first name not before `path`. */
static size_t name_index(const struct Namespace *n, const char *path) {
    size_t low = 0, high = n ? n->count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (text_compare_nocase(n->objects[middle]->name, path) < 0) low = middle + 1;
        else high = middle;
    }
    return low;
}

static void remove_name(Object *o) {
    struct Namespace *n = o->machine->names;
    for (size_t i = name_index(n, o->name); i < n->count; i++) {
        if (n->objects[i] != o) continue;
        memmove(&n->objects[i], &n->objects[i + 1], (--n->count - i) * sizeof *n->objects);
        break;
    }
    free(o->name);
    o->name = NULL;
}

void object_drop(Object *o) {
    if (!o || --o->refs) return;
    if (o->name) remove_name(o);
    if (o->type->destroy) o->type->destroy(o);
    free(o);
}

Object *object_find(Machine *m, const char *path, bool any_case) {
    const struct Namespace *n = m->names;
    for (size_t i = name_index(n, path); n && i < n->count; i++) {
        Object *o = n->objects[i];
        if (!text_equal_nocase(o->name, path)) break;
        if (any_case || strcmp(o->name, path) == 0) return o;
    }
    return NULL;
}

bool object_name(Object *o, const char *path) {
    Machine *m = o->machine;
    if (!m->names && !(m->names = calloc(1, sizeof *m->names))) return false;
    struct Namespace *n = m->names;
    if (n->count == n->room) {
        size_t room = n->room ? n->room * 2 : 64;
        Object **more = realloc(n->objects, room * sizeof *more);
        if (!more) return false;
        n->objects = more;
        n->room = room;
    }
    size_t i = name_index(n, path);
    o->name = strdup(path);
    if (!o->name) return false;
    memmove(&n->objects[i + 1], &n->objects[i], (n->count++ - i) * sizeof *n->objects);
    n->objects[i] = o;
    return true;
}

Object *object_next(Machine *m, const char *directory, const Object *after) {
    struct Namespace *n = m->names;
    if (!n) return NULL;
    size_t i = name_index(n, after ? after->name : directory), length = strlen(directory);
    if (after) i++;
    if (i >= n->count) return NULL;
    const char *name = n->objects[i]->name;
    char *head = strndup(name, length);
    bool inside = head && text_equal_nocase(head, directory);
    free(head);
    return inside ? n->objects[i] : NULL;
}

void object_namespace_free(Machine *m);
void object_namespace_free(Machine *m) {
    if (!m->names) return;
    free(m->names->objects);
    free(m->names);
    m->names = NULL;
}

/* ---- handles: 4, 8, 12, ... ---- */

static uint32_t handle_of(size_t index) {
    return (uint32_t)(index + 1) * 4;
}

HandleEntry *handle_entry(Process *p, uint64_t handle) {
    uint64_t index = ((uint32_t)handle >> 2) - 1u;
    if (index >= p->handle_count || !p->handles[index].object) return NULL;
    return &p->handles[index];
}

static bool make_room(Process *p, size_t count) {
    if (count <= p->handle_count) return true;
    HandleEntry *more = realloc(p->handles, count * sizeof *more);
    if (!more) return false;
    memset(more + p->handle_count, 0, (count - p->handle_count) * sizeof *more);
    p->handles = more;
    p->handle_count = count;
    return true;
}

static HandleEntry *free_entry(Process *p) {
    enum { MOST_HANDLES = 1 << 20 };
    while (p->handle_low < p->handle_count && p->handles[p->handle_low].object) p->handle_low++;
    if (p->handle_low < p->handle_count) return &p->handles[p->handle_low];
    size_t count = p->handle_count ? p->handle_count * 2 : 64;
    if (count <= MOST_HANDLES && make_room(p, count)) return &p->handles[p->handle_low];
    flood_tell(p->machine, FLOOD_HANDLES, p->handle_count);
    return NULL;
}

uint32_t handle_new(Process *p, Object *o, uint32_t access, bool inherit) {
    HandleEntry *e = free_entry(p);
    if (!e) return 0;
    *e = (HandleEntry){.object = o, .access = access, .inherit = inherit};
    object_hold(o);
    o->handles++;
    return handle_of((size_t)(e - p->handles));
}

uint64_t handle_inherit(Process *from, uint64_t handle, Process *to, bool any) {
    const HandleEntry *e = handle_entry(from, handle);
    if (!e || !(e->inherit || any)) return 0;
    size_t index = (size_t)(e - from->handles);
    if (!make_room(to, from->handle_count) || to->handles[index].object) return handle;
    to->handles[index] = (HandleEntry){.object = e->object, .access = e->access, .inherit = true};
    object_hold(e->object);
    e->object->handles++;
    return handle;
}

uint32_t handle_object(Process *p, uint64_t handle, const ObjectType *type, Object **out) {
    HandleEntry *e = handle_entry(p, handle);
    if (!e) return STATUS_INVALID_HANDLE;
    if (type && e->object->type != type) return STATUS_OBJECT_TYPE_MISMATCH;
    *out = e->object;
    return STATUS_SUCCESS;
}

uint32_t handle_close(Process *p, uint64_t handle) {
    HandleEntry *e = handle_entry(p, handle);
    if (!e) return STATUS_INVALID_HANDLE;
    if (e->protect) return STATUS_HANDLE_NOT_CLOSABLE;
    Object *o = e->object;
    *e = (HandleEntry){0};
    if ((size_t)(e - p->handles) < p->handle_low) p->handle_low = (size_t)(e - p->handles);
    o->handles--;
    if (o->type->closed) o->type->closed(o, p);
    object_drop(o);
    return STATUS_SUCCESS;
}

uint32_t handle_process(Thread *t, uint64_t handle, Process **out) {
    if ((int32_t)handle == HANDLE_CURRENT_PROCESS) {
        *out = t->process;
        return STATUS_SUCCESS;
    }
    return handle_object(t->process, handle, &process_type, (Object **)out);
}

uint32_t handle_thread(Thread *t, uint64_t handle, Thread **out) {
    if ((int32_t)handle == HANDLE_CURRENT_THREAD) {
        *out = t;
        return STATUS_SUCCESS;
    }
    return handle_object(t->process, handle, &thread_type, (Object **)out);
}
