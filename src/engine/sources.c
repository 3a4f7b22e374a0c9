#include "engine/sources.h"
#include "engine/walk.h"
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST_SOURCES = 256, MOST_SIZE = 512 << 20 };

typedef struct {
    Arena *arena;
    SignSource *list;
    size_t count;
    char *message;
} Opening;

static Status complain(Opening *o, const char *path, const char *why) {
    snprintf(o->message, ENGINE_MESSAGE, "%s: %s", path, why);
    return ST_IO;
}

/* Mapped for as long as coax runs, so that lists of which nothing is asked cost nothing. */
static Status open_one(Opening *o, const WalkItem *w) {
    if (w->why) return complain(o, w->path, w->why);
    bool fits = o->count < MOST_SOURCES && w->size <= MOST_SIZE;
    void *p = fits && w->size ? mmap(NULL, w->size, PROT_READ, MAP_PRIVATE, w->fd, 0) : NULL;
    close(w->fd);
    if (!fits) return complain(o, w->path, "too many files, or too large");
    if (p == MAP_FAILED) return complain(o, w->path, strerror(errno));
    const char *slash = strrchr(w->path, '/');
    o->list[o->count++] =
        (SignSource){arena_str(o->arena, slash ? slash + 1 : w->path), span(p, w->size)};
    return ST_OK;
}

/* Folders are read as evidence is: in the order of their names. */
static Status open_all(Opening *o, const char *const *paths, size_t count) {
    WalkItem w;
    Status s = ST_OK;
    if (!count) return ST_OK;
    Walk *walk = walk_open(paths, count);
    if (!o->list) o->list = arena_new_array(o->arena, SignSource, MOST_SOURCES);
    if (!walk || !o->list) s = ST_BUDGET;
    while (s == ST_OK && walk_next(walk, &w)) s = open_one(o, &w);
    walk_close(walk);
    return s;
}

static Status open_shipped(Opening *o, const char *data, const char *name) {
    const char *path = data ? arena_printf(o->arena, "%s/%s", data, name) : NULL;
    return path && access(path, R_OK) == 0 ? open_all(o, &path, 1) : ST_OK;
}

Status sources_of_trust(Arena *a, const EngineTrust *trust, const char *data, SignOptions *out,
                        char message[ENGINE_MESSAGE]) {
    Opening roots = {.arena = a, .message = message}, crls = roots, abuse = roots, catalogs = roots,
            shipped = roots;
    TRY(open_all(&roots, trust->roots, trust->root_count));
    TRY(open_shipped(&shipped, data, "roots.pem"));
    TRY(open_all(&crls, trust->crls, trust->crl_count));
    TRY(open_shipped(&abuse, data, "abused.csv"));
    TRY(open_all(&abuse, trust->abuse, trust->abuse_count));
    TRY(open_all(&catalogs, trust->catalogs, trust->catalog_count));
    *out = (SignOptions){.roots = roots.list,
                         .crls = crls.list,
                         .abuse = abuse.list,
                         .catalogs = catalogs.list,
                         .root_count = roots.count,
                         .crl_count = crls.count,
                         .abuse_count = abuse.count,
                         .catalog_count = catalogs.count,
                         .shipped_roots = shipped.count ? *shipped.list : (SignSource){0},
                         .own_roots = trust->root_count != 0,
                         .has_at = trust->has_at,
                         .at = trust->at};
    return ST_OK;
}
