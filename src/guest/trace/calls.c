#include "guest/trace/calls.h"
#include "guest/trace/fold.h"

#include <stdlib.h>

enum { RECORD_ARENA = 1 << 18, FLOOD_SLOTS = 1024 };

/* A call that will be told. */
typedef struct Record Record;
struct Record {
    Record *next; /* of the free ones */
    CallTarget target;
    Time time;
    uint64_t count;
    bool folding; /* the fold holds it */
    bool open;    /* its return is awaited */
    size_t words;
    uint64_t first[DECODE_WORDS_MAX], last[DECODE_WORDS_MAX];
    Arena arena;
    Value *arguments;
    const char *returned, *caller;
};

/* How many different texts a site gave a function. */
typedef struct {
    uint64_t place; /* site and function */
    uint64_t fingerprint;
    uint32_t changes;
} Flood;

struct Calls {
    CallsOptions options;
    Fold fold;
    Record *open[CALLS_DEPTH]; /* innermost last */
    size_t depth;
    Record *free;
    Flood floods[FLOOD_SLOTS];
};

/* The decoder's view of a call: its words are kept, its memory is the guest's. */
typedef struct {
    ApiReader reader;
    const Calls *calls;
    const uint64_t *words;
    size_t count;
} Kept;

static uint64_t kept_word(const ApiReader *r, size_t slot, bool real) {
    const Kept *k = (const Kept *)r;
    (void)real; /* they were fetched as what they are */
    return slot < k->count ? k->words[slot] : 0;
}

static bool kept_read(const ApiReader *r, uint64_t address, void *to, size_t n) {
    const Kept *k = (const Kept *)r;
    return k->calls->options.read(k->calls->options.user, address, to, n);
}

static Kept kept(const Calls *c, const uint64_t *words, size_t count) {
    return (Kept){{c->options.pointer_size, kept_word, kept_read}, c, words, count};
}

/* ---- records ---- */

static Record *take_record(Calls *c) {
    Record *r = c->free;
    if (!r) {
        r = calloc(1, sizeof(*r));
        if (r) r->arena = arena_new(RECORD_ARENA);
        return r;
    }
    c->free = r->next;
    Arena arena = r->arena;
    arena_clear(&arena);
    *r = (Record){.arena = arena};
    return r;
}

/* Once neither the fold nor an awaited return needs it. */
static void release(Calls *c, Record *r) {
    if (r->folding || r->open) return;
    r->next = c->free;
    c->free = r;
}

static const char *plain(Arena *a, const Value *v) {
    switch (v->kind) {
    case VALUE_INT: return arena_printf(a, "%lld", (long long)v->integer);
    case VALUE_UINT: return arena_printf(a, "%llu", (unsigned long long)v->natural);
    case VALUE_REAL: return arena_printf(a, "%g", v->real);
    default: return value_get_str(v, "");
    }
}

static bool no_memory(const ApiReader *r, uint64_t address, void *to, size_t n) {
    (void)r, (void)address, (void)to, (void)n;
    return false;
}

/* The arguments of the last call, for what needs no memory: that is long gone. */
static const Value *last_arguments(Calls *c, Record *r) {
    Kept k = kept(c, r->last, r->words);
    k.reader.read = no_memory;
    return api_arguments(&r->arena, r->target.signature, &k.reader);
}

/* Shows a number or handle that the last call had otherwise as "FIRST ... LAST". */
static void show_ranges(Calls *c, Record *r) {
    const ApiSignature *s = r->target.signature;
    if (!s || memcmp(r->first, r->last, r->words * sizeof(r->first[0])) == 0) return;
    const Value *last = value_first(last_arguments(c, r));
    Value *place = r->arguments ? r->arguments->items.first : NULL;
    if (r->arena.full) return;
    for (size_t i = 0; place && last; i++, place = place->next, last = last->next) {
        if (!api_shows_plainly(api_parameter(s, i))) continue;
        const char *from = plain(&r->arena, place), *to = plain(&r->arena, last);
        if (!from || !to || strcmp(from, to) == 0) continue;
        const char *text = arena_printf(&r->arena, "%s ... %s", from, to);
        if (!text) continue;
        place->kind = VALUE_TEXT;
        place->text = span_str(text);
    }
}

static void tell(Calls *c, Record *r) {
    show_ranges(c, r);
    Call call = {.time = r->time,
                 .count = r->count,
                 .module = r->target.module,
                 .name = r->target.name,
                 .arguments = r->arguments,
                 .returned = r->returned,
                 .caller = r->caller};
    c->options.tell(c->options.user, &call);
}

/* ---- what the fold says ---- */

/* A call that has not returned yet is told when it has. */
static void on_emit(void *user, void *item, uint64_t count) {
    Calls *c = user;
    Record *r = item;
    r->count = count;
    r->folding = false;
    if (!r->open) tell(c, r);
    release(c, r);
}

static void on_drop(void *user, void *item) {
    Record *r = item;
    r->folding = false;
    r->count = 0;
    release(user, r);
}

/* ---- returns ---- */

/* It has returned, or never will. */
static void close_innermost(Calls *c) {
    Record *r = c->open[--c->depth];
    r->open = false;
    if (!r->folding && r->count) tell(c, r);
    release(c, r);
}

/* Frames at or below the stack pointer were left without a return (longjmp, an exception). */
static void forget_left(Calls *c, uint64_t stack) {
    while (c->depth && c->open[c->depth - 1]->target.stack <= stack) close_innermost(c);
}

