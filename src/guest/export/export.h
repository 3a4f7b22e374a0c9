/* Export: functions of Wine's DLLs that we answer instead (exports.def says which, and why). The
 * CPU stops where such a function begins, with the stack as its caller left it. */
#ifndef COAX_GUEST_EXPORT_EXPORT_H
#define COAX_GUEST_EXPORT_EXPORT_H

#include "guest/machine.h"

enum { EXPORT_MOST_ARGUMENTS = 12 };

typedef struct {
    Machine *machine;
    Process *process;
    Thread *thread;
    Arena *scratch;
    uint64_t arg[EXPORT_MOST_ARGUMENTS];
    uint64_t result;
} ExportCall;

/* Answers a call in c->result; false: Wine's own code shall. */
typedef bool ExportFunction(ExportCall *c);

/* Answers the call with a status or an error; returns true, which is to say so. */
static inline bool export_answer(ExportCall *c, uint64_t result) {
    c->result = result;
    return true;
}

/* SetLastError; returns true, for an answer that is a failure: result 0. */
bool export_fail(ExportCall *c, uint32_t error);

/* Writes UTF-16 or, where `wide` is not set, the same in the ANSI code page's ASCII part, with a
 * NUL behind it; `room` in characters. Returns the number of characters, without the NUL; 0 where
 * it does not fit. */
uint32_t export_put_text(ExportCall *c, uint64_t address, uint64_t room, const char *text,
                         bool wide);

/* A module was mapped: those of its exports that we answer are watched from now on. */
void exports_module_mapped(Process *p, const Module *m);

/* Gives a row that is no export its address in a process. */
void export_place(Process *p, const char *name, uint64_t address);
bool export_placed(const Process *p, const char *name);

/* Whether an address is one of them. */
bool export_watched(const Process *p, uint64_t address);

/* The thread stopped at a watched address: answers the call where it is one of ours. */
void export_reached(Thread *t);

#endif
