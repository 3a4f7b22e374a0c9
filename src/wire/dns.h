/* dns: DNS messages (RFC 1035), as DNS, mDNS and LLMNR have them. */
#ifndef COAX_WIRE_DNS_H
#define COAX_WIRE_DNS_H

#include "base/buf.h"

enum { DNS_NAME = 256, DNS_ANSWERS = 512 };

typedef struct {
    bool answer;
    unsigned code;             /* of the answer; 3 = there is no such name */
    char name[DNS_NAME];       /* asked for, escaped where it is no text */
    uint16_t type;             /* 1 = A, 28 = AAAA, ... */
    char results[DNS_ANSWERS]; /* "10.0.0.1;10.0.0.2", aliases included */
} DnsMessage;

/* False where it is none, or asks nothing. */
bool dns_read(Span message, DnsMessage *out);

/* "A", "AAAA", or NULL. */
const char *dns_type_name(uint16_t type);

#endif
