/* Cpu: one x86-64 processor with its own engine (Unicorn), running ring 3 of all processes in turn.
 *
 * Memory is translated by us, page by page, through the owner's callback: the same as what
 * Unicorn 2.1 calls a virtual TLB. Faults are therefore precise (registers and RIP are those of
 * the faulting instruction), protections cost nothing to change, and frames can be shared. 32-bit
 * programs run in compatibility mode, as on a 64-bit Windows, so that far jumps to 33h work. */
#ifndef COAX_GUEST_CPU_H
#define COAX_GUEST_CPU_H

#include "guest/ram.h"

typedef struct Cpu Cpu;
typedef struct CpuState CpuState; /* all registers of a thread that does not run */

typedef enum { ACCESS_READ, ACCESS_WRITE, ACCESS_EXECUTE } Access;

enum { PROT_R = 1, PROT_W = 2, PROT_X = 4 };

typedef struct {
    Frame frame;
    unsigned prot; /* PROT_* */
} CpuPage;

/* What the owner answers for an access that the TLB does not know. */
typedef enum {
    TRANSLATE_OK,    /* *page is filled in and allows the access */
    TRANSLATE_FAULT, /* leave with CPU_FAULT */
    TRANSLATE_RETRY, /* the page moved under running code: execute the instruction again */
} Translation;

typedef struct {
    Ram *ram;
    void *owner;
    Translation (*translate)(void *owner, uint64_t address, Access access, CpuPage *page);
    void (*cpuid)(void *owner, uint32_t leaf, uint32_t subleaf, uint32_t out[4]);
    uint64_t (*tsc)(void *owner);
    /* IN EAX, DX: what lies behind the port answers in the registers (RAX..RDX, in their order) and
     * returns true; nobody does, and the instruction is not for ring 3. NULL: nobody ever does. */
    bool (*port)(void *owner, uint16_t port, uint64_t registers[4]);
    /* An address that is watched for any of `reasons` may be about to run (cpu_watch). Returns true
     * to leave with CPU_WATCH. */
    bool (*watched)(void *owner, uint64_t address, unsigned reasons);
    /* An instruction of cpu_break is about to run. Returns true to leave with a debug exception
     * (vector 1) at it. */
    bool (*breaks)(void *owner, uint64_t address);
} CpuOptions;

typedef enum {
    CPU_SYSCALL,   /* the SYSCALL instruction; RIP is behind it */
    CPU_INTERRUPT, /* INT n; RIP is behind it, vector says which */
    CPU_EXCEPTION, /* a processor exception at RIP: vector, error */
    CPU_FAULT,     /* memory: address, access; RIP at the instruction */
    CPU_WATCH,     /* `watched` asked for it; RIP is the watched address */
    CPU_PREEMPT,   /* the block limit was reached */
    CPU_BROKEN,    /* the engine failed; error is Unicorn's */
} CpuExitKind;

typedef struct {
    CpuExitKind kind;
    uint32_t vector, error;
    uint64_t address;
    Access access;
} CpuExit;

/* Registers as the CONTEXT structures need them. */
typedef enum {
    REG_RAX,
    REG_RCX,
    REG_RDX,
    REG_RBX,
    REG_RSP,
    REG_RBP,
    REG_RSI,
    REG_RDI,
    REG_R8,
    REG_R9,
    REG_R10,
    REG_R11,
    REG_R12,
    REG_R13,
    REG_R14,
    REG_R15,
    REG_RIP,
    REG_RFLAGS,
    REG_CS,
    REG_SS,
    REG_DS,
    REG_ES,
    REG_FS,
    REG_GS,
    REG_MXCSR,
    REG_COUNT
} CpuReg;

/* Selectors of Windows x64: 64-bit code, 32-bit code, data, the 32-bit TEB. */
enum { SEL_CODE64 = 0x33, SEL_CODE32 = 0x23, SEL_DATA = 0x2b, SEL_TEB32 = 0x53 };

/* Opens an engine. It needs a RWX mapping, so that it is opened before the jail is locked. */
Status cpu_open(Cpu **out);
void cpu_close(Cpu *c);

/* Gives an open engine its memory and owner; once. Leaves it in ring 3, in 64-bit code. */
Status cpu_start(Cpu *c, const CpuOptions *options);

/* Runs from the present RIP until something happens, at the most `blocks` basic blocks. */
void cpu_run(Cpu *c, uint64_t blocks, CpuExit *out);

/* Basic blocks entered since cpu_start. */
uint64_t cpu_blocks(const Cpu *c);

uint64_t cpu_get(Cpu *c, CpuReg reg);
void cpu_set(Cpu *c, CpuReg reg, uint64_t value);

/* x87, MMX and SSE registers in FXSAVE's layout (Intel SDM 1, 10.5.1). */
void cpu_get_fx(Cpu *c, uint8_t out[512]);
void cpu_set_fx(Cpu *c, const uint8_t in[512]);

/* Continues at rip in the code segment cs (SEL_CODE64 or SEL_CODE32). */
void cpu_jump(Cpu *c, uint16_t cs, uint64_t rip);

/* The TEB's address: GS base in 64-bit code, FS base in 32-bit code. */
void cpu_set_teb(Cpu *c, uint64_t teb64, uint32_t teb32);

/* The registers are those that cpu_start left. (The engine has a cpu_reset of its own, which ours
 * would replace.) */
void cpu_begin_anew(Cpu *c);

/* Threads: a state holds all registers of a thread that is not running. */
CpuState *cpu_state_new(Cpu *c); /* a copy of the present registers; NULL: no memory */
void cpu_state_free(CpuState *s);
void cpu_save(Cpu *c, CpuState *s);
void cpu_load(Cpu *c, const CpuState *s);

/* The translation of a page, or of everything, is less than it was (growing ones need no call), or
 * another address space's from now on: cpu_flush. */
void cpu_flush_page(Cpu *c, uint64_t address);
void cpu_flush(Cpu *c);

/* A pointer of that width (4 or 8) from a page that the processor itself reads without asking
 * `translate`: false says no more than that it would have to ask. */
bool cpu_peek(const Cpu *c, uint64_t address, unsigned width, uint64_t *out);

/* The bytes of a frame are about to be changed by something other than this CPU's own stores:
 * forget the code that was translated from it. Cheap where there is none. */
void cpu_frame_changes(Cpu *c, Frame f);

/* Whether code was translated from the frame. */
bool cpu_frame_has_code(const Cpu *c, Frame f);

/* Calls `watched` whenever a basic block starts at the address; now and then it does so elsewhere,
 * or for another reason, because a filter decides. */
enum { WATCH_TO_ANSWER = 1, WATCH_TO_TRACE = 2, WATCH_TO_OBSERVE = 4, WATCH_TO_TIME = 8 };
void cpu_watch(Cpu *c, uint64_t address, unsigned reasons);

/* Asks `breaks` before the instruction at the address runs, from now on; the frame is the one that
 * holds it, or 0 where none does yet. Of many addresses the oldest are forgotten. */
void cpu_break(Cpu *c, uint64_t address, Frame frame);

/* Tells the owner of every basic block, and of every instruction before it runs (NULL: not),
 * between the two addresses, the last one included. Code that was translated before is not seen. */
void cpu_observe(Cpu *c, uint64_t from, uint64_t to, void (*block)(void *owner, uint64_t address),
                 void (*step)(void *owner, uint64_t address));

#endif
