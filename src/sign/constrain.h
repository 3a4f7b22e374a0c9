/* constrain: name constraints (RFC 5280, 4.2.1.10): for which names an authority may issue. */
#ifndef COAX_SIGN_CONSTRAIN_H
#define COAX_SIGN_CONSTRAIN_H

#include "sign/cert.h"

/* Whether `issuer`'s constraints allow the names of `c`: its subject, and its alternative names.
 * A constraint of a form that is not known here allows nothing of that form. */
bool constrain_allows(Arena *a, const Cert *issuer, const Cert *c);

#endif
