/* Codepage: text of the console's code pages, through Windows' own tables (c_NNN.nls). */
#ifndef COAX_GUEST_CODEPAGE_H
#define COAX_GUEST_CODEPAGE_H

#include "base/arena.h"
#include "guest/pack.h"

enum { CODEPAGE_UTF7 = 65000, CODEPAGE_UTF8 = 65001 };

/* Whether the machine knows the code page. */
bool codepage_known(Pack *packs, unsigned codepage);

/* The bytes as UTF-8 in the arena, NUL-terminated; what the table does not define becomes U+FFFD.
 * NULL when the arena is full. `packs` are the machine's two. */
char *codepage_decode(Pack *packs, unsigned codepage, Arena *a, Span bytes);

/* How many of the bytes make whole characters: less than all where the last one is cut. */
size_t codepage_whole(Pack *packs, unsigned codepage, Span bytes);

/* The same two through a table's bytes (the format that RtlInitCodePageTable reads). */
char *codepage_decode_with(Span table, Arena *a, Span bytes);
size_t codepage_whole_with(Span table, Span bytes);

#endif
