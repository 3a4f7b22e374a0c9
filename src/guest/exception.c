#include "guest/exception.h"
#include "guest/context.h"
#include "guest/debug.h"
#include "guest/process.h"
#include "guest/thread.h"
#include "guest/trace.h"
#include <Zydis/Zydis.h>
#include <stdlib.h>

enum { RECORD64 = 0x98, RECORD32 = 0x50, TF = 0x100, DF = 0x400, AC = 0x40000 };

bool exception_read(Process *p, uint64_t address, ExceptionRecord *out) {
    Fields f = fields(p, address);
    *out = (ExceptionRecord){.code = get_u32(&f)};
    out->flags = get_u32(&f);
    out->record = get_pointer(&f);
    out->address = get_pointer(&f);
    out->count = get_u32(&f);
    if (out->count > EXCEPTION_MAX_PARAMETERS) out->count = EXCEPTION_MAX_PARAMETERS;
    for (uint32_t i = 0; i < out->count; i++) out->information[i] = get_pointer(&f);
    return !f.bad;
}

static bool write_record(Process *p, uint64_t address, const ExceptionRecord *r) {
    Fields f = fields(p, address);
    put_u32(&f, r->code);
    put_u32(&f, r->flags);
    put_pointer(&f, r->record);
    put_pointer(&f, r->address);
    put_u32(&f, r->count);
    for (uint32_t i = 0; i < r->count; i++) put_pointer(&f, r->information[i]);
    return !f.bad;
}

uint64_t exception_write(Process *p, uint64_t address, const ExceptionRecord *r) {
    write_record(p, address, r);
    return address + (p->wow64 ? RECORD32 : RECORD64);
}

/* CONTEXT_EX behind a CONTEXT: where the whole, its legacy part and its extended state lie. */
static bool write_context_ex(Process *p, uint64_t address) {
    uint32_t size = (uint32_t)context_size(p), all = size + 24;
    Fields f = fields(p, address);
    put_u32(&f, (uint32_t) - (int32_t)size);
    put_u32(&f, all);
    put_u32(&f, (uint32_t) - (int32_t)size);
    put_u32(&f, size);
    put_u32(&f, 24);
    put_u32(&f, 0);
    return !f.bad;
}

/* Frames for KiUserExceptionDispatcher. x64: CONTEXT, CONTEXT_EX at 4D0h, record at 4F0h,
 * 16-aligned, and room below the faulting RSP that the dispatcher writes into. x86: two pointers,
 * CONTEXT, CONTEXT_EX, record. */
static bool write_frame(Thread *t, const ExceptionRecord *r, uint64_t *rsp) {
    Process *p = t->process;
    uint64_t top = *rsp, frame, context, record;
    if (p->wow64) {
        frame = ((top - 0x3a0) & ~UINT64_C(3)) & 0xffffffff;
        context = frame + 8;
        record = context + 0x2cc + 24;
        if (!guest_put_u32(p, frame, (uint32_t)record) ||
            !guest_put_u32(p, frame + 4, (uint32_t)context))
            return false;
    } else {
        frame = (top - 0x5e0) & ~UINT64_C(63);
        context = frame;
        record = frame + 0x4f0;
    }
    uint32_t parts = CONTEXT_EVERYTHING & ~(p->wow64 ? 0u : (uint32_t)CONTEXT_EXTENDED_REGISTERS);
    *rsp = frame;
    return context_store(t, p, context, parts) &&
           write_context_ex(p, context + (p->wow64 ? 0x2cc : 0x4d0)) && write_record(p, record, r);
}

/* The thread's own handlers are next. */
static void deliver(Thread *t, const ExceptionRecord *r) {
    Process *p = t->process;
    uint64_t rsp = thread_get(t, REG_RSP);
    if (!write_frame(t, r, &rsp)) {
        exception_unhandled(t, r);
        return;
    }
    thread_set(t, REG_RSP, rsp);
    thread_set(t, REG_RFLAGS, thread_get(t, REG_RFLAGS) & ~(uint64_t)(TF | DF | AC));
    cpu_jump(p->cpu, p->wow64 ? SEL_CODE32 : SEL_CODE64, p->entry_exception);
}

void exception_dispatch(Thread *t, const ExceptionRecord *r) {
    exception_describe(t, r);
    if (r->code == STATUS_SINGLE_STEP)
        thread_set(t, REG_RFLAGS, thread_get(t, REG_RFLAGS) & ~(uint64_t)TF);
    if (!debug_exception(t, r, true)) deliver(t, r);
}

