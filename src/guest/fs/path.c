/* Paths: from what a program says to a place in the tree.
 *
 * First the name is made canonical, as the object manager would follow its symbolic links: \??\C:\a
 * becomes \Device\HarddiskVolume3\a. Then its parts are walked. */
#include "guest/fs/internal.h"
#include <stdlib.h>

/* ---- text ---- */

static bool starts(Span path, const char *prefix) {
    size_t n = strlen(prefix);
    return path.n >= n && !name_compare(span_clip(path, 0, n), span_str(prefix));
}

/* The prefix is whole parts of the path. */
static bool starts_parts(Span path, const char *prefix) {
    size_t n = strlen(prefix);
    return starts(path, prefix) && (path.n == n || path.p[n] == '\\');
}

static Span behind(Span path, const char *prefix) {
    return span_clip(path, strlen(prefix), path.n);
}

bool path_next(Span *rest, Span *part) {
    size_t at = 0;
    while (at < rest->n && rest->p[at] == '\\') at++;
    size_t from = at;
    while (at < rest->n && rest->p[at] != '\\') at++;
    *part = span_clip(*rest, from, at - from);
    *rest = span_clip(*rest, at, rest->n);
    return part->n > 0;
}

static size_t utf16_units(Span text) {
    size_t units = 0;
    for (size_t at = 0; at < text.n;) units += text_utf8_next(text, &at) > 0xFFFF ? 2 : 1;
    return units;
}

bool path_valid_name(Span text) {
    if (!text.n || span_equal(text, span_str(".")) || span_equal(text, span_str("..")))
        return false;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < 0x20 || strchr("\"*/:<>?|\\", text.p[i])) return false;
    return utf16_units(text) <= NAME_MAX_UNITS;
}

/* ---- canonical names ---- */

static char *joined(Arena *a, const char *front, Span rest) {
    return arena_printf(a, "%s%.*s", front, (int)rest.n, (const char *)rest.p);
}

/* The names below \??\ that are no drives. */
static const struct {
    const char *name, *device;
} dos_devices[] = {
    {"NUL", "\\Device\\Null"},
    {"PIPE", "\\Device\\NamedPipe"},
    {"MAILSLOT", "\\Device\\MailSlot"},
    {"CON", "\\Device\\ConDrv\\Console"},
    {"CONIN$", "\\Device\\ConDrv\\CurrentIn"},
    {"CONOUT$", "\\Device\\ConDrv\\CurrentOut"},
    {"MountPointManager", "\\Device\\MountPointManager"},
    {"PhysicalDrive0", "\\Device\\Harddisk0\\DR0"},
    {"Nsi", "\\Device\\Nsi"},
    {"GLOBALROOT", ""},
};

const char *fs_dos_device(size_t index) {
    return index < sizeof dos_devices / sizeof *dos_devices ? dos_devices[index].name : NULL;
}

/* \\server\share of a network drive; anything else leads to the redirector, which knows no server.
 */
static char *unc_path(const FileSystem *fs, Arena *a, Span rest) {
    for (size_t i = 0; i < fs->volume_count; i++) {
        const char *share = item_text(fs->volumes[i].drive, FACT_drive_share);
        if (share && !strncmp(share, "\\\\", 2) && share[2] && starts_parts(rest, share + 2))
            return joined(a, fs->volumes[i].device, behind(rest, share + 2));
    }
    return joined(a, "\\Device\\Mup\\", rest);
}

static const Volume *volume_of_drive(const FileSystem *fs, Span path) {
    bool drive = path.n >= 2 && path.p[1] == ':' && (path.n == 2 || path.p[2] == '\\');
    return drive ? fs_volume_of_letter(fs, (char)path.p[0]) : NULL;
}

/* What follows \??\. */
static char *dos_path(const FileSystem *fs, Arena *a, Span rest) {
    const Volume *v = volume_of_drive(fs, rest);
    if (v) return joined(a, v->device, span_clip(rest, 2, rest.n));
    for (size_t i = 0; i < fs->volume_count; i++)
        if (starts_parts(rest, fs->volumes[i].guid_name))
            return joined(a, fs->volumes[i].device, behind(rest, fs->volumes[i].guid_name));
    if (starts_parts(rest, "UNC")) return unc_path(fs, a, span_clip(rest, 4, rest.n));
    for (size_t i = 0; i < sizeof dos_devices / sizeof *dos_devices; i++)
        if (starts_parts(rest, dos_devices[i].name))
            return joined(a, dos_devices[i].device, behind(rest, dos_devices[i].name));
    return NULL;
}

char *fs_device_path(const FileSystem *fs, Arena *a, const char *path) {
    static const char *const dos[] = {"\\??\\", "\\DosDevices\\", "\\GLOBAL??\\"};
    Span text = span_str(path);
    for (size_t i = 0; i < sizeof dos / sizeof *dos; i++)
        if (starts(text, dos[i])) return dos_path(fs, a, behind(text, dos[i]));
    if (starts_parts(text, "\\SystemRoot"))
        return dos_path(fs, a, span_str(joined(a, fs->windows_path, behind(text, "\\SystemRoot"))));
    return starts(text, "\\Device\\") ? arena_str(a, path) : NULL;
}

