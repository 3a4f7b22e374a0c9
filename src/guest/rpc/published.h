/* Published: objects of programs that others may ask for: classes that a local server registered,
 * the running object table. What lies here is only how to reach them (a marshalled interface); the
 * calls go from process to process. */
#ifndef COAX_GUEST_RPC_PUBLISHED_H
#define COAX_GUEST_RPC_PUBLISHED_H

#include "guest/machine.h"

typedef enum { PUBLISHED_CLASS, PUBLISHED_OBJECT } PublishedKind;

typedef struct Published Published;
struct Published {
    Published *next; /* in the order of their registration */
    PublishedKind kind;
    uint32_t cookie, process;
    bool once;      /* whoever asks first takes it away */
    uint8_t *bytes; /* all three, owned */
    Span key, object, moniker;
};

/* Copies what it is given. Returns the cookie; 0: no memory. */
uint32_t published_add(Machine *m, PublishedKind kind, uint32_t process, bool once, Span key,
                       Span object, Span moniker);
/* The first with that key, or after `after`; processes that ended have none. */
Published *published_find(Machine *m, PublishedKind kind, Span key);
Published *published_next(Machine *m, PublishedKind kind, const Published *after);
void published_remove(Machine *m, uint32_t cookie);
void published_close(Machine *m);

#endif
