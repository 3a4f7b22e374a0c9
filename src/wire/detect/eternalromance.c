/* EternalRomance (CVE-2017-0143, -0145, -0146): a peek at a pipe that leaks memory, and a raw write
 * to a FID that is a transaction's MID, after which more data for that transaction lands elsewhere.
 * Windows before 8. */
#include "wire/detect/ms17.h"

static void see(Session *s, const Sight *sight, Clues *clues);

const Detector detect_eternalromance = {
    .rule = "wire.eternalromance",
    .severity = SEVERITY_CRITICAL,
    .title = "EternalRomance: {attacker} attacked {victim}",
    .cves = "CVE-2017-0143 CVE-2017-0145",
    .attack = "T1210",
    .ms17 = true,
    .exploit = true,
    .wants = MS17_SIGHTS,
    .see = see,
};

static void see(Session *s, const Sight *sight, Clues *clues) {
    (void)sight;
    if (clue(clues, CLUE_CONFUSION) && clue(clues, CLUE_PEEK) && !clue(clues, CLUE_RENAME))
        ms17_raise(s, &detect_eternalromance, clues);
}
