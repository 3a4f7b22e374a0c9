/* CPUID of the processor that the world tells of (Intel SDM, volume 2, CPUID; AMD manual 24594). It
 * has neither AVX nor RDRAND, which the engine does not have. */
#include "guest/ask.h"

enum {
    NS = 30,
    NS_TRAPPED = 1500, /* below a hypervisor the instruction leaves the virtual machine */
    HIGHEST = 0xd,
};
static const uint32_t hypervisor_leaf = 0x40000000;

static void put_text(uint32_t *out, const char *text, size_t room) {
    size_t n = strlen(text);
    memset(out, 0, room);
    memcpy(out, text, n < room ? n : room);
}

static void put_vendor(const Machine *m, uint32_t out[4]) {
    uint32_t name[3];
    put_text(name, ask_text(m, FACT_cpu_vendor), sizeof name);
    out[0] = HIGHEST;
    out[1] = name[0];
    out[3] = name[1];
    out[2] = name[2];
}

/* Families and models above 15 have their rest in the extended fields. */
static uint32_t signature(const Machine *m) {
    uint32_t family = (uint32_t)ask_number(m, FACT_cpu_family),
             model = (uint32_t)ask_number(m, FACT_cpu_model),
             stepping = (uint32_t)ask_number(m, FACT_cpu_stepping) & 15;
    uint32_t extended = family > 15 ? family - 15 : 0;
    return (extended & 0xff) << 20 | (model >> 4 & 15) << 16 | (family - extended) << 8 |
           (model & 15) << 4 | stepping;
}

static uint32_t features(const Machine *m) {
    static const struct {
        const char *name;
        unsigned bit;
    } bits[] = {{"sse3", 0},    {"pclmul", 1},  {"ssse3", 9},  {"cx16", 13},
                {"sse4.1", 19}, {"sse4.2", 20}, {"popcnt", 23}};
    enum { HYPERVISOR = 31 };
    const char *words = ask_text(m, FACT_cpu_features);
    uint32_t set = *ask_text(m, FACT_cpu_hypervisor) ? UINT32_C(1) << HYPERVISOR : 0;
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        if (words_have(words, bits[i].name)) set |= UINT32_C(1) << bits[i].bit;
    return set;
}

static uint32_t count(const Machine *m) {
    return (uint32_t)ask_number(m, FACT_cpu_count);
}
static uint32_t cores(const Machine *m) {
    return (uint32_t)ask_number(m, FACT_cpu_cores);
}

static void put_features(const Machine *m, uint32_t out[4]) {
    out[0] = signature(m);
    out[1] = count(m) << 16 | 0x0800;
    out[2] = features(m);
    out[3] = 0x178bfbff;
}

/* Deterministic cache parameters: two of the first level, one of the second, one shared. */
static void put_cache(const Machine *m, uint32_t subleaf, uint32_t out[4]) {
    if (subleaf > 2) return;
    out[0] = (cores(m) - 1) << 26 | 0x121 | subleaf << 5;
    out[1] = 0x01c0003f;
    out[2] = subleaf == 2 ? 0x1ff : 0x3f;
}

static unsigned bits_for(uint32_t n) {
    unsigned bits = 0;
    while (n > UINT32_C(1) << bits) bits++;
    return bits;
}

/* Extended topology: threads of a core, then all of the package. */
static void put_topology(const Machine *m, uint32_t subleaf, uint32_t out[4]) {
    enum { THREADS = 1, CORES = 2 };
    uint32_t threads = count(m) / cores(m);
    out[2] = subleaf;
    if (subleaf > 1) return;
    out[0] = bits_for(subleaf ? count(m) : threads);
    out[1] = subleaf ? count(m) : threads;
    out[2] |= (subleaf ? (uint32_t)CORES : (uint32_t)THREADS) << 8;
}

static void put_brand(const Machine *m, uint32_t part, uint32_t out[4]) {
    uint32_t brand[12];
    put_text(brand, ask_text(m, FACT_cpu), sizeof brand);
    memcpy(out, brand + 4 * (size_t)part, 16);
}

static void put_hypervisor(const Machine *m, uint32_t out[4]) {
    const char *name = ask_text(m, FACT_cpu_hypervisor);
    if (!*name) return;
    out[0] = hypervisor_leaf + 1;
    put_text(out + 1, name, 12);
}

void machine_cpuid(Machine *m, uint32_t leaf, uint32_t subleaf, uint32_t out[4]) {
    m->clock += *world_text(m->world, FACT_cpu_hypervisor) ? NS_TRAPPED : NS;
    memset(out, 0, 16);
    switch (leaf) {
    case 0: put_vendor(m, out); break;
    case 1: put_features(m, out); break;
    case 2:
        out[0] = 0x76035a01;
        out[1] = 0x00f0b2ff;
        out[3] = 0x00ca0000;
        break;
    case 4: put_cache(m, subleaf, out); break;
    case 0xb: put_topology(m, subleaf, out); break;
    case 0x40000000: put_hypervisor(m, out); break;
    case 0x80000000: out[0] = 0x80000008; break;
    case 0x80000001:
        out[2] = 1;
        out[3] = 0x28100800; /* SYSCALL, NX, RDTSCP, LM */
        break;
    case 0x80000002:
    case 0x80000003:
    case 0x80000004: put_brand(m, leaf - 0x80000002, out); break;
    case 0x80000006: out[2] = 0x01006040; break;
    case 0x80000007: out[3] = 0x100; break; /* invariant TSC */
    case 0x80000008: out[0] = 0x3024; break;
    default: break;
    }
}

/* VMware's backdoor: its magic number in EAX, the command in CX ("Mechanisms to determine if
 * software is running in a VMware virtual machine", VMware's KB 1009458). */
bool machine_port(Machine *m, uint16_t port, uint64_t registers[4]) {
    enum { PORT = 0x5658, MAGIC = 0x564d5868, VERSION = 6, WORKSTATION = 4 };
    enum { GET_SPEED = 1, GET_VERSION = 10, GET_MEMORY = 20 };
    enum { A, C, D, B };
    if (port != PORT || (uint32_t)registers[A] != MAGIC ||
        strcmp(ask_text(m, FACT_cpu_hypervisor), "VMwareVMware") != 0)
        return false;
    m->clock += NS_TRAPPED;
    switch ((uint16_t)registers[C]) {
    case GET_SPEED: registers[A] = (uint64_t)ask_number(m, FACT_cpu_mhz); break;
    case GET_VERSION:
        registers[A] = VERSION;
        registers[B] = MAGIC;
        registers[C] = WORKSTATION;
        break;
    case GET_MEMORY: registers[A] = (uint64_t)ask_number(m, FACT_ram) >> 20; break;
    default: registers[A] = UINT32_MAX; break;
    }
    return true;
}
