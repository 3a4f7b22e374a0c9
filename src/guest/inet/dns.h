/* DNS: messages as a resolver and a server exchange them (RFC 1035 4.1). */
#ifndef COAX_GUEST_INET_DNS_H
#define COAX_GUEST_INET_DNS_H

#include "base/buf.h"
#include "guest/inet/inet.h"

enum { DNS_A = 1, DNS_NS = 2, DNS_PTR = 12, DNS_MX = 15, DNS_AAAA = 28, DNS_ANY = 255 };
enum { DNS_NO_ERROR, DNS_FORMAT_ERROR, DNS_SERVER_FAILURE, DNS_NO_NAME, DNS_NOT_IMPLEMENTED };
enum { DNS_MESSAGE_MOST = 4096 };

typedef struct {
    uint16_t id, flags, type, class;
    char name[INET_LONGEST_NAME + 1]; /* without the dot at its end */
} DnsQuestion;

/* The first question of a query; false for what is none. */
bool dns_read(Span message, DnsQuestion *out);

/* A query for it. */
void dns_put_query(Buf *out, const DnsQuestion *q);

/* Asks the world: tells the event (unless the name is the computer's own) and appends the message
 * that answers. Returns the response code. */
unsigned dns_answer(Machine *m, Thread *t, const DnsQuestion *q, Buf *out);

/* Asks as the computer's resolver does: with the time that it takes, and in the capture. */
unsigned dns_query(Machine *m, Thread *t, const char *name, uint16_t type, Buf *out);

/* A name as labels; what cannot be a name becomes the root. */
void dns_put_name(Buf *out, const char *name);

/* The same, for addresses of a family. */
NameResult dns_lookup(Machine *m, Thread *t, const char *name, uint16_t family);

#endif
