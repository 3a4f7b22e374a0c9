/* Ask: the way to the world for whatever tells a program something about it. What goes through here
 * is a question (watch.h) that the lure hears, at the moment at which it is answered. Without a
 * watch these are world.h's functions.
 *
 * While no guest thread runs (at start, between slices) nobody asks, and nothing is told. */
#ifndef COAX_GUEST_ASK_H
#define COAX_GUEST_ASK_H

#include "guest/machine.h"

/* How a question was answered. */
enum { ASK_ABSENT = 0, ASK_FOUND = 1, ASK_VALUE = 2, ASK_TOLD = ASK_FOUND | ASK_VALUE };

static inline bool asking(const Machine *m) {
    return m->current && m->config->watch && m->config->watch->asked;
}

/* Tells a question; the caller has looked at asking(). */
void ask_about(const Machine *m, FactId id, const char *subject, unsigned how);

/* The same of a registry value (or key), a file, a directory or a variable: told as questions about
 * the facts that it follows from, where it follows from others. */
void ask_about_derived(const Machine *m, FactId id, const char *subject, unsigned how);

/* ---- facts that a world has once ---- */

static inline void ask_single(const Machine *m, FactId id) {
    if (asking(m)) ask_about(m, id, NULL, ASK_TOLD);
}
static inline const char *ask_text(const Machine *m, FactId id) {
    ask_single(m, id);
    return world_text(m->world, id);
}
static inline int64_t ask_number(const Machine *m, FactId id) {
    ask_single(m, id);
    return world_number(m->world, id);
}
static inline bool ask_bool(const Machine *m, FactId id) {
    ask_single(m, id);
    return world_bool(m->world, id);
}
static inline Time ask_time(const Machine *m, FactId id) {
    ask_single(m, id);
    return world_time(m->world, id);
}

/* ---- items of a keyed fact ---- */

static inline void ask_item(const Machine *m, const WorldItem *i, FactId id) {
    if (asking(m)) ask_about(m, id, i->subject, ASK_TOLD);
}
static inline const char *ask_item_text(const Machine *m, const WorldItem *i, FactId id) {
    ask_item(m, i, id);
    return item_text(i, id);
}
static inline int64_t ask_item_number(const Machine *m, const WorldItem *i, FactId id,
                                      int64_t otherwise) {
    ask_item(m, i, id);
    return item_number(i, id, otherwise);
}
static inline bool ask_item_bool(const Machine *m, const WorldItem *i, FactId id) {
    ask_item(m, i, id);
    return item_bool(i, id);
}

/* Whether a subject is there, and its item. */
static inline const WorldItem *ask_find(const Machine *m, FactId fact, const char *subject) {
    const WorldItem *i = world_find(m->world, fact, subject);
    if (asking(m)) ask_about(m, fact, subject, i ? ASK_FOUND : ASK_ABSENT);
    return i;
}
static inline const WorldItem *ask_match(const Machine *m, FactId fact, const char *text) {
    const WorldItem *i = world_match(m->world, fact, text);
    if (asking(m)) ask_about(m, fact, text, i ? ASK_TOLD : ASK_ABSENT);
    return i;
}

/* A list is being told: for (i = ask_first(m, fact); i; i = ask_next(m, i)); each item is a
 * question. The list itself is one with the subject "*". */
const WorldItem *ask_first(const Machine *m, FactId fact);
const WorldItem *ask_next(const Machine *m, const WorldItem *item);

#endif
