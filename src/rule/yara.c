#include "rule/yara.h"
#include "base/log.h"
#include "rule/yara_match.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_SETS = 64 };

/* Compiled sources are one set, each compiled file is another. */
struct Yara {
    YR_RULES *sets[MOST_SETS];
    size_t count;
    const char *const *defines;
    size_t define_count;
};

struct YaraScan {
    Yara *yara;
    YR_SCANNER *scanners[MOST_SETS];
};

/* ---- external variables ---- */

/* What rule sets ask of the file's name, without defining it: Loki's and THOR's convention. */
static const char *const file_variables[] = {"filename", "filepath", "extension", "filetype",
                                             "owner"};

enum { FILE_VARIABLES = sizeof file_variables / sizeof file_variables[0] };

typedef struct {
    char name[128];
    const char *value;
    enum { IS_INTEGER, IS_REAL, IS_BOOLEAN, IS_TEXT } type;
    long long integer;
    double real;
} Variable;

/* As the yara command does: a whole number, a number with a point, true or false, else text. */
static bool parse_variable(const char *text, Variable *v) {
    const char *equals = strchr(text, '=');
    size_t n = equals ? (size_t)(equals - text) : 0;
    if (!n || n >= sizeof v->name) return false;
    *v = (Variable){.value = equals + 1, .type = IS_TEXT};
    memcpy(v->name, text, n);
    char *end;
    v->integer = strtoll(v->value, &end, 10);
    if (*v->value && !*end) v->type = IS_INTEGER;
    else if (v->real = strtod(v->value, &end), *v->value && !*end) v->type = IS_REAL;
    else if (strcmp(v->value, "true") == 0 || strcmp(v->value, "false") == 0) v->type = IS_BOOLEAN;
    return true;
}

static int define_in_compiler(YR_COMPILER *c, const Variable *v) {
    switch (v->type) {
    case IS_INTEGER: return yr_compiler_define_integer_variable(c, v->name, v->integer);
    case IS_REAL: return yr_compiler_define_float_variable(c, v->name, v->real);
    case IS_BOOLEAN: return yr_compiler_define_boolean_variable(c, v->name, *v->value == 't');
    case IS_TEXT: return yr_compiler_define_string_variable(c, v->name, v->value);
    }
    return ERROR_INVALID_ARGUMENT;
}

static int define_in_rules(YR_RULES *r, const Variable *v) {
    switch (v->type) {
    case IS_INTEGER: return yr_rules_define_integer_variable(r, v->name, v->integer);
    case IS_REAL: return yr_rules_define_float_variable(r, v->name, v->real);
    case IS_BOOLEAN: return yr_rules_define_boolean_variable(r, v->name, *v->value == 't');
    case IS_TEXT: return yr_rules_define_string_variable(r, v->name, v->value);
    }
    return ERROR_INVALID_ARGUMENT;
}

static bool is_defined(const Yara *y, const char *name) {
    Variable v;
    for (size_t i = 0; i < y->define_count; i++)
        if (parse_variable(y->defines[i], &v) && strcmp(v.name, name) == 0) return true;
    return false;
}

/* ---- opening ---- */

typedef struct {
    Yara *yara;
    YR_COMPILER *compiler; /* NULL before the first source */
    unsigned errors;
    char *message;
} Opening;

static Status complain(Opening *o, Status s, const char *what, const char *why) {
    snprintf(o->message, YARA_MESSAGE, "%s: %s", what, why);
    return s;
}

static void on_compiler_message(int level, const char *file, int line, const YR_RULE *rule,
                                const char *text, void *context) {
    (void)rule;
    Opening *o = context;
    if (!file) file = "rules";
    if (level != YARA_ERROR_LEVEL_ERROR) log_info("%s:%d: warning: %s", file, line, text);
    else if (o->errors++ == 0) snprintf(o->message, YARA_MESSAGE, "%s:%d: %s", file, line, text);
}

static Status define_all(Opening *o) {
    Yara *y = o->yara;
    Variable v;
    for (size_t i = 0; i < y->define_count; i++) {
        if (!parse_variable(y->defines[i], &v))
            return complain(o, ST_USAGE, y->defines[i], "not of the form VARIABLE=VALUE");
        if (define_in_compiler(o->compiler, &v) != ERROR_SUCCESS)
            return complain(o, ST_USAGE, y->defines[i], "YARA does not take this variable");
    }
    for (size_t i = 0; i < FILE_VARIABLES; i++)
        if (!is_defined(y, file_variables[i]))
            yr_compiler_define_string_variable(o->compiler, file_variables[i], "");
    return ST_OK;
}

static Status need_compiler(Opening *o) {
    if (o->compiler) return ST_OK;
    if (yr_compiler_create(&o->compiler) != ERROR_SUCCESS)
        return complain(o, ST_BUDGET, "YARA", status_text(ST_BUDGET));
    yr_compiler_set_callback(o->compiler, on_compiler_message, o);
    return define_all(o);
}

static Status add_source(Opening *o, FILE *f, const char *path, const char *name_space) {
    TRY(need_compiler(o));
    o->errors = 0;
    if (yr_compiler_add_file(o->compiler, f, name_space, path) == 0) return ST_OK;
    size_t n = strlen(o->message);
    if (o->errors > 1) snprintf(o->message + n, YARA_MESSAGE - n, " (and %u more)", o->errors - 1);
    if (!o->errors) return complain(o, ST_SYNTAX, path, "YARA cannot compile it");
    return ST_SYNTAX;
}

