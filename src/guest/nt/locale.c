/* Language: NLS tables as sections, the default locale, and the global atoms. */
#include "base/text.h"
#include "guest/ask.h"
#include "guest/atoms.h"
#include "guest/sys.h"
#include <stdio.h>
#include <stdlib.h>

/* ---- NLS tables: files of the pack, mapped read-only ---- */

enum { NLS_SORT = 9, NLS_CASE = 10, NLS_CODEPAGE = 11, NLS_NORMALIZE = 12 };

/* The file of a section; normalisation forms are numbered as NORM_FORM. */
static bool nls_file(uint32_t type, uint32_t id, char out[32]) {
    static const char *const forms[] = {
        [1] = "nfc", [2] = "nfd", [5] = "nfkc", [6] = "nfkd", [13] = "idna"};
    switch (type) {
    case NLS_SORT: snprintf(out, 32, "sortdefault.nls"); return !id;
    case NLS_CASE: snprintf(out, 32, "l_intl.nls"); return !id;
    case NLS_CODEPAGE: snprintf(out, 32, "c_%03u.nls", id); return true;
    case NLS_NORMALIZE:
        if (id >= sizeof forms / sizeof *forms || !forms[id]) return false;
        snprintf(out, 32, "norm%s.nls", forms[id]);
        return true;
    default: return false;
    }
}

static uint32_t map_file(Sys *s, const char *name, uint64_t *base, uint64_t *size) {
    Pack *pack = &s->machine->packs[s->process->wow64];
    PackEntry *e = pack_find(pack, name);
    Section *section = e ? pack_section(pack, e) : NULL;
    if (!section) return STATUS_OBJECT_NAME_NOT_FOUND;
    *base = *size = 0;
    return vm_map(s->process->vm, section, base, 0, size, VM_READONLY, 0);
}

/* type, id, reserved, *address, *size */
static uint64_t nt_get_nls_section_ptr(Sys *s) {
    char name[32];
    uint64_t base, size;
    if ((uint32_t)s->arg[0] < NLS_SORT || (uint32_t)s->arg[0] > NLS_NORMALIZE)
        return STATUS_INVALID_PARAMETER_1;
    if (!nls_file((uint32_t)s->arg[0], (uint32_t)s->arg[1], name)) return STATUS_UNSUCCESSFUL;
    uint32_t status = map_file(s, name, &base, &size);
    if (status) return status;
    if (!guest_put_pointer(s->process, s->arg[3], base)) return STATUS_ACCESS_VIOLATION;
    if (s->arg[4]) guest_put_pointer(s->process, s->arg[4], size);
    return STATUS_SUCCESS;
}

static uint32_t world_lcid(const Machine *m) {
    return (uint32_t)strtoul(ask_text(m, FACT_locale_lcid), NULL, 16);
}

