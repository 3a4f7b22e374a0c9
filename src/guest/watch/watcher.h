/* What the files of guest/watch share with the rest of the guest. */
#ifndef COAX_GUEST_WATCH_WATCHER_H
#define COAX_GUEST_WATCH_WATCHER_H

#include "guest/machine.h"
#include "guest/watch.h"

typedef struct Watcher Watcher;

/* For a machine whose config has a Watch; *out stays NULL without one. */
Status watcher_open(Machine *m, Watcher **out);
void watcher_close(Watcher *w);

/* The page was found to be executable, and code will be translated from it. */
void watcher_executes(Watcher *w, Process *p, uint64_t address);

/* An image was mapped: the functions in it that compare are watched. */
void watcher_mapped(Watcher *w, Process *p, const Module *module);

/* A watched address begins (cpu_watch). */
void watcher_reached(Watcher *w, Process *p, uint64_t address);

/* ---- between the files ---- */

struct Watcher {
    Machine *machine;
    const GuestWatch *watch;
    struct Steps *steps;         /* step.c */
    struct Functions *functions; /* functions.c */
    struct {
        uint64_t from, to;
    } ranges[64];
    size_t range_count;
    struct {
        uint64_t page; /* + 1 */
        uint32_t process;
        bool program;
    } pages[256];
    uint8_t windows[2][WATCH_WINDOW];
};

/* Whether the program's own code lies there. */
bool watcher_is_program(Watcher *w, Process *p, uint64_t address);
uint64_t watcher_place(Process *p, uint64_t address);

/* Reads what it can of the memory around the side's address. */
void watcher_fill_window(Watcher *w, Process *p, WatchSide *side, unsigned number);

struct Steps *steps_open(void);
void steps_close(struct Steps *s);
void steps_step(Watcher *w, Process *p, uint64_t address);

struct Functions *functions_open(void);
void functions_close(struct Functions *f);
void functions_mapped(Watcher *w, Process *p, const Module *module);
void functions_reached(Watcher *w, Process *p, uint64_t address);

#endif
