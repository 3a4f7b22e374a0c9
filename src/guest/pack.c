#include "guest/pack.h"
#include <stdlib.h>
#include <sys/stat.h>

enum { HEADER_SIZE = 216, ENTRY_SIZE = 128, LAYOUT_VERSION = 2, MOST_ENTRIES = 65536 };

uint64_t pack_size(int fd) {
    struct stat st;
    return fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size : 0;
}

static bool read_entry(Cur *c, const Pack *p, PackEntry *e) {
    Span name = cur_take(c, sizeof e->name);
    e->kind = (PackKind)cur_u32le(c);
    cur_skip(c, 4);
    e->offset = cur_u64le(c);
    e->size = cur_u64le(c);
    e->base = cur_u64le(c);
    cur_skip(c, 16);
    if (c->bad || name.p[name.n - 1]) return false;
    memcpy(e->name, name.p, name.n);
    return !(e->offset & PAGE_MASK) && e->offset <= p->size && e->size <= p->size - e->offset;
}

static bool read_entries(Pack *p, Span file, uint64_t at, uint32_t count) {
    Cur c = cur(file);
    cur_seek(&c, at);
    if (c.bad || count > MOST_ENTRIES || count > cur_left(&c) / ENTRY_SIZE) return false;
    p->entries = calloc(count + 1, sizeof *p->entries);
    if (!p->entries) return false;
    for (p->count = 0; p->count < count; p->count++)
        if (!read_entry(&c, p, &p->entries[p->count])) return false;
    return true;
}

static Status read_header(Pack *p) {
    Span file = span(ram_page(p->ram, p->first), p->size);
    Cur c = cur(file);
    Span magic = cur_take(&c, 8);
    uint32_t version = cur_u32le(&c);
    p->machine = (uint16_t)cur_u32le(&c);
    uint32_t count = cur_u32le(&c);
    cur_skip(&c, 4);
    uint64_t at = cur_u64le(&c), size = cur_u64le(&c);
    cur_skip(&c, 32);
    Span wine = cur_take(&c, sizeof p->wine_version);
    if (c.bad || !span_equal(magic, span("COAXPACK", 8)) || version != LAYOUT_VERSION)
        return ST_SYNTAX;
    if (size != p->size || !read_entries(p, file, at, count)) return ST_SYNTAX;
    memcpy(p->wine_version, wine.p, wine.n);
    p->wine_version[wine.n - 1] = 0;
    return ST_OK;
}

Status pack_open(Pack *p, Ram *ram, int fd) {
    *p = (Pack){.ram = ram, .size = pack_size(fd)};
    if (p->size < HEADER_SIZE) return ST_SYNTAX;
    p->first = ram_map_pack(ram, fd, p->size);
    if (!p->first) return ST_BUDGET;
    return read_header(p);
}

void pack_close(Pack *p) {
    for (size_t i = 0; i < p->count; i++) section_drop(p->entries[i].section);
    free(p->entries);
    *p = (Pack){0};
}

PackEntry *pack_find(Pack *p, const char *name) {
    size_t low = 0, high = p->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(p->entries[middle].name, name);
        if (order == 0) return &p->entries[middle];
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

static Frame entry_frame(const Pack *p, const PackEntry *e) {
    return p->first + (Frame)(e->offset >> PAGE_SHIFT);
}

Span pack_bytes(const Pack *p, const PackEntry *e) {
    return span(ram_page(p->ram, entry_frame(p, e)), e->size);
}

Section *pack_section(Pack *p, PackEntry *e) {
    if (e->section) return e->section;
    Frame first = entry_frame(p, e);
    e->section = e->kind == PACK_IMAGE ? section_new_pack_image(p->ram, first, e->size)
                                       : section_new_pack_data(p->ram, first, e->size);
    return e->section;
}
