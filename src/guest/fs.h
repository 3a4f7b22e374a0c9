/* FileSystem: the drives of the pretend computer: the world's files, the packs' DLLs below
 * %SystemRoot%, and over them what the guest wrote. No part of it knows handles or guest memory.
 *
 * A *node* is a file, a directory or a stream of a file; a *name* is an entry of a directory that
 * leads to it (a file with hard links has several). Names compare without case and are kept as they
 * were spelled. Content that nobody changed stays where it came from (a pack, the world, the
 * sample); chunks that were written lie over it, so that a file may be sparse.
 *
 * Functions that model a request of the guest answer with an NTSTATUS. */
#ifndef COAX_GUEST_FS_H
#define COAX_GUEST_FS_H

#include "guest/ntstatus.h"
#include "guest/pack.h"
#include "world/world.h"

typedef struct FileSystem FileSystem;
typedef struct Volume Volume;
typedef struct Node Node;
typedef struct Name Name;

enum {
    ATTRIBUTE_READONLY = 0x1,
    ATTRIBUTE_HIDDEN = 0x2,
    ATTRIBUTE_SYSTEM = 0x4,
    ATTRIBUTE_DIRECTORY = 0x10,
    ATTRIBUTE_ARCHIVE = 0x20,
    ATTRIBUTE_NORMAL = 0x80,
    ATTRIBUTE_TEMPORARY = 0x100,
    ATTRIBUTE_SPARSE = 0x200,
    ATTRIBUTE_OFFLINE = 0x1000,
    ATTRIBUTE_NOT_INDEXED = 0x2000,
};

/* FILE_ACTION_* of FILE_NOTIFY_INFORMATION. */
typedef enum {
    FS_ADDED = 1,
    FS_REMOVED = 2,
    FS_MODIFIED = 3,
    FS_RENAMED_OLD = 4,
    FS_RENAMED_NEW = 5,
} FsAction;

typedef struct {
    const World *world;
    Pack *packs[2];               /* 64-bit and 32-bit; NULL: absent */
    uint64_t budget;              /* bytes that may be written */
    uint64_t (*now)(void *owner); /* FILETIME */
    /* Something below `directory` changed; `filter` is its FILE_NOTIFY_CHANGE_* bit. */
    void (*changed)(void *owner, Node *directory, const Name *name, FsAction action,
                    uint32_t filter);
    void *owner;
} FsOptions;

/* NULL: no memory. */
FileSystem *fs_new(const FsOptions *options);
void fs_free(FileSystem *fs); /* NULL is fine */

/* The budget of written bytes is used up: from then on writing answers STATUS_DISK_FULL. */
bool fs_exhausted(const FileSystem *fs);

/* ---- what there is ---- */

struct Volume {
    char letter;            /* 'C' */
    char *device;           /* \Device\HarddiskVolume3 */
    char guid_name[48];     /* Volume{...}: its other name below \??\ */
    const WorldItem *drive; /* FACT_drive */
    Name *root;
    uint64_t created; /* FILETIME */
    bool fixed, read_only;
};

size_t fs_volume_count(const FileSystem *fs);
const Volume *fs_volume(const FileSystem *fs, size_t index);
const Volume *fs_volume_of_letter(const FileSystem *fs, char letter);

/* A byte-range lock. */
typedef struct FsLock FsLock;

typedef struct {
    Span bytes;            /* or */
    const WorldItem *item; /* a file of the world */
    uint64_t size;
} FsSource;

struct Node {
    FileSystem *fs;
    Volume *volume;
    uint32_t refs, links;
    uint64_t id; /* as FILE_INTERNAL_INFORMATION has it */
    uint32_t attributes;
    uint64_t created, accessed, written, changed; /* FILETIME */
    uint64_t size;                                /* of a file */
    Name *name;     /* one of its names that is in a directory; NULL: none is left */
    Name **entries; /* a directory's, a file's streams; sorted */
    size_t entry_count, entry_room;
    FsSource source;        /* what lies below the chunks, up to source.size */
    struct FsChunk *chunks; /* sorted */
    size_t chunk_count, chunk_room;
    PackEntry *pack_entry; /* where it came from a pack, and is unchanged */
    Pack *pack;
    uint32_t handles; /* all that are open */
    uint32_t opens, readers, writers, deleters, share_read, share_write, share_delete;
    bool guest;       /* the guest made it or changed its content */
    bool short_names; /* every entry that needs one has its short name */
    FsLock *locks;
    Section *image; /* made of its bytes as they are now; nt/section.c's */
    Section *data;  /* that maps its bytes; it holds the node */
};

struct Name {
    uint32_t refs;
    char *text;
    Node *node;
    Node *directory; /* where it is, or was (a reference is held); NULL for a root */
    Name *next;      /* the node's next name */
    bool linked;
    bool delete_pending; /* it goes with the last handle that was opened by it */
    uint32_t handles;    /* opened by it */
    uint64_t order;      /* of its making: numbers short names */
    char short_name[13]; /* 8.3, or "" */
};

static inline bool node_is_directory(const Node *n) {
    return n->attributes & ATTRIBUTE_DIRECTORY;
}

void name_hold(Name *n);
void name_drop(Name *n);
void node_hold(Node *n);
void node_drop(Node *n);

/* The name's path: X:\dir\file, or \Device\HarddiskVolume3\dir\file. NULL: the arena is full. */
char *name_path(const Name *n, Arena *a);
char *name_device_path(const Name *n, Arena *a);
/* From the volume's root: \dir\file. */
char *name_volume_path(const Name *n, Arena *a);

/* Its 8.3 name where its own is none, else "". */
const char *name_short(Name *n);

