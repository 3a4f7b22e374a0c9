#include "guest/win32k/class.h"
#include "guest/atoms.h"
#include "guest/win32k/window.h"
#include <stdio.h>
#include <stdlib.h>

/* ---- window procedures ---- */

uint64_t winproc_builtin(unsigned number) {
    return (uint64_t)WINPROC_HANDLE << 16 | number;
}

const WindowProcedure *winproc_faces(UserProcess *p, uint64_t procedure) {
    uint32_t number = procedure & 0xffff;
    if (procedure >> 16 != WINPROC_HANDLE || number >= p->procedure_count) return NULL;
    return &p->procedures[number];
}

/* user32.dll's own are found by either face: programs mix them up. */
static bool find_procedure(UserProcess *p, uint64_t function, bool ansi, uint32_t *number) {
    for (uint32_t i = 0; i < p->procedure_count; i++) {
        const WindowProcedure *w = &p->procedures[i];
        bool either = i < WINPROC_BOTH_FACES && (w->ansi == function || w->wide == function);
        if (!either && (ansi ? w->ansi : w->wide) != function) continue;
        *number = i;
        return true;
    }
    return false;
}

uint64_t winproc_allocate(UserProcess *p, uint64_t function, bool ansi) {
    uint32_t number;
    if (!function || winproc_faces(p, function)) return function;
    if (!find_procedure(p, function, ansi, &number)) {
        if (p->procedure_count == WINPROC_MOST) return function;
        number = p->procedure_count++;
        p->procedures[number] =
            ansi ? (WindowProcedure){.ansi = function} : (WindowProcedure){.wide = function};
    }
    return winproc_builtin(number);
}

uint64_t winproc_for_program(UserProcess *p, uint64_t procedure, bool ansi) {
    const WindowProcedure *w = winproc_faces(p, procedure);
    uint64_t function = w ? (ansi ? w->ansi : w->wide) : 0;
    return function ? function : procedure;
}

bool winproc_is_wide(UserProcess *p, uint64_t procedure, bool otherwise) {
    const WindowProcedure *w = winproc_faces(p, procedure);
    return !w || (w->ansi && w->wide) ? otherwise : w->wide != 0;
}

