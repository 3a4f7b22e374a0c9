/* What a file holds behind the content that the world tells: plausible filler, the same from run to
 * run, and readable from any offset. A file of text holds lines of words; a program has headers
 * that name one section; of anything else the first bytes are its format's, and the rest looks
 * compressed. */
#include "world/internal.h"

uint64_t world_file_size(const WorldItem *file) {
    const WorldValue *content = item_value(file, FACT_file);
    return (uint64_t)item_number(file, FACT_file_size, (int64_t)content->bytes.n);
}

/* ---- noise ---- */

static void fill_noise(uint64_t key, uint64_t at, uint8_t *out, size_t n) {
    for (size_t i = 0; i < n; i++, at++) out[i] = (uint8_t)(world_noise(key, at / 8) >> at % 8 * 8);
}

/* ---- text ---- */

enum { LINE = 64 }; /* bytes, with CR LF: so any line can be made alone */

static void make_line(uint64_t key, uint64_t number, uint8_t out[LINE]) {
    static const char *const words[] = {
        "the",    "of",     "and",   "to",      "in",      "for",   "is",      "on",
        "with",   "that",   "this",  "from",    "by",      "at",    "as",      "are",
        "not",    "was",    "be",    "or",      "have",    "all",   "new",     "more",
        "time",   "people", "year",  "house",   "street",  "week",  "number",  "first",
        "please", "about",  "which", "will",    "date",    "other", "service", "order",
        "after",  "return", "note",  "meeting", "monthly", "total", "account", "address"};
    size_t n = 0;
    for (uint64_t i = 0; n < LINE - 2; i++) {
        const char *word =
            words[world_noise(key ^ number << 20, i) % (sizeof words / sizeof *words)];
        size_t length = strlen(word), room = LINE - 2 - n;
        memcpy(out + n, word, length < room ? length : room);
        n += length < room ? length : room;
        if (n < LINE - 2) out[n++] = ' ';
    }
    memcpy(out + LINE - 2, "\r\n", 2);
}

static void fill_text(uint64_t key, uint64_t at, uint8_t *out, size_t n) {
    while (n > 0) {
        uint8_t line[LINE];
        size_t from = at % LINE, part = LINE - from < n ? LINE - from : n;
        make_line(key, at / LINE, line);
        memcpy(out, line + from, part);
        out += part, at += part, n -= part;
    }
}

/* ---- programs ---- */

enum { PROGRAM_HEADERS = 0x200, PROGRAM_START = PROGRAM_HEADERS + 8, PE_AT = 0x80 };

static void put(uint8_t *out, size_t at, uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++) out[at + i] = (uint8_t)(value >> 8 * i);
}

/* PE32+ headers (Microsoft PE and COFF specification, 3) with one section of code that has the
 * whole file, and code for whoever loads or starts it: mov eax, TRUE; ret for a DLL, else 0. */
static void make_program(uint64_t size, bool dll, uint8_t out[PROGRAM_START]) {
    uint32_t raw =
        size > PROGRAM_HEADERS && size < UINT32_MAX ? (uint32_t)(size - PROGRAM_HEADERS) : 0;
    size_t optional = PE_AT + 24, section = optional + 240;
    memset(out, 0, PROGRAM_START);
    memcpy(out, "MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff", 14);
    put(out, 0x3C, PE_AT, 4);
    memcpy(out + PE_AT, "PE\0\0", 4);
    put(out, PE_AT + 4, 0x8664, 2); /* Machine */
    put(out, PE_AT + 6, 1, 2);      /* NumberOfSections */
    put(out, PE_AT + 20, 240, 2);   /* SizeOfOptionalHeader */
    put(out, PE_AT + 22, dll ? 0x2022 : 0x22, 2);
    put(out, optional, 0x20B, 2);           /* PE32+ */
    put(out, optional + 4, raw & ~511u, 4); /* SizeOfCode */
    put(out, optional + 16, 0x1000, 4);     /* AddressOfEntryPoint */
    put(out, optional + 20, 0x1000, 4);     /* BaseOfCode */
    put(out, optional + 24, dll ? 0x180000000 : 0x140000000, 8);
    put(out, optional + 32, 0x1000, 4); /* SectionAlignment */
    put(out, optional + 36, 0x200, 4);  /* FileAlignment */
    put(out, optional + 40, 10, 2);     /* MajorOperatingSystemVersion */
    put(out, optional + 48, 10, 2);     /* MajorSubsystemVersion */
    put(out, optional + 56, 0x1000 + (((uint64_t)raw + 0xFFF) & ~UINT64_C(0xFFF)), 4);
    put(out, optional + 60, PROGRAM_HEADERS, 4);
    put(out, optional + 68, 2, 2);        /* Subsystem: Windows GUI */
    put(out, optional + 70, 0x8160, 2);   /* DllCharacteristics */
    put(out, optional + 72, 0x100000, 8); /* SizeOfStackReserve */
    put(out, optional + 80, 0x1000, 8);   /* SizeOfStackCommit */
    put(out, optional + 88, 0x100000, 8); /* SizeOfHeapReserve */
    put(out, optional + 96, 0x1000, 8);   /* SizeOfHeapCommit */
    put(out, optional + 108, 16, 4);      /* NumberOfRvaAndSizes */
    memcpy(out + section, ".text", 5);
    put(out, section + 8, raw, 4);              /* VirtualSize */
    put(out, section + 12, 0x1000, 4);          /* VirtualAddress */
    put(out, section + 16, raw & ~511u, 4);     /* SizeOfRawData */
    put(out, section + 20, PROGRAM_HEADERS, 4); /* PointerToRawData */
    put(out, section + 36, 0x60000020, 4);      /* code, executable, readable */
    out[PROGRAM_HEADERS] = 0xB8;
    out[PROGRAM_HEADERS + 1] = dll;
    out[PROGRAM_HEADERS + 5] = 0xC3;
}

