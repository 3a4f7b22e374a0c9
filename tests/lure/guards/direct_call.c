/* expect {"fact": "file", "polarity": "must", "subject": "C:\\Users\\Public\\direct.ok"} */
#include "../guard.h"

typedef struct {
    USHORT length, room;
    WCHAR *text;
} Name;
typedef struct {
    ULONG length;
    HANDLE root;
    Name *name;
    ULONG attributes;
    void *security, *quality;
} Attributes;

/* The number of NtQueryAttributesFile, out of its stub; the stub is copied and called there. */
int main(void) {
    static WCHAR path[] = L"\\??\\C:\\Users\\Public\\direct.ok";
    Name name = {sizeof path - 2, sizeof path, path};
    Attributes attributes = {sizeof attributes, NULL, &name, 0x40, NULL, NULL};
    uint64_t information[5];
    const void *stub =
        (const void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtQueryAttributesFile");
    void *copy = VirtualAlloc(NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_EXECUTE_READWRITE);
    memcpy(copy, stub, 32);
    if (((LONG(WINAPI *)(Attributes *, void *))copy)(&attributes, information) == 0) reveal();
    return 0;
}
