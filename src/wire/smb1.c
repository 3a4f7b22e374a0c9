/* SMB 1.0 messages (MS-CIFS 2.2.3):
 *
 *     0  FF 'S' 'M' 'B'   4 command   5 status   9 flags   10 flags2   12 PID high   14 signature
 *     24 TID   26 PID   28 UID   30 MID   32 word count, words, byte count, bytes
 *
 * An AndX command names the next one and its place: a chain is walked forward only. */
#include "wire/smb1.h"
#include "wire/event.h"
#include "wire/names.h"

enum { HEADER = 32, MOST_CHAIN = 16, RAW_MODE = 4, REQUESTS = 64 };

/* A request whose answer is to be understood. */
typedef struct {
    uint16_t mid, tid;
    uint32_t pid;
    uint8_t command;
    bool used, pipe;
    char name[64]; /* a share's or a file's */
} Asked;

typedef struct {
    uint16_t fid;
    Rpc *rpc;
} Pipe;

struct Smb1 {
    Smb1Transactions transactions;
    Asked *asked;
    uint32_t asked_count, asked_room, asked_next;
    Pipe *pipes;
    uint32_t pipe_count, pipe_room;
    bool told_dialect, told_setup;
};

enum { PIPES_MOST = 32 };

Smb1 *smb1_new(Session *s) {
    return mem_alloc(&s->wire->mem, sizeof(Smb1));
}

void smb1_free(Session *s, Smb1 *smb) {
    Mem *m = &s->wire->mem;
    if (!smb) return;
    for (uint32_t i = 0; i < smb->pipe_count; i++) rpc_free(s, smb->pipes[i].rpc);
    mem_free(m, smb->pipes);
    mem_free(m, smb->asked);
    mem_free(m, smb->transactions.all);
    mem_free(m, smb);
}

static void *copy_array(Mem *m, const void *p, size_t n, uint32_t *count, uint32_t *room) {
    void *copy = p ? mem_copy(m, p, n) : NULL;
    if (!copy) *count = *room = 0;
    return copy;
}

Smb1 *smb1_clone(Session *to, const Smb1 *from) {
    Mem *m = &to->wire->mem;
    Smb1 *c = mem_copy(m, from, sizeof *from);
    if (!c) return NULL;
    c->transactions.all =
        copy_array(m, c->transactions.all, c->transactions.room * sizeof(Smb1Trans),
                   &c->transactions.count, &c->transactions.room);
    c->asked =
        copy_array(m, c->asked, c->asked_room * sizeof(Asked), &c->asked_count, &c->asked_room);
    c->pipes = copy_array(m, c->pipes, c->pipe_room * sizeof(Pipe), &c->pipe_count, &c->pipe_room);
    for (uint32_t i = 0; i < c->pipe_count; i++) c->pipes[i].rpc = rpc_clone(to, c->pipes[i].rpc);
    return c;
}

void smb1_gap(Smb1 *smb) {
    smb->asked_count = smb->asked_next = 0;
}

/* ---- requests that wait for an answer ---- */

static Asked *place(Session *s, Smb1 *smb) {
    if (smb->asked_count < REQUESTS &&
        mem_grow(&s->wire->mem, (void **)&smb->asked, &smb->asked_room, smb->asked_count + 1,
                 sizeof *smb->asked))
        return &smb->asked[smb->asked_count++];
    return smb->asked_count ? &smb->asked[smb->asked_next++ % smb->asked_count] : NULL;
}

static Asked *remember(Session *s, Smb1 *smb, const Smb1Message *m) {
    Asked *a = place(s, smb);
    if (!a) return NULL;
    *a = (Asked){.used = true, .mid = m->mid, .tid = m->tid, .pid = m->pid, .command = m->command};
    return a;
}

static Asked *recall(Smb1 *smb, const Smb1Message *m) {
    for (uint32_t i = 0; i < smb->asked_count; i++) {
        Asked *a = &smb->asked[i];
        if (!a->used || a->mid != m->mid || a->pid != m->pid || a->command != m->command) continue;
        a->used = false;
        return a;
    }
    return NULL;
}

/* ---- pipes ---- */

