#include "base/heap.h"
#include "cli/cli.h"

int main(int argc, char **argv) {
    heap_in_huge_pages();
    return cli_main(argc, (const char *const *)argv);
}
