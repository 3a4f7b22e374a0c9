/* oleaut32.dll: what Wine's own programs would write into the registry at every start. */
#include "guest/export/export.h"
#include "guest/process.h"

/* Loading a type library by a short path registers it. Windows' script hosts were registered at
 * setup and write nothing; a program that is no part of Windows does as it likes. */
bool export_RegisterTypeLib(ExportCall *c) {
    uint64_t back = 0;
    guest_get_pointer(c->process, thread_get(c->thread, REG_RSP), &back);
    const Module *program = process_module(c->process, c->process->image_base);
    const Module *caller = process_module(c->process, back);
    if (!program || !program->system || !caller || strcmp(caller->name, "oleaut32.dll") != 0)
        return false;
    c->result = 0; /* S_OK */
    return true;
}
