/* Connections and ports: the tables of TCP and UDP (nsi.h). */
#include "guest/device/nsi.h"
#include "guest/device/socket.h"

/* What a Windows that was just started listens on. */
typedef struct {
    bool tcp;
    uint16_t port;
    const char *process;
} Listener;

static const Listener listeners[] = {
    {true, 135, "svchost.exe"},   {true, 445, "System"},        {true, 5040, "svchost.exe"},
    {true, 49664, "lsass.exe"},   {true, 49665, "wininit.exe"}, {true, 49666, "svchost.exe"},
    {true, 49667, "svchost.exe"}, {true, 49668, "spoolsv.exe"}, {true, 49669, "services.exe"},
    {false, 123, "svchost.exe"},  {false, 500, "svchost.exe"},  {false, 4500, "svchost.exe"},
    {false, 5050, "svchost.exe"}, {false, 5353, "svchost.exe"}, {false, 5355, "svchost.exe"},
};

enum { STATE_LISTEN = 2, STATE_SYN_SENT = 3, STATE_ESTABLISHED = 5, STATE_CLOSE_WAIT = 8 };
enum { TCP_LISTEN_TABLE = 5, TCP_ESTABLISHED_TABLE = 4 };

static uint32_t id_of(const Machine *m, const char *process) {
    enum { SYSTEM_ID = 4 };
    if (!strcmp(process, "System")) return SYSTEM_ID;
    const WorldItem *i = world_find(m->world, FACT_process, process);
    return i ? (uint32_t)item_number(i, FACT_process_pid, 0) : 0;
}

/* SOCKADDR_INET: room for the larger. */
static void put_inet(NsiRows *r, const Address *a) {
    uint8_t raw[SOCKADDR_SIZE6];
    address_write(a, raw);
    buf_add(&r->part[NSI_KEY], span(raw, sizeof raw));
}

/* nsi_tcp_conn_static and nsi_udp_endpoint_static have the owner at different places. */
static void put_tcp(NsiRows *r, const Address *local, const Address *remote, uint32_t state,
                    uint32_t process, uint64_t since) {
    put_inet(r, local);
    put_inet(r, remote);
    buf_le(&r->part[NSI_DYNAMIC], state, 4);
    buf_space(&r->part[NSI_DYNAMIC], 16);
    buf_space(&r->part[NSI_STATIC], 12);
    buf_le(&r->part[NSI_STATIC], process, 4);
    buf_le(&r->part[NSI_STATIC], since, 8);
    buf_le(&r->part[NSI_STATIC], 0, 8);
    nsi_row_done(r);
}

static void put_udp(NsiRows *r, const Address *local, uint32_t process, uint64_t since) {
    put_inet(r, local);
    buf_le(&r->part[NSI_STATIC], process, 4);
    buf_le(&r->part[NSI_STATIC], 0, 4);
    buf_le(&r->part[NSI_STATIC], since, 8);
    buf_space(&r->part[NSI_STATIC], 16);
    nsi_row_done(r);
}

static void put_listeners(NsiRows *r, bool tcp) {
    uint64_t since = time_to_filetime(r->machine->start - (Time)r->machine->uptime);
    const Address none = {.family = FAMILY_IP4};
    for (size_t i = 0; i < sizeof listeners / sizeof *listeners; i++) {
        const Listener *l = &listeners[i];
        uint32_t id = id_of(r->machine, l->process);
        Address local = {.family = FAMILY_IP4, .port = l->port};
        if (l->tcp != tcp || !id) continue;
        if (tcp) put_tcp(r, &local, &none, STATE_LISTEN, id, since);
        else put_udp(r, &local, id, since);
    }
}

/* Who made the socket: the process that has a handle of it. */
static uint32_t owner_of(const Machine *m, const Socket *s) {
    for (const Process *p = m->processes; p; p = p->next)
        for (size_t i = 0; i < p->handle_count; i++)
            if (p->handles[i].object == &s->file.object) return p->id;
    return 0;
}

static uint32_t state_of(const Socket *s) {
    switch (s->state) {
    case SOCKET_LISTENING: return STATE_LISTEN;
    case SOCKET_CONNECTING: return STATE_SYN_SENT;
    case SOCKET_CONNECTED: return s->ended ? STATE_CLOSE_WAIT : STATE_ESTABLISHED;
    default: return 0;
    }
}

static void put_sockets(NsiRows *r, bool tcp, bool listening, bool established) {
    uint64_t now = machine_filetime(r->machine);
    for (const Socket *s = r->machine->net->sockets; s; s = s->next) {
        if (!s->bound || (s->type == SOCK_STREAM) != tcp) continue;
        uint32_t state = state_of(s);
        bool wanted = state == STATE_LISTEN ? listening : established && state;
        if (!tcp) put_udp(r, &s->local, owner_of(r->machine, s), now);
        else if (wanted) put_tcp(r, &s->local, &s->remote, state, owner_of(r->machine, s), now);
    }
}

static void tcp_all(NsiRows *r) {
    put_listeners(r, true);
    put_sockets(r, true, true, true);
}
static void tcp_listening(NsiRows *r) {
    put_listeners(r, true);
    put_sockets(r, true, true, false);
}
static void tcp_established(NsiRows *r) {
    put_sockets(r, true, false, true);
}
static void udp_all(NsiRows *r) {
    put_listeners(r, false);
    put_sockets(r, false, true, true);
}

/* nsi_tcp_stats_*: the numbers of a computer that has been used for a while; the limits of the
 * retransmission timer. */
static void tcp_counters(NsiRows *r) {
    enum { SIZE = 104, VAN_JACOBSON = 4, SHORTEST = 300, LONGEST = 120000 };
    Buf *b = &r->part[NSI_DYNAMIC];
    uint64_t seconds = (r->machine->uptime + machine_now(r->machine)) / (uint64_t)TIME_SECOND;
    buf_le(b, seconds / 7, 4);
    buf_le(b, seconds / 90, 4);
    buf_le(b, seconds / 400, 4);
    buf_le(b, seconds / 35, 4);
    buf_le(b, r->machine->net->count, 4);
    buf_le(b, 0, 4);
    buf_le(b, seconds * 18, 8);
    buf_le(b, seconds * 9, 8);
    buf_space(b, SIZE - b->n);
    b = &r->part[NSI_STATIC];
    const uint32_t limits[] = {VAN_JACOBSON, SHORTEST, LONGEST, UINT32_MAX, 0};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) buf_le(b, limits[i], 4);
    buf_le(&r->part[NSI_KEY], FAMILY_IP4, 2);
    nsi_row_done(r);
}

static void udp_counters(NsiRows *r) {
    enum { SIZE = 48 };
    uint64_t seconds = (r->machine->uptime + machine_now(r->machine)) / (uint64_t)TIME_SECOND;
    Buf *b = &r->part[NSI_DYNAMIC];
    buf_le(b, seconds / 2, 8);
    buf_le(b, 0, 8);
    buf_le(b, seconds / 2, 8);
    buf_space(b, SIZE - b->n);
    buf_le(&r->part[NSI_KEY], FAMILY_IP4, 2);
    nsi_row_done(r);
}

const NsiTable nsi_port_tables[] = {
    {NSI_TCP, 0, tcp_counters},
    {NSI_TCP, 3, tcp_all},
    {NSI_TCP, TCP_ESTABLISHED_TABLE, tcp_established},
    {NSI_TCP, TCP_LISTEN_TABLE, tcp_listening},
    {NSI_UDP, 0, udp_counters},
    {NSI_UDP, 1, udp_all},
    {0},
};
