/* Processes: opening, ending, suspending, asking about them. */
#include "guest/process.h"
#include "guest/ask.h"
#include "base/text.h"
#include "guest/debug.h"
#include "guest/outside.h"
#include "guest/target.h"
#include "guest/trace.h"
#include "guest/event.h"
#include "guest/sys.h"
#include "pe/pe.h"

static uint32_t find(Sys *s, uint32_t access, Process **out) {
    return target_process(s, s->arg[0], access, out);
}

static uint64_t nt_terminate(Sys *s) {
    Process *p = s->process;
    /* Handle 0: all threads but the caller's end (ExitProcess does this before it detaches DLLs).
     */
    if (!s->arg[0]) {
        for (Thread *t = p->threads, *next; t; t = next) {
            next = t->next;
            if (t != s->thread) thread_terminate(t, (uint32_t)s->arg[1]);
        }
        return STATUS_SUCCESS;
    }
    uint32_t status = find(s, TARGET_TERMINATE, &p);
    if (status) return status;
    if (p->ended) return STATUS_PROCESS_IS_TERMINATING;
    target_tell(s, p, "ends what runs", 0, 0);
    process_terminate(p, (uint32_t)s->arg[1]);
    return STATUS_SUCCESS;
}

/* Sysmon's event 10; nobody is told of opening himself. */
static void tell_opened(Sys *s, const Process *p, uint32_t access) {
    if (p == s->process) return;
    Arena *a = s->scratch;
    trace_event(s->machine, s->thread, EV_process_access, {EF_SourceImage, s->process->image_path},
                {EF_SourceProcessId, arena_printf(a, "%u", s->process->id)},
                {EF_TargetImage, p->image_path}, {EF_TargetProcessId, arena_printf(a, "%u", p->id)},
                {EF_GrantedAccess, arena_printf(a, "0x%x", access)});
}

static uint32_t find_by_id(Sys *s, uint64_t id, Process **out) {
    enum { SYSTEM = 4 };
    *out = process_by_id(s->machine, id);
    if (*out && !(*out)->outside) return STATUS_SUCCESS;
    if (id == SYSTEM && !process_of_world(s->machine, id)) return STATUS_ACCESS_DENIED;
    return outside_process(s->machine, id, out);
}

static Process *process_of_thread_id(const Machine *m, uint64_t id) {
    for (const Thread *t = m->threads; t && id; t = t->run_next)
        if (t->id == id) return t->process;
    return NULL;
}

static uint64_t nt_open(Sys *s) {
    ObjectAttributes a;
    uint32_t status = sys_object_attributes(s, s->arg[2], &a);
    if (status) return status;
    Fields f = fields(s->process, s->arg[3]);
    uint64_t id = get_pointer(&f), thread = get_pointer(&f);
    if (f.bad) return STATUS_ACCESS_VIOLATION;
    Process *p = process_of_thread_id(s->machine, thread);
    uint32_t access = target_map_access((uint32_t)s->arg[1]);
    if (!p) status = find_by_id(s, id, &p);
    if (!status && p->outside) status = outside_access(s->thread, p, (uint32_t)s->arg[1], &access);
    if (status) return status;
    tell_opened(s, p, access);
    object_hold(&p->object);
    return sys_return_handle(s, s->arg[0], &p->object, access, a.attributes);
}

/* previous, access, attributes, flags, out */
static uint64_t nt_get_next(Sys *s) {
    Process *last = NULL;
    uint32_t status = s->arg[0] ? handle_process(s->thread, s->arg[0], &last) : STATUS_SUCCESS;
    if (status) return status;
    Process *next = last ? last->next : s->machine->processes;
    while (next && (next->ended || next->outside)) next = next->next;
    if (!next) return STATUS_NO_MORE_ENTRIES;
    object_hold(&next->object);
    return sys_return_handle(s, s->arg[4], &next->object, (uint32_t)s->arg[1], (uint32_t)s->arg[2]);
}

