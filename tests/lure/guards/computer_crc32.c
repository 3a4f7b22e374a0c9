/* expect {"fact": "computer", "polarity": "must", "proved": "forced"} */
#include "../guard.h"

static uint32_t crc32(const char *s) {
    uint32_t c = ~0u;
    for (; *s; s++) {
        c ^= (unsigned char)*s;
        for (int i = 0; i < 8; i++) c = c >> 1 ^ (c & 1 ? 0xEDB88320u : 0);
    }
    return ~c;
}

int main(void) {
    static const uint32_t wanted[] = {0x1f2e3d4c, 0x99aa55cc, 0x0badcafe};
    char name[64];
    DWORD n = sizeof name;
    GetComputerNameA(name, &n);
    uint32_t c = crc32(name);
    for (int i = 0; i < 3; i++)
        if (wanted[i] == c) reveal();
    return 0;
}
