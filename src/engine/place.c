/* place: coax runs in place from its build folder, or from where it was installed:
 *
 *     build/coax          build/coax-guest                 worlds/ data/
 *     PREFIX/bin/coax     PREFIX/libexec/coax/coax-guest   PREFIX/share/coax/{worlds,data}/
 *
 * Packs are made by ./bootstrap in $COAX_CACHE, else $XDG_CACHE_HOME/coax, else ~/.cache/coax. */
#include "engine/place.h"
#include "engine/engine.h"
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

/* The folder of the running program, or NULL. */
static const char *own_folder(Arena *a) {
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0) return NULL;
    path[n] = 0;
    char *slash = strrchr(path, '/');
    if (!slash) return NULL;
    *slash = 0;
    return arena_str(a, path);
}

/* The first of the places, relative to a folder, that is there. */
static const char *first_of(Arena *a, const char *folder, const char *const *places, size_t count) {
    for (size_t i = 0; folder && i < count; i++) {
        const char *path = arena_printf(a, "%s/%s", folder, places[i]);
        if (path && access(path, R_OK) == 0) return path;
    }
    return NULL;
}

static const char *find_guest(Arena *a, const char *own) {
    static const char *const places[] = {"coax-guest", "../libexec/coax/coax-guest"};
    return first_of(a, own, places, 2);
}

static const char *find_worlds(Arena *a, const char *own) {
    static const char *const places[] = {"../worlds", "../share/coax/worlds"};
    return first_of(a, own, places, 2);
}

static const char *find_data(Arena *a, const char *own) {
    static const char *const places[] = {"../data", "../share/coax/data"};
    return first_of(a, own, places, 2);
}

static const char *cache(Arena *a) {
    const char *own = getenv("COAX_CACHE"), *all = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (own && *own) return own;
    if (all && *all == '/') return arena_printf(a, "%s/coax", all);
    return home && *home ? arena_printf(a, "%s/.cache/coax", home) : NULL;
}

EnginePlaces engine_places(Arena *a) {
    const char *own = own_folder(a);
    return (EnginePlaces){
        .guest = find_guest(a, own), .worlds = find_worlds(a, own), .data = find_data(a, own), .cache = cache(a)};
}

static bool is_path(const char *name) {
    size_t n = strlen(name);
    return strchr(name, '/') || (n > 5 && strcmp(name + n - 5, ".yaml") == 0);
}

const char *place_world(Arena *a, const char *name) {
    if (is_path(name)) return name;
    const char *worlds = engine_places(a).worlds;
    return worlds ? arena_printf(a, "%s/%s.yaml", worlds, name) : NULL;
}

const char *place_world_beside(Arena *a, const char *path, const char *name) {
    const char *slash = strrchr(path, '/');
    const char *beside = slash ? arena_printf(a, "%.*s/%s.yaml", (int)(slash - path), path, name)
                               : arena_printf(a, "%s.yaml", name);
    if (beside && access(beside, F_OK) == 0) return beside;
    const char *ours = place_world(a, name);
    return ours && access(ours, F_OK) == 0 ? ours : NULL;
}
