#include "wire/detect/ms17.h"

enum { GROOMS = 10 };

static const struct {
    ClueKind kind;
    Stage stage;
} stages[] = {
    {CLUE_PROBE, STAGE_PROBE},         {CLUE_PEEK, STAGE_LEAK},
    {CLUE_PEEK_LEAK, STAGE_LEAK},      {CLUE_RENAME, STAGE_LEAK},
    {CLUE_RENAME_LEAK, STAGE_LEAK},    {CLUE_RAW_WRITE, STAGE_CONTROL},
    {CLUE_CONFUSION, STAGE_CONTROL},   {CLUE_BIG_FEA, STAGE_CONTROL},
    {CLUE_LATE_TRANS2, STAGE_CONTROL}, {CLUE_TRIGGER, STAGE_IMPLANT},  {CLUE_SERVICE, STAGE_IMPLANT},
};

static void take_grooming(Session *s, Attack *a) {
    Pair *p = host_pair(s->wire, a->attacker, a->victim);
    if (!p || p->grooming < GROOMS) return;
    a->stages |= 1u << STAGE_GROOMING;
    attack_frame(a, p->grooming_frame);
}

static void take_clues(Attack *a, const Clues *c) {
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++) {
        if (!clue(c, stages[i].kind)) continue;
        a->stages |= 1u << stages[i].stage;
        attack_frame(a, c->frames[stages[i].kind]);
    }
}

Attack *ms17_raise(Session *s, const Detector *d, const Clues *c) {
    Attack *a = attack_of(s, d);
    if (!a) return NULL;
    if (!a->raised) attack_raise(s, a);
    a->last = s->time;
    take_clues(a, c);
    take_grooming(s, a);
    if (clue(c, CLUE_PEEK_LEAK) || clue(c, CLUE_RENAME_LEAK))
        host_patch(s->wire, a->victim, PATCH_UNPATCHED,
                   "it leaked memory to an exploit of MS17-010");
    if (clue(c, CLUE_SERVICE)) a->succeeded = 1; /* it had not the right to, before */
    if (!clue(c, CLUE_TRIGGER)) return a;
    host_patch(s->wire, a->victim, PATCH_UNPATCHED,
               "a call that servers refuse was answered with success: the exploit redirected it");
    a->succeeded = 1;
    return a;
}
