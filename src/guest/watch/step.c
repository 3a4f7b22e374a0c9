/* Steps: every instruction of the program passes here before it runs. Those that compare are told,
 * with the memory that their operands came from: an operand in a register came from where the
 * register was loaded last, as long as the program did nothing to it but change its case or width.
 */
#include "guest/ask.h"
#include "guest/process.h"
#include "guest/watch/condition.h"
#include "guest/watch/watcher.h"
#include <Zydis/Zydis.h>
#include <stdlib.h>

typedef enum {
    STEP_OTHER,
    STEP_COMPARE, /* CMP */
    STEP_CHANGE,  /* SUB, XOR: whatever subtracts or differs, and sets flags */
    STEP_BORROW,  /* SBB: the upper half of a compare that began with the lower one */
    STEP_TEST,    /* TEST, BT */
    STEP_STRINGS, /* CMPS, SCAS */
    STEP_LOAD,    /* register <- memory */
    STEP_MOVE,    /* register <- register */
    STEP_KEEP,    /* the register is still what was loaded, in a way */
    STEP_CLOBBER, /* the first operand's register holds something else */
    STEP_CALL,    /* the volatile registers do */
} StepKind;

typedef struct {
    enum { OPERAND_NONE, OPERAND_REGISTER, OPERAND_MEMORY, OPERAND_IMMEDIATE } kind;
    uint8_t width;      /* bytes */
    uint8_t reg;        /* CpuReg */
    bool high;          /* AH and its kin */
    int8_t base, index; /* CpuReg, REG_RIP, or -1 */
    uint8_t scale;
    bool teb;      /* FS or GS: not followed */
    int64_t value; /* immediate or displacement */
} Operand;

enum { LONGEST = 15 };

typedef struct {
    uint64_t address;
    bool wide;
    uint8_t length, kind;
    uint8_t bytes[LONGEST];
    bool bit;          /* BT: side 1 is the number of a bit */
    uint8_t condition; /* what is made of its flags; watch.h */
    Operand operand[2];
} Step;

enum { STEP_SLOTS = 4096, MOST_AT_PLACE = 20000, PLACE_SLOTS = 8192 };

struct Steps {
    Step steps[STEP_SLOTS];
    uint64_t origin[16];  /* of what a register holds; 0: not known */
    uint32_t thread;      /* whose */
    WatchSide lower[2];   /* of the compare whose flags still stand; lower_width 0: none do */
    unsigned lower_width; /* bytes */
    uint32_t
        told[PLACE_SLOTS]; /* by hash of the address: a hot loop is told so often at the most */
};

struct Steps *steps_open(void) {
    return calloc(1, sizeof(struct Steps));
}

void steps_close(struct Steps *s) {
    free(s);
}

/* ---- decoding ---- */

static int8_t general(ZydisRegister r) {
    ZydisRegister whole = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, r);
    if (whole >= ZYDIS_REGISTER_RAX && whole <= ZYDIS_REGISTER_R15)
        return (int8_t)(REG_RAX + (whole - ZYDIS_REGISTER_RAX));
    return whole == ZYDIS_REGISTER_RIP ? (int8_t)REG_RIP : (int8_t)-1;
}

static Operand operand(const ZydisDecodedOperand *o) {
    Operand out = {.width = (uint8_t)(o->size / 8), .base = -1, .index = -1};
    switch (o->type) {
    case ZYDIS_OPERAND_TYPE_REGISTER: {
        int8_t r = general(o->reg.value);
        if (r < 0 || r == REG_RIP) break;
        out.kind = OPERAND_REGISTER;
        out.reg = (uint8_t)r;
        out.high = o->reg.value >= ZYDIS_REGISTER_AH && o->reg.value <= ZYDIS_REGISTER_BH;
        break;
    }
    case ZYDIS_OPERAND_TYPE_MEMORY:
        out.kind = OPERAND_MEMORY;
        out.base = o->mem.base == ZYDIS_REGISTER_NONE ? (int8_t)-1 : general(o->mem.base);
        out.index = o->mem.index == ZYDIS_REGISTER_NONE ? (int8_t)-1 : general(o->mem.index);
        out.scale = o->mem.scale;
        out.value = o->mem.disp.value;
        out.teb = o->mem.segment == ZYDIS_REGISTER_FS || o->mem.segment == ZYDIS_REGISTER_GS;
        break;
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
        out.kind = OPERAND_IMMEDIATE;
        out.value = o->imm.is_signed ? o->imm.value.s : (int64_t)o->imm.value.u;
        break;
    default: break;
    }
    return out;
}

