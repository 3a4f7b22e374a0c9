#include "guest/cpu.h"
#include "guest/softmmu.h"
#include <malloc.h>
#include <stdlib.h>
#include <unicorn/unicorn.h>

/* Offsets in our own page. */
enum {
    GDT_AT = 0,
    STUB_TRAP = 0x400,
    STUB_IRET = 0x410,
    STUB_LANDED = 0x420,
    STUB_TSC = 0x430,
    STUB_CONTROL = 0x450,
    STACK_TOP = 0xff0
};
enum { SEL_KERNEL_CODE = 0x10, SEL_KERNEL_DATA = 0x18, SEL_TASK = 0x40, GDT_LAST_BYTE = 0x57 };
enum { IDT_LAST_BYTE = 0xfff };
#define IDT_AT (KERNEL_PAGE - 2 * PAGE_SIZE)
enum { VECTOR_TRAP = 3, VECTOR_LANDED = 0x81 };

/* Watched addresses: a filter of one byte a slot, and a bit for each block that was translated as
 * one nobody watches. Blocks of one neighbourhood have slots of one neighbourhood, modules are
 * spread by their bases. */
enum { WATCH_SLOTS = 1 << 18, PLAIN_BITS = 1 << 24 };

/* Four debug registers a thread, and programs that move theirs with every call. */
enum { MOST_BREAKS = 64 };

struct Cpu {
    uc_engine *uc;
    Softmmu mmu;
    uint64_t limit, left;   /* blocks: until when the CPU may run, and how many that still are */
    uint64_t watched_block; /* the one that was left for CPU_WATCH: it runs when it is resumed */
    uint64_t resume;        /* where a stop in the block hook happened */
    bool stopped_at_block, again; /* again: go on there at once */
    CpuExit exit;
    CpuState *code64, *code32; /* ring 3 in either width, to take the segment from */
    CpuState *fresh;           /* as cpu_start leaves it */
    uint8_t watch[WATCH_SLOTS];
    uint8_t plain[PLAIN_BITS / 8];
    bool retranslate;  /* a block is watched that was translated as plain */
    const void **hook; /* where the engine keeps the block hook's function; NULL: we do not know */
    struct {
        uint64_t address;
        uc_hook hook; /* 0: free */
    } breaks[MOST_BREAKS];
    unsigned next_break;
    void (*block)(void *owner, uint64_t address); /* cpu_observe */
    void (*step)(void *owner, uint64_t address);
};

struct CpuState {
    uc_context *context;
};

static const int uc_registers[REG_COUNT] = {
    [REG_RAX] = UC_X86_REG_RAX,     [REG_RCX] = UC_X86_REG_RCX, [REG_RDX] = UC_X86_REG_RDX,
    [REG_RBX] = UC_X86_REG_RBX,     [REG_RSP] = UC_X86_REG_RSP, [REG_RBP] = UC_X86_REG_RBP,
    [REG_RSI] = UC_X86_REG_RSI,     [REG_RDI] = UC_X86_REG_RDI, [REG_R8] = UC_X86_REG_R8,
    [REG_R9] = UC_X86_REG_R9,       [REG_R10] = UC_X86_REG_R10, [REG_R11] = UC_X86_REG_R11,
    [REG_R12] = UC_X86_REG_R12,     [REG_R13] = UC_X86_REG_R13, [REG_R14] = UC_X86_REG_R14,
    [REG_R15] = UC_X86_REG_R15,     [REG_RIP] = UC_X86_REG_RIP, [REG_RFLAGS] = UC_X86_REG_EFLAGS,
    [REG_CS] = UC_X86_REG_CS,       [REG_SS] = UC_X86_REG_SS,   [REG_DS] = UC_X86_REG_DS,
    [REG_ES] = UC_X86_REG_ES,       [REG_FS] = UC_X86_REG_FS,   [REG_GS] = UC_X86_REG_GS,
    [REG_MXCSR] = UC_X86_REG_MXCSR,
};

