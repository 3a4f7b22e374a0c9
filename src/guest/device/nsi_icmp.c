/* Echo requests: IcmpSendEcho asks \Device\Nsi. */
#include "guest/device/nsi.h"
#include "guest/file.h"
#include "guest/inet/capture.h"
#include "guest/trace.h"
#include <stdlib.h>

enum {
    HEAD = 80,
    MOST = 66000,
    IP_SUCCESS = 0,
    IP_DEST_HOST_UNREACHABLE = 11003,
    IP_REQ_TIMED_OUT = 11010,
};

/* The request, kept until the answer's time. */
typedef struct {
    Address to;
    uint64_t reply_at; /* where the caller has its buffer */
    uint64_t round_trip;
    uint32_t status, size;
    uint8_t bits;
    uint8_t data[];
} Echo;

static void tell(const Io *io, const Echo *e) {
    Machine *m = io->file->object.machine;
    char to[ADDRESS_TEXT_SIZE], from[ADDRESS_TEXT_SIZE];
    Address source = inet_source(m, &e->to);
    address_print(&e->to, to);
    address_print(&source, from);
    trace_event(m, io->thread, EV_network_connection, {EF_Protocol, "icmp"}, {EF_SourceIp, from},
                {EF_DestinationIp, to}, {EF_DestinationHostname, inet_name_of(m, &e->to)},
                {EF_Answer, e->status ? "no answer" : NULL});
}

/* Public addresses and neighbours answer; a port says whether anybody is there. */
static uint32_t status_of(const Machine *m, const Address *to) {
    Address web = *to;
    web.port = 80;
    if (inet_is_own(m, to) || inet_is_neighbour(m, to)) return IP_SUCCESS;
    switch (inet_reach(m, &web)) {
    case REACH_OPEN:
    case REACH_CLOSED: return IP_SUCCESS;
    case REACH_NO_ROUTE: return IP_DEST_HOST_UNREACHABLE;
    default: return IP_REQ_TIMED_OUT;
    }
}

/* nsiproxy_icmp_echo: source, destination, the caller's buffer, 32 or 64, options, sizes, time-out
 * in milliseconds, options, data. */
static Echo *read_echo(Io *io) {
    enum { NS_PER_MS = 1000000 };
    Machine *m = io->file->object.machine;
    uint8_t raw[HEAD];
    if (io->input_size < HEAD || io->input_size > MOST || !io_get(io, 0, raw, HEAD)) return NULL;
    Cur c = cur(span(raw, HEAD));
    cur_skip(&c, SOCKADDR_SIZE6);
    Span name = cur_take(&c, SOCKADDR_SIZE6);
    uint64_t reply_at = cur_u64le(&c);
    uint8_t bits = cur_u8(&c);
    cur_skip(&c, 3);
    uint32_t options = (cur_u32le(&c) + 3) & ~3u, size = cur_u32le(&c), timeout = cur_u32le(&c);
    if (size > MOST || options > MOST || io->input_size - HEAD < (uint64_t)options + size)
        return NULL;
    Echo *e = calloc(1, sizeof *e + size);
    if (!e) return NULL;
    *e = (Echo){.reply_at = reply_at, .bits = bits, .size = size};
    if (!address_read(name, &e->to) || !io_get(io, HEAD + (uint64_t)options, e->data, size)) {
        free(e);
        return NULL;
    }
    e->status = status_of(m, &e->to);
    uint64_t wait = (uint64_t)timeout * NS_PER_MS;
    e->round_trip = e->status == IP_REQ_TIMED_OUT ? wait : inet_round_trip(m, &e->to);
    if (e->round_trip > wait) e->status = IP_REQ_TIMED_OUT;
    if (e->round_trip > wait) e->round_trip = wait;
    io->deadline = machine_now(m) + e->round_trip;
    return e;
}

/* ICMP_ECHO_REPLY of 32 or 64 bits: address, status, time, size, number, data, options. */
static uint32_t put_reply(Io *io, const Echo *e) {
    enum { NS_PER_MS = 1000000, TTL = 57, TTL_NEAR = 128 };
    Machine *m = io->file->object.machine;
    unsigned width = e->bits / 8;
    size_t head = width == 8 ? 40 : 28;
    bool good = e->status == IP_SUCCESS;
    Buf b = buf_new(MOST);
    buf_add(&b, good ? span(e->to.ip, 4) : span("\0\0\0", 4));
    buf_le(&b, e->status, 4);
    buf_le(&b, good ? e->round_trip / NS_PER_MS : 0, 4);
    buf_le(&b, good ? e->size : 0, 2);
    buf_le(&b, good, 2);
    buf_le(&b, good ? e->reply_at + head : 0, width);
    buf_byte(&b, !good ? 0 : inet_is_own(m, &e->to) || inet_on_link(m, &e->to) ? TTL_NEAR : TTL);
    while (b.n < head - width) buf_byte(&b, 0);
    buf_le(&b, good ? e->reply_at + head : 0, width);
    if (good) buf_add(&b, span(e->data, e->size));
    uint32_t status = STATUS_ACCESS_VIOLATION;
    if (b.full || b.n > io->output_size) status = STATUS_INVALID_PARAMETER;
    else if (io_put(io, 0, b.p, b.n)) status = STATUS_SUCCESS;
    io->information = b.n;
    buf_free(&b);
    return status;
}

static void capture(const Io *io, const Echo *e, bool request) {
    enum { REQUEST = 8, ANSWER = 0 };
    Machine *m = io->file->object.machine;
    Address own = inet_source(m, &e->to);
    if (inet_is_own(m, &e->to)) return;
    capture_icmp(m, request ? &own : &e->to, request ? &e->to : &own, request ? REQUEST : ANSWER, 1,
                 span(e->data, e->size));
}

uint32_t nsi_icmp_echo(Io *io) {
    if (!io->again) {
        io->context = read_echo(io);
        if (!io->context) return STATUS_INVALID_PARAMETER;
        tell(io, io->context);
        capture(io, io->context, true);
    }
    const Echo *e = io->context;
    if (machine_now(io->file->object.machine) < io->deadline) return STATUS_PENDING;
    if (e->status == IP_SUCCESS) capture(io, e, false);
    return put_reply(io, e);
}
