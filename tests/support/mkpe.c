/* mkpe [OPTIONS] FILE: writes one of tinype's programs. For golden tests of odd and bad input.
 *
 *   --64 --dll --dotnet --rich --machine HEX --subsystem N --import DLL --overlay TEXT
 *   --flip OFFSET      turns the bit 0 of that byte over
 *   --prefixes         writes every prefix of it instead: FILE.0000, FILE.0001, ... */
#include "tests/support/tinype.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    TinyPe pe;
    const char *file;
    size_t flip;
    bool flips, prefixes;
} Wanted;

static const char *argument(char **argv, int *i) {
    if (argv[*i + 1]) return argv[++*i];
    fprintf(stderr, "mkpe: %s wants an argument\n", argv[*i]);
    exit(2);
}

static unsigned long number(char **argv, int *i, int base) {
    return strtoul(argument(argv, i), NULL, base);
}

static Wanted parse(char **argv) {
    Wanted w = {0};
    for (int i = 1; argv[i]; i++) {
        const char *a = argv[i];
        if (strcmp(a, "--64") == 0) w.pe.is64 = true;
        else if (strcmp(a, "--dll") == 0) w.pe.characteristics = 0x2000;
        else if (strcmp(a, "--dotnet") == 0) w.pe.dotnet = true;
        else if (strcmp(a, "--rich") == 0) w.pe.rich = true;
        else if (strcmp(a, "--machine") == 0) w.pe.machine = (uint16_t)number(argv, &i, 16);
        else if (strcmp(a, "--subsystem") == 0) w.pe.subsystem = (uint16_t)number(argv, &i, 10);
        else if (strcmp(a, "--import") == 0) w.pe.import_dll = argument(argv, &i);
        else if (strcmp(a, "--overlay") == 0) w.pe.overlay = argument(argv, &i);
        else if (strcmp(a, "--flip") == 0) w.flips = true, w.flip = number(argv, &i, 16);
        else if (strcmp(a, "--prefixes") == 0) w.prefixes = true;
        else w.file = a;
    }
    w.pe.import_name = "Function";
    return w;
}

static void save(const char *name, Span bytes) {
    FILE *f = fopen(name, "wb");
    if (!f || fwrite(bytes.p, 1, bytes.n, f) != bytes.n || fclose(f) != 0) {
        perror(name);
        exit(2);
    }
}

static void save_prefixes(const char *file, Span bytes) {
    char name[4096];
    for (size_t n = 0; n < bytes.n; n++) {
        snprintf(name, sizeof name, "%s.%04zx", file, n);
        save(name, span_clip(bytes, 0, n));
    }
}

int main(int argc, char **argv) {
    (void)argc;
    Wanted w = parse(argv);
    if (!w.file) {
        fputs("mkpe: no file given\n", stderr);
        return 2;
    }
    Buf b = tinype_make(&w.pe);
    if (w.flips && w.flip < b.n) b.p[w.flip] ^= 1;
    if (w.prefixes) save_prefixes(w.file, buf_span(&b));
    else save(w.file, buf_span(&b));
    buf_free(&b);
    return 0;
}
