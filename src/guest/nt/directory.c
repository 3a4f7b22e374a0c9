/* NtQueryDirectoryFile and NtQueryDirectoryFileEx ([MS-FSCC] 2.4, the directory classes). */
#include "base/text.h"
#include "guest/device/disk.h"
#include "guest/nt/file_info.h"
#include <stdlib.h>

/* Where the parts of an entry lie; 0: it has none. */
typedef struct {
    uint32_t class, name_length, ea, short_name, id, name;
} Layout;

static const Layout layouts[] = {
    {FileDirectoryInformation, 60, 0, 0, 0, 64},
    {FileFullDirectoryInformation, 60, 64, 0, 0, 68},
    {FileBothDirectoryInformation, 60, 64, 68, 0, 94},
    {FileNamesInformation, 8, 0, 0, 0, 12},
    {FileIdBothDirectoryInformation, 60, 64, 68, 96, 104},
    {FileIdFullDirectoryInformation, 60, 64, 0, 72, 80},
    {FileIdGlobalTxDirectoryInformation, 60, 0, 0, 64, 92},
    {FileIdExtdDirectoryInformation, 60, 64, 0, 72, 88},
    {FileIdExtdBothDirectoryInformation, 60, 64, 88, 72, 114},
};

static const Layout *layout_of(uint32_t class) {
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
        if (layouts[i].class == class) return &layouts[i];
    return NULL;
}

typedef struct {
    const char *text; /* as it is listed: also . and .. */
    const char *short_name;
    const Node *node;
} Entry;

static void put_le(uint8_t *p, uint64_t v, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++) p[i] = (uint8_t)(v >> 8 * i);
}

static void fill_common(uint8_t *raw, const Node *n) {
    const uint64_t fields[] = {n->created, n->accessed,
                               n->written, n->changed,
                               n->size,    node_is_directory(n) ? 0 : node_allocation(n)};
    for (unsigned i = 0; i < 6; i++) put_le(raw + 8 + 8 * i, fields[i], 8);
    put_le(raw + 56, disk_attributes(n), 4);
}

static void fill_short(uint8_t *raw, Arena *a, const char *text) {
    Span wide = text_to_utf16(a, span_str(text));
    raw[0] = (uint8_t)wide.n;
    if (wide.n) memcpy(raw + 2, wide.p, wide.n);
}

/* The entry without its name. */
static void fill(uint8_t *raw, const Layout *l, Arena *a, const Entry *e, size_t name_bytes) {
    if (l->class != FileNamesInformation) fill_common(raw, e->node);
    put_le(raw + l->name_length, name_bytes, 4);
    if (l->short_name) fill_short(raw + l->short_name, a, e->short_name);
    if (l->id) put_le(raw + l->id, e->node->id, 8);
}

/* ---- which entries ---- */

static bool wanted(const DiskFile *d, const Entry *e) {
    return fs_match(d->pattern, e->text) || (*e->short_name && fs_match(d->pattern, e->short_name));
}

/* . and .. come first, except in a root. */
static bool next_dots(DiskFile *d, unsigned *dots, Entry *e) {
    const Node *self = d->handle.node;
    const Node *above = self->name ? self->name->directory : NULL;
    if (!above || *dots >= 2) return false;
    *e = (Entry){*dots ? ".." : ".", "", *dots ? above : self};
    ++*dots;
    return true;
}

static bool next_entry(const DiskFile *d, const char *last, Entry *e) {
    Name *n = node_entry_after(d->handle.node, last);
    if (!n) return false;
    *e = (Entry){n->text, name_short(n), n->node};
    return true;
}

/* How far an enumeration is. */
typedef struct {
    unsigned dots;
    const char *last;
} Place;

static bool find_next(DiskFile *d, Place *at, Entry *e) {
    while (next_dots(d, &at->dots, e))
        if (wanted(d, e)) return true;
    while (next_entry(d, at->last, e)) {
        at->last = e->text;
        if (wanted(d, e)) return true;
    }
    return false;
}

static bool keep_place(DiskFile *d, const Place *at) {
    d->dots_done = at->dots;
    if (!at->last || at->last == d->last) return true;
    char *copy = strdup(at->last);
    free(d->last);
    d->last = copy;
    return copy;
}

/* ---- the call ---- */

typedef struct {
    DiskFile *disk;
    const Layout *layout;
    uint64_t buffer, length, used, previous; /* previous: where the last entry begins */
    unsigned count;
} Listing;

