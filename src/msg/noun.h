/* noun: each of the model's nouns as the payload of one message. Encoding appends; decoding checks
 * every enumeration, count and shape, takes its memory from the arena, and returns ST_PROTOCOL for
 * anything malformed and ST_BUDGET where the arena is full. Text is not checked to be UTF-8: nobody
 * relies on that. An Artifact's bytes do not travel in its message; see sink.h. */
#ifndef COAX_MSG_NOUN_H
#define COAX_MSG_NOUN_H

#include "base/buf.h"
#include "base/status.h"
#include "model/model.h"

/* Text that model.h does not call optional must not be NULL. */
void noun_put_artifact(Buf *out, const Artifact *a);
void noun_put_event(Buf *out, const Event *e);
void noun_put_call(Buf *out, const Call *c);
void noun_put_finding(Buf *out, const Finding *f);
void noun_put_trigger(Buf *out, const Trigger *t);
void noun_put_run(Buf *out, const Run *r);
void noun_put_host(Buf *out, const Host *h);
void noun_put_persona(Buf *out, const Persona *p);
void noun_put_skipped(Buf *out, const char *what, const char *why);

/* `bytes` is the number of bytes that follow in messages of their own. */
Status noun_get_artifact(Arena *a, Span payload, Artifact *out, uint64_t *bytes);
Status noun_get_event(Arena *a, Span payload, Event *out);
Status noun_get_call(Arena *a, Span payload, Call *out);
Status noun_get_finding(Arena *a, Span payload, Finding *out);
Status noun_get_trigger(Arena *a, Span payload, Trigger *out);
Status noun_get_run(Arena *a, Span payload, Run *out);
Status noun_get_host(Arena *a, Span payload, Host *out);
Status noun_get_persona(Arena *a, Span payload, Persona *out);
Status noun_get_skipped(Arena *a, Span payload, const char **what, const char **why);

#endif
