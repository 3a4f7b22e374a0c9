/* expect {"fact": "file", "polarity": "must", "subject": "C:\\Users\\Public\\license.key"} */
#include "../guard.h"

int main(void) {
    unsigned char key[4] = {0};
    FILE *f = fopen("C:\\Users\\Public\\license.key", "rb");
    if (!f) return 0;
    size_t n = fread(key, 1, sizeof key, f);
    fclose(f);
    if (n == 4 && key[0] == 0xC0 && key[1] == 0xFF && key[2] == 0xEE && key[3] == 0x11) reveal();
    return 0;
}
