/* FS_INFORMATION_CLASS ([MS-FSCC] 2.5). */
#ifndef COAX_GUEST_NT_VOLUME_H
#define COAX_GUEST_NT_VOLUME_H

enum {
    FileFsVolumeInformation = 1,
    FileFsSizeInformation = 3,
    FileFsDeviceInformation = 4,
    FileFsAttributeInformation = 5,
    FileFsControlInformation = 6,
    FileFsFullSizeInformation = 7,
    FileFsObjectIdInformation = 8,
    FileFsSectorSizeInformation = 11,
};

#endif
