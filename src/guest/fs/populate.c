/* What the drives hold before the guest runs: the packs' files, the world's, and the directories
 * that the environment names. */
#include "guest/fs/internal.h"
#include <stdio.h>
#include <stdlib.h>

static uint64_t filetime_of(const WorldItem *item, FactId id, uint64_t otherwise) {
    const WorldValue *v = item_value(item, id);
    return v->set ? time_to_filetime(v->number) : otherwise;
}

/* ---- volumes ---- */

typedef struct {
    const char *type, *device; /* the number of the drive follows, from `first` */
    unsigned first;
} VolumeKind;

/* A Windows of today has its boot and recovery partitions before drive C:. */
static const VolumeKind kinds[] = {
    {"fixed", "\\Device\\HarddiskVolume", 3},
    {"removable", "\\Device\\HarddiskVolume", 20},
    {"ram", "\\Device\\RamDisk", 0},
    {"cdrom", "\\Device\\CdRom", 0},
    {"network", "\\Device\\LanmanRedirector\\", 0},
};

static char *device_name(const VolumeKind *kind, unsigned number) {
    char text[64];
    int n = snprintf(text, sizeof text, "%s%u", kind->device, kind->first + number);
    return strndup(text, (size_t)n);
}

static const VolumeKind *kind_of(const char *type) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (type && !strcmp(kinds[i].type, type)) return &kinds[i];
    return &kinds[0];
}

static Name *root_name(FileSystem *fs, Volume *v) {
    Node *n =
        node_new(fs, v, ATTRIBUTE_DIRECTORY | ATTRIBUTE_HIDDEN | ATTRIBUTE_SYSTEM, fs->installed);
    Name *name = n ? calloc(1, sizeof *name) : NULL;
    if (!name) {
        free(n);
        return NULL;
    }
    n->id = 5ull << 48 | 5; /* NTFS' root is record 5 */
    *name = (Name){.refs = 1, .node = n, .text = strdup(""), .linked = true};
    n->name = name;
    n->refs = n->links = 1;
    return name;
}

/* As Windows names the partitions of a disk with a master boot record: signature and start. */
static void name_by_guid(Volume *v) {
    uint64_t serial = (uint64_t)item_number(v->drive, FACT_drive_serial, 0);
    snprintf(v->guid_name, sizeof v->guid_name, "Volume{%08x-0000-0000-0000-%02x1f00000000}",
             (unsigned)serial, (unsigned)(v->letter & 0x1f) << 3);
}

static bool add_volume(FileSystem *fs, const WorldItem *drive, unsigned number) {
    const char *type = item_text(drive, FACT_drive);
    Volume *v = &fs->volumes[fs->volume_count];
    *v = (Volume){.letter = drive->subject[0], .drive = drive, .created = fs->installed};
    v->device = device_name(kind_of(type), number);
    name_by_guid(v);
    v->fixed = kind_of(type) == &kinds[0];
    v->read_only = type && !strcmp(type, "cdrom");
    v->root = v->device ? root_name(fs, v) : NULL;
    fs->volume_count++;
    return v->root;
}

static bool add_volumes(FileSystem *fs) {
    const World *w = fs->options.world;
    unsigned numbers[sizeof kinds / sizeof *kinds] = {0};
    fs->volumes = calloc(world_count(w, FACT_drive) + 1, sizeof *fs->volumes);
    if (!fs->volumes) return false;
    for (const WorldItem *i = world_first(w, FACT_drive); i; i = world_next(i))
        if (!add_volume(fs, i, numbers[kind_of(item_text(i, FACT_drive)) - kinds]++)) return false;
    return true;
}

/* ---- directories and files ---- */

static Volume *volume_of_letter(const FileSystem *fs, char letter) {
    for (size_t i = 0; i < fs->volume_count; i++)
        if ((fs->volumes[i].letter | 0x20) == (letter | 0x20)) return &fs->volumes[i];
    return NULL;
}

static Node *directory_in(Node *above, Span text, uint64_t time) {
    Name *old = node_entry(above, text);
    if (old) return node_is_directory(old->node) ? old->node : NULL;
    Node *n = node_new(above->fs, above->volume, ATTRIBUTE_DIRECTORY, time);
    return n && name_new(above, text, n) ? n : NULL;
}

static bool is_absolute(const char *path) {
    return path && path[0] && path[1] == ':' && (path[2] == '\\' || !path[2]);
}

/* The directory that holds the last part of an absolute path, made with all above it; NULL where
 * there is no such drive, a file is in the way, or memory ended. */
static Node *directory_of(FileSystem *fs, const char *path, Span *last) {
    Volume *v = is_absolute(path) ? volume_of_letter(fs, path[0]) : NULL;
    Node *d = v ? v->root->node : NULL;
    Span rest = d ? span_str(path + 2) : (Span){0}, part, next;
    if (!d || !path_next(&rest, last)) return NULL;
    for (part = *last; d && path_next(&rest, &next); part = next)
        d = directory_in(d, part, fs->installed);
    *last = part;
    return d;
}

