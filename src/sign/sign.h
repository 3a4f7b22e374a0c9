/* sign: who signed a file, and can that be trusted? Authenticode as Microsoft's "Windows
 * Authenticode Portable Executable Signature Format" has it, in programs, installers, cabinets,
 * scripts and catalogs. Each side of a signature gets a verdict of its own (docs/sign/).
 *
 * Everything here reads hostile bytes: it is called in a jailed worker. */
#ifndef COAX_SIGN_SIGN_H
#define COAX_SIGN_SIGN_H

#include "base/status.h"
#include "model/sink.h"

typedef struct {
    const char *name; /* of the file, for reasons */
    Span bytes;
} SignSource;

typedef struct {
    const SignSource *roots, *crls, *abuse, *catalogs;
    size_t root_count, crl_count, abuse_count, catalog_count;
    SignSource shipped_roots; /* data/roots.pem */
    bool own_roots; /* `roots` are there: then the shipped ones are good for time stamps alone */
    bool has_at;
    Time at; /* the time at which signatures are judged that have no time stamp */
} SignOptions;

typedef struct SignTrust SignTrust;

/* Reads nothing and loads nothing before the first file that is signed. The options' bytes are
 * borrowed. NULL where memory is short. */
SignTrust *sign_open(const SignOptions *options);
void sign_close(SignTrust *t);

/* Reads a file's signatures: a list of maps (docs/json.md), or NULL where the format has none. What
 * is wrong or odd goes to `to` as it is found, with the artifact 1. ST_BUDGET where the arena is
 * full. */
Status sign_file(SignTrust *t, Arena *a, Span file, Sink *to, const Value **signatures);

#endif
