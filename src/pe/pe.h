/* The PE format for everybody: what Microsoft's "PE Format" describes, read as Windows' loader
 * reads it. A Pe is a plain struct over the file's bytes and an arena. Malformed input is a result:
 * the reader goes as far as it makes sense and notes what is wrong, with the offset in the file.
 *
 * Every `Span` that comes out points into the file or into the arena; a NUL follows every text. */
#ifndef COAX_PE_PE_H
#define COAX_PE_PE_H

#include "base/arena.h"
#include "base/status.h"
#include "base/value.h"

typedef enum {
    PE_NONE, /* no MZ header at all */
    PE_DOS,  /* an MZ program without a newer header */
    PE_NE,   /* 16-bit Windows */
    PE_LE,   /* LE or LX: VxD, OS/2 */
    PE_32,
    PE_32PLUS,
} PeKind;

enum {
    PE_MACHINE_I386 = 0x14c,
    PE_MACHINE_ARMNT = 0x1c4,
    PE_MACHINE_IA64 = 0x200,
    PE_MACHINE_AMD64 = 0x8664,
    PE_MACHINE_ARM64 = 0xaa64,
};

/* Characteristics of the file header. */
enum {
    PE_FILE_RELOCS_STRIPPED = 0x1,
    PE_FILE_EXECUTABLE_IMAGE = 0x2,
    PE_FILE_LARGE_ADDRESS_AWARE = 0x20,
    PE_FILE_SYSTEM = 0x1000,
    PE_FILE_DLL = 0x2000,
};

enum {
    PE_SUBSYSTEM_NATIVE = 1,
    PE_SUBSYSTEM_GUI = 2,
    PE_SUBSYSTEM_CONSOLE = 3,
    PE_SUBSYSTEM_EFI_APPLICATION = 10,
};

/* Characteristics of a section. */
#define PE_SCN_CODE          0x00000020u
#define PE_SCN_UNINITIALIZED 0x00000080u
#define PE_SCN_SHARED        0x10000000u
#define PE_SCN_EXECUTE       0x20000000u
#define PE_SCN_READ          0x40000000u
#define PE_SCN_WRITE         0x80000000u

typedef enum {
    PE_DIR_EXPORT,
    PE_DIR_IMPORT,
    PE_DIR_RESOURCE,
    PE_DIR_EXCEPTION,
    PE_DIR_SECURITY, /* its "RVA" is a file offset */
    PE_DIR_RELOC,
    PE_DIR_DEBUG,
    PE_DIR_ARCHITECTURE,
    PE_DIR_GLOBALPTR,
    PE_DIR_TLS,
    PE_DIR_LOAD_CONFIG,
    PE_DIR_BOUND_IMPORT,
    PE_DIR_IAT,
    PE_DIR_DELAY_IMPORT,
    PE_DIR_CLR,
    PE_DIR_RESERVED,
    PE_DIR_COUNT
} PeDirectoryIndex;

typedef struct {
    uint32_t rva, size;
} PeDirectory;

typedef struct {
    /* as the header has it; a NUL follows the eight bytes */
    char name[9];
    uint32_t virtual_size, virtual_address, raw_size, raw_offset, characteristics;
    /* what the loader makes of it: `mapped` bytes from `file_at` come to virtual_address, zeroes
     * follow up to memory_size (whole pages) */
    uint64_t file_at;
    uint32_t mapped, memory_size;
    double entropy; /* pe_measure; negative where it was not measured */
} PeSection;

typedef struct PeNote PeNote;
struct PeNote {
    PeNote *next;
    uint64_t offset;  /* in the file */
    const char *text; /* a sentence without a full stop */
    bool refused;     /* Windows does not load such a file */
};

typedef struct {
    Span name;        /* empty where it is by ordinal */
    uint16_t ordinal; /* or the hint */
    bool by_ordinal;
    uint32_t slot; /* RVA of the address table's entry */
} PeImportedFunction;

typedef struct PeImport PeImport;
struct PeImport {
    PeImport *next;
    Span dll;
    bool delayed;
    PeImportedFunction *functions;
    size_t count;
};

typedef struct {
    Span name;        /* empty where there is none */
    uint32_t ordinal; /* with the base added */
    uint32_t rva;
    Span forwarder; /* "dll.function", or empty */
} PeExport;

typedef struct PeResource PeResource;
struct PeResource {
    PeResource *next;
    uint32_t type_id, name_id; /* where there is no text */
    const char *type, *name;   /* UTF-8 in the arena, or NULL */
    uint32_t language;
    uint32_t rva, size, code_page;
    Span bytes;     /* empty where it does not lie in the file */
    double entropy; /* pe_measure; negative where it was not measured */
};

typedef struct {
    uint32_t type, timestamp, rva, file_at, size;
} PeDebug;

typedef struct PeBound PeBound;
struct PeBound {
    PeBound *next;
    Span dll;
    uint32_t timestamp;
};

