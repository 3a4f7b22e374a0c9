/* Keys as the families of registry calls share them: key objects, names, answers. */
#ifndef COAX_GUEST_NT_KEY_H
#define COAX_GUEST_NT_KEY_H

#include "guest/registry.h"
#include "guest/sys.h"

typedef struct {
    Object object;
    RegKey *key;
    struct Notification *notifications; /* registry_notify.c's */
} KeyObject;

/* Rights of keys (winnt.h). */
enum {
    KEY_QUERY_VALUE = 1,
    KEY_SET_VALUE = 2,
    KEY_CREATE_SUB_KEY = 4,
    KEY_ENUMERATE_SUB_KEYS = 8,
    KEY_NOTIFY = 0x10,
    KEY_CREATE_LINK = 0x20,
    KEY_WOW64_64KEY = 0x100,
    KEY_WOW64_32KEY = 0x200,
    KEY_READ = 0x20019,
    KEY_WRITE = 0x20006,
    KEY_ALL_ACCESS = 0xf003f,
    DELETE = 0x10000,
    WRITE_DAC = 0x40000,
    WRITE_OWNER = 0x80000,
    MAXIMUM_ALLOWED = 0x2000000,
};

/* The key of a handle that grants the access. */
uint32_t key_of(Sys *s, uint64_t handle, uint32_t access, RegKey **out);

/* Whether the caller has the right to change the key; a handle alone does not say so (registry_wine.h). */
bool key_may_change(Sys *s, const RegKey *key);

/* Tells of a registry that is full, where that is why. */
void registry_refused(Sys *s, uint32_t status);

/* A new handle for the key, written to the first argument. */
uint32_t key_return(Sys *s, RegKey *key, uint32_t access, uint32_t attributes);

/* The text of a UNICODE_STRING, which may hold NULs; inside they are spelled C0 80. */
uint32_t key_read_name(Sys *s, uint64_t address, char **out);
/* The same back, as UTF-16. */
Span key_name_out(Arena *a, const char *name);

/* A key as Sysmon spells it. */
const char *key_event_path(Sys *s, const RegKey *key);

/* Wine's crypt32.dll copies the certificates that Windows has into volatile keys when a program
 * first looks at them: that is nothing that the program did. */
bool key_is_copied_root(const RegKey *key);

/* Where an answer goes: class, buffer, its size, pointer to the size that is needed. */
typedef struct {
    uint32_t class;
    uint64_t buffer, size, needed;
} KeyAnswer;

KeyAnswer key_answer_at(const Sys *s, unsigned first);
/* Status of an answer whose first `fixed` bytes must fit. */
uint64_t key_answered(Sys *s, const KeyAnswer *a, const Fields *f, uint64_t fixed);

/* Whoever still waits for changes through the object is told that it was closed. */
void key_end_notifications(KeyObject *k);

#endif
