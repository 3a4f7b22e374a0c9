/* What is built in and plugged in, by the ways that Windows has to list it. */
#include "guest.h"

#include <initguid.h>

#include <devguid.h>
#include <setupapi.h>
#include <winioctl.h>
#include <winnetwk.h>
#include <winspool.h>

static void say_property(const char *what, HDEVINFO set, SP_DEVINFO_DATA *device, DWORD property) {
    char text[512] = "";
    if (SetupDiGetDeviceRegistryPropertyA(set, device, property, NULL, (BYTE *)text, sizeof text,
                                          NULL))
        say_text(what, text);
    else printf("%s: error %lu\n", what, GetLastError());
}

static void list_class(const char *what, const GUID *class) {
    HDEVINFO set = SetupDiGetClassDevsA(class, NULL, NULL, DIGCF_PRESENT);
    SP_DEVINFO_DATA device = {.cbSize = sizeof device};
    char id[512];
    DWORD n = 0;
    for (; SetupDiEnumDeviceInfo(set, n, &device); n++) {
        printf("%s %lu:\n", what, n);
        if (SetupDiGetDeviceInstanceIdA(set, &device, id, sizeof id, NULL)) say_text("  id", id);
        say_property("  name", set, &device, SPDRP_FRIENDLYNAME);
        say_property("  description", set, &device, SPDRP_DEVICEDESC);
        say_property("  hardware", set, &device, SPDRP_HARDWAREID);
        say_property("  made by", set, &device, SPDRP_MFG);
    }
    printf("%s: %lu\n", what, n);
    SetupDiDestroyDeviceInfoList(set);
}

static void disk(void) {
    STORAGE_PROPERTY_QUERY query = {StorageDeviceProperty, PropertyStandardQuery, {0}};
    BYTE answer[1024] = {0};
    STORAGE_DEVICE_DESCRIPTOR *d = (void *)answer;
    DISK_GEOMETRY_EX geometry;
    DWORD n;
    HANDLE h = CreateFileA("\\\\.\\PhysicalDrive0", 0, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                           OPEN_EXISTING, 0, NULL);
    if (DeviceIoControl(h, IOCTL_STORAGE_QUERY_PROPERTY, &query, sizeof query, answer,
                        sizeof answer, &n, NULL)) {
        say_text("disk", (char *)answer + d->ProductIdOffset);
        say_text("its serial number", (char *)answer + d->SerialNumberOffset);
    }
    if (DeviceIoControl(h, IOCTL_DISK_GET_DRIVE_GEOMETRY_EX, NULL, 0, &geometry, sizeof geometry,
                        &n, NULL))
        printf("its size: %lld GB\n", geometry.DiskSize.QuadPart / 1000000000);
    CloseHandle(h);
}

static void printers(void) {
    BYTE buffer[8192];
    char name[256];
    DWORD needed = 0, count = 0, size = sizeof name;
    BOOL good = EnumPrintersA(PRINTER_ENUM_LOCAL, NULL, 2, buffer, sizeof buffer, &needed, &count);
    say_result("printers", good);
    PRINTER_INFO_2A *p = (void *)buffer;
    for (DWORD i = 0; good && i < count; i++)
        printf("printer \"%s\" with \"%s\" on %s\n", p[i].pPrinterName, p[i].pDriverName,
               p[i].pPortName);
    if (GetDefaultPrinterA(name, &size)) say_text("default printer", name);
}

static void network(void) {
    char text[256];
    DWORD n = sizeof text, error = WNetGetProviderNameA(WNNC_NET_RDR2SAMPLE, text, &n);
    if (error) say_number("provider of VirtualBox's kind: error", (long)error);
    else say_text("provider of VirtualBox's kind", text);
    n = sizeof text;
    error = WNetGetProviderNameA(WNNC_NET_LANMAN, text, &n);
    if (error) say_number("provider of Windows: error", (long)error);
    else say_text("provider of Windows", text);
    for (char drive[] = "A:"; *drive <= 'Z'; ++*drive) {
        n = sizeof text;
        if (!WNetGetConnectionA(drive, text, &n)) printf("%s is %s\n", drive, text);
    }
}

static void display(void) {
    DISPLAY_DEVICEA d = {.cb = sizeof d};
    DEVMODEA mode = {.dmSize = sizeof mode};
    if (EnumDisplayDevicesA(NULL, 0, &d, 0)) say_text("display", d.DeviceString);
    if (EnumDisplaySettingsA(NULL, ENUM_CURRENT_SETTINGS, &mode))
        printf("%lux%lux%lu at %lu Hz\n", mode.dmPelsWidth, mode.dmPelsHeight, mode.dmBitsPerPel,
               mode.dmDisplayFrequency);
    printf("screen: %dx%d\n", GetSystemMetrics(SM_CXSCREEN), GetSystemMetrics(SM_CYSCREEN));
}

static void power(void) {
    SYSTEM_POWER_STATUS s;
    say_result("power", GetSystemPowerStatus(&s));
    printf("mains %d, battery %x, %d%%\n", s.ACLineStatus, s.BatteryFlag, s.BatteryLifePercent);
}

static void logs(void) {
    static const char *const names[] = {"Application", "System", "Security"};
    for (int i = 0; i < 3; i++) {
        DWORD n = 0;
        HANDLE log = OpenEventLogA(NULL, names[i]);
        if (log && GetNumberOfEventLogRecords(log, &n)) printf("%s: %lu records\n", names[i], n);
        else printf("%s: error %lu\n", names[i], GetLastError());
        if (log) CloseEventLog(log);
    }
}

int main(void) {
    list_class("disk drive", &GUID_DEVCLASS_DISKDRIVE);
    list_class("drive for discs", &GUID_DEVCLASS_CDROM);
    list_class("display adapter", &GUID_DEVCLASS_DISPLAY);
    list_class("network adapter", &GUID_DEVCLASS_NET);
    list_class("monitor", &GUID_DEVCLASS_MONITOR);
    list_class("processor", &GUID_DEVCLASS_PROCESSOR);
    disk();
    printers();
    network();
    display();
    power();
    logs();
    return 0;
}
