/* Functions of Windows' DLLs that compare (functions.def): their entries are watched, and where the
 * caller is the program, the two sides are read off their arguments. */
#include "guest/process.h"
#include "guest/watch/watcher.h"
#include "pe/pe.h"
#include <stdlib.h>

typedef enum { SHAPE_PLAIN, SHAPE_COUNTED, SHAPE_STRINGS } Shape;

typedef struct {
    const char *module, *name;
    Shape shape;
    WatchTest test;
    int side[2], length[2];
    unsigned unit;
    bool any_case;
} Row;

static const Row rows[] = {
#define COMPARE(module, name, test, a, b, length, unit, any_case)                                  \
    {module, #name, SHAPE_PLAIN, WATCH_##test, {a, b}, {length, length}, unit, any_case},
#define COMPARE_COUNTED(module, name, a, length_a, b, length_b, unit, any_case)                    \
    {module, #name, SHAPE_COUNTED, WATCH_EQUAL, {a, b}, {length_a, length_b}, unit, any_case},
#define COMPARE_STRINGS(module, name, a, b, unit, any_case)                                        \
    {module, #name, SHAPE_STRINGS, WATCH_EQUAL, {a, b}, {-1, -1}, unit, any_case},
#include "guest/watch/functions.def"
};
enum { ROWS = sizeof rows / sizeof *rows };

/* Where they lie in each process: entries sorted by nothing, few enough to look through. */
typedef struct {
    uint64_t address;
    uint32_t process;
    const Row *row;
} Entry;

struct Functions {
    Entry *entries;
    size_t count, room;
};

struct Functions *functions_open(void) {
    return calloc(1, sizeof(struct Functions));
}

void functions_close(struct Functions *f) {
    if (!f) return;
    free(f->entries);
    free(f);
}

/* ---- finding them ---- */

static void add(struct Functions *f, Process *p, uint64_t address, const Row *row) {
    if (f->count == f->room) {
        size_t room = f->room * 2 + 64;
        Entry *more = realloc(f->entries, room * sizeof *more);
        if (!more) return;
        f->entries = more;
        f->room = room;
    }
    f->entries[f->count++] = (Entry){address, p->id, row};
    cpu_watch(p->cpu, address, WATCH_TO_OBSERVE);
}

static bool has_rows(const char *module) {
    for (size_t r = 0; r < ROWS; r++)
        if (strcmp(rows[r].module, module) == 0) return true;
    return false;
}

void functions_mapped(Watcher *w, Process *p, const Module *module) {
    if (!module->system || !module->name || !has_rows(module->name)) return;
    Pack *pack = &w->machine->packs[p->wow64];
    PackEntry *e = pack_find(pack, module->name);
    Arena scratch = arena_new(16 << 20);
    Pe pe;
    bool good = e && pe_read(&scratch, pack_bytes(pack, e), &pe) == ST_OK &&
                pe_read_exports(&scratch, &pe) == ST_OK;
    for (size_t i = 0; good && i < pe.export_count; i++)
        for (size_t r = 0; r < ROWS; r++)
            if (!pe.exports[i].forwarder.n && strcmp(rows[r].module, module->name) == 0 &&
                span_equal(pe.exports[i].name, span_str(rows[r].name)))
                add(w->functions, p, module->base + pe.exports[i].rva, &rows[r]);
    arena_reset(&scratch);
}

static const Row *find(const struct Functions *f, const Process *p, uint64_t address) {
    for (size_t i = 0; i < f->count; i++)
        if (f->entries[i].address == address && f->entries[i].process == p->id)
            return f->entries[i].row;
    return NULL;
}

/* ---- their arguments ---- */

static uint64_t stack_pointer(Process *p) {
    uint64_t rsp = cpu_get(p->cpu, REG_RSP);
    return p->wow64 ? (uint32_t)rsp : rsp;
}

static uint64_t argument(Process *p, int i) {
    static const CpuReg registers[] = {REG_RCX, REG_RDX, REG_R8, REG_R9};
    uint64_t word = 0;
    if (!p->wow64 && i < 4) return cpu_get(p->cpu, registers[i]);
    guest_get_pointer(p, stack_pointer(p) + p->pointer * ((unsigned)i + 1), &word);
    return word;
}

static size_t text_length(const WatchSide *s, unsigned unit) {
    size_t n = s->before;
    while (n + unit <= s->window.n && (s->window.p[n] || (unit == 2 && s->window.p[n + 1])))
        n += unit;
    return n - s->before;
}

/* UNICODE_STRING: Length, MaximumLength, Buffer. */
static void read_string(Process *p, uint64_t at, WatchSide *s) {
    uint16_t length = 0;
    uint64_t buffer = 0;
    if (!guest_get_u16(p, at, &length) || !guest_get_pointer(p, at + p->pointer, &buffer)) return;
    s->address = buffer;
    s->length = length;
}

static void read_side(Watcher *w, Process *p, const Row *row, unsigned i, WatchSide *s) {
    uint64_t at = argument(p, row->side[i]);
    int64_t length = row->length[i] < 0 ? -1 : (int64_t)argument(p, row->length[i]);
    if (row->shape == SHAPE_COUNTED) length = (int32_t)length;
    if (row->shape == SHAPE_STRINGS) read_string(p, at, s);
    else s->address = at;
    watcher_fill_window(w, p, s, i);
    if (row->shape == SHAPE_STRINGS) return;
    size_t text = text_length(s, row->unit);
    bool to_nul = length < 0 || row->test == WATCH_PREFIX;
    s->length = to_nul ? text : (size_t)length * row->unit;
    if (row->test == WATCH_PREFIX && (uint64_t)length * row->unit < s->length)
        s->length = (size_t)length * row->unit;
}

void functions_reached(Watcher *w, Process *p, uint64_t address) {
    const Row *row = find(w->functions, p, address);
    uint64_t site = 0;
    if (!row || !guest_get_pointer(p, stack_pointer(p), &site) || !watcher_is_program(w, p, site))
        return;
    Arena scratch = arena_new(4096);
    WatchCompare c = {.place = watcher_place(p, site),
                      .site = process_site(p, &scratch, site),
                      .process = p->id,
                      .thread = w->machine->current ? w->machine->current->id : 0,
                      .test = row->test,
                      .unit = row->unit,
                      .any_case = row->any_case,
                      .function = row->name};
    for (unsigned i = 0; i < 2; i++) read_side(w, p, row, i, &c.side[i]);
    w->watch->compare(w->watch->context, &c);
    arena_reset(&scratch);
}
