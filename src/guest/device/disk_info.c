/* What NtQueryInformationFile tells of files on a volume, and NtSetInformationFile changes
 * ([MS-FSCC] 2.4). */
#include "base/text.h"
#include "guest/ask.h"
#include "guest/device/disk.h"
#include "guest/nt/file_info.h"
#include "guest/nt/section.h"
#include "guest/trace.h"

uint32_t disk_attributes(const Node *n) {
    return n->attributes ? n->attributes : (uint32_t)ATTRIBUTE_NORMAL;
}

static uint64_t size_of(const Node *n) {
    return node_is_directory(n) ? 0 : n->size;
}
static uint64_t allocation_of(const Node *n) {
    return node_is_directory(n) ? 0 : node_allocation(n);
}

static void put_times(Fields *out, const Node *n) {
    put_u64(out, n->created);
    put_u64(out, n->accessed);
    put_u64(out, n->written);
    put_u64(out, n->changed);
}

void disk_put_basic(Fields *out, const Node *n) {
    put_times(out, n);
    put_u32(out, disk_attributes(n));
    put_u32(out, 0); /* alignment */
}

void disk_put_network_open(Fields *out, const Node *n) {
    put_times(out, n);
    put_u64(out, allocation_of(n));
    put_u64(out, size_of(n));
    put_u32(out, disk_attributes(n));
    put_u32(out, 0);
}

/* ---- asking ---- */

static void put_standard(Fields *out, const DiskFile *d) {
    const Node *n = d->handle.node;
    bool doomed = d->handle.name->delete_pending;
    put_u64(out, allocation_of(n));
    put_u64(out, size_of(n));
    put_u32(out, n->links - doomed);
    put_u8(out, doomed);
    put_u8(out, node_is_directory(n));
    put_u16(out, 0);
}

static void put_id128(Fields *out, const Node *n) {
    put_u64(out, n->id);
    put_u64(out, 0);
}

static void put_stat(Fields *out, const DiskFile *d) {
    const Node *n = d->handle.node;
    put_u64(out, n->id);
    put_times(out, n);
    put_u64(out, allocation_of(n));
    put_u64(out, size_of(n));
    put_u32(out, disk_attributes(n));
    put_u32(out, 0);
    put_u32(out, n->links);
    put_u32(out, d->handle.access);
}

static uint32_t put_stream(Fields *out, Arena *a, const Node *n, const char *name, bool last) {
    Span text = text_to_utf16(a, span_str(arena_printf(a, ":%s:$DATA", name)));
    uint32_t length = 24 + (uint32_t)text.n, next = (length + 7) & ~7u;
    if (fields_used(out) + length > out->room) return STATUS_BUFFER_OVERFLOW;
    put_u32(out, last ? 0 : next);
    put_u32(out, (uint32_t)text.n);
    put_u64(out, n->size);
    put_u64(out, node_allocation(n));
    put_bytes(out, text);
    if (!last) fields_align(out, 8);
    return STATUS_SUCCESS;
}

static uint32_t put_streams(Fields *out, Arena *a, const Node *n) {
    if (node_is_directory(n)) return STATUS_SUCCESS;
    uint32_t status = put_stream(out, a, n, "", !n->entry_count);
    for (size_t i = 0; !status && i < n->entry_count; i++)
        status =
            put_stream(out, a, n->entries[i]->node, n->entries[i]->text, i + 1 == n->entry_count);
    return status;
}

static uint32_t put_short_name(Fields *out, Arena *a, Name *name) {
    const char *text = *name_short(name) ? name_short(name) : name->text;
    return file_put_name(out, a, text);
}

static uint32_t put_all(File *f, Sys *s, Fields *out) {
    const DiskFile *d = (DiskFile *)f;
    disk_put_basic(out, d->handle.node);
    put_standard(out, d);
    put_u64(out, d->handle.node->id);
    put_u32(out, 0); /* extended attributes */
    put_u32(out, d->handle.access);
    put_u64(out, f->position);
    put_u32(out, file_mode(f));
    put_u32(out, 0); /* alignment */
    return file_put_name(out, s->scratch, name_volume_path(d->handle.name, s->scratch));
}

