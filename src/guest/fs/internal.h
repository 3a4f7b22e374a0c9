/* What the files of this folder share and nobody else sees. */
#ifndef COAX_GUEST_FS_INTERNAL_H
#define COAX_GUEST_FS_INTERNAL_H

#include "base/text.h"
#include "guest/file.h"
#include "guest/fs.h"

enum { CHUNK_SHIFT = 12, CHUNK_SIZE = 1 << CHUNK_SHIFT };
enum { NAME_MAX_UNITS = 255 };
enum { CLUSTER = 4096 };

typedef struct FsChunk {
    uint64_t index;
    uint8_t *bytes;
} FsChunk;

struct FsLock {
    FsLock *next;
    const void *owner;
    uint64_t at, size;
    bool exclusive;
};

typedef struct {
    uint64_t used, limit;
} Meter;

struct FileSystem {
    FsOptions options;
    Volume *volumes;
    size_t volume_count;
    Node *windows;      /* %SystemRoot% */
    char *windows_path; /* X:\Windows */
    Node *disk;         /* made when somebody opens it */
    uint8_t boot_record[512];
    uint64_t next_id, next_order;
    Meter written, allocated; /* bytes that the guest wrote, and host memory for them */
    bool exhausted;
    uint64_t installed; /* FILETIME of what nobody dated */
};

static inline uint64_t fs_now(const FileSystem *fs) {
    return fs->options.now(fs->options.owner);
}

/* Takes from a budget; false where it is used up. */
bool fs_charge(FileSystem *fs, Meter *meter, uint64_t bytes);

/* ---- tree.c ---- */

/* A node with no reference, dated `time`. NULL: no memory. */
Node *node_new(FileSystem *fs, Volume *v, uint32_t attributes, uint64_t time);
/* A name for it in a directory (or a stream of a file); the directory holds the reference. Frees a
 * node that has none where it fails. */
Name *name_new(Node *directory, Span text, Node *node);
/* Takes the name out of its directory. */
void name_unlink(Name *n);
/* Puts it into another directory, or gives it another text. */
bool name_move(Name *n, Node *to, Span text);

void fs_tell(const Name *n, FsAction action, uint32_t filter);

enum {
    CHANGE_FILE_NAME = 0x1,
    CHANGE_DIRECTORY_NAME = 0x2,
    CHANGE_ATTRIBUTES = 0x4,
    CHANGE_SIZE = 0x8,
    CHANGE_LAST_WRITE = 0x10,
    CHANGE_CREATION = 0x40,
};
static inline uint32_t change_name_of(const Node *n) {
    return node_is_directory(n) ? CHANGE_DIRECTORY_NAME : CHANGE_FILE_NAME;
}

/* ---- content.c ---- */

void content_free(Node *n);

/* ---- path.c ---- */

/* Whether the text can be the name of a file. */
bool path_valid_name(Span text);
/* The next part of a path: without backslashes. False at its end. */
bool path_next(Span *rest, Span *part);

/* ---- populate.c ---- */

bool fs_populate(FileSystem *fs);

#endif
