/* detect: from what protocols saw to findings.
 *
 * A protocol tells what it saw (a Sight). clues.c draws from it the facts about a session that
 * several detectors need. A detector, one file and one line in detectors.def each, decides whether
 * it is its exploit and notes how far it came: an Attack, one for each exploit, attacker and
 * victim. One attack is one finding, however often it is tried. */
#ifndef COAX_WIRE_DETECT_H
#define COAX_WIRE_DETECT_H

#include "model/model.h"
#include "wire/address.h"

typedef struct Wire Wire;
typedef struct Session Session;
typedef struct Smb1Message Smb1Message;
typedef struct Smb1Trans Smb1Trans;
typedef struct RpcCall RpcCall;

/* ---- what protocols see ---- */

typedef enum {
    SIGHT_TRANS,     /* the first request of a transaction: message, trans */
    SIGHT_SECONDARY, /* a later one: message, trans (NULL: of none that we know), anomaly */
    SIGHT_RAW_WRITE, /* raw mode, and the FID is the MID of an incomplete transaction: trans */
    SIGHT_ANSWER,    /* to a transaction: message, trans (NULL: to none that we saw), status */
    SIGHT_RPC,       /* a call: call */
    SIGHT_STRATUM,   /* text: the method */
    SIGHT_END,       /* the session ends */
    SIGHT_COUNT
} SightKind;

/* What no client does with a secondary request. */
enum {
    ODD_FAMILY = 1,    /* of another family than the first one */
    ODD_COMPLETE = 2,  /* the transaction was complete */
    ODD_OVERFLOW = 4,  /* its place lies behind the announced total */
    ODD_ORPHAN = 8,    /* there was no first one */
    ODD_CONFUSED = 16, /* after a raw write moved the transaction's buffer */
};

typedef struct {
    SightKind kind;
    const Smb1Message *message;
    const Smb1Trans *trans;
    unsigned anomaly;
    uint32_t status;
    uint32_t total_parameters, total_data; /* an answer's */
    bool leak;                             /* an answer with bytes that were not asked for */
    const RpcCall *call;
    const char *text;
} Sight;

void detect_see(Session *s, const Sight *sight);

/* ---- facts about one session ---- */

typedef enum {
    CLUE_PROBE,       /* PEEK_NMPIPE with FID 0 and large maxima */
    CLUE_PEEK,        /* PEEK_NMPIPE with a FID that wants far more parameters than there are */
    CLUE_PEEK_LEAK,   /* it was answered with more than was asked for */
    CLUE_RENAME,      /* NT_RENAME went on after it was complete */
    CLUE_RENAME_LEAK, /* it was answered from behind the buffer */
    CLUE_RAW_WRITE,   /* a raw write to a FID that is a transaction's MID */
    CLUE_CONFUSION,   /* and then more data for that transaction */
    CLUE_NAME_VALID,  /* TRANS2 0005h with the level SMB_INFO_IS_NAME_VALID */
    CLUE_LATE_TRANS2, /* TRANS2_SECONDARY for a transaction that was complete */
    CLUE_BIG_FEA,     /* TRANS2_SECONDARY for an NT_TRANSACT of more than FFFFh bytes */
    CLUE_TRIGGER,     /* TRANS2 000Eh was answered with success */
    CLUE_SERVICE,     /* after the confusion the same session made or started a service */
    CLUE_ODD,         /* any anomaly */
    CLUE_COUNT
} ClueKind;

typedef struct {
    uint32_t seen;               /* bits of ClueKind */
    uint64_t frames[CLUE_COUNT]; /* where first */
    unsigned anomalies;          /* ODD_ */
    bool told_probe;
} Clues;

static inline bool clue(const Clues *c, ClueKind kind) {
    return c && (c->seen >> kind & 1);
}

/* Takes a sight in, before the detectors get it. NULL where there is no clue (yet). */
Clues *clues_see(Session *s, const Sight *sight);

/* ---- attacks ---- */

typedef enum {
    STAGE_PROBE,
    STAGE_GROOMING,
    STAGE_LEAK,
    STAGE_CONTROL,
    STAGE_IMPLANT,
    STAGE_COUNT
} Stage;

enum { ATTACK_FRAMES = 32 };

typedef struct Detector Detector;

typedef struct {
    const Detector *detector;
    Address attacker, victim;
    uint16_t attacker_port, victim_port;
    bool raised; /* it is a finding; else it is being watched */
    bool told;
    int succeeded; /* -1 = not known */
    uint32_t stages;
    uint32_t count; /* of the deed that raised it */
    uint64_t frames[ATTACK_FRAMES];
    unsigned frame_count;
    Time first, last;
    uint64_t flow_first; /* the frame in which the flow began */
    /* details of single detectors */
    unsigned commands; /* DoublePulsar's: 1 ping, 2 exec, 4 kill */
    bool key_known, mid_known;
    uint16_t mid; /* of the last command */
    uint32_t key;
    uint8_t architecture; /* 0 x86, 1 x64 */
    char text[96];        /* a path, a method, a worker's name: printable as it is told */
} Attack;

struct Detector {
    const char *rule;
    Severity severity;
    const char *title;  /* {attacker} and {victim} are filled in */
    const char *cves;   /* separated by blanks, or "" */
    const char *attack; /* ATT&CK ids, separated by blanks */
    bool reversed;      /* the server is the attacker, and the client its victim */
    bool ms17;          /* of the family of MS17-010 */
    unsigned part;      /* 1 or 2: a part of such an exploit, the greater the smaller; 0: a whole one */
    bool exploit;       /* it takes over its victim; a DoublePulsar afterwards is its success */
    unsigned wants;     /* bits of SightKind */
    void (*see)(Session *s, const Sight *sight, Clues *clues);
};

#define WANTS(kind) (1u << (kind))

/* The attack of this kind by the session's client on its server (or the other
 * way round). NULL where there are too many. */
Attack *attack_of(Session *s, const Detector *d);

/* Takes note of the frame at hand. */
void attack_frame(Attack *a, uint64_t frame);
void attack_stage(Session *s, Attack *a, Stage stage);

/* It is a finding. */
void attack_raise(Session *s, Attack *a);

typedef struct {
    Attack *all;
    uint32_t count, room;
    uint64_t lost; /* that there was no room for */
} Attacks;

/* Tells what is ready: raised, and quiet for a while; or everything at the end. */
void attacks_tell(Wire *w, bool all);
void attacks_close(Wire *w);

/* The exploits of detectors.def, in its order. */
const Detector *detector_at(unsigned i); /* NULL past the last */

#endif
