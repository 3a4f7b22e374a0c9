/* Fiber: a host stack that is entered and left (makecontext(3)). */
#ifndef COAX_GUEST_FIBER_H
#define COAX_GUEST_FIBER_H

typedef struct Fiber Fiber;

Fiber *fiber_open(void); /* NULL: no memory */
void fiber_close(Fiber *f);

/* The next entry runs the function from its start; it must not return but leave. What ran there
 * before is forgotten. */
void fiber_prepare(Fiber *f, void (*run)(void *context), void *context);

/* Runs the fiber until it leaves. */
void fiber_enter(Fiber *f);

/* Goes back to where the fiber was entered. Never comes back after `last`. */
void fiber_leave(Fiber *f, _Bool last);

#endif
