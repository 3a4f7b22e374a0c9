/* expect {"fact": "time", "polarity": "must-not"} */
#include "../guard.h"
#include <time.h>

int main(void) {
    if (time(NULL) > 1719800000) return 0; /* July 2024 */
    reveal();
    return 0;
}