static Pipe *pipe_of(Smb1 *smb, uint16_t fid) {
    for (uint32_t i = 0; i < smb->pipe_count; i++)
        if (smb->pipes[i].fid == fid) return &smb->pipes[i];
    return NULL;
}

static Pipe *open_pipe(Session *s, Smb1 *smb, uint16_t fid) {
    Pipe *p = pipe_of(smb, fid);
    if (p) return p;
    if (smb->pipe_count == PIPES_MOST) { /* the first one gives way */
        rpc_free(s, smb->pipes[0].rpc);
        smb->pipe_count--;
        memmove(smb->pipes, smb->pipes + 1, smb->pipe_count * sizeof *smb->pipes);
    }
    if (!mem_grow(&s->wire->mem, (void **)&smb->pipes, &smb->pipe_room, smb->pipe_count + 1,
                  sizeof *smb->pipes))
        return NULL;
    smb->pipes[smb->pipe_count] = (Pipe){.fid = fid};
    return &smb->pipes[smb->pipe_count++];
}

static void close_pipe(Session *s, Smb1 *smb, uint16_t fid) {
    Pipe *p = pipe_of(smb, fid);
    if (!p) return;
    rpc_free(s, p->rpc);
    *p = smb->pipes[--smb->pipe_count];
}

static Smb1 *smb1_of(Session *s);

void smb1_pipe_data(Session *s, const Smb1Message *m, uint16_t fid, Span data, bool whole) {
    Pipe *p = open_pipe(s, smb1_of(s), fid);
    (void)m;
    if (!p) return;
    if (!p->rpc) p->rpc = rpc_new(s);
    if (!p->rpc) return;
    rpc_data(s, p->rpc, data);
    if (!whole) rpc_gap(s, p->rpc);
}

/* ---- strings ---- */

/* The text at `at` of a message's data bytes: UTF-16 begins at an even offset of the message. */
static const char *text_at(Session *s, const Smb1Message *m, size_t at) {
    Span rest = span_clip(m->bytes, at, m->bytes.n);
    if (!(m->flags2 & SMB1_FLAGS2_UNICODE)) return name_oem(s->wire, rest);
    if ((m->bytes_at + at) % 2) rest = span_clip(rest, 1, rest.n);
    return name_utf16(s->wire, rest);
}

static void set_name(char *to, size_t room, const char *from) {
    size_t n = strlen(from);
    if (n >= room) n = room - 1;
    memcpy(to, from, n);
    to[n] = 0;
}

/* ---- commands ---- */

static void tell(Session *s, EventCategory category, EventFieldName field, const char *value) {
    if (s->muted || !*value) return;
    Event e = event_new(s->wire, s->flow, category);
    e.time = s->time;
    event_set(&e, field, value);
    event_emit(s->wire, &e);
}

static void negotiate_answer(Session *s, Smb1 *smb) {
    Server *server = host_server(s->wire, s->flow->ends[!s->client]);
    if (server && !*server->dialect)
        set_name(server->dialect, sizeof server->dialect, "NT LM 0.12");
    if (!smb->told_dialect) tell(s, EV_smb_negotiate, EF_Dialect, "NT LM 0.12");
    smb->told_dialect = true;
}

/* Native OS is the first string behind the security blob (word count 4) or at once (3). */
static void setup_answer(Session *s, Smb1 *smb, const Smb1Message *m) {
    Cur c = cur(m->words);
    if (m->status != STATUS_SUCCESS || smb->told_setup) return;
    cur_skip(&c, 6);
    size_t blob = m->words.n >= 8 ? cur_u16le(&c) : 0;
    const char *system = text_at(s, m, blob);
    Server *server = host_server(s->wire, s->flow->ends[!s->client]);
    if (server && *system) set_name(server->system, sizeof server->system, system);
    smb->told_setup = true;
    tell(s, EV_smb_session, EF_NativeOs, system);
}

static void tree_request(Session *s, Smb1 *smb, const Smb1Message *m) {
    Cur c = cur(m->words);
    cur_skip(&c, 6);
    size_t password = cur_u16le(&c);
    Asked *a = remember(s, smb, m);
    if (a) set_name(a->name, sizeof a->name, text_at(s, m, password));
}

