/* Storage: the controls that disks and volumes answer. */
#ifndef COAX_GUEST_DEVICE_STORAGE_H
#define COAX_GUEST_DEVICE_STORAGE_H

#include "guest/file.h"

/* Answers a control of a disk or of a volume on it, which begins at `start` and has so many bytes. */
uint32_t storage_control(Io *io, const WorldItem *drive, uint64_t start, uint64_t size);

#endif
