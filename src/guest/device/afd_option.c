/* Options of sockets: getsockopt and setsockopt (afd.h). Those that mean something to us have a
 * place in Socket; the others are kept and told. */
#include "guest/device/afd.h"

/* ---- what is kept ---- */

typedef struct {
    uint16_t get, set; /* numbers of the controls; 0: there is none */
    uint8_t size;
    uint32_t standard;
} Kept;

static const Kept kept[] = {
    {220, 221, 4, 0},   /* SO_BROADCAST */
    {223, 224, 4, 0},   /* SO_KEEPALIVE */
    {227, 228, 4, 0},   /* SO_OOBINLINE */
    {284, 285, 4, 0},   /* TCP_NODELAY */
    {0, 214, 12, 0},    /* SIO_KEEPALIVE_VALS */
    {0, 239, 8, 0},     /* IP_ADD_MEMBERSHIP */
    {0, 240, 12, 0},    /* IP_ADD_SOURCE_MEMBERSHIP */
    {0, 241, 12, 0},    /* IP_BLOCK_SOURCE */
    {242, 243, 4, 0},   /* IP_DONTFRAGMENT */
    {0, 244, 8, 0},     /* IP_DROP_MEMBERSHIP */
    {0, 245, 12, 0},    /* IP_DROP_SOURCE_MEMBERSHIP */
    {246, 247, 4, 0},   /* IP_HDRINCL */
    {248, 249, 4, 0},   /* IP_MULTICAST_IF */
    {250, 251, 4, 1},   /* IP_MULTICAST_LOOP */
    {252, 253, 4, 1},   /* IP_MULTICAST_TTL */
    {254, 255, 0, 0},   /* IP_OPTIONS */
    {256, 257, 4, 0},   /* IP_PKTINFO */
    {258, 259, 4, 0},   /* IP_TOS */
    {260, 261, 4, 128}, /* IP_TTL */
    {0, 262, 12, 0},    /* IP_UNBLOCK_SOURCE */
    {263, 264, 4, 0},   /* IP_UNICAST_IF */
    {0, 265, 16, 0},    /* IPV6_ADD_MEMBERSHIP */
    {266, 267, 4, 0},   /* IPV6_DONTFRAG */
    {0, 268, 16, 0},    /* IPV6_DROP_MEMBERSHIP */
    {269, 270, 4, 1},   /* IPV6_MULTICAST_HOPS */
    {271, 272, 4, 0},   /* IPV6_MULTICAST_IF */
    {273, 274, 4, 1},   /* IPV6_MULTICAST_LOOP */
    {275, 276, 4, 128}, /* IPV6_UNICAST_HOPS */
    {277, 278, 4, 0},   /* IPV6_UNICAST_IF */
    {286, 287, 4, 0},   /* IPV6_RECVHOPLIMIT */
    {288, 289, 4, 0},   /* IPV6_RECVPKTINFO */
    {290, 291, 4, 0},   /* IPV6_RECVTCLASS */
    {293, 294, 4, 0},   /* IP_RECVTTL */
    {295, 296, 4, 0},   /* IP_RECVTOS */
};
enum { KEPT = sizeof kept / sizeof *kept };
_Static_assert((int)KEPT <= (int)SOCKET_OPTIONS, "each kept option has a place");

/* ws2_32 asks for one byte of some. */
static uint32_t put_option(Io *io, Span bytes) {
    return afd_output(io, span_clip(bytes, 0, io->output_size));
}

static uint32_t get_kept(Socket *s, Io *io, size_t i) {
    const uint32_t standard = kept[i].standard;
    uint32_t size = s->option[i].size;
    if (size) return put_option(io, span(s->option[i].bytes, size));
    return put_option(io, span(&standard, kept[i].size));
}

static uint32_t set_kept(Socket *s, Io *io, size_t i) {
    const size_t place = sizeof s->option[i].bytes;
    Span in = afd_input(io, 0);
    if (!kept[i].size) return STATUS_SUCCESS;
    size_t n = in.n < place ? in.n : place;
    if (!in.p || !n) return STATUS_INVALID_PARAMETER;
    s->option[i].size = (uint32_t)n;
    memcpy(s->option[i].bytes, in.p, n);
    return STATUS_SUCCESS;
}

