#include "engine/health.h"
#include "base/hash.h"
#include "engine/engine.h"
#include "jail/jail.h"
#include "jail/lock.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The header of a pack, as docs/pack.md lays it out. */
enum { PACK_HEADER = 200, PACK_LAYOUT = 1, PACK_VERSION_ROOM = 128, SHA256 = 32 };

static const char make_packs[] =
    "./bootstrap makes it (PREFIX/share/coax/bootstrap --packs where coax is installed); "
    "COAX_WINE_DIR=FOLDER names Wine's DLLs for a machine without a network";

/* ---- packs ---- */

typedef struct {
    uint64_t size; /* of the file */
    uint8_t header[PACK_HEADER];
} PackFile;

static bool read_header(const char *path, PackFile *out) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    struct stat s;
    bool read_all = fstat(fd, &s) == 0 && pread(fd, out->header, PACK_HEADER, 0) == PACK_HEADER;
    out->size = read_all ? (uint64_t)s.st_size : 0;
    close(fd);
    return read_all;
}

/* The Wine that an ntdll.dll belongs to, or NULL. */
static const char *known_wine(uint16_t machine, Span sha256) {
    static const struct {
        uint16_t machine;
        const char *sha256, *name;
    } known[] = {
#define WINE(number, hash, text) {number, hash, text},
#include "engine/wine_versions.def"
    };
    char hex[2 * SHA256 + 1];
    hash_hex(sha256, hex);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].machine == machine && strcmp(known[i].sha256, hex) == 0) return known[i].name;
    return NULL;
}

Health health_of_pack(Arena *a, const char *about, const char *path, uint16_t machine) {
    Health h = {
        .about = about, .state = HEALTH_MISSING, .text = "there is none", .remedy = make_packs};
    PackFile file;
    if (!path) return h;
    h.text = arena_printf(a, "%s is damaged or of another version of coax", path);
    if (!read_header(path, &file)) return h;

    Cur c = cur(span(file.header, PACK_HEADER));
    bool magic = memcmp(cur_take(&c, 8).p, "COAXPACK", 8) == 0;
    bool layout = cur_u32le(&c) == PACK_LAYOUT, same_machine = cur_u32le(&c) == machine;
    uint32_t entries = cur_u32le(&c), version_length = cur_u32le(&c);
    cur_skip(&c, 8);
    bool whole = cur_u64le(&c) == file.size;
    Span ntdll = cur_take(&c, SHA256), version = cur_take(&c, PACK_VERSION_ROOM);
    if (!magic || !layout || !same_machine || !whole || version_length > version.n) return h;

    const char *wine = known_wine(machine, ntdll);
    h.state = wine ? HEALTH_GOOD : HEALTH_WEAK;
    h.remedy =
        wine ? NULL : "coax was not tested with it; what it does differently shows as odd endings";
    h.text = arena_printf(a, "%s: %u files, libwine %.*s, %s", path, entries, (int)version_length,
                          (const char *)version.p, wine ? wine : "a Wine that is not known here");
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
    out[n++] = health_of_pack(a, "64-bit pack", places.pack_x64, 0x8664);
    out[n++] = health_of_pack(a, "32-bit pack", places.pack_x86, 0x14C);
    JailProbe probe = jail_probe();
    out[n++] = health_of_jail(&probe);
    for (unsigned bit = 0; bit < JAIL_LAYER_COUNT; bit++)
        out[n++] = health_of_layer(a, &probe, bit);
    return n;
}
