/* Transactions of SMB 1.0: TRANSACTION and TRANSACTION2 (MS-CIFS 2.2.4.33, 2.2.4.46),
 * NT_TRANSACT (2.2.4.62), their secondary requests and answers.
 *
 * A client that has more than fits in one request announces totals and sends the rest in secondary
 * requests. All that a server knows them by is TID, UID, PID and MID: that is the key here, too. */
#include "wire/smb1.h"

typedef struct {
    uint32_t total_parameters, total_data, most_parameters, most_data;
    uint32_t parameters, parameters_at, parameters_to;
    uint32_t data, data_at, data_to;
    uint32_t timeout;
    uint16_t function, setup1; /* setup words 0 (or the function's number) and 1 */
    uint16_t setups;
    bool bad;
} Request;

/* ---- the six layouts ---- */

static Request read_transaction(Span words) {
    Cur c = cur(words);
    Request r = {.total_parameters = cur_u16le(&c)};
    r.total_data = cur_u16le(&c);
    r.most_parameters = cur_u16le(&c);
    r.most_data = cur_u16le(&c);
    cur_skip(&c, 4);
    r.timeout = cur_u32le(&c);
    cur_skip(&c, 2);
    r.parameters = cur_u16le(&c);
    r.parameters_at = cur_u16le(&c);
    r.data = cur_u16le(&c);
    r.data_at = cur_u16le(&c);
    r.setups = cur_u8(&c);
    cur_skip(&c, 1);
    r.bad = c.bad;
    if (r.setups) r.function = cur_u16le(&c);
    if (r.setups > 1) r.setup1 = cur_u16le(&c);
    return r;
}

static Request read_nt_transact(Span words) {
    Cur c = cur(words);
    cur_skip(&c, 3);
    Request r = {.total_parameters = cur_u32le(&c)};
    r.total_data = cur_u32le(&c);
    r.most_parameters = cur_u32le(&c);
    r.most_data = cur_u32le(&c);
    r.parameters = cur_u32le(&c);
    r.parameters_at = cur_u32le(&c);
    r.data = cur_u32le(&c);
    r.data_at = cur_u32le(&c);
    r.setups = cur_u8(&c);
    r.function = cur_u16le(&c);
    r.bad = c.bad;
    return r;
}

static Request read_secondary(Span words) {
    Cur c = cur(words);
    Request r = {.total_parameters = cur_u16le(&c)};
    r.total_data = cur_u16le(&c);
    r.parameters = cur_u16le(&c);
    r.parameters_at = cur_u16le(&c);
    r.parameters_to = cur_u16le(&c);
    r.data = cur_u16le(&c);
    r.data_at = cur_u16le(&c);
    r.data_to = cur_u16le(&c);
    r.bad = c.bad;
    return r;
}

static Request read_nt_secondary(Span words) {
    Cur c = cur(words);
    cur_skip(&c, 3);
    Request r = {.total_parameters = cur_u32le(&c)};
    r.total_data = cur_u32le(&c);
    r.parameters = cur_u32le(&c);
    r.parameters_at = cur_u32le(&c);
    r.parameters_to = cur_u32le(&c);
    r.data = cur_u32le(&c);
    r.data_at = cur_u32le(&c);
    r.data_to = cur_u32le(&c);
    r.bad = c.bad;
    return r;
}

/* ---- the table ---- */

static bool is_of(const Smb1Trans *t, const Smb1Message *m) {
    return t->mid == m->mid && t->tid == m->tid && t->uid == m->uid && t->pid == m->pid;
}

/* The newest of that key: a client may use it again. */
static Smb1Trans *find(Smb1Transactions *t, const Smb1Message *m) {
    Smb1Trans *found = NULL;
    for (uint32_t i = 0; i < t->count; i++) {
        Smb1Trans *one = &t->all[(t->next + i) % t->count];
        if (is_of(one, m)) found = one;
    }
    return found;
}

/* A key that is used again replaces what was known of it; then a new place; then the oldest. */
static Smb1Trans *place(Session *s, Smb1Transactions *t, const Smb1Message *m) {
    Smb1Trans *same = find(t, m);
    if (same) return same;
    if (t->count < TRANS_MOST &&
        mem_grow(&s->wire->mem, (void **)&t->all, &t->room, t->count + 1, sizeof *t->all))
        return &t->all[t->count++];
    if (!t->count) return NULL;
    Smb1Trans *oldest = &t->all[t->next];
    t->next = (t->next + 1) % t->count;
    return oldest;
}

