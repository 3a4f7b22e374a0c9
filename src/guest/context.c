#include "guest/context.h"

enum { SIZE64 = 0x4d0, SIZE32 = 0x2cc, FLAG64 = 0x100000, FLAG32 = 0x10000 };
enum {
    FLAGS_AT64 = 0x30,
    FX_AT64 = 0x100,
    FX_AT32 = 0xcc,
    FX_SIZE = 512,
    FSAVE_AT32 = 0x1c,
    FSAVE_SIZE = 108
};

typedef struct {
    uint16_t at;
    uint8_t width;
    uint8_t reg;
    uint8_t part;
} Slot;

static const Slot slots64[] = {
    {0x34, 4, REG_MXCSR, CONTEXT_FLOATING_POINT}, {0x38, 2, REG_CS, CONTEXT_CONTROL},
    {0x3a, 2, REG_DS, CONTEXT_SEGMENTS},          {0x3c, 2, REG_ES, CONTEXT_SEGMENTS},
    {0x3e, 2, REG_FS, CONTEXT_SEGMENTS},          {0x40, 2, REG_GS, CONTEXT_SEGMENTS},
    {0x42, 2, REG_SS, CONTEXT_CONTROL},           {0x44, 4, REG_RFLAGS, CONTEXT_CONTROL},
    {0x78, 8, REG_RAX, CONTEXT_INTEGER},          {0x80, 8, REG_RCX, CONTEXT_INTEGER},
    {0x88, 8, REG_RDX, CONTEXT_INTEGER},          {0x90, 8, REG_RBX, CONTEXT_INTEGER},
    {0x98, 8, REG_RSP, CONTEXT_CONTROL},          {0xa0, 8, REG_RBP, CONTEXT_INTEGER},
    {0xa8, 8, REG_RSI, CONTEXT_INTEGER},          {0xb0, 8, REG_RDI, CONTEXT_INTEGER},
    {0xb8, 8, REG_R8, CONTEXT_INTEGER},           {0xc0, 8, REG_R9, CONTEXT_INTEGER},
    {0xc8, 8, REG_R10, CONTEXT_INTEGER},          {0xd0, 8, REG_R11, CONTEXT_INTEGER},
    {0xd8, 8, REG_R12, CONTEXT_INTEGER},          {0xe0, 8, REG_R13, CONTEXT_INTEGER},
    {0xe8, 8, REG_R14, CONTEXT_INTEGER},          {0xf0, 8, REG_R15, CONTEXT_INTEGER},
    {0xf8, 8, REG_RIP, CONTEXT_CONTROL},
};

static const Slot slots32[] = {
    {0x8c, 4, REG_GS, CONTEXT_SEGMENTS}, {0x90, 4, REG_FS, CONTEXT_SEGMENTS},
    {0x94, 4, REG_ES, CONTEXT_SEGMENTS}, {0x98, 4, REG_DS, CONTEXT_SEGMENTS},
    {0x9c, 4, REG_RDI, CONTEXT_INTEGER}, {0xa0, 4, REG_RSI, CONTEXT_INTEGER},
    {0xa4, 4, REG_RBX, CONTEXT_INTEGER}, {0xa8, 4, REG_RDX, CONTEXT_INTEGER},
    {0xac, 4, REG_RCX, CONTEXT_INTEGER}, {0xb0, 4, REG_RAX, CONTEXT_INTEGER},
    {0xb4, 4, REG_RBP, CONTEXT_CONTROL}, {0xb8, 4, REG_RIP, CONTEXT_CONTROL},
    {0xbc, 4, REG_CS, CONTEXT_CONTROL},  {0xc0, 4, REG_RFLAGS, CONTEXT_CONTROL},
    {0xc4, 4, REG_RSP, CONTEXT_CONTROL}, {0xc8, 4, REG_SS, CONTEXT_CONTROL},
};

typedef struct {
    const Slot *slots;
    size_t count;
    uint64_t size;
    uint32_t arch, flags_at, debug_at, debug_width;
} Layout;

static const Layout layout32 = {slots32, sizeof slots32 / sizeof *slots32, SIZE32, FLAG32, 0, 4, 4};
static const Layout layout64 = {
    slots64, sizeof slots64 / sizeof *slots64, SIZE64, FLAG64, FLAGS_AT64, 0x48, 8};

