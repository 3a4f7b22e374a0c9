#include "engine/packs.h"
#include "base/hash.h"
#include "engine/pack_tools.h"
#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

/* The header, as docs/pack.md lays it out. */
enum { HEADER_SIZE = 216, LAYOUT = 2, SHA256 = 32, WINE_ROOM = 128, TOOLS_ROOM = 16 };

const char pack_remedy[] =
    "./bootstrap --packs makes it (PREFIX/share/coax/bootstrap --packs where coax is installed); "
    "COAX_WINE_DIR=FOLDER names Wine's DLLs for a machine without a network";

static const struct {
    const char *name;
    uint16_t machine;
} packs[PACK_COUNT] = {[PACK_X64] = {"x86_64", 0x8664}, [PACK_X86] = {"i386", 0x14C}};

const char *pack_name(Arena *a, PackId id) {
    return arena_printf(a, "%s-" PACK_TOOLS ".pack", packs[id].name);
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

/* Why there is no pack of the name that we want. */
static const char *why_absent(Arena *a, const char *folder, PackId id) {
    glob_t found;
    const char *others = arena_printf(a, "%s/%s*.pack", folder, packs[id].name);
    bool some = others && glob(others, GLOB_NOSORT, NULL, &found) == 0;
    if (some) globfree(&found);
    return some ? "it was made by another version of coax" : "there is none";
}

static bool read_header(const char *path, uint8_t header[HEADER_SIZE], uint64_t *size) {
    struct stat s;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    bool whole = fstat(fd, &s) == 0 && pread(fd, header, HEADER_SIZE, 0) == HEADER_SIZE;
    *size = whole ? (uint64_t)s.st_size : 0;
    close(fd);
    return whole;
}

static Span until_nul(Span s) {
    const uint8_t *end = memchr(s.p, 0, s.n);
    return end ? span(s.p, (size_t)(end - s.p)) : s;
}

static const char *parse(Arena *a, Cur c, uint64_t size, PackId id, PackFile *out) {
    bool magic = span_equal(cur_take(&c, 8), span_str("COAXPACK"));
    bool layout = cur_u32le(&c) == LAYOUT;
    if (!magic) return "it is no pack";
    if (!layout) return "it was made by another version of coax";
    bool same_machine = cur_u32le(&c) == packs[id].machine;
    out->entries = cur_u32le(&c);
    cur_skip(&c, 4 + 8);
    bool whole = cur_u64le(&c) == size;
    out->known = known_wine(packs[id].machine, cur_take(&c, SHA256));
    out->wine = arena_text(a, until_nul(cur_take(&c, WINE_ROOM)));
    Span tools = until_nul(cur_take(&c, TOOLS_ROOM));
    if (!same_machine) return "it is for another machine";
    if (!whole) return "it is damaged";
    return span_equal(tools, span_str(PACK_TOOLS)) ? NULL
                                                   : "it was made by another version of coax";
}

PackFile pack_examine(Arena *a, const char *folder, PackId id) {
    PackFile p = {.fault = "there is no folder for it: HOME is not set"};
    uint8_t header[HEADER_SIZE];
    uint64_t size;
    if (!folder) return p;
    const char *path = arena_printf(a, "%s/%s", folder, pack_name(a, id));
    if (!path || access(path, F_OK) != 0) {
        p.fault = why_absent(a, folder, id);
        return p;
    }
    p.path = path;
    p.fault = read_header(path, header, &size)
                  ? parse(a, cur(span(header, HEADER_SIZE)), size, id, &p)
                  : "it is damaged";
    return p;
}
