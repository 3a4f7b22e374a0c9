/* Hardware: processor, memory, firmware, disks, screen. */
#include "agree.h"

#include <cpuid.h>
#include <winioctl.h>

#define PROCESSORS "HARDWARE\\DESCRIPTION\\System\\CentralProcessor"
#define BIOS       "HARDWARE\\DESCRIPTION\\System\\BIOS"
#define SYSINFO    "SYSTEM\\CurrentControlSet\\Control\\SystemInformation"

static unsigned subkeys(const char *key) {
    DWORD n = 0;
    HKEY k;
    if (RegOpenKeyExA(HKEY_LOCAL_MACHINE, key, 0, KEY_READ, &k)) return 0;
    RegQueryInfoKeyA(k, NULL, NULL, NULL, &n, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    RegCloseKey(k);
    return n;
}

static unsigned cores(void) {
    static SYSTEM_LOGICAL_PROCESSOR_INFORMATION info[256];
    DWORD size = sizeof info;
    unsigned n = 0;
    if (!GetLogicalProcessorInformation(info, &size)) return 0;
    for (DWORD i = 0; i < size / sizeof *info; i++) n += info[i].Relationship == RelationProcessorCore;
    return n;
}

static void processors(void) {
    SYSTEM_INFO own, native;
    DWORD_PTR mine, all;
    char text[64];
    unsigned bits = 0;
    GetSystemInfo(&own);
    GetNativeSystemInfo(&native);
    GetProcessAffinityMask(GetCurrentProcess(), &mine, &all);
    for (DWORD_PTR m = mine; m; m >>= 1) bits += m & 1;
    fact("processors");
    said("GetSystemInfo", "%lu", own.dwNumberOfProcessors);
    said("GetNativeSystemInfo", "%lu", native.dwNumberOfProcessors);
    said("environment", "%s", variable("NUMBER_OF_PROCESSORS"));
    said("registry", "%u", subkeys(PROCESSORS));
    said("affinity", "%u", bits);
    said("GetActiveProcessorCount", "%lu", GetActiveProcessorCount(0));
    said("shared page", "%lu", *(const volatile DWORD *)0x7ffe03c0);
    said("WMI, computer", "%s", wmi("Win32_ComputerSystem", "NumberOfLogicalProcessors"));
    said("WMI, processor", "%s", wmi("Win32_Processor", "NumberOfLogicalProcessors"));
    fact("cores");
    said("GetLogicalProcessorInformation", "%u", cores());
    said("WMI", "%s", wmi("Win32_Processor", "NumberOfCores"));
    unsigned a, b, c, d;
    __cpuid_count(4, 0, a, b, c, d);
    said("CPUID", "%u", (a >> 26) + 1);
    union {
        unsigned r[12];
        char text[49];
    } brand = {0};
    for (unsigned i = 0; i < 3; i++) __cpuid(0x80000002 + i, brand.r[4 * i], brand.r[4 * i + 1], brand.r[4 * i + 2], brand.r[4 * i + 3]);
    fact("brand");
    said("CPUID", "%s", brand.text + strspn(brand.text, " "));
    said("registry", "%s", machine(PROCESSORS "\\0", "ProcessorNameString"));
    said("WMI", "%s", wmi("Win32_Processor", "Name"));
    __cpuid(0, a, b, c, d);
    snprintf(text, sizeof text, "%.4s%.4s%.4s", (char *)&b, (char *)&d, (char *)&c);
    fact("vendor");
    said("CPUID", "%s", text);
    said("registry", "%s", machine(PROCESSORS "\\0", "VendorIdentifier"));
    said("WMI", "%s", wmi("Win32_Processor", "Manufacturer"));
    const char *comma = strrchr(variable("PROCESSOR_IDENTIFIER"), ',');
    said("environment", "%s", comma ? comma + 2 : "");
    __cpuid(1, a, b, c, d);
    unsigned family = (a >> 8) & 15, model = ((a >> 4) & 15) | ((a >> 12) & 0xf0), stepping = a & 15;
    fact("model");
    said("CPUID", "Family %u Model %u Stepping %u", family, model, stepping);
    said("GetSystemInfo", "Family %u Model %u Stepping %u", native.wProcessorLevel, native.wProcessorRevision >> 8, native.wProcessorRevision & 255);
    said("environment", "%.*s", (int)strcspn(strstr(variable("PROCESSOR_IDENTIFIER"), "Family"), ","), strstr(variable("PROCESSOR_IDENTIFIER"), "Family"));
    const char *identifier = strstr(machine(PROCESSORS "\\0", "Identifier"), "Family");
    said("registry", "%s", identifier ? identifier : "");
    identifier = strstr(wmi("Win32_Processor", "Caption"), "Family");
    said("WMI", "%s", identifier ? identifier : "");
    fact("speed");
    said("registry", "%s", machine(PROCESSORS "\\0", "~MHz"));
    said("WMI", "%s", wmi("Win32_Processor", "MaxClockSpeed"));
}

static void memory(void) {
    MEMORYSTATUSEX m = {.dwLength = sizeof m};
    ULONGLONG kib = 0;
    GlobalMemoryStatusEx(&m);
    fact("memory in MiB");
    said("GlobalMemoryStatusEx", "%llu", m.ullTotalPhys >> 20);
    said("shared page", "%lu", *(const volatile DWORD *)0x7ffe02e8 >> 8);
    said("WMI, computer", "%llu", strtoull(wmi("Win32_ComputerSystem", "TotalPhysicalMemory"), NULL, 10) >> 20);
    said("WMI, Windows", "%llu", strtoull(wmi("Win32_OperatingSystem", "TotalVisibleMemorySize"), NULL, 10) >> 10);
    char text[64] = "", *to = text;
    for (const char *c = command("systeminfo", "Total Physical Memory"); *c && *c != ' '; c++)
        if (*c >= '0' && *c <= '9') *to++ = *c;
    *to = 0;
    said("systeminfo", "%s", text);
    fact("modules in MiB");
    GetPhysicallyInstalledSystemMemory(&kib);
    said("GetPhysicallyInstalledSystemMemory", "%llu", kib >> 10);
    said("GlobalMemoryStatusEx, in whole 256 MiB", "%llu", ((m.ullTotalPhys >> 20) + 255) / 256 * 256);
}

/* A text of the SMBIOS table: the first structure of the type, its string at the offset. */
static const char *smbios(unsigned type, unsigned offset) {
    static BYTE raw[1 << 16];
    UINT n = GetSystemFirmwareTable('RSMB', 0, raw, sizeof raw);
    for (BYTE *at = raw + 8; n > 8 && at + 4 < raw + n;) {
        char *text = (char *)at + at[1];
        unsigned wanted = at[0] == type ? at[offset] : 0;
        for (unsigned i = 1; *text; i++, text += strlen(text) + 1)
            if (i == wanted) return text;
        at = (BYTE *)text + (text == (char *)at + at[1] ? 2 : 1);
    }
    return "";
}

static void firmware(void) {
    fact("BIOS vendor");
    said("SMBIOS", "%s", smbios(0, 4));
    said("registry", "%s", machine(BIOS, "BIOSVendor"));
    said("WMI", "%s", wmi("Win32_BIOS", "Manufacturer"));
    fact("BIOS version");
    said("SMBIOS", "%s", smbios(0, 5));
    said("registry", "%s", machine(BIOS, "BIOSVersion"));
    said("registry, control", "%s", machine(SYSINFO, "BIOSVersion"));
    said("WMI", "%s", wmi("Win32_BIOS", "SMBIOSBIOSVersion"));
    fact("BIOS date");
    said("SMBIOS", "%s", smbios(0, 8));
    said("registry", "%s", machine(BIOS, "BIOSReleaseDate"));
    said("registry, control", "%s", machine(SYSINFO, "BIOSReleaseDate"));
    char date[64];
    strcpy(date, wmi("Win32_BIOS", "ReleaseDate"));
    said("WMI", "%.2s/%.2s/%.4s", date + 4, date + 6, date);
    fact("maker");
    said("SMBIOS", "%s", smbios(1, 4));
    said("registry", "%s", machine(BIOS, "SystemManufacturer"));
    said("registry, control", "%s", machine(SYSINFO, "SystemManufacturer"));
    said("WMI, computer", "%s", wmi("Win32_ComputerSystem", "Manufacturer"));
    said("WMI, product", "%s", wmi("Win32_ComputerSystemProduct", "Vendor"));
    said("systeminfo", "%s", command("systeminfo", "System Manufacturer"));
    fact("computer's model");
    said("SMBIOS", "%s", smbios(1, 5));
    said("registry", "%s", machine(BIOS, "SystemProductName"));
    said("registry, control", "%s", machine(SYSINFO, "SystemProductName"));
    said("WMI, computer", "%s", wmi("Win32_ComputerSystem", "Model"));
    said("WMI, product", "%s", wmi("Win32_ComputerSystemProduct", "Name"));
    said("systeminfo", "%s", command("systeminfo", "System Model"));
    fact("serial number");
    said("SMBIOS", "%s", smbios(1, 7));
    said("WMI, BIOS", "%s", wmi("Win32_BIOS", "SerialNumber"));
    said("WMI, product", "%s", wmi("Win32_ComputerSystemProduct", "IdentifyingNumber"));
    fact("board");
    said("SMBIOS", "%s", smbios(2, 5));
    said("registry", "%s", machine(BIOS, "BaseBoardProduct"));
    said("WMI", "%s", wmi("Win32_BaseBoard", "Product"));
}

/* 1234-ABCD in a text of whatever language. */
static void said_serial(const char *way, const char *text) {
    static const char digits[] = "0123456789ABCDEFabcdef";
    for (size_t i = 4; strlen(text) > i + 4; i++)
        if (text[i] == '-' && strspn(text + i - 4, digits) == 4 && strspn(text + i + 1, digits) == 4) {
            said(way, "%.9s", text + i - 4);
            return;
        }
    said(way, "%s", "");
}

static void disks(void) {
    ULARGE_INTEGER all, unused;
    char label[64] = "", system[32] = "", text[64];
    DWORD serial = 0, n;
    GetDiskFreeSpaceExA("C:\\", NULL, &all, &unused);
    GetVolumeInformationA("C:\\", label, sizeof label, &serial, NULL, NULL, system, sizeof system);
    fact("volume's size");
    said("GetDiskFreeSpaceEx", "%llu", all.QuadPart);
    said("WMI, disk", "%s", wmi("Win32_LogicalDisk WHERE DeviceID='C:'", "Size"));
    said("WMI, volume", "%s", wmi("Win32_Volume WHERE DriveLetter='C:'", "Capacity"));
    fact("free");
    said("GetDiskFreeSpaceEx", "%llu", unused.QuadPart >> 20);
    said("WMI, disk", "%llu", strtoull(wmi("Win32_LogicalDisk WHERE DeviceID='C:'", "FreeSpace"), NULL, 10) >> 20);
    fact("volume's serial number");
    said("GetVolumeInformation", "%04lX-%04lX", serial >> 16, serial & 0xffff);
    strcpy(text, wmi("Win32_LogicalDisk WHERE DeviceID='C:'", "VolumeSerialNumber"));
    said("WMI", "%.4s-%s", text, text + 4);
    said_serial("vol", output("vol c:"));
    said_serial("dir", output("dir /a c:\\"));
    fact("label");
    said("GetVolumeInformation", "%s", label);
    said("WMI", "%s", wmi("Win32_LogicalDisk WHERE DeviceID='C:'", "VolumeName"));
    HANDLE disk = CreateFileA("\\\\.\\PhysicalDrive0", 0, 3, NULL, OPEN_EXISTING, 0, NULL);
    STORAGE_PROPERTY_QUERY query = {.PropertyId = StorageDeviceProperty};
    union {
        STORAGE_DEVICE_DESCRIPTOR d;
        char raw[1024];
    } out = {0};
    DISK_GEOMETRY g = {0};
    DeviceIoControl(disk, IOCTL_STORAGE_QUERY_PROPERTY, &query, sizeof query, &out, sizeof out, &n, NULL);
    DeviceIoControl(disk, IOCTL_DISK_GET_DRIVE_GEOMETRY, NULL, 0, &g, sizeof g, &n, NULL);
    CloseHandle(disk);
    fact("disk's model");
    said("IOCTL_STORAGE_QUERY_PROPERTY", "%s", out.raw + out.d.ProductIdOffset);
    said("WMI", "%s", wmi("Win32_DiskDrive WHERE Index=0", "Model"));
    said("registry", "%s", machine("HARDWARE\\DEVICEMAP\\Scsi\\Scsi Port 0\\Scsi Bus 0\\Target Id 0\\Logical Unit Id 0", "Identifier"));
    fact("disk's serial number");
    said("IOCTL_STORAGE_QUERY_PROPERTY", "%s", out.raw + out.d.SerialNumberOffset + strspn(out.raw + out.d.SerialNumberOffset, " "));
    said("WMI, disk", "%s", wmi("Win32_DiskDrive WHERE Index=0", "SerialNumber"));
    said("WMI, medium", "%s", wmi("Win32_PhysicalMedia", "SerialNumber"));
    said("registry", "%s", machine("HARDWARE\\DEVICEMAP\\Scsi\\Scsi Port 0\\Scsi Bus 0\\Target Id 0\\Logical Unit Id 0", "SerialNumber"));
    fact("disk's size");
    said("IOCTL_DISK_GET_DRIVE_GEOMETRY", "%llu", (unsigned long long)g.Cylinders.QuadPart * g.TracksPerCylinder * g.SectorsPerTrack * g.BytesPerSector);
    said("WMI", "%s", wmi("Win32_DiskDrive WHERE Index=0", "Size"));
}

static void screen(void) {
    HDC dc = GetDC(NULL);
    DEVMODEA mode = {.dmSize = sizeof mode};
    DISPLAY_DEVICEA device = {.cb = sizeof device};
    MONITORINFO monitor = {.cbSize = sizeof monitor};
    RECT desktop;
    char width[32];
    GetWindowRect(GetDesktopWindow(), &desktop);
    EnumDisplaySettingsA(NULL, ENUM_CURRENT_SETTINGS, &mode);
    GetMonitorInfoA(MonitorFromWindow(NULL, MONITOR_DEFAULTTOPRIMARY), &monitor);
    fact("screen");
    said("GetSystemMetrics", "%dx%d", GetSystemMetrics(SM_CXSCREEN), GetSystemMetrics(SM_CYSCREEN));
    said("virtual screen", "%dx%d", GetSystemMetrics(SM_CXVIRTUALSCREEN), GetSystemMetrics(SM_CYVIRTUALSCREEN));
    said("GetDeviceCaps", "%dx%d", GetDeviceCaps(dc, HORZRES), GetDeviceCaps(dc, VERTRES));
    said("EnumDisplaySettings", "%lux%lu", mode.dmPelsWidth, mode.dmPelsHeight);
    said("GetMonitorInfo", "%ldx%ld", monitor.rcMonitor.right, monitor.rcMonitor.bottom);
    said("desktop's window", "%ldx%ld", desktop.right, desktop.bottom);
    strcpy(width, wmi("Win32_VideoController", "CurrentHorizontalResolution"));
    said("WMI, adapter", "%sx%s", width, wmi("Win32_VideoController", "CurrentVerticalResolution"));
    strcpy(width, wmi("Win32_DesktopMonitor", "ScreenWidth"));
    said("WMI, monitor", "%sx%s", width, wmi("Win32_DesktopMonitor", "ScreenHeight"));
    fact("colours and refresh");
    said("GetDeviceCaps", "%d %d", GetDeviceCaps(dc, BITSPIXEL), GetDeviceCaps(dc, VREFRESH));
    said("EnumDisplaySettings", "%lu %lu", mode.dmBitsPerPel, mode.dmDisplayFrequency);
    strcpy(width, wmi("Win32_VideoController", "CurrentBitsPerPixel"));
    said("WMI", "%s %s", width, wmi("Win32_VideoController", "CurrentRefreshRate"));
    fact("graphics");
    EnumDisplayDevicesA(NULL, 0, &device, 0);
    said("EnumDisplayDevices", "%s", device.DeviceString);
    said("WMI", "%s", wmi("Win32_VideoController", "Name"));
    said("registry", "%s", machine("SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e968-e325-11ce-bfc1-08002be10318}\\0000", "DriverDesc"));
    ReleaseDC(NULL, dc);
}

void check_hardware(void) {
    processors();
    memory();
    firmware();
    disks();
    screen();
}