typedef struct PeVersionString PeVersionString;
struct PeVersionString {
    PeVersionString *next;
    const char *language;    /* of its table: "040904b0" */
    const char *key, *value; /* UTF-8 in the arena */
};

/* A program that lies in a resource or, where that is NULL, in the overlay. */
typedef struct PeEmbedded PeEmbedded;
struct PeEmbedded {
    PeEmbedded *next;
    uint64_t offset, size; /* in the file */
    uint8_t key;           /* each byte is XORed with it */
    const PeResource *resource;
};

typedef enum { PE_PACKER = 1, PE_PROTECTOR, PE_INSTALLER } PePackerKind;

typedef struct {
    const char *name;
    PePackerKind kind; /* 0: none is known */
    uint64_t offset;   /* of its mark */
} PePacker;

typedef struct {
    uint16_t product, build; /* which tool of Microsoft's, and its build */
    uint32_t count;          /* of the objects that it made */
} PeRichEntry;

typedef struct {
    Span file;
    PeKind kind;

    uint32_t nt_offset; /* e_lfanew */
    /* file header */
    uint16_t machine, section_total, optional_size, characteristics;
    uint32_t timestamp, symbol_offset, symbol_count;
    /* optional header */
    uint8_t linker_major, linker_minor;
    uint16_t os_major, os_minor, image_major, image_minor, subsystem_major, subsystem_minor;
    uint16_t subsystem, dll_characteristics;
    uint32_t code_size, data_size, bss_size, entry, code_base;
    uint32_t section_alignment, file_alignment, image_size, headers_size, checksum;
    uint32_t loader_flags, directory_total;
    uint64_t image_base, stack_reserve, stack_commit, heap_reserve, heap_commit;
    uint64_t checksum_offset;    /* of the CheckSum field in the file */
    uint64_t directories_offset; /* of the first data directory in the file */

    PeDirectory directories[PE_DIR_COUNT];
    PeSection *sections;
    size_t section_count; /* those that are in the file */
    uint64_t sections_offset;
    bool sections_ascend;

    uint64_t
        overlay; /* offset of what follows the last section's bytes; file.n where nothing does */
    bool rich;   /* has a Rich header */
    uint64_t rich_offset; /* of its first encoded word ("DanS") */
    uint32_t rich_size;   /* up to and with "Rich" and its key */
    uint32_t rich_key;

    /* filled by pe_read_tables, or by the table's own function */
    PeRichEntry *rich_entries;
    size_t rich_count;
    bool rich_intact;      /* its checksum is right */
    uint8_t rich_hash[16]; /* MD5 of the decoded header; see rich.c */
    bool has_imphash;
    uint8_t imphash[16];
    PeImport *imports; /* in the order of the file, delayed ones last */
    PeExport *exports;
    size_t export_count;
    Span export_name;
    uint32_t export_timestamp;
    PeBound *bound;
    PeResource *resources;
    uint32_t resource_timestamp;
    PeEmbedded *embedded;
    uint32_t *tls_callbacks; /* RVAs */
    size_t tls_callback_count;
    bool has_tls;
    PeDebug *debug;
    size_t debug_count;
    Span pdb_path;
    uint8_t pdb_guid[16];
    uint32_t pdb_age, pdb_timestamp; /* the latter of an NB10 */
    uint64_t pdb_offset;             /* of the entry in the file */
    bool reproducible;               /* its timestamps are made of its content */
    bool has_load_config;
    uint64_t security_cookie, guard_functions;
    uint32_t seh_handlers, guard_flags;
    bool has_version;
    uint16_t file_version[4], product_version[4];
    PeVersionString *version_strings;
    const char *execution_level; /* "requireAdministrator", or NULL */
    const char *assembly;        /* what the manifest calls it, or NULL */
    bool ui_access, auto_elevate;
    PePacker packer;
    uint32_t right_checksum; /* what CheckSum ought to be; pe_measure */
    bool dotnet;
    Span dotnet_version; /* "v4.0.30319" */
    uint16_t dotnet_major, dotnet_minor;
    uint32_t dotnet_flags, dotnet_entry;
    PeDirectory dotnet_strong_name;

    PeNote *notes, *last_note;
    uint32_t note_count;
} Pe;

/* Reads headers and sections, which costs little. ST_BUDGET where the arena is full; everything
 * else is ST_OK with what was found, and pe->kind tells whether it is a PE at all. */
Status pe_read(Arena *a, Span file, Pe *out);

/* Reads everything that the data directories name, and what is made of it. Each may be called
 * alone, once, after pe_read and what its comment names. */
