/* Everything here happens inside the CPU's block hook, at the first instruction of a function or
 * of what follows a call: registers are the guest's, and nothing may leave the engine. */
#include "guest/api_calls.h"
#include "guest/process.h"
#include "guest/trace/calls.h"
#include "pe/pe.h"
#include <math.h>
#include <stdlib.h>

enum { TABLE_ARENA = 64 << 20, PAGES = 256, PAGES_SHIFT = 64 - 8, SPOTS = 1024 };

/* A function that a DLL exports. */
typedef struct {
    uint32_t rva;
    bool looked_up; /* signature and traits were */
    const char *name;
    const ApiSignature *signature;
    ApiTraits traits;
} Export;

/* Where to find an export by its RVA: a hash table, at the most half full. */
typedef struct {
    uint32_t rva, number; /* in `exports`, + 1; 0: free */
} ExportSlot;

/* The exported functions of a DLL. */
typedef struct ExportTable ExportTable;
struct ExportTable {
    ExportTable *next;
    const PackEntry *entry;
    size_t count;
    Export *exports;
    ExportSlot *slots;
    uint32_t slot_bits;
};

struct ApiCalls {
    Machine *machine;
    ExportTable *tables;
    Arena arena;
    uint64_t told;
};

/* Which module a page belongs to: module_at is asked at every watched block. */
typedef struct {
    uint64_t page; /* + 1; 0: nothing is known */
    const Module *module;
} PageOwner;

/* What is known of an address where a watched block began, or to where a call returns. */
typedef struct {
    uint64_t address; /* + 1; 0: nothing is known */
    const Module *module;
    Export *export;  /* that begins there */
    bool is_program; /* the program's own code */
} Spot;

/* Both are caches, empty again whenever a module comes or goes. */
struct ProcessCalls {
    PageOwner pages[PAGES];
    Spot spots[SPOTS];
};

struct ThreadCalls {
    ApiCalls *api;
    Thread *thread;
    Calls *calls;
    uint64_t site, stack; /* of the call that was entered last */
    bool inside;          /* it has not returned: another export reached with the same return
                             address is where it jumped on to */
};

/* ---- exports ---- */

static int by_rva(const void *a, const void *b) {
    const Export *x = a, *y = b;
    if (x->rva != y->rva) return x->rva < y->rva ? -1 : 1;
    return strcmp(x->name, y->name);
}

static bool is_code(const Pe *pe, uint32_t rva) {
    for (size_t i = 0; i < pe->section_count; i++) {
        const PeSection *s = &pe->sections[i];
        if (rva - s->virtual_address < s->memory_size) return s->characteristics & PE_SCN_EXECUTE;
    }
    return false;
}

static const char *export_name(Arena *a, const PeExport *x) {
    return x->name.n ? arena_text(a, x->name) : arena_printf(a, "#%u", x->ordinal);
}

/* Of several names for one function the first in alphabetical order stays that has a signature:
 * NtClose and not ZwClose, lstrlenA and not lstrlen. */
static void drop_other_names(ExportTable *table) {
    size_t kept = 0;
    for (size_t i = 0; i < table->count; i++) {
        const Export *x = &table->exports[i];
        Export *last = kept ? &table->exports[kept - 1] : NULL;
        if (!last || last->rva != x->rva) table->exports[kept++] = *x;
        else if (!api_find(NULL, last->name) && api_find(NULL, x->name)) *last = *x;
    }
    table->count = kept;
}

static void fill_table(ExportTable *table, Arena *a, const Pe *pe) {
    for (size_t i = 0; i < pe->export_count; i++) {
        const PeExport *x = &pe->exports[i];
        const char *name = x->forwarder.n || !is_code(pe, x->rva) ? NULL : export_name(a, x);
        if (name) table->exports[table->count++] = (Export){.rva = x->rva, .name = name};
    }
    qsort(table->exports, table->count, sizeof(Export), by_rva);
    drop_other_names(table);
}

static uint32_t first_slot(const ExportTable *t, uint32_t rva) {
    return rva * UINT32_C(0x9E3779B1) >> (32 - t->slot_bits);
}

static uint32_t next_slot(const ExportTable *t, uint32_t slot) {
    return (slot + 1) & ((UINT32_C(1) << t->slot_bits) - 1);
}

static bool fill_slots(ExportTable *t, Arena *a) {
    t->slot_bits = 1;
    while (UINT64_C(1) << t->slot_bits < 2 * t->count) t->slot_bits++;
    t->slots = arena_new_array(a, ExportSlot, (size_t)1 << t->slot_bits);
    for (uint32_t i = 0; t->slots && i < t->count; i++) {
        uint32_t slot = first_slot(t, t->exports[i].rva);
        while (t->slots[slot].number) slot = next_slot(t, slot);
        t->slots[slot] = (ExportSlot){t->exports[i].rva, i + 1};
    }
    return t->slots != NULL;
}

