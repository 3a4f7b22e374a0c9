/* The registry's tree from the inside: registry.c walks and changes it, registry_keys.c keeps the
 * keys, registry_records.c fills them from packs. Others use registry.h. */
#ifndef COAX_GUEST_REGISTRY_TREE_H
#define COAX_GUEST_REGISTRY_TREE_H

#include "guest/registry.h"

enum {
    MAX_NAME = 255 * 3,    /* of a key in UTF-8, at the most */
    MAX_BYTES = 128 << 20, /* that a program may fill */
};

/* The value that makes a key a link. */
#define LINK_VALUE "SymbolicLinkValue"

/* A part of a pack's records that belongs to a key: those whose path begins with `from`, as if `to`
 * stood in its place (below the key). */
struct RegSource {
    RegSource *next;
    Span records, from;
    const char *to;
};

struct Registry {
    RegKey *root;
    RegWatch *watches;
    uint64_t written;
    uint64_t bytes; /* allocated */
    bool lived_in;  /* furnished: who changes it now is a program */
    Arena paths;    /* of links, during one walk */
};

/* ---- registry_keys.c ---- */

/* Memory that counts against MAX_BYTES, zeroed; NULL: too much. What is given back may be NULL. */
void *reg_take(Registry *r, size_t n);
void reg_give(Registry *r, void *p, size_t n);
char *reg_take_text(Registry *r, Span text);
void reg_give_text(Registry *r, char *text);

/* The place of a name among the keys, or values; *found says whether it is there. */
uint32_t reg_key_place(const RegKey *k, const char *name, bool *found);
uint32_t reg_value_place(const RegKey *k, const char *name, bool *found);

/* A new key at its place: the tree holds the one reference. NULL: no memory. */
RegKey *reg_add_key(Registry *r, RegKey *parent, uint32_t at, Span name);
RegValue *reg_add_value(Registry *r, RegKey *k, const char *name, uint32_t at);

/* There must be room at the place; the key is taken out, and not freed. */
void reg_insert_key(RegKey *parent, uint32_t at, RegKey *key);
void reg_remove_key(RegKey *key);

void reg_drop_data(Registry *r, RegValue *v);
void reg_free_key(Registry *r, RegKey *k); /* with all below it */

/* ---- registry_records.c ---- */

bool reg_add_source(Registry *r, RegKey *k, RegSource part);
/* Reads what was not read yet. What lies below a link is its target's business. */
void reg_look(Registry *r, RegKey *k);

/* A path up to its first backslash. */
Span reg_component(Span path);
/* Is the path the prefix, or below it? */
bool reg_begins(Span path, Span prefix);

#endif