Status pe_read_tables(Arena *a, Pe *pe);
Status pe_read_rich(Arena *a, Pe *pe);
Status pe_read_imports(Arena *a, Pe *pe);
void pe_hash_imports(Pe *pe); /* wants pe_read_imports before */
Status pe_read_bound_imports(Arena *a, Pe *pe);
Status pe_read_exports(Arena *a, Pe *pe);
Status pe_read_resources(Arena *a, Pe *pe);
Status pe_read_tls(Arena *a, Pe *pe);
Status pe_read_debug(Arena *a, Pe *pe);
Status pe_read_load_config(Arena *a, Pe *pe);
Status pe_read_dotnet(Arena *a, Pe *pe);
Status pe_read_version(Arena *a, Pe *pe);  /* pe_read_resources */
Status pe_read_manifest(Arena *a, Pe *pe); /* pe_read_resources */
void pe_measure(Pe *pe);                   /* pe_read_resources: entropies, the right checksum */
Status pe_find_embedded(Arena *a, Pe *pe); /* pe_read_resources */
void pe_find_packer(Pe *pe);               /* pe_read_resources */

static inline bool pe_is_pe(const Pe *pe) {
    return pe->kind == PE_32 || pe->kind == PE_32PLUS;
}
static inline bool pe_is_64(const Pe *pe) {
    return pe->kind == PE_32PLUS;
}
static inline bool pe_is_dll(const Pe *pe) {
    return (pe->characteristics & PE_FILE_DLL) != 0;
}

/* A kernel driver: native subsystem, and not a user program as smss.exe is, which imports
 * ntdll.dll. Wants pe_read_imports before. */
bool pe_is_driver(const Pe *pe);

/* "pe32", "pe32+", "dos", "ne", "le", or NULL where it is none of these. */
const char *pe_format_name(const Pe *pe);
/* "i386", "amd64", ...; NULL where the number is unknown. */
const char *pe_machine_name(uint16_t machine);
const char *pe_subsystem_name(uint16_t subsystem);
const char *pe_directory_name(PeDirectoryIndex index);
/* "VERSION", "ICON", ...; NULL where the number is none of Microsoft's. */
const char *pe_resource_type_name(uint32_t id);

/* "codeview", "pogo", ...; NULL where the number is none of Microsoft's. */
const char *pe_debug_type_name(uint32_t type);

/* Why Windows would not load this file: the first such note's sentence, or NULL. */
const char *pe_refused(const Pe *pe);

/* ---- RVA to file, as the loader maps it ---- */

/* The section that holds the RVA in memory, or NULL (headers and gaps). */
const PeSection *pe_section_of(const Pe *pe, uint32_t rva);

/* The file's bytes from the RVA to the end of what the loader maps there in one piece. Empty where
 * the RVA is not backed by the file. */
Span pe_at(const Pe *pe, uint32_t rva);

/* Exactly n bytes there, or the empty span. */
Span pe_rva(const Pe *pe, uint32_t rva, uint64_t n);

/* The file offset, or PE_NO_OFFSET where the file does not back it. */
#define PE_NO_OFFSET UINT64_MAX
uint64_t pe_offset(const Pe *pe, uint32_t rva);

/* The NUL-terminated text there, without its NUL, at most `max` bytes; empty where there is none.
 */
Span pe_text(Arena *a, const Pe *pe, uint32_t rva, size_t max);

/* The bytes of a data directory as far as the file has them in one piece. */
Span pe_directory(const Pe *pe, PeDirectoryIndex index);

/* What follows the last section's bytes and is no signature; empty where nothing does. */
Span pe_overlay(const Pe *pe);

/* The first resource of a type that lies in the file, or NULL. */
const PeResource *pe_find_resource(const Pe *pe, uint32_t type);

/* Whether the times of header, exports and debug entries lie within a day. */
bool pe_times_agree(const Pe *pe);

/* Whether a debug entry's time is far from the header's (`other`, with its place in words;
 * both may be NULL). */
bool pe_odd_time(const Pe *pe, uint32_t *other, const char **where);

/* Shannon's entropy in bits per byte, to three digits. */
double pe_entropy(Span bytes);

/* ---- Base relocations ---- */

typedef struct {
    Span left; /* blocks that were not read yet */
    Cur entries;
    uint32_t page;
} PeRelocs;

typedef struct {
    uint8_t type; /* 0 absolute (nothing), 3 HIGHLOW, 10 DIR64, ... */
    uint32_t rva;
} PeReloc;

/* for (PeRelocs i = pe_relocs(pe); pe_reloc_next(&i, &r);) */
PeRelocs pe_relocs(const Pe *pe);
bool pe_reloc_next(PeRelocs *i, PeReloc *out);

/* ---- For reports ---- */

/* Everything that the reader knows as a map, notes included: an artifact's facts under "pe". Reads
 * nothing by itself; call pe_read_tables before. NULL when the arena is full. */
Value *pe_facts(Arena *a, const Pe *pe);

/* ---- For the readers in this room ---- */

void pe_find_rich(Pe *pe);

/* Notes something about the bytes at an offset of the file. Past 64 notes they are only counted,
 * but for the first that says why Windows refuses the file. */
void pe_note(Arena *a, Pe *pe, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void pe_note_refused(Arena *a, Pe *pe, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
