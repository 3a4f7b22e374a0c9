/* Jobs (JOBOBJECT_*, winnt.h). Kept: how many processes may be alive, the end of all with the last
 * handle, leaving, nesting, messages to a completion port. Only noted: limits of time, memory,
 * working set and of the user interface. */
#include "guest/job.h"
#include "guest/nt/completion.h"
#include "guest/process.h"
#include "guest/sys.h"
#include <stdlib.h>

/* JOB_OBJECT_LIMIT_* */
enum {
    LIMIT_ACTIVE_PROCESS = 0x8,
    LIMIT_BREAKAWAY_OK = 0x800,
    LIMIT_SILENT_BREAKAWAY_OK = 0x1000,
    LIMIT_KILL_ON_CLOSE = 0x2000,
    LIMIT_ALL = 0x7fffff,
};

/* JOB_OBJECT_MSG_* */
enum { MSG_ACTIVE_ZERO = 4, MSG_NEW_PROCESS = 6, MSG_EXIT_PROCESS = 7, MSG_ABNORMAL_EXIT = 8 };

/* JOBOBJECT_BASIC_LIMIT_INFORMATION and what JOBOBJECT_EXTENDED_LIMIT_INFORMATION adds. */
typedef struct {
    uint64_t process_time, job_time;
    uint32_t flags;
    uint64_t least_working_set, most_working_set;
    uint32_t active_processes;
    uint64_t affinity;
    uint32_t priority_class, scheduling_class;
    uint64_t process_memory, job_memory;
} Limits;

typedef struct Job Job;
struct Job {
    Object object;
    Job *outer; /* that this one is nested in, or NULL; a reference is held */
    Limits limits;
    uint32_t user_interface, end_of_job;
    Object *port; /* or NULL; a reference is held */
    uint64_t port_key;
    uint32_t total, terminated; /* processes */
};

/* ---- membership ---- */

static bool is_in(const Process *p, const Job *job) {
    for (const Job *j = (const Job *)p->job; j; j = j->outer)
        if (j == job) return true;
    return false;
}

static bool is_member(const Process *p, const Job *job) {
    return !p->ended && is_in(p, job);
}

static uint32_t active(const Job *job) {
    uint32_t n = 0;
    for (const Process *p = job->object.machine->processes; p; p = p->next) n += is_member(p, job);
    return n;
}

static void tell(const Job *job, uint32_t message, uint64_t id) {
    if (job->port) completion_post(job->port, job->port_key, id, STATUS_SUCCESS, message);
}

static bool is_full(const Job *job) {
    return job->limits.flags & LIMIT_ACTIVE_PROCESS && active(job) >= job->limits.active_processes;
}

/* Into a job and all around it, up to one that the process is in already. */
static uint32_t enter(Job *job, Process *p) {
    for (const Job *j = job; j && !is_in(p, j); j = j->outer)
        if (is_full(j)) return STATUS_QUOTA_EXCEEDED;
    for (Job *j = job; j && !is_in(p, j); j = j->outer) {
        j->total++;
        tell(j, MSG_NEW_PROCESS, p->id);
    }
    object_hold(&job->object);
    object_drop(p->job);
    p->job = &job->object;
    return STATUS_SUCCESS;
}

/* A process that is in a job can enter another only if that can lie within the first. */
uint32_t job_assign(Object *object, Process *p) {
    Job *job = (Job *)object, *old = (Job *)p->job;
    if (p->ended) return STATUS_PROCESS_IS_TERMINATING;
    if (is_in(p, job)) return STATUS_SUCCESS;
    if (old && job->outer != old) {
        if (job->outer || active(job) || job->user_interface) return STATUS_ACCESS_DENIED;
        object_hold(&old->object);
        job->outer = old;
    }
    return enter(job, p);
}

static Job *job_after_leaving(Job *job, bool breakaway) {
    while (job && (job->limits.flags & LIMIT_SILENT_BREAKAWAY_OK ||
                   (breakaway && job->limits.flags & LIMIT_BREAKAWAY_OK)))
        job = job->outer;
    return job;
}

uint32_t job_admit(Process *p, Process *parent, bool breakaway) {
    Job *job = (Job *)parent->job;
    uint32_t may = LIMIT_BREAKAWAY_OK | LIMIT_SILENT_BREAKAWAY_OK;
    if (job && breakaway && !(job->limits.flags & may)) return STATUS_ACCESS_DENIED;
    job = job_after_leaving(job, breakaway);
    return job ? enter(job, p) : STATUS_SUCCESS;
}

void job_process_ended(Process *p) {
    bool abnormal = NT_ERROR(p->exit_code);
    for (Job *j = (Job *)p->job; j; j = j->outer) {
        tell(j, abnormal ? MSG_ABNORMAL_EXIT : MSG_EXIT_PROCESS, p->id);
        if (!active(j)) tell(j, MSG_ACTIVE_ZERO, 0);
    }
}

/* ---- the object ---- */

