/* NtNotifyChangeDirectoryFile: a directory's handle that waits for changes below it. What happens
 * between two requests is kept for the next one ([MS-FSCC] 2.7.1). */
#include "base/buf.h"
#include "base/text.h"
#include "guest/device/disk.h"
#include <stdlib.h>

enum { KEPT_MAX = 65536 };

struct DiskWatch {
    DiskWatch *next;
    Machine *machine;
    Node *directory;
    uint32_t filter;
    bool subtree;
    bool lost; /* more happened than could be kept */
    bool any;
    Buf kept; /* FILE_NOTIFY_INFORMATIONs without the links between them */
};

/* ---- what happened ---- */

/* The name relative to the watched directory; false where it lies elsewhere. */
static bool relative_name(const DiskWatch *w, const Node *directory, const Name *n, Buf *out) {
    if (directory != w->directory) {
        const Name *above = w->subtree ? directory->name : NULL;
        if (!above || !above->directory || !relative_name(w, above->directory, above, out))
            return false;
        buf_byte(out, '\\');
    }
    buf_str(out, n->text);
    return true;
}

static void keep(DiskWatch *w, FsAction action, Span name) {
    Arena a = arena_new(1 << 18);
    Span wide = text_to_utf16(&a, name);
    buf_le(&w->kept, action, 4);
    buf_le(&w->kept, wide.n, 4);
    buf_add(&w->kept, wide);
    arena_reset(&a);
    w->any = true;
    w->lost |= w->kept.full;
}

static void tell(DiskWatch *w, const Node *directory, const Name *name, FsAction action) {
    Buf text = buf_new(KEPT_MAX);
    if (relative_name(w, directory, name, &text)) {
        keep(w, action, buf_span(&text));
        w->machine->changed = true;
    }
    buf_free(&text);
}

void disk_changed(void *machine, Node *directory, const Name *name, FsAction action,
                  uint32_t filter) {
    for (DiskWatch *w = ((Machine *)machine)->watches; w; w = w->next)
        if (w->filter & filter) tell(w, directory, name, action);
}

/* ---- the requests ---- */

static DiskWatch *watch_new(DiskFile *d, const Io *io) {
    Machine *m = d->file.object.machine;
    DiskWatch *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    *w = (DiskWatch){.next = m->watches, .machine = m, .directory = d->handle.node};
    w->filter = io->code;
    w->subtree = io->offset;
    w->kept = buf_new(KEPT_MAX);
    return m->watches = w;
}

void disk_watch_free(DiskFile *d) {
    DiskWatch **at = d->watch ? &d->watch->machine->watches : NULL;
    if (!at) return;
    while (*at != d->watch) at = &(*at)->next;
    *at = d->watch->next;
    buf_free(&d->watch->kept);
    free(d->watch);
    d->watch = NULL;
}

/* Entries one behind the other at multiples of 4; false where they do not fit. */
static bool lay_out(Cur kept, Buf *out) {
    size_t last = 0;
    while (cur_left(&kept)) {
        uint64_t action = cur_u32le(&kept), length = cur_u32le(&kept);
        Span name = cur_take(&kept, length);
        while (out->n % 4) buf_byte(out, 0);
        if (out->n && !out->full)
            for (unsigned i = 0; i < 4; i++) out->p[last + i] = (uint8_t)((out->n - last) >> 8 * i);
        last = out->n;
        buf_le(out, 0, 4);
        buf_le(out, action, 4);
        buf_le(out, length, 4);
        buf_add(out, name);
    }
    return !out->full;
}

static uint32_t deliver(DiskWatch *w, Io *io) {
    Buf out = buf_new(io->output_size);
    bool fits = !w->lost && lay_out(cur(buf_span(&w->kept)), &out);
    bool good = !fits || io_put(io, 0, out.p, out.n);
    if (fits) io->information = out.n;
    buf_free(&out);
    buf_clear(&w->kept);
    w->any = w->lost = false;
    if (!good) return STATUS_ACCESS_VIOLATION;
    return fits ? STATUS_SUCCESS : STATUS_NOTIFY_ENUM_DIR;
}

/* The first request's filter stays the handle's. */
uint32_t disk_notify(File *f, Io *io) {
    DiskFile *d = (DiskFile *)f;
    if (!node_is_directory(d->handle.node)) return STATUS_INVALID_PARAMETER;
    if (!d->watch) d->watch = watch_new(d, io);
    if (!d->watch) return STATUS_NO_MEMORY;
    return d->watch->any ? deliver(d->watch, io) : STATUS_PENDING;
}
