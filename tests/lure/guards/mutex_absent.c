/* expect {"fact": "mutex", "polarity": "must-not", "subject": "Global\\ToolsRunOnce"} */
#include "../guard.h"

int main(void) {
    if (OpenMutexA(SYNCHRONIZE, FALSE, "Global\\ToolsRunOnce")) return 0;
    reveal();
    return 0;
}
