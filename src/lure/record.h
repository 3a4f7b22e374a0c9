/* Record: what one life of the program showed. It is made in the process that lived it, as one run
 * of bytes, and read in the one that forked it. */
#ifndef COAX_LURE_RECORD_H
#define COAX_LURE_RECORD_H

#include "guest/guest.h"

/* What the program was told about its world, once for each question and place. */
typedef struct {
    FactId fact;
    const char *subject, *way; /* or NULL; see watch.h */
    bool found, value;
    bool foreign;   /* asked in a process where none of the program's code ran yet */
    uint64_t place; /* of the program's block that ran last */
    const char *site;
    uint32_t when; /* the first time, as a number in the order of all that happened */
} Asked;

/* A compare, once for each pair of values at a place. */
typedef struct {
    uint64_t place;
    const char *site, *function; /* function: or NULL */
    WatchTest test;
    unsigned width, unit;
    bool any_case;
    uint8_t condition; /* watch.h */
    WatchSide side[2];
    uint32_t when; /* the last time */
} Compared;

/* An event that changes or reaches something. */
typedef struct {
    const char *key;      /* equal for equal effects in every run; see effect_key */
    const char *sentence; /* for people */
    unsigned weight;      /* what only shows itself weighs 1, what changes or reaches more, 2 */
} Effect;

typedef struct {
    Arena arena;
    const char *ended; /* NULL: the life was cut short, by us or by a death */
    bool failed;       /* it could not be lived at all */
    uint64_t blocks;   /* basic blocks that ran, of everything */
    Asked *asked;
    Compared *compared;
    Effect *effects;
    uint64_t *places; /* of the program's blocks, sorted */
    size_t asked_count, compared_count, effect_count, place_count;
} Record;

Status record_read(Span bytes, Record *out);
void record_free(Record *r);
bool record_has_place(const Record *r, uint64_t place);
const Effect *record_effect(const Record *r, const char *key);

/* Its bytes are rows, each of a kind. */
enum { ROW_ASKED = 1, ROW_COMPARED, ROW_EFFECT, ROW_PLACES, ROW_ENDED };

/* ---- making one ---- */

typedef struct Recorder Recorder;

/* Everything the program does goes on to `sink`, where that is not NULL. `compares`: watch what it
 * compares as well, which is slow. */
Recorder *recorder_open(const Guest *g, Sink *sink, bool compares);
/* Keeps compares as often as they happen, the first hundreds of a place, not each pair once. */
void recorder_keep_order(Recorder *r);
void recorder_force(Recorder *r, uint64_t place, unsigned side, Span bytes);
const GuestWatch *recorder_watch(Recorder *r);
Sink *recorder_sink(Recorder *r);
/* The record; valid until the Recorder is used again. The process is about to end: nothing is
 * freed.
 */
Span recorder_finish(Recorder *r);

#endif