static void create_request(Session *s, Smb1 *smb, const Smb1Message *m) {
    Asked *a = remember(s, smb, m);
    if (a) set_name(a->name, sizeof a->name, text_at(s, m, 0));
}

static void create_answer(Session *s, Smb1 *smb, const Smb1Message *m) {
    Asked *a = recall(smb, m);
    Cur c = cur(m->words);
    bool nt = m->command == SMB1_NT_CREATE;
    cur_skip(&c, nt ? 5 : 4);
    uint16_t fid = cur_u16le(&c);
    cur_skip(&c, nt ? 56 : 16);
    uint16_t type = cur_u16le(&c);
    if (m->status != STATUS_SUCCESS || c.bad) return;
    bool pipe = type == 2; /* message mode named pipe; byte mode is 1 */
    if (pipe || type == 1) open_pipe(s, smb, fid);
    else close_pipe(s, smb, fid);
    if (a)
        tell(s, pipe ? EV_smb_pipe : EV_smb_file, pipe ? EF_PipeName : EF_TargetFilename, a->name);
}

static void write_request(Session *s, Smb1 *smb, const Smb1Message *m) {
    Cur c = cur(m->words);
    cur_skip(&c, 4);
    uint16_t fid = cur_u16le(&c);
    cur_skip(&c, 8);
    uint16_t mode = cur_u16le(&c);
    cur_skip(&c, 2);
    uint32_t high = cur_u16le(&c);
    uint32_t n = cur_u16le(&c) | high << 16;
    uint32_t at = cur_u16le(&c);
    if (c.bad) return;
    if (mode & RAW_MODE) trans_raw_write(s, &smb->transactions, m, fid);
    Span data = span_clip(m->whole, at, n);
    if (!pipe_of(smb, fid) && !rpc_begins(data)) return;
    /* in raw mode the first write of a message begins with its length */
    if ((mode & RAW_MODE) && (mode & 8) && data.n >= 2) data = span_clip(data, 2, data.n);
    smb1_pipe_data(s, m, fid, data, data.n == n);
}

/* WRITE, WRITE_AND_UNLOCK and WRITE_AND_CLOSE: `head` bytes stand before the data. */
static void old_write_request(Session *s, Smb1 *smb, const Smb1Message *m, unsigned head) {
    Cur c = cur(m->words);
    uint16_t fid = cur_u16le(&c), n = cur_u16le(&c);
    Span data = span_clip(m->bytes, head, n);
    if (!c.bad && n && (pipe_of(smb, fid) || rpc_begins(data)))
        smb1_pipe_data(s, m, fid, data, data.n == n);
}

static void take_request(Session *s, Smb1 *smb, const Smb1Message *m) {
    Cur c = cur(m->words);
    switch (m->command) {
    case SMB1_WRITE:
    case SMB1_WRITE_UNLOCK: old_write_request(s, smb, m, 3); break;
    case SMB1_WRITE_CLOSE: old_write_request(s, smb, m, 1); break;
    case SMB1_TREE_CONNECT: tree_request(s, smb, m); break;
    case SMB1_NT_CREATE:
    case SMB1_OPEN_ANDX: create_request(s, smb, m); break;
    case SMB1_WRITE_ANDX: write_request(s, smb, m); break;
    case SMB1_CLOSE: close_pipe(s, smb, cur_u16le(&c)); break;
    default: break;
    }
}

static void take_answer(Session *s, Smb1 *smb, const Smb1Message *m) {
    Asked *a;
    switch (m->command) {
    case SMB1_NEGOTIATE: negotiate_answer(s, smb); break;
    case SMB1_SESSION_SETUP: setup_answer(s, smb, m); break;
    case SMB1_TREE_CONNECT:
        a = recall(smb, m);
        if (a && m->status == STATUS_SUCCESS) tell(s, EV_smb_tree, EF_ShareName, a->name);
        break;
    case SMB1_NT_CREATE:
    case SMB1_OPEN_ANDX: create_answer(s, smb, m); break;
    default: break;
    }
}

