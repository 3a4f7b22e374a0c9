/* What shellcode does: kernel32 by way of the PEB's list of modules, functions by a hash of their
 * names from its export table. */
#include "guest.h"

#include <winternl.h>

static PEB *peb(void) {
#ifdef _WIN64
    return (PEB *)__readgsqword(0x60);
#else
    return (PEB *)__readfsdword(0x30);
#endif
}

/* The entry as it is, further than winternl.h tells. */
typedef struct {
    LIST_ENTRY load, memory, initialisation;
    void *base, *entry;
    ULONG size;
    UNICODE_STRING path, name;
} Module;

static LIST_ENTRY *load_list(void) {
    return (LIST_ENTRY *)((char *)peb()->Ldr + 8 + sizeof(void *));
}

static unsigned hash_byte(unsigned h, unsigned c) {
    return (h >> 13 | h << 19) + c;
}

static unsigned hash_wide(const UNICODE_STRING *s) {
    unsigned h = 0;
    for (int i = 0; i < s->Length / 2; i++) {
        unsigned c = s->Buffer[i];
        h = hash_byte(h, c >= 'a' && c <= 'z' ? c - 32 : c);
    }
    return h;
}

static unsigned hash_text(const char *s) {
    unsigned h = 0;
    while (*s) h = hash_byte(h, (unsigned char)*s++);
    return h;
}

static Module *module_by_hash(unsigned hash) {
    for (LIST_ENTRY *e = load_list()->Flink; e != load_list(); e = e->Flink)
        if (hash_wide(&((Module *)e)->name) == hash) return (Module *)e;
    return NULL;
}

static void *export_by_hash(char *base, unsigned hash) {
    IMAGE_NT_HEADERS *nt = (IMAGE_NT_HEADERS *)(base + ((IMAGE_DOS_HEADER *)base)->e_lfanew);
    IMAGE_DATA_DIRECTORY *d = &nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT];
    IMAGE_EXPORT_DIRECTORY *e = (IMAGE_EXPORT_DIRECTORY *)(base + d->VirtualAddress);
    const DWORD *names = (const DWORD *)(base + e->AddressOfNames);
    const WORD *ordinals = (const WORD *)(base + e->AddressOfNameOrdinals);
    const DWORD *functions = (const DWORD *)(base + e->AddressOfFunctions);
    for (DWORD i = 0; i < e->NumberOfNames; i++)
        if (hash_text(base + names[i]) == hash) return base + functions[ordinals[i]];
    return NULL;
}

static void list_modules(void) {
    int i = 0;
    for (LIST_ENTRY *e = load_list()->Flink; e != load_list() && i < 3; e = e->Flink, i++) {
        Module *m = (Module *)e;
        if (i == 0) say("the program is first", m->base == (void *)GetModuleHandleA(NULL));
        else printf("module %d: %.*ls\n", i + 1, m->name.Length / 2, m->name.Buffer);
    }
}

/* The three lists name the same modules, each once. */
static void compare_lists(void) {
    int n[3] = {0};
    for (int list = 0; list < 3; list++) {
        LIST_ENTRY *head = load_list() + list;
        for (LIST_ENTRY *e = head->Flink; e != head && n[list] < 1000; e = e->Flink) {
            if (e->Flink->Blink != e) n[list] = 1000;
            n[list]++;
        }
    }
    say("same number in load and memory order", n[0] == n[1] && n[0] > 3);
    say("the program itself is not initialised", n[2] == n[0] - 1);
}

static void find_and_call(void) {
    Module *kernel = module_by_hash(0x6e2bca17);
    say("kernel32 by hash", kernel && kernel->base == (void *)GetModuleHandleA("kernel32"));
    if (!kernel) return;
    say("its size", kernel->size > 65536);
    char *base = kernel->base;
    void *address = export_by_hash(base, 0x7c0dfcaa), *load = export_by_hash(base, 0xec0e4e8e);
    say("GetProcAddress by hash",
        address == (void *)GetProcAddress((HMODULE)base, "GetProcAddress"));
    say("LoadLibraryA by hash", load == (void *)GetProcAddress((HMODULE)base, "LoadLibraryA"));
    if (!address || !load) return;
    HMODULE shell = ((HMODULE(WINAPI *)(const char *))load)("shlwapi.dll");
    typedef BOOL(WINAPI * Match)(const char *, const char *);
    typedef FARPROC(WINAPI * Find)(HMODULE, const char *);
    Match match = (Match)(void *)((Find)address)(shell, "PathMatchSpecA");
    say("PathMatchSpec by way of both", match && match("report.docx", "*.docx"));
    say("and it is in the list now",
        module_by_hash(hash_wide(&(UNICODE_STRING){22, 24, (WCHAR *)L"SHLWAPI.DLL"})) != NULL);
}

static void blocks(void) {
    say("PEB's base is ours",
        *(void **)((char *)peb() + 2 * sizeof(void *)) == GetModuleHandleA(NULL));
    say("nobody debugs us", peb()->BeingDebugged == 0);
    say("heap", *(void **)((char *)peb() + 6 * sizeof(void *)) == GetProcessHeap());
    say("TEB names itself", NtCurrentTeb() == (struct _TEB *)((NT_TIB *)NtCurrentTeb())->Self);
    say("our stack is ours",
        (char *)&(int){0} < (char *)((NT_TIB *)NtCurrentTeb())->StackBase &&
            (char *)&(int){0} > (char *)((NT_TIB *)NtCurrentTeb())->StackLimit);
    say("command line",
        wcscmp(peb()->ProcessParameters->CommandLine.Buffer, GetCommandLineW()) == 0);
}

int main(void) {
    blocks();
    list_modules();
    compare_lists();
    find_and_call();
    return 0;
}
