/* expect nothing */
#include "../guard.h"

int main(int argc, char **argv) {
    printf("%d argument(s), the first %s\n", argc - 1, argc > 1 ? argv[1] : "missing");
    reveal();
    return 0;
}
