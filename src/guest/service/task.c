#include "guest/service/task.h"
#include "base/text.h"
#include "guest/process.h"
#include "guest/service/launch.h"
#include "guest/service/task_xml.h"
#include "guest/token.h"
#include <limits.h>
#include <stdlib.h>

/* A task that repeats itself shows nothing new after a few starts, each of which costs us a
 * process. */
enum { MOST_STARTS = 3, MOST_XML = 1 << 16 };

typedef struct Task Task;
struct Task {
    Task *next;
    char *path;
    Arena arena;
    TaskPlan plan;
    Time registered, due;
    unsigned starts;
};

struct Tasks {
    Task *first;
};

static Time bias(const Machine *m) {
    return (world_number(m->world, FACT_timezone_bias) +
            world_number(m->world, FACT_timezone_daylight)) *
           60 * TIME_SECOND;
}

static Task **place_of(const Machine *m, const char *path) {
    Task **at = m->tasks ? &m->tasks->first : NULL;
    while (at && *at && strcasecmp((*at)->path, path) != 0) at = &(*at)->next;
    return at && *at ? at : NULL;
}

static void schedule(Machine *m, Task *t, Time from) {
    t->due = INT64_MAX;
    if (!t->plan.enabled) return;
    for (size_t i = 0; i < t->plan.trigger_count; i++) {
        Time at = task_next(&t->plan.triggers[i], t->registered, from, bias(m));
        if (at < t->due) t->due = at;
    }
}

static void task_free(Task *t) {
    arena_reset(&t->arena);
    free(t->path);
    free(t);
}

void task_deleted(Machine *m, const char *path) {
    Task **at = place_of(m, path), *t = at ? *at : NULL;
    if (!t) return;
    *at = t->next;
    task_free(t);
}

void task_registered(Machine *m, const char *path, const char *xml) {
    task_deleted(m, path);
    if (!m->tasks) m->tasks = calloc(1, sizeof *m->tasks);
    Task *t = calloc(1, sizeof *t);
    char *name = strdup(path);
    if (!m->tasks || !t || !name) {
        free(t);
        free(name);
        return;
    }
    *t = (Task){.path = name, .arena = arena_new(4 * MOST_XML), .registered = machine_time(m)};
    Span text = span_str(xml);
    if (text.n > MOST_XML || !task_read(&t->arena, text, &t->plan)) t->plan.enabled = false;
    schedule(m, t, t->registered);
    Task **last = &m->tasks->first;
    while (*last) last = &(*last)->next;
    *last = t;
}

void task_enable(Machine *m, const char *path, bool enabled) {
    Task **at = place_of(m, path);
    if (!at) return;
    (*at)->plan.enabled = enabled && *(*at)->plan.command;
    schedule(m, *at, machine_time(m));
}

/* ---- starting ---- */

static Token *token_of(Machine *m, const Task *t) {
    static const char *const system[] = {"S-1-5-18", "SYSTEM", "NT AUTHORITY\\SYSTEM",
                                         "LocalSystem"};
    for (size_t i = 0; i < sizeof system / sizeof *system; i++)
        if (strcasecmp(t->plan.user, system[i]) == 0) return token_of_service(m, system[0]);
    return NULL; /* the user's */
}

/* cmd.exe is what Windows has batch files run by. */
static const char *line_of(Machine *m, const char *program, const char *arguments) {
    const char *end = strrchr(program, '.');
    bool batch = end && (strcasecmp(end, ".bat") == 0 || strcasecmp(end, ".cmd") == 0);
    return arena_printf(&m->scratch, "%s\"%s\"%s%s",
                        batch ? "C:\\WINDOWS\\system32\\cmd.exe /c " : "", program,
                        *arguments ? " " : "", arguments);
}

static bool start(Machine *m, Task *t) {
    t->starts++;
    const char *command = world_expand(m->world, &m->scratch, t->plan.command);
    const char *program = command ? launch_find(m, command, false) : NULL;
    if (!program && command)
        program =
            launch_find(m, arena_printf(&m->scratch, "C:\\WINDOWS\\system32\\%s", command), false);
    const char *directory = *t->plan.directory
                                ? world_expand(m->world, &m->scratch, t->plan.directory)
                                : "C:\\WINDOWS\\system32\\";
    Token *token = token_of(m, t);
    Process *p = NULL;
    Launch how = {.line = program ? line_of(m, program, t->plan.arguments) : NULL,
                  .directory = directory,
                  .token = token,
                  .parent = "svchost.exe"};
    if (how.line && directory) launch_program(m, &how, &p);
    object_drop(token ? &token->object : NULL);
    if (!p) machine_unmodelled(m, "the program of the task %s, which does not start", t->path);
    else object_drop(&p->object);
    return p;
}

bool task_run(Machine *m, const char *path) {
    Task **at = place_of(m, path);
    return at && (*at)->plan.enabled && start(m, *at);
}

void tasks_advance(Machine *m) {
    Time now = machine_time(m);
    for (Task *t = m->tasks ? m->tasks->first : NULL; t; t = t->next) {
        if (t->due > now) continue;
        if (t->starts >= MOST_STARTS) {
            machine_unmodelled(m, "further starts of the task %s", t->path);
            t->due = INT64_MAX;
            continue;
        }
        start(m, t);
        schedule(m, t, now + 1);
    }
}

/* ---- when ---- */

static uint64_t on_clock(const Machine *m, Time t) {
    return t == INT64_MAX ? NEVER : t <= m->start ? 0 : (uint64_t)(t - m->start);
}

static uint64_t earliest(const Machine *m, bool unstarted) {
    uint64_t next = NEVER;
    for (const Task *t = m->tasks ? m->tasks->first : NULL; t; t = t->next)
        if (!(unstarted && t->starts) && on_clock(m, t->due) < next) next = on_clock(m, t->due);
    return next;
}

uint64_t tasks_next(const Machine *m) {
    return earliest(m, false);
}
uint64_t tasks_outlive(const Machine *m) {
    return earliest(m, true);
}

void tasks_close(Machine *m) {
    for (Task *t = m->tasks ? m->tasks->first : NULL, *next; t; t = next) {
        next = t->next;
        task_free(t);
    }
    free(m->tasks);
    m->tasks = NULL;
}
