#include "world/internal.h"

static const Fact facts[FACT_COUNT] = {
#define FACT(name_, subject_, type_, value_, fallback_, text_)                                     \
    [FACT_##name_] = {.name = #name_,                                                              \
                      .fact = FACT_##name_,                                                        \
                      .subject = SUBJECT_##subject_,                                               \
                      .type = FACT_TYPE_##type_,                                                   \
                      .key = value_,                                                               \
                      .fallback = fallback_,                                                       \
                      .text = text_},
#define ATTRIBUTE(fact_, name_, type_, fallback_, text_)                                           \
    [FACT_##fact_##_##name_] = {.name = #fact_ "." #name_,                                         \
                                .fact = FACT_##fact_,                                              \
                                .type = FACT_TYPE_##type_,                                         \
                                .key = #name_,                                                     \
                                .fallback = fallback_,                                             \
                                .text = text_},
#include "world/facts.def"
};

static const char *const choices[FACT_COUNT] = {
#define CHOICES(row, words) [FACT_##row] = words,
#include "world/facts.def"
};

const Fact *fact_info(FactId id) {
    return &facts[id];
}

const char *fact_choices(FactId id) {
    return choices[id];
}

SubjectKind fact_subject(FactId id) {
    return facts[facts[id].fact].subject;
}

unsigned fact_value_count(FactId fact) {
    unsigned n = 1;
    while (fact + n < FACT_COUNT && facts[fact + n].fact == fact) n++;
    return n;
}

bool fact_find(Span name, FactId *out) {
    for (FactId id = 0; id < FACT_COUNT; id++)
        if (span_equal(name, span_str(facts[id].name))) return *out = id, true;
    return false;
}

/* ---- the page ---- */

static const char *const type_names[FACT_TYPE_COUNT] = {
    [FACT_TYPE_NONE] = "-",
    [FACT_TYPE_TEXT] = "text",
    [FACT_TYPE_EXPANDED] = "text with %VARIABLES%",
    [FACT_TYPE_PATH] = "path",
    [FACT_TYPE_WORDS] = "words",
    [FACT_TYPE_CHOICE] = "choice",
    [FACT_TYPE_BYTES] = "bytes",
    [FACT_TYPE_REGISTRY] = "registry data",
    [FACT_TYPE_NUMBER] = "number",
    [FACT_TYPE_FLAGS] = "flags",
    [FACT_TYPE_SIZE] = "size",
    [FACT_TYPE_BOOL] = "true or false",
    [FACT_TYPE_TIME] = "time",
    [FACT_TYPE_DURATION] = "duration",
    [FACT_TYPE_MAC] = "MAC address",
    [FACT_TYPE_SID] = "SID",
    [FACT_TYPE_SERIAL] = "volume serial",
    [FACT_TYPE_RESOLUTION] = "resolution",
    [FACT_TYPE_POINT] = "point",
};

static const char *const subject_names[] = {
    [SUBJECT_NONE] = "",        [SUBJECT_NAME] = "NAME",    [SUBJECT_INDEX] = "NUMBER",
    [SUBJECT_DRIVE] = "LETTER", [SUBJECT_PATH] = "PATH",    [SUBJECT_REGISTRY] = "KEY\\VALUE",
    [SUBJECT_KEY] = "KEY",      [SUBJECT_PROCESS] = "NAME", [SUBJECT_PATTERN] = "PATTERN",
};

static void document_spelling(Buf *out, const Fact *f) {
    SubjectKind kind = facts[f->fact].subject;
    buf_printf(out, "`%s", f->name);
    if (kind && f->type == FACT_TYPE_NONE) buf_str(out, ":+");
    else if (kind) buf_str(out, ":");
    buf_printf(out, "%s`", subject_names[kind]);
}

/* A bar would end the table's cell. */
static void document_cell(Buf *out, const char *text) {
    for (; *text; text++) {
        if (*text == '|') buf_byte(out, '\\');
        buf_byte(out, (uint8_t)*text);
    }
}

static void document_fact(Buf *out, FactId id) {
    const Fact *f = &facts[id];
    buf_str(out, "| ");
    document_spelling(out, f);
    buf_printf(out, " | %s", f->key);
    buf_printf(out, " | %s", type_names[f->type]);
    if (choices[id]) buf_printf(out, ": %s", choices[id]);
    buf_str(out, " | ");
    if (f->fallback && *f->fallback) buf_printf(out, "`%s`", f->fallback);
    else if (f->fallback) buf_str(out, "empty");
    buf_str(out, " | ");
    document_cell(out, f->text);
    buf_str(out, " |\n");
}

static const char head[] = "# The facts of a world\n"
                           "\n"
                           "Made from src/world/facts.def; [worlds.md](worlds.md) tells how a "
                           "persona and an edit spell them.\n"
                           "\n"
                           "| in an edit | in a map | value | if silent | |\n"
                           "|---|---|---|---|---|\n";

void facts_document(Buf *out) {
    buf_str(out, head);
    for (FactId id = 0; id < FACT_COUNT; id++) document_fact(out, id);
}
