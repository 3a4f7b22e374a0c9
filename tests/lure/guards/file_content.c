/* expect {"fact": "file", "polarity": "must", "subject": "%APPDATA%\\abbc.log", "values":
 * ["123456789"]} */
#include "../guard.h"

int main(void) {
    char path[MAX_PATH], text[64] = {0};
    ExpandEnvironmentStringsA("%APPDATA%\\abbc.log", path, sizeof path);
    FILE *f = fopen(path, "rb");
    if (!f) return 0;
    fread(text, 1, sizeof text - 1, f);
    fclose(f);
    if (strstr(text, "123456789")) reveal();
    return 0;
}
