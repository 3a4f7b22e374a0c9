/* clues: the facts of the MS17-010 family about one session, from which several detectors draw.
 *
 * All these exploits abuse one server's confusion about what a transaction is: it takes secondary
 * requests for a transaction by its key alone (CVE-2017-0144), goes on with one that runs already
 * (-0146), or finds it by a FID that is a MID (-0143, -0145). No client needs any of it. */
#include "wire/internal.h"
#include "wire/smb1.h"

enum {
    PEEK_PARAMETERS = 16,   /* a peek's answer has six bytes of parameters */
    PROBE_MAXIMA = 0x10400, /* more than a server has to give: the patched one refuses before */
};

static Clues *open_clues(Session *s) {
    if (!s->clues) s->clues = mem_alloc(&s->wire->mem, sizeof *s->clues);
    return s->clues;
}

static void note(Session *s, ClueKind kind) {
    Clues *c = open_clues(s);
    if (!c || clue(c, kind)) return;
    c->seen |= 1u << kind;
    c->frames[kind] = s->frame;
    flow_rank(s->wire, s->flow, RANK_CLUE);
}

static bool is_peek(const Smb1Trans *t) {
    return t->family == SMB1_TRANSACTION && t->function == TRANS_PEEK_NMPIPE;
}

static bool is_rename(const Smb1Trans *t) {
    return t->family == SMB1_NT_TRANSACT && t->function == NT_TRANSACT_RENAME;
}

static bool is_probe(const Smb1Trans *t) {
    return is_peek(t) && t->fid == 0 && t->most_parameters + t->most_data > PROBE_MAXIMA;
}

static void see_trans(Session *s, const Smb1Trans *t) {
    if (is_probe(t)) note(s, CLUE_PROBE);
    else if (is_peek(t) && t->fid && t->most_parameters > PEEK_PARAMETERS) note(s, CLUE_PEEK);
    if (t->family == SMB1_TRANSACTION2 && t->function == TRANS2_QUERY_PATH_INFORMATION &&
        t->level == INFO_IS_NAME_VALID)
        note(s, CLUE_NAME_VALID);
}

/* Clumsy clients send a plain TRANSACTION's rest too late or too far, and the server refuses it; no
 * exploit goes that way. */
static bool is_odd(const Sight *sight) {
    bool plain = sight->trans && sight->trans->family == SMB1_TRANSACTION;
    unsigned clumsy = plain ? ODD_COMPLETE | ODD_OVERFLOW : 0;
    return (sight->anomaly & ~(clumsy | ODD_ORPHAN)) != 0;
}

static void see_secondary(Session *s, const Sight *sight) {
    const Smb1Trans *t = sight->trans;
    uint8_t command = sight->message->command;
    if (is_odd(sight)) {
        note(s, CLUE_ODD);
        if (s->clues) s->clues->anomalies |= sight->anomaly;
    }
    if (!t) return;
    if (command == SMB1_TRANSACTION2_SECONDARY && t->family == SMB1_NT_TRANSACT &&
        t->total_data > UINT16_MAX)
        note(s, CLUE_BIG_FEA);
    if (command == SMB1_TRANSACTION2_SECONDARY && (sight->anomaly & ODD_COMPLETE))
        note(s, CLUE_LATE_TRANS2);
    if (command == SMB1_NT_TRANSACT_SECONDARY && (sight->anomaly & ODD_COMPLETE) && is_rename(t))
        note(s, CLUE_RENAME);
    if (sight->anomaly & ODD_CONFUSED) note(s, CLUE_CONFUSION);
}

static void see_answer(Session *s, const Sight *sight) {
    const Smb1Trans *t = sight->trans;
    if (!t) return;
    if (sight->leak && is_peek(t) && t->fid) note(s, CLUE_PEEK_LEAK);
    if (sight->leak && is_rename(t)) note(s, CLUE_RENAME_LEAK);
    if (t->family == SMB1_TRANSACTION2 && t->function == TRANS2_SESSION_SETUP &&
        sight->status == STATUS_SUCCESS)
        note(s, CLUE_TRIGGER);
}

/* MS-SCMR 3.1.4: CreateServiceW, StartServiceW, CreateServiceA, StartServiceA, and the two for
 * WOW64.
 */
static bool makes_service(const RpcCall *c) {
    static const uint16_t operations[] = {12, 19, 24, 31, 44, 45, 60};
    if (!c->service || strcmp(c->service, "svcctl") != 0) return false;
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
        if (c->operation == operations[i]) return true;
    return false;
}

Clues *clues_see(Session *s, const Sight *sight) {
    switch (sight->kind) {
    case SIGHT_TRANS: see_trans(s, sight->trans); break;
    case SIGHT_SECONDARY: see_secondary(s, sight); break;
    case SIGHT_RAW_WRITE: note(s, CLUE_RAW_WRITE); break;
    case SIGHT_ANSWER: see_answer(s, sight); break;
    case SIGHT_RPC:
        if (clue(s->clues, CLUE_CONFUSION) && makes_service(sight->call)) note(s, CLUE_SERVICE);
        break;
    default: break;
    }
    return s->clues;
}
