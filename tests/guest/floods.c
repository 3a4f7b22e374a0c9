/* One program that wants more of one thing than a computer has: floods THING. Where Windows itself
 * says no, it says what and with which error; elsewhere a budget ends the run. */
#include <winsock2.h>

#include "guest.h"

static void refused(const char *what, unsigned long error) {
    printf("%s: error %lu\n", what, error);
}

/* ---- what Windows itself has enough of ---- */

static DWORD WINAPI sleeper(void *unused) {
    (void)unused;
    Sleep(INFINITE);
    return 0;
}

static void threads(void) {
    while (CreateThread(NULL, 0, sleeper, NULL, 0, NULL)) {}
    refused("CreateThread", GetLastError());
}

static void handles(void) {
    while (CreateEventA(NULL, FALSE, FALSE, NULL)) {}
    refused("CreateEvent", GetLastError());
}

static void memory(void) {
    while (VirtualAlloc(NULL, 1 << 20, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE)) {}
    refused("VirtualAlloc", GetLastError());
}

/* As above, and uses it all. */
static void touch(void) {
    char *p;
    while ((p = VirtualAlloc(NULL, 1 << 20, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE)))
        for (unsigned i = 0; i < 1 << 20; i += 4096) p[i] = 1;
    refused("VirtualAlloc", GetLastError());
}

static void heap(void) {
    while (HeapAlloc(GetProcessHeap(), 0, 4000)) {}
    printf("HeapAlloc: no more\n");
}

static void messages(void) {
    MSG m;
    PeekMessageA(&m, NULL, 0, 0, PM_NOREMOVE);
    while (PostThreadMessageA(GetCurrentThreadId(), WM_USER, 1, 2)) {}
    refused("PostThreadMessage", GetLastError());
}

static void windows(void) {
    while (CreateWindowExA(0, "STATIC", "", 0, 0, 0, 1, 1, HWND_MESSAGE, NULL, NULL, NULL)) {}
    refused("CreateWindow", GetLastError());
}

static void atoms(void) {
    char name[32];
    for (unsigned n = 0;; n++) {
        wsprintfA(name, "flood %u", n);
        if (!GlobalAddAtomA(name)) break;
    }
    refused("GlobalAddAtom", GetLastError());
}

static void timers(void) {
    while (SetTimer(NULL, 0, 1000000, NULL)) {}
    refused("SetTimer", GetLastError());
}

static void gdi(void) {
    while (CreateCompatibleDC(NULL)) {}
    printf("CreateCompatibleDC: no more\n");
}

/* ---- what only a disk, a network or patience ends ---- */

static void keys(void) {
    char name[64];
    HKEY key;
    for (unsigned n = 0;; n++) {
        wsprintfA(name, "Software\\Flood\\%u", n);
        LONG error = RegCreateKeyA(HKEY_CURRENT_USER, name, &key);
        if (error) {
            refused("RegCreateKey", (unsigned long)error);
            return;
        }
        RegCloseKey(key);
    }
}

static void values(void) {
    static BYTE data[1 << 20];
    char name[64];
    HKEY key;
    LONG error = RegCreateKeyA(HKEY_CURRENT_USER, "Software\\Flood", &key);
    for (unsigned n = 0; !error; n++) {
        wsprintfA(name, "%u", n);
        error = RegSetValueExA(key, name, 0, REG_BINARY, data, sizeof data);
    }
    refused("RegSetValueEx", (unsigned long)error);
}

static void files(void) {
    char name[64];
    CreateDirectoryA("C:\\flood", NULL);
    for (unsigned n = 0;; n++) {
        wsprintfA(name, "C:\\flood\\%u.bin", n);
        HANDLE f = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
        if (f == INVALID_HANDLE_VALUE) break;
        CloseHandle(f);
    }
    refused("CreateFile", GetLastError());
}