static void terminate_all(Job *job, uint32_t code) {
    for (Process *p = job->object.machine->processes, *next; p; p = next) {
        next = p->next;
        if (!is_member(p, job)) continue;
        job->terminated++;
        object_hold(&p->object);
        process_terminate(p, code);
        next = p->next;
        object_drop(&p->object);
    }
}

static bool job_signaled(Object *o, Thread *t) {
    (void)o, (void)t;
    return false;
}

static void job_closed(Object *o, Process *p) {
    Job *job = (Job *)o;
    (void)p;
    if (!o->handles && job->limits.flags & LIMIT_KILL_ON_CLOSE) terminate_all(job, 0);
}

static void job_destroy(Object *o) {
    Job *job = (Job *)o;
    object_drop(job->port);
    object_drop(job->outer ? &job->outer->object : NULL);
}

static const ObjectType job_type = {
    .name = "Job", .signaled = job_signaled, .closed = job_closed, .destroy = job_destroy};

uint32_t job_of_handle(Process *p, uint64_t handle, Object **out) {
    return handle_object(p, handle, &job_type, out);
}

static uint32_t find(Sys *s, unsigned argument, Job **out) {
    return job_of_handle(s->process, s->arg[argument], (Object **)out);
}

/* ---- calls ---- */

static uint64_t nt_create(Sys *s) {
    ObjectAttributes a;
    Object *o;
    uint32_t status = sys_object_attributes(s, s->arg[2], &a);
    if (!status) status = sys_create_named(s, &a, &job_type, sizeof(Job), &o);
    if (NT_ERROR(status)) return status;
    uint32_t result = sys_return_handle(s, s->arg[0], o, (uint32_t)s->arg[1], a.attributes);
    return result ? result : status;
}

static uint64_t nt_open(Sys *s) {
    ObjectAttributes a;
    Object *o;
    uint32_t status = sys_object_attributes(s, s->arg[2], &a);
    if (!status) status = sys_open_named(s, &a, &job_type, &o);
    if (status) return status;
    return sys_return_handle(s, s->arg[0], o, (uint32_t)s->arg[1], a.attributes);
}

static uint64_t nt_assign(Sys *s) {
    Job *job;
    Process *p;
    uint32_t status = find(s, 0, &job);
    if (!status) status = handle_process(s->thread, s->arg[1], &p);
    return status ? status : job_assign(&job->object, p);
}

static uint64_t nt_is_in(Sys *s) {
    Job *job = NULL;
    Process *p;
    uint32_t status = handle_process(s->thread, s->arg[0], &p);
    if (!status && s->arg[1]) status = find(s, 1, &job);
    if (status) return status;
    return (job ? is_in(p, job) : p->job != NULL) ? STATUS_PROCESS_IN_JOB
                                                  : STATUS_PROCESS_NOT_IN_JOB;
}

static uint64_t nt_terminate(Sys *s) {
    Job *job;
    uint32_t status = find(s, 0, &job);
    if (!status) terminate_all(job, (uint32_t)s->arg[1]);
    return status;
}

/* ---- information ---- */

enum {
    ACCOUNTING = 1,
    BASIC_LIMITS = 2,
    PROCESS_LIST = 3,
    USER_INTERFACE = 4,
    END_OF_JOB = 6,
    COMPLETION_PORT = 7,
    ACCOUNTING_AND_IO = 8,
    EXTENDED_LIMITS = 9,
    CPU_RATE = 15,
};

static void put_accounting(const Job *job, Fields *f) {
    for (int i = 0; i < 4; i++) put_u64(f, 0); /* user and kernel time, of all and of this period */
    put_u32(f, 0);
    put_u32(f, job->total);
    put_u32(f, active(job));
    put_u32(f, job->terminated);
}

static void put_io_counters(Fields *f) {
    for (int i = 0; i < 6; i++) put_u64(f, 0);
}

static void put_limits(const Limits *l, Fields *f) {
    put_u64(f, l->process_time);
    put_u64(f, l->job_time);
    put_u32(f, l->flags);
    put_pointer(f, l->least_working_set);
    put_pointer(f, l->most_working_set);
    put_u32(f, l->active_processes);
    put_pointer(f, l->affinity);
    put_u32(f, l->priority_class);
    put_u32(f, l->scheduling_class);
    fields_align(f, 8);
}

static void put_extended_limits(const Limits *l, Fields *f) {
    put_limits(l, f);
    put_io_counters(f);
    put_pointer(f, l->process_memory);
    put_pointer(f, l->job_memory);
    put_pointer(f, 0);
    put_pointer(f, 0);
}

