/* The registry's tree. See registry.h; the semantics are those of the Windows kernel's
 * configuration manager as MSDN describes them (ZwCreateKey, ZwDeleteKey, "Registry Redirector",
 * "Shared Registry Keys"), the statuses those that Wine's own conformance tests found on Windows.
 *
 * Limits: no security on keys, no transactions, no hives in files. */
#include "base/text.h"
#include "guest/ntstatus.h"
#include "guest/registry_tree.h"
#include <stdlib.h>
#include <strings.h>

enum {
    MAX_UNITS = 255, /* of a key's name, in UTF-16 */
    MAX_LINKS = 32,  /* that are followed on one path */
};

/* ---- walking ---- */

/* The number of UTF-16 units of a text. */
static size_t text_units(Span text) {
    size_t n = 0;
    for (size_t at = 0; at < text.n;) n += text_utf8_next(text, &at) >= 0x10000 ? 2 : 1;
    return n;
}

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
    reg_look(r, k);
    uint32_t at = reg_key_place(k, text, &found);
    return found ? k->keys[at] : NULL;
}

static Span skip_separators(Span path) {
    while (path.n && *path.p == '\\') path = span_clip(path, 1, path.n);
    return path;
}

static bool is_wow(Span path) {
    Span name = reg_component(path);
    return name.n == 11 && !strncasecmp((const char *)name.p, "Wow6432Node", 11);
}

static uint32_t walk(Registry *r, RegKey *from, Span path, unsigned flags, unsigned links,
                     Place *out);

/* Where a link leads. Its target is spelled in the 64-bit view. */
static uint32_t follow(Registry *r, RegKey *link, unsigned links, Place *out) {
    const RegValue *v = registry_value(r, link, LINK_VALUE);
    const char *path = v ? text_from_utf16(&r->paths, v->data) : NULL;
    if (!path || *path != '\\' || links == MAX_LINKS) return STATUS_OBJECT_NAME_NOT_FOUND;
    return walk(r, NULL, span_str(path), 0, links + 1, out);
}

/* The key that shows a 32-bit process what it may see of `k`; NULL where that does not exist. */
static RegKey *counterpart(Registry *r, RegKey *k) {
    reg_look(r, k);
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
        reg_look(r, k);
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
        Span name = reg_component(rest);
        rest = skip_separators(span_clip(rest, name.n, rest.n));
        if (text_units(name) > MAX_UNITS) return STATUS_INVALID_PARAMETER;
        RegKey *child = step(r, &k, name, flags);
        if (!child) {
            *out = (Place){.parent = rest.n ? NULL : k, .last = name};
            return STATUS_OBJECT_NAME_NOT_FOUND;
        }
        k = child;
        reg_look(r, k);
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
    if (!reg_begins(path, span_str(r->root->name))) return STATUS_OBJECT_NAME_NOT_FOUND;
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
    RegKey *k =
        name ? reg_add_key(r, parent, reg_key_place(parent, name, &found), place->last) : NULL;
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
    reg_remove_key(key);
    key->deleted = true;
    registry_drop(r, key);
}

/* ---- the face ---- */

Registry *registry_new(uint64_t written) {
    Registry *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->written = written;
    r->paths = arena_new(MAX_LINKS << 17);
    r->root = reg_take(r, sizeof *r->root);
    if (r->root) r->root->name = reg_take_text(r, span_str("REGISTRY"));
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
    if (r->root) reg_free_key(r, r->root);
    arena_reset(&r->paths);
    free(r);
}

uint64_t registry_bytes(const Registry *r) {
    return r->bytes;
}

RegKey *registry_root(Registry *r) {
    return r->root;
}

bool registry_graft(Registry *r, Span records, const char *from, const char *to) {
    return reg_add_source(r, r->root,
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
    if (!reg_begins(rest, span_str(k->name))) return NULL;
    rest = span_clip(rest, strlen(k->name), rest.n);
    while (k && (rest = skip_separators(rest)).n) {
        Span name = reg_component(rest);
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
    reg_look(r, key);
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
    if (!parent || (reg_key_place(parent, name, &found), found)) return STATUS_CANNOT_DELETE;
    if (parent->wow == key) return STATUS_INVALID_PARAMETER;
    char *copy = reg_take_text(r, text);
    if (!copy) return STATUS_INSUFFICIENT_RESOURCES;
    reg_remove_key(key);
    reg_give_text(r, key->name);
    key->name = copy;
    reg_insert_key(parent, reg_key_place(parent, name, &found), key);
    touch(r, key, REG_CHANGE_NAME, now);
    return STATUS_SUCCESS;
}

RegKey *registry_key_at(Registry *r, RegKey *key, uint32_t index) {
    reg_look(r, key);
    return index < key->key_count ? key->keys[index] : NULL;
}

const RegValue *registry_value_at(Registry *r, RegKey *key, uint32_t index) {
    reg_look(r, key);
    return index < key->value_count ? &key->values[index] : NULL;
}

uint32_t registry_key_count(Registry *r, RegKey *key) {
    reg_look(r, key);
    return key->key_count;
}

uint32_t registry_value_count(Registry *r, RegKey *key) {
    reg_look(r, key);
    return key->value_count;
}

const RegValue *registry_value(Registry *r, RegKey *key, const char *name) {
    bool found;
    reg_look(r, key);
    uint32_t at = reg_value_place(key, name, &found);
    return found ? &key->values[at] : NULL;
}

uint32_t registry_set(Registry *r, RegKey *key, const char *name, uint32_t type, Span data,
                      uint64_t now) {
    bool found;
    reg_look(r, key);
    bool names_target = type == REG_LINK && text_equal_nocase(name, LINK_VALUE);
    if (key->link && !names_target) return STATUS_ACCESS_DENIED;
    uint32_t at = reg_value_place(key, name, &found);
    RegValue *v = found ? &key->values[at] : NULL;
    if (v && v->type == type && span_equal(v->data, data)) return STATUS_SUCCESS;
    uint8_t *copy = reg_take(r, data.n);
    if (copy && !v) v = reg_add_value(r, key, name, at);
    if (!copy || !v) {
        reg_give(r, copy, data.n);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (data.n) memcpy(copy, data.p, data.n);
    reg_drop_data(r, v);
    v->type = type;
    v->data = span(copy, data.n);
    v->owned = true;
    v->guest = r->lived_in;
    touch(r, key, REG_CHANGE_VALUE, now);
    return STATUS_SUCCESS;
}

uint32_t registry_unset(Registry *r, RegKey *key, const char *name, uint64_t now) {
    bool found;
    reg_look(r, key);
    uint32_t at = reg_value_place(key, name, &found);
    if (!found) return STATUS_OBJECT_NAME_NOT_FOUND;
    reg_drop_data(r, &key->values[at]);
    reg_give_text(r, key->values[at].name);
    key->value_count--;
    memmove(key->values + at, key->values + at + 1, (key->value_count - at) * sizeof *key->values);
    touch(r, key, REG_CHANGE_VALUE, now);
    return STATUS_SUCCESS;
}

bool registry_set_class(Registry *r, RegKey *key, const char *class) {
    char *copy = reg_take_text(r, span_str(class));
    if (!copy) return false;
    reg_give_text(r, key->class);
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
    if (--key->refs == 0) reg_free_key(r, key);
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
