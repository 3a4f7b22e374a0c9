/* The machine: making it from a world, its clock, its end. */
#include "guest/machine.h"
#include "base/log.h"
#include "base/text.h"
#include "guest/ask.h"
#include "guest/atoms.h"
#include "guest/callback.h"
#include "guest/context.h"
#include "guest/crypto/key.h"
#include "guest/delay.h"
#include "guest/device/socket.h"
#include "guest/export/export.h"
#include "guest/file.h"
#include "guest/fs.h"
#include "guest/process.h"
#include "guest/program.h"
#include "guest/registry.h"
#include "guest/rpc/published.h"
#include "guest/rpc/rpc.h"
#include "guest/sched.h"
#include "guest/service/service.h"
#include "guest/service/task.h"
#include "guest/sys.h"
#include "guest/trace.h"
#include "guest/watch/watcher.h"
#include "guest/win32k/unix_functions.h"
#include "guest/win32k/user.h"
#include <stdlib.h>

/* A basic block takes 4 ns: three to five instructions at some GHz. */
enum { NS_PER_BLOCK = 4, TSC_READ_NS = 8, FIRST_ID = 4500, FIRST_LUID = 0x5d1a6 };
enum { SCRATCH_ROOM = 64 << 20, MACHINE_ROOM = 64 << 20 };

/* ---- the clock ---- */

uint64_t machine_now(Machine *m) {
    uint64_t running = m->running ? cpu_blocks(m->running) - m->running_from : 0;
    return m->clock + running * NS_PER_BLOCK;
}

Time machine_time(Machine *m) {
    return m->start + (Time)machine_now(m);
}
uint64_t machine_filetime(Machine *m) {
    return time_to_filetime(machine_time(m));
}
uint64_t machine_ticks_100ns(Machine *m) {
    return (m->uptime + machine_now(m)) / 100;
}
uint64_t machine_qpc(Machine *m) {
    return machine_ticks_100ns(m);
}

uint64_t machine_tsc(Machine *m) {
    m->clock += TSC_READ_NS;
    delay_asked_tsc(m);
    /* Invariant: it counts with the frequency that the processor is sold with. */
    uint64_t ns = m->uptime + machine_now(m);
    return ns / 1000 * m->tsc_mhz + ns % 1000 * m->tsc_mhz / 1000;
}

void machine_work(Machine *m, uint64_t nanoseconds) {
    m->clock += nanoseconds;
    m->blocks += nanoseconds / NS_PER_BLOCK;
}

uint64_t machine_deadline(Machine *m, int64_t timeout) {
    uint64_t now = machine_now(m);
    if (timeout == INT64_MIN) return NEVER;
    if (timeout > 0) {
        uint64_t present = machine_filetime(m), then = (uint64_t)timeout;
        if (then <= present) return now;
        return then - present > (NEVER - now) / 100 - 1 ? NEVER : now + (then - present) * 100;
    }
    uint64_t length = (uint64_t)-timeout;
    return length > (NEVER - now) / 100 - 1 ? NEVER : now + length * 100;
}

/* xorshift64* (Vigna 2016). */
uint64_t machine_random(Machine *m) {
    m->random ^= m->random >> 12;
    m->random ^= m->random << 25;
    m->random ^= m->random >> 27;
    return m->random * UINT64_C(0x2545F4914F6CDD1D);
}

uint32_t machine_new_id(Machine *m) {
    do m->next_id += 4;
    while (process_of_world(m, m->next_id));
    return m->next_id;
}

uint64_t machine_luid(Machine *m) {
    return ++m->luid;
}

/* ---- KUSER_SHARED_DATA ---- */

static uint8_t *shared_page(Machine *m, unsigned page) {
    return ram_page(&m->ram, section_frame(m->shared_data, page));
}

static void poke(uint8_t *page, unsigned at, uint64_t v, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++) page[at + i] = (uint8_t)(v >> 8 * i);
}

/* KSYSTEM_TIME: low, high, high again. */
static void poke_time(uint8_t *page, unsigned at, uint64_t v) {
    poke(page, at, v, 8);
    poke(page, at + 8, v >> 32, 4);
}

