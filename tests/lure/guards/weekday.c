/* expect {"fact": "time", "polarity": "must"} */
#include "../guard.h"

int main(void) {
    SYSTEMTIME now;
    GetLocalTime(&now);
    if (now.wDayOfWeek == 6) reveal();
    return 0;
}
