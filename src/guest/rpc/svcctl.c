/* svcctl: the service control manager's interface as Wine's sechost.dll speaks it (its svcctl.idl;
 * MS-SCMR in the order of functions, not in all their arguments). Each function answers with a
 * Win32 error behind its results.
 *
 * Not modelled: locks of the database, dependencies when a service is started or stopped, triggers,
 * failure actions. */
#include "base/text.h"
#include "guest/ask.h"
#include "guest/process.h"
#include "guest/rpc/ndr.h"
#include "guest/rpc/rpc.h"
#include "guest/service/service.h"
#include "guest/token.h"
#include <stdlib.h>

/* ---- handles ---- */

enum { MOST_HANDLES = 4096 };

typedef struct {
    bool used;
    char *service; /* NULL: the manager's own */
    uint32_t access, process;
} ScHandle;

struct ScHandles {
    ScHandle handles[MOST_HANDLES];
};

/* Rights. */
enum {
    MANAGER_CREATE = 2,
    MANAGER_ENUMERATE = 4,
    MANAGER_ALL = 0xf003f,
    QUERY_CONFIG = 1,
    CHANGE_CONFIG = 2,
    QUERY_STATUS = 4,
    SERVICE_START = 0x10,
    SERVICE_STOP = 0x20,
    PAUSE_CONTINUE = 0x40,
    INTERROGATE = 0x80,
    USER_CONTROL = 0x100,
    SET_STATUS = 0x8000,
    RIGHT_DELETE = 0x10000,
    SERVICE_ALL = 0xf01ff,
    MAXIMUM = 0x2000000,
};
/* What who is no administrator may. */
enum { MANAGER_USER = 0x20015, SERVICE_USER = 0x2018d | SET_STATUS };

static uint32_t resolve(uint32_t access, bool manager) {
    uint32_t out = access & 0x01ffffff;
    if (access & 0x10000000 || access & MAXIMUM) out |= manager ? MANAGER_ALL : SERVICE_ALL;
    if (access & 0x80000000) out |= manager ? 0x20014 : 0x2008d;
    if (access & 0x40000000) out |= manager ? 0x20022 : 0x20002;
    if (access & 0x20000000) out |= manager ? 0x20009 : 0x20170;
    return out;
}

static bool allowed(const RpcCall *c, uint32_t asked, uint32_t *access, bool manager) {
    uint32_t user = manager ? MANAGER_USER : SERVICE_USER;
    *access = resolve(asked, manager);
    if (token_is_elevated(c->thread)) return true;
    if (asked & MAXIMUM) *access &= user;
    return !(*access & ~user);
}

static uint32_t handle_open(RpcCall *c, const Service *s, uint32_t access) {
    Machine *m = c->machine;
    if (!m->service_handles) m->service_handles = calloc(1, sizeof *m->service_handles);
    for (uint32_t i = 0; m->service_handles && i < MOST_HANDLES; i++) {
        ScHandle *h = &m->service_handles->handles[i];
        if (h->used) continue;
        *h = (ScHandle){.used = true,
                        .service = s ? strdup(s->name) : NULL,
                        .access = access,
                        .process = c->thread->process->id};
        return i + 1;
    }
    return 0;
}

static ScHandle *handle_at(const RpcCall *c, uint32_t number) {
    const Machine *m = c->machine;
    ScHandle *h = number && number <= MOST_HANDLES && m->service_handles
                      ? &m->service_handles->handles[number - 1]
                      : NULL;
    return h && h->used ? h : NULL;
}

/* A deleted service goes with the last handle that a living process has of it. */
static bool is_open(const Machine *m, const char *name) {
    for (uint32_t i = 0; i < MOST_HANDLES; i++) {
        const ScHandle *h = &m->service_handles->handles[i];
        bool same = h->used && h->service && text_equal_nocase(h->service, name);
        if (same && process_by_id(m, h->process)) return true;
    }
    return false;
}

static Service *asked_service(Machine *m, const char *name) {
    Service *s = service_find(m, name);
    if (asking(m)) ask_about(m, FACT_service, name, s ? ASK_FOUND : ASK_ABSENT);
    return s;
}

