/* The NtKey and NtValueKey family: handles, access, layouts and events over registry.h's tree.
 *
 * Layouts: KEY_xxx_INFORMATION and KEY_VALUE_xxx_INFORMATION of wdm.h. Names may hold NULs, which
 * programs use to hide values from the Win32 functions; inside they are spelled C0 80.
 *
 * Limits: hives are not loaded from files nor saved to them; transactions are refused. */
#include "guest/registry.h"
#include "base/text.h"
#include "guest/event.h"
#include "guest/nt/registry_ask.h"
#include "guest/sys.h"
#include "guest/thread.h"
#include "guest/token.h"
#include "guest/trace.h"
#include <stdlib.h>

typedef struct {
    Object object;
    RegKey *key;
    struct Notification *notifications;
} KeyObject;

/* Rights of keys (winnt.h). */
enum {
    KEY_QUERY_VALUE = 1,
    KEY_SET_VALUE = 2,
    KEY_CREATE_SUB_KEY = 4,
    KEY_ENUMERATE_SUB_KEYS = 8,
    KEY_NOTIFY = 0x10,
    KEY_CREATE_LINK = 0x20,
    KEY_WOW64_64KEY = 0x100,
    KEY_WOW64_32KEY = 0x200,
    KEY_READ = 0x20019,
    KEY_WRITE = 0x20006,
    KEY_ALL_ACCESS = 0xf003f,
    DELETE = 0x10000,
    WRITE_DAC = 0x40000,
    WRITE_OWNER = 0x80000,
    MAXIMUM_ALLOWED = 0x2000000,
    CHANGING =
        KEY_SET_VALUE | KEY_CREATE_SUB_KEY | KEY_CREATE_LINK | DELETE | WRITE_DAC | WRITE_OWNER,
};
#define GENERIC_ALL     0x10000000u
#define GENERIC_WRITE   0x40000000u
#define GENERIC_READ    0x80000000u
#define GENERIC_EXECUTE 0x20000000u

enum { OPTION_VOLATILE = 1, OPTION_CREATE_LINK = 2, OPTION_OPEN_LINK = 8, OBJ_OPENLINK = 0x100 };
enum { MOST_DATA = 64 << 20, MOST_NAME = 16383 * 2, NO_OFFSET = -1 };

/* ---- names: UTF-16 of any content to and from what registry.h keeps ---- */

static char *name_in(Arena *a, Span utf16) {
    Buf out = buf_new(a->cap - a->used);
    size_t from = 0;
    for (size_t at = 0; at + 2 <= utf16.n; at += 2) {
        if (utf16.p[at] || utf16.p[at + 1]) continue;
        const char *part = text_from_utf16(a, span_sub(utf16, from, at - from));
        buf_str(&out, part ? part : "");
        buf_str(&out, "\xc0\x80");
        from = at + 2;
    }
    const char *rest = text_from_utf16(a, span_clip(utf16, from, utf16.n));
    buf_str(&out, rest ? rest : "");
    char *name = out.full || !rest ? NULL : arena_text(a, buf_span(&out));
    buf_free(&out);
    return name;
}

static Span name_out(Arena *a, const char *name) {
    if (!strstr(name, "\xc0\x80")) return text_to_utf16(a, span_str(name));
    Buf out = buf_new(a->cap - a->used);
    for (const char *end; (end = strstr(name, "\xc0\x80")); name = end + 2) {
        buf_add(&out, text_to_utf16(a, span(name, (size_t)(end - name))));
        buf_le(&out, 0, 2);
    }
    buf_add(&out, text_to_utf16(a, span_str(name)));
    Span bytes = arena_bytes(a, buf_span(&out));
    buf_free(&out);
    return bytes;
}

