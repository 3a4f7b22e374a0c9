/* Reads a task's XML as far as it says what starts when: no document type, no name spaces, the
 * first element of a name counts. What cannot be read is as if it were not there.
 *
 * Not modelled: days of months, the ends of triggers and repetitions, random delays. */
#include "guest/service/task_xml.h"
#include "base/text.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define DAY (24 * 3600 * TIME_SECOND)

/* ---- elements ---- */

static size_t find(Span s, size_t from, const char *text) {
    size_t n = strlen(text);
    for (size_t i = from; n <= s.n && i <= s.n - n; i++)
        if (memcmp(s.p + i, text, n) == 0) return i;
    return s.n;
}

static bool ends_name(uint8_t c) {
    return c == '>' || c == '/' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What is between <name ...> and the next </name>, from *at on, which then lies behind it. */
static bool next_element(Span s, size_t *at, const char *name, Span *inside) {
    size_t n = strlen(name);
    for (size_t i = find(s, *at, "<"); i < s.n; i = find(s, i + 1, "<")) {
        if (s.n - i <= n + 1 || memcmp(s.p + i + 1, name, n) != 0 || !ends_name(s.p[i + 1 + n]))
            continue;
        size_t open = find(s, i, ">");
        if (open == s.n) return false;
        *at = open + 1;
        *inside = span_sub(s, *at, 0);
        if (s.p[open - 1] == '/') return true;
        char closing[40];
        snprintf(closing, sizeof closing, "</%s", name);
        size_t end = find(s, *at, closing);
        *inside = span_sub(s, *at, end - *at);
        *at = end;
        return true;
    }
    return false;
}

static bool element(Span s, const char *name, Span *inside) {
    size_t at = 0;
    return next_element(s, &at, name, inside);
}

/* The text of an element, its entities resolved; "" where there is none. */
static const char *text_of(Arena *a, Span s, const char *name) {
    static const struct {
        const char *entity;
        char stands_for;
    } entities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    Span inside;
    if (!element(s, name, &inside)) return "";
    char *out = arena_text(a, inside), *to = out;
    for (const char *c = out; out && *c;) {
        size_t taken = 1;
        char stands_for = *c;
        for (size_t i = 0; *c == '&' && i < sizeof entities / sizeof *entities; i++) {
            if (strncmp(c, entities[i].entity, strlen(entities[i].entity)) != 0) continue;
            taken = strlen(entities[i].entity);
            stands_for = entities[i].stands_for;
        }
        *to++ = stands_for;
        c += taken;
    }
    if (out) *to = 0;
    return out ? out : "";
}

/* ---- times ---- */

/* PnDTnHnMnS (ISO 8601); 0 where it is none. */
static Time read_duration(const char *text) {
    Time total = 0;
    if (*text++ != 'P') return 0;
    for (bool of_day = false; *text; text++) {
        if (*text == 'T') {
            of_day = true;
            continue;
        }
        char *unit;
        unsigned long n = strtoul(text, &unit, 10);
        Time length = *unit == 'D'             ? DAY
                      : *unit == 'H'           ? 3600 * TIME_SECOND
                      : *unit == 'M' && of_day ? 60 * TIME_SECOND
                      : *unit == 'S'           ? TIME_SECOND
                                               : 0;
        Time part;
        if (unit == text || !length || n > INT32_MAX ||
            __builtin_mul_overflow(length, (Time)n, &part) ||
            __builtin_add_overflow(total, part, &total))
            return 0;
        text = unit;
    }
    return total;
}

static void read_start(Arena *a, Span s, TaskTrigger *t) {
    const char *text = text_of(a, s, "StartBoundary");
    t->has_start = time_parse(text, &t->start);
    if (t->has_start || !*text) return;
    t->local = t->has_start = time_parse(arena_printf(a, "%sZ", text), &t->start);
}

static uint32_t read_interval(Arena *a, Span s, const char *name) {
    unsigned long n = strtoul(text_of(a, s, name), NULL, 10);
    return n < 1 || n > 366 ? 1 : (uint32_t)n;
}

static uint8_t read_weekdays(Span s) {
    static const char *const names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday"};
    Span inside;
    uint8_t days = 0;
    for (unsigned i = 0; i < 7; i++)
        if (element(s, names[i], &inside)) days |= (uint8_t)(1u << i);
    return days ? days : TASK_EVERY_DAY;
}

/* ---- triggers ---- */

static void add_trigger(Arena *a, TaskPlan *plan, TriggerKind kind, Span s) {
    Span schedule;
    if (plan->trigger_count == TASK_MOST_TRIGGERS || strcmp(text_of(a, s, "Enabled"), "false") == 0)
        return;
    TaskTrigger t = {.kind = kind, .interval = 1, .weekdays = TASK_EVERY_DAY};
    read_start(a, s, &t);
    t.delay = read_duration(text_of(a, s, "Delay"));
    t.repetition = read_duration(text_of(a, s, "Interval"));
    if (kind == TRIGGER_DAYS && element(s, "ScheduleByWeek", &schedule)) {
        t.kind = TRIGGER_WEEKS;
        t.interval = read_interval(a, schedule, "WeeksInterval");
        t.weekdays = read_weekdays(schedule);
    } else if (kind == TRIGGER_DAYS && element(s, "ScheduleByDay", &schedule)) {
        t.interval = read_interval(a, schedule, "DaysInterval");
    } else if (kind == TRIGGER_DAYS) {
        t.kind = TRIGGER_EVENT;
    }
    plan->triggers[plan->trigger_count++] = t;
}

static void read_triggers(Arena *a, Span xml, TaskPlan *plan) {
    static const struct {
        const char *name;
        TriggerKind kind;
    } kinds[] = {{"TimeTrigger", TRIGGER_TIME},
                 {"CalendarTrigger", TRIGGER_DAYS},
                 {"RegistrationTrigger", TRIGGER_REGISTRATION},
                 {"LogonTrigger", TRIGGER_EVENT},
                 {"BootTrigger", TRIGGER_EVENT},
                 {"IdleTrigger", TRIGGER_EVENT}};
    Span inside;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (size_t at = 0; next_element(xml, &at, kinds[i].name, &inside);)
            add_trigger(a, plan, kinds[i].kind, inside);
}

bool task_read(Arena *a, Span xml, TaskPlan *out) {
    Span part, triggers;
    *out = (TaskPlan){.command = "", .arguments = "", .directory = "", .user = "", .enabled = true};
    if (element(xml, "Settings", &part))
        out->enabled = strcmp(text_of(a, part, "Enabled"), "false") != 0;
    if (element(xml, "Principal", &part)) out->user = text_of(a, part, "UserId");
    if (element(xml, "Triggers", &triggers)) read_triggers(a, triggers, out);
    if (!element(xml, "Exec", &part)) return false;
    out->command = text_of(a, part, "Command");
    out->arguments = text_of(a, part, "Arguments");
    out->directory = text_of(a, part, "WorkingDirectory");
    return *out->command != 0;
}

/* ---- when ---- */

/* The first of `from`, `from` + step, ... that is not before now. */
static Time not_before(Time from, Time step, Time now) {
    if (from >= now) return from;
    Time steps = (now - from + step - 1) / step, all, at;
    if (__builtin_mul_overflow(steps, step, &all) || __builtin_add_overflow(from, all, &at))
        return INT64_MAX;
    return at;
}

static bool on_weekday(const TaskTrigger *t, Time start, Time at, Time bias) {
    enum { THURSDAY = 4, WEEK = 7 };
    Time day = (at - bias) / DAY, first = (start - bias) / DAY; /* 1970 began on a Thursday */
    Time week = (day + THURSDAY) / WEEK - (first + THURSDAY) / WEEK;
    return t->weekdays >> (day + THURSDAY) % WEEK & 1 && week % t->interval == 0;
}

static Time next_in_weeks(const TaskTrigger *t, Time start, Time now, Time bias) {
    enum { MOST_WEEKS = 366, WEEK = 7 };
    Time at = not_before(start, DAY, now);
    for (int i = 0; i < MOST_WEEKS * WEEK && at < INT64_MAX - DAY; i++, at += DAY)
        if (at >= 0 && on_weekday(t, start, at, bias)) return at;
    return INT64_MAX;
}

static Time plus(Time a, Time b) {
    Time sum;
    return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

Time task_next(const TaskTrigger *t, Time registered, Time now, Time bias) {
    Time start = t->has_start ? t->local ? plus(t->start, bias) : t->start : registered, at;
    if (t->kind == TRIGGER_EVENT) return INT64_MAX;
    if (t->kind == TRIGGER_REGISTRATION)
        start = plus(start > registered ? start : registered, t->delay);
    if (start == INT64_MAX) return start;
    if (t->repetition >= TIME_SECOND) return not_before(start, t->repetition, now);
    if (t->kind == TRIGGER_DAYS) at = not_before(start, t->interval * DAY, now);
    else if (t->kind == TRIGGER_WEEKS) at = next_in_weeks(t, start, now, bias);
    else at = start >= now ? start : INT64_MAX; /* missed: gone */
    return at;
}
