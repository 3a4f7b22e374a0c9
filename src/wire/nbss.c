/* nbss: NetBIOS session service (RFC 1002 4.3) and its likeness on port 445 (MS-SMB2 2.1): messages
 * out of a stream.
 *
 *     type (0 = message, 81h session request ... 85h keep-alive), length (24 bits; on port 139 17)
 *
 * Only as much of a message is gathered as its protocol wants; the contents of files pass by. After
 * a hole, or where the capture begins in the middle, the next message is found by its name. */
#include "wire/app.h"
#include "wire/smb1.h"
#include "wire/smb2.h"

enum {
    HEADER = 4,
    HEAD = HEADER + SMB_HEAD, /* enough to know how much is wanted */
    SEARCH = 4096,            /* gathered at the most while looking for a message */
    SMALLEST = 32,
    LARGEST = 0x1FFFF + 0x10000, /* of SMB1; SMB2 says more */
    LARGEST_SMB2 = 9 << 20,
    TYPE_MESSAGE = 0,
    TYPE_REQUEST = 0x81,
    TYPE_KEEP_ALIVE = 0x85,
    GROOM_LENGTH = 0xFFF7, /* what EternalBlue fills the server's pool with, and never finishes */
    GROOM_LENGTH_XP = 0x8100,
};

typedef struct {
    uint8_t *part; /* what was gathered of a message */
    uint32_t n, room;
    uint64_t skip; /* bytes that pass by */
    bool lost;     /* looking for the next message */
} Gather;

typedef struct {
    Gather gathers[2];
    Smb1 *smb1;
    Smb2 *smb2;
    bool groomed;
} Smb;

static Smb *smb(const Session *s) {
    return s->state;
}

Smb1 *smb_of(Session *s) {
    return smb(s)->smb1;
}

static bool smb_open(Session *s) {
    Smb *b = mem_alloc(&s->wire->mem, sizeof *b);
    if (!b) return false;
    b->gathers[0].lost = b->gathers[1].lost = s->midstream;
    s->state = b;
    return true;
}

static void smb_close(Session *s) {
    Smb *b = smb(s);
    for (unsigned i = 0; i < 2; i++) mem_free(&s->wire->mem, b->gathers[i].part);
    smb1_free(s, b->smb1);
    smb2_free(s, b->smb2);
    mem_free(&s->wire->mem, b);
}

static bool smb_clone(Session *to, const Session *from) {
    Mem *m = &to->wire->mem;
    Smb *b = mem_copy(m, smb(from), sizeof *b);
    if (!b) return false;
    for (unsigned i = 0; i < 2; i++) {
        Gather *g = &b->gathers[i];
        g->part = g->part ? mem_copy(m, g->part, g->room) : NULL;
        if (!g->part) g->n = g->room = 0;
    }
    to->state = b;
    b->smb1 = b->smb1 ? smb1_clone(to, b->smb1) : NULL;
    b->smb2 = b->smb2 ? smb2_clone(to, b->smb2) : NULL;
    return true;
}

/* ---- what a message is ---- */

enum { IS_NONE, IS_SMB1, IS_SMB2, IS_TRANSFORM, IS_COMPRESSED };

static unsigned kind_of(Span message) {
    static const uint8_t marks[] = {
        [IS_SMB1] = 0xFF, [IS_SMB2] = 0xFE, [IS_TRANSFORM] = 0xFD, [IS_COMPRESSED] = 0xFC};
    if (message.n < 4 || memcmp(message.p + 1, "SMB", 3) != 0) return IS_NONE;
    for (unsigned k = IS_SMB1; k <= IS_COMPRESSED; k++)
        if (message.p[0] == marks[k]) return k;
    return IS_NONE;
}

static uint32_t wanted(const Smb *b, Span head, uint32_t length) {
    switch (kind_of(head)) {
    case IS_SMB1: return b->smb1 ? smb1_wanted(b->smb1, head, length) : length;
    case IS_SMB2: return smb2_wanted(b->smb2, head, length);
    default: return length < 64 ? length : 64;
    }
}