/* As many ids as there is room for. */
static uint32_t put_process_list(const Job *job, Fields *f) {
    uint32_t count = active(job), width = f->process->pointer;
    uint64_t room = f->room < 8 ? 0 : (f->room - 8) / width;
    uint32_t listed = count < room ? count : (uint32_t)room;
    put_u32(f, count);
    put_u32(f, listed);
    for (const Process *p = job->object.machine->processes; p && listed; p = p->next) {
        if (!is_member(p, job)) continue;
        put_pointer(f, p->id);
        listed--;
    }
    return count > room ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static uint32_t query(const Job *job, uint32_t class, Fields *f) {
    switch (class) {
    case ACCOUNTING: put_accounting(job, f); break;
    case BASIC_LIMITS: put_limits(&job->limits, f); break;
    case PROCESS_LIST: return put_process_list(job, f);
    case USER_INTERFACE: put_u32(f, job->user_interface); break;
    case END_OF_JOB: put_u32(f, job->end_of_job); break;
    case ACCOUNTING_AND_IO:
        put_accounting(job, f);
        put_io_counters(f);
        break;
    case EXTENDED_LIMITS: put_extended_limits(&job->limits, f); break;
    case CPU_RATE:
        put_u32(f, 0);
        put_u32(f, 0);
        break;
    default: return STATUS_INVALID_INFO_CLASS;
    }
    return STATUS_SUCCESS;
}

/* Without a handle it is the caller's own job that is asked about. */
static uint64_t nt_query(Sys *s) {
    Job *job = (Job *)s->process->job;
    uint32_t status = s->arg[0] ? find(s, 0, &job) : STATUS_SUCCESS;
    if (status) return status;
    if (!job) return STATUS_ACCESS_DENIED;
    Fields f = fields_in(s->process, s->arg[2], (uint32_t)s->arg[3]);
    status = query(job, (uint32_t)s->arg[1], &f);
    if (NT_ERROR(status)) return status;
    if (fields_used(&f) > (uint32_t)s->arg[3]) return STATUS_INFO_LENGTH_MISMATCH;
    if (s->arg[4]) guest_put_u32(s->process, s->arg[4], (uint32_t)fields_used(&f));
    return f.bad ? STATUS_ACCESS_VIOLATION : status;
}

static uint32_t set_limits(Job *job, Fields *f, bool extended) {
    Limits l = {.process_time = get_u64(f), .job_time = get_u64(f), .flags = get_u32(f)};
    l.least_working_set = get_pointer(f);
    l.most_working_set = get_pointer(f);
    l.active_processes = get_u32(f);
    l.affinity = get_pointer(f);
    l.priority_class = get_u32(f);
    l.scheduling_class = get_u32(f);
    fields_align(f, 8);
    if (extended) {
        fields_skip(f, 6 * 8);
        l.process_memory = get_pointer(f);
        l.job_memory = get_pointer(f);
    }
    if (f->bad) return STATUS_ACCESS_VIOLATION;
    if (l.flags & ~(uint32_t)LIMIT_ALL) return STATUS_INVALID_PARAMETER;
    if (!extended && l.flags & LIMIT_KILL_ON_CLOSE) return STATUS_INVALID_PARAMETER;
    job->limits = l;
    return STATUS_SUCCESS;
}

/* JOBOBJECT_ASSOCIATE_COMPLETION_PORT: key, port. Those that are in the job already are told of. */
static uint32_t set_port(Sys *s, Job *job, Fields *f) {
    uint64_t key = get_pointer(f), handle = get_pointer(f);
    Object *port = NULL;
    if (f->bad) return STATUS_ACCESS_VIOLATION;
    uint32_t status =
        handle ? handle_object(s->process, handle, &completion_type, &port) : STATUS_SUCCESS;
    if (status) return status;
    if (port && job->port) return STATUS_INVALID_PARAMETER;
    object_hold(port);
    object_drop(job->port);
    job->port = port;
    job->port_key = key;
    for (const Process *p = s->machine->processes; p; p = p->next)
        if (is_member(p, job)) tell(job, MSG_NEW_PROCESS, p->id);
    return STATUS_SUCCESS;
}

static uint64_t nt_set(Sys *s) {
    Job *job;
    uint32_t status = find(s, 0, &job);
    if (status) return status;
    Fields f = fields(s->process, s->arg[2]);
    switch ((uint32_t)s->arg[1]) {
    case BASIC_LIMITS: return set_limits(job, &f, false);
    case EXTENDED_LIMITS: return set_limits(job, &f, true);
    case USER_INTERFACE: job->user_interface = get_u32(&f); break;
    case END_OF_JOB: job->end_of_job = get_u32(&f); break;
    case COMPLETION_PORT: return set_port(s, job, &f);
    case CPU_RATE: break;
    default: return STATUS_INVALID_INFO_CLASS;
    }
    return f.bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

const SysRow nt_job_rows[] = {
    {"NtCreateJobObject", 3, nt_create},          {"NtOpenJobObject", 3, nt_open},
    {"NtAssignProcessToJobObject", 2, nt_assign}, {"NtIsProcessInJob", 2, nt_is_in},
    {"NtQueryInformationJobObject", 5, nt_query}, {"NtSetInformationJobObject", 4, nt_set},
    {"NtTerminateJobObject", 2, nt_terminate},    {NULL, 0, NULL},
};
