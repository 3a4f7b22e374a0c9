/* Prints what the PE reader says about each file, one JSON object a line: for tests against readers
 * that are not ours. */
#include "base/json.h"
#include "pe/pe.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA_CAP = 256 << 20 };

static void print_facts(Span file) {
    Arena a = arena_new(ARENA_CAP);
    Buf line = buf_new(ARENA_CAP);
    Pe pe;
    Status status = pe_read(&a, file, &pe);
    if (status == ST_OK) status = pe_read_tables(&a, &pe);
    json_write(&line, status == ST_OK ? pe_facts(&a, &pe) : NULL);
    printf("%.*s\n", (int)line.n, (const char *)line.p);
    buf_free(&line);
    arena_reset(&a);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        struct stat st;
        int fd = open(argv[i], O_RDONLY);
        if (fd < 0 || fstat(fd, &st) != 0 || st.st_size == 0) return 2;
        void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (p == MAP_FAILED) return 2;
        print_facts(span(p, (size_t)st.st_size));
        munmap(p, (size_t)st.st_size);
        close(fd);
    }
    return 0;
}
