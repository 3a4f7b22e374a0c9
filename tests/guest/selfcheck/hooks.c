/* Hooks: the first bytes of functions, the code of ntdll against its file, foreign DLLs. */
#include "selfcheck.h"

#include <tlhelp32.h>

static int looks_hooked(const unsigned char *code) {
    if (code[0] == 0xe9 || code[0] == 0xe8 || code[0] == 0xcc) return 1;    /* jmp, call, int3 */
    if (code[0] == 0x68 && code[5] == 0xc3) return 1;                       /* push; ret */
    if ((code[0] == 0x48 || code[0] == 0x49) && (code[1] & 0xfe) == 0xb8 && /* mov r, imm64; */
        code[10] == 0xff && (code[11] & 0xf8) == 0xe0)                      /* jmp r */
        return 1;
    return 0;
}

static void check_functions(const char *name, const char *dll, const char *const *functions) {
    int hooked = 0;
    for (; *functions; functions++) {
        const unsigned char *code = function(dll, *functions);
        hooked += !code || looks_hooked(code);
    }
    check(name, hooked);
}

static void check_stubs(void) {
    static const char *const calls[] = {
        "NtCreateFile",           "NtOpenProcess",       "NtWriteFile", "NtDelayExecution",
        "NtProtectVirtualMemory", "NtCreateUserProcess", NULL};
    int odd = 0;
    for (const char *const *c = calls; *c; c++) {
        const unsigned char *code = function("ntdll", *c);
#ifdef _WIN64
        odd += !code || code[0] != 0x4c || code[1] != 0x8b || code[2] != 0xd1 || code[3] != 0xb8;
#else
        odd += !code || code[0] != 0xb8;
#endif
    }
    check("stubs of system calls", odd);
}

static IMAGE_SECTION_HEADER *text_of(const char *base) {
    IMAGE_NT_HEADERS *nt = (IMAGE_NT_HEADERS *)(base + ((IMAGE_DOS_HEADER *)base)->e_lfanew);
    return IMAGE_FIRST_SECTION(nt);
}

/* As the unhookers do it: the file's code against the memory's; relocations make them differ in
 * few places only. */
static void check_code_of_ntdll(void) {
    char path[MAX_PATH];
    char *loaded = (char *)GetModuleHandleA("ntdll");
    GetModuleFileNameA((HMODULE)loaded, path, sizeof path);
    HANDLE file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    check("ntdll's file", file == INVALID_HANDLE_VALUE);
    DWORD size = GetFileSize(file, NULL), n = 0;
    char *raw = VirtualAlloc(NULL, size + 1, MEM_COMMIT, PAGE_READWRITE);
    ReadFile(file, raw, size, &n, NULL);
    CloseHandle(file);
    int differ = -1;
    if (n == size && size > 4096 && raw[0] == 'M') {
        IMAGE_SECTION_HEADER *s = text_of(raw);
        const char *a = raw + s->PointerToRawData, *b = loaded + s->VirtualAddress;
        differ = 0;
        for (DWORD i = 0; i < s->Misc.VirtualSize && i < s->SizeOfRawData; i++)
            differ += a[i] != b[i];
    }
    check("ntdll's code as in its file", differ < 0 || differ > 100000);
    VirtualFree(raw, 0, MEM_RELEASE);
}

static void check_modules(void) {
    static const char *const foreign[] = {
        "sbiedll.dll",     "api_log.dll",  "dir_watch.dll", "pstorec.dll",
        "vmcheck.dll",     "wpespy.dll",   "cmdvrt32.dll",  "cmdvrt64.dll",
        "snxhk.dll",       "sxin.dll",     "sf2.dll",       "cuckoomon.dll",
        "monitor-x86.dll", "avghookx.dll", "capemon.dll",   NULL};
    int found = 0, pathless = 0;
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPMODULE, GetCurrentProcessId());
    MODULEENTRY32 m = {.dwSize = sizeof m};
    for (BOOL more = Module32First(all, &m); more; more = Module32Next(all, &m)) {
        found += is_one_of(m.szModule, foreign);
        pathless += !m.szExePath[0];
    }
    CloseHandle(all);
    for (const char *const *f = foreign; *f; f++) found += GetModuleHandleA(*f) != NULL;
    check("foreign DLLs", found);
    check("modules have paths", pathless);
}

/* Memory that executes and is nobody's image. */
static void check_loose_code(void) {
    MEMORY_BASIC_INFORMATION m;
    int loose = 0;
    for (char *at = NULL; VirtualQuery(at, &m, sizeof m);
         at = (char *)m.BaseAddress + m.RegionSize) {
        if (m.State == MEM_COMMIT && m.Type == MEM_PRIVATE && m.Protect & 0xf0) loose++;
        if ((char *)m.BaseAddress + m.RegionSize <= at) break;
    }
    check("loose code", loose);
}

void check_hooks(void) {
    static const char *const kernel32[] = {
        "CreateFileW",    "CreateProcessW", "WriteFile",    "DeleteFileW", "Sleep", "LoadLibraryA",
        "GetProcAddress", "VirtualProtect", "VirtualAlloc", "ExitProcess", NULL};
    static const char *const ntdll[] = {
        "LdrLoadDll",    "RtlDecompressBuffer",       "LdrGetProcedureAddress",
        "RtlCreateHeap", "KiUserExceptionDispatcher", NULL};
    static const char *const ws2[] = {"connect",    "send",          "recv",
                                      "WSAStartup", "gethostbyname", NULL};
    static const char *const advapi[] = {"RegSetValueExW", "RegOpenKeyExA", "CreateServiceW",
                                         "OpenProcessToken", NULL};
    check_functions("functions of kernel32", "kernel32", kernel32);
    check_functions("functions of ntdll", "ntdll", ntdll);
    check_functions("functions of ws2_32", "ws2_32", ws2);
    check_functions("functions of advapi32", "advapi32", advapi);
    check_stubs();
    check_code_of_ntdll();
    check_modules();
    check_loose_code();
}