/* The engine's CPUX86State begins with the general registers in their order, which is ours as well;
 * registers_are_where_we_look holds it to that. The trace reads them at every call. */
uint64_t cpu_get(Cpu *c, CpuReg reg) {
    uint64_t v = 0;
    if (reg <= REG_R15 && c->mmu.env) return ((const uint64_t *)c->mmu.env)[reg];
    uc_reg_read(c->uc, uc_registers[reg], &v);
    return v;
}

void cpu_set(Cpu *c, CpuReg reg, uint64_t value) {
    uc_reg_write(c->uc, uc_registers[reg], &value);
}

uint64_t cpu_blocks(const Cpu *c) {
    return c->limit - c->left;
}

/* ---- hooks ---- */

static const uint64_t NO_BLOCK = UINT64_MAX;

/* A hook at every block, watched or not, is what a tight loop feels most. Which of two functions it
 * is, is settled when the block is translated (the engine writes the call into the code): the one
 * for plain blocks does nothing but count. Where we do not find the place in which the engine keeps
 * its hook's function, all blocks get the other one, which is as right and slower. */

static size_t watch_slot(uint64_t address) {
    return (address ^ address >> 16) & (WATCH_SLOTS - 1);
}

static uint8_t *plain_byte(Cpu *c, uint64_t address, uint8_t *bit) {
    size_t i = (address ^ address >> 16) & (PLAIN_BITS - 1);
    *bit = (uint8_t)(1u << i % 8);
    return &c->plain[i / 8];
}

void cpu_watch(Cpu *c, uint64_t address, unsigned reasons) {
    uint8_t bit, *plain = plain_byte(c, address, &bit);
    c->watch[watch_slot(address)] |= (uint8_t)reasons;
    if (*plain & bit) c->retranslate = true;
}

static void stop_at_block(Cpu *c, uint64_t address, CpuExitKind kind) {
    c->exit.kind = kind;
    c->resume = address;
    c->stopped_at_block = true;
    uc_emu_stop(c->uc);
}

static void out_of_blocks(Cpu *c, uint64_t address) {
    c->left = 0;
    stop_at_block(c, address, CPU_PREEMPT);
}

static void on_plain_block(uc_engine *uc, uint64_t address, uint32_t size, void *user) {
    (void)uc, (void)size;
    Cpu *c = user;
    if (__builtin_expect(c->left-- == 0, 0)) out_of_blocks(c, address);
}

static void on_block(uc_engine *uc, uint64_t address, uint32_t size, void *user) {
    (void)uc, (void)size;
    Cpu *c = user;
    unsigned reasons = c->watch[watch_slot(address)];
    if (c->left == 0) {
        out_of_blocks(c, address);
    } else if (reasons && c->watched_block != cpu_blocks(c)) {
        bool leave = c->mmu.options.watched(c->mmu.options.owner, address, reasons);
        c->again = !leave && c->retranslate;
        if (!leave && !c->again) {
            c->left--;
            return;
        }
        c->watched_block = cpu_blocks(c);
        stop_at_block(c, address, CPU_WATCH);
    } else {
        c->left--;
    }
}

/* softmmu.c: the engine is about to translate a block. */
static void choose_hook(void *cpu, uint64_t address) {
    Cpu *c = cpu;
    if (!c->hook) return;
    bool plain = !c->watch[watch_slot(address)] && !c->block;
    *c->hook = plain ? (const void *)on_plain_block : (const void *)on_block;
    if (!plain) return;
    uint8_t bit, *byte = plain_byte(c, address, &bit);
    *byte |= bit;
}

/* The engine's hook is a record with the function and, behind it, its argument. */
static const void **function_of(uc_hook hook, const void *function, const void *argument) {
    const void **at = (const void **)hook;
    size_t count = malloc_usable_size(at) / sizeof *at;
    for (size_t i = 0; i + 1 < count; i++)
        if (at[i] == function && at[i + 1] == argument) return &at[i];
    return NULL;
}

