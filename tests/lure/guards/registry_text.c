/* expect {"fact": "registry", "polarity": "must", "subject": "HKCU\\Software\\Maple\\Edition",
 * "values": ["Enterprise"]} */
#include "../guard.h"

int main(void) {
    char text[64];
    DWORD size = sizeof text;
    if (RegGetValueA(HKEY_CURRENT_USER, "Software\\Maple", "Edition", RRF_RT_REG_SZ, NULL, text,
                     &size))
        return 0;
    if (lstrcmpiA(text, "enterprise") == 0) reveal();
    return 0;
}
