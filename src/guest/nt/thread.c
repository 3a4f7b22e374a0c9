/* Threads: creating, ending, suspending, contexts, APCs, alerts, sleeping. */
#include "guest/thread.h"
#include "guest/ask.h"
#include "base/text.h"
#include "guest/context.h"
#include "guest/exception.h"
#include "guest/process.h"
#include "guest/sched.h"
#include "guest/target.h"
#include "guest/token.h"
#include "guest/trace.h"

static uint32_t find(Sys *s, uint32_t access, Thread **out) {
    return target_thread(s, s->arg[0], access, out);
}

static void put_client_id(Fields *f, const Thread *t) {
    put_pointer(f, t->process->id);
    put_pointer(f, t->id);
}

/* ---- creating and opening ---- */

/* PS_ATTRIBUTE_LIST: a caller may ask for the new thread's ids and TEB. */
static void answer_attributes(Sys *s, uint64_t list, Thread *t) {
    enum { CLIENT_ID = 0x10003, TEB_ADDRESS = 0x10004, ATTRIBUTES_MAX = 32 };
    uint64_t total, width = s->process->pointer;
    if (!list || !guest_get_pointer(s->process, list, &total)) return;
    for (uint64_t at = list + width;
         at + 4 * width <= list + total && at < list + ATTRIBUTES_MAX * 4 * width;
         at += 4 * width) {
        Fields f = fields(s->process, at);
        uint64_t attribute = get_pointer(&f);
        get_pointer(&f);
        Fields out = fields(s->process, get_pointer(&f));
        if (f.bad) return;
        if (attribute == CLIENT_ID) put_client_id(&out, t);
        else if (attribute == TEB_ADDRESS) put_pointer(&out, s->process->wow64 ? t->teb32 : t->teb);
    }
}

static void announce(Sys *s, const Thread *t) {
    const Process *p = t->process;
    const char *start = process_site(p, s->scratch, t->start_address);
    const char *id = arena_printf(s->scratch, "%u", t->id),
               *pid = arena_printf(s->scratch, "%u", p->id);
    if (p == s->process)
        trace_event(s->machine, s->thread, EV_create_thread, {EF_NewThreadId, id},
                    {EF_StartModule, start});
    else
        trace_event(s->machine, s->thread, EV_create_remote_thread,
                    {EF_SourceImage, s->process->image_path},
                    {EF_SourceProcessId, arena_printf(s->scratch, "%u", s->process->id)},
                    {EF_TargetImage, p->image_path}, {EF_TargetProcessId, pid},
                    {EF_NewThreadId, id},
                    {EF_StartAddress,
                     arena_printf(s->scratch, "0x%llx", (unsigned long long)t->start_address)},
                    {EF_StartModule, start});
}

/* handle, access, attributes, process, start, argument, flags, zero bits, commit, reserve, list */
static uint64_t nt_create_thread_ex(Sys *s) {
    enum { CREATE_SUSPENDED = 1, HIDE_FROM_DEBUGGER = 4 };
    Process *p;
    Thread *t;
    ObjectAttributes a;
    uint32_t status = sys_object_attributes(s, s->arg[2], &a);
    if (!status) status = target_process(s, s->arg[3], TARGET_CREATE_THREAD, &p);
    if (status) return status;
    if (!p->vm) return STATUS_PROCESS_IS_TERMINATING;
    if (s->process->wow64 && !p->wow64) return STATUS_ACCESS_DENIED; /* as WoW64 has it */
    ThreadOptions o = {.start = s->arg[4],
                       .argument = s->arg[5],
                       .suspended = s->arg[6] & CREATE_SUSPENDED,
                       .stack_commit = s->arg[8],
                       .stack_reserve = s->arg[9]};
    status = thread_create(p, &o, &t);
    if (status) return status;
    t->hidden_from_debugger = s->arg[6] & HIDE_FROM_DEBUGGER;
    answer_attributes(s, s->arg[10], t);
    announce(s, t);
    return sys_return_handle(s, s->arg[0], &t->object, (uint32_t)s->arg[1], a.attributes);
}

static Thread *thread_by_id(Machine *m, uint64_t id) {
    for (Thread *t = m->threads; t; t = t->run_next)
        if (t->id == id) return t;
    return NULL;
}

