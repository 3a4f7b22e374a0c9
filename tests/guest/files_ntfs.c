/* What NTFS has and other file systems do not: streams, hard links, short names; raw disks; the
 * program's own file, which is in use. */
#include "guest.h"
#include <winioctl.h>

static int write_text(const char *name, const char *text, DWORD disposition) {
    DWORD n = 0;
    HANDLE f = CreateFileA(name, GENERIC_WRITE, 0, NULL, disposition, 0, NULL);
    if (f == INVALID_HANDLE_VALUE) return 0;
    WriteFile(f, text, (DWORD)strlen(text), &n, NULL);
    CloseHandle(f);
    return n == strlen(text);
}

static void say_content(const char *name) {
    char text[64] = "";
    DWORD n = 0;
    HANDLE f = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (f == INVALID_HANDLE_VALUE) {
        printf("%s: error %lu\n", name, GetLastError());
        return;
    }
    ReadFile(f, text, sizeof text - 1, &n, NULL);
    CloseHandle(f);
    printf("%s: \"%s\"\n", name, text);
}

static void streams(void) {
    write_text("s.txt", "main", CREATE_NEW);
    say("stream made", write_text("s.txt:hidden", "in the stream", CREATE_NEW));
    say_content("s.txt");
    say_content("s.txt:hidden");
    say_content("S.TXT:HIDDEN:$DATA");
    say_content("s.txt::$DATA");
    say_content("s.txt:other");
    WIN32_FIND_DATAA found;
    HANDLE search = FindFirstFileA("s.*", &found);
    say_text("listed", found.cFileName);
    say("nothing else is listed", !FindNextFileA(search, &found));
    FindClose(search);
    say_result("delete the stream", DeleteFileA("s.txt:hidden"));
    say_content("s.txt:hidden");
    say("stream of a new file", write_text("t.txt:a", "a", CREATE_NEW));
    say_content("t.txt");
    DeleteFileA("s.txt");
    DeleteFileA("t.txt");
}

static void hard_links(void) {
    BY_HANDLE_FILE_INFORMATION info = {0};
    write_text("one", "shared", CREATE_NEW);
    say_result("link", CreateHardLinkA("two", "one", NULL));
    say_result("link again", CreateHardLinkA("two", "one", NULL));
    HANDLE f = CreateFileA("two", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    GetFileInformationByHandle(f, &info);
    CloseHandle(f);
    say_number("links", (long)info.nNumberOfLinks);
    DeleteFileA("one");
    say_content("one");
    say_content("two");
    DeleteFileA("two");
}

static void short_names(void) {
    char name[MAX_PATH] = "";
    write_text("a rather long name.text", "x", CREATE_NEW);
    GetShortPathNameA("a rather long name.text", name, sizeof name);
    say_text("short", name);
    say_content("ARATHE~1.TEX");
    GetLongPathNameA("ARATHE~1.TEX", name, sizeof name);
    say_text("long", name);
    DeleteFileA("ARATHE~1.TEX");
    say_content("a rather long name.text");
}

static void raw_disk(void) {
    unsigned char sector[512] = {0};
    DISK_GEOMETRY_EX geometry = {0};
    DWORD n = 0;
    HANDLE disk = CreateFileA("\\\\.\\PhysicalDrive0", GENERIC_READ | GENERIC_WRITE,
                              FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    say("disk", disk != INVALID_HANDLE_VALUE);
    say_result("read", ReadFile(disk, sector, sizeof sector, &n, NULL));
    say("boot record", sector[510] == 0x55 && sector[511] == 0xaa);
    say_result("half a sector", ReadFile(disk, sector, 100, &n, NULL));
    say_result("geometry", DeviceIoControl(disk, IOCTL_DISK_GET_DRIVE_GEOMETRY_EX, NULL, 0,
                                           &geometry, sizeof geometry, &n, NULL));
    say("size", geometry.DiskSize.QuadPart > 0 && geometry.Geometry.BytesPerSector == 512);
    memset(sector, 0x90, sizeof sector);
    SetFilePointer(disk, 0, NULL, FILE_BEGIN);
    say_result("write", WriteFile(disk, sector, sizeof sector, &n, NULL));
    memset(sector, 0, sizeof sector);
    SetFilePointer(disk, 0, NULL, FILE_BEGIN);
    ReadFile(disk, sector, sizeof sector, &n, NULL);
    say("written", sector[0] == 0x90 && sector[511] == 0x90);
    CloseHandle(disk);
}

static void volumes(void) {
    char volume[64] = "", path[16] = "", first[64] = "";
    DWORD n = 0;
    say_result("volume of C:", GetVolumeNameForVolumeMountPointA("C:\\", volume, sizeof volume));
    say("has a GUID", strncmp(volume, "\\\\?\\Volume{", 11) == 0 && strlen(volume) == 49);
    say_result("drive of the volume",
               GetVolumePathNamesForVolumeNameA(volume, path, sizeof path, &n));
    say_text("drive", path);
    say_number("type by GUID", (long)GetDriveTypeA(volume));
    HANDLE search = FindFirstVolumeA(first, sizeof first);
    say("volumes are found",
        search != INVALID_HANDLE_VALUE && strncmp(first, "\\\\?\\Volume{", 11) == 0);
    FindVolumeClose(search);
    n = QueryDosDeviceA("C:", path, sizeof path);
    say("C: is a volume's", n == 0 && GetLastError() == ERROR_INSUFFICIENT_BUFFER);
    char device[64] = "";
    QueryDosDeviceA("C:", device, sizeof device);
    say("its device", strncmp(device, "\\Device\\HarddiskVolume", 22) == 0);
}

/* A program's file can be renamed while it runs, but neither written nor deleted. */
static void own_image(void) {
    char self[MAX_PATH], other[MAX_PATH + 8];
    GetModuleFileNameA(NULL, self, sizeof self);
    snprintf(other, sizeof other, "%s.old", self);
    SetLastError(0);
    HANDLE f = CreateFileA(self, GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    say("open for writing", f != INVALID_HANDLE_VALUE);
    say_number("error", (long)GetLastError());
    say_result("delete", DeleteFileA(self));
    say_result("rename", MoveFileA(self, other));
    say_result("copy", CopyFileA(other, self, TRUE));
    say_result("delete the copy", DeleteFileA(self));
    say_result("rename back", MoveFileA(other, self));
}

int main(void) {
    enter_scratch("ntfs");
    streams();
    hard_links();
    short_names();
    raw_disk();
    volumes();
    own_image();
    leave_scratch();
    return 0;
}