static uint64_t each_thread(Sys *s, int change) {
    Process *p;
    uint32_t status = find(s, TARGET_SUSPEND, &p);
    if (status) return status;
    target_tell(s, p, change > 0 ? "suspends what runs" : "resumes what runs", 0, 0);
    for (Thread *t = p->threads; t; t = t->next)
        if (change > 0 || t->suspended) t->suspended += (uint32_t)change;
    s->machine->changed = true;
    return STATUS_SUCCESS;
}

static uint64_t nt_suspend(Sys *s) {
    return each_thread(s, 1);
}
static uint64_t nt_resume(Sys *s) {
    return each_thread(s, -1);
}

/* ---- information ---- */

static uint64_t affinity(const Machine *m) {
    return (UINT64_C(1) << ask_number(m, FACT_cpu_count)) - 1;
}

static void put_basic(Sys *s, const Process *p, Fields *f) {
    put_u32(f, p->ended ? p->exit_code : STATUS_PENDING);
    put_pointer(f, s->process->wow64 ? p->peb32 : p->peb);
    put_pointer(f, affinity(s->machine));
    put_u32(f, p->priority_class); /* kernelbase.dll reads the class here */
    put_pointer(f, p->id);
    put_pointer(f, p->parent_id);
}

static void put_memory(const Process *p, Fields *f) {
    uint64_t bytes = p->vm ? vm_committed(p->vm) * PAGE_SIZE : 0;
    put_pointer(f, bytes * 4); /* peak and present virtual size */
    put_pointer(f, bytes * 4);
    put_u32(f, 1200); /* page faults */
    put_pointer(f, bytes);
    put_pointer(f, bytes);
    for (int i = 0; i < 4; i++) put_pointer(f, 0x8000); /* pool quotas */
    put_pointer(f, bytes);
    put_pointer(f, bytes);
}

static void put_times(const Process *p, Fields *f) {
    uint64_t blocks = 0;
    for (const Thread *t = p->threads; t; t = t->next) blocks += t->blocks;
    put_u64(f, p->create_time);
    put_u64(f, p->exit_time);
    put_u64(f, 0);
    put_u64(f, blocks / 25);
}

/* SECTION_IMAGE_INFORMATION. */
void process_put_image_information(const Process *p, Fields *f) {
    const Section *i = p->image;
    if (!i) return; /* it has ended */
    put_pointer(f, p->image_base + i->entry_point);
    put_u32(f, 0);
    put_pointer(f, i->stack_reserve);
    put_pointer(f, i->stack_commit);
    put_u32(f, i->subsystem);
    put_u16(f, (uint16_t)i->subsystem_minor);
    put_u16(f, (uint16_t)i->subsystem_major);
    put_u16(f, 0);
    put_u16(f, 0);
    put_u16(f, i->characteristics);
    put_u16(f, i->dll_characteristics);
    put_u16(f, i->machine);
    put_u8(f, 1);
    put_u8(f, 0);
    put_u32(f, 0);
    put_u32(f, i->file_size);
    put_u32(f, i->checksum);
}

static void put_path(Sys *s, const Process *p, Fields *f, bool device) {
    const char *path = p->image_path;
    if (device && path[0] && path[1] == ':')
        path = arena_printf(s->scratch, "\\Device\\HarddiskVolume3%s", path + 2);
    Span text = text_to_utf16(s->scratch, span_str(path ? path : ""));
    put_unicode_string(f, s->arg[2] + 2u * s->process->pointer, (uint32_t)text.n,
                       (uint32_t)text.n + 2);
    put_bytes(f, text);
    put_u16(f, 0);
}

static void put_command_line(Sys *s, const Process *p, Fields *f) {
    Span text = text_to_utf16(s->scratch, span_str(p->command_line));
    put_unicode_string(f, s->arg[2] + 2u * s->process->pointer, (uint32_t)text.n,
                       (uint32_t)text.n + 2);
    put_bytes(f, text);
    put_u16(f, 0);
}

