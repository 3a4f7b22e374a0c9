/* dnsapi.dll's Unix half: the resolver. Results are Windows' error codes. */
#include "base/text.h"
#include "guest/inet/dns.h"
#include "guest/unix/unix.h"
#include <stdio.h>

enum {
    ERROR_INVALID_PARAMETER = 87,
    ERROR_MORE_DATA = 234,
    DNS_ERROR_RCODE_SERVER_FAILURE = 9002,
    DNS_ERROR_RCODE_NAME_ERROR = 9003,
    DNS_INFO_NO_RECORDS = 9501,
    DNS_ERROR_NO_DNS_SERVERS = 9852,
};

static Machine *machine_of(const UnixCall *c) {
    return c->process->machine;
}

/* Gives bytes to a caller that passed a buffer, or none, and the place of its size. */
static uint32_t give(UnixCall *c, uint64_t out, uint64_t size_at, Span bytes) {
    uint32_t room = 0;
    if (!guest_get_u32(c->process, size_at, &room)) return ERROR_INVALID_PARAMETER;
    guest_put_u32(c->process, size_at, (uint32_t)bytes.n);
    if (!out) return 0;
    if (room < bytes.n) return ERROR_MORE_DATA;
    return guest_write(c->process, out, bytes.p, bytes.n) ? 0 : ERROR_INVALID_PARAMETER;
}

/* *list, *its size: the suffixes that are tried, each with a NUL, and one more. */
static uint32_t search_list(UnixCall *c) {
    Fields f = fields(c->process, c->arguments);
    uint64_t out = get_pointer(&f), size_at = get_pointer(&f);
    const WorldDomain *domain = world_domain(machine_of(c)->world);
    const char *suffix = domain ? domain->dns : "";
    Span text = text_to_utf16(&machine_of(c)->scratch, span_str(suffix));
    Buf list = buf_new(4096);
    if (text.n) buf_add(&list, span(text.p, text.n + 2));
    buf_le(&list, 0, 2);
    uint32_t error = f.bad ? ERROR_INVALID_PARAMETER : give(c, out, size_at, buf_span(&list));
    buf_free(&list);
    return error;
}

/* DNS_ADDR: a sockaddr with room for any, and its length. */
static void put_server(Buf *out, const Address *a) {
    enum { SOCKADDR_ROOM = 32, DATA = 32 };
    uint8_t raw[SOCKADDR_SIZE6];
    size_t n = address_write(a, raw);
    uint8_t *p = buf_space(out, SOCKADDR_ROOM + DATA);
    if (!p) return;
    memcpy(p, raw, n);
    p[SOCKADDR_ROOM] = (uint8_t)n;
}

enum { MOST_SERVERS = 8 };

/* Adapters share servers; each is told once. */
static bool is_known(const Address *known, uint32_t count, const Address *a) {
    for (uint32_t i = 0; i < count; i++)
        if (address_same_ip(&known[i], a)) return true;
    return count == MOST_SERVERS;
}

static uint32_t add_servers(const UnixCall *c, uint16_t family, Buf *out) {
    char word[ADDRESS_TEXT_SIZE];
    uint32_t count = 0;
    Address a, known[MOST_SERVERS];
    const World *w = machine_of(c)->world;
    for (const WorldItem *i = world_first(w, FACT_mac); i; i = world_next(i)) {
        const char *words = item_text(i, FACT_mac_dns);
        for (const char *at = words ? words : ""; *at;) {
            size_t n = strcspn(at, " ");
            snprintf(word, sizeof word, "%.*s", (int)(n < sizeof word ? n : sizeof word - 1), at);
            bool good = address_parse(word, &a) && (!family || a.family == family) &&
                        !is_known(known, count, &a);
            if (good) put_server(out, &a);
            if (good) known[count++] = a;
            at += n + (at[n] == ' ');
        }
    }
    return count;
}

/* family, *DNS_ADDR_ARRAY, *its size */
static uint32_t server_list(UnixCall *c) {
    enum { HEAD = 32 };
    Fields f = fields(c->process, c->arguments);
    uint16_t family = get_u16(&f);
    uint64_t out = get_pointer(&f), size_at = get_pointer(&f);
    Buf list = buf_new(4096);
    buf_space(&list, HEAD);
    uint32_t count =
        add_servers(c, family == FAMILY_IP4 || family == FAMILY_IP6 ? family : 0, &list);
    if (list.p) list.p[0] = list.p[4] = (uint8_t)count;
    uint32_t error = DNS_ERROR_NO_DNS_SERVERS;
    if (count) error = f.bad ? ERROR_INVALID_PARAMETER : give(c, out, size_at, buf_span(&list));
    buf_free(&list);
    return error;
}

/* Which servers are asked makes no difference. */
static uint32_t set_servers(UnixCall *c) {
    (void)c;
    return 0;
}

static uint32_t error_of(unsigned code, bool answers) {
    switch (code) {
    case DNS_NO_ERROR: return answers ? 0 : DNS_INFO_NO_RECORDS;
    case DNS_NO_NAME: return DNS_ERROR_RCODE_NAME_ERROR;
    default: return DNS_ERROR_RCODE_SERVER_FAILURE;
    }
}

/* name, type, options, *message, *its size */
static uint32_t query(UnixCall *c) {
    enum { ANSWERS_AT = 7 };
    Fields f = fields(c->process, c->arguments);
    uint64_t name_at = get_pointer(&f);
    uint16_t type = get_u16(&f);
    get_u32(&f);
    uint64_t out = get_pointer(&f), size_at = get_pointer(&f);
    const char *name = guest_string8(c->process, &machine_of(c)->scratch, name_at, 256);
    if (f.bad || !name) return ERROR_INVALID_PARAMETER;
    Buf message = buf_new(DNS_MESSAGE_MOST);
    unsigned code = dns_query(machine_of(c), c->thread, name, type, &message);
    uint32_t error = error_of(code, message.n > ANSWERS_AT && message.p[ANSWERS_AT]);
    if (!error) error = give(c, out, size_at, buf_span(&message));
    buf_free(&message);
    return error;
}

const UnixRow unix_dnsapi_rows[] = {
    {"dnsapi.dll", 0, search_list},
    {"dnsapi.dll", 1, server_list},
    {"dnsapi.dll", 2, set_servers},
    {"dnsapi.dll", 3, query},
    {0},
};
