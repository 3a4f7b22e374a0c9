/* The registry's tree. See registry.h; the semantics are those of the Windows kernel's
 * configuration manager as MSDN describes them (ZwCreateKey, ZwDeleteKey, "Registry Redirector",
 * "Shared Registry Keys"), the statuses those that Wine's own conformance tests found on Windows.
 *
 * Limits: no security on keys, no transactions, no hives in files. */
#include "guest/registry.h"
#include "base/text.h"
#include "guest/ntstatus.h"
#include <stdlib.h>
#include <strings.h>

enum {
    MAX_UNITS = 255,       /* of a key's name, in UTF-16 */
    MAX_NAME = 255 * 3,    /* the same in UTF-8, at the most */
    MAX_LINKS = 32,        /* that are followed on one path */
    MAX_BYTES = 128 << 20, /* that a program may fill */
    RECORD_KEY = 1,
    RECORD_VALUE = 2,
};

/* A part of a pack's records that belongs to a key: those whose path begins with `from`, as if `to`
 * stood in its place (below the key). */
struct RegSource {
    RegSource *next;
    Span records, from;
    const char *to;
};

struct Registry {
    RegKey *root;
    RegWatch *watches;
    uint64_t written;
    uint64_t bytes; /* allocated */
    bool lived_in;  /* furnished: who changes it now is a program */
    Arena paths;    /* of links, during one walk */
};

static const char link_value[] = "SymbolicLinkValue";

/* ---- memory ---- */

static void *take(Registry *r, size_t n) {
    if (n > MAX_BYTES - r->bytes) return NULL;
    void *p = calloc(1, n + (n == 0));
    if (p) r->bytes += n;
    return p;
}

uint64_t registry_bytes(const Registry *r) {
    return r->bytes;
}

static void give(Registry *r, void *p, size_t n) {
    if (p) r->bytes -= n;
    free(p);
}

static char *take_text(Registry *r, Span text) {
    char *p = take(r, text.n + 1);
    if (p && text.n) memcpy(p, text.p, text.n);
    return p;
}

static void give_text(Registry *r, char *text) {
    if (text) give(r, text, strlen(text) + 1);
}

/* Room for one more element in a sorted array. */
static bool grow(Registry *r, void *array, uint32_t count, uint32_t *room, size_t size) {
    void **p = array;
    if (count < *room) return true;
    uint32_t more = *room ? *room * 2 : 4;
    if ((more - *room) * size > MAX_BYTES - r->bytes) return false;
    void *bigger = realloc(*p, more * size);
    if (!bigger) return false;
    r->bytes += (more - *room) * size;
    *p = bigger;
    *room = more;
    return true;
}

/* ---- one key's arrays ---- */

/* The place of a name among the keys; *found says whether it is there. */
static uint32_t key_place(const RegKey *k, const char *name, bool *found) {
    uint32_t low = 0, high = k->key_count;
    /* Records come in order: the place is mostly the end. */
    if (high && text_compare_nocase(k->keys[high - 1]->name, name) < 0) low = high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = text_compare_nocase(k->keys[middle]->name, name);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    *found = false;
    return low;
}

static uint32_t value_place(const RegKey *k, const char *name, bool *found) {
    uint32_t low = 0, high = k->value_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = text_compare_nocase(k->values[middle].name, name);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    *found = false;
    return low;
}

static void insert_key(RegKey *parent, uint32_t at, RegKey *key) {
    memmove(parent->keys + at + 1, parent->keys + at,
            (parent->key_count - at) * sizeof *parent->keys);
    parent->keys[at] = key;
    parent->key_count++;
    key->parent = parent;
}

static void remove_key(RegKey *key) {
    RegKey *parent = key->parent;
    uint32_t at = 0;
    while (parent->keys[at] != key) at++;
    parent->key_count--;
    memmove(parent->keys + at, parent->keys + at + 1,
            (parent->key_count - at) * sizeof *parent->keys);
    if (parent->wow == key) parent->wow = NULL;
    key->parent = NULL;
}