void exception_unhandled(Thread *t, const ExceptionRecord *r) {
    exception_describe(t, r);
    if (!debug_exception(t, r, false)) process_terminate(t->process, r->code);
}

void exception_answered(Thread *t, const ExceptionRecord *r, bool first_chance) {
    if (t->state == THREAD_DEAD) return;
    if (first_chance) deliver(t, r);
    else process_terminate(t->process, r->code);
}

/* ---- from the processor ---- */

static bool decode(Thread *t, uint64_t rip, ZydisDecodedInstruction *out,
                   ZydisDecodedOperand *operands) {
    uint8_t code[ZYDIS_MAX_INSTRUCTION_LENGTH];
    size_t n = 0;
    while (n < sizeof code && guest_read(t->process, rip + n, code + n, 1)) n++;
    bool wide = thread_get(t, REG_CS) == SEL_CODE64;
    ZydisDecoder d;
    ZydisDecoderInit(&d, wide ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LONG_COMPAT_32,
                     wide ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
    return ZYAN_SUCCESS(ZydisDecoderDecodeFull(&d, code, n, out, operands));
}

static bool is_privileged(Thread *t, uint64_t rip) {
    ZydisDecodedInstruction i;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    if (!decode(t, rip, &i, operands)) return false;
    switch (i.meta.category) {
    case ZYDIS_CATEGORY_IO:
    case ZYDIS_CATEGORY_IOSTRINGOP: return true;
    default: break;
    }
    switch (i.mnemonic) {
    case ZYDIS_MNEMONIC_CLI:
    case ZYDIS_MNEMONIC_STI: return true;
    case ZYDIS_MNEMONIC_MOV:
        return operands[0].reg.value >= ZYDIS_REGISTER_CR0
                   ? true
                   : operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
                         operands[1].reg.value >= ZYDIS_REGISTER_CR0;
    default: return (i.attributes & ZYDIS_ATTRIB_IS_PRIVILEGED) != 0;
    }
}

/* The engine takes it for no instruction; in ring 3 it is refused as long as CR4.PCE is 0. */
static bool is_rdpmc(Thread *t, uint64_t rip) {
    ZydisDecodedInstruction i;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    return decode(t, rip, &i, operands) && i.mnemonic == ZYDIS_MNEMONIC_RDPMC;
}

static const int general_registers[] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                        REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                        REG_R12, REG_R13, REG_R14, REG_R15};

static uint64_t register_value(Thread *t, ZydisRegister r) {
    ZydisRegister whole = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, r);
    if (whole < ZYDIS_REGISTER_RAX || whole > ZYDIS_REGISTER_R15) return 0;
    uint64_t v = thread_get(t, (CpuReg)general_registers[whole - ZYDIS_REGISTER_RAX]);
    if (r >= ZYDIS_REGISTER_AH && r <= ZYDIS_REGISTER_BH) return v >> 8;
    return v;
}

/* The divisor's value: #DE is a division by zero or a quotient that does not fit. */
static bool divides_by_zero(Thread *t, uint64_t rip) {
    ZydisDecodedInstruction i;
    ZydisDecodedOperand o[ZYDIS_MAX_OPERAND_COUNT];
    if (!decode(t, rip, &i, o)) return true;
    uint64_t value = 0;
    if (o[0].type == ZYDIS_OPERAND_TYPE_REGISTER) {
        value = register_value(t, o[0].reg.value);
    } else if (o[0].type == ZYDIS_OPERAND_TYPE_MEMORY) {
        uint64_t at = (uint64_t)o[0].mem.disp.value;
        if (o[0].mem.base == ZYDIS_REGISTER_RIP) at += rip + i.length;
        else if (o[0].mem.base) at += register_value(t, o[0].mem.base);
        if (o[0].mem.index) at += register_value(t, o[0].mem.index) * o[0].mem.scale;
        if (t->process->wow64) at &= 0xffffffff;
        guest_read(t->process, at, &value, o[0].size / 8);
    }
    return o[0].size >= 64 ? !value : !(value & ((UINT64_C(1) << o[0].size) - 1));
}

static void access_violation(ExceptionRecord *r, Access access, uint64_t address) {
    r->code = STATUS_ACCESS_VIOLATION;
    r->count = 2;
    r->information[0] = access == ACCESS_READ ? 0 : access == ACCESS_WRITE ? 1 : 8;
    r->information[1] = address;
}

