/* A process as the kernel hands it to ntdll.dll: image, ntdll, PEB, parameters. Offsets are those
 * of the structures in Windows' public symbols, 64-bit and 32-bit; a 32-bit program gets both PEBs,
 * as under WoW64. */
#include "guest/process.h"
#include "base/text.h"
#include "guest/debug.h"
#include "guest/device/console.h"
#include "guest/exception.h"
#include "guest/export/export.h"
#include "guest/flood.h"
#include "guest/job.h"
#include "guest/parameters.h"
#include "guest/token.h"
#include "guest/trace.h"
#include "guest/watch/watcher.h"
#include "guest/win32k/user.h"
#include "pe/pe.h"
#include <stdio.h>
#include <stdlib.h>

enum { PROCESS_ARENA = 4 << 20 };

static bool process_signaled(Object *o, Thread *t) {
    (void)t;
    return ((Process *)o)->ended;
}

static void process_destroy(Object *o) {
    Process *p = (Process *)o;
    Process **link = &p->machine->processes;
    while (*link && *link != p) link = &(*link)->next;
    if (*link) *link = p->next;
    free(p->handles);
    for (size_t i = 0; i < p->module_count; i++) {
        free(p->modules[i].path);
        free(p->modules[i].name);
    }
    free(p->modules);
    section_drop(p->image);
    object_drop(p->token);
    object_drop(p->console);
    object_drop(p->job);
    object_drop(p->debugger);
    arena_reset(&p->arena);
}

const ObjectType process_type = {
    .name = "Process", .signaled = process_signaled, .destroy = process_destroy};

Process *process_by_id(const Machine *m, uint64_t id) {
    for (Process *p = m->processes; p; p = p->next)
        if (p->id == id && !p->ended) return p;
    return NULL;
}

const WorldItem *process_of_world(const Machine *m, uint64_t id) {
    for (const WorldItem *i = world_first(m->world, FACT_process); i; i = world_next(i))
        if ((uint64_t)item_number(i, FACT_process_pid, -1) == id) return i;
    return NULL;
}

/* ---- address space ---- */

static VmOptions vm_layout(Process *p) {
    bool large = p->image->characteristics & PE_FILE_LARGE_ADDRESS_AWARE;
    enum { NX_COMPAT = 0x100 };
    VmOptions o = {.lowest = 0x10000};
    o.commit_limit = p->machine->ram.ram_count;
    if (p->wow64) {
        o.low = 0x10000;
        o.high = large ? 0xfffe0000 : 0x7ffe0000;
        o.limit = large ? 0xffff0000 : 0x7fff0000;
        o.no_execute = p->image->dll_characteristics & NX_COMPAT;
    } else {
        o.low = UINT64_C(0x1c0a7510000);
        o.high = UINT64_C(0x7ffffffe0000);
        o.limit = UINT64_C(0x7fffffff0000);
        o.no_execute = true;
    }
    return o;
}

static uint32_t allocate_at(Process *p, uint64_t *base, uint64_t size) {
    return vm_allocate(p->vm, base, &size, VM_RESERVE | VM_COMMIT, VM_READWRITE, false,
                       p->wow64 ? 0x7ffe0000 : 0);
}

static uint32_t map_shared_data(Process *p) {
    uint64_t base = SHARED_DATA_AT, size = 0;
    uint32_t status = vm_map(p->vm, p->machine->shared_data, &base, 0, &size, VM_EXECUTE_READ, 0);
    if (status) return status;
    uint32_t old;
    size = PAGE_SIZE;
    return vm_protect(p->vm, &base, &size, VM_READONLY, &old);
}

/* ---- modules ---- */

static const char *last_part(const char *path) {
    const char *slash = strrchr(path, '\\');
    return slash ? slash + 1 : path;
}

