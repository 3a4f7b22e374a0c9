/* Debug: debug objects, and the processes that are debugged through them ([MS] DbgUi and Dbgk: what
 * WaitForDebugEvent, ContinueDebugEvent and DebugActiveProcess call).
 *
 * What a debugged process does is queued on the object of its debugger, and the process stands
 * still until all that is queued of it was taken and continued. */
#ifndef COAX_GUEST_DEBUG_H
#define COAX_GUEST_DEBUG_H

#include "guest/exception.h"

typedef struct DebugObject DebugObject;

extern const ObjectType debug_object_type;

/* One reference; NULL: no memory. */
DebugObject *debug_object_new(Machine *m, bool kill_on_close);
Object *debug_object(DebugObject *o);
void debug_object_keep(DebugObject *o, bool kill_on_close);

/* The process is debugged from now on: from its start, or with everything that it has by now told
 * at once. STATUS_PORT_ALREADY_SET: it is already. */
uint32_t debug_attach(DebugObject *o, Process *p, bool starting);
uint32_t debug_detach(DebugObject *o, Process *p);

/* Whether a debugger is attached, a program of the guest or one of the world's. */
bool debug_is_debugged(const Process *p);

/* The object through which the process is debugged, with a reference; of the world's debugger one
 * is made. NULL: nobody debugs it. */
Object *debug_object_of(Process *p);

/* Takes the next event: its DBGUI_WAIT_STATE_CHANGE is written for the process `by`, which gets
 * handles for what is new. False: there is none. */
bool debug_take(DebugObject *o, Process *by, uint64_t address);

/* The process of a taken event goes on; STATUS_INVALID_PARAMETER: there is none. */
uint32_t debug_continue(DebugObject *o, uint64_t process, uint64_t thread, uint32_t status);

/* What happens to processes, debugged or not. */
void debug_thread_started(Thread *t);
void debug_thread_ended(Thread *t);
void debug_process_ended(Process *p);
void debug_image_mapped(Process *p, uint64_t base);
void debug_image_unmapped(Process *p, uint64_t base);
/* True: the debugger is asked, and the thread goes on by exception_answered. */
bool debug_exception(Thread *t, const ExceptionRecord *r, bool first_chance);

#endif
