/* Cabinets ([MS-CAB]): the signature follows the cabinet, and the reserved part of its header says
 * where. Signed is all of the cabinet but csumHeader, and the header from iCabinet on to where the
 * signature stands in it.
 *
 *     0 "MSCF" 4 csumHeader 8 cbCabinet .. 32 setID | 34 iCabinet 36 cbCFHeader = 20, cbCFFolder,
 *     cbCFData 40 abReserve { u32, u32 offset, u32 size, u64 } 60 ... | signature | nothing */
#include "sign/carrier.h"

enum {
    FLAGS = 30,
    RESERVE_PRESENT = 4,
    RESERVE = 36,
    HEADER_RESERVE = 20,
    PLACE = 44,
    SIGNED_AGAIN = 56,
    HEADER = 60
};

typedef struct {
    uint64_t at, end; /* of the signature; 0 = there is none */
} State;

static void read_place(Subject *s, State *st) {
    Cur c = cur(s->file);
    cur_seek(&c, FLAGS);
    uint16_t flags = cur_u16le(&c);
    cur_seek(&c, RESERVE);
    uint16_t reserve = cur_u16le(&c);
    cur_seek(&c, PLACE);
    uint32_t at = cur_u32le(&c), size = cur_u32le(&c);
    if (c.bad || !(flags & RESERVE_PRESENT) || reserve != HEADER_RESERVE || !at || !size) return;
    st->at = at;
    st->end = (uint64_t)at + size;
    subject_add_blob(s, span_clip(s->file, at, size),
                     st->end > s->file.n ? ROOM_BROKEN : ROOM_PADDED);
    if (st->at < HEADER || st->end > s->file.n)
        subject_note(s, "sign.malformed", SEVERITY_MEDIUM, span_clip(s->file, PLACE, 8), NULL,
                     "The signature does not lie in the cabinet: %u bytes at %u", size, at);
    Span tail = span_clip(s->file, st->end, s->file.n);
    if (tail.n)
        subject_note(s, "sign.data-after-end", SEVERITY_MEDIUM, tail, "T1027",
                     "%zu bytes that nobody signed follow the signature", tail.n);
}

static bool read(Subject *s) {
    if (s->file.n < HEADER || memcmp(s->file.p, "MSCF", 4) != 0) return false;
    State *st = arena_one(s->arena, State);
    if (!st) return false;
    s->state = st;
    read_place(s, st);
    return true;
}

static Md digest(Subject *s, MdKind k) {
    const State *st = s->state;
    if (st->at < HEADER || st->at > s->file.n)
        return st->at ? (Md){0} : md_of(s->crypto, k, s->file);
    Hasher *h = hasher_open(s->crypto, k);
    hasher_add(h, span_clip(s->file, 0, 4));
    hasher_add(h, span_clip(s->file, 8, 26));
    hasher_add(h, span_clip(s->file, SIGNED_AGAIN, st->at - SIGNED_AGAIN));
    Md m = hasher_take(h);
    hasher_close(h);
    return m;
}

const Carrier carrier_cab = {
    .name = "cab", .content = OID_SPC_CAB_DATA, .read = read, .digest = digest};
