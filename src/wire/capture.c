/* pcap: draft-ietf-opsawg-pcap; pcapng: draft-ietf-opsawg-pcapng.
 *
 *     pcap     header of 24 bytes, then records: seconds, fraction, captured, original, bytes
 *     pcapng   blocks: type, total length, body, total length; a section header block says in which
 *              byte order, interface description blocks what its packets are
 *
 * Limits: a packet or block of more than MOST bytes ends the reading where it has to be held
 * (packets, sections, interfaces), and is skipped where not. */
#include "wire/capture.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { WINDOW = 1 << 20, MOST = WINDOW - 64, MOST_INTERFACES = 256 };

enum {
    BLOCK_SECTION = 0x0A0D0D0A,
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET = 2, /* obsolete, still written */
    BLOCK_SIMPLE = 3,
    BLOCK_ENHANCED = 6,
    ORDER_MAGIC = 0x1A2B3C4D,
    OPTION_END = 0,
    OPTION_TSRESOL = 9,
    OPTION_TSOFFSET = 14,
};

typedef struct {
    uint32_t link, snaplen;
    uint64_t per_second; /* ticks */
    int64_t offset;      /* seconds */
} Interface;

struct Capture {
    CaptureRead read;
    void *context;
    uint8_t *window;
    size_t at, n;  /* the next byte in the window, and how many are there */
    uint64_t base; /* file offset of the window */
    bool ended;
    bool begun, ng, big;
    Interface interfaces[MOST_INTERFACES];
    uint32_t interface_count;
    uint64_t packets, orphans;
    char problem[CAPTURE_PROBLEM];
};

Capture *capture_open(CaptureRead read, void *context) {
    Capture *c = calloc(1, sizeof *c);
    uint8_t *window = malloc(WINDOW);
    if (!c || !window) {
        free(c);
        free(window);
        return NULL;
    }
    c->read = read;
    c->context = context;
    c->window = window;
    return c;
}

void capture_restart(Capture *c, void *context) {
    *c = (Capture){.read = c->read, .window = c->window, .context = context};
}

void capture_close(Capture *c) {
    if (!c) return;
    free(c->window);
    free(c);
}

const char *capture_problem(const Capture *c) {
    return *c->problem ? c->problem : NULL;
}

uint64_t capture_orphans(const Capture *c) {
    return c->orphans;
}

/* ---- the window ---- */

static uint64_t offset(const Capture *c) {
    return c->base + c->at;
}

