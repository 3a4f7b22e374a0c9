#include "guest/vm.h"
#include "guest/ntstatus.h"
#include <stdlib.h>

/* A page of the address space. */
typedef struct {
    Frame frame;
    uint8_t protect; /* VM_NOACCESS .. VM_EXECUTE_WRITECOPY; they fit in a byte */
    uint8_t flags;
} Page;

enum {
    PAGE_COMMITTED = 1,
    PAGE_GUARDED = 2,
    PAGE_VIEW = 4,   /* belongs to a section: its frame comes from there */
    PAGE_SHARED = 8, /* the frame is the section's: copy before a write through WRITECOPY */
    PAGE_NOCACHE_BIT = 16,
};

enum { LEAF_BITS = 9, LEAF_PAGES = 1 << LEAF_BITS, TOP_ENTRIES = 256 };
enum {
    LEAF_SHIFT = PAGE_SHIFT + LEAF_BITS,
    MIDDLE_SHIFT = LEAF_SHIFT + 9,
    TOP_SHIFT = MIDDLE_SHIFT + 9
};

typedef struct {
    Page pages[LEAF_PAGES];
} Leaf;
typedef struct {
    Leaf *leaves[512];
} Middle;
typedef struct {
    Middle *middles[512];
} Top;

struct Vm {
    Ram *ram;
    Cpu *cpu;
    VmOptions options;
    Top *tops[TOP_ENTRIES];
    VmRegion *regions; /* sorted by base */
    size_t region_count, region_room;
    uint64_t committed;
};

/* ---- pages ---- */

static Leaf *leaf_of(const Vm *vm, uint64_t address) {
    if (address >> TOP_SHIFT >= TOP_ENTRIES) return NULL;
    Top *t = vm->tops[address >> TOP_SHIFT];
    Middle *m = t ? t->middles[address >> MIDDLE_SHIFT & 511] : NULL;
    return m ? m->leaves[address >> LEAF_SHIFT & 511] : NULL;
}

static Page *page_of(const Vm *vm, uint64_t address) {
    Leaf *l = leaf_of(vm, address);
    return l ? &l->pages[address >> PAGE_SHIFT & (LEAF_PAGES - 1)] : NULL;
}

#define GROW(slot) ((slot) ? (slot) : ((slot) = calloc(1, sizeof *(slot))))

static Page *page_make(Vm *vm, uint64_t address) {
    Top *t = GROW(vm->tops[address >> TOP_SHIFT]);
    Middle *m = t ? GROW(t->middles[address >> MIDDLE_SHIFT & 511]) : NULL;
    Leaf *l = m ? GROW(m->leaves[address >> LEAF_SHIFT & 511]) : NULL;
    return l ? &l->pages[address >> PAGE_SHIFT & (LEAF_PAGES - 1)] : NULL;
}

/* The first address from `address` that may have a page: skips ranges without tables. */
static uint64_t skip_empty(const Vm *vm, uint64_t address, uint64_t end) {
    while (address < end && !leaf_of(vm, address))
        address = ((address >> LEAF_SHIFT) + 1) << LEAF_SHIFT;
    return address < end ? address : end;
}

static void page_clear(Vm *vm, Page *p, uint64_t address) {
    if (p->flags & PAGE_COMMITTED) vm->committed--;
    if (p->frame) {
        cpu_flush_page(vm->cpu, address);
        ram_drop(vm->ram, p->frame);
    }
    *p = (Page){0};
}

static void clear_range(Vm *vm, uint64_t base, uint64_t size) {
    uint64_t end = base + size;
    for (uint64_t a = skip_empty(vm, base, end); a < end; a = skip_empty(vm, a + PAGE_SIZE, end))
        page_clear(vm, page_of(vm, a), a);
}

/* ---- protections ---- */

static bool valid_protection(uint32_t protect) {
    uint32_t kind = protect & 0xff;
    return kind && !(kind & (kind - 1)) && !(protect & ~0x7ffu) &&
           !(kind == VM_NOACCESS && protect & VM_GUARD);
}

