/* The command line: [OPTIONS] [COMMAND] [OPTIONS and OPERANDS], `--` ends the options. A first
 * operand that names a command is the command; a file of that name is written ./run or -- run. */
#include "cli/cli.h"
#include <stdio.h>
#include <stdlib.h>

/* ---- one setter per option ---- */

static bool set_json(Settings *s, const char *value) {
    (void)value;
    return s->json = true;
}
static bool set_quiet(Settings *s, const char *value) {
    (void)value;
    return s->quiet = true;
}
static bool set_no_run(Settings *s, const char *value) {
    (void)value;
    return s->no_run = true;
}
static bool set_trace(Settings *s, const char *value) {
    (void)value;
    return s->trace = true;
}
static bool set_pcap(Settings *s, const char *value) {
    s->pcap = value;
    return *value != 0;
}
static bool set_output(Settings *s, const char *value) {
    s->output = value;
    return *value != 0;
}
static bool set_interface(Settings *s, const char *value) {
    s->interface = value;
    return *value != 0;
}
static bool set_filter(Settings *s, const char *value) {
    s->filter = value;
    return *value != 0;
}
static bool set_help(Settings *s, const char *value) {
    (void)value;
    return s->help = true;
}
static bool set_version(Settings *s, const char *value) {
    (void)value;
    return s->version = true;
}

