/* The world of an engine as a person may read it. */
#include "world/world.h"
#include "engine/internal.h"

static Status edited_world(const Engine *e, Arena *a, World **out) {
    WorldError error;
    TRY(world_read(a, e->world, e->world_name, out, &error));
    for (const Value *v = value_first(e->edits); v; v = v->next)
        TRY(world_edit(*out, value_get_str(v, ""), NULL, &error));
    return ST_OK;
}

Status engine_print_world(const Engine *e, Buf *out) {
    Arena a = arena_new(ENGINE_MEMORY);
    World *world;
    Status status = edited_world(e, &a, &world);
    if (status == ST_OK) world_print(world, out);
    arena_reset(&a);
    return status == ST_OK && out->full ? ST_BUDGET : status;
}

/* Both worlds live in one arena: an edit's text is the other one's. */
Status engine_diff_worlds(const Engine *from, const Engine *to, Buf *out) {
    Arena a = arena_new(2 * (size_t)ENGINE_MEMORY);
    World *left, *right;
    Status status = edited_world(from, &a, &left);
    if (status == ST_OK) status = edited_world(to, &a, &right);
    if (status == ST_OK) status = world_diff(left, right, out);
    arena_reset(&a);
    return status;
}
