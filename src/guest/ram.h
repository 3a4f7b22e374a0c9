/* Ram: the physical memory of one machine.
 *
 * One host range holds everything a guest page can be backed by: first the machine's own frames,
 * handed out zeroed and counted against the memory budget; behind them, the packs (Wine's images
 * and NLS tables), mapped copy-on-write from their files. A frame number is an index into that
 * range, so that each CPU engine maps the whole of it once and page tables alone decide what a
 * process sees; a frame may be mapped into any number of processes. */
#ifndef COAX_GUEST_RAM_H
#define COAX_GUEST_RAM_H

#include "base/bytes.h"
#include "base/status.h"

enum { PAGE_SHIFT = 12, PAGE_SIZE = 4096, PAGE_MASK = PAGE_SIZE - 1 };

typedef uint32_t Frame; /* 0 is none */

typedef struct {
    uint8_t *host;      /* page 0 of the physical range */
    uint64_t size;      /* bytes of the physical range */
    uint32_t ram_count; /* frames that can be handed out: 1 .. ram_count-1 */
    uint32_t next;      /* first frame never handed out */
    uint32_t used, peak;
    uint32_t free_list;                    /* head; the next one's number is in refs[] */
    uint32_t *refs;                        /* of each frame in use */
    uint64_t pack_at;                      /* physical address of the next pack window */
    void (*freed)(void *context, Frame f); /* the last reference of a frame went; may be NULL */
    void *freed_context;
} Ram;

/* Reserves `bytes` of RAM (host memory is taken as frames are touched) and address space for packs
 * of `pack_bytes` together. ST_BUDGET where the host refuses. */
Status ram_open(Ram *r, uint64_t bytes, uint64_t pack_bytes);
void ram_close(Ram *r);

/* Maps a pack's descriptor into its window; returns the first frame, 0 on failure. */
Frame ram_map_pack(Ram *r, int fd, uint64_t bytes);

/* A zeroed frame with one reference, or 0 when the budget is exhausted. */
Frame ram_take(Ram *r);

/* Frames of a pack are not counted: for them these do nothing. */
void ram_hold(Ram *r, Frame f);
void ram_drop(Ram *r, Frame f);

static inline uint8_t *ram_page(const Ram *r, Frame f) {
    return r->host + ((uint64_t)f << PAGE_SHIFT);
}
static inline bool ram_is_pack(const Ram *r, Frame f) {
    return f >= r->ram_count;
}

/* How many mappings and sections hold the frame; a pack's count as held for ever. */
static inline uint32_t ram_refs(const Ram *r, Frame f) {
    return ram_is_pack(r, f) ? UINT32_MAX : r->refs[f];
}

#endif
