/* expect {"fact": "window", "polarity": "must-not"} */
#include "../guard.h"

int main(void) {
    if (FindWindowA("TraceMonitorClass", NULL)) return 0;
    reveal();
    return 0;
}
