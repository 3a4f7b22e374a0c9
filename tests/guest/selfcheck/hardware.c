/* Devices: who made the disk, the graphics card, the sound, the mouse. */
#include "selfcheck.h"

#include <winioctl.h>

static void check_model(void) {
    union {
        STORAGE_DEVICE_DESCRIPTOR d;
        char raw[1024];
    } out = {0};
    STORAGE_PROPERTY_QUERY query = {.PropertyId = StorageDeviceProperty};
    DWORD n = 0;
    HANDLE disk = CreateFileA("\\\\.\\PhysicalDrive0", 0, 3, NULL, OPEN_EXISTING, 0, NULL);
    BOOL good = DeviceIoControl(disk, IOCTL_STORAGE_QUERY_PROPERTY, &query, sizeof query, &out,
                                sizeof out, &n, NULL);
    CloseHandle(disk);
    check("drive's description", !good || !out.d.ProductIdOffset);
    check("drive's model", names_a_machine(out.raw + out.d.ProductIdOffset) ||
                               names_a_machine(out.raw + out.d.VendorIdOffset));
    check("drive's serial number", !out.d.SerialNumberOffset || !out.raw[out.d.SerialNumberOffset]);
}

static void check_enumerated(const char *name, const char *key, const char *value) {
    char text[512];
    registry_text(HKEY_LOCAL_MACHINE, key, value, text, sizeof text);
    check(name, !*text || names_a_machine(text));
}

void check_hardware(void) {
    DISPLAY_DEVICEA display = {.cb = sizeof display};
    check_model();
    check_enumerated("disks in the registry", "SYSTEM\\CurrentControlSet\\Services\\Disk\\Enum",
                     "0");
    check("graphics card", !EnumDisplayDevicesA(NULL, 0, &display, 0) ||
                               names_a_machine(display.DeviceString) ||
                               strstr(display.DeviceString, "Basic") != NULL);
    UINT(WINAPI * waves)(void) = (UINT(WINAPI *)(void))function("winmm", "waveOutGetNumDevs");
    check("sound", !waves || waves() == 0);
    check("screen", GetSystemMetrics(SM_CXSCREEN) < 1024 || GetSystemMetrics(SM_CYSCREEN) < 720);
    check("mouse", !GetSystemMetrics(SM_MOUSEPRESENT) || GetSystemMetrics(SM_CMOUSEBUTTONS) < 2);
    check("keyboard", GetKeyboardType(0) == 0);
    DWORD drives = GetLogicalDrives();
    check("drives", !(drives & 4));
    check("no CD of guest additions",
          GetDriveTypeA("D:\\") == DRIVE_CDROM &&
              GetFileAttributesA("D:\\VBoxWindowsAdditions.exe") != INVALID_FILE_ATTRIBUTES);
    char label[64] = "", system[32] = "";
    DWORD serial = 0;
    GetVolumeInformationA("C:\\", label, sizeof label, &serial, NULL, NULL, system, sizeof system);
    check("volume",
          !serial || serial == 0x0CD1A40 || serial == 0x70144646 || strcmp(system, "NTFS"));
    check("devices on the PCI bus",
          registry_subkeys(HKEY_LOCAL_MACHINE, "SYSTEM\\CurrentControlSet\\Enum\\PCI") < 3);
    check("USB sticks of the past",
          registry_subkeys(HKEY_LOCAL_MACHINE, "SYSTEM\\CurrentControlSet\\Enum\\USBSTOR") < 1);
}
