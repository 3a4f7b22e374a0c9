/* The heaps of a process as RTL_DEBUG_INFORMATION tells of them: Wine has the one function in name
 * only, and the other leaves them out. Flags other than that it grows mean a debugger. */
#include "guest/export/block.h"

enum { HEAP_GROWABLE = 2, ASK_HEAPS = 4, ASK_HEAP_TAGS = 8, ASK_HEAP_BLOCKS = 0x10 };

/* RTL_PROCESS_HEAPS with one RTL_HEAP_INFORMATION, and in it no entries. */
static bool put_heaps(ExportCall *c, uint64_t information) {
    enum { PEB_HEAP64 = 0x30, PEB_HEAP32 = 0x18, HEAPS64 = 0x70, HEAPS32 = 0x38, ROOM = 256 };
    Process *p = c->process;
    bool wow64 = p->wow64;
    uint64_t heap = 0;
    if (!information) return false;
    if (!guest_get_pointer(p, wow64 ? p->peb32 + PEB_HEAP32 : p->peb + PEB_HEAP64, &heap))
        return false;
    const uint64_t allocated = 0x9a40, committed = 0x10000;
    Block b = block_new(c, ROOM, 0);
    put_u32(&b.f, 1);
    put_pointer(&b.f, heap);
    put_u32(&b.f, HEAP_GROWABLE);
    put_u16(&b.f, wow64 ? 8 : 16); /* what an entry takes besides its bytes */
    put_u16(&b.f, 0);
    put_pointer(&b.f, allocated);
    put_pointer(&b.f, committed);
    return block_give(&b, information + (wow64 ? HEAPS32 : HEAPS64));
}

static bool answer(ExportCall *c, bool good) {
    const uint32_t no_memory = 0xC0000017;
    return export_answer(c, good ? 0 : no_memory);
}

/* information */
bool export_RtlQueryProcessHeapInformation(ExportCall *c) {
    return answer(c, put_heaps(c, c->arg[0]));
}

/* process, what, information: where more than heaps is asked for, Wine goes on */
bool export_RtlQueryProcessDebugInformation(ExportCall *c) {
    const uint32_t heaps = ASK_HEAPS | ASK_HEAP_TAGS | ASK_HEAP_BLOCKS;
    uint32_t what = (uint32_t)c->arg[1];
    if (!(what & ASK_HEAPS) || what & ~heaps || c->arg[0] != c->process->id) return false;
    return answer(c, put_heaps(c, c->arg[2]));
}
