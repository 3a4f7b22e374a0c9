#include "guest/service/launch.h"
#include "base/text.h"
#include "guest/fs.h"
#include "guest/image.h"
#include "guest/process.h"
#include "guest/trace.h"

static const char *find_file(Machine *m, const char *path, bool wow64) {
    Name *n = path ? fs_find(m->fs, path, wow64) : NULL;
    return n && !node_is_directory(n->node) ? name_path(n, &m->scratch) : NULL;
}

const char *launch_find(Machine *m, const char *line, bool wow64) {
    if (*line == '"') {
        const char *end = strchr(line + 1, '"');
        const char *path = arena_text(
            &m->scratch, span(line + 1, end ? (size_t)(end - line - 1) : strlen(line + 1)));
        return find_file(m, path, wow64);
    }
    for (const char *end = line; *end; end++) {
        if (end[1] && end[1] != ' ') continue;
        size_t n = (size_t)(end - line) + 1;
        const char *path = arena_text(&m->scratch, span(line, n));
        const char *file = find_file(m, path, wow64);
        if (!file) file = find_file(m, arena_printf(&m->scratch, "%s.exe", path), wow64);
        if (file) return file;
    }
    return NULL;
}

/* Its first thread; the event of its start. */
static uint32_t begin(Process *p, const Section *image, const char *directory) {
    Thread *t;
    ThreadOptions first = {.start = p->image_base + image->entry_point,
                           .argument = p->wow64 ? p->peb32 : p->peb};
    uint32_t status = thread_create(p, &first, &t);
    if (status) return status;
    trace_process_started(p, NULL, directory);
    object_drop(&t->object);
    return STATUS_SUCCESS;
}

uint32_t launch_program(Machine *m, const Launch *how, Process **out) {
    uint32_t status = STATUS_OBJECT_NAME_NOT_FOUND;
    const char *path = launch_find(m, how->line, how->wow64);
    Section *image = path ? image_open(m, path, &status) : NULL;
    if (!image) return status;
    const WorldItem *parent = world_find(m->world, FACT_process, how->parent);
    ProcessOptions o = {.image = image,
                        .image_path = path,
                        .command_line = how->line,
                        .directory = how->directory,
                        .environment = process_world_environment(m, &m->scratch),
                        .token = how->token ? &how->token->object : NULL,
                        .show = 0};
    status = process_create(m, &o, out);
    if (!status && parent) (*out)->parent_id = (uint32_t)item_number(parent, FACT_process_pid, 0);
    if (!status) {
        status = begin(*out, image, how->directory);
        if (status) {
            process_terminate(*out, status);
            object_drop(&(*out)->object);
        }
    }
    section_drop(image);
    if (status) *out = NULL;
    return status;
}