static bool set_color(Settings *s, const char *value) {
    static const char *const names[] = {
        [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(value, names[i]) == 0) {
            s->color = (ColorWhen)i;
            return true;
        }
    return false;
}

static bool set_world(Settings *s, const char *value) {
    s->world = value;
    return *value != 0;
}
static bool set_directory(Settings *s, const char *value) {
    s->directory = value;
    return *value != 0;
}
static bool add_edit(Settings *s, const char *value) {
    s->edits[s->edit_count++] = value;
    return *value != 0;
}

static bool add_path(const char **list, size_t *count, const char *value) {
    list[(*count)++] = value;
    return *value != 0;
}
static bool add_roots(Settings *s, const char *value) {
    return add_path(s->roots, &s->trust.root_count, value);
}
static bool add_crl(Settings *s, const char *value) {
    return add_path(s->crls, &s->trust.crl_count, value);
}
static bool add_abuse(Settings *s, const char *value) {
    return add_path(s->abuse, &s->trust.abuse_count, value);
}
static bool add_catalog(Settings *s, const char *value) {
    return add_path(s->catalogs, &s->trust.catalog_count, value);
}
static bool add_rules(Settings *s, const char *value) {
    return add_path(s->rules, &s->against.rule_count, value);
}
static bool add_define(Settings *s, const char *value) {
    return add_path(s->defines, &s->against.define_count, value) && strchr(value, '=');
}
static bool add_hashes(Settings *s, const char *value) {
    return add_path(s->hashes, &s->against.list_count, value);
}
static bool set_no_digests(Settings *s, const char *value) {
    (void)value;
    return s->no_digests = true;
}
static bool set_at(Settings *s, const char *value) {
    return s->trust.has_at = time_parse(value, &s->trust.at);
}

/* Names between commas; the list grows by as many. */
static bool add_against(Settings *s, const char *value) {
    size_t n = 1;
    for (const char *c = value; *c; c++) n += *c == ',';
    const char **more = realloc(s->personas, (s->persona_count + n) * sizeof *more);
    char *names = more ? strdup(value) : NULL;
    if (more) s->personas = more;
    for (char *name = names; name; name = names) {
        name = strsep(&names, ",");
        if (!*name) return false;
        s->personas[s->persona_count++] = name;
    }
    return more != NULL;
}

static bool set_case(Settings *s, const char *value) {
    s->case_file = value;
    return *value != 0;
}
static bool set_again(Settings *s, const char *value) {
    (void)value;
    return s->again = true;
}
static bool is_time(const char *text) {
    Time t;
    return time_parse(text, &t);
}
static bool set_since(Settings *s, const char *value) {
    s->since = value;
    return is_time(value);
}
static bool set_before(Settings *s, const char *value) {
    s->before = value;
    return is_time(value);
}
static bool set_name(Settings *s, const char *value) {
    s->name = value;
    return *value != 0;
}
static bool set_format(Settings *s, const char *value) {
    s->format = value;
    return *value != 0;
}
static bool set_rule(Settings *s, const char *value) {
    s->rule = value;
    return *value != 0;
}
static bool set_severity(Settings *s, const char *value) {
    for (s->severity = 0; s->severity <= SEVERITY_CRITICAL; s->severity++)
        if (strcmp(value, severity_name((Severity)s->severity)) == 0) return true;
    return false;
}
static bool set_kind(Settings *s, const char *value) {
    EntityKind kind;
    s->kind = value;
    return entity_parse(value, &kind);
}
static bool set_as(Settings *s, const char *value) {
    s->as = value;
    return strcmp(value, "jsonl") == 0 || strcmp(value, "csv") == 0;
}

static bool set_jobs(Settings *s, const char *value) {
    uint64_t n;
    if (!quantity_count(value, &n) || n < 1 || n > 256) return false;
    s->jobs = (unsigned)n;
    return true;
}
enum { DEFAULT_REPLAYS = 200 };

static bool set_replays(Settings *s, const char *value) {
    return quantity_count(value, &s->replays);
}
static bool set_blocks(Settings *s, const char *value) {
    return quantity_count(value, &s->budget.blocks) && s->budget.blocks;
}
static bool set_time(Settings *s, const char *value) {
    return quantity_time(value, &s->budget.elapsed) && s->budget.elapsed;
}
static bool set_memory(Settings *s, const char *value) {
    return quantity_size(value, &s->budget.memory) && s->budget.memory;
}
static bool set_written(Settings *s, const char *value) {
    return quantity_size(value, &s->budget.written) && s->budget.written;
}
static bool set_events(Settings *s, const char *value) {
    return quantity_count(value, &s->budget.events) && s->budget.events;
}
static bool set_calls(Settings *s, const char *value) {
    return quantity_count(value, &s->budget.calls) && s->budget.calls;
}
static bool set_wall(Settings *s, const char *value) {
    return quantity_time(value, &s->wall) && s->wall;
}

static const Option options[] = {
#define OPTION(group, letter, name, argument, set, wants, help)                                    \
    {group, letter, name, argument, set, wants, help},
#include "cli/options.def"
};

enum { OPTION_COUNT = sizeof options / sizeof options[0] };

const Option *option_at(size_t i) {
    return i < OPTION_COUNT ? &options[i] : NULL;
}

/* ---- parsing ---- */

typedef struct {
    const char *const *argv;
    size_t argc, at;
    CommandLine *line;
    const Option *given[OPTION_COUNT]; /* each once */
    bool options_end;                  /* `--` was seen */
    char *message;
} Parser;

static bool fail(Parser *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool fail(Parser *p, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(p->message, CLI_MESSAGE, format, args);
    va_end(args);
    return false;
}

static const Option *find_name(const char *name, size_t n) {
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (strlen(options[i].name) == n && memcmp(options[i].name, name, n) == 0)
            return &options[i];
    return NULL;
}

static const Option *find_letter(char letter) {
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (options[i].letter == letter) return &options[i];
    return NULL;
}

static bool fail_unknown(Parser *p, const char *name, size_t n) {
    char typed[64];
    snprintf(typed, sizeof typed, "%.*s", (int)(n < 63 ? n : 63), name);
    const Option *best = NULL;
    unsigned least = 3; /* more than two letters off is no slip */
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        unsigned d = nearest_distance(typed, options[i].name, 2);
        if (d < least) least = d, best = &options[i];
    }
    if (best) return fail(p, "there is no option --%s; did you mean --%s?", typed, best->name);
    return fail(p, "there is no option --%s (see coax help)", typed);
}

static bool apply(Parser *p, const Option *o, const char *value) {
    p->given[o - options] = o;
    if (o->set(&p->line->settings, value)) return true;
    return fail(p, "--%s wants %s, not \"%s\"", o->name, o->wants, value);
}

/* The argument after an option, which may stand in the next word. */
static bool apply_with_argument(Parser *p, const Option *o, const char *attached) {
    if (attached) return apply(p, o, attached);
    if (p->at == p->argc) return fail(p, "--%s wants %s", o->name, o->wants);
    return apply(p, o, p->argv[p->at++]);
}

static bool parse_long(Parser *p, const char *word) {
    const char *name = word + 2;
    size_t n = strcspn(name, "=");
    const char *attached = name[n] ? name + n + 1 : NULL;
    const Option *o = find_name(name, n);
    if (!o) return fail_unknown(p, name, n);
    if (o->argument) return apply_with_argument(p, o, attached);
    if (attached) return fail(p, "--%s takes no argument", o->name);
    return apply(p, o, NULL);
}

static bool parse_letters(Parser *p, const char *word) {
    for (const char *letter = word + 1; *letter; letter++) {
        const Option *o = find_letter(*letter);
        if (!o) return fail(p, "there is no option -%c (see coax help)", *letter);
        if (o->argument) return apply_with_argument(p, o, letter[1] ? letter + 1 : NULL);
        if (!apply(p, o, NULL)) return false;
    }
    return true;
}

static bool is_option(const char *word) {
    return word[0] == '-' && word[1]; /* "-" alone is an operand */
}

/* Options up to the next operand or the end. */
static bool parse_options(Parser *p) {
    while (p->at < p->argc && !p->options_end && is_option(p->argv[p->at])) {
        const char *word = p->argv[p->at++];
        if (strcmp(word, "--") == 0) p->options_end = true;
        else if (word[1] == '-' ? !parse_long(p, word) : !parse_letters(p, word)) return false;
    }
    return true;
}

static void take_operand(Parser *p) {
    p->line->operands[p->line->operand_count++] = p->argv[p->at++];
}

static bool choose_command(Parser *p) {
    if (!parse_options(p)) return false;
    const char *word = p->at < p->argc ? p->argv[p->at] : NULL;
    const Command *named = word && !p->options_end ? command_find(word) : NULL;
    p->line->command = named ? named : command_default();
    p->line->named = named != NULL;
    if (named) p->at++;
    return true;
}

static bool parse_rest(Parser *p) {
    bool verbatim = p->line->command->verbatim;
    if (!parse_options(p)) return false;
    while (p->at < p->argc) {
        take_operand(p);
        if (!verbatim && !parse_options(p)) return false;
    }
    return true;
}

static bool check_groups(Parser *p) {
    const Command *c = p->line->command;
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (p->given[i] && !(p->given[i]->group & (c->options | OPTIONS_ALWAYS)))
            return fail(p, "coax %s has no option --%s", c->name, p->given[i]->name);
    return true;
}

/* The options that may be repeated: a list for each, with room for every word of the line. */
enum { LISTS = 8 };

static void lists_of(Settings *s, const char ***lists[LISTS]) {
    const char ***all[LISTS] = {&s->edits,    &s->roots, &s->crls,    &s->abuse,
                                &s->catalogs, &s->rules, &s->defines, &s->hashes};
    memcpy(lists, all, sizeof all);
}

void command_line_free(CommandLine *line) {
    const char ***lists[LISTS];
    lists_of(&line->settings, lists);
    for (size_t i = 0; i < LISTS; i++) free(*lists[i]);
    free(line->operands);
}

bool command_line_parse(int argc, const char *const *argv, CommandLine *out,
                        char message[CLI_MESSAGE]) {
    size_t words = argc > 0 ? (size_t)argc : 0;
    *out = (CommandLine){0};
    out->operands = calloc(words + 1, sizeof *out->operands);
    out->settings.replays = DEFAULT_REPLAYS;
    out->settings.severity = -1;
    const char ***lists[LISTS];
    lists_of(&out->settings, lists);
    bool room = out->operands != NULL;
    for (size_t i = 0; i < LISTS; i++)
        room &= (*lists[i] = calloc(words + 1, sizeof **lists[i])) != NULL;
    Parser p = {.argv = argv, .argc = words, .at = 1, .line = out, .message = message};
    if (!room) return fail(&p, "out of memory");
    return choose_command(&p) && parse_rest(&p) && check_groups(&p);
}
