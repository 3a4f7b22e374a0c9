/* Tests for MS08-067: a short path with "..", as Conficker's scan (above its beginning) and nmap's
 * (NetPathCompare) send. */
#include "wire/detect/ms08.h"
#include <stdio.h>

static void see(Session *s, const Sight *sight, Clues *clues);

const Detector detect_ms08_067_probe = {
    .rule = "wire.ms08-067-probe",
    .severity = SEVERITY_MEDIUM,
    .title = "{attacker} tested whether {victim} is open to MS08-067",
    .cves = "CVE-2008-4250",
    .attack = "T1595.002 T1210",
    .wants = WANTS(SIGHT_RPC),
    .see = see,
};

static void see(Session *s, const Sight *sight, Clues *clues) {
    (void)clues;
    Ms08Paths p = ms08_paths(sight->call);
    if (!p.is_call || !p.parents || (p.below_root && p.longest >= MS08_SHORT)) return;
    Attack *a = attack_of(s, &detect_ms08_067_probe);
    if (!a) return;
    snprintf(a->text, sizeof a->text, "%s%s", p.compares ? "NetPathCompare" : "NetPathCanonicalize",
             p.below_root ? ", a path above its own beginning" : "");
    attack_stage(s, a, STAGE_PROBE);
    attack_raise(s, a);
}