/* A new key at its place. The tree holds the one reference. */
static RegKey *add_key(Registry *r, RegKey *parent, uint32_t at, Span name) {
    if (!grow(r, &parent->keys, parent->key_count, &parent->key_room, sizeof *parent->keys))
        return NULL;
    RegKey *k = take(r, sizeof *k);
    if (!k) return NULL;
    if (!(k->name = take_text(r, name))) {
        give(r, k, sizeof *k);
        return NULL;
    }
    k->refs = 1;
    k->written = r->written;
    insert_key(parent, at, k);
    if (!strcasecmp(k->name, "Wow6432Node")) {
        parent->wow = k;
        k->shared = !strcasecmp(parent->name, "Classes");
    }
    return k;
}

static RegValue *add_value(Registry *r, RegKey *k, const char *name, uint32_t at) {
    if (!grow(r, &k->values, k->value_count, &k->value_room, sizeof *k->values)) return NULL;
    char *copy = take_text(r, span_str(name));
    if (!copy) return NULL;
    memmove(k->values + at + 1, k->values + at, (k->value_count - at) * sizeof *k->values);
    k->value_count++;
    k->values[at] = (RegValue){.name = copy};
    return &k->values[at];
}

static void drop_data(Registry *r, RegValue *v) {
    if (v->owned) give(r, (void *)v->data.p, v->data.n);
    v->owned = false;
    v->data = (Span){0};
}

static void free_key(Registry *r, RegKey *k);

static void empty_key(Registry *r, RegKey *k) {
    for (uint32_t i = 0; i < k->value_count; i++) {
        drop_data(r, &k->values[i]);
        give_text(r, k->values[i].name);
    }
    give(r, k->values, k->value_room * sizeof *k->values);
    for (uint32_t i = 0; i < k->key_count; i++) free_key(r, k->keys[i]);
    give(r, k->keys, k->key_room * sizeof *k->keys);
    for (RegSource *s; (s = k->sources);) {
        k->sources = s->next;
        give(r, s, sizeof *s);
    }
}

static void free_key(Registry *r, RegKey *k) {
    empty_key(r, k);
    give_text(r, k->name);
    give_text(r, k->class);
    give(r, k, sizeof *k);
}

/* ---- reading records ---- */

static bool add_source(Registry *r, RegKey *k, RegSource part) {
    RegSource *s = take(r, sizeof *s), **end = &k->sources;
    if (!s) return false;
    *s = part;
    s->next = NULL;
    while (*end) end = &(*end)->next;
    *end = s;
    return true;
}

/* The child of that name, made where there is none. NULL: no memory or no name. */
static RegKey *child_for(Registry *r, RegKey *k, Span name) {
    char text[MAX_NAME + 1];
    bool found;
    if (name.n == 0 || name.n > MAX_NAME) return NULL;
    memcpy(text, name.p, name.n);
    text[name.n] = 0;
    uint32_t at = key_place(k, text, &found);
    return found ? k->keys[at] : add_key(r, k, at, name);
}

static Span component(Span path) {
    const uint8_t *end = path.n ? memchr(path.p, '\\', path.n) : NULL;
    return end ? span(path.p, (size_t)(end - path.p)) : path;
}

/* Most paths are told apart by what stands behind the prefix, and spelled alike where they are not.
 */
static bool begins(Span path, Span prefix) {
    if (path.n < prefix.n || (path.n > prefix.n && path.p[prefix.n] != '\\')) return false;
    return memcmp(path.p, prefix.p, prefix.n) == 0 ||
           strncasecmp((const char *)path.p, (const char *)prefix.p, prefix.n) == 0;
}

/* The number of UTF-16 units of a text. */
static size_t text_units(Span text) {
    size_t n = 0;
    for (size_t at = 0; at < text.n;) n += text_utf8_next(text, &at) >= 0x10000 ? 2 : 1;
    return n;
}

/* A value of a record, unless the key has one of that name already. */
static void read_value(Registry *r, RegKey *k, Span name, uint32_t type, Span data) {
    char text[1024];
    bool found;
    if (name.n >= sizeof text) return;
    memcpy(text, name.p, name.n);
    text[name.n] = 0;
    uint32_t at = value_place(k, text, &found);
    RegValue *v = found ? NULL : add_value(r, k, text, at);
    if (!v) return;
    v->type = type;
    v->data = data;
    if (type == REG_LINK && text_equal_nocase(text, link_value)) k->link = true;
}

/* A source being read: which key or value its records are about. */
typedef struct {
    Registry *registry;
    RegKey *key;
    Span from;
    bool own;       /* the last record of a key was of this key itself */
    RegKey *child;  /* whose records are being collected, or NULL */
    RegSource part; /* those */
} Reader;

