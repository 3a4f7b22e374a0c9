/* The coax-guest of test_engine: takes its job as the real one does and tells a fixed story; the
 * name of the sample says where it leaves the story, and how: "MESSAGE-HOW.exe". Another name is
 * played to its end; "N-slow.exe" waits N tenths of a second before its first word, "N-long.exe"
 * tells N events. */
#include "jail/lock.h"
#include "msg/job.h"
#include "msg/sink.h"
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static MsgSink out;
static uint64_t told; /* messages */
static unsigned number;
static char how[32];

/* ---- ways to leave ---- */

static void crash(void) {
    signal(SIGSEGV, SIG_DFL); /* a sanitizer would turn it into an exit */
    char *p = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *(volatile char *)p = 1;
}

static void raw(const void *bytes, size_t n) {
    if (send(JOB_FD_CHANNEL, bytes, n, MSG_NOSIGNAL) < 0) _exit(9);
}

static void hang(void) {
    while (poll(NULL, 0, 1000) == 0) {}
}

static void live_on(void) {
    while (poll(NULL, 0, 50) == 0) msg_sink_progress(&out, &(MsgProgress){.time = 6});
}

static void flood(void) {
    Event e = {.run = 1, .artifact = 1, .n = 99, .category = EV_console};
    event_set(&e, EF_Text, "again");
    while (out.status == ST_OK) sink_event(&out.sink, &e);
}

static void send_frame(uint32_t type, Span payload) {
    frame_send(JOB_FD_CHANNEL, type, payload, -1, FRAME_NO_DEADLINE);
}

static void leave(void) {
    if (strcmp(how, "segv") == 0) crash();
    if (strcmp(how, "abort") == 0) abort();
    if (strcmp(how, "forbidden") == 0) socket(AF_INET, SOCK_STREAM, 0);
    if (strcmp(how, "exit3") == 0) _exit(3);
    if (strcmp(how, "exit0") == 0) _exit(0);
    if (strcmp(how, "hang") == 0) hang();
    if (strcmp(how, "mute") == 0) hang();
    if (strcmp(how, "lives") == 0) live_on();
    if (strcmp(how, "flood") == 0) flood();
    if (strcmp(how, "garbage") == 0) raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27);
    if (strcmp(how, "huge") == 0) raw("\xff\xff\xff\xff\4\0\0\0", 8);
    if (strcmp(how, "badnoun") == 0) send_frame(MSG_EVENT, span_str("nonsense"));
    if (strcmp(how, "badtype") == 0) send_frame(4711, span_str("x"));
    if (strcmp(how, "job") == 0) send_frame(MSG_JOB, span_str("x"));
    if (strcmp(how, "cut") == 0) raw("\xff\0\0\0\4\0\0\0abc", 11), _exit(0);
    if (strcmp(how, "close") == 0) close(JOB_FD_CHANNEL);
    hang(); /* whoever is still here waits to be ended */
}

static void before_message(void) {
    if (told++ == number && *how) leave();
}

/* ---- the story ---- */

static void tell_event(EventCategory category, EventFieldName field, const char *value,
                       uint64_t n) {
    Event e = {.run = 1, .artifact = 1, .n = n, .time = (Time)n, .category = category, .count = 1};
    event_set(&e, field, value);
    before_message();
    sink_event(&out.sink, &e);
}

static void tell_artifact(void) {
    enum { BYTES = 600000 };
    Artifact a = {.id = 2,
                  .parent = 1,
                  .offset = MODEL_NO_OFFSET,
                  .name = "C:\\dropped.txt",
                  .format = "lie",
                  .origin = "dropped",
                  .size = BYTES};
    char *text = malloc(BYTES);
    memset(text, 'x', BYTES);
    a.bytes = span(text, BYTES);
    before_message();
    sink_artifact(&out.sink, &a);
    free(text);
}

static void tell_finding(void) {
    Arena a = arena_new(1 << 20);
    Value *evidence = value_list(&a), *one = value_map(&a);
    value_set(&a, one, "artifact", value_uint(&a, 2));
    value_set(&a, one, "run", value_uint(&a, 1));
    value_add(evidence, one);
    before_message();
    sink_finding(&out.sink, &(Finding){.rule = "fake.rule",
                                       .severity = SEVERITY_LOW,
                                       .title = "A finding.",
                                       .artifact = 2,
                                       .evidence = evidence});
    arena_reset(&a);
}

static void tell_story(const Job *job) {
    tell_event(EV_process_creation, EF_Image, job->sample_name, 1);
    tell_event(EV_file_event, EF_TargetFilename, "C:\\dropped.txt", 2);
    tell_artifact();
    before_message();
    sink_call(&out.sink, &(Call){.run = 1,
                                 .artifact = 1,
                                 .n = 1,
                                 .count = 1,
                                 .module = "kernel32",
                                 .name = "Sleep",
                                 .caller = "a.exe+0x1"});
    tell_finding();
    before_message();
    msg_sink_progress(&out, &(MsgProgress){.time = 5, .processes = 1, .calls = 9});
    tell_event(EV_process_termination, EF_ExitCode, "0", 3);
    before_message();
    sink_run(&out.sink, &(Run){.id = 1,
                               .artifact = 1,
                               .world = job->world_name,
                               .edits = job->edits,
                               .ended = "exit 0"});
    before_message();
    msg_sink_end(&out);
    before_message();
}

static void tell_many(unsigned events) {
    char text[1001];
    memset(text, 'y', 1000);
    text[1000] = 0;
    for (unsigned n = 0; n < events; n++) tell_event(EV_console, EF_Text, text, n + 1);
}

int main(void) {
    Arena a = arena_new(FRAME_CEILING_JOB);
    FrameReader frames = frame_reader(FRAME_CEILING_JOB);
    Frame f;
    Job job;
    msg_sink_open(&out, JOB_FD_CHANNEL);
    if (frame_receive(&frames, JOB_FD_CHANNEL, FRAME_NO_DEADLINE, &f) != ST_OK ||
        job_decode(&a, f.payload, &job) != ST_OK || jail_lock(&(JailLock){0}, NULL) != ST_OK)
        return 1;
    if (sscanf(job.sample_name, "%u-%31[a-z0-9]", &number, how) != 2) *how = 0;
    if (strcmp(how, "slow") == 0) poll(NULL, 0, (int)number * 100), *how = 0;
    if (strcmp(how, "long") == 0) *how = 0, tell_many(number);
    told = 0;
    tell_story(&job);
    _exit(0);
}
