/* Whether a file's timestamps agree. The linker writes one time into the header, the exports and
 * the debug entries; whoever backdates a sample mostly changes the header's alone. Not compared:
 * what is no time (zero, all bits, a hash of a reproducible build), and the resources', which come
 * from another tool and another day. winebuild writes a hash into the export table and does not say
 * so: no reason for suspicion. */
#include "pe/pe.h"

enum { DAY = 86400, WINDOWS_NT = 743472000 /* 1993-07-24 */ };

static bool is_time(uint32_t t) {
    return t >= WINDOWS_NT && t < 0xf0000000u;
}

static bool far_apart(uint32_t a, uint32_t b) {
    return is_time(a) && is_time(b) && (a > b ? a - b : b - a) > DAY;
}

bool pe_odd_time(const Pe *pe, uint32_t *other, const char **where) {
    uint32_t odd = 0;
    const char *name = NULL;
    if (pe->reproducible) return false;
    for (size_t i = 0; i < pe->debug_count; i++)
        if (far_apart(pe->timestamp, pe->debug[i].timestamp))
            odd = pe->debug[i].timestamp, name = "the debug directory";
    if (far_apart(pe->timestamp, pe->pdb_timestamp))
        odd = pe->pdb_timestamp, name = "the name of its PDB";
    if (other) *other = odd;
    if (where) *where = name;
    return odd != 0;
}

bool pe_times_agree(const Pe *pe) {
    return !pe_odd_time(pe, NULL, NULL) &&
           (pe->reproducible || !far_apart(pe->timestamp, pe->export_timestamp));
}
