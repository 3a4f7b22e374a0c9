/*     sector -1: header | sector 0 | sector 1 | ...
 *
 * A stream is a chain of sectors in the FAT, itself in sectors that the header and the chain of the
 * DIFAT list. Streams below 4096 bytes are chains of 64-byte sectors in the root's own stream. The
 * directory is a stream of entries of 128 bytes; those of a storage are a binary tree.
 *
 * Every chain is followed for as many steps as there are sectors, so that circles end. */
#include "format/cfb.h"

enum {
    HEADER = 512,
    ENTRY = 128,
    IN_HEADER = 109, /* sectors of the FAT that the header lists */
    MOST_ENTRIES = 1 << 20,
};

#define LAST_SECTOR 0xfffffffau /* above are marks */

static const uint8_t magic[] = {0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1};

bool cfb_is(Span file) {
    return file.n >= HEADER && memcmp(file.p, magic, sizeof magic) == 0;
}

static Span sector(const Cfb *c, uint32_t n) {
    if (n >= LAST_SECTOR) return (Span){0};
    return span_clip(c->file, ((uint64_t)n + 1) << c->sector_shift, UINT64_C(1) << c->sector_shift);
}

static size_t most_sectors(const Cfb *c) {
    return c->file.n >> c->sector_shift;
}

static uint32_t next(const uint32_t *fat, size_t count, uint32_t n) {
    return n < count ? fat[n] : CFB_NONE;
}

/* ---- chains ---- */

/* The sectors of the FAT: those in the header, then those in the chain of the DIFAT. */
typedef struct {
    Cur list;
    uint32_t next; /* sector of the DIFAT */
    unsigned left; /* entries of this one */
    size_t steps;
} Difat;

static bool next_fat_sector(const Cfb *c, Difat *d, uint32_t *out) {
    if (!d->left) {
        Span more = sector(c, d->next);
        if (more.n < 8 || d->steps++ > most_sectors(c)) return false;
        d->list = cur(more);
        d->left = (unsigned)(more.n / 4 - 1);
        Cur last = cur(span_clip(more, more.n - 4, 4));
        d->next = cur_u32le(&last);
    }
    d->left--;
    *out = cur_u32le(&d->list);
    return !d->list.bad;
}

static bool read_fat(Arena *a, Cfb *c, uint32_t difat) {
    Difat d = {
        .list = cur(span_clip(c->file, 76, IN_HEADER * 4)), .next = difat, .left = IN_HEADER};
    size_t most = most_sectors(c), per = ((size_t)1 << c->sector_shift) / 4;
    uint32_t n;
    c->fat = arena_new_array(a, uint32_t, most + per);
    if (!c->fat) return false;
    while (c->fat_count < most && next_fat_sector(c, &d, &n)) {
        if (n >= LAST_SECTOR) continue;
        Cur s = cur(sector(c, n));
        for (size_t i = 0; i < per && c->fat_count < most; i++) {
            uint32_t entry = cur_u32le(&s);
            c->fat[c->fat_count++] = s.bad ? CFB_NONE : entry;
        }
    }
    return true;
}

/* The bytes of a chain, `size` at the most (UINT64_MAX: all of it). */
static Span chain(Arena *a, const Cfb *c, uint32_t start, uint64_t size) {
    uint64_t count = 0, most = most_sectors(c), per = UINT64_C(1) << c->sector_shift;
    bool straight = true;
    for (uint32_t n = start; n < LAST_SECTOR && count < most && count * per < size; count++) {
        uint32_t after = next(c->fat, c->fat_count, n);
        if (count + 1 < most && (count + 1) * per < size && after < LAST_SECTOR && after != n + 1)
            straight = false;
        n = after;
    }
    uint64_t total = count * per < size ? count * per : size;
    if (straight)
        return count ? span_clip(c->file, ((uint64_t)start + 1) << c->sector_shift, total)
                     : (Span){0};
    uint8_t *out = arena_alloc(a, total);
    size_t at = 0;
    for (uint32_t n = start; out && count; count--, n = next(c->fat, c->fat_count, n)) {
        Span piece = span_clip(sector(c, n), 0, total - at);
        if (piece.n) memcpy(out + at, piece.p, piece.n);
        at += piece.n;
        if (piece.n < per) break; /* the file ends here */
    }
    return out ? span(out, at) : (Span){0};
}

static Span mini_chain(Arena *a, const Cfb *c, uint32_t start, uint64_t size) {
    uint8_t *out = arena_alloc(a, size < c->mini.n ? size : c->mini.n);
    uint64_t per = UINT64_C(1) << c->mini_shift;
    size_t at = 0, steps = 0;
    for (uint32_t n = start; out && n < LAST_SECTOR && at < size && steps++ < c->mini_count;
         n = next(c->mini_fat, c->mini_count, n)) {
        uint64_t left = size - at;
        Span piece = span_clip(c->mini, (uint64_t)n << c->mini_shift, left < per ? left : per);
        if (at + piece.n > c->mini.n) break;
        if (piece.n) memcpy(out + at, piece.p, piece.n);
        at += piece.n;
    }
    return out ? span(out, at) : (Span){0};
}

