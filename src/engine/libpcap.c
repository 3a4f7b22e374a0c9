#include "engine/libpcap.h"
#include <dlfcn.h>
#include <stdbool.h>

static bool load(Libpcap *out) {
    void *library = dlopen("libpcap.so.0.8", RTLD_NOW | RTLD_LOCAL);
    if (!library) library = dlopen("libpcap.so.1", RTLD_NOW | RTLD_LOCAL); /* other distributions */
    if (!library) return false;
    bool all = true;
#define FUNCTION(name) all &= (*(void **)&out->name = dlsym(library, #name)) != NULL;
    LIBPCAP_FUNCTIONS(FUNCTION)
#undef FUNCTION
    return all;
}

const Libpcap *libpcap(void) {
    static Libpcap functions;
    static int state; /* 1: it is there, -1: it is not */
    if (!state) state = load(&functions) ? 1 : -1;
    return state > 0 ? &functions : NULL;
}
