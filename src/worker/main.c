/* coax-guest: one jailed worker for one program. coax starts it with the descriptors of msg/job.h
 * and sends one Job; the nouns of the run go back. It opens nothing by itself: the world came with
 * the Job, the DLLs are in the packs.
 *
 * Nothing hostile is looked at before the lock: the guest opens its engines first, which need
 * executable memory, and then calls back. */
#include "base/heap.h"
#include "base/log.h"
#include "jail/lock.h"
#include "lure/lure.h"
#include "msg/job.h"
#include "msg/sink.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WORLD_MEMORY = 512 << 20 };

/* Exit statuses, told in coax's log. */
enum { EXIT_OK, EXIT_NO_JOB, EXIT_CHANNEL };

static MsgSink out; /* not handed around, because a log line may come from anywhere */

static void log_to_coax(LogLevel level, const char *line) {
    msg_sink_log(&out, (unsigned)level, line);
}

/* A Run that never was, for whatever keeps us from starting. */
static void not_started(const Job *job, const char *why) {
    char ended[512];
    snprintf(ended, sizeof ended, "not started: %s", why);
    sink_run(&out.sink, &(Run){.id = job->run,
                               .artifact = job->artifact,
                               .world = job->world_name,
                               .edits = job->edits,
                               .ended = ended});
}

_Noreturn static void leave(void) {
    msg_sink_end(&out);
    _exit(out.status == ST_OK ? EXIT_OK : EXIT_CHANNEL);
}

static void lock(void *context) {
    const Job *job = context;
    bool fork = job->replays || job->against;
    if (jail_lock(&(JailLock){.fork = fork}, NULL) == ST_OK) return;
    not_started(job, "this kernel has no seccomp, and nothing hostile runs without it");
    leave();
}

/* The host's clock says only how often: what is told is not part of any report. */
static void tell_progress(void *context, const GuestProgress *now) {
    Time *told = context, time = time_monotonic();
    if (time - *told < TIME_SECOND / 10) return;
    *told = time;
    msg_sink_progress(
        &out, &(MsgProgress){.time = now->time, .processes = now->processes, .calls = now->calls});
}

/* The lure lives on, although it tells nothing of most lives. */
static void tell_life(void *context) {
    tell_progress(context, &(GuestProgress){.processes = 1});
}

/* ---- the job ---- */

/* The sample, mapped; empty where there is none. */
static Status map_sample(Span *sample) {
    struct stat st;
    if (fstat(JOB_FD_SAMPLE, &st) != 0 || st.st_size == 0) return ST_OK;
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, JOB_FD_SAMPLE, 0);
    if (p == MAP_FAILED) return ST_IO;
    *sample = span(p, (size_t)st.st_size);
    return ST_OK;
}

static int pack(int fd) {
    struct stat st;
    return fstat(fd, &st) == 0 ? fd : -1;
}

static Status make_world(Arena *a, const Job *job, World **world, WorldError *error) {
    TRY(world_read(a, job->world, job->world_name, world, error));
    for (const Value *v = value_first(job->edits); v; v = v->next)
        TRY(world_edit(*world, value_get_str(v, ""), NULL, error));
    return ST_OK;
}

/* A program lies on the desktop of the one who starts it, unless the job names another place. With
 * %VARIABLES%: every world has its own. */
static const char *sample_place(Arena *a, const char *name) {
    if (strchr(name, '\\')) return name;
    return arena_printf(a, "%%USERPROFILE%%\\Desktop\\%s", name);
}

/* A field of 0 takes the guest's default. */
static GuestBudget budget(JobBudget want) {
    GuestBudget b = guest_default_budget();
    if (want.blocks) b.blocks = want.blocks;
    if (want.elapsed) b.time = want.elapsed;
    if (want.memory) b.memory = want.memory;
    if (want.events) b.events = want.events;
    if (want.calls) b.calls = want.calls;
    if (want.written) b.file_bytes = want.written;
    if (want.processes) b.processes = (uint32_t)want.processes;
    return b;
}

static void do_job(Job *job) {
    Arena a = arena_new(WORLD_MEMORY);
    World *world;
    WorldError error = {0};
    Span sample = {0};
    Time told = 0;
    Status s = make_world(&a, job, &world, &error);
    if (s != ST_OK) {
        not_started(job, error.text ? error.text : status_text(s));
        return;
    }
    const char *place = sample_place(&a, job->sample_name);
    s = map_sample(&sample);
    GuestConfig config = {.sample = sample,
                          .path = world_expand(world, &a, place),
                          .opener = job->opener,
                          .arguments = job->arguments,
                          .directory = job->directory,
                          .world = world,
                          .world_name = job->world_name,
                          .edits = job->edits,
                          .pack64 = pack(JOB_FD_PACK_X64),
                          .pack32 = pack(JOB_FD_PACK_X86),
                          .budget = budget(job->budget),
                          .trace = job->trace,
                          .capture = job->capture,
                          .run = job->run,
                          .artifact = job->artifact,
                          .lock = lock,
                          .lock_context = job,
                          .progress = tell_progress,
                          .progress_context = &told,
                          .sink = &out.sink};
    LureConfig lure = {.guest = config,
                       .replays = (uint32_t)job->replays,
                       .lives_at_once = (unsigned)job->lives_at_once,
                       .place = place,
                       .world = job->world,
                       .against = job->against,
                       .sign = tell_life,
                       .sign_context = &told};
    bool lives = job->replays || job->against;
    if (s == ST_OK) s = lives ? lure_run(&lure) : guest_run(&config);
    if (s != ST_OK) not_started(job, status_text(s));
}

int main(void) {
    heap_in_huge_pages();
    Arena a = arena_new(FRAME_CEILING_JOB);
    FrameReader frames = frame_reader(FRAME_CEILING_JOB);
    Frame f;
    Job job;
    jail_lock_basics();
    msg_sink_open(&out, JOB_FD_CHANNEL);
    log_set_sink(log_to_coax);
    log_set_level_named(getenv("COAX_LOG"));
    if (frame_receive(&frames, JOB_FD_CHANNEL, FRAME_NO_DEADLINE, &f) != ST_OK ||
        f.type != MSG_JOB || job_decode(&a, f.payload, &job) != ST_OK) {
        fprintf(stderr, "coax-guest is started by coax, with a job on descriptor %d\n",
                JOB_FD_CHANNEL);
        return EXIT_NO_JOB;
    }
    do_job(&job);
    leave();
}
