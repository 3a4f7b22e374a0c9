#include "guest/program.h"
#include "guest/device/console.h"
#include "guest/fs.h"
#include "guest/image.h"
#include "guest/process.h"
#include "guest/trace.h"
#include "pe/pe.h"
#include <stdlib.h>

/* Quotes as Windows' own argument parser wants it: backslashes double only before a quote. */
static void add_argument(Buf *out, const char *text) {
    if (*text && !strpbrk(text, " \t\"")) {
        buf_str(out, text);
        return;
    }
    buf_byte(out, '"');
    for (const char *c = text; *c; c++) {
        size_t slashes = strspn(c, "\\");
        buf_add(out, span(c, slashes));
        c += slashes;
        if (!*c || *c == '"') buf_add(out, span(c - slashes, slashes));
        if (!*c) break;
        if (*c == '"') buf_byte(out, '\\');
        buf_byte(out, (uint8_t)*c);
    }
    buf_byte(out, '"');
}

/* The file whose image the first process has: the sample's, or that of the program that opens it. */
static const char *image_path(Machine *m) {
    const char *opener = m->config->opener;
    return opener ? arena_text(&m->arena, span(opener, strcspn(opener, " "))) : m->config->path;
}

static void add_quoted(Buf *out, const char *path) {
    buf_byte(out, '"');
    buf_str(out, path);
    buf_byte(out, '"');
}

static const char *command_line(Machine *m) {
    enum { MOST = 32767 * 3 };
    Buf b = buf_new(MOST);
    add_quoted(&b, image_path(m));
    if (m->config->opener) {
        buf_str(&b, m->config->opener + strcspn(m->config->opener, " "));
        buf_byte(&b, ' ');
        add_quoted(&b, m->config->path);
    }
    for (const Value *v = value_first(m->config->arguments); v; v = v->next) {
        buf_byte(&b, ' ');
        add_argument(&b, value_get_str(v, ""));
    }
    const char *line = arena_text(&m->arena, buf_span(&b));
    buf_free(&b);
    return line ? line : "";
}

static const char *directory(Machine *m) {
    if (m->config->directory) return m->config->directory;
    const char *slash = strrchr(m->config->path, '\\');
    size_t n = slash ? (size_t)(slash - m->config->path) + 1 : 0;
    return n ? arena_text(&m->arena, span(m->config->path, n)) : "C:\\";
}

static const char *refusal(uint32_t status) {
    switch (status) {
    case STATUS_DLL_NOT_FOUND: return "there is no ntdll.dll for its architecture (coax doctor)";
    case STATUS_INVALID_IMAGE_FORMAT: return "Windows would not load this file";
    case STATUS_NO_MEMORY: return "it does not fit into the machine's memory";
    default: return "Windows refuses it";
    }
}

/* A program that was in the world already: nobody outside has its bytes. */
static void tell_own_program(Machine *m) {
    Name *name = fs_find(m->fs, m->config->path, false);
    Span bytes;
    void *copy = NULL;
    if (!name || node_is_directory(name->node) || !fs_read_all(name->node, &bytes, &copy)) return;
    sink_artifact(m->sink, &(Artifact){.id = m->config->artifact,
                                       .offset = MODEL_NO_OFFSET,
                                       .name = m->config->path,
                                       .format = "unknown", /* the engine finds out, and hashes */
                                       .origin = "world",
                                       .size = bytes.n,
                                       .bytes = bytes});
    free(copy);
}

static Section *load_image(Machine *m, uint32_t *status) {
    if (m->config->sample.n) fs_put(m->fs, m->config->path, m->config->sample);
    else tell_own_program(m);
    return image_open(m, image_path(m), status);
}

static void start(Machine *m, Section *image) {
    ProcessOptions o = {.image = image,
                        .image_path = image_path(m),
                        .command_line = command_line(m),
                        .directory = directory(m),
                        .environment = process_world_environment(m, &m->scratch),
                        .show = 1};
    Process *p;
    Thread *t;
    uint32_t status = process_create(m, &o, &p);
    if (status) {
        machine_end(m, "not started: %s (%08x)", refusal(status), status);
        return;
    }
    m->first = p;
    ThreadOptions first = {.start = p->image_base + image->entry_point, .argument = p->peb};
    if (p->wow64) first.argument = p->peb32;
    console_attach(p, true);
    status = thread_create(p, &first, &t);
    if (status) {
        machine_end(m, "not started: %s (%08x)", refusal(status), status);
        return;
    }
    trace_process_started(p, NULL, o.directory);
    object_drop(&t->object);
}

void program_start(Machine *m) {
    uint32_t status = STATUS_SUCCESS;
    Section *image = load_image(m, &status);
    if (image) start(m, image);
    else machine_end(m, "not started: %s (%08x)", refusal(status), status);
    section_drop(image);
    arena_reset(&m->scratch);
}
