/* Asks the world many things, one of each kind; questions.py holds what was heard to what it asked.
 * The first question is a mark: what came before was Windows' own. */
#include "guest.h"

#include <cpuid.h>
#include <tlhelp32.h>

static void names(void) {
    char text[256];
    DWORD n = sizeof text;
    GetComputerNameA(text, &n);
    GetEnvironmentVariableA("USERDOMAIN", text, sizeof text);
    GetEnvironmentVariableA("NOBODY_HAS_IT", text, sizeof text);
}

static void registry(void) {
    HKEY k;
    DWORD type, n = 64;
    BYTE data[64];
    RegOpenKeyExA(HKEY_LOCAL_MACHINE, "SOFTWARE\\VMware, Inc.\\VMware Tools", 0,
                  KEY_READ | KEY_WOW64_64KEY, &k);
    RegOpenKeyExA(HKEY_LOCAL_MACHINE, "SYSTEM\\CurrentControlSet\\Services\\VBoxGuest", 0, KEY_READ,
                  &k);
    if (!RegOpenKeyExA(HKEY_LOCAL_MACHINE, "HARDWARE\\DESCRIPTION\\System", 0, KEY_READ, &k)) {
        RegQueryValueExA(k, "SystemBiosVersion", NULL, &type, data, &n);
        RegQueryValueExA(k, "NoSuchValue", NULL, &type, data, &n);
        RegCloseKey(k);
    }
    if (!RegCreateKeyA(HKEY_CURRENT_USER, "Software\\Mine", &k)) {
        RegSetValueExA(k, "own", 0, REG_SZ, (const BYTE *)"x", 2);
        RegQueryValueExA(k, "own", NULL, &type, data, &n);
        RegCloseKey(k);
    }
}

static void files(void) {
    WIN32_FIND_DATAA found;
    char text[16];
    DWORD n;
    HANDLE f = CreateFileA("C:\\Windows\\win.ini", GENERIC_READ, FILE_SHARE_READ, NULL,
                           OPEN_EXISTING, 0, NULL);
    ReadFile(f, text, sizeof text, &n, NULL);
    CloseHandle(f);
    GetFileAttributesA("C:\\Windows\\System32\\drivers\\VBoxMouse.sys");
    GetFileAttributesA("C:\\agent\\agent.py");
    FindClose(FindFirstFileA("C:\\Users\\*.pot", &found));
    f = CreateFileA("C:\\Users\\Public\\own.txt", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    CloseHandle(f);
    GetFileAttributesA("C:\\Users\\Public\\own.txt");
    GetFileAttributesA("Q:\\x");
}

static void objects(void) {
    CloseHandle(OpenMutexA(SYNCHRONIZE, FALSE, "Sandboxie_SingleInstanceMutex_Control"));
    CloseHandle(CreateMutexA(NULL, FALSE, "Global\\MyOwn"));
    CloseHandle(OpenMutexA(SYNCHRONIZE, FALSE, "Global\\MyOwn"));
    CloseHandle(OpenEventA(SYNCHRONIZE, FALSE, "Global\\Started"));
    CloseHandle(CreateFileA("\\\\.\\VBoxGuest", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL));
    CloseHandle(
        CreateFileA("\\\\.\\pipe\\VBoxTrayIPC", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL));
    GetModuleHandleA("SbieDll.dll");
}

static void hardware(void) {
    unsigned a, b, c, d;
    SYSTEM_INFO info;
    MEMORYSTATUSEX memory = {.dwLength = sizeof memory};
    DWORD serial;
    ULARGE_INTEGER size;
    __cpuid(0, a, b, c, d);
    GetSystemInfo(&info);
    GlobalMemoryStatusEx(&memory);
    GetVolumeInformationA("C:\\", NULL, 0, &serial, NULL, NULL, NULL, 0);
    GetDiskFreeSpaceExA("C:\\", NULL, &size, NULL);
    GetSystemFirmwareTable(0x52534d42, 0, NULL, 0);
}

static void processes(void) {
    PROCESSENTRY32 e = {.dwSize = sizeof e};
    HANDLE s = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    Process32First(s, &e);
    CloseHandle(s);
}

static void desktop(void) {
    POINT p;
    FindWindowA("VBoxTrayToolWndClass", NULL);
    FindWindowA(NULL, "OneDrive");
    GetCursorPos(&p);
    GetKeyboardLayout(0);
}

int main(void) {
    GetModuleHandleA("mark.dll");
    names();
    registry();
    files();
    objects();
    hardware();
    processes();
    desktop();
    return 0;
}
