/* case: the subcommands of `coax case`. A file case_NAME.c ends in its own row; cases.def lists the
 * rows. */
#ifndef COAX_CLI_CASE_H
#define COAX_CLI_CASE_H

#include "cli/cli.h"

typedef struct {
    const char *name, *operands;
    StoreMode mode;
    size_t least; /* operands */
    /* The exit status; what went wrong with the store is told afterwards. */
    int (*run)(Store *store, const Settings *s, const char *const *operands, size_t count);
} CaseCommand;

/* What a subcommand prints: gathered, and written when it is much. */
typedef struct {
    Buf buf;
    int error; /* an errno; the first one sticks */
} CaseOut;

CaseOut case_out(void);
void case_out_breathe(CaseOut *o); /* between two lines */

/* Writes the rest and frees; false where it could not all be written, which has been said. */
bool case_out_close(CaseOut *o);

/* One of JSON's fields, `first` behind an opening brace. */
void case_field(Buf *b, const char *key, const char *text);

/* Escaped for a terminal. */
void case_text(Buf *b, const char *text);

/* The number of an input, by its number, that of an artifact below it, or the beginning of its
 * SHA-256; 0 where there is none, or more than one, which has been said. */
uint64_t case_input(Store *store, const char *operand);

/* Text that a command line gives as a time, as the case has times; in the arena. */
const char *case_time(Arena *a, const char *text);

#endif
