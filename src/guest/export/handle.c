#include "guest/export/handle.h"

/* Values lie where no module and no heap of the guest does, and no kernel handle goes. */
enum { FIRST_VALUE = 0x00e10000, STEP = 16, CHUNK = 256, CHUNKS = 256 };

struct ExportHandles {
    ExportHandle *chunks[CHUNKS];
    uint32_t first_free; /* none before it is free */
};

static ExportHandle *place(struct ExportHandles *h, uint32_t index) {
    return index < CHUNK * CHUNKS && h->chunks[index / CHUNK]
               ? &h->chunks[index / CHUNK][index % CHUNK]
               : NULL;
}

ExportHandle *export_handle_new(ExportCall *c, ExportHandleKind kind, uint64_t *value) {
    Machine *m = c->machine;
    if (!m->export_handles) m->export_handles = arena_one(&m->arena, struct ExportHandles);
    struct ExportHandles *h = m->export_handles;
    for (uint32_t i = h ? h->first_free : CHUNK * CHUNKS; i < CHUNK * CHUNKS; i++) {
        if (!h->chunks[i / CHUNK])
            h->chunks[i / CHUNK] = arena_new_array(&m->arena, ExportHandle, CHUNK);
        ExportHandle *free = place(h, i);
        if (!free) return NULL;
        if (free->kind != EXPORT_FREE) continue;
        *free = (ExportHandle){.kind = kind, .process = c->process};
        *value = FIRST_VALUE + (uint64_t)i * STEP;
        h->first_free = i + 1;
        return free;
    }
    return NULL;
}

static ExportHandle *find(ExportCall *c, uint64_t value) {
    struct ExportHandles *h = c->machine->export_handles;
    if (!h || value < FIRST_VALUE || value % STEP) return NULL;
    uint64_t index = (value - FIRST_VALUE) / STEP;
    ExportHandle *found = index < CHUNK * CHUNKS ? place(h, (uint32_t)index) : NULL;
    return found && found->kind && found->process == c->process ? found : NULL;
}

ExportHandle *export_handle(ExportCall *c, uint64_t value, ExportHandleKind kind) {
    ExportHandle *found = find(c, value);
    return found && found->kind == kind ? found : NULL;
}

bool export_handle_close(ExportCall *c, uint64_t value) {
    ExportHandle *found = find(c, value);
    if (!found) return false;
    uint32_t index = (uint32_t)((value - FIRST_VALUE) / STEP);
    *found = (ExportHandle){.kind = EXPORT_FREE};
    if (index < c->machine->export_handles->first_free)
        c->machine->export_handles->first_free = index;
    return true;
}
