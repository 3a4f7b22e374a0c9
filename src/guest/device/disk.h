/* Disk: open files and directories of the volumes. */
#ifndef COAX_GUEST_DEVICE_DISK_H
#define COAX_GUEST_DEVICE_DISK_H

#include "guest/file.h"
#include "guest/fs.h"

typedef struct DiskWatch DiskWatch;

typedef struct {
    File file;
    FsHandle handle;
    bool made, read, written; /* by this handle */
    /* NtQueryDirectoryFile: what was asked for, and how far it came. */
    char *pattern, *last;
    unsigned dots_done;
    DiskWatch *watch; /* NtNotifyChangeDirectoryFile */
} DiskFile;

extern const FileOps disk_ops;

/* The disk file of an open file, or NULL where it is something else. */
static inline DiskFile *disk_file(File *f) {
    return f->ops == &disk_ops ? (DiskFile *)f : NULL;
}

/* disk_rights.c: whether the thread may open or make this, and whether it may put something into a
 * directory. */
uint32_t disk_check_rights(Sys *s, const FsPath *path, const FileOpen *how);
bool disk_may_change(Sys *s, const Node *directory, bool makes_directory);

/* The machine has ended: tells of what was written through handles that are still open. */
void disk_tell_unclosed(Machine *m);

/* Opens a path that lies on a volume. */
uint32_t disk_open(Sys *s, const FileOpen *how, File **out, uint64_t *information);

/* The node of an NT path, for questions that open nothing. */
uint32_t disk_walk(Sys *s, const FileOpen *how, FsPath *out);

/* disk_ask.c: what was asked, as questions about the world: a path and what it led to; what a file
 * holds; an entry of a directory (no node: none of that name or pattern). */
void disk_ask_path(Sys *s, const FileOpen *how, const FsPath *path, uint32_t status);
void disk_ask_content(Machine *m, const Name *name);
void disk_ask_entry(Sys *s, const Name *directory, const char *entry, const Node *node);

/* Whether a 32-bit program asks with its view of System32. */
bool disk_redirects(Sys *s);

/* \??\C: without a backslash: the volume itself. */
uint32_t volume_open(Sys *s, const FileOpen *how, Volume *v, File **out);

/* disk_info.c, volume.c, disk_watch.c */
uint32_t disk_query(File *f, Sys *s, uint32_t class, Fields *out);
uint32_t disk_set(File *f, Sys *s, uint32_t class, Fields *in);
uint32_t disk_query_volume(File *f, Sys *s, uint32_t class, Fields *out);
uint32_t volume_query(const Volume *v, Sys *s, uint32_t class, Fields *out);
uint32_t disk_notify(File *f, Io *io);
void disk_watch_free(DiskFile *d);
void disk_changed(void *machine, Node *directory, const Name *name, FsAction action,
                  uint32_t filter);

/* The attributes as Windows shows them: NORMAL where there are none. */
uint32_t disk_attributes(const Node *n);
/* Times, sizes and attributes as FILE_BASIC_INFORMATION and FILE_NETWORK_OPEN_INFORMATION have
 * them. */
void disk_put_basic(Fields *out, const Node *n);
void disk_put_network_open(Fields *out, const Node *n);

#endif
