/* Services: what services.exe would know and do. What a service is lies in the registry, as on
 * Windows; what it does at the moment lies here. rpc/svcctl.c is how programs ask.
 *
 * Functions answer with Win32 errors. */
#ifndef COAX_GUEST_SERVICE_SERVICE_H
#define COAX_GUEST_SERVICE_SERVICE_H

#include "base/buf.h"
#include "guest/machine.h"

enum {
    ERROR_SUCCESS = 0,
    ERROR_FILE_NOT_FOUND = 2,
    ERROR_ACCESS_DENIED = 5,
    ERROR_INVALID_HANDLE = 6,
    ERROR_NOT_ENOUGH_MEMORY = 8,
    ERROR_INVALID_PARAMETER = 87,
    ERROR_INSUFFICIENT_BUFFER = 122,
    ERROR_INVALID_NAME = 123,
    ERROR_INVALID_LEVEL = 124,
    ERROR_BAD_EXE_FORMAT = 193,
    ERROR_MORE_DATA = 234,
    ERROR_INVALID_SERVICE_CONTROL = 1052,
    ERROR_SERVICE_REQUEST_TIMEOUT,
    ERROR_SERVICE_ALREADY_RUNNING = 1056,
    ERROR_SERVICE_DISABLED = 1058,
    ERROR_SERVICE_DOES_NOT_EXIST = 1060,
    ERROR_SERVICE_CANNOT_ACCEPT_CTRL,
    ERROR_SERVICE_NOT_ACTIVE,
    ERROR_DATABASE_DOES_NOT_EXIST = 1065,
    ERROR_PROCESS_ABORTED = 1067,
    ERROR_SERVICE_MARKED_FOR_DELETE = 1072,
    ERROR_SERVICE_EXISTS,
    ERROR_DUPLICATE_SERVICE_NAME = 1078,
};

enum {
    SERVICE_KERNEL_DRIVER = 1,
    SERVICE_FILE_SYSTEM_DRIVER,
    SERVICE_OWN = 0x10,
    SERVICE_SHARED = 0x20
};
enum { START_BOOT, START_SYSTEM, START_AUTO, START_DEMAND, START_DISABLED };
enum {
    SERVICE_STOPPED = 1,
    SERVICE_START_PENDING,
    SERVICE_STOP_PENDING,
    SERVICE_RUNNING,
    SERVICE_CONTINUE_PENDING,
    SERVICE_PAUSE_PENDING,
    SERVICE_PAUSED,
};

/* SERVICE_STATUS. */
typedef struct {
    uint32_t type, state, accepts, exit_code, specific, checkpoint, hint;
} ServiceStatus;

typedef struct {
    uint32_t type, start, error_control, tag;
    bool wow64; /* a 32-bit program made it: its paths are seen as that one sees them */
    const char *image, *group, *account, *display, *description; /* "" where there is none */
    Span dependencies; /* as the registry has them: UTF-16, each ended by a NUL, one more at the end
                        */
} ServiceConfig;

typedef struct Service Service;
struct Service {
    Service *next; /* in the order of their names */
    char *name;
    ServiceStatus status;
    uint32_t world_process;         /* the id of the process that the world has for it, or 0 */
    Process *process;               /* that we started for it; a reference is held */
    bool theirs;                    /* the computer's own: there is no code of it to run */
    bool deleted;                   /* goes when its last handle does */
    struct ServiceControl *control; /* the process' end of the control pipe (control.c) */
};

/* The services in the order of their names; NULL: none, or no memory. */
Service *services_first(Machine *m);
Service *service_find(Machine *m, const char *name);
void services_close(Machine *m);

void service_config(Machine *m, Arena *a, const Service *s, ServiceConfig *out);
/* By name: present values come first, those not given (NULL, SERVICE_NO_CHANGE) stay. */
enum { SERVICE_NO_CHANGE = -1 };
void service_set_config(Machine *m, Service *s, const ServiceConfig *c);
void service_set_description(Machine *m, Service *s, const char *text);

/* t is the thread that asked, for the events. */
uint32_t service_create(Machine *m, Thread *t, const char *name, const ServiceConfig *c,
                        Service **out);
void service_remove(Machine *m, Service *s);

/* Tells that somebody does something with a service ("starts"). */
void service_tell(Machine *m, Thread *t, const char *operation, const Service *s);

/* ---- processes (start.c) ---- */

/* Takes its process' end into account. */
void service_settle(Service *s);
/* The id of its process, or 0. */
uint32_t service_process_id(const Service *s);
/* Starts the service's program, which then connects to its control pipe and is given the start
 * message with these arguments (UTF-16, each ended by a NUL). A driver, and a service of the
 * computer itself, just runs. */
uint32_t service_start(Machine *m, Thread *t, Service *s, Span arguments);

/* ---- the control pipe (control.c) ---- */

/* Waits for the process to connect; *number names its pipe. */
bool service_control_open(Machine *m, Service *s, uint32_t *number);
/* Puts a message into the pipe. */
void service_control_send(Service *s, uint32_t control, Span data);
/* Whether the service answered the last message, with what. */
bool service_control_answered(const Service *s, uint32_t *answer);
void service_control_close(Service *s);

#endif