/* The text of a UNICODE_STRING. */
static uint32_t read_name(Sys *s, uint64_t address, char **out) {
    Fields f = fields(s->process, address);
    uint16_t size = get_u16(&f);
    get_u16(&f);
    uint64_t buffer = get_pointer(&f);
    uint8_t *raw = arena_alloc(s->scratch, size);
    if (f.bad || (size && !guest_read(s->process, buffer, raw, size)))
        return STATUS_ACCESS_VIOLATION;
    if (size & 1) return STATUS_OBJECT_NAME_INVALID;
    *out = name_in(s->scratch, span(raw, size));
    return *out ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* ---- events ---- */

/* A key as Sysmon spells it. */
static const char *event_path(Sys *s, const RegKey *key) {
    static const struct {
        const char *from, *to;
    } roots[] = {
        {"\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001", "HKLM\\System\\CurrentControlSet"},
        {"\\REGISTRY\\MACHINE", "HKLM"},
        {"\\REGISTRY\\USER", "HKU"},
    };
    const char *path = registry_path(s->scratch, key);
    for (size_t i = 0; path && i < sizeof roots / sizeof *roots; i++) {
        size_t n = strlen(roots[i].from);
        if (!strncasecmp(path, roots[i].from, n) && (path[n] == '\\' || !path[n]))
            return arena_printf(s->scratch, "%s%s", roots[i].to, path + n);
    }
    return path;
}

static const char *value_path(Sys *s, const RegKey *key, const char *name) {
    return arena_printf(s->scratch, "%s\\%s", event_path(s, key), *name ? name : "(Default)");
}

/* The texts of a REG_MULTI_SZ, or the one of a REG_SZ, up to their end. */
static const char *text_details(Arena *a, uint32_t type, Span data) {
    Buf out = buf_new(a->cap - a->used);
    bool many = type == REG_MULTI_SZ;
    for (size_t at = 0; at + 2 <= data.n;) {
        size_t end = at;
        while (end + 2 <= data.n && (data.p[end] || data.p[end + 1])) end += 2;
        if (many && end == at) break;
        const char *text = text_from_utf16(a, span_sub(data, at, end - at));
        if (out.n) buf_str(&out, " ");
        buf_str(&out, text ? text : "");
        at = end + 2;
        if (!many) break;
    }
    const char *text = out.n ? arena_text(a, buf_span(&out)) : "(Empty)";
    buf_free(&out);
    return text;
}

/* Data as Sysmon spells it. */
static const char *details(Sys *s, uint32_t type, Span data) {
    Cur c = cur(data);
    switch (type) {
    case REG_SZ:
    case REG_EXPAND_SZ:
    case REG_LINK:
    case REG_MULTI_SZ: return text_details(s->scratch, type, data);
    case REG_DWORD:
        if (data.n == 4) return arena_printf(s->scratch, "DWORD (0x%08x)", cur_u32le(&c));
        break;
    case REG_QWORD:
        if (data.n == 8) {
            uint32_t low = cur_u32le(&c), high = cur_u32le(&c);
            return arena_printf(s->scratch, "QWORD (0x%08x-0x%08x)", high, low);
        }
        break;
    default: break;
    }
    return data.n ? "Binary Data" : "(Empty)";
}

/* ---- key objects ---- */

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

/* The request is answered; the watch is out already. The status block of an asynchronous one stays
 * as it is: RegNotifyChangeKeyValue of Wine's kernelbase.dll gives one on a stack that has gone. */
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

/* The handle goes: whoever still waits for changes of it is told so. */
static void key_closed(Object *o, Process *p) {
    KeyObject *k = (KeyObject *)o;
    (void)p;
    for (Notification *n = k->notifications, *next; n && !o->handles; n = next) {
        next = n->next;
        if (n->over) continue;
        registry_unwatch(o->machine->registry, &n->watch);
        finish_notification(n, STATUS_NOTIFY_CLEANUP);
    }
}

static void key_destroy(Object *o) {
    registry_drop(o->machine->registry, ((KeyObject *)o)->key);
}

static char *key_path(const Object *o, Arena *a) {
    const RegKey *key = ((const KeyObject *)o)->key;
    return key->deleted ? arena_str(a, "") : registry_path(a, key);
}

static const ObjectType key_type = {
    .name = "Key", .path = key_path, .closed = key_closed, .destroy = key_destroy};

/* The key of a handle that grants the access. */
static uint32_t key_of(Sys *s, uint64_t handle, uint32_t access, RegKey **out) {
    HandleEntry *e = handle_entry(s->process, handle);
    if (!e) return STATUS_INVALID_HANDLE;
    if (e->object->type != &key_type) return STATUS_OBJECT_TYPE_MISMATCH;
    if ((e->access & access) != access) return STATUS_ACCESS_DENIED;
    *out = ((KeyObject *)e->object)->key;
    return (*out)->deleted ? STATUS_KEY_DELETED : STATUS_SUCCESS;
}

static uint32_t return_key(Sys *s, RegKey *key, uint32_t access, uint32_t attributes) {
    KeyObject *o = object_new(s->machine, &key_type, sizeof *o);
    if (!o) return STATUS_NO_MEMORY;
    registry_hold(o->key = key);
    return sys_return_handle(s, s->arg[0], &o->object, access, attributes);
}

/* ---- opening ---- */

/* Who is no administrator changes his own keys only. */
static bool may_change(Sys *s, const RegKey *key) {
    if (token_is_elevated(s->thread)) return true;
    while (key->parent && key->parent->parent && key->parent->parent->parent) key = key->parent;
    return key->parent && !strcasecmp(key->parent->name, "USER") &&
           text_equal_nocase(key->name, world_user_sid(s->machine->world));
}

static uint32_t map_access(uint32_t access) {
    if (access & GENERIC_READ) access |= KEY_READ;
    if (access & GENERIC_WRITE) access |= KEY_WRITE;
    if (access & GENERIC_EXECUTE) access |= KEY_READ;
    if (access & GENERIC_ALL) access |= KEY_ALL_ACCESS;
    return access & 0x03ffffff & ~(uint32_t)(KEY_WOW64_32KEY | KEY_WOW64_64KEY);
}

/* The access that a handle to the key gets. */
static uint32_t grant(Sys *s, const RegKey *key, uint32_t asked, uint32_t *granted) {
    bool change = may_change(s, key);
    uint32_t access = map_access(asked);
    if (access & CHANGING && !change) return STATUS_ACCESS_DENIED;
    if (access & MAXIMUM_ALLOWED) access |= change ? KEY_ALL_ACCESS : KEY_READ;
    *granted = access & ~(uint32_t)MAXIMUM_ALLOWED;
    return STATUS_SUCCESS;
}

typedef struct {
    RegKey *root; /* NULL: the path is a full one */
    char *path;
    uint32_t attributes;
} KeyName;

static uint32_t read_key_name(Sys *s, uint64_t address, KeyName *out) {
    Fields f = fields(s->process, address);
    get_u32(&f);
    uint64_t root = get_pointer(&f), name = get_pointer(&f);
    *out = (KeyName){.attributes = get_u32(&f)};
    if (f.bad || !name) return STATUS_ACCESS_VIOLATION;
    uint32_t status = read_name(s, name, &out->path);
    if (!status && root) status = key_of(s, root, 0, &out->root);
    if (!status && !root && !*out->path) status = STATUS_OBJECT_PATH_SYNTAX_BAD;
    return status;
}

static unsigned view(const Sys *s, uint32_t access) {
    if (access & KEY_WOW64_32KEY) return REG_VIEW_32 | REG_FORCE_32;
    return s->process->wow64 && !(access & KEY_WOW64_64KEY) ? REG_VIEW_32 : 0;
}

static uint64_t open_key(Sys *s, uint32_t options) {
    uint32_t access = (uint32_t)s->arg[1];
    KeyName name;
    RegKey *key;
    uint32_t status = read_key_name(s, s->arg[2], &name);
    if (status) return status;
    bool link = options & OPTION_OPEN_LINK || name.attributes & OBJ_OPENLINK;
    status = registry_find(s->machine->registry, name.root, name.path,
                           view(s, access) | (link ? REG_OPEN_LINK : 0), &key);
    if (!status) ask_key(s, key);
    else if (status == STATUS_OBJECT_NAME_NOT_FOUND)
        ask_no_key(s, name.root, name.path, view(s, access) & REG_VIEW_32);
    if (!status) status = grant(s, key, access, &access);
    return status ? status : return_key(s, key, access, name.attributes);
}

static uint64_t nt_open_key(Sys *s) {
    return open_key(s, 0);
}
static uint64_t nt_open_key_ex(Sys *s) {
    return open_key(s, (uint32_t)s->arg[3]);
}

static void set_class(Sys *s, RegKey *key, uint64_t address) {
    char *class = address ? guest_unicode_string(s->process, s->scratch, address) : NULL;
    if (class && *class) registry_set_class(s->machine->registry, key, class);
}

/* The key that holds a new one's name, for the question who may make it. */
static uint32_t may_create(Sys *s, const KeyName *name, unsigned flags) {
    Registry *r = s->machine->registry;
    RegKey *key;
    if (token_is_elevated(s->thread)) return STATUS_SUCCESS;
    if (!registry_find(r, name->root, name->path, flags, &key)) return STATUS_SUCCESS;
    char *parent = arena_str(s->scratch, name->path), *slash;
    while ((slash = strrchr(parent, '\\')) && !slash[1] && slash > parent) *slash = 0;
    if (slash) *slash = 0;
    else parent = "";
    uint32_t status = registry_find(r, name->root, parent, flags, &key);
    return status || may_change(s, key) ? status : STATUS_ACCESS_DENIED;
}

static uint64_t nt_create_key(Sys *s) {
    enum { CREATED_NEW = 1, OPENED_EXISTING = 2 };
    uint32_t access = (uint32_t)s->arg[1], options = (uint32_t)s->arg[5];
    unsigned flags = view(s, access);
    KeyName name;
    RegKey *key;
    bool created;
    uint32_t status = read_key_name(s, s->arg[2], &name);
    if (options & OPTION_OPEN_LINK || name.attributes & OBJ_OPENLINK) flags |= REG_OPEN_LINK;
    if (options & OPTION_VOLATILE) flags |= REG_VOLATILE;
    if (options & OPTION_CREATE_LINK) flags |= REG_CREATE_LINK;
    if (!status) status = may_create(s, &name, flags);
    if (status) return status;
    status = registry_create(s->machine->registry, name.root, name.path, flags,
                             machine_filetime(s->machine), &key, &created);
    if (!status && !created) ask_key(s, key);
    if (!status) status = grant(s, key, access, &access);
    if (status) return status;
    if (created) {
        set_class(s, key, s->arg[4]);
        trace_event(s->machine, s->thread, EV_registry_add, {EF_EventType, "CreateKey"},
                    {EF_TargetObject, event_path(s, key)});
    }
    if (s->arg[6]) guest_put_u32(s->process, s->arg[6], created ? CREATED_NEW : OPENED_EXISTING);
    return return_key(s, key, access, name.attributes);
}

/* ---- keys ---- */

static uint64_t nt_delete_key(Sys *s) {
    RegKey *key;
    uint32_t status = key_of(s, s->arg[0], DELETE, &key);
    if (status) return status == STATUS_KEY_DELETED ? STATUS_SUCCESS : status;
    const char *path = event_path(s, key);
    status = registry_delete(s->machine->registry, key, false, machine_filetime(s->machine));
    if (!status)
        trace_event(s->machine, s->thread, EV_registry_delete, {EF_EventType, "DeleteKey"},
                    {EF_TargetObject, path});
    return status;
}

static uint64_t nt_rename_key(Sys *s) {
    RegKey *key;
    char *name;
    if (!s->arg[1]) return STATUS_ACCESS_VIOLATION;
    uint32_t status = key_of(s, s->arg[0], KEY_WRITE, &key);
    if (!status) status = read_name(s, s->arg[1], &name);
    if (status) return status;
    const char *path = event_path(s, key);
    status = registry_rename(s->machine->registry, key, name, machine_filetime(s->machine));
    if (!status)
        trace_event(s->machine, s->thread, EV_registry_rename, {EF_EventType, "RenameKey"},
                    {EF_TargetObject, path}, {EF_NewName, event_path(s, key)});
    return status;
}

/* What KEY_FULL_INFORMATION and its kin count. */
typedef struct {
    uint32_t keys, values, longest_key, longest_class, longest_name, longest_data;
} Counts;

static uint32_t larger(uint32_t most, size_t n) {
    return n > most ? (uint32_t)n : most;
}

static Counts count(Sys *s, RegKey *key) {
    Registry *r = s->machine->registry;
    Counts c = {.keys = registry_key_count(r, key), .values = registry_value_count(r, key)};
    for (uint32_t i = 0; i < c.keys; i++) {
        const RegKey *k = registry_key_at(r, key, i);
        c.longest_key = larger(c.longest_key, name_out(s->scratch, k->name).n);
        if (k->class) c.longest_class = larger(c.longest_class, name_out(s->scratch, k->class).n);
    }
    for (uint32_t i = 0; i < c.values; i++) {
        const RegValue *v = registry_value_at(r, key, i);
        c.longest_name = larger(c.longest_name, name_out(s->scratch, v->name).n);
        c.longest_data = larger(c.longest_data, v->data.n);
    }
    return c;
}

/* Where the answer goes: class, buffer, its size, pointer to the size that is needed. */
typedef struct {
    uint32_t class;
    uint64_t buffer, size, needed;
} Answer;

static Answer answer_at(const Sys *s, unsigned first) {
    return (Answer){(uint32_t)s->arg[first], s->arg[first + 1], (uint32_t)s->arg[first + 2],
                    s->arg[first + 3]};
}

/* Status of an answer whose first `fixed` bytes must fit. */
static uint64_t answered(Sys *s, const Answer *a, const Fields *f, uint64_t fixed) {
    uint64_t used = fields_used(f);
    if (f->bad || !guest_put_u32(s->process, a->needed, (uint32_t)used))
        return STATUS_ACCESS_VIOLATION;
    if (a->size < fixed) return STATUS_BUFFER_TOO_SMALL;
    return a->size < used ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static uint64_t put_basic(Sys *s, RegKey *key, Fields *f) {
    Span name = name_out(s->scratch, key->name);
    put_u64(f, key->written);
    put_u32(f, 0);
    put_u32(f, (uint32_t)name.n);
    uint64_t fixed = fields_used(f);
    put_bytes(f, name);
    return fixed;
}

static uint64_t put_node(Sys *s, RegKey *key, Fields *f) {
    enum { FIXED = 24 };
    Span name = name_out(s->scratch, key->name),
         class = name_out(s->scratch, key->class ? key->class : "");
    put_u64(f, key->written);
    put_u32(f, 0);
    put_u32(f, class.n ? FIXED + (uint32_t)name.n : (uint32_t)NO_OFFSET);
    put_u32(f, (uint32_t) class.n);
    put_u32(f, (uint32_t)name.n);
    put_bytes(f, name);
    put_bytes(f, class);
    return FIXED;
}

static uint64_t put_full(Sys *s, RegKey *key, Fields *f) {
    enum { FIXED = 44 };
    Span class = name_out(s->scratch, key->class ? key->class : "");
    Counts c = count(s, key);
    put_u64(f, key->written);
    put_u32(f, 0);
    put_u32(f, class.n ? FIXED : (uint32_t)NO_OFFSET);
    put_u32(f, (uint32_t) class.n);
    put_u32(f, c.keys);
    put_u32(f, c.longest_key);
    put_u32(f, c.longest_class);
    put_u32(f, c.values);
    put_u32(f, c.longest_name);
    put_u32(f, c.longest_data);
    put_bytes(f, class);
    return FIXED;
}

static uint64_t put_name(Sys *s, RegKey *key, Fields *f) {
    const char *path = registry_path(s->scratch, key);
    Span name = name_out(s->scratch, path ? path : "");
    put_u32(f, (uint32_t)name.n);
    put_bytes(f, name);
    return 4;
}

static uint64_t put_cached(Sys *s, RegKey *key, Fields *f) {
    Counts c = count(s, key);
    put_u64(f, key->written);
    put_u32(f, 0);
    put_u32(f, c.keys);
    put_u32(f, c.longest_key);
    put_u32(f, c.values);
    put_u32(f, c.longest_name);
    put_u32(f, c.longest_data);
    put_u32(f, (uint32_t)name_out(s->scratch, key->name).n);
    fields_align(f, 8);
    return fields_used(f);
}

static uint64_t put_zeroes(Fields *f, unsigned count_u32) {
    while (count_u32--) put_u32(f, 0);
    return fields_used(f);
}

static uint64_t describe_key(Sys *s, RegKey *key, const Answer *a) {
    Fields f = fields_in(s->process, a->buffer, a->size);
    uint64_t fixed;
    switch (a->class) {
    case 0: fixed = put_basic(s, key, &f); break;
    case 1: fixed = put_node(s, key, &f); break;
    case 2: fixed = put_full(s, key, &f); break;
    case 3: fixed = put_name(s, key, &f); break;
    case 4: fixed = put_cached(s, key, &f); break;
    case 5: fixed = put_zeroes(&f, 3); break; /* KEY_FLAGS_INFORMATION */
    case 6: fixed = put_zeroes(&f, 1); break; /* KEY_VIRTUALIZATION_INFORMATION */
    case 7: fixed = put_zeroes(&f, 1); break; /* KEY_HANDLE_TAGS_INFORMATION */
    default: return STATUS_INVALID_PARAMETER;
    }
    return answered(s, a, &f, fixed);
}

static uint64_t nt_query_key(Sys *s) {
    enum { NAME = 3, TAGS = 7 };
    Answer a = answer_at(s, 1);
    RegKey *key;
    uint32_t access = a.class == NAME || a.class == TAGS ? 0 : KEY_QUERY_VALUE;
    uint32_t status = key_of(s, s->arg[0], access, &key);
    return status ? status : describe_key(s, key, &a);
}

static uint64_t nt_enumerate_key(Sys *s) {
    Answer a = answer_at(s, 2);
    RegKey *key;
    uint32_t status = key_of(s, s->arg[0], KEY_ENUMERATE_SUB_KEYS, &key);
    if (status) return status;
    key = registry_key_at(s->machine->registry, key, (uint32_t)s->arg[1]);
    if (key) ask_key(s, key);
    return key ? describe_key(s, key, &a) : STATUS_NO_MORE_ENTRIES;
}

static uint64_t nt_set_information_key(Sys *s) {
    enum { WRITE_TIME = 0, TAGS = 5 };
    RegKey *key;
    uint32_t status = key_of(s, s->arg[0], 0, &key);
    if (status) return status;
    if ((uint32_t)s->arg[1] == WRITE_TIME) {
        if (s->arg[3] < 8) return STATUS_INFO_LENGTH_MISMATCH;
        status = key_of(s, s->arg[0], KEY_SET_VALUE, &key);
        if (status) return status;
        return guest_get_u64(s->process, s->arg[2], &key->written) ? STATUS_SUCCESS
                                                                   : STATUS_ACCESS_VIOLATION;
    }
    return (uint32_t)s->arg[1] <= TAGS ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

/* ---- values ---- */

static uint64_t put_value_basic(Sys *s, const RegValue *v, Fields *f) {
    Span name = name_out(s->scratch, v->name);
    put_u32(f, 0);
    put_u32(f, v->type);
    put_u32(f, (uint32_t)name.n);
    put_bytes(f, name);
    return 12;
}

static uint64_t put_value_full(Sys *s, const RegValue *v, Fields *f, unsigned alignment) {
    enum { FIXED = 20 };
    Span name = name_out(s->scratch, v->name);
    uint32_t data_at = (FIXED + (uint32_t)name.n + alignment - 1) & ~(alignment - 1);
    put_u32(f, 0);
    put_u32(f, v->type);
    put_u32(f, data_at);
    put_u32(f, (uint32_t)v->data.n);
    put_u32(f, (uint32_t)name.n);
    put_bytes(f, name);
    fields_skip(f, data_at - fields_used(f));
    put_bytes(f, v->data);
    return FIXED;
}

static uint64_t put_value_partial(const RegValue *v, Fields *f, bool aligned) {
    if (!aligned) put_u32(f, 0);
    put_u32(f, v->type);
    put_u32(f, (uint32_t)v->data.n);
    uint64_t fixed = fields_used(f);
    put_bytes(f, v->data);
    return fixed;
}

static uint64_t describe_value(Sys *s, const RegValue *v, const Answer *a) {
    Fields f = fields_in(s->process, a->buffer, a->size);
    uint64_t fixed;
    switch (a->class) {
    case 0: fixed = put_value_basic(s, v, &f); break;
    case 1: fixed = put_value_full(s, v, &f, 1); break;
    case 2: fixed = put_value_partial(v, &f, false); break;
    case 3: fixed = put_value_full(s, v, &f, 8); break;
    case 4: fixed = put_value_partial(v, &f, true); break;
    default: return STATUS_INVALID_PARAMETER;
    }
    return answered(s, a, &f, fixed);
}

static uint64_t nt_query_value_key(Sys *s) {
    Answer a = answer_at(s, 2);
    RegKey *key;
    char *name;
    uint32_t status = key_of(s, s->arg[0], KEY_QUERY_VALUE, &key);
    if (!status) status = read_name(s, s->arg[1], &name);
    if (status) return status;
    const RegValue *v = registry_value(s->machine->registry, key, name);
    ask_value(s, key, name, v);
    return v ? describe_value(s, v, &a) : STATUS_OBJECT_NAME_NOT_FOUND;
}

static uint64_t nt_enumerate_value_key(Sys *s) {
    Answer a = answer_at(s, 2);
    RegKey *key;
    uint32_t status = key_of(s, s->arg[0], KEY_QUERY_VALUE, &key);
    if (status) return status;
    const RegValue *v = registry_value_at(s->machine->registry, key, (uint32_t)s->arg[1]);
    if (v) ask_value(s, key, v->name, v);
    return v ? describe_value(s, v, &a) : STATUS_NO_MORE_ENTRIES;
}

/* KEY_VALUE_ENTRY, one by one: name in; length, offset and type out. The data lie in the buffer,
 * each on a multiple of 4. */
static uint32_t query_one(Sys *s, RegKey *key, uint64_t entry, Fields *data, uint64_t *needed) {
    Fields f = fields(s->process, entry);
    char *name;
    uint32_t status = read_name(s, get_pointer(&f), &name);
    if (status) return status;
    const RegValue *v = registry_value(s->machine->registry, key, name);
    ask_value(s, key, name, v);
    if (!v) return STATUS_OBJECT_NAME_NOT_FOUND;
    *needed = ((*needed + 3) & ~UINT64_C(3)) + v->data.n;
    if (*needed > data->room) return STATUS_SUCCESS;
    fields_align(data, 4);
    put_u32(&f, (uint32_t)v->data.n);
    put_u32(&f, (uint32_t)fields_used(data));
    put_u32(&f, v->type);
    put_bytes(data, v->data);
    return f.bad || data->bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

static uint64_t nt_query_multiple_value_key(Sys *s) {
    enum { MOST = 4096 };
    uint32_t n = (uint32_t)s->arg[2], room = 0;
    unsigned size = s->process->pointer == 8 ? 24 : 16;
    RegKey *key;
    uint32_t status = key_of(s, s->arg[0], KEY_QUERY_VALUE, &key);
    if (status) return status;
    if (n > MOST) return STATUS_INSUFFICIENT_RESOURCES;
    if (!guest_get_u32(s->process, s->arg[4], &room)) return STATUS_ACCESS_VIOLATION;
    Fields data = fields_in(s->process, s->arg[3], room);
    uint64_t needed = 0;
    for (uint32_t i = 0; i < n; i++)
        if ((status = query_one(s, key, s->arg[1] + (uint64_t)i * size, &data, &needed)))
            return status;
    guest_put_u32(s->process, s->arg[4], (uint32_t)needed);
    if (s->arg[5]) guest_put_u32(s->process, s->arg[5], (uint32_t)needed);
    return needed > room ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

/* Wine's kernelbase.dll writes the time zone's names whenever it is loaded, Windows' does not: they
 * are no events, unless another zone is chosen. */
static bool is_start_up_noise(Sys *s, RegKey *key, const char *name, uint32_t type, Span data) {
    if (!text_equal_nocase(key->name, "TimeZoneInformation")) return false;
    if (text_equal_nocase(name, "StandardName")) return true;
    const RegValue *v = registry_value(s->machine->registry, key, name);
    return v && v->type == type && span_equal(v->data, data);
}

static uint64_t nt_set_value_key(Sys *s) {
    uint32_t type = (uint32_t)s->arg[3], size = (uint32_t)s->arg[5];
    RegKey *key;
    char *name;
    uint32_t status = key_of(s, s->arg[0], KEY_SET_VALUE, &key);
    if (!status) status = read_name(s, s->arg[1], &name);
    if (status) return status;
    if (name_out(s->scratch, name).n > MOST_NAME) return STATUS_INVALID_PARAMETER;
    uint8_t *data = size <= MOST_DATA ? arena_alloc(s->scratch, size) : NULL;
    if (!data) return STATUS_INSUFFICIENT_RESOURCES;
    if (size && !guest_read(s->process, s->arg[4], data, size)) return STATUS_ACCESS_VIOLATION;
    bool noise = is_start_up_noise(s, key, name, type, span(data, size));
    status = registry_set(s->machine->registry, key, name, type, span(data, size),
                          machine_filetime(s->machine));
    if (!status && !noise)
        trace_event(s->machine, s->thread, EV_registry_set, {EF_EventType, "SetValue"},
                    {EF_TargetObject, value_path(s, key, name)},
                    {EF_Details, details(s, type, span(data, size))});
    return status;
}

static uint64_t nt_delete_value_key(Sys *s) {
    RegKey *key;
    char *name;
    uint32_t status = key_of(s, s->arg[0], KEY_SET_VALUE, &key);
    if (!status) status = read_name(s, s->arg[1], &name);
    if (!status)
        status = registry_unset(s->machine->registry, key, name, machine_filetime(s->machine));
    if (!status)
        trace_event(s->machine, s->thread, EV_registry_delete, {EF_EventType, "DeleteValue"},
                    {EF_TargetObject, value_path(s, key, name)});
    return status;
}

/* ---- waiting for changes ---- */

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

/* ---- the rest ---- */

static uint64_t nt_flush_key(Sys *s) {
    RegKey *key;
    return key_of(s, s->arg[0], 0, &key);
}

/* Loading and saving need SeRestorePrivilege and SeBackupPrivilege, which no token has enabled. */
static uint64_t nt_needs_privilege(Sys *s) {
    (void)s;
    return STATUS_PRIVILEGE_NOT_HELD;
}

static uint64_t nt_no_transactions(Sys *s) {
    (void)s;
    return STATUS_NOT_SUPPORTED;
}

/* What a Windows without special licences says for names it does not know. */
static uint64_t nt_query_license_value(Sys *s) {
    if (!s->arg[0] || !s->arg[4]) return STATUS_INVALID_PARAMETER;
    return STATUS_OBJECT_NAME_NOT_FOUND;
}

const SysRow nt_registry_rows[] = {
    {"NtCreateKey", 7, nt_create_key},
    {"NtCreateKeyTransacted", 8, nt_no_transactions},
    {"NtDeleteKey", 1, nt_delete_key},
    {"NtDeleteValueKey", 2, nt_delete_value_key},
    {"NtEnumerateKey", 6, nt_enumerate_key},
    {"NtEnumerateValueKey", 6, nt_enumerate_value_key},
    {"NtFlushKey", 1, nt_flush_key},
    {"NtLoadKey", 2, nt_needs_privilege},
    {"NtLoadKey2", 3, nt_needs_privilege},
    {"NtLoadKeyEx", 8, nt_needs_privilege},
    {"NtNotifyChangeKey", 10, nt_notify_change_key},
    {"NtNotifyChangeMultipleKeys", 12, nt_notify_change_multiple_keys},
    {"NtOpenKey", 3, nt_open_key},
    {"NtOpenKeyEx", 4, nt_open_key_ex},
    {"NtOpenKeyTransacted", 4, nt_no_transactions},
    {"NtOpenKeyTransactedEx", 5, nt_no_transactions},
    {"NtQueryKey", 5, nt_query_key},
    {"NtQueryLicenseValue", 5, nt_query_license_value},
    {"NtQueryMultipleValueKey", 6, nt_query_multiple_value_key},
    {"NtQueryValueKey", 6, nt_query_value_key},
    {"NtRenameKey", 2, nt_rename_key},
    {"NtReplaceKey", 3, nt_needs_privilege},
    {"NtRestoreKey", 3, nt_needs_privilege},
    {"NtSaveKey", 2, nt_needs_privilege},
    {"NtSaveKeyEx", 3, nt_needs_privilege},
    {"NtSetInformationKey", 4, nt_set_information_key},
    {"NtSetValueKey", 6, nt_set_value_key},
    {"NtUnloadKey", 1, nt_needs_privilege},
    {NULL, 0, NULL},
};
