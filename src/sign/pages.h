/* pages: page hashes, by which Windows checks a program page by page as it is loaded:
 *
 *     (offset in the file, digest) of the headers, of each page of each section, (end, zeroes)
 *
 * A page that the file ends within counts as filled up with zeroes. */
#ifndef COAX_SIGN_PAGES_H
#define COAX_SIGN_PAGES_H

#include "pe/pe.h"
#include "sign/crypto.h"

bool pages_are_right(Crypto *crypto, const Pe *pe, MdKind k, Span table);

#endif
