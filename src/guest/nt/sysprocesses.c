/* The list of processes: those that the world tells of, which only have a name, and those that run.
 * Toolhelp and EnumProcesses are made of it. Layouts: SYSTEM_PROCESS_INFORMATION and its kin
 * (winternl.h). */
#include "base/text.h"
#include "guest/ask.h"
#include "guest/nt/sysinfo.h"
#include "guest/outside.h"
#include "guest/process.h"

enum {
    BASE_PRIORITY = 8,
    STATE_WAIT = 5,
    STATE_RUNNING = 2,
    WAIT_USER_REQUEST = 6,
    FIRST_WORLD_THREAD = 0x20000, /* ids of the world's threads, above all of ours */
};

/* One process, wherever it comes from. */
typedef struct {
    const char *name;
    uint64_t id, parent, created;
    uint32_t threads, handles, session, priority;
    uint64_t memory;  /* working set */
    Process *process; /* NULL: the world's */
} Entry;

typedef struct {
    Sys *s;
    Fields *f;
    bool extended;
    uint64_t last;   /* offset of the previous entry, or UINT64_MAX */
    uint64_t thread; /* the next id of the world's threads */
} List;

/* ---- threads ---- */

typedef struct {
    uint64_t id, start, created, stack_base, stack_limit, teb, run;
    uint32_t state, reason;
} ThreadEntry;

static void put_thread(List *l, const Entry *e, const ThreadEntry *t) {
    Fields *f = l->f;
    put_u64(f, 0);
    put_u64(f, t->run);
    put_u64(f, t->created);
    put_u32(f, 0);
    put_pointer(f, t->start);
    put_pointer(f, e->id);
    put_pointer(f, t->id);
    put_u32(f, e->priority);
    put_u32(f, e->priority);
    put_u32(f, 0);
    put_u32(f, t->state);
    put_u32(f, t->reason);
    fields_align(f, 8);
    if (!l->extended) return;
    put_pointer(f, t->stack_base);
    put_pointer(f, t->stack_limit);
    put_pointer(f, t->start);
    put_pointer(f, t->teb);
    for (int i = 0; i < 3; i++) put_pointer(f, 0);
    fields_align(f, 8);
}

static void put_own_threads(List *l, const Entry *e) {
    enum { NS_PER_BLOCK_100 = 25 }; /* a block takes 4 ns */
    for (const Thread *t = e->process->threads; t; t = t->next) {
        bool runs = t->state == THREAD_READY;
        ThreadEntry entry = {.id = t->id,
                             .start = t->start_address,
                             .created = t->create_time,
                             .stack_base = t->stack_base,
                             .stack_limit = t->stack_limit,
                             .teb = t->teb,
                             .run = t->blocks / NS_PER_BLOCK_100,
                             .state = runs ? STATE_RUNNING : STATE_WAIT,
                             .reason = runs ? 0 : WAIT_USER_REQUEST};
        put_thread(l, e, &entry);
    }
}

static void put_world_threads(List *l, const Entry *e) {
    for (uint32_t i = 0; i < e->threads; i++, l->thread += 4) {
        ThreadEntry t = {.id = l->thread,
                         .start = UINT64_C(0x7ff8e5b2a000),
                         .created = e->created,
                         .state = STATE_WAIT,
                         .reason = WAIT_USER_REQUEST};
        if (l->s->process->pointer == 4) t.start = 0x77f2a000;
        put_thread(l, e, &t);
    }
}

/* ---- processes ---- */

static void put_memory_counters(Fields *f, const Entry *e) {
    const uint64_t virtual_size = UINT64_C(0x6000000), wide = f->process->pointer == 8;
    put_pointer(f, wide ? virtual_size + (UINT64_C(2) << 40) : virtual_size);
    put_pointer(f, wide ? virtual_size + (UINT64_C(2) << 40) : virtual_size);
    put_u32(f, (uint32_t)(e->memory >> 11));
    put_pointer(f, e->memory + (e->memory >> 4));
    put_pointer(f, e->memory);
    for (int i = 0; i < 4; i++) put_pointer(f, 0x20000);
    for (int i = 0; i < 3; i++) put_pointer(f, e->memory / 2);
}