/* Who reads or writes the structure decides, not whose registers they are. */
static const Layout *layout(const Process *p) {
    return p->wow64 ? &layout32 : &layout64;
}

uint64_t context_size(const Process *p) {
    return layout(p)->size;
}

static uint64_t load_le(const uint8_t *p, unsigned n) {
    Cur c = cur(span(p, n));
    return cur_le(&c, n);
}

static void store_le(uint8_t *p, uint64_t v, unsigned n) {
    for (unsigned i = 0; i < n; i++) p[i] = (uint8_t)(v >> 8 * i);
}

bool context_flags(Process *p, uint64_t address, uint32_t *flags) {
    return guest_get_u32(p, address + layout(p)->flags_at, flags);
}

/* ---- x87 in the FSAVE form of a 32-bit CONTEXT (Intel SDM 1, figure 8-9) ---- */

static void fsave_from_fx(uint8_t *fsave, const uint8_t *fx) {
    uint16_t tags = 0;
    for (int i = 0; i < 8; i++)
        if (!(fx[4] & 1u << i)) tags |= (uint16_t)(3u << 2 * i);
    store_le(fsave, 0xffff0000u | load_le(fx, 2), 4);
    store_le(fsave + 4, 0xffff0000u | load_le(fx + 2, 2), 4);
    store_le(fsave + 8, 0xffff0000u | tags, 4);
    for (int i = 0; i < 8; i++) memcpy(fsave + 28 + 10 * i, fx + 32 + 16 * i, 10);
}

static void fx_from_fsave(uint8_t *fx, const uint8_t *fsave) {
    memcpy(fx, fsave, 2);
    memcpy(fx + 2, fsave + 4, 2);
    uint16_t tags = (uint16_t)load_le(fsave + 8, 2);
    fx[4] = 0;
    for (int i = 0; i < 8; i++)
        if ((tags >> 2 * i & 3) != 3) fx[4] |= (uint8_t)(1u << i);
    for (int i = 0; i < 8; i++) memcpy(fx + 32 + 16 * i, fsave + 28 + 10 * i, 10);
}

/* ---- both ways ---- */

static void store_floating(Thread *t, const Layout *l, uint8_t *c, uint32_t flags) {
    bool narrow = l == &layout32;
    uint8_t fx[FX_SIZE];
    if (!(flags & (CONTEXT_FLOATING_POINT | CONTEXT_EXTENDED_REGISTERS))) return;
    cpu_get_fx(t->process->cpu, fx);
    if (!narrow) memcpy(c + FX_AT64, fx, FX_SIZE);
    if (narrow && flags & CONTEXT_FLOATING_POINT) fsave_from_fx(c + FSAVE_AT32, fx);
    if (narrow && flags & CONTEXT_EXTENDED_REGISTERS) memcpy(c + FX_AT32, fx, FX_SIZE);
}

static void load_floating(Thread *t, const Layout *l, const uint8_t *c, uint32_t flags) {
    bool narrow = l == &layout32;
    uint8_t fx[FX_SIZE];
    if (!(flags & (CONTEXT_FLOATING_POINT | CONTEXT_EXTENDED_REGISTERS))) return;
    cpu_get_fx(t->process->cpu, fx);
    if (!narrow) memcpy(fx, c + FX_AT64, FX_SIZE);
    if (narrow && flags & CONTEXT_EXTENDED_REGISTERS) memcpy(fx, c + FX_AT32, FX_SIZE);
    else if (narrow) fx_from_fsave(fx, c + FSAVE_AT32);
    cpu_set_fx(t->process->cpu, fx);
}

static bool store(Thread *t, const Layout *l, Process *p, uint64_t address, uint32_t flags) {
    uint8_t c[SIZE64];
    if (!guest_read(p, address, c, l->size)) memset(c, 0, sizeof c);
    store_le(c + l->flags_at, flags | l->arch, 4);
    for (size_t i = 0; i < l->count; i++)
        if (l->slots[i].part & flags)
            store_le(c + l->slots[i].at, thread_get(t, (CpuReg)l->slots[i].reg), l->slots[i].width);
    if (flags & CONTEXT_DEBUG_REGISTERS)
        for (unsigned i = 0; i < 6; i++)
            store_le(c + l->debug_at + i * l->debug_width, t->debug[i], l->debug_width);
    thread_get(t, REG_RIP); /* the floating-point registers are read from the CPU itself */
    store_floating(t, l, c, flags);
    return guest_write(p, address, c, l->size);
}

