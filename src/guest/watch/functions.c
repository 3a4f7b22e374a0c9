/* Functions of Windows' DLLs that compare (functions.def): their entries are watched, and where the
 * caller is the program, the two sides are read off their arguments. */
#include "base/text.h"
#include "guest/ask.h"
#include "guest/process.h"
#include "guest/watch/watcher.h"
#include "pe/pe.h"
#include <stdlib.h>

typedef enum { SHAPE_PLAIN, SHAPE_COUNTED, SHAPE_STRINGS, SHAPE_READS, SHAPE_READS_NAMED } Shape;

typedef struct {
    const char *module, *name;
    Shape shape;
    WatchTest test;
    int side[2], length[2];
    unsigned unit;
    bool any_case;
    FactId fact;
} Row;

static const Row rows[] = {
#define COMPARE(dll, function, how, a, b, count, bytes, nocase)                                    \
    {.module = dll,                                                                                \
     .name = #function,                                                                            \
     .shape = SHAPE_PLAIN,                                                                         \
     .test = WATCH_##how,                                                                          \
     .side = {a, b},                                                                               \
     .length = {count, count},                                                                     \
     .unit = bytes,                                                                                \
     .any_case = nocase},
#define COMPARE_COUNTED(dll, function, a, count_a, b, count_b, bytes, nocase)                      \
    {.module = dll,                                                                                \
     .name = #function,                                                                            \
     .shape = SHAPE_COUNTED,                                                                       \
     .side = {a, b},                                                                               \
     .length = {count_a, count_b},                                                                 \
     .unit = bytes,                                                                                \
     .any_case = nocase},
#define COMPARE_STRINGS(dll, function, a, b, bytes, nocase)                                        \
    {.module = dll,                                                                                \
     .name = #function,                                                                            \
     .shape = SHAPE_STRINGS,                                                                       \
     .side = {a, b},                                                                               \
     .length = {-1, -1},                                                                           \
     .unit = bytes,                                                                                \
     .any_case = nocase},
#define READS(dll, function, what)                                                                 \
    {.module = dll, .name = #function, .shape = SHAPE_READS, .fact = FACT_##what},
#define READS_NAMED(dll, function, what, argument, bytes)                                          \
    {.module = dll,                                                                                \
     .name = #function,                                                                            \
     .shape = SHAPE_READS_NAMED,                                                                   \
     .side = {argument, 0},                                                                        \
     .length = {-1, -1},                                                                           \
     .unit = bytes,                                                                                \
     .fact = FACT_##what},
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

/* kernel32.dll has some functions of kernelbase.dll a second time. */
static bool is_in(const Row *row, const char *module) {
    return strcmp(row->module, module) == 0 ||
           (strcmp(module, "kernel32.dll") == 0 && strcmp(row->module, "kernelbase.dll") == 0);
}

static bool has_rows(const char *module) {
    for (size_t r = 0; r < ROWS; r++)
        if (is_in(&rows[r], module)) return true;
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
            if (!pe.exports[i].forwarder.n && is_in(&rows[r], module->name) &&
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

static unsigned variable_answer(const Machine *m, const char *name) {
    return world_variable(m->world, name) ? ASK_TOLD : ASK_ABSENT;
}

/* It reads the world, and no system call will tell. */
static void tell_question(Watcher *w, Process *p, const Row *row) {
    Machine *m = w->machine;
    WatchSide side = {0};
    Arena scratch = arena_new(1 << 12);
    const char *subject = NULL;
    if (row->shape == SHAPE_READS_NAMED) {
        read_side(w, p, row, 0, &side);
        Span text = side.window.n ? span(side.window.p + side.before, side.length) : (Span){0};
        subject = row->unit == 2 ? text_from_utf16(&scratch, text) : arena_text(&scratch, text);
    }
    if (row->shape == SHAPE_READS) ask_single(m, row->fact);
    else if (subject && *subject)
        ask_about_derived(m, row->fact, subject, variable_answer(m, subject));
    arena_reset(&scratch);
}

/* What is compared of the one side is copied over the other. */
static void force(Watcher *w, Process *p, const WatchCompare *c) {
    uint8_t bytes[WATCH_WINDOW];
    unsigned k = w->watch->forced_side;
    size_t n = c->side[1 - k].length + c->unit;
    if (n > sizeof bytes) n = sizeof bytes;
    if (guest_read(p, c->side[1 - k].address, bytes, n))
        guest_write(p, c->side[k].address, bytes, n);
}

void functions_reached(Watcher *w, Process *p, uint64_t address) {
    const Row *row = find(w->functions, p, address);
    uint64_t site = 0;
    if (!row || !guest_get_pointer(p, stack_pointer(p), &site) || !watcher_is_program(w, p, site))
        return;
    if (row->shape >= SHAPE_READS) {
        if (asking(w->machine)) tell_question(w, p, row);
        return;
    }
    Arena scratch = arena_new(4096);
    WatchCompare c = {.place = watcher_place(p, site),
                      .site = process_site(p, &scratch, site),
                      .process = p->id,
                      .thread = w->machine->current ? w->machine->current->id : 0,
                      .test = row->test,
                      .unit = row->unit,
                      .any_case = row->any_case,
                      .function = row->name,
                      .condition = WATCH_NO_CONDITION};
    for (unsigned i = 0; i < 2; i++) read_side(w, p, row, i, &c.side[i]);
    w->watch->compare(w->watch->context, &c);
    if (w->watch->forced == c.place) force(w, p, &c);
    arena_reset(&scratch);
}
