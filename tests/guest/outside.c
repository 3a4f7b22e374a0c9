/* Processes that were there before us: what they tell, who may what with them, and code that is put
 * into one. explorer.exe and notepad.exe are the user's, the rest is the system's. */
#include "guest.h"

#include <psapi.h>
#include <tlhelp32.h>

static DWORD find(const char *name) {
    PROCESSENTRY32 e = {.dwSize = sizeof e};
    HANDLE list = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    DWORD id = 0;
    for (BOOL more = Process32First(list, &e); more && !id; more = Process32Next(list, &e))
        if (!_stricmp(e.szExeFile, name)) id = e.th32ProcessID;
    CloseHandle(list);
    return id;
}

static HANDLE open_process(const char *name, DWORD access) {
    HANDLE p = OpenProcess(access, FALSE, find(name));
    printf("%s: ", name);
    say_result("open", p != NULL);
    return p;
}

static void say_path(HANDLE p) {
    char path[MAX_PATH] = "";
    DWORD n = sizeof path;
    QueryFullProcessImageNameA(p, 0, path, &n);
    say_text("path", path);
}

static void asks(void) {
    HANDLE p = open_process("explorer.exe", PROCESS_QUERY_LIMITED_INFORMATION);
    DWORD code = 0, session = 99;
    say_path(p);
    GetExitCodeProcess(p, &code);
    say_number("runs", (long)code);
    say("session", ProcessIdToSessionId(find("explorer.exe"), &session) && session == 1);
    CloseHandle(p);
}

static void put_code(void) {
    static const unsigned char answer_66[] = {0xb8, 66, 0, 0, 0, 0xc3}; /* mov eax, 66; ret */
    HANDLE p = open_process("explorer.exe", PROCESS_ALL_ACCESS);
    DWORD code = 0;
    unsigned char back[sizeof answer_66] = {0};
    void *at =
        VirtualAllocEx(p, NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_EXECUTE_READWRITE);
    say("allocate", at != NULL);
    say_result("write", WriteProcessMemory(p, at, answer_66, sizeof answer_66, NULL));
    say_result("read", ReadProcessMemory(p, at, back, sizeof back, NULL));
    say("as written", !memcmp(back, answer_66, sizeof back));
    HANDLE t = CreateRemoteThread(p, NULL, 0, (LPTHREAD_START_ROUTINE)at, NULL, 0, NULL);
    say_result("thread", t != NULL);
    WaitForSingleObject(t, 10000);
    if (t) GetExitCodeThread(t, &code);
    say_number("it says", (long)code);
    say("still there", WaitForSingleObject(p, 0) == WAIT_TIMEOUT);
    CloseHandle(t);
    CloseHandle(p);
}

static void ends(void) {
    HANDLE p = open_process("notepad.exe", PROCESS_TERMINATE | SYNCHRONIZE);
    say_result("end", TerminateProcess(p, 1));
    say("ended", WaitForSingleObject(p, 1000) == WAIT_OBJECT_0);
    CloseHandle(p);
    say("gone", !find("notepad.exe"));
}

/* What only those may who have SeDebugPrivilege, and what nobody may. */
static void refused(void) {
    LUID debug;
    HANDLE token;
    TOKEN_PRIVILEGES on = {.PrivilegeCount = 1};
    open_process("csrss.exe", PROCESS_VM_READ);
    open_process("lsass.exe", PROCESS_ALL_ACCESS);
    OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES, &token);
    LookupPrivilegeValueA(NULL, "SeDebugPrivilege", &debug);
    on.Privileges[0] = (LUID_AND_ATTRIBUTES){debug, SE_PRIVILEGE_ENABLED};
    say_result("privilege", AdjustTokenPrivileges(token, FALSE, &on, 0, NULL, NULL));
    open_process("lsass.exe", PROCESS_ALL_ACCESS);
    open_process("csrss.exe", PROCESS_VM_READ);
    say_result("process 4", OpenProcess(PROCESS_VM_READ, FALSE, 4) != NULL);
    say_result("process 0", OpenProcess(PROCESS_VM_READ, FALSE, 0) != NULL);
}

int main(int count, char **arguments) {
    (void)arguments;
    setbuf(stdout, NULL);
    if (count > 1) {
        put_code();
        return 0;
    }
    asks();
    ends();
    refused();
    return 0;
}
