/* Two API calls a round: the junk loop of a sample of 2019, which calls them 4,189,501 times. */
#include <windows.h>

void start(void) {
    DWORD adjustment, interval;
    BOOL disabled;
    POINT caret;
    for (unsigned i = 0; i < ROUNDS; i++) {
        GetSystemTimeAdjustment(&adjustment, &interval, &disabled);
        GetCaretPos(&caret);
    }
    ExitProcess(7);
}
