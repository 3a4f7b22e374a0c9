#include "tests/support/tinype.h"

enum { FILE_SIZE_MAX = 1 << 20, OPTIONAL_AT = TINYPE_NT + 24 };

/* Offsets in .data. */
enum {
    IMPORTS = 0x000,
    IMPORT_LOOKUP = 0x030,
    IMPORT_ADDRESSES = 0x050,
    IMPORT_NAME = 0x070,
    IMPORT_DLL = 0x0a0,
    DELAY = 0x0c0,
    DELAY_NAMES = 0x100,
    DELAY_ADDRESSES = 0x120,
    DELAY_DLL = 0x140,
    EXPORTS = 0x160,
    EXPORT_ADDRESSES = 0x190,
    EXPORT_NAMES = 0x1a0,
    EXPORT_ORDINALS = 0x1b0,
    EXPORT_TEXT = 0x1c0,
    FORWARDER = 0x1d0,
    TLS = 0x200,
    TLS_CALLBACKS = 0x230,
    TLS_INDEX = 0x248,
    DEBUG = 0x250,
    CODEVIEW = 0x270,
    CLR = 0x2b0,
    METADATA = 0x300,
    RELOCS = 0x340,
    RESOURCES = 0x400,
};

typedef struct {
    uint8_t *file;
    bool is64;
    uint64_t base;
} Image;

static void put(Image *i, size_t at, uint64_t value, unsigned bytes) {
    for (unsigned k = 0; k < bytes; k++) i->file[at + k] = (uint8_t)(value >> 8 * k);
}

static void data(Image *i, size_t at, uint64_t value, unsigned bytes) {
    put(i, TINYPE_DATA_AT + at, value, bytes);
}

static void text(Image *i, size_t at, const char *s) {
    memcpy(i->file + TINYPE_DATA_AT + at, s, strlen(s) + 1);
}

static uint32_t rva(size_t at) {
    return TINYPE_DATA_RVA + (uint32_t)at;
}

static void directory(Image *i, unsigned index, size_t at, uint32_t size) {
    size_t entry = OPTIONAL_AT + (i->is64 ? 112u : 96u) + index * 8;
    put(i, entry, rva(at), 4);
    put(i, entry + 4, size, 4);
}

static void section(Image *i, unsigned index, const char *name, uint32_t address, uint32_t at,
                    uint32_t size, uint32_t flags) {
    size_t header = OPTIONAL_AT + (i->is64 ? 240u : 224u) + index * 40;
    memcpy(i->file + header, name, strlen(name));
    put(i, header + 8, size, 4);
    put(i, header + 12, address, 4);
    put(i, header + 16, size, 4);
    put(i, header + 20, at, 4);
    put(i, header + 36, flags, 4);
}

static void headers(Image *i, const TinyPe *want) {
    unsigned word = i->is64 ? 8 : 4;
    memcpy(i->file, "MZ", 2);
    put(i, 0x3c, TINYPE_NT, 4);
    memcpy(i->file + TINYPE_NT, "PE\0", 4);
    put(i, TINYPE_NT + 4, want->machine ? want->machine : i->is64 ? 0x8664 : 0x14c, 2);
    put(i, TINYPE_NT + 6, 2, 2);
    put(i, TINYPE_NT + 8, 1553504400, 4); /* 2019-03-25T09:00:00Z */
    put(i, TINYPE_NT + 20, i->is64 ? 240 : 224, 2);
    put(i, TINYPE_NT + 22, 2u | want->characteristics, 2);

    size_t o = OPTIONAL_AT;
    put(i, o, i->is64 ? 0x20b : 0x10b, 2);
    put(i, o + 2, 14, 1);
    put(i, o + 4, 0x200, 4);
    put(i, o + 16, TINYPE_TEXT_RVA, 4);
    put(i, o + (i->is64 ? 24 : 28), i->base, word);
    put(i, o + 32, 0x1000, 4);
    put(i, o + 36, 0x200, 4);
    put(i, o + 48, 6, 2);
    put(i, o + 56, 0x3000, 4);
    put(i, o + 60, 0x400, 4);
    put(i, o + 68, want->subsystem ? want->subsystem : 3, 2);
    put(i, o + 72, 0x100000, word);
    put(i, o + 72 + word, 0x1000, word);
    put(i, o + 72 + 2 * word, 0x100000, word);
    put(i, o + 72 + 3 * word, 0x1000, word);
    put(i, o + 76 + 4 * word, 16, 4);
    section(i, 0, ".text", TINYPE_TEXT_RVA, TINYPE_TEXT_AT, 0x200, 0x60000020);
    section(i, 1, ".data", TINYPE_DATA_RVA, TINYPE_DATA_AT, 0x800, 0xc0000040);
}

