/* IPv4 (RFC 791) and IPv6 with its extension headers (RFC 8200). */
#include "wire/decode.h"

enum {
    IP_HOP_BY_HOP = 0,
    IP_IPV4 = 4,
    IP_IPV6 = 41,
    IP_ROUTING = 43,
    IP_FRAGMENT = 44,
    IP_AUTHENTICATION = 51,
    IP_NO_NEXT = 59,
    IP_OPTIONS = 60,
    MOST_DEPTH = 8,      /* tunnels in tunnels */
    MOST_EXTENSIONS = 16 /* headers */
};

/* ---- checksums ---- */

uint64_t ip_sum(uint64_t sum, Span bytes) {
    const uint8_t *p = bytes.p;
    size_t n = bytes.n;
    for (; n >= 8; p += 8, n -= 8) { /* 32 bits at a time: the carries gather above */
        uint32_t a, b;
        memcpy(&a, p, 4);
        memcpy(&b, p + 4, 4);
        sum += (uint64_t)a + b;
    }
    uint8_t tail[8] = {0};
    if (n) memcpy(tail, p, n);
    uint32_t a, b;
    memcpy(&a, tail, 4);
    memcpy(&b, tail + 4, 4);
    return sum + a + b;
}

uint16_t ip_fold(uint64_t sum) {
    sum = (sum & UINT32_MAX) + (sum >> 32);
    sum = (sum & UINT32_MAX) + (sum >> 32);
    sum = (sum & UINT16_MAX) + (sum >> 16);
    sum = (sum & UINT16_MAX) + (sum >> 16);
    return (uint16_t)sum;
}

uint64_t ip_pseudo_sum(const Datagram *d) {
    /* An IPv4 address as ::ffff:a.b.c.d would add FFFFh, which is zero in this arithmetic. */
    uint8_t tail[8] = {(uint8_t)(d->length >> 24),
                       (uint8_t)(d->length >> 16),
                       (uint8_t)(d->length >> 8),
                       (uint8_t)d->length,
                       0,
                       0,
                       0,
                       d->protocol};
    uint64_t sum = ip_sum(0, span(&d->source, 16));
    sum = ip_sum(sum, span(&d->destination, 16));
    return ip_sum(sum, span(tail, 8));
}

/* ---- what is inside ---- */

static void deliver(Decoder *d, const Datagram *datagram) {
    if (d->seen) d->seen(d->context, datagram, false);
    if (datagram->protocol == IP_IPV4 || datagram->protocol == IP_IPV6)
        ip_decode(d, datagram->payload);
    else if (!tunnel_decode(d, datagram)) d->deliver(d->context, datagram);
}

/* A fragment may complete its datagram, in several ways where fragments contradict each other. */
static void take_fragment(Decoder *d, const Datagram *datagram, uint32_t id, uint32_t offset,
                          bool more) {
    Fragment f = {.source = datagram->source,
                  .destination = datagram->destination,
                  .id = id,
                  .protocol = datagram->protocol,
                  .offset = offset,
                  .more = more,
                  .broken = datagram->broken,
                  .ttl = datagram->ttl,
                  .bytes = datagram->payload,
                  .frame = d->frame,
                  .time = d->time};
    if (d->seen) d->seen(d->context, datagram, true);
    if (datagram->cut || !d->frags) return; /* what the capture lacks cannot be put together */
    FragResult whole;
    if (!frags_take(d->frags, &f, &whole)) return;
    for (unsigned i = 0; i < whole.count; i++) {
        Datagram one = *datagram;
        one.payload = whole.readings[i];
        one.length = (uint32_t)one.payload.n;
        one.ttl = whole.ttl;
        deliver(d, &one);
    }
    frags_release(d->frags, &whole);
}

static Datagram clip_payload(Datagram datagram, Span rest, uint32_t length) {
    datagram.payload = span_clip(rest, 0, length);
    datagram.length = length;
    datagram.cut = datagram.payload.n < length;
    return datagram;
}

static void ipv4_decode(Decoder *d, Span packet) {
    Cur c = cur(packet);
    uint8_t first = cur_u8(&c);
    size_t header = (size_t)(first & 15) * 4;
    cur_skip(&c, 1);
    uint32_t total = cur_u16be(&c);
    uint16_t id = cur_u16be(&c), fragment = cur_u16be(&c);
    Datagram out = {.ttl = cur_u8(&c)};
    out.protocol = cur_u8(&c);
    uint16_t checksum = cur_u16be(&c);
    out.source = address_v4(cur_take(&c, 4));
    out.destination = address_v4(cur_take(&c, 4));
    if (c.bad || header < 20 || header > packet.n) return;
    if (!total) total = (uint32_t)packet.n; /* left to the card that splits it into segments */
    if (total < header) return;
    /* zero: left to the card */
    out.broken = checksum && ip_fold(ip_sum(0, span_clip(packet, 0, header))) != UINT16_MAX;
    out = clip_payload(out, span_clip(packet, header, packet.n), total - (uint32_t)header);
    bool more = fragment & 0x2000;
    uint32_t offset = (fragment & 0x1FFFu) * 8;
    if (more || offset) take_fragment(d, &out, id, offset, more);
    else deliver(d, &out);
}

static bool is_extension(uint8_t protocol) {
    return protocol == IP_HOP_BY_HOP || protocol == IP_ROUTING || protocol == IP_OPTIONS ||
           protocol == IP_AUTHENTICATION;
}

static void ipv6_decode(Decoder *d, Span packet) {
    Cur c = cur(packet);
    cur_skip(&c, 4);
    uint32_t length = cur_u16be(&c);
    Datagram out = {.protocol = cur_u8(&c)};
    out.ttl = cur_u8(&c);
    out.source = address_v6(cur_take(&c, 16));
    out.destination = address_v6(cur_take(&c, 16));
    if (c.bad) return;
    if (!length) length = (uint32_t)(packet.n - c.at); /* a jumbogram, or left to the card */
    uint64_t end = c.at + length;
    for (unsigned i = 0; i < MOST_EXTENSIONS && is_extension(out.protocol); i++) {
        bool authentication = out.protocol == IP_AUTHENTICATION;
        out.protocol = cur_u8(&c);
        unsigned units = cur_u8(&c);
        cur_skip(&c, authentication ? (units + 2) * 4 - 2 : (units + 1) * 8 - 2);
        if (c.bad || c.at > end) return;
    }
    if (out.protocol == IP_FRAGMENT) {
        uint8_t inner = cur_u8(&c);
        cur_skip(&c, 1);
        uint16_t where = cur_u16be(&c);
        uint32_t id = cur_u32be(&c);
        if (c.bad || c.at > end) return;
        out.protocol = inner;
        out = clip_payload(out, span_clip(packet, c.at, packet.n), (uint32_t)(end - c.at));
        take_fragment(d, &out, id, where & 0xFFF8u, where & 1);
        return;
    }
    if (out.protocol == IP_NO_NEXT) return;
    out = clip_payload(out, span_clip(packet, c.at, packet.n), (uint32_t)(end - c.at));
    deliver(d, &out);
}

void ip_decode(Decoder *d, Span packet) {
    if (!packet.n || d->depth == MOST_DEPTH) return;
    d->depth++;
    if (packet.p[0] >> 4 == 4) ipv4_decode(d, packet);
    else if (packet.p[0] >> 4 == 6) ipv6_decode(d, packet);
    else d->not_understood++;
    d->depth--;
}