static void take_message(Session *s, unsigned from, Span message, uint32_t length) {
    Smb *b = smb(s);
    unsigned kind = kind_of(message);
    if (kind == IS_SMB1 && !b->smb1) b->smb1 = smb1_new(s);
    if (kind > IS_SMB1 && !b->smb2) b->smb2 = smb2_new(s);
    if (kind == IS_SMB1 && b->smb1) smb1_message(s, b->smb1, from, message, length);
    if (kind > IS_SMB1 && b->smb2) smb2_message(s, b->smb2, from, message, length);
}

/* ---- gathering ---- */

static bool add(Session *s, Gather *g, Span bytes) {
    if (!mem_grow(&s->wire->mem, (void **)&g->part, &g->room, g->n + (uint32_t)bytes.n, 1)) {
        s->wire->counters.streams_dropped++;
        g->n = 0;
        g->lost = true;
        return false;
    }
    if (bytes.n) memcpy(g->part + g->n, bytes.p, bytes.n);
    g->n += (uint32_t)bytes.n;
    return true;
}

static uint32_t length_of(const uint8_t *header) {
    return (uint32_t)header[1] << 16 | (uint32_t)header[2] << 8 | header[3];
}

/* One of many connections that only take up memory in the server. */
static void note_grooming(Session *s, unsigned from, uint32_t length) {
    Smb *b = smb(s);
    if (b->groomed || (length != GROOM_LENGTH && length != GROOM_LENGTH_XP) || from != 0) return;
    Pair *p = host_pair(s->wire, s->flow->ends[0], s->flow->ends[1]);
    b->groomed = true;
    if (!p) return;
    if (!p->grooming++) p->grooming_frame = s->frame;
}

/* Bytes of a message that begins at `at`, with its header: 0 where more are needed to know. */
static uint32_t want(Session *s, Span at, uint32_t *total) {
    if (at.n < HEADER) return 0;
    uint8_t type = at.p[0];
    *total = HEADER + length_of(at.p);
    if (type != TYPE_MESSAGE) { /* its data is a pair of names or nothing */
        *total = HEADER +
                 (type >= TYPE_REQUEST && type <= TYPE_KEEP_ALIVE ? length_of(at.p) & 0x1FFFF : 0);
        return *total;
    }
    if (at.n < HEAD && at.n < *total) return 0;
    Span head = span_clip(at, HEADER, *total - HEADER);
    uint32_t n = wanted(smb(s), head, *total - HEADER);
    return HEADER + (n < LARGEST ? n : LARGEST);
}

/* Whether a message may begin so; what is no message of ours is passed over with its length. */
static bool plausible(Span at) {
    uint8_t type = at.p[0];
    if (type >= TYPE_REQUEST && type <= TYPE_KEEP_ALIVE) return true;
    return type == TYPE_MESSAGE && length_of(at.p) <= LARGEST_SMB2;
}

/* The offset of the next header, or n where there is none. */
static size_t search(Span s) {
    for (size_t i = HEADER; i + 4 <= s.n; i++) {
        Span name = span_clip(s, i, 4);
        uint32_t length = length_of(s.p + i - HEADER);
        if (s.p[i - HEADER] == TYPE_MESSAGE && length >= SMALLEST && length <= LARGEST_SMB2 &&
            kind_of(name) != IS_NONE)
            return i - HEADER;
    }
    return s.n;
}

static void keep_tail(Gather *g, uint32_t n) {
    if (g->n <= n) return;
    memmove(g->part, g->part + g->n - n, n);
    g->n = n;
}

/* Gathers until a message is found. What follows it is put back into *bytes. */
static void find_message(Session *s, Gather *g, Span *bytes) {
    Span step = span_clip(*bytes, 0, SEARCH);
    uint32_t before = g->n;
    *bytes = span_clip(*bytes, step.n, bytes->n);
    if (!add(s, g, step)) return;
    size_t at = search(span(g->part, g->n));
    if (at == g->n) {
        keep_tail(g, 2 * HEADER - 1);
        return;
    }
    g->lost = false;
    /* what was kept from before is at most a header and its name; the rest is still in `step` */
    uint32_t kept = at < before ? before - (uint32_t)at : 0;
    size_t from = at < before ? 0 : at - before;
    memmove(g->part, g->part + at, kept);
    g->n = kept;
    bytes->n += step.n - from;
    bytes->p = step.p + from;
}