static void general_protection(Thread *t, ExceptionRecord *r) {
    if (is_privileged(t, r->address)) r->code = STATUS_PRIVILEGED_INSTRUCTION;
    else access_violation(r, ACCESS_READ, t->process->wow64 ? 0xffffffff : UINT64_MAX);
}

/* What the x87 status word or MXCSR says, in the order in which Windows looks. */
static uint32_t floating_code(Thread *t, uint32_t vector) {
    enum { X87 = 16 };
    static const uint32_t codes[] = {0xC0000090, 0xC000008D, 0xC000008E,
                                     0xC0000091, 0xC0000093, 0xC000008F};
    uint8_t fx[512];
    thread_get(t, REG_RIP);
    cpu_get_fx(t->process->cpu, fx);
    uint32_t pending = vector == X87 ? fx[2] & ~fx[0] : fx[24] & ~(fx[24] >> 7 | fx[25] << 1);
    for (unsigned i = 0; i < sizeof codes / sizeof *codes; i++)
        if (pending & 1u << i) return codes[i];
    return codes[0];
}

static void from_vector(Thread *t, uint32_t vector, ExceptionRecord *r) {
    switch (vector) {
    case 0:
        r->code = divides_by_zero(t, r->address) ? STATUS_INTEGER_DIVIDE_BY_ZERO
                                                 : STATUS_INTEGER_OVERFLOW;
        break;
    case 1:
        r->code = STATUS_SINGLE_STEP;
        if (thread_get(t, REG_RFLAGS) & TF) t->debug[DEBUG_STATUS] = DEBUG_STEPPED;
        break;
    case 5: r->code = STATUS_ARRAY_BOUNDS_EXCEEDED; break;
    case 6:
        r->code =
            is_rdpmc(t, r->address) ? STATUS_PRIVILEGED_INSTRUCTION : STATUS_ILLEGAL_INSTRUCTION;
        break;
    case 16:
    case 19: r->code = floating_code(t, vector); break;
    case 17: r->code = STATUS_DATATYPE_MISALIGNMENT; break;
    default: general_protection(t, r); break;
    }
}

/* INT n from ring 3; RIP is behind the instruction. Windows' descriptor table lets ring 3 use 3, 4,
 * 2Ch, 2Dh and 2Eh; every other number is a general protection fault at the instruction. */
static void from_interrupt(Thread *t, uint32_t vector, ExceptionRecord *r) {
    enum { ONE_BYTE = 1, TWO_BYTES = 2 };
    switch (vector) {
    case 3:
        r->code = STATUS_BREAKPOINT;
        r->count = 1;           /* three only where the kernel itself has 32 bits */
        r->address -= ONE_BYTE; /* CD 03 too: only its second byte is taken back */
        thread_set(t, REG_RIP, r->address);
        break;
    case 4: r->code = STATUS_INTEGER_OVERFLOW; break;
    case 0x2c: /* told at the instruction, like a fault */
        r->code = STATUS_ASSERTION_FAILURE;
        r->address -= TWO_BYTES;
        thread_set(t, REG_RIP, r->address);
        break;
    case 0x2d: /* the debug service, and nobody debugs */
        r->code = STATUS_BREAKPOINT;
        r->count = 1;
        r->information[0] = thread_get(t, REG_RAX);
        break;
    default:
        r->address -= TWO_BYTES;
        thread_set(t, REG_RIP, r->address);
        access_violation(r, ACCESS_READ, t->process->wow64 ? 0xffffffff : UINT64_MAX);
        break;
    }
}

static void from_fault(Thread *t, const CpuExit *e, ExceptionRecord *r) {
    uint32_t status = vm_fault(t->process->vm, e->address, e->access);
    access_violation(r, e->access, e->address);
    r->code = status;
    if (status == STATUS_GUARD_PAGE_VIOLATION && thread_stack_overflows(t, e->address))
        r->code = STATUS_STACK_OVERFLOW;
}

void exception_from_cpu(Thread *t, const CpuExit *e) {
    ExceptionRecord r = {.address = thread_get(t, REG_RIP)};
    enum { FAST_FAIL = 0x29 };
    if (e->kind == CPU_FAULT) from_fault(t, e, &r);
    else if (e->kind == CPU_EXCEPTION) from_vector(t, e->vector, &r);
    else from_interrupt(t, e->vector, &r);
    if (e->kind == CPU_INTERRUPT && e->vector == FAST_FAIL) {
        r = (ExceptionRecord){.code = STATUS_STACK_BUFFER_OVERRUN,
                              .flags = EXCEPTION_NONCONTINUABLE,
                              .address = r.address,
                              .count = 1,
                              .information = {thread_get(t, REG_RCX)}};
        exception_unhandled(t, &r);
        return;
    }
    exception_dispatch(t, &r);
}

