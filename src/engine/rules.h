/* rules: the rules and lists that files are held against, from the options. */
#ifndef COAX_ENGINE_RULES_H
#define COAX_ENGINE_RULES_H

#include "engine/internal.h"

/* Compiles and reads all; on failure `message` says what is wrong, with file and line. */
Status rules_open(Engine *e, char message[ENGINE_MESSAGE]);
void rules_close(Engine *e);

/* Names the lines of lists that are no entries. */
void rules_tell_problems(Engine *e);

/* A finding where a list has the artifact. */
void rules_tell_listed(Engine *e, const Artifact *a, uint32_t id);

#endif
