/* Adapters: the tables of NDIS (nsi.h). */
#include "base/hash.h"
#include "base/text.h"
#include "guest/ask.h"
#include "guest/device/nsi.h"
#include <stdio.h>
#include <stdlib.h>

enum { LOOPBACK_INDEX = 1, FIRST_INDEX = 5, LUID_INDEX = 32768 };

/* ---- which there are ---- */

static bool is_wireless(const WorldItem *i) {
    const char *name = item_text(i, FACT_mac_name), *text = item_text(i, FACT_mac_description);
    return text_match("*Wi-Fi*", name ? name : "") || text_match("*Wireless*", text ? text : "");
}

static uint64_t luid(uint32_t type, uint32_t index) {
    return (uint64_t)type << 48 | (uint64_t)index << 24;
}

bool nsi_adapter(const Machine *m, size_t number, Adapter *out) {
    size_t n = 0;
    for (const WorldItem *i = world_first(m->world, FACT_mac); i; i = world_next(i), n++) {
        if (n != number) continue;
        *out = (Adapter){.item = i, .index = FIRST_INDEX + 2 * (uint32_t)n};
        out->type = is_wireless(i) ? IF_TYPE_WIRELESS : IF_TYPE_ETHERNET;
        out->luid = luid(out->type, LUID_INDEX + (uint32_t)n);
        return true;
    }
    *out = (Adapter){.index = LOOPBACK_INDEX, .type = IF_TYPE_LOOPBACK};
    out->luid = luid(IF_TYPE_LOOPBACK, 0);
    return n == number;
}

static uint32_t prefix_of(const WorldItem *i) {
    Address mask;
    uint32_t bits = 0;
    const char *text = item_text(i, FACT_mac_mask);
    if (!text || !address_parse(text, &mask)) return 24;
    for (size_t n = 0; n < 32; n++) bits += mask.ip[n / 8] >> (7 - n % 8) & 1;
    return bits;
}

/* fe80:: with an identifier that follows from the hardware address, as Windows makes random ones
 * that stay. */
static Address link_local(const WorldItem *i) {
    Address a = {.family = FAMILY_IP6, .ip = {0xfe, 0x80}};
    uint8_t digest[32];
    hash_sha256(item_value(i, FACT_mac)->bytes, digest);
    memcpy(a.ip + 8, digest, 8);
    return a;
}

static bool loopback_address(uint16_t family, Address *ip, uint32_t *prefix) {
    bool ip6 = family == FAMILY_IP6;
    *ip = ip6 ? (Address){.family = FAMILY_IP6, .ip = {[15] = 1}} : address_ip4(127, 0, 0, 1, 0);
    *prefix = ip6 ? 128 : 8;
    return true;
}

bool nsi_adapter_address(const Machine *m, const Adapter *a, uint16_t family, Address *ip,
                         uint32_t *prefix) {
    if (!a->item) return loopback_address(family, ip, prefix);
    const char *text = ask_item_text(m, a->item, FACT_mac_ip);
    if (!text || !*text || !address_parse(text, ip)) return false;
    *prefix = family == FAMILY_IP6 ? 64 : prefix_of(a->item);
    if (family == FAMILY_IP6) *ip = link_local(a->item);
    ip->scope = family == FAMILY_IP6 ? a->index : 0;
    return true;
}

/* ---- parts of rows ---- */

/* IF_COUNTED_STRING: bytes of text, and room for 257 units. */
static void put_counted(NsiRows *r, NsiPart part, const char *text) {
    enum { ROOM = 514 };
    Span wide = text_to_utf16(r->arena, span_str(text ? text : ""));
    size_t n = wide.n < ROOM - 2 ? wide.n : ROOM - 2;
    buf_le(&r->part[part], n, 2);
    uint8_t *p = buf_space(&r->part[part], ROOM);
    if (p && n) memcpy(p, wide.p, n);
}

/* IF_PHYSICAL_ADDRESS. */
static void put_physical(NsiRows *r, NsiPart part, Span mac) {
    enum { ROOM = 32 };
    buf_le(&r->part[part], mac.n, 2);
    uint8_t *p = buf_space(&r->part[part], ROOM);
    if (p && mac.n && mac.n <= ROOM) memcpy(p, mac.p, mac.n);
}

/* A GUID's first three fields are numbers in little-endian order. */
static void put_guid(NsiRows *r, NsiPart part, const Adapter *a) {
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    char text[WORLD_GUID_SIZE] = "{5b0a6eb5-6cd4-11ee-b1ef-806e6f6e6963}";
    uint8_t bytes[16] = {0};
    if (a->item) world_adapter_guid(a->item, text);
    for (size_t i = 0, n = 0; text[i] && n < 16; i++) {
        unsigned v;
        if (!strchr("{}-", text[i]) && sscanf(text + i++, "%2x", &v) == 1) bytes[n++] = (uint8_t)v;
    }
    for (size_t i = 0; i < 16; i++) buf_byte(&r->part[part], bytes[order[i]]);
}

