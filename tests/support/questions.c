/* questions WORLD.yaml PROGRAM.exe [EDIT...]: runs a Windows program and prints what it asks of its
 * world, one question a line:
 *
 *      FACT[:SUBJECT] value|there|absent [by WAY] */
#include "engine/engine.h"
#include "engine/packs.h"
#include "guest/guest.h"

#include <fcntl.h>
#include <stdio.h>

static Span read_file(Arena *a, const char *path) {
    Buf b = buf_new(64 << 20);
    FILE *f = fopen(path, "rb");
    uint8_t piece[65536];
    for (size_t n; f && (n = fread(piece, 1, sizeof piece, f)) > 0;) buf_add(&b, span(piece, n));
    if (f) fclose(f);
    Span bytes = arena_bytes(a, buf_span(&b));
    buf_free(&b);
    return bytes;
}

static void asked(void *context, const Question *q) {
    (void)context;
    printf("%s%s%s %s", fact_info(q->fact)->name, q->subject ? ":" : "",
           q->subject ? q->subject : "",
           !q->found  ? "absent"
           : q->value ? "value"
                      : "there");
    if (q->way) printf(" by %s", q->way);
    putchar('\n');
}

static void ended(Sink *s, const Run *r) {
    (void)s;
    printf("= %s\n", r->ended);
}

/* The world's text behind those that it extends, which lie in the same folder. */
static Span read_world(Arena *a, const char *path) {
    Span own = read_file(a, path);
    const char *base = world_extends(a, own), *slash = strrchr(path, '/');
    if (!base || !slash) return own;
    Span above = read_world(a, arena_printf(a, "%.*s/%s.yaml", (int)(slash - path), path, base));
    Buf both = buf_new(64 << 20);
    buf_add(&both, above);
    buf_str(&both, world_separator);
    buf_add(&both, own);
    Span text = arena_bytes(a, buf_span(&both));
    buf_free(&both);
    return text;
}

static World *open_world(Arena *a, const char *path, char **edits, int count) {
    World *w;
    WorldError e = {0};
    Status s = world_read(a, read_world(a, path), path, &w, &e);
    for (int i = 0; i < count && s == ST_OK; i++) s = world_edit(w, edits[i], NULL, &e);
    if (s == ST_OK) return w;
    fprintf(stderr, "%s\n", e.text ? e.text : status_text(s));
    return NULL;
}

static int open_pack(Arena *a, PackId id) {
    const char *path = pack_examine(a, engine_places(a).cache, id).path;
    return path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    Arena a = arena_new(512 << 20);
    World *w = open_world(&a, argv[1], argv + 3, argc - 3);
    if (!w) return 2;
    Sink sink = {.run = ended};
    const GuestWatch watch = {.asked = asked};
    GuestConfig config = {.sample = read_file(&a, argv[2]),
                          .path = world_expand(w, &a, "%USERPROFILE%\\Desktop\\asks.exe"),
                          .arguments = value_list(&a),
                          .world = w,
                          .world_name = "test",
                          .edits = value_list(&a),
                          .pack64 = open_pack(&a, PACK_X64),
                          .pack32 = open_pack(&a, PACK_X86),
                          .budget = guest_default_budget(),
                          .watch = &watch,
                          .sink = &sink};
    Status s = guest_run(&config);
    if (s != ST_OK) fprintf(stderr, "%s\n", status_text(s));
    arena_reset(&a);
    return s == ST_OK ? 0 : 2;
}