/* user32.dll tells its window procedures when it is loaded. */
static uint64_t initialize_procedures(Sys *s) {
    UserProcess *p = user_process(s);
    Fields ansi = fields(s->process, s->arg[0]), wide = fields(s->process, s->arg[1]);
    static const uint8_t order[] = {
        WINPROC_BUTTON,  WINPROC_COMBO,      WINPROC_DEFAULT,   WINPROC_DIALOG, WINPROC_EDIT,
        WINPROC_LISTBOX, WINPROC_MDI_CLIENT, WINPROC_SCROLLBAR, WINPROC_STATIC, WINPROC_IME,
        WINPROC_DESKTOP, WINPROC_ICON_TITLE, WINPROC_MENU,      WINPROC_MESSAGE};
    if (!p) return STATUS_NO_MEMORY;
    for (size_t i = 0; i < sizeof order; i++)
        p->procedures[order[i]] = (WindowProcedure){get_pointer(&ansi), get_pointer(&wide)};
    p->user32 = s->arg[3];
    return ansi.bad || wide.bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

/* ---- names ---- */

ClassName class_name_read(Process *p, uint64_t unicode_string) {
    ClassName name = {0};
    Fields f = fields(p, unicode_string);
    get_u16(&f);
    get_u16(&f);
    uint64_t buffer = get_pointer(&f);
    if (!unicode_string || f.bad) return name;
    if (buffer <= 0xffff) {
        name.atom = (uint16_t)buffer;
        return name;
    }
    name.text = wide_string(p, unicode_string);
    uint32_t number = 0, i = 1;
    if (!name.text.n || name.text.units[0] != '#') return name;
    for (; i < name.text.n && number <= 0xffff; i++) {
        uint16_t digit = name.text.units[i];
        if (digit < '0' || digit > '9') return name;
        number = number * 10 + (digit - '0');
    }
    if (number <= 0xffff) name.atom = (uint16_t)number;
    return name;
}

Wide class_shown_name(const Class *c) {
    return (Wide){c->name.units + c->version, c->name.n - c->version};
}

static Wide atom_wide(Machine *m, uint16_t atom) {
    char number[8];
    const Atom *a = atom >= ATOM_FIRST ? atom_info(m, atom) : NULL;
    if (a) return wide_utf8(a->name);
    snprintf(number, sizeof number, "#%u", atom);
    return wide_utf8(number);
}

/* ---- the list ---- */

Class *class_find(UserProcess *p, uint64_t instance, ClassName name) {
    for (Class *c = p->classes; c; c = c->next) {
        if (name.atom ? c->atom != name.atom : !wide_equal(c->name, name.text)) continue;
        if (!instance || !c->local ||
            (c->instance & ~UINT64_C(0xffff)) == (instance & ~UINT64_C(0xffff)))
            return c;
    }
    return NULL;
}

static void class_free(Machine *m, Class *c) {
    if (c->atom >= ATOM_FIRST) atom_delete(m, c->atom);
    wide_free(&c->name);
    free(c->extra);
    free(c);
}

void class_drop(Class *c) {
    if (c) c->windows--;
}

void classes_process_ended(UserProcess *p) {
    while (p->classes) {
        Class *c = p->classes;
        p->classes = c->next;
        class_free(p->process->machine, c);
    }
}

/* Takes the name. */
static Class *class_add(Sys *s, ClassName name, const Class *like) {
    UserProcess *p = user_process(s);
    Class *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    *c = *like;
    c->extra = calloc(1, c->extra_size + 1);
    c->name = name.atom && !name.text.units ? atom_wide(s->machine, name.atom) : name.text;
    c->atom = name.atom;
    if (!c->atom) c->atom = atom_add(s->machine, wide_text(s->scratch, c->name));
    /* Programs' own classes are found before those of all. */
    Class **link = &p->classes;
    while (!c->local && *link && (*link)->local) link = &(*link)->next;
    c->next = *link;
    *link = c;
    return c;
}

/* ---- user32.dll's own ---- */

typedef struct {
    const char *name; /* NULL: by its atom */
    uint16_t atom;
    uint8_t procedure;
    uint32_t style;
    uint8_t extra_bytes, extra_pointers;
    uint32_t brush;
} Builtin;

enum {
    CS_VREDRAW = 1,
    CS_HREDRAW = 2,
    CS_DBLCLKS = 8,
    CS_PARENTDC = 0x80,
    CS_SAVEBITS = 0x800,
    CS_GLOBALCLASS = 0x4000,
    CS_DROPSHADOW = 0x20000,
    DIALOG_EXTRA = 30,
    SCROLL_EXTRA = 28,
};

static const Builtin builtins[] = {
    {NULL, ATOM_CLASS_DESKTOP, WINPROC_DESKTOP, CS_DBLCLKS, 0, 0, 2},
    {"Message", 0, WINPROC_MESSAGE, 0, 0, 0, 0},
    {"Button", 0, WINPROC_BUTTON, CS_DBLCLKS | CS_VREDRAW | CS_HREDRAW | CS_PARENTDC, 4, 2, 0},
    {"ComboBox", 0, WINPROC_COMBO, CS_PARENTDC | CS_DBLCLKS | CS_HREDRAW | CS_VREDRAW, 0, 1, 0},
    {"ComboLBox", 0, WINPROC_LISTBOX, CS_DBLCLKS | CS_SAVEBITS, 0, 1, 0},
    {NULL, ATOM_CLASS_DIALOG, WINPROC_DIALOG, CS_SAVEBITS | CS_DBLCLKS, DIALOG_EXTRA, 0, 0},
    {"Edit", 0, WINPROC_EDIT, CS_DBLCLKS | CS_PARENTDC, 8, 0, 0},
    {NULL, ATOM_CLASS_ICON_TITLE, WINPROC_ICON_TITLE, 0, 0, 0, 0},
    {"IME", 0, WINPROC_IME, 0, 0, 2, 0},
    {"ListBox", 0, WINPROC_LISTBOX, CS_DBLCLKS, 0, 1, 0},
    {NULL, ATOM_CLASS_MENU, WINPROC_MENU, CS_DROPSHADOW | CS_SAVEBITS | CS_DBLCLKS, 0, 1, 5},
    {"MDIClient", 0, WINPROC_MDI_CLIENT, 0, 0, 2, 13},
    {"ScrollBar", 0, WINPROC_SCROLLBAR, CS_DBLCLKS | CS_VREDRAW | CS_HREDRAW | CS_PARENTDC,
     SCROLL_EXTRA, 0, 0},
    {"Static", 0, WINPROC_STATIC, CS_DBLCLKS | CS_PARENTDC, 0, 2, 0},
};

void classes_prepare(Sys *s) {
    enum { DIALOG_EXTRA64 = 48 };
    UserProcess *p = user_process(s);
    if (!p || p->classes_ready) return;
    p->classes_ready = true;
    unsigned pointer = s->process->pointer;
    for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++) {
        const Builtin *b = &builtins[i];
        uint32_t extra = b->extra_bytes + b->extra_pointers * pointer;
        if (b->procedure == WINPROC_BUTTON) extra = pointer == 8 ? 24 - 4 : 12;
        if (b->procedure == WINPROC_DIALOG && pointer == 8) extra = DIALOG_EXTRA64;
        Class like = {.style = b->style,
                      .window_extra = extra,
                      .brush = b->brush,
                      .procedure = winproc_builtin(b->procedure),
                      .instance = p->user32};
        class_add(s, (ClassName){b->name ? wide_utf8(b->name) : (Wide){0}, b->atom}, &like);
    }
}