static uint64_t nt_open_thread(Sys *s) {
    ObjectAttributes a;
    uint32_t status = sys_object_attributes(s, s->arg[2], &a);
    if (status) return status;
    Fields f = fields(s->process, s->arg[3]);
    get_pointer(&f);
    Thread *t = thread_by_id(s->machine, get_pointer(&f));
    if (f.bad) return STATUS_ACCESS_VIOLATION;
    if (!t) return STATUS_INVALID_CID;
    object_hold(&t->object);
    return sys_return_handle(s, s->arg[0], &t->object, (uint32_t)s->arg[1], a.attributes);
}

/* process, previous thread, access, attributes, flags, out */
static uint64_t nt_get_next_thread(Sys *s) {
    Process *p;
    Thread *last = NULL;
    uint32_t status = handle_process(s->thread, s->arg[0], &p);
    if (!status && s->arg[1]) status = handle_thread(s->thread, s->arg[1], &last);
    if (status) return status;
    Thread *next = last ? last->next : p->threads;
    if (!next) return STATUS_NO_MORE_ENTRIES;
    object_hold(&next->object);
    return sys_return_handle(s, s->arg[5], &next->object, (uint32_t)s->arg[2], (uint32_t)s->arg[3]);
}

/* ---- ending, suspending ---- */

static uint64_t nt_terminate_thread(Sys *s) {
    Thread *t = s->thread;
    uint32_t status = s->arg[0] ? find(s, TARGET_THREAD_TERMINATE, &t) : STATUS_SUCCESS;
    if (status) return status;
    thread_terminate(t, (uint32_t)s->arg[1]);
    return STATUS_SUCCESS;
}

static uint64_t nt_suspend(Sys *s) {
    enum { MOST = 127 };
    Thread *t;
    uint32_t status = find(s, TARGET_THREAD_SUSPEND, &t);
    if (status) return status;
    if (t->state == THREAD_DEAD) return STATUS_THREAD_IS_TERMINATING;
    if (t->suspended == MOST) return STATUS_SUSPEND_COUNT_EXCEEDED;
    if (s->arg[1]) guest_put_u32(s->process, s->arg[1], t->suspended);
    t->suspended++;
    return STATUS_SUCCESS;
}

static uint64_t nt_resume(Sys *s) {
    Thread *t;
    uint32_t status = find(s, TARGET_THREAD_SUSPEND, &t);
    if (status) return status;
    if (s->arg[1]) guest_put_u32(s->process, s->arg[1], t->suspended);
    if (t->suspended) t->suspended--;
    s->machine->changed = true;
    return STATUS_SUCCESS;
}

/* ---- contexts ---- */

static uint64_t nt_get_context(Sys *s) {
    Thread *t;
    uint32_t flags, status = find(s, TARGET_THREAD_GET_CONTEXT, &t);
    if (status) return status;
    if (t->state == THREAD_DEAD) return STATUS_UNSUCCESSFUL;
    if (!context_flags(s->process, s->arg[1], &flags)) return STATUS_ACCESS_VIOLATION;
    flags &= CONTEXT_EVERYTHING;
    return context_store(t, s->process, s->arg[1], flags) ? STATUS_SUCCESS
                                                          : STATUS_ACCESS_VIOLATION;
}

static uint64_t nt_set_context(Sys *s) {
    Thread *t;
    uint32_t status = find(s, TARGET_THREAD_SET_CONTEXT, &t);
    if (status) return status;
    if (t->state == THREAD_DEAD) return STATUS_UNSUCCESSFUL;
    if (!context_load(t, s->process, s->arg[1])) return STATUS_ACCESS_VIOLATION;
    if (t == s->thread) {
        uint32_t parts = 0;
        context_flags(s->process, s->arg[1], &parts);
        if (!(parts & CONTEXT_INTEGER)) thread_set(t, REG_RAX, STATUS_SUCCESS);
        s->replaced = true;
    }
    target_tell(s, t->process, "sets a thread's registers", thread_get(t, REG_RIP), 0);
    return STATUS_SUCCESS;
}

/* ---- information ---- */

