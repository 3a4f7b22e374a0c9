/* Lists of abused certificates (CSV). */
#include "sign/abuse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint8_t serial[] = {0x05, 0xe6, 0xa0, 0xbe};
    Arena a = arena_new(64 << 20);
    AbuseList list = {0};
    Cert c = {.serial = span(serial, sizeof serial)};
    (void)abuse_read(&a, &list, "list.csv", span(data, size));
    (void)abuse_look_up(&a, &list, &c, true);
    (void)abuse_look_up(&a, &list, &c, false);
    arena_reset(&a);
    return 0;
}
