#include "guest/watch/condition.h"
#include "guest/watch.h"
#include <Zydis/Zydis.h>

/* Jcc, SETcc and CMOVcc carry their condition in the opcode's low four bits (SDM volume 2,
 * B.1.4.7). */
static bool is_conditional(const ZydisDecodedInstruction *i) {
    unsigned group = i->opcode & 0xf0;
    if (i->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT) return group == 0x70;
    return i->opcode_map == ZYDIS_OPCODE_MAP_0F &&
           (group == 0x40 || group == 0x80 || group == 0x90);
}

static bool keeps_flags(const ZydisDecodedInstruction *i) {
    switch (i->mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_MOVZX:
    case ZYDIS_MNEMONIC_MOVSX:
    case ZYDIS_MNEMONIC_MOVSXD:
    case ZYDIS_MNEMONIC_LEA:
    case ZYDIS_MNEMONIC_PUSH:
    case ZYDIS_MNEMONIC_POP:
    case ZYDIS_MNEMONIC_NOP: return true;
    default: return false;
    }
}

uint8_t condition_in(Span code, bool wide) {
    ZydisDecoder d;
    ZydisDecodedInstruction i;
    ZydisDecoderInit(&d, wide ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LONG_COMPAT_32,
                     wide ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
    for (size_t at = 0; at < code.n; at += i.length) {
        if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&d, NULL, code.p + at, code.n - at, &i)))
            return WATCH_NO_CONDITION;
        if (is_conditional(&i)) return i.opcode & 0x0f;
        if (!keeps_flags(&i)) return WATCH_NO_CONDITION;
    }
    return WATCH_NO_CONDITION;
}