static void handle_close_number(RpcCall *c, uint32_t number) {
    ScHandle *h = handle_at(c, number);
    char *name = h->service;
    *h = (ScHandle){0};
    Service *s = name ? service_find(c->machine, name) : NULL;
    if (s) service_settle(s);
    if (s && s->deleted && !is_open(c->machine, name) && s->status.state == SERVICE_STOPPED)
        service_remove(c->machine, s);
    free(name);
}

void svcctl_close(Machine *m) {
    for (uint32_t i = 0; m->service_handles && i < MOST_HANDLES; i++)
        free(m->service_handles->handles[i].service);
    free(m->service_handles);
    m->service_handles = NULL;
}

/* Takes the handle of the manager out of the stub data. */
static uint32_t take_manager(RpcCall *c, uint32_t access) {
    const ScHandle *h = handle_at(c, ndr_handle(&c->in));
    if (!h || h->service) return ERROR_INVALID_HANDLE;
    return (h->access & access) == access ? ERROR_SUCCESS : ERROR_ACCESS_DENIED;
}

/* The same of a service. */
static uint32_t take_service(RpcCall *c, uint32_t access, Service **out) {
    const ScHandle *h = handle_at(c, ndr_handle(&c->in));
    if (!h || !h->service) return ERROR_INVALID_HANDLE;
    *out = service_find(c->machine, h->service);
    if (!*out) return ERROR_SERVICE_DOES_NOT_EXIST;
    service_settle(*out);
    return (h->access & access) == access ? ERROR_SUCCESS : ERROR_ACCESS_DENIED;
}

static RpcOutcome answer(RpcCall *c, uint32_t error) {
    ndr_put_u32(&c->out, error);
    return RPC_ANSWERED;
}

/* ---- opening and closing ---- */

static RpcOutcome close_handle(RpcCall *c) {
    uint32_t number = ndr_handle(&c->in), error = ERROR_INVALID_HANDLE;
    if (handle_at(c, number)) {
        handle_close_number(c, number);
        error = ERROR_SUCCESS;
    }
    ndr_put_handle(&c->out, 0);
    return answer(c, error);
}

static RpcOutcome open_manager(RpcCall *c) {
    ndr_optional_text(&c->in, c->scratch); /* the machine: there is only this one */
    const char *database = ndr_optional_text(&c->in, c->scratch);
    uint32_t asked = ndr_u32(&c->in), access, number = 0, error = ERROR_SUCCESS;
    if (database && *database && !text_equal_nocase(database, "ServicesActive"))
        error = text_equal_nocase(database, "ServicesFailed") ? ERROR_DATABASE_DOES_NOT_EXIST
                                                              : ERROR_INVALID_NAME;
    else if (!allowed(c, asked, &access, true)) error = ERROR_ACCESS_DENIED;
    else if (!(number = handle_open(c, NULL, access))) error = ERROR_NOT_ENOUGH_MEMORY;
    ndr_put_handle(&c->out, number);
    return answer(c, error);
}

static RpcOutcome open_service(RpcCall *c) {
    uint32_t error = take_manager(c, 0), number = 0, access;
    const char *name = ndr_text(&c->in, c->scratch);
    uint32_t asked = ndr_u32(&c->in);
    Service *s = name && !error ? asked_service(c->machine, name) : NULL;
    if (!error && name && (!*name || strpbrk(name, "/\\"))) error = ERROR_INVALID_NAME;
    if (!error && !s) error = ERROR_SERVICE_DOES_NOT_EXIST;
    if (!error && !allowed(c, asked, &access, false)) error = ERROR_ACCESS_DENIED;
    if (!error && !(number = handle_open(c, s, access))) error = ERROR_NOT_ENOUGH_MEMORY;
    ndr_put_handle(&c->out, number);
    return answer(c, error);
}

/* ---- what a service is ---- */

/* Bytes behind a unique pointer, and their number. */
static Span take_bytes(RpcCall *c) {
    Span bytes = ndr_pointer(&c->in) ? ndr_bytes(&c->in) : (Span){0};
    ndr_u32(&c->in);
    return bytes;
}

static uint32_t take_tag(RpcCall *c, bool *asked) {
    *asked = ndr_pointer(&c->in);
    return *asked ? ndr_u32(&c->in) : 0;
}

