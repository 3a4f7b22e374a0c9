/* A whole capture: files, link layers, IP, TCP and all that is in it. */
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t read_input(void *context, uint8_t *to, size_t room) {
    Cur *c = context;
    Span s = cur_take(c, room < cur_left(c) ? room : cur_left(c));
    if (s.n) memcpy(to, s.p, s.n);
    return s.n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Cur input = cur(span(data, size));
    Capture *c = capture_open(read_input, &input);
    Wire *w = fuzz_wire();
    Packet p;
    while (capture_next(c, &p)) wire_packet(w, &p);
    wire_finish(w);
    wire_close(w);
    capture_close(c);
    return 0;
}
