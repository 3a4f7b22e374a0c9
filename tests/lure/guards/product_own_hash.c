/* expect {"fact": "os.product_id|registry", "polarity": "must", "proved": "forced"} */
#include "../guard.h"

int main(void) {
    char id[64] = "";
    DWORD n = sizeof id, h = 7;
    RegGetValueA(HKEY_LOCAL_MACHINE, "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", "ProductId",
                 RRF_RT_REG_SZ | 0x00010000, NULL, id, &n);
    for (const char *c = id; *c; c++) h = (h ^ (BYTE)*c) * 0x01000197 + (h >> 9);
    if (h == 0x5e0c77d1) reveal();
    return 0;
}