/* ---- calls ---- */

enum { WNDCLASSEX64 = 80, WNDCLASSEX32 = 48 };

/* Whether a class of the name is registered already where this one would be. */
static bool class_exists(UserProcess *p, ClassName name, bool local, uint64_t instance) {
    for (const Class *c = p->classes; c; c = c->next) {
        bool same = name.atom ? c->atom == name.atom : wide_equal(c->name, name.text);
        if (same && c->local == local && (!local || c->instance == instance)) return true;
    }
    return false;
}

static uint64_t register_class(Sys *s) {
    enum { MOST_EXTRA = 1 << 16 };
    Process *p = s->process;
    UserProcess *up = user_process(s);
    Fields f = fields(p, s->arg[0]);
    bool builtin = arg32(s, 4), ansi = arg32(s, 5);
    Class like = {0};
    if (!builtin) classes_prepare(s);
    uint32_t size = get_u32(&f);
    like.style = get_u32(&f);
    uint64_t function = get_pointer(&f);
    int32_t extra = (int32_t)get_u32(&f), window_extra = (int32_t)get_u32(&f);
    like.instance = get_pointer(&f);
    like.icon = get_pointer(&f);
    like.cursor = get_pointer(&f);
    like.brush = get_pointer(&f);
    get_pointer(&f);
    get_pointer(&f);
    like.icon_small = get_pointer(&f);
    if (f.bad || !up || size != (p->wow64 ? WNDCLASSEX32 : WNDCLASSEX64) || extra < 0 ||
        window_extra < 0 || extra > MOST_EXTRA || window_extra > MOST_EXTRA ||
        (!builtin && like.instance == up->user32))
        return user_error(s, ERROR_INVALID_PARAMETER);
    if (!like.instance) like.instance = p->image_base;
    like.extra_size = (uint32_t)extra;
    like.window_extra = (uint32_t)window_extra;
    like.local = !builtin && !(like.style & CS_GLOBALCLASS);
    like.procedure = winproc_allocate(up, function, ansi);
    uint16_t version = 0;
    if (s->arg[2]) guest_get_u16(p, s->arg[2], &version);
    like.version = version / 2u;
    Fields menu = fields(p, s->arg[3]);
    for (int i = 0; s->arg[3] && i < 3; i++) like.menu_name[i] = get_pointer(&menu);
    ClassName name = class_name_read(p, s->arg[1]);
    if (!name.atom && !name.text.n) return user_error(s, ERROR_INVALID_PARAMETER);
    if (class_exists(up, name, like.local, like.instance)) {
        wide_free(&name.text);
        return user_error(s, ERROR_CLASS_ALREADY_EXISTS);
    }
    if (like.version > name.text.n) like.version = 0;
    Class *c = class_add(s, name, &like);
    return c ? c->atom : user_error(s, ERROR_NOT_ENOUGH_MEMORY);
}

