/* hashlist: known files by MD5, SHA-1 or SHA-256. An entry takes sixteen bytes: of each digest
 * eight bytes and the line's number are kept, sorted, and the list stays mapped, so that a hit is
 * compared with the whole line that it came from and told with what that line says.
 *
 * Three kinds of lists, told apart by their beginning: plain ones have a digest first on each line,
 * then whatever describes it (md5sum's output, ClamAV's .hdb, a MISP feed's hashes.csv), and #
 * begins a comment; a CSV has a line of column names, and any column may hold digests; JSON is
 * MISP's, of which the attributes count whose value is a digest.
 */
#ifndef COAX_RULE_HASHLIST_H
#define COAX_RULE_HASHLIST_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/status.h"

typedef struct HashList HashList;

enum { HASHLIST_MESSAGE = 512 };

typedef struct {
    const char *file;
    uint64_t line;
    const char *label;  /* what the list says of it; may be empty */
    const char *digest; /* "MD5", "SHA-1", "SHA-256" */
} HashHit;

/* What of a list is no entry. */
typedef struct {
    const char *file;
    uint64_t line;
    const char *why;
} HashProblem;

/* ST_IO with a sentence in the message where a file cannot be read. Paths are borrowed. */
Status hashlist_open(const char *const *paths, size_t count, HashList **out,
                     char message[HASHLIST_MESSAGE]);
void hashlist_close(HashList *l); /* NULL is fine */

uint64_t hashlist_count(const HashList *l);

/* The first problems, and how many there are. */
const HashProblem *hashlist_problems(const HashList *l, size_t *kept, uint64_t *count);

/* Whether a list has one of the digests, the longest first; the label is in the arena. Digests that
 * were not computed (all zero) are not looked for. */
bool hashlist_find(const HashList *l, Arena *a, const Digests *d, HashHit *out);

#endif
