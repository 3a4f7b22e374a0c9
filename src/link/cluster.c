#include "link/cluster.h"
#include "base/text.h"
#include <stdlib.h>

enum { MEMORY = INT32_MAX, FIRST_ROOM = 1 << 10 };

typedef struct Holder Holder;
struct Holder {
    Holder *next;
    uint32_t file;
};

typedef struct {
    EntityKind kind;
    const char *value;
    Holder *holders; /* the newest first; one file may stand there twice */
} Thing;

/* An open table of indices into `files` or `things`, from 1; 0 is an empty place. */
typedef struct {
    uint32_t *at;
    size_t room, count;
} Table;

struct Cluster {
    Arena arena;
    ClusterFile *files;
    uint32_t *parents; /* union-find, by file */
    bool *vouched;     /* by file: a signer whom everybody has signed it */
    Thing *things;
    size_t files_room, things_room, file_count, thing_count;
    Table by_sha256, by_value;
    ClusterTie *ties;
    size_t tie_count;
    uint32_t groups;
};

/* ---- tables ---- */

static uint64_t hash(EntityKind kind, const char *text) {
    uint64_t h = UINT64_C(14695981039346656037) ^ (unsigned)kind;
    for (; *text; text++) h = (h ^ (uint8_t)*text) * UINT64_C(1099511628211);
    return h ^ h >> 32;
}

static bool is_same(const Cluster *c, bool file, uint32_t index, EntityKind kind,
                    const char *text) {
    if (file) return strcmp(c->files[index - 1].sha256, text) == 0;
    const Thing *t = &c->things[index - 1];
    return t->kind == kind && strcmp(t->value, text) == 0;
}

/* The place of a key: its index, or the empty place where it belongs. */
static uint32_t *place(const Cluster *c, const Table *t, EntityKind kind, const char *text) {
    size_t at = hash(kind, text) & (t->room - 1);
    while (t->at[at] && !is_same(c, t == &c->by_sha256, t->at[at], kind, text))
        at = (at + 1) & (t->room - 1);
    return &t->at[at];
}

static bool grow(Cluster *c, Table *t) {
    bool file = t == &c->by_sha256;
    if (2 * (t->count + 1) <= t->room) return true;
    size_t room = t->room ? 2 * t->room : FIRST_ROOM;
    uint32_t *at = calloc(room, sizeof *at);
    if (!at) return false;
    free(t->at);
    t->at = at;
    t->room = room;
    for (uint32_t i = 1; i <= t->count; i++) {
        const Thing *thing = file ? NULL : &c->things[i - 1];
        *place(c, t, file ? EN_sha256 : thing->kind, file ? c->files[i - 1].sha256 : thing->value) =
            i;
    }
    return true;
}

static bool make_room(void **list, size_t *room, size_t count, size_t size) {
    if (count < *room) return true;
    size_t more = *room ? 2 * *room : FIRST_ROOM;
    void *p = realloc(*list, more * size);
    if (!p) return false;
    *list = p;
    *room = more;
    return true;
}

/* The index of the link's file, from 1; 0: no room. */
static uint32_t file_of(Cluster *c, const ClusterLink *l) {
    if (!grow(c, &c->by_sha256)) return 0;
    uint32_t *at = place(c, &c->by_sha256, EN_sha256, l->sha256);
    if (*at) {
        ClusterFile *f = &c->files[*at - 1];
        if (f->input != l->input) f->others++;
        return *at;
    }
    if (!make_room((void **)&c->files, &c->files_room, c->file_count, sizeof *c->files)) return 0;
    c->files[c->file_count++] = (ClusterFile){.input = l->input,
                                              .sha256 = arena_str(&c->arena, l->sha256),
                                              .name = arena_str(&c->arena, l->name)};
    return *at = (uint32_t)++c->by_sha256.count;
}

static Thing *thing_of(Cluster *c, EntityKind kind, const char *value) {
    if (!grow(c, &c->by_value)) return NULL;
    uint32_t *at = place(c, &c->by_value, kind, value);
    if (*at) return &c->things[*at - 1];
    if (!make_room((void **)&c->things, &c->things_room, c->thing_count, sizeof *c->things))
        return NULL;
    Thing *t = &c->things[c->thing_count++];
    *t = (Thing){.kind = kind, .value = arena_str(&c->arena, value)};
    *at = (uint32_t)++c->by_value.count;
    return t;
}

Status cluster_add(Cluster *c, const ClusterLink *l) {
    uint32_t file = file_of(c, l);
    Thing *t = file ? thing_of(c, l->kind, l->value) : NULL;
    if (!t || c->arena.full) return ST_BUDGET;
    if (t->holders && t->holders->file == file - 1) return ST_OK;
    Holder *h = arena_one(&c->arena, Holder);
    if (!h) return ST_BUDGET;
    *h = (Holder){.next = t->holders, .file = file - 1};
    t->holders = h;
    return ST_OK;
}

/* ---- ties ---- */

