/* DNS questions, and the socket addresses of a program. */
#include "guest/inet/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    DnsQuestion q;
    Address a;
    char text[ADDRESS_TEXT_SIZE];
    if (dns_read(span(data, size), &q)) {
        Buf b = buf_new(DNS_MESSAGE_MOST);
        dns_put_query(&b, &q);
        buf_free(&b);
    }
    if (address_read(span(data, size), &a)) address_print(&a, text);
    return 0;
}
