#include "guest/process.h"
#include "guest/watch/watcher.h"
#include <stdio.h>
#include <stdlib.h>

/* ---- whose code ---- */

static bool look_up(Process *p, uint64_t address) {
    const Module *m = process_module(p, address);
    if (m) return !m->system || (p == p->machine->first && m->base == p->image_base);
    return (address & ~(uint64_t)PAGE_MASK) != (GADGET_SYSCALL32 & ~(uint64_t)PAGE_MASK);
}

bool watcher_is_program(Watcher *w, Process *p, uint64_t address) {
    uint64_t page = (address >> PAGE_SHIFT) + 1;
    size_t slot = (size_t)(page * UINT64_C(0x9E3779B97F4A7C15) >> 56);
    if (w->pages[slot].page != page || w->pages[slot].process != p->id) {
        w->pages[slot].page = page;
        w->pages[slot].process = p->id;
        w->pages[slot].program = look_up(p, address);
    }
    return w->pages[slot].program;
}

/* The upper half is the module's name, FNV-1a, with the highest bit set: no address has that. */
static uint64_t name_half(const char *name) {
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (const char *c = name; c && *c; c++) h = (h ^ (uint8_t)*c) * UINT64_C(0x100000001b3);
    return h << 32 | UINT64_C(1) << 63;
}

uint64_t watcher_place(Process *p, uint64_t address) {
    const Module *m = process_module(p, address);
    return m ? name_half(m->name) | (uint32_t)(address - m->base) : address;
}

static const Module *module_of(const Machine *m, uint64_t place) {
    for (const Process *p = m->processes; p; p = p->next)
        for (size_t i = 0; i < p->module_count; i++)
            if (name_half(p->modules[i].name) == (place & ~(uint64_t)UINT32_MAX))
                return &p->modules[i];
    return NULL;
}

void watch_site(const Guest *g, uint64_t place, char out[WATCH_SITE]) {
    const Module *m = place >> 63 ? module_of((const Machine *)g, place) : NULL;
    if (m) snprintf(out, WATCH_SITE, "%s+0x%x", m->name, (unsigned)place);
    else snprintf(out, WATCH_SITE, "0x%llx", (unsigned long long)place);
}

/* ---- what the CPU tells ---- */

static void on_block(void *owner, uint64_t address) {
    Machine *m = owner;
    Watcher *w = m->watcher;
    if (!watcher_is_program(w, m->mapped, address)) return;
    m->mapped->own_code = true;
    if (w->watch->block)
        w->watch->block(w->watch->context, m->mapped->id, watcher_place(m->mapped, address));
}

static void on_step(void *owner, uint64_t address) {
    Machine *m = owner;
    Watcher *w = m->watcher;
    if (watcher_is_program(w, m->mapped, address)) steps_step(w, m->mapped, address);
}

static bool in_range(const Watcher *w, uint64_t address) {
    for (size_t i = 0; i < w->range_count; i++)
        if (address >= w->ranges[i].from && address < w->ranges[i].to) return true;
    return false;
}

void watcher_executes(Watcher *w, Process *p, uint64_t address) {
    enum { MOST = sizeof w->ranges / sizeof *w->ranges };
    if (in_range(w, address) || !look_up(p, address) || w->range_count == MOST) return;
    const VmRegion *r = vm_region(p->vm, address);
    if (!r) return;
    w->ranges[w->range_count].from = r->base;
    w->ranges[w->range_count++].to = r->base + r->size;
    cpu_observe(p->cpu, r->base, r->base + r->size - 1, on_block,
                w->watch->compare ? on_step : NULL);
}

void watcher_mapped(Watcher *w, Process *p, const Module *module) {
    memset(w->pages, 0, sizeof w->pages);
    if (w->watch->compare) functions_mapped(w, p, module);
}

void watcher_reached(Watcher *w, Process *p, uint64_t address) {
    if (w->watch->compare) functions_reached(w, p, address);
}

/* ---- memory around an operand ---- */

/* Whole pages are readable or not: the part of the window in the operand's own page is read, and
 * the neighbours where they can be. */
void watcher_fill_window(Watcher *w, Process *p, WatchSide *side, unsigned number) {
    uint8_t *bytes = w->windows[number];
    uint64_t at = side->address, from = at - WATCH_BEFORE, to = from + WATCH_WINDOW;
    if (!at) return;
    uint64_t page = at & ~(uint64_t)PAGE_MASK;
    if (from < page && !guest_read(p, from, bytes, page - from)) from = page;
    if (to > page + PAGE_SIZE && !guest_read(p, page + PAGE_SIZE, bytes, to - page - PAGE_SIZE))
        to = page + PAGE_SIZE;
    if (!guest_read(p, from, bytes, to - from)) return;
    side->window = span(bytes, (size_t)(to - from));
    side->before = (size_t)(at - from);
}

/* ---- life ---- */

Status watcher_open(Machine *m, Watcher **out) {
    if (!m->config->watch) return ST_OK;
    Watcher *w = calloc(1, sizeof *w);
    if (!w) return ST_BUDGET;
    w->machine = m;
    w->watch = m->config->watch;
    w->steps = steps_open();
    w->functions = functions_open();
    *out = w;
    return w->steps && w->functions ? ST_OK : ST_BUDGET;
}

void watcher_close(Watcher *w) {
    if (!w) return;
    steps_close(w->steps);
    functions_close(w->functions);
    free(w);
}
