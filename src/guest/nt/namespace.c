/* The namespace as programs walk it: directories of named objects, and symbolic links.
 *
 * Some names are not objects of ours but known all the same: the directories that Windows begins
 * with, and the links from \\??\\ to drives and devices. */
#include "base/text.h"
#include "guest/file.h"
#include "guest/fs.h"
#include "guest/sys.h"
#include <stdlib.h>

/* \\DosDevices and \\GLOBAL?? are other names of \\??. */
static const char *canonical(Sys *s, const char *path) {
    static const char *const aliases[] = {"\\DosDevices", "\\GLOBAL??"};
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        size_t n = strlen(aliases[i]);
        if (!strncasecmp(path, aliases[i], n) && (!path[n] || path[n] == '\\'))
            return arena_printf(s->scratch, "\\??%s", path + n);
    }
    return path;
}

static uint32_t named_attributes(Sys *s, uint64_t address, ObjectAttributes *a) {
    uint32_t status = sys_object_attributes(s, address, a);
    if (status) return status;
    a->path = arena_str(s->scratch, canonical(s, a->path));
    size_t n = a->path ? strlen(a->path) : 0;
    if (n > 1 && a->path[n - 1] == '\\') a->path[n - 1] = 0;
    return a->path ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* ---- directories ---- */

static const ObjectType directory_type = {.name = "Directory"};

/* Those that Windows has from its start. */
static const char *const system_directories[] = {
    "\\",
    "\\BaseNamedObjects",
    "\\Sessions\\1\\BaseNamedObjects",
    "\\KnownDlls",
    "\\??",
    "\\KnownDlls32",
    "\\Device",
    "\\RPC Control",
    "\\Windows",
    "\\ObjectTypes",
    "\\Driver",
};

static bool is_system_directory(const char *path) {
    for (size_t i = 0; i < sizeof system_directories / sizeof *system_directories; i++)
        if (text_equal_nocase(path, system_directories[i])) return true;
    return false;
}

static uint64_t nt_create_directory(Sys *s) {
    ObjectAttributes a;
    Object *o;
    uint32_t status = named_attributes(s, s->arg[2], &a);
    if (!status) status = sys_create_named(s, &a, &directory_type, sizeof *o, &o);
    if (NT_ERROR(status)) return status;
    uint32_t result = sys_return_handle(s, s->arg[0], o, (uint32_t)s->arg[1], a.attributes);
    return result ? result : status;
}

static uint64_t nt_open_directory(Sys *s) {
    ObjectAttributes a;
    Object *o;
    uint32_t status = named_attributes(s, s->arg[2], &a);
    if (status) return status;
    status = sys_open_named(s, &a, &directory_type, &o);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND && is_system_directory(a.path))
        status = sys_create_named(s, &a, &directory_type, sizeof *o, &o);
    return status ? status : sys_return_handle(s, s->arg[0], o, (uint32_t)s->arg[1], a.attributes);
}

/* ---- symbolic links ---- */

typedef struct {
    Object object;
    char *target;
} Link;

static void link_destroy(Object *o) {
    free(((Link *)o)->target);
}

static const ObjectType link_type = {.name = "SymbolicLink", .destroy = link_destroy};

static uint64_t nt_create_link(Sys *s) {
    ObjectAttributes a;
    Object *o;
    uint32_t status = named_attributes(s, s->arg[2], &a);
    char *target = guest_unicode_string(s->process, s->scratch, s->arg[3]);
    if (!status && !target) status = STATUS_ACCESS_VIOLATION;
    if (!status) status = sys_create_named(s, &a, &link_type, sizeof(Link), &o);
    if (NT_ERROR(status)) return status;
    if (status == STATUS_SUCCESS) ((Link *)o)->target = strdup(target);
    uint32_t result = sys_return_handle(s, s->arg[0], o, (uint32_t)s->arg[1], a.attributes);
    return result ? result : status;
}