static StepKind classify(const ZydisDecodedInstruction *i, const Operand *o) {
    bool to_register = o[0].kind == OPERAND_REGISTER;
    switch (i->mnemonic) {
    case ZYDIS_MNEMONIC_CMP: return STEP_COMPARE;
    case ZYDIS_MNEMONIC_SUB:
    case ZYDIS_MNEMONIC_XOR:
        return o[1].kind == OPERAND_REGISTER && to_register && o[0].reg == o[1].reg ? STEP_CLOBBER
                                                                                    : STEP_CHANGE;
    case ZYDIS_MNEMONIC_SBB:
        return o[1].kind == OPERAND_REGISTER && to_register && o[0].reg == o[1].reg ? STEP_CLOBBER
                                                                                    : STEP_BORROW;
    case ZYDIS_MNEMONIC_TEST:
    case ZYDIS_MNEMONIC_BT: return STEP_TEST;
    case ZYDIS_MNEMONIC_CMPSB:
    case ZYDIS_MNEMONIC_CMPSW:
    case ZYDIS_MNEMONIC_CMPSD:
    case ZYDIS_MNEMONIC_CMPSQ:
    case ZYDIS_MNEMONIC_SCASB:
    case ZYDIS_MNEMONIC_SCASW:
    case ZYDIS_MNEMONIC_SCASD:
    case ZYDIS_MNEMONIC_SCASQ:
        return i->operand_count_visible || i->operand_count ? STEP_STRINGS : STEP_OTHER;
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_MOVZX:
    case ZYDIS_MNEMONIC_MOVSX:
    case ZYDIS_MNEMONIC_MOVSXD:
        if (!to_register) return STEP_OTHER;
        return o[1].kind == OPERAND_MEMORY     ? STEP_LOAD
               : o[1].kind == OPERAND_REGISTER ? STEP_MOVE
                                               : STEP_CLOBBER;
    case ZYDIS_MNEMONIC_OR:
    case ZYDIS_MNEMONIC_AND:
    case ZYDIS_MNEMONIC_ADD:
        return to_register && o[1].kind == OPERAND_IMMEDIATE ? STEP_KEEP : STEP_CLOBBER;
    case ZYDIS_MNEMONIC_CALL: return STEP_CALL;
    default: return to_register ? STEP_CLOBBER : STEP_OTHER;
    }
}

static void decode(Step *s, bool wide) {
    ZydisDecoder d;
    ZydisDecodedInstruction i;
    ZydisDecodedOperand o[ZYDIS_MAX_OPERAND_COUNT];
    ZydisDecoderInit(&d, wide ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LONG_COMPAT_32,
                     wide ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
    s->kind = STEP_OTHER;
    s->length = 0;
    s->operand[0] = s->operand[1] = (Operand){0};
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&d, s->bytes, LONGEST, &i, o))) return;
    s->length = i.length;
    for (unsigned k = 0; k < 2 && k < i.operand_count; k++) s->operand[k] = operand(&o[k]);
    s->kind = (uint8_t)classify(&i, s->operand);
    s->bit = i.mnemonic == ZYDIS_MNEMONIC_BT;
}

static bool compares(const Step *s) {
    return s->kind == STEP_COMPARE || s->kind == STEP_CHANGE || s->kind == STEP_BORROW ||
           s->kind == STEP_TEST || s->kind == STEP_STRINGS;
}