static bool fail(Capture *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool fail(Capture *c, const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (!*c->problem) vsnprintf(c->problem, sizeof c->problem, format, args);
    va_end(args);
    c->ended = true;
    c->at = c->n;
    return false;
}

static void fill(Capture *c) {
    memmove(c->window, c->window + c->at, c->n - c->at);
    c->base += c->at;
    c->n -= c->at;
    c->at = 0;
    size_t got = c->read(c->context, c->window + c->n, WINDOW - c->n);
    if (!got) c->ended = true;
    c->n += got;
}

/* Whether the next n bytes are in the window; n is at most WINDOW. */
static bool have(Capture *c, size_t n) {
    while (c->n - c->at < n && !c->ended) fill(c);
    return c->n - c->at >= n;
}

static bool skip(Capture *c, uint64_t n) {
    while (n) {
        if (!have(c, 1)) return false;
        size_t step = c->n - c->at < n ? c->n - c->at : (size_t)n;
        c->at += step;
        n -= step;
    }
    return true;
}

static Cur next(Capture *c, size_t n) {
    return cur(span(c->window + c->at, n));
}

static uint32_t get32(const Capture *c, Cur *k) {
    return c->big ? cur_u32be(k) : cur_u32le(k);
}

static uint16_t get16(const Capture *c, Cur *k) {
    return c->big ? cur_u16be(k) : cur_u16le(k);
}

/* ---- time ---- */

static Time time_of(const Interface *i, uint64_t ticks) {
    __int128 ns = (__int128)(ticks % i->per_second) * TIME_SECOND / (__int128)i->per_second +
                  (__int128)(ticks / i->per_second) * TIME_SECOND +
                  (__int128)i->offset * TIME_SECOND;
    if (ns > INT64_MAX) return INT64_MAX;
    return ns < 0 ? 0 : (Time)ns;
}

/* if_tsresol: bit 7 clear means a power of ten, set a power of two. */
static uint64_t resolution(uint8_t code) {
    uint64_t n = 1;
    unsigned power = code & 0x7F;
    if (code & 0x80) return power < 64 ? UINT64_C(1) << power : 0;
    for (unsigned i = 0; i < power; i++)
        if (__builtin_mul_overflow(n, UINT64_C(10), &n)) return 0;
    return n;
}

/* ---- pcap ---- */

static bool begin_pcap(Capture *c, bool big, bool nano) {
    if (!have(c, 24)) return fail(c, "the file ends inside its header");
    c->big = big;
    Cur k = next(c, 24);
    cur_skip(&k, 16);
    uint32_t snaplen = get32(c, &k), link = get32(c, &k);
    c->interfaces[0] = (Interface){.link = link & 0xFFFF, /* above are flags of the FCS */
                                   .snaplen = snaplen,
                                   .per_second = nano ? 1000000000 : 1000000};
    c->interface_count = 1;
    c->at += 24;
    return true;
}

static bool next_pcap(Capture *c, Packet *out) {
    if (!have(c, 16)) {
        if (c->n > c->at)
            fail(c, "the file ends inside a packet's header, at offset %" PRIu64, offset(c));
        return false;
    }
    Cur k = next(c, 16);
    uint32_t seconds = get32(c, &k), fraction = get32(c, &k);
    uint32_t captured = get32(c, &k), length = get32(c, &k);
    if (captured > MOST)
        return fail(c, "a packet of %u bytes cannot be, at offset %" PRIu64, captured, offset(c));
    if (!have(c, 16 + (size_t)captured))
        return fail(c, "the file ends inside a packet, at offset %" PRIu64, offset(c));
    const Interface *i = &c->interfaces[0];
    *out = (Packet){.number = ++c->packets,
                    .time = time_of(i, (uint64_t)seconds * i->per_second + fraction),
                    .link = i->link,
                    .length = length,
                    .bytes = span(c->window + c->at + 16, captured)};
    c->at += 16 + (size_t)captured;
    return true;
}

/* ---- pcapng ---- */

/* A section header says its own byte order, and begins with no interface. */
static bool take_section(Capture *c) {
    if (!have(c, 12)) return fail(c, "the file ends inside a section's header");
    Cur k = next(c, 12);
    cur_skip(&k, 8);
    uint32_t magic = cur_u32le(&k);
    if (magic != ORDER_MAGIC && magic != __builtin_bswap32(ORDER_MAGIC))
        return fail(c, "a section of unknown byte order, at offset %" PRIu64, offset(c));
    c->big = magic != ORDER_MAGIC;
    c->interface_count = 0;
    return true;
}

static void take_options(const Capture *c, Cur k, Interface *i) {
    while (cur_left(&k) >= 4) {
        uint16_t code = get16(c, &k), n = get16(c, &k);
        Cur value = cur(cur_take(&k, n));
        cur_skip(&k, (4 - n % 4) % 4);
        if (code == OPTION_END || value.span.n < n) return;
        if (code == OPTION_TSRESOL && n >= 1) {
            uint64_t ticks = resolution(cur_u8(&value));
            if (ticks) i->per_second = ticks;
        }
        if (code == OPTION_TSOFFSET && n >= 8)
            i->offset = (int64_t)(c->big ? cur_u64be(&value) : cur_u64le(&value));
    }
}

static void take_interface(Capture *c, Cur k) {
    Interface i = {.link = get16(c, &k), .per_second = 1000000};
    cur_skip(&k, 2);
    i.snaplen = get32(c, &k);
    if (k.bad || c->interface_count == MOST_INTERFACES) return;
    take_options(c, k, &i);
    c->interfaces[c->interface_count++] = i;
}

static bool make_packet(Capture *c, uint32_t interface, uint64_t ticks, uint32_t length, Span bytes,
                        Packet *out) {
    c->packets++; /* it counts, as tools number packets, even where we cannot tell what it is */
    if (interface >= c->interface_count) {
        c->orphans++;
        return false;
    }
    const Interface *i = &c->interfaces[interface];
    *out = (Packet){.number = c->packets,
                    .time = time_of(i, ticks),
                    .link = i->link,
                    .length = length,
                    .bytes = bytes};
    return true;
}

/* Enhanced packet block: interface (32 bits). The obsolete one: 16 bits and a drop count. */
static bool take_packet(Capture *c, Cur k, bool obsolete, Packet *out) {
    uint32_t interface = obsolete ? get16(c, &k) : get32(c, &k);
    if (obsolete) cur_skip(&k, 2);
    uint64_t high = get32(c, &k), low = get32(c, &k);
    uint32_t captured = get32(c, &k), length = get32(c, &k);
    Span bytes = cur_take(&k, captured);
    if (k.bad) return false;
    return make_packet(c, interface, high << 32 | low, length, bytes, out);
}

/* A simple packet block has no time, and its captured length is the smaller of two. */
static bool take_simple(Capture *c, Cur k, Packet *out) {
    uint32_t length = get32(c, &k);
    uint32_t snaplen = c->interface_count ? c->interfaces[0].snaplen : 0;
    uint32_t captured = snaplen && snaplen < length ? snaplen : length;
    Span bytes = span_clip(k.span, k.at, captured);
    return !k.bad && make_packet(c, 0, 0, length, bytes, out);
}

static bool take_block(Capture *c, uint32_t type, Cur body, Packet *out) {
    if (type == BLOCK_ENHANCED) return take_packet(c, body, false, out);
    if (type == BLOCK_PACKET) return take_packet(c, body, true, out);
    if (type == BLOCK_SIMPLE) return take_simple(c, body, out);
    if (type == BLOCK_INTERFACE) take_interface(c, body);
    return false;
}

static bool is_held(uint32_t type) {
    return type == BLOCK_ENHANCED || type == BLOCK_PACKET || type == BLOCK_SIMPLE ||
           type == BLOCK_INTERFACE;
}

static bool next_ng(Capture *c, Packet *out) {
    while (have(c, 8)) {
        Cur k = next(c, 8);
        uint32_t type = get32(c, &k);
        if (type == BLOCK_SECTION && !take_section(c)) return false; /* it may turn the order */
        k = next(c, 8);
        cur_skip(&k, 4);
        uint32_t total = get32(c, &k);
        if (total < 12 || total % 4)
            return fail(c, "a block of %u bytes cannot be, at offset %" PRIu64, total, offset(c));
        if (!is_held(type)) {
            if (!skip(c, total)) return fail(c, "the file ends inside a block");
            continue;
        }
        if (total > MOST)
            return fail(c, "a packet block of %u bytes, at offset %" PRIu64, total, offset(c));
        if (!have(c, total))
            return fail(c, "the file ends inside a block, at offset %" PRIu64, offset(c));
        Cur body = cur(span(c->window + c->at + 8, total - 12));
        c->at += total;
        if (take_block(c, type, body, out)) return true;
    }
    if (c->n > c->at) fail(c, "the file ends inside a block, at offset %" PRIu64, offset(c));
    return false;
}

/* ---- both ---- */

static bool begin(Capture *c) {
    c->begun = true;
    if (!have(c, 4)) return fail(c, "the file is too short for a capture");
    Cur k = next(c, 4);
    switch (cur_u32le(&k)) {
    case 0xA1B2C3D4: return begin_pcap(c, false, false);
    case 0xD4C3B2A1: return begin_pcap(c, true, false);
    case 0xA1B23C4D: return begin_pcap(c, false, true);
    case 0x4D3CB2A1: return begin_pcap(c, true, true);
    case BLOCK_SECTION: return c->ng = true;
    default: return fail(c, "it is neither pcap nor pcapng");
    }
}

bool capture_next(Capture *c, Packet *out) {
    if (!c->begun && !begin(c)) return false;
    return c->ng ? next_ng(c, out) : next_pcap(c, out);
}
