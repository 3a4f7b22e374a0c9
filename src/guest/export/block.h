/* Block: memory that an answered export hands to its caller, with structures in front and the texts
 * that they point to behind. The caller gives it back to the function that Windows has for it
 * (NetApiBufferFree, LsaFreeMemory, ...), which is answered too (block.c). */
#ifndef COAX_GUEST_EXPORT_BLOCK_H
#define COAX_GUEST_EXPORT_BLOCK_H

#include "guest/export/export.h"

typedef struct {
    ExportCall *call;
    uint64_t base, end; /* 0: no memory */
    uint64_t text;      /* where the next text goes */
    Fields f;           /* the structures, from the base */
    bool bad;
} Block;

/* Room for the structures and as many bytes behind them. */
Block block_new(ExportCall *c, uint64_t structures, uint64_t behind);

/* Puts bytes behind the structures; their address, or 0. */
uint64_t block_bytes(Block *b, Span bytes, unsigned alignment);
/* The same of a text as UTF-16 or (`wide` not set) in ASCII, with a NUL. NULL: address 0. */
uint64_t block_text(Block *b, const char *text, bool wide);

/* A pointer to a text, in the structures. */
void block_put_text(Block *b, const char *text, bool wide);
/* A UNICODE_STRING with its text. */
void block_put_unicode(Block *b, const char *text);

/* Writes the block's address to the caller's pointer; false: nothing was given, and the block is
 * gone. */
bool block_give(Block *b, uint64_t pointer_at);

#endif
