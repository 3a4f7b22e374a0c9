/* \Device\MountPointManager: which volume has which names (mountmgr.h). Wine asks it for more
 * (drives of the host, credentials), of which there is nothing here. */
#include "base/buf.h"
#include "base/text.h"
#include "guest/file.h"
#include "guest/fs.h"

enum {
    QUERY_POINTS = 0x6d0008,
    QUERY_DOS_VOLUME_PATH = 0x6d0030,
    QUERY_DOS_VOLUME_PATHS = 0x6d0034,
};
enum { BUFFER_MAX = 65536 };

static Span input_of(Io *io, Arena *a) {
    uint8_t *raw = io->input_size <= BUFFER_MAX ? arena_alloc(a, io->input_size) : NULL;
    return raw && io_get(io, 0, raw, io->input_size) ? span(raw, io->input_size) : (Span){0};
}

/* What does not fit is told by its size, in the structure's first field. */
static uint32_t answer(Io *io, Buf *b, size_t head) {
    uint64_t n = b->n <= io->output_size ? b->n : head;
    uint32_t status = n == b->n ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
    if (io->output_size < head) status = STATUS_INVALID_PARAMETER;
    else if (!io_put(io, 0, b->p, n)) status = STATUS_ACCESS_VIOLATION;
    else io->information = n;
    buf_free(b);
    return status;
}

/* ---- MOUNTMGR_MOUNT_POINTS ---- */

/* What is asked for: an empty text is anything. */
typedef struct {
    char *link, *device;
} MountQuery;

/* A text of MOUNTMGR_MOUNT_POINT: its offset and, behind it, its length. */
static char *text_at(Arena *a, Span in, size_t field) {
    Cur c = cur(in);
    cur_seek(&c, field);
    uint64_t at = cur_u32le(&c), length = cur_u16le(&c);
    return c.bad ? NULL : text_from_utf16(a, span_sub(in, at, length));
}

static bool is_alias(const Volume *v, const char *link, Arena *a) {
    char *dos = arena_printf(a, "\\DosDevices\\%c:", v->letter);
    char *guid = arena_printf(a, "\\??\\%s", v->guid_name);
    return dos && guid && (text_equal_nocase(link, dos) || text_equal_nocase(link, guid));
}

static bool wanted(const Volume *v, const MountQuery *q, Arena *a) {
    if (q->link && *q->link) return is_alias(v, q->link, a);
    return !q->device || !*q->device || text_equal_nocase(v->device, q->device);
}

typedef struct {
    Arena *arena;
    Buf points, texts; /* texts: behind all points */
    uint32_t count, total;
} Answer;

/* Offset, length and two bytes of alignment. */
static void add_text(Answer *r, const char *text) {
    enum { HEAD = 8, POINT = 24 };
    Span wide = text_to_utf16(r->arena, span_str(text ? text : ""));
    buf_le(&r->points, HEAD + POINT * r->total + r->texts.n, 4);
    buf_le(&r->points, wide.n, 4);
    buf_add(&r->texts, wide);
}

static void add_point(Answer *r, const Volume *v, const char *link) {
    r->count++;
    add_text(r, link);
    add_text(r, v->guid_name); /* the unique id */
    add_text(r, v->device);
}

static uint32_t query_points(Machine *m, Io *io) {
    Arena *a = &m->scratch;
    Span in = input_of(io, a);
    MountQuery q = {text_at(a, in, 0), text_at(a, in, 16)};
    Answer r = {.arena = a, .points = buf_new(BUFFER_MAX), .texts = buf_new(BUFFER_MAX)};
    for (size_t i = 0; i < fs_volume_count(m->fs); i++)
        if (wanted(fs_volume(m->fs, i), &q, a)) r.total += 2;
    for (size_t i = 0; i < fs_volume_count(m->fs); i++) {
        const Volume *v = fs_volume(m->fs, i);
        if (!wanted(v, &q, a)) continue;
        add_point(&r, v, arena_printf(a, "\\DosDevices\\%c:", v->letter));
        add_point(&r, v, arena_printf(a, "\\??\\%s", v->guid_name));
    }
    Buf b = buf_new(2 * BUFFER_MAX);
    buf_le(&b, 8 + r.points.n + r.texts.n, 4);
    buf_le(&b, r.count, 4);
    buf_add(&b, buf_span(&r.points));
    buf_add(&b, buf_span(&r.texts));
    buf_free(&r.points);
    buf_free(&r.texts);
    return answer(io, &b, 8);
}

/* ---- MOUNTMGR_VOLUME_PATHS: the drive of a volume ---- */

static uint32_t query_paths(Machine *m, Io *io) {
    Arena *a = &m->scratch;
    Span in = input_of(io, a);
    Cur c = cur(in);
    uint64_t length = cur_u16le(&c);
    char *name = text_from_utf16(a, cur_take(&c, length));
    for (size_t i = 0; name && i < fs_volume_count(m->fs); i++) {
        const Volume *v = fs_volume(m->fs, i);
        if (!is_alias(v, name, a) && !text_equal_nocase(v->device, name)) continue;
        char *drive = arena_printf(a, "%c:", v->letter);
        Span path = drive ? text_to_utf16(a, span_str(drive)) : (Span){0};
        Buf b = buf_new(64);
        buf_le(&b, path.n + 4, 4);
        buf_add(&b, path);
        buf_le(&b, 0, 4); /* the ends of the path and of the list */
        return answer(io, &b, 4);
    }
    return STATUS_OBJECT_NAME_NOT_FOUND;
}

static uint32_t control(File *f, Io *io) {
    Machine *m = f->object.machine;
    switch (io->code) {
    case QUERY_POINTS: return query_points(m, io);
    case QUERY_DOS_VOLUME_PATH:
    case QUERY_DOS_VOLUME_PATHS: return query_paths(m, io);
    default: return STATUS_INVALID_DEVICE_REQUEST;
    }
}

static const FileOps ops = {.device_type = FILE_DEVICE_UNKNOWN, .control = control};

static uint32_t mountmgr_open(Sys *s, const FileOpen *how, File **out) {
    if (*how->rest) return STATUS_OBJECT_NAME_NOT_FOUND;
    *out = file_new(s->machine, &ops, sizeof(File), how, how->path);
    return *out ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

const Device device_mountmgr = {"\\Device\\MountPointManager", mountmgr_open};
