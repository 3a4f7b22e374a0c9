/* EternalSynergy (CVE-2017-0143, -0146, -0147): an NT_TRANSACT RENAME that goes on after it was
 * complete leaks memory; then the raw write that EternalRomance uses, too. Works on Windows 8 and
 * Server 2012. */
#include "wire/detect/ms17.h"

static void see(Session *s, const Sight *sight, Clues *clues);

const Detector detect_eternalsynergy = {
    .rule = "wire.eternalsynergy",
    .severity = SEVERITY_CRITICAL,
    .title = "EternalSynergy: {attacker} attacked {victim}",
    .cves = "CVE-2017-0143 CVE-2017-0146 CVE-2017-0147",
    .attack = "T1210",
    .ms17 = true,
    .exploit = true,
    .wants = MS17_SIGHTS,
    .see = see,
};

static void see(Session *s, const Sight *sight, Clues *clues) {
    (void)sight;
    if (clue(clues, CLUE_CONFUSION) && clue(clues, CLUE_RENAME))
        ms17_raise(s, &detect_eternalsynergy, clues);
}
