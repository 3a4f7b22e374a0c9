#include "guest/kernel.h"
#include "guest/ask.h"

/* The path of a driver's image, as the kernel keeps it. */
static const char *driver_path(Arena *a, const WorldItem *i) {
    const char *command = item_text(i, FACT_service),
               *file = command ? strrchr(command, '\\') : NULL;
    if (!file) return arena_printf(a, "\\SystemRoot\\System32\\drivers\\%s.sys", i->subject);
    return arena_printf(a, "\\SystemRoot\\System32\\drivers%s", file);
}

static bool is_loaded(const WorldItem *i) {
    const char *kind = item_text(i, FACT_service_kind), *state = item_text(i, FACT_service_state);
    return kind && state && strcmp(kind, "driver") == 0 && strcmp(state, "running") == 0;
}

const char *kernel_module_path(const Machine *m, Arena *a, uint32_t index) {
    static const char *const own[] = {
        "\\SystemRoot\\system32\\ntoskrnl.exe",       "\\SystemRoot\\system32\\hal.dll",
        "\\SystemRoot\\System32\\drivers\\CLFS.SYS",  "\\SystemRoot\\System32\\drivers\\ntfs.sys",
        "\\SystemRoot\\System32\\drivers\\tcpip.sys", "\\SystemRoot\\System32\\win32k.sys"};
    enum { OWN = sizeof own / sizeof *own };
    if (index < OWN) return own[index];
    index -= OWN;
    for (const WorldItem *i = ask_first(m, FACT_service); i; i = ask_next(m, i))
        if (is_loaded(i) && index-- == 0) return driver_path(a, i);
    return NULL;
}

uint64_t kernel_module_base(unsigned pointer, uint32_t index) {
    enum { APART = 0x100000 };
    return (pointer == 8 ? UINT64_C(0xfffff80200000000) : 0x82000000) + (uint64_t)index * APART;
}
