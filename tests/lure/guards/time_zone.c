/* expect {"fact": "timezone.bias", "polarity": "must"} */
#include "../guard.h"

int main(void) {
    TIME_ZONE_INFORMATION zone;
    GetTimeZoneInformation(&zone);
    if (zone.Bias == -540) reveal();
    return 0;
}
