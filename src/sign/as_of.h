/* as_of: the day on which data/roots.pem and data/abused.csv were last looked after.
 *
 * It is also what "now" means for a signature without a time stamp, unless --at says otherwise:
 * coax does not read the clock, so that the same file has the same report tomorrow
 * (docs/sign/time.md). */
#ifndef COAX_SIGN_AS_OF_H
#define COAX_SIGN_AS_OF_H

#define SIGN_AS_OF "2026-11-28"

#endif