static void end_child(Reader *d) {
    if (d->child) add_source(d->registry, d->child, d->part);
    d->child = NULL;
}

/* A key's record: of this key, of a child or of something below it, or of none of ours. */
static void read_key(Reader *d, Span path, const uint8_t *record) {
    bool ours = begins(path, d->from);
    d->own = ours && path.n == d->from.n;
    if (d->child && begins(path, d->part.from)) return;
    end_child(d);
    if (!ours || d->own) return;
    Span name = component(span_clip(path, d->from.n + 1, path.n));
    d->child = child_for(d->registry, d->key, name);
    d->part = (RegSource){
        .records = span(record, 0), .from = span_clip(path, 0, d->from.n + 1 + name.n), .to = ""};
}

typedef struct {
    uint8_t kind;
    uint32_t type;
    Span name, data;
} Record;

/* The next record; false at the end of the records, or where one is cut. Programs wait for the tens
 * of thousands of them, so its head is taken in one piece. */
static bool next_record(Cur *c, Record *out) {
    enum { HEAD = 12 };
    const uint8_t *h = cur_take(c, HEAD).p;
    if (!h) return false;
    uint32_t name_size = h[2] | (uint32_t)h[3] << 8;
    uint32_t data_size = h[8] | (uint32_t)h[9] << 8 | (uint32_t)h[10] << 16 | (uint32_t)h[11] << 24;
    out->kind = h[0];
    out->type = h[4] | (uint32_t)h[5] << 8 | (uint32_t)h[6] << 16 | (uint32_t)h[7] << 24;
    out->name = cur_take(c, name_size);
    out->data = cur_take(c, data_size);
    return !c->bad;
}

/* Takes the key's own values out of records and hands the rest on to its children, unread. */
static void read_records(Registry *r, RegKey *k, const RegSource *s) {
    Reader d = {.registry = r, .key = k, .from = s->from};
    Cur c = cur(s->records);
    Record v;
    for (const uint8_t *at; at = s->records.p + c.at, next_record(&c, &v);) {
        if (v.kind == RECORD_KEY) read_key(&d, v.name, at);
        else if (v.kind == RECORD_VALUE && d.own) read_value(r, k, v.name, v.type, v.data);
        if (d.child) d.part.records.n = (size_t)(s->records.p + c.at - d.part.records.p);
    }
    end_child(&d);
}

/* The child towards which a source is still on its way. */
static void pass_on(Registry *r, RegKey *k, const RegSource *s) {
    Span name = component(span_str(s->to));
    RegKey *child = child_for(r, k, name);
    RegSource part = *s;
    part.to += name.n + (part.to[name.n] != 0);
    if (child) add_source(r, child, part);
}

/* Reads what was not read yet. What lies below a link is its target's business. */
static void look(Registry *r, RegKey *k) {
    for (RegSource *s; (s = k->sources);) {
        k->sources = s->next;
        if (*s->to) pass_on(r, k, s);
        else if (!k->link) read_records(r, k, s);
        give(r, s, sizeof *s);
    }
}

/* ---- walking ---- */

/* Where a path leads: to a key, or to the place in `parent` where `last` would be. */
typedef struct {
    RegKey *key, *parent;
    Span last;
} Place;

static RegKey *child_named(Registry *r, RegKey *k, Span name) {
    char text[MAX_NAME + 1];
    bool found;
    if (name.n > MAX_NAME) return NULL;
    memcpy(text, name.p, name.n);
    text[name.n] = 0;
    look(r, k);
    uint32_t at = key_place(k, text, &found);
    return found ? k->keys[at] : NULL;
}

static Span skip_separators(Span path) {
    while (path.n && *path.p == '\\') path = span_clip(path, 1, path.n);
    return path;
}

static bool is_wow(Span path) {
    Span name = component(path);
    return name.n == 11 && !strncasecmp((const char *)name.p, "Wow6432Node", 11);
}

static uint32_t walk(Registry *r, RegKey *from, Span path, unsigned flags, unsigned links,
                     Place *out);

/* Where a link leads. Its target is spelled in the 64-bit view. */
static uint32_t follow(Registry *r, RegKey *link, unsigned links, Place *out) {
    const RegValue *v = registry_value(r, link, link_value);
    const char *path = v ? text_from_utf16(&r->paths, v->data) : NULL;
    if (!path || *path != '\\' || links == MAX_LINKS) return STATUS_OBJECT_NAME_NOT_FOUND;
    return walk(r, NULL, span_str(path), 0, links + 1, out);
}

