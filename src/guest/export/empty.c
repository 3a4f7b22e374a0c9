/* Exports of Wine's that are no more than their name: calling one raises an exception that carries
 * the names of the DLL and of the function, or its ordinal. In 64-bit code the guest's ntdll delivers
 * it without us, so that the name is taken where it is raised. */
#include "guest/exception.h"
#include "guest/export/export.h"
#include "guest/process.h"
#include "guest/thread.h"

/* Whether the call comes from one of Windows' own DLLs. */
static bool from_system(const ExportCall *c) {
    uint64_t site;
    if (!guest_get_pointer(c->process, thread_get(c->thread, REG_RSP), &site)) return false;
    const Module *m = process_module(c->process, site);
    return m && m->system;
}

/* record */
bool export_RtlRaiseException(ExportCall *c) {
    enum { EMPTY_EXPORT = 0x80000100u, NAME_MOST = 100, ORDINAL_MOST = 0xffff };
    ExceptionRecord r;
    if (!exception_read(c->process, c->arg[0], &r) || r.code != EMPTY_EXPORT || r.count < 2 ||
        !from_system(c))
        return false;
    const char *dll = guest_string8(c->process, c->scratch, r.information[0], NAME_MOST);
    const char *name = r.information[1] <= ORDINAL_MOST
                           ? arena_printf(c->scratch, "#%u", (unsigned)r.information[1])
                           : guest_string8(c->process, c->scratch, r.information[1], NAME_MOST);
    if (dll && name) machine_unmodelled(c->machine, "%s!%s", dll, name);
    return false;
}
