/* Values of keys (KEY_VALUE_xxx_INFORMATION of wdm.h). */
#include "base/text.h"
#include "guest/nt/key.h"
#include "guest/nt/registry_ask.h"
#include "guest/nt/registry_wine.h"
#include "guest/trace.h"

enum { MOST_DATA = 64 << 20, MOST_NAME = 16383 * 2 };

/* ---- asking ---- */

static uint64_t put_value_basic(Sys *s, const RegValue *v, Fields *f) {
    Span name = key_name_out(s->scratch, v->name);
    put_u32(f, 0);
    put_u32(f, v->type);
    put_u32(f, (uint32_t)name.n);
    put_bytes(f, name);
    return 12;
}

static uint64_t put_value_full(Sys *s, const RegValue *v, Fields *f, unsigned alignment) {
    enum { FIXED = 20 };
    Span name = key_name_out(s->scratch, v->name);
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

static uint64_t describe_value(Sys *s, const RegValue *v, const KeyAnswer *a) {
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
    return key_answered(s, a, &f, fixed);
}

static uint64_t nt_query_value_key(Sys *s) {
    KeyAnswer a = key_answer_at(s, 2);
    RegKey *key;
    char *name;
    uint32_t status = key_of(s, s->arg[0], KEY_QUERY_VALUE, &key);
    if (!status) status = key_read_name(s, s->arg[1], &name);
    if (status) return status;
    const RegValue *v = registry_value(s->machine->registry, key, name);
    ask_value(s, key, name, v);
    return v ? describe_value(s, v, &a) : STATUS_OBJECT_NAME_NOT_FOUND;
}

static uint64_t nt_enumerate_value_key(Sys *s) {
    KeyAnswer a = key_answer_at(s, 2);
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
    uint32_t status = key_read_name(s, get_pointer(&f), &name);
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

/* ---- changing ---- */

static const char *value_path(Sys *s, const RegKey *key, const char *name) {
    return arena_printf(s->scratch, "%s\\%s", key_event_path(s, key), *name ? name : "(Default)");
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

static uint64_t nt_set_value_key(Sys *s) {
    uint32_t type = (uint32_t)s->arg[3], size = (uint32_t)s->arg[5];
    RegKey *key;
    char *name;
    uint32_t status = key_of(s, s->arg[0], KEY_SET_VALUE, &key);
    if (!status) status = key_read_name(s, s->arg[1], &name);
    if (status) return status;
    if (key_name_out(s->scratch, name).n > MOST_NAME) return STATUS_INVALID_PARAMETER;
    uint8_t *data = size <= MOST_DATA ? arena_alloc(s->scratch, size) : NULL;
    if (!data) return STATUS_INSUFFICIENT_RESOURCES;
    if (size && !guest_read(s->process, s->arg[4], data, size)) return STATUS_ACCESS_VIOLATION;
    bool noise = wine_sets_by_itself(s, key, name, type, span(data, size));
    if (!key_may_change(s, key)) return noise ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
    status = registry_set(s->machine->registry, key, name, type, span(data, size),
                          machine_filetime(s->machine));
    if (status) registry_refused(s, status);
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
    if (!status && !key_may_change(s, key)) status = STATUS_ACCESS_DENIED;
    if (!status) status = key_read_name(s, s->arg[1], &name);
    if (!status)
        status = registry_unset(s->machine->registry, key, name, machine_filetime(s->machine));
    if (!status)
        trace_event(s->machine, s->thread, EV_registry_delete, {EF_EventType, "DeleteValue"},
                    {EF_TargetObject, value_path(s, key, name)});
    return status;
}

const SysRow nt_registry_value_rows[] = {
    {"NtDeleteValueKey", 2, nt_delete_value_key},
    {"NtEnumerateValueKey", 6, nt_enumerate_value_key},
    {"NtQueryMultipleValueKey", 6, nt_query_multiple_value_key},
    {"NtQueryValueKey", 6, nt_query_value_key},
    {"NtSetValueKey", 6, nt_set_value_key},
    {NULL, 0, NULL},
};
