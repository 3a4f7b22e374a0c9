/* Datagrams that leave the computer, and what comes back. */
#include "guest/inet/dns.h"
#include "guest/inet/peer.h"

/* RFC 5905 7.3: what a server of stratum 2 answers, with the world's time. */
static void answer_time(Machine *m, Span request, Buf *out) {
    enum { SIZE = 48, TRANSMIT = 40, CLIENT = 3 };
    const uint64_t from_1900 = 2208988800;
    if (request.n < SIZE || (request.p[0] & 7) != CLIENT) return;
    Time now = machine_time(m);
    uint64_t seconds = (uint64_t)(now / TIME_SECOND) + from_1900;
    uint64_t part = ((uint64_t)(now % TIME_SECOND) << 32) / (uint64_t)TIME_SECOND;
    uint64_t stamp = seconds << 32 | part;
    uint8_t *p = buf_space(out, SIZE);
    if (!p) return;
    p[0] = (uint8_t)((request.p[0] & 0x38) | 4); /* the client's version; server */
    p[1] = 2;
    p[2] = request.p[2];
    p[3] = 0xe9;
    memcpy(p + 12, "\x11\x22\x33\x44", 4);
    memcpy(p + 24, request.p + TRANSMIT, 8);       /* originate */
    static const unsigned stamps[] = {16, 32, 40}; /* reference, receive, transmit */
    for (size_t s = 0; s < 3; s++)
        for (unsigned i = 0; i < 8; i++) p[stamps[s] + i] = (uint8_t)(stamp >> (56 - 8 * i));
}

void peer_datagram(Machine *m, Thread *t, const Address *to, Span bytes, Buf *out) {
    enum { DNS = 53, NTP = 123 };
    DnsQuestion q;
    Reach reach = inet_reach(m, to);
    if (reach != REACH_OPEN) return;
    if (to->port == DNS && dns_read(bytes, &q)) dns_answer(m, t, &q, out);
    else if (to->port == NTP) answer_time(m, bytes, out);
}
