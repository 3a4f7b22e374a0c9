/* expect {"fact": "file", "polarity": "must", "subject": "C:\\Users\\Public\\inject.ok"} */
#include "../guard.h"
#include <tlhelp32.h>

typedef struct {
    DWORD(WINAPI *attributes)(const char *);
    HANDLE(WINAPI *create)(const char *, DWORD, DWORD, void *, DWORD, DWORD, HANDLE);
    char wanted[40], made[40];
} Work;

static DWORD WINAPI work(void *argument) {
    Work *w = argument;
    if (w->attributes(w->wanted) == INVALID_FILE_ATTRIBUTES) return 1;
    w->create(w->made, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    return 0;
}
static void work_end(void) {
    __asm__ volatile("nop");
}

static DWORD shell(void) {
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    PROCESSENTRY32 one = {.dwSize = sizeof one};
    DWORD id = 0;
    for (BOOL more = Process32First(all, &one); more && !id; more = Process32Next(all, &one))
        if (lstrcmpiA(one.szExeFile, "explorer.exe") == 0) id = one.th32ProcessID;
    return id;
}

int main(int argc, char **argv) {
    (void)argv;
    if (argc > 5) work_end();
    Work w = {(void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "GetFileAttributesA"),
              (void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "CreateFileA"),
              "C:\\Users\\Public\\inject.ok", "C:\\Users\\Public\\revealed.txt"};
    HANDLE to =
        sizeof(void *) == 8 ? OpenProcess(PROCESS_ALL_ACCESS, FALSE, shell()) : GetCurrentProcess();
    char *at = VirtualAllocEx(to, NULL, 8192, MEM_COMMIT, PAGE_EXECUTE_READWRITE);
    if (!at) return 1;
    WriteProcessMemory(to, at, (void *)(ULONG_PTR)work, 1024, NULL);
    WriteProcessMemory(to, at + 4096, &w, sizeof w, NULL);
    HANDLE thread = CreateRemoteThread(to, NULL, 0, (void *)at, at + 4096, 0, NULL);
    WaitForSingleObject(thread, 10000);
    return 0;
}
