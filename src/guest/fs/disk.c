/* The disk that the fixed volumes lie on, as raw bytes. The files of the volumes are not to be
 * found there: what reads them from the raw disk reads zeroes. */
#include "guest/fs/internal.h"

enum { SECTOR = 512, FIRST_START = 0x11300000, PARTITIONS_MAX = 4 };

static uint64_t size_of(const Volume *v) {
    return (uint64_t)item_number(v->drive, FACT_drive_size, 0);
}

uint64_t fs_volume_start(const FileSystem *fs, const Volume *v) {
    uint64_t at = FIRST_START; /* behind the system's own partition */
    for (const Volume *i = fs->volumes; i < v; i++)
        if (i->fixed) at += size_of(i);
    return at;
}

static void put_le(uint8_t *p, uint64_t v, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++) p[i] = (uint8_t)(v >> 8 * i);
}

/* A primary partition with NTFS: flags, CHS start, type, CHS end, first sector, sectors. */
static void put_partition(uint8_t *p, uint64_t start, uint64_t size, bool active) {
    static const uint8_t beyond_chs[] = {0xfe, 0xff, 0xff};
    p[0] = active ? 0x80 : 0;
    memcpy(p + 1, beyond_chs, 3);
    p[4] = 0x07;
    memcpy(p + 5, beyond_chs, 3);
    put_le(p + 8, start / SECTOR, 4);
    put_le(p + 12, size / SECTOR, 4);
}

/* Returns the size of the disk. */
static uint64_t write_boot_record(FileSystem *fs) {
    enum { SIGNATURE = 440, TABLE = 446, ENTRY = 16, SYSTEM_START = 0x100000 };
    uint8_t *b = fs->boot_record;
    uint64_t end = FIRST_START;
    unsigned count = 1;
    put_le(b + SIGNATURE, (uint64_t)item_number(fs->volumes[0].drive, FACT_drive_serial, 0), 4);
    put_partition(b + TABLE, SYSTEM_START, FIRST_START - SYSTEM_START, true);
    for (const Volume *v = fs->volumes; v < fs->volumes + fs->volume_count; v++) {
        if (!v->fixed) continue;
        if (count < PARTITIONS_MAX)
            put_partition(b + TABLE + ENTRY * count, end, size_of(v), false);
        count++;
        end += size_of(v);
    }
    b[510] = 0x55;
    b[511] = 0xaa;
    return end;
}

Node *fs_disk(FileSystem *fs) {
    if (fs->disk || !fs->volume_count) return fs->disk;
    Node *n = node_new(fs, &fs->volumes[0], 0, fs->installed);
    if (!n) return NULL;
    n->size = write_boot_record(fs);
    n->source = (FsSource){.bytes = span(fs->boot_record, SECTOR), .size = SECTOR};
    node_hold(n);
    return fs->disk = n;
}
