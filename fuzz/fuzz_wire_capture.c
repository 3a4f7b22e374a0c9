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
    static Capture *c;
    Wire *w = fuzz_wire();
    if (!c) c = capture_open(read_input, NULL);
    capture_restart(c, &input);
    Packet p;
    while (capture_next(c, &p)) wire_packet(w, &p);
    wire_finish(w);
    return 0;
}
