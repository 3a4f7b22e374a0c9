/* Arena: memory that lives and dies together, with a cap. The cap is the defence against inputs
 * that ask for too much: past it every allocation fails, and the parser reports that its budget
 * ended. Nothing in an arena is freed one by one. */
#ifndef COAX_BASE_ARENA_H
#define COAX_BASE_ARENA_H

#include "base/bytes.h"
#include <stdarg.h>

typedef struct ArenaBlock ArenaBlock;

typedef struct {
    ArenaBlock *blocks; /* newest first */
    size_t used, cap;   /* bytes handed out, bytes at the most */
    bool full;          /* an allocation failed; sticks until arena_reset */
} Arena;

/* An arena that hands out at most `cap` bytes. Takes no memory before the first allocation. */
Arena arena_new(size_t cap);

/* Frees everything; the arena can be used again. A zeroed Arena is fine. */
void arena_reset(Arena *a);

/* Frees everything but one block, for an arena that is filled and emptied over and over. */
void arena_clear(Arena *a);

/* n zeroed bytes aligned for any type, or NULL when the cap is reached (and `full` is set).
 * n = 0 gives a pointer that must not be dereferenced. */
void *arena_alloc(Arena *a, size_t n);

/* count * size with the multiplication checked. */
void *arena_array(Arena *a, size_t count, size_t size);
#define arena_new_array(a, type, count) ((type *)arena_array((a), (count), sizeof(type)))
#define arena_one(a, type)              ((type *)arena_alloc((a), sizeof(type)))

/* Copies; a NUL follows the copy and is not counted. NULL when full. */
char *arena_text(Arena *a, Span text);
char *arena_str(Arena *a, const char *s);
Span arena_bytes(Arena *a, Span bytes);

/* printf into the arena; NULL when full. */
char *arena_printf(Arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(Arena *a, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

#endif