static uint32_t keep(Socket *s, Io *io) {
    for (size_t i = 0; i < KEPT; i++) {
        if (kept[i].get && io->code == AFD_WINE(kept[i].get)) return get_kept(s, io, i);
        if (io->code == AFD_WINE(kept[i].set)) return set_kept(s, io, i);
    }
    return STATUS_NOT_SUPPORTED;
}

/* ---- what means something ---- */

static uint32_t put_number(Io *io, uint32_t v) {
    return put_option(io, span(&v, sizeof v));
}

static uint32_t get_number(Io *io, uint32_t *out) {
    Cur c = cur(afd_input(io, 4));
    uint32_t v = cur_u32le(&c);
    if (c.bad) return STATUS_BUFFER_TOO_SMALL;
    *out = v;
    return STATUS_SUCCESS;
}

static uint32_t get_flag(Io *io, bool *out) {
    uint32_t v = 0, status = get_number(io, &v);
    if (!status) *out = v != 0;
    return status;
}

/* struct linger: whether, and for how many seconds, 16 bits each. */
static uint32_t put_linger(Socket *s, Io *io) {
    const uint16_t out[2] = {s->linger, (uint16_t)s->linger_seconds};
    if (s->type == SOCK_DGRAM) return STATUS_INVALID_PARAMETER;
    return afd_output(io, span(out, sizeof out));
}

static uint32_t set_linger(Socket *s, Io *io) {
    Cur c = cur(afd_input(io, 4));
    bool on = cur_u16le(&c) != 0;
    uint32_t seconds = cur_u16le(&c);
    if (c.bad) return STATUS_BUFFER_TOO_SMALL;
    s->linger = on;
    s->linger_seconds = seconds;
    return STATUS_SUCCESS;
}

uint32_t afd_error(uint32_t status) {
    enum { WSAENETUNREACH = 10051, WSAETIMEDOUT = 10060, WSAECONNREFUSED = 10061 };
    switch (status) {
    case STATUS_SUCCESS: return 0;
    case STATUS_IO_TIMEOUT: return WSAETIMEDOUT;
    case STATUS_NETWORK_UNREACHABLE: return WSAENETUNREACH;
    default: return WSAECONNREFUSED;
    }
}

/* Seconds since it was connected, or all bits. */
static uint32_t put_connect_time(Socket *s, Io *io) {
    if (s->state != SOCKET_CONNECTED) return put_number(io, UINT32_MAX);
    uint64_t length = machine_now(s->file.object.machine) - s->connected_at;
    return put_number(io, (uint32_t)(length / (uint64_t)TIME_SECOND));
}

/* Asking to share a port and to have it alone exclude each other. */
static uint32_t set_sharing(Socket *s, Io *io, bool *flag, bool other) {
    if (other) return STATUS_INVALID_PARAMETER;
    (void)s;
    return get_flag(io, flag);
}

uint32_t afd_option(Socket *s, Io *io) {
    switch (io->code) {
    case AFD_WINE(219): return put_number(io, s->state == SOCKET_LISTENING);
    case AFD_WINE(222): return put_number(io, afd_error(s->errors[CONNECT_ERROR]));
    case AFD_WINE(225): return put_linger(s, io);
    case AFD_WINE(226): return set_linger(s, io);
    case AFD_WINE(229): return get_number(io, &s->receive_buffer);
    case AFD_WINE(230): return put_number(io, s->receive_buffer);
    case AFD_WINE(231): return get_number(io, &s->receive_timeout);
    case AFD_WINE(232): return put_number(io, s->receive_timeout);
    case AFD_WINE(233): return put_number(io, s->reuse);
    case AFD_WINE(234): return set_sharing(s, io, &s->reuse, s->exclusive);
    case AFD_WINE(235): return get_number(io, &s->send_buffer);
    case AFD_WINE(236): return put_number(io, s->send_buffer);
    case AFD_WINE(237): return put_number(io, s->send_timeout);
    case AFD_WINE(238): return get_number(io, &s->send_timeout);
    case AFD_WINE(279): return put_number(io, s->only6);
    case AFD_WINE(280): return get_flag(io, &s->only6);
    case AFD_WINE(292): return put_connect_time(s, io);
    case AFD_WINE(297): return put_number(io, s->exclusive);
    case AFD_WINE(298): return set_sharing(s, io, &s->exclusive, s->reuse);
    default: return keep(s, io);
    }
}
