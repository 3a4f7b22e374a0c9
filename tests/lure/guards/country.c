/* expect {"fact": "locale", "polarity": "must"} */
#include "../guard.h"

int main(void) {
    char country[16] = "";
    GetLocaleInfoA(LOCALE_USER_DEFAULT, LOCALE_SISO3166CTRYNAME, country, sizeof country);
    if (strcmp(country, "KR") == 0) reveal();
    return 0;
}
