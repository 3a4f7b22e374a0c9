/* The recorder: hears a life as a watch and as a sink, and keeps each thing once. */
#include "lure/record.h"
#include <stdlib.h>

enum {
    MOST_BYTES = 48 << 20,
    KEPT_SLOTS = 1 << 17,
    PLACE_SLOTS = 1 << 18,
    MOST_COMPARES = 40000,
    MOST_PROCESSES = 64,
    MOST_IN_ORDER = 256, /* of a place */
    TIMES_SLOTS = 1 << 13
};

/* Keys of what was kept, by open addressing; full: nothing more is kept. `rows`: where in the record
 * a key's row stands. */
typedef struct {
    uint64_t *keys;
    uint32_t *rows;
    size_t slots, count;
} KeySet;

struct Recorder {
    Sink sink; /* first */
    Sink *to;
    GuestWatch watch;
    const Guest *guest;
    Buf out;
    KeySet kept, places;
    uint64_t last_place;
    uint32_t last_process;
    uint32_t own[MOST_PROCESSES]; /* processes in which code of the program ran */
    size_t own_count;
    size_t compares;
    uint32_t when;
    uint32_t *times; /* by hash of the place, how often it compared; NULL: each pair is kept once */
};

/* ---- sets of keys ---- */

static bool key_set_open(KeySet *s, size_t slots) {
    s->slots = slots;
    s->keys = calloc(slots, sizeof *s->keys);
    s->rows = calloc(slots, sizeof *s->rows);
    return s->keys && s->rows;
}