/* ---- requests ---- */

/* A block of the message that a request points to, as far as it is there. */
static Span part(const Smb1Message *m, uint32_t at, uint32_t n) {
    return span_clip(m->whole, at, n);
}

static void take_head(Smb1Trans *t, Span data) {
    Cur c = cur(data);
    if (t->head_n || data.n < 4) return;
    t->head = cur_u32le(&c);
    t->head_n = 4;
}

static void note_complete(Smb1Trans *t) {
    t->complete = t->parameters >= t->total_parameters && t->data >= t->total_data;
}

static void take_level(Smb1Trans *t, Span parameters) {
    Cur c = cur(parameters);
    if (t->family == SMB1_TRANSACTION2) t->level = cur_u16le(&c);
}

/* Its data is written into the pipe of its FID. */
static bool goes_to_pipe(const Smb1Trans *t) {
    return t->family == SMB1_TRANSACTION &&
           (t->function == TRANS_TRANSACT_NMPIPE || t->function == TRANS_RAW_WRITE_NMPIPE ||
            t->function == TRANS_WRITE_NMPIPE);
}

static void pipe_data(Session *s, const Smb1Message *m, uint16_t fid, uint32_t at, uint32_t n) {
    Span data = part(m, at, n);
    if (n) smb1_pipe_data(s, m, fid, data, data.n == n);
}

static void take_primary(Session *s, Smb1Transactions *table, const Smb1Message *m) {
    bool nt = m->command == SMB1_NT_TRANSACT;
    Request r = nt ? read_nt_transact(m->words) : read_transaction(m->words);
    if (r.bad) return;
    Smb1Trans *t = place(s, table, m);
    if (!t) return;
    *t = (Smb1Trans){.tid = m->tid,
                     .uid = m->uid,
                     .mid = m->mid,
                     .pid = m->pid,
                     .family = m->command,
                     .function = r.function,
                     .fid = r.setup1,
                     .timeout = r.timeout,
                     .total_parameters = r.total_parameters,
                     .total_data = r.total_data,
                     .most_parameters = r.most_parameters,
                     .most_data = r.most_data,
                     .parameters = r.parameters,
                     .data = r.data,
                     .frame = s->frame};
    note_complete(t);
    Span data = part(m, r.data_at, r.data);
    take_head(t, data);
    take_level(t, part(m, r.parameters_at, r.parameters));
    detect_see(s, &(Sight){.kind = SIGHT_TRANS, .message = m, .trans = t});
    if (goes_to_pipe(t)) pipe_data(s, m, t->fid, r.data_at, r.data);
}

static uint8_t primary_of(uint8_t secondary) {
    if (secondary == SMB1_TRANSACTION_SECONDARY) return SMB1_TRANSACTION;
    return secondary == SMB1_TRANSACTION2_SECONDARY ? SMB1_TRANSACTION2 : SMB1_NT_TRANSACT;
}

static bool passes_end(uint32_t to, uint32_t n, uint32_t total) {
    return n && (to > total || n > total - to);
}

static unsigned judge_secondary(const Smb1Trans *t, const Smb1Message *m, const Request *r) {
    unsigned odd = 0;
    if (!t) return ODD_ORPHAN;
    if (t->family != primary_of(m->command)) odd |= ODD_FAMILY;
    if (t->complete) odd |= ODD_COMPLETE;
    if (passes_end(r->data_to, r->data, t->total_data) ||
        passes_end(r->parameters_to, r->parameters, t->total_parameters))
        odd |= ODD_OVERFLOW;
    if (t->raw_written) odd |= ODD_CONFUSED;
    return odd;
}

static uint32_t add_capped(uint32_t a, uint32_t b) {
    uint32_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT32_MAX : sum;
}

