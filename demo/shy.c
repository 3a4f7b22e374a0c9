/* A program that waits for a word: it speaks only where a file of the user holds it. `coax run
 * --set` puts the file there. */
#include <stdio.h>
#include <string.h>
#include <windows.h>

int main(void) {
    char path[MAX_PATH], text[64] = "";
    ExpandEnvironmentStringsA("%APPDATA%\\abbc.log", path, sizeof path);
    FILE *file = fopen(path, "rb");
    if (file) {
        if (!fgets(text, sizeof text, file)) *text = 0;
        fclose(file);
    }
    if (!strstr(text, "123456789")) return 0;
    CreateMutexA(NULL, FALSE, "Local\\shy");
    puts("so it is you");
    return 1;
}
