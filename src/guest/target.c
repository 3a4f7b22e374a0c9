#include "guest/target.h"
#include "guest/process.h"
#include "guest/trace.h"

enum { GENERIC_ALL = 0x10000000 };

uint32_t target_map_access(uint32_t access) {
    static const struct {
        uint32_t generic, specific;
    } map[] = {{0x80000000, 0x20410}, {0x40000000, 0x20bea}, {0x20000000, 0x121001}};
    uint32_t out = access & TARGET_ALL;
    for (size_t i = 0; i < sizeof map / sizeof *map; i++)
        if (access & map[i].generic) out |= map[i].specific;
    if (access & (GENERIC_ALL | TARGET_MAXIMUM_ALLOWED)) out = TARGET_ALL;
    if (out & TARGET_QUERY) out |= TARGET_QUERY_LIMITED;
    return out;
}

static bool grants(Sys *s, uint64_t handle, uint32_t access) {
    const HandleEntry *e = handle_entry(s->process, handle);
    return !e || (target_map_access(e->access) & access) == access;
}

uint32_t target_process(Sys *s, uint64_t handle, uint32_t access, Process **out) {
    uint32_t status = handle_process(s->thread, handle, out);
    if (status) return status;
    return grants(s, handle, access) ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

uint32_t target_thread(Sys *s, uint64_t handle, uint32_t access, Thread **out) {
    uint32_t status = handle_thread(s->thread, handle, out);
    if (status) return status;
    return grants(s, handle, access) ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

void target_tell(Sys *s, const Process *target, const char *operation, uint64_t address,
                 uint64_t size) {
    if (target == s->process) return;
    Arena *a = s->scratch;
    const char *where = arena_printf(a, "0x%llx", (unsigned long long)address),
               *bytes = size ? arena_printf(a, "%llu", (unsigned long long)size) : NULL,
               *id = arena_printf(a, "%u", target->id);
    trace_event(s->machine, s->thread, EV_process_injection, {EF_TargetImage, target->image_path},
                {EF_TargetProcessId, id}, {EF_Operation, operation},
                {EF_Address, address ? where : NULL}, {EF_Size, bytes});
}

void target_tampered(Sys *s, Process *target, uint64_t address, uint64_t size) {
    if (!target->image) return;
    uint64_t base = target->image_base;
    bool hit = address < base + target->image->size && base < address + size;
    if (target == s->process || target->tampered || !hit) return;
    target->tampered = true;
    trace_event(s->machine, NULL, EV_process_tampering, {EF_Image, target->image_path},
                {EF_ProcessId, arena_printf(s->scratch, "%u", target->id)},
                {EF_Type, "Image is replaced"}, {EF_SourceImage, s->process->image_path},
                {EF_SourceProcessId, arena_printf(s->scratch, "%u", s->process->id)});
}
