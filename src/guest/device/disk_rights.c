/* Who may change what, as Windows sets its disk up: the system's own files belong to its installer
 * and nobody else changes them; the Windows and program directories are the administrators', a
 * profile is its user's; below the root everybody may make directories. No file has an access list
 * of its own. */
#include "guest/device/disk.h"
#include "guest/token.h"

enum {
    CHANGES =
        FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_ATTRIBUTES | FILE_WRITE_EA | ACCESS_DELETE
};
enum { CONTENT = FILE_WRITE_DATA | FILE_APPEND_DATA | ACCESS_DELETE };

static bool is_below(const Node *n, const Node *above) {
    while (n && n != above) n = n->name ? n->name->directory : NULL;
    return above && n;
}

/* The directory that a variable of the world names, or NULL. */
static Node *place(Sys *s, const char *variable) {
    const char *path = world_variable(s->machine->world, variable);
    Name *name = path ? fs_find(s->machine->fs, path, false) : NULL;
    return name ? name->node : NULL;
}

static bool is_administrators(Sys *s, const Node *directory) {
    Node *windows = place(s, "SystemRoot");
    Name *temp = windows ? node_entry(windows, span_str("Temp")) : NULL;
    if (temp && is_below(directory, temp->node)) return false;
    return is_below(directory, windows) || is_below(directory, place(s, "ProgramFiles")) ||
           is_below(directory, place(s, "ProgramFiles(x86)"));
}

static bool is_another_users(Sys *s, const Node *directory) {
    Node *own = place(s, "USERPROFILE"), *profiles = own && own->name ? own->name->directory : NULL;
    return is_below(directory, profiles) && !is_below(directory, own) &&
           !is_below(directory, place(s, "PUBLIC"));
}

bool disk_may_change(Sys *s, const Node *directory, bool makes_directory) {
    if (!directory || token_is_elevated(s->thread)) return true;
    bool root = directory->name && !directory->name->directory;
    if (root && !makes_directory) return false;
    return !is_administrators(s, directory) && !is_another_users(s, directory);
}

uint32_t disk_check_rights(Sys *s, const FsPath *path, const FileOpen *how) {
    const Node *n = path->name ? path->name->node : NULL;
    bool creates = !n && how->disposition != FILE_OPEN && how->disposition != FILE_OVERWRITE;
    bool replaces = n && how->disposition != FILE_OPEN && how->disposition != FILE_OPEN_IF &&
                    how->disposition != FILE_CREATE;
    if (!creates && !replaces && !(how->access & CHANGES)) return STATUS_SUCCESS;
    if (n && n->pack_entry && (replaces || how->access & CONTENT)) return STATUS_ACCESS_DENIED;
    bool directory = how->options & FILE_DIRECTORY_FILE;
    return disk_may_change(s, path->directory, creates && directory) ? STATUS_SUCCESS
                                                                     : STATUS_ACCESS_DENIED;
}