/* A message that lies whole in *bytes is not copied. True where one was taken or begun. */
static void take_bytes(Session *s, unsigned from, Gather *g, Span *bytes) {
    uint32_t total = 0, need;
    if (!g->n) {
        need = want(s, *bytes, &total);
        if (bytes->n >= HEADER && !plausible(*bytes)) {
            g->lost = true;
            return;
        }
        if (need && bytes->n >= need) {
            note_grooming(s, from, total - HEADER);
            take_message(s, from, span_clip(*bytes, HEADER, need - HEADER), total - HEADER);
            *bytes = span_clip(*bytes, need, bytes->n);
            g->skip = total - need;
            return;
        }
    }
    /* up to the header, then up to the head, then up to what is wanted */
    Span part = span(g->part, g->n);
    need = want(s, part, &total);
    if (!need) need = g->n < HEADER ? HEADER : total < HEAD ? total : HEAD;
    uint32_t lack = need > g->n ? need - g->n : 0;
    Span step = span_clip(*bytes, 0, lack);
    *bytes = span_clip(*bytes, step.n, bytes->n);
    if (!add(s, g, step)) return;
    part = span(g->part, g->n);
    if (g->n >= HEADER && !plausible(part)) {
        g->lost = true;
        return;
    }
    if (g->n >= HEADER && part.p[0] == TYPE_MESSAGE) note_grooming(s, from, length_of(part.p));
    need = want(s, part, &total);
    if (!need || g->n < need) return;
    g->n = 0; /* before it is taken: the part stays where it is */
    take_message(s, from, span_clip(part, HEADER, need - HEADER), total - HEADER);
    g->skip = total - need;
}

static void smb_data(Session *s, unsigned from, Span bytes) {
    Gather *g = &smb(s)->gathers[from];
    while (bytes.n) {
        if (g->skip) {
            uint64_t n = g->skip < bytes.n ? g->skip : bytes.n;
            g->skip -= n;
            bytes = span_clip(bytes, n, bytes.n);
        } else if (g->lost) find_message(s, g, &bytes);
        else take_bytes(s, from, g, &bytes);
    }
}

/* The beginning of a message whose rest the capture lacks, where it is a beginning at all. */
static void take_beginning(Session *s, unsigned from, Gather *g) {
    Span part = span(g->part, g->n);
    if (g->lost || g->n < HEADER + SMALLEST || part.p[0] != TYPE_MESSAGE) return;
    uint32_t total = HEADER + length_of(part.p);
    g->n = 0;
    if (kind_of(span_clip(part, HEADER, 4)) == IS_NONE || total <= part.n) return;
    take_message(s, from, span_clip(part, HEADER, part.n), total - HEADER);
    g->skip = total - part.n;
}

static void smb_gap(Session *s, unsigned from, uint32_t n) {
    Smb *b = smb(s);
    Gather *g = &b->gathers[from];
    take_beginning(s, from, g);
    if (g->skip >= n) { /* nothing is lost that was wanted */
        g->skip -= n;
        return;
    }
    g->skip = 0;
    g->n = 0;
    g->lost = true;
    s->holes = true;
    if (b->smb1) smb1_gap(b->smb1);
    if (b->smb2) smb2_gap(b->smb2);
}

static uint64_t smb_unwanted(const Session *s, unsigned from) {
    return smb(s)->gathers[from].skip;
}

const App app_smb = {.name = "smb",
                     .open = smb_open,
                     .close = smb_close,
                     .clone = smb_clone,
                     .data = smb_data,
                     .gap = smb_gap,
                     .unwanted = smb_unwanted};