uint32_t disk_query(File *f, Sys *s, uint32_t class, Fields *out) {
    DiskFile *d = (DiskFile *)f;
    Node *n = d->handle.node;
    switch (class) {
    case FileBasicInformation: disk_put_basic(out, n); break;
    case FileStandardInformation: put_standard(out, d); break;
    case FileInternalInformation: put_u64(out, n->id); break;
    case FileEaInformation: put_u32(out, 0); break;
    case FileNameInformation:
    case FileNormalizedNameInformation:
        return file_put_name(out, s->scratch, name_volume_path(d->handle.name, s->scratch));
    case FileAllInformation: return put_all(f, s, out);
    case FileAlternateNameInformation: return put_short_name(out, s->scratch, d->handle.name);
    case FileStreamInformation: return put_streams(out, s->scratch, n);
    case FileEndOfFileInformation: put_u64(out, size_of(n)); break;
    case FileAllocationInformation: put_u64(out, allocation_of(n)); break;
    case FileCompressionInformation:
        put_u64(out, size_of(n));
        put_u64(out, 0);
        break;
    case FileNetworkOpenInformation: disk_put_network_open(out, n); break;
    case FileAttributeTagInformation:
        put_u32(out, disk_attributes(n));
        put_u32(out, 0);
        break;
    case FileStandardLinkInformation:
        put_u32(out, n->links);
        put_u32(out, n->links);
        put_u8(out, d->handle.name->delete_pending);
        put_u8(out, node_is_directory(n));
        put_u16(out, 0);
        break;
    case FileIdInformation:
        put_u64(out, (uint64_t)ask_item_number(s->machine, n->volume->drive, FACT_drive_serial, 0));
        put_id128(out, n);
        break;
    case FileStatInformation: put_stat(out, d); break;
    case FileIsRemoteDeviceInformation:
        put_u8(out, *ask_item_text(s->machine, n->volume->drive, FACT_drive_share) != 0);
        break;
    default: return STATUS_INVALID_INFO_CLASS;
    }
    return STATUS_SUCCESS;
}

/* ---- changing ---- */

/* -1 and -2: this handle's operations shall not (shall again) change the time. */
static uint64_t told_time(uint64_t t) {
    return t >= UINT64_MAX - 1 ? 0 : t;
}

static uint32_t set_basic(Node *n, Fields *in) {
    uint64_t times[4];
    for (int i = 0; i < 4; i++) times[i] = told_time(get_u64(in));
    uint32_t attributes = get_u32(in);
    if (in->bad) return STATUS_ACCESS_VIOLATION;
    bool directory = node_is_directory(n);
    if (attributes & ATTRIBUTE_DIRECTORY && !directory) return STATUS_INVALID_PARAMETER;
    if (attributes & ATTRIBUTE_TEMPORARY && directory) return STATUS_INVALID_PARAMETER;
    fs_set_times(n, times[0], times[1], times[2], times[3]);
    if (attributes) fs_set_attributes(n, attributes);
    return STATUS_SUCCESS;
}

static uint32_t set_size(DiskFile *d, uint64_t size, bool only_shrink) {
    Node *n = d->handle.node;
    if (node_is_directory(n)) return STATUS_INVALID_PARAMETER;
    if (only_shrink && size >= n->size) return STATUS_SUCCESS;
    if (size < n->size && section_in_use(n)) return STATUS_USER_MAPPED_FILE;
    d->written |= size != n->size;
    section_sync_file(n);
    uint32_t status = fs_resize(n, size);
    section_content_replaced(n);
    return status;
}

static void tell_deleted(DiskFile *d, Sys *s) {
    trace_event(s->machine, s->thread, EV_file_delete,
                {EF_TargetFilename, name_path(d->handle.name, s->scratch)});
}

enum {
    DISPOSITION_DELETE = 1,
    DISPOSITION_POSIX = 2,
    DISPOSITION_ON_CLOSE = 8,
    DISPOSITION_IGNORE_READONLY = 0x10,
};

static uint32_t set_disposition(DiskFile *d, Sys *s, uint32_t flags) {
    if (flags & DISPOSITION_DELETE && section_image_in_use(d->handle.node))
        return STATUS_CANNOT_DELETE;
    bool doomed = flags & DISPOSITION_DELETE, now = flags & DISPOSITION_POSIX;
    if (flags & DISPOSITION_ON_CLOSE) {
        d->handle.delete_on_close = doomed;
        return STATUS_SUCCESS;
    }
    uint32_t status =
        fs_delete(s->machine->fs, &d->handle, doomed, now, flags & DISPOSITION_IGNORE_READONLY);
    if (!status && doomed && now) tell_deleted(d, s);
    return status;
}

