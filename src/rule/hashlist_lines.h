/* internal: the readers of lists. */
#ifndef COAX_RULE_HASHLIST_LINES_H
#define COAX_RULE_HASHLIST_LINES_H

#include "rule/hashlist.h"

/* Digests are 16, 20 or 32 bytes. */
typedef struct {
    uint8_t bytes[32];
    size_t n;
} Digest;

/* The digest that `text` is in hex, in either case; n = 0 where it is none. */
Digest hashlist_digest(Span text);

/* ---- lines: plain lists and CSV ---- */

enum { LIST_DIGESTS = 4 };

typedef struct {
    bool csv;
    size_t label; /* the column of a CSV that describes the file; no column's number: none does */
} ListColumns;

typedef struct {
    uint64_t line, at; /* its number from 1, where it begins */
    bool no_entry;     /* a comment, or the names of the columns */
    Digest digests[LIST_DIGESTS];
    size_t count;
    Span label; /* in the text */
} ListRow;

typedef struct {
    Span text;
    uint64_t at, line;
    bool begun;
    ListColumns columns; /* as far as it has read */
} LineReader;

LineReader hashlist_lines(Span text);

/* False after the last line. */
bool hashlist_next(LineReader *r, ListRow *out);

/* The line at *at, which moves behind it; and what a line, found again, lists. */
Span hashlist_line(Span text, uint64_t *at);
ListRow hashlist_row(const ListColumns *c, Span line);

/* ---- JSON ---- */

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