static void on_interrupt(uc_engine *uc, uint32_t vector, void *user) {
    Cpu *c = user;
    uc_emu_stop(uc);
    if (vector == SOFTMMU_FAULT || vector == SOFTMMU_RETRY) {
        c->exit = (CpuExit){.kind = CPU_FAULT,
                            .vector = vector,
                            .address = c->mmu.fault_address,
                            .access = c->mmu.fault_access};
    } else if (vector >= SOFTMMU_EXCEPTION) {
        c->exit = (CpuExit){.kind = CPU_EXCEPTION, .vector = vector - SOFTMMU_EXCEPTION};
    } else {
        c->exit = (CpuExit){.kind = CPU_INTERRUPT, .vector = vector};
    }
}

static void on_syscall(uc_engine *uc, void *user) {
    Cpu *c = user;
    c->exit = (CpuExit){.kind = CPU_SYSCALL};
    uc_emu_stop(uc);
}

static int on_cpuid(uc_engine *uc, void *user) {
    Cpu *c = user;
    uint32_t out[4] = {0};
    (void)uc;
    c->mmu.options.cpuid(c->mmu.options.owner, (uint32_t)cpu_get(c, REG_RAX),
                         (uint32_t)cpu_get(c, REG_RCX), out);
    cpu_set(c, REG_RAX, out[0]);
    cpu_set(c, REG_RBX, out[1]);
    cpu_set(c, REG_RCX, out[2]);
    cpu_set(c, REG_RDX, out[3]);
    return 1;
}

static void on_observed_block(uc_engine *uc, uint64_t address, uint32_t size, void *user) {
    (void)uc, (void)size;
    Cpu *c = user;
    c->block(c->mmu.options.owner, address);
}

static void on_observed_step(uc_engine *uc, uint64_t address, uint32_t size, void *user) {
    (void)uc, (void)size;
    Cpu *c = user;
    c->step(c->mmu.options.owner, address);
}

void cpu_observe(Cpu *c, uint64_t from, uint64_t to, void (*block)(void *owner, uint64_t address),
                 void (*step)(void *owner, uint64_t address)) {
    uc_hook h;
    c->block = block;
    c->step = step;
    if (block && c->hook) *c->hook = (const void *)on_block; /* of several, called by way of here */
    if (block) uc_hook_add(c->uc, &h, UC_HOOK_BLOCK, (void *)on_observed_block, c, from, to);
    if (step) uc_hook_add(c->uc, &h, UC_HOOK_CODE, (void *)on_observed_step, c, from, to);
}

static void on_break(uc_engine *uc, uint64_t address, uint32_t size, void *user) {
    Cpu *c = user;
    (void)uc, (void)size;
    if (!c->mmu.options.breaks(c->mmu.options.owner, address)) return;
    stop_at_block(c, address, CPU_EXCEPTION);
    c->exit.vector = 1;
}

/* The engine asks for hooks while it translates: what was translated from there is forgotten. */
void cpu_break(Cpu *c, uint64_t address, Frame frame) {
    for (unsigned i = 0; i < MOST_BREAKS; i++)
        if (c->breaks[i].hook && c->breaks[i].address == address) return;
    unsigned slot = c->next_break++ % MOST_BREAKS;
    uc_hook *hook = &c->breaks[slot].hook;
    if (*hook) uc_hook_del(c->uc, *hook);
    c->breaks[slot].address = address;
    if (uc_hook_add(c->uc, hook, UC_HOOK_CODE, (void *)on_break, c, address, address)) *hook = 0;
    if (frame) cpu_frame_changes(c, frame);
}

