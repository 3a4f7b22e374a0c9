/* expect {"fact": "pipe", "polarity": "must-not", "subject": "monitor_pipe"} */
#include "../guard.h"

int main(void) {
    HANDLE h =
        CreateFileA("\\\\.\\pipe\\monitor_pipe", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (h != INVALID_HANDLE_VALUE || GetLastError() != ERROR_FILE_NOT_FOUND) return 0;
    reveal();
    return 0;
}
