/* What a program asks of the drives, as questions about the world (guest/ask.h). */
#include "guest/ask.h"
#include "guest/device/disk.h"
#include <strings.h>

static void tell(Machine *m, const Node *n, const char *path, unsigned how) {
    bool directory = node_is_directory(n);
    ask_about_derived(m, directory ? FACT_directory : FACT_file, path, directory ? ASK_FOUND : how);
}

/* \Device\HarddiskVolume3\dir as C:\dir; NULL where that is no volume. */
static const char *drive_path(Sys *s, const char *path) {
    for (size_t i = 0; i < fs_volume_count(s->machine->fs); i++) {
        const Volume *v = fs_volume(s->machine->fs, i);
        size_t n = strlen(v->device);
        if (!strncasecmp(path, v->device, n) && path[n] == '\\' && path[n + 1])
            return arena_printf(s->scratch, "%c:%s", v->letter, path + n);
    }
    return NULL;
}

void disk_ask_path(Sys *s, const FileOpen *how, const FsPath *path, uint32_t status) {
    if (!asking(s->machine) || path->raw) return;
    if (!status && path->name) {
        const char *subject = name_path(path->name, s->scratch);
        if (subject && subject[2] && !path->name->node->guest)
            tell(s->machine, path->name->node, subject, ASK_FOUND);
        return;
    }
    const char *subject = drive_path(s, how->path);
    if (!subject) return;
    bool directory = how->options & FILE_DIRECTORY_FILE || path->slash;
    ask_about_derived(s->machine, directory ? FACT_directory : FACT_file, subject, ASK_ABSENT);
}

void disk_ask_content(Machine *m, const Name *name) {
    if (!asking(m) || name->node->guest) return;
    const char *subject = name_path(name, &m->scratch);
    if (subject) tell(m, name->node, subject, ASK_TOLD);
}

/* A pattern that NtQueryDirectoryFile was given, as a person would write it. */
static void plain_wildcards(char *text) {
    for (; *text; text++) {
        const char *at = strchr("<>\"", *text);
        if (at) *text = "*?."[at - "<>\""];
    }
}

void disk_ask_entry(Sys *s, const Name *directory, const char *entry, const Node *node) {
    if (!asking(s->machine) || (node && node->guest)) return;
    const char *above = name_path(directory, s->scratch);
    char *last = arena_str(s->scratch, entry);
    if (!above || !last) return;
    if (!node) plain_wildcards(last);
    bool root = above[strlen(above) - 1] == '\\';
    const char *subject = arena_printf(s->scratch, "%s%s%s", above, root ? "" : "\\", last);
    if (!subject) return;
    if (node) tell(s->machine, node, subject, ASK_FOUND);
    else ask_about_derived(s->machine, FACT_file, subject, ASK_ABSENT);
}
