/* Volumes: what is told of them through any of their files. */
#include "guest/nt/volume.h"
#include "base/text.h"
#include "guest/ask.h"
#include "guest/device/disk.h"

enum { SECTOR = 512, UNIT = 4096 };

/* A volume and who asks. */
typedef struct {
    const Volume *volume;
    Sys *s;
} Asked;

static uint64_t drive_number(const Asked *a, FactId id) {
    return (uint64_t)ask_item_number(a->s->machine, a->volume->drive, id, 0);
}

static const char *drive_text(const Asked *a, FactId id) {
    return ask_item_text(a->s->machine, a->volume->drive, id);
}

static bool is_type(const Asked *a, const char *type) {
    const char *t = drive_text(a, FACT_drive);
    return t && !strcmp(t, type);
}

/* A text behind its length; cut where the buffer ends. */
static uint32_t put_tail(Fields *out, Span text) {
    uint64_t used = fields_used(out), room = out->room > used ? out->room - used : 0;
    put_bytes(out, span_clip(text, 0, room));
    return text.n > room ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static uint32_t put_volume(const Asked *a, Fields *out) {
    Span label = text_to_utf16(a->s->scratch, span_str(drive_text(a, FACT_drive_label)));
    put_u64(out, a->volume->created);
    put_u32(out, (uint32_t)drive_number(a, FACT_drive_serial));
    put_u32(out, (uint32_t)label.n);
    put_u8(out, a->volume->fixed); /* supports objects */
    put_u8(out, 0);
    return put_tail(out, label);
}

static void put_size(const Asked *a, Fields *out, bool full) {
    uint64_t available = drive_number(a, FACT_drive_free) / UNIT;
    put_u64(out, drive_number(a, FACT_drive_size) / UNIT);
    put_u64(out, available);
    if (full) put_u64(out, available);
    put_u32(out, UNIT / SECTOR);
    put_u32(out, SECTOR);
}

/* The file systems' device types, which Wine's GetDriveType asks for; Windows says
 * FILE_DEVICE_DISK. */
static uint32_t device_type(const Asked *a) {
    enum {
        CD_ROM_FILE_SYSTEM = 3,
        DISK_FILE_SYSTEM = 8,
        NETWORK_FILE_SYSTEM = 0x14,
        VIRTUAL_DISK = 0x24
    };
    if (a->volume->read_only) return CD_ROM_FILE_SYSTEM;
    if (is_type(a, "network")) return NETWORK_FILE_SYSTEM;
    return is_type(a, "ram") ? VIRTUAL_DISK : DISK_FILE_SYSTEM;
}

static void put_device(const Asked *a, Fields *out) {
    enum { REMOVABLE = 1, READ_ONLY = 2, REMOTE = 0x10, MOUNTED = 0x20 };
    uint32_t how = MOUNTED | (a->volume->read_only ? READ_ONLY : 0u);
    if (is_type(a, "removable") || a->volume->read_only) how |= REMOVABLE;
    if (is_type(a, "network")) how |= REMOTE;
    put_u32(out, device_type(a));
    put_u32(out, how);
}

/* What NTFS of Windows 10, and FAT, say that they can. */
static uint32_t put_attributes(const Asked *a, Fields *out) {
    enum { NTFS = 0x03e72eff, FAT = 0x00020206, READ_ONLY = 0x00080000 };
    const char *name = drive_text(a, FACT_drive_filesystem);
    Span text = text_to_utf16(a->s->scratch, span_str(name));
    uint32_t can = strcmp(name, "NTFS") ? FAT : NTFS;
    put_u32(out, can | (a->volume->read_only ? READ_ONLY : 0u));
    put_u32(out, 255);
    put_u32(out, (uint32_t)text.n);
    return put_tail(out, text);
}

static void put_object_id(const Asked *a, Fields *out) {
    put_u64(out, drive_number(a, FACT_drive_serial));
    put_u64(out, (uint64_t)a->volume->letter);
    for (int i = 0; i < 6; i++) put_u64(out, 0);
}

static void put_sectors(Fields *out) {
    for (int i = 0; i < 4; i++) put_u32(out, i == 0 ? SECTOR : UNIT);
    put_u32(out, 3); /* aligned device and partition */
    put_u32(out, 0);
    put_u32(out, 0);
}

uint32_t volume_query(const Volume *v, Sys *s, uint32_t class, Fields *out) {
    const Asked a = {v, s};
    switch (class) {
    case FileFsVolumeInformation: return put_volume(&a, out);
    case FileFsSizeInformation: put_size(&a, out, false); break;
    case FileFsFullSizeInformation: put_size(&a, out, true); break;
    case FileFsDeviceInformation: put_device(&a, out); break;
    case FileFsAttributeInformation: return put_attributes(&a, out);
    case FileFsObjectIdInformation: put_object_id(&a, out); break;
    case FileFsSectorSizeInformation: put_sectors(out); break;
    default: return STATUS_INVALID_INFO_CLASS;
    }
    return STATUS_SUCCESS;
}

uint32_t disk_query_volume(File *f, Sys *s, uint32_t class, Fields *out) {
    return volume_query(((DiskFile *)f)->handle.node->volume, s, class, out);
}