/* ---- what a file is ---- */

typedef enum { FILLER_NOISE, FILLER_TEXT, FILLER_EXE, FILLER_DLL } Filler;

static const struct {
    const char *extensions; /* words */
    Filler filler;
    const char *magic;
    size_t magic_size;
} kinds[] = {
#define MAGIC(bytes) bytes, sizeof bytes - 1
    {"txt log csv ini xml json htm html css js md ics vcf srt url eml", FILLER_TEXT, MAGIC("")},
    {"exe scr com", FILLER_EXE, MAGIC("")},
    {"dll sys ocx cpl drv mui ax", FILLER_DLL, MAGIC("")},
    {"jpg jpeg", FILLER_NOISE, MAGIC("\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\1\0\x60\0\x60\0\0")},
    {"png", FILLER_NOISE, MAGIC("\x89PNG\r\n\x1a\n\0\0\0\rIHDR")},
    {"gif", FILLER_NOISE, MAGIC("GIF89a")},
    {"pdf", FILLER_NOISE, MAGIC("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")},
    {"zip docx xlsx pptx jar apk", FILLER_NOISE, MAGIC("PK\3\4\x14\0\6\0\x08\0\0\0\x21\0")},
    {"doc xls ppt msi msg db", FILLER_NOISE, MAGIC("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")},
    {"sqlite", FILLER_NOISE, MAGIC("SQLite format 3\0\x10\0\1\1\0\x40\x20\x20")},
    {"mp3", FILLER_NOISE, MAGIC("ID3\3\0\0\0\0\x0f\x76")},
    {"mp4 m4a mov", FILLER_NOISE,
     MAGIC("\0\0\0\x18"
           "ftypmp42\0\0\0\0mp42isom")},
    {"lnk", FILLER_NOISE,
     MAGIC("\x4c\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46\x9b\0\x08\0\x20\0\0\0")},
    {"7z", FILLER_NOISE, MAGIC("7z\xbc\xaf\x27\x1c\0\4")},
    {"rar", FILLER_NOISE, MAGIC("Rar!\x1a\7\1\0")},
    {"cab", FILLER_NOISE, MAGIC("MSCF\0\0\0\0")},
    {"evtx", FILLER_NOISE, MAGIC("ElfFile\0")},
    {"dat", FILLER_NOISE, MAGIC("regf")},
    {"pf", FILLER_NOISE, MAGIC("MAM\4")},
    {"ttf", FILLER_NOISE, MAGIC("\0\1\0\0\0\x13\1\0")},
    {"ico", FILLER_NOISE, MAGIC("\0\0\1\0\4\0")},
#undef MAGIC
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static size_t kind_of(const WorldItem *file) {
    const char *name = strrchr(file->subject, '\\');
    const char *dot = strrchr(name ? name : file->subject, '.');
    for (size_t i = 0; dot && i < KINDS; i++)
        if (words_have(kinds[i].extensions, dot + 1)) return i;
    return KINDS;
}

static uint64_t key_of(const World *w, const WorldItem *file) {
    uint8_t digest[32];
    hash_sha256(span_str(file->folded), digest);
    Cur c = cur(span(digest, sizeof digest));
    return cur_u64le(&c) ^ (uint64_t)world_number(w, FACT_seed);
}

/* Lays bytes that belong at the file's beginning over what of it was asked for. */
static void lay_over(Span head, uint64_t at, uint8_t *out, size_t n) {
    Span part = span_clip(head, at, n);
    if (part.n) memcpy(out, part.p, part.n);
}

static void fill(const World *w, const WorldItem *file, uint64_t at, uint8_t *out, size_t n) {
    size_t kind = kind_of(file);
    Filler filler = kind < KINDS ? kinds[kind].filler : FILLER_NOISE;
    uint64_t key = key_of(w, file);
    if (filler == FILLER_TEXT) {
        fill_text(key, at, out, n);
        return;
    }
    fill_noise(key, at, out, n);
    uint8_t headers[PROGRAM_START];
    if (filler != FILLER_NOISE) {
        make_program(world_file_size(file), filler == FILLER_DLL, headers);
        lay_over(span(headers, sizeof headers), at, out, n);
    } else if (kind < KINDS) {
        lay_over(span(kinds[kind].magic, kinds[kind].magic_size), at, out, n);
    }
}

void world_file_read(const World *w, const WorldItem *file, uint64_t at, uint8_t *out, size_t n) {
    Span content = item_value(file, FACT_file)->bytes;
    size_t told = at < content.n ? span_clip(content, at, n).n : 0;
    if (told < n) fill(w, file, at + told, out + told, n - told);
    lay_over(content, at, out, n);
}
