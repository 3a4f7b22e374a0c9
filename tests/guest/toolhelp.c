/* Snapshots: our own process, its threads and modules, as seen from outside. */
#include "guest.h"

#include <psapi.h>
#include <tlhelp32.h>

static char self[MAX_PATH];

static void own_name(void) {
    char path[MAX_PATH];
    GetModuleFileNameA(NULL, path, sizeof path);
    strcpy(self, strrchr(path, '\\') + 1);
}

static void processes(void) {
    HANDLE s = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    PROCESSENTRY32 p = {.dwSize = sizeof p};
    int all = 0, ours = 0, parents = 0;
    DWORD parent = 0;
    for (BOOL ok = Process32First(s, &p); ok; ok = Process32Next(s, &p)) {
        all++;
        if (p.th32ProcessID != GetCurrentProcessId()) continue;
        ours++;
        parent = p.th32ParentProcessID;
        say("its name is ours", _stricmp(p.szExeFile, self) == 0);
        say("threads", p.cntThreads >= 2);
    }
    say_number("listed", ours);
    say("others", all > 3);
    say_number("the list ends with", (long)GetLastError());
    for (BOOL ok = Process32First(s, &p); ok; ok = Process32Next(s, &p))
        parents += p.th32ProcessID == parent;
    say("our parent", parents == 1);
    CloseHandle(s);
}

static void threads(void) {
    HANDLE s = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    THREADENTRY32 t = {.dwSize = sizeof t};
    int ours = 0, me = 0;
    for (BOOL ok = Thread32First(s, &t); ok; ok = Thread32Next(s, &t)) {
        ours += t.th32OwnerProcessID == GetCurrentProcessId();
        me += t.th32ThreadID == GetCurrentThreadId();
    }
    say_number("own threads", ours);
    say_number("this thread", me);
    CloseHandle(s);
}

static void modules(void) {
    HANDLE s = CreateToolhelp32Snapshot(TH32CS_SNAPMODULE, 0);
    MODULEENTRY32 m = {.dwSize = sizeof m};
    int ntdll = 0, first = 0, i = 0;
    for (BOOL ok = Module32First(s, &m); ok; ok = Module32Next(s, &m), i++) {
        first += i == 0 && m.hModule == GetModuleHandleA(NULL);
        if (_stricmp(m.szModule, "ntdll.dll") == 0)
            ntdll += m.modBaseAddr == (BYTE *)GetModuleHandleA("ntdll") && m.modBaseSize > 65536;
    }
    say("the program is first", first);
    say_number("ntdll", ntdll);
    CloseHandle(s);
}

static void by_psapi(void) {
    HMODULE list[256];
    DWORD n = 0;
    char name[MAX_PATH] = "";
    HANDLE process =
        OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE, GetCurrentProcessId());
    say_result("modules", EnumProcessModules(process, list, sizeof list, &n));
    say("the first is the program", list[0] == GetModuleHandleA(NULL));
    GetModuleBaseNameA(process, list[0], name, sizeof name);
    say("its name", _stricmp(name, self) == 0);
    MODULEINFO info;
    say_result("information", GetModuleInformation(process, list[0], &info, sizeof info));
    say("entry point is inside",
        (char *)info.EntryPoint > (char *)info.lpBaseOfDll &&
            (char *)info.EntryPoint < (char *)info.lpBaseOfDll + info.SizeOfImage);
    DWORD ids[1024];
    say_result("processes", EnumProcesses(ids, sizeof ids, &n));
    int found = 0;
    for (DWORD i = 0; i < n / sizeof *ids; i++) found += ids[i] == GetCurrentProcessId();
    say_number("we are one of them", found);
    DWORD length = sizeof name;
    say_result("full name", QueryFullProcessImageNameA(process, 0, name, &length));
    say("ends in our name", _stricmp(strrchr(name, '\\') + 1, self) == 0);
    CloseHandle(process);
}

static DWORD WINAPI wait_for(void *event) {
    return WaitForSingleObject(event, INFINITE);
}

int main(void) {
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE thread = CreateThread(NULL, 0, wait_for, event, 0, NULL);
    own_name();
    processes();
    threads();
    modules();
    by_psapi();
    SetEvent(event);
    WaitForSingleObject(thread, INFINITE);
    return 0;
}
