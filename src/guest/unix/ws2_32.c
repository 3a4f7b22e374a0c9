/* ws2_32.dll's Unix half: names and addresses. Results are winsock's error codes. */
#include "base/text.h"
#include "guest/inet/dns.h"
#include "guest/unix/unix.h"
#include <stdio.h>
#include <stdlib.h>

enum {
    ERROR_INSUFFICIENT_BUFFER = 122,
    WSAEFAULT = 10014,
    WSAEAFNOSUPPORT = 10047,
    WSAHOST_NOT_FOUND = 11001,
    WSATRY_AGAIN = 11002,
    WSANO_DATA = 11004,
    WSATYPE_NOT_FOUND = 10109,
};

enum { NAME_ROOM = 1025, RESULT_MOST = 16384 };

static Machine *machine_of(const UnixCall *c) {
    return c->process->machine;
}

static char *text_at(const UnixCall *c, uint64_t address) {
    return address ? guest_string8(c->process, &machine_of(c)->scratch, address, NAME_ROOM) : NULL;
}

static uint32_t error_of(NameAnswer answer) {
    switch (answer) {
    case NAME_FOUND: return 0;
    case NAME_NO_DATA: return WSANO_DATA;
    default: return WSAHOST_NOT_FOUND;
    }
}

/* ---- results: structures with what they point at behind them ---- */

typedef struct {
    const UnixCall *call;
    uint64_t base; /* where they will lie in the guest */
    Buf bytes;
} Result;

static Result result_new(const UnixCall *c, uint64_t base) {
    return (Result){c, base, buf_new(RESULT_MOST)};
}

static void put_pointer_to(Result *r, size_t at) {
    buf_le(&r->bytes, at ? r->base + at : 0, r->call->process->pointer);
}

static void set_pointer_to(Result *r, size_t where, size_t at) {
    uint64_t v = r->base + at;
    for (unsigned i = 0; i < r->call->process->pointer && where + i < r->bytes.n; i++)
        r->bytes.p[where + i] = (uint8_t)(v >> (8 * i));
}

static void align(Result *r) {
    while (r->bytes.n % r->call->process->pointer && !r->bytes.full) buf_byte(&r->bytes, 0);
}

/* Copies it out where it fits; *size tells how much it needs where it does not. */
static uint32_t give(Result *r, uint64_t size_at) {
    Process *p = r->call->process;
    uint32_t room = 0, status = WSAEFAULT;
    if (guest_get_u32(p, size_at, &room)) {
        bool fits = !r->bytes.full && r->bytes.n <= room;
        if (!fits) status = ERROR_INSUFFICIENT_BUFFER;
        if (!fits) guest_put_u32(p, size_at, (uint32_t)r->bytes.n);
        else if (guest_write(p, r->base, r->bytes.p, r->bytes.n)) status = 0;
    }
    buf_free(&r->bytes);
    return status;
}

/* ---- getaddrinfo ---- */

typedef struct {
    uint32_t flags, family, type, protocol;
} Hints;

typedef struct {
    const char *name;
    uint16_t port;
} Service;

static const Service services[] = {
    {"ftp", 21},    {"ssh", 22},    {"telnet", 23}, {"smtp", 25},
    {"domain", 53}, {"http", 80},   {"pop3", 110},  {"ntp", 123},
    {"imap", 143},  {"ldap", 389},  {"https", 443}, {"submission", 587},
    {"ldaps", 636}, {"imaps", 993}, {"pop3s", 995}, {"ms-sql-s", 1433},
};

static bool port_of(const char *service, uint16_t *out) {
    char *end;
    if (!service || !*service) return true;
    unsigned long n = strtoul(service, &end, 10);
    *out = (uint16_t)n;
    if (!*end) return true;
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        if (strcasecmp(service, services[i].name)) continue;
        *out = services[i].port;
        return true;
    }
    return false;
}

enum { AI_PASSIVE = 1, AI_CANONNAME = 2, AI_NUMERICHOST = 4 };

static NameResult no_node(const Hints *h) {
    NameResult r = {.answer = NAME_FOUND};
    bool passive = h->flags & AI_PASSIVE;
    if (h->family != FAMILY_IP4)
        r.address[r.count++] = (Address){.family = FAMILY_IP6, .ip = {[15] = !passive}};
    if (h->family != FAMILY_IP6)
        r.address[r.count++] = passive ? address_ip4(0, 0, 0, 0, 0) : address_ip4(127, 0, 0, 1, 0);
    return r;
}

