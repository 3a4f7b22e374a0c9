/* Starting a service's program: as SYSTEM, child of services.exe. */
#include "base/text.h"
#include "guest/fs.h"
#include "guest/process.h"
#include "guest/registry.h"
#include "guest/service/launch.h"
#include "guest/service/service.h"
#include "guest/trace.h"

enum { ACCEPTS_STOP = 1 };

/* The path of a file as it is named, or NULL. */
static const char *find_file(Machine *m, const char *path, bool wow64) {
    Name *n = path ? fs_find(m->fs, path, wow64) : NULL;
    return n && !node_is_directory(n->node) ? name_path(n, &m->scratch) : NULL;
}

/* How a service's image may be spelled: with variables, from the system's root, as an NT path. */
static const char *plain_path(Machine *m, const char *text) {
    static const struct {
        const char *prefix, *instead;
    } roots[] = {{"\\??\\", ""},
                 {"\\SystemRoot\\", "%SystemRoot%\\"},
                 {"System32\\", "%SystemRoot%\\System32\\"}};
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        size_t n = strlen(roots[i].prefix);
        if (!strncasecmp(text, roots[i].prefix, n))
            text = arena_printf(&m->scratch, "%s%s", roots[i].instead, text + n);
    }
    return text ? world_expand(m->world, &m->scratch, text) : NULL;
}

void service_settle(Service *s) {
    if (!s->process || !s->process->ended) return;
    if (s->status.state != SERVICE_STOPPED) s->status.exit_code = ERROR_PROCESS_ABORTED;
    s->status.state = SERVICE_STOPPED;
    s->status.accepts = s->status.checkpoint = s->status.hint = 0;
    service_control_close(s);
    object_drop(&s->process->object);
    s->process = NULL;
}

uint32_t service_process_id(const Service *s) {
    return s->process ? s->process->id : s->status.state == SERVICE_STOPPED ? 0 : s->world_process;
}

/* Where sechost.dll of a service learns the name of its control pipe. */
static void announce_pipe(Machine *m, uint32_t number) {
    uint8_t bytes[4] = {(uint8_t)number, (uint8_t)(number >> 8), 0, 0};
    RegKey *key = registry_make(
        m->registry, "\\Registry\\Machine\\System\\CurrentControlSet\\Control\\ServiceCurrent");
    if (key) registry_set(m->registry, key, "", REG_DWORD, span(bytes, 4), machine_filetime(m));
}

static uint32_t start_program(Machine *m, Service *s, const ServiceConfig *c) {
    const char *line = plain_path(m, c->image);
    uint32_t number;
    if (!line || !launch_find(m, line, c->wow64)) return ERROR_FILE_NOT_FOUND;
    Token *token = token_of_service(m, "S-1-5-18");
    if (!token || !service_control_open(m, s, &number)) {
        object_drop(token ? &token->object : NULL);
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    announce_pipe(m, number);
    Launch how = {.line = line,
                  .directory = "C:\\WINDOWS\\system32\\",
                  .token = token,
                  .parent = "services.exe",
                  .wow64 = c->wow64};
    uint32_t status = launch_program(m, &how, &s->process); /* the reference is the service's now */
    object_drop(&token->object);
    if (!status) return ERROR_SUCCESS;
    service_control_close(s);
    return status == STATUS_NO_MEMORY ? ERROR_NOT_ENOUGH_MEMORY : ERROR_BAD_EXE_FORMAT;
}

/* No code of drivers is run: the event tells of it, and the report that it was not. */
static uint32_t start_driver(Machine *m, Thread *t, Service *s, const ServiceConfig *c) {
    const char *path = find_file(m, plain_path(m, c->image), c->wow64);
    if (!path) return ERROR_FILE_NOT_FOUND;
    trace_event(m, t, EV_driver_load, {EF_ImageLoaded, path});
    machine_unmodelled(m, "the code of the driver %s", s->name);
    s->status =
        (ServiceStatus){.type = s->status.type, .state = SERVICE_RUNNING, .accepts = ACCEPTS_STOP};
    return ERROR_SUCCESS;
}

uint32_t service_start(Machine *m, Thread *t, Service *s, Span arguments) {
    enum { START = 0, WAIT_HINT = 2000 };
    ServiceConfig c;
    service_config(m, &m->scratch, s, &c);
    if (c.start == START_DISABLED) return ERROR_SERVICE_DISABLED;
    if (c.type == SERVICE_KERNEL_DRIVER || c.type == SERVICE_FILE_SYSTEM_DRIVER)
        return s->theirs ? ERROR_SUCCESS : start_driver(m, t, s, &c);
    if (s->theirs) {
        s->status = (ServiceStatus){
            .type = s->status.type, .state = SERVICE_RUNNING, .accepts = ACCEPTS_STOP};
        return ERROR_SUCCESS;
    }
    uint32_t error = start_program(m, s, &c);
    if (error) return error;
    s->status = (ServiceStatus){.type = c.type, .state = SERVICE_START_PENDING, .hint = WAIT_HINT};
    service_control_send(s, START, arguments);
    return ERROR_SUCCESS;
}
