/* Starting a service's program: as SYSTEM, child of services.exe. */
#include "base/text.h"
#include "guest/fs.h"
#include "guest/image.h"
#include "guest/process.h"
#include "guest/registry.h"
#include "guest/service/service.h"
#include "guest/token.h"
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

/* The program of a command line: what is quoted, or the shortest part before a space that is a
 * file, with .exe behind it where that is missing. */
static const char *find_program(Machine *m, const char *line, bool wow64) {
    if (*line == '"') {
        const char *end = strchr(line + 1, '"');
        const char *path = arena_text(
            &m->scratch, span(line + 1, end ? (size_t)(end - line - 1) : strlen(line + 1)));
        return find_file(m, path, wow64);
    }
    for (const char *end = line; *end; end++) {
        if (end[1] && end[1] != ' ') continue;
        size_t n = (size_t)(end - line) + 1;
        const char *path = arena_text(&m->scratch, span(line, n));
        const char *file = find_file(m, path, wow64);
        if (!file) file = find_file(m, arena_printf(&m->scratch, "%s.exe", path), wow64);
        if (file) return file;
    }
    return NULL;
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

static uint32_t run(Machine *m, Service *s, Section *image, const char *path, const char *line) {
    const WorldItem *manager = world_find(m->world, FACT_process, "services.exe");
    Token *token = token_of_service(m, "S-1-5-18");
    ProcessOptions o = {.image = image,
                        .image_path = path,
                        .command_line = line,
                        .directory = "C:\\WINDOWS\\system32\\",
                        .environment = process_world_environment(m, &m->scratch),
                        .token = token ? &token->object : NULL,
                        .show = 0};
    Process *p;
    Thread *t;
    uint32_t status = token ? process_create(m, &o, &p) : STATUS_NO_MEMORY;
    object_drop(token ? &token->object : NULL);
    if (status) return ERROR_NOT_ENOUGH_MEMORY;
    if (manager) p->parent_id = (uint32_t)item_number(manager, FACT_process_pid, 0);
    ThreadOptions first = {.start = p->image_base + image->entry_point,
                           .argument = p->wow64 ? p->peb32 : p->peb};
    status = thread_create(p, &first, &t);
    if (status) {
        process_terminate(p, status);
        object_drop(&p->object);
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    trace_process_started(p, NULL, o.directory);
    object_drop(&t->object);
    s->process = p; /* our reference is the service's now */
    return ERROR_SUCCESS;
}

static uint32_t start_program(Machine *m, Service *s, const ServiceConfig *c) {
    const char *line = plain_path(m, c->image),
               *path = line ? find_program(m, line, c->wow64) : NULL;
    uint32_t status, number;
    if (!path) return ERROR_FILE_NOT_FOUND;
    Section *image = image_open(m, path, &status);
    if (!image) return ERROR_BAD_EXE_FORMAT;
    uint32_t error = ERROR_NOT_ENOUGH_MEMORY;
    if (service_control_open(m, s, &number)) {
        announce_pipe(m, number);
        error = run(m, s, image, path, line);
    }
    section_drop(image);
    if (error) service_control_close(s);
    return error;
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