static void put_menu_name(Sys *s, uint64_t address, const Class *c) {
    Fields f = fields(s->process, address);
    for (int i = 0; address && i < 3; i++) put_pointer(&f, c->menu_name[i]);
}

static uint64_t unregister_class(Sys *s) {
    UserProcess *up = user_process(s);
    ClassName name = class_name_read(s->process, s->arg[0]);
    classes_prepare(s);
    Class *c = class_find(up, s->arg[1] ? s->arg[1] : s->process->image_base, name);
    wide_free(&name.text);
    if (!c || c->instance == up->user32) return user_error(s, ERROR_CLASS_DOES_NOT_EXIST);
    if (c->windows) return user_error(s, ERROR_CLASS_HAS_WINDOWS);
    put_menu_name(s, s->arg[2], c);
    Class **link = &up->classes;
    while (*link != c) link = &(*link)->next;
    *link = c->next;
    class_free(s->machine, c);
    return 1;
}

static uint64_t get_class_info(Sys *s) {
    UserProcess *up = user_process(s);
    ClassName name = class_name_read(s->process, s->arg[1]);
    bool ansi = arg32(s, 4);
    classes_prepare(s);
    Class *c = class_find(up, s->arg[0], name);
    wide_free(&name.text);
    if (!c) return user_error(s, ERROR_CLASS_DOES_NOT_EXIST);
    if (s->arg[2]) {
        Fields f = fields(s->process, s->arg[2]);
        fields_skip(&f, 4); /* the size is the caller's */
        put_u32(&f, c->style);
        put_pointer(&f, winproc_for_program(up, c->procedure, ansi));
        put_u32(&f, c->extra_size);
        put_u32(&f, c->window_extra);
        put_pointer(&f, c->instance == up->user32 ? 0 : s->arg[0]);
        put_pointer(&f, c->icon);
        put_pointer(&f, c->cursor);
        put_pointer(&f, c->brush);
        put_pointer(&f, c->menu_name[ansi ? 0 : 1]);
        fields_skip(&f, s->process->pointer); /* the name: user32.dll fills it in */
        put_pointer(&f, c->icon_small);
    }
    put_menu_name(s, s->arg[3], c);
    return c->atom;
}

static uint64_t put_unicode(Sys *s, uint64_t unicode_string, Wide text) {
    Fields f = fields(s->process, unicode_string);
    get_u16(&f);
    uint16_t room = get_u16(&f);
    uint64_t buffer = get_pointer(&f);
    if (f.bad || room < 2) return user_error(s, ERROR_INSUFFICIENT_BUFFER);
    return wide_write(s->process, text, buffer, room / 2u);
}

static uint64_t get_class_name(Sys *s) {
    Window *w = window_need(s, s->arg[0]);
    return w ? put_unicode(s, s->arg[2], window_class_name(w)) : 0;
}

static uint64_t get_atom_name(Sys *s) {
    Wide name = atom_wide(s->machine, (uint16_t)s->arg[0]);
    uint64_t n = put_unicode(s, s->arg[1], name);
    wide_free(&name);
    return n;
}

/* ---- GetClassLong, SetClassLong ---- */

enum {
    GCLP_MENUNAME = -8,
    GCLP_HBRBACKGROUND = -10,
    GCLP_HCURSOR = -12,
    GCLP_HICON = -14,
    GCLP_HMODULE = -16,
    GCL_CBWNDEXTRA = -18,
    GCL_CBCLSEXTRA = -20,
    GCLP_WNDPROC = -24,
    GCL_STYLE = -26,
    GCW_ATOM = -32,
    GCLP_HICONSM = -34,
};

static uint64_t bytes_get(const uint8_t *p, unsigned size) {
    uint64_t v = 0;
    for (unsigned i = 0; i < size; i++) v |= (uint64_t)p[i] << 8 * i;
    return v;
}

