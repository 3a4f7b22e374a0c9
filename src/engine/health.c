#include "engine/health.h"
#include "engine/engine.h"
#include "jail/jail.h"
#include "jail/lock.h"

/* ---- packs ---- */

Health health_of_pack(Arena *a, const char *folder, PackId id) {
    PackFile p = pack_examine(a, folder, id);
    Health h = {.about = id == PACK_X64 ? "64-bit pack" : "32-bit pack"};
    const char *path = p.path ? p.path : folder ? folder : "no cache";
    if (p.fault) {
        h.state = HEALTH_MISSING;
        h.text = arena_printf(a, "%s: %s", path, p.fault);
        h.remedy = pack_remedy;
        return h;
    }
    h.state = p.known ? HEALTH_GOOD : HEALTH_WEAK;
    h.text = arena_printf(a, "%s: %u files, libwine %s, %s", path, p.entries, p.wine,
                          p.known ? p.known : "a Wine that is not known here");
    if (!p.known)
        h.remedy = "coax was not tested with it; what it does differently shows as odd endings";
    return h;
}

/* ---- our own files ---- */

static Health health_of_file(const char *about, const char *path, const char *remedy) {
    return (Health){.about = about,
                    .state = path ? HEALTH_GOOD : HEALTH_MISSING,
                    .text = path ? path : "not found beside coax, nor where it would be installed",
                    .remedy = path ? NULL : remedy};
}

/* ---- the jail ---- */

static const char *const layer_remedies[] = {
    [JAIL_BIT_PROCESS_IDS] = "allow unprivileged user namespaces",
    [JAIL_BIT_EMPTY_ROOT] = "allow unprivileged user namespaces",
    [JAIL_BIT_NO_NETWORK] = "allow unprivileged user namespaces",
    [JAIL_BIT_NO_PRIVILEGE] = "needs Linux 4.3 or newer",
    [JAIL_BIT_LANDLOCK] = "needs Linux 5.13 or newer with landlock among its security modules",
    [JAIL_BIT_SECCOMP] = "needs a kernel with seccomp filters",
};
_Static_assert(sizeof layer_remedies / sizeof layer_remedies[0] == JAIL_LAYER_COUNT,
               "every layer has a remedy");

static Health health_of_layer(Arena *a, const JailProbe *probe, unsigned bit) {
    bool holds = probe->layers >> bit & 1, required = JAIL_REQUIRED >> bit & 1;
    Health h = {.about = "guard",
                .state = holds      ? HEALTH_GOOD
                         : required ? HEALTH_MISSING
                                    : HEALTH_WEAK,
                .text = jail_layer_text(bit),
                .remedy = holds ? NULL : layer_remedies[bit]};
    if (bit == JAIL_BIT_LANDLOCK && holds)
        h.text = arena_printf(a, "%s, version %u", h.text, probe->landlock);
    return h;
}

static Health health_of_jail(const JailProbe *probe) {
    return (Health){
        .about = "jail",
        .state = probe->usable ? HEALTH_GOOD : HEALTH_MISSING,
        .text = probe->usable ? "workers can lock themselves in"
                              : "workers cannot lock themselves in, so nothing is analysed",
        .remedy = probe->usable ? NULL : "the guards below that are missing must be had"};
}

size_t health_examine(Arena *a, Health out[HEALTH_MAX]) {
    size_t n = 0;
    EnginePlaces places = engine_places(a);
    out[n++] = health_of_file("guest program", places.guest, "make build");
    out[n++] = health_of_file("worlds", places.worlds, "make install puts them where coax looks");
    for (PackId id = 0; id < PACK_COUNT; id++) out[n++] = health_of_pack(a, places.cache, id);
    JailProbe probe = jail_probe();
    out[n++] = health_of_jail(&probe);
    for (unsigned bit = 0; bit < JAIL_LAYER_COUNT; bit++)
        out[n++] = health_of_layer(a, &probe, bit);
    return n;
}
