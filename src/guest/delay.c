#include "guest/delay.h"
#include "guest/process.h"
#include "guest/thread.h"
#include "guest/trace.h"
#include "pe/pe.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    const char *module, *name;
    bool clock;
} Row;

static const Row rows[] = {
#define WAITS(module, name) {module, #name, false},
#define CLOCK(module, name) {module, #name, true},
#include "guest/delay.def"
};
enum { ROWS = sizeof rows / sizeof *rows };

/* A wait of this length is told by itself; many shorter ones when they last as long together as the
 * second figure says. After some that were told, the place's further ones must add up to as much
 * as was told already, so that a loop cannot flood the report. */
#define LONG_WAIT   (2 * TIME_SECOND)
#define SHORT_WAITS (60 * TIME_SECOND)
enum { TOLD_ONE_BY_ONE = 16, MOST_PLACES = 256 };

/* A loop asks for the time where it does so once in a hundred blocks at least, over this many
 * windows of blocks. */
enum { WINDOW = 50000, WINDOW_ASKS = WINDOW / 100, SPIN_WINDOWS = 20, SPIN_SHARE = 10 };

enum { SYSTEM_CALLS = 0x2000, MOST_HAMMERED = 32, SEARCHED_WORDS = 512 };

/* One place that waits, with one function. */
typedef struct {
    Process *process; /* a reference is held */
    uint64_t site;    /* 0: unknown */
    const char *function;
    char *site_text;
    uint64_t count;     /* of waits that were not told yet */
    Time length, total; /* of them; of those that were */
    uint32_t told;      /* events */
} Place;

typedef struct {
    Process *process; /* a reference is held */
    const char *function;
    char *site_text;
    bool wow64;
    uint32_t number;
} Hammered;

struct Delays {
    uint32_t rva[2][ROWS];
    bool read[2][ROWS];
    Place places[MOST_PLACES];
    size_t place_count;
    uint32_t calls[2][SYSTEM_CALLS];
    Hammered hammered[MOST_HAMMERED];
    size_t hammered_count;
    Arena arena;
};

struct DelayPlaces {
    uint64_t address[ROWS];
};

/* ---- the functions ---- */

static bool has_rows(const char *module) {
    for (size_t r = 0; r < ROWS; r++)
        if (strcmp(rows[r].module, module) == 0) return true;
    return false;
}

static void read_module(Machine *m, bool wow64, const char *name) {
    struct Delays *d = m->delays;
    const Pack *pack = &m->packs[wow64];
    const PackEntry *e = pack_find((Pack *)pack, name);
    Arena scratch = arena_new(16 << 20);
    Pe pe;
    bool good = e && pe_read(&scratch, pack_bytes(pack, e), &pe) == ST_OK &&
                pe_read_exports(&scratch, &pe) == ST_OK;
    for (size_t r = 0; r < ROWS; r++) {
        if (strcmp(rows[r].module, name) != 0) continue;
        d->read[wow64][r] = true;
        for (size_t i = 0; good && i < pe.export_count; i++)
            if (!pe.exports[i].forwarder.n &&
                span_equal(pe.exports[i].name, span_str(rows[r].name)))
                d->rva[wow64][r] = pe.exports[i].rva;
    }
    arena_reset(&scratch);
}

void delay_module_mapped(Process *p, const Module *module) {
    struct Delays *d = p->machine->delays;
    if (!module->system || !module->name || !has_rows(module->name)) return;
    if (!p->delays) p->delays = arena_one(&p->arena, struct DelayPlaces);
    for (size_t r = 0; p->delays && r < ROWS; r++) {
        if (strcmp(rows[r].module, module->name) != 0) continue;
        if (!d->read[p->wow64][r]) read_module(p->machine, p->wow64, module->name);
        uint32_t rva = d->rva[p->wow64][r];
        if (!rva) continue;
        p->delays->address[r] = module->base + rva;
        cpu_watch(p->cpu, module->base + rva, WATCH_TO_TIME);
    }
}

static const Row *find_row(const Process *p, uint64_t address) {
    for (size_t r = 0; p->delays && r < ROWS; r++)
        if (p->delays->address[r] == address) return &rows[r];
    return NULL;
}

static bool is_program(const Process *p, uint64_t address) {
    const Module *m = process_module(p, address);
    return !m || !m->system || m->base == p->image_base;
}

static uint64_t stack_pointer(Thread *t) {
    uint64_t rsp = thread_get(t, REG_RSP);
    return t->process->wow64 ? (uint32_t)rsp : rsp;
}

static void note_clock(Thread *t, const char *function, uint64_t site) {
    t->spin.asks++;
    t->spin.function = function;
    t->spin.site = site;
}

