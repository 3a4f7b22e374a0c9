/* SMB 2 and 3 (MS-SMB2 2.2):
 *
 *     0  FE 'S' 'M' 'B'   4 structure size (64)   8 status   12 command   16 flags   20 next
 * command 24 message id   36 tree id   40 session id   48 signature   64 the command's own
 * structure
 *
 * FD 'S' 'M' 'B' begins an encrypted message, FC 'S' 'M' 'B' a compressed one. */
#include "wire/smb2.h"
#include "wire/dcerpc.h"
#include "wire/event.h"
#include "wire/names.h"

enum {
    HEADER = 64,
    NEGOTIATE = 0,
    SESSION_SETUP = 1,
    TREE_CONNECT = 3,
    CREATE = 5,
    CLOSE = 6,
    READ = 8,
    WRITE = 9,
    IOCTL = 11,
    REPLY = 1,
    RELATED = 4,
    FSCTL_PIPE_TRANSCEIVE = 0x0011C017,
    REQUESTS = 64,
    PIPES_MOST = 32,
    MOST_CHAIN = 64,
};

typedef struct {
    uint64_t message;
    bool used, pipe_tree;
    uint8_t command;
    char name[96];
} Asked;

typedef struct {
    uint64_t persistent, volatile_part;
} FileId;

typedef struct {
    FileId id;
    Rpc *rpc;
} Pipe;

enum { TREES = 16 };

struct Smb2 {
    Asked *asked;
    uint32_t asked_count, asked_room, asked_next;
    Pipe *pipes;
    uint32_t pipe_count, pipe_room;
    uint32_t pipe_trees[TREES]; /* ids of trees that are IPC$ */
    unsigned pipe_tree_count;
    bool told_dialect, told_encrypted;
};

typedef struct {
    Span whole, body; /* body: behind the header */
    uint16_t command;
    uint32_t status, flags, tree;
    uint64_t message;
    unsigned from;
} Message;

Smb2 *smb2_new(Session *s) {
    return mem_alloc(&s->wire->mem, sizeof(Smb2));
}

void smb2_free(Session *s, Smb2 *smb) {
    if (!smb) return;
    for (uint32_t i = 0; i < smb->pipe_count; i++) rpc_free(s, smb->pipes[i].rpc);
    mem_free(&s->wire->mem, smb->pipes);
    mem_free(&s->wire->mem, smb->asked);
    mem_free(&s->wire->mem, smb);
}

Smb2 *smb2_clone(Session *to, const Smb2 *from) {
    Mem *m = &to->wire->mem;
    Smb2 *c = mem_copy(m, from, sizeof *from);
    if (!c) return NULL;
    c->asked = c->asked ? mem_copy(m, c->asked, c->asked_room * sizeof *c->asked) : NULL;
    if (!c->asked) c->asked_count = c->asked_room = 0;
    c->pipes = c->pipes ? mem_copy(m, c->pipes, c->pipe_room * sizeof *c->pipes) : NULL;
    if (!c->pipes) c->pipe_count = c->pipe_room = 0;
    for (uint32_t i = 0; i < c->pipe_count; i++) c->pipes[i].rpc = rpc_clone(to, c->pipes[i].rpc);
    return c;
}

void smb2_gap(Smb2 *smb) {
    smb->asked_count = smb->asked_next = 0;
}

/* ---- requests and pipes ---- */

static Asked *remember(Session *s, Smb2 *smb, const Message *m) {
    Asked *a = NULL;
    if (smb->asked_count < REQUESTS &&
        mem_grow(&s->wire->mem, (void **)&smb->asked, &smb->asked_room, smb->asked_count + 1,
                 sizeof *smb->asked))
        a = &smb->asked[smb->asked_count++];
    else if (smb->asked_count) a = &smb->asked[smb->asked_next++ % smb->asked_count];
    if (a) *a = (Asked){.used = true, .message = m->message, .command = (uint8_t)m->command};
    return a;
}

static Asked *recall(Smb2 *smb, const Message *m) {
    for (uint32_t i = 0; i < smb->asked_count; i++) {
        Asked *a = &smb->asked[i];
        if (!a->used || a->message != m->message || a->command != m->command) continue;
        a->used = false;
        return a;
    }
    return NULL;
}

static bool is_pipe_tree(const Smb2 *smb, uint32_t tree) {
    for (unsigned i = 0; i < smb->pipe_tree_count; i++)
        if (smb->pipe_trees[i] == tree) return true;
    return false;
}

static FileId get_id(Cur *c) {
    FileId id = {.persistent = cur_u64le(c)};
    id.volatile_part = cur_u64le(c);
    return id;
}

static bool is_same(FileId a, FileId b) {
    return a.persistent == b.persistent && a.volatile_part == b.volatile_part;
}

