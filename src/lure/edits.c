#include "lure/edits.h"
#include "base/text.h"
#include <inttypes.h>
#include <stdio.h>

/* Recognisable in text, and plausible as a word. */
static const char dye_text[] = "quillvorn47 marbletrace88";
static const char dye_address[] = "198.51.100.213"; /* RFC 5737 */
static const uint32_t dye_number = 0x2b7e1517;

/* ---- values ---- */

const WorldValue *edits_value(const World *base, const EditSet *edits, FactId fact,
                              const char *subject) {
    const Fact *f = fact_info(fact);
    for (size_t i = 0; i < edits->count; i++) {
        const WorldEdit *e = edits->edits[i];
        bool same = !e->subject == !subject && (!subject || strcasecmp(e->subject, subject) == 0);
        if (same && e->fact == fact && e->verb == EDIT_SET) return &e->value;
        if (same && e->fact == f->fact && e->verb == EDIT_REMOVE) return NULL;
    }
    if (f->subject == SUBJECT_NONE) return world_value(base, fact);
    if (!subject) return NULL;
    bool pattern = f->subject == SUBJECT_PATTERN;
    const WorldItem *item =
        pattern ? world_match(base, f->fact, subject) : world_find(base, f->fact, subject);
    return item ? item_value(item, fact) : NULL;
}

bool edits_is_list(FactId fact) {
    switch (fact_info(fact)->fact) {
    case FACT_process:
    case FACT_service:
    case FACT_window:
    case FACT_account:
    case FACT_printer: return true;
    default: return false;
    }
}

/* ---- spelling them ---- */

static void put_subject(Buf *out, const char *subject) {
    for (; *subject; subject++) {
        if (*subject == '=') buf_byte(out, '=');
        buf_byte(out, (uint8_t)*subject);
    }
}

/* `mark`: "", "+" or "-"; value: in notation, or NULL. */
static bool parse(Arena *a, FactId fact, const char *mark, const char *subject, Span value,
                  bool sets, WorldEdit *out) {
    Buf text = buf_new(1 << 20);
    WorldError error;
    buf_str(&text, fact_info(fact)->name);
    if (subject) {
        buf_printf(&text, ":%s", mark);
        put_subject(&text, subject);
    }
    if (sets) {
        buf_byte(&text, '=');
        buf_add(&text, value);
    }
    const char *spelled = text.full ? NULL : arena_text(a, buf_span(&text));
    buf_free(&text);
    return spelled && edit_parse(a, span_str(spelled), NULL, out, &error) == ST_OK;
}

bool edits_add(Arena *a, FactId fact, const char *subject, WorldEdit *out) {
    return parse(a, fact_info(fact)->fact, "+", subject, (Span){0}, false, out);
}

bool edits_remove(Arena *a, FactId fact, const char *subject, WorldEdit *out) {
    return parse(a, fact_info(fact)->fact, "-", subject, (Span){0}, false, out);
}

bool edits_set_notation(Arena *a, FactId fact, const char *subject, const char *notation,
                        WorldEdit *out) {
    return parse(a, fact, "", subject, span_str(notation), true, out);
}

static bool takes_marks(FactType t) {
    return t == FACT_TYPE_TEXT || t == FACT_TYPE_EXPANDED || t == FACT_TYPE_BYTES ||
           t == FACT_TYPE_REGISTRY;
}

static bool is_plain(Span text) {
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < 0x20 || text.p[i] == '\\' || text.p[i] == ':' || text.p[i] == '@' ||
            text.p[i] == '%')
            return false;
    return text_is_utf8(text);
}

bool edits_set_text(Arena *a, FactId fact, const char *subject, Span text, WorldEdit *out) {
    FactType type = fact_info(fact)->type;
    if (type == FACT_TYPE_NONE || (!takes_marks(type) && !is_plain(text))) return false;
    if (is_plain(text)) return parse(a, fact, "", subject, text, true, out);
    Buf escaped = buf_new(1 << 20);
    buf_str(&escaped, "text:");
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        if (c == '\\') buf_str(&escaped, "\\\\");
        else if (c < 0x20) buf_printf(&escaped, "\\x%02x", c);
        else buf_byte(&escaped, c);
    }
    bool good = parse(a, fact, "", subject, buf_span(&escaped), true, out);
    buf_free(&escaped);
    return good;
}

