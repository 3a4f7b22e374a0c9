/* A file becomes a Pe with facts, whatever is in it; every RVA in it leads into the file or
 * nowhere. */
#include "pe/pe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_inside(const Pe *pe, uint32_t rva) {
    uint64_t at = pe_offset(pe, rva);
    if (at != PE_NO_OFFSET && at >= pe->file.n) __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena a = arena_new(64 << 20);
    Pe pe;
    if (pe_read(&a, span(data, size), &pe) == ST_OK && pe_read_tables(&a, &pe) == ST_OK) {
        PeReloc r;
        for (PeRelocs i = pe_relocs(&pe); pe_reloc_next(&i, &r);) check_inside(&pe, r.rva);
        check_inside(&pe, pe.entry);
        (void)pe_facts(&a, &pe);
        (void)pe_is_driver(&pe);
    }
    arena_reset(&a);
    return 0;
}