/* One function by name and one by ordinal 7. */
static void thunks(Image *i, size_t at, size_t name) {
    unsigned word = i->is64 ? 8 : 4;
    data(i, at, rva(name), word);
    data(i, at + word, 7u | (i->is64 ? UINT64_C(1) << 63 : UINT64_C(1) << 31), word);
}

static void imports(Image *i, const char *dll, const char *name) {
    data(i, IMPORTS, rva(IMPORT_LOOKUP), 4);
    data(i, IMPORTS + 12, rva(IMPORT_DLL), 4);
    data(i, IMPORTS + 16, rva(IMPORT_ADDRESSES), 4);
    thunks(i, IMPORT_LOOKUP, IMPORT_NAME);
    thunks(i, IMPORT_ADDRESSES, IMPORT_NAME);
    data(i, IMPORT_NAME, 5, 2);
    text(i, IMPORT_NAME + 2, name);
    text(i, IMPORT_DLL, dll);
    directory(i, 1, IMPORTS, 40);

    data(i, DELAY, 1, 4); /* RVAs, not addresses */
    data(i, DELAY + 4, rva(DELAY_DLL), 4);
    data(i, DELAY + 12, rva(DELAY_ADDRESSES), 4);
    data(i, DELAY + 16, rva(DELAY_NAMES), 4);
    thunks(i, DELAY_NAMES, IMPORT_NAME);
    text(i, DELAY_DLL, "late.dll");
    directory(i, 13, DELAY, 64);
}

/* Ordinals 5 "alpha" (code), 6 without a name, 7 forwarded. */
static void exports(Image *i) {
    data(i, EXPORTS + 12, rva(EXPORT_TEXT), 4);
    data(i, EXPORTS + 16, 5, 4);
    data(i, EXPORTS + 20, 3, 4);
    data(i, EXPORTS + 24, 1, 4);
    data(i, EXPORTS + 28, rva(EXPORT_ADDRESSES), 4);
    data(i, EXPORTS + 32, rva(EXPORT_NAMES), 4);
    data(i, EXPORTS + 36, rva(EXPORT_ORDINALS), 4);
    data(i, EXPORT_ADDRESSES, TINYPE_TEXT_RVA, 4);
    data(i, EXPORT_ADDRESSES + 4, TINYPE_TEXT_RVA + 1, 4);
    data(i, EXPORT_ADDRESSES + 8, rva(FORWARDER), 4);
    data(i, EXPORT_NAMES, rva(EXPORT_TEXT + 9), 4);
    text(i, EXPORT_TEXT, "tiny.dll");
    text(i, EXPORT_TEXT + 9, "alpha");
    text(i, FORWARDER, "other.beta");
    directory(i, 0, EXPORTS, 0xa0);
}

static void tls(Image *i) {
    unsigned word = i->is64 ? 8 : 4;
    data(i, TLS + 2 * word, i->base + rva(TLS_INDEX), word);
    data(i, TLS + 3 * word, i->base + rva(TLS_CALLBACKS), word);
    data(i, TLS_CALLBACKS, i->base + TINYPE_TEXT_RVA, word);
    directory(i, 9, TLS, 4 * word + 8);
}