void shared_data_tick(Machine *m) {
    uint8_t *page = shared_page(m, SHARED_PAGE);
    uint64_t ticks = machine_ticks_100ns(m);
    poke_time(page, 0x08, ticks);
    poke_time(page, 0x14, machine_filetime(m));
    /* Milliseconds with a multiplier of 2^24: what kernelbase.dll's GetTickCount reads. */
    poke_time(page, 0x320, ticks / 10000);
    poke(page, 0, ticks / 10000, 4);
}

void shared_data_open(Machine *m) {
    const World *w = m->world;
    m->shared_data = section_new(&m->ram, SHARED_PAGES * PAGE_SIZE);
    for (unsigned i = 0; i < SHARED_PAGES; i++)
        if (!m->shared_data || !section_frame(m->shared_data, i)) return;
    uint8_t *page = shared_page(m, SHARED_PAGE), *gadgets = shared_page(m, GADGET_PAGE);
    unix_functions_write(shared_page(m, UNIX_PAGE), false);
    unix_functions_write(shared_page(m, UNIX_PAGE32), true);
    static const uint8_t call[] = {0xcd, 0x2e, 0xc3}, call16[] = {0xcd, 0x2e, 0xc2, 16, 0};
    memcpy(gadgets + (GADGET_SYSCALL32 & PAGE_MASK), call, sizeof call);
    memcpy(gadgets + (GADGET_UNIX & PAGE_MASK), call, sizeof call);
    memcpy(gadgets + (GADGET_UNIX32 & PAGE_MASK), call16, sizeof call16);
    Span root = text_to_utf16(&m->scratch, span_str("C:\\WINDOWS"));
    if (root.p) memcpy(page + 0x30, root.p, root.n);
    poke(page, 0x04, 1 << 24, 4);
    poke(page, 0x2c, 0x8664, 2);
    poke(page, 0x2e, 0x8664, 2);
    int64_t daylight = world_number(w, FACT_timezone_daylight);
    poke_time(page, 0x20, /* TimeZoneBias */
              (uint64_t)((world_number(w, FACT_timezone_bias) + daylight) * 600000000));
    poke(page, 0x240, world_season(w), 4); /* TimeZoneId */
    poke(page, 0x260, (uint64_t)world_number(w, FACT_os_build), 4);
    poke(page, 0x264, 1, 4); /* workstation */
    poke(page, 0x268, 1, 1);
    poke(page, 0x26a, 9, 2);  /* AMD64 */
    poke(page, 0x26c, 10, 4); /* version 10.0 */
    static const uint8_t features[] = {2, 3, 6, 8, 9, 10, 12, 13, 14, 20, 22, 23, 32, 33};
    for (size_t i = 0; i < sizeof features; i++) page[0x274 + features[i]] = 1;
    poke(page, 0x2d0, 0x110, 4);
    if (world_bool(w, FACT_debugger_kernel)) page[0x2d4] = 3; /* KdDebuggerEnabled */
    page[0x2d5] = 2;                                          /* NX: opt-in */
    poke(page, 0x2d8, 1, 4);
    poke(page, 0x2e8, (uint64_t)world_number(w, FACT_ram) >> PAGE_SHIFT, 4);
    poke(page, 0x300, 10000000, 8);
    poke(page, 0x3c0, (uint64_t)world_number(w, FACT_cpu_count), 4);
    poke(page, 0x3c6, 0x83, 1);
    shared_data_tick(m);
}

/* ---- endings ---- */

void machine_end(Machine *m, const char *format, ...) {
    if (m->ended) return;
    enum { MOST = 256 }; /* a program could have no end of them */
    va_list args;
    if (value_count(m->unmodelled) >= MOST) return;
    va_start(args, format);
    const char *text = arena_vprintf(&m->arena, format, args);
    va_end(args);
    m->ended = text ? text : "ended";
}

void machine_end_budget(Machine *m, const char *budget) {
    if (m->ended) return;
    m->budget = budget;
    machine_end(m, "budget: %s", budget);
}