static Node *make_directory(FileSystem *fs, const char *path) {
    Span last;
    Node *d = directory_of(fs, path, &last);
    return d ? directory_in(d, last, fs->installed) : NULL;
}

/* A file at a path, or the one that is there. */
static Name *make_file(FileSystem *fs, const char *path, uint64_t time) {
    Span last;
    Node *d = directory_of(fs, path, &last);
    Name *old = d ? node_entry(d, last) : NULL;
    if (!d || old) return old && !node_is_directory(old->node) ? old : NULL;
    Node *n = node_new(fs, d->volume, ATTRIBUTE_ARCHIVE, time);
    return n ? name_new(d, last, n) : NULL;
}

static void set_source(Node *n, FsSource source) {
    content_free(n);
    n->source = source;
    n->size = source.size;
    n->pack_entry = NULL;
}

/* ---- the packs ---- */

/* What Windows has elsewhere than right in System32 (wine.inf, [FakeDlls]). */
typedef enum { IN_SYSTEM, IN_WINDOWS, IN_PROGRAMS, IN_COMMON } Place;

static const struct {
    const char *name;
    Place place;
    const char *directory; /* below it */
} places[] = {
    {"explorer.exe", IN_WINDOWS, ""},
    {"hh.exe", IN_WINDOWS, ""},
    {"iexplore.exe", IN_PROGRAMS, "\\Internet Explorer"},
    {"mofcomp.exe", IN_SYSTEM, "\\wbem"},
    {"msado15.dll", IN_COMMON, "\\System\\ADO"},
    {"msdaps.dll", IN_COMMON, "\\System\\OLE DB"},
    {"msdasql.dll", IN_COMMON, "\\System\\OLE DB"},
    {"notepad.exe", IN_WINDOWS, ""},
    {"oledb32.dll", IN_COMMON, "\\System\\OLE DB"},
    {"powershell.exe", IN_SYSTEM, "\\WindowsPowerShell\\v1.0"},
    {"regedit.exe", IN_WINDOWS, ""},
    {"sapi.dll", IN_SYSTEM, "\\Speech\\Common"},
    {"wbemdisp.dll", IN_SYSTEM, "\\wbem"},
    {"wbemprox.dll", IN_SYSTEM, "\\wbem"},
    {"winhlp32.exe", IN_WINDOWS, ""},
    {"wmic.exe", IN_SYSTEM, "\\wbem"},
    {"wmiutils.dll", IN_SYSTEM, "\\wbem"},
    {"wmplayer.exe", IN_PROGRAMS, "\\Windows Media Player"},
    {"wordpad.exe", IN_PROGRAMS, "\\Windows NT\\Accessories"},
};

static const char *base_of(FileSystem *fs, Place place, bool wow64) {
    const World *w = fs->options.world;
    const char *path = NULL;
    if (place == IN_PROGRAMS)
        path = world_variable(w, wow64 ? "ProgramFiles(x86)" : "ProgramFiles");
    if (place == IN_COMMON)
        path = world_variable(w, wow64 ? "CommonProgramFiles(x86)" : "CommonProgramFiles");
    return is_absolute(path) ? path : fs->windows_path;
}

/* The directory of a pack's file. */
static void place_of(FileSystem *fs, const char *name, bool wow64, char *out, size_t size) {
    const char *system = wow64 ? "\\SysWOW64" : "\\System32", *dot = strrchr(name, '.');
    size_t i = 0, count = sizeof places / sizeof *places;
    while (i < count && strcmp(places[i].name, name)) i++;
    Place place = i < count ? places[i].place : IN_SYSTEM;
    const char *below = i < count                     ? places[i].directory
                        : dot && !strcmp(dot, ".sys") ? "\\drivers"
                                                      : "";
    snprintf(out, size, "%s%s%s", base_of(fs, place, wow64), place == IN_SYSTEM ? system : "",
             below);
}

/* `registry` and programs of the machine's own are none. */
static bool is_file(const PackEntry *e) {
    return strchr(e->name, '.');
}

static bool add_pack_file(FileSystem *fs, Pack *pack, PackEntry *e, bool wow64) {
    char directory[480], path[640];
    place_of(fs, e->name, wow64, directory, sizeof directory);
    snprintf(path, sizeof path, "%s\\%s", directory, e->name);
    Name *name = make_file(fs, path, fs->installed);
    if (!name) return false;
    if (name->node->pack_entry) return true; /* the other pack's has the place */
    Span bytes = pack_bytes(pack, e);
    set_source(name->node, (FsSource){.bytes = bytes, .size = bytes.n});
    name->node->pack = pack;
    name->node->pack_entry = e;
    return true;
}

