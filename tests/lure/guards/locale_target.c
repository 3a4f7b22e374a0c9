/* expect {"fact": "locale", "polarity": "must", "values": ["ko-KR"]} */
#include "../guard.h"

int main(void) {
    WCHAR name[LOCALE_NAME_MAX_LENGTH];
    GetUserDefaultLocaleName(name, LOCALE_NAME_MAX_LENGTH);
    if (_wcsicmp(name, L"ko-kr") == 0) reveal();
    return 0;
}
