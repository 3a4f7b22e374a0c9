/* Sink: where nouns go. A room emits into the sink that it was given and does not know whether a
 * report, a socket or a case file is behind it. A NULL function means "not wanted". Everything
 * passed is valid during the call only. */
#ifndef COAX_MODEL_SINK_H
#define COAX_MODEL_SINK_H

#include "model/model.h"

/* The end of one input: everything about it has been told. */
typedef struct {
    const char *name;  /* as the analyst gave it */
    uint32_t artifact; /* its own, or 0 where there is none */
    const char *key;   /* text that stands for all that the answer depends on, or NULL */
    bool sound;        /* the same work again would give the same answer */
} InputEnd;

typedef struct Sink Sink;
struct Sink {
    void (*artifact)(Sink *s, const Artifact *a);
    void (*event)(Sink *s, const Event *e);
    void (*call)(Sink *s, const Call *c);
    void (*finding)(Sink *s, const Finding *f);
    void (*trigger)(Sink *s, const Trigger *t);
    void (*run)(Sink *s, const Run *r);
    void (*skipped)(Sink *s, const char *what, const char *why);
    void (*host)(Sink *s, const Host *h);
    void (*persona)(Sink *s, const Persona *p);
    /* What goes into a capture file: the guest's network, or the packets of findings. */
    void (*packet)(Sink *s, const NetFrame *f);
    /* Work at an input begins; it may be told much later. */
    void (*begun)(Sink *s, const char *name);
    /* After the last noun of an input, in the order of the inputs. */
    void (*ended)(Sink *s, const InputEnd *end);
    void (*entity)(Sink *s, const Entity *e);
};

static inline void sink_artifact(Sink *s, const Artifact *a) {
    if (s->artifact) s->artifact(s, a);
}
static inline void sink_event(Sink *s, const Event *e) {
    if (s->event) s->event(s, e);
}
static inline void sink_call(Sink *s, const Call *c) {
    if (s->call) s->call(s, c);
}
static inline void sink_finding(Sink *s, const Finding *f) {
    if (s->finding) s->finding(s, f);
}
static inline void sink_trigger(Sink *s, const Trigger *t) {
    if (s->trigger) s->trigger(s, t);
}
static inline void sink_run(Sink *s, const Run *r) {
    if (s->run) s->run(s, r);
}
static inline void sink_host(Sink *s, const Host *h) {
    if (s->host) s->host(s, h);
}
static inline void sink_persona(Sink *s, const Persona *p) {
    if (s->persona) s->persona(s, p);
}
static inline void sink_skipped(Sink *s, const char *what, const char *why) {
    if (s->skipped) s->skipped(s, what, why);
}

static inline void sink_packet(Sink *s, const NetFrame *f) {
    if (s->packet) s->packet(s, f);
}
static inline void sink_begun(Sink *s, const char *name) {
    if (s->begun) s->begun(s, name);
}
static inline void sink_ended(Sink *s, const InputEnd *end) {
    if (s->ended) s->ended(s, end);
}
static inline void sink_entity(Sink *s, const Entity *e) {
    if (s->entity) s->entity(s, e);
}

#endif