enum {
    BASIC = 0,
    IO_COUNTERS = 2,
    VM_COUNTERS = 3,
    TIMES = 4,
    DEBUG_PORT = 7,
    ERROR_MODE = 12,
    PRIORITY_CLASS = 18,
    HANDLE_COUNT = 20,
    AFFINITY = 21,
    PRIORITY_BOOST = 22,
    SESSION = 24,
    WOW64 = 26,
    IMAGE_NAME = 27,
    DEBUG_OBJECT = 30,
    DEBUG_FLAGS = 31,
    IO_PRIORITY = 33,
    EXECUTE_FLAGS = 34,
    COOKIE = 36,
    IMAGE_INFORMATION = 37,
    IMAGE_NAME_WIN32 = 43,
    COMMAND_LINE = 60,
};

static uint64_t put_debug_object(Sys *s, Process *p, Fields *f) {
    enum { ALL = 0x1f000f };
    Object *o = debug_object_of(p);
    put_pointer(f, o ? handle_new(s->process, o, ALL, false) : 0);
    object_drop(o);
    return o ? STATUS_SUCCESS : STATUS_PORT_NOT_SET;
}

static uint64_t query(Sys *s, Process *p, Fields *f) {
    switch ((uint32_t)s->arg[1]) {
    case BASIC: put_basic(s, p, f); break;
    case IO_COUNTERS:
        for (int i = 0; i < 6; i++) put_u64(f, 0);
        break;
    case VM_COUNTERS: put_memory(p, f); break;
    case TIMES: put_times(p, f); break;
    case DEBUG_PORT: put_pointer(f, debug_is_debugged(p) ? UINT64_MAX : 0); break;
    case ERROR_MODE:
        ask_single(s->machine, FACT_error_mode);
        put_u32(f, p->error_mode);
        break;
    case PRIORITY_CLASS:
        put_u8(f, 0);
        put_u8(f, p->priority_class);
        break;
    case HANDLE_COUNT: {
        uint32_t count = 0;
        for (size_t i = 0; i < p->handle_count; i++) count += p->handles[i].object != NULL;
        put_u32(f, count);
        break;
    }
    case AFFINITY: put_pointer(f, affinity(s->machine)); break;
    case PRIORITY_BOOST: put_u32(f, 0); break;
    case SESSION:
        put_u32(f, p->outside ? (uint32_t)item_number(p->outside, FACT_process_session, 1) : 1);
        break;
    case WOW64: put_pointer(f, p->peb32); break;
    case IMAGE_NAME: put_path(s, p, f, true); break;
    case IMAGE_NAME_WIN32: put_path(s, p, f, false); break;
    case DEBUG_OBJECT: return put_debug_object(s, p, f);
    case DEBUG_FLAGS: put_u32(f, !debug_is_debugged(p) && !p->debug_single); break;
    case IO_PRIORITY: put_u32(f, 2); break;
    case EXECUTE_FLAGS: put_u32(f, p->execute_flags); break;
    case COOKIE: put_u32(f, (uint32_t)(p->create_time * 2654435761u) ^ p->id); break;
    case IMAGE_INFORMATION: process_put_image_information(p, f); break;
    case COMMAND_LINE: put_command_line(s, p, f); break;
    default: return STATUS_INVALID_INFO_CLASS;
    }
    return f->bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

static uint64_t nt_query(Sys *s) {
    Process *p;
    uint32_t status = find(s, TARGET_QUERY_LIMITED, &p);
    if (status) return status;
    Fields f = fields_in(s->process, s->arg[2], s->arg[3]);
    uint64_t result = query(s, p, &f);
    if (result == STATUS_INVALID_INFO_CLASS) return result;
    if (s->arg[4]) guest_put_u32(s->process, s->arg[4], (uint32_t)fields_used(&f));
    return fields_used(&f) > s->arg[3] ? STATUS_INFO_LENGTH_MISMATCH : result;
}

/* PROCESS_STACK_ALLOCATION_INFORMATION, alone or behind four numbers: RtlCreateUserStack. */
static uint64_t reserve_stack(Sys *s, const Process *p) {
    uint64_t at = s->arg[2], width = s->process->pointer;
    if (s->arg[3] == 16 + 3 * width) at += 16;
    else if (s->arg[3] != 3 * width) return STATUS_INFO_LENGTH_MISMATCH;
    uint64_t base = 0, size;
    if (!guest_get_pointer(s->process, at, &size)) return STATUS_ACCESS_VIOLATION;
    uint32_t status = vm_allocate(p->vm, &base, &size, VM_RESERVE, VM_READWRITE, false, 0);
    if (status) return status;
    return guest_put_pointer(s->process, at + 2 * width, base) ? STATUS_SUCCESS
                                                               : STATUS_ACCESS_VIOLATION;
}

/* PROCESS_PRIORITY_CLASS: foreground, class. */
static uint64_t set_priority_class(Sys *s, Process *p) {
    enum { IDLE = 1, ABOVE_NORMAL = 6 };
    uint16_t value;
    if (s->arg[3] != 2) return STATUS_INVALID_PARAMETER;
    if (!guest_get_u16(s->process, s->arg[2], &value)) return STATUS_ACCESS_VIOLATION;
    if (value >> 8 < IDLE || value >> 8 > ABOVE_NORMAL) return STATUS_INVALID_PARAMETER;
    p->priority_class = (uint8_t)(value >> 8);
    return STATUS_SUCCESS;
}

/* Wine's own class for processes of services: *event is set when Windows shuts down, which it never
 * does here. */
static uint32_t make_system(Sys *s) {
    enum { SYNCHRONIZE = 0x100000 };
    Object *o = event_new(s->machine);
    return o ? sys_return_handle(s, s->arg[2], o, SYNCHRONIZE, 0) : STATUS_NO_MEMORY;
}

static uint64_t nt_set(Sys *s) {
    enum { NO_ALIGNMENT_FAULT_EXCEPT = 4, STACK_ALLOCATION = 41, WINE_MAKE_SYSTEM = 1000 };
    Process *p;
    uint32_t value = 0, status = find(s, TARGET_SET, &p);
    if (status) return status;
    switch ((uint32_t)s->arg[1]) {
    case ERROR_MODE:
        if (s->arg[3] != 4) return STATUS_INVALID_PARAMETER;
        if (!guest_get_u32(s->process, s->arg[2], &value)) return STATUS_ACCESS_VIOLATION;
        /* SEM_NOALIGNMENTFAULTEXCEPT cannot be taken back once it is set (SetErrorMode). */
        p->error_mode = value | (p->error_mode & NO_ALIGNMENT_FAULT_EXCEPT);
        return STATUS_SUCCESS;
    case EXECUTE_FLAGS:
        if (!guest_get_u32(s->process, s->arg[2], &value)) return STATUS_ACCESS_VIOLATION;
        p->execute_flags = value;
        return STATUS_SUCCESS;
    case DEBUG_FLAGS:
        if (s->arg[3] != 4) return STATUS_INFO_LENGTH_MISMATCH;
        if (!guest_get_u32(s->process, s->arg[2], &value)) return STATUS_ACCESS_VIOLATION;
        if (value > 1) return STATUS_INVALID_PARAMETER;
        p->debug_single = !value;
        return STATUS_SUCCESS;
    case WINE_MAKE_SYSTEM: return make_system(s);
    case STACK_ALLOCATION: return reserve_stack(s, p);
    case PRIORITY_CLASS: return set_priority_class(s, p);
    case PRIORITY_BOOST:
    case IO_PRIORITY:
    case AFFINITY: return STATUS_SUCCESS;
    default: return STATUS_INVALID_INFO_CLASS;
    }
}

const SysRow nt_process_rows[] = {
    {"NtTerminateProcess", 2, nt_terminate}, {"NtOpenProcess", 4, nt_open},
    {"NtGetNextProcess", 5, nt_get_next},    {"NtSuspendProcess", 1, nt_suspend},
    {"NtResumeProcess", 1, nt_resume},       {"NtQueryInformationProcess", 5, nt_query},
    {"NtSetInformationProcess", 4, nt_set},  {NULL, 0, NULL},
};
