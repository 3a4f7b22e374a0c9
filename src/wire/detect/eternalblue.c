/* EternalBlue (CVE-2017-0144): an NT_TRANSACT that announces more data than 16 bits hold, continued
 * with TRANSACTION2_SECONDARY: SrvOs2FeaListSizeToNt then computes its buffer from 16 bits. */
#include "wire/detect/ms17.h"

static void see(Session *s, const Sight *sight, Clues *clues);

const Detector detect_eternalblue = {
    .rule = "wire.eternalblue",
    .severity = SEVERITY_CRITICAL,
    .title = "EternalBlue: {attacker} attacked {victim}",
    .cves = "CVE-2017-0144",
    .attack = "T1210",
    .ms17 = true,
    .exploit = true,
    .wants = MS17_SIGHTS,
    .see = see,
};

static bool is_big_fea(const Smb1Trans *t) {
    return t && t->family == SMB1_NT_TRANSACT && t->total_data > UINT16_MAX;
}

static void see(Session *s, const Sight *sight, Clues *clues) {
    if (!clue(clues, CLUE_BIG_FEA) || !is_big_fea(sight->trans)) return;
    Attack *a = ms17_raise(s, &detect_eternalblue, clues);
    if (!a || sight->kind != SIGHT_ANSWER) return;
    if (sight->message->command == SMB1_TRANSACTION2_SECONDARY) {
        if (a->succeeded < 0) a->succeeded = 0;
        host_patch(s->wire, a->victim, PATCH_LIKELY,
                   "it refused to go on with an NT_TRANSACT as TRANSACTION2");
        return;
    }
    /* the server ends what began as NT_TRANSACT as a TRANSACTION2: it took the family's change */
    if (sight->message->command != SMB1_TRANSACTION2 ||
        sight->status != (uint32_t)STATUS_INVALID_PARAMETER)
        return;
    attack_frame(a, s->frame);
    host_patch(s->wire, a->victim, PATCH_UNPATCHED,
               "it ended an NT_TRANSACT as TRANSACTION2, as EternalBlue wants it");
}
