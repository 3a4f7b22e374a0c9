/* expect {"fact": "directory", "polarity": "must", "subject": "C:\\Program Files\\LedgerPro"} */
#include "../guard.h"

int main(void) {
    DWORD a = GetFileAttributesA("C:\\Program Files\\LedgerPro");
    if (a != INVALID_FILE_ATTRIBUTES && a & FILE_ATTRIBUTE_DIRECTORY) reveal();
    return 0;
}
