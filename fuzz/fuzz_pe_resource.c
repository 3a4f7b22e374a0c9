/* A version resource and a manifest of any bytes, and programs inside them. */
#include "pe/pe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena a = arena_new(16 << 20);
    PeResource manifest = {.type_id = 24, .bytes = span(data, size)};
    PeResource version = {.next = &manifest, .type_id = 16, .bytes = span(data, size)};
    Pe pe = {.file = span(data, size), .kind = PE_32, .resources = &version, .overlay = size};
    if (pe_read_version(&a, &pe) == ST_OK && pe_read_manifest(&a, &pe) == ST_OK)
        (void)pe_find_embedded(&a, &pe);
    for (const PeEmbedded *e = pe.embedded; e; e = e->next)
        if (!e->size || e->offset > size || e->size > size - e->offset) __builtin_trap();
    arena_reset(&a);
    return 0;
}
