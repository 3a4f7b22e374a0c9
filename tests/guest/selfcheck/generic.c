/* What everybody may ask Windows: names, sizes, counts, the parent, error modes. */
#include "selfcheck.h"

#include <tlhelp32.h>
#include <winioctl.h>

static void check_names(void) {
    static const char *const users[] = {
        "currentuser", "sandbox",   "emily",        "hapubws",  "hong lee", "it-admin", "johnson",
        "miller",      "milozs",    "peter wilson", "timmy",    "user",     "sand box", "malware",
        "maltest",     "test user", "virus",        "john doe", "admin",    "cuckoo",   "analyst",
        NULL};
    static const char *const hosts[] = {
        "sandbox",  "7silvia",         "hanspeter-pc", "john-pc", "mueller-pc", "win7-trapped",
        "fortinet", "tequilaboomboom", "klone_x64-pc", "cuckoo",  NULL};
    char user[256] = "", host[256] = "", other[256];
    DWORD n = sizeof user;
    GetUserNameA(user, &n);
    n = sizeof host;
    GetComputerNameA(host, &n);
    check("user's name", !*user || is_one_of(user, users));
    check("computer's name", !*host || is_one_of(host, hosts));
    GetEnvironmentVariableA("USERNAME", other, sizeof other);
    check("user in the environment", strcmp(user, other) != 0);
    GetEnvironmentVariableA("COMPUTERNAME", other, sizeof other);
    check("computer in the environment", strcmp(host, other) != 0);
    check("user's profile", GetFileAttributesA(getenv("USERPROFILE")) == INVALID_FILE_ATTRIBUTES);
}

static void check_sizes(void) {
    MEMORYSTATUSEX memory = {.dwLength = sizeof memory};
    SYSTEM_INFO info;
    ULARGE_INTEGER mine, total, left;
    ULONGLONG installed = 0;
    GlobalMemoryStatusEx(&memory);
    check("RAM", memory.ullTotalPhys < 2000ull << 20);
    check("RAM in use", memory.ullAvailPhys >= memory.ullTotalPhys || memory.dwMemoryLoad < 5);
    BOOL(WINAPI * physical)
    (ULONGLONG *) =
        (BOOL(WINAPI *)(ULONGLONG *))function("kernel32", "GetPhysicallyInstalledSystemMemory");
    check("RAM installed",
          !physical || !physical(&installed) || installed * 1024 < memory.ullTotalPhys);
    GetNativeSystemInfo(&info);
    check("processors", info.dwNumberOfProcessors < 2);
    char text[16] = "";
    GetEnvironmentVariableA("NUMBER_OF_PROCESSORS", text, sizeof text);
    check("processors in the environment", (DWORD)atoi(text) != info.dwNumberOfProcessors);
    DWORD_PTR own = 0, all = 0;
    GetProcessAffinityMask(GetCurrentProcess(), &own, &all);
    check("processors of the process",
          (DWORD)__builtin_popcountll(all) != info.dwNumberOfProcessors);
    check("disk",
          !GetDiskFreeSpaceExA("C:\\", &mine, &total, &left) || total.QuadPart < 80ull << 30);
    check("disk in use", total.QuadPart - left.QuadPart < 15ull << 30);
}

static void check_disk(void) {
    GET_LENGTH_INFORMATION length = {{{0}}};
    DISK_GEOMETRY_EX geometry;
    DWORD n;
    HANDLE disk = CreateFileA("\\\\.\\PhysicalDrive0", 0, 3, NULL, OPEN_EXISTING, 0, NULL);
    check("drive", disk == INVALID_HANDLE_VALUE);
    BOOL good = DeviceIoControl(disk, IOCTL_DISK_GET_DRIVE_GEOMETRY_EX, NULL, 0, &geometry,
                                sizeof geometry, &n, NULL);
    check("drive's geometry", !good || geometry.DiskSize.QuadPart < 80ll << 30);
    CloseHandle(disk);
    disk = CreateFileA("\\\\.\\PhysicalDrive0", GENERIC_READ, 3, NULL, OPEN_EXISTING, 0, NULL);
    if (disk == INVALID_HANDLE_VALUE) {
        check("drive's length", GetLastError() != ERROR_ACCESS_DENIED);
        return;
    }
    good = DeviceIoControl(disk, IOCTL_DISK_GET_LENGTH_INFO, NULL, 0, &length, sizeof length, &n,
                           NULL);
    check("drive's length", !good || length.Length.QuadPart < 80ll << 30);
    CloseHandle(disk);
}

static DWORD parent_of(DWORD id, char name[MAX_PATH]) {
    PROCESSENTRY32 e = {.dwSize = sizeof e};
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    DWORD parent = 0;
    for (BOOL more = Process32First(all, &e); more; more = Process32Next(all, &e))
        if (e.th32ProcessID == id) {
            parent = e.th32ParentProcessID;
            strcpy(name, e.szExeFile);
        }
    CloseHandle(all);
    return parent;
}

static void check_error_mode(void) {
    UINT first = SetErrorMode(0x400), second = SetErrorMode(0);
    check("error mode", first & 4 || second != 0x400);
    SetErrorMode(SEM_NOALIGNMENTFAULTEXCEPT);
    SetErrorMode(0);
    check("the sticky bit of the error mode", SetErrorMode(first) != SEM_NOALIGNMENTFAULTEXCEPT);
}

void check_generic(void) {
    char name[MAX_PATH] = "";
    check_names();
    check_sizes();
    check_disk();
    check("uptime", GetTickCount64() < 12 * 60 * 1000);
    parent_of(parent_of(GetCurrentProcessId(), name), name);
    check("parent", lstrcmpiA(name, "explorer.exe") != 0);
    check_error_mode();
    check("clean boot", GetSystemMetrics(SM_CLEANBOOT) != 0);
    check("NX", !IsProcessorFeaturePresent(PF_NX_ENABLED));
    check("languages", GetUserDefaultLCID() == 0 || GetKeyboardLayout(0) == 0);
    SYSTEMTIME now;
    GetSystemTime(&now);
    check("date", now.wYear < 2018);
    TIME_ZONE_INFORMATION zone;
    check("time zone",
          GetTimeZoneInformation(&zone) == TIME_ZONE_ID_INVALID || !zone.StandardName[0]);
    SYSTEM_POWER_STATUS power;
    check("power", !GetSystemPowerStatus(&power));
}
