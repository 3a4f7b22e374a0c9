/* The file system: what a program could do to it by name, one operation a line.
 *
 * A line is a letter, a digit that says which of eight handles is meant, and a text: a path, a
 * pattern or content. Whatever the lines do, a handle's path leads back to its name while it is
 * linked. */
#include "base/buf.h"
#include "guest/file.h"
#include "guest/fs.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HANDLES = 8, BUDGET = 1 << 20 };

static const char persona[] =
    "drive:\n  'C:': {free: 1GiB}\n  'D:': {type: cdrom}\n"
    "file:\n  'C:\\Users\\ann\\A long name.text': {content: hello, size: 9000}\n"
    "  'D:\\setup.ini': {content: x}\n";

typedef struct {
    Arena arena;
    FileSystem *fs;
    FsHandle handles[HANDLES];
} State;

static uint64_t now(void *owner) {
    (void)owner;
    return 132000000000000000;
}

static void told(void *owner, Node *directory, const Name *name, FsAction action, uint32_t filter) {
    (void)owner, (void)action, (void)filter;
    if (!node_is_directory(directory) && !name->text[0]) __builtin_trap();
}

static uint32_t walk(State *s, const char *path, bool wow64, FsPath *out) {
    char *device = fs_device_path(s->fs, &s->arena, path);
    return device ? fs_walk(s->fs, device, wow64, out) : STATUS_OBJECT_NAME_NOT_FOUND;
}

static void close_handle(State *s, FsHandle *h) {
    if (!h->name) return;
    fs_unlock_all(h->node, h);
    fs_close_file(s->fs, h);
}

static void open_path(State *s, FsHandle *h, char how, const char *path) {
    FsPath found;
    uint32_t information;
    close_handle(s, h);
    FsHow asked = {.access = 0x1f01ff, .share = 7, .disposition = (uint32_t)(how - 'a') % 6};
    if (how >= 'm') asked.options = FILE_DIRECTORY_FILE;
    if (how >= 'r') asked.options = FILE_DELETE_ON_CLOSE;
    if (walk(s, path, how == 'z', &found) || found.raw) return;
    if (fs_open_file(s->fs, &found, &asked, h, &information)) *h = (FsHandle){0};
}

static void check_path(State *s, const FsHandle *h) {
    FsPath found;
    if (!h->name->linked) return;
    char *path = name_device_path(h->name, &s->arena);
    if (!path || fs_walk(s->fs, path, false, &found)) __builtin_trap();
    Name *n =
        found.name && found.stream.n ? node_entry(found.name->node, found.stream) : found.name;
    if (n != h->name) __builtin_trap();
}

static void use(State *s, FsHandle *h, char verb, const char *text) {
    uint8_t piece[64];
    FsPath to;
    bool file = !node_is_directory(h->node);
    uint64_t at = (uint64_t)strlen(text) * 997;
    switch (verb) {
    case 'W':
        if (file) fs_write(h->node, at, span_str(text));
        break;
    case 'T':
        if (file) fs_resize(h->node, at);
        break;
    case 'R':
        if (file) fs_read(h->node, at, piece, sizeof piece);
        break;
    case 'D': fs_delete(s->fs, h, *text != '-', *text == '!', *text == '+'); break;
    case 'M':
        if (!walk(s, text, false, &to)) fs_rename(s->fs, h, &to, true, false);
        break;
    case 'L':
        if (!walk(s, text, false, &to)) fs_link(s->fs, h, &to, true);
        break;
    case 'K': fs_lock(h->node, h, at, 10, *text == 'x'); break;
    case 'U': fs_unlock(h->node, h, at, 10); break;
    case 'S': name_short(h->name); break;
    case 'F': fs_match(text, h->name->text); break;
    case 'C': close_handle(s, h); break;
    default: break;
    }
    if (h->name) check_path(s, h);
}

static void run_line(State *s, Span line) {
    if (line.n < 3) return;
    char *text = arena_text(&s->arena, span_clip(line, 2, 4096));
    FsHandle *h = &s->handles[line.p[1] % HANDLES];
    if (!text) return;
    if (line.p[0] >= 'a' && line.p[0] <= 'z') open_path(s, h, (char)line.p[0], text);
    else if (h->name) use(s, h, (char)line.p[0], text);
}

static void run_lines(State *s, Span lines) {
    while (lines.n) {
        const uint8_t *end = memchr(lines.p, '\n', lines.n);
        size_t n = end ? (size_t)(end - lines.p) : lines.n;
        run_line(s, span_clip(lines, 0, n));
        lines = span_clip(lines, n + 1, lines.n);
    }
}

static void visit(void *context, const char *path, const Node *node, Span bytes) {
    *(size_t *)context += strlen(path) + bytes.n + (size_t)node->links;
}

/* Read once: it takes longer than an input. */
static const World *the_world(void) {
    static Arena arena;
    static World *w;
    WorldError error;
    if (w) return w;
    arena = arena_new(16 << 20);
    if (world_read(&arena, span_str(persona), "fuzz", &w, &error)) __builtin_trap();
    return w;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    State s = {.arena = arena_new(64 << 20)};
    size_t sum = 0;
    FsOptions o = {.world = the_world(), .budget = BUDGET, .now = now, .changed = told};
    if ((s.fs = fs_new(&o))) {
        run_lines(&s, span(data, size));
        fs_changed_files(s.fs, visit, &sum);
        for (int i = 0; i < HANDLES; i++) close_handle(&s, &s.handles[i]);
        fs_free(s.fs);
    }
    arena_reset(&s.arena);
    return 0;
}
