/* The leak of EternalSynergy and EternalChampion alone: whoever used it did not come further, or
 * not in what was captured. */
#include "wire/detect/ms17.h"

static void see(Session *s, const Sight *sight, Clues *clues);

const Detector detect_ms17_010_leak = {
    .rule = "wire.ms17-010-leak",
    .severity = SEVERITY_HIGH,
    .title = "MS17-010 information leak, chain incomplete: {attacker} read memory of {victim}",
    .cves = "CVE-2017-0146 CVE-2017-0147",
    .attack = "T1210",
    .ms17 = true,
    .part = 1,
    .wants = WANTS(SIGHT_END),
    .see = see,
};

/* A peek for many parameters is Romance's leak; it counts only where it was won. */
static void see(Session *s, const Sight *sight, Clues *clues) {
    bool leak = clue(clues, CLUE_RENAME) || clue(clues, CLUE_PEEK_LEAK);
    (void)sight;
    if (!leak) return;
    Attack *a = ms17_raise(s, &detect_ms17_010_leak, clues);
    if (!a) return;
    a->succeeded = clue(clues, CLUE_RENAME_LEAK) || clue(clues, CLUE_PEEK_LEAK) ? 1 : -1;
}