/* A return address is popped with at most so many bytes of arguments behind it. */
static bool is_return(const CallTarget *t, uint64_t address, uint64_t stack) {
    return t->site == address && stack > t->stack && stack - t->stack <= 4 * DECODE_WORDS_MAX + 8;
}

bool calls_awaits(const Calls *c, uint64_t address) {
    for (size_t i = c->depth; i-- > 0;)
        if (c->open[i]->target.site == address) return true;
    return false;
}

static bool is_awaited(const Calls *c, uint64_t address, uint64_t stack) {
    for (size_t i = c->depth; i-- > 0;)
        if (is_return(&c->open[i]->target, address, stack)) return true;
    return false;
}

static void note_result(Calls *c, Record *r, uint64_t result) {
    Kept k = kept(c, r->first, r->words);
    api_outputs(&r->arena, r->target.signature, &k.reader, result, r->arguments);
    r->returned = api_return(&r->arena, r->target.signature, &k.reader, result);
}

void calls_return(Calls *c, uint64_t address, uint64_t stack, uint64_t result, uint64_t real) {
    if (!is_awaited(c, address, stack)) return;
    while (!is_return(&c->open[c->depth - 1]->target, address, stack)) close_innermost(c);
    Record *r = c->open[c->depth - 1];
    note_result(c, r, api_returns_real(r->target.signature) ? real : result);
    close_innermost(c);
}

/* ---- entries ---- */

static uint64_t mix(uint64_t h, uint64_t v) {
    h = (h ^ v) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ h >> 31;
}

/* The texts' part of a key; 0 once the site has shown that it goes through many. */
static uint64_t text_key(Calls *c, uint64_t place, uint64_t fingerprint) {
    Flood *f = &c->floods[place % FLOOD_SLOTS];
    if (f->place != place) *f = (Flood){.place = place, .fingerprint = fingerprint};
    if (f->changes > CALLS_TEXTS) return 0;
    if (f->fingerprint != fingerprint) f->changes++;
    f->fingerprint = fingerprint;
    return fingerprint;
}

/* The words whose bits are set; `to` has room for DECODE_WORDS_MAX. */
static void fetch(const Calls *c, ApiTraits traits, uint64_t wanted,
                  uint64_t (*word)(void *user, size_t slot, bool real), uint64_t *to) {
    for (; wanted; wanted &= wanted - 1) {
        unsigned i = (unsigned)__builtin_ctzll(wanted);
        to[i] = word(c->options.user, i, i < 4 && traits.reals >> i & 1);
    }
}

static void keep(uint64_t *to, const uint64_t *words, uint64_t wanted) {
    for (; wanted; wanted &= wanted - 1) {
        unsigned i = (unsigned)__builtin_ctzll(wanted);
        to[i] = words[i];
    }
}

static Record *new_record(Calls *c, const CallTarget *t, const uint64_t *words, size_t n) {
    Record *r = take_record(c);
    if (!r) return NULL;
    r->target = *t;
    r->time = c->options.time(c->options.user);
    r->words = n;
    memcpy(r->first, words, n * sizeof(words[0]));
    memcpy(r->last, words, n * sizeof(words[0]));
    Kept k = kept(c, r->first, n);
    r->arguments = api_arguments(&r->arena, t->signature, &k.reader);
    r->caller = c->options.site(c->options.user, &r->arena, t->site);
    return r;
}

static bool await(Calls *c, Record *r) {
    if (c->depth == CALLS_DEPTH) return false;
    r->open = true;
    c->open[c->depth++] = r;
    return true;
}

/* Most calls of a loop are repeats: of them no more is fetched than what may yet be shown. */
bool calls_enter(Calls *c, const CallTarget *t,
                 uint64_t (*word)(void *user, size_t slot, bool real)) {
    uint64_t words[DECODE_WORDS_MAX];
    uint64_t all = t->traits.words < 64 ? (UINT64_C(1) << t->traits.words) - 1 : UINT64_MAX;
    Kept k = kept(c, words, t->traits.words);
    forget_left(c, t->stack);
    uint64_t key = mix(mix(0, t->site), t->address), fetched = 0;
    if (t->traits.tells) {
        fetch(c, t->traits, fetched = all, word, words);
        key = mix(key, text_key(c, key, api_fingerprint(t->signature, &k.reader)));
    }
    Record *r = fold_count(&c->fold, key);
    uint64_t shown = r ? t->traits.counts : all;
    fetch(c, t->traits, shown & ~fetched, word, words);
    if (r) {
        keep(r->last, words, shown);
        return false;
    }
    r = new_record(c, t, words, t->traits.words);
    if (!r) return false;
    r->folding = true;
    fold_push(&c->fold, key, r);
    return await(c, r);
}

/* ---- life ---- */

Calls *calls_open(const CallsOptions *options) {
    Calls *c = calloc(1, sizeof(*c));
    if (!c) return NULL;
    c->options = *options;
    c->fold = (Fold){.period = FOLD_PERIOD_MAX, .user = c, .emit = on_emit, .drop = on_drop};
    return c;
}

void calls_finish(Calls *c) {
    while (c->depth) close_innermost(c);
    fold_flush(&c->fold);
}

static void ignore(void *user, const Call *call) {
    (void)user, (void)call;
}

void calls_close(Calls *c) {
    if (!c) return;
    c->options.tell = ignore;
    calls_finish(c);
    while (c->free) {
        Record *r = c->free;
        c->free = r->next;
        arena_reset(&r->arena);
        free(r);
    }
    free(c);
}
