/* Callback: system calls that enter the guest and come back, as win32k's do when they call a window
 * procedure. Such a call runs on a host stack of its own, so that its code reads from top to bottom
 * whatever the guest does in between: further system calls with callbacks of their own, waits, or
 * the end of the thread. When the last happens the stack is thrown away with all that the call had
 * in its arena; so a call holds nothing else across callback_guest and callback_wait. */
#ifndef COAX_GUEST_CALLBACK_H
#define COAX_GUEST_CALLBACK_H

#include "guest/sys.h"

/* ---- for the dispatcher and the scheduler ---- */

/* Performs a row that may call back. */
uint64_t callback_perform(Sys *s, const SysRow *row);

/* A wait inside a call is over: keeps its result. False: the thread waits in no such call. */
bool callback_woken(Thread *t, uint64_t result);

/* Goes on with the call whose wait was over. False: there is none. */
bool callback_continue(Thread *t);

/* Throws away what the thread was doing. */
void callback_drop_all(Thread *t);

void callback_close(Machine *m);

/* ---- for the calls ---- */

/* Room on the guest's stack, 16-aligned, until the call ends or callback_pop. 0: the stack is full.
 */
uint64_t callback_push(Sys *s, uint64_t bytes);
/* A mark for callback_pop. */
uint64_t callback_mark(const Sys *s);
void callback_pop(Sys *s, uint64_t mark);

typedef struct {
    bool good;       /* it was called and came back */
    uint32_t status; /* what the function answered, or NtCallbackReturn's status */
    Span bytes;      /* what NtCallbackReturn carried; in the call's arena */
} CallbackResult;

/* Calls function `id` of the PEB's KernelCallbackTable with a block that lies in the guest. */
CallbackResult callback_guest(Sys *s, uint32_t id, uint64_t block, uint32_t length);

/* As sys_wait, but returns when the wait is over. STATUS_USER_APC must be passed on to the guest.
 */
uint64_t callback_wait(Sys *s, const Wait *wait);

#endif
