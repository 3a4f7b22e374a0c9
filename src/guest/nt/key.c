#include "guest/nt/key.h"
#include "base/text.h"
#include "guest/flood.h"

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

Span key_name_out(Arena *a, const char *name) {
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

uint32_t key_read_name(Sys *s, uint64_t address, char **out) {
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

const char *key_event_path(Sys *s, const RegKey *key) {
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

/* ---- key objects ---- */

static void key_closed(Object *o, Process *p) {
    (void)p;
    if (!o->handles) key_end_notifications((KeyObject *)o);
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

uint32_t key_of(Sys *s, uint64_t handle, uint32_t access, RegKey **out) {
    HandleEntry *e = handle_entry(s->process, handle);
    if (!e) return STATUS_INVALID_HANDLE;
    if (e->object->type != &key_type) return STATUS_OBJECT_TYPE_MISMATCH;
    if ((e->access & access) != access) return STATUS_ACCESS_DENIED;
    *out = ((KeyObject *)e->object)->key;
    return (*out)->deleted ? STATUS_KEY_DELETED : STATUS_SUCCESS;
}

void registry_refused(Sys *s, uint32_t status) {
    if (status == STATUS_INSUFFICIENT_RESOURCES)
        flood_tell(s->machine, FLOOD_KEYS, registry_bytes(s->machine->registry));
}

uint32_t key_return(Sys *s, RegKey *key, uint32_t access, uint32_t attributes) {
    KeyObject *o = object_new(s->machine, &key_type, sizeof *o);
    if (!o) return STATUS_NO_MEMORY;
    registry_hold(o->key = key);
    return sys_return_handle(s, s->arg[0], &o->object, access, attributes);
}

/* ---- answers ---- */

KeyAnswer key_answer_at(const Sys *s, unsigned first) {
    return (KeyAnswer){(uint32_t)s->arg[first], s->arg[first + 1], (uint32_t)s->arg[first + 2],
                       s->arg[first + 3]};
}

uint64_t key_answered(Sys *s, const KeyAnswer *a, const Fields *f, uint64_t fixed) {
    uint64_t used = fields_used(f);
    if (f->bad || !guest_put_u32(s->process, a->needed, (uint32_t)used))
        return STATUS_ACCESS_VIOLATION;
    if (a->size < fixed) return STATUS_BUFFER_TOO_SMALL;
    return a->size < used ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}
