/* SMB 2 and 3 messages, of client and server. */
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_stream(span(data, size), 445, true);
    return 0;
}