static NameResult addresses_of(UnixCall *c, const char *node, const Hints *h) {
    Address a;
    if (!node) return no_node(h);
    if (address_parse(node, &a)) {
        if (h->family && h->family != a.family) return (NameResult){.answer = NAME_UNKNOWN};
        return (NameResult){.answer = NAME_FOUND, .count = 1, .address = {a}};
    }
    if (h->flags & AI_NUMERICHOST) return (NameResult){.answer = NAME_UNKNOWN};
    return dns_lookup(machine_of(c), c->thread, node, (uint16_t)h->family);
}

/* ADDRINFOA with its name and its address behind it; returns where its ai_next lies. */
static size_t put_addrinfo(Result *r, const Hints *h, const Address *a, const char *name) {
    uint8_t raw[SOCKADDR_SIZE6];
    unsigned width = r->call->process->pointer;
    size_t size = address_write(a, raw), at = r->bytes.n, head = 16 + 4 * (size_t)width;
    size_t name_at = name ? at + head : 0, name_size = name ? strlen(name) + 1 : 0;
    size_t address_at = (at + head + name_size + 7) / 8 * 8;
    buf_le(&r->bytes, h->flags, 4);
    buf_le(&r->bytes, a->family, 4);
    buf_le(&r->bytes, h->type, 4);
    buf_le(&r->bytes, h->protocol, 4);
    buf_le(&r->bytes, size, width);
    put_pointer_to(r, name_at);
    put_pointer_to(r, address_at);
    put_pointer_to(r, 0);
    if (name) buf_add(&r->bytes, span(name, name_size));
    while (r->bytes.n < address_at && !r->bytes.full) buf_byte(&r->bytes, 0);
    buf_add(&r->bytes, span(raw, size));
    align(r);
    return at + head - width;
}

static uint32_t get_hints(UnixCall *c, uint64_t at, Hints *h) {
    if (!at) return 0;
    Fields f = fields(c->process, at);
    h->flags = get_u32(&f);
    h->family = get_u32(&f);
    h->type = get_u32(&f);
    h->protocol = get_u32(&f);
    if (f.bad) return WSAEFAULT;
    bool known = !h->family || h->family == FAMILY_IP4 || h->family == FAMILY_IP6;
    return known ? 0 : WSAEAFNOSUPPORT;
}

/* node, service, hints, *result, *size of the result */
static uint32_t ws_getaddrinfo(UnixCall *c) {
    Fields f = fields(c->process, c->arguments);
    const char *node = text_at(c, get_pointer(&f)), *service = text_at(c, get_pointer(&f));
    uint64_t hints_at = get_pointer(&f), out = get_pointer(&f), size_at = get_pointer(&f);
    Hints h = {0};
    uint16_t port = 0;
    uint32_t error = f.bad ? WSAEFAULT : get_hints(c, hints_at, &h);
    if (error) return error;
    if (!port_of(service, &port)) return WSATYPE_NOT_FOUND;
    NameResult found = addresses_of(c, node && *node ? node : NULL, &h);
    if (found.answer != NAME_FOUND) return error_of(found.answer);
    Result r = result_new(c, out);
    size_t next = 0;
    for (size_t i = 0; i < found.count; i++) {
        found.address[i].port = port;
        if (i) set_pointer_to(&r, next, r.bytes.n);
        next = put_addrinfo(&r, &h, &found.address[i],
                            !i && h.flags & AI_CANONNAME ? (node ? node : "") : NULL);
    }
    return give(&r, size_at);
}

/* ---- hostent ---- */

/* h_name, h_aliases, h_addrtype, h_length, h_addr_list; then both lists, the addresses, the name.
 */
static void put_hostent(Result *r, const char *name, const Address *a, size_t count) {
    unsigned width = r->call->process->pointer;
    size_t head = 2 * (size_t)width + 4 + (width == 8 ? 4 : 0) + width;
    size_t list = head + width, ip = address_ip_size(a);
    size_t bytes = list + (count + 1) * width;
    put_pointer_to(r, bytes + count * ip);
    put_pointer_to(r, head);
    buf_le(&r->bytes, a->family, 2);
    buf_le(&r->bytes, ip, 2);
    align(r);
    put_pointer_to(r, list);
    put_pointer_to(r, 0);
    for (size_t i = 0; i < count; i++) put_pointer_to(r, bytes + i * ip);
    put_pointer_to(r, 0);
    for (size_t i = 0; i < count; i++) buf_add(&r->bytes, address_ip(&a[i]));
    buf_add(&r->bytes, span(name, strlen(name) + 1));
}