static ExportTable *read_table(ApiCalls *a, const Pack *pack, const PackEntry *entry) {
    Arena scratch = arena_new(TABLE_ARENA);
    Pe pe;
    ExportTable *table = arena_one(&a->arena, ExportTable);
    if (table && pe_read(&scratch, pack_bytes(pack, entry), &pe) == ST_OK &&
        pe_read_exports(&scratch, &pe) == ST_OK) {
        table->entry = entry;
        table->exports = arena_new_array(&a->arena, Export, pe.export_count);
        if (table->exports) fill_table(table, &a->arena, &pe);
        if (!fill_slots(table, &a->arena)) table->count = 0;
        table->next = a->tables;
        a->tables = table;
    }
    arena_reset(&scratch);
    return table;
}

static const ExportTable *table_of(ApiCalls *a, Process *p, const char *name) {
    Pack *pack = &p->machine->packs[p->wow64];
    const PackEntry *entry = pack_find(pack, name);
    if (!entry || entry->kind != PACK_IMAGE) return NULL;
    for (ExportTable *t = a->tables; t; t = t->next)
        if (t->entry == entry) return t;
    return read_table(a, pack, entry);
}

static Export *find_export(const Module *m, uint64_t address) {
    const ExportTable *t = m->exports;
    uint32_t rva = (uint32_t)(address - m->base);
    for (uint32_t i = first_slot(t, rva); t->slots[i].number; i = next_slot(t, i))
        if (t->slots[i].rva == rva) return &t->exports[t->slots[i].number - 1];
    return NULL;
}

static void look_up(const Module *m, Export *x, unsigned pointer_size) {
    if (x->looked_up) return;
    x->signature = api_find(m->name, x->name);
    x->traits = api_traits(x->signature, pointer_size);
    x->looked_up = true;
}

/* ---- modules ---- */

static void forget(Process *p) {
    if (p->calls) memset(p->calls, 0, sizeof(*p->calls));
}

void api_calls_mapped(ApiCalls *a, Process *p, Module *module) {
    if (!p->calls) p->calls = arena_one(&p->arena, struct ProcessCalls);
    forget(p);
    const ExportTable *table = module->system && module->name ? table_of(a, p, module->name) : NULL;
    if (!table || table->count == 0) return;
    module->exports = table;
    for (size_t i = 0; i < table->count; i++)
        cpu_watch(p->cpu, module->base + table->exports[i].rva, WATCH_TO_TRACE);
}

void api_calls_unmapped(ApiCalls *a, Process *p) {
    (void)a;
    forget(p);
}

static const Module *module_at(Process *p, uint64_t address) {
    uint64_t page = (address >> PAGE_SHIFT) + 1;
    PageOwner *o = &p->calls->pages[page * UINT64_C(0x9E3779B97F4A7C15) >> PAGES_SHIFT];
    if (o->page != page) *o = (PageOwner){page, process_module(p, address)};
    return o->module;
}

/* Is it the program that runs here: its image, a DLL of its own, or code that it wrote? */
static bool is_program(const Process *p, const Module *m) {
    return !m || !m->system || m->base == p->image_base;
}

__attribute__((noinline)) static const Spot *look_around(Process *p, Spot *s, uint64_t address) {
    const Module *m = module_at(p, address);
    *s = (Spot){.address = address + 1,
                .module = m,
                .export = m && m->exports ? find_export(m, address) : NULL,
                .is_program = is_program(p, m)};
    return s;
}

static const Spot *spot_at(Process *p, uint64_t address) {
    Spot *s = &p->calls->spots[(address ^ address >> 12) % SPOTS];
    return s->address == address + 1 ? s : look_around(p, s, address);
}

/* ---- what Calls asks ---- */

static bool read_memory(void *user, uint64_t address, void *to, size_t n) {
    const struct ThreadCalls *c = user;
    return guest_read(c->thread->process, address, to, n);
}

static Time time_now(void *user) {
    const struct ThreadCalls *c = user;
    return machine_time(c->api->machine);
}

static const char *site_text(void *user, Arena *a, uint64_t address) {
    const struct ThreadCalls *c = user;
    return process_site(c->thread->process, a, address);
}

static void tell(void *user, const Call *decoded) {
    struct ThreadCalls *c = user;
    const GuestConfig *config = c->api->machine->config;
    Sink *sink = c->api->machine->sink;
    if (c->api->told >= config->budget.calls) {
        if (c->api->told++ == config->budget.calls)
            sink_skipped(sink, "API calls", "as many as the budget of calls allows were told");
        return;
    }
    Call call = *decoded;
    call.run = config->run;
    call.artifact = config->artifact;
    call.n = ++c->api->told;
    call.process = c->thread->process->id;
    call.thread = c->thread->id;
    sink_call(sink, &call);
}

/* ---- arguments and results ---- */

static uint64_t xmm(Process *p, size_t i) {
    uint8_t fx[512];
    cpu_get_fx(p->cpu, fx);
    Cur c = cur(span(fx + 160 + 16 * i, 8));
    return cur_u64le(&c);
}

