/* expect {"fact": "file", "polarity": "must-not", "subject": "C:\\analysis\\agent.py"} */
#include "../guard.h"

int main(void) {
    HANDLE h = CreateFileW(L"C:\\analysis\\agent.py", GENERIC_READ, FILE_SHARE_READ, NULL,
                           OPEN_EXISTING, 0, NULL);
    if (h != INVALID_HANDLE_VALUE) return 0;
    reveal();
    return 0;
}