/* *address of locale.nls, *system locale, *size */
static uint64_t nt_initialize_nls_files(Sys *s) {
    uint64_t base, size;
    uint32_t status = map_file(s, "locale.nls", &base, &size);
    if (status) return status;
    bool good = guest_put_pointer(s->process, s->arg[0], base) &&
                guest_put_u32(s->process, s->arg[1], world_lcid(s->machine)) &&
                (!s->arg[2] || guest_put_u64(s->process, s->arg[2], size));
    return good ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

/* ---- defaults ---- */

static uint64_t nt_query_default_locale(Sys *s) {
    return guest_put_u32(s->process, s->arg[1], world_lcid(s->machine)) ? STATUS_SUCCESS
                                                                        : STATUS_ACCESS_VIOLATION;
}

/* The language of the interface; where it is the locale's, that is what is asked. */
static uint16_t world_language(Machine *m) {
    uint32_t language = world_interface_language(m->world), lcid = world_lcid(m);
    if (language == lcid) return (uint16_t)lcid;
    ask_single(m, FACT_language);
    return (uint16_t)language;
}

static uint64_t put_language(Sys *s) {
    uint16_t language = world_language(s->machine);
    return guest_write(s->process, s->arg[0], &language, 2) ? STATUS_SUCCESS
                                                            : STATUS_ACCESS_VIOLATION;
}

/* The machine's locale is its world's; only what it is already can be set. */
static uint64_t nt_set_default_locale(Sys *s) {
    return (uint32_t)s->arg[1] == world_lcid(s->machine) ? STATUS_SUCCESS
                                                         : STATUS_PRIVILEGE_NOT_HELD;
}

static uint64_t nt_set_default_ui_language(Sys *s) {
    return (uint16_t)s->arg[0] == world_language(s->machine) ? STATUS_SUCCESS
                                                             : STATUS_PRIVILEGE_NOT_HELD;
}

/* ---- atoms ---- */

/* "#123" and addresses below 64 KiB are numbers that stand for themselves. */
static bool read_number(const char *name, uint32_t *out) {
    char *end;
    if (name[0] != '#' || name[1] < '0' || name[1] > '9') return false;
    unsigned long n = strtoul(name + 1, &end, 10);
    *out = n > UINT16_MAX ? UINT16_MAX : (uint32_t)n;
    return !*end;
}

/* The name at arg[0] of arg[1] bytes; an integer atom comes as *number with no name. */
static uint32_t read_atom(Sys *s, char **name, uint32_t *number) {
    uint32_t bytes = (uint32_t)s->arg[1];
    *name = NULL;
    *number = (uint32_t)s->arg[0];
    if (s->arg[0] >> 16) {
        if (!bytes) return STATUS_OBJECT_NAME_INVALID;
        if (bytes > 2 * ATOM_NAME_UNITS) return STATUS_INVALID_PARAMETER;
        *name = guest_text16(s->process, s->scratch, s->arg[0], bytes);
        if (!*name) return STATUS_ACCESS_VIOLATION;
        if (!read_number(*name, number)) return STATUS_SUCCESS;
        *name = NULL;
    }
    return *number && *number < ATOM_FIRST ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

static uint64_t return_atom(Sys *s, uint16_t atom) {
    return guest_write(s->process, s->arg[2], &atom, 2) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

static uint64_t nt_add_atom(Sys *s) {
    char *name;
    uint32_t number, status = read_atom(s, &name, &number);
    if (status) return status;
    uint16_t atom = name ? atom_add(s->machine, name) : (uint16_t)number;
    return atom ? return_atom(s, atom) : STATUS_NO_MEMORY;
}

static uint64_t nt_find_atom(Sys *s) {
    char *name;
    uint32_t number, status = read_atom(s, &name, &number);
    if (status) return status;
    uint16_t atom = name ? atom_find(s->machine, name) : (uint16_t)number;
    return atom ? return_atom(s, atom) : STATUS_OBJECT_NAME_NOT_FOUND;
}

static uint64_t nt_delete_atom(Sys *s) {
    uint16_t atom = (uint16_t)s->arg[0];
    if (atom && atom < ATOM_FIRST) return STATUS_SUCCESS;
    return atom_delete(s->machine, atom) ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

/* ATOM_BASIC_INFORMATION: count, pinned, length of the name, the name with its NUL. */
static uint64_t put_atom(Sys *s, const char *name, uint32_t count, bool pinned) {
    enum { NAME_AT = 6, SIZE = 8 };
    uint64_t room = (uint32_t)s->arg[3];
    Span wide = text_to_utf16(s->scratch, span_str(name));
    if (room < SIZE) return STATUS_INVALID_PARAMETER;
    Fields f = fields_in(s->process, s->arg[2], room);
    put_u16(&f, (uint16_t)count);
    put_u16(&f, pinned);
    uint64_t fits = room - SIZE < wide.n ? (room - SIZE) & ~UINT64_C(1) : wide.n;
    put_u16(&f, (uint16_t)(fits ? fits : wide.n));
    if (s->arg[4]) guest_put_u32(s->process, s->arg[4], (uint32_t)(SIZE + (fits ? fits : wide.n)));
    if (!fits) return STATUS_BUFFER_TOO_SMALL;
    put_bytes(&f, span(wide.p, fits));
    put_u16(&f, 0);
    return f.bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

/* atom, class, buffer, its size, *needed */
static uint64_t nt_query_information_atom(Sys *s) {
    uint16_t atom = (uint16_t)s->arg[0];
    if ((uint32_t)s->arg[1]) return STATUS_INVALID_INFO_CLASS;
    if (!atom) return STATUS_INVALID_PARAMETER;
    if (atom < ATOM_FIRST) return put_atom(s, arena_printf(s->scratch, "#%u", atom), 1, true);
    const Atom *a = atom_info(s->machine, atom);
    return a ? put_atom(s, a->name, a->count, false) : STATUS_INVALID_HANDLE;
}

const SysRow nt_locale_rows[] = {
    {"NtAddAtom", 3, nt_add_atom},
    {"NtDeleteAtom", 1, nt_delete_atom},
    {"NtFindAtom", 3, nt_find_atom},
    {"NtGetNlsSectionPtr", 5, nt_get_nls_section_ptr},
    {"NtInitializeNlsFiles", 3, nt_initialize_nls_files},
    {"NtQueryDefaultLocale", 2, nt_query_default_locale},
    {"NtQueryDefaultUILanguage", 1, put_language},
    {"NtQueryInformationAtom", 5, nt_query_information_atom},
    {"NtQueryInstallUILanguage", 1, put_language},
    {"NtSetDefaultLocale", 2, nt_set_default_locale},
    {"NtSetDefaultUILanguage", 1, nt_set_default_ui_language},
    {NULL, 0, NULL},
};