/* The key that shows a 32-bit process what it may see of `k`; NULL where that does not exist. */
static RegKey *counterpart(Registry *r, RegKey *k) {
    look(r, k);
    if (k->wow) return k->wow;
    if (!k->parent || k->parent->wow == k) return k;
    RegKey *parent = counterpart(r, k->parent);
    return parent ? child_named(r, parent, span_str(k->name)) : NULL;
}

/* Where a relative path of a 32-bit process begins: at the key that its handle names, unless that
 * is one of the shared ones or the program asks for the 32-bit view by name. */
static RegKey *start(Registry *r, RegKey *from, Span path, unsigned flags) {
    if (!(flags & REG_VIEW_32) || is_wow(path)) return from;
    RegKey *other = counterpart(r, from);
    return other && (other->shared || flags & REG_FORCE_32) ? other : from;
}

/* One step down. A shared key shows what it lacks from its parent; *k moves there too. */
static RegKey *step(Registry *r, RegKey **k, Span name, unsigned flags) {
    RegKey *child = child_named(r, *k, name);
    if (child || !(*k)->shared || !(flags & REG_VIEW_32)) return child;
    *k = (*k)->parent;
    return child_named(r, *k, name);
}

static uint32_t walk_down(Registry *r, RegKey *k, Span rest, unsigned flags, unsigned links,
                          Place *out) {
    bool view32 = flags & REG_VIEW_32;
    for (;;) {
        look(r, k);
        if (k->link && (rest.n || !(flags & REG_OPEN_LINK))) {
            uint32_t status = follow(r, k, links, out);
            if (status || !rest.n) {
                if (rest.n) out->parent = NULL;
                if (out->key && view32 && out->key->shared) out->key = out->key->parent;
                return status;
            }
            k = out->key;
        }
        if (!rest.n) break;
        Span name = component(rest);
        rest = skip_separators(span_clip(rest, name.n, rest.n));
        if (text_units(name) > MAX_UNITS) return STATUS_INVALID_PARAMETER;
        RegKey *child = step(r, &k, name, flags);
        if (!child) {
            *out = (Place){.parent = rest.n ? NULL : k, .last = name};
            return STATUS_OBJECT_NAME_NOT_FOUND;
        }
        k = child;
        look(r, k);
        if (view32 && rest.n && k->wow && !is_wow(rest)) k = k->wow;
    }
    if (view32 && k->wow && !k->wow->shared) k = k->wow;
    *out = (Place){.key = k};
    return STATUS_SUCCESS;
}

static uint32_t walk(Registry *r, RegKey *from, Span path, unsigned flags, unsigned links,
                     Place *out) {
    *out = (Place){0};
    bool absolute = path.n && *path.p == '\\';
    if (from) {
        if (from->deleted) return STATUS_KEY_DELETED;
        if (absolute) return STATUS_OBJECT_PATH_SYNTAX_BAD;
        return walk_down(r, start(r, from, path, flags), path, flags, links, out);
    }
    if (!absolute) return STATUS_OBJECT_PATH_SYNTAX_BAD;
    path = skip_separators(path);
    if (!begins(path, span_str(r->root->name))) return STATUS_OBJECT_NAME_NOT_FOUND;
    Span rest = skip_separators(span_clip(path, strlen(r->root->name), path.n));
    return walk_down(r, r->root, rest, flags, links, out);
}

/* ---- changes ---- */

static bool is_below(const RegKey *key, const RegKey *top) {
    while (key && key != top) key = key->parent;
    return key;
}

static void fire(Registry *r, RegWatch *w, bool deleted) {
    registry_unwatch(r, w);
    w->changed(w, deleted);
}

static void notify(Registry *r, const RegKey *key, uint32_t change) {
    for (RegWatch *w = r->watches, *next; w; w = next) {
        next = w->next;
        if (w->filter & change && (w->key == key || (w->subtree && is_below(key, w->key))))
            fire(r, w, false);
    }
}

static void notify_deleted(Registry *r, const RegKey *key) {
    for (RegWatch *w = r->watches, *next; w; w = next) {
        next = w->next;
        if (w->key == key) fire(r, w, true);
    }
}

