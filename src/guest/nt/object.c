/* Handles: NtClose, NtDuplicateObject, NtQueryObject. */
#include "base/text.h"
#include "guest/debug.h"
#include "guest/exception.h"
#include "guest/file.h"
#include "guest/nt/object_types.h"
#include "guest/process.h"
#include "guest/target.h"

static uint64_t nt_close(Sys *s) {
    enum { LAST_PSEUDO = -6 };
    int32_t handle = (int32_t)s->arg[0];
    if (handle < 0 && handle >= LAST_PSEUDO) return STATUS_SUCCESS;
    uint32_t status = handle_close(s->process, s->arg[0]);
    /* Debugged programs are told of their mistakes. */
    if (status && debug_is_debugged(s->process)) {
        ExceptionRecord r = {.code = status, .address = thread_get(s->thread, REG_RIP)};
        thread_set(s->thread, REG_RAX, status);
        s->replaced = true;
        exception_dispatch(s->thread, &r);
    }
    return status;
}

/* Any handle, pseudo handles too. */
static uint32_t any_object(Thread *t, Process *p, uint64_t handle, Object **out) {
    Thread *thread;
    uint32_t status;
    if ((int32_t)handle == HANDLE_CURRENT_PROCESS) {
        *out = &p->object; /* whose handle it is, not who asks */
        status = STATUS_SUCCESS;
    } else if ((int32_t)handle == HANDLE_CURRENT_THREAD) {
        status = handle_thread(t, handle, &thread);
        *out = &thread->object;
    } else {
        status = handle_object(p, handle, NULL, out);
    }
    return status;
}

/* source process, source handle, target process, *target handle, access, attributes, options */
static uint64_t nt_duplicate(Sys *s) {
    enum { CLOSE_SOURCE = 1, SAME_ACCESS = 2, SAME_ATTRIBUTES = 4 };
    Process *from, *to = NULL;
    Object *o;
    uint32_t options = (uint32_t)s->arg[6];
    uint32_t status = target_process(s, s->arg[0], TARGET_DUPLICATE, &from);
    if (!status && s->arg[2]) status = target_process(s, s->arg[2], TARGET_DUPLICATE, &to);
    if (!status) status = any_object(s->thread, from, s->arg[1], &o);
    if (status) return status;
    HandleEntry *e = handle_entry(from, s->arg[1]);
    uint32_t access = options & SAME_ACCESS ? (e ? e->access : 0x1fffff) : (uint32_t)s->arg[4];
    bool inherit = options & SAME_ATTRIBUTES && e ? e->inherit : s->arg[5] & OBJ_INHERIT;
    object_hold(o);
    if (options & CLOSE_SOURCE && e) handle_close(from, s->arg[1]);
    uint32_t handle = to ? handle_new(to, o, access, inherit) : 0;
    object_drop(o);
    if (!to) return STATUS_SUCCESS;
    if (!handle) return STATUS_INSUFFICIENT_RESOURCES;
    if (s->arg[3] && !guest_put_pointer(s->process, s->arg[3], handle))
        return STATUS_ACCESS_VIOLATION;
    return STATUS_SUCCESS;
}

/* ---- information ---- */

static const char *object_path(Sys *s, const Object *o) {
    if (o->type == &file_type) return file_told_path(s, (const File *)o);
    return o->type->path ? o->type->path(o, s->scratch) : o->name;
}

static uint64_t finish_query(Sys *s, uint64_t need) {
    if (s->arg[4]) guest_put_u32(s->process, s->arg[4], (uint32_t)need);
    return STATUS_SUCCESS;
}

static uint64_t query_basic(Sys *s, const Object *o, const HandleEntry *e) {
    enum { SIZE = 56 };
    if (s->arg[3] < SIZE) return STATUS_INFO_LENGTH_MISMATCH;
    Fields f = fields(s->process, s->arg[2]);
    put_u32(&f, e && e->inherit ? OBJ_INHERIT : 0);
    put_u32(&f, e ? e->access : 0x1fffff);
    put_u32(&f, o->handles);
    put_u32(&f, o->refs);
    for (int i = 0; i < 10; i++) put_u32(&f, 0);
    return f.bad ? STATUS_ACCESS_VIOLATION : finish_query(s, SIZE);
}

