/* spc: Microsoft's own structures inside a signature. */
#ifndef COAX_SIGN_SPC_H
#define COAX_SIGN_SPC_H

#include "sign/signed.h"

/* SpcIndirectDataContent { { type, data }, { algorithm, digest } }: what was signed of the file. */
typedef struct {
    Oid type;
    Span data; /* SpcPeImageData and the like */
    MdKind kind;
    Span digest;
    Span body; /* what the messageDigest attribute is of */
} SpcIndirect;

bool spc_read_indirect(Span content, SpcIndirect *out);

/* The table of page hashes in SpcPeImageData, or an empty Span. */
Span spc_page_hashes(Span image_data, MdKind *kind);

/* SpcSpOpusInfo: the program's name and address as its signer gives them; or NULL. */
typedef struct {
    const char *name, *url;
} SpcOpus;

SpcOpus spc_read_opus(Arena *a, Span value);

#endif