static uc_err add_hooks(Cpu *c) {
    uc_hook h;
    uc_err e = uc_hook_add(c->uc, &h, UC_HOOK_BLOCK, (void *)on_block, c, 1, 0);
    if (!e) c->hook = function_of(h, (const void *)on_block, c);
    if (!e) e = uc_hook_add(c->uc, &h, UC_HOOK_INTR, (void *)on_interrupt, c, 1, 0);
    if (!e)
        e = uc_hook_add(c->uc, &h, UC_HOOK_INSN, (void *)on_syscall, c, 1, 0, UC_X86_INS_SYSCALL);
    if (!e) e = uc_hook_add(c->uc, &h, UC_HOOK_INSN, (void *)on_cpuid, c, 1, 0, UC_X86_INS_CPUID);
    return e;
}

/* ---- running ---- */

static void forget_plain_blocks(Cpu *c) {
    softmmu_forget_all_code(&c->mmu);
    memset(c->plain, 0, sizeof c->plain);
    c->retranslate = false;
}

static void run_from(Cpu *c, uint64_t rip) {
    do {
        if (c->retranslate) forget_plain_blocks(c);
        c->exit = (CpuExit){.kind = CPU_BROKEN};
        c->stopped_at_block = c->again = false;
        uc_err e = uc_emu_start(c->uc, rip, 0, 0, 0);
        if (e != UC_ERR_OK) c->exit = (CpuExit){.kind = CPU_BROKEN, .error = (uint32_t)e};
        if (c->stopped_at_block) cpu_set(c, REG_RIP, rip = c->resume);
    } while (c->again);
}

/* With TF set the engine steps one instruction, raises nothing and returns: the trap is ours. */
enum { TF = 0x100 };

static bool stepped(Cpu *c) {
    if (c->exit.kind != CPU_BROKEN || c->exit.error || !(cpu_get(c, REG_RFLAGS) & TF)) return false;
    c->exit = (CpuExit){.kind = CPU_EXCEPTION, .vector = 1};
    return true;
}

static bool is_cut(Cpu *c) {
    uint64_t page = cpu_get(c, REG_RIP) & ~(uint64_t)PAGE_MASK;
    return c->exit.kind == CPU_FAULT && c->exit.access == ACCESS_EXECUTE &&
           (c->exit.address & ~(uint64_t)PAGE_MASK) != page;
}

/* The engine met the end of the readable code while it translated a block: nothing of the block has
 * run, and RIP is at its start. The instructions before the one that is cut off run one by one. */
static void run_up_to_the_cut(Cpu *c) {
    if (cpu_get(c, REG_RFLAGS) & TF) return;
    do {
        cpu_set(c, REG_RFLAGS, cpu_get(c, REG_RFLAGS) | TF);
        run_from(c, cpu_get(c, REG_RIP));
    } while ((c->exit.kind == CPU_EXCEPTION && c->exit.vector == 1) ||
             (c->exit.kind == CPU_BROKEN && stepped(c)));
    cpu_set(c, REG_RFLAGS, cpu_get(c, REG_RFLAGS) & ~(uint64_t)TF);
}

/* The engine has no INT1 (F1, ICEBP) and takes it for no instruction. It is a trap: RIP is behind
 * it (Intel SDM 3, 6.15). */
static bool is_icebp(Cpu *c) {
    enum { INVALID_OPCODE = 6, INT1 = 0xf1 };
    CpuPage page;
    uint64_t rip = cpu_get(c, REG_RIP);
    if (c->exit.kind != CPU_EXCEPTION || c->exit.vector != INVALID_OPCODE) return false;
    if (c->mmu.options.translate(c->mmu.options.owner, rip, ACCESS_EXECUTE, &page) != TRANSLATE_OK)
        return false;
    return ram_page(c->mmu.options.ram, page.frame)[rip & PAGE_MASK] == INT1;
}