/* Compares as a directory is sorted, without case. */
int name_compare(Span a, Span b);

/* The entry after this one (NULL: the first), by text; NULL where there is none. */
Name *node_entry_after(const Node *directory, const char *text);
Name *node_entry(const Node *directory, Span text);

/* Whether a name matches a pattern of NtQueryDirectoryFile (* ? and the DOS ones < > "). */
bool fs_match(const char *pattern, const char *name);

/* ---- paths ---- */

typedef struct {
    Volume *volume;
    Node *directory; /* that holds the last part; NULL: the volume's root itself */
    Name *name;      /* NULL: there is none */
    Span last;       /* the last part, as it was spelled */
    Span stream;     /* the stream's name: file.txt:stream */
    bool slash;      /* a backslash at the end: it must be a directory */
    bool raw;        /* the volume itself: \??\C: */
} FsPath;

/* The canonical NT path of \??\..., \DosDevices\..., \SystemRoot\...: below \Device\. NULL where
 * the path has none of these prefixes or the name is not known (`path` itself may be one already).
 */
char *fs_device_path(const FileSystem *fs, Arena *a, const char *path);

/* The names below \??\ that are no drives, and lead to devices; NULL past the last. */
const char *fs_dos_device(size_t index);

/* Whether the NT path (below \Device\) lies on a volume. */
bool fs_on_volume(const FileSystem *fs, const char *device_path);

/* Walks a path below \Device\. STATUS_SUCCESS where everything but the last part exists. `wow64`:
 * System32 means SysWOW64 and Sysnative System32. The spans point into `device_path`. */
uint32_t fs_walk(FileSystem *fs, const char *device_path, bool wow64, FsPath *out);

/* Walks on from a directory. */
uint32_t fs_walk_from(FileSystem *fs, Name *directory, const char *rest, bool wow64, FsPath *out);

/* ---- open files ---- */

typedef struct {
    Name *name; /* a reference is held */
    Node *node;
    uint32_t access, share;
    bool delete_on_close;
} FsHandle;

typedef struct {
    uint32_t access, share, disposition, options, attributes; /* as NtCreateFile's */
} FsHow;

/* *information: FILE_OPENED, FILE_CREATED, ... */
uint32_t fs_open_file(FileSystem *fs, const FsPath *path, const FsHow *how, FsHandle *out,
                      uint32_t *information);

/* The last handle goes: a file whose deletion is pending goes with its last one. True where it
 * was deleted now. */
bool fs_close_file(FileSystem *fs, FsHandle *h);

/* Reads what there is: less than n at the end. */
size_t fs_read(const Node *n, uint64_t at, uint8_t *out, size_t size);
uint32_t fs_write(Node *n, uint64_t at, Span bytes);
uint32_t fs_resize(Node *n, uint64_t size);
uint64_t node_allocation(const Node *n); /* bytes on the disk */

/* Marks or unmarks for deletion; `now`: the name goes at once, as POSIX has it. */
uint32_t fs_delete(FileSystem *fs, FsHandle *h, bool doomed, bool now, bool ignore_readonly);

/* Another name for the file (link) or a new one (rename). */
uint32_t fs_rename(FileSystem *fs, FsHandle *h, const FsPath *to, bool replace,
                   bool ignore_readonly);
uint32_t fs_link(FileSystem *fs, FsHandle *h, const FsPath *to, bool replace);

/* Times of 0 stay as they are. */
void fs_set_times(Node *n, uint64_t created, uint64_t accessed, uint64_t written, uint64_t changed);
void fs_set_attributes(Node *n, uint32_t attributes);

/* ---- the disk below the fixed volumes, as raw bytes ---- */

/* A file without a name: a master boot record, then zeroes, and what the guest wrote. NULL: no
 * memory, or there is no volume. */
Node *fs_disk(FileSystem *fs);
/* Where a fixed volume begins on it. */
uint64_t fs_volume_start(const FileSystem *fs, const Volume *v);

/* ---- byte-range locks ---- */

/* STATUS_LOCK_NOT_GRANTED where another owner's range is in the way. */
uint32_t fs_lock(Node *n, const void *owner, uint64_t at, uint64_t size, bool exclusive);
uint32_t fs_unlock(Node *n, const void *owner, uint64_t at, uint64_t size);
void fs_unlock_all(Node *n, const void *owner);
/* Whether a lock of somebody else forbids to read or write there. */
bool fs_locked(const Node *n, const void *owner, uint64_t at, uint64_t size, bool write);

/* ---- for the machine ---- */

/* Makes m->fs from the machine's world and packs; frees it. */
struct Machine;
Status fs_open(struct Machine *m);
void fs_close(struct Machine *m);

/* Puts a file at an absolute path (X:\...), directories included; the bytes stay the caller's for
 * as long as the file system lives. NULL: no such drive or no memory. */
Name *fs_put(FileSystem *fs, const char *path, Span bytes);
/* Takes away what is at a path, with all below it. */
void fs_remove(FileSystem *fs, const char *path);

/* The file at an absolute path (X:\...), or NULL. */
Name *fs_find(FileSystem *fs, const char *path, bool wow64);

/* All bytes of a file. They point into the source where nothing was changed, otherwise they are a
 * copy in *copy, which the caller frees. False: no memory, or it is a sparse file that is larger than
 * anything that could have been written. */
bool fs_read_all(const Node *n, Span *out, void **copy);

/* Files that the guest made or changed and did not delete, in the order of their paths. The bytes
 * are valid during the call, and missing where fs_read_all has none. */
void fs_changed_files(FileSystem *fs,
                      void (*each)(void *context, const char *path, const Node *node, Span bytes),
                      void *context);

#endif
