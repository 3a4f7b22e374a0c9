/* Edits that the lure makes. Functions that return bool fail where the fact takes no such value. */
#ifndef COAX_LURE_EDITS_H
#define COAX_LURE_EDITS_H

#include "lure/internal.h"

/* A value of a world with the edits in force, or NULL: a removed or unknown one. */
const WorldValue *edits_value(const World *base, const EditSet *edits, FactId fact,
                              const char *subject);

/* Facts whose items are found by going through a list: processes, windows, services. */
bool edits_is_list(FactId fact);

bool edits_add(Arena *a, FactId fact, const char *subject, WorldEdit *out);
bool edits_remove(Arena *a, FactId fact, const char *subject, WorldEdit *out);
bool edits_set_text(Arena *a, FactId fact, const char *subject, Span text, WorldEdit *out);
bool edits_set_bytes(Arena *a, FactId fact, const char *subject, Span bytes, WorldEdit *out);
bool edits_set_number(Arena *a, const Seen *s, int64_t number, WorldEdit *out);
bool edits_set_notation(Arena *a, FactId fact, const char *subject, const char *notation,
                        WorldEdit *out);

/* What is there when a subject is added: a value that is recognised wherever it turns up. */
bool edits_dye(Arena *a, FactId fact, const char *subject, unsigned variant, WorldEdit *out);

/* The value that an edit sets, in its notation. */
const char *edits_value_text(Arena *a, const WorldEdit *e);

#endif
