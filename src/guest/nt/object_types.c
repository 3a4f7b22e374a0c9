#include "guest/nt/object_types.h"
#include "base/text.h"

/* Those of Windows 10 that programs meet, in its order: the index of a type is its place, from 2.
 */
static const char *const types[] = {
    "Type",
    "Directory",
    "SymbolicLink",
    "Token",
    "Job",
    "Process",
    "Thread",
    "Partition",
    "UserApcReserve",
    "IoCompletionReserve",
    "ActivityReference",
    "PsSiloContextPaged",
    "PsSiloContextNonPaged",
    "DebugObject",
    "Event",
    "Mutant",
    "Callback",
    "Semaphore",
    "Timer",
    "IRTimer",
    "Profile",
    "KeyedEvent",
    "WindowStation",
    "Desktop",
    "Composition",
    "RawInputManager",
    "CoreMessaging",
    "TpWorkerFactory",
    "Adapter",
    "Controller",
    "Device",
    "Driver",
    "IoCompletion",
    "WaitCompletionPacket",
    "File",
    "TmTm",
    "TmTx",
    "TmRm",
    "TmEn",
    "Section",
    "Session",
    "Key",
    "RegistryTransaction",
    "DmaAdapter",
    "ALPC Port",
    "EnergyTracker",
    "PowerRequest",
    "WmiGuid",
    "EtwRegistration",
    "EtwSessionDemuxEntry",
    "EtwConsumer",
    "CoverageSampler",
    "DmaDomain",
    "PcwObject",
    "FilterConnectionPort",
    "FilterCommunicationPort",
    "NdisCmState",
    "DxgkSharedResource",
};
enum { TYPES = sizeof types / sizeof *types };

typedef struct {
    uint32_t objects, handles;
} Count;

/* Over all handle tables. An object of n handles is met n times, and counts as 1/n each time. */
static Count count(const Machine *m, const char *name) {
    const uint64_t one = UINT64_C(1) << 32;
    uint64_t objects = 0;
    Count c = {0};
    for (const Process *p = m->processes; p; p = p->next)
        for (size_t i = 0; i < p->handle_count; i++) {
            const Object *o = p->handles[i].object;
            if (!o || strcmp(o->type->name, name) != 0) continue;
            c.handles++;
            objects += one / (o->handles ? o->handles : 1);
        }
    c.objects = (uint32_t)((objects + one / 2) >> 32);
    return c;
}

static uint8_t index_of(const char *name) {
    for (unsigned i = 0; i < TYPES; i++)
        if (strcmp(types[i], name) == 0) return (uint8_t)(i + 2);
    return 0;
}

void object_type_put(Sys *s, const char *name, Fields *f) {
    enum { POOLS_AND_PEAKS = 10, MAPPING_TO_ACCESS = 6, AFTER_INDEX = 3 };
    Span text = text_to_utf16(s->scratch, span_str(name));
    uint64_t head = s->process->pointer == 8 ? 0x68 : 0x60;
    Count c = count(s->machine, name);
    put_unicode_string(f, f->base + fields_used(f) + head, (uint32_t)text.n, (uint32_t)text.n + 2);
    put_u32(f, c.objects);
    put_u32(f, c.handles);
    for (int i = 0; i < POOLS_AND_PEAKS; i++) put_u32(f, 0);
    put_u32(f, 0);
    for (int i = 0; i < MAPPING_TO_ACCESS - 1; i++) put_u32(f, 0);
    put_u16(f, 0);
    put_u8(f, index_of(name));
    put_u8(f, 0);
    for (int i = 0; i < AFTER_INDEX; i++) put_u32(f, 0);
    put_bytes(f, text);
    put_u16(f, 0);
}

void object_types_put(Sys *s, Fields *f) {
    put_u32(f, TYPES);
    for (unsigned i = 0; i < TYPES; i++) {
        fields_align(f, s->process->pointer);
        object_type_put(s, types[i], f);
    }
}
