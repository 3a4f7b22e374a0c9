/* The load configuration. "PE Format", "The Load Configuration Structure": how far it goes its own
 * Size says, since every Windows has made it longer. */
#include "pe/pe.h"

typedef struct {
    unsigned cookie, seh_count, functions, flags; /* offsets */
} Layout;

static const Layout layouts[] = {{60, 68, 84, 88}, {88, 104, 136, 144}};

static uint64_t field(Span config, unsigned at, unsigned bytes) {
    Cur c = cur(span_sub(config, at, bytes));
    return cur_le(&c, bytes);
}

Status pe_read_load_config(Arena *a, Pe *pe) {
    PeDirectory d = pe->directories[PE_DIR_LOAD_CONFIG];
    if (!d.rva) return ST_OK;
    const Layout *layout = &layouts[pe_is_64(pe)];
    unsigned word = pe_is_64(pe) ? 8 : 4;
    Span config = pe_at(pe, d.rva);
    uint32_t size = (uint32_t)field(config, 0, 4);
    if (!config.n)
        pe_note(a, pe, pe->directories_offset + 8 * PE_DIR_LOAD_CONFIG,
                "the load configuration is not in the file");
    config = span_clip(config, 0, size);
    pe->has_load_config = config.n != 0;
    pe->security_cookie = field(config, layout->cookie, word);
    pe->seh_handlers = pe_is_64(pe) ? 0 : (uint32_t)field(config, layout->seh_count, word);
    pe->guard_functions = field(config, layout->functions, word);
    pe->guard_flags = (uint32_t)field(config, layout->flags, 4);
    return a->full ? ST_BUDGET : ST_OK;
}
