/* Scanners for MS17-010: PEEK_NMPIPE without a pipe and with maxima that no server can give. What
 * is unpatched finds that it has not the resources; the patched one sees the handle first. */
#include "wire/detect/ms17.h"

static void see(Session *s, const Sight *sight, Clues *clues);

const Detector detect_ms17_010_probe = {
    .rule = "wire.ms17-010-probe",
    .severity = SEVERITY_MEDIUM,
    .title = "{attacker} tested whether {victim} is open to MS17-010",
    .cves = "",
    .attack = "T1595.002 T1210",
    .wants = WANTS(SIGHT_TRANS) | WANTS(SIGHT_ANSWER),
    .see = see,
};

static bool is_probe(const Smb1Trans *t) {
    return t && t->family == SMB1_TRANSACTION && t->function == TRANS_PEEK_NMPIPE && !t->fid &&
           t->most_parameters + t->most_data > 0x10400;
}

static void judge(Session *s, Attack *a, uint32_t status) {
    static const char refused[] = "it refused the probe's handle before it looked at the sizes";
    if (status == (uint32_t)STATUS_INSUFF_SERVER_RESOURCES) {
        host_patch(s->wire, a->victim, PATCH_UNPATCHED,
                   "it answered a probe for MS17-010 with STATUS_INSUFF_SERVER_RESOURCES");
        a->succeeded = 1;
    } else if (status == (uint32_t)STATUS_INVALID_HANDLE ||
               status == (uint32_t)STATUS_ACCESS_DENIED) {
        host_patch(s->wire, a->victim, PATCH_LIKELY, refused);
        if (a->succeeded < 0) a->succeeded = 0;
    }
}

static void see(Session *s, const Sight *sight, Clues *clues) {
    (void)clues;
    if (!is_probe(sight->trans)) return;
    Attack *a = attack_of(s, &detect_ms17_010_probe);
    if (!a) return;
    attack_stage(s, a, STAGE_PROBE);
    if (sight->kind == SIGHT_TRANS) attack_raise(s, a);
    else judge(s, a, sight->status);
}