static Volume *volume_of_path(const FileSystem *fs, Span path, Span *rest) {
    for (size_t i = 0; i < fs->volume_count; i++) {
        Volume *v = &fs->volumes[i];
        if (!starts_parts(path, v->device)) continue;
        *rest = behind(path, v->device);
        return v;
    }
    return NULL;
}

bool fs_on_volume(const FileSystem *fs, const char *device_path) {
    Span rest;
    return volume_of_path(fs, span_str(device_path), &rest);
}

/* ---- walking ---- */

/* Directories of System32 that a 32-bit program sees as they are. */
static bool never_redirected(Span rest) {
    static const char *const shared[] = {"catroot",      "catroot2", "driverstore",
                                         "drivers\\etc", "logfiles", "spool"};
    while (rest.n && rest.p[0] == '\\') rest = span_clip(rest, 1, rest.n);
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        if (starts_parts(rest, shared[i])) return true;
    return false;
}

static Span redirected(const FileSystem *fs, const Node *directory, Span part, Span rest) {
    if (directory != fs->windows) return part;
    if (!name_compare(part, span_str("Sysnative"))) return span_str("System32");
    if (!name_compare(part, span_str("System32")) && !never_redirected(rest))
        return span_str("SysWOW64");
    return part;
}

static Name *entry_by_any_name(const Node *d, Span part) {
    Name *n = node_entry(d, part);
    if (n || !part.n || !memchr(part.p, '~', part.n)) return n;
    for (size_t i = 0; i < d->entry_count; i++) {
        const char *short_name = name_short(d->entries[i]);
        if (*short_name && !name_compare(span_str(short_name), part)) return d->entries[i];
    }
    return NULL;
}

/* name, name:stream, name:stream:$DATA, name::$DATA */
static bool split_stream(Span part, Span *name, Span *stream) {
    const uint8_t *colon = part.n ? memchr(part.p, ':', part.n) : NULL;
    *name = part;
    *stream = (Span){0};
    if (!colon) return true;
    *name = span_clip(part, 0, (size_t)(colon - part.p));
    Span rest = span_clip(part, name->n + 1, part.n);
    const uint8_t *type = rest.n ? memchr(rest.p, ':', rest.n) : NULL;
    *stream = type ? span_clip(rest, 0, (size_t)(type - rest.p)) : rest;
    Span kind = type ? span_clip(rest, stream->n + 1, rest.n) : (Span){0};
    if (type && name_compare(kind, span_str("$DATA"))) return false;
    return stream->n ? path_valid_name(*stream) : type != NULL;
}

static bool only_slashes(Span rest) {
    for (size_t i = 0; i < rest.n; i++)
        if (rest.p[i] != '\\') return false;
    return true;
}

/* The last part: a file, a directory or a stream that may or may not be there. */
static uint32_t walk_last(FsPath *out, Span part, bool slash) {
    if (!split_stream(part, &out->last, &out->stream) || (slash && out->stream.n))
        return STATUS_OBJECT_NAME_INVALID;
    if (!path_valid_name(out->last)) return STATUS_OBJECT_NAME_INVALID;
    out->slash = slash;
    out->name = entry_by_any_name(out->directory, out->last);
    return STATUS_SUCCESS;
}

static uint32_t walk(FileSystem *fs, Name *from, Span rest, bool wow64, FsPath *out) {
    Span part;
    Name *at = from;
    while (path_next(&rest, &part)) {
        if (!node_is_directory(at->node)) return STATUS_OBJECT_PATH_NOT_FOUND;
        out->directory = at->node;
        if (wow64) part = redirected(fs, at->node, part, rest);
        if (only_slashes(rest)) return walk_last(out, part, rest.n > 0);
        if (!path_valid_name(part)) return STATUS_OBJECT_NAME_INVALID;
        at = entry_by_any_name(at->node, part);
        if (!at) return STATUS_OBJECT_PATH_NOT_FOUND;
    }
    out->directory = from->directory;
    out->name = from;
    return STATUS_SUCCESS;
}

uint32_t fs_walk_from(FileSystem *fs, Name *directory, const char *rest, bool wow64, FsPath *out) {
    *out = (FsPath){.volume = directory->node->volume};
    if (*rest == '\\') return STATUS_OBJECT_NAME_INVALID;
    return walk(fs, directory, span_str(rest), wow64, out);
}

uint32_t fs_walk(FileSystem *fs, const char *device_path, bool wow64, FsPath *out) {
    Span rest;
    Volume *v = volume_of_path(fs, span_str(device_path), &rest);
    *out = (FsPath){.volume = v};
    if (!v) return STATUS_OBJECT_PATH_NOT_FOUND;
    out->raw = !rest.n;
    return walk(fs, v->root, rest, wow64, out);
}

/* ---- absolute paths, for the machine ---- */

Name *fs_find(FileSystem *fs, const char *path, bool wow64) {
    Span text = span_str(path);
    const Volume *v = volume_of_drive(fs, text);
    FsPath found = {.volume = NULL};
    if (!v || walk(fs, v->root, span_clip(text, 2, text.n), wow64, &found)) return NULL;
    return found.stream.n ? NULL : found.name;
}