/* The program's path is given to SYSTEM's service unless it says otherwise. */
static RpcOutcome create(RpcCall *c, bool wow64) {
    uint32_t error = take_manager(c, MANAGER_CREATE), number = 0, access;
    bool tagged;
    Service *s = NULL;
    const char *name = ndr_text(&c->in, c->scratch);
    ServiceConfig config = {.display = ndr_optional_text(&c->in, c->scratch), .wow64 = wow64};
    uint32_t asked = ndr_u32(&c->in);
    config.type = ndr_u32(&c->in);
    config.start = ndr_u32(&c->in);
    config.error_control = ndr_u32(&c->in);
    config.image = ndr_text(&c->in, c->scratch);
    config.group = ndr_optional_text(&c->in, c->scratch);
    config.tag = take_tag(c, &tagged);
    config.dependencies = take_bytes(c);
    config.account = ndr_optional_text(&c->in, c->scratch);
    take_bytes(c); /* the password */
    bool driver = config.type == SERVICE_KERNEL_DRIVER || config.type == SERVICE_FILE_SYSTEM_DRIVER;
    if (!config.display) config.display = name;
    if (!config.account && !driver) config.account = "LocalSystem";
    if (c->in.bad || !name || !config.image) return RPC_ANSWERED;
    allowed(c, asked, &access, false);
    if (!error) error = service_create(c->machine, c->thread, name, &config, &s);
    if (!error && !(number = handle_open(c, s, access))) error = ERROR_NOT_ENOUGH_MEMORY;
    ndr_put_pointer(&c->out, tagged);
    if (tagged) ndr_put_u32(&c->out, config.tag);
    ndr_put_handle(&c->out, number);
    return answer(c, error);
}

static RpcOutcome create_service(RpcCall *c) {
    return create(c, false);
}
static RpcOutcome create_service_wow64(RpcCall *c) {
    return create(c, true);
}

static RpcOutcome change_config(RpcCall *c) {
    Service *s;
    bool tagged;
    uint32_t error = take_service(c, CHANGE_CONFIG, &s);
    ServiceConfig config = {.type = ndr_u32(&c->in)};
    config.start = ndr_u32(&c->in);
    config.error_control = ndr_u32(&c->in);
    config.image = ndr_optional_text(&c->in, c->scratch);
    config.group = ndr_optional_text(&c->in, c->scratch);
    uint32_t tag = take_tag(c, &tagged);
    config.dependencies = take_bytes(c);
    config.account = ndr_optional_text(&c->in, c->scratch);
    take_bytes(c);
    config.display = ndr_optional_text(&c->in, c->scratch);
    if (c->in.bad) return RPC_ANSWERED;
    if (!error && s->deleted) error = ERROR_SERVICE_MARKED_FOR_DELETE;
    if (!error) {
        service_set_config(c->machine, s, &config);
        service_tell(c->machine, c->thread, "changes", s);
    }
    ndr_put_pointer(&c->out, tagged);
    if (tagged) ndr_put_u32(&c->out, tag);
    return answer(c, error);
}

enum { LEVEL_DESCRIPTION = 1, LEVEL_PRESHUTDOWN = 7 };

/* SC_RPC_CONFIG_INFOW: the level twice, then a pointer to what it says. */
static RpcOutcome change_config2(RpcCall *c) {
    Service *s;
    uint32_t error = take_service(c, CHANGE_CONFIG, &s), level = ndr_u32(&c->in);
    ndr_u32(&c->in);
    if (level == LEVEL_DESCRIPTION && ndr_pointer(&c->in)) {
        const char *text = ndr_optional_text(&c->in, c->scratch);
        if (!error && text) service_set_description(c->machine, s, text);
    }
    return answer(c, error);
}

static RpcOutcome delete_service(RpcCall *c) {
    Service *s;
    uint32_t error = take_service(c, RIGHT_DELETE, &s);
    if (!error && s->deleted) error = ERROR_SERVICE_MARKED_FOR_DELETE;
    if (!error) {
        service_tell(c->machine, c->thread, "deletes", s);
        s->deleted = true;
    }
    return answer(c, error);
}

/* QUERY_SERVICE_CONFIGW: numbers and pointers, then what these point to. How much room that takes
 * is the client's reckoning. */
