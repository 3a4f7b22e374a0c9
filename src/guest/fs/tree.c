/* The tree: nodes, and the names that lead to them. */
#include "guest/fs/internal.h"
#include <stdlib.h>

/* What a node costs in host memory, roughly: a guest may make millions of empty files. */
enum { NODE_COST = 512 };

bool fs_charge(FileSystem *fs, Meter *meter, uint64_t bytes) {
    if (fs->exhausted || bytes > meter->limit - meter->used) {
        fs->exhausted = true;
        return false;
    }
    meter->used += bytes;
    return true;
}

/* ---- comparing names ---- */

/* One unit for comparing; what is no UTF-8 (a lone surrogate's bytes) compares as bytes. */
static uint32_t folded_next(Span s, size_t *at) {
    uint8_t lead = s.p[*at];
    uint32_t c = text_utf8_next(s, at);
    if (c == TEXT_REPLACEMENT) return 0x110000u + lead;
    return c < 0x10000 ? text_upcase16((uint16_t)c) : c;
}

int name_compare(Span a, Span b) {
    size_t i = 0, j = 0;
    while (i < a.n && j < b.n) {
        uint32_t x = folded_next(a, &i), y = folded_next(b, &j);
        if (x != y) return x < y ? -1 : 1;
    }
    return (i < a.n) - (j < b.n);
}

/* ---- nodes ---- */

static uint64_t next_id(FileSystem *fs) {
    return 1ull << 48 | fs->next_id++;
}

Node *node_new(FileSystem *fs, Volume *v, uint32_t attributes, uint64_t time) {
    if (!fs_charge(fs, &fs->allocated, NODE_COST)) return NULL;
    Node *n = calloc(1, sizeof *n);
    if (!n) return NULL;
    *n = (Node){.fs = fs, .volume = v, .attributes = attributes, .id = next_id(fs)};
    n->created = n->accessed = n->written = n->changed = time;
    return n;
}

void node_hold(Node *n) {
    n->refs++;
}

static void locks_free(Node *n) {
    while (n->locks) {
        FsLock *next = n->locks->next;
        free(n->locks);
        n->locks = next;
    }
}

void node_drop(Node *n) {
    if (!n || --n->refs) return;
    /* Its entries each hold it, so there are none. */
    free(n->entries);
    locks_free(n);
    section_drop(n->image);
    content_free(n);
    n->fs->allocated.used -= NODE_COST;
    free(n);
}

/* ---- names ---- */

/* Where the text is, or would be, among a directory's entries. */
static size_t entry_place(const Node *d, Span text, bool *found) {
    size_t low = 0, high = d->entry_count;
    *found = false;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = name_compare(span_str(d->entries[middle]->text), text);
        if (!order) *found = true;
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return low;
}

Name *node_entry(const Node *d, Span text) {
    bool found;
    size_t i = entry_place(d, text, &found);
    return found ? d->entries[i] : NULL;
}

Name *node_entry_after(const Node *d, const char *text) {
    bool found = false;
    size_t i = text ? entry_place(d, span_str(text), &found) : 0;
    if (found) i++;
    return i < d->entry_count ? d->entries[i] : NULL;
}

static bool entries_grow(Node *d) {
    if (d->entry_count < d->entry_room) return true;
    size_t room = d->entry_room ? d->entry_room * 2 : 8;
    Name **grown = realloc(d->entries, room * sizeof *grown);
    if (!grown) return false;
    d->entries = grown;
    d->entry_room = room;
    return true;
}

void name_hold(Name *n) {
    n->refs++;
}

void name_drop(Name *n) {
    if (!n || --n->refs) return;
    /* A name in a directory is held by it, so this one is in none. */
    node_drop(n->directory);
    node_drop(n->node);
    free(n->text);
    free(n);
}

static void entry_insert(Node *d, Name *n) {
    bool found;
    size_t i = entry_place(d, span_str(n->text), &found);
    memmove(d->entries + i + 1, d->entries + i, (d->entry_count - i) * sizeof(Name *));
    d->entries[i] = n;
    d->entry_count++;
    d->short_names = false;
}

static void entry_remove(Node *d, const Name *n) {
    bool found;
    size_t i = entry_place(d, span_str(n->text), &found);
    memmove(d->entries + i, d->entries + i + 1, (d->entry_count - i - 1) * sizeof(Name *));
    d->entry_count--;
}

/* Gives it a text and a place in a directory; it leaves the one where it was. */
bool name_move(Name *n, Node *directory, Span text) {
    char *copy = strndup((const char *)text.p, text.n);
    if (!copy || !entries_grow(directory)) {
        free(copy);
        return false;
    }
    if (n->linked) entry_remove(n->directory, n);
    free(n->text);
    n->text = copy;
    n->short_name[0] = 0;
    n->order = n->node->fs->next_order++;
    entry_insert(directory, n);
    node_hold(directory);
    node_drop(n->directory);
    n->directory = directory;
    return true;
}

static bool name_link(Name *n, Node *directory, Span text) {
    if (!name_move(n, directory, text)) return false;
    n->linked = true;
    n->refs++;
    n->next = n->node->name;
    n->node->name = n;
    n->node->links++;
    return true;
}

Name *name_new(Node *directory, Span text, Node *node) {
    Name *n = calloc(1, sizeof *n);
    node_hold(node);
    if (!n) {
        node_drop(node);
        return NULL;
    }
    *n = (Name){.refs = 1, .node = node};
    bool linked = name_link(n, directory, text);
    name_drop(n); /* the directory holds it now */
    return linked ? n : NULL;
}

static void name_forget(Name *n) {
    Name **at = &n->node->name;
    while (*at != n) at = &(*at)->next;
    *at = n->next;
    n->next = NULL;
    n->node->links--;
}

void name_unlink(Name *n) {
    if (!n->linked) return;
    entry_remove(n->directory, n);
    n->linked = false;
    name_forget(n);
    Node *node = n->node;
    if (!node->links && !node_is_directory(node)) /* its streams go with it */
        while (node->entry_count) name_unlink(node->entries[0]);
    name_drop(n);
}

/* ---- telling watchers ---- */

void fs_tell(const Name *n, FsAction action, uint32_t filter) {
    FileSystem *fs = n->node->fs;
    if (fs->options.changed && n->directory)
        fs->options.changed(fs->options.owner, n->directory, n, action, filter);
}

/* ---- paths of names ---- */

static char *path_join(const Name *n, Arena *a, const char *root) {
    if (!n->directory) return arena_str(a, root);
    bool stream = !node_is_directory(n->directory);
    const Name *above = n->directory->name;
    const char *front = above ? path_join(above, a, root) : root;
    if (!front) return NULL;
    /* Only a root's path ends in a backslash. */
    bool slash = above && !above->directory && *root;
    return arena_printf(a, "%s%s%s", front, stream ? ":" : slash ? "" : "\\", n->text);
}

static char *path_below(const Name *n, Arena *a, const char *root) {
    char *path = path_join(n, a, root);
    return path && !*path ? arena_str(a, "\\") : path;
}

char *name_path(const Name *n, Arena *a) {
    return path_below(n, a, arena_printf(a, "%c:\\", n->node->volume->letter));
}

char *name_device_path(const Name *n, Arena *a) {
    char *root =
        n->directory ? n->node->volume->device : arena_printf(a, "%s\\", n->node->volume->device);
    return root ? arena_printf(a, "%s%s", root, n->directory ? path_below(n, a, "") : "") : NULL;
}

char *name_volume_path(const Name *n, Arena *a) {
    return path_below(n, a, "");
}