static Pipe *pipe_of(const Smb2 *smb, FileId id) {
    for (uint32_t i = 0; i < smb->pipe_count; i++)
        if (is_same(smb->pipes[i].id, id)) return &smb->pipes[i];
    return NULL;
}

static void open_pipe(Session *s, Smb2 *smb, FileId id) {
    if (pipe_of(smb, id)) return;
    if (smb->pipe_count == PIPES_MOST) {
        rpc_free(s, smb->pipes[0].rpc);
        smb->pipe_count--;
        memmove(smb->pipes, smb->pipes + 1, smb->pipe_count * sizeof *smb->pipes);
    }
    if (mem_grow(&s->wire->mem, (void **)&smb->pipes, &smb->pipe_room, smb->pipe_count + 1,
                 sizeof *smb->pipes))
        smb->pipes[smb->pipe_count++] = (Pipe){.id = id};
}

static void pipe_data(Session *s, Smb2 *smb, FileId id, Span data, bool whole) {
    Pipe *p = pipe_of(smb, id);
    if (!p) return;
    if (!p->rpc) p->rpc = rpc_new(s);
    if (!p->rpc) return;
    rpc_data(s, p->rpc, data);
    if (!whole) rpc_gap(s, p->rpc);
}

/* ---- commands ---- */

static void tell(Session *s, EventCategory category, EventFieldName field, const char *value) {
    if (s->muted || !*value) return;
    Event e = event_new(s->wire, s->flow, category);
    e.time = s->time;
    event_set(&e, field, value);
    event_emit(s->wire, &e);
}

/* MS-SMB2 2.2.4: DialectRevision. */
static const char *dialect_name(uint16_t revision) {
    switch (revision) {
    case 0x0202: return "SMB 2.0.2";
    case 0x0210: return "SMB 2.1";
    case 0x0300: return "SMB 3.0";
    case 0x0302: return "SMB 3.0.2";
    case 0x0311: return "SMB 3.1.1";
    default: return NULL; /* 02FF: "more than 2.0.2", to be negotiated once more */
    }
}

static void negotiate_answer(Session *s, Smb2 *smb, const Message *m) {
    Cur c = cur(m->body);
    cur_skip(&c, 4);
    const char *dialect = dialect_name(cur_u16le(&c));
    if (c.bad || !dialect || m->status || smb->told_dialect) return;
    smb->told_dialect = true;
    Server *server = host_server(s->wire, s->flow->ends[!s->client]);
    if (server && strlen(dialect) < sizeof server->dialect) strcpy(server->dialect, dialect);
    tell(s, EV_smb_negotiate, EF_Dialect, dialect);
}

/* A text that a request points to, counted from the header. */
static const char *text_of(Session *s, const Message *m, uint32_t at, uint32_t n) {
    return name_utf16(s->wire, span_clip(m->whole, at, n));
}

static void set_name(Asked *a, const char *name) {
    if (!a) return;
    size_t n = strlen(name);
    if (n >= sizeof a->name) n = sizeof a->name - 1;
    memcpy(a->name, name, n);
    a->name[n] = 0;
}

static void tree_request(Session *s, Smb2 *smb, const Message *m) {
    Cur c = cur(m->body);
    cur_skip(&c, 4);
    uint32_t at = cur_u16le(&c), n = cur_u16le(&c);
    if (!c.bad) set_name(remember(s, smb, m), text_of(s, m, at, n));
}

static void tree_answer(Session *s, Smb2 *smb, const Message *m) {
    Asked *a = recall(smb, m);
    Cur c = cur(m->body);
    cur_skip(&c, 2);
    uint8_t type = cur_u8(&c); /* 1 disk, 2 pipe, 3 printer */
    if (m->status || c.bad) return;
    if (type == 2 && !is_pipe_tree(smb, m->tree) && smb->pipe_tree_count < TREES)
        smb->pipe_trees[smb->pipe_tree_count++] = m->tree;
    if (a) tell(s, EV_smb_tree, EF_ShareName, a->name);
}

static void create_request(Session *s, Smb2 *smb, const Message *m) {
    Cur c = cur(m->body);
    cur_skip(&c, 44);
    uint32_t at = cur_u16le(&c), n = cur_u16le(&c);
    if (c.bad) return;
    Asked *a = remember(s, smb, m);
    set_name(a, text_of(s, m, at, n));
    if (a) a->pipe_tree = is_pipe_tree(smb, m->tree);
}

static void create_answer(Session *s, Smb2 *smb, const Message *m) {
    Asked *a = recall(smb, m);
    Cur c = cur(m->body);
    cur_skip(&c, 64);
    FileId id = get_id(&c);
    if (m->status || c.bad || !a) return;
    if (a->pipe_tree) open_pipe(s, smb, id);
    tell(s, a->pipe_tree ? EV_smb_pipe : EV_smb_file,
         a->pipe_tree ? EF_PipeName : EF_TargetFilename, a->name);
}

