#include "guest/sys.h"
#include "base/log.h"
#include "guest/ask.h"
#include "guest/callback.h"
#include "guest/delay.h"
#include "guest/sched.h"
#include "guest/win32k/unix_functions.h"
#include "pe/pe.h"
#include <stdio.h>

#define FAMILY(name) extern const SysRow nt_##name##_rows[];
#include "guest/nt/families.def"
#undef FAMILY

static const SysRow *const families[] = {
#define FAMILY(name) nt_##name##_rows,
#include "guest/nt/families.def"
#undef FAMILY
};

static const SysRow *find_row(const char *name) {
    for (size_t f = 0; f < sizeof families / sizeof *families; f++)
        for (const SysRow *r = families[f]; r->name; r++)
            if (strcmp(r->name, name) == 0) return r;
    return NULL;
}

/* ---- numbers, from the stubs of the DLLs' exports ---- */

/* x64: mov r10,rcx; mov eax,id.  x86: mov eax,id; mov edx,address; call edx; ret n. */
static bool stub_number(Span code, bool is64, uint32_t *number) {
    static const uint8_t start64[] = {0x4c, 0x8b, 0xd1, 0xb8};
    Cur c = cur(code);
    if (is64) {
        if (!span_equal(cur_take(&c, sizeof start64), span(start64, sizeof start64))) return false;
        *number = cur_u32le(&c);
    } else {
        if (cur_u8(&c) != 0xb8) return false;
        *number = cur_u32le(&c);
        if (cur_u8(&c) != 0xba) return false;
        cur_skip(&c, 4);
        if (cur_u16be(&c) != 0xffd2) return false;
    }
    return !c.bad && *number < 0x2000;
}

static bool is_nt_name(const char *name) {
    return name[0] == 'N' && name[1] == 't';
}

static void add_exports(SysTable *t, Pack *pack, const char *dll, Arena *a) {
    PackEntry *e = pack_find(pack, dll);
    Pe pe;
    if (!e || pe_read(a, pack_bytes(pack, e), &pe) != ST_OK || pe_read_exports(a, &pe) != ST_OK)
        return;
    for (size_t i = 0; i < pe.export_count; i++) {
        const PeExport *x = &pe.exports[i];
        uint32_t number;
        if (!x->name.n || !stub_number(pe_at(&pe, x->rva), pe_is_64(&pe), &number)) continue;
        const char *name = (const char *)x->name.p;
        /* Zw names and others alias the same stubs; the Nt name is the one that we know. */
        if (t->calls[number].name && !is_nt_name(name)) continue;
        t->calls[number].name = name;
        t->calls[number].row = find_row(name);
    }
}

static void add_unix_functions(SysTable *t) {
    const char *name;
    for (uint32_t n = UNIX_FUNCTION_FIRST; (name = unix_function_name(n)); n++) {
        t->calls[n].name = name;
        t->calls[n].row = find_row(name);
    }
}

SysTable *sys_table_new(Pack *pack, Arena *a) {
    SysTable *t = arena_one(a, SysTable);
    if (!t) return NULL;
    add_exports(t, pack, "ntdll.dll", a);
    add_exports(t, pack, "win32u.dll", a);
    add_unix_functions(t);
    return t;
}

/* ---- arguments ---- */

static bool read_stack_arguments(Sys *s, uint64_t address, unsigned first, unsigned count) {
    unsigned width = s->process->pointer;
    for (unsigned i = first; i < count; i++, address += width)
        if (!guest_get_pointer(s->process, address, &s->arg[i])) return false;
    return true;
}

/* x64: r10 rdx r8 r9, then the caller's stack behind the return address and the home space.
 * x86: behind the return addresses of the stub and of its caller. */
