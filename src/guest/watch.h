/* Watch: the guest's second face. Whoever looks for what a program waits for is told, while it
 * runs, which of its code is reached and what that code compares with what.
 *
 * "The program" is everything that does not belong to Windows: its image, DLLs of its own, and code
 * that it wrote or injected, in every process of the machine; a program of Windows only where it is
 * the one that is run. A place is a number that is the
 * same for the same instruction in every run: it is made of the module's name and the RVA, or of
 * the address where the code belongs to no module. */
#ifndef COAX_GUEST_WATCH_H
#define COAX_GUEST_WATCH_H

#include "base/bytes.h"
#include "world/world.h"

typedef enum {
    WATCH_EQUAL,  /* two values, or two pieces of memory */
    WATCH_PREFIX, /* the first so many of them */
    WATCH_WITHIN, /* side 1 is searched in side 0 */
    WATCH_BITS,   /* side 0 AND side 1 */
} WatchTest;

enum { WATCH_BEFORE = 64, WATCH_WINDOW = 320, WATCH_NO_CONDITION = 0xff };

/* One side of a compare. What is known of the memory that the value came from is a window of
 * bytes around its address: `before` bytes lie ahead of it. */
typedef struct {
    uint64_t value;   /* of a register, a memory operand or an immediate, zero-extended */
    uint64_t address; /* where it was loaded from; 0: not known */
    Span window;
    size_t before;
    size_t length; /* of a text or a buffer that a function was given, bytes; 0: not known */
} WatchSide;

typedef struct {
    uint64_t place;
    const char *site; /* "module+0x1234", of the instruction or of the call; during the call only */
    uint32_t process, thread;
    WatchTest test;
    unsigned width; /* bytes of a value; 0: two texts or buffers that a function compares */
    unsigned unit;  /* with width 0: bytes of a character, 1 or 2 */
    bool any_case;
    const char *function; /* that compares, or NULL for an instruction */
    uint8_t condition;    /* of what asks for its flags, 0 to 15 as in Jcc; or WATCH_NO_CONDITION */
    WatchSide side[2];
} WatchCompare;

/* The program is being told something about its world, at this moment. */
typedef struct {
    FactId fact;         /* the row, or an attribute's */
    const char *subject; /* as a world spells it; NULL where the fact has none */
    const char *way;     /* by what it was asked where that only follows from the fact, as the left
                            side of an edit: "registry:HKLM\\..."; else NULL */
    bool found;          /* it is there */
    bool value;          /* what it is was told as well, not only whether it is there */
    uint32_t process, thread; /* ids of who asks */
} Question;

/* Functions that are NULL are not called. What they are given lives until they return, and they
 * must not change the guest. */
typedef struct {
    void *context;
    void (*asked)(void *context, const Question *q);
    /* A basic block of the program begins in a process. */
    void (*block)(void *context, uint32_t process, uint64_t place);
    /* Without it the program runs at its full speed. */
    void (*compare)(void *context, const WatchCompare *c);
    uint64_t forced; /* the place whose compares are made to hold: its side becomes the other */
    unsigned forced_side;
    Span forced_bytes; /* or wherever a side shows a part of these, 4 bytes at least */
} GuestWatch;

struct Guest;
enum { WATCH_SITE = 96 };

/* "module+0x1234" of a place, while a process of the guest has the module; "0x..." otherwise. */
void watch_site(const struct Guest *g, uint64_t place, char out[WATCH_SITE]);

#endif
