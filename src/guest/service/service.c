#include "guest/service/service.h"
#include "base/text.h"
#include "guest/process.h"
#include "guest/registry.h"
#include "guest/trace.h"
#include <stdlib.h>

#define SERVICES "\\Registry\\Machine\\System\\CurrentControlSet\\Services"

enum { ACCEPTS_STOP = 1, ACCEPTS_SHUTDOWN = 4, LONGEST_NAME = 256, IMAGE_I386 = 0x14c };

struct Services {
    Service *first;
};

/* ---- the registry's side ---- */

static RegKey *key_of(Machine *m, const char *name) {
    RegKey *key = NULL;
    const char *path = arena_printf(&m->scratch, SERVICES "%s%s", *name ? "\\" : "", name);
    return path && !registry_find(m->registry, NULL, path, 0, &key) ? key : NULL;
}

static const char *text_value(Machine *m, Arena *a, RegKey *key, const char *name) {
    const RegValue *v = registry_value(m->registry, key, name);
    if (!v || (v->type != REG_SZ && v->type != REG_EXPAND_SZ)) return "";
    Span data = v->data;
    while (data.n >= 2 && !data.p[data.n - 1] && !data.p[data.n - 2]) data.n -= 2;
    const char *text = text_from_utf16(a, data);
    return text ? text : "";
}

static uint32_t number_value(Machine *m, RegKey *key, const char *name, uint32_t otherwise) {
    const RegValue *v = registry_value(m->registry, key, name);
    if (!v || v->type != REG_DWORD) return otherwise;
    Cur c = cur(v->data);
    uint32_t n = cur_u32le(&c);
    return c.bad ? otherwise : n;
}

void service_config(Machine *m, Arena *a, const Service *s, ServiceConfig *out) {
    RegKey *key = key_of(m, s->name);
    *out =
        (ServiceConfig){.image = "", .group = "", .account = "", .display = "", .description = ""};
    if (!key) return;
    const RegValue *depends = registry_value(m->registry, key, "DependOnService");
    *out = (ServiceConfig){.type = number_value(m, key, "Type", SERVICE_OWN),
                           .start = number_value(m, key, "Start", START_DEMAND),
                           .error_control = number_value(m, key, "ErrorControl", 0),
                           .tag = number_value(m, key, "Tag", 0),
                           .wow64 = number_value(m, key, "WOW64", 0),
                           .image = text_value(m, a, key, "ImagePath"),
                           .group = text_value(m, a, key, "Group"),
                           .account = text_value(m, a, key, "ObjectName"),
                           .display = text_value(m, a, key, "DisplayName"),
                           .description = text_value(m, a, key, "Description"),
                           .dependencies = depends ? depends->data : (Span){0}};
}

/* services.exe writes the registry, as Sysmon sees it. */
static const WorldItem *manager(const Machine *m) {
    return world_find(m->world, FACT_process, "services.exe");
}

static void tell_registry(Machine *m, EventCategory category, const char *type, const char *path,
                          const char *details) {
    const WorldItem *i = manager(m);
    const char *image = i ? item_text(i, FACT_process) : NULL;
    uint32_t id = i ? (uint32_t)item_number(i, FACT_process_pid, 0) : 0;
    trace_event(m, NULL, category,
                {EF_Image, image ? image : "C:\\Windows\\System32\\services.exe"},
                {EF_ProcessId, arena_printf(&m->scratch, "%u", id)}, {EF_EventType, type},
                {EF_TargetObject, path}, {EF_Details, details});
}

static void put(Machine *m, const Service *s, const char *name, uint32_t type, Span data,
                const char *details) {
    RegKey *key = key_of(m, s->name);
    if (!key) return;
    registry_set(m->registry, key, name, type, data, machine_filetime(m));
    tell_registry(m, EV_registry_set, "SetValue",
                  arena_printf(&m->scratch, "HKLM\\System\\CurrentControlSet\\Services\\%s\\%s",
                               s->name, name),
                  details);
}

static void put_text(Machine *m, const Service *s, const char *name, uint32_t type,
                     const char *text) {
    if (!text) return;
    Span units = text_to_utf16(&m->scratch, span_str(text)); /* a NUL follows */
    put(m, s, name, type, span(units.p, units.n + 2), text);
}

