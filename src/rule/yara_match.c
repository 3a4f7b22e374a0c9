/* What a rule says of itself becomes the finding: `description` its sentence, `severity` or `score`
 * how bad it is, ATT&CK ids wherever its metadata or tags have them; its strings' first places are
 * the evidence. */
#include "rule/yara_match.h"
#include "base/text.h"
#include <ctype.h>

enum { MOST_STRINGS = 16, SHOWN_BYTES = 32, LONGEST_TITLE = 300 };

/* ---- evidence ---- */

/* "wide" strings: every second byte is zero. */
static Span narrowed(Span bytes, uint8_t out[SHOWN_BYTES / 2]) {
    size_t n = 0;
    for (; 2 * n + 1 < bytes.n && isprint(bytes.p[2 * n]) && !bytes.p[2 * n + 1]; n++)
        out[n] = bytes.p[2 * n];
    return n && 2 * n == bytes.n ? span(out, n) : bytes;
}

static const char *shown(Arena *a, const YR_STRING *string, const YR_MATCH *match) {
    Buf b = buf_new(1024);
    uint8_t narrow[SHOWN_BYTES / 2];
    Span bytes = span_clip(span(match->data, (size_t)match->data_length), 0, SHOWN_BYTES);
    bytes = narrowed(bytes, narrow);
    bool printable = bytes.n != 0;
    for (size_t i = 0; i < bytes.n; i++) printable = printable && isprint(bytes.p[i]);
    buf_printf(&b, "%s:", string->identifier);
    if (printable) buf_printf(&b, " \"%.*s\"", (int)bytes.n, (const char *)bytes.p);
    for (size_t i = 0; i < bytes.n && !printable; i++) buf_printf(&b, " %02x", bytes.p[i]);
    if (match->match_length > SHOWN_BYTES) buf_printf(&b, "... (%d bytes)", match->match_length);
    const char *text = arena_text(a, buf_span(&b));
    buf_free(&b);
    return text;
}

static Value *place(Arena *a) {
    Value *one = value_map(a);
    value_set(a, one, "artifact", value_uint(a, 1));
    return one;
}

static void add_string(Arena *a, Value *list, const YR_STRING *string, const YR_MATCH *match) {
    Value *one = place(a);
    value_set(a, one, "offset", value_uint(a, (uint64_t)(match->base + match->offset)));
    const char *text = shown(a, string, match);
    value_set(a, one, "text", text ? value_str(a, text) : NULL);
    value_add(list, one);
}

static Value *evidence_of(Arena *a, YR_SCAN_CONTEXT *context, YR_RULE *rule) {
    Value *list = value_list(a);
    YR_STRING *string;
    yr_rule_strings_foreach(rule, string) {
        YR_MATCH *match;
        yr_string_matches_foreach(context, string, match) {
            if (!match->is_private && value_count(list) < MOST_STRINGS)
                add_string(a, list, string, match);
            break;
        }
    }
    if (!value_count(list)) value_add(list, place(a)); /* a condition without strings */
    return list;
}

/* ---- what the rule says of itself ---- */

static const YR_META *meta_of(YR_RULE *rule, const char *name) {
    YR_META *meta;
    yr_rule_metas_foreach(rule, meta) if (strcasecmp(meta->identifier, name) == 0) return meta;
    return NULL;
}

static const char *text_meta(YR_RULE *rule, const char *name) {
    const YR_META *meta = meta_of(rule, name);
    return meta && meta->type == META_TYPE_STRING && *meta->string ? meta->string : NULL;
}

/* A score counts to 100. */
static Severity severity_of_score(long long score) {
    return score >= 90   ? SEVERITY_CRITICAL
           : score >= 70 ? SEVERITY_HIGH
           : score >= 50 ? SEVERITY_MEDIUM
           : score >= 20 ? SEVERITY_LOW
                         : SEVERITY_INFO;
}