/* An entry at the next multiple of 8; only the first one may be cut. */
static uint32_t put_entry(Sys *s, Listing *l, const Entry *e) {
    uint64_t at = (l->used + 7) & ~UINT64_C(7);
    Span name = text_to_utf16(s->scratch, span_str(e->text));
    uint64_t room = at < l->length ? l->length - at : 0;
    if (room < l->layout->name || (l->count && room - l->layout->name < name.n))
        return STATUS_MORE_ENTRIES;
    uint8_t raw[128] = {0};
    fill(raw, l->layout, s->scratch, e, name.n);
    Span fits = span_clip(name, 0, room - l->layout->name);
    bool good =
        guest_write(s->process, l->buffer + at, raw, l->layout->name) &&
        (!fits.n || guest_write(s->process, l->buffer + at + l->layout->name, fits.p, fits.n));
    if (good && l->count)
        good = guest_put_u32(s->process, l->buffer + l->previous, (uint32_t)(at - l->previous));
    if (!good) return STATUS_ACCESS_VIOLATION;
    l->previous = at;
    l->used = at + l->layout->name + fits.n;
    l->count++;
    return fits.n < name.n ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static uint32_t list(Sys *s, Listing *l, bool single) {
    DiskFile *d = l->disk;
    Place at = {d->dots_done, d->last}, ahead = at;
    Entry e;
    uint32_t status = STATUS_SUCCESS;
    while (!status && !(single && l->count) && find_next(d, &ahead, &e)) {
        status = put_entry(s, l, &e);
        if (status != STATUS_SUCCESS && status != STATUS_BUFFER_OVERFLOW) continue;
        at = ahead;
        disk_ask_entry(s, d->handle.name, e.text, e.node);
    }
    if (!keep_place(d, &at)) return STATUS_NO_MEMORY;
    if (status == STATUS_MORE_ENTRIES) return l->count ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
    if (status) return status;
    return l->count ? STATUS_SUCCESS : STATUS_NO_MORE_FILES;
}

/* FindFirstFile of Windows turns its wildcards into those of DOS before it asks; Wine's hands them
 * down as they are. (*.* is everything, ? may be nothing at the end, a dot before a wildcard too.)
 */
static void make_dos_wildcards(char *mask) {
    if (strpbrk(mask, "<>\"")) return;
    if (!strcmp(mask, "*.*")) mask[1] = 0;
    for (size_t i = 0; mask[i]; i++) {
        if (i && mask[i] == '.' && mask[i - 1] == '*') mask[i - 1] = '<';
        if (mask[i] != '?' && mask[i] != '*') continue;
        if (mask[i] == '?') mask[i] = '>';
        if (i && mask[i - 1] == '.') mask[i - 1] = '"';
    }
}

/* The first call of a handle says what it is looking for; later ones may not change it. */
static uint32_t begin(Sys *s, DiskFile *d, uint64_t mask, bool restart, bool *first) {
    *first = !d->pattern;
    if (restart) {
        free(d->last);
        d->last = NULL;
        d->dots_done = 0;
    }
    if (d->pattern) return STATUS_SUCCESS;
    char *text = mask ? guest_unicode_string(s->process, s->scratch, mask) : NULL;
    if (mask && !text) return STATUS_ACCESS_VIOLATION;
    d->pattern = strdup(text && *text ? text : "*");
    if (d->pattern) make_dos_wildcards(d->pattern);
    return d->pattern ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

typedef struct {
    uint32_t class;
    bool single, restart;
    uint64_t mask;
} Query;

static uint32_t query(Sys *s, const Query *q, uint64_t *used) {
    File *f;
    uint32_t access, status = file_of_handle(s->process, s->arg[0], &f, &access);
    Listing l = {.layout = layout_of(q->class), .buffer = s->arg[5], .length = (uint32_t)s->arg[6]};
    if (status) return status;
    if (!(access & FILE_READ_DATA)) return STATUS_ACCESS_DENIED;
    if (!l.layout) return STATUS_INVALID_INFO_CLASS;
    if (l.length < ((l.layout->name + 2 + 7) & ~7u)) return STATUS_INFO_LENGTH_MISMATCH;
    l.disk = disk_file(f);
    if (!l.disk || !node_is_directory(l.disk->handle.node)) return STATUS_INVALID_PARAMETER;
    bool first;
    status = begin(s, l.disk, q->mask, q->restart, &first);
    if (!status) status = list(s, &l, q->single);
    *used = l.used;
    if (status == STATUS_NO_MORE_FILES && first)
        disk_ask_entry(s, l.disk->handle.name, l.disk->pattern, NULL);
    return status == STATUS_NO_MORE_FILES && first ? STATUS_NO_SUCH_FILE : status;
}

/* It ends at once, but an event, an APC or a port may still want to hear of it. */
static uint64_t answer(Sys *s, const Query *q) {
    uint64_t used = 0;
    uint32_t status = query(s, q, &used);
    File *f;
    Io *io;
    if (NT_ERROR(status)) return status;
    if (!s->arg[1] && !s->arg[2]) {
        sys_io_status(s, s->arg[4], status, used);
        return status;
    }
    uint32_t made = file_of_handle(s->process, s->arg[0], &f, NULL);
    if (!made) made = io_new(s, f, IO_READ, &io);
    if (made) return made;
    io->information = used;
    return io_finish(io, status);
}

/* (file, event, apc, context, status block, buffer, length, class, single, mask, restart) */
static uint64_t nt_query_directory_file(Sys *s) {
    Query q = {(uint32_t)s->arg[7], (uint8_t)s->arg[8], (uint8_t)s->arg[10], s->arg[9]};
    return answer(s, &q);
}

/* (..., class, flags, mask) */
static uint64_t nt_query_directory_file_ex(Sys *s) {
    enum { RESTART = 1, SINGLE = 2 };
    Query q = {(uint32_t)s->arg[7], s->arg[8] & SINGLE, s->arg[8] & RESTART, s->arg[9]};
    return answer(s, &q);
}

const SysRow nt_directory_rows[] = {
    {"NtQueryDirectoryFile", 11, nt_query_directory_file},
    {"NtQueryDirectoryFileEx", 10, nt_query_directory_file_ex},
    {NULL, 0, NULL},
};
