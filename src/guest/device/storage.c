/* Controls of disks (ntddstor.h, ntdddisk.h): what programs ask to know the hardware. */
#include "guest/device/storage.h"
#include "guest/ask.h"
#include "base/buf.h"

enum {
    IOCTL_DISK_GET_DRIVE_GEOMETRY = 0x70000,
    IOCTL_DISK_GET_DRIVE_GEOMETRY_EX = 0x700a0,
    IOCTL_DISK_GET_LENGTH_INFO = 0x7405c,
    IOCTL_DISK_IS_WRITABLE = 0x70024,
    IOCTL_STORAGE_CHECK_VERIFY = 0x2d4800,
    IOCTL_STORAGE_CHECK_VERIFY2 = 0x2d0800,
    IOCTL_STORAGE_GET_DEVICE_NUMBER = 0x2d1080,
    IOCTL_STORAGE_QUERY_PROPERTY = 0x2d1400,
    IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS = 0x560000,
};

enum { SECTOR = 512, SECTORS_PER_TRACK = 63, TRACKS_PER_CYLINDER = 255, FIXED_MEDIA = 12 };

/* What does not fit is cut, where the structure's fixed part fits. */
static uint32_t answer(Io *io, Buf *b, size_t least) {
    size_t n = b->n < io->output_size ? b->n : (size_t)io->output_size;
    uint32_t status = STATUS_SUCCESS;
    if (io->output_size < least) status = STATUS_BUFFER_TOO_SMALL;
    else if (!io_put(io, 0, b->p, n)) status = STATUS_ACCESS_VIOLATION;
    else io->information = n;
    buf_free(b);
    return status;
}

/* DISK_GEOMETRY, and behind it the size in DISK_GEOMETRY_EX. */
static uint32_t geometry(Io *io, uint64_t size, bool extended) {
    Buf b = buf_new(64);
    buf_le(&b, size / SECTOR / SECTORS_PER_TRACK / TRACKS_PER_CYLINDER, 8);
    buf_le(&b, FIXED_MEDIA, 4);
    buf_le(&b, TRACKS_PER_CYLINDER, 4);
    buf_le(&b, SECTORS_PER_TRACK, 4);
    buf_le(&b, SECTOR, 4);
    if (extended) buf_le(&b, size, 8);
    return answer(io, &b, extended ? 32 : 24);
}

static uint32_t length_info(Io *io, uint64_t size) {
    Buf b = buf_new(8);
    buf_le(&b, size, 8);
    return answer(io, &b, 8);
}

/* STORAGE_DEVICE_NUMBER: disk 0; 0 is the whole of it, a volume lies on a partition. */
static uint32_t device_number(Io *io, bool whole) {
    Buf b = buf_new(12);
    buf_le(&b, FILE_DEVICE_DISK, 4);
    buf_le(&b, 0, 4);
    buf_le(&b, whole ? 0 : 2, 4);
    return answer(io, &b, 12);
}

static uint32_t extents(Io *io, uint64_t start, uint64_t size) {
    Buf b = buf_new(32);
    buf_le(&b, 1, 4);
    buf_le(&b, 0, 4);
    buf_le(&b, 0, 8); /* disk 0 */
    buf_le(&b, start, 8);
    buf_le(&b, size, 8);
    return answer(io, &b, 32);
}

static void add_text(Buf *b, const char *text) {
    buf_str(b, text ? text : "");
    buf_byte(b, 0);
}

/* STORAGE_DEVICE_DESCRIPTOR: fixed part of 36 bytes, then model and serial number. */
static uint32_t descriptor(Io *io, const WorldItem *drive) {
    enum { FIXED = 36, BUS_SATA = 11, BUS_USB = 7 };
    const Machine *m = io->file->object.machine;
    const char *model = ask_item_text(m, drive, FACT_drive_model),
               *serial = ask_item_text(m, drive, FACT_drive_disk_serial);
    const char *type = ask_item_text(m, drive, FACT_drive);
    bool removable = type && !strcmp(type, "removable");
    size_t model_at = FIXED, serial_at = FIXED + (model ? strlen(model) : 0) + 1;
    Buf b = buf_new(4096);
    buf_le(&b, FIXED + 4, 4);
    buf_le(&b, serial_at + (serial ? strlen(serial) : 0) + 1, 4);
    buf_le(&b, 0, 2); /* direct access device */
    buf_byte(&b, removable);
    buf_byte(&b, 1); /* command queueing */
    buf_le(&b, 0, 4);
    buf_le(&b, model_at, 4);
    buf_le(&b, 0, 4);
    buf_le(&b, serial_at, 4);
    buf_le(&b, removable ? BUS_USB : BUS_SATA, 4);
    buf_le(&b, 0, 4);
    add_text(&b, model);
    add_text(&b, serial);
    return answer(io, &b, 8);
}

/* STORAGE_PROPERTY_QUERY: only the device itself is known. */
static uint32_t query_property(Io *io, const WorldItem *drive) {
    uint8_t raw[8];
    if (!io_get(io, 0, raw, sizeof raw)) return STATUS_INVALID_PARAMETER;
    Cur c = cur(span(raw, sizeof raw));
    uint32_t property = cur_u32le(&c), query = cur_u32le(&c);
    if (property) return STATUS_NOT_SUPPORTED;
    return query ? STATUS_SUCCESS : descriptor(io, drive);
}

uint32_t storage_control(Io *io, const WorldItem *drive, uint64_t start, uint64_t size) {
    bool sized = io->code == IOCTL_DISK_GET_DRIVE_GEOMETRY ||
                 io->code == IOCTL_DISK_GET_DRIVE_GEOMETRY_EX ||
                 io->code == IOCTL_DISK_GET_LENGTH_INFO;
    if (sized) ask_item(io->file->object.machine, drive, FACT_drive_size);
    switch (io->code) {
    case IOCTL_DISK_GET_DRIVE_GEOMETRY: return geometry(io, size, false);
    case IOCTL_DISK_GET_DRIVE_GEOMETRY_EX: return geometry(io, size, true);
    case IOCTL_DISK_GET_LENGTH_INFO: return length_info(io, size);
    case IOCTL_STORAGE_GET_DEVICE_NUMBER: return device_number(io, !start);
    case IOCTL_STORAGE_QUERY_PROPERTY: return query_property(io, drive);
    case IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS: return extents(io, start, size);
    case IOCTL_DISK_IS_WRITABLE:
    case IOCTL_STORAGE_CHECK_VERIFY:
    case IOCTL_STORAGE_CHECK_VERIFY2: return STATUS_SUCCESS;
    default:
        machine_unmodelled(io->file->object.machine, "control %#x of a disk", io->code);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}
