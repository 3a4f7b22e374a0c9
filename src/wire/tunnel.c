/* GRE (RFC 2784, 2890; ERSPAN type II as Cisco writes it) and VXLAN (RFC 7348). */
#include "wire/decode.h"

enum {
    IP_GRE = 47,
    PORT_VXLAN = 4789,
    GRE_CHECKSUM = 0x8000,
    GRE_ROUTING = 0x4000,
    GRE_KEY = 0x2000,
    GRE_SEQUENCE = 0x1000,
    GRE_VERSION = 7,
    GRE_ERSPAN2 = 0x88BE,
};

static bool gre_decode(Decoder *d, Span bytes) {
    Cur c = cur(bytes);
    uint16_t flags = cur_u16be(&c), type = cur_u16be(&c);
    if (c.bad || (flags & GRE_VERSION)) return false;
    if (flags & (GRE_CHECKSUM | GRE_ROUTING)) cur_skip(&c, 4);
    if (flags & GRE_KEY) cur_skip(&c, 4);
    if (flags & GRE_SEQUENCE) cur_skip(&c, 4);
    bool erspan = type == GRE_ERSPAN2;
    if (erspan && (flags & GRE_SEQUENCE)) cur_skip(&c, 8); /* without a number it is type I */
    if (c.bad) return false;
    Span inner = span_clip(bytes, c.at, bytes.n);
    if (erspan) ethernet_decode(d, inner);
    else ethertype_decode(d, type, inner);
    return true;
}

static bool vxlan_decode(Decoder *d, Span bytes) {
    Cur c = cur(bytes);
    cur_skip(&c, 2);
    uint16_t to = cur_u16be(&c);
    cur_skip(&c, 4);
    uint8_t flags = cur_u8(&c);
    cur_skip(&c, 7);
    if (c.bad || to != PORT_VXLAN || !(flags & 0x08)) return false; /* I: the network is named */
    ethernet_decode(d, span_clip(bytes, c.at, bytes.n));
    return true;
}

bool tunnel_decode(Decoder *d, const Datagram *datagram) {
    if (datagram->protocol == IP_GRE) return gre_decode(d, datagram->payload);
    if (datagram->protocol == IP_UDP) return vxlan_decode(d, datagram->payload);
    return false;
}