static uint8_t condition_behind(Process *p, const Step *s) {
    uint8_t code[CONDITION_REACH];
    uint64_t at = s->address + s->length, in_page = PAGE_SIZE - (at & PAGE_MASK);
    size_t n = in_page < sizeof code ? (size_t)in_page : sizeof code;
    if (!compares(s) || !guest_read(p, at, code, n)) return WATCH_NO_CONDITION;
    return condition_in(span(code, n), s->wide);
}

/* Code that changes itself is decoded again: its bytes are compared each time. */
static Step *step_at(struct Steps *steps, Process *p, uint64_t address, bool wide) {
    Step *s = &steps->steps[(address * UINT64_C(0x9E3779B97F4A7C15)) >> 52];
    uint8_t bytes[LONGEST] = {0};
    if (!guest_read(p, address, bytes, LONGEST)) {
        uint64_t in_page = PAGE_SIZE - (address & PAGE_MASK);
        if (!guest_read(p, address, bytes, in_page < LONGEST ? in_page : LONGEST)) return NULL;
    }
    if (s->address == address && s->wide == wide && memcmp(s->bytes, bytes, LONGEST) == 0) return s;
    s->address = address;
    s->wide = wide;
    memcpy(s->bytes, bytes, LONGEST);
    decode(s, wide);
    s->condition = condition_behind(p, s);
    return s;
}

/* ---- operands ---- */

static uint64_t clip(uint64_t v, unsigned width) {
    return width >= 8 ? v : v & ((UINT64_C(1) << 8 * width) - 1);
}

static uint64_t address_of(Process *p, const Step *s, const Operand *o) {
    uint64_t at = (uint64_t)o->value;
    if (o->base == REG_RIP) at += s->address + s->length;
    else if (o->base >= 0) at += cpu_get(p->cpu, (CpuReg)o->base);
    if (o->index >= 0) at += cpu_get(p->cpu, (CpuReg)o->index) * o->scale;
    return s->wide ? at : (uint32_t)at;
}

static WatchSide side_of(struct Steps *steps, Process *p, const Step *s, const Operand *o) {
    WatchSide side = {0};
    if (o->kind == OPERAND_IMMEDIATE) {
        side.value = (uint64_t)o->value;
    } else if (o->kind == OPERAND_REGISTER) {
        side.value = cpu_get(p->cpu, (CpuReg)o->reg) >> (o->high ? 8 : 0);
        side.address = steps->origin[o->reg];
    } else if (o->kind == OPERAND_MEMORY && !o->teb && o->width <= 8) {
        side.address = address_of(p, s, o);
        guest_read(p, side.address, &side.value, o->width);
    }
    side.value = clip(side.value, o->width);
    return side;
}

/* ---- what is read of the world without a system call ---- */

typedef enum { BLOCK_PEB, BLOCK_SHARED } ReadBlock;

static void read_world(Watcher *w, Process *p, uint64_t address) {
    static const struct {
        ReadBlock block;
        uint32_t offset[2], bytes;
        FactId fact;
    } rows[] = {
#define READ(block, wide, narrow, bytes, fact) {BLOCK_##block, {wide, narrow}, bytes, FACT_##fact},
#include "guest/watch/reads.def"
    };
    uint64_t page = address & ~(uint64_t)PAGE_MASK;
    bool shared = page == SHARED_DATA_AT, peb = p->peb32 && page == p->peb32;
    bool peb64 = page == p->peb;
    if ((!shared && !peb && !peb64) || !asking(w->machine)) return;
    bool narrow = peb && !peb64;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if ((rows[i].block == BLOCK_SHARED) == shared &&
            (address & PAGE_MASK) - rows[i].offset[narrow] < rows[i].bytes)
            ask_single(w->machine, rows[i].fact);
}

static void read_operands(Watcher *w, Process *p, const Step *s) {
    for (int i = 0; i < 2; i++)
        if (s->operand[i].kind == OPERAND_MEMORY && !s->operand[i].teb)
            read_world(w, p, address_of(p, s, &s->operand[i]));
}

/* ---- telling ---- */