void cpu_run(Cpu *c, uint64_t blocks, CpuExit *out) {
    c->limit = cpu_blocks(c) + blocks;
    c->left = blocks;
    do {
        run_from(c, cpu_get(c, REG_RIP));
    } while (c->exit.kind == CPU_FAULT && c->exit.vector == SOFTMMU_RETRY);
    if (c->exit.kind == CPU_BROKEN) stepped(c);
    if (is_cut(c)) run_up_to_the_cut(c);
    if (is_icebp(c)) {
        cpu_set(c, REG_RIP, cpu_get(c, REG_RIP) + 1);
        c->exit.vector = 1;
    }
    *out = c->exit;
}

/* The engine changes code segments only by running an instruction that does: IRETQ from our page,
 * in 64-bit code, onto the landing page. */
static bool enter_segment(Cpu *c, uint16_t cs) {
    uint64_t frame[5] = {LANDING_PAGE + STUB_LANDED, cs, 2, KERNEL_PAGE + STACK_TOP, SEL_DATA};
    memcpy(ram_page(c->mmu.options.ram, c->mmu.kernel) + STACK_TOP - sizeof frame, frame,
           sizeof frame);
    cpu_set(c, REG_RSP, KERNEL_PAGE + STACK_TOP - sizeof frame);
    c->mmu.landing = true;
    run_from(c, KERNEL_PAGE + STUB_IRET);
    c->mmu.landing = false;
    softmmu_flush_page(&c->mmu, LANDING_PAGE);
    return c->exit.kind == CPU_INTERRUPT && c->exit.vector == VECTOR_LANDED;
}

/* Everything of the present state but the code segment moves into a state that has the wanted one.
 */
static void change_segment(Cpu *c, CpuState *wanted) {
    uint64_t general[REG_COUNT], fs = 0, gs = 0;
    uint8_t fx[512];
    for (int r = 0; r < REG_COUNT; r++) general[r] = cpu_get(c, (CpuReg)r);
    cpu_get_fx(c, fx);
    uc_reg_read(c->uc, UC_X86_REG_FS_BASE, &fs);
    uc_reg_read(c->uc, UC_X86_REG_GS_BASE, &gs);
    uc_context_restore(c->uc, wanted->context);
    for (int r = 0; r < REG_COUNT; r++)
        if (r != REG_CS && r != REG_SS) cpu_set(c, (CpuReg)r, general[r]);
    cpu_set_fx(c, fx);
    uc_reg_write(c->uc, UC_X86_REG_FS_BASE, &fs);
    uc_reg_write(c->uc, UC_X86_REG_GS_BASE, &gs);
}

void cpu_jump(Cpu *c, uint16_t cs, uint64_t rip) {
    if ((uint16_t)cpu_get(c, REG_CS) != cs)
        change_segment(c, cs == SEL_CODE64 ? c->code64 : c->code32);
    c->watched_block = NO_BLOCK;
    cpu_set(c, REG_RIP, rip);
}

/* ---- FXSAVE ---- */

static void fx_registers(Cpu *c, uint8_t *fx, uc_err (*move)(uc_engine *, int, void *)) {
    for (int i = 0; i < 8; i++) move(c->uc, UC_X86_REG_FP0 + i, fx + 32 + 16 * i);
    for (int i = 0; i < 16; i++) move(c->uc, UC_X86_REG_XMM0 + i, fx + 160 + 16 * i);
    move(c->uc, UC_X86_REG_FPCW, fx);
    move(c->uc, UC_X86_REG_FPSW, fx + 2);
    move(c->uc, UC_X86_REG_MXCSR, fx + 24);
}

static uc_err write_register(uc_engine *uc, int reg, void *value) {
    return uc_reg_write(uc, reg, value);
}

void cpu_get_fx(Cpu *c, uint8_t out[512]) {
    memset(out, 0, 512);
    fx_registers(c, out, uc_reg_read);
    /* The tag word in short: a bit for each register that is in use. */
    uint16_t tags = 0;
    uc_reg_read(c->uc, UC_X86_REG_FPTAG, &tags);
    for (int i = 0; i < 8; i++)
        if ((tags >> 2 * i & 3) != 3) out[4] |= (uint8_t)(1u << i);
    out[28] = out[29] = 0xff; /* MXCSR_MASK */
}