bool context_store(Thread *t, Process *p, uint64_t address, uint32_t flags) {
    return store(t, layout(p), p, address, flags);
}

bool context_store32(Thread *t, Process *p, uint64_t address) {
    uint32_t flags;
    if (!guest_get_u32(p, address + layout32.flags_at, &flags)) return false;
    return store(t, &layout32, p, address, flags & CONTEXT_EVERYTHING);
}

static void load_control(Thread *t, const Layout *l, const uint8_t *c) {
    enum { RF = 0x10000 };
    uint64_t rip = 0, cs = 0, flags = 0;
    for (size_t i = 0; i < l->count; i++) {
        const Slot *s = &l->slots[i];
        if (s->part != CONTEXT_CONTROL) continue;
        uint64_t v = load_le(c + s->at, s->width);
        if (s->reg == REG_RIP) rip = v;
        else if (s->reg == REG_CS) cs = v;
        else if (s->reg == REG_RFLAGS) flags = v;
        else if (s->reg != REG_SS) thread_set(t, (CpuReg)s->reg, v);
    }
    thread_set(t, REG_RFLAGS, (flags & 0x00040fd5) | 0x202);
    t->let_pass = flags & RF ? rip : UINT64_MAX;
    thread_get(t, REG_RIP);
    cpu_jump(t->process->cpu,
             cs == SEL_CODE64    ? SEL_CODE64
             : cs == SEL_CODE32  ? SEL_CODE32
             : t->process->wow64 ? SEL_CODE32
                                 : SEL_CODE64,
             rip);
}

/* ---- debug registers (Intel SDM 3, 17.2): breakpoints of execution; those of data are kept, and
 * never reached ---- */

static bool breaks_at(const Thread *t, unsigned slot) {
    uint64_t control = t->debug[DEBUG_CONTROL];
    return control >> 2 * slot & 3 && !(control >> (16 + 4 * slot) & 3);
}

static void load_debug(Thread *t, const Layout *l, const uint8_t *c) {
    for (unsigned i = 0; i <= DEBUG_CONTROL; i++)
        t->debug[i] = load_le(c + l->debug_at + i * l->debug_width, l->debug_width);
    for (unsigned i = 0; i < DEBUG_STATUS; i++) {
        CpuPage page = {0};
        if (!breaks_at(t, i)) continue;
        if (vm_translate(t->process->vm, t->debug[i], ACCESS_EXECUTE, &page) != TRANSLATE_OK)
            page.frame = 0;
        cpu_break(t->process->cpu, t->debug[i], page.frame);
    }
}

bool context_breaks(Thread *t, uint64_t address) {
    for (unsigned i = 0; i < DEBUG_STATUS; i++) {
        if (!breaks_at(t, i) || t->debug[i] != address) continue;
        bool passes = t->let_pass == address;
        t->let_pass = UINT64_MAX;
        if (!passes) t->debug[DEBUG_STATUS] = UINT64_C(1) << i; /* the last one alone */
        return !passes;
    }
    return false;
}

static bool load(Thread *t, const Layout *l, Process *p, uint64_t address) {
    uint8_t c[SIZE64];
    if (!guest_read(p, address, c, l->size)) return false;
    uint32_t flags = (uint32_t)load_le(c + l->flags_at, 4) & CONTEXT_EVERYTHING;
    for (size_t i = 0; i < l->count; i++)
        if (l->slots[i].part & flags & CONTEXT_INTEGER)
            thread_set(t, (CpuReg)l->slots[i].reg, load_le(c + l->slots[i].at, l->slots[i].width));
    if (flags & CONTEXT_DEBUG_REGISTERS) load_debug(t, l, c);
    thread_get(t, REG_RIP);
    load_floating(t, l, c, flags);
    if (flags & CONTEXT_CONTROL) load_control(t, l, c);
    return true;
}

bool context_load(Thread *t, Process *p, uint64_t address) {
    return load(t, layout(p), p, address);
}

bool context_load32(Thread *t, Process *p, uint64_t address) {
    return load(t, &layout32, p, address);
}
