/* The user at the mouse and the keyboard, as a function of time: the facts `activity`, `idle`,
 * `screen` and `seed` say where the pointer is at each moment, so that every way to ask agrees.
 *
 * Time is cut into slots, one for each movement:
 *
 *      |  still  |~~ movement ~~|  still | button |  still  |
 *      0       <= 1/4         <= 3/4           <= 1          slot
 *
 * A movement goes from where the last one ended to a random place of the screen, slow at both ends
 * and in a slight bow, as a hand does, and is seen each 8 ms (a mouse tells 125 times a second). */
#include "world/internal.h"

enum {
    SAMPLE = 8000000,          /* ns */
    PACE = 900,                /* pixels a second */
    STREAM_PLACE = 0x706c6163, /* keys of independent noises */
    STREAM_TIME = 0x74696d65,
    STREAM_KEY = 0x6b657973,
    STREAM_BOW = 0x626f7721,
};

typedef struct {
    int32_t x, y;
} Point;

typedef struct {
    uint64_t seed, slot; /* ns of a movement's slot; 0: nobody moves the mouse */
    uint64_t key_slot;
    uint64_t moves, clicks; /* a minute */
    uint32_t width, height;
    Point first;
} Hand;

typedef struct {
    uint64_t begin, length;  /* of the movement, ns since the start */
    uint64_t press, release; /* of its click; 0: none */
    Point from, to;
    int32_t bow; /* percent of the way, to the side */
} Movement;

static uint64_t noise(const Hand *h, uint64_t stream, uint64_t n) {
    return world_noise(h->seed * UINT64_C(0x9E3779B97F4A7C15) ^ stream, n);
}

/* How often a minute; nobody is faster than a hundred times a second. */
static uint64_t rate(const World *w, FactId id) {
    enum { FASTEST = 6000 };
    int64_t n = world_number(w, id);
    return n < 0 ? 0 : n > FASTEST ? FASTEST : (uint64_t)n;
}

static Hand hand_of(const World *w) {
    const uint64_t minute = 60 * (uint64_t)TIME_SECOND;
    uint64_t keys = rate(w, FACT_activity_keys);
    int64_t pointer = world_number(w, FACT_activity_pointer);
    Hand h = {.seed = (uint64_t)world_number(w, FACT_seed),
              .moves = rate(w, FACT_activity),
              .clicks = rate(w, FACT_activity_clicks),
              .first = {(int32_t)(pointer >> 32), (int32_t)pointer}};
    if (h.moves) h.slot = minute / h.moves;
    if (keys) h.key_slot = minute / keys;
    world_resolution(w, &h.width, &h.height);
    return h;
}

/* Where the n-th movement begins; people stay away from the very edges. */
static Point place(const Hand *h, uint64_t n) {
    if (n == 0) return h->first;
    uint64_t r = noise(h, STREAM_PLACE, n);
    return (Point){(int32_t)(h->width / 20 + (uint32_t)r % (h->width * 9 / 10 + 1)),
                   (int32_t)(h->height / 20 + (uint32_t)(r >> 32) % (h->height * 9 / 10 + 1))};
}

static uint64_t distance(Point a, Point b) { /* the larger of both directions plus half the other */
    uint64_t x = (uint64_t)(a.x > b.x ? a.x - b.x : b.x - a.x),
             y = (uint64_t)(a.y > b.y ? a.y - b.y : b.y - a.y);
    return x > y ? x + y / 2 : y + x / 2;
}

/* Clicks are spread evenly over the movements, so that they can be counted without a walk. */
static uint64_t clicks_before(const Hand *h, uint64_t n) {
    uint64_t clicks = h->clicks < h->moves ? h->clicks : h->moves;
    return n / h->moves * clicks + n % h->moves * clicks / h->moves;
}

static Movement movement(const Hand *h, uint64_t n) {
    Movement m = {.from = place(h, n), .to = place(h, n + 1)};
    uint64_t shortest = h->slot / 8, longest = h->slot / 2;
    m.length = distance(m.from, m.to) * (uint64_t)TIME_SECOND / PACE;
    if (m.length < shortest) m.length = shortest;
    if (m.length > longest) m.length = longest;
    m.begin = n * h->slot + noise(h, STREAM_TIME, n) % (h->slot / 4 + 1);
    m.bow = (int32_t)(noise(h, STREAM_BOW, n) % 25) - 12;
    if (clicks_before(h, n + 1) > clicks_before(h, n)) {
        m.press = m.begin + m.length + h->slot / 16;
        m.release = m.press + (h->slot / 16 < 90000000 ? h->slot / 16 : 90000000);
    }
    return m;
}

