#include "guest/export/export.h"
#include "base/text.h"
#include "pe/pe.h"

typedef struct {
    const char *module, *name;
    unsigned arguments;
    ExportFunction *function;
} Row;

#define EXPORT(module, name, arguments, reason) ExportFunction export_##name;
#include "guest/export/exports.def"

static const Row rows[] = {
#define EXPORT(module, name, arguments, reason) {module, #name, arguments, export_##name},
#include "guest/export/exports.def"
};
enum { ROWS = sizeof rows / sizeof *rows };

/* Where the functions lie in a pack's modules; the same for all processes. */
struct ExportTable {
    uint32_t rva[2][ROWS];
    bool read[2][ROWS];
};

/* Where they lie in a process; 0: not there. */
struct ExportPlaces {
    uint64_t address[ROWS];
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

void exports_module_mapped(Process *p, const Module *module) {
    Machine *m = p->machine;
    if (!module->system || !module->name || !prepare(p)) return;
    for (size_t r = 0; r < ROWS; r++) {
        if (strcmp(rows[r].module, module->name) != 0) continue;
        if (!m->exports->read[p->wow64][r]) read_module(m, p->wow64, module->name);
        uint32_t rva = m->exports->rva[p->wow64][r];
        if (!rva) continue;
        p->exports->address[r] = module->base + rva;
        cpu_watch(p->cpu, module->base + rva);
    }
}

static const Row *find(const Process *p, uint64_t address) {
    for (size_t r = 0; p->exports && r < ROWS; r++)
        if (p->exports->address[r] == address) return &rows[r];
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