static char *lower_name(const char *path) {
    char *name = strdup(last_part(path));
    for (char *c = name; c && *c; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
    return name;
}

const Module *process_module(const Process *p, uint64_t address) {
    for (size_t i = 0; i < p->module_count; i++)
        if (address - p->modules[i].base < p->modules[i].size) return &p->modules[i];
    return NULL;
}

const char *process_site(const Process *p, Arena *a, uint64_t address) {
    const Module *m = process_module(p, address);
    const char *site =
        m ? arena_printf(a, "%s+0x%llx", m->name, (unsigned long long)(address - m->base))
          : arena_printf(a, "0x%llx", (unsigned long long)address);
    return site ? site : "?";
}

/* NT path to what Windows shows: \Device\HarddiskVolumeN\ and \??\ are the drives'. */
static char *dos_path(const char *path) {
    static const char nt[] = "\\??\\", system_volume[] = "\\Device\\HarddiskVolume3\\";
    if (strncmp(path, nt, sizeof nt - 1) == 0) return strdup(path + sizeof nt - 1);
    char *out = NULL;
    if (strncmp(path, system_volume, sizeof system_volume - 1) == 0 &&
        asprintf(&out, "C:\\%s", path + sizeof system_volume - 1) < 0)
        out = NULL;
    return out ? out : strdup(path);
}

void process_image_mapped(Process *p, uint64_t base, const Section *s) {
    if (p->module_count == p->module_room) {
        size_t room = p->module_room ? p->module_room * 2 : 32;
        Module *more = realloc(p->modules, room * sizeof *more);
        if (!more) return;
        p->modules = more;
        p->module_room = room;
    }
    Module *m = &p->modules[p->module_count++];
    *m = (Module){
        .base = base, .size = s->size, .entry = base + s->entry_point, .system = !s->frames};
    m->path = dos_path(s->name ? s->name : "");
    m->name = m->path ? lower_name(m->path) : NULL;
    trace_module_mapped(p, m);
    debug_image_mapped(p, base);
    exports_module_mapped(p, m);
    if (p->machine->watcher) watcher_mapped(p->machine->watcher, p, m);
}

void process_image_unmapped(Process *p, uint64_t base) {
    for (size_t i = 0; i < p->module_count; i++) {
        if (p->modules[i].base != base) continue;
        trace_module_unmapped(p, &p->modules[i]);
        debug_image_unmapped(p, base);
        free(p->modules[i].path);
        free(p->modules[i].name);
        memmove(&p->modules[i], &p->modules[i + 1], (--p->module_count - i) * sizeof *p->modules);
        return;
    }
}

/* ---- ntdll.dll ---- */

static uint64_t export_of(const Pe *pe, uint64_t base, const char *name) {
    for (size_t i = 0; i < pe->export_count; i++)
        if (span_equal(pe->exports[i].name, span_str(name))) return base + pe->exports[i].rva;
    return 0;
}

static bool set_pointer_export(Process *p, const Pe *pe, uint64_t base, const char *name,
                               uint64_t value) {
    uint64_t at = export_of(pe, base, name);
    uint8_t raw[8];
    for (unsigned i = 0; i < 8; i++) raw[i] = (uint8_t)(value >> 8 * i);
    return at && vm_write_force(p->vm, at, raw, p->pointer);
}

static uint32_t connect_ntdll(Process *p, const Pe *pe, uint64_t base) {
    p->entry_exception = export_of(pe, base, "KiUserExceptionDispatcher");
    p->entry_apc = export_of(pe, base, "KiUserApcDispatcher");
    p->entry_callback = export_of(pe, base, "KiUserCallbackDispatcher");
    p->entry_initialize = export_of(pe, base, "LdrInitializeThunk");
    p->entry_start = export_of(pe, base, "RtlUserThreadStart");
    p->entry_raise = export_of(pe, base, "KiRaiseUserExceptionDispatcher");
    bool good = p->entry_exception && p->entry_apc && p->entry_initialize && p->entry_start;
    /* Wine's ntdll.dll leaves through these two pointers (whose names tools/pack/hide.py made
     * ordinary); by SYSCALL itself on 64-bit. */
    good = good && set_pointer_export(p, pe, base, "__host_syscall_dispatcher", GADGET_SYSCALL32) &&
           set_pointer_export(p, pe, base, "__host_unix_call_dispatcher",
                              p->wow64 ? GADGET_UNIX32 : GADGET_UNIX);
    return good ? STATUS_SUCCESS : STATUS_DLL_NOT_FOUND;
}

static uint32_t map_ntdll(Process *p) {
    Pack *pack = &p->machine->packs[p->wow64];
    PackEntry *e = pack_find(pack, "ntdll.dll");
    Section *s = e ? pack_section(pack, e) : NULL;
    if (!s) return STATUS_DLL_NOT_FOUND;
    if (!s->name) s->name = strdup("\\??\\C:\\windows\\system32\\ntdll.dll");
    uint64_t base = 0, size = 0;
    uint32_t status = vm_map(p->vm, s, &base, 0, &size, VM_EXECUTE_WRITECOPY, 0);
    if (status) return status;
    process_image_mapped(p, base, s);
    Pe pe;
    Arena *a = &p->machine->scratch;
    if (pe_read(a, pack_bytes(pack, e), &pe) != ST_OK || pe_read_exports(a, &pe) != ST_OK)
        return STATUS_NO_MEMORY;
    return connect_ntdll(p, &pe, base);
}

static uint64_t map_apiset(Process *p) {
    Pack *pack = &p->machine->packs[p->wow64];
    PackEntry *e = pack_find(pack, "apisetschema.dll");
    Pe pe;
    if (!e || pe_read(&p->machine->scratch, pack_bytes(pack, e), &pe) != ST_OK) return 0;
    for (size_t i = 0; i < pe.section_count; i++) {
        const PeSection *s = &pe.sections[i];
        if (strcmp(s->name, ".apiset") != 0) continue;
        Span bytes = span_clip(pe.file, s->file_at, s->mapped);
        uint64_t base = 0, size = bytes.n;
        uint32_t old;
        if (allocate_at(p, &base, size) || !guest_write(p, base, bytes.p, bytes.n)) return 0;
        uint64_t at = base;
        vm_protect(p->vm, &at, &size, VM_READONLY, &old);
        return base;
    }
    return 0;
}

/* ---- PEB ---- */

typedef struct {
    uint16_t image, parameters, apiset, processors, flag, timeout, heap_reserve, heap_commit,
        decommit_total, decommit_block, gdi, os, platform, subsystem, session;
} PebLayout;

static const PebLayout peb64 = {0x10, 0x20, 0x68, 0xb8,  0xbc,  0xc0,  0xc8, 0xd0,
                                0xd8, 0xe0, 0xf8, 0x118, 0x124, 0x128, 0x2c0};
static const PebLayout peb32 = {0x08, 0x10, 0x38, 0x64, 0x68, 0x70, 0x78, 0x7c,
                                0x80, 0x84, 0x94, 0xa4, 0xb0, 0xb4, 0x1d4};

typedef struct {
    Process *process;
    uint64_t peb;
    unsigned pointer;
} PebWriter;

static void put(const PebWriter *w, uint16_t at, uint64_t value, unsigned bytes) {
    uint8_t raw[8];
    for (unsigned i = 0; i < bytes; i++) raw[i] = (uint8_t)(value >> 8 * i);
    guest_write(w->process, w->peb + at, raw, bytes);
}

enum { BEING_DEBUGGED = 2, HEAP_CHECKS = 0x70 };

void process_tell_debugged(Process *p, bool on, bool starting) {
    const PebWriter w = {p, p->peb, 8}, narrow = {p, p->peb32, 4};
    if (!p->vm) return;
    put(&w, BEING_DEBUGGED, on, 1);
    if (p->wow64) put(&narrow, BEING_DEBUGGED, on, 1);
    if (!starting) return;
    put(&w, peb64.flag, HEAP_CHECKS, 4);
    if (p->wow64) put(&narrow, peb32.flag, HEAP_CHECKS, 4);
}

static void fill_peb(Process *p, uint64_t at, const PebLayout *l, unsigned pointer, uint64_t apiset,
                     uint64_t gdi) {
    const World *world = p->machine->world;
    PebWriter w = {p, at, pointer};
    put(&w, l->image, p->image_base, pointer);
    put(&w, l->parameters, p->parameters, pointer);
    put(&w, l->apiset, apiset, pointer);
    put(&w, l->gdi, gdi, pointer);
    put(&w, l->processors, (uint64_t)world_number(world, FACT_cpu_count), 4);
    put(&w, BEING_DEBUGGED, world_bool(world, FACT_debugger), 1);
    put(&w, l->flag, world_bool(world, FACT_debugger) ? HEAP_CHECKS : 0, 4);
    put(&w, l->timeout, (uint64_t)-INT64_C(1500000000) * 10000 * 10, 8); /* 30 days */
    put(&w, l->heap_reserve, 0x100000, pointer);
    put(&w, l->heap_commit, 0x2000, pointer);
    put(&w, l->decommit_total, 0x10000, pointer);
    put(&w, l->decommit_block, 0x1000, pointer);
    put(&w, l->os, 10, 4);
    put(&w, l->os + 4, 0, 4);
    put(&w, l->os + 8, (uint64_t)world_number(world, FACT_os_build), 2);
    put(&w, l->platform, 2, 4);
    put(&w, l->subsystem, p->image->subsystem, 4);
    put(&w, l->subsystem + 4, p->image->subsystem_major, 4);
    put(&w, l->subsystem + 8, p->image->subsystem_minor, 4);
    put(&w, l->session, 1, 4);
}

/* PEB, for WoW64 the 32-bit one a page behind; Wine's ntdll keeps its debug options behind that. */
static uint32_t make_peb(Process *p) {
    enum { PEB_ROOM = 0x4000, GDI_ROOM = 0x10000 * 24 };
    uint64_t base = 0, gdi = 0, size = GDI_ROOM;
    uint32_t status = allocate_at(p, &base, PEB_ROOM);
    if (!status)
        status = vm_allocate(p->vm, &gdi, &size, VM_RESERVE | VM_COMMIT, VM_READWRITE, false,
                             p->wow64 ? 0x7ffe0000 : 0);
    if (status) return status;
    uint64_t apiset = map_apiset(p);
    p->peb = base;
    fill_peb(p, base, &peb64, 8, p->wow64 ? 0 : apiset, gdi);
    if (p->wow64) {
        p->peb32 = base + PAGE_SIZE;
        fill_peb(p, p->peb32, &peb32, 4, apiset, gdi);
    }
    return STATUS_SUCCESS;
}

/* ---- creation ---- */

static uint32_t map_image(Process *p) {
    uint64_t base = 0, size = 0;
    uint32_t status = vm_map(p->vm, p->image, &base, 0, &size, VM_EXECUTE_WRITECOPY, 0);
    if (!NT_SUCCESS(status)) return status;
    p->image_base = base;
    process_image_mapped(p, base, p->image);
    return STATUS_SUCCESS;
}

static uint32_t open_address_space(Process *p) {
    Machine *m = p->machine;
    VmOptions v = vm_layout(p);
    if (vm_open(&p->vm, &m->ram, m->cpu, &v) != ST_OK) return STATUS_NO_MEMORY;
    p->cpu = m->cpu;
    return STATUS_SUCCESS;
}

static uint32_t populate(Process *p, const ProcessOptions *o) {
    uint32_t status = open_address_space(p);
    if (!status) status = map_shared_data(p);
    if (!status) status = map_image(p);
    if (!status) status = map_ntdll(p);
    if (!status) status = parameters_write(p, o);
    if (!status) status = make_peb(p);
    return status;
}

static void append(Process **list, Process *p) {
    while (*list) list = &(*list)->next;
    *list = p;
}

/* With PROC_THREAD_ATTRIBUTE_HANDLE_LIST only those that it names. */
static void inherit_all(Process *p, const ProcessOptions *o) {
    Process *from = o->parent;
    for (size_t i = 0; !o->handles && i < from->handle_count; i++)
        handle_inherit(from, (i + 1) * 4, p, false);
    for (size_t i = 0; i < o->handle_count; i++) handle_inherit(from, o->handles[i], p, false);
    handle_inherit(from, o->in, p, false);
    handle_inherit(from, o->out, p, false);
    handle_inherit(from, o->err, p, false);
}

/* The console comes along in any case; the standard handles do where no handles are inherited. */
static void inherit(Process *p, ProcessOptions *o) {
    if (!o->parent) return;
    if (o->inherit) {
        inherit_all(p, o);
    } else {
        o->in = handle_inherit(o->parent, o->in, p, true);
        o->out = handle_inherit(o->parent, o->out, p, true);
        o->err = handle_inherit(o->parent, o->err, p, true);
    }
    o->console = handle_inherit(o->parent, o->console, p, true);
}

/* A fork bomb has many at a time; a chain in which each starts the next has few, and no end. */
static bool too_many(Machine *m) {
    enum { MADE_TIMES = 16 };
    uint32_t most = m->config->budget.processes;
    uint32_t had = m->process_count >= most ? m->process_count : m->processes_made;
    if (had < most || (m->process_count < most && had < MADE_TIMES * most)) return false;
    flood_tell(m, FLOOD_PROCESSES, had);
    machine_end_budget(m, "processes");
    return true;
}

static void identify(Process *p, const ProcessOptions *o) {
    p->outside = o->outside;
    if (o->outside) {
        p->id = (uint32_t)item_number(o->outside, FACT_process_pid, 0);
        p->parent_id = (uint32_t)item_number(o->outside, FACT_process_parent, 0);
    } else {
        p->id = machine_new_id(p->machine);
        p->parent_id = o->parent ? o->parent->id : p->machine->first_parent;
    }
}

uint32_t process_create(Machine *m, const ProcessOptions *o, Process **out) {
    if (!o->outside && too_many(m)) return STATUS_INSUFFICIENT_RESOURCES;
    Process *p = object_new(m, &process_type, sizeof *p);
    if (!p) return STATUS_NO_MEMORY;
    p->machine = m;
    p->arena = arena_new(PROCESS_ARENA);
    section_hold(p->image = o->image);
    p->pe_machine = o->image->machine;
    p->wow64 = o->image->machine == PE_MACHINE_I386;
    p->pointer = p->wow64 ? 4 : 8;
    p->table = m->tables[p->wow64];
    identify(p, o);
    p->image_path = arena_str(&p->arena, o->image_path);
    p->command_line = arena_str(&p->arena, o->command_line);
    p->priority_class = 2;
    p->error_mode =
        o->parent ? o->parent->error_mode : (uint32_t)world_number(m->world, FACT_error_mode);
    if (o->token) p->token = (Object *)token_copy((const Token *)o->token);
    else if (o->parent) p->token = (Object *)token_copy(token_of_process(o->parent));
    p->create_time = machine_filetime(m);
    append(&m->processes, p);
    p->counted = !o->outside;
    m->process_count += p->counted;
    m->processes_made += p->counted;
    ProcessOptions given = *o;
    inherit(p, &given);
    uint32_t status = o->parent ? job_admit(p, o->parent, o->breakaway) : STATUS_SUCCESS;
    if (!status) status = p->table ? populate(p, &given) : STATUS_DLL_NOT_FOUND;
    if (status) {
        process_terminate(p, status);
        object_drop(&p->object);
        return status;
    }
    *out = p;
    return STATUS_SUCCESS;
}

/* The address space goes when the last thread has ended; the object stays for its handles. */
static void dissolve(Process *p) {
    for (size_t i = 0; i < p->handle_count; i++)
        if (p->handles[i].object) {
            p->handles[i].protect = false;
            handle_close(p, (i + 1) * 4);
        }
    vm_close(p->vm);
    p->vm = NULL;
    p->cpu = NULL;
    section_drop(p->image); /* its file may be deleted now, whoever holds the process */
    p->image = NULL;
    if (p->machine->mapped == p) p->machine->mapped = NULL;
}

/* A process that ends with the code of its last exception died of it. */
static void tell_failure(Process *p) {
    Machine *m = p->machine;
    p->failed = arena_printf(&m->arena, "unhandled exception %08x at %s", p->fault.code,
                             process_site(p, &m->arena, p->fault.address));
    if (p == m->first) m->details = exception_details(p);
}

static void tell_missing(Process *p) {
    Machine *m = p->machine;
    if (!*p->missing) return;
    m->details = value_map(&m->arena);
    value_set(&m->arena, m->details, "missing", value_str(&m->arena, p->missing));
}

void process_terminate(Process *p, uint32_t code) {
    if (p->ending) return;
    Machine *m = p->machine;
    p->exit_code = code;
    debug_process_ended(p);
    p->ending = true;
    for (Thread *t = p->threads, *next; t; t = next) {
        next = t->next;
        thread_terminate(t, code);
    }
    p->exit_time = machine_filetime(m);
    if (p->fault.code == code && NT_ERROR(code)) tell_failure(p);
    else if (code == STATUS_DLL_NOT_FOUND && p == m->first) tell_missing(p);
    user_process_ended(p);
    console_flush(p);
    trace_process_ended(p);
    if (m->current && m->current->process == p) m->dissolve = p; /* the CPU runs in it */
    else dissolve(p);
    p->ended = true;
    m->changed = true;
    job_process_ended(p);
    if (p->counted && --m->process_count == 0) machine_last_process_ended(m);
}

void process_dissolve(Process *p) {
    dissolve(p);
}