static void tell(Watcher *w, Process *p, uint64_t address, WatchCompare *c) {
    Arena scratch = arena_new(4096);
    c->place = watcher_place(p, address);
    c->site = process_site(p, &scratch, address);
    c->process = p->id;
    c->thread = w->steps->thread;
    for (unsigned i = 0; i < 2; i++) watcher_fill_window(w, p, &c->side[i], i);
    w->watch->compare(w->watch->context, c);
    arena_reset(&scratch);
}

static bool enough(struct Steps *steps, uint64_t address) {
    uint32_t *told = &steps->told[(address * UINT64_C(0x9E3779B97F4A7C15)) >> 51];
    return ++*told > MOST_AT_PLACE;
}

static void force_operand(Process *p, const Step *s, const Operand *o, uint64_t value) {
    if (o->kind == OPERAND_MEMORY) {
        guest_write(p, address_of(p, s, o), &value, o->width);
    } else if (o->kind == OPERAND_REGISTER) {
        uint64_t mask = clip(UINT64_MAX, o->width) << (o->high ? 8 : 0);
        uint64_t old = o->width == 4 ? 0 : cpu_get(p->cpu, (CpuReg)o->reg) & ~mask;
        cpu_set(p->cpu, (CpuReg)o->reg, old | (value << (o->high ? 8 : 0) & mask));
    }
}

static bool is_forced(const Watcher *w, Process *p, uint64_t address) {
    return w->watch->forced && w->watch->forced == watcher_place(p, address);
}

/* A long digest is compared in parts. */
static bool shows_forced(const Watcher *w, const WatchCompare *c, unsigned side) {
    Span all = w->watch->forced_bytes;
    if (c->width < 4 || c->test == WATCH_BITS) return false;
    for (size_t at = 0; at + c->width <= all.n; at += 4) {
        uint64_t part = 0;
        memcpy(&part, all.p + at, c->width);
        if (part && part == c->side[side].value) return true;
    }
    return false;
}

/* ---- a compare in two halves: CMP of the lower ones, SBB of the upper ones ---- */

static void keep_lower(struct Steps *steps, const WatchCompare *c) {
    steps->lower_width = c->width;
    memcpy(steps->lower, c->side, sizeof steps->lower);
}

/* The upper halves' compare becomes one of the whole numbers. */
static void join_lower(struct Steps *steps, WatchCompare *c) {
    if (c->width != 4 || steps->lower_width != 4) return;
    for (int i = 0; i < 2; i++) {
        bool apart = c->side[i].address != steps->lower[i].address + 4;
        c->side[i].value = c->side[i].value << 32 | steps->lower[i].value;
        c->side[i].address = apart ? 0 : steps->lower[i].address;
    }
    c->width = 8;
}

static void compare(Watcher *w, Process *p, const Step *s) {
    struct Steps *steps = w->steps;
    const Operand *a = &s->operand[0], *b = &s->operand[1];
    if (!a->width || a->width > 8 || a->kind == OPERAND_NONE || b->kind == OPERAND_NONE) return;
    WatchCompare c = {.test = s->kind == STEP_TEST ? WATCH_BITS : WATCH_EQUAL,
                      .width = a->width,
                      .condition = s->condition};
    c.side[0] = side_of(steps, p, s, a);
    c.side[1] = side_of(steps, p, s, b);
    c.side[1].value = clip(c.side[1].value, a->width);
    if (s->bit) c.side[1].value = UINT64_C(1) << (c.side[1].value & (8u * a->width - 1));
    if (s->kind == STEP_TEST && a->kind == OPERAND_REGISTER && b->kind == OPERAND_REGISTER &&
        a->reg == b->reg) {
        c.test = WATCH_EQUAL; /* TEST r,r asks whether it is 0, or below */
        c.side[1] = (WatchSide){0};
    }
    if (s->kind == STEP_BORROW) join_lower(steps, &c);
    else keep_lower(steps, &c);
    tell(w, p, s->address, &c);
    if (c.width > a->width) return; /* halves are told, and not forced */
    unsigned k = w->watch->forced_side;
    bool shown = shows_forced(w, &c, 0), shown_second = !shown && shows_forced(w, &c, 1);
    if (shown || shown_second) k = shown_second;
    if (shown || shown_second || is_forced(w, p, s->address))
        force_operand(p, s, &s->operand[k], c.side[1 - k].value);
}