/* A drive or device of \\??: a link that exists for this handle only. */
static uint32_t open_dos_link(Sys *s, const char *path, Object **out) {
    char *target = strncmp(path, "\\??\\", 4) || strchr(path + 4, '\\')
                       ? NULL
                       : fs_device_path(s->machine->fs, s->scratch, path);
    if (!target || !*target) return STATUS_OBJECT_NAME_NOT_FOUND;
    Link *l = object_new(s->machine, &link_type, sizeof *l);
    if (!l || !(l->target = strdup(target))) {
        object_drop(l ? &l->object : NULL);
        return STATUS_NO_MEMORY;
    }
    *out = &l->object;
    return STATUS_SUCCESS;
}

static uint64_t nt_open_link(Sys *s) {
    ObjectAttributes a;
    Object *o;
    uint32_t status = named_attributes(s, s->arg[2], &a);
    if (!status) status = sys_open_named(s, &a, &link_type, &o);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND) status = open_dos_link(s, a.path, &o);
    return status ? status : sys_return_handle(s, s->arg[0], o, (uint32_t)s->arg[1], a.attributes);
}

static uint64_t nt_query_link(Sys *s) {
    Link *l;
    uint32_t status = handle_object(s->process, s->arg[0], &link_type, (Object **)&l);
    if (status) return status;
    Span text = text_to_utf16(s->scratch, span_str(l->target ? l->target : ""));
    Fields in = fields(s->process, s->arg[1]);
    get_u16(&in);
    uint16_t room = get_u16(&in);
    uint64_t buffer = get_pointer(&in);
    if (s->arg[2]) guest_put_u32(s->process, s->arg[2], (uint32_t)text.n + 2);
    if (in.bad) return STATUS_ACCESS_VIOLATION;
    if (room < text.n) return STATUS_BUFFER_TOO_SMALL;
    if (!guest_write(s->process, buffer, text.p, text.n)) return STATUS_ACCESS_VIOLATION;
    Fields out = fields(s->process, s->arg[1]);
    put_u16(&out, (uint16_t)text.n);
    return STATUS_SUCCESS;
}

/* ---- what is in a directory ---- */

enum { ENTRIES_MAX = 4096 };

typedef struct {
    const char *name, *type;
} Entry;

typedef struct {
    Arena *arena;
    Entry *entries;
    size_t count;
} List;

static void add(List *l, const char *name, const char *type) {
    for (size_t i = 0; i < l->count; i++)
        if (text_equal_nocase(l->entries[i].name, name)) return;
    if (l->count < ENTRIES_MAX) l->entries[l->count++] = (Entry){name, type};
}

static void add_objects(List *l, Machine *m, const char *directory) {
    bool root = !strcmp(directory, "\\");
    char *front = arena_printf(l->arena, "%s%s", directory, root ? "" : "\\");
    size_t n = front ? strlen(front) : 0;
    for (Object *o = n ? object_next(m, front, NULL) : NULL; o; o = object_next(m, front, o))
        if (o->name[n] && !strchr(o->name + n, '\\')) add(l, o->name + n, o->type->name);
}

static void add_drives(List *l, const FileSystem *fs) {
    for (size_t i = 0; i < fs_volume_count(fs); i++) {
        char *name = arena_printf(l->arena, "%c:", fs_volume(fs, i)->letter);
        if (name) add(l, name, link_type.name);
    }
    for (size_t i = 0; fs_dos_device(i); i++) add(l, fs_dos_device(i), link_type.name);
}

static void add_below_root(List *l) {
    for (size_t i = 0; i < sizeof system_directories / sizeof *system_directories; i++) {
        const char *name = system_directories[i] + 1;
        if (*name && !strchr(name, '\\')) add(l, name, directory_type.name);
    }
}

static int compare_entries(const void *a, const void *b) {
    return text_compare_nocase(((const Entry *)a)->name, ((const Entry *)b)->name);
}

