/* A PE image with one section (Microsoft PE/COFF specification, revision 11):
 *
 *     0     DOS header, whose e_lfanew is 80h; stub text
 *     80h   PE header, optional header, one section header
 *     200h  .text, which lies at RVA 1000h: the entry point
 */
#include "guest/inet/stub.h"
#include "base/buf.h"

enum {
    PE_AT = 0x80,
    TEXT_AT = 0x200,
    TEXT_SIZE = 0x200,
    TEXT_RVA = 0x1000,
    IMAGE_SIZE = 0x2000,
    MACHINE_I386 = 0x14c,
    MACHINE_AMD64 = 0x8664,
    DIRECTORIES = 16,
    OPTIONAL32 = 96 + 8 * DIRECTORIES,
    OPTIONAL64 = 112 + 8 * DIRECTORIES,
};

static void put_dos(Buf *b) {
    buf_str(b, "MZ");
    buf_le(b, 0x90, 2);
    buf_le(b, 3, 2);
    while (b->n < 0x3c) buf_byte(b, 0);
    buf_le(b, PE_AT, 4);
    buf_str(b, "This program does nothing.");
    while (b->n < PE_AT) buf_byte(b, 0);
}

/* IMAGE_FILE_HEADER. No relocations: it holds no address. */
static void put_file_header(Buf *b, bool for32, bool library) {
    enum { EXECUTABLE = 2, LARGE_ADDRESS = 0x20, MACHINE32 = 0x100, DLL = 0x2000 };
    buf_add(b, span("PE\0", 4));
    buf_le(b, for32 ? MACHINE_I386 : MACHINE_AMD64, 2);
    buf_le(b, 1, 2);
    buf_le(b, 0x5c000000, 4); /* a date, as linkers write one */
    buf_le(b, 0, 8);
    buf_le(b, for32 ? OPTIONAL32 : OPTIONAL64, 2);
    buf_le(b, EXECUTABLE | (for32 ? MACHINE32 : LARGE_ADDRESS) | (library ? DLL : 0u), 2);
}

/* IMAGE_OPTIONAL_HEADER32 and 64. */
static void put_optional_header(Buf *b, bool for32, bool library) {
    enum { GUI = 2, DYNAMIC_BASE_NX = 0x140, ALIGN_FILE = 0x200, ALIGN_SECTION = 0x1000 };
    unsigned word = for32 ? 4 : 8;
    uint64_t base = library ? 0x10000000 : 0x400000;
    buf_le(b, for32 ? 0x10b : 0x20b, 2);
    buf_le(b, 14, 2); /* linker */
    buf_le(b, TEXT_SIZE, 4);
    buf_le(b, 0, 8);
    buf_le(b, TEXT_RVA, 4); /* entry */
    buf_le(b, TEXT_RVA, 4);
    if (for32) buf_le(b, 0, 4); /* base of data */
    buf_le(b, base, word);
    buf_le(b, ALIGN_SECTION, 4);
    buf_le(b, ALIGN_FILE, 4);
    buf_le(b, 6, 8); /* operating system 6.0, image 0.0 */
    buf_le(b, 6, 8); /* subsystem 6.0, reserved */
    buf_le(b, IMAGE_SIZE, 4);
    buf_le(b, TEXT_AT, 4);
    buf_le(b, 0, 4);
    buf_le(b, GUI, 2);
    buf_le(b, DYNAMIC_BASE_NX, 2);
    for (unsigned i = 0; i < 2; i++) { /* stack, heap: reserved, committed */
        buf_le(b, 0x100000, word);
        buf_le(b, 0x1000, word);
    }
    buf_le(b, 0, 4);
    buf_le(b, DIRECTORIES, 4);
    for (unsigned i = 0; i < DIRECTORIES; i++) buf_le(b, 0, 8);
}

static void put_section_header(Buf *b) {
    enum { CODE_EXECUTE_READ = 0x60000020 };
    buf_add(b, span(".text\0\0", 8));
    buf_le(b, TEXT_SIZE, 4);
    buf_le(b, TEXT_RVA, 4);
    buf_le(b, TEXT_SIZE, 4);
    buf_le(b, TEXT_AT, 4);
    for (unsigned i = 0; i < 3; i++) buf_le(b, 0, 4);
    buf_le(b, CODE_EXECUTE_READ, 4);
    while (b->n < TEXT_AT) buf_byte(b, 0);
}

/* A program returns 0 and so ends; a library's entry returns TRUE (on x86 it takes its three
 * arguments off the stack). */
static void put_code(Buf *b, bool for32, bool library) {
    if (library) buf_add(b, span("\xb8\1\0\0\0", 5)); /* mov eax, 1 */
    else buf_add(b, span("\x31\xc0", 2));             /* xor eax, eax */
    if (library && for32) buf_add(b, span("\xc2\x0c\0", 3));
    else buf_byte(b, 0xc3);
    while (b->n < TEXT_AT + TEXT_SIZE) buf_byte(b, 0xcc);
}

Span stub_program(Arena *a, bool for32, bool library) {
    Buf b = buf_new(TEXT_AT + TEXT_SIZE);
    put_dos(&b);
    put_file_header(&b, for32, library);
    put_optional_header(&b, for32, library);
    put_section_header(&b);
    put_code(&b, for32, library);
    Span out = b.full ? (Span){0} : arena_bytes(a, buf_span(&b));
    buf_free(&b);
    return out;
}