static Status add_set(Opening *o, YR_RULES *rules, const char *path) {
    if (o->yara->count == MOST_SETS) {
        yr_rules_destroy(rules);
        return complain(o, ST_USAGE, path, "too many files of compiled rules");
    }
    o->yara->sets[o->yara->count++] = rules;
    return ST_OK;
}

/* A variable that the compiled rules do not ask for is none of their business. */
static Status add_compiled(Opening *o, const char *path) {
    YR_RULES *rules = NULL;
    Variable v;
    int error = yr_rules_load(path, &rules);
    if (error == ERROR_UNSUPPORTED_FILE_VERSION)
        return complain(o, ST_SYNTAX, path, "compiled by another version of YARA");
    if (error != ERROR_SUCCESS) return complain(o, ST_SYNTAX, path, "damaged compiled rules");
    for (size_t i = 0; i < o->yara->define_count; i++)
        if (parse_variable(o->yara->defines[i], &v)) define_in_rules(rules, &v);
    return add_set(o, rules, path);
}

static Status add_file(Opening *o, const char *path, const char *name_space) {
    char mark[4] = "";
    FILE *f = fopen(path, "rbe");
    if (!f) return complain(o, ST_IO, path, strerror(errno));
    bool compiled = fread(mark, 1, 4, f) == 4 && memcmp(mark, "YARA", 4) == 0;
    rewind(f);
    Status s = compiled ? add_compiled(o, path) : add_source(o, f, path, name_space);
    fclose(f);
    return s;
}

static Status add_all(Opening *o, const YaraSources *sources, size_t count) {
    YR_RULES *rules = NULL;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < sources[i].file_count; k++) {
            const char *path = sources[i].files[k];
            TRY(add_file(o, path, sources[i].apart ? path : "default"));
        }
    if (!o->compiler) return ST_OK;
    if (yr_compiler_get_rules(o->compiler, &rules) != ERROR_SUCCESS)
        return complain(o, ST_BUDGET, "YARA", status_text(ST_BUDGET));
    return add_set(o, rules, "the rules");
}

Status yara_open(const YaraSources *sources, size_t count, const char *const *defines,
                 size_t define_count, Yara **out, char message[YARA_MESSAGE]) {
    Yara *y = yr_initialize() == ERROR_SUCCESS ? calloc(1, sizeof *y) : NULL;
    Opening o = {.yara = y, .message = message};
    if (!y) return complain(&o, ST_BUDGET, "YARA", status_text(ST_BUDGET));
    y->defines = defines;
    y->define_count = define_count;
    Status s = add_all(&o, sources, count);
    if (o.compiler) yr_compiler_destroy(o.compiler);
    if (s == ST_OK) *out = y;
    else yara_close(y);
    return s;
}

void yara_close(Yara *y) {
    if (!y) return;
    for (size_t i = 0; i < y->count; i++) yr_rules_destroy(y->sets[i]);
    free(y);
    yr_finalize();
}

size_t yara_rule_count(const Yara *y) {
    size_t n = 0;
    for (size_t i = 0; i < y->count; i++) n += y->sets[i]->num_rules;
    return n;
}

/* ---- scanning ---- */

YaraScan *yara_scan_open(Yara *y) {
    YaraScan *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->yara = y;
    for (size_t i = 0; i < y->count; i++)
        if (yr_scanner_create(y->sets[i], &s->scanners[i]) != ERROR_SUCCESS) {
            yara_scan_close(s);
            return NULL;
        }
    return s;
}

void yara_scan_close(YaraScan *s) {
    for (size_t i = 0; s && i < s->yara->count; i++)
        if (s->scanners[i]) yr_scanner_destroy(s->scanners[i]);
    free(s);
}

static void define_name(const YaraScan *s, YR_SCANNER *scanner, const char *name) {
    const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
    const char *dot = strrchr(base, '.');
    const char *values[] = {base, name, dot ? dot : ""};
    for (size_t i = 0; i < 3; i++)
        if (!is_defined(s->yara, file_variables[i]))
            yr_scanner_define_string_variable(scanner, file_variables[i], values[i]);
}

/* A scan that takes longer has met a rule that does not fit the file; coax's own patience with the
 * worker is longer. */
static int seconds_for(Span bytes) {
    return 30 + (int)(bytes.n / 5000000);
}

/* A crash of libyara is the worker's, and so a finding: no handlers of signals. Without the fast
 * mode every place of every string would be kept, of which one is evidence enough. */
void yara_scan(YaraScan *s, Arena *a, Span bytes, const char *name, Sink *to) {
    YaraMatch match = {.arena = a, .to = to};
    for (size_t i = 0; i < s->yara->count; i++) {
        YR_SCANNER *scanner = s->scanners[i];
        define_name(s, scanner, name);
        yr_scanner_set_callback(scanner, yara_on_message, &match);
        yr_scanner_set_timeout(scanner, seconds_for(bytes));
        yr_scanner_set_flags(scanner, SCAN_FLAGS_FAST_MODE | SCAN_FLAGS_NO_TRYCATCH |
                                          SCAN_FLAGS_REPORT_RULES_MATCHING);
        int error = yr_scanner_scan_mem(scanner, bytes.n ? bytes.p : (const uint8_t *)"", bytes.n);
        if (error != ERROR_SUCCESS) yara_tell_incomplete(&match, error);
    }
}
