/* YAML 1.1, read: one document into a Value, with line and column on every node (libyaml). Plain
 * scalars become null, booleans and numbers as the core schema has them; quoted ones stay text.
 * Anchors and aliases are refused, as are duplicate keys. */
#ifndef COAX_BASE_YAML_H
#define COAX_BASE_YAML_H

#include "base/status.h"
#include "base/value.h"

typedef struct {
    const char *text; /* a sentence, in the arena */
    uint32_t line, column;
} YamlError;

/* ST_OK with the root in *out (a null Value for an empty document), ST_SYNTAX with *error filled
 * in, or ST_BUDGET when the arena is full. Nesting deeper than 64 is a syntax error. */
Status yaml_read(Arena *a, Span text, const Value **out, YamlError *error);

#endif
