/* expect {"fact": "time", "polarity": "must", "test": "between"} */
#include "../guard.h"

static ULONGLONG at(WORD year, WORD month, WORD day) {
    SYSTEMTIME t = {.wYear = year, .wMonth = month, .wDay = day};
    FILETIME f;
    SystemTimeToFileTime(&t, &f);
    return (ULONGLONG)f.dwHighDateTime << 32 | f.dwLowDateTime;
}

int main(void) {
    FILETIME f;
    GetSystemTimeAsFileTime(&f);
    ULONGLONG now = (ULONGLONG)f.dwHighDateTime << 32 | f.dwLowDateTime;
    if (now > at(2019, 3, 1) && now < at(2019, 4, 10)) reveal();
    return 0;
}
