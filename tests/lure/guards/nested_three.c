/* expect {"fact": "computer", "polarity": "must", "values": ["DEPOT-2"]} */
/* expect {"fact": "registry", "polarity": "must", "subject": "HKCU\\Software\\Depot\\Key",
 * "values": ["amber"]} */
/* expect {"fact": "file", "polarity": "must", "subject": "C:\\depot\\ready.flag"} */
#include "../guard.h"

int main(void) {
    char name[64], text[64];
    DWORD n = sizeof name, size = sizeof text;
    GetComputerNameA(name, &n);
    if (strcmp(name, "DEPOT-2")) return 0;
    if (RegGetValueA(HKEY_CURRENT_USER, "Software\\Depot", "Key", RRF_RT_REG_SZ, NULL, text, &size))
        return 0;
    if (strcmp(text, "amber")) return 0;
    if (GetFileAttributesA("C:\\depot\\ready.flag") == INVALID_FILE_ATTRIBUTES) return 0;
    reveal();
    return 0;
}
