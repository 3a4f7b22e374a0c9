/* EternalChampion (CVE-2017-0146, -0147): the leak of EternalSynergy, then a race: TRANS2
 * QUERY_PATH_INFORMATION with a level that answers at once, and TRANSACTION2_SECONDARY for it after
 * it was complete. By the public description (Microsoft, "Analysis of the Shadow Brokers release",
 * June 2017). */
#include "wire/detect/ms17.h"

static void see(Session *s, const Sight *sight, Clues *clues);

const Detector detect_eternalchampion = {
    .rule = "wire.eternalchampion",
    .severity = SEVERITY_CRITICAL,
    .title = "EternalChampion: {attacker} attacked {victim}",
    .cves = "CVE-2017-0146 CVE-2017-0147",
    .attack = "T1210",
    .ms17 = true,
    .exploit = true,
    .wants = MS17_SIGHTS,
    .see = see,
};

static void see(Session *s, const Sight *sight, Clues *clues) {
    (void)sight;
    if (clue(clues, CLUE_RENAME) && clue(clues, CLUE_NAME_VALID) && clue(clues, CLUE_LATE_TRANS2))
        ms17_raise(s, &detect_eternalchampion, clues);
}
