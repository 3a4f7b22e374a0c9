/* Ndr: how arguments lie in stub data (C706, chapter 14), little-endian. Everything is aligned from
 * the start of the stub. */
#ifndef COAX_GUEST_RPC_NDR_H
#define COAX_GUEST_RPC_NDR_H

#include "base/arena.h"
#include "base/buf.h"

uint16_t ndr_u16(Cur *c);
uint32_t ndr_u32(Cur *c);
/* Whether a unique pointer points somewhere. */
static inline bool ndr_pointer(Cur *c) {
    return ndr_u32(c) != 0;
}
/* A conformant varying string of 16-bit characters as UTF-8, or NULL. */
char *ndr_text(Cur *c, Arena *a);
/* The same behind a unique pointer; NULL where there is none (or c->bad). */
char *ndr_optional_text(Cur *c, Arena *a);
/* A conformant array of bytes. */
Span ndr_bytes(Cur *c);
/* A structure of a count and as many bytes: MInterfacePointer and its like. */
Span ndr_counted(Cur *c);
/* The number in a context handle of ours; 0: none. */
uint32_t ndr_handle(Cur *c);

void ndr_put_u16(Buf *b, uint16_t v);
void ndr_put_u32(Buf *b, uint32_t v);
void ndr_put_pointer(Buf *b, bool points);
/* The text with `most` as its greatest number of characters, NUL included (0: as many as it has).
 */
void ndr_put_text(Buf *b, Arena *a, const char *text, uint32_t most);
/* A conformant array of `size` bytes, of which the first are given. */
void ndr_put_bytes(Buf *b, Span bytes, uint32_t size);
void ndr_put_counted(Buf *b, Span bytes);
void ndr_put_handle(Buf *b, uint32_t number);

#endif
