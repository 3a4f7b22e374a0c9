/* Registry: the tree of keys and values of one machine.
 *
 * Most of it comes from the packs' records (docs/pack.md) and is read key by key, when a key is
 * first looked into: a program looks at a few dozen of nine thousand. Names compare without case
 * and stay as they were spelled. Keys and values are kept in the order of their names, which is
 * how Windows enumerates keys and Wine values as well.
 *
 * The tree knows nothing of processes: handles, events and waits are nt/registry.c's. */
#ifndef COAX_GUEST_REGISTRY_H
#define COAX_GUEST_REGISTRY_H

#include "base/arena.h"
#include "base/status.h"

typedef struct Machine Machine;
typedef struct Registry Registry;
typedef struct RegKey RegKey;
typedef struct RegSource RegSource;
typedef struct RegWatch RegWatch;

enum {
    REG_NONE = 0,
    REG_SZ = 1,
    REG_EXPAND_SZ = 2,
    REG_BINARY = 3,
    REG_DWORD = 4,
    REG_DWORD_BIG_ENDIAN = 5,
    REG_LINK = 6,
    REG_MULTI_SZ = 7,
    REG_QWORD = 11,
};

typedef struct {
    char *name; /* "" is the default value */
    uint32_t type;
    Span data;
    bool owned; /* data is the registry's own memory, not a pack's */
    bool guest; /* a program wrote it */
} RegValue;

struct RegKey {
    RegKey *parent; /* NULL: the root, or deleted */
    char *name;
    char *class;      /* or NULL */
    uint64_t written; /* FILETIME */
    uint32_t refs;
    bool link;      /* its value SymbolicLinkValue names the key that is meant */
    bool in_memory; /* REG_OPTION_VOLATILE */
    bool deleted;
    bool guest;       /* a program made it */
    bool shared;      /* a Wow6432Node that shows what it lacks from its parent: below Classes */
    RegKey *wow;      /* its child Wow6432Node: the 32-bit view of this key */
    RegKey **keys;    /* sorted */
    RegValue *values; /* sorted */
    uint32_t key_count, key_room, value_count, value_room;
    RegSource *sources; /* records that were not read yet */
};

enum {
    REG_VIEW_32 = 1,   /* follow Wow6432Node as a 32-bit process does */
    REG_FORCE_32 = 16, /* KEY_WOW64_32KEY: also below a handle to the 64-bit view */
    REG_OPEN_LINK = 2, /* a link at the end of the path is meant itself */
    REG_VOLATILE = 4,
    REG_CREATE_LINK = 8,
};

/* What a watch waits for (REG_NOTIFY_CHANGE_*). */
enum {
    REG_CHANGE_NAME = 1,
    REG_CHANGE_ATTRIBUTES = 2,
    REG_CHANGE_VALUE = 4,
    REG_CHANGE_SECURITY = 8
};

struct RegWatch {
    RegWatch *next;
    RegKey *key;
    uint32_t filter;
    bool subtree;
    /* Called once, with the watch already taken out; deleted says that the key itself went. */
    void (*changed)(RegWatch *w, bool deleted);
};

/* An empty registry; keys of packs were last written at `written` (FILETIME). NULL: no memory. */
Registry *registry_new(uint64_t written);
void registry_free(Registry *r);

/* The key \REGISTRY. */
RegKey *registry_root(Registry *r);

/* Shows the records below the key `from` (\Registry\Machine) at the place `to`, a path below the
 * root without a first backslash (MACHINE). What an earlier call put there goes first. The records
 * must outlive the registry. */
bool registry_graft(Registry *r, Span records, const char *from, const char *to);

/* The key at a path, from `from` on (NULL: a full path, \Registry\...). No reference is taken. */
uint32_t registry_find(Registry *r, RegKey *from, const char *path, unsigned flags, RegKey **out);

/* The same, or a new key there; all above it must exist. */
uint32_t registry_create(Registry *r, RegKey *from, const char *path, unsigned flags, uint64_t now,
                         RegKey **out, bool *created);

/* For whoever furnishes a machine: the key of a full path with all above it, or NULL (no memory).
 */
RegKey *registry_make(Registry *r, const char *path);

/* From now on it is programs that change the registry. */
void registry_move_in(Registry *r);

/* Deletes a key without subkeys, or (`tree`) with all below it. */
uint32_t registry_delete(Registry *r, RegKey *key, bool tree, uint64_t now);
uint32_t registry_rename(Registry *r, RegKey *key, const char *name, uint64_t now);

/* Subkeys and values by their place in the order. NULL past the end. */
RegKey *registry_key_at(Registry *r, RegKey *key, uint32_t index);
const RegValue *registry_value_at(Registry *r, RegKey *key, uint32_t index);
/* What is in it, as memory. */
uint64_t registry_bytes(const Registry *r);

uint32_t registry_key_count(Registry *r, RegKey *key);
uint32_t registry_value_count(Registry *r, RegKey *key);

const RegValue *registry_value(Registry *r, RegKey *key, const char *name);
/* Copies name and data. */
uint32_t registry_set(Registry *r, RegKey *key, const char *name, uint32_t type, Span data,
                      uint64_t now);
uint32_t registry_unset(Registry *r, RegKey *key, const char *name, uint64_t now);
bool registry_set_class(Registry *r, RegKey *key, const char *class);

/* \REGISTRY\MACHINE\..., NULL when the arena is full. */
char *registry_path(Arena *a, const RegKey *key);

void registry_hold(RegKey *key);
void registry_drop(Registry *r, RegKey *key);

/* Waits for the next change; the key is held meanwhile. */
void registry_watch(Registry *r, RegWatch *watch);
/* A watch that did not fire yet is taken out. */
void registry_unwatch(Registry *r, RegWatch *watch);

/* The machine's registry (registry_world.c): the packs' records and what the world says. */
Status registry_open(Machine *m);
void registry_close(Machine *m);

#endif
