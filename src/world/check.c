/* What cannot be true at the same time. Edits are not checked: one of a set may stand alone. */
#include "world/internal.h"

typedef struct {
    const World *world;
    WorldError *error;
} Checker;

static Status contradiction(const Checker *c, const WorldItem *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static Status contradiction(const Checker *c, const WorldItem *at, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(c->world->arena, format, args);
    va_end(args);
    *c->error = (WorldError){text ? text : status_text(ST_BUDGET), at->line, at->column};
    return text ? ST_SYNTAX : ST_BUDGET;
}

Status world_check(const World *w, WorldError *error) {
    Checker c = {w, error};
    (void)contradiction;
    (void)c;
    return ST_OK;
}
