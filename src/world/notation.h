/* Notation: how a value is spelled behind the `=` of an edit and in YAML's scalars, before it is
 * known what the fact wants. Shared by notation.c (reads it), value.c (turns it into the fact's
 * type) and spelling.c (prints a value in it). */
#ifndef COAX_WORLD_NOTATION_H
#define COAX_WORLD_NOTATION_H

#include "world/internal.h"

enum {
    REG_SZ = 1,
    REG_EXPAND_SZ = 2,
    REG_BINARY = 3,
    REG_DWORD = 4,
    REG_MULTI_SZ = 7,
    REG_QWORD = 11
};

typedef enum {
    FORM_TEXT,  /* UTF-8 */
    FORM_U16,   /* UTF-8 that was marked as wide text */
    FORM_BYTES, /* any */
    FORM_VARS,
    FORM_DWORD,
    FORM_QWORD,
    FORM_EXPAND,
    FORM_MULTI,
    FORM_TYPED, /* bytes of registry type `number` */
} Form;

typedef struct {
    Arena *arena;
    FactId id;
    const WorldFileReader *host_files;
    const char **problem;
    Form form;
    Span payload; /* a NUL follows, but for FORM_BYTES and FORM_TYPED */
    uint64_t number;
} Notation;

/* Fills in form, payload and number. */
Status notation_read(Notation *n, Span text);

/* Whether plain text would be read as another form. */
bool notation_is_marked(Span text);

/* ST_SYNTAX with a sentence in *problem. */
Status notation_refuse(const Notation *n, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Decimal or 0x; the whole text. */
bool notation_number(Span text, uint64_t *out);

/* A hex digit's value, or -1. */
int notation_nibble(uint8_t c);

/* ---- units, in the order in which a number is printed in them ---- */

typedef struct {
    const char *name;
    int64_t factor;
} Unit;

enum { SIZE_UNITS = 9, DURATION_UNITS = 7, DURATION_NAMES = 8 };
extern const Unit size_units[SIZE_UNITS];
extern const Unit duration_units[DURATION_NAMES]; /* the last is another name */

#endif