static bool add_pack(FileSystem *fs, Pack *pack, bool wow64) {
    if (!pack) return true;
    for (size_t i = 0; i < pack->count; i++)
        if (is_file(&pack->entries[i]) && !add_pack_file(fs, pack, &pack->entries[i], wow64))
            return false;
    return true;
}

/* ---- the world ---- */

static uint32_t attributes_of(const char *words) {
    static const struct {
        const char *word;
        uint32_t bit;
    } all[] = {{"readonly", ATTRIBUTE_READONLY},   {"hidden", ATTRIBUTE_HIDDEN},
               {"system", ATTRIBUTE_SYSTEM},       {"archive", ATTRIBUTE_ARCHIVE},
               {"temporary", ATTRIBUTE_TEMPORARY}, {"offline", ATTRIBUTE_OFFLINE}};
    uint32_t bits = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (words && words_have(words, all[i].word)) bits |= all[i].bit;
    return bits;
}

static void add_world_directory(FileSystem *fs, const WorldItem *i) {
    Node *n = make_directory(fs, i->subject);
    if (!n) return;
    uint64_t modified = filetime_of(i, FACT_directory_modified, n->written);
    n->attributes |= attributes_of(item_text(i, FACT_directory_attributes));
    fs_set_times(n, filetime_of(i, FACT_directory_created, n->created),
                 filetime_of(i, FACT_directory_accessed, modified), modified, modified);
}

static void add_world_file(FileSystem *fs, const WorldItem *i) {
    uint64_t modified = filetime_of(i, FACT_file_modified, fs->installed);
    Name *name = make_file(fs, i->subject, modified);
    if (!name) return;
    Node *n = name->node;
    /* A size alone says nothing against the program that the pack has. */
    if (item_value(i, FACT_file)->set || (item_value(i, FACT_file_size)->set && !n->pack_entry))
        set_source(n, (FsSource){.item = i, .size = world_file_size(i)});
    n->attributes = attributes_of(item_text(i, FACT_file_attributes));
    fs_set_times(n, filetime_of(i, FACT_file_created, modified),
                 filetime_of(i, FACT_file_accessed, modified), modified, modified);
}

static void unlink_all(Name *n) {
    while (n->node->entry_count) unlink_all(n->node->entries[0]);
    name_unlink(n);
}

static void remove_from(FileSystem *fs, FactId fact) {
    const WorldItem *i = world_first_removed(fs->options.world, fact);
    for (; i; i = world_next_removed(i)) {
        Name *n = fs_find(fs, i->subject, false);
        if (n && n->directory) unlink_all(n);
    }
}

static void add_variable_directory(void *context, const char *name, const char *value) {
    (void)name;
    size_t n = is_absolute(value) ? strlen(value) : 0;
    const char *last = n ? strrchr(value, '\\') : NULL;
    bool plain = n > 3 && !strpbrk(value + 2, ":;*?\"<>|") && !strchr(last, '.');
    if (plain) make_directory(context, value); /* ComSpec has a dot, PATH a semicolon */
}

/* ---- all of it ---- */

static bool find_windows(FileSystem *fs) {
    const char *root = world_variable(fs->options.world, "SystemRoot");
    fs->windows_path = strdup(is_absolute(root) ? root : "C:\\Windows");
    fs->windows = fs->windows_path ? make_directory(fs, fs->windows_path) : NULL;
    return fs->windows;
}

bool fs_populate(FileSystem *fs) {
    const World *w = fs->options.world;
    fs->installed = time_to_filetime(world_time(w, FACT_os_installed));
    if (!add_volumes(fs) || !find_windows(fs)) return false;
    if (!add_pack(fs, fs->options.packs[0], false)) return false;
    if (!add_pack(fs, fs->options.packs[1], true)) return false;
    world_variables(w, add_variable_directory, fs);
    for (const WorldItem *i = world_first(w, FACT_directory); i; i = world_next(i))
        add_world_directory(fs, i);
    for (const WorldItem *i = world_first(w, FACT_file); i; i = world_next(i))
        add_world_file(fs, i);
    remove_from(fs, FACT_file);
    remove_from(fs, FACT_directory);
    return true;
}

Name *fs_put(FileSystem *fs, const char *path, Span bytes) {
    Name *name = make_file(fs, path, fs_now(fs));
    if (name) set_source(name->node, (FsSource){.bytes = bytes, .size = bytes.n});
    return name;
}

void fs_remove(FileSystem *fs, const char *path) {
    Name *n = fs_find(fs, path, false);
    if (n && n->directory) unlink_all(n);
}

/* ---- volumes, for everybody ---- */

size_t fs_volume_count(const FileSystem *fs) {
    return fs->volume_count;
}

const Volume *fs_volume(const FileSystem *fs, size_t index) {
    return &fs->volumes[index];
}

const Volume *fs_volume_of_letter(const FileSystem *fs, char letter) {
    return volume_of_letter(fs, letter);
}
