/* NetBIOS messages in a stream, with holes. */
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_stream(span(data, size), 139, false);
    return 0;
}