static RpcOutcome query_config(RpcCall *c) {
    Service *s;
    ServiceConfig f = {.image = "", .group = "", .account = "", .display = ""};
    uint32_t error = take_service(c, QUERY_CONFIG, &s), room = ndr_u32(&c->in);
    if (!error) service_config(c->machine, c->scratch, s, &f);
    ndr_put_u32(&c->out, f.type);
    ndr_put_u32(&c->out, f.start);
    ndr_put_u32(&c->out, f.error_control);
    ndr_put_pointer(&c->out, !error);
    ndr_put_pointer(&c->out, !error);
    ndr_put_u32(&c->out, f.tag);
    ndr_put_pointer(&c->out, false); /* dependencies: the stub would take them for one text */
    ndr_put_pointer(&c->out, !error);
    ndr_put_pointer(&c->out, !error);
    const char *texts[] = {f.image, f.group, f.account, f.display};
    for (size_t i = 0; !error && i < sizeof texts / sizeof *texts; i++)
        ndr_put_text(&c->out, c->scratch, texts[i], 0);
    ndr_put_u32(&c->out, room);
    return answer(c, error);
}

/* struct service_description: size in bytes, text. */
static RpcOutcome query_config2(RpcCall *c) {
    enum { DEFAULT_PRESHUTDOWN = 180000 };
    Service *s;
    ServiceConfig f = {.description = ""};
    uint32_t error = take_service(c, QUERY_CONFIG, &s), level = ndr_u32(&c->in),
             room = ndr_u32(&c->in);
    Buf b = buf_new(RPC_MOST_BYTES);
    if (!error) service_config(c->machine, c->scratch, s, &f);
    if (level == LEVEL_DESCRIPTION) {
        Span text = text_to_utf16(c->scratch, span_str(f.description));
        buf_le(&b, text.n ? text.n + 2 : 0, 2);
        buf_add(&b, span(text.p, text.n + 2));
    } else if (level == LEVEL_PRESHUTDOWN) {
        buf_le(&b, DEFAULT_PRESHUTDOWN, 4);
    } else if (!error) {
        error = ERROR_INVALID_LEVEL;
    }
    if (!error && b.n > room) error = ERROR_INSUFFICIENT_BUFFER;
    ndr_put_bytes(&c->out, error ? (Span){0} : buf_span(&b), room < RPC_MOST_BYTES ? room : 0);
    ndr_put_u32(&c->out, (uint32_t)b.n);
    buf_free(&b);
    return answer(c, error);
}

/* ---- names ---- */

static RpcOutcome answer_name(RpcCall *c, const char *name, uint32_t room, uint32_t error) {
    uint32_t n = name ? (uint32_t)(text_to_utf16(c->scratch, span_str(name)).n / 2) : 0;
    if (!error && n > room) error = ERROR_INSUFFICIENT_BUFFER;
    ndr_put_text(&c->out, c->scratch, error ? "" : name, room + 1);
    ndr_put_u32(&c->out, name ? n : room);
    return answer(c, error);
}

static RpcOutcome get_display_name(RpcCall *c) {
    ServiceConfig f = {.display = NULL};
    uint32_t error = take_manager(c, 0);
    const char *name = ndr_text(&c->in, c->scratch);
    uint32_t room = ndr_u32(&c->in);
    Service *s = name && !error ? asked_service(c->machine, name) : NULL;
    if (!s && !error) error = ERROR_SERVICE_DOES_NOT_EXIST;
    if (s) service_config(c->machine, c->scratch, s, &f);
    return answer_name(c, s ? *f.display ? f.display : s->name : NULL, room, error);
}

static RpcOutcome get_key_name(RpcCall *c) {
    ServiceConfig f;
    uint32_t error = take_manager(c, 0);
    const char *display = ndr_text(&c->in, c->scratch), *found = NULL;
    uint32_t room = ndr_u32(&c->in);
    for (Service *s = services_first(c->machine); s && display && !error && !found; s = s->next) {
        service_config(c->machine, c->scratch, s, &f);
        if (text_equal_nocase(f.display, display) || text_equal_nocase(s->name, display))
            found = s->name;
    }
    if (!found && !error) error = ERROR_SERVICE_DOES_NOT_EXIST;
    return answer_name(c, found, room, error);
}

/* ---- what it does ---- */

