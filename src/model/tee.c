#include "model/tee.h"

#define BOTH(name, ...)                                                                            \
    do {                                                                                           \
        Tee *t = (Tee *)s;                                                                         \
        sink_##name(t->first, __VA_ARGS__);                                                        \
        sink_##name(t->second, __VA_ARGS__);                                                       \
    } while (0)

static void take_artifact(Sink *s, const Artifact *a) {
    BOTH(artifact, a);
}
static void take_event(Sink *s, const Event *e) {
    BOTH(event, e);
}
static void take_call(Sink *s, const Call *c) {
    BOTH(call, c);
}
static void take_finding(Sink *s, const Finding *f) {
    BOTH(finding, f);
}
static void take_trigger(Sink *s, const Trigger *trigger) {
    BOTH(trigger, trigger);
}
static void take_run(Sink *s, const Run *r) {
    BOTH(run, r);
}
static void take_skipped(Sink *s, const char *what, const char *why) {
    BOTH(skipped, what, why);
}
static void take_host(Sink *s, const Host *h) {
    BOTH(host, h);
}
static void take_persona(Sink *s, const Persona *p) {
    BOTH(persona, p);
}
static void take_packet(Sink *s, const NetFrame *f) {
    BOTH(packet, f);
}
static void take_begun(Sink *s, const char *name) {
    BOTH(begun, name);
}
static void take_ended(Sink *s, const InputEnd *end) {
    BOTH(ended, end);
}
static void take_entity(Sink *s, const Entity *e) {
    BOTH(entity, e);
}

Tee tee_of(Sink *first, Sink *second) {
    return (Tee){.sink = {.artifact = take_artifact,
                          .event = take_event,
                          .call = take_call,
                          .finding = take_finding,
                          .trigger = take_trigger,
                          .run = take_run,
                          .skipped = take_skipped,
                          .host = take_host,
                          .persona = take_persona,
                          .packet = take_packet,
                          .begun = take_begun,
                          .ended = take_ended,
                          .entity = take_entity},
                 .first = first,
                 .second = second};
}
