/* expect {"fact": "locale.lcid", "polarity": "must-not"} */
#include "../guard.h"

int main(void) {
    switch (GetUserDefaultLangID() & 0x3ff) {
    case LANG_RUSSIAN:
    case LANG_UKRAINIAN:
    case LANG_BELARUSIAN:
    case LANG_KAZAK: return 0;
    default: reveal();
    }
    return 0;
}
