/* expect {"fact": "computer", "polarity": "must"} */
#include "../guard.h"

/* `cmp dword [rcx or esp+4], 'NIRA'; sete al; movzx eax, al; ret`, hidden by XOR 0x5a. */
#ifdef _WIN64
static const unsigned char hidden[] = {0xdb, 0x63, 0x14, 0x13, 0x08, 0x1b, 0x55,
                                       0xce, 0x9a, 0x55, 0xec, 0x9a, 0x99};
#else
static const unsigned char hidden[] = {0xd1, 0x1e, 0x7e, 0x5e, 0xdb, 0x62, 0x14, 0x13, 0x08,
                                       0x1b, 0x55, 0xce, 0x9a, 0x55, 0xec, 0x9a, 0x99};
#endif

int main(void) {
    char name[64];
    DWORD n = sizeof name;
    unsigned char *code =
        VirtualAlloc(NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_EXECUTE_READWRITE);
    for (unsigned i = 0; i < sizeof hidden; i++) code[i] = hidden[i] ^ 0x5a;
    GetComputerNameA(name, &n);
    if (((int (*)(const char *))(void *)code)(name)) reveal();
    return 0;
}
