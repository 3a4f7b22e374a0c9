/* MS08-067 (CVE-2008-4250), which Conficker spread with: a path that leads above its own beginning.
 */
#include "wire/detect/ms08.h"

static void see(Session *s, const Sight *sight, Clues *clues);

const Detector detect_ms08_067 = {
    .rule = "wire.ms08-067",
    .severity = SEVERITY_CRITICAL,
    .title = "MS08-067: {attacker} attacked {victim}",
    .cves = "CVE-2008-4250",
    .attack = "T1210",
    .exploit = true,
    .wants = WANTS(SIGHT_RPC),
    .see = see,
};

static void see(Session *s, const Sight *sight, Clues *clues) {
    (void)clues;
    Ms08Paths p = ms08_paths(sight->call);
    if (!p.is_call || !p.below_root || p.longest < MS08_SHORT) return;
    Attack *a = attack_of(s, &detect_ms08_067);
    if (!a) return;
    attack_stage(s, a, STAGE_CONTROL);
    attack_raise(s, a);
}
