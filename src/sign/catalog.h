/* catalog: lists of files' digests (.cat), a CTL (MS-CAESO, [MS-OSHARED] have its ASN.1) that is
 * signed in place of each file. */
#ifndef COAX_SIGN_CATALOG_H
#define COAX_SIGN_CATALOG_H

#include "sign/carrier.h"

/* Whether the catalog lists the subject's digest. */
bool catalog_has(Subject *s, Span catalog);

#endif