static size_t key_set_slot(const KeySet *s, uint64_t key) {
    size_t i = (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (s->slots - 1);
    while (s->keys[i] && s->keys[i] != key) i = (i + 1) & (s->slots - 1);
    return i;
}

/* The row of a key that the set has; 0 where it has not, or no row. */
static uint32_t key_set_row(const KeySet *s, uint64_t key) {
    size_t i = key_set_slot(s, key ? key : 1);
    return s->keys[i] ? s->rows[i] : 0;
}

/* True where the key was not in the set. */
static bool key_set_add(KeySet *s, uint64_t key, size_t row) {
    if (!key) key = 1;
    size_t i = key_set_slot(s, key);
    if (s->keys[i] || s->count * 2 >= s->slots) return false;
    s->keys[i] = key;
    s->rows[i] = (uint32_t)row;
    s->count++;
    return true;
}

static uint64_t mix(uint64_t h, const void *bytes, size_t n) {
    const uint8_t *p = bytes;
    for (size_t i = 0; i < n; i++) h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    return h;
}

static uint64_t mix_text(uint64_t h, const char *text) {
    return text ? mix(h, text, strlen(text) + 1) : mix(h, "\1", 1);
}

static const uint64_t basis = UINT64_C(0xcbf29ce484222325);

/* ---- writing ---- */

static void put_span(Buf *out, Span s) {
    buf_le(out, s.n, 4);
    buf_add(out, s);
}

static void put_text(Buf *out, const char *text) {
    buf_byte(out, text != NULL);
    if (text) put_span(out, span(text, strlen(text)));
}

/* ---- the watch ---- */

static bool is_own(const Recorder *r, uint32_t process) {
    for (size_t i = 0; i < r->own_count; i++)
        if (r->own[i] == process) return true;
    return false;
}

static void on_block(void *context, uint32_t process, uint64_t place) {
    Recorder *r = context;
    if (place == r->last_place && process == r->last_process) return;
    if (process != r->last_process && !is_own(r, process) && r->own_count < MOST_PROCESSES)
        r->own[r->own_count++] = process;
    r->last_process = process;
    r->last_place = place;
    key_set_add(&r->places, place, 0);
}

static void on_asked(void *context, const Question *q) {
    Recorder *r = context;
    if (!r->last_place) return; /* Windows asks while it gets the program ready */
    uint64_t key = mix(basis, &r->last_place, sizeof r->last_place);
    char site[WATCH_SITE];
    key = mix_text(mix_text(mix(key, &q->fact, sizeof q->fact), q->subject), q->way);
    bool foreign = !is_own(r, q->process);
    if (!key_set_add(&r->kept, key + q->found + 2 * foreign, 0)) return;
    watch_site(r->guest, r->last_place, site);
    buf_byte(&r->out, ROW_ASKED);
    buf_le(&r->out, q->fact, 4);
    put_text(&r->out, q->subject);
    put_text(&r->out, q->way);
    buf_byte(&r->out, q->found);
    buf_byte(&r->out, q->value);
    buf_byte(&r->out, foreign);
    buf_le(&r->out, r->last_place, 8);
    buf_le(&r->out, ++r->when, 4);
    put_text(&r->out, site);
}

/* Two compares are the same where they show the same from their operands on. */
static uint64_t compare_key(const WatchCompare *c) {
    uint64_t key = mix(basis, &c->place, sizeof c->place);
    for (int i = 0; i < 2; i++) {
        const WatchSide *s = &c->side[i];
        size_t n = s->length ? s->length : c->width;
        key = mix(key, &s->value, sizeof s->value);
        if (s->window.n)
            key = mix(key, s->window.p + s->before,
                      n < s->window.n - s->before ? n : s->window.n - s->before);
    }
    return key;
}

static void put_side(Buf *out, const WatchSide *s) {
    buf_le(out, s->value, 8);
    buf_le(out, s->address, 8);
    buf_le(out, s->before, 4);
    buf_le(out, s->length, 8);
    put_span(out, s->window);
}

/* What is compared again is kept once, with the last time. */
static void write_when(Recorder *r, uint32_t row) {
    for (unsigned i = 0; i < 4 && row + i < r->out.n; i++)
        r->out.p[row + i] = (uint8_t)(r->when >> 8 * i);
}

static void on_compare(void *context, const WatchCompare *c) {
    Recorder *r = context;
    uint64_t key = compare_key(c);
    if (r->times) {
        uint32_t *times = &r->times[c->place * UINT64_C(0x9E3779B97F4A7C15) >> 51];
        if (*times < MOST_IN_ORDER) key = mix(key, times, sizeof *times);
        ++*times;
    }
    uint32_t row = key_set_row(&r->kept, key);
    r->when++;
    if (row) write_when(r, row);
    if (row || r->compares == MOST_COMPARES || !key_set_add(&r->kept, key, r->out.n + 1)) return;
    r->compares++;
    buf_byte(&r->out, ROW_COMPARED);
    buf_le(&r->out, r->when, 4);
    buf_le(&r->out, c->place, 8);
    put_text(&r->out, c->site);
    put_text(&r->out, c->function);
    buf_byte(&r->out, (uint8_t)c->test);
    buf_byte(&r->out, (uint8_t)c->width);
    buf_byte(&r->out, (uint8_t)c->unit);
    buf_byte(&r->out, c->any_case);
    buf_byte(&r->out, c->condition);
    for (int i = 0; i < 2; i++) put_side(&r->out, &c->side[i]);
}

/* ---- the sink ---- */

/* What Windows keeps of a request, under a name that is random, is none: the request is. */
static bool is_cached(const Event *e) {
    const char *file = event_get(e, EF_TargetFilename);
    return file && (strcasestr(file, "\\INetCache\\Content.IE5") ||
                    strcasestr(file, "\\INetCookies\\index.dat"));
}

static unsigned weight(const Event *e) {
    static const unsigned char weights[EV_COUNT] = {
#define EFFECT(category, weight) [EV_##category] = weight,
#include "lure/effects.def"
    };
    return is_cached(e) ? 0 : weights[e->category];
}

/* Numbers of processes and threads, who, what the world answered, and how often, are no part of
 * what an effect is. */
static bool identifies(EventFieldName f) {
    static const EventFieldName passing[] = {
        EF_ProcessId,    EF_ParentProcessId, EF_TargetProcessId, EF_NewThreadId,
        EF_StartAddress, EF_SourcePort,      EF_Address,         EF_User,
        EF_QueryStatus,  EF_QueryResults,    EF_Answer};
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        if (passing[i] == f) return false;
    return true;
}

static void field_text(Buf *out, const Event *e, EventFieldName name) {
    const char *value = event_get(e, name);
    if (value) buf_str(out, value);
}

static void put_effect(Recorder *r, const Event *e) {
    Buf key = buf_new(1 << 16), sentence = buf_new(1 << 16);
    buf_str(&key, event_category_name(e->category));
    for (size_t i = 0; i < e->field_count; i++)
        if (identifies(e->fields[i].name))
            buf_printf(&key, "\n%s=%s", event_field_name(e->fields[i].name), e->fields[i].value);
    event_expand(&sentence, event_category_sentence(e->category), e, field_text);
    if (key_set_add(&r->kept, mix(basis, key.p, key.n), 0)) {
        buf_byte(&r->out, ROW_EFFECT);
        buf_byte(&r->out, (uint8_t)weight(e));
        buf_byte(&r->out, 1);
        put_span(&r->out, buf_span(&key));
        buf_byte(&r->out, 1);
        put_span(&r->out, buf_span(&sentence));
    }
    buf_free(&key);
    buf_free(&sentence);
}

static void on_event(Sink *s, const Event *e) {
    Recorder *r = (Recorder *)s;
    /* What Windows does before the program's first block is none of its effects. */
    if (r->last_place && weight(e)) put_effect(r, e);
    if (r->to) sink_event(r->to, e);
}

static void on_run(Sink *s, const Run *run) {
    Recorder *r = (Recorder *)s;
    buf_byte(&r->out, ROW_ENDED);
    put_text(&r->out, run->ended);
    buf_le(&r->out, run->blocks, 8);
    if (r->to) sink_run(r->to, run);
}

static void on_artifact(Sink *s, const Artifact *a) {
    Recorder *r = (Recorder *)s;
    if (r->to) sink_artifact(r->to, a);
}

static void on_call(Sink *s, const Call *c) {
    Recorder *r = (Recorder *)s;
    if (r->to) sink_call(r->to, c);
}

static void on_finding(Sink *s, const Finding *f) {
    Recorder *r = (Recorder *)s;
    if (r->to) sink_finding(r->to, f);
}

static void on_skipped(Sink *s, const char *what, const char *why) {
    Recorder *r = (Recorder *)s;
    if (r->to) sink_skipped(r->to, what, why);
}

static void on_packet(Sink *s, const NetFrame *f) {
    Recorder *r = (Recorder *)s;
    if (r->to) sink_packet(r->to, f);
}

/* ---- life ---- */

Recorder *recorder_open(const Guest *g, Sink *sink, bool compares) {
    Recorder *r = calloc(1, sizeof *r);
    if (!r || !key_set_open(&r->kept, KEPT_SLOTS) || !key_set_open(&r->places, PLACE_SLOTS))
        return NULL;
    r->guest = g;
    r->to = sink;
    r->out = buf_new(MOST_BYTES);
    r->watch = (GuestWatch){.context = r,
                            .asked = on_asked,
                            .block = on_block,
                            .compare = compares ? on_compare : NULL};
    r->sink = (Sink){.artifact = on_artifact,
                     .event = on_event,
                     .call = on_call,
                     .finding = on_finding,
                     .run = on_run,
                     .skipped = on_skipped,
                     .packet = on_packet};
    return r;
}

void recorder_keep_order(Recorder *r) {
    r->times = calloc(TIMES_SLOTS, sizeof *r->times);
}

void recorder_force(Recorder *r, uint64_t place, unsigned side, Span bytes) {
    r->watch.compare = on_compare; /* forcing is part of watching */
    r->watch.forced = place;
    r->watch.forced_side = side;
    r->watch.forced_bytes = bytes;
}

const GuestWatch *recorder_watch(Recorder *r) {
    return &r->watch;
}

Sink *recorder_sink(Recorder *r) {
    return &r->sink;
}

Span recorder_finish(Recorder *r) {
    buf_byte(&r->out, ROW_PLACES);
    buf_le(&r->out, r->places.count, 4);
    for (size_t i = 0; i < r->places.slots; i++)
        if (r->places.keys[i]) buf_le(&r->out, r->places.keys[i], 8);
    return buf_span(&r->out);
}
