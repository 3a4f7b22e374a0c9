#include "guest/trace.h"
#include "guest/api_calls.h"
#include "guest/delay.h"
#include "guest/device/console.h"
#include "guest/device/disk.h"
#include "guest/fs.h"
#include "guest/nt/section.h"
#include "guest/process.h"
#include "guest/sys.h"
#include <stdlib.h>

struct Trace {
    uint64_t numbered; /* events so far */
    bool finished;     /* what happens while the machine is taken down is our doing */
    ApiCalls *api;     /* with --trace */
};

/* ---- events ---- */

void trace_emit_times(Machine *m, Thread *t, EventCategory category, const EventField *fields,
                      size_t count, uint64_t times) {
    if (m->trace->finished) return;
    if (m->trace->numbered >= m->config->budget.events) {
        machine_end_budget(m, "events");
        return;
    }
    Event e = {.run = m->config->run,
               .artifact = m->config->artifact,
               .n = ++m->trace->numbered,
               .time = machine_time(m),
               .category = category,
               .count = times};
    if (t) {
        event_set(&e, EF_Image, t->process->image_path);
        event_set(&e, EF_ProcessId, arena_printf(&m->scratch, "%u", t->process->id));
    }
    for (size_t i = 0; i < count; i++) event_set(&e, fields[i].name, fields[i].value);
    sink_event(m->sink, &e);
}

void trace_emit(Machine *m, Thread *t, EventCategory category, const EventField *fields,
                size_t count) {
    trace_emit_times(m, t, category, fields, count, 1);
}

static const char *number(Machine *m, uint64_t v) {
    return arena_printf(&m->scratch, "%llu", (unsigned long long)v);
}

static const char *user_name(Machine *m) {
    const char *domain = world_text(m->world, FACT_domain);
    if (!*domain) domain = world_text(m->world, FACT_computer);
    return arena_printf(&m->scratch, "%s\\%s", domain, world_text(m->world, FACT_user));
}

static Value *seconds(Machine *m) {
    return value_real(&m->arena, (double)machine_now(m) / (double)TIME_SECOND);
}

/* For the run's tree of processes; a fork bomb's are not all told. */
static void list_process(Process *p) {
    enum { MOST = 2000 };
    Machine *m = p->machine;
    Arena *a = &m->arena;
    if (!m->started) m->started = value_list(a);
    if (value_count(m->started) >= MOST) return;
    Value *v = value_map(a);
    value_set(a, v, "process", value_uint(a, p->id));
    value_set(a, v, "parent", value_uint(a, p->parent_id));
    value_set(a, v, "image", value_str(a, p->image_path));
    value_set(a, v, "command", value_str(a, p->command_line));
    value_set(a, v, "began", seconds(m));
    value_add(m->started, v);
    p->told = v;
}

static void list_end(Process *p) {
    Arena *a = &p->machine->arena;
    if (!p->told || p->machine->trace->finished) return;
    value_set(a, p->told, "ended", seconds(p->machine));
    value_set(a, p->told, "exit", value_uint(a, p->exit_code));
}

/* The parent as the child has it; who really asked for it is told where that is another one. */
void trace_process_started(Process *p, const Process *by, const char *directory) {
    Machine *m = p->machine;
    const Process *parent = process_by_id(m, p->parent_id);
    const WorldItem *outside = process_of_world(m, p->parent_id);
    bool other = by && by->id != p->parent_id;
    p->announced = true;
    list_process(p);
    trace_event(m, NULL, EV_process_creation, {EF_Image, p->image_path},
                {EF_ProcessId, number(m, p->id)}, {EF_CommandLine, p->command_line},
                {EF_CurrentDirectory, directory}, {EF_User, user_name(m)},
                {EF_ParentProcessId, number(m, p->parent_id)},
                {EF_ParentImage, parent    ? parent->image_path
                                 : outside ? item_text(outside, FACT_process)
                                           : NULL},
                {EF_ParentCommandLine, parent    ? parent->command_line
                                       : outside ? item_text(outside, FACT_process_command)
                                                 : NULL},
                {EF_SourceProcessId, other ? number(m, by->id) : NULL},
                {EF_SourceImage, other ? by->image_path : NULL});
}

void trace_process_ended(Process *p) {
    Machine *m = p->machine;
    list_end(p);
    if (!p->announced) return;
    trace_event(m, NULL, EV_process_termination, {EF_Image, p->image_path},
                {EF_ProcessId, number(m, p->id)}, {EF_ExitCode, number(m, p->exit_code)},
                {EF_Site, p->failed ? process_site(p, &m->scratch, p->fault.address) : NULL});
}

void trace_waited(Thread *t) {
    const Wait *w = &t->wait;
    if (w->api) delay_waited(t, w->api, w->deadline - w->started);
}

void trace_timer_came(Thread *t) {
    delay_waited(t, "SetWaitableTimer", machine_now(t->process->machine) - t->wait.started);
}

/* Wine's own images are part of the computer; what the program brought along is news. */
void trace_module_mapped(Process *p, Module *module) {
    ApiCalls *api = p->machine->trace->api;
    if (api) api_calls_mapped(api, p, module);
    delay_module_mapped(p, module);
    if (!p->announced || module->system) return;
    trace_event(p->machine, p->machine->current, EV_image_load, {EF_ImageLoaded, module->path});
}

void trace_module_unmapped(Process *p, Module *module) {
    ApiCalls *api = p->machine->trace->api;
    (void)module;
    if (api) api_calls_unmapped(api, p);
}

/* ---- API calls ---- */

bool trace_watched(Process *p, uint64_t address) {
    ApiCalls *api = p->machine->trace->api;
    if (api) api_calls_block(api, p, address);
    return false;
}

void trace_reached(Thread *t) {
    (void)t;
}

/* ---- life ---- */

static void emit_file(void *context, const char *path, const Node *node, Span bytes) {
    Machine *m = context;
    Artifact a = {.parent = m->config->artifact,
                  .offset = MODEL_NO_OFFSET,
                  .name = path,
                  .format = "unknown", /* the engine finds out, and hashes */
                  .origin = "dropped",
                  .size = node->size,
                  .bytes = bytes};
    sink_artifact(m->sink, &a);
}

void trace_thread_ended(Thread *t) {
    delay_thread_ended(t);
    api_calls_thread_ended(t);
}

void trace_finish(Machine *m) {
    for (Thread *t = m->threads; t; t = t->run_next) api_calls_thread_ended(t);
    for (Process *p = m->processes; p; p = p->next) console_flush(p);
    delay_finish(m);
    disk_tell_unclosed(m);
    section_tell_unclosed(m);
    m->trace->finished = true;
    fs_changed_files(m->fs, emit_file, m);
}

Status trace_open(Machine *m) {
    m->trace = calloc(1, sizeof *m->trace);
    if (!m->trace) return ST_BUDGET;
    TRY(delay_open(m));
    if (m->config->trace) m->trace->api = api_calls_open(m);
    return m->config->trace && !m->trace->api ? ST_BUDGET : ST_OK;
}

void trace_close(Machine *m) {
    delay_close(m);
    if (m->trace) api_calls_close(m->trace->api);
    free(m->trace);
}
