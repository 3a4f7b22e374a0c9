/* Vm: the address space of one process, as Windows keeps it.
 *
 * Two layers. A *region* is what one NtAllocateVirtualMemory or NtMapViewOfSection reserved: its
 * base, size, type and first protection. A *page* (in a radix tree by address) says whether it is
 * committed, how it is protected, and which frame holds it: none until it is touched. Frames of
 * sections and images are shared until somebody writes to a copy-on-write page. */
#ifndef COAX_GUEST_VM_H
#define COAX_GUEST_VM_H

#include "guest/cpu.h"
#include "guest/section.h"

/* Protections and types, as Windows' headers number them. */
enum {
    VM_NOACCESS = 0x01,
    VM_READONLY = 0x02,
    VM_READWRITE = 0x04,
    VM_WRITECOPY = 0x08,
    VM_EXECUTE = 0x10,
    VM_EXECUTE_READ = 0x20,
    VM_EXECUTE_READWRITE = 0x40,
    VM_EXECUTE_WRITECOPY = 0x80,
    VM_GUARD = 0x100,
    VM_NOCACHE = 0x200,
    VM_COMMIT = 0x1000,
    VM_RESERVE = 0x2000,
    VM_FREE = 0x10000,
    VM_PRIVATE = 0x20000,
    VM_MAPPED = 0x40000,
    VM_IMAGE = 0x1000000,
};

enum { VM_GRANULARITY = 0x10000 };

typedef struct {
    uint64_t base, size; /* bytes; pages */
    uint32_t type;       /* VM_PRIVATE, VM_MAPPED, VM_IMAGE */
    uint32_t protect;    /* as first asked for */
    Section *section;    /* of a view; a reference is held */
    uint64_t section_at; /* offset in the section */
    const char *name;    /* NT path behind a view, or NULL; belongs to the section */
} VmRegion;

/* MEMORY_BASIC_INFORMATION. */
typedef struct {
    uint64_t base, allocation_base, size;
    uint32_t allocation_protect, state, protect, type;
} VmInfo;

typedef struct Vm Vm;

typedef struct {
    uint64_t lowest, low, high; /* allocations: from `low` up, then from `lowest`; below `high` */
    uint64_t limit;             /* the end of user space, for queries */
    uint64_t commit_limit;      /* pages that may be committed */
    bool no_execute;            /* pages without an execute protection do not execute */
    bool images_down;           /* images without a place go to the top */
} VmOptions;

/* An address space over the CPU's RAM. The CPU's translate callback must lead to vm_translate. */
Status vm_open(Vm **out, Ram *ram, Cpu *cpu, const VmOptions *options);
void vm_close(Vm *vm);

/* The calls below answer with an NTSTATUS (nt.h). */

/* Reserves and/or commits (VM_RESERVE, VM_COMMIT in `how`). *base 0: anywhere (`top_down` from the
 * top); at `below` at the most where that is not 0. *base and *size are rounded as Windows does. */
uint32_t vm_allocate(Vm *vm, uint64_t *base, uint64_t *size, uint32_t how, uint32_t protect,
                     bool top_down, uint64_t below);

/* Decommits (size 0: the whole region) or releases. */
uint32_t vm_decommit(Vm *vm, uint64_t *base, uint64_t *size);
uint32_t vm_release(Vm *vm, uint64_t *base, uint64_t *size);

uint32_t vm_protect(Vm *vm, uint64_t *base, uint64_t *size, uint32_t protect, uint32_t *old);
uint32_t vm_query(Vm *vm, uint64_t address, VmInfo *out);

/* Maps a view of a section. An image is mapped whole; the answer is STATUS_IMAGE_NOT_AT_BASE where
 * it could not have its own base. */
uint32_t vm_map(Vm *vm, Section *section, uint64_t *base, uint64_t offset, uint64_t *size,
                uint32_t protect, uint64_t below);
uint32_t vm_unmap(Vm *vm, uint64_t address);

/* The region that holds the address, or NULL. */
const VmRegion *vm_region(const Vm *vm, uint64_t address);
/* Regions in order of their addresses. */
size_t vm_region_count(const Vm *vm);
const VmRegion *vm_region_at(const Vm *vm, size_t index);

/* The CPU's question (CpuOptions.translate). */
Translation vm_translate(Vm *vm, uint64_t address, Access access, CpuPage *page);

/* Why an access is refused: STATUS_GUARD_PAGE_VIOLATION (the guard is gone afterwards) or
 * STATUS_ACCESS_VIOLATION. */
uint32_t vm_fault(Vm *vm, uint64_t address, Access access);

/* Copies between the guest and us, page by page, as the guest's own access would be checked
 * (`force`: as a debugger's, through any protection of committed pages). False: nothing or a part
 * was copied. */
bool vm_read(Vm *vm, uint64_t address, void *out, uint64_t n);
bool vm_write(Vm *vm, uint64_t address, const void *in, uint64_t n);
bool vm_write_force(Vm *vm, uint64_t address, const void *in, uint64_t n);

/* Pages committed, and frames held by private pages. */
uint64_t vm_committed(const Vm *vm);

#endif
