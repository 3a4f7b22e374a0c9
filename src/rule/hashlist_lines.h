/* internal: what the readers of lists share. */
#ifndef COAX_RULE_HASHLIST_LINES_H
#define COAX_RULE_HASHLIST_LINES_H

#include "rule/hashlist.h"

typedef struct ListFile ListFile;

/* Digests are 16, 20 or 32 bytes. */
typedef struct {
    uint8_t bytes[32];
    size_t n;
} Digest;

/* The digest that `text` is in hex, in either case; n = 0 where it is none. */
Digest hashlist_digest(Span text);

void hashlist_add(HashList *l, size_t file, uint64_t line, const Digest *d);
void hashlist_problem(HashList *l, size_t file, uint64_t line, const char *why);

/* One attribute of a JSON list. */
typedef struct {
    uint64_t line;
    Span label;
    Digest digest;
} JsonRow;

/* Calls `row` for each digest; false where the text is no JSON (`line`: from where on). */
bool hashlist_json(Span text, void (*row)(void *context, const JsonRow *r), void *context,
                   uint64_t *line);

#endif
