/* coax case find VALUE...: who has it, whatever it is. A value is tried as every kind of entity in
 * that kind's spelling; digests and serials need only their beginning, others where they end in *. */
#include "base/text.h"
#include "cli/case.h"
#include "link/spell.h"
#include <inttypes.h>

enum { FEWEST_DIGITS = 4 };

typedef struct {
    CaseOut out;
    bool json;
    uint64_t found;
} Search;

static void json_line(Buf *b, const StoreLink *l) {
    buf_printf(b, "{\"type\":\"link\",\"input\":%" PRIu64 ",\"artifact\":%" PRIu64, l->input,
               l->artifact);
    case_field(b, "name", l->name);
    case_field(b, "sha256", l->sha256);
    case_field(b, "kind", entity_name(l->kind));
    case_field(b, "value", l->value);
    case_field(b, "via", l->via);
    buf_str(b, "}\n");
}

static void text_line(Buf *b, const StoreLink *l) {
    buf_printf(b, "%6" PRIu64 "  ", l->input);
    case_text(b, l->name);
    buf_printf(b, "  %s ", entity_text(l->kind));
    case_text(b, l->value);
    buf_printf(b, "  (");
    case_text(b, l->via);
    buf_str(b, ")\n");
}

static bool tell(void *context, const StoreLink *l) {
    Search *s = context;
    s->found++;
    if (s->json) json_line(&s->out.buf, l);
    else text_line(&s->out.buf, l);
    case_out_breathe(&s->out);
    return !s->out.error;
}

static bool is_digest(EntityKind kind) {
    return kind == EN_sha256 || kind == EN_certificate || kind == EN_public_key ||
           kind == EN_imphash || kind == EN_rich;
}

/* ---- one value ---- */

/* The hex digits of a text that is nothing but these, what stands between them taken out. */
static const char *digits(Arena *a, const char *text) {
    const char *hex = strlen(text) >= FEWEST_DIGITS ? spell_serial(a, text, false) : NULL;
    if (!hex) return NULL;
    /* spell_serial takes leading zeros off, which a digest may have */
    Buf b = buf_new(1 << 12);
    for (const char *p = text; *p; p++)
        if (!strchr(": -", *p)) buf_byte(&b, (uint8_t)((*p >= 'A' && *p <= 'F') ? *p | 0x20 : *p));
    const char *whole = arena_text(a, buf_span(&b));
    buf_free(&b);
    return whole;
}

static bool wants(const Settings *s, EntityKind kind) {
    return !s->kind || strcmp(s->kind, entity_name(kind)) == 0;
}

static Status find_digests(Store *store, const Settings *s, Arena *a, const char *value,
                           Search *search) {
    const char *hex = digits(a, value);
    if (!hex || strlen(hex) < FEWEST_DIGITS) return ST_OK;
    if (wants(s, EN_sha256)) TRY(store_find_digest(store, hex, tell, search));
    for (unsigned k = 0; k < EN_COUNT; k++)
        if (k != EN_sha256 && is_digest((EntityKind)k) && wants(s, (EntityKind)k))
            TRY(store_find(store, (EntityKind)k, hex, true, tell, search));
    return ST_OK;
}

/* A serial in hex or in decimal; what follows it in the entity is the issuer. */
static Status find_serial(Store *store, const Settings *s, Arena *a, const char *value,
                          Search *search) {
    if (!wants(s, EN_issuer_serial)) return ST_OK;
    for (int decimal = 0; decimal < 2; decimal++) {
        const char *hex = spell_serial(a, value, decimal);
        const char *with_space = hex ? arena_printf(a, "%s ", hex) : NULL;
        if (with_space) TRY(store_find(store, EN_issuer_serial, with_space, true, tell, search));
    }
    return ST_OK;
}

/* As a kind whose values are found whole, or by their beginning where `prefix`. */
static Status find_other(Store *store, const Settings *s, Arena *a, const char *value, bool prefix,
                         Search *search) {
    for (unsigned k = 0; k < EN_COUNT; k++) {
        EntityKind kind = (EntityKind)k;
        if (is_digest(kind) || !wants(s, kind)) continue;
        const char *spelled = spell(a, kind, value);
        if (!spelled && prefix) spelled = value;
        if (spelled) TRY(store_find(store, kind, spelled, prefix, tell, search));
    }
    return ST_OK;
}

static Status find(Store *store, const Settings *s, const char *value, Search *search) {
    Arena a = arena_new(4 << 20);
    size_t n = strlen(value);
    bool prefix = n > 1 && value[n - 1] == '*';
    const char *text = arena_text(&a, span(value, prefix ? n - 1 : n));
    Status status = text ? find_digests(store, s, &a, text, search) : ST_BUDGET;
    if (status == ST_OK) status = find_serial(store, s, &a, text, search);
    if (status == ST_OK) status = find_other(store, s, &a, text, prefix, search);
    arena_reset(&a);
    return status;
}

static int run(Store *store, const Settings *s, const char *const *operands, size_t count) {
    Search search = {.out = case_out(), .json = s->json};
    Status status = ST_OK;
    for (size_t i = 0; i < count && status == ST_OK; i++)
        status = find(store, s, operands[i], &search);
    bool written = case_out_close(&search.out);
    if (!written || status != ST_OK) return EXIT_TROUBLE;
    return search.found ? EXIT_FINDINGS : EXIT_NOTHING;
}

const CaseCommand case_find = {
    .name = "find", .operands = "VALUE...", .mode = STORE_READ, .least = 1, .run = run};