static void put_status(Buf *b, const ServiceStatus *s) {
    const uint32_t all[] = {s->type,     s->state,      s->accepts, s->exit_code,
                            s->specific, s->checkpoint, s->hint};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) ndr_put_u32(b, all[i]);
}

/* SERVICE_STATUS_PROCESS. */
static void put_process_status(Buf *b, const Service *s) {
    put_status(b, &s->status);
    ndr_put_u32(b, service_process_id(s));
    ndr_put_u32(b, 0);
}

static RpcOutcome query_status(RpcCall *c) {
    Service *s;
    ServiceStatus none = {0};
    uint32_t error = take_service(c, QUERY_STATUS, &s);
    put_status(&c->out, error ? &none : &s->status);
    return answer(c, error);
}

static RpcOutcome query_status_ex(RpcCall *c) {
    enum { SIZE = 36 };
    Service *s;
    uint32_t error = take_service(c, QUERY_STATUS, &s);
    if (ndr_u16(&c->in)) error = ERROR_INVALID_LEVEL;
    uint32_t room = ndr_u32(&c->in);
    Buf b = buf_new(SIZE);
    if (!error && room < SIZE) error = ERROR_INSUFFICIENT_BUFFER;
    if (!error) put_process_status(&b, s);
    ndr_put_bytes(&c->out, buf_span(&b), room < RPC_MOST_BYTES ? room : 0);
    ndr_put_u32(&c->out, SIZE);
    buf_free(&b);
    return answer(c, error);
}

/* A service's own process says how it is. */
static RpcOutcome set_status(RpcCall *c) {
    Service *s;
    uint32_t error = take_service(c, SET_STATUS, &s);
    ServiceStatus now = {0};
    uint32_t *const all[] = {&now.type,     &now.state,      &now.accepts, &now.exit_code,
                             &now.specific, &now.checkpoint, &now.hint};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) *all[i] = ndr_u32(&c->in);
    if (c->in.bad) return RPC_ANSWERED;
    if (!error && (now.state < SERVICE_STOPPED || now.state > SERVICE_PAUSED))
        error = ERROR_INVALID_PARAMETER;
    if (!error && s->process != c->thread->process) error = ERROR_ACCESS_DENIED;
    if (error) return answer(c, error);
    now.type = s->status.type;
    s->status = now;
    c->machine->changed = true;
    return answer(c, ERROR_SUCCESS);
}

enum { PATIENCE_SECONDS = 30 };

/* Whether the service's process answered; waits otherwise, for half a minute. */
static RpcOutcome await(RpcCall *c, const Service *s, uint32_t *error) {
    Machine *m = c->machine;
    if (!c->again || c->deadline == NEVER)
        c->deadline = machine_now(m) + (uint64_t)PATIENCE_SECONDS * TIME_SECOND;
    if (service_control_answered(s, error)) return RPC_ANSWERED;
    if (machine_now(m) < c->deadline) return RPC_WAITS;
    *error = ERROR_SERVICE_REQUEST_TIMEOUT;
    return RPC_ANSWERED;
}

/* The arguments of ServiceMain: the service's name, then those given. */
static bool take_arguments(RpcCall *c, const char *name, Buf *out) {
    enum { MOST = 1024 };
    uint32_t count = ndr_u32(&c->in);
    Span units = text_to_utf16(c->scratch, span_str(name));
    buf_add(out, span(units.p, units.n + 2));
    if (ndr_pointer(&c->in)) {
        uint32_t n = ndr_u32(&c->in);
        bool there[MOST];
        if (n != count || n > MOST) return false;
        for (uint32_t i = 0; i < n; i++) there[i] = ndr_pointer(&c->in);
        for (uint32_t i = 0; i < n; i++) {
            const char *text = there[i] ? ndr_text(&c->in, c->scratch) : "";
            if (!text) return false;
            units = text_to_utf16(c->scratch, span_str(text));
            buf_add(out, span(units.p, units.n + 2));
        }
    }
    buf_le(out, 0, 2);
    return !c->in.bad && !out->full;
}

/* Another service's process may be about to read the name of its pipe: one starts after the other.
 */
static bool somebody_starts(Machine *m) {
    for (Service *s = services_first(m); s; s = s->next) {
        uint32_t error;
        service_settle(s);
        if (s->process && s->status.state == SERVICE_START_PENDING &&
            !service_control_answered(s, &error))
            return true;
    }
    return false;
}

