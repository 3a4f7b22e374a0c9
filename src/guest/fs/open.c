/* Opening, closing, deleting and renaming: what one handle may do while others are open.
 *
 * Follows [MS-FSA] 2.1.5.1 (open), 2.1.5.4 (close), 2.1.5.14.3 (disposition), 2.1.5.14.11 (rename),
 * as far as a program can tell. */
#include "guest/fs/internal.h"

enum {
    GENERATE_READS = FILE_READ_DATA | FILE_EXECUTE,
    WRITES = FILE_WRITE_DATA | FILE_APPEND_DATA
};
enum { SETTABLE = 0x31a7 }; /* attributes that a program may set */

/* ---- sharing ---- */

static bool share_allows(const Node *n, uint32_t access, uint32_t share) {
    bool reads = access & GENERATE_READS, writes = access & WRITES,
         deletes = access & ACCESS_DELETE;
    if (!reads && !writes && !deletes) return true;
    if (reads && n->share_read < n->opens) return false;
    if (writes && n->share_write < n->opens) return false;
    if (deletes && n->share_delete < n->opens) return false;
    return (share & FILE_SHARE_READ || !n->readers) && (share & FILE_SHARE_WRITE || !n->writers) &&
           (share & FILE_SHARE_DELETE || !n->deleters);
}

/* Handles that only look at attributes take no part in sharing. */
static void share_count(Node *n, uint32_t access, uint32_t share, uint32_t by) {
    if (!(access & (GENERATE_READS | WRITES | ACCESS_DELETE))) return;
    n->opens += by;
    if (access & GENERATE_READS) n->readers += by;
    if (access & WRITES) n->writers += by;
    if (access & ACCESS_DELETE) n->deleters += by;
    if (share & FILE_SHARE_READ) n->share_read += by;
    if (share & FILE_SHARE_WRITE) n->share_write += by;
    if (share & FILE_SHARE_DELETE) n->share_delete += by;
}

/* ---- opening ---- */

static void attach(FsHandle *h, Name *name, const FsHow *how) {
    *h = (FsHandle){.name = name, .node = name->node, .access = how->access, .share = how->share};
    h->delete_on_close = how->options & FILE_DELETE_ON_CLOSE;
    name_hold(name);
    node_hold(name->node);
    name->handles++;
    name->node->handles++;
    share_count(name->node, how->access, how->share, 1);
}

static bool creates(uint32_t disposition) {
    return disposition != FILE_OPEN && disposition != FILE_OVERWRITE;
}
static bool overwrites(uint32_t disposition) {
    return disposition == FILE_SUPERSEDE || disposition >= FILE_OVERWRITE;
}

static uint32_t check_kind(const Node *n, const FsHow *how, bool slash) {
    bool directory = node_is_directory(n);
    if (how->options & FILE_NON_DIRECTORY_FILE && directory) return STATUS_FILE_IS_A_DIRECTORY;
    if (how->options & FILE_DIRECTORY_FILE && !directory) return STATUS_NOT_A_DIRECTORY;
    if (slash && !directory) return STATUS_OBJECT_NAME_INVALID;
    return STATUS_SUCCESS;
}

static uint32_t check_access(const Name *name, const FsHow *how) {
    const Node *n = name->node;
    bool only_reads = n->attributes & ATTRIBUTE_READONLY && !node_is_directory(n);
    if (name->delete_pending) return STATUS_DELETE_PENDING;
    if (how->options & FILE_DELETE_ON_CLOSE && only_reads) return STATUS_CANNOT_DELETE;
    if (only_reads && how->access & WRITES) return STATUS_ACCESS_DENIED;
    if (n->volume->read_only && how->access & (WRITES | ACCESS_DELETE))
        return STATUS_MEDIA_WRITE_PROTECTED;
    return share_allows(n, how->access, how->share) ? STATUS_SUCCESS : STATUS_SHARING_VIOLATION;
}

