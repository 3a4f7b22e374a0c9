/* Personas: a world or a sentence with a place; what it prints makes it again. */
#include "world/world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all_files(const World *w) {
    uint8_t piece[256];
    for (const WorldItem *f = world_first(w, FACT_file); f; f = world_next(f)) {
        uint64_t size = world_file_size(f);
        world_file_read(w, f, size / 2, piece,
                        size - size / 2 < 256 ? (size_t)(size - size / 2) : 256);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena a = arena_new(16 << 20);
    World *w;
    WorldError error = {0};
    Status status = world_read(&a, span(data, size), "fuzz", &w, &error);
    if (status == ST_OK) {
        uint8_t digest[32];
        read_all_files(w);
        world_digest(w, digest);
    } else if (!error.text || !error.line || !error.column) {
        __builtin_trap();
    }
    arena_reset(&a);
    return 0;
}
