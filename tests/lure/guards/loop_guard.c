/* expect {"fact": "file", "polarity": "must", "subject": "C:\\Users\\Public\\later.ok"} */
#include "../guard.h"

int main(void) {
    for (int day = 0; day < 30; day++) {
        if (GetFileAttributesA("C:\\Users\\Public\\later.ok") != INVALID_FILE_ATTRIBUTES) {
            reveal();
            return 0;
        }
        Sleep(24 * 3600 * 1000);
    }
    return 0;
}
