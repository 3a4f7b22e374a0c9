/* The generic superset: secondary requests as no client sends them, and no exploit that we have a
 * name for. */
#include "wire/detect/ms17.h"

static void see(Session *s, const Sight *sight, Clues *clues);

const Detector detect_transaction_confusion = {
    .rule = "wire.transaction-confusion",
    .severity = SEVERITY_HIGH,
    .title = "{attacker} confused transactions of {victim} as exploits of MS17-010 do",
    .cves = "",
    .attack = "T1210",
    .ms17 = true,
    .part = 2,
    .wants = WANTS(SIGHT_END),
    .see = see,
};

static void see(Session *s, const Sight *sight, Clues *clues) {
    (void)sight;
    if (clue(clues, CLUE_ODD)) ms17_raise(s, &detect_transaction_confusion, clues);
}