static RpcOutcome start_service(RpcCall *c) {
    enum { WAITS_FOR_TURN, STARTED };
    Service *s;
    uint32_t error = take_service(c, SERVICE_START, &s);
    if (error) return answer(c, error);
    if (c->state == WAITS_FOR_TURN) {
        Buf arguments = buf_new(RPC_MOST_BYTES);
        if (s->deleted) error = ERROR_SERVICE_MARKED_FOR_DELETE;
        else if (s->status.state != SERVICE_STOPPED) error = ERROR_SERVICE_ALREADY_RUNNING;
        else if (somebody_starts(c->machine)) return RPC_WAITS;
        else if (!take_arguments(c, s->name, &arguments)) error = ERROR_INVALID_PARAMETER;
        if (!error) {
            service_tell(c->machine, c->thread, "starts", s);
            error = service_start(c->machine, c->thread, s, buf_span(&arguments));
        }
        buf_free(&arguments);
        if (error || !s->process) return answer(c, error);
        c->state = STARTED;
    }
    return await(c, s, &error) == RPC_WAITS ? RPC_WAITS : answer(c, error);
}

enum { STOP = 1, PAUSE, CONTINUE, INTERROGATES, FIRST_USER_CONTROL = 128, LAST_USER_CONTROL = 255 };

static uint32_t right_for(uint32_t control) {
    switch (control) {
    case STOP: return SERVICE_STOP;
    case PAUSE:
    case CONTINUE: return PAUSE_CONTINUE;
    case INTERROGATES: return INTERROGATE;
    default: return control >= FIRST_USER_CONTROL ? USER_CONTROL : PAUSE_CONTINUE;
    }
}

static const char *name_of(uint32_t control) {
    return control == STOP       ? "stops"
           : control == PAUSE    ? "pauses"
           : control == CONTINUE ? "continues"
                                 : "controls";
}

static bool takes(const ServiceStatus *s, uint32_t control) {
    if (control == STOP) return s->accepts & 1;
    if (control == PAUSE || control == CONTINUE) return s->accepts & 2;
    return true;
}

/* One of the computer's own services does as it is told. */
static void obey(Service *s, uint32_t control) {
    if (control == STOP) {
        s->status.state = SERVICE_STOPPED;
        s->status.accepts = s->status.exit_code = 0;
    }
    if (control == PAUSE) s->status.state = SERVICE_PAUSED;
    if (control == CONTINUE) s->status.state = SERVICE_RUNNING;
}

static uint32_t send_control(RpcCall *c, Service *s, uint32_t control) {
    if (!control || control > LAST_USER_CONTROL) return ERROR_INVALID_PARAMETER;
    if (s->status.state == SERVICE_STOPPED) return ERROR_SERVICE_NOT_ACTIVE;
    if (s->status.state != SERVICE_RUNNING && s->status.state != SERVICE_PAUSED)
        return ERROR_SERVICE_CANNOT_ACCEPT_CTRL;
    if (!takes(&s->status, control)) return ERROR_INVALID_SERVICE_CONTROL;
    if (control != INTERROGATES) service_tell(c->machine, c->thread, name_of(control), s);
    if (s->process) service_control_send(s, control, (Span){0});
    else obey(s, control);
    return ERROR_SUCCESS;
}

static RpcOutcome control_service(RpcCall *c) {
    Service *s;
    ServiceStatus none = {0};
    uint32_t error = take_service(c, 0, &s), control = ndr_u32(&c->in);
    Cur again = cur(c->in.span);
    const ScHandle *h = handle_at(c, ndr_handle(&again));
    if (!error && !(h->access & right_for(control))) error = ERROR_ACCESS_DENIED;
    if (!error && !c->again) error = send_control(c, s, control);
    if (!error && s->process && await(c, s, &error) == RPC_WAITS) return RPC_WAITS;
    service_settle(s);
    put_status(&c->out, error ? &none : &s->status);
    return answer(c, error);
}

/* ---- lists ---- */

enum { ONLY_ACTIVE = 1, ONLY_INACTIVE = 2, STATUS_SIZE = 28, PROCESS_STATUS_SIZE = 36 };

