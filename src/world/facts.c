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
    [FACT_TYPE_SIZE] = "size",
    [FACT_TYPE_BOOL] = "true or false",
    [FACT_TYPE_TIME] = "time",
    [FACT_TYPE_DURATION] = "duration",
    [FACT_TYPE_MAC] = "MAC address",
    [FACT_TYPE_SID] = "SID",
    [FACT_TYPE_SERIAL] = "volume serial",
    [FACT_TYPE_RESOLUTION] = "resolution",
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

static const char head[] =
    "# The facts of a world\n"
    "\n"
    "Made from `src/world/facts.def` (`build/tools/facts > docs/facts.md`); a unit test holds it "
    "to that table.\n"
    "\n"
    "## In an edit\n"
    "\n"
    "    FACT[.ATTRIBUTE][:SUBJECT]=VALUE    sets; a subject that is not there is added\n"
    "    FACT:+SUBJECT                       adds\n"
    "    FACT:-SUBJECT                       removes\n"
    "\n"
    "The subject ends at the first single `=`; `==` in it is one `=`. Subjects compare without "
    "case. `%VARIABLES%` in a path or a\n"
    "registry key are the world's own. Removing a directory or a key removes all below it; a "
    "process NAME stands for all of that name.\n"
    "\n"
    "A value is text as it is, or begins with\n"
    "\n"
    "| | |\n"
    "|---|---|\n"
    "| `text:` | text with `\\\\` `\\n` `\\r` `\\t` `\\0` `\\xNN` (a byte) and `\\u{N}` (a "
    "character) |\n"
    "| `hex:` | bytes; for the registry REG_BINARY |\n"
    "| `u16:` | text; where bytes are wanted, its UTF-16LE without a NUL |\n"
    "| `vars:` | text in which the world's `%VARIABLES%` are expanded |\n"
    "| `dword:` `qword:` | a number, decimal or 0x; REG_DWORD and REG_QWORD, or 4 and 8 bytes |\n"
    "| `expand:` | for the registry: REG_EXPAND_SZ |\n"
    "| `multi:` | for the registry: REG_MULTI_SZ, the texts with `\\|` between them (`\\|\\|` is "
    "one bar) |\n"
    "| `hex(N):` | for the registry: data of type N, N in hex |\n"
    "| `@HOSTFILE` | the bytes of a file of the analyst's |\n"
    "\n"
    "Plain text is REG_SZ. Sizes are `512`, `8GiB`, `500GB`; durations `2d3h27m12s`, `500ms`; "
    "times RFC 3339.\n"
    "\n"
    "## In a persona\n"
    "\n"
    "A YAML map of facts. A fact without a subject has its value, or a map with the keys below; a "
    "fact with\n"
    "subjects has a map from subject to value, or to a map with those keys, or a list of subjects. "
    "`registry` also takes a map from a\n"
    "key to a map of its values. Values have the notation above; numbers, `true` and `false` may "
    "be YAML's. `without` is a\n"
    "map from fact to a list of subjects that are not there. An unknown key, a value that is none, "
    "and two facts that contradict each\n"
    "other are errors.\n"
    "\n"
    "## Facts\n"
    "\n"
    "| fact | key | value | if silent | |\n"
    "|---|---|---|---|---|\n";

void facts_document(Buf *out) {
    buf_str(out, head);
    for (FactId id = 0; id < FACT_COUNT; id++) document_fact(out, id);
}
