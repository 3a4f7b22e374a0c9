/* expect nothing */
#include "../guard.h"

int main(void) {
    char line[80] = "default";
    FILE *f = fopen("C:\\Users\\Public\\settings.ini", "r");
    if (f) {
        if (!fgets(line, sizeof line, f)) line[0] = 0;
        fclose(f);
    }
    printf("setting: %s\n", line);
    reveal();
    return 0;
}
