#include "guest/inet/capture.h"
#include "base/hash.h"
#include <stdlib.h>

enum {
    ETHERTYPE_IP4 = 0x0800,
    ETHERTYPE_IP6 = 0x86dd,
    ICMP = 1,
    TCP = 6,
    UDP = 17,
    SEGMENT = 1460,
    FRAME_MOST = 65535,
    WINDOW = 64240,
    TTL = 128,
    TTL_THERE = 53,
};

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

bool capture_wanted(const Machine *m) {
    return m->config->capture;
}

/* ---- frames ---- */

static void put16(Buf *b, unsigned v) {
    buf_byte(b, (uint8_t)(v >> 8));
    buf_byte(b, (uint8_t)v);
}

static void put32(Buf *b, uint32_t v) {
    put16(b, v >> 16);
    put16(b, v & 0xffff);
}

/* RFC 1071: the sum of 16-bit words, with carries added again. */
static uint32_t add_words(uint32_t sum, Span s) {
    for (size_t i = 0; i < s.n; i += 2)
        sum += (uint32_t)s.p[i] << 8 | (i + 1 < s.n ? s.p[i + 1] : 0u);
    return sum;
}

static unsigned fold(uint32_t sum) {
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

static void set16(Buf *b, size_t at, unsigned v) {
    b->p[at] = (uint8_t)(v >> 8);
    b->p[at + 1] = (uint8_t)v;
}

/* The hardware address of a side: the adapter's, or the router's. */
static void put_mac(Buf *b, const Machine *m, const Address *ip) {
    uint8_t mac[MAC_SIZE];
    Address router = *ip;
    for (const WorldItem *i = world_first(m->world, FACT_mac); i; i = world_next(i)) {
        Address own;
        const char *text = item_text(i, FACT_mac_ip);
        if (!text || !address_parse(text, &own) || !address_same_ip(&own, ip)) continue;
        buf_add(b, item_value(i, FACT_mac)->bytes);
        return;
    }
    inet_gateway(m, &router);
    inet_router_mac(&router, mac);
    buf_add(b, span(mac, sizeof mac));
}

static void put_ip4(Buf *b, const Machine *m, const Address *from, const Address *to,
                    uint8_t protocol, size_t size) {
    size_t at = b->n;
    buf_byte(b, 0x45);
    buf_byte(b, 0);
    put16(b, (unsigned)(20 + size));
    put16(b, m->capture_number & 0xffff);
    put16(b, 0x4000); /* do not fragment */
    buf_byte(b, inet_is_own(m, from) ? TTL : TTL_THERE);
    buf_byte(b, protocol);
    put16(b, 0);
    buf_add(b, address_ip(from));
    buf_add(b, address_ip(to));
    if (!b->full) set16(b, at + 10, fold(add_words(0, span(b->p + at, 20))));
}

static void put_ip6(Buf *b, const Address *from, const Address *to, uint8_t protocol, size_t size) {
    put32(b, 0x60000000);
    put16(b, (unsigned)size);
    buf_byte(b, protocol);
    buf_byte(b, TTL);
    buf_add(b, address_ip(from));
    buf_add(b, address_ip(to));
}

/* The sum of TCP and UDP covers the addresses (RFC 9293 3.1, RFC 768). */
static unsigned checksum(const Address *from, const Address *to, uint8_t protocol, Span segment) {
    uint32_t sum = (uint32_t)segment.n + protocol;
    sum = add_words(sum, address_ip(from));
    sum = add_words(sum, address_ip(to));
    return fold(add_words(sum, segment));
}

/* `checksum_at`: its place in the segment; none for ICMP's addresses. */
static void send_frame(Machine *m, const Address *from, const Address *to, uint8_t protocol,
                       Buf *segment, size_t checksum_at) {
    Buf b = buf_new(FRAME_MOST);
    if (segment->full) return;
    unsigned sum = protocol == ICMP ? fold(add_words(0, buf_span(segment)))
                                    : checksum(from, to, protocol, buf_span(segment));
    set16(segment, checksum_at, protocol == UDP && !sum ? 0xffff : sum);
    bool ip6 = from->family == FAMILY_IP6;
    put_mac(&b, m, to);
    put_mac(&b, m, from);
    put16(&b, ip6 ? ETHERTYPE_IP6 : ETHERTYPE_IP4);
    m->capture_number++;
    if (ip6) put_ip6(&b, from, to, protocol, segment->n);
    else put_ip4(&b, m, from, to, protocol, segment->n);
    buf_add(&b, buf_span(segment));
    NetFrame frame = {.time = machine_time(m),
                      .link = NET_LINK_ETHERNET,
                      .length = (uint32_t)b.n,
                      .bytes = buf_span(&b)};
    if (!b.full) sink_packet(m->sink, &frame);
    buf_free(&b);
}

void capture_udp(Machine *m, const Address *from, const Address *to, Span bytes) {
    enum { CHECKSUM = 6, HEAD = 8 };
    if (!capture_wanted(m)) return;
    Address a = address_unmapped(from), z = address_unmapped(to);
    Buf s = buf_new(FRAME_MOST);
    put16(&s, a.port);
    put16(&s, z.port);
    put16(&s, (unsigned)(HEAD + bytes.n));
    put16(&s, 0);
    buf_add(&s, bytes);
    send_frame(m, &a, &z, UDP, &s, CHECKSUM);
    buf_free(&s);
}

void capture_icmp(Machine *m, const Address *from, const Address *to, uint8_t type, uint16_t number,
                  Span bytes) {
    enum { CHECKSUM = 2 };
    if (!capture_wanted(m)) return;
    Buf s = buf_new(FRAME_MOST);
    buf_byte(&s, type);
    buf_byte(&s, 0);
    put16(&s, 0);
    put16(&s, 1);
    put16(&s, number);
    buf_add(&s, bytes);
    send_frame(m, from, to, ICMP, &s, CHECKSUM);
    buf_free(&s);
}

/* ---- connections ---- */

static void send_segment(Machine *m, Flow *f, unsigned side, unsigned flags, Span bytes) {
    enum { CHECKSUM = 16, WORDS = 5, WORDS_SYN = 6 };
    static const uint8_t segment_option[] = {2, 4, SEGMENT >> 8, SEGMENT & 0xff};
    bool syn = flags & SYN;
    Buf s = buf_new(FRAME_MOST);
    put16(&s, f->end[side].port);
    put16(&s, f->end[!side].port);
    put32(&s, f->next[side]);
    put32(&s, flags & ACK ? f->next[!side] : 0);
    put16(&s, (syn ? WORDS_SYN : WORDS) << 12 | flags);
    put16(&s, WINDOW);
    put32(&s, 0);
    if (syn) buf_add(&s, span(segment_option, sizeof segment_option));
    buf_add(&s, bytes);
    send_frame(m, &f->end[side], &f->end[!side], TCP, &s, CHECKSUM);
    f->next[side] += (uint32_t)bytes.n + (flags & (SYN | FIN) ? 1 : 0);
    buf_free(&s);
}

/* Where sequences begin follows from who connects. */
Flow *capture_connect(Machine *m, const Address *guest, const Address *peer) {
    Flow *f = capture_wanted(m) ? calloc(1, sizeof *f) : NULL;
    if (!f) return NULL;
    f->end[0] = address_unmapped(guest);
    f->end[1] = address_unmapped(peer);
    for (unsigned side = 0; side < 2; side++) {
        uint8_t raw[SOCKADDR_SIZE6];
        address_write(&f->end[side], raw);
        f->next[side] = hash_crc32(span(raw, sizeof raw)) ^ f->end[!side].port;
    }
    send_segment(m, f, 0, SYN, (Span){0});
    return f;
}

void capture_connected(Machine *m, Flow *f) {
    if (!f) return;
    send_segment(m, f, 1, SYN | ACK, (Span){0});
    send_segment(m, f, 0, ACK, (Span){0});
}

void capture_refused(Machine *m, Flow *f) {
    if (f) send_segment(m, f, 1, RST | ACK, (Span){0});
}

void capture_bytes(Machine *m, Flow *f, unsigned side, Span bytes) {
    if (!f || f->ended[side]) return;
    for (size_t at = 0; at < bytes.n; at += SEGMENT) {
        Span piece = span_clip(bytes, at, SEGMENT);
        send_segment(m, f, side, ACK | (at + piece.n == bytes.n ? PSH : 0u), piece);
    }
    if (side && bytes.n) send_segment(m, f, 0, ACK, (Span){0});
}

void capture_acknowledged(Machine *m, Flow *f) {
    if (f && !f->ended[1]) send_segment(m, f, 1, ACK, (Span){0});
}

void capture_end(Machine *m, Flow *f, unsigned side, bool reset) {
    if (!f || f->ended[side]) return;
    f->ended[side] = true;
    send_segment(m, f, side, reset ? RST | ACK : FIN | ACK, (Span){0});
    if (reset) f->ended[!side] = true;
    else send_segment(m, f, !side, ACK, (Span){0});
}
