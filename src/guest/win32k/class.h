/* Class: window classes of a process, and its window procedures with their two faces. */
#ifndef COAX_GUEST_WIN32K_CLASS_H
#define COAX_GUEST_WIN32K_CLASS_H

#include "guest/win32k/user.h"

struct Class {
    Class *next;
    uint16_t atom;
    Wide name;        /* with its version's prefix, where it has one */
    uint32_t version; /* units of the prefix */
    uint32_t style, window_extra, extra_size;
    bool local;
    uint64_t procedure, instance, cursor, icon, icon_small, brush;
    uint64_t menu_name[3]; /* struct client_menu_name: ANSI, wide, UNICODE_STRING */
    uint8_t *extra;
    uint32_t windows; /* that exist */
};

enum {
    ATOM_CLASS_MENU = 0x8000,
    ATOM_CLASS_DESKTOP = 0x8001,
    ATOM_CLASS_DIALOG = 0x8002,
    ATOM_CLASS_ICON_TITLE = 0x8004,
};

/* user32.dll's classes, made when the process needs the first. */
void classes_prepare(Sys *s);

/* A UNICODE_STRING that names a class, by text or atom; atoms have no text. */
typedef struct {
    Wide text;
    uint16_t atom;
} ClassName;
ClassName class_name_read(Process *p, uint64_t unicode_string);

Class *class_find(UserProcess *p, uint64_t instance, ClassName name);
void class_drop(Class *c); /* a window of it is gone */
void classes_process_ended(UserProcess *p);

/* The handle of a window procedure (or the procedure itself where it is one already). */
uint64_t winproc_allocate(UserProcess *p, uint64_t function, bool ansi);
/* What a program is told: the function of that face, or the handle. */
uint64_t winproc_for_program(UserProcess *p, uint64_t procedure, bool ansi);
bool winproc_is_wide(UserProcess *p, uint64_t procedure, bool otherwise);
const WindowProcedure *winproc_faces(UserProcess *p, uint64_t procedure);
uint64_t winproc_builtin(unsigned number);

/* GetClassLong and its like; `size` in bytes of what is asked. */
uint64_t class_long(Sys *s, uint32_t window, int32_t offset, unsigned size, bool ansi);

/* What GetClassName says, without a version's prefix. */
Wide class_shown_name(const Class *c);

#endif