static void put_number(Machine *m, const Service *s, const char *name, uint32_t v) {
    if (v == (uint32_t)SERVICE_NO_CHANGE) return;
    uint8_t bytes[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
    put(m, s, name, REG_DWORD, span(bytes, 4), arena_printf(&m->scratch, "DWORD (0x%08x)", v));
}

void service_set_config(Machine *m, Service *s, const ServiceConfig *c) {
    put_number(m, s, "Type", c->type);
    put_number(m, s, "Start", c->start);
    put_number(m, s, "ErrorControl", c->error_control);
    put_text(m, s, "ImagePath", REG_EXPAND_SZ, c->image);
    put_text(m, s, "DisplayName", REG_SZ, c->display);
    put_text(m, s, "ObjectName", REG_SZ, c->account);
    if (c->group && *c->group) put_text(m, s, "Group", REG_SZ, c->group);
    if (c->dependencies.n > 2)
        put(m, s, "DependOnService", REG_MULTI_SZ, c->dependencies, "(services)");
    if (c->type != (uint32_t)SERVICE_NO_CHANGE) s->status.type = c->type;
    if (c->image) s->theirs = false; /* whatever it was, now it is somebody's program */
}

void service_set_description(Machine *m, Service *s, const char *text) {
    put_text(m, s, "Description", REG_SZ, text);
}

/* ---- the list ---- */

static Service *add(Machine *m, const char *name) {
    Service *s = calloc(1, sizeof *s), **at = &m->services->first;
    if (!s || !(s->name = strdup(name))) {
        free(s);
        return NULL;
    }
    while (*at && strcasecmp((*at)->name, name) < 0) at = &(*at)->next;
    s->next = *at;
    s->status.state = SERVICE_STOPPED;
    return *at = s;
}

static bool is_driver(const Service *s) {
    return s->status.type == SERVICE_KERNEL_DRIVER || s->status.type == SERVICE_FILE_SYSTEM_DRIVER;
}

/* The process that runs a service of the world: the one of its image; those of svchost.exe, of
 * which there are many, are given out in turn. */
static uint32_t process_for(const Machine *m, const char *image, unsigned turn) {
    const WorldItem *found = NULL;
    unsigned count = 0;
    for (unsigned pass = 0; pass < 2; pass++)
        for (const WorldItem *i = world_first(m->world, FACT_process); i; i = world_next(i)) {
            const char *path = item_text(i, FACT_process);
            const char *name = path ? strrchr(path, '\\') : NULL;
            if (!name || !strcasestr(image, name + 1)) continue;
            if (!pass) count++;
            else if (turn-- % count == 0 && !found) found = i;
        }
    return found ? (uint32_t)item_number(found, FACT_process_pid, 0) : 0;
}

static bool runs_at_first(const Machine *m, const Service *s, const ServiceConfig *c) {
    const WorldItem *i = world_find(m->world, FACT_service, s->name);
    const char *state = i ? item_text(i, FACT_service_state) : NULL;
    return state ? strcmp(state, "running") == 0 : c->start <= START_AUTO;
}

static void learn(Machine *m, const char *name, unsigned turn) {
    ServiceConfig c;
    Service *s = add(m, name);
    if (!s) return;
    service_config(m, &m->scratch, s, &c);
    s->status.type = c.type;
    s->theirs = true;
    if (!runs_at_first(m, s, &c)) {
        s->status.exit_code = 1077; /* no attempt was made since the last boot */
        return;
    }
    s->status.state = SERVICE_RUNNING;
    s->status.accepts = ACCEPTS_STOP | (is_driver(s) ? 0 : ACCEPTS_SHUTDOWN);
    if (!is_driver(s)) s->world_process = process_for(m, c.image, turn);
}

/* Windows reads its list at boot; what programs write into the registry later counts after the
 * next. */
static bool read_list(Machine *m) {
    if (m->services) return true;
    m->services = calloc(1, sizeof *m->services);
    RegKey *key = m->services ? key_of(m, "") : NULL, *child;
    for (uint32_t i = 0; key && (child = registry_key_at(m->registry, key, i)); i++)
        if (registry_value(m->registry, child, "Type")) learn(m, child->name, i);
    return m->services;
}

Service *services_first(Machine *m) {
    return read_list(m) ? m->services->first : NULL;
}

Service *service_find(Machine *m, const char *name) {
    Service *s = services_first(m);
    while (s && !text_equal_nocase(s->name, name)) s = s->next;
    return s;
}

static void free_service(Service *s) {
    service_control_close(s);
    if (s->process) object_drop(&s->process->object);
    free(s->name);
    free(s);
}

void services_close(Machine *m) {
    for (Service *s = m->services ? m->services->first : NULL, *next; s; s = next) {
        next = s->next;
        free_service(s);
    }
    free(m->services);
    m->services = NULL;
}

/* ---- coming and going ---- */

void service_tell(Machine *m, Thread *t, const char *operation, const Service *s) {
    static const char *const starts[] = {"boot", "system", "auto start", "demand start",
                                         "disabled"};
    ServiceConfig c;
    service_config(m, &m->scratch, s, &c);
    const char *type = c.type == SERVICE_KERNEL_DRIVER        ? "kernel mode driver"
                       : c.type == SERVICE_FILE_SYSTEM_DRIVER ? "file system driver"
                                                              : "user mode service";
    trace_event(m, t, EV_service, {EF_Operation, operation}, {EF_ServiceName, s->name},
                {EF_ImagePath, c.image}, {EF_ServiceType, type},
                {EF_StartType, c.start <= START_DISABLED ? starts[c.start] : NULL},
                {EF_AccountName, *c.account ? c.account : NULL});
}

static bool name_is_good(const char *name) {
    return *name && strlen(name) <= LONGEST_NAME && !strpbrk(name, "/\\");
}

static bool display_is_taken(Machine *m, const char *display, const char *name) {
    ServiceConfig c;
    for (const Service *s = services_first(m); s && display; s = s->next) {
        service_config(m, &m->scratch, s, &c);
        if (!s->deleted && !text_equal_nocase(s->name, name) &&
            (text_equal_nocase(s->name, display) || text_equal_nocase(c.display, display)))
            return true;
    }
    return false;
}

uint32_t service_create(Machine *m, Thread *t, const char *name, const ServiceConfig *c,
                        Service **out) {
    RegKey *key;
    bool created;
    if (!name_is_good(name)) return ERROR_INVALID_NAME;
    if (!*c->image || c->start > START_DISABLED) return ERROR_INVALID_PARAMETER;
    Service *old = service_find(m, name);
    if (old) return old->deleted ? ERROR_SERVICE_MARKED_FOR_DELETE : ERROR_SERVICE_EXISTS;
    if (display_is_taken(m, c->display, name)) return ERROR_DUPLICATE_SERVICE_NAME;
    const char *path = arena_printf(&m->scratch, SERVICES "\\%s", name);
    Service *s =
        path && !registry_create(m->registry, NULL, path, 0, machine_filetime(m), &key, &created)
            ? add(m, name)
            : NULL;
    if (!s) return ERROR_NOT_ENOUGH_MEMORY;
    tell_registry(m, EV_registry_add, "CreateKey",
                  arena_printf(&m->scratch, "HKLM\\System\\CurrentControlSet\\Services\\%s", name),
                  NULL);
    service_set_config(m, s, c);
    if (c->wow64) put_number(m, s, "WOW64", IMAGE_I386);
    s->status.exit_code = 1077;
    service_tell(m, t, "creates", s);
    *out = s;
    return ERROR_SUCCESS;
}

void service_remove(Machine *m, Service *s) {
    RegKey *key = key_of(m, s->name);
    Service **at = &m->services->first;
    if (key) {
        registry_delete(m->registry, key, true, machine_filetime(m));
        tell_registry(
            m, EV_registry_delete, "DeleteKey",
            arena_printf(&m->scratch, "HKLM\\System\\CurrentControlSet\\Services\\%s", s->name),
            NULL);
    }
    while (*at != s) at = &(*at)->next;
    *at = s->next;
    free_service(s);
}
