/* A process as the kernel hands it to ntdll.dll: image, ntdll, PEB, parameters. Offsets are those
 * of the structures in Windows' public symbols, 64-bit and 32-bit; a 32-bit program gets both PEBs,
 * as under WoW64. */
#include "guest/process.h"
#include "base/text.h"
#include "guest/device/console.h"
#include "guest/exception.h"
#include "guest/export/export.h"
#include "guest/trace.h"
#include "pe/pe.h"
#include <stdio.h>
#include <stdlib.h>

enum { PROCESS_ARENA = 4 << 20, PARAMETERS_ROOM = 0x440 };

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
    arena_reset(&p->arena);
}

const ObjectType process_type = {
    .name = "Process", .signaled = process_signaled, .destroy = process_destroy};

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
    exports_module_mapped(p, m);
}

void process_image_unmapped(Process *p, uint64_t base) {
    for (size_t i = 0; i < p->module_count; i++) {
        if (p->modules[i].base != base) continue;
        trace_module_unmapped(p, &p->modules[i]);
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

/* ---- parameters ---- */

typedef struct {
    Process *process;
    uint64_t at; /* where the next text goes */
    Fields fields;
} ParameterWriter;

static Span wide(Process *p, const char *text) {
    Span s = text_to_utf16(&p->machine->scratch, span_str(text ? text : ""));
    return s.p ? s : span("\0", 0);
}

static void put_text(ParameterWriter *w, const char *text, uint32_t room) {
    Span s = wide(w->process, text);
    if (s.p) guest_write(w->process, w->at, s.p, s.n);
    if (room < s.n + 2) room = (uint32_t)s.n + 2;
    put_unicode_string(&w->fields, w->at, (uint32_t)s.n, room);
    w->at += (room + 7u) & ~7u;
}

static uint32_t write_parameters(Process *p, const ProcessOptions *o) {
    enum { DIRECTORY_ROOM = 520, NORMALIZED = 1, TEXTS = 6 };
    const char *texts[TEXTS] = {o->directory, o->image_path, o->command_line,
                                o->title,     o->desktop,    ""};
    uint64_t size = PARAMETERS_ROOM + DIRECTORY_ROOM + 64;
    for (int i = 0; i < TEXTS; i++) size += (wide(p, texts[i]).n + 16) & ~UINT64_C(7);
    uint64_t base = 0, environment = 0;
    uint32_t status = allocate_at(p, &base, size);
    if (!status) status = allocate_at(p, &environment, o->environment.n);
    if (status) return status;
    ParameterWriter w = {p, base + PARAMETERS_ROOM, fields(p, base)};
    Fields *f = &w.fields;
    put_u32(f, (uint32_t)size);
    put_u32(f, (uint32_t)size);
    put_u32(f, NORMALIZED);
    put_u32(f, 0);
    put_pointer(f, o->console);
    put_u32(f, o->console_flags);
    put_pointer(f, o->in);
    put_pointer(f, o->out);
    put_pointer(f, o->err);
    put_text(&w, o->directory, DIRECTORY_ROOM);
    put_pointer(f, 0);              /* its handle: ntdll opens it */
    put_unicode_string(f, 0, 0, 0); /* DllPath: ntdll computes its own */
    put_text(&w, o->image_path, 0);
    put_text(&w, o->command_line, 0);
    put_pointer(f, environment);
    for (int i = 0; i < 7; i++) put_u32(f, 0);
    put_u32(f, o->flags);
    put_u32(f, o->show);
    put_text(&w, o->title ? o->title : o->image_path, 0);
    put_text(&w, o->desktop ? o->desktop : "WinSta0\\Default", 0);
    put_text(&w, "", 0);
    put_text(&w, "", 0);
    enum { CURRENT_DIRECTORIES = 32 };
    fields_align(f, p->pointer);
    fields_skip(f, CURRENT_DIRECTORIES * (8u + 2u * p->pointer));
    put_pointer(f, o->environment.n);
    put_pointer(f, 1);
    p->parameters = base;
    return guest_write(p, environment, o->environment.p, o->environment.n) && !f->bad
               ? STATUS_SUCCESS
               : STATUS_NO_MEMORY;
}

typedef struct {
    Buf block;
    Arena *arena;
} EnvironmentWriter;

static void add_variable(void *context, const char *name, const char *value) {
    EnvironmentWriter *w = context;
    const char *line = arena_printf(w->arena, "%s=%s", name, value);
    Span s = line ? text_to_utf16(w->arena, span_str(line)) : (Span){0};
    buf_add(&w->block, s);
    buf_le(&w->block, 0, 2);
}

Span process_world_environment(Machine *m, Arena *a) {
    enum { MOST = 1 << 20 };
    EnvironmentWriter w = {buf_new(MOST), a};
    world_variables(m->world, add_variable, &w);
    buf_le(&w.block, 0, 4);
    Span copy = arena_bytes(a, buf_span(&w.block));
    buf_free(&w.block);
    return copy;
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

static void fill_peb(Process *p, uint64_t at, const PebLayout *l, unsigned pointer, uint64_t apiset,
                     uint64_t gdi) {
    const World *world = p->machine->world;
    PebWriter w = {p, at, pointer};
    put(&w, l->image, p->image_base, pointer);
    put(&w, l->parameters, p->parameters, pointer);
    put(&w, l->apiset, apiset, pointer);
    put(&w, l->gdi, gdi, pointer);
    put(&w, l->processors, (uint64_t)world_number(world, FACT_cpu_count), 4);
    put(&w, l->flag, 0, 4);
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
    if (!status) status = write_parameters(p, o);
    if (!status) status = make_peb(p);
    return status;
}

static void append(Process **list, Process *p) {
    while (*list) list = &(*list)->next;
    *list = p;
}

uint32_t process_create(Machine *m, const ProcessOptions *o, Process **out) {
    if (m->process_count >= m->config->budget.processes) {
        machine_end_budget(m, "processes");
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Process *p = object_new(m, &process_type, sizeof *p);
    if (!p) return STATUS_NO_MEMORY;
    p->machine = m;
    p->arena = arena_new(PROCESS_ARENA);
    section_hold(p->image = o->image);
    p->pe_machine = o->image->machine;
    p->wow64 = o->image->machine == PE_MACHINE_I386;
    p->pointer = p->wow64 ? 4 : 8;
    p->table = m->tables[p->wow64];
    p->id = machine_new_id(m);
    p->parent_id = o->parent ? o->parent->id : m->first_parent;
    p->image_path = arena_str(&p->arena, o->image_path);
    p->command_line = arena_str(&p->arena, o->command_line);
    p->priority_class = 2;
    p->create_time = machine_filetime(m);
    append(&m->processes, p);
    m->process_count++;
    uint32_t status = p->table ? populate(p, o) : STATUS_DLL_NOT_FOUND;
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
    if (p->machine->mapped == p) p->machine->mapped = NULL;
}

/* A process that ends with the code of its last exception died of it. */
static void tell_failure(Process *p) {
    Machine *m = p->machine;
    p->failed = arena_printf(&m->arena, "unhandled exception %08x at %s", p->fault.code,
                             process_site(p, &m->arena, p->fault.address));
    if (p == m->first) m->details = exception_details(p);
}

void process_terminate(Process *p, uint32_t code) {
    if (p->ending) return;
    Machine *m = p->machine;
    p->ending = true;
    p->exit_code = code;
    for (Thread *t = p->threads, *next; t; t = next) {
        next = t->next;
        thread_terminate(t, code);
    }
    p->exit_time = machine_filetime(m);
    if (p->fault.code == code && NT_ERROR(code)) tell_failure(p);
    console_flush(p);
    trace_process_ended(p);
    if (m->current && m->current->process == p) m->dissolve = p; /* the CPU runs in it */
    else dissolve(p);
    p->ended = true;
    m->changed = true;
    if (--m->process_count == 0) machine_last_process_ended(m);
}

void process_dissolve(Process *p) {
    dissolve(p);
}