void delay_reached(Process *p, uint64_t address) {
    Thread *t = p->machine->current;
    const Row *row = find_row(p, address);
    uint64_t site, stack;
    if (!row || !t || t->process != p) return;
    stack = stack_pointer(t);
    if (!guest_get_pointer(p, stack, &site) || !is_program(p, site)) return;
    if (row->clock) note_clock(t, row->name, site);
    else t->waits = (LastCall){row->name, site, stack};
}

void delay_asked_tsc(Machine *m) {
    if (m->current) note_clock(m->current, "RDTSC", 0);
}

/* ---- places ---- */

static char *site_text(struct Delays *d, Process *p, uint64_t site) {
    return site ? arena_str(&d->arena, process_site(p, &p->machine->scratch, site)) : NULL;
}

static Place *place_of(Thread *t, const char *function, uint64_t site) {
    struct Delays *d = t->process->machine->delays;
    for (size_t i = 0; i < d->place_count; i++) {
        Place *x = &d->places[i];
        if (x->process == t->process && x->site == site && strcmp(x->function, function) == 0)
            return x;
    }
    /* More places than anybody reads: what they wait is one account. */
    if (d->place_count == MOST_PLACES) return &d->places[MOST_PLACES - 1];
    Place *x = &d->places[d->place_count++];
    *x = (Place){t->process, site, function, site_text(d, t->process, site), 0, 0, 0, 0};
    object_hold(&t->process->object);
    return x;
}

static void emit(Process *p, EventCategory category, const EventField fields[3], uint64_t count) {
    char id[24];
    snprintf(id, sizeof id, "%u", p->id);
    const EventField all[] = {
        {EF_Image, p->image_path}, {EF_ProcessId, id}, fields[0], fields[1], fields[2]};
    trace_emit_times(p->machine, NULL, category, all, sizeof all / sizeof *all, count);
}

/* The event's duration is that of one wait on the average, its count how many there were. */
static void tell(Place *x) {
    char seconds[TIME_TEXT_SIZE];
    time_print_seconds(x->length / (Time)x->count, seconds);
    const EventField fields[3] = {
        {EF_Duration, seconds}, {EF_Api, x->function}, {EF_Site, x->site_text}};
    emit(x->process, EV_delay, fields, x->count);
    x->total += x->length;
    x->told++;
    x->length = 0;
    x->count = 0;
}

static bool is_due(const Place *x, Time last) {
    if (x->told < TOLD_ONE_BY_ONE) return last >= LONG_WAIT || x->length >= SHORT_WAITS;
    return x->length >= x->total;
}

static void add(Thread *t, const char *function, uint64_t site, Time length) {
    Place *x = place_of(t, function, site);
    /* A long wait is not averaged with the short ones before it. */
    if (x->count && length >= LONG_WAIT && x->told < TOLD_ONE_BY_ONE &&
        x->length / (Time)x->count < LONG_WAIT)
        tell(x);
    x->count++;
    x->length += length;
    if (is_due(x, length)) tell(x);
}

/* ---- waits ---- */

/* Is the call that was noted the one that waits? Its return address is then still in its place. */
static bool waits_still(Thread *t) {
    enum { DEEPEST = 0x10000 };
    const LastCall *c = &t->waits;
    uint64_t stack = stack_pointer(t), there;
    return c->function && stack <= c->stack && c->stack - stack < DEEPEST &&
           guest_get_pointer(t->process, c->stack, &there) && there == c->site;
}

static bool is_system_call(const char *what) {
    return what[0] == 'N' && what[1] == 't';
}

/* The code that made the system call: Wine's 32-bit stubs call our gadget. */
static uint64_t caller_of_kernel(Thread *t) {
    uint64_t rip = thread_get(t, REG_RIP), back = 0;
    if (rip - 2 != GADGET_SYSCALL32) return rip;
    return guest_get_pointer(t->process, stack_pointer(t), &back) ? back : rip;
}

void delay_waited(Thread *t, const char *what, uint64_t length) {
    uint64_t here = caller_of_kernel(t);
    if (waits_still(t)) {
        add(t, is_system_call(what) ? t->waits.function : what, t->waits.site, (Time)length);
    } else if (is_program(t->process, here)) {
        add(t, what, here, (Time)length); /* a system call of its own */
    } else if (length >= (uint64_t)LONG_WAIT) {
        add(t, what, 0, (Time)length); /* of a DLL, in the program's name or its own */
    }
}

/* ---- loops that ask for the time ---- */

static const char *loop_over(struct Delays *d, const char *function) {
    const char *text = arena_printf(&d->arena, "a loop over %s", function);
    return text ? text : function;
}