static void touch(Registry *r, RegKey *key, uint32_t change, uint64_t now) {
    key->written = now;
    notify(r, key, change);
}

static uint32_t create_at(Registry *r, const Place *place, unsigned flags, uint64_t now,
                          RegKey **out) {
    RegKey *parent = place->parent;
    bool found;
    if (parent->in_memory && !(flags & REG_VOLATILE)) return STATUS_CHILD_MUST_BE_VOLATILE;
    char *name = arena_text(&r->paths, place->last);
    RegKey *k = name ? add_key(r, parent, key_place(parent, name, &found), place->last) : NULL;
    if (!k) return STATUS_INSUFFICIENT_RESOURCES;
    k->link = flags & REG_CREATE_LINK;
    k->in_memory = flags & REG_VOLATILE;
    k->guest = r->lived_in;
    k->written = now;
    touch(r, parent, REG_CHANGE_NAME, now);
    *out = k;
    return STATUS_SUCCESS;
}

static void detach(Registry *r, RegKey *key) {
    while (key->key_count) detach(r, key->keys[key->key_count - 1]);
    notify_deleted(r, key);
    remove_key(key);
    key->deleted = true;
    registry_drop(r, key);
}

/* ---- the face ---- */

Registry *registry_new(uint64_t written) {
    Registry *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->written = written;
    r->paths = arena_new(MAX_LINKS << 17);
    r->root = take(r, sizeof *r->root);
    if (r->root) r->root->name = take_text(r, span_str("REGISTRY"));
    if (!r->root || !r->root->name) {
        registry_free(r);
        return NULL;
    }
    r->root->refs = 1;
    r->root->written = written;
    return r;
}

void registry_free(Registry *r) {
    if (!r) return;
    if (r->root) free_key(r, r->root);
    arena_reset(&r->paths);
    free(r);
}

RegKey *registry_root(Registry *r) {
    return r->root;
}

bool registry_graft(Registry *r, Span records, const char *from, const char *to) {
    return add_source(r, r->root,
                      (RegSource){.records = records, .from = span_str(from), .to = to});
}

uint32_t registry_find(Registry *r, RegKey *from, const char *path, unsigned flags, RegKey **out) {
    Place place;
    arena_reset(&r->paths);
    uint32_t status = walk(r, from, span_str(path), flags, 0, &place);
    *out = status ? NULL : place.key;
    return status;
}

uint32_t registry_create(Registry *r, RegKey *from, const char *path, unsigned flags, uint64_t now,
                         RegKey **out, bool *created) {
    Place place;
    arena_reset(&r->paths);
    *created = false;
    /* A new link must not be made behind an old one. */
    if (flags & REG_CREATE_LINK) flags |= REG_OPEN_LINK;
    uint32_t status = walk(r, from, span_str(path), flags, 0, &place);
    *out = place.key;
    if (status == STATUS_SUCCESS && flags & REG_CREATE_LINK) return STATUS_OBJECT_NAME_COLLISION;
    if (status != STATUS_OBJECT_NAME_NOT_FOUND || !place.parent) return status;
    status = create_at(r, &place, flags, now, out);
    *created = status == STATUS_SUCCESS;
    return status;
}

RegKey *registry_make(Registry *r, const char *path) {
    RegKey *k = r->root;
    Span rest = skip_separators(span_str(path));
    if (!begins(rest, span_str(k->name))) return NULL;
    rest = span_clip(rest, strlen(k->name), rest.n);
    while (k && (rest = skip_separators(rest)).n) {
        Span name = component(rest);
        Place place;
        rest = span_clip(rest, name.n, rest.n);
        arena_reset(&r->paths);
        uint32_t status = walk(r, k, name, 0, 0, &place);
        k = place.key;
        if (status && (!place.parent || create_at(r, &place, 0, r->written, &k))) return NULL;
    }
    return k;
}

void registry_move_in(Registry *r) {
    r->lived_in = true;
}

uint32_t registry_delete(Registry *r, RegKey *key, bool tree, uint64_t now) {
    RegKey *parent = key->parent;
    if (key->deleted) return STATUS_SUCCESS;
    if (!parent) return STATUS_ACCESS_DENIED;
    look(r, key);
    if (key->key_count && !tree) return STATUS_CANNOT_DELETE;
    detach(r, key);
    touch(r, parent, REG_CHANGE_NAME, now);
    return STATUS_SUCCESS;
}