static unsigned prot_of(const Vm *vm, uint8_t protect) {
    switch (protect) {
    case VM_READONLY: return PROT_R | (vm->options.no_execute ? 0 : PROT_X);
    case VM_READWRITE:
    case VM_WRITECOPY: return PROT_R | PROT_W | (vm->options.no_execute ? 0 : PROT_X);
    case VM_EXECUTE: return PROT_R | PROT_X; /* x86 has no execute-only pages */
    case VM_EXECUTE_READ: return PROT_R | PROT_X;
    case VM_EXECUTE_READWRITE:
    case VM_EXECUTE_WRITECOPY: return PROT_R | PROT_W | PROT_X;
    default: return 0;
    }
}

static bool is_copy(uint8_t protect) {
    return protect == VM_WRITECOPY || protect == VM_EXECUTE_WRITECOPY;
}

static uint8_t after_copy(uint8_t protect) {
    return protect == VM_WRITECOPY           ? VM_READWRITE
           : protect == VM_EXECUTE_WRITECOPY ? VM_EXECUTE_READWRITE
                                             : protect;
}

/* Images cannot be written through: a writable page of one is copied first. */
static uint8_t copying(uint8_t protect) {
    return protect == VM_READWRITE           ? VM_WRITECOPY
           : protect == VM_EXECUTE_READWRITE ? VM_EXECUTE_WRITECOPY
                                             : protect;
}

static uint32_t page_protection(const Page *p) {
    return p->protect | (p->flags & PAGE_GUARDED ? VM_GUARD : 0u) |
           (p->flags & PAGE_NOCACHE_BIT ? VM_NOCACHE : 0u);
}

static void page_protect(Page *p, uint32_t protect, bool image) {
    uint8_t kind = (uint8_t)protect;
    bool shared = p->flags & PAGE_VIEW && (!p->frame || p->flags & PAGE_SHARED);
    p->protect = image && shared ? copying(kind) : kind;
    p->flags &= (uint8_t) ~(PAGE_GUARDED | PAGE_NOCACHE_BIT);
    if (protect & VM_GUARD) p->flags |= PAGE_GUARDED;
    if (protect & VM_NOCACHE) p->flags |= PAGE_NOCACHE_BIT;
}

/* ---- regions ---- */

/* Index of the first region that ends behind the address. */
static size_t region_index(const Vm *vm, uint64_t address) {
    size_t low = 0, high = vm->region_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const VmRegion *r = &vm->regions[middle];
        if (r->base + r->size <= address) low = middle + 1;
        else high = middle;
    }
    return low;
}

static VmRegion *region_of(const Vm *vm, uint64_t address) {
    size_t i = region_index(vm, address);
    return i < vm->region_count && vm->regions[i].base <= address ? &vm->regions[i] : NULL;
}

const VmRegion *vm_region(const Vm *vm, uint64_t address) {
    return region_of(vm, address);
}
size_t vm_region_count(const Vm *vm) {
    return vm->region_count;
}
const VmRegion *vm_region_at(const Vm *vm, size_t index) {
    return &vm->regions[index];
}

/* A program that reserves without end gets no more: each region moves those behind it. */
enum { MOST_REGIONS = 1 << 16 };

static VmRegion *region_add(Vm *vm, VmRegion region) {
    if (vm->region_count == MOST_REGIONS) return NULL;
    if (vm->region_count == vm->region_room) {
        size_t room = vm->region_room ? vm->region_room * 2 : 64;
        VmRegion *more = realloc(vm->regions, room * sizeof *more);
        if (!more) return NULL;
        vm->regions = more;
        vm->region_room = room;
    }
    size_t i = region_index(vm, region.base);
    memmove(&vm->regions[i + 1], &vm->regions[i], (vm->region_count - i) * sizeof *vm->regions);
    vm->regions[i] = region;
    vm->region_count++;
    return &vm->regions[i];
}

