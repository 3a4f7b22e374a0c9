/* expect {"fact": "drive", "polarity": "must"} */
#include "../guard.h"

int main(void) {
    if (GetDriveTypeA("F:\\") == DRIVE_REMOVABLE) reveal();
    return 0;
}