/* ---- user APCs ---- */

static bool enter_apc64(Thread *t, const Apc *a, uint64_t result) {
    enum { FUNC_AT = 0x20, CONTEXT_AT = 0x30, SIZE = 0x510 };
    uint64_t stack = (thread_get(t, REG_RSP) & ~UINT64_C(15)) - SIZE;
    thread_set(t, REG_RAX, result);
    if (!context_store(t, t->process, stack + CONTEXT_AT,
                       CONTEXT_CONTROL | CONTEXT_INTEGER | CONTEXT_FLOATING_POINT) ||
        !guest_put_u64(t->process, stack + FUNC_AT, a->routine))
        return false;
    thread_set(t, REG_RSP, stack - 8);
    thread_set(t, REG_RCX, stack + CONTEXT_AT);
    thread_set(t, REG_RDX, a->argument[0]);
    thread_set(t, REG_R8, a->argument[1]);
    thread_set(t, REG_R9, a->argument[2]);
    return true;
}

static bool enter_apc32(Thread *t, const Apc *a, uint64_t result) {
    enum { CONTEXT_AT = 20, SIZE = 20 + 0x2cc };
    uint64_t stack = thread_get(t, REG_RSP) - SIZE;
    thread_set(t, REG_RAX, result);
    Fields f = fields(t->process, stack);
    put_u32(&f, (uint32_t)stack + CONTEXT_AT);
    for (int i = 0; i < 3; i++) put_u32(&f, (uint32_t)a->argument[i]);
    put_u32(&f, (uint32_t)a->routine);
    if (f.bad || !context_store(t, t->process, stack + CONTEXT_AT,
                                CONTEXT_CONTROL | CONTEXT_INTEGER | CONTEXT_SEGMENTS |
                                    CONTEXT_FLOATING_POINT))
        return false;
    thread_set(t, REG_RSP, stack - 4);
    return true;
}

bool exception_run_apc(Thread *t, uint64_t result) {
    Apc *a = t->apcs;
    if (!a) return false;
    t->apcs = a->next;
    Process *p = t->process;
    bool entered = p->wow64 ? enter_apc32(t, a, result) : enter_apc64(t, a, result);
    free(a);
    if (entered) cpu_jump(p->cpu, p->wow64 ? SEL_CODE32 : SEL_CODE64, p->entry_apc);
    else process_terminate(p, STATUS_STACK_OVERFLOW);
    return true;
}

/* ---- for the report ---- */

void exception_describe(Thread *t, const ExceptionRecord *r) {
    Process *p = t->process;
    Fault *f = &p->fault;
    *f = (Fault){.code = r->code, .address = r->address};
    for (int i = REG_RAX; i <= REG_RFLAGS; i++) f->registers[i] = thread_get(t, (CpuReg)i);
    uint64_t at = f->registers[REG_RSP];
    while (f->depth < FAULT_STACK &&
           guest_get_pointer(p, at + f->depth * p->pointer, &f->stack[f->depth]))
        f->depth++;
}

static Value *registers_value(Arena *a, const Process *p, const Fault *f) {
    static const char *const names[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp",
                                        "rsi", "rdi", "r8",  "r9",  "r10", "r11",
                                        "r12", "r13", "r14", "r15", "rip", "rflags"};
    Value *map = value_map(a);
    for (int r = REG_RAX; r <= REG_RFLAGS; r++)
        if (!p->wow64 || r < REG_R8 || r > REG_R15)
            value_set(a, map, names[r],
                      value_printf(a, "0x%llx", (unsigned long long)f->registers[r]));
    return map;
}

Value *exception_details(Process *p) {
    enum { SHOWN = 16 };
    Arena *a = &p->machine->arena;
    const Fault *f = &p->fault;
    Value *map = value_map(a), *stack = value_list(a);
    value_set(a, map, "code", value_printf(a, "0x%08x", f->code));
    value_set(a, map, "site", value_str(a, process_site(p, a, f->address)));
    value_set(a, map, "registers", registers_value(a, p, f));
    for (unsigned i = 0; i < f->depth && value_count(stack) < SHOWN; i++)
        if (process_module(p, f->stack[i]))
            value_add(stack, value_str(a, process_site(p, a, f->stack[i])));
    value_set(a, map, "stack", stack);
    return map;
}
