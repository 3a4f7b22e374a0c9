/* What sandboxes are known by, as programs look for it; "none" on a real computer. */
#include "guest.h"

#include <cpuid.h>

/* Where the 64-bit system's drivers are for this program. */
#ifdef _WIN64
#define DRIVERS "C:\\Windows\\System32\\drivers\\"
#else
#define DRIVERS "C:\\Windows\\Sysnative\\drivers\\"
#endif

static int marks;

static void mark(const char *what, int seen) {
    if (!seen) return;
    printf("%s\n", what);
    marks++;
}

static int has_key(const char *key) {
    HKEY k;
    if (RegOpenKeyExA(HKEY_LOCAL_MACHINE, key, 0, KEY_READ | KEY_WOW64_64KEY, &k)) return 0;
    RegCloseKey(k);
    return 1;
}

static int opens(const char *path) {
    HANDLE h = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                           OPEN_EXISTING, 0, NULL);
    if (h == INVALID_HANDLE_VALUE) return 0;
    CloseHandle(h);
    return 1;
}

static int exists(const char *path) {
    return GetFileAttributesA(path) != INVALID_FILE_ATTRIBUTES;
}

static void hypervisor(void) {
    unsigned a, b, c, d;
    __cpuid(1, a, b, c, d);
    if (!(c >> 31)) return;
    char name[13] = {0};
    __cpuid(0x40000000, a, b, c, d);
    memcpy(name, &b, 4);
    memcpy(name + 4, &c, 4);
    memcpy(name + 8, &d, 4);
    printf("hypervisor %s\n", name);
    marks++;
}

static void hardware(void) {
    SYSTEM_INFO info;
    MEMORYSTATUSEX memory = {.dwLength = sizeof memory};
    ULARGE_INTEGER size;
    GetSystemInfo(&info);
    GlobalMemoryStatusEx(&memory);
    GetDiskFreeSpaceExA("C:\\", NULL, &size, NULL);
    mark("one processor", info.dwNumberOfProcessors < 2);
    mark("little memory", memory.ullTotalPhys < (3ull << 30));
    mark("a small disk", size.QuadPart < (64ull << 30));
    mark("just started", GetTickCount64() < 12 * 60 * 1000);
}

static void mouse(void) {
    POINT before, after;
    GetCursorPos(&before);
    Sleep(15000);
    GetCursorPos(&after);
    mark("a mouse that lies still", before.x == after.x && before.y == after.y);
}

int main(void) {
    SetErrorMode(SEM_NOOPENFILEERRORBOX);
    mark("an error mode that somebody left behind", SetErrorMode(0) != SEM_NOOPENFILEERRORBOX);
    hypervisor();
    hardware();
    mouse();
    mark("VirtualBox's additions", has_key("SOFTWARE\\Oracle\\VirtualBox Guest Additions"));
    mark("VirtualBox's tables", has_key("HARDWARE\\ACPI\\DSDT\\VBOX__"));
    mark("VirtualBox's device", opens("\\\\.\\VBoxGuest"));
    mark("VirtualBox's driver", exists(DRIVERS "VBoxMouse.sys"));
    mark("VMware's tools", has_key("SOFTWARE\\VMware, Inc.\\VMware Tools"));
    mark("VMware's device", opens("\\\\.\\HGFS"));
    mark("QEMU's tables", has_key("HARDWARE\\ACPI\\DSDT\\BOCHS_"));
    mark("Sandboxie's module", GetModuleHandleA("SbieDll.dll") != NULL);
    mark("Sandboxie's mutex",
         OpenMutexA(SYNCHRONIZE, FALSE, "Sandboxie_SingleInstanceMutex_Control") != NULL);
    mark("Cuckoo's pipe", opens("\\\\.\\pipe\\cuckoo"));
    if (!marks) printf("none\n");
    return 0;
}
