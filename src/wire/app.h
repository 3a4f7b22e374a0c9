/* app: the protocols over TCP that are understood. */
#ifndef COAX_WIRE_APP_H
#define COAX_WIRE_APP_H

#include "wire/session.h"

extern const App app_smb, app_http, app_tls, app_stratum, app_dns, app_rpc;

/* DNS over UDP: one message. */
void dns_datagram(Wire *w, Flow *f, unsigned from, Span message);

#endif
