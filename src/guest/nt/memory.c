/* Virtual memory: NtAllocateVirtualMemory and its family. */
#include "base/text.h"
#include "guest/flood.h"
#include "guest/process.h"
#include "guest/target.h"

enum { MEM_TOP_DOWN = 0x100000, MEM_RESET = 0x80000, MEM_DECOMMIT = 0x4000, MEM_RELEASE = 0x8000 };
enum { MEM_COALESCE_PLACEHOLDERS = 1, MEM_PRESERVE_PLACEHOLDER = 2 };

static uint32_t find_process(Sys *s, uint32_t access, Process **out) {
    uint32_t status = target_process(s, s->arg[0], access, out);
    if (!status && !(*out)->vm) status = STATUS_PROCESS_IS_TERMINATING;
    return status;
}

static bool is_executable(uint32_t protect) {
    return protect & (VM_EXECUTE | VM_EXECUTE_READ | VM_EXECUTE_READWRITE | VM_EXECUTE_WRITECOPY);
}

/* ZeroBits: a number of high bits, or on 64-bit (from 32 on) a mask of the bits that may be set. */
static uint64_t highest_address(const Process *p, uint64_t zero_bits) {
    if (!zero_bits) return p->wow64 ? 0 : 0;
    if (zero_bits < 32) return UINT64_C(1) << (32 - zero_bits);
    uint64_t mask = zero_bits;
    for (unsigned shift = 1; shift < 64; shift <<= 1) mask |= mask >> shift;
    return mask + 1;
}

/* Of what is there, most is used: it was not just a wish for too much at once. */
static uint32_t refused(Process *p, uint32_t status) {
    uint64_t used = vm_committed(p->vm);
    if (status == STATUS_NO_MEMORY && used > p->machine->ram.ram_count / 2)
        flood_tell(p->machine, FLOOD_MEMORY, used << PAGE_SHIFT);
    return status;
}

static uint64_t allocate(Sys *s, uint64_t base_at, uint64_t size_at, uint32_t type,
                         uint32_t protect, uint64_t below) {
    Process *p;
    uint64_t base, size;
    uint32_t status = find_process(s, TARGET_VM_OPERATION, &p);
    if (status) return status;
    if (!guest_get_pointer(s->process, base_at, &base) ||
        !guest_get_pointer(s->process, size_at, &size))
        return STATUS_ACCESS_VIOLATION;
    if (!(type & (VM_COMMIT | VM_RESERVE | MEM_RESET))) return STATUS_INVALID_PARAMETER;
    if (type & MEM_RESET) return STATUS_SUCCESS;
    if (s->process->wow64 && !p->wow64 && !below) below = SHARED_DATA_AT; /* it must fit */
    status = vm_allocate(p->vm, &base, &size, type & (VM_COMMIT | VM_RESERVE), protect,
                         type & MEM_TOP_DOWN, below);
    if (status) return refused(p, status);
    if (is_executable(protect)) target_tell(s, p, "allocates executable memory", base, size);
    guest_put_pointer(s->process, base_at, base);
    guest_put_pointer(s->process, size_at, size);
    return STATUS_SUCCESS;
}

static uint64_t nt_allocate(Sys *s) {
    return allocate(s, s->arg[1], s->arg[3], (uint32_t)s->arg[4], (uint32_t)s->arg[5],
                    highest_address(s->process, s->arg[2]));
}

/* MEM_EXTENDED_PARAMETER 1 is MEM_ADDRESS_REQUIREMENTS: lowest, highest, alignment. */
static uint64_t nt_allocate_ex(Sys *s) {
    uint64_t below = 0;
    for (uint64_t i = 0; i < (uint32_t)s->arg[6] && i < 8; i++) {
        Fields f = fields(s->process, s->arg[5] + i * 16);
        uint64_t type = get_u64(&f) & 0xff, at = get_pointer(&f), highest = 0;
        if (f.bad) return STATUS_ACCESS_VIOLATION;
        if (type != 1) continue;
        if (!guest_get_pointer(s->process, at + s->process->pointer, &highest))
            return STATUS_ACCESS_VIOLATION;
        below = highest ? highest + 1 : 0;
    }
    return allocate(s, s->arg[1], s->arg[2], (uint32_t)s->arg[3], (uint32_t)s->arg[4], below);
}

static uint64_t nt_free(Sys *s) {
    Process *p;
    uint64_t base, size;
    uint32_t type = (uint32_t)s->arg[3], status = find_process(s, TARGET_VM_OPERATION, &p);
    if (status) return status;
    if (!guest_get_pointer(s->process, s->arg[1], &base) ||
        !guest_get_pointer(s->process, s->arg[2], &size))
        return STATUS_ACCESS_VIOLATION;
    if (type & (MEM_COALESCE_PLACEHOLDERS | MEM_PRESERVE_PLACEHOLDER)) return STATUS_NOT_SUPPORTED;
    if (type == MEM_RELEASE) status = vm_release(p->vm, &base, &size);
    else if (type == MEM_DECOMMIT) status = vm_decommit(p->vm, &base, &size);
    else return STATUS_INVALID_PARAMETER;
    if (status) return status;
    guest_put_pointer(s->process, s->arg[1], base);
    guest_put_pointer(s->process, s->arg[2], size);
    return STATUS_SUCCESS;
}

