#include "engine/sources.h"
#include "engine/walk.h"
#include <ctype.h>
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

/* ---- files in which nothing can be found: a quick look, since the readers are the workers' ----
 */

static bool has(Span bytes, const char *text) {
    return bytes.n && memmem(bytes.p, bytes.n, text, strlen(text));
}

static bool is_der(Span bytes) {
    return bytes.n && *bytes.p == 0x30;
}

static bool may_be_certificates(Span bytes) {
    return is_der(bytes) || has(bytes, "-----BEGIN ");
}

/* A heading names a column of serials or thumbprints, in whatever case. */
static bool may_be_abuse(Span bytes) {
    static const char *const names[] = {"serial", "thumbprint", "fingerprint",
                                        "md5",    "sha1",       "sha256"};
    char start[1 << 12];
    Span head = span_clip(bytes, 0, sizeof start - 1);
    for (size_t i = 0; i < head.n; i++) start[i] = (char)tolower(head.p[i]);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (has(span(start, head.n), names[i])) return true;
    return false;
}

/* What an analyst named by mistake is not passed over in silence; in a folder other files may lie
 * as well. */
static Status open_given(Opening *o, const char *const *paths, size_t count,
                         bool (*may_be)(Span bytes), const char *why) {
    for (size_t i = 0; i < count; i++) {
        size_t first = o->count, good = 0;
        TRY(open_all(o, &paths[i], 1));
        for (size_t k = first; k < o->count; k++) good += may_be(o->list[k].bytes);
        if (!good) return complain(o, paths[i], why);
    }
    return ST_OK;
}

/* ---- what coax brings along ---- */

static Status open_shipped(Opening *o, const char *data, const char *name) {
    const char *path = data ? arena_printf(o->arena, "%s/%s", data, name) : NULL;
    return path && access(path, R_OK) == 0 ? open_all(o, &path, 1) : ST_OK;
}

Status sources_of_trust(Arena *a, const EngineTrust *trust, const char *data, SignOptions *out,
                        char message[ENGINE_MESSAGE]) {
    Opening roots = {.arena = a, .message = message}, crls = roots, abuse = roots, catalogs = roots,
            shipped = roots;
    TRY(open_given(&roots, trust->roots, trust->root_count, may_be_certificates,
                   "no certificate is in it (PEM or DER)"));
    TRY(open_shipped(&shipped, data, "roots.pem"));
    TRY(open_given(&crls, trust->crls, trust->crl_count, may_be_certificates,
                   "no revocation list is in it (PEM or DER)"));
    TRY(open_shipped(&abuse, data, "abused.csv"));
    TRY(open_given(&abuse, trust->abuse, trust->abuse_count, may_be_abuse,
                   "no column of serial numbers or thumbprints is in it"));
    TRY(open_given(&catalogs, trust->catalogs, trust->catalog_count, is_der, "it is no catalog"));
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
