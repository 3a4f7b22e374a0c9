/* TLS records and ClientHellos, as a program sends them. */
#include "guest/inet/tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    TlsRecord r;
    TlsHello hello;
    bool bad;
    Cur c = cur(span(data, size));
    while (tls_record(&c, &r, &bad)) {
        tls_read_hello(r.body, &hello);
        tls_message(r.body, TLS_CERTIFICATE);
        tls_plain(r.body);
    }
    tls_read_hello(span(data, size), &hello);
    return 0;
}