static int by_index(const void *a, const void *b) {
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The files that have a thing, each once; only where there are two at least. */
static Status list_holders(Cluster *c, const Thing *t, ClusterTie *out) {
    size_t n = 0, kept = 0;
    for (const Holder *h = t->holders; h; h = h->next) n++;
    uint32_t *files = n > 1 ? arena_new_array(&c->arena, uint32_t, n) : NULL;
    *out = (ClusterTie){.kind = t->kind, .value = t->value};
    if (n < 2) return ST_OK;
    if (!files) return ST_BUDGET;
    for (const Holder *h = t->holders; h; h = h->next) files[kept++] = h->file;
    qsort(files, n, sizeof *files, by_index);
    kept = 1;
    for (size_t i = 1; i < n; i++)
        if (files[i] != files[kept - 1]) files[kept++] = files[i];
    out->files = files;
    out->count = kept;
    return ST_OK;
}

static bool is_listed(EntityKind kind, const char *value) {
    static const struct {
        EntityKind kind;
        const char *pattern;
    } common[] = {
#define COMMON(kind, pattern) {EN_##kind, pattern},
#include "link/common.def"
    };
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (common[i].kind == kind && text_match(common[i].pattern, value)) return true;
    return false;
}

static bool is_identity(EntityKind k) {
    return k == EN_certificate || k == EN_public_key || k == EN_issuer_serial;
}

static Status mark_vouched(Cluster *c) {
    c->vouched = calloc(c->file_count + 1, sizeof *c->vouched);
    if (!c->vouched) return ST_BUDGET;
    for (size_t i = 0; i < c->thing_count; i++) {
        const Thing *t = &c->things[i];
        if (t->kind != EN_subject || !is_listed(t->kind, t->value)) continue;
        for (const Holder *h = t->holders; h; h = h->next) c->vouched[h->file] = true;
    }
    return ST_OK;
}

static bool all_vouched(const Cluster *c, const ClusterTie *t) {
    size_t n = 0;
    for (size_t i = 0; i < t->count; i++) n += c->vouched[t->files[i]];
    return n == t->count;
}

static const char *why_common(const Cluster *c, const ClusterTie *t) {
    if (is_identity(t->kind) && all_vouched(c, t)) return "everybody has it";
    if (is_listed(t->kind, t->value)) return "everybody has it";
    bool many = t->count > COMMON_LEAST &&
                t->count * 100 > (uint64_t)entity_share(t->kind) * c->file_count;
    return many ? "too many of this case have it" : NULL;
}

static int by_kind_and_count(const void *a, const void *b) {
    const ClusterTie *x = a, *y = b;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return strcmp(x->value, y->value);
}

static Status list_ties(Cluster *c) {
    c->ties = calloc(c->thing_count + 1, sizeof *c->ties);
    if (!c->ties) return ST_BUDGET;
    for (size_t i = 0; i < c->thing_count; i++) {
        ClusterTie tie;
        TRY(list_holders(c, &c->things[i], &tie));
        if (tie.count < 2) continue;
        tie.common = why_common(c, &tie);
        c->ties[c->tie_count++] = tie;
    }
    qsort(c->ties, c->tie_count, sizeof *c->ties, by_kind_and_count);
    return ST_OK;
}

/* ---- groups ---- */

static uint32_t find(uint32_t *parents, uint32_t i) {
    while (parents[i] != i) i = parents[i] = parents[parents[i]];
    return i;
}

static void join(Cluster *c) {
    for (uint32_t i = 0; i < c->file_count; i++) c->parents[i] = i;
    for (size_t k = 0; k < c->tie_count; k++)
        for (size_t i = 1; i < c->ties[k].count && !c->ties[k].common; i++) {
            uint32_t a = find(c->parents, c->ties[k].files[0]);
            uint32_t b = find(c->parents, c->ties[k].files[i]);
            if (a < b) c->parents[b] = a;
            else c->parents[a] = b;
        }
}

typedef struct {
    uint32_t root, size;
} Group;

static int by_size(const void *a, const void *b) {
    const Group *x = a, *y = b;
    if (x->size != y->size) return x->size > y->size ? -1 : 1;
    return (x->root > y->root) - (x->root < y->root);
}

static Status number_groups(Cluster *c) {
    Group *groups = arena_new_array(&c->arena, Group, c->file_count + 1);
    if (!groups) return ST_BUDGET;
    for (uint32_t i = 0; i < c->file_count; i++) {
        groups[i].root = i;
        groups[find(c->parents, i)].size++;
    }
    qsort(groups, c->file_count, sizeof *groups, by_size);
    for (; c->groups < c->file_count && groups[c->groups].size > 1; c->groups++)
        c->files[groups[c->groups].root].group = c->groups + 1;
    for (uint32_t i = 0; i < c->file_count; i++)
        c->files[i].group = c->files[find(c->parents, i)].group;
    return ST_OK;
}

Status cluster_solve(Cluster *c) {
    TRY(mark_vouched(c));
    TRY(list_ties(c));
    c->parents = calloc(c->file_count + 1, sizeof *c->parents);
    if (!c->parents) return ST_BUDGET;
    join(c);
    return number_groups(c);
}

/* ---- asking ---- */

size_t cluster_files(const Cluster *c) {
    return c->file_count;
}
const ClusterFile *cluster_file(const Cluster *c, size_t i) {
    return &c->files[i];
}
uint32_t cluster_groups(const Cluster *c) {
    return c->groups;
}
size_t cluster_ties(const Cluster *c) {
    return c->tie_count;
}
const ClusterTie *cluster_tie(const Cluster *c, size_t i) {
    return &c->ties[i];
}

Cluster *cluster_open(void) {
    Cluster *c = calloc(1, sizeof *c);
    if (c) c->arena = arena_new(MEMORY);
    return c;
}

void cluster_close(Cluster *c) {
    if (!c) return;
    free(c->files);
    free(c->parents);
    free(c->vouched);
    free(c->things);
    free(c->by_sha256.at);
    free(c->by_value.at);
    free(c->ties);
    arena_reset(&c->arena);
    free(c);
}