/* name, *result, *size */
static uint32_t ws_gethostbyname(UnixCall *c) {
    Fields f = fields(c->process, c->arguments);
    const char *name = text_at(c, get_pointer(&f));
    uint64_t out = get_pointer(&f), size_at = get_pointer(&f);
    const Hints h = {.family = FAMILY_IP4};
    if (f.bad || !name) return WSAEFAULT;
    NameResult found = addresses_of(c, name, &h);
    if (found.answer != NAME_FOUND) return error_of(found.answer);
    Result r = result_new(c, out);
    put_hostent(&r, name, found.address, found.count);
    return give(&r, size_at);
}

static const char *name_of(UnixCall *c, const Address *a) {
    Machine *m = machine_of(c);
    if (inet_is_own(m, a)) return world_text(m->world, FACT_computer);
    return inet_name_of(m, a);
}

/* address, its length, family, *result, *size */
static uint32_t ws_gethostbyaddr(UnixCall *c) {
    Fields f = fields(c->process, c->arguments);
    uint64_t at = get_pointer(&f);
    uint32_t length = get_u32(&f), family = get_u32(&f);
    uint64_t out = get_pointer(&f), size_at = get_pointer(&f);
    Address a = {.family = (uint16_t)family};
    if (f.bad || length != address_ip_size(&a) || !guest_read(c->process, at, a.ip, length))
        return WSAEFAULT;
    const char *name = name_of(c, &a);
    if (!name) return WSAHOST_NOT_FOUND;
    Result r = result_new(c, out);
    put_hostent(&r, name, &a, 1);
    return give(&r, size_at);
}

/* ---- the others ---- */

/* buffer, its size */
static uint32_t ws_gethostname(UnixCall *c) {
    Fields f = fields(c->process, c->arguments);
    uint64_t out = get_pointer(&f);
    uint32_t room = get_u32(&f);
    const char *name = world_text(machine_of(c)->world, FACT_computer);
    size_t n = strlen(name) + 1;
    return f.bad || n > room || !guest_write(c->process, out, name, n) ? WSAEFAULT : 0;
}

static uint32_t put_text(UnixCall *c, uint64_t at, uint32_t room, const char *text) {
    size_t n = strlen(text) + 1;
    if (!at || !room) return 0;
    if (n > room) return ERROR_INSUFFICIENT_BUFFER;
    return guest_write(c->process, at, text, n) ? 0 : WSAEFAULT;
}

/* sockaddr, its length, host, room, service, room, flags */
static uint32_t ws_getnameinfo(UnixCall *c) {
    enum { NUMERIC_HOST = 2, NAME_REQUIRED = 4, NUMERIC_SERVICE = 8 };
    Fields f = fields(c->process, c->arguments);
    uint64_t at = get_pointer(&f);
    uint32_t length = get_u32(&f);
    uint64_t host_at = get_pointer(&f);
    uint32_t host_room = get_u32(&f);
    uint64_t service_at = get_pointer(&f);
    uint32_t service_room = get_u32(&f), flags = get_u32(&f);
    uint8_t raw[SOCKADDR_SIZE6];
    char ip[ADDRESS_TEXT_SIZE], port[8];
    Address a;
    if (f.bad || length > sizeof raw || !guest_read(c->process, at, raw, length) ||
        !address_read(span(raw, length), &a))
        return WSAEFAULT;
    const char *host = flags & NUMERIC_HOST ? NULL : name_of(c, &a), *service = port;
    if (!host && flags & NAME_REQUIRED) return WSAHOST_NOT_FOUND;
    address_print(&a, ip);
    snprintf(port, sizeof port, "%u", a.port);
    for (size_t i = 0; !(flags & NUMERIC_SERVICE) && i < sizeof services / sizeof *services; i++)
        if (services[i].port == a.port) service = services[i].name;
    uint32_t error = put_text(c, host_at, host_room, host ? host : ip);
    return error ? error : put_text(c, service_at, service_room, service);
}

const UnixRow unix_ws2_32_rows[] = {
    {"ws2_32.dll", 0, ws_getaddrinfo},   {"ws2_32.dll", 1, ws_gethostbyaddr},
    {"ws2_32.dll", 2, ws_gethostbyname}, {"ws2_32.dll", 3, ws_gethostname},
    {"ws2_32.dll", 4, ws_getnameinfo},   {0},
};
