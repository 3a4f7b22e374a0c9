/* NtQueryInformationFile, NtSetInformationFile, and the questions about a path without a handle
 * ([MS-FSCC] 2.4; what is the same for all kinds of files is answered here). */
#include "guest/nt/file_info.h"
#include "base/text.h"
#include "guest/device/disk.h"
#include "guest/nt/completion.h"

uint32_t file_mode(const File *f) {
    enum {
        KEPT = FILE_WRITE_THROUGH | FILE_SEQUENTIAL_ONLY | FILE_NO_INTERMEDIATE_BUFFERING |
               FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT
    };
    return f->options & KEPT;
}

uint32_t file_put_name(Fields *out, Arena *a, const char *name) {
    Span text = text_to_utf16(a, span_str(name ? name : ""));
    put_u32(out, (uint32_t)text.n);
    uint64_t used = fields_used(out), room = out->room > used ? out->room - used : 0;
    put_bytes(out, span_clip(text, 0, room));
    return text.n > room ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

/* ---- sizes ---- */

typedef struct {
    uint32_t class, size; /* the least that the buffer must have */
} ClassSize;

static const ClassSize query_sizes[] = {
    {FileBasicInformation, 40},
    {FileStandardInformation, 24},
    {FileInternalInformation, 8},
    {FileEaInformation, 4},
    {FileAccessInformation, 4},
    {FileNameInformation, 8},
    {FilePositionInformation, 8},
    {FileModeInformation, 4},
    {FileAlignmentInformation, 4},
    {FileAllInformation, 104},
    {FileAllocationInformation, 8},
    {FileEndOfFileInformation, 8},
    {FileAlternateNameInformation, 8},
    {FileStreamInformation, 24},
    {FilePipeInformation, 8},
    {FilePipeLocalInformation, 40},
    {FileMailslotQueryInformation, 24},
    {FileCompressionInformation, 16},
    {FileNetworkOpenInformation, 56},
    {FileAttributeTagInformation, 8},
    {FileIoCompletionNotificationInformation, 4},
    {FileIoPriorityHintInformation, 4},
    {FileNormalizedNameInformation, 8},
    {FileIsRemoteDeviceInformation, 1},
    {FileStandardLinkInformation, 12},
    {FileIdInformation, 24},
    {FileStatInformation, 72},
    {0, 0},
};

static const ClassSize set_sizes[] = {
    {FileBasicInformation, 40},
    {FileRenameInformation, 16},
    {FileLinkInformation, 16},
    {FileDispositionInformation, 1},
    {FilePositionInformation, 8},
    {FileModeInformation, 4},
    {FileAllocationInformation, 8},
    {FileEndOfFileInformation, 8},
    {FilePipeInformation, 8},
    {FileMailslotSetInformation, 8},
    {FileCompletionInformation, 8},
    {FileValidDataLengthInformation, 8},
    {FileIoCompletionNotificationInformation, 4},
    {FileIoPriorityHintInformation, 4},
    {FileDispositionInformationEx, 4},
    {FileRenameInformationEx, 16},
    {FileLinkInformationEx, 16},
    {0, 0},
};

static uint32_t check_size(const ClassSize *sizes, uint32_t class, uint64_t length) {
    for (; sizes->class; sizes++)
        if (sizes->class == class)
            return length < sizes->size ? STATUS_INFO_LENGTH_MISMATCH : STATUS_SUCCESS;
    return STATUS_INVALID_INFO_CLASS;
}

/* ---- asking ---- */

static uint32_t query_any(File *f, Sys *s, uint32_t class, uint32_t access, Fields *out) {
    switch (class) {
    case FileAccessInformation: put_u32(out, access); break;
    case FilePositionInformation: put_u64(out, f->position); break;
    case FileModeInformation: put_u32(out, file_mode(f)); break;
    case FileAlignmentInformation: put_u32(out, 0); break;
    case FileIoCompletionNotificationInformation: put_u32(out, f->port_flags); break;
    case FileIoPriorityHintInformation: put_u32(out, 2); break; /* IoPriorityNormal */
    default: return f->ops->query ? f->ops->query(f, s, class, out) : STATUS_INVALID_INFO_CLASS;
    }
    return STATUS_SUCCESS;
}

static uint64_t nt_query_information_file(Sys *s) {
    File *f;
    uint32_t access, class = (uint32_t)s->arg[4], length = (uint32_t)s->arg[3];
    uint32_t status = check_size(query_sizes, class, length);
    if (!status) status = file_of_handle(s->process, s->arg[0], &f, &access);
    if (status) return status;
    Fields out = fields_in(s->process, s->arg[2], length);
    status = query_any(f, s, class, access, &out);
    if (out.bad) return STATUS_ACCESS_VIOLATION;
    uint64_t used = fields_used(&out) < length ? fields_used(&out) : length;
    if (!NT_ERROR(status)) sys_io_status(s, s->arg[1], status, used);
    return status;
}

/* ---- changing ---- */

static uint32_t set_completion(File *f, Sys *s, Fields *in) {
    Object *port;
    uint64_t handle = get_pointer(in), key = get_pointer(in);
    if (in->bad) return STATUS_ACCESS_VIOLATION;
    uint32_t status = handle_object(s->process, handle, &completion_type, &port);
    if (status) return status;
    if (f->port || f->synchronous) return STATUS_INVALID_PARAMETER;
    object_hold(port);
    f->port = port;
    f->port_key = key;
    return STATUS_SUCCESS;
}

static uint32_t set_position(File *f, Fields *in) {
    uint64_t position = get_u64(in);
    if (position > INT64_MAX) return STATUS_INVALID_PARAMETER;
    f->position = position;
    return STATUS_SUCCESS;
}

static uint32_t set_any(File *f, Sys *s, uint32_t class, Fields *in) {
    switch (class) {
    case FilePositionInformation: return set_position(f, in);
    case FileCompletionInformation: return set_completion(f, s, in);
    case FileIoCompletionNotificationInformation:
        f->port_flags |= get_u32(in) & 7;
        return STATUS_SUCCESS;
    case FileModeInformation:
    case FileIoPriorityHintInformation: return STATUS_SUCCESS;
    default: return f->ops->set ? f->ops->set(f, s, class, in) : STATUS_INVALID_INFO_CLASS;
    }
}

/* What the handle must have been granted for a change. Attributes may be set through any: Wine's
 * SetFileAttributes opens for SYNCHRONIZE alone. */
static uint32_t needed_access(uint32_t class) {
    switch (class) {
    case FileEndOfFileInformation:
    case FileAllocationInformation:
    case FileValidDataLengthInformation: return FILE_WRITE_DATA;
    case FileDispositionInformation:
    case FileDispositionInformationEx:
    case FileRenameInformation:
    case FileRenameInformationEx: return ACCESS_DELETE;
    default: return 0;
    }
}

static uint64_t nt_set_information_file(Sys *s) {
    File *f;
    uint32_t access, class = (uint32_t)s->arg[4], length = (uint32_t)s->arg[3];
    uint32_t status = check_size(set_sizes, class, length);
    if (!status) status = file_of_handle(s->process, s->arg[0], &f, &access);
    if (!status && needed_access(class) & ~access) status = STATUS_ACCESS_DENIED;
    if (status) return status;
    Fields in = fields_in(s->process, s->arg[2], length);
    status = set_any(f, s, class, &in);
    if (in.bad) return STATUS_ACCESS_VIOLATION;
    if (!NT_ERROR(status)) sys_io_status(s, s->arg[1], status, 0);
    return status;
}

/* ---- by path ---- */

/* The node that OBJECT_ATTRIBUTES name. Devices have no attributes that anybody asks for. */
static uint32_t find_node(Sys *s, Node **out) {
    ObjectAttributes a;
    FileOpen how = {.disposition = FILE_OPEN};
    FsPath path;
    uint32_t status = sys_object_attributes(s, s->arg[0], &a);
    if (!status) status = file_locate(s, &a, &how);
    if (status) return status;
    if (!fs_on_volume(s->machine->fs, how.path)) return STATUS_INVALID_DEVICE_REQUEST;
    status = disk_walk(s, &how, &path);
    if (status) return status;
    if (path.raw) return STATUS_INVALID_DEVICE_REQUEST;
    Name *n = path.name && path.stream.n ? node_entry(path.name->node, path.stream) : path.name;
    if (!n) return STATUS_OBJECT_NAME_NOT_FOUND;
    if (n->delete_pending) return STATUS_DELETE_PENDING;
    *out = n->node;
    return STATUS_SUCCESS;
}

static uint64_t query_path(Sys *s, uint64_t address, void (*put)(Fields *, const Node *)) {
    Node *n;
    uint32_t status = find_node(s, &n);
    if (status) return status;
    Fields out = fields(s->process, address);
    put(&out, n);
    return out.bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

static uint64_t nt_query_attributes_file(Sys *s) {
    return query_path(s, s->arg[1], disk_put_basic);
}

static uint64_t nt_query_full_attributes_file(Sys *s) {
    return query_path(s, s->arg[1], disk_put_network_open);
}

/* (attributes, status block, information, length, class) */
static uint64_t nt_query_information_by_name(Sys *s) {
    Node *n;
    if ((uint32_t)s->arg[4] != FileStatInformation) return STATUS_INVALID_INFO_CLASS;
    if ((uint32_t)s->arg[3] < 72) return STATUS_INFO_LENGTH_MISMATCH;
    uint32_t status = find_node(s, &n);
    if (status) return status;
    Fields out = fields(s->process, s->arg[2]);
    DiskFile named = {.handle = {.node = n}};
    disk_query(&named.file, s, FileStatInformation, &out);
    sys_io_status(s, s->arg[1], STATUS_SUCCESS, fields_used(&out));
    return out.bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

const SysRow nt_file_info_rows[] = {
    {"NtQueryInformationFile", 5, nt_query_information_file},
    {"NtSetInformationFile", 5, nt_set_information_file},
    {"NtQueryAttributesFile", 2, nt_query_attributes_file},
    {"NtQueryFullAttributesFile", 2, nt_query_full_attributes_file},
    {"NtQueryInformationByName", 5, nt_query_information_by_name},
    {NULL, 0, NULL},
};
