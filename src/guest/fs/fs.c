/* The file system as a whole: its beginning, its end, and what the guest left in it. */
#include "guest/fs/internal.h"
#include <stdlib.h>

FileSystem *fs_new(const FsOptions *options) {
    FileSystem *fs = calloc(1, sizeof *fs);
    if (!fs) return NULL;
    fs->options = *options;
    fs->next_id = 0x100;              /* NTFS keeps the first records for itself */
    fs->allocated.limit = UINT64_MAX; /* what is there before the guest runs costs it nothing */
    if (!fs_populate(fs)) {
        fs_free(fs);
        return NULL;
    }
    fs->written.limit = options->budget;
    fs->allocated.limit = fs->allocated.used + options->budget;
    return fs;
}

static void free_below(Node *n) {
    while (n->entry_count) {
        free_below(n->entries[0]->node);
        name_unlink(n->entries[0]);
    }
}

void fs_free(FileSystem *fs) {
    if (!fs) return;
    fs->options.changed = NULL;
    for (size_t i = 0; i < fs->volume_count; i++) {
        Volume *v = &fs->volumes[i];
        if (v->root) free_below(v->root->node);
        name_drop(v->root);
        free(v->device);
    }
    node_drop(fs->disk);
    free(fs->volumes);
    free(fs->windows_path);
    free(fs);
}

bool fs_exhausted(const FileSystem *fs) {
    return fs->exhausted;
}

/* ---- what the guest left ---- */

typedef struct {
    void (*each)(void *context, const char *path, const Node *node, Span bytes);
    void *context;
} Visitor;

static void visit_file(const Name *name, const Visitor *v) {
    enum { PATH_ARENA = 1 << 20 };
    Arena arena = arena_new(PATH_ARENA);
    void *copy;
    Span bytes;
    char *path = name_path(name, &arena);
    fs_read_all(name->node, &bytes, &copy);
    if (path) v->each(v->context, path, name->node, bytes);
    free(copy);
    arena_reset(&arena);
}

/* A file with several names is visited by its first one only. */
static void visit(const Name *name, const Visitor *v) {
    const Node *n = name->node;
    if (n->data) section_flush(n->data);
    if (!node_is_directory(n) && n->guest && n->name == name) visit_file(name, v);
    for (size_t i = 0; i < n->entry_count; i++) visit(n->entries[i], v);
}

void fs_changed_files(FileSystem *fs,
                      void (*each)(void *context, const char *path, const Node *node, Span bytes),
                      void *context) {
    Visitor v = {each, context};
    for (size_t i = 0; i < fs->volume_count; i++) visit(fs->volumes[i].root, &v);
}
