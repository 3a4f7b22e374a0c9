/* Link layers, by LINKTYPE_ number (draft-ietf-opsawg-pcaplinktype). */
#include "wire/decode.h"

enum {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_PPP = 9,
    LINK_RAW_OLD = 12,
    LINK_RAW_OPENBSD = 14,
    LINK_PPP_HDLC = 50,
    LINK_RAW = 101,
    LINK_CHDLC = 104,
    LINK_LOOP = 108,
    LINK_COOKED = 113,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_COOKED2 = 276,
};

enum {
    TYPE_IPV4 = 0x0800,
    TYPE_IPV6 = 0x86DD,
    TYPE_VLAN = 0x8100,
    TYPE_QINQ = 0x88A8,
    TYPE_QINQ_OLD = 0x9100,
    TYPE_QINQ_OLDER = 0x9200,
    TYPE_MPLS = 0x8847,
    TYPE_MPLS_UPSTREAM = 0x8848,
    TYPE_PPPOE = 0x8864,
    TYPE_ETHERNET = 0x6558, /* transparent Ethernet bridging */
    MOST_LENGTH = 1500,     /* below it is an IEEE 802.3 length */
    MOST_TAGS = 8,
};

static Span rest(Cur *c) {
    return span_clip(c->span, c->at, c->span.n);
}

/* Labels until the one with the bottom-of-stack bit; what follows says itself what it is. */
static void mpls_decode(Decoder *d, Cur c) {
    for (unsigned i = 0; i < MOST_TAGS; i++) {
        uint32_t label = cur_u32be(&c);
        if (c.bad) return;
        if (label & 0x100) {
            ip_decode(d, rest(&c));
            return;
        }
    }
}

static void ppp_decode(Decoder *d, Cur c) {
    uint16_t protocol = cur_u16be(&c);
    if (protocol == 0xFF03) protocol = cur_u16be(&c); /* HDLC's address and control */
    if (!c.bad && (protocol == 0x0021 || protocol == 0x0057)) ip_decode(d, rest(&c));
    else d->not_understood++;
}

static void llc_decode(Decoder *d, Cur c) {
    uint32_t head = (uint32_t)cur_be(&c, 3);
    cur_skip(&c, 3); /* organization */
    uint16_t type = cur_u16be(&c);
    if (head == 0xAAAA03) ethertype_decode(d, type, rest(&c));
    else d->not_understood++;
}

void ethertype_decode(Decoder *d, uint16_t type, Span bytes) {
    Cur c = cur(bytes);
    for (unsigned tags = 0; tags < MOST_TAGS; tags++) {
        if (type != TYPE_VLAN && type != TYPE_QINQ && type != TYPE_QINQ_OLD &&
            type != TYPE_QINQ_OLDER)
            break;
        cur_skip(&c, 2);
        type = cur_u16be(&c);
        if (c.bad) return;
    }
    if (type == TYPE_IPV4 || type == TYPE_IPV6) ip_decode(d, rest(&c));
    else if (type == TYPE_MPLS || type == TYPE_MPLS_UPSTREAM) mpls_decode(d, c);
    else if (type == TYPE_ETHERNET) ethernet_decode(d, rest(&c));
    else if (type == TYPE_PPPOE) {
        cur_skip(&c, 6);
        ppp_decode(d, c);
    } else if (type <= MOST_LENGTH) llc_decode(d, c);
    else d->not_understood++;
}

/* An EtherType behind n bytes. */
static void skip_and_decode(Decoder *d, Cur c, unsigned n) {
    cur_skip(&c, n);
    uint16_t type = cur_u16be(&c);
    if (!c.bad) ethertype_decode(d, type, rest(&c));
}

void ethernet_decode(Decoder *d, Span frame) {
    skip_and_decode(d, cur(frame), 12);
}

void link_decode(Decoder *d, uint32_t link, Span bytes) {
    Cur c = cur(bytes);
    switch (link) {
    case LINK_ETHERNET: ethernet_decode(d, bytes); break;
    case LINK_NULL: /* the sender's AF_ number in its byte order; the IP header says the same */
    case LINK_LOOP:
        cur_skip(&c, 4);
        ip_decode(d, rest(&c));
        break;
    case LINK_RAW:
    case LINK_RAW_OLD:
    case LINK_RAW_OPENBSD:
    case LINK_IPV4:
    case LINK_IPV6: ip_decode(d, bytes); break;
    case LINK_PPP:
    case LINK_PPP_HDLC: ppp_decode(d, c); break;
    case LINK_CHDLC: skip_and_decode(d, c, 2); break;
    case LINK_COOKED: skip_and_decode(d, c, 14); break;
    case LINK_COOKED2: {
        uint16_t type = cur_u16be(&c);
        cur_skip(&c, 18);
        ethertype_decode(d, type, rest(&c));
        break;
    }
    default: d->not_understood++;
    }
}