static Severity severity_of(YR_RULE *rule) {
    const YR_META *score = meta_of(rule, "score");
    const char *word = text_meta(rule, "severity");
    if (!word) word = text_meta(rule, "threat_level");
    for (Severity s = SEVERITY_INFO; word && s <= SEVERITY_CRITICAL; s++)
        if (strcasecmp(word, severity_name(s)) == 0) return s;
    if (score && score->type == META_TYPE_INTEGER) return severity_of_score(score->integer);
    return SEVERITY_MEDIUM;
}

/* "T1059" or "T1059.001" at the beginning of s: its length, or 0. */
static size_t technique(const char *s) {
    if (toupper(s[0]) != 'T') return 0;
    for (int i = 1; i <= 4; i++)
        if (!isdigit((unsigned char)s[i])) return 0;
    bool sub = (s[5] == '.' || s[5] == '_') && isdigit((unsigned char)s[6]) &&
               isdigit((unsigned char)s[7]) && isdigit((unsigned char)s[8]);
    size_t n = sub ? 9 : 5;
    return isalnum((unsigned char)s[n]) ? 0 : n;
}

static bool holds(const Value *list, const char *text) {
    for (const Value *v = value_first(list); v; v = v->next)
        if (strcmp(value_get_str(v, ""), text) == 0) return true;
    return false;
}

static void add_techniques(Arena *a, Value *list, const char *text) {
    for (const char *s = text; *s; s++) {
        char id[10] = "";
        size_t n = s == text || !isalnum((unsigned char)s[-1]) ? technique(s) : 0;
        if (!n) continue;
        memcpy(id, s, n);
        id[0] = 'T';
        if (n > 5) id[5] = '.';
        if (!holds(list, id)) value_add(list, value_str(a, id));
    }
}

static Value *attack_of(Arena *a, YR_RULE *rule) {
    Value *list = value_list(a);
    YR_META *meta;
    const char *tag;
    yr_rule_metas_foreach(rule, meta) {
        bool names = strcasestr(meta->identifier, "attack") ||
                     strcasestr(meta->identifier, "mitre") ||
                     strcasestr(meta->identifier, "technique");
        if (names && meta->type == META_TYPE_STRING) add_techniques(a, list, meta->string);
    }
    yr_rule_tags_foreach(rule, tag) add_techniques(a, list, tag);
    return list;
}

static const char *title_of(Arena *a, YR_RULE *rule) {
    const char *text = text_meta(rule, "description");
    if (!text) return arena_printf(a, "YARA rule %s matches", rule->identifier);
    return arena_printf(a, "%.*s", LONGEST_TITLE, text);
}

static void tell_match(YaraMatch *m, YR_SCAN_CONTEXT *context, YR_RULE *rule) {
    Arena *a = m->arena;
    Finding f = {.rule = arena_printf(a, "yara.%s", rule->identifier),
                 .severity = severity_of(rule),
                 .title = title_of(a, rule),
                 .artifact = 1,
                 .evidence = evidence_of(a, context, rule),
                 .attack = attack_of(a, rule)};
    if (!a->full) sink_finding(m->to, &f);
}

static void tell_limit(YaraMatch *m, const char *title) {
    Value *evidence = value_list(m->arena);
    value_add(evidence, place(m->arena));
    if (!title || m->arena->full) return;
    sink_finding(m->to, &(Finding){.rule = "yara.incomplete",
                                   .severity = SEVERITY_INFO,
                                   .title = title,
                                   .artifact = 1,
                                   .evidence = evidence});
}

void yara_tell_incomplete(YaraMatch *m, int error) {
    tell_limit(m, error == ERROR_SCAN_TIMEOUT
                      ? "The YARA rules were not matched to their end: they took too long"
                      : arena_printf(m->arena, "The YARA rules were not matched: error %d", error));
}

int yara_on_message(YR_SCAN_CONTEXT *context, int message, void *data, void *match) {
    if (message == CALLBACK_MSG_RULE_MATCHING) tell_match(match, context, data);
    if (message == CALLBACK_MSG_TOO_MANY_MATCHES) {
        YaraMatch *m = match;
        tell_limit(m, arena_printf(m->arena, "String %s of a YARA rule matches too often",
                                   ((YR_STRING *)data)->identifier));
    }
    return CALLBACK_CONTINUE;
}
