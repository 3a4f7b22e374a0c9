/* Keys: opening, creating, renaming, deleting, and who may.
 *
 * Limits: hives are not loaded from files nor saved to them; transactions are refused. */
#include "base/text.h"
#include "guest/nt/key.h"
#include "guest/nt/registry_ask.h"
#include "guest/nt/registry_wine.h"
#include "guest/token.h"
#include "guest/trace.h"
#include <strings.h>

/* Rights that change something. */
enum {
    CHANGING =
        KEY_SET_VALUE | KEY_CREATE_SUB_KEY | KEY_CREATE_LINK | DELETE | WRITE_DAC | WRITE_OWNER,
};
#define GENERIC_ALL     0x10000000u
#define GENERIC_WRITE   0x40000000u
#define GENERIC_READ    0x80000000u
#define GENERIC_EXECUTE 0x20000000u

enum { OPTION_VOLATILE = 1, OPTION_CREATE_LINK = 2, OPTION_OPEN_LINK = 8, OBJ_OPENLINK = 0x100 };

/* ---- opening ---- */

/* Who is no administrator changes his own keys only. */
bool key_may_change(Sys *s, const RegKey *key) {
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
    bool change = key_may_change(s, key);
    uint32_t access = map_access(asked);
    /* Wine's DLLs want all rights when they start, where Windows' want to read. */
    if (asked == KEY_ALL_ACCESS && !change && !s->process->initialised) access = KEY_READ;
    if (asked == KEY_ALL_ACCESS && !change && wine_opens_wide(key))
        access = KEY_READ | KEY_SET_VALUE;
    else if (access & CHANGING && !change) return STATUS_ACCESS_DENIED;
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
    uint32_t status = key_read_name(s, name, &out->path);
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
    return status ? status : key_return(s, key, access, name.attributes);
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
    return status || key_may_change(s, key) ? status : STATUS_ACCESS_DENIED;
}

bool key_is_copied_root(const RegKey *key) {
    const RegKey *up = key->parent;
    return key->in_memory && up && text_equal_nocase(up->name, "Certificates") && up->parent &&
           text_equal_nocase(up->parent->name, "Root");
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
    if (status) registry_refused(s, status);
    if (!status && !created) ask_key(s, key);
    if (!status) status = grant(s, key, access, &access);
    if (status) return status;
    if (created) set_class(s, key, s->arg[4]);
    if (created && !key_is_copied_root(key)) {
        trace_event(s->machine, s->thread, EV_registry_add, {EF_EventType, "CreateKey"},
                    {EF_TargetObject, key_event_path(s, key)});
    }
    if (s->arg[6]) guest_put_u32(s->process, s->arg[6], created ? CREATED_NEW : OPENED_EXISTING);
    return key_return(s, key, access, name.attributes);
}

/* ---- keys ---- */

static uint64_t nt_delete_key(Sys *s) {
    RegKey *key;
    uint32_t status = key_of(s, s->arg[0], DELETE, &key);
    if (status) return status == STATUS_KEY_DELETED ? STATUS_SUCCESS : status;
    const char *path = key_event_path(s, key);
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
    if (!status) status = key_read_name(s, s->arg[1], &name);
    if (status) return status;
    const char *path = key_event_path(s, key);
    status = registry_rename(s->machine->registry, key, name, machine_filetime(s->machine));
    if (!status)
        trace_event(s->machine, s->thread, EV_registry_rename, {EF_EventType, "RenameKey"},
                    {EF_TargetObject, path}, {EF_NewName, key_event_path(s, key)});
    return status;
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
    {"NtFlushKey", 1, nt_flush_key},
    {"NtLoadKey", 2, nt_needs_privilege},
    {"NtLoadKey2", 3, nt_needs_privilege},
    {"NtLoadKeyEx", 8, nt_needs_privilege},
    {"NtOpenKey", 3, nt_open_key},
    {"NtOpenKeyEx", 4, nt_open_key_ex},
    {"NtOpenKeyTransacted", 4, nt_no_transactions},
    {"NtOpenKeyTransactedEx", 5, nt_no_transactions},
    {"NtQueryLicenseValue", 5, nt_query_license_value},
    {"NtRenameKey", 2, nt_rename_key},
    {"NtReplaceKey", 3, nt_needs_privilege},
    {"NtRestoreKey", 3, nt_needs_privilege},
    {"NtSaveKey", 2, nt_needs_privilege},
    {"NtSaveKeyEx", 3, nt_needs_privilege},
    {"NtUnloadKey", 1, nt_needs_privilege},
    {NULL, 0, NULL},
};
