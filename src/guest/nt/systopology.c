/* How the processors lie to each other: cores, caches, packages, NUMA nodes, groups. The world's
 * processors are shared out evenly among its cores. Layouts: winnt.h,
 * SYSTEM_LOGICAL_PROCESSOR_INFORMATION and its _EX. */
#include "guest/ask.h"
#include "guest/nt/sysinfo.h"

uint32_t processors(const Sys *s) {
    return (uint32_t)ask_number(s->machine, FACT_cpu_count);
}

uint64_t processor_mask(const Sys *s) {
    uint32_t n = processors(s);
    return n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
}

enum { RELATION_CORE, RELATION_NUMA, RELATION_CACHE, RELATION_PACKAGE, RELATION_GROUP };

typedef struct {
    uint8_t level, ways;
    uint32_t size, type; /* 0 unified, 1 code, 2 data */
} Cache;

static const Cache caches[] = {
    {1, 8, 32 << 10, 2}, {1, 4, 32 << 10, 1}, {2, 8, 256 << 10, 0}, {3, 16, 8 << 20, 0}};

/* The processors of a core. */
static uint64_t core_mask(const Sys *s, uint32_t core) {
    uint32_t cores = (uint32_t)ask_number(s->machine, FACT_cpu_cores);
    uint32_t each = cores ? processors(s) / cores : 1;
    if (each == 0) each = 1;
    return ((UINT64_C(1) << each) - 1) << (core * each);
}

static uint32_t cores(const Sys *s) {
    uint32_t n = (uint32_t)ask_number(s->machine, FACT_cpu_cores);
    return n && n <= processors(s) ? n : processors(s);
}

/* SYSTEM_LOGICAL_PROCESSOR_INFORMATION. */
static void put_relation(Fields *f, uint64_t mask, uint32_t relation, const Cache *c) {
    put_pointer(f, mask);
    put_u32(f, relation);
    fields_align(f, 8);
    uint64_t end = fields_used(f) + 16;
    if (relation == RELATION_CORE) put_u8(f, 1);
    if (relation == RELATION_NUMA) put_u32(f, 0);
    if (c) {
        put_u8(f, c->level);
        put_u8(f, c->ways);
        put_u16(f, 64);
        put_u32(f, c->size);
        put_u32(f, c->type);
    }
    while (fields_used(f) < end) put_u8(f, 0);
}

void put_logical_processors(Sys *s, Fields *f) {
    for (uint32_t i = 0; i < cores(s); i++) {
        put_relation(f, core_mask(s, i), RELATION_CORE, NULL);
        for (size_t c = 0; c < 3; c++) put_relation(f, core_mask(s, i), RELATION_CACHE, &caches[c]);
    }
    put_relation(f, processor_mask(s), RELATION_CACHE, &caches[3]);
    put_relation(f, processor_mask(s), RELATION_NUMA, NULL);
    put_relation(f, processor_mask(s), RELATION_PACKAGE, NULL);
}

void put_group_affinity(Fields *f, uint64_t mask) {
    put_pointer(f, mask);
    put_u16(f, 0);
    for (int i = 0; i < 3; i++) put_u16(f, 0);
}

/* SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX of a core or a package. */
static void put_processor_relation(Fields *f, uint64_t mask, uint32_t relation) {
    uint64_t size = 32 + (f->process->pointer == 8 ? 16u : 12u);
    put_u32(f, relation);
    put_u32(f, (uint32_t)size);
    put_u8(f, relation == RELATION_CORE && mask & (mask - 1));
    for (int i = 0; i < 21; i++) put_u8(f, 0);
    put_u16(f, 1);
    put_group_affinity(f, mask);
}

static void put_cache_relation(Fields *f, uint64_t mask, const Cache *c) {
    put_u32(f, RELATION_CACHE);
    put_u32(f, 40 + (f->process->pointer == 8 ? 16u : 12u));
    put_u8(f, c->level);
    put_u8(f, c->ways);
    put_u16(f, 64);
    put_u32(f, c->size);
    put_u32(f, c->type);
    for (int i = 0; i < 20; i++) put_u8(f, 0);
    put_group_affinity(f, mask);
}

static void put_numa_relation(Sys *s, Fields *f) {
    put_u32(f, RELATION_NUMA);
    put_u32(f, 32 + (f->process->pointer == 8 ? 16u : 12u));
    put_u32(f, 0);
    for (int i = 0; i < 20; i++) put_u8(f, 0);
    put_group_affinity(f, processor_mask(s));
}

static void put_group_relation(Sys *s, Fields *f) {
    put_u32(f, RELATION_GROUP);
    put_u32(f, 32 + 40 + f->process->pointer);
    put_u16(f, 1);
    put_u16(f, 1);
    for (int i = 0; i < 20; i++) put_u8(f, 0);
    put_u8(f, (uint8_t)processors(s));
    put_u8(f, (uint8_t)processors(s));
    for (int i = 0; i < 38; i++) put_u8(f, 0);
    put_pointer(f, processor_mask(s));
}

void put_topology(Sys *s, Fields *f, uint32_t relation) {
    const uint32_t all = 0xffff;
    bool wants[5];
    for (uint32_t i = 0; i < 5; i++) wants[i] = relation == all || relation == i;
    for (uint32_t i = 0; wants[RELATION_CORE] && i < cores(s); i++)
        put_processor_relation(f, core_mask(s, i), RELATION_CORE);
    if (wants[RELATION_PACKAGE]) put_processor_relation(f, processor_mask(s), RELATION_PACKAGE);
    for (uint32_t i = 0; wants[RELATION_CACHE] && i < cores(s); i++)
        for (size_t c = 0; c < 3; c++) put_cache_relation(f, core_mask(s, i), &caches[c]);
    if (wants[RELATION_CACHE]) put_cache_relation(f, processor_mask(s), &caches[3]);
    if (wants[RELATION_NUMA]) put_numa_relation(s, f);
    if (wants[RELATION_GROUP]) put_group_relation(s, f);
}

/* SYSTEM_CPU_SET_INFORMATION for each. */
void put_cpu_sets(Sys *s, Fields *f) {
    for (uint32_t i = 0; i < processors(s); i++) {
        put_u32(f, 32);
        put_u32(f, 0);
        put_u32(f, 0x100 + i);
        put_u16(f, 0);
        put_u8(f, (uint8_t)i);
        put_u8(f, (uint8_t)i);
        for (int j = 0; j < 8; j++) put_u8(f, 0);
        put_u64(f, 0);
    }
}