/* ST(0), an 80-bit number (Intel SDM 1, 4.2.2), as the bits of a double. */
static uint64_t st0(Process *p) {
    uint8_t fx[512];
    uint64_t bits;
    cpu_get_fx(p->cpu, fx);
    Cur c = cur(span(fx + 32, 10));
    uint64_t significand = cur_u64le(&c);
    uint16_t exponent = cur_u16le(&c);
    double d = ldexp((double)significand, (exponent & 0x7fff) - 16383 - 63);
    if (exponent & 0x8000) d = -d;
    memcpy(&bits, &d, sizeof bits);
    return bits;
}

static bool read_pointer(Process *p, uint64_t address, uint64_t *out) {
    return cpu_peek(p->cpu, address, p->pointer, out) || guest_get_pointer(p, address, out);
}

/* Word i of the stack at the entry: the return address is 0, on x64 room for four registers
 * follows, then arguments. */
static uint64_t stack_word(const struct ThreadCalls *c, size_t i) {
    Process *p = c->thread->process;
    uint64_t word = 0;
    read_pointer(p, c->stack + i * p->pointer, &word);
    return word;
}

static uint64_t argument_word(void *user, size_t slot, bool real) {
    static const CpuReg registers[] = {REG_RCX, REG_RDX, REG_R8, REG_R9};
    const struct ThreadCalls *c = user;
    Process *p = c->thread->process;
    if (p->wow64 || slot >= 4) return stack_word(c, 1 + slot);
    return real ? xmm(p, slot) : cpu_get(p->cpu, registers[slot]);
}

static uint64_t result_word(Process *p) {
    uint64_t rax = cpu_get(p->cpu, REG_RAX);
    return p->wow64 ? (uint32_t)rax | cpu_get(p->cpu, REG_RDX) << 32 : rax;
}

static uint64_t result_real(Process *p) {
    return p->wow64 ? st0(p) : xmm(p, 0);
}

static uint64_t stack_pointer(Process *p) {
    uint64_t rsp = cpu_get(p->cpu, REG_RSP);
    return p->wow64 ? (uint32_t)rsp : rsp;
}

/* ---- entries and returns ---- */

static struct ThreadCalls *thread_calls(ApiCalls *a, Thread *t) {
    if (t->calls) return t->calls;
    struct ThreadCalls *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    *c = (struct ThreadCalls){.api = a, .thread = t};
    CallsOptions options = {c, t->process->pointer, read_memory, time_now, site_text, tell};
    c->calls = calls_open(&options);
    if (c->calls) t->calls = c;
    else free(c);
    return t->calls;
}

/* Where the kernel enters user mode nobody has called. */
static bool is_kernel_entry(const Process *p, uint64_t address) {
    return address == p->entry_exception || address == p->entry_apc ||
           address == p->entry_callback || address == p->entry_start ||
           address == p->entry_initialize || address == p->entry_raise;
}

static void entered(ApiCalls *a, Thread *t, const Module *m, Export *x) {
    Process *p = t->process;
    uint64_t site, stack = stack_pointer(p);
    if (!read_pointer(p, stack, &site) || !spot_at(p, site)->is_program) return;
    if (is_kernel_entry(p, m->base + x->rva)) return;
    struct ThreadCalls *c = thread_calls(a, t);
    if (!c || (c->inside && c->site == site && c->stack == stack)) return;
    c->inside = true;
    c->site = site;
    c->stack = stack;
    look_up(m, x, p->pointer);
    CallTarget target = {.module = ((const ExportTable *)m->exports)->entry->name,
                         .name = x->name,
                         .signature = x->signature,
                         .traits = x->traits,
                         .address = m->base + x->rva,
                         .site = site,
                         .stack = stack};
    calls_enter(c->calls, &target, argument_word);
    cpu_watch(p->cpu, site, WATCH_TO_TRACE);
}

static void went_on(struct ThreadCalls *c, uint64_t address) {
    Process *p = c->thread->process;
    if (c->site == address) c->inside = false;
    if (!calls_awaits(c->calls, address)) return;
    calls_return(c->calls, address, stack_pointer(p), result_word(p), result_real(p));
}

void api_calls_block(ApiCalls *a, Process *p, uint64_t address) {
    Thread *t = p->machine->current;
    if (!t || t->process != p || !p->calls) return;
    const Spot *spot = spot_at(p, address);
    if (spot->export) entered(a, t, spot->module, spot->export);
    else if (t->calls) went_on(t->calls, address);
}

/* ---- life ---- */

void api_calls_thread_ended(Thread *t) {
    if (!t->calls) return;
    calls_finish(t->calls->calls);
    calls_close(t->calls->calls);
    free(t->calls);
    t->calls = NULL;
}

ApiCalls *api_calls_open(Machine *m) {
    ApiCalls *a = calloc(1, sizeof *a);
    if (!a) return NULL;
    a->machine = m;
    a->arena = arena_new(TABLE_ARENA);
    return a;
}

void api_calls_close(ApiCalls *a) {
    if (!a) return;
    arena_reset(&a->arena);
    free(a);
}
