/* Numbers of the format and their names, as "PE Format" and winnt.h have them. */
#include "pe/pe.h"

typedef struct {
    uint16_t number;
    const char *name;
} Name;

static const Name machines[] = {
    {PE_MACHINE_I386, "i386"},
    {PE_MACHINE_AMD64, "amd64"},
    {PE_MACHINE_ARM64, "arm64"},
    {PE_MACHINE_ARMNT, "armnt"},
    {PE_MACHINE_IA64, "ia64"},
    {0x162, "r3000"},
    {0x166, "r4000"},
    {0x168, "r10000"},
    {0x169, "wcemipsv2"},
    {0x184, "alpha"},
    {0x1a2, "sh3"},
    {0x1a3, "sh3dsp"},
    {0x1a6, "sh4"},
    {0x1a8, "sh5"},
    {0x1c0, "arm"},
    {0x1c2, "thumb"},
    {0x1d3, "am33"},
    {0x1f0, "powerpc"},
    {0x1f1, "powerpcfp"},
    {0x1f2, "powerpcbe"},
    {0x266, "mips16"},
    {0x284, "alpha64"},
    {0x366, "mipsfpu"},
    {0x466, "mipsfpu16"},
    {0xebc, "ebc"},
    {0x5032, "riscv32"},
    {0x5064, "riscv64"},
    {0x5128, "riscv128"},
    {0x6232, "loongarch32"},
    {0x6264, "loongarch64"},
    {0x9041, "m32r"},
    {0xa641, "arm64ec"},
    {0xa64e, "arm64x"},
};

static const Name subsystems[] = {
    {0, "unknown"},
    {PE_SUBSYSTEM_NATIVE, "native"},
    {PE_SUBSYSTEM_GUI, "gui"},
    {PE_SUBSYSTEM_CONSOLE, "console"},
    {5, "os2"},
    {7, "posix"},
    {8, "windows9x-driver"},
    {9, "windows-ce"},
    {PE_SUBSYSTEM_EFI_APPLICATION, "efi-application"},
    {11, "efi-boot-driver"},
    {12, "efi-runtime-driver"},
    {13, "efi-rom"},
    {14, "xbox"},
    {16, "boot-application"},
};

static const Name resource_types[] = {
    {1, "CURSOR"},      {2, "BITMAP"},     {3, "ICON"},          {4, "MENU"},
    {5, "DIALOG"},      {6, "STRING"},     {7, "FONTDIR"},       {8, "FONT"},
    {9, "ACCELERATOR"}, {10, "RCDATA"},    {11, "MESSAGETABLE"}, {12, "GROUP_CURSOR"},
    {14, "GROUP_ICON"}, {16, "VERSION"},   {17, "DLGINCLUDE"},   {19, "PLUGPLAY"},
    {20, "VXD"},        {21, "ANICURSOR"}, {22, "ANIICON"},      {23, "HTML"},
    {24, "MANIFEST"},
};

static const Name debug_types[] = {
    {1, "coff"},
    {2, "codeview"},
    {3, "fpo"},
    {4, "misc"},
    {5, "exception"},
    {6, "fixup"},
    {7, "omap-to-source"},
    {8, "omap-from-source"},
    {9, "borland"},
    {11, "clsid"},
    {12, "vc-feature"},
    {13, "pogo"},
    {14, "iltcg"},
    {15, "mpx"},
    {16, "repro"},
    {17, "embedded-pdb"},
    {19, "pdb-checksum"},
    {20, "ex-dll-characteristics"},
};

static const char *const directory_names[PE_DIR_COUNT] = {
    "export", "import",       "resource",   "exception", "security",    "relocation",
    "debug",  "architecture", "global-ptr", "tls",       "load-config", "bound-import",
    "iat",    "delay-import", "clr",        "reserved",
};

static const char *find_name(const Name *names, size_t count, uint32_t number) {
    for (size_t i = 0; i < count; i++)
        if (names[i].number == number) return names[i].name;
    return NULL;
}

#define FIND(names, number) find_name(names, sizeof names / sizeof names[0], number)

const char *pe_machine_name(uint16_t machine) {
    return FIND(machines, machine);
}
const char *pe_subsystem_name(uint16_t subsystem) {
    return FIND(subsystems, subsystem);
}
const char *pe_resource_type_name(uint32_t id) {
    return FIND(resource_types, id);
}
const char *pe_debug_type_name(uint32_t type) {
    return FIND(debug_types, type);
}
const char *pe_directory_name(PeDirectoryIndex index) {
    return directory_names[index];
}

const char *pe_format_name(const Pe *pe) {
    static const char *const names[] = {
        [PE_DOS] = "dos", [PE_NE] = "ne", [PE_LE] = "le", [PE_32] = "pe32", [PE_32PLUS] = "pe32+"};
    return names[pe->kind];
}
