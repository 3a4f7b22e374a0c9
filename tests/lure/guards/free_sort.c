/* expect nothing */
#include "../guard.h"

static int order(const void *a, const void *b) {
    return *(const int *)a - *(const int *)b;
}

int main(void) {
    int v[64];
    for (int i = 0; i < 64; i++) v[i] = i * 7919 % 101;
    qsort(v, 64, sizeof *v, order);
    printf("%d %d\n", v[0], v[63]);
    reveal();
    return 0;
}