uint32_t registry_rename(Registry *r, RegKey *key, const char *name, uint64_t now) {
    RegKey *parent = key->parent;
    Span text = span_str(name);
    bool found;
    if (key->deleted) return STATUS_KEY_DELETED;
    if (!text.n || memchr(text.p, '\\', text.n) || text_units(text) > MAX_UNITS || is_wow(text))
        return STATUS_INVALID_PARAMETER;
    if (!parent || (key_place(parent, name, &found), found)) return STATUS_CANNOT_DELETE;
    if (parent->wow == key) return STATUS_INVALID_PARAMETER;
    char *copy = take_text(r, text);
    if (!copy) return STATUS_INSUFFICIENT_RESOURCES;
    remove_key(key);
    give_text(r, key->name);
    key->name = copy;
    insert_key(parent, key_place(parent, name, &found), key);
    touch(r, key, REG_CHANGE_NAME, now);
    return STATUS_SUCCESS;
}

RegKey *registry_key_at(Registry *r, RegKey *key, uint32_t index) {
    look(r, key);
    return index < key->key_count ? key->keys[index] : NULL;
}

const RegValue *registry_value_at(Registry *r, RegKey *key, uint32_t index) {
    look(r, key);
    return index < key->value_count ? &key->values[index] : NULL;
}

uint32_t registry_key_count(Registry *r, RegKey *key) {
    look(r, key);
    return key->key_count;
}

uint32_t registry_value_count(Registry *r, RegKey *key) {
    look(r, key);
    return key->value_count;
}

const RegValue *registry_value(Registry *r, RegKey *key, const char *name) {
    bool found;
    look(r, key);
    uint32_t at = value_place(key, name, &found);
    return found ? &key->values[at] : NULL;
}

uint32_t registry_set(Registry *r, RegKey *key, const char *name, uint32_t type, Span data,
                      uint64_t now) {
    bool found;
    look(r, key);
    bool names_target = type == REG_LINK && text_equal_nocase(name, link_value);
    if (key->link && !names_target) return STATUS_ACCESS_DENIED;
    uint32_t at = value_place(key, name, &found);
    RegValue *v = found ? &key->values[at] : NULL;
    if (v && v->type == type && span_equal(v->data, data)) return STATUS_SUCCESS;
    uint8_t *copy = take(r, data.n);
    if (copy && !v) v = add_value(r, key, name, at);
    if (!copy || !v) {
        give(r, copy, data.n);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (data.n) memcpy(copy, data.p, data.n);
    drop_data(r, v);
    v->type = type;
    v->data = span(copy, data.n);
    v->owned = true;
    v->guest = r->lived_in;
    touch(r, key, REG_CHANGE_VALUE, now);
    return STATUS_SUCCESS;
}

uint32_t registry_unset(Registry *r, RegKey *key, const char *name, uint64_t now) {
    bool found;
    look(r, key);
    uint32_t at = value_place(key, name, &found);
    if (!found) return STATUS_OBJECT_NAME_NOT_FOUND;
    drop_data(r, &key->values[at]);
    give_text(r, key->values[at].name);
    key->value_count--;
    memmove(key->values + at, key->values + at + 1, (key->value_count - at) * sizeof *key->values);
    touch(r, key, REG_CHANGE_VALUE, now);
    return STATUS_SUCCESS;
}

bool registry_set_class(Registry *r, RegKey *key, const char *class) {
    char *copy = take_text(r, span_str(class));
    if (!copy) return false;
    give_text(r, key->class);
    key->class = copy;
    return true;
}

char *registry_path(Arena *a, const RegKey *key) {
    if (!key->parent) return arena_printf(a, "\\%s", key->name);
    const char *parent = registry_path(a, key->parent);
    return parent ? arena_printf(a, "%s\\%s", parent, key->name) : NULL;
}

void registry_hold(RegKey *key) {
    key->refs++;
}

void registry_drop(Registry *r, RegKey *key) {
    if (--key->refs == 0) free_key(r, key);
}

void registry_watch(Registry *r, RegWatch *watch) {
    registry_hold(watch->key);
    watch->next = r->watches;
    r->watches = watch;
}

void registry_unwatch(Registry *r, RegWatch *watch) {
    RegWatch **at = &r->watches;
    while (*at != watch) at = &(*at)->next;
    *at = watch->next;
    registry_drop(r, watch->key);
}