static void take_secondary(Session *s, Smb1Transactions *table, const Smb1Message *m) {
    bool nt = m->command == SMB1_NT_TRANSACT_SECONDARY;
    Request r = nt ? read_nt_secondary(m->words) : read_secondary(m->words);
    if (r.bad) return;
    Smb1Trans *t = find(table, m);
    unsigned odd = judge_secondary(t, m, &r);
    /* where a part of the stream is missing, the first request may have been there */
    if (odd == ODD_ORPHAN && (s->holes || s->midstream)) odd = 0;
    if (t) {
        t->parameters = add_capped(t->parameters, r.parameters);
        t->data = add_capped(t->data, r.data);
        if (!r.data_to) take_head(t, part(m, r.data_at, r.data));
    }
    detect_see(s, &(Sight){.kind = SIGHT_SECONDARY, .message = m, .trans = t, .anomaly = odd});
    if (!t) return;
    note_complete(t);
    if (m->command == SMB1_TRANSACTION_SECONDARY && goes_to_pipe(t))
        pipe_data(s, m, t->fid, r.data_at, r.data);
}

void trans_raw_write(Session *s, Smb1Transactions *table, const Smb1Message *m, uint16_t fid) {
    for (uint32_t i = 0; i < table->count; i++) {
        Smb1Trans *t = &table->all[i];
        if (t->mid != fid || t->tid != m->tid || t->uid != m->uid || t->pid != m->pid ||
            t->complete || t->answered || t->family == SMB1_TRANSACTION2)
            continue;
        t->raw_written = true;
        detect_see(s, &(Sight){.kind = SIGHT_RAW_WRITE, .message = m, .trans = t});
    }
}

/* ---- answers ---- */

typedef struct {
    uint32_t total_parameters, total_data, data, data_to;
} Answer;

static Answer read_answer(const Smb1Message *m) {
    bool nt = m->command == SMB1_NT_TRANSACT;
    unsigned size = nt ? 4 : 2;
    Cur c = cur(m->words);
    if (nt) cur_skip(&c, 3);
    Answer a = {.total_parameters = (uint32_t)cur_le(&c, size)};
    a.total_data = (uint32_t)cur_le(&c, size);
    cur_skip(&c, nt ? 12 : 8); /* reserved; parameter count, offset, displacement */
    a.data = (uint32_t)cur_le(&c, size);
    cur_skip(&c, size);
    a.data_to = (uint32_t)cur_le(&c, size);
    return c.bad ? (Answer){0} : a;
}

static void take_answer(Session *s, Smb1Transactions *table, const Smb1Message *m) {
    Smb1Trans *t = find(table, m);
    Answer a = read_answer(m);
    bool interim = m->status == STATUS_SUCCESS && !m->words.n; /* "send the rest" */
    if (t && interim && !t->complete) return;
    bool more = passes_end(a.data_to, a.data, a.total_data);
    bool unasked = t && (a.total_data > t->most_data || a.total_parameters > t->most_parameters);
    detect_see(s, &(Sight){.kind = SIGHT_ANSWER,
                           .message = m,
                           .trans = t,
                           .status = m->status,
                           .total_parameters = a.total_parameters,
                           .total_data = a.total_data,
                           .leak = more || unasked});
    if (t) t->answered = true;
}

/* A server answers a secondary request only to refuse it; what it takes, it answers as the whole. */
static void take_refusal(Session *s, Smb1Transactions *table, const Smb1Message *m) {
    bool error = m->status >> 30 == 3;
    Smb1Trans *t = find(table, m);
    if (t && error)
        detect_see(
            s, &(Sight){.kind = SIGHT_ANSWER, .message = m, .trans = t, .status = m->status});
}

bool trans_take(Session *s, Smb1Transactions *t, const Smb1Message *m) {
    bool answer = m->flags & SMB1_REPLY;
    switch (m->command) {
    case SMB1_TRANSACTION:
    case SMB1_TRANSACTION2:
    case SMB1_NT_TRANSACT:
        if (answer) take_answer(s, t, m);
        else take_primary(s, t, m);
        return true;
    case SMB1_TRANSACTION_SECONDARY:
    case SMB1_TRANSACTION2_SECONDARY:
    case SMB1_NT_TRANSACT_SECONDARY:
        if (answer) take_refusal(s, t, m);
        else take_secondary(s, t, m);
        return true;
    default: return false;
    }
}
