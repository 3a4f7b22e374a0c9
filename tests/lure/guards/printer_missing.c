/* expect {"fact": "printer", "polarity": "must", "values": ["Zebra LP2844"]} */
#include "../guard.h"
#include <winspool.h>

int main(void) {
    static BYTE room[65536];
    DWORD need, n = 0;
    EnumPrintersA(PRINTER_ENUM_LOCAL, NULL, 2, room, sizeof room, &need, &n);
    for (DWORD i = 0; i < n; i++)
        if (strcmp(((PRINTER_INFO_2A *)room)[i].pPrinterName, "Zebra LP2844") == 0) reveal();
    return 0;
}