static bool is_listed(const Service *s, uint32_t type, uint32_t state) {
    bool stopped = s->status.state == SERVICE_STOPPED;
    return s->status.type & type && state & (stopped ? ONLY_INACTIVE : ONLY_ACTIVE);
}

static void add_text(Buf *b, Arena *a, const char *text) {
    Span units = text_to_utf16(a, span_str(text));
    buf_add(b, span(units.p, units.n + 2));
}

/* Entries {offset of the name, of the display name, status}, then the texts. */
static uint32_t list(RpcCall *c, uint32_t type, uint32_t state, bool with_process, Buf *entries,
                     Buf *texts) {
    uint32_t count = 0;
    for (Service *s = services_first(c->machine); s; s = s->next)
        count += is_listed(s, type, state);
    uint32_t size = 8 + (with_process ? PROCESS_STATUS_SIZE : STATUS_SIZE), base = count * size;
    for (Service *s = services_first(c->machine); s; s = s->next) {
        ServiceConfig f;
        if (!is_listed(s, type, state)) continue;
        service_settle(s);
        service_config(c->machine, c->scratch, s, &f);
        ndr_put_u32(entries, base + (uint32_t)texts->n);
        add_text(texts, c->scratch, s->name);
        ndr_put_u32(entries, base + (uint32_t)texts->n);
        add_text(texts, c->scratch, *f.display ? f.display : s->name);
        if (with_process) put_process_status(entries, s);
        else put_status(entries, &s->status);
    }
    return count;
}

static RpcOutcome enumerate(RpcCall *c, bool with_process) {
    uint32_t error = take_manager(c, MANAGER_ENUMERATE);
    if (with_process && ndr_u16(&c->in)) error = ERROR_INVALID_LEVEL;
    uint32_t type = ndr_u32(&c->in), state = ndr_u32(&c->in), room = ndr_u32(&c->in), count = 0;
    bool resumes = ndr_pointer(&c->in);
    if (resumes) ndr_u32(&c->in);
    const char *group = with_process ? ndr_optional_text(&c->in, c->scratch) : NULL;
    Buf entries = buf_new(RPC_MOST_BYTES), texts = buf_new(RPC_MOST_BYTES);
    if (!error && (!type || !state)) error = ERROR_INVALID_PARAMETER;
    if (!error && group && *group) error = ERROR_SERVICE_DOES_NOT_EXIST;
    if (!error) count = list(c, type, state, with_process, &entries, &texts);
    size_t needed = entries.n + texts.n;
    if (!error && needed > room) error = ERROR_MORE_DATA;
    buf_add(&entries, buf_span(&texts));
    ndr_put_bytes(&c->out, error ? (Span){0} : buf_span(&entries),
                  room < RPC_MOST_BYTES ? room : 0);
    ndr_put_u32(&c->out, error == ERROR_MORE_DATA ? (uint32_t)needed : 0);
    ndr_put_u32(&c->out, error ? 0 : count);
    ndr_put_pointer(&c->out, resumes);
    if (resumes) ndr_put_u32(&c->out, 0);
    buf_free(&entries);
    buf_free(&texts);
    return answer(c, error);
}

static RpcOutcome enum_services(RpcCall *c) {
    return enumerate(c, false);
}
static RpcOutcome enum_services_ex(RpcCall *c) {
    return enumerate(c, true);
}

static RpcFunction *const functions[] = {
    [0] = close_handle,          [1] = control_service,  [2] = delete_service,
    [6] = query_status,          [7] = set_status,       [11] = change_config,
    [12] = create_service,       [14] = enum_services,   [15] = open_manager,
    [16] = open_service,         [17] = query_config,    [19] = start_service,
    [20] = get_display_name,     [21] = get_key_name,    [37] = change_config2,
    [39] = query_config2,        [40] = query_status_ex, [42] = enum_services_ex,
    [45] = create_service_wow64,
};

const RpcInterface rpc_svcctl = {
    .name = "svcctl",
    .id = {0x81, 0xbb, 0x7a, 0x36, 0x44, 0x98, 0xf1, 0x35, 0xad, 0x32, 0x98, 0xf0, 0x38, 0x00, 0x10,
           0x03},
    .version = 2,
    .functions = functions,
    .count = sizeof functions / sizeof *functions,
};
