/* What a process is when the world tells its name only. */
#include "world/internal.h"
#include <stdlib.h>

/* A process that is only named lies where a program of that name would. */
static Status complete_path(World *w, WorldItem *process) {
    WorldValue *path = &process->values[0];
    size_t n = subject_name_length(process->subject);
    const char *dot = memrchr(process->subject, '.', n);
    size_t stem = dot ? (size_t)(dot - process->subject) : n;
    if (path->set) return ST_OK;
    char *template = arena_printf(w->arena, "%%ProgramFiles%%\\%.*s\\%.*s", (int)stem,
                                  process->subject, (int)n, process->subject);
    if (!template) return ST_BUDGET;
    *path = (WorldValue){.set = true, .template = span_str(template)};
    return world_bind_value(w, process, FACT_process);
}

/* The pid that was told, or the label where it is a number; 0 = neither. */
static int64_t told_pid(const WorldItem *process) {
    const WorldValue *pid = &process->values[FACT_process_pid - FACT_process];
    if (pid->set) return pid->number;
    const char *label = process->subject + subject_name_length(process->subject);
    int64_t number = *label ? strtoll(label + 1, NULL, 10) : 0;
    return number > 0 && number <= UINT32_MAX ? number : 0;
}

static bool pid_is_free(const World *w, int64_t pid) {
    for (const WorldItem *i = world_first(w, FACT_process); i; i = world_next(i))
        if (told_pid(i) == pid) return false;
    return true;
}

/* Windows' process ids are multiples of 4. */
enum { FIRST_FREE_PID = 5120 };

static void complete_pid(const World *w, WorldItem *process) {
    int64_t pid = told_pid(process);
    if (pid == 0)
        for (pid = FIRST_FREE_PID; !pid_is_free(w, pid);) pid += 4;
    process->values[FACT_process_pid - FACT_process] = (WorldValue){.set = true, .number = pid};
}

/* The desktop starts what the user starts. */
static void complete_parent(const World *w, WorldItem *process) {
    WorldValue *parent = &process->values[FACT_process_parent - FACT_process];
    const WorldItem *desktop = world_find(w, FACT_process, "explorer.exe");
    if (parent->set || !desktop || desktop == process) return;
    *parent = (WorldValue){.set = true, .number = told_pid(desktop)};
}

Status process_complete(World *w, WorldItem *process) {
    if (process->removed) return ST_OK;
    complete_pid(w, process);
    complete_parent(w, process);
    return complete_path(w, process);
}