/* FILE_RENAME_INFORMATION and FILE_LINK_INFORMATION. */
typedef struct {
    uint32_t flags;
    FsPath to;
} NewName;

enum { REPLACE_IF_EXISTS = 1, IGNORE_READONLY = 0x40 };

/* A bare name stays in the file's directory. */
static uint32_t walk_new_name(DiskFile *d, Sys *s, uint64_t root, const char *text, FsPath *to) {
    FileOpen how = {.path = text};
    if (root) {
        uint32_t status = file_of_handle(s->process, root, &how.root, NULL);
        if (status) return status;
        how.path = arena_printf(s->scratch, "%s\\%s", how.root->path, text);
    } else if (text[0] != '\\') {
        const Name *above = d->handle.name->directory ? d->handle.name->directory->name : NULL;
        if (!above) return STATUS_INVALID_PARAMETER;
        how.path = arena_printf(s->scratch, "%s\\%s", name_device_path(above, s->scratch), text);
    } else {
        how.path = fs_device_path(s->machine->fs, s->scratch, text);
    }
    return how.path ? disk_walk(s, &how, to) : STATUS_OBJECT_NAME_INVALID;
}

static uint32_t read_new_name(DiskFile *d, Sys *s, Fields *in, bool extended, NewName *out) {
    out->flags = extended ? get_u32(in) : get_u8(in) ? REPLACE_IF_EXISTS : 0u;
    uint64_t root = get_pointer(in);
    uint32_t length = get_u32(in);
    if (in->bad) return STATUS_ACCESS_VIOLATION;
    if (!length || length > in->room || fields_used(in) > in->room - length)
        return STATUS_INVALID_PARAMETER;
    char *text = guest_text16(s->process, s->scratch, in->at, length);
    return text ? walk_new_name(d, s, root, text, &out->to) : STATUS_ACCESS_VIOLATION;
}

static uint32_t set_name(DiskFile *d, Sys *s, Fields *in, bool extended) {
    NewName new;
    uint32_t status = read_new_name(d, s, in, extended, &new);
    if (status) return status;
    if (new.to.name && section_image_in_use(new.to.name->node)) return STATUS_ACCESS_DENIED;
    if (!disk_may_change(s, new.to.directory, node_is_directory(d->handle.node)))
        return STATUS_ACCESS_DENIED;
    char *from = name_path(d->handle.name, s->scratch);
    status = fs_rename(s->machine->fs, &d->handle, &new.to, new.flags &REPLACE_IF_EXISTS,
                       new.flags &IGNORE_READONLY);
    if (status) return status;
    trace_event(s->machine, s->thread, EV_file_rename, {EF_SourceFilename, from},
                {EF_TargetFilename, name_path(d->handle.name, s->scratch)});
    return STATUS_SUCCESS;
}

static uint32_t set_link(DiskFile *d, Sys *s, Fields *in, bool extended) {
    NewName new;
    uint32_t status = read_new_name(d, s, in, extended, &new);
    if (!status && !disk_may_change(s, new.to.directory, false)) status = STATUS_ACCESS_DENIED;
    if (!status)
        status = fs_link(s->machine->fs, &d->handle, &new.to, new.flags &REPLACE_IF_EXISTS);
    if (!status && d->handle.node->name)
        trace_event(s->machine, s->thread, EV_file_event,
                    {EF_TargetFilename, name_path(d->handle.node->name, s->scratch)},
                    {EF_Operation, "hard link"});
    return status;
}

uint32_t disk_set(File *f, Sys *s, uint32_t class, Fields *in) {
    DiskFile *d = (DiskFile *)f;
    switch (class) {
    case FileBasicInformation: return set_basic(d->handle.node, in);
    case FileEndOfFileInformation: return set_size(d, get_u64(in), false);
    case FileAllocationInformation: return set_size(d, get_u64(in), true);
    case FileValidDataLengthInformation:
        return get_u64(in) > d->handle.node->size ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
    case FileDispositionInformation: return set_disposition(d, s, get_u8(in) != 0);
    case FileDispositionInformationEx: return set_disposition(d, s, get_u32(in));
    case FileRenameInformation: return set_name(d, s, in, false);
    case FileRenameInformationEx: return set_name(d, s, in, true);
    case FileLinkInformation: return set_link(d, s, in, false);
    case FileLinkInformationEx: return set_link(d, s, in, true);
    default: return STATUS_INVALID_INFO_CLASS;
    }
}
