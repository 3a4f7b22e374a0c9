/* libcoax: what is this file, what does it do, and what is it waiting for?
 *
 *     Coax *c = coax_open();
 *     coax_set(c, "world", "office");
 *     int status = coax_analyse(c, paths, count, on_line, NULL);
 *     if (status == COAX_TROUBLE) puts(coax_message(c));
 *     coax_close(c);
 *
 * Results are the lines of `coax --json`: docs/json.md describes them, docs/schema.json is their
 * schema, and a field is never renamed or removed. Nothing hostile runs in the calling process:
 * every parser and every program works in a jailed process of its own.
 *
 * One handle serves one thread at a time; coax_interrupt alone may be called from another thread or
 * from a signal handler. All text is UTF-8 and belongs to whoever passed it. */
#ifndef COAX_H
#define COAX_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct Coax Coax;

/* What an analysis came to; the same numbers as the command's exit status. */
enum {
    COAX_NOTHING = 0,  /* nothing found; findings of severity "info" do not count */
    COAX_FINDINGS = 1, /* findings, even where something else went wrong too */
    COAX_TROUBLE = 2   /* wrong usage, an unreadable input, or our own trouble: see coax_message */
};

/* "0.1.0" */
const char *coax_version(void);

/* A handle with default options, or NULL where memory is short. */
Coax *coax_open(void);

/* Sets an option: "world" (a name or a YAML file), "set" (an edit; adds to those before),
 * "directory" (the program's working directory in its world), "jobs" (programs to run at a time),
 * "trace" ("yes": report calls as well). 0, or COAX_TROUBLE where there is no such option or the
 * value does not fit. */
int coax_set(Coax *c, const char *option, const char *value);

/* Takes one line of JSON: `length` bytes without the line end; valid during the call. Anything but
 * 0 ends the analysis early, and COAX_TROUBLE is its result. */
typedef int CoaxLine(void *context, const char *json, size_t length);

/* Says what files are (folders are searched) and runs the Windows programs among them. Blocks until
 * all is done. May be called again; ids then begin anew. */
int coax_analyse(Coax *c, const char *const *paths, size_t count, CoaxLine *line, void *context);

/* Runs one program with arguments (without the program's own name). */
int coax_run(Coax *c, const char *program, const char *const *arguments, size_t count,
             CoaxLine *line, void *context);

/* Ends a running analysis soon; what was finished has been told. */
void coax_interrupt(Coax *c);

/* One sentence about the last COAX_TROUBLE; "" where there was none. Valid until the next call. */
const char *coax_message(const Coax *c);

/* Frees the handle; NULL is fine. */
void coax_close(Coax *c);

#ifdef __cplusplus
}
#endif

#endif