Span cfb_stream(Arena *a, const Cfb *c, const CfbEntry *e) {
    if (e->type != CFB_STREAM || !e->size) return (Span){0};
    return e->size < c->mini_cutoff ? mini_chain(a, c, e->start, e->size)
                                    : chain(a, c, e->start, e->size);
}

/* ---- the directory ---- */

static CfbEntry read_entry(const Cfb *c, Span s) {
    Cur at = cur(s);
    Span name = cur_take(&at, 64);
    uint16_t length = cur_u16le(&at);
    CfbEntry e = {.type = (CfbType)cur_u8(&at)};
    cur_skip(&at, 1); /* colour */
    e.name = length >= 2 && length <= 64 ? span_clip(name, 0, length - 2u) : (Span){0};
    e.left = cur_u32le(&at);
    e.right = cur_u32le(&at);
    e.child = cur_u32le(&at);
    e.class = cur_take(&at, 16);
    e.state = cur_take(&at, 4);
    e.created = cur_take(&at, 8);
    e.modified = cur_take(&at, 8);
    e.start = cur_u32le(&at);
    e.size = cur_u64le(&at);
    if (c->sector_shift == 9) e.size &= UINT32_MAX; /* the high part may be anything in version 3 */
    return e;
}

static bool read_directory(Arena *a, Cfb *c, uint32_t start) {
    Span all = chain(a, c, start, (uint64_t)MOST_ENTRIES * ENTRY);
    size_t count = all.n / ENTRY;
    c->entries = arena_new_array(a, CfbEntry, count + 1);
    if (!c->entries) return false;
    for (; c->entry_count < count; c->entry_count++)
        c->entries[c->entry_count] = read_entry(c, span_sub(all, c->entry_count * ENTRY, ENTRY));
    return true;
}

static bool read_mini_fat(Arena *a, Cfb *c, uint32_t start) {
    Span all = chain(a, c, start, UINT64_MAX);
    Cur s = cur(all);
    c->mini_fat = arena_new_array(a, uint32_t, all.n / 4 + 1);
    if (!c->mini_fat) return false;
    while (cur_left(&s) >= 4) c->mini_fat[c->mini_count++] = cur_u32le(&s);
    c->mini = chain(a, c, c->entries[0].start, c->entries[0].size);
    return true;
}

/* Sectors from there on are free, or not in the file's book at all. */
static uint64_t end_of_use(const Cfb *c) {
    size_t n = c->fat_count;
    while (n && c->fat[n - 1] == CFB_NONE) n--;
    uint64_t end = (uint64_t)(n + 1) << c->sector_shift;
    return end < c->file.n ? end : c->file.n;
}

Status cfb_read(Arena *a, Span file, Cfb *out) {
    *out = (Cfb){.file = file};
    Cur h = cur(file);
    cur_skip(&h, 26);
    uint16_t version = cur_u16le(&h), order = cur_u16le(&h);
    out->sector_shift = cur_u16le(&h);
    out->mini_shift = cur_u16le(&h);
    cur_skip(&h, 6 + 4 + 4);
    uint32_t directory = cur_u32le(&h);
    cur_skip(&h, 4);
    out->mini_cutoff = cur_u32le(&h);
    uint32_t mini_fat = cur_u32le(&h);
    cur_skip(&h, 4);
    uint32_t difat = cur_u32le(&h);
    bool sane = cfb_is(file) && order == 0xfffe && (version == 3 || version == 4) &&
                (out->sector_shift == 9 || out->sector_shift == 12) && out->mini_shift == 6;
    if (!sane) {
        out->fault = "its header is malformed";
        return ST_OK;
    }
    if (!read_fat(a, out, difat) || !read_directory(a, out, directory)) return ST_BUDGET;
    if (!out->entry_count || out->entries[0].type != CFB_ROOT) {
        out->fault = "it has no root";
        return ST_OK;
    }
    if (!read_mini_fat(a, out, mini_fat)) return ST_BUDGET;
    out->end = end_of_use(out);
    return ST_OK;
}

/* ---- trees ---- */

size_t cfb_children(const Cfb *c, const CfbEntry *storage, const CfbEntry **out, size_t room) {
    enum { DEEPEST = 128 };
    uint32_t stack[DEEPEST];
    size_t depth = 0, count = 0, steps = 0;
    if (storage->child < c->entry_count) stack[depth++] = storage->child;
    while (depth && count < room && steps++ < c->entry_count) {
        const CfbEntry *e = &c->entries[stack[--depth]];
        if (e->type == CFB_STORAGE || e->type == CFB_STREAM) out[count++] = e;
        if (e->left < c->entry_count && depth < DEEPEST) stack[depth++] = e->left;
        if (e->right < c->entry_count && depth < DEEPEST) stack[depth++] = e->right;
    }
    return count;
}