static uint32_t check_overwrite(const Node *n, const FsHow *how) {
    uint32_t kept = n->attributes & (ATTRIBUTE_HIDDEN | ATTRIBUTE_SYSTEM);
    if (node_is_directory(n)) return STATUS_OBJECT_NAME_COLLISION;
    if (n->attributes & ATTRIBUTE_READONLY || kept & ~how->attributes) return STATUS_ACCESS_DENIED;
    if (n->volume->read_only) return STATUS_MEDIA_WRITE_PROTECTED;
    return STATUS_SUCCESS;
}

static void overwrite(FileSystem *fs, Node *n, const FsHow *how) {
    fs_resize(n, 0);
    uint32_t asked = how->attributes & SETTABLE & ~(uint32_t)ATTRIBUTE_NORMAL;
    if (how->disposition == FILE_SUPERSEDE) n->attributes = asked | ATTRIBUTE_ARCHIVE;
    else n->attributes |= asked | ATTRIBUTE_ARCHIVE;
    n->guest = true;
    fs_set_times(n, 0, 0, fs_now(fs), fs_now(fs));
}

static uint32_t open_old(FileSystem *fs, Name *name, const FsHow *how, bool slash, FsHandle *out,
                         uint32_t *information) {
    Node *n = name->node;
    if (how->disposition == FILE_CREATE) return STATUS_OBJECT_NAME_COLLISION;
    uint32_t status = check_kind(n, how, slash);
    bool over = overwrites(how->disposition);
    FsHow asked = *how; /* overwriting is writing, as far as the others' sharing goes */
    if (over) asked.access |= FILE_WRITE_DATA;
    if (!status && over) status = check_overwrite(n, how);
    if (!status) status = check_access(name, &asked);
    if (status) return status;
    if (over) overwrite(fs, n, how);
    attach(out, name, how);
    *information = !over                                ? FILE_OPENED
                   : how->disposition == FILE_SUPERSEDE ? FILE_SUPERSEDED
                                                        : FILE_OVERWRITTEN;
    return STATUS_SUCCESS;
}

static uint32_t check_new(const FsPath *path, const FsHow *how) {
    if (!creates(how->disposition)) return STATUS_OBJECT_NAME_NOT_FOUND;
    if (path->slash && !(how->options & FILE_DIRECTORY_FILE)) return STATUS_OBJECT_NAME_INVALID;
    if (path->directory->name && path->directory->name->delete_pending)
        return STATUS_DELETE_PENDING;
    if (path->volume->read_only) return STATUS_MEDIA_WRITE_PROTECTED;
    if (how->options & FILE_DELETE_ON_CLOSE && how->attributes & ATTRIBUTE_READONLY)
        return STATUS_CANNOT_DELETE;
    return STATUS_SUCCESS;
}

/* A new entry of a directory, or a new stream of a file. */
static Name *make(FileSystem *fs, Node *where, Span text, uint32_t attributes) {
    Node *n = node_new(fs, where->volume, attributes, fs_now(fs));
    Name *name = n ? name_new(where, text, n) : NULL;
    if (!name) return NULL;
    n->guest = true;
    fs_set_times(where, 0, 0, fs_now(fs), fs_now(fs));
    fs_tell(name, FS_ADDED, change_name_of(n));
    return name;
}

static uint32_t open_new(FileSystem *fs, const FsPath *path, const FsHow *how, FsHandle *out,
                         uint32_t *information) {
    uint32_t status = check_new(path, how);
    if (status) return status;
    bool directory = how->options & FILE_DIRECTORY_FILE;
    uint32_t attributes = how->attributes & SETTABLE & ~(uint32_t)ATTRIBUTE_NORMAL;
    Name *name = make(fs, path->directory, path->last,
                      attributes | (directory ? ATTRIBUTE_DIRECTORY : ATTRIBUTE_ARCHIVE));
    if (!name) return STATUS_DISK_FULL;
    attach(out, name, how);
    *information = FILE_CREATED;
    return STATUS_SUCCESS;
}