static uint64_t put_counted_text(Sys *s, const char *text) {
    Span t = text_to_utf16(s->scratch, span_str(text ? text : ""));
    uint64_t head = 2u * s->process->pointer, need = head + (t.n ? t.n + 2 : 0);
    finish_query(s, need);
    if (s->arg[3] < need)
        return s->arg[3] < head ? STATUS_INFO_LENGTH_MISMATCH : STATUS_BUFFER_OVERFLOW;
    Fields f = fields(s->process, s->arg[2]);
    put_unicode_string(&f, t.n ? s->arg[2] + head : 0, (uint32_t)t.n, t.n ? (uint32_t)t.n + 2 : 0);
    if (t.n) put_bytes(&f, t);
    if (t.n) put_u16(&f, 0);
    return f.bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

/* One OBJECT_TYPE_INFORMATION, or a count and that of each. */
static uint64_t query_types(Sys *s, const char *only) {
    Fields f = fields_in(s->process, s->arg[2], s->arg[3]);
    if (only) object_type_put(s, only, &f);
    else object_types_put(s, &f);
    finish_query(s, fields_used(&f));
    if (fields_used(&f) > s->arg[3]) return STATUS_INFO_LENGTH_MISMATCH;
    return f.bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

static uint64_t query_flags(Sys *s, const HandleEntry *e) {
    if (s->arg[3] < 2) return STATUS_INFO_LENGTH_MISMATCH;
    Fields f = fields(s->process, s->arg[2]);
    put_u8(&f, e && e->inherit);
    put_u8(&f, e && e->protect);
    return f.bad ? STATUS_ACCESS_VIOLATION : finish_query(s, 2);
}

static uint64_t nt_query(Sys *s) {
    enum { BASIC, NAME, TYPE, TYPES, FLAGS };
    Object *o;
    if ((uint32_t)s->arg[1] == TYPES) return query_types(s, NULL);
    uint32_t status = any_object(s->thread, s->process, s->arg[0], &o);
    if (status) return status;
    HandleEntry *e = handle_entry(s->process, s->arg[0]);
    switch ((uint32_t)s->arg[1]) {
    case BASIC: return query_basic(s, o, e);
    case NAME: return put_counted_text(s, object_path(s, o));
    case TYPE: return query_types(s, o->type->name);
    case FLAGS: return query_flags(s, e);
    default: return STATUS_INVALID_INFO_CLASS;
    }
}

static uint64_t nt_set(Sys *s) {
    enum { FLAGS = 4 };
    HandleEntry *e = handle_entry(s->process, s->arg[0]);
    uint16_t flags;
    if (!e) return STATUS_INVALID_HANDLE;
    if ((uint32_t)s->arg[1] != FLAGS) return STATUS_INVALID_INFO_CLASS;
    if (s->arg[3] < 2) return STATUS_INFO_LENGTH_MISMATCH;
    if (!guest_get_u16(s->process, s->arg[2], &flags)) return STATUS_ACCESS_VIOLATION;
    e->inherit = flags & 0xff;
    e->protect = flags >> 8;
    return STATUS_SUCCESS;
}

static uint64_t nt_compare(Sys *s) {
    Object *a, *b;
    uint32_t status = any_object(s->thread, s->process, s->arg[0], &a);
    if (!status) status = any_object(s->thread, s->process, s->arg[1], &b);
    if (status) return status;
    return a == b ? STATUS_SUCCESS : STATUS_NOT_SAME_OBJECT;
}

/* ---- lifetime ---- */

static uint64_t nt_make_permanent(Sys *s) {
    Object *o;
    return handle_object(s->process, s->arg[0], NULL, &o);
}

const SysRow nt_object_rows[] = {
    {"NtClose", 1, nt_close},
    {"NtDuplicateObject", 7, nt_duplicate},
    {"NtQueryObject", 5, nt_query},
    {"NtSetInformationObject", 4, nt_set},
    {"NtCompareObjects", 2, nt_compare},
    {"NtMakeTemporaryObject", 1, nt_make_permanent},
    {"NtMakePermanentObject", 1, nt_make_permanent},
    {NULL, 0, NULL},
};
