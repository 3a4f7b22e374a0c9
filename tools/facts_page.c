/* Prints docs/facts.md. */
#include "world/world.h"
#include <stdio.h>

int main(void) {
    Buf page = buf_new(1 << 20);
    facts_document(&page);
    size_t written = fwrite(page.p, 1, page.n, stdout);
    bool good = !page.full && written == page.n;
    buf_free(&page);
    return good ? 0 : 2;
}