static void link_entry(List *l, uint64_t begin) {
    Fields *f = l->f;
    if (l->last != UINT64_MAX) {
        Fields previous = *f;
        previous.at = f->base + l->last;
        put_u32(&previous, (uint32_t)(begin - l->last));
        f->bad |= previous.bad;
    }
    l->last = begin;
}

static void put_entry(List *l, const Entry *e) {
    Fields *f = l->f;
    Span name = text_to_utf16(l->s->scratch, span_str(e->name));
    fields_align(f, 8);
    link_entry(l, fields_used(f));
    put_u32(f, 0);
    put_u32(f, e->threads);
    put_u64(f, e->memory / 2);
    put_u32(f, 0);
    put_u32(f, e->threads);
    put_u64(f, 0);
    put_u64(f, e->created);
    put_u64(f, 0);
    put_u64(f, 0);
    Fields name_field = *f;
    put_unicode_string(f, 0, 0, 0);
    put_u32(f, e->priority);
    put_pointer(f, e->id);
    put_pointer(f, e->parent);
    put_u32(f, e->handles);
    put_u32(f, e->session);
    put_pointer(f, e->id);
    put_memory_counters(f, e);
    fields_align(f, 8);
    for (int i = 0; i < 6; i++) put_u64(f, 0);
    if (e->process) put_own_threads(l, e);
    else put_world_threads(l, e);
    if (name.n) put_unicode_string(&name_field, f->at, (uint32_t)name.n, (uint32_t)name.n + 2);
    put_bytes(f, name);
    put_u16(f, 0);
}

/* notepad.exe#2 is notepad.exe. */
static const char *world_process_name(Sys *s, const WorldItem *i) {
    const char *label = strchr(i->subject, '#');
    if (!label) return i->subject;
    char *name = arena_text(s->scratch, span(i->subject, (size_t)(label - i->subject)));
    return name ? name : "";
}

static uint64_t boot_time(const Machine *m) {
    return time_to_filetime(m->start) - m->uptime / 100;
}

static void put_world_process(List *l, const WorldItem *i) {
    Entry e = {.name = world_process_name(l->s, i),
               .id = (uint64_t)item_number(i, FACT_process_pid, 0),
               .parent = (uint64_t)item_number(i, FACT_process_parent, 0),
               .created = outside_start(l->s->machine),
               .threads = (uint32_t)item_number(i, FACT_process_threads, 1),
               .handles = 200,
               .session = (uint32_t)item_number(i, FACT_process_session, 1),
               .priority = BASE_PRIORITY,
               .memory = (uint64_t)item_number(i, FACT_process_memory, 0)};
    put_entry(l, &e);
}

static uint32_t count_handles(const Process *p) {
    uint32_t n = 0;
    for (size_t i = 0; i < p->handle_count; i++) n += p->handles[i].object != NULL;
    return n;
}

static void put_own_process(List *l, Process *p) {
    const char *slash = strrchr(p->image_path, '\\');
    Entry e = {.name = slash ? slash + 1 : p->image_path,
               .id = p->id,
               .parent = p->parent_id,
               .created = p->create_time,
               .threads = p->thread_count,
               .handles = count_handles(p),
               .session = 1,
               .priority = BASE_PRIORITY,
               .memory = p->vm ? vm_committed(p->vm) << PAGE_SHIFT : 0,
               .process = p};
    put_entry(l, &e);
}

/* The idle process has no name, and a thread for each processor. */
static void put_kernel(List *l) {
    enum { SYSTEM = 4, SYSTEM_THREADS = 168, SYSTEM_HANDLES = 3814 };
    const Machine *m = l->s->machine;
    Entry idle = {
        .name = "", .threads = (uint32_t)world_number(m->world, FACT_cpu_count), .memory = 8192};
    Entry system = {.name = "System",
                    .id = SYSTEM,
                    .threads = SYSTEM_THREADS,
                    .handles = SYSTEM_HANDLES,
                    .priority = BASE_PRIORITY,
                    .created = boot_time(m),
                    .memory = 143360};
    if (!process_of_world(m, 0)) put_entry(l, &idle);
    if (!process_of_world(m, SYSTEM)) put_entry(l, &system);
}