bool edits_set_bytes(Arena *a, FactId fact, const char *subject, Span bytes, WorldEdit *out) {
    FactType type = fact_info(fact)->type;
    char hex[3];
    if (type == FACT_TYPE_MAC) {
        char mac[18];
        if (bytes.n != 6) return false;
        snprintf(mac, sizeof mac, "%02x:%02x:%02x:%02x:%02x:%02x", bytes.p[0], bytes.p[1],
                 bytes.p[2], bytes.p[3], bytes.p[4], bytes.p[5]);
        return edits_set_notation(a, fact, subject, mac, out);
    }
    bool text = text_is_utf8(bytes) && !memchr(bytes.p, 0, bytes.n);
    if (text || (type != FACT_TYPE_BYTES && type != FACT_TYPE_REGISTRY))
        return text && edits_set_text(a, fact, subject, bytes, out);
    Buf value = buf_new(1 << 20);
    buf_str(&value, "hex:");
    for (size_t i = 0; i < bytes.n; i++) {
        snprintf(hex, sizeof hex, "%02x", bytes.p[i]);
        buf_str(&value, hex);
    }
    bool good = parse(a, fact, "", subject, buf_span(&value), true, out);
    buf_free(&value);
    return good;
}

bool edits_set_number(Arena *a, const Seen *s, int64_t number, WorldEdit *out) {
    char text[TIME_TEXT_SIZE];
    enum { HEX_SHORT = 4, HEX_LONG = 8 };
    uint64_t high = (uint64_t)number >> 32;
    switch (s->type) {
    case FACT_TYPE_TIME: time_print(number, text); break;
    case FACT_TYPE_DURATION:
        if (number < 0) return false;
        snprintf(text, sizeof text, "%" PRId64 "ms", number / 1000000);
        break;
    case FACT_TYPE_SERIAL:
        snprintf(text, sizeof text, "%04X-%04X", (unsigned)((uint32_t)number >> 16),
                 (unsigned)(number & 0xffff));
        break;
    case FACT_TYPE_RESOLUTION:
        snprintf(text, sizeof text, "%ux%u", (unsigned)high, (unsigned)(uint32_t)number);
        break;
    case FACT_TYPE_REGISTRY: snprintf(text, sizeof text, "dword:%u", (unsigned)number); break;
    case FACT_TYPE_TEXT:
        snprintf(text, sizeof text, "%0*x", s->fact == FACT_keyboard ? HEX_LONG : HEX_SHORT,
                 (unsigned)number);
        break;
    default: snprintf(text, sizeof text, "%" PRId64, number); break;
    }
    return edits_set_notation(a, s->fact, s->subject, text, out);
}

bool edits_dye(Arena *a, FactId fact, const char *subject, unsigned variant, WorldEdit *out) {
    char number[24];
    const Fact *f = fact_info(fact);
    if (f->subject == SUBJECT_PATTERN && f->fact == FACT_dns) /* by default there is every name */
        return variant < 2 && edits_set_notation(a, fact, subject, variant ? dye_address : "", out);
    if (fact == FACT_tcp && variant == 1)
        return edits_set_notation(a, FACT_tcp_greeting, subject, dye_text, out);
    if (fact == FACT_tcp)
        return variant < 3 &&
               edits_set_notation(a, fact, subject, variant ? "closed" : "open", out);
    if (fact == FACT_drive && variant < 3)
        return edits_set_notation(
            a, fact, subject, (const char *const[]){"removable", "network", "cdrom"}[variant], out);
    switch (f->type) {
    case FACT_TYPE_BYTES:
    case FACT_TYPE_TEXT:
    case FACT_TYPE_EXPANDED:
        if (edits_is_list(fact)) return variant == 0 && edits_add(a, fact, subject, out);
        return variant == 0 && edits_set_notation(a, fact, subject, dye_text, out);
    case FACT_TYPE_REGISTRY:
        snprintf(number, sizeof number, "dword:%" PRIu32, dye_number);
        if (variant > 1) return false;
        return edits_set_notation(a, fact, subject, variant ? number : dye_text, out);
    default: return variant == 0 && f->subject != SUBJECT_NONE && edits_add(a, fact, subject, out);
    }
}

const char *edits_value_text(Arena *a, const WorldEdit *e) {
    const char *text = edit_text(a, e);
    const char *value = text;
    for (; value && *value; value++) { /* behind the first single `=` */
        if (*value != '=') continue;
        if (value[1] != '=') return value + 1;
        value++;
    }
    return text;
}
