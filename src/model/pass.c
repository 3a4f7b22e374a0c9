#include "model/pass.h"

static Sink *next(Sink *s) {
    return ((Pass *)s)->next;
}

static void pass_artifact(Sink *s, const Artifact *a) {
    sink_artifact(next(s), a);
}
static void pass_event(Sink *s, const Event *e) {
    sink_event(next(s), e);
}
static void pass_call(Sink *s, const Call *c) {
    sink_call(next(s), c);
}
static void pass_finding(Sink *s, const Finding *f) {
    sink_finding(next(s), f);
}
static void pass_trigger(Sink *s, const Trigger *t) {
    sink_trigger(next(s), t);
}
static void pass_run(Sink *s, const Run *r) {
    sink_run(next(s), r);
}
static void pass_skipped(Sink *s, const char *what, const char *why) {
    sink_skipped(next(s), what, why);
}
static void pass_host(Sink *s, const Host *h) {
    sink_host(next(s), h);
}
static void pass_persona(Sink *s, const Persona *p) {
    sink_persona(next(s), p);
}
static void pass_packet(Sink *s, const NetFrame *f) {
    sink_packet(next(s), f);
}
static void pass_begun(Sink *s, const char *name) {
    sink_begun(next(s), name);
}
static void pass_ended(Sink *s, const InputEnd *end) {
    sink_ended(next(s), end);
}
static void pass_entity(Sink *s, const Entity *e) {
    sink_entity(next(s), e);
}

Sink pass_sink(void) {
    return (Sink){.artifact = pass_artifact,
                  .event = pass_event,
                  .call = pass_call,
                  .finding = pass_finding,
                  .trigger = pass_trigger,
                  .run = pass_run,
                  .skipped = pass_skipped,
                  .host = pass_host,
                  .persona = pass_persona,
                  .packet = pass_packet,
                  .begun = pass_begun,
                  .ended = pass_ended,
                  .entity = pass_entity};
}
