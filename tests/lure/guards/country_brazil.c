/* expect {"fact": "locale|locale.lcid", "polarity": "must"} */
#include "../guard.h"

int main(void) {
    WCHAR country[16] = L"";
    GetLocaleInfoEx(LOCALE_NAME_USER_DEFAULT, LOCALE_SISO3166CTRYNAME, country, 16);
    if (wcscmp(country, L"BR") == 0) reveal();
    return 0;
}