static void take_command(Session *s, Smb1 *smb, const Smb1Message *m) {
    if (trans_take(s, &smb->transactions, m)) return;
    if (m->flags & SMB1_REPLY) take_answer(s, smb, m);
    else take_request(s, smb, m);
}

/* ---- messages ---- */

static bool is_andx(uint8_t command) {
    return command == 0x24 || command == SMB1_OPEN_ANDX || command == SMB1_READ_ANDX ||
           command == SMB1_WRITE_ANDX || command == SMB1_SESSION_SETUP || command == SMB1_LOGOFF ||
           command == SMB1_TREE_CONNECT || command == SMB1_NT_CREATE;
}

static bool read_header(Span message, Smb1Message *m) {
    Cur c = cur(message);
    cur_skip(&c, 4);
    *m = (Smb1Message){.whole = message, .command = cur_u8(&c)};
    m->status = cur_u32le(&c);
    m->flags = cur_u8(&c);
    m->flags2 = cur_u16le(&c);
    uint32_t high = cur_u16le(&c);
    m->signature = cur_take(&c, 8);
    cur_skip(&c, 2);
    m->tid = cur_u16le(&c);
    m->pid = cur_u16le(&c) | high << 16;
    m->uid = cur_u16le(&c);
    m->mid = cur_u16le(&c);
    return !c.bad;
}

/* The words and bytes of the command at offset `at`. */
static bool read_body(Smb1Message *m, size_t at) {
    Cur c = cur(m->whole);
    cur_seek(&c, at);
    m->words = cur_take(&c, (uint64_t)cur_u8(&c) * 2);
    if (c.bad) return false;
    uint32_t n = cur_u16le(&c);
    if (c.bad) n = 0; /* the beginning is all that was wanted */
    m->bytes_at = c.at;
    m->bytes = span_clip(m->whole, c.at, n);
    return true;
}

void smb1_message(Session *s, Smb1 *smb, unsigned from, Span message, uint32_t length) {
    Smb1Message m;
    (void)length;
    if (!read_header(message, &m)) return;
    m.from = from;
    session_learn_client(s, from, m.flags & SMB1_REPLY);
    if ((from == s->client) == ((m.flags & SMB1_REPLY) != 0)) return; /* it talks to itself */
    for (size_t at = HEADER, links = 0; links < MOST_CHAIN; links++) {
        if (!read_body(&m, at)) return;
        Cur andx = cur(m.words);
        uint8_t next = cur_u8(&andx);
        cur_skip(&andx, 1);
        size_t next_at = cur_u16le(&andx);
        bool chained = is_andx(m.command) && !andx.bad && next != SMB1_NO_ANDX && next_at > at;
        take_command(s, smb, &m);
        if (!chained) return;
        m.command = next;
        at = next_at;
    }
}

/* A write of which only the beginning is there; its data may be a pipe's although nobody saw it
 * being opened. */
static bool is_pipe_write(const Smb1 *smb, Span head) {
    Cur c = cur(head);
    cur_seek(&c, HEADER + 5);
    uint16_t fid = cur_u16le(&c);
    cur_seek(&c, HEADER + 1 + 22);
    uint16_t at = cur_u16le(&c);
    for (uint32_t i = 0; i < smb->pipe_count; i++)
        if (smb->pipes[i].fid == fid) return true;
    return !c.bad && rpc_begins(span_clip(head, at, head.n));
}

/* Of file contents only the beginning. What comes behind them in a chain is wanted, too, but no
 * client chains behind a write or an answered read that does not fit into one packet. */
uint32_t smb1_wanted(const Smb1 *smb, Span head, uint32_t length) {
    uint32_t little = length < SMB_HEAD ? length : SMB_HEAD;
    Cur c = cur(head);
    cur_skip(&c, 4);
    uint8_t command = cur_u8(&c);
    cur_skip(&c, 4);
    bool reply = cur_u8(&c) & SMB1_REPLY;
    if (command == SMB1_READ_ANDX && reply) return little;
    if (command != SMB1_WRITE_ANDX || reply) return length;
    return is_pipe_write(smb, head) ? length : little;
}

static Smb1 *smb1_of(Session *s) {
    return smb_of(s);
}