static uint64_t nt_protect(Sys *s) {
    Process *p;
    uint64_t base, size;
    uint32_t old = 0, status = find_process(s, TARGET_VM_OPERATION, &p);
    if (status) return status;
    if (!guest_get_pointer(s->process, s->arg[1], &base) ||
        !guest_get_pointer(s->process, s->arg[2], &size))
        return STATUS_ACCESS_VIOLATION;
    if (!s->arg[4]) return STATUS_ACCESS_VIOLATION;
    status = vm_protect(p->vm, &base, &size, (uint32_t)s->arg[3], &old);
    if (status) return status;
    if (is_executable((uint32_t)s->arg[3]))
        target_tell(s, p, "makes memory executable", base, size);
    guest_put_pointer(s->process, s->arg[1], base);
    guest_put_pointer(s->process, s->arg[2], size);
    return guest_put_u32(s->process, s->arg[4], old) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

/* ---- queries ---- */

static uint64_t return_length(Sys *s, uint64_t n) {
    if (s->arg[5]) guest_put_pointer(s->process, s->arg[5], n);
    return STATUS_SUCCESS;
}

static uint64_t query_basic(Sys *s, Process *p) {
    VmInfo i;
    uint64_t size = p->pointer == 8 ? 48 : 28;
    if (s->arg[4] < size) return STATUS_INFO_LENGTH_MISMATCH;
    uint32_t status = vm_query(p->vm, s->arg[1], &i);
    if (status) return status;
    Fields f = fields(s->process, s->arg[3]);
    put_pointer(&f, i.base);
    put_pointer(&f, i.allocation_base);
    put_u32(&f, i.allocation_protect);
    put_pointer(&f, i.size);
    put_u32(&f, i.state);
    put_u32(&f, i.protect);
    put_u32(&f, i.type);
    return f.bad ? STATUS_ACCESS_VIOLATION : return_length(s, size);
}

/* MEMORY_REGION_INFORMATION. */
static uint64_t query_region(Sys *s, Process *p) {
    const VmRegion *r = vm_region(p->vm, s->arg[1]);
    if (!r) return STATUS_INVALID_ADDRESS;
    Fields f = fields_in(s->process, s->arg[3], s->arg[4]);
    put_pointer(&f, r->base);
    put_u32(&f, r->protect);
    put_u32(&f, r->type == VM_PRIVATE ? 1 : r->type == VM_IMAGE ? 4 : 2);
    put_pointer(&f, r->size);
    put_pointer(&f, r->size);
    return f.bad ? STATUS_ACCESS_VIOLATION : return_length(s, fields_used(&f));
}

/* The file behind a view, as a device path: a UNICODE_STRING and its text. */
static uint64_t query_section_name(Sys *s, Process *p) {
    static const char drive[] = "\\??\\C:";
    const VmRegion *r = vm_region(p->vm, s->arg[1]);
    if (!r) return STATUS_INVALID_ADDRESS;
    if (!r->name) return STATUS_FILE_INVALID;
    const char *name = r->name;
    if (strncmp(name, drive, sizeof drive - 1) == 0)
        name = arena_printf(s->scratch, "\\Device\\HarddiskVolume3%s", name + sizeof drive - 1);
    Span text = text_to_utf16(s->scratch, span_str(name ? name : ""));
    uint64_t head = s->process->pointer * 2u, need = head + text.n + 2;
    return_length(s, need);
    if (s->arg[4] < need)
        return s->arg[4] < head ? STATUS_INFO_LENGTH_MISMATCH : STATUS_BUFFER_OVERFLOW;
    Fields f = fields(s->process, s->arg[3]);
    put_unicode_string(&f, s->arg[3] + head, (uint32_t)text.n, (uint32_t)text.n + 2);
    put_bytes(&f, span(text.p, text.n));
    put_u16(&f, 0);
    return f.bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

/* MEMORY_WORKING_SET_EX_INFORMATION: for each address whether its page is valid and shared. */
static uint64_t query_working_set_ex(Sys *s, Process *p) {
    unsigned width = s->process->pointer;
    for (uint64_t i = 0; i < s->arg[4] / (2u * width); i++) {
        uint64_t at = s->arg[3] + i * 2 * width, address;
        VmInfo info;
        if (!guest_get_pointer(s->process, at, &address)) return STATUS_ACCESS_VIOLATION;
        bool there = !vm_query(p->vm, address, &info) && info.state == VM_COMMIT;
        uint64_t flags = there ? 1u | 1u << 1 | (info.protect & 0x7ffu) << 4 |
                                     (info.type != VM_PRIVATE ? 1u << 15 : 0u)
                               : 0;
        guest_put_pointer(s->process, at + width, flags);
    }
    return STATUS_SUCCESS;
}

/* Wine's own class: a handle for __wine_unix_call. We hand back the module's base. */
static uint64_t query_unix_functions(Sys *s, Process *p) {
    const Module *m = process_module(p, s->arg[1]);
    if (!m || !m->system) return STATUS_INVALID_INFO_CLASS;
    return guest_put_u64(s->process, s->arg[3], m->base) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

static uint64_t nt_query(Sys *s) {
    enum { BASIC, WORKING_SET, SECTION_NAME, REGION, WORKING_SET_EX, UNIX_FUNCTIONS = 1000 };
    Process *p;
    uint32_t status = find_process(s, TARGET_QUERY_LIMITED, &p);
    if (status) return status;
    switch ((uint32_t)s->arg[2]) {
    case BASIC: return query_basic(s, p);
    case SECTION_NAME: return query_section_name(s, p);
    case REGION: return query_region(s, p);
    case WORKING_SET_EX: return query_working_set_ex(s, p);
    case UNIX_FUNCTIONS: return query_unix_functions(s, p);
    default: return STATUS_INVALID_INFO_CLASS;
    }
}

/* ---- other processes' memory ---- */

enum { CHUNK = 4096 };

typedef struct {
    Process *from, *to;
    uint64_t source, target;
    bool force;
} Transfer;

/* Copies as far as it goes; returns the bytes that were copied. */
static uint64_t transfer(const Transfer *t, uint64_t n) {
    uint8_t chunk[CHUNK];
    uint64_t done = 0;
    while (done < n) {
        uint64_t part = CHUNK - ((t->source + done) & (CHUNK - 1));
        if (part > n - done) part = n - done;
        if (!vm_read(t->from->vm, t->source + done, chunk, part)) break;
        bool written = t->force ? vm_write_force(t->to->vm, t->target + done, chunk, part)
                                : vm_write(t->to->vm, t->target + done, chunk, part);
        if (!written) break;
        done += part;
    }
    return done;
}

static uint64_t finish_transfer(Sys *s, const Transfer *t, uint64_t n) {
    uint64_t done = transfer(t, n);
    if (s->arg[4]) guest_put_pointer(s->process, s->arg[4], done);
    return done == n ? STATUS_SUCCESS : STATUS_PARTIAL_COPY;
}

static uint64_t nt_read(Sys *s) {
    Process *p;
    uint32_t status = find_process(s, TARGET_VM_READ, &p);
    if (status) return status;
    Transfer t = {.from = p, .to = s->process, .source = s->arg[1], .target = s->arg[2]};
    return finish_transfer(s, &t, s->arg[3]);
}

static uint64_t nt_write(Sys *s) {
    Process *p;
    uint32_t status = find_process(s, TARGET_VM_WRITE | TARGET_VM_OPERATION, &p);
    if (status) return status;
    VmInfo info;
    /* Read-only pages are not written, as Windows' NtWriteVirtualMemory; WriteProcessMemory makes
     * them writable first. */
    Transfer t = {.from = s->process, .to = p, .source = s->arg[2], .target = s->arg[1]};
    if (vm_query(p->vm, s->arg[1], &info) || info.state != VM_COMMIT) return STATUS_PARTIAL_COPY;
    target_tell(s, p, "writes memory", s->arg[1], s->arg[3]);
    target_tampered(s, p, s->arg[1], s->arg[3]);
    return finish_transfer(s, &t, s->arg[3]);
}

/* ---- what needs no answer but success ---- */

static uint64_t nt_succeed(Sys *s) {
    (void)s;
    return STATUS_SUCCESS;
}

/* Stores reach translated code at once, so that there is nothing to flush. */
const SysRow nt_memory_rows[] = {
    {"NtAllocateVirtualMemory", 6, nt_allocate},
    {"NtAllocateVirtualMemoryEx", 7, nt_allocate_ex},
    {"NtFreeVirtualMemory", 4, nt_free},
    {"NtProtectVirtualMemory", 5, nt_protect},
    {"NtQueryVirtualMemory", 6, nt_query},
    {"NtReadVirtualMemory", 5, nt_read},
    {"NtWriteVirtualMemory", 5, nt_write},
    {"NtFlushInstructionCache", 3, nt_succeed},
    {"NtFlushVirtualMemory", 4, nt_succeed},
    {"NtLockVirtualMemory", 4, nt_succeed},
    {"NtUnlockVirtualMemory", 4, nt_succeed},
    {"NtFlushProcessWriteBuffers", 0, nt_succeed},
    {"NtSetInformationVirtualMemory", 6, nt_succeed},
    {NULL, 0, NULL},
};