static void huge(void) {
    static char block[1 << 20];
    DWORD n;
    HANDLE f = CreateFileA("C:\\huge.bin", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    while (WriteFile(f, block, sizeof block, &n, NULL)) {}
    refused("WriteFile", GetLastError());
}

/* A file of a terabyte costs nothing until somebody writes to its end. */
static void sparse(void) {
    LARGE_INTEGER end = {.QuadPart = 1ll << 40};
    DWORD n;
    HANDLE f = CreateFileA("C:\\sparse.bin", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    printf("pointer %d\n", SetFilePointerEx(f, end, NULL, FILE_BEGIN));
    if (!SetEndOfFile(f)) refused("SetEndOfFile", GetLastError());
    if (!WriteFile(f, "x", 1, &n, NULL)) refused("WriteFile", GetLastError());
}

static void names(void) {
    char name[64];
    for (unsigned n = 0;; n++) {
        wsprintfA(name, "flood %u", n);
        HANDLE mutex = CreateMutexA(NULL, FALSE, name);
        if (!mutex) break;
        CloseHandle(mutex);
    }
    refused("CreateMutex", GetLastError());
}

static void folders(void) {
    char path[2 * MAX_PATH] = "C:\\deep";
    do {
        strcat(path, "\\d");
    } while ((CreateDirectoryA("C:\\deep", NULL), CreateDirectoryA(path, NULL)));
    refused("CreateDirectory", GetLastError());
}

static void sockets(void) {
    WSADATA data;
    WSAStartup(0x202, &data);
    while (socket(AF_INET, SOCK_STREAM, 0) != INVALID_SOCKET) {}
    refused("socket", (unsigned long)WSAGetLastError());
}

static void output(void) {
    for (unsigned n = 0;; n++) printf("line %u\n", n);
}

/* Every file is a program, which a report would hand on. */
static void artifacts(void) {
    char name[64];
    DWORD n;
    CreateDirectoryA("C:\\flood", NULL);
    for (unsigned i = 0;; i++) {
        wsprintfA(name, "C:\\flood\\%u.exe", i);
        HANDLE f = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
        if (f == INVALID_HANDLE_VALUE) break;
        WriteFile(f, "MZ", 2, &n, NULL);
        WriteFile(f, &i, sizeof i, &n, NULL);
        CloseHandle(f);
    }
    refused("CreateFile", GetLastError());
}

/* ---- over and over, with nothing left behind ---- */

static void short_threads(void) {
    for (;;) {
        HANDLE t = CreateThread(NULL, 0, (LPTHREAD_START_ROUTINE)(void *)GetVersion, NULL, 0, NULL);
        if (!t) break;
        WaitForSingleObject(t, INFINITE);
        CloseHandle(t);
    }
    refused("CreateThread", GetLastError());
}

/* Each child starts the next and ends: never many at a time. */
static void relay(void) {
    char self[MAX_PATH], command[MAX_PATH + 16];
    STARTUPINFOA how = {.cb = sizeof how};
    PROCESS_INFORMATION child;
    GetModuleFileNameA(NULL, self, sizeof self);
    wsprintfA(command, "\"%s\" relay", self);
    if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &how, &child))
        refused("CreateProcess", GetLastError());
}

static const struct {
    const char *name;
    void (*run)(void);
} floods[] = {
    {"threads", threads}, {"handles", handles},     {"memory", memory},
    {"touch", touch},     {"heap", heap},           {"messages", messages},
    {"windows", windows}, {"atoms", atoms},         {"timers", timers},
    {"gdi", gdi},         {"keys", keys},           {"values", values},
    {"files", files},     {"huge", huge},           {"sparse", sparse},
    {"names", names},     {"folders", folders},     {"sockets", sockets},
    {"output", output},   {"artifacts", artifacts}, {"short_threads", short_threads},
    {"relay", relay},
};

int main(int argc, char **argv) {
    for (unsigned i = 0; i < sizeof floods / sizeof *floods; i++)
        if (argc > 1 && strcmp(argv[1], floods[i].name) == 0) floods[i].run();
    return 0;
}