/* file.txt:stream; the file is made too where it must be. */
static uint32_t open_stream(FileSystem *fs, const FsPath *path, const FsHow *how, FsHandle *out,
                            uint32_t *information) {
    Name *file = path->name;
    if (how->options & FILE_DIRECTORY_FILE) return STATUS_NOT_A_DIRECTORY;
    if (!file) {
        uint32_t status = check_new(path, how);
        if (status) return status;
        file = make(fs, path->directory, path->last, ATTRIBUTE_ARCHIVE);
        if (!file) return STATUS_DISK_FULL;
    }
    /* A directory's streams are not told from its entries. */
    if (node_is_directory(file->node)) return STATUS_OBJECT_NAME_NOT_FOUND;
    Name *stream = node_entry(file->node, path->stream);
    if (stream) return open_old(fs, stream, how, false, out, information);
    FsPath inner = {.volume = path->volume, .directory = file->node, .last = path->stream};
    return open_new(fs, &inner, how, out, information);
}

uint32_t fs_open_file(FileSystem *fs, const FsPath *path, const FsHow *how, FsHandle *out,
                      uint32_t *information) {
    bool directory = how->options & FILE_DIRECTORY_FILE;
    if (how->disposition > FILE_OVERWRITE_IF) return STATUS_INVALID_PARAMETER;
    if (directory && (how->options & FILE_NON_DIRECTORY_FILE || overwrites(how->disposition)))
        return STATUS_INVALID_PARAMETER;
    if (how->options & FILE_DELETE_ON_CLOSE && !(how->access & ACCESS_DELETE))
        return STATUS_INVALID_PARAMETER;
    if (path->stream.n) return open_stream(fs, path, how, out, information);
    if (path->name) return open_old(fs, path->name, how, path->slash, out, information);
    return open_new(fs, path, how, out, information);
}

/* ---- deleting and closing ---- */

static bool is_empty(const Node *n) {
    return !node_is_directory(n) || !n->entry_count;
}

static uint32_t may_delete(const FsHandle *h, bool ignore_readonly) {
    const Node *n = h->node;
    if (!h->name->directory) return STATUS_CANNOT_DELETE;
    if (n->attributes & ATTRIBUTE_READONLY && !ignore_readonly) return STATUS_CANNOT_DELETE;
    if (n->volume->read_only) return STATUS_MEDIA_WRITE_PROTECTED;
    return is_empty(n) ? STATUS_SUCCESS : STATUS_DIRECTORY_NOT_EMPTY;
}

static void remove_name(FileSystem *fs, Name *n) {
    if (!n->linked) return;
    fs_tell(n, FS_REMOVED, change_name_of(n->node));
    fs_set_times(n->directory, 0, 0, fs_now(fs), fs_now(fs));
    name_unlink(n);
}

uint32_t fs_delete(FileSystem *fs, FsHandle *h, bool doomed, bool now, bool ignore_readonly) {
    uint32_t status = doomed ? may_delete(h, ignore_readonly) : STATUS_SUCCESS;
    if (status) return status;
    h->name->delete_pending = doomed;
    if (doomed && now) remove_name(fs, h->name);
    return STATUS_SUCCESS;
}

bool fs_close_file(FileSystem *fs, FsHandle *h) {
    Name *name = h->name;
    share_count(h->node, h->access, h->share, (uint32_t)-1);
    if (h->delete_on_close && !may_delete(h, false)) name->delete_pending = true;
    h->node->handles--;
    bool gone = !--name->handles && name->delete_pending && name->linked && is_empty(h->node);
    if (gone) remove_name(fs, name);
    if (!name->handles) name->delete_pending = false;
    node_drop(h->node);
    name_drop(name);
    *h = (FsHandle){0};
    return gone;
}

/* ---- other names ---- */