void machine_unmodelled(Machine *m, const char *format, ...) {
    enum { MOST = 256 }; /* a program could have no end of them */
    va_list args;
    if (value_count(m->unmodelled) >= MOST) return;
    va_start(args, format);
    const char *text = arena_vprintf(&m->arena, format, args);
    va_end(args);
    if (!text) return;
    for (const Value *v = value_first(m->unmodelled); v; v = v->next)
        if (strcmp(value_get_str(v, ""), text) == 0) return;
    value_add(m->unmodelled, value_str(&m->arena, text));
    log_info("not modelled: %s", text);
}

/* The program's own end is what the run reports; its children may have outlived it, and the tasks
 * that it left behind. */
void machine_last_process_ended(Machine *m) {
    const Process *first = m->first;
    if (!first) return; /* it could not be started: program.c says why */
    if (!m->process_count && tasks_outlive(m) <= (uint64_t)m->config->budget.time) return;
    if (first->failed) machine_end(m, "%s", first->failed);
    else machine_end(m, "exit %u", first->exit_code);
}

/* ---- the engine ---- */

static Translation translate(void *owner, uint64_t address, Access access, CpuPage *page) {
    Machine *m = owner;
    Translation t = vm_translate(m->mapped->vm, address, access, page);
    if (m->watcher && t == TRANSLATE_OK && page->prot & PROT_X)
        watcher_executes(m->watcher, m->mapped, address);
    return t;
}

static void answer_cpuid(void *owner, uint32_t leaf, uint32_t subleaf, uint32_t out[4]) {
    machine_cpuid(owner, leaf, subleaf, out);
}

static uint64_t answer_tsc(void *owner) {
    return machine_tsc(owner);
}

static bool answer_port(void *owner, uint16_t port, uint64_t registers[4]) {
    return machine_port(owner, port, registers);
}

static bool answer_break(void *owner, uint64_t address) {
    Thread *t = ((Machine *)owner)->current;
    return t && context_breaks(t, address);
}

static bool answer_watched(void *owner, uint64_t address, unsigned reasons) {
    Process *p = ((Machine *)owner)->mapped;
    if (reasons & WATCH_TO_TIME) delay_reached(p, address);
    if (reasons & WATCH_TO_OBSERVE && p->machine->watcher)
        watcher_reached(p->machine->watcher, p, address);
    return (reasons & WATCH_TO_ANSWER && export_watched(p, address)) ||
           (reasons & WATCH_TO_TRACE && trace_watched(p, address));
}

static Status start_cpu(Machine *m) {
    CpuOptions o = {.ram = &m->ram,
                    .owner = m,
                    .translate = translate,
                    .cpuid = answer_cpuid,
                    .tsc = answer_tsc,
                    .port = answer_port,
                    .breaks = answer_break,
                    .watched = answer_watched};
    return cpu_start(m->cpu, &o);
}

/* ---- opening and closing ---- */

static Status open_packs(Machine *m) {
    const int fds[2] = {m->config->pack64, m->config->pack32};
    for (int i = 0; i < 2; i++) {
        if (fds[i] < 0) continue;
        TRY(pack_open(&m->packs[i], &m->ram, fds[i]));
        m->tables[i] = sys_table_new(&m->packs[i], &m->arena);
    }
    return ST_OK;
}

/* Programs are started from the desktop: explorer.exe is their parent. */
static uint32_t shell_id(const World *w) {
    const WorldItem *shell = world_find(w, FACT_process, "explorer.exe");
    return shell ? (uint32_t)item_number(shell, FACT_process_pid, 0) : 0;
}

Status machine_open(Machine *m, const GuestConfig *config) {
    *m = (Machine){.config = config, .tsc_mhz = 1000};
    m->scratch = arena_new(SCRATCH_ROOM);
    m->arena = arena_new(MACHINE_ROOM);
    TRY(ram_open(&m->ram, config->budget.memory,
                 pack_size(config->pack64) + pack_size(config->pack32)));
    TRY(open_packs(m));
    TRY(cpu_open(&m->cpu));
    if (config->lock) config->lock(config->lock_context);
    return start_cpu(m);
}

