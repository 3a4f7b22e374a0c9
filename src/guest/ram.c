#include "guest/ram.h"
#include <stdlib.h>
#include <sys/mman.h>

static uint64_t page_up(uint64_t n) {
    return (n + PAGE_MASK) & ~(uint64_t)PAGE_MASK;
}

Status ram_open(Ram *r, uint64_t bytes, uint64_t pack_bytes) {
    uint64_t ram = page_up(bytes);
    /* Each pack window starts on a page of its own. */
    uint64_t size = ram + page_up(pack_bytes) + 16 * PAGE_SIZE;
    *r = (Ram){.size = size, .ram_count = (uint32_t)(ram >> PAGE_SHIFT), .next = 1, .pack_at = ram};
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);
    if (p == MAP_FAILED) return ST_BUDGET;
    r->host = p;
    madvise(p, ram, MADV_HUGEPAGE); /* frames are taken in order: a fault for 512 of them */
    r->refs = calloc(r->ram_count, sizeof *r->refs);
    if (r->refs) return ST_OK;
    ram_close(r);
    return ST_BUDGET;
}

void ram_close(Ram *r) {
    if (r->host) munmap(r->host, r->size);
    free(r->refs);
    *r = (Ram){0};
}

Frame ram_map_pack(Ram *r, int fd, uint64_t bytes) {
    uint64_t at = r->pack_at, room = page_up(bytes);
    if (room > r->size - at) return 0;
    void *p = mmap(r->host + at, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd, 0);
    if (p == MAP_FAILED) return 0;
    r->pack_at += room;
    return (Frame)(at >> PAGE_SHIFT);
}

Frame ram_take(Ram *r) {
    Frame f = r->free_list;
    if (f) {
        r->free_list = r->refs[f];
        memset(ram_page(r, f), 0, PAGE_SIZE);
    } else if (r->next < r->ram_count) {
        f = r->next++;
    } else {
        return 0;
    }
    r->refs[f] = 1;
    if (++r->used > r->peak) r->peak = r->used;
    return f;
}

void ram_hold(Ram *r, Frame f) {
    if (f && !ram_is_pack(r, f)) r->refs[f]++;
}

void ram_drop(Ram *r, Frame f) {
    if (!f || ram_is_pack(r, f) || --r->refs[f]) return;
    if (r->freed) r->freed(r->freed_context, f);
    r->refs[f] = r->free_list;
    r->free_list = f;
    r->used--;
}
