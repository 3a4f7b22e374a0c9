#include "tests/support/fakeengine.h"
#include <signal.h>
#include <string.h>

FakeEngine fake;

static void join(char *out, size_t room, const char *const *texts, size_t count) {
    out[0] = 0;
    for (size_t i = 0; i < count; i++) {
        strncat(out, texts[i], room - strlen(out) - 1);
        strncat(out, "|", room - strlen(out) - 1);
    }
}

Status engine_open(const EngineOptions *options, Engine **out, char message[ENGINE_MESSAGE]) {
    static int engine;
    fake.options = *options;
    join(fake.edits, sizeof fake.edits, options->edits, options->edit_count);
    join(fake.arguments, sizeof fake.arguments, options->arguments, options->argument_count);
    if (options->world && strcmp(options->world, "nowhere") == 0) {
        strcpy(message, "there is no world nowhere");
        return ST_USAGE;
    }
    *out = (Engine *)&engine;
    return ST_OK;
}

Status engine_run(Engine *e, const char *const *paths, size_t count, Sink *sink,
                  EngineSummary *summary) {
    (void)e;
    join(fake.paths, sizeof fake.paths, paths, count);
    for (size_t i = 0; i < count; i++) {
        Artifact a = {
            .id = (uint32_t)i + 1, .offset = MODEL_NO_OFFSET, .name = paths[i], .format = "pe32"};
        Finding f = {
            .rule = "test.rule", .severity = SEVERITY_LOW, .title = "Bad", .artifact = a.id};
        bool unreadable = strcmp(paths[i], "unreadable") == 0;
        if (unreadable) sink_skipped(sink, paths[i], "cannot be read");
        else sink_artifact(sink, &a);
        if (strcmp(paths[i], "bad") == 0) sink_finding(sink, &f);
        if (strcmp(paths[i], "info") == 0) {
            f.severity = SEVERITY_INFO;
            sink_finding(sink, &f);
        }
        if (strcmp(paths[i], "interrupt") == 0) raise(SIGINT);
        summary->unreadable += unreadable;
    }
    return ST_OK;
}

Status engine_print_world(const Engine *e, Buf *out) {
    (void)e;
    buf_printf(out, "computer=%s\nowner=\x1b[31m\n",
               fake.options.world ? fake.options.world : "PC");
    return ST_OK;
}

Status engine_diff_worlds(const Engine *from, const Engine *to, Buf *out) {
    (void)from;
    (void)to;
    buf_str(out, "domain=CORP\n");
    return ST_OK;
}

void engine_interrupt(Engine *e) {
    (void)e;
    fake.interruptions++;
}

void engine_close(Engine *e) {
    (void)e;
}

size_t health_examine(Arena *a, Health out[HEALTH_MAX]) {
    (void)a;
    out[0] =
        (Health){.about = "pack", .state = fake.health, .text = "as it is", .remedy = "mend it"};
    return 1;
}