/* How far the movement is, of 1024: 3t^2 - 2t^3. */
static int64_t eased(uint64_t passed, uint64_t length) {
    int64_t t = length ? (int64_t)(passed * 1024 / length) : 1024;
    return t * t * (3 * 1024 - 2 * t) >> 20;
}

static Point point_at(const Movement *m, uint64_t now) {
    if (now <= m->begin) return m->from;
    uint64_t passed = (now - m->begin) / SAMPLE * SAMPLE;
    if (passed >= m->length / SAMPLE * SAMPLE) return m->to;
    int64_t t = eased(passed, m->length), dx = m->to.x - m->from.x, dy = m->to.y - m->from.y;
    int64_t side = t * (1024 - t) * m->bow / 25600; /* 4t(1-t), of 1024, times the bow in percent */
    return (Point){(int32_t)(m->from.x + (dx * t - dy * side) / 1024),
                   (int32_t)(m->from.y + (dy * t + dx * side) / 1024)};
}

static int32_t within(int32_t v, uint32_t size) {
    return v < 0 ? 0 : v >= (int32_t)size ? (int32_t)size - 1 : v;
}

/* The last time until `now` at which the movement's hand did something; -1: it did nothing yet. */
static int64_t last_touch(const Movement *m, uint64_t now) {
    if (m->press && now >= m->release) return (int64_t)m->release;
    if (m->press && now >= m->press) return (int64_t)m->press;
    if (now < m->begin) return -1;
    uint64_t passed = now - m->begin < m->length ? now - m->begin : m->length;
    return (int64_t)(m->begin + passed / SAMPLE * SAMPLE);
}

static void look_at_mouse(const Hand *h, uint64_t now, WorldActivity *out) {
    uint64_t n = now / h->slot;
    Movement m = movement(h, n);
    Point p = point_at(&m, now);
    int64_t touched = last_touch(&m, now);
    if (touched < 0 && n > 0) {
        Movement before = movement(h, n - 1);
        touched = last_touch(&before, now);
    }
    out->x = within(p.x, h->width);
    out->y = within(p.y, h->height);
    out->pressed = m.press && now >= m.press && now < m.release;
    out->moves = n + (now >= m.begin);
    out->clicks = clicks_before(h, n) + (m.press && now >= m.press);
    if (touched >= 0) out->touched = touched;
}

static uint64_t key_time(const Hand *h, uint64_t n) {
    return n * h->key_slot + noise(h, STREAM_KEY, n) % h->key_slot;
}

static void look_at_keys(const Hand *h, uint64_t now, WorldActivity *out) {
    uint64_t n = now / h->key_slot, at = key_time(h, n);
    out->keys = n + (now >= at);
    if (out->keys == 0) return;
    if (now < at) at = key_time(h, n - 1);
    if ((int64_t)at > out->touched) out->touched = (int64_t)at;
}

void world_activity(const World *w, uint64_t now, WorldActivity *out) {
    Hand h = hand_of(w);
    *out = (WorldActivity){.x = within(h.first.x, h.width),
                           .y = within(h.first.y, h.height),
                           .touched = -world_number(w, FACT_idle)};
    if (h.slot) look_at_mouse(&h, now, out);
    if (h.key_slot) look_at_keys(&h, now, out);
}

static uint64_t next_of_mouse(const Hand *h, uint64_t now) {
    uint64_t n = now / h->slot;
    Movement m = movement(h, n);
    if (now < m.begin) return m.begin;
    uint64_t sample = m.begin + ((now - m.begin) / SAMPLE + 1) * SAMPLE;
    if (sample <= m.begin + m.length) return sample;
    if (m.press && now < m.press) return m.press;
    if (m.press && now < m.release) return m.release;
    return movement(h, n + 1).begin;
}

static uint64_t next_of_keys(const Hand *h, uint64_t now) {
    uint64_t n = now / h->key_slot, at = key_time(h, n);
    return now < at ? at : key_time(h, n + 1);
}

uint64_t world_activity_next(const World *w, uint64_t now) {
    Hand h = hand_of(w);
    uint64_t mouse = h.slot ? next_of_mouse(&h, now) : UINT64_MAX;
    uint64_t key = h.key_slot ? next_of_keys(&h, now) : UINT64_MAX;
    return mouse < key ? mouse : key;
}