Status machine_furnish(Machine *m, const GuestConfig *config) {
    m->config = config;
    m->world = config->world;
    m->sink = config->sink;
    m->unmodelled = value_list(&m->arena);
    m->start = world_time(m->world, FACT_time);
    m->uptime = (uint64_t)world_number(m->world, FACT_uptime);
    m->tsc_mhz = (uint64_t)world_number(m->world, FACT_cpu_mhz);
    m->random = (uint64_t)world_number(m->world, FACT_seed) * UINT64_C(0x9E3779B97F4A7C15) + 1;
    m->next_id = FIRST_ID;
    m->luid = FIRST_LUID;
    m->first_parent = shell_id(m->world);
    TRY(watcher_open(m, &m->watcher));
    shared_data_open(m);
    TRY(trace_open(m));
    TRY(fs_open(m));
    TRY(sockets_open(m));
    TRY(registry_open(m));
    sync_furnish(m);
    return ST_OK;
}

void object_namespace_free(Machine *m);

/* The world moves out. */
static void clear_out(Machine *m) {
    for (Process *p = m->processes, *next; p; p = next) {
        next = p->next;
        object_hold(&p->object);
        process_terminate(p, 0);
        if (p->outside) object_drop(&p->object); /* the machine's own reference */
        object_drop(&p->object);
    }
    object_drop(m->first ? &m->first->object : NULL);
    published_close(m);
    svcctl_close(m);
    services_close(m);
    tasks_close(m);
    crypto_close(m);
    sync_clear(m);
    sockets_close(m);
    registry_close(m);
    user_close(m);
    callback_close(m);
    atoms_close(m);
    fs_close(m);
    trace_close(m);
    watcher_close(m->watcher);
    section_drop(m->shared_data);
    object_namespace_free(m);
}

void machine_close(Machine *m) {
    if (m->world) clear_out(m);
    cpu_close(m->cpu);
    for (int i = 0; i < 2; i++) pack_close(&m->packs[i]);
    ram_close(&m->ram);
    arena_reset(&m->scratch);
    arena_reset(&m->arena);
}

/* ---- the run ---- */

static void emit_run(Machine *m) {
    Run r = {.id = m->config->run,
             .artifact = m->config->artifact,
             .world = m->config->world_name,
             .edits = m->config->edits,
             .ended = m->ended,
             .blocks = m->blocks,
             .elapsed = (Time)m->clock,
             .unmodelled = m->unmodelled,
             .budget = m->budget,
             .details = m->details,
             .processes = m->started};
    sink_run(m->sink, &r);
}

struct Guest {
    Machine machine; /* first: a Guest * is a Machine * */
};

Status guest_open(const GuestConfig *config, Guest **out) {
    Guest *g = calloc(1, sizeof *g);
    if (!g) return ST_BUDGET;
    Status s = machine_open(&g->machine, config);
    if (s == ST_OK) *out = g;
    else guest_close(g);
    return s;
}

Status guest_live(Guest *g, const GuestConfig *config) {
    Machine *m = &g->machine;
    TRY(machine_furnish(m, config));
    program_start(m);
    sched_run(m);
    trace_finish(m);
    emit_run(m);
    return ST_OK;
}

void guest_close(Guest *g) {
    if (!g) return;
    machine_close(&g->machine);
    free(g);
}

Status guest_run(const GuestConfig *config) {
    Guest *g;
    TRY(guest_open(config, &g));
    Status s = guest_live(g, config);
    guest_close(g);
    return s;
}

GuestBudget guest_default_budget(void) {
    return (GuestBudget){.blocks = UINT64_C(4000000000),
                         .time = 90 * 24 * 3600 * TIME_SECOND,
                         .memory = UINT64_C(1) << 30,
                         .events = 200000,
                         .calls = 200000,
                         .file_bytes = UINT64_C(256) << 20,
                         .sockets = 10000,
                         .traffic = UINT64_C(4) << 30,
                         .processes = 64};
}
