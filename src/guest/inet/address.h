/* Address: an IPv4 or IPv6 address with a port, and the forms that Windows gives it. */
#ifndef COAX_GUEST_INET_ADDRESS_H
#define COAX_GUEST_INET_ADDRESS_H

#include "base/bytes.h"

enum { FAMILY_NONE = 0, FAMILY_IP4 = 2, FAMILY_IP6 = 23 }; /* as winsock numbers them */
enum { ADDRESS_TEXT_SIZE = 48, SOCKADDR_SIZE4 = 16, SOCKADDR_SIZE6 = 28 };

typedef struct {
    uint16_t family;
    uint16_t port;  /* host order */
    uint8_t ip[16]; /* of IPv4 the first four */
    uint32_t scope;
} Address;

Address address_ip4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port);

/* A sockaddr_in or sockaddr_in6. */
bool address_read(Span sockaddr, Address *out);
/* Its bytes; returns how many. */
size_t address_write(const Address *a, uint8_t out[SOCKADDR_SIZE6]);

/* "192.168.1.1", "fe80::1": the port is 0. */
bool address_parse(const char *text, Address *out);
void address_print(const Address *a, char out[ADDRESS_TEXT_SIZE]);

size_t address_ip_size(const Address *a);
Span address_ip(const Address *a);
bool address_same_ip(const Address *a, const Address *b);
bool address_is_any(const Address *a);
bool address_is_loopback(const Address *a);
bool address_is_multicast(const Address *a);
bool address_is_broadcast(const Address *a); /* 255.255.255.255 */
bool address_is_private(const Address *a);   /* of no use on the Internet, whatever the reason */

/* ::ffff:1.2.3.4 as 1.2.3.4 (RFC 4291 2.5.5.2); others as they are; and the way back. */
Address address_unmapped(const Address *a);
Address address_mapped(const Address *a);

#endif
