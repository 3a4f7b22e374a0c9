/* Every child starts two more, without end. */
#include "guest.h"

int main(void) {
    char self[MAX_PATH];
    STARTUPINFOA how = {.cb = sizeof how};
    PROCESS_INFORMATION child;
    GetModuleFileNameA(NULL, self, sizeof self);
    for (int i = 0; i < 2; i++)
        CreateProcessA(self, NULL, NULL, NULL, FALSE, 0, NULL, NULL, &how, &child);
    Sleep(INFINITE);
    return 0;
}
