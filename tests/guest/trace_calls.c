/* API calls of every kind, for told.py: what --trace says of them is what is tested. */
#include "guest.h"

static volatile int in_callback;

static BOOL CALLBACK on_locale(LPSTR name) {
    (void)name;
    in_callback = lstrlenA("in a callback");
    return FALSE;
}

static void NTAPI on_tls(PVOID module, DWORD reason, PVOID reserved) {
    (void)module, (void)reserved;
    if (reason == DLL_PROCESS_ATTACH) in_callback = lstrlenA("in a TLS callback");
}

__attribute__((section(".CRT$XLF"), used)) static PIMAGE_TLS_CALLBACK tls_callback = on_tls;

/* Code that did not exist when the program started: calls the function with one text. */
static void from_written_code(void *function, const char *text) {
#ifdef _WIN64
    /* sub rsp, 28h; mov rax, rdx; mov rdx, rcx; mov rcx, rax; call rdx; add rsp, 28h; ret */
    static const unsigned char code[] = {0x48, 0x83, 0xec, 0x28, 0x48, 0x89, 0xd0,
                                         0x48, 0x89, 0xca, 0x48, 0x89, 0xc1, 0xff,
                                         0xd2, 0x48, 0x83, 0xc4, 0x28, 0xc3};
#else
    /* push dword [esp+8]; call dword [esp+8]; ret */
    static const unsigned char code[] = {0xff, 0x74, 0x24, 0x08, 0xff, 0x54, 0x24, 0x08, 0xc3};
#endif
    void *page = VirtualAlloc(NULL, 4096, MEM_COMMIT, PAGE_EXECUTE_READWRITE);
    memcpy(page, code, sizeof code);
    ((void (*)(void *, const char *))page)(function, text);
}

int main(void) {
    char text[64];
    lstrlenW(L"gr\u00fc\u00df");
    for (int i = 0; i < 1000; i++) SetLastError((DWORD)i);
    for (int i = 0; i < 500; i++) {
        lstrlenA("a loop");
        GetLastError();
    }
    wsprintfA(text, "%d %s", 7, "varargs");
    CreateFileA("C:\\nonesuch.txt", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    EnumSystemLocalesA(on_locale, LCID_INSTALLED);
    int(WINAPI * length)(const char *) = (int(WINAPI *)(const char *))(void *)GetProcAddress(
        GetModuleHandleA("kernel32"), "lstrlenA");
    length("got by name");
    from_written_code((void *)length, "from written code");
    HMODULE sockets = LoadLibraryA("ws2_32.dll");
    unsigned short(WINAPI * swap)(unsigned short) =
        (unsigned short(WINAPI *)(unsigned short))(void *)GetProcAddress(sockets, (const char *)9);
    swap(0x1234);
    RtlZeroMemory(text, sizeof text);
    Sleep(0);
    ExitProcess(in_callback == 13 ? 0 : 1);
}
