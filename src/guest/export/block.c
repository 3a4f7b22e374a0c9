/* Blocks are regions of their own: an answer cannot ask the guest's heap for memory. Who frees one
 * is recognised by its address, and everything else is left to Wine's function. */
#include "guest/export/block.h"
#include "base/text.h"

enum { READ_WRITE = 4, PRIVATE_ALIGNMENT = 0x10000 };

Block block_new(ExportCall *c, uint64_t structures, uint64_t behind) {
    Block b = {.call = c};
    uint64_t size = structures + behind + 16;
    if (vm_allocate(c->process->vm, &b.base, &size, VM_RESERVE | VM_COMMIT, READ_WRITE, false, 0)) {
        b.base = 0;
        b.bad = true;
        return b;
    }
    b.end = b.base + size;
    b.text = b.base + ((structures + 7) & ~UINT64_C(7));
    b.f = fields(c->process, b.base);
    return b;
}

uint64_t block_bytes(Block *b, Span bytes, unsigned alignment) {
    uint64_t at = (b->text + alignment - 1) & ~(uint64_t)(alignment - 1);
    if (b->bad || bytes.n > b->end - at || !guest_write(b->call->process, at, bytes.p, bytes.n)) {
        b->bad = true;
        return 0;
    }
    b->text = at + bytes.n;
    return at;
}

uint64_t block_text(Block *b, const char *text, bool wide) {
    if (!text) return 0;
    if (!wide) return block_bytes(b, span(text, strlen(text) + 1), 1);
    Span utf16 = text_to_utf16(b->call->scratch, span_str(text)); /* a NUL follows */
    return utf16.p ? block_bytes(b, span(utf16.p, utf16.n + 2), 2) : 0;
}

void block_put_text(Block *b, const char *text, bool wide) {
    put_pointer(&b->f, block_text(b, text, wide));
}

void block_put_unicode(Block *b, const char *text) {
    Span utf16 = text_to_utf16(b->call->scratch, span_str(text ? text : ""));
    uint64_t at = utf16.n ? block_bytes(b, span(utf16.p, utf16.n + 2), 2) : 0;
    put_unicode_string(&b->f, at, (uint32_t)utf16.n, utf16.n ? (uint32_t)utf16.n + 2 : 0);
}

static bool release(Process *p, uint64_t base) {
    uint64_t size = 0;
    return !vm_release(p->vm, &base, &size);
}

bool block_give(Block *b, uint64_t pointer_at) {
    Process *p = b->call->process;
    bool good = !b->bad && !b->f.bad && guest_put_pointer(p, pointer_at, b->base);
    if (!good && b->base) release(p, b->base);
    return good;
}

/* ---- giving it back ---- */

/* Heaps of Wine never hand out the beginning of a region. */
static bool is_block(const Process *p, uint64_t address) {
    const VmRegion *r = address % PRIVATE_ALIGNMENT ? NULL : vm_region(p->vm, address);
    return r && r->base == address;
}

static bool take_back(ExportCall *c) {
    return is_block(c->process, c->arg[0]) && release(c->process, c->arg[0]);
}

bool export_NetApiBufferFree(ExportCall *c) {
    c->result = 0;
    return take_back(c);
}
bool export_DsRoleFreeMemory(ExportCall *c) {
    return take_back(c);
}
bool export_LsaFreeMemory(ExportCall *c) {
    c->result = 0;
    return take_back(c);
}

/* buffer, *size */
bool export_NetApiBufferSize(ExportCall *c) {
    if (!is_block(c->process, c->arg[0])) return false;
    const VmRegion *r = vm_region(c->process->vm, c->arg[0]);
    c->result = guest_put_u32(c->process, c->arg[1], (uint32_t)r->size) ? 0 : 87;
    return true;
}