static void end_spin(Thread *t) {
    Spin *s = &t->spin;
    uint64_t lasted = machine_now(t->process->machine) - s->since;
    if (s->windows > SPIN_WINDOWS && lasted >= (uint64_t)LONG_WAIT)
        add(t, loop_over(t->process->machine->delays, s->looped), s->looped_site, (Time)lasted);
    s->windows = 0;
}

static void help_along(Machine *m, const Spin *s) {
    m->clock += (machine_now(m) - s->since) / SPIN_SHARE;
}

/* The window was full of questions for the time. */
static void go_on(Thread *t) {
    Machine *m = t->process->machine;
    Spin *s = &t->spin;
    if (s->windows && s->looped != s->function) end_spin(t);
    if (!s->windows++) s->since = machine_now(m);
    s->looped = s->function;
    s->looped_site = s->site;
    if (s->windows > SPIN_WINDOWS) help_along(m, s);
}

void delay_slice_ended(Thread *t, uint64_t blocks) {
    Spin *s = &t->spin;
    bool waits = t->state != THREAD_READY;
    s->blocks += blocks;
    if (s->blocks < WINDOW && !waits) return;
    bool asked = s->asks * (uint64_t)WINDOW >= s->blocks * WINDOW_ASKS;
    if (asked && !waits) go_on(t);
    else if (s->windows) end_spin(t);
    s->blocks = 0;
    s->asks = 0;
}

/* ---- hammering ---- */

/* Does a call instruction end there? E8 rel32, or FF /2 with its operand (Intel SDM 2, 2.1). */
static bool follows_call(Process *p, uint64_t address) {
    uint8_t b[7];
    if (!guest_read(p, address - sizeof b, b, sizeof b)) return false;
    if (b[2] == 0xe8) return true;
    for (size_t n = 2; n <= sizeof b; n++)
        if (b[sizeof b - n] == 0xff && (b[sizeof b - n + 1] & 0x38) == 0x10) return true;
    return false;
}

/* The innermost return address on the stack that leads to the program, or 0. */
static uint64_t program_on_stack(Thread *t) {
    Process *p = t->process;
    uint64_t stack = stack_pointer(t), word;
    uint64_t here = caller_of_kernel(t);
    if (is_program(p, here)) return here;
    for (unsigned i = 0; i < SEARCHED_WORDS; i++) {
        if (!guest_get_pointer(p, stack + i * p->pointer, &word)) return 0;
        const Module *m = process_module(p, word);
        if (m && (!m->system || m->base == p->image_base) && follows_call(p, word)) return word;
    }
    return 0;
}

static void note_hammering(Thread *t, uint32_t number, const char *name) {
    struct Delays *d = t->process->machine->delays;
    if (d->hammered_count == MOST_HAMMERED) return;
    object_hold(&t->process->object);
    d->hammered[d->hammered_count++] = (Hammered){
        t->process, name, site_text(d, t->process, program_on_stack(t)), t->process->wow64, number};
}

void delay_system_call(Thread *t, uint32_t number, const char *name) {
    uint32_t *calls = &t->process->machine->delays->calls[t->process->wow64][number];
    if (*calls < UINT32_MAX && ++*calls == DELAY_HAMMER) note_hammering(t, number, name);
}

static void tell_hammering(const struct Delays *d, const Hammered *h) {
    const EventField fields[3] = {{EF_Api, h->function}, {EF_Site, h->site_text}};
    emit(h->process, EV_api_hammering, fields, d->calls[h->wow64][h->number]);
}

/* ---- life ---- */

void delay_thread_ended(Thread *t) {
    if (t->spin.windows) end_spin(t);
    t->waits.function = NULL;
}

/* What nobody told, because it was short, is told where it was much. */
void delay_finish(Machine *m) {
    struct Delays *d = m->delays;
    for (Thread *t = m->threads; t; t = t->run_next) delay_thread_ended(t);
    for (size_t i = 0; i < d->place_count; i++)
        if (d->places[i].count && d->places[i].length >= LONG_WAIT) tell(&d->places[i]);
    for (size_t i = 0; i < d->hammered_count; i++) tell_hammering(d, &d->hammered[i]);
}

Status delay_open(Machine *m) {
    m->delays = calloc(1, sizeof *m->delays);
    if (!m->delays) return ST_BUDGET;
    m->delays->arena = arena_new(4 << 20);
    return ST_OK;
}

void delay_close(Machine *m) {
    if (!m->delays) return;
    for (size_t i = 0; i < m->delays->place_count; i++)
        object_drop(&m->delays->places[i].process->object);
    for (size_t i = 0; i < m->delays->hammered_count; i++)
        object_drop(&m->delays->hammered[i].process->object);
    arena_reset(&m->delays->arena);
    free(m->delays);
}