static void region_remove(Vm *vm, VmRegion *r) {
    size_t i = (size_t)(r - vm->regions);
    section_drop(r->section);
    vm->region_count--;
    memmove(r, r + 1, (vm->region_count - i) * sizeof *r);
}

static bool is_free(const Vm *vm, uint64_t base, uint64_t size) {
    size_t i = region_index(vm, base);
    return i == vm->region_count || vm->regions[i].base >= base + size;
}

static uint64_t granule_up(uint64_t a) {
    return (a + VM_GRANULARITY - 1) & ~(uint64_t)(VM_GRANULARITY - 1);
}

/* The lowest free place of `size` bytes in [low, high), or 0. */
static uint64_t find_up(const Vm *vm, uint64_t size, uint64_t low, uint64_t high) {
    uint64_t at = granule_up(low);
    for (size_t i = region_index(vm, at); at < high && size <= high - at; i++) {
        if (i == vm->region_count || vm->regions[i].base >= at + size) return at;
        at = granule_up(vm->regions[i].base + vm->regions[i].size);
    }
    return 0;
}

static uint64_t find_down(const Vm *vm, uint64_t size, uint64_t low, uint64_t high) {
    uint64_t top = high;
    for (size_t i = region_index(vm, high); top > low && size <= top - low;) {
        uint64_t at = (top - size) & ~(uint64_t)(VM_GRANULARITY - 1);
        if (at < low) return 0;
        if (is_free(vm, at, size)) return at;
        if (i == 0) return 0;
        top = vm->regions[--i].base;
    }
    return 0;
}

static uint64_t find_place(const Vm *vm, uint64_t size, bool top_down, uint64_t below) {
    uint64_t high = below && below < vm->options.high ? below : vm->options.high;
    if (top_down) return find_down(vm, size, vm->options.lowest, high);
    uint64_t at = vm->options.low < high ? find_up(vm, size, vm->options.low, high) : 0;
    return at ? at : find_up(vm, size, vm->options.lowest, high);
}

/* ---- allocation ---- */

static bool round_range(const Vm *vm, uint64_t *base, uint64_t *size) {
    uint64_t start = *base & ~(uint64_t)PAGE_MASK, end;
    if (__builtin_add_overflow(*base, *size, &end) || end > vm->options.limit) return false;
    end = (end + PAGE_MASK) & ~(uint64_t)PAGE_MASK;
    *base = start;
    *size = end - start;
    return true;
}

static uint32_t commit(Vm *vm, const VmRegion *r, uint64_t base, uint64_t size, uint32_t protect) {
    if (size >> PAGE_SHIFT > vm->options.commit_limit - vm->committed) return STATUS_NO_MEMORY;
    for (uint64_t a = base; a < base + size; a += PAGE_SIZE) {
        Page *p = page_make(vm, a);
        if (!p) return STATUS_NO_MEMORY;
        if (!(p->flags & PAGE_COMMITTED)) vm->committed++;
        p->flags |= PAGE_COMMITTED | (r->section ? PAGE_VIEW : 0);
        page_protect(p, protect, r->type == VM_IMAGE);
    }
    cpu_flush(vm->cpu);
    return STATUS_SUCCESS;
}

