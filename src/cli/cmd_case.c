/* coax case SUBCOMMAND: questions to a case file. */
#include "base/json.h"
#include "base/text.h"
#include "cli/case.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define CASE(name) extern const CaseCommand case_##name;
#include "cli/cases.def"

static const CaseCommand *const subcommands[] = {
#define CASE(name) &case_##name,
#include "cli/cases.def"
};

enum { SUBCOMMANDS = sizeof subcommands / sizeof *subcommands, ENOUGH = 64 << 10 };

/* ---- printing ---- */

CaseOut case_out(void) {
    return (CaseOut){.buf = buf_new(256 << 20)};
}

static void flush(CaseOut *o) {
    if (!o->error && o->buf.full) o->error = EFBIG;
    if (!o->error && o->buf.n) o->error = cli_write(buf_span(&o->buf));
    buf_clear(&o->buf);
}

void case_out_breathe(CaseOut *o) {
    if (o->buf.n >= ENOUGH || o->buf.full) flush(o);
}

bool case_out_close(CaseOut *o) {
    flush(o);
    buf_free(&o->buf);
    if (o->error) cli_complain("standard output: %s", strerror(o->error));
    return !o->error;
}

void case_field(Buf *b, const char *key, const char *text) {
    buf_printf(b, ",\"%s\":", key);
    if (text) json_write_text(b, span_str(text));
    else buf_str(b, "null");
}

void case_text(Buf *b, const char *text) {
    text_escape(b, span_str(text));
}

const char *case_time(Arena *a, const char *text) {
    char out[TIME_TEXT_SIZE];
    Time t;
    if (!text || !time_parse(text, &t)) return NULL;
    time_print(t, out);
    return arena_str(a, out);
}

/* ---- inputs ---- */

typedef struct {
    uint64_t input, others;
} Chosen;

static bool choose(void *context, const StoreLink *l) {
    Chosen *c = context;
    if (!c->input) c->input = l->input;
    else if (c->input != l->input) c->others++;
    return true;
}

uint64_t case_input(Store *store, const char *operand) {
    char *end;
    Chosen c = {0};
    errno = 0;
    uint64_t n = strtoull(operand, &end, 10);
    if (*operand && !*end && !errno && n <= INT64_MAX) c.input = store_input_of(store, n);
    bool digest = strlen(operand) >= 8 && operand[strspn(operand, "0123456789abcdef")] == 0;
    if (!c.input && digest) store_find_digest(store, operand, choose, &c);
    if (store_problem(store)) return 0;
    if (!c.input) cli_complain("the case has no %s", operand);
    if (c.others) cli_complain("the case has more than one %s; say its number", operand);
    return c.others ? 0 : c.input;
}

/* ---- the command ---- */

static const CaseCommand *find_subcommand(const char *name) {
    for (size_t i = 0; name && i < SUBCOMMANDS; i++)
        if (strcmp(subcommands[i]->name, name) == 0) return subcommands[i];
    return NULL;
}

static int run_on(const char *file, const CaseCommand *c, const Settings *s,
                  const char *const *operands, size_t count) {
    char message[STORE_MESSAGE] = "";
    Store *store;
    if (store_open(file, c->mode, STORE_PATIENCE, &store, message) != ST_OK) {
        cli_complain("%s", message);
        return EXIT_TROUBLE;
    }
    int status = c->run(store, s, operands, count);
    if (store_problem(store)) {
        cli_complain("%s", store_problem(store));
        status = EXIT_TROUBLE;
    }
    store_close(store);
    return status;
}

static int run(const Settings *s, const char *const *operands, size_t count) {
    const CaseCommand *c = find_subcommand(count ? operands[0] : NULL);
    const char *file = keeping_file(s);
    if (!c) cli_complain("coax case wants list, show, find, cluster, export or forget (see coax case --help)");
    else if (!file) cli_complain("coax case %s wants --case FILE (or COAX_CASE)", c->name);
    else if (count - 1 < c->least) cli_complain("usage: coax case %s %s", c->name, c->operands);
    else return run_on(file, c, s, operands + 1, count - 1);
    return EXIT_TROUBLE;
}

const Command cmd_case = {
    .name = "case",
    .operands = "list | show ID | find VALUE... | cluster | export [ID...] | forget ID...",
    .summary = "ask a case file: what is in it, who has this, what belongs together",
    .text =
        "`list` lists what was analysed, `show` makes an input's whole report again, `find` says who has a\n"
        "hash, a serial, a domain, an address, a mutex, a path..., `cluster` says what belongs together and\n"
        "what ties which, `export` writes all for other programs, `forget` (with IDs, or --before TIME)\n"
        "removes for good. An ID is a number of `list` or the beginning of a SHA-256 (docs/case.md).\n"
        "\n"
        "  coax --case friday.case samples/\n"
        "  coax case list --case friday.case --severity high\n"
        "  coax case find --case friday.case update.example 4c:57:01\n"
        "\n"
        "Exit status: find and show end with 1 where they found something. Kinds: sha256, certificate,\n"
        "issuer_serial, public_key, subject, opus, imphash, rich, pdb, mutex, domain, address, url, mac, host,\n"
        "user, path.\n",
    .options = OPTIONS_OUTPUT | OPTIONS_CASE,
    .run = run,
};
