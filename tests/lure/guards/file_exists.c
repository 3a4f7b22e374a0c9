/* expect {"fact": "file", "polarity": "must", "subject": "C:\\ProgramData\\kiosk\\till.cfg"} */
#include "../guard.h"

int main(void) {
    if (GetFileAttributesA("C:\\ProgramData\\kiosk\\till.cfg") != INVALID_FILE_ATTRIBUTES) reveal();
    return 0;
}