static bool read_arguments(Sys *s, unsigned count) {
    uint64_t rsp = thread_get(s->thread, REG_RSP);
    if (s->process->wow64) return read_stack_arguments(s, rsp + 8, 0, count);
    s->arg[0] = thread_get(s->thread, REG_R10);
    s->arg[1] = thread_get(s->thread, REG_RDX);
    s->arg[2] = thread_get(s->thread, REG_R8);
    s->arg[3] = thread_get(s->thread, REG_R9);
    return count <= 4 || read_stack_arguments(s, rsp + 0x28, 4, count);
}

static void log_call(const Sys *s, const char *name, unsigned count, uint64_t result) {
    if (log_level() < LOG_DEBUG) return;
    char text[400];
    size_t n = 0;
    for (unsigned i = 0; i < count && n < sizeof text - 24; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%llx", i ? "," : "",
                              (unsigned long long)s->arg[i]);
    text[n] = 0;
    log_debug("%u.%u %s(%s) = %llx%s", s->process->id, s->thread->id, name, text,
              (unsigned long long)result, s->blocked ? " (waits)" : "");
}

static uint64_t perform(Sys *s, uint32_t number) {
    SysTable *t = s->process->table;
    if (number >= sizeof t->calls / sizeof *t->calls || !t->calls[number].name) {
        machine_unmodelled(s->machine, "system call %#x", number);
        return STATUS_INVALID_SYSTEM_SERVICE;
    }
    const SysRow *row = t->calls[number].row;
    const char *name = t->calls[number].name;
    delay_system_call(s->thread, number, name);
    if (!row) {
        if (!t->calls[number].told) machine_unmodelled(s->machine, "%s", name);
        t->calls[number].told = true;
        log_call(s, name, 0, STATUS_NOT_IMPLEMENTED);
        return STATUS_NOT_IMPLEMENTED;
    }
    unsigned count = row->arguments & ~(unsigned)CALLS_BACK;
    uint64_t result = STATUS_ACCESS_VIOLATION;
    if (read_arguments(s, count))
        result = row->arguments & CALLS_BACK ? callback_perform(s, row) : row->function(s);
    log_call(s, name, count, result);
    return result;
}

void sys_call(Thread *t, uint32_t number) {
    Machine *m = t->process->machine;
    Sys s = {.machine = m, .process = t->process, .thread = t, .scratch = &m->scratch};
    m->calls++;
    uint64_t result = perform(&s, number);
    if (!s.blocked && !s.replaced && t->state == THREAD_READY) thread_set(t, REG_RAX, result);
    arena_clear(&m->scratch);
}

/* ---- for the families ---- */

/* A session's directory of named objects holds links: Local to itself, Global to everybody's. */
static char *follow_session_links(Sys *s, char *path) {
    static const char session[] = "\\Sessions\\1\\BaseNamedObjects\\", local[] = "Local\\",
                      global[] = "Global\\";
    if (!path || strncmp(path, session, sizeof session - 1) != 0) return path;
    const char *name = path + sizeof session - 1;
    if (strncmp(name, local, sizeof local - 1) == 0)
        return arena_printf(s->scratch, "%s%s", session, name + sizeof local - 1);
    if (strncmp(name, global, sizeof global - 1) == 0)
        return arena_printf(s->scratch, "\\BaseNamedObjects\\%s", name + sizeof global - 1);
    return path;
}

