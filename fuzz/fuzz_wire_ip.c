/* IP and TCP: raw datagrams, each behind its length; a clear top bit asks for right checksums, so
 * that the fuzzer need not find them. */
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void mend(uint8_t *p, size_t n) {
    if (n < 40 || p[0] >> 4 != 4 || (size_t)(p[0] & 15) * 4 + 20 > n) return;
    size_t header = (size_t)(p[0] & 15) * 4;
    if (header < 20) return;
    p[2] = (uint8_t)(n >> 8), p[3] = (uint8_t)n;
    p[10] = p[11] = 0; /* left to the card */
    Datagram d = {.source = address_v4(span(p + 12, 4)),
                  .destination = address_v4(span(p + 16, 4)),
                  .protocol = p[9],
                  .length = (uint32_t)(n - header),
                  .payload = span(p + header, n - header)};
    p[header + 16] = p[header + 17] = 0;
    uint16_t sum = (uint16_t)~ip_fold(ip_sum(ip_pseudo_sum(&d), d.payload));
    memcpy(p + header + 16, &sum, 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static uint8_t copy[4096];
    Wire *w = fuzz_wire();
    Cur c = cur(span(data, size));
    for (uint64_t number = 1; cur_left(&c) > 2; number++) {
        uint16_t head = cur_u16le(&c);
        Span bytes = span_clip(c.span, c.at, head & 0xFFF);
        cur_skip(&c, bytes.n);
        if (bytes.n) memcpy(copy, bytes.p, bytes.n);
        if (!(head & 0x8000)) mend(copy, bytes.n);
        wire_packet(w, &(Packet){.number = number,
                                 .time = (Time)number * TIME_SECOND / 100,
                                 .link = 101,
                                 .length = (uint32_t)bytes.n,
                                 .bytes = span(copy, bytes.n)});
    }
    wire_finish(w);
    return 0;
}