void cpu_set_fx(Cpu *c, const uint8_t in[512]) {
    uint8_t copy[512];
    memcpy(copy, in, sizeof copy);
    fx_registers(c, copy, write_register);
    uint16_t tags = 0;
    for (int i = 0; i < 8; i++)
        if (!(in[4] & 1u << i)) tags |= (uint16_t)(3u << 2 * i);
    uc_reg_write(c->uc, UC_X86_REG_FPTAG, &tags);
}

/* ---- threads ---- */

CpuState *cpu_state_new(Cpu *c) {
    CpuState *s = calloc(1, sizeof *s);
    if (s && uc_context_alloc(c->uc, &s->context) == UC_ERR_OK) {
        cpu_save(c, s);
        return s;
    }
    free(s);
    return NULL;
}

void cpu_state_free(CpuState *s) {
    if (!s) return;
    uc_context_free(s->context);
    free(s);
}

void cpu_save(Cpu *c, CpuState *s) {
    uc_context_save(c->uc, s->context);
}

void cpu_load(Cpu *c, const CpuState *s) {
    uc_context_restore(c->uc, s->context);
    c->watched_block = NO_BLOCK;
}

void cpu_begin_anew(Cpu *c) {
    cpu_load(c, c->fresh);
}

static uint64_t descriptor(uint64_t flags, uint32_t base, uint32_t limit) {
    return flags | (limit & 0xffff) | (uint64_t)(limit & 0xf0000) << 32 |
           (uint64_t)(base & 0xffffff) << 16 | (uint64_t)(base & 0xff000000) << 32;
}

static void set_descriptor(Cpu *c, unsigned selector, uint64_t value) {
    uint8_t *gdt = ram_page(c->mmu.options.ram, c->mmu.kernel) + GDT_AT;
    memcpy(gdt + (selector & ~7u), &value, sizeof value);
}

void cpu_set_teb(Cpu *c, uint64_t teb64, uint32_t teb32) {
    set_descriptor(c, SEL_TEB32, descriptor(0x0040f30000000000, teb32, 0xfff));
    cpu_set(c, REG_FS, SEL_TEB32);
    uint64_t fs = teb32;
    uc_reg_write(c->uc, UC_X86_REG_FS_BASE, &fs);
    uc_reg_write(c->uc, UC_X86_REG_GS_BASE, &teb64);
}

/* ---- memory ---- */

void cpu_flush_page(Cpu *c, uint64_t address) {
    softmmu_flush_page(&c->mmu, address);
}
void cpu_flush(Cpu *c) {
    softmmu_flush(&c->mmu);
}
bool cpu_peek(const Cpu *c, uint64_t address, unsigned width, uint64_t *out) {
    const uint8_t *page = softmmu_seen(&c->mmu, address);
    size_t at = address & PAGE_MASK;
    uint32_t narrow;
    if (!page || width > PAGE_SIZE - at) return false;
    if (width == 8) {
        memcpy(out, page + at, 8);
    } else {
        memcpy(&narrow, page + at, 4);
        *out = narrow;
    }
    return true;
}

void cpu_frame_changes(Cpu *c, Frame f) {
    softmmu_forget_code(&c->mmu, f);
}
bool cpu_frame_has_code(const Cpu *c, Frame f) {
    return c->mmu.has_code[f];
}

/* ---- opening and starting ---- */

