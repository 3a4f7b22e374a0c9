/* Certificates of the pretend Internet's servers (RFC 5280). One authority of ours, which the guest
 * trusts, signs them all; its key follows from constants and protects nothing. */
#ifndef COAX_GUEST_INET_CERTIFICATE_H
#define COAX_GUEST_INET_CERTIFICATE_H

#include "guest/machine.h"

/* DER in the arena; empty: no memory. */
Span certificate_root(Machine *m, Arena *a);
Span certificate_of(Machine *m, Arena *a, const char *host);

#endif
