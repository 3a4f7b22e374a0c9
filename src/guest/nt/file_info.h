/* FILE_INFORMATION_CLASS ([MS-FSCC] 2.4), and what kinds of files share in answering it. */
#ifndef COAX_GUEST_NT_FILE_INFO_H
#define COAX_GUEST_NT_FILE_INFO_H

#include "guest/file.h"

enum {
    FileDirectoryInformation = 1,
    FileFullDirectoryInformation = 2,
    FileBothDirectoryInformation = 3,
    FileBasicInformation = 4,
    FileStandardInformation = 5,
    FileInternalInformation = 6,
    FileEaInformation = 7,
    FileAccessInformation = 8,
    FileNameInformation = 9,
    FileRenameInformation = 10,
    FileLinkInformation = 11,
    FileNamesInformation = 12,
    FileDispositionInformation = 13,
    FilePositionInformation = 14,
    FileModeInformation = 16,
    FileAlignmentInformation = 17,
    FileAllInformation = 18,
    FileAllocationInformation = 19,
    FileEndOfFileInformation = 20,
    FileAlternateNameInformation = 21,
    FileStreamInformation = 22,
    FilePipeInformation = 23,
    FilePipeLocalInformation = 24,
    FileMailslotQueryInformation = 26,
    FileMailslotSetInformation = 27,
    FileCompressionInformation = 28,
    FileCompletionInformation = 30,
    FileNetworkOpenInformation = 34,
    FileAttributeTagInformation = 35,
    FileIdBothDirectoryInformation = 37,
    FileIdFullDirectoryInformation = 38,
    FileValidDataLengthInformation = 39,
    FileIoCompletionNotificationInformation = 41,
    FileIoPriorityHintInformation = 43,
    FileNormalizedNameInformation = 48,
    FileIdGlobalTxDirectoryInformation = 50,
    FileIsRemoteDeviceInformation = 51,
    FileStandardLinkInformation = 54,
    FileIdInformation = 59,
    FileIdExtdDirectoryInformation = 60,
    FileIdExtdBothDirectoryInformation = 63,
    FileDispositionInformationEx = 64,
    FileRenameInformationEx = 65,
    FileStatInformation = 68,
    FileLinkInformationEx = 72,
};

/* FILE_NAME_INFORMATION: STATUS_BUFFER_OVERFLOW where it had to be cut. */
uint32_t file_put_name(Fields *out, Arena *a, const char *name);

/* FILE_MODE_INFORMATION: the create options that stay. */
uint32_t file_mode(const File *f);

#endif
