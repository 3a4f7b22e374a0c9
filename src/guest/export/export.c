#include "guest/export/export.h"
#include "base/text.h"
#include "pe/pe.h"

typedef struct {
    const char *module, *name;
    unsigned arguments;
    ExportFunction *function;
    bool question; /* only for a watch */
} Row;

#define EXPORT(module, name, arguments, reason) ExportFunction export_##name;
#include "guest/export/exports.def"

static const Row rows[] = {
#define EXPORT(module, name, arguments, reason)   {module, #name, arguments, export_##name, false},
#define QUESTION(module, name, arguments, reason) {module, #name, arguments, export_##name, true},
#include "guest/export/exports.def"
};
enum { ROWS = sizeof rows / sizeof *rows };

/* Where the functions lie in a pack's modules; the same for all processes. */
struct ExportTable {
    uint32_t rva[2][ROWS];
    bool read[2][ROWS];
};

/* Where they lie in a process, by row; 0: not there. And the other way round, as a hash table that
 * is at the most half full: every watched block asks. */
enum { PLACES_BITS = 10, PLACES = 1 << PLACES_BITS };
_Static_assert(ROWS * 2 <= PLACES, "there is room for every row");

struct ExportPlaces {
    uint64_t address[ROWS];
    const Row *rows[PLACES];
};

/* ---- finding them ---- */

static void read_module(Machine *m, bool wow64, const char *name) {
    struct ExportTable *t = m->exports;
    Pack *pack = &m->packs[wow64];
    PackEntry *e = pack_find(pack, name);
    Pe pe = {0};
    bool good = e && pe_read(&m->scratch, pack_bytes(pack, e), &pe) == ST_OK &&
                pe_read_exports(&m->scratch, &pe) == ST_OK;
    for (size_t r = 0; r < ROWS; r++) {
        if (strcmp(rows[r].module, name) != 0) continue;
        t->read[wow64][r] = true;
        for (size_t i = 0; good && i < pe.export_count; i++)
            if (span_equal(pe.exports[i].name, span_str(rows[r].name)))
                t->rva[wow64][r] = pe.exports[i].rva;
    }
}

static bool prepare(Process *p) {
    Machine *m = p->machine;
    if (!m->exports) m->exports = arena_one(&m->arena, struct ExportTable);
    if (!p->exports) p->exports = arena_one(&p->arena, struct ExportPlaces);
    return m->exports && p->exports;
}

static size_t first_place(uint64_t address) {
    return address * UINT64_C(0x9E3779B97F4A7C15) >> (64 - PLACES_BITS);
}

static void fill_places(struct ExportPlaces *e) {
    memset(e->rows, 0, sizeof e->rows);
    for (size_t r = 0; r < ROWS; r++) {
        size_t i = first_place(e->address[r]);
        while (e->rows[i]) i = (i + 1) % PLACES;
        if (e->address[r]) e->rows[i] = &rows[r];
    }
}

void exports_module_mapped(Process *p, const Module *module) {
    Machine *m = p->machine;
    if (!module->system || !module->name || !prepare(p)) return;
    for (size_t r = 0; r < ROWS; r++) {
        if (strcmp(rows[r].module, module->name) != 0) continue;
        if (rows[r].question && !(m->config->watch && m->config->watch->asked)) continue;
        if (!m->exports->read[p->wow64][r]) read_module(m, p->wow64, module->name);
        uint32_t rva = m->exports->rva[p->wow64][r];
        if (!rva) continue;
        p->exports->address[r] = module->base + rva;
        cpu_watch(p->cpu, module->base + rva, WATCH_TO_ANSWER);
    }
    fill_places(p->exports);
}

static size_t row_named(const char *name) {
    size_t r = 0;
    while (strcmp(rows[r].name, name) != 0) r++;
    return r;
}

void export_place(Process *p, const char *name, uint64_t address) {
    if (!prepare(p)) return;
    p->exports->address[row_named(name)] = address;
    cpu_watch(p->cpu, address, WATCH_TO_ANSWER);
    fill_places(p->exports);
}

bool export_placed(const Process *p, const char *name) {
    return p->exports && p->exports->address[row_named(name)];
}

static const Row *find(const Process *p, uint64_t address) {
    const struct ExportPlaces *e = p->exports;
    size_t i = first_place(address);
    if (!e) return NULL;
    for (; e->rows[i]; i = (i + 1) % PLACES)
        if (e->address[e->rows[i] - rows] == address) return e->rows[i];
    return NULL;
}

bool export_watched(const Process *p, uint64_t address) {
    return find(p, address) != NULL;
}

/* ---- calling them ---- */

static bool read_arguments(ExportCall *c, unsigned count) {
    static const CpuReg registers[] = {REG_RCX, REG_RDX, REG_R8, REG_R9};
    uint64_t rsp = thread_get(c->thread, REG_RSP);
    unsigned width = c->process->pointer;
    for (unsigned i = 0; i < count; i++) {
        if (width == 8 && i < 4) c->arg[i] = thread_get(c->thread, registers[i]);
        else if (!guest_get_pointer(c->process, rsp + width * (i + 1u), &c->arg[i])) return false;
    }
    return true;
}

/* Back to the caller: a 32-bit function takes its arguments off the stack. */
static bool return_from(ExportCall *c, unsigned arguments) {
    uint64_t rsp = thread_get(c->thread, REG_RSP), back;
    unsigned width = c->process->pointer;
    if (!guest_get_pointer(c->process, rsp, &back)) return false;
    thread_set(c->thread, REG_RSP, rsp + width + (width == 4 ? 4 * arguments : 0));
    thread_set(c->thread, REG_RIP, back);
    thread_set(c->thread, REG_RAX, c->result);
    return true;
}

void export_reached(Thread *t) {
    const Row *row = find(t->process, thread_get(t, REG_RIP));
    if (!row) return;
    Machine *m = t->process->machine;
    ExportCall c = {.machine = m, .process = t->process, .thread = t, .scratch = &m->scratch};
    if (read_arguments(&c, row->arguments) && row->function(&c)) return_from(&c, row->arguments);
    arena_reset(&m->scratch);
}

/* ---- for the functions ---- */

bool export_fail(ExportCall *c, uint32_t error) {
    enum { LAST_ERROR64 = 0x68, LAST_ERROR32 = 0x34 };
    const Thread *t = c->thread;
    bool wow64 = c->process->wow64;
    guest_put_u32(c->process, wow64 ? t->teb32 + LAST_ERROR32 : t->teb + LAST_ERROR64, error);
    c->result = 0;
    return true;
}

uint32_t export_put_text(ExportCall *c, uint64_t address, uint64_t room, const char *text,
                         bool wide) {
    Span utf16 = text_to_utf16(c->scratch, span_str(text));
    size_t units = utf16.n / 2;
    if (!utf16.p || units + 1 > room) return 0;
    uint8_t *narrow = arena_alloc(c->scratch, units + 1);
    for (size_t i = 0; narrow && i < units; i++)
        narrow[i] = utf16.p[2 * i + 1] ? '?' : utf16.p[2 * i];
    bool good = wide ? guest_write(c->process, address, utf16.p, utf16.n + 2)
                     : narrow && guest_write(c->process, address, narrow, units + 1);
    return good ? (uint32_t)units : 0;
}
