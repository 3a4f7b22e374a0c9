/* Calls: what one thread's program calls, decoded, folded and told.
 *
 * Two calls are the same where they come from one site, go to one function and agree in their
 * texts, flags and codes (api_fingerprint); numbers, addresses, handles and buffers may differ, as
 * they do in loops. A function that one site calls with more than CALLS_TEXTS different texts is
 * taken for a loop over them, and from then on its texts may differ as well. What folds (see
 * fold.h) is told once, with its count, the first call's arguments and result, and where a number
 * or handle of the last call differs, that as well: "4 ... 3120". Only what is told is decoded. */
#ifndef COAX_GUEST_TRACE_CALLS_H
#define COAX_GUEST_TRACE_CALLS_H

#include "guest/trace/decode.h"
#include "model/model.h"

enum {
    CALLS_DEPTH = 32, /* calls whose return is awaited; further ones are told without a result */
    CALLS_TEXTS = 256,
};

typedef struct Calls Calls;

typedef struct {
    void *user;
    unsigned pointer_size;
    bool (*read)(void *user, uint64_t address, void *to, size_t n); /* guest memory */
    Time (*time)(void *user);
    /* "module+0x1234" of a return address, in the arena. */
    const char *(*site)(void *user, Arena *a, uint64_t address);
    /* A call to tell: run, artifact, n, process and thread are the caller's to fill in. Valid
     * during the call only. */
    void (*tell)(void *user, const Call *call);
} CallsOptions;

/* What is called, from where. */
typedef struct {
    const char *module, *name;     /* outlive the Calls */
    const ApiSignature *signature; /* or NULL */
    ApiTraits traits;              /* the signature's */
    uint64_t address;              /* of the function */
    uint64_t site;                 /* the return address */
    uint64_t stack;                /* the stack pointer: where the return address lies */
} CallTarget;

/* NULL: no memory. */
Calls *calls_open(const CallsOptions *options);
void calls_close(Calls *c); /* tells nothing any more */

/* A function is entered. `word` gives its arguments as ApiReader's does, during this call only.
 * True where its return is awaited. */
bool calls_enter(Calls *c, const CallTarget *target,
                 uint64_t (*word)(void *user, size_t slot, bool real));

/* Does a call await its return at the address? */
bool calls_awaits(const Calls *c, uint64_t address);

/* Code at `address` goes on with that stack pointer: where that is an awaited return, these are the
 * call's results, as api_return's, as an integer and as a floating-point number. */
void calls_return(Calls *c, uint64_t address, uint64_t stack, uint64_t result, uint64_t real);

/* Tells what is still held: the thread ended. */
void calls_finish(Calls *c);

#endif
