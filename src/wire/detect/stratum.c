/* A coin miner that asks its pool for work: in 2019 what the field saw behind MS17-010. The victim
 * is the host that mines; it is told as the client of its pool. */
#include "wire/session.h"
#include <stdio.h>

static void see(Session *s, const Sight *sight, Clues *clues);

const Detector detect_stratum = {
    .rule = "wire.stratum",
    .severity = SEVERITY_MEDIUM,
    .title = "{victim} mines coins for the pool {attacker}",
    .cves = "",
    .attack = "T1496",
    .reversed = true,
    .wants = WANTS(SIGHT_STRATUM),
    .see = see,
};

static void see(Session *s, const Sight *sight, Clues *clues) {
    (void)clues;
    Attack *a = attack_of(s, &detect_stratum);
    if (!a) return;
    if (!*a->text) snprintf(a->text, sizeof a->text, "%s", sight->text);
    attack_raise(s, a);
}
