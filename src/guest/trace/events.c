#include "guest/trace/events.h"
#include "base/arena.h"
#include "guest/trace/fold.h"

#include <stdlib.h>

enum { ITEM_ARENA = 1 << 20 };

typedef struct Item Item;
struct Item {
    Item *next; /* of the free ones */
    Event event;
    Arena arena;
};

struct EventFold {
    Fold fold;
    Item *free;
    void (*emit)(void *user, const Event *e);
    void *user;
};

static Item *take_item(EventFold *f) {
    Item *item = f->free;
    if (item) {
        f->free = item->next;
        arena_clear(&item->arena);
        return item;
    }
    item = calloc(1, sizeof(*item));
    if (item) item->arena = arena_new(ITEM_ARENA);
    return item;
}

static void on_drop(void *user, void *item) {
    EventFold *f = user;
    ((Item *)item)->next = f->free;
    f->free = item;
}

static void on_emit(void *user, void *item, uint64_t count) {
    EventFold *f = user;
    Event *e = &((Item *)item)->event;
    e->count = count;
    if (f->emit) f->emit(f->user, e);
    on_drop(f, item);
}

/* FNV-1a, 64 bits. */
static uint64_t mix(uint64_t h, Span bytes) {
    for (size_t i = 0; i < bytes.n; i++) h = (h ^ bytes.p[i]) * UINT64_C(0x100000001b3);
    return h;
}

static uint64_t key_of(const Event *e, uint64_t site) {
    uint64_t h = mix(UINT64_C(0xcbf29ce484222325), span(&site, sizeof(site)));
    h = mix(h, span(&e->category, sizeof(e->category)));
    for (size_t i = 0; i < e->field_count; i++) {
        h = mix(h, span(&e->fields[i].name, sizeof(e->fields[i].name)));
        h = mix(h, span(e->fields[i].value, strlen(e->fields[i].value) + 1));
    }
    return h;
}

static bool copy(Item *item, const Event *e) {
    item->event = *e;
    for (size_t i = 0; i < e->field_count; i++)
        item->event.fields[i].value = arena_str(&item->arena, e->fields[i].value);
    return !item->arena.full;
}

void event_fold_add(EventFold *f, const Event *e, uint64_t site) {
    uint64_t key = key_of(e, site);
    if (fold_count(&f->fold, key)) return;
    Item *item = take_item(f);
    if (item && copy(item, e)) {
        fold_push(&f->fold, key, item);
        return;
    }
    /* It cannot be kept: everything comes out now. */
    event_fold_flush(f);
    if (f->emit) f->emit(f->user, e);
    if (item) on_drop(f, item);
}

void event_fold_flush(EventFold *f) {
    fold_flush(&f->fold);
}

EventFold *event_fold_open(unsigned period, void (*emit)(void *user, const Event *e), void *user) {
    EventFold *f = calloc(1, sizeof(*f));
    if (!f) return NULL;
    f->fold = (Fold){.period = period, .user = f, .emit = on_emit, .drop = on_drop};
    f->emit = emit;
    f->user = user;
    return f;
}

void event_fold_close(EventFold *f) {
    if (!f) return;
    f->emit = NULL;
    fold_flush(&f->fold);
    while (f->free) {
        Item *item = f->free;
        f->free = item->next;
        arena_reset(&item->arena);
        free(item);
    }
    free(f);
}
