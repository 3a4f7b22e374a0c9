/* Questions that no system call shows, because the answer lies in the process's own memory. */
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