static void write_request(Session *s, Smb2 *smb, const Message *m) {
    Cur c = cur(m->body);
    cur_skip(&c, 2);
    uint32_t at = cur_u16le(&c), n = cur_u32le(&c);
    cur_skip(&c, 8);
    FileId id = get_id(&c);
    Span data = span_clip(m->whole, at, n);
    if (c.bad) return;
    if (rpc_begins(data)) open_pipe(s, smb, id); /* nobody may have seen it being opened */
    pipe_data(s, smb, id, data, data.n == n);
}

static void ioctl_request(Session *s, Smb2 *smb, const Message *m) {
    Cur c = cur(m->body);
    cur_skip(&c, 4);
    uint32_t code = cur_u32le(&c);
    FileId id = get_id(&c);
    uint32_t at = cur_u32le(&c), n = cur_u32le(&c);
    Span data = span_clip(m->whole, at, n);
    if (!c.bad && code == FSCTL_PIPE_TRANSCEIVE) pipe_data(s, smb, id, data, data.n == n);
}

static void close_request(Session *s, Smb2 *smb, const Message *m) {
    Cur c = cur(m->body);
    cur_skip(&c, 8);
    FileId id = get_id(&c);
    Pipe *p = c.bad ? NULL : pipe_of(smb, id);
    if (!p) return;
    rpc_free(s, p->rpc);
    *p = smb->pipes[--smb->pipe_count];
}

static void take_request(Session *s, Smb2 *smb, const Message *m) {
    switch (m->command) {
    case TREE_CONNECT: tree_request(s, smb, m); break;
    case CREATE: create_request(s, smb, m); break;
    case WRITE: write_request(s, smb, m); break;
    case IOCTL: ioctl_request(s, smb, m); break;
    case CLOSE: close_request(s, smb, m); break;
    default: break;
    }
}

static void take_answer(Session *s, Smb2 *smb, const Message *m) {
    switch (m->command) {
    case NEGOTIATE: negotiate_answer(s, smb, m); break;
    case TREE_CONNECT: tree_answer(s, smb, m); break;
    case CREATE: create_answer(s, smb, m); break;
    default: break;
    }
}

/* ---- messages ---- */

static bool read_header(Span bytes, Message *m, uint32_t *next) {
    Cur c = cur(bytes);
    cur_skip(&c, 8);
    *m = (Message){.whole = bytes, .status = cur_u32le(&c)};
    m->command = cur_u16le(&c);
    cur_skip(&c, 2);
    m->flags = cur_u32le(&c);
    *next = cur_u32le(&c);
    m->message = cur_u64le(&c);
    cur_skip(&c, 4);
    m->tree = cur_u32le(&c);
    m->body = span_clip(bytes, HEADER, bytes.n);
    return !c.bad;
}

static void tell_encrypted(Session *s, Smb2 *smb) {
    if (smb->told_encrypted) return;
    smb->told_encrypted = true;
    tell(s, EV_smb_encrypted, EF_Protocol, "SMB 3");
}

void smb2_message(Session *s, Smb2 *smb, unsigned from, Span message, uint32_t length) {
    uint32_t next = 0;
    (void)length;
    if (message.n && message.p[0] == 0xFD) tell_encrypted(s, smb);
    if (!message.n || message.p[0] != 0xFE) return;
    for (unsigned i = 0; i < MOST_CHAIN; i++) {
        Message m;
        if (!read_header(message, &m, &next)) return;
        bool reply = m.flags & REPLY;
        m.from = from;
        session_learn_client(s, from, reply);
        if ((from == s->client) != reply) {
            if (reply) take_answer(s, smb, &m);
            else take_request(s, smb, &m);
        }
        if (next < HEADER || next >= message.n) return;
        message = span_clip(message, next, message.n);
    }
}

/* Of the contents of files only the beginning; of a pipe's everything. */
uint32_t smb2_wanted(const Smb2 *smb, Span head, uint32_t length) {
    Cur c = cur(head);
    uint32_t little = length < SMB_HEAD ? length : SMB_HEAD;
    cur_seek(&c, 12);
    uint16_t command = cur_u16le(&c);
    cur_skip(&c, 2);
    bool reply = cur_u32le(&c) & REPLY;
    uint32_t next = cur_u32le(&c);
    cur_seek(&c, 36);
    uint32_t tree = cur_u32le(&c);
    if (c.bad || next) return length; /* a chain */
    if (command == READ && reply) return little;
    if (command != WRITE || reply) return length;
    cur_seek(&c, HEADER + 2);
    Span data = span_clip(head, cur_u16le(&c), head.n);
    bool pipe = smb && (is_pipe_tree(smb, tree) || smb->pipe_count);
    return pipe || rpc_begins(data) ? length : little;
}