static bool list_directory(Sys *s, const char *path, List *l) {
    *l = (List){.arena = s->scratch, .entries = arena_new_array(s->scratch, Entry, ENTRIES_MAX)};
    if (!l->entries) return false;
    add_objects(l, s->machine, path);
    if (text_equal_nocase(path, "\\??")) add_drives(l, s->machine->fs);
    if (!strcmp(path, "\\")) add_below_root(l);
    if (l->count) qsort(l->entries, l->count, sizeof *l->entries, compare_entries);
    return true;
}

/* ---- OBJECT_DIRECTORY_INFORMATION: the structures, an empty one, then the texts ---- */

typedef struct {
    Span name, type; /* UTF-16 */
} Wide;

static Wide wide(Sys *s, const Entry *e) {
    return (Wide){text_to_utf16(s->scratch, span_str(e->name)),
                  text_to_utf16(s->scratch, span_str(e->type))};
}

static uint64_t entry_size(const Sys *s, const Wide *w) {
    return 4 * s->process->pointer + w->name.n + w->type.n + 4;
}

static void put_text(Fields *texts, Fields *out, Span text) {
    put_unicode_string(out, texts->base + fields_used(texts), (uint32_t)text.n,
                       (uint32_t)text.n + 2);
    put_bytes(texts, text);
    put_u16(texts, 0);
}

static bool put_entries(Sys *s, const Wide *entries, size_t count) {
    uint64_t head = 4 * s->process->pointer * (count + 1);
    Fields out = fields(s->process, s->arg[1]), texts = fields(s->process, s->arg[1] + head);
    for (size_t i = 0; i < count; i++) {
        put_text(&texts, &out, entries[i].name);
        put_text(&texts, &out, entries[i].type);
    }
    for (int i = 0; i < 2; i++) put_unicode_string(&out, 0, 0, 0);
    return !out.bad && !texts.bad;
}

/* (directory, buffer, length, single, restart, context, returned length) */
static uint64_t nt_query_directory_object(Sys *s) {
    Object *o;
    List l;
    uint32_t at = 0;
    uint32_t status = handle_object(s->process, s->arg[0], &directory_type, &o);
    if (status) return status;
    if (!(uint8_t)s->arg[4] && !guest_get_u32(s->process, s->arg[5], &at))
        return STATUS_ACCESS_VIOLATION;
    if (!list_directory(s, o->name, &l)) return STATUS_NO_MEMORY;
    if (at >= l.count) return STATUS_NO_MORE_ENTRIES;
    size_t most = (uint8_t)s->arg[3] ? 1 : l.count - at, count = 0;
    Wide *entries = arena_new_array(s->scratch, Wide, most);
    if (!entries) return STATUS_NO_MEMORY;
    uint64_t need = 4 * s->process->pointer;
    for (; count < most; count++) {
        entries[count] = wide(s, &l.entries[at + count]);
        if (need + entry_size(s, &entries[count]) > (uint32_t)s->arg[2]) break;
        need += entry_size(s, &entries[count]);
    }
    if (!count) need += entry_size(s, &entries[0]);
    if (s->arg[6]) guest_put_u32(s->process, s->arg[6], (uint32_t)need);
    if (!count) return STATUS_BUFFER_TOO_SMALL;
    if (!put_entries(s, entries, count)) return STATUS_ACCESS_VIOLATION;
    guest_put_u32(s->process, s->arg[5], at + (uint32_t)count);
    return at + count < l.count && most > 1 ? STATUS_MORE_ENTRIES : STATUS_SUCCESS;
}

const SysRow nt_namespace_rows[] = {
    {"NtCreateDirectoryObject", 3, nt_create_directory},
    {"NtOpenDirectoryObject", 3, nt_open_directory},
    {"NtQueryDirectoryObject", 7, nt_query_directory_object},
    {"NtCreateSymbolicLinkObject", 4, nt_create_link},
    {"NtOpenSymbolicLinkObject", 3, nt_open_link},
    {"NtQuerySymbolicLinkObject", 3, nt_query_link},
    {NULL, 0, NULL},
};