static void debug(Image *i) {
    data(i, DEBUG + 12, 2, 4); /* CodeView */
    data(i, DEBUG + 16, 0x38, 4);
    data(i, DEBUG + 20, rva(CODEVIEW), 4);
    data(i, DEBUG + 24, TINYPE_DATA_AT + CODEVIEW, 4);
    text(i, CODEVIEW, "RSDS");
    for (unsigned k = 0; k < 16; k++) data(i, CODEVIEW + 4 + k, k, 1);
    data(i, CODEVIEW + 20, 3, 4);
    text(i, CODEVIEW + 24, "C:\\build\\tiny.pdb");
    directory(i, 6, DEBUG, 28);
}

static void dotnet(Image *i) {
    data(i, CLR, 72, 4);
    data(i, CLR + 4, 2, 2);
    data(i, CLR + 6, 5, 2);
    data(i, CLR + 8, rva(METADATA), 4);
    data(i, CLR + 12, 0x40, 4);
    data(i, CLR + 16, 1, 4); /* IL only */
    text(i, METADATA, "BSJB");
    data(i, METADATA + 12, 12, 4);
    text(i, METADATA + 16, "v4.0.30319");
    directory(i, 14, CLR, 72);
}

static void relocs(Image *i) {
    data(i, RELOCS, TINYPE_TEXT_RVA, 4);
    data(i, RELOCS + 4, 12, 4);
    data(i, RELOCS + 8, (i->is64 ? 0xa000 : 0x3000) | 0x10, 2);
    directory(i, 5, RELOCS, 12);
}

/* RCDATA / "DATA" / 1033 -> 16 bytes. */
static void resources(Image *i) {
    size_t type = RESOURCES, name = type + 24, language = name + 24, leaf = language + 24;
    size_t label = leaf + 16, bytes = label + 16;
    data(i, type + 14, 1, 2);
    data(i, type + 16, 10, 4);
    data(i, type + 20, 0x80000000u | (name - RESOURCES), 4);
    data(i, name + 12, 1, 2);
    data(i, name + 16, 0x80000000u | (label - RESOURCES), 4);
    data(i, name + 20, 0x80000000u | (language - RESOURCES), 4);
    data(i, language + 14, 1, 2);
    data(i, language + 16, 1033, 4);
    data(i, language + 20, leaf - RESOURCES, 4);
    data(i, leaf, rva(bytes), 4);
    data(i, leaf + 4, 16, 4);
    data(i, label, 4, 2);
    for (unsigned k = 0; k < 4; k++) data(i, label + 2 + 2 * k, (uint8_t) "DATA"[k], 2);
    text(i, bytes, "0123456789abcde");
    directory(i, 2, RESOURCES, 0x100);
}

static uint32_t rotated(uint64_t v, unsigned by) {
    v <<= by % 32;
    return (uint32_t)(v | v >> 32);
}

/* One tool that made nine objects; the key is the checksum that Microsoft's linker computes. */
static void rich(Image *i) {
    static const uint32_t words[] = {0x536e6144, 0, 0, 0, 0x01020304, 9};
    uint32_t key = 0x60 + rotated(words[4], words[5]);
    for (unsigned k = 0; k < 0x60; k++)
        if (k / 4 != 0x3c / 4) key += rotated(i->file[k], k);
    for (size_t k = 0; k < 6; k++) put(i, 0x60 + 4 * k, words[k] ^ key, 4);
    put(i, 0x78, 0x68636952, 4);
    put(i, 0x7c, key, 4);
}

Buf tinype_make(const TinyPe *want) {
    Buf b = buf_new(FILE_SIZE_MAX);
    Image i = {.file = buf_space(&b, TINYPE_SIZE),
               .is64 = want->is64,
               .base = want->is64 ? UINT64_C(0x140000000) : 0x400000};
    memset(i.file, 0, TINYPE_SIZE);
    headers(&i, want);
    memset(i.file + TINYPE_TEXT_AT, 0xc3, 0x200); /* ret */
    if (want->import_dll) imports(&i, want->import_dll, want->import_name);
    exports(&i);
    resources(&i);
    tls(&i);
    debug(&i);
    relocs(&i);
    if (want->dotnet) dotnet(&i);
    if (want->rich) rich(&i);
    if (want->overlay) buf_str(&b, want->overlay);
    return b;
}