static Span mac_of(const Machine *m, const Adapter *a) {
    if (!a->item) return (Span){0};
    ask_item(m, a->item, FACT_mac);
    return item_value(a->item, FACT_mac)->bytes;
}

/* nsi_ndis_ifinfo_rw: network, status, alias, physical address, a second name. */
static void put_rw(NsiRows *r, const Adapter *a) {
    enum { ADMIN_UP = 1 };
    Buf *b = &r->part[NSI_RW];
    const char *alias =
        a->item ? ask_item_text(r->machine, a->item, FACT_mac_name) : "Loopback Pseudo-Interface 1";
    put_guid(r, NSI_RW, a);
    buf_le(b, ADMIN_UP, 4);
    put_counted(r, NSI_RW, alias);
    put_physical(r, NSI_RW, mac_of(r->machine, a));
    buf_le(b, 0, 2);
    put_counted(r, NSI_RW, "");
    buf_le(b, 0, 4);
}

static bool has_link(const Machine *m, const Adapter *a) {
    Address ip;
    uint32_t prefix;
    return nsi_adapter_address(m, a, FAMILY_IP4, &ip, &prefix);
}

/* nsi_ndis_ifinfo_dynamic: status, flags, medium, MTU, speeds, counters. What went through follows
 * from how long the computer has been running. */
static void put_dynamic(NsiRows *r, const Adapter *a) {
    enum { UP = 1, DOWN = 2, CONNECTED = 1, DISCONNECTED = 2, MTU = 1500 };
    enum { SIZE = 216, BYTES_IN = 80, PACKETS_IN = 88, BYTES_OUT = 112, PACKETS_OUT = 120 };
    const uint64_t gigabit = 1000000000, loopback = 1073741824;
    Buf *b = &r->part[NSI_DYNAMIC];
    bool link = has_link(r->machine, a);
    buf_le(b, link ? UP : DOWN, 4);
    buf_le(b, 0, 4);
    buf_le(b, link ? CONNECTED : DISCONNECTED, 4);
    buf_le(b, 0, 4);
    buf_le(b, a->item ? MTU : UINT32_MAX, 4);
    buf_le(b, 0, 4);
    buf_le(b, a->item ? gigabit : loopback, 8);
    buf_le(b, a->item ? gigabit : loopback, 8);
    uint64_t seconds = (r->machine->uptime + machine_now(r->machine)) / (uint64_t)TIME_SECOND;
    uint64_t in = a->item && link ? seconds * 21913 : 0, out = in / 9;
    const struct {
        unsigned at;
        uint64_t value;
    } counters[] = {
        {BYTES_IN, in}, {PACKETS_IN, in / 1130}, {BYTES_OUT, out}, {PACKETS_OUT, out / 210}};
    for (size_t i = 0; i < 4; i++) {
        while (b->n < counters[i].at && !b->full) buf_le(b, 0, 8);
        buf_le(b, counters[i].value, 8);
    }
    while (b->n < SIZE && !b->full) buf_le(b, 0, 8);
}

/* nsi_ndis_ifinfo_static: index, description, kinds, GUID, permanent address, medium. */
static void put_static(NsiRows *r, const Adapter *a) {
    enum {
        BROADCAST = 2,
        LOOPBACK = 1,
        DEDICATED = 1,
        HARDWARE = 1,
        WIRED = 14,
        NATIVE_802_11 = 9
    };
    Buf *b = &r->part[NSI_STATIC];
    const char *text = a->item ? ask_item_text(r->machine, a->item, FACT_mac_description)
                               : "Software Loopback Interface 1";
    buf_le(b, a->index, 4);
    put_counted(r, NSI_STATIC, text);
    buf_le(b, a->type, 4);
    buf_le(b, a->item ? BROADCAST : LOOPBACK, 4);
    buf_le(b, 0, 4);
    buf_le(b, DEDICATED, 4);
    put_guid(r, NSI_STATIC, a);
    buf_le(b, a->item != NULL, 2);
    put_physical(r, NSI_STATIC, mac_of(r->machine, a));
    buf_le(b, a->item ? HARDWARE : 0, 4);
    buf_le(b, 0, 4);
    buf_le(b, !a->item ? 0 : a->type == IF_TYPE_WIRELESS ? NATIVE_802_11 : WIRED, 4);
}

/* ---- the tables ---- */

static void adapters(NsiRows *r) {
    Adapter a;
    for (size_t i = 0; nsi_adapter(r->machine, i, &a); i++) {
        buf_le(&r->part[NSI_KEY], a.luid, 8);
        put_rw(r, &a);
        put_dynamic(r, &a);
        put_static(r, &a);
        nsi_row_done(r);
    }
}

static void indexes(NsiRows *r) {
    Adapter a;
    for (size_t i = 0; nsi_adapter(r->machine, i, &a); i++) {
        buf_le(&r->part[NSI_KEY], a.index, 4);
        buf_le(&r->part[NSI_STATIC], a.luid, 8);
        nsi_row_done(r);
    }
}

const NsiTable nsi_adapter_tables[] = {
    {NSI_NDIS, 0, adapters},
    {NSI_NDIS, 2, indexes},
    {0},
};