static uint32_t reserve(Vm *vm, uint64_t *base, uint64_t *size, uint32_t protect, bool top_down,
                        uint64_t below) {
    if (*base) {
        uint64_t start = *base & ~(uint64_t)(VM_GRANULARITY - 1);
        *size += *base - start;
        *base = start;
        if (!round_range(vm, base, size) || !*size || *base < vm->options.lowest)
            return STATUS_INVALID_PARAMETER;
        if (!is_free(vm, *base, *size)) return STATUS_CONFLICTING_ADDRESSES;
    } else {
        *size = (*size + PAGE_MASK) & ~(uint64_t)PAGE_MASK;
        *base = find_place(vm, *size, top_down, below);
        if (!*base) return STATUS_NO_MEMORY;
    }
    VmRegion r = {.base = *base, .size = *size, .type = VM_PRIVATE, .protect = protect};
    return region_add(vm, r) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

uint32_t vm_allocate(Vm *vm, uint64_t *base, uint64_t *size, uint32_t how, uint32_t protect,
                     bool top_down, uint64_t below) {
    if (!*size || *size > vm->options.high) return STATUS_INVALID_PARAMETER;
    if (!valid_protection(protect)) return STATUS_INVALID_PAGE_PROTECTION;
    if (is_copy((uint8_t)protect)) return STATUS_INVALID_PAGE_PROTECTION;
    if (how & VM_RESERVE || !*base) {
        uint32_t status = reserve(vm, base, size, protect, top_down, below);
        if (status || !(how & VM_COMMIT)) return status;
        VmRegion *r = region_of(vm, *base);
        status = commit(vm, r, *base, *size, protect);
        if (status) {
            clear_range(vm, *base, *size);
            region_remove(vm, r);
        }
        return status;
    }
    if (!round_range(vm, base, size)) return STATUS_INVALID_PARAMETER;
    const VmRegion *r = region_of(vm, *base);
    if (!r || *base + *size > r->base + r->size) return STATUS_CONFLICTING_ADDRESSES;
    if (r->type == VM_IMAGE) return STATUS_ALREADY_COMMITTED;
    return commit(vm, r, *base, *size, protect);
}

uint32_t vm_decommit(Vm *vm, uint64_t *base, uint64_t *size) {
    const VmRegion *r = region_of(vm, *base);
    if (!r) return STATUS_MEMORY_NOT_ALLOCATED;
    if (r->type != VM_PRIVATE) return STATUS_INVALID_PARAMETER;
    if (!*size) {
        if ((*base & ~(uint64_t)PAGE_MASK) != r->base) return STATUS_FREE_VM_NOT_AT_BASE;
        *base = r->base;
        *size = r->size;
    }
    if (!round_range(vm, base, size)) return STATUS_INVALID_PARAMETER;
    if (*base + *size > r->base + r->size) return STATUS_UNABLE_TO_FREE_VM;
    clear_range(vm, *base, *size);
    return STATUS_SUCCESS;
}

uint32_t vm_release(Vm *vm, uint64_t *base, uint64_t *size) {
    VmRegion *r = region_of(vm, *base);
    if (!r) return STATUS_MEMORY_NOT_ALLOCATED;
    if (r->type != VM_PRIVATE) return STATUS_INVALID_PARAMETER;
    /* VirtualFree's rule; Wine's kernelbase.dll leaves it to the system call. */
    if (*size) return STATUS_INVALID_PARAMETER;
    if ((*base & ~(uint64_t)PAGE_MASK) != r->base) return STATUS_FREE_VM_NOT_AT_BASE;
    *base = r->base;
    *size = r->size;
    clear_range(vm, *base, *size);
    region_remove(vm, r);
    return STATUS_SUCCESS;
}

uint32_t vm_protect(Vm *vm, uint64_t *base, uint64_t *size, uint32_t protect, uint32_t *old) {
    if (!valid_protection(protect)) return STATUS_INVALID_PAGE_PROTECTION;
    if (!*size || !round_range(vm, base, size)) return STATUS_INVALID_PARAMETER;
    const VmRegion *r = region_of(vm, *base);
    if (!r) return STATUS_INVALID_PARAMETER;
    if (*base + *size > r->base + r->size) return STATUS_CONFLICTING_ADDRESSES;
    for (uint64_t a = *base; a < *base + *size; a += PAGE_SIZE) {
        const Page *p = page_of(vm, a);
        if (!p || !(p->flags & PAGE_COMMITTED)) return STATUS_NOT_COMMITTED;
    }
    if (r->type == VM_MAPPED && r->section && is_copy((uint8_t)protect) &&
        !is_copy((uint8_t)r->protect) && (uint8_t)r->protect != VM_EXECUTE_READWRITE &&
        (uint8_t)r->protect != VM_READWRITE)
        return STATUS_SECTION_PROTECTION;
    *old = page_protection(page_of(vm, *base));
    for (uint64_t a = *base; a < *base + *size; a += PAGE_SIZE) {
        page_protect(page_of(vm, a), protect, r->type == VM_IMAGE);
        cpu_flush_page(vm->cpu, a);
    }
    return STATUS_SUCCESS;
}

/* ---- queries ---- */

static uint64_t page_key(const Page *p) {
    return p && p->flags & PAGE_COMMITTED ? page_protection(p) | UINT64_C(1) << 32 : 0;
}

static uint64_t run_of_equal_pages(const Vm *vm, const VmRegion *r, uint64_t start) {
    uint64_t end = r->base + r->size, key = page_key(page_of(vm, start)), a = start;
    while (a < end && page_key(page_of(vm, a)) == key)
        a = leaf_of(vm, a) ? a + PAGE_SIZE : skip_empty(vm, a, end);
    return a - start;
}

uint32_t vm_query(Vm *vm, uint64_t address, VmInfo *out) {
    if (address >= vm->options.limit) return STATUS_INVALID_PARAMETER;
    uint64_t base = address & ~(uint64_t)PAGE_MASK;
    const VmRegion *r = region_of(vm, base);
    *out = (VmInfo){.base = base};
    if (!r) {
        size_t i = region_index(vm, base);
        uint64_t end = i < vm->region_count ? vm->regions[i].base : vm->options.limit;
        out->state = VM_FREE;
        out->protect = VM_NOACCESS;
        out->size = end - base;
        return STATUS_SUCCESS;
    }
    const Page *p = page_of(vm, base);
    bool committed = p && p->flags & PAGE_COMMITTED;
    out->allocation_base = r->base;
    out->allocation_protect = r->protect;
    out->type = r->type;
    out->state = committed ? VM_COMMIT : VM_RESERVE;
    out->protect = committed ? page_protection(p) : 0;
    out->size = run_of_equal_pages(vm, r, base);
    return STATUS_SUCCESS;
}

/* ---- views ---- */

static void map_image_pages(Vm *vm, const VmRegion *r) {
    for (size_t i = 0; i < r->section->range_count; i++) {
        const SectionRange *range = &r->section->ranges[i];
        commit(vm, r, r->base + range->at, range->size, range->protect);
    }
}

static uint32_t map_at(Vm *vm, VmRegion view) {
    section_hold(view.section);
    VmRegion *r = region_add(vm, view);
    if (!r) {
        section_drop(view.section);
        return STATUS_NO_MEMORY;
    }
    if (view.type == VM_IMAGE) map_image_pages(vm, r);
    else if (!view.section->reserve) return commit(vm, r, r->base, r->size, view.protect);
    return STATUS_SUCCESS;
}

static uint32_t map_image(Vm *vm, Section *s, uint64_t *base, uint64_t *size, uint64_t below) {
    uint64_t want = *base ? *base : s->preferred_base;
    uint64_t length = (s->size + PAGE_MASK) & ~(uint64_t)PAGE_MASK;
    bool fits = want && !(want & (VM_GRANULARITY - 1)) && want >= vm->options.lowest &&
                want < vm->options.high && length <= vm->options.high - want &&
                is_free(vm, want, length);
    if (!fits && *base) return STATUS_CONFLICTING_ADDRESSES;
    if (!fits) want = find_place(vm, length, vm->options.images_down, below);
    if (!want) return STATUS_NO_MEMORY;
    VmRegion view = {.base = want,
                     .size = length,
                     .type = VM_IMAGE,
                     .section = s,
                     .protect = VM_EXECUTE_WRITECOPY,
                     .name = s->name};
    *base = want;
    *size = length;
    uint32_t status = map_at(vm, view);
    return status ? status : want == s->preferred_base ? STATUS_SUCCESS : STATUS_IMAGE_NOT_AT_BASE;
}

uint32_t vm_map(Vm *vm, Section *s, uint64_t *base, uint64_t offset, uint64_t *size,
                uint32_t protect, uint64_t below) {
    if (s->image) return map_image(vm, s, base, size, below);
    if (!valid_protection(protect)) return STATUS_INVALID_PAGE_PROTECTION;
    if (offset & (VM_GRANULARITY - 1) || *base & (VM_GRANULARITY - 1))
        return STATUS_MAPPED_ALIGNMENT;
    if (offset >= s->size || *size > s->size - offset) return STATUS_INVALID_VIEW_SIZE;
    uint64_t length = *size ? *size : s->size - offset;
    length = (length + PAGE_MASK) & ~(uint64_t)PAGE_MASK;
    uint64_t at = *base ? *base : find_place(vm, length, false, below);
    if (!at) return STATUS_NO_MEMORY;
    if (at < vm->options.lowest || at >= vm->options.limit || length > vm->options.limit - at)
        return STATUS_INVALID_PARAMETER;
    if (!is_free(vm, at, length)) return STATUS_CONFLICTING_ADDRESSES;
    VmRegion view = {.base = at,
                     .size = length,
                     .type = VM_MAPPED,
                     .section = s,
                     .protect = protect,
                     .section_at = offset,
                     .name = s->name};
    *base = at;
    *size = length;
    return map_at(vm, view);
}

uint32_t vm_unmap(Vm *vm, uint64_t address) {
    VmRegion *r = region_of(vm, address);
    if (!r || !r->section) return STATUS_NOT_MAPPED_VIEW;
    if (r->type == VM_MAPPED) section_flush(r->section);
    clear_range(vm, r->base, r->size);
    region_remove(vm, r);
    return STATUS_SUCCESS;
}

/* ---- touching pages ---- */

static bool materialize(Vm *vm, Page *p, uint64_t address) {
    if (p->frame) return true;
    if (p->flags & PAGE_VIEW) {
        const VmRegion *r = region_of(vm, address);
        uint64_t offset = (address & ~(uint64_t)PAGE_MASK) - r->base + r->section_at;
        p->frame = section_frame(r->section, offset >> PAGE_SHIFT);
        ram_hold(vm->ram, p->frame);
        p->flags |= PAGE_SHARED;
    } else {
        p->frame = ram_take(vm->ram);
    }
    return p->frame != 0;
}

/* Gives the page a frame of its own. */
static bool copy_page(Vm *vm, Page *p) {
    Frame own = ram_take(vm->ram);
    if (!own) return false;
    memcpy(ram_page(vm->ram, own), ram_page(vm->ram, p->frame), PAGE_SIZE);
    ram_drop(vm->ram, p->frame);
    p->frame = own;
    p->flags &= (uint8_t)~PAGE_SHARED;
    p->protect = after_copy(p->protect);
    return true;
}

static bool copies_on_write(const Page *p) {
    return p->flags & PAGE_SHARED && is_copy(p->protect);
}

Translation vm_translate(Vm *vm, uint64_t address, Access access, CpuPage *out) {
    Page *p = page_of(vm, address);
    if (!p || !(p->flags & PAGE_COMMITTED) || p->flags & PAGE_GUARDED) return TRANSLATE_FAULT;
    unsigned prot = prot_of(vm, p->protect);
    if (!(prot & 1u << access) || !materialize(vm, p, address)) return TRANSLATE_FAULT;
    if (access == ACCESS_WRITE && copies_on_write(p)) {
        bool code = cpu_frame_has_code(vm->cpu, p->frame);
        if (!copy_page(vm, p)) return TRANSLATE_FAULT;
        if (code) {
            cpu_flush_page(vm->cpu, address);
            return TRANSLATE_RETRY;
        }
    }
    *out = (CpuPage){p->frame, copies_on_write(p) ? prot & ~(unsigned)PROT_W : prot};
    return TRANSLATE_OK;
}

uint32_t vm_fault(Vm *vm, uint64_t address, Access access) {
    Page *p = page_of(vm, address);
    (void)access;
    if (!p || !(p->flags & PAGE_COMMITTED) || !(p->flags & PAGE_GUARDED))
        return STATUS_ACCESS_VIOLATION;
    p->flags &= (uint8_t)~PAGE_GUARDED;
    return STATUS_GUARD_PAGE_VIOLATION;
}

/* ---- copies ---- */

typedef enum { COPY_READ, COPY_WRITE, COPY_FORCE } CopyKind;

static uint8_t *page_for_copy(Vm *vm, uint64_t address, CopyKind kind) {
    Page *p = page_of(vm, address);
    if (!p || !(p->flags & PAGE_COMMITTED) || !materialize(vm, p, address)) return NULL;
    unsigned need = kind == COPY_READ ? PROT_R : kind == COPY_WRITE ? PROT_W : 0;
    if ((prot_of(vm, p->protect) & need) != need) return NULL;
    if (kind == COPY_READ) return ram_page(vm->ram, p->frame);
    bool private_copy = p->flags & PAGE_SHARED && (is_copy(p->protect) || kind == COPY_FORCE);
    if (private_copy) {
        if (!copy_page(vm, p)) return NULL;
        cpu_flush_page(vm->cpu, address);
    }
    cpu_frame_changes(vm->cpu, p->frame);
    return ram_page(vm->ram, p->frame);
}

static bool copy(Vm *vm, uint64_t address, uint8_t *bytes, uint64_t n, CopyKind kind) {
    while (n) {
        uint64_t in_page = address & PAGE_MASK, room = PAGE_SIZE - in_page;
        size_t part = (size_t)(n < room ? n : room);
        uint8_t *page = page_for_copy(vm, address, kind);
        if (!page) return false;
        if (kind == COPY_READ) memcpy(bytes, page + in_page, part);
        else memcpy(page + in_page, bytes, part);
        address += part;
        bytes += part;
        n -= part;
    }
    return true;
}

bool vm_read(Vm *vm, uint64_t address, void *out, uint64_t n) {
    return copy(vm, address, out, n, COPY_READ);
}
bool vm_write(Vm *vm, uint64_t address, const void *in, uint64_t n) {
    return copy(vm, address, (uint8_t *)(uintptr_t)in, n, COPY_WRITE);
}
bool vm_write_force(Vm *vm, uint64_t address, const void *in, uint64_t n) {
    return copy(vm, address, (uint8_t *)(uintptr_t)in, n, COPY_FORCE);
}

uint64_t vm_committed(const Vm *vm) {
    return vm->committed;
}

/* ---- life ---- */

Status vm_open(Vm **out, Ram *ram, Cpu *cpu, const VmOptions *options) {
    Vm *vm = calloc(1, sizeof *vm);
    if (!vm) return ST_BUDGET;
    vm->ram = ram;
    vm->cpu = cpu;
    vm->options = *options;
    *out = vm;
    return ST_OK;
}

static void free_tables(Vm *vm) {
    for (size_t t = 0; t < TOP_ENTRIES; t++) {
        for (size_t m = 0; vm->tops[t] && m < 512; m++) {
            Middle *middle = vm->tops[t]->middles[m];
            for (size_t l = 0; middle && l < 512; l++) free(middle->leaves[l]);
            free(middle);
        }
        free(vm->tops[t]);
    }
}

void vm_close(Vm *vm) {
    if (!vm) return;
    while (vm->region_count) {
        VmRegion *r = &vm->regions[vm->region_count - 1];
        clear_range(vm, r->base, r->size);
        region_remove(vm, r);
    }
    free_tables(vm);
    free(vm->regions);
    free(vm);
}
