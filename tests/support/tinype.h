/* A very small linker: makes PE files for tests, well-formed ones and odd ones. */
#ifndef COAX_TESTS_TINYPE_H
#define COAX_TESTS_TINYPE_H

#include "base/buf.h"

typedef struct {
    bool is64;
    uint16_t machine;         /* 0 = i386 or amd64 */
    uint16_t subsystem;       /* 0 = console */
    uint16_t characteristics; /* added to "executable image" */
    const char *import_dll;   /* NULL = no imports */
    const char *import_name;
    bool dotnet;
    bool rich;
    const char *overlay;
} TinyPe;

/* The layout: headers 0-3FFh, .text (RVA 1000h, file 400h, 200h bytes), .data (2000h, 600h, 800h
 * bytes) with every table: imports, delay imports, exports, resources, TLS, debug, .NET,
 * relocations. */
Buf tinype_make(const TinyPe *want);

enum {
    TINYPE_TEXT_RVA = 0x1000,
    TINYPE_TEXT_AT = 0x400,
    TINYPE_DATA_RVA = 0x2000,
    TINYPE_DATA_AT = 0x600,
    TINYPE_SIZE = 0xe00,
    TINYPE_NT = 0x80,
};

#endif