uint64_t class_long(Sys *s, uint32_t window, int32_t offset, unsigned size, bool ansi) {
    Window *w = window_need(s, window);
    const Class *c = w ? w->class : NULL;
    if (!w) return 0;
    if (!c) return offset == GCW_ATOM ? w->atom : user_error(s, ERROR_ACCESS_DENIED);
    if (offset >= 0) {
        if ((uint32_t)offset + size > c->extra_size) return user_error(s, ERROR_INVALID_INDEX);
        return bytes_get(c->extra + offset, size);
    }
    switch (offset) {
    case GCLP_MENUNAME: return c->menu_name[ansi ? 0 : 1];
    case GCLP_HBRBACKGROUND: return c->brush;
    case GCLP_HCURSOR: return c->cursor;
    case GCLP_HICON: return c->icon;
    case GCLP_HICONSM: return c->icon_small;
    case GCLP_HMODULE: return c->instance;
    case GCL_CBWNDEXTRA: return c->window_extra;
    case GCL_CBCLSEXTRA: return c->extra_size;
    case GCLP_WNDPROC: return winproc_for_program(user_process(s), c->procedure, ansi);
    case GCL_STYLE: return c->style;
    case GCW_ATOM: return c->atom;
    default: return user_error(s, ERROR_INVALID_INDEX);
    }
}

static void set_menu_name(Sys *s, Class *c, uint64_t block) {
    Fields f = fields(s->process, block);
    uint64_t old[3];
    memcpy(old, c->menu_name, sizeof old);
    for (int i = 0; i < 3; i++) c->menu_name[i] = get_pointer(&f);
    /* The block takes the old ones: their owner frees them. */
    f = fields(s->process, block);
    for (int i = 0; i < 3; i++) put_pointer(&f, old[i]);
}

static uint64_t set_class_long(Sys *s, int32_t offset, uint64_t value, unsigned size, bool ansi) {
    Window *w = window_need(s, s->arg[0]);
    Class *c = w ? w->class : NULL;
    if (!w) return 0;
    if (!c || w->object.process != s->process) return user_error(s, ERROR_ACCESS_DENIED);
    uint64_t old = class_long(s, w->object.handle, offset, size, ansi);
    if (offset >= 0 && (uint32_t)offset + size <= c->extra_size) {
        for (unsigned i = 0; i < size; i++)
            c->extra[(uint32_t)offset + i] = (uint8_t)(value >> 8 * i);
        return old;
    }
    switch (offset) {
    case GCLP_MENUNAME: set_menu_name(s, c, value); return 0;
    case GCLP_HBRBACKGROUND: c->brush = value; break;
    case GCLP_HCURSOR: c->cursor = value; break;
    case GCLP_HICON: c->icon = value; break;
    case GCLP_HICONSM: c->icon_small = value; break;
    case GCLP_HMODULE: c->instance = value; break;
    case GCL_CBWNDEXTRA: c->window_extra = (uint32_t)value & 0xffff; break;
    case GCLP_WNDPROC: c->procedure = winproc_allocate(user_process(s), value, ansi); break;
    case GCL_STYLE: c->style = (uint32_t)value; break;
    case GCL_CBCLSEXTRA:
    default: return user_error(s, ERROR_INVALID_INDEX);
    }
    return old;
}

static uint64_t set_class_long32(Sys *s) {
    return set_class_long(s, argi(s, 1), arg32(s, 2), 4, arg32(s, 3));
}
static uint64_t set_class_long_pointer(Sys *s) {
    return set_class_long(s, argi(s, 1), s->arg[2], s->process->pointer, arg32(s, 3));
}
static uint64_t set_class_word(Sys *s) {
    return argi(s, 1) < 0 ? user_error(s, ERROR_INVALID_INDEX)
                          : set_class_long(s, argi(s, 1), arg32(s, 2) & 0xffff, 2, false);
}

const SysRow nt_user_class_rows[] = {
    {"NtUserInitializeClientPfnArrays", 4, initialize_procedures},
    {"NtUserRegisterClassExWOW", 7, register_class},
    {"NtUserUnregisterClass", 3, unregister_class},
    {"NtUserGetClassInfoEx", 5, get_class_info},
    {"NtUserGetClassName", 3, get_class_name},
    {"NtUserGetAtomName", 2, get_atom_name},
    {"NtUserSetClassLong", 4, set_class_long32},
    {"NtUserSetClassLongPtr", 4, set_class_long_pointer},
    {"NtUserSetClassWord", 3, set_class_word},
    {NULL, 0, NULL},
};