Status cpu_open(Cpu **out) {
    Cpu *c = calloc(1, sizeof *c);
    if (!c) return ST_BUDGET;
    /* The first use of an engine is what reserves its code buffer. */
    uint64_t rip = 0;
    if (uc_open(UC_ARCH_X86, UC_MODE_64, &c->uc) != UC_ERR_OK ||
        uc_reg_write(c->uc, UC_X86_REG_RIP, &rip) != UC_ERR_OK ||
        uc_ctl_exits_enable(c->uc) != UC_ERR_OK) { /* with none set: nothing but us stops it */
        cpu_close(c);
        return ST_BUDGET;
    }
    *out = c;
    return ST_OK;
}

void cpu_close(Cpu *c) {
    if (!c) return;
    cpu_state_free(c->code64);
    cpu_state_free(c->code32);
    cpu_state_free(c->fresh);
    if (c->uc) uc_close(c->uc);
    softmmu_unregister(&c->mmu);
    if (c->mmu.options.ram) c->mmu.options.ram->freed = NULL;
    if (c->mmu.options.ram) ram_drop(c->mmu.options.ram, c->mmu.kernel);
    free(c->mmu.has_code);
    free(c);
}

/* Sets the control registers as Windows x64 has them. Protected mode and ring 3 are then what the
 * engine's checks go by (IN, OUT, SMSW); paging is on in name, and softmmu.c does it. */
static void fill_control_stub(uint8_t *code) {
    static const uint8_t stub[] = {
        0xb9, 0x80, 0x00, 0x00, 0xc0, /* mov ecx, EFER */
        0x31, 0xd2,                   /* xor edx, edx */
        0xb8, 0x01, 0x0d, 0x00, 0x00, /* mov eax, SCE|LME|LMA|NXE */
        0x0f, 0x30,                   /* wrmsr */
        0xb8, 0xf8, 0x06, 0x00, 0x00, /* mov eax, DE|PSE|PAE|MCE|PGE|OSFXSR|OSXMMEXCPT */
        0x0f, 0x22, 0xe0,             /* mov cr4, rax */
        0xb8, 0x33, 0x00, 0x05, 0x80, /* mov eax, PE|MP|ET|NE|WP|AM|PG */
        0x0f, 0x22, 0xc0,             /* mov cr0, rax */
        0xcc,                         /* int3 */
    };
    memcpy(code, stub, sizeof stub);
}

static void fill_own_page(Cpu *c) {
    uint8_t *page = ram_page(c->mmu.options.ram, c->mmu.kernel);
    memset(page + STUB_TRAP, 0xf4, STUB_CONTROL - STUB_TRAP); /* hlt */
    page[STUB_TRAP] = 0xcc;                                   /* int3 */
    memcpy(page + STUB_IRET, (uint8_t[]){0x48, 0xcf}, 2);     /* iretq */
    memcpy(page + STUB_LANDED, (uint8_t[]){0xcd, VECTOR_LANDED}, 2);
    memcpy(page + STUB_TSC, (uint8_t[]){0x0f, 0x31, 0xcc}, 3); /* rdtsc; int3 */
    fill_control_stub(page + STUB_CONTROL);
    set_descriptor(c, SEL_KERNEL_CODE, UINT64_C(0x00209b0000000000));
    set_descriptor(c, SEL_KERNEL_DATA, descriptor(0x00c0930000000000, 0, 0xfffff));
    set_descriptor(c, SEL_CODE32, descriptor(0x00c0fb0000000000, 0, 0xfffff));
    set_descriptor(c, SEL_DATA, descriptor(0x00c0f30000000000, 0, 0xfffff));
    set_descriptor(c, SEL_CODE64, UINT64_C(0x0020fb0000000000));
    set_descriptor(c, SEL_TEB32, descriptor(0x0040f30000000000, 0, 0xfff));
}

/* Runs the first stub, by which softmmu.c learns the engine's objects, and one RDTSC: both fail
 * where the engine did not take our replacements. */