static void put_times(Fields *f, const Thread *t) {
    uint64_t ran = t->blocks / 25; /* 4 ns a block, in units of 100 ns */
    put_u64(f, t->create_time);
    put_u64(f, t->exit_time);
    put_u64(f, 0);
    put_u64(f, ran);
}

static uint64_t query(Sys *s, Thread *t, Fields *f) {
    enum {
        BASIC = 0,
        TIMES = 1,
        AFFINITY = 4,
        WIN32_START = 9,
        LAST = 12,
        BOOST = 14,
        HIDE = 17,
        IO_PENDING = 16,
        GROUP = 30,
        SUSPEND_COUNT = 35,
        NAME = 38
    };
    switch ((uint32_t)s->arg[1]) {
    case BASIC:
        put_u32(f, t->state == THREAD_DEAD ? t->exit_code : STATUS_PENDING);
        put_pointer(f, s->process->wow64 ? t->teb32 : t->teb);
        put_client_id(f, t);
        put_pointer(f, (UINT64_C(1) << ask_number(s->machine, FACT_cpu_count)) - 1);
        put_u32(f, (uint32_t)t->priority);
        put_u32(f, (uint32_t)t->priority);
        break;
    case TIMES: put_times(f, t); break;
    case WIN32_START: put_pointer(f, t->start_address); break;
    case LAST: put_u32(f, t->process->threads == t && !t->next && !t->process->outside); break;
    case BOOST: put_u32(f, 0); break;
    case IO_PENDING: put_u32(f, 0); break;
    case HIDE:
        if (s->arg[3] != 1) return STATUS_INFO_LENGTH_MISMATCH;
        put_u8(f, t->hidden_from_debugger);
        break;
    case SUSPEND_COUNT: put_u32(f, t->suspended); break;
    case GROUP:
        put_pointer(f, (UINT64_C(1) << ask_number(s->machine, FACT_cpu_count)) - 1);
        put_u16(f, 0);
        for (int i = 0; i < 3; i++) put_u16(f, 0);
        break;
    case NAME: put_unicode_string(f, 0, 0, 0); break;
    default: return STATUS_INVALID_INFO_CLASS;
    }
    return f->bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

/* ThreadWow64Context, either way: Wow64GetThreadContext, Wow64SetThreadContext. */
enum { WOW64_CONTEXT = 29, WOW64_CONTEXT_SIZE = 0x2cc };

static uint64_t wow64_context(Sys *s, Thread *t, bool set) {
    if (s->arg[3] != WOW64_CONTEXT_SIZE) return STATUS_INFO_LENGTH_MISMATCH;
    if (!t->process->wow64) return STATUS_INVALID_PARAMETER;
    if (t->state == THREAD_DEAD) return STATUS_UNSUCCESSFUL;
    bool done =
        set ? context_load32(t, s->process, s->arg[2]) : context_store32(t, s->process, s->arg[2]);
    if (set && done)
        target_tell(s, t->process, "sets a thread's registers", thread_get(t, REG_RIP), 0);
    if (!set && done && s->arg[4]) guest_put_u32(s->process, s->arg[4], WOW64_CONTEXT_SIZE);
    return done ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

static uint64_t nt_query(Sys *s) {
    Thread *t;
    uint32_t status = find(s, 0, &t);
    if (status) return status;
    if ((uint32_t)s->arg[1] == WOW64_CONTEXT) return wow64_context(s, t, false);
    Fields f = fields_in(s->process, s->arg[2], s->arg[3]);
    uint64_t result = query(s, t, &f);
    if (result) return result;
    if (fields_used(&f) > s->arg[3]) return STATUS_INFO_LENGTH_MISMATCH;
    if (s->arg[4]) guest_put_u32(s->process, s->arg[4], (uint32_t)fields_used(&f));
    return STATUS_SUCCESS;
}

/* A TLS index was freed: its slot becomes 0 in every thread of the process. */
static uint64_t zero_tls_cell(Sys *s) {
    enum {
        DIRECT = 64,
        SLOTS64 = 0x1480,
        SLOTS32 = 0xe10,
        MORE64 = 0x1780,
        MORE32 = 0xf94,
        MOST = 1088
    };
    Process *p = s->process;
    uint32_t index;
    if (!guest_get_u32(p, s->arg[2], &index)) return STATUS_ACCESS_VIOLATION;
    if (index >= MOST) return STATUS_INVALID_PARAMETER;
    for (Thread *t = p->threads; t; t = t->next) {
        uint64_t teb = p->wow64 ? t->teb32 : t->teb, slots = teb + (p->wow64 ? SLOTS32 : SLOTS64);
        uint32_t slot = index;
        if (index >= DIRECT) {
            if (!guest_get_pointer(p, teb + (p->wow64 ? MORE32 : MORE64), &slots) || !slots)
                continue;
            slot -= DIRECT;
        }
        guest_put_pointer(p, slots + (uint64_t)slot * p->pointer, 0);
    }
    return STATUS_SUCCESS;
}

/* THREAD_PRIORITY_IDLE, LOWEST to HIGHEST, TIME_CRITICAL. */
static uint64_t set_priority(Thread *t, int32_t priority) {
    enum { IDLE = -15, LOWEST = -2, HIGHEST = 2, TIME_CRITICAL = 15 };
    bool valid = priority == IDLE || priority == TIME_CRITICAL ||
                 (priority >= LOWEST && priority <= HIGHEST);
    if (!valid) return STATUS_INVALID_PARAMETER;
    t->priority = priority;
    return STATUS_SUCCESS;
}

/* A token handle, or 0 to be oneself again. */
static uint64_t impersonate(Sys *s, Thread *t) {
    uint64_t handle;
    Object *token = NULL;
    if (!guest_get_pointer(s->process, s->arg[2], &handle)) return STATUS_ACCESS_VIOLATION;
    uint32_t status = STATUS_SUCCESS;
    if (handle) status = handle_object(s->process, handle, &token_type, &token);
    if (status) return status;
    object_hold(token);
    object_drop(t->impersonation);
    t->impersonation = token;
    return STATUS_SUCCESS;
}

static uint64_t nt_set(Sys *s) {
    enum {
        PRIORITY = 2,
        BASE_PRIORITY = 3,
        AFFINITY = 4,
        IMPERSONATION = 5,
        WIN32_START = 9,
        ZERO_TLS_CELL = 10,
        IDEAL = 13,
        BOOST = 14,
        HIDE = 17,
        GROUP = 30,
        NAME = 38
    };
    Thread *t;
    uint32_t value = 0, status = find(s, 0, &t);
    if (status) return status;
    switch ((uint32_t)s->arg[1]) {
    case BASE_PRIORITY:
        if (!guest_get_u32(s->process, s->arg[2], &value)) return STATUS_ACCESS_VIOLATION;
        return set_priority(t, (int32_t)value);
    case WIN32_START:
        return guest_get_pointer(s->process, s->arg[2], &t->start_address)
                   ? STATUS_SUCCESS
                   : STATUS_ACCESS_VIOLATION;
    case HIDE:
        if (s->arg[3]) return STATUS_INFO_LENGTH_MISMATCH;
        t->hidden_from_debugger = true;
        return STATUS_SUCCESS;
    case ZERO_TLS_CELL: return zero_tls_cell(s);
    case WOW64_CONTEXT: return wow64_context(s, t, true);
    case IMPERSONATION: return impersonate(s, t);
    case PRIORITY:
    case AFFINITY:
    case IDEAL:
    case BOOST:
    case GROUP:
    case NAME: return STATUS_SUCCESS;
    default: return STATUS_INVALID_INFO_CLASS;
    }
}

/* ---- APCs and alerts ---- */

static uint64_t queue_apc(Sys *s, unsigned routine) {
    Thread *t;
    uint32_t status = find(s, TARGET_THREAD_SET_CONTEXT, &t);
    if (status) return status;
    target_tell(s, t->process, "queues a call", s->arg[routine + 1], 0);
    return apc_queue(t, s->arg[routine], s->arg[routine + 1], s->arg[routine + 2],
                     s->arg[routine + 3])
               ? STATUS_SUCCESS
               : STATUS_UNSUCCESSFUL;
}

static uint64_t nt_queue_apc(Sys *s) {
    return queue_apc(s, 1);
}
static uint64_t nt_queue_apc_ex(Sys *s) {
    return queue_apc(s, 2);
}

static uint64_t nt_alert(Sys *s) {
    Thread *t;
    uint32_t status = find(s, 0, &t);
    if (status) return status;
    t->alerted = true;
    s->machine->changed = true;
    return STATUS_SUCCESS;
}

static uint64_t nt_alert_resume(Sys *s) {
    uint64_t status = nt_alert(s);
    return status ? status : nt_resume(s);
}

static uint64_t nt_test_alert(Sys *s) {
    if (s->thread->apcs) {
        s->replaced = exception_run_apc(s->thread, STATUS_SUCCESS); /* and then this call returns */
        return STATUS_SUCCESS;
    }
    bool alerted = s->thread->alerted;
    s->thread->alerted = false;
    return alerted ? STATUS_ALERTED : STATUS_SUCCESS;
}

static uint64_t nt_alert_by_id(Sys *s) {
    Thread *t = thread_by_id(s->machine, s->arg[0]);
    if (!t) return STATUS_INVALID_CID;
    if (t->process != s->process) return STATUS_ACCESS_DENIED;
    t->alert_by_id = true;
    s->machine->changed = true;
    return STATUS_SUCCESS;
}

static bool alert_poll(Thread *t, void *context, uint64_t *result) {
    (void)context;
    if (!t->alert_by_id) return false;
    t->alert_by_id = false;
    *result = STATUS_ALERTED;
    return true;
}

static uint64_t nt_wait_for_alert(Sys *s) {
    Wait w = {.poll = alert_poll, .deadline = NEVER};
    uint64_t timeout;
    if (s->arg[1]) {
        if (!guest_get_u64(s->process, s->arg[1], &timeout)) return STATUS_ACCESS_VIOLATION;
        w.deadline = timeout ? machine_deadline(s->machine, (int64_t)timeout) : 0;
    }
    return sys_wait(s, &w);
}

/* ---- time ---- */

static uint64_t nt_delay(Sys *s) {
    uint64_t timeout;
    if (!s->arg[1]) timeout = (uint64_t)INT64_MIN; /* for ever */
    else if (!guest_get_u64(s->process, s->arg[1], &timeout)) return STATUS_ACCESS_VIOLATION;
    Wait w = {.alertable = (uint8_t)s->arg[0], .completes = true, .api = "NtDelayExecution"};
    w.deadline = machine_deadline(s->machine, (int64_t)timeout);
    return sys_wait(s, &w);
}

static uint64_t nt_yield(Sys *s) {
    s->machine->yielded = true;
    return s->machine->threads->run_next ? STATUS_SUCCESS : STATUS_NO_YIELD_PERFORMED;
}

static uint64_t nt_processor_number(Sys *s) {
    (void)s;
    return 0;
}

const SysRow nt_thread_rows[] = {
    {"NtCreateThreadEx", 11, nt_create_thread_ex},
    {"NtOpenThread", 4, nt_open_thread},
    {"NtGetNextThread", 6, nt_get_next_thread},
    {"NtTerminateThread", 2, nt_terminate_thread},
    {"NtSuspendThread", 2, nt_suspend},
    {"NtResumeThread", 2, nt_resume},
    {"NtAlertThread", 1, nt_alert},
    {"NtAlertResumeThread", 2, nt_alert_resume},
    {"NtTestAlert", 0, nt_test_alert},
    {"NtAlertThreadByThreadId", 1, nt_alert_by_id},
    {"NtWaitForAlertByThreadId", 2, nt_wait_for_alert},
    {"NtGetContextThread", 2, nt_get_context},
    {"NtSetContextThread", 2, nt_set_context},
    {"NtQueryInformationThread", 5, nt_query},
    {"NtSetInformationThread", 4, nt_set},
    {"NtQueueApcThread", 5, nt_queue_apc},
    {"NtQueueApcThreadEx", 6, nt_queue_apc_ex},
    {"NtDelayExecution", 2, nt_delay},
    {"NtYieldExecution", 0, nt_yield},
    {"NtGetCurrentProcessorNumber", 0, nt_processor_number},
    {NULL, 0, NULL},
};