uint32_t sys_object_attributes(Sys *s, uint64_t address, ObjectAttributes *out) {
    *out = (ObjectAttributes){.path = arena_str(s->scratch, "")};
    out->name = out->path;
    if (!address) return STATUS_SUCCESS;
    Fields f = fields(s->process, address);
    get_u32(&f);
    uint64_t root = get_pointer(&f), name = get_pointer(&f);
    out->attributes = get_u32(&f);
    if (f.bad) return STATUS_ACCESS_VIOLATION;
    if (name && !(out->name = guest_unicode_string(s->process, s->scratch, name)))
        return STATUS_ACCESS_VIOLATION;
    out->path = out->name;
    if (!root) return STATUS_SUCCESS;
    uint32_t status = handle_object(s->process, root, NULL, &out->root);
    if (status) return status;
    if (!out->root->name) return STATUS_SUCCESS;
    bool slash = out->root->name[strlen(out->root->name) - 1] == '\\' || !*out->name;
    out->path = arena_printf(s->scratch, "%s%s%s", out->root->name, slash ? "" : "\\", out->name);
    out->path = follow_session_links(s, out->path);
    return out->path ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

uint32_t sys_return_handle(Sys *s, uint64_t address, Object *o, uint32_t access,
                           uint32_t attributes) {
    uint32_t handle = handle_new(s->process, o, access, attributes & OBJ_INHERIT);
    object_drop(o);
    if (!handle) return STATUS_INSUFFICIENT_RESOURCES;
    if (guest_put_pointer(s->process, address, handle)) return STATUS_SUCCESS;
    handle_close(s->process, handle);
    return STATUS_ACCESS_VIOLATION;
}

/* A name below a directory of named objects, as programs spell it. */
static const char *object_subject(Arena *a, const char *path) {
    static const char session[] = "\\Sessions\\1\\BaseNamedObjects\\",
                      global[] = "\\BaseNamedObjects\\";
    if (strncmp(path, session, sizeof session - 1) == 0) return path + sizeof session - 1;
    if (strncmp(path, global, sizeof global - 1) != 0) return NULL;
    return arena_printf(a, "Global\\%s", path + sizeof global - 1);
}

/* Whether somebody else keeps an object of that name. Those of the program itself are no question.
 */
static void ask_named(Sys *s, const ObjectAttributes *a, const ObjectType *type, const Object *o) {
    static const struct {
        const char *type;
        FactId fact;
    } facts[] = {{"Mutant", FACT_mutex}, {"Event", FACT_event}};
    if (!asking(s->machine) || (o && !o->permanent)) return;
    const char *subject = object_subject(s->scratch, a->path);
    for (size_t i = 0; subject && i < sizeof facts / sizeof *facts; i++)
        if (strcmp(facts[i].type, type->name) == 0)
            ask_about(s->machine, facts[i].fact, subject, o ? ASK_FOUND : ASK_ABSENT);
}

uint32_t sys_create_named(Sys *s, const ObjectAttributes *a, const ObjectType *type, size_t size,
                          Object **out) {
    Object *old =
        *a->path ? object_find(s->machine, a->path, a->attributes & OBJ_CASE_INSENSITIVE) : NULL;
    ask_named(s, a, type, old);
    if (old && old->type != type) return STATUS_OBJECT_TYPE_MISMATCH;
    if (old && !(a->attributes & OBJ_OPENIF)) return STATUS_OBJECT_NAME_COLLISION;
    if (old) {
        object_hold(*out = old);
        return STATUS_OBJECT_NAME_EXISTS;
    }
    *out = object_new(s->machine, type, size);
    if (*out && (!*a->path || object_name(*out, a->path))) return STATUS_SUCCESS;
    object_drop(*out);
    return STATUS_NO_MEMORY;
}

uint32_t sys_open_named(Sys *s, const ObjectAttributes *a, const ObjectType *type, Object **out) {
    Object *o =
        *a->path ? object_find(s->machine, a->path, a->attributes & OBJ_CASE_INSENSITIVE) : NULL;
    ask_named(s, a, type, o);
    if (!o) return STATUS_OBJECT_NAME_NOT_FOUND;
    if (o->type != type) return STATUS_OBJECT_TYPE_MISMATCH;
    object_hold(*out = o);
    return STATUS_SUCCESS;
}

void sys_io_status(Sys *s, uint64_t address, uint32_t status, uint64_t information) {
    if (!address) return;
    Fields f = fields(s->process, address);
    put_pointer(&f, status);
    put_pointer(&f, information);
}

uint64_t sys_wait(Sys *s, const Wait *wait) {
    uint64_t result = STATUS_SUCCESS;
    if (sched_wait(s->thread, wait, &result)) return result;
    s->blocked = true;
    return result;
}
