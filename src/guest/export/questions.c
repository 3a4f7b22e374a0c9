/* Questions that no system call shows, because the answer lies in the process's own memory. */
#include "base/text.h"
#include "guest/ask.h"
#include "guest/export/export.h"

/* environment, name, value: only of the process's own environment */
bool export_RtlQueryEnvironmentVariable_U(ExportCall *c) {
    if (!asking(c->machine) || c->arg[0]) return false;
    const char *name = guest_unicode_string(c->process, c->scratch, c->arg[1]);
    if (name && *name)
        ask_about_derived(c->machine, FACT_environment, name,
                          world_variable(c->machine->world, name) ? ASK_TOLD : ASK_ABSENT);
    return false;
}

/* Whether the process has a module of that name: 1; of Windows' own: -1, which nobody wonders at.
 */
static int has_module(const Process *p, const char *name) {
    for (size_t i = 0; i < p->module_count; i++) {
        const Module *m = &p->modules[i];
        if (m->name && text_equal_nocase(m->name, name)) return m->system ? -1 : 1;
    }
    return 0;
}

/* flags, path, ..., name (a UNICODE_STRING), *base */
bool export_LdrGetDllHandleEx(ExportCall *c) {
    if (!asking(c->machine)) return false;
    char *name = guest_unicode_string(c->process, c->scratch, c->arg[3]);
    const char *slash = name ? strrchr(name, '\\') : NULL, *last = slash ? slash + 1 : name;
    if (!last || !*last) return false;
    if (!strchr(last, '.')) last = arena_printf(c->scratch, "%s.dll", last);
    int found = last ? has_module(c->process, last) : -1;
    if (found >= 0) ask_about(c->machine, FACT_module, last, found ? ASK_FOUND : ASK_ABSENT);
    return false;
}