static bool replacements_are_in_force(Cpu *c) {
    c->limit = c->left = UINT64_MAX;
    run_from(c, KERNEL_PAGE + STUB_TRAP);
    if (c->exit.kind != CPU_INTERRUPT || c->exit.vector != VECTOR_TRAP) return false;
    if (!c->mmu.cpu || !c->mmu.env) return false;
    uint64_t before = c->mmu.options.tsc(c->mmu.options.owner);
    run_from(c, KERNEL_PAGE + STUB_TSC);
    uint64_t seen = cpu_get(c, REG_RDX) << 32 | (uint32_t)cpu_get(c, REG_RAX);
    uint64_t after = c->mmu.options.tsc(c->mmu.options.owner);
    return seen >= before && seen <= after;
}

/* A frame that is given back may hold something else tomorrow. */
static void forget_freed(void *cpu, Frame f) {
    cpu_frame_changes(cpu, f);
}

static bool registers_are_where_we_look(Cpu *c) {
    bool good = true;
    for (int r = REG_RAX; r <= REG_R15; r++) {
        uint64_t seen = 0, value = UINT64_C(0x0123456789abcd00) + (uint64_t)r;
        cpu_set(c, (CpuReg)r, value);
        uc_reg_read(c->uc, uc_registers[r], &seen);
        good = good && seen == value && cpu_get(c, (CpuReg)r) == value;
    }
    return good;
}

Status cpu_start(Cpu *c, const CpuOptions *options) {
    Ram *ram = options->ram;
    ram->freed = forget_freed;
    ram->freed_context = c;
    c->mmu.options = *options;
    c->mmu.engine = c->uc;
    c->mmu.has_code = calloc(ram->size >> PAGE_SHIFT, 1);
    c->mmu.kernel = ram_take(ram);
    if (!c->mmu.has_code || !c->mmu.kernel) return ST_BUDGET;
    if (uc_mem_map_ptr(c->uc, 0, ram->size, UC_PROT_ALL, ram->host) != UC_ERR_OK) return ST_BUDGET;
    c->mmu.translates = choose_hook;
    c->mmu.translates_for = c;
    softmmu_register(&c->mmu);
    fill_own_page(c);
    uc_x86_mmr gdtr = {.base = KERNEL_PAGE + GDT_AT, .limit = GDT_LAST_BYTE};
    uc_reg_write(c->uc, UC_X86_REG_GDTR, &gdtr);
    /* The engine reads neither of these, but SIDT and STR do: programs take odd ones for a virtual
     * machine's. */
    uc_x86_mmr idtr = {.base = IDT_AT, .limit = IDT_LAST_BYTE}, task = {.selector = SEL_TASK};
    uc_reg_write(c->uc, UC_X86_REG_IDTR, &idtr);
    uc_reg_write(c->uc, UC_X86_REG_TR, &task);
    if (add_hooks(c) != UC_ERR_OK || !replacements_are_in_force(c)) return ST_UNSUPPORTED;
    if (!registers_are_where_we_look(c)) return ST_UNSUPPORTED;
    run_from(c, KERNEL_PAGE + STUB_CONTROL);
    if (c->exit.kind != CPU_INTERRUPT) return ST_UNSUPPORTED;
    if (!enter_segment(c, SEL_CODE64) || !(c->code64 = cpu_state_new(c))) return ST_UNSUPPORTED;
    if (!enter_segment(c, SEL_CODE32) || !(c->code32 = cpu_state_new(c))) return ST_UNSUPPORTED;
    cpu_jump(c, SEL_CODE64, 0);
    cpu_set(c, REG_DS, SEL_DATA);
    cpu_set(c, REG_ES, SEL_DATA);
    cpu_set(c, REG_GS, SEL_DATA);
    for (int r = REG_RAX; r <= REG_R15; r++) cpu_set(c, (CpuReg)r, 0);
    cpu_set(c, REG_RFLAGS, 0x202);
    c->limit = c->left = 0;
    c->fresh = cpu_state_new(c);
    return c->fresh ? ST_OK : ST_BUDGET;
}