/* Buffers: what is compared of the one is copied over the other. */
static void force_buffer(Watcher *w, Process *p, const WatchCompare *c) {
    uint8_t bytes[WATCH_WINDOW];
    unsigned k = w->watch->forced_side;
    size_t n = c->side[k].length < sizeof bytes ? c->side[k].length : sizeof bytes;
    if (guest_read(p, c->side[1 - k].address, bytes, n))
        guest_write(p, c->side[k].address, bytes, n);
}

/* REP CMPS compares all that RCX says; the two buffers are told once, where it begins. */
static void compare_strings(Watcher *w, Process *p, const Step *s) {
    uint64_t mask = s->wide ? UINT64_MAX : UINT32_MAX;
    bool repeats = s->bytes[0] == 0xf3 || s->bytes[0] == 0xf2;
    uint8_t opcode = s->bytes[repeats];
    bool scan = (opcode & 0xfe) == 0xae;
    unsigned width = opcode & 1 ? 4 : 1;
    uint64_t count = repeats ? cpu_get(p->cpu, REG_RCX) & mask : 1;
    WatchCompare c = {
        .test = WATCH_EQUAL, .width = scan ? width : 0, .unit = 1, .condition = s->condition};
    c.side[0].address = cpu_get(p->cpu, REG_RDI) & mask;
    c.side[0].length = (size_t)(count * width);
    if (scan) {
        guest_read(p, c.side[0].address, &c.side[0].value, width);
        c.side[1].value = clip(cpu_get(p->cpu, REG_RAX), width);
    } else {
        c.side[1].address = cpu_get(p->cpu, REG_RSI) & mask;
        c.side[1].length = c.side[0].length;
    }
    if (count) tell(w, p, s->address, &c);
    if (count && !scan && is_forced(w, p, s->address)) force_buffer(w, p, &c);
}

/* ---- following ---- */

static void follow(struct Steps *steps, Process *p, const Step *s) {
    static const CpuReg volatiles[] = {REG_RAX, REG_RCX, REG_RDX, REG_R8, REG_R9, REG_R10, REG_R11};
    const Operand *to = &s->operand[0], *from = &s->operand[1];
    switch (s->kind) {
    case STEP_LOAD: steps->origin[to->reg] = from->teb ? 0 : address_of(p, s, from); break;
    case STEP_MOVE: steps->origin[to->reg] = steps->origin[from->reg]; break;
    case STEP_CHANGE:
    case STEP_BORROW:
    case STEP_CLOBBER:
        if (to->kind == OPERAND_REGISTER) steps->origin[to->reg] = 0;
        break;
    case STEP_CALL:
        for (size_t i = 0; i < sizeof volatiles / sizeof *volatiles; i++)
            steps->origin[volatiles[i]] = 0;
        break;
    default: break;
    }
}

void steps_step(Watcher *w, Process *p, uint64_t address) {
    struct Steps *steps = w->steps;
    const Thread *t = w->machine->current;
    if (t && t->id != steps->thread) {
        memset(steps->origin, 0, sizeof steps->origin);
        steps->thread = t->id;
    }
    bool wide = (uint16_t)cpu_get(p->cpu, REG_CS) == SEL_CODE64;
    const Step *s = step_at(steps, p, address, wide);
    if (!s) return;
    if ((compares(s) && s->kind != STEP_STRINGS) || s->kind == STEP_LOAD) read_operands(w, p, s);
    if (compares(s) && !enough(steps, address)) {
        if (s->kind == STEP_STRINGS) compare_strings(w, p, s);
        else compare(w, p, s);
    }
    follow(steps, p, s);
    bool stand = s->kind == STEP_COMPARE || s->kind == STEP_CHANGE || s->kind == STEP_LOAD ||
                 s->kind == STEP_MOVE;
    if (!stand) steps->lower_width = 0;
}
