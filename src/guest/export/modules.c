/* Modules that others load into every process (the fact `module`), as far as GetModuleHandle tells
 * of them: the headers are there to be read. The lists of modules in the process block do not have
 * them, nor do they export anything. */
#include "base/text.h"
#include "guest/ask.h"
#include "guest/export/export.h"

enum { HEADERS = 0x1000, READ_WRITE = 4 };

/* Whether the process has a module of that name: 1; of Windows' own: -1, which nobody wonders at.
 */
static int has_module(const Process *p, const char *name) {
    for (size_t i = 0; i < p->module_count; i++) {
        const Module *m = &p->modules[i];
        if (m->name && text_equal_nocase(m->name, name)) return m->system ? -1 : 1;
    }
    return 0;
}

static uint64_t place_of(const World *w, const WorldItem *module) {
    enum { FIRST = 0x6a000000, APART = 0x200000 };
    uint64_t at = FIRST;
    for (const WorldItem *i = world_first(w, FACT_module); i != module; i = world_next(i))
        at += APART;
    return at;
}

/* Maps the module's headers, unless they are there already; 0: there is no place for them. */
static uint64_t map_headers(Process *p, const WorldItem *module) {
    const World *w = p->machine->world;
    uint64_t base = place_of(w, module), at = base, size = HEADERS;
    const char *path = item_text(module, FACT_module);
    const WorldItem *file = path ? world_find(w, FACT_file, path) : NULL;
    uint8_t bytes[HEADERS] = {'M', 'Z'};
    if (vm_region(p->vm, base)) return base;
    if (vm_allocate(p->vm, &at, &size, VM_RESERVE | VM_COMMIT, READ_WRITE, false, 0)) return 0;
    uint64_t length = file ? world_file_size(file) : 0;
    if (file) world_file_read(w, file, 0, bytes, length < HEADERS ? (size_t)length : HEADERS);
    return guest_write(p, base, bytes, HEADERS) ? base : 0;
}

/* The last part of the name, with .dll where it has no ending; NULL: there is none. */
static const char *module_name(ExportCall *c, uint64_t name_at) {
    char *name = guest_unicode_string(c->process, c->scratch, name_at);
    const char *slash = name ? strrchr(name, '\\') : NULL, *last = slash ? slash + 1 : name;
    if (!last || !*last) return NULL;
    return strchr(last, '.') ? last : arena_printf(c->scratch, "%s.dll", last);
}

/* flags, path, ..., name (a UNICODE_STRING), *base */
bool export_LdrGetDllHandleEx(ExportCall *c) {
    const char *name = module_name(c, c->arg[3]);
    int found = name ? has_module(c->process, name) : -1;
    if (found < 0) return false;
    const WorldItem *module = found ? NULL : world_find(c->machine->world, FACT_module, name);
    if (asking(c->machine))
        ask_about(c->machine, FACT_module, name, found || module ? ASK_FOUND : ASK_ABSENT);
    uint64_t base = module ? map_headers(c->process, module) : 0;
    c->result = 0;
    return base && guest_put_pointer(c->process, c->arg[4], base);
}
