/* One DNS message: names end, and are text. The same bytes again as a stream, as DNS over TCP. */
#include "wire.h"
#include "wire/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    DnsMessage m;
    if (dns_read(span(data, size), &m) &&
        (strlen(m.name) >= sizeof m.name || strlen(m.results) >= sizeof m.results))
        __builtin_trap();
    fuzz_stream(span(data, size), 53, false);
    return 0;
}