/* Makes room for the new name where one of that name is in the way. */
static uint32_t displace(FileSystem *fs, const FsHandle *h, Name *old, bool replace,
                         bool ignore_readonly) {
    if (!old || old == h->name) return STATUS_SUCCESS;
    if (!replace) return STATUS_OBJECT_NAME_COLLISION;
    bool kept = old->node->attributes & ATTRIBUTE_READONLY && !ignore_readonly;
    if (node_is_directory(old->node) || kept || old->node->handles || !old->directory)
        return STATUS_ACCESS_DENIED;
    remove_name(fs, old);
    return STATUS_SUCCESS;
}

static bool is_below(const Node *n, const Node *above) {
    for (; n; n = n->name ? n->name->directory : NULL)
        if (n == above) return true;
    return false;
}

static bool open_below(const Node *n) {
    if (!node_is_directory(n)) return false;
    for (size_t i = 0; i < n->entry_count; i++)
        if (n->entries[i]->node->handles || open_below(n->entries[i]->node)) return true;
    return false;
}

static uint32_t check_target(const FsHandle *h, const FsPath *to) {
    if (to->volume != h->node->volume) return STATUS_NOT_SAME_DEVICE;
    if (!to->directory || to->stream.n || !h->name->directory || !h->name->linked ||
        !node_is_directory(h->name->directory))
        return STATUS_INVALID_PARAMETER;
    return to->volume->read_only ? STATUS_MEDIA_WRITE_PROTECTED : STATUS_SUCCESS;
}

uint32_t fs_rename(FileSystem *fs, FsHandle *h, const FsPath *to, bool replace,
                   bool ignore_readonly) {
    uint32_t status = check_target(h, to);
    if (!status && is_below(to->directory, h->node)) status = STATUS_INVALID_PARAMETER;
    if (!status && open_below(h->node)) status = STATUS_ACCESS_DENIED;
    if (!status) status = displace(fs, h, to->name, replace, ignore_readonly);
    if (status) return status;
    bool moves = to->directory != h->name->directory;
    fs_tell(h->name, moves ? FS_REMOVED : FS_RENAMED_OLD, change_name_of(h->node));
    if (!name_move(h->name, to->directory, to->last)) return STATUS_DISK_FULL;
    fs_tell(h->name, moves ? FS_ADDED : FS_RENAMED_NEW, change_name_of(h->node));
    fs_set_times(h->node, 0, 0, 0, fs_now(fs));
    fs_set_times(to->directory, 0, 0, fs_now(fs), fs_now(fs));
    return STATUS_SUCCESS;
}

uint32_t fs_link(FileSystem *fs, FsHandle *h, const FsPath *to, bool replace) {
    uint32_t status = check_target(h, to);
    if (!status && node_is_directory(h->node)) status = STATUS_FILE_IS_A_DIRECTORY;
    if (!status) status = displace(fs, h, to->name, replace, false);
    if (status) return status;
    if (to->name == h->name) return STATUS_SUCCESS;
    Name *name = name_new(to->directory, to->last, h->node);
    if (!name) return STATUS_DISK_FULL;
    fs_tell(name, FS_ADDED, change_name_of(h->node));
    fs_set_times(h->node, 0, 0, 0, fs_now(fs));
    return STATUS_SUCCESS;
}

/* ---- attributes ---- */

void fs_set_times(Node *n, uint64_t created, uint64_t accessed, uint64_t written,
                  uint64_t changed) {
    if (created) n->created = created;
    if (accessed) n->accessed = accessed;
    if (written) n->written = written;
    if (changed) n->changed = changed;
}

void fs_set_attributes(Node *n, uint32_t attributes) {
    uint32_t kept = n->attributes & ~(uint32_t)SETTABLE;
    n->attributes =
        kept | (attributes & SETTABLE & ~(uint32_t)(ATTRIBUTE_NORMAL | ATTRIBUTE_SPARSE));
    n->attributes |= kept & ATTRIBUTE_DIRECTORY;
    if (n->name) fs_tell(n->name, FS_MODIFIED, CHANGE_ATTRIBUTES);
}
