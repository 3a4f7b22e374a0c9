/* The Rich header, which Microsoft's linker leaves between the DOS stub and e_lfanew: what
 * compilers made the objects, and how many each. Undocumented; the layout is common knowledge since
 * 2004:
 *
 *     "DanS" 0 0 0   {build | product << 16, count}...   "Rich" key
 *
 * all but the last two words XORed with the key. The key is a checksum: the offset of "DanS", plus
 * every byte before it (but e_lfanew) rotated left by its offset, plus every pair's first word
 * rotated left by its second. A header that was copied from elsewhere does not add up. */
#include "base/hash.h"
#include "pe/pe.h"

enum { DOS_HEADER_SIZE = 0x40, HEAD = 16, MAX_ENTRIES = 512 };
#define DANS 0x536e6144u
#define RICH 0x68636952u

static uint32_t word_at(Span s, size_t at) {
    Cur c = cur(s);
    cur_seek(&c, at);
    return cur_u32le(&c);
}

/* Backwards, as its readers have always done: the end is marked in clear. */
void pe_find_rich(Pe *pe) {
    Span stub = span_clip(pe->file, 0, pe->nt_offset);
    for (size_t end = stub.n & ~(size_t)3; end >= DOS_HEADER_SIZE + 8; end -= 4) {
        if (word_at(stub, end - 8) != RICH) continue;
        uint32_t key = word_at(stub, end - 4);
        for (size_t at = end - 8; at >= DOS_HEADER_SIZE + 4; at -= 4) {
            if ((word_at(stub, at - 4) ^ key) != DANS) continue;
            pe->rich = true;
            pe->rich_key = key;
            pe->rich_offset = at - 4;
            pe->rich_size = (uint32_t)(end - (at - 4));
            return;
        }
        return;
    }
}

static uint32_t rotate(uint32_t v, uint32_t by) {
    by &= 31;
    return by ? v << by | v >> (32 - by) : v;
}

static uint32_t checksum(const Pe *pe) {
    uint32_t sum = (uint32_t)pe->rich_offset;
    for (size_t i = 0; i < pe->rich_offset; i++)
        if (i < 0x3c || i >= 0x40) sum += rotate(pe->file.p[i], (uint32_t)i);
    for (size_t i = 0; i < pe->rich_count; i++) {
        const PeRichEntry *e = &pe->rich_entries[i];
        sum += rotate((uint32_t)e->product << 16 | e->build, e->count);
    }
    return sum;
}

/* MD5 of everything before "Rich" in clear, as VirusTotal and pefile have it. */
static Status hash_clear(Arena *a, Pe *pe, Span raw) {
    uint8_t *clear = arena_alloc(a, raw.n);
    if (!clear) return ST_BUDGET;
    for (size_t i = 0; i < raw.n; i++) clear[i] = raw.p[i] ^ (uint8_t)(pe->rich_key >> 8 * (i & 3));
    hash_md5(span(clear, raw.n), pe->rich_hash);
    return ST_OK;
}

Status pe_read_rich(Arena *a, Pe *pe) {
    if (!pe->rich) return ST_OK;
    Span raw = span_sub(pe->file, pe->rich_offset, pe->rich_size - 8);
    TRY(hash_clear(a, pe, raw));
    size_t count = raw.n > HEAD ? (raw.n - HEAD) / 8 : 0;
    if (count > MAX_ENTRIES) {
        pe_note(a, pe, pe->rich_offset, "%zu entries in the Rich header; %d are read", count,
                MAX_ENTRIES);
        count = MAX_ENTRIES;
    }
    pe->rich_entries = arena_new_array(a, PeRichEntry, count);
    if (!pe->rich_entries) return ST_BUDGET;
    Cur c = cur(span_clip(raw, HEAD, UINT64_MAX));
    for (pe->rich_count = 0; pe->rich_count < count; pe->rich_count++) {
        uint32_t tool = cur_u32le(&c) ^ pe->rich_key, used = cur_u32le(&c) ^ pe->rich_key;
        pe->rich_entries[pe->rich_count] = (PeRichEntry){
            .product = (uint16_t)(tool >> 16), .build = (uint16_t)tool, .count = used};
    }
    pe->rich_intact = checksum(pe) == pe->rich_key;
    return a->full ? ST_BUDGET : ST_OK;
}
