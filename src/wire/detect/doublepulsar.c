/* DoublePulsar, the implant that these exploits leave: it takes TRANS2 SESSION_SETUP (000Eh), which
 * no client sends. The command is the sum of the timeout's four bytes; it answers
 * STATUS_NOT_IMPLEMENTED like any server, but with 10h (20h, 30h where it failed) added to the MID,
 * and with its key and architecture in the signature. Seen from the server's side alone, that is
 * the answer whose signature is set although nothing is signed. */
#include "wire/detect/ms17.h"

enum { PING = 0x23, EXEC = 0xC8, KILL = 0x77, DONE = 0x10, INVALID = 0x20, FAILED = 0x30 };

static void see(Session *s, const Sight *sight, Clues *clues);

const Detector detect_doublepulsar = {
    .rule = "wire.doublepulsar",
    .severity = SEVERITY_HIGH,
    .title = "DoublePulsar: {attacker} called for the implant on {victim}",
    .cves = "",
    .attack = "T1543 T1071.002",
    .wants = WANTS(SIGHT_TRANS) | WANTS(SIGHT_ANSWER),
    .see = see,
};

static unsigned command_of(uint32_t timeout) {
    uint8_t sum = (uint8_t)(timeout + (timeout >> 8) + (timeout >> 16) + (timeout >> 24));
    return sum == PING ? 1 : sum == EXEC ? 2 : sum == KILL ? 4 : 0;
}

static bool is_setup(const Smb1Trans *t) {
    return t->family == SMB1_TRANSACTION2 && t->function == TRANS2_SESSION_SETUP;
}

static void see_request(Session *s, const Sight *sight, Clues *clues) {
    unsigned command = command_of(sight->trans->timeout);
    /* what is no command may still be one of a relative, if it is answered as one; and after a raw
     * write the same call triggers EternalRomance's and EternalSynergy's code */
    if (!is_setup(sight->trans) || !command || clue(clues, CLUE_RAW_WRITE)) return;
    Attack *a = attack_of(s, &detect_doublepulsar);
    if (!a) return;
    a->commands |= command;
    attack_stage(s, a, command == 1 ? STAGE_PROBE : STAGE_IMPLANT);
    attack_raise(s, a);
}

static void take_key(Attack *a, const Smb1Message *m) {
    Cur c = cur(m->signature);
    uint32_t key = cur_u32le(&c);
    uint8_t architecture = cur_u8(&c);
    if (!key) return;
    a->key_known = true;
    a->key = key;
    a->architecture = architecture;
}

static void see_implant(Session *s, const Smb1Message *m) {
    Attack *a = attack_of(s, &detect_doublepulsar);
    Server *server = host_server(s->wire, s->flow->ends[!s->client]);
    if (!a) return;
    if (server && !server->implant) server->implant = s->time ? s->time : 1;
    take_key(a, m);
    attack_stage(s, a, STAGE_IMPLANT);
    a->succeeded = 1;
    if (!a->count) attack_raise(s, a);
    host_patch(s->wire, a->victim, PATCH_UNPATCHED, "a DoublePulsar answers on it");
}

/* The request that this answer belongs to, if the implant changed its MID. */
static bool answers_setup(const Attack *a, const Smb1Message *m) {
    uint16_t shift = (uint16_t)(m->mid - a->mid);
    return a->mid_known && (shift == DONE || shift == INVALID || shift == FAILED);
}

static bool is_marked(const Smb1Message *m) {
    static const uint8_t none[8];
    return !(m->flags2 & SMB1_FLAGS2_SIGNED) && m->signature.n == 8 &&
           memcmp(m->signature.p, none, 4) != 0 && m->signature.p[4] <= 1;
}

static void see_answer(Session *s, const Sight *sight) {
    const Smb1Message *m = sight->message;
    if (m->command != SMB1_TRANSACTION2 || sight->status != (uint32_t)STATUS_NOT_IMPLEMENTED)
        return;
    Attack *a = attack_of(s, &detect_doublepulsar);
    if (!a) return;
    if (sight->trans && is_setup(sight->trans)) { /* the server's own answer: nobody is there */
        Server *server = host_server(s->wire, a->victim);
        if (server) server->no_implant = s->time;
        if (a->succeeded < 0) a->succeeded = 0;
        attack_stage(s, a, STAGE_PROBE);
    } else if (answers_setup(a, m) || (!a->mid_known && is_marked(m))) see_implant(s, m);
}

static void see(Session *s, const Sight *sight, Clues *clues) {
    if (sight->kind == SIGHT_ANSWER) {
        see_answer(s, sight);
        return;
    }
    see_request(s, sight, clues);
    Attack *a = is_setup(sight->trans) ? attack_of(s, &detect_doublepulsar) : NULL;
    if (!a) return;
    a->mid_known = true;
    a->mid = sight->message->mid;
}