/* One of the world's that a program ended. */
static bool was_ended(const Machine *m, const WorldItem *i) {
    for (const Process *p = m->processes; p; p = p->next)
        if (p->outside == i) return p->ended;
    return false;
}

void put_processes(Sys *s, Fields *f, bool extended) {
    List l = {
        .s = s, .f = f, .extended = extended, .last = UINT64_MAX, .thread = FIRST_WORLD_THREAD};
    put_kernel(&l);
    for (const WorldItem *i = ask_first(s->machine, FACT_process); i; i = ask_next(s->machine, i))
        if (!was_ended(s->machine, i)) put_world_process(&l, i);
    for (Process *p = s->machine->processes; p; p = p->next)
        if (!p->ended && !p->outside) put_own_process(&l, p);
    fields_align(f, 8);
}

const char *process_image_by_id(Sys *s, uint64_t id) {
    const Process *p = process_by_id(s->machine, id);
    const WorldItem *i = p ? NULL : process_of_world(s->machine, id);
    const char *path = p ? p->image_path : i ? ask_item_text(s->machine, i, FACT_process) : NULL;
    if (!path || !path[0] || path[1] != ':') return NULL;
    return arena_printf(s->scratch, "\\Device\\HarddiskVolume3%s", path + 2);
}

/* ---- handles ---- */

/* The kernel's address of an object, which a program can only compare. */
static uint64_t object_address(const Object *o, unsigned pointer) {
    const uint64_t pool = pointer == 8 ? UINT64_C(0xffffa60000000000) : 0x80000000;
    return pool + o->number * UINT64_C(0x60);
}

/* Windows 10's index of a type; programs look them up by a handle of their own. */
static uint16_t type_index(const Object *o) {
    static const struct {
        const char *name;
        uint16_t index;
    } types[] = {{"Process", 7},    {"Thread", 8}, {"Event", 16},   {"Mutant", 17},
                 {"Semaphore", 19}, {"Timer", 20}, {"File", 37},    {"Section", 42},
                 {"Key", 44},       {"Token", 5},  {"Directory", 3}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, o->type->name) == 0) return types[i].index;
    return 2;
}

static uint32_t handle_attributes(const HandleEntry *e) {
    return (e->protect ? 1u : 0u) | (e->inherit ? 2u : 0u);
}

static uint32_t count_all_handles(const Machine *m) {
    uint32_t n = 0;
    for (const Process *p = m->processes; p; p = p->next) n += count_handles(p);
    return n;
}

void put_handles(Sys *s, Fields *f) {
    put_u32(f, count_all_handles(s->machine));
    for (const Process *p = s->machine->processes; p; p = p->next) {
        for (size_t i = 0; i < p->handle_count; i++) {
            const HandleEntry *e = &p->handles[i];
            if (!e->object) continue;
            fields_align(f, s->process->pointer);
            put_u32(f, p->id);
            put_u8(f, (uint8_t)type_index(e->object));
            put_u8(f, (uint8_t)handle_attributes(e));
            put_u16(f, (uint16_t)((i + 1) * 4));
            put_pointer(f, object_address(e->object, s->process->pointer));
            put_u32(f, e->access);
        }
    }
    fields_align(f, s->process->pointer);
}

void put_handles_extended(Sys *s, Fields *f) {
    put_pointer(f, count_all_handles(s->machine));
    put_pointer(f, 0);
    for (const Process *p = s->machine->processes; p; p = p->next) {
        for (size_t i = 0; i < p->handle_count; i++) {
            const HandleEntry *e = &p->handles[i];
            if (!e->object) continue;
            put_pointer(f, object_address(e->object, s->process->pointer));
            put_pointer(f, p->id);
            put_pointer(f, (i + 1) * 4);
            put_u32(f, e->access);
            put_u16(f, 0);
            put_u16(f, type_index(e->object));
            put_u32(f, handle_attributes(e));
            put_u32(f, 0);
        }
    }
}
