/* What a task's XML says (MS-TSCH 2.5): what to start, and when. The text comes from the program.
 */
#ifndef COAX_GUEST_SERVICE_TASK_XML_H
#define COAX_GUEST_SERVICE_TASK_XML_H

#include "base/arena.h"
#include "base/clock.h"

enum { TASK_MOST_TRIGGERS = 16, TASK_EVERY_DAY = 0x7f };

typedef enum {
    TRIGGER_TIME,
    TRIGGER_DAYS,         /* every so many days from its start on */
    TRIGGER_WEEKS,        /* on some days of every so many weeks */
    TRIGGER_REGISTRATION, /* as soon as it is registered */
    TRIGGER_EVENT, /* a logon, the start of Windows, idleness: nothing that comes by itself */
} TriggerKind;

typedef struct {
    TriggerKind kind;
    bool has_start;
    Time start; /* the world's local time, where the text names no offset */
    bool local;
    Time delay, repetition; /* 0: none */
    uint32_t interval;      /* days or weeks; at least 1 */
    uint8_t weekdays;       /* bit 0 is Sunday */
} TaskTrigger;

typedef struct {
    const char *command, *arguments, *directory; /* "" where there is none */
    const char *user;                            /* "" : whoever registers it */
    bool enabled;
    TaskTrigger triggers[TASK_MOST_TRIGGERS];
    size_t trigger_count;
} TaskPlan;

/* False where the XML has no program to start. Texts are in the arena. */
bool task_read(Arena *a, Span xml, TaskPlan *out);

/* The first moment, not before `now`, at which a trigger starts its task, INT64_MAX: never by
 * itself. `registered` is when the task was; `bias` is UTC less local time. */
Time task_next(const TaskTrigger *t, Time registered, Time now, Time bias);

#endif
