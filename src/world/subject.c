/* Subjects: what a keyed fact is about, in one spelling each. */
#include "world/internal.h"
#include <stdlib.h>

/* Windows' own limit of a path, in UTF-16 units; bytes of UTF-8 are never fewer. */
enum { LONGEST = 32767 };

typedef struct {
    Arena *arena;
    const char **problem;
} Context;

static Status refuse(const Context *c, const char *problem) {
    *c->problem = problem;
    return ST_SYNTAX;
}

/* ---- paths ---- */

static bool is_letter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* How much of the path is its root: C:\, \\server\share or %VARIABLE%; 0 = not absolute. */
static size_t path_root(const char *path) {
    if (is_letter(path[0]) && path[1] == ':' && path[2] == '\\') return 2;
    if (path[0] == '%') {
        const char *end = strchr(path + 1, '%');
        if (end && end > path + 1 && (end[1] == '\\' || !end[1])) return (size_t)(end + 1 - path);
    }
    if (path[0] == '\\' && path[1] == '\\' && path[2] && path[2] != '\\') {
        const char *share = strchr(path + 2, '\\');
        if (share && share[1] && share[1] != '\\') {
            const char *end = strchr(share + 1, '\\');
            return end ? (size_t)(end - path) : strlen(path);
        }
    }
    return 0;
}

/* Drops the last component behind the root. */
static size_t path_up(const char *path, size_t n, size_t root) {
    while (n > root && path[n - 1] != '\\') n--;
    return n > root ? n - 1 : root;
}

/* In place: collapses separators, "." and "..", and drops a separator at the end. */
static void path_clean(char *path, size_t root) {
    size_t n = root;
    for (const char *p = path + root; *p;) {
        while (*p == '\\') p++;
        size_t length = strcspn(p, "\\");
        if (length == 2 && p[0] == '.' && p[1] == '.') n = path_up(path, n, root);
        else if (length > 0 && !(length == 1 && p[0] == '.')) {
            path[n++] = '\\';
            memmove(path + n, p, length);
            n += length;
        }
        p += length;
    }
    path[n] = 0;
}

static Status canonical_path(const Context *c, char *path, const char **out) {
    for (char *p = path; *p; p++)
        if (*p == '/') *p = '\\';
    size_t root = path_root(path);
    if (root == 0)
        return refuse(c, "a path begins with a drive (C:\\), a share (\\\\server\\share) or a "
                         "%VARIABLE%");
    if (strpbrk(path + root, "<>\"|?*")) return refuse(c, "a path cannot hold any of < > \" | ? *");
    path_clean(path, root);
    if (path[1] == ':') {
        if (is_letter(path[0])) path[0] &= ~0x20;
        if (!path[2]) path[2] = '\\', path[3] = 0; /* there was a separator */
    }
    *out = path;
    return ST_OK;
}

/* ---- registry ---- */

static const struct {
    const char *name, *short_name;
} hives[] = {
    {"HKLM", "HKLM"}, {"HKEY_LOCAL_MACHINE", "HKLM"},
    {"HKCU", "HKCU"}, {"HKEY_CURRENT_USER", "HKCU"},
    {"HKCR", "HKCR"}, {"HKEY_CLASSES_ROOT", "HKCR"},
    {"HKU", "HKU"},   {"HKEY_USERS", "HKU"},
    {"HKCC", "HKCC"}, {"HKEY_CURRENT_CONFIG", "HKCC"},
};

/* HKLM\... with its hive's short name, or NULL where there is no such hive. */
static char *shorten_hive(Arena *a, const char *key, bool *full) {
    size_t n = strcspn(key, "\\");
    for (size_t i = 0; i < sizeof hives / sizeof *hives; i++) {
        if (strlen(hives[i].name) != n || strncasecmp(hives[i].name, key, n) != 0) continue;
        char *out = arena_printf(a, "%s%s", hives[i].short_name, key + n);
        *full = !out;
        return out;
    }
    return NULL;
}

static Status canonical_hive(const Context *c, const char *key, char **out) {
    bool full = false;
    *out = shorten_hive(c->arena, key, &full);
    if (full) return ST_BUDGET;
    return *out ? ST_OK : refuse(c, "a key begins with HKLM, HKCU, HKCR, HKU or HKCC");
}

static Status canonical_key(const Context *c, const char *key, const char **out) {
    char *text;
    TRY(canonical_hive(c, key, &text));
    size_t n = strlen(text);
    if (n && text[n - 1] == '\\') text[n - 1] = 0;
    if (strstr(text, "\\\\")) return refuse(c, "a key's name is empty");
    *out = text;
    return ST_OK;
}

/* Where the value's name begins: behind the first double backslash, else behind the last one. */
static const char *value_name(const char *subject, size_t *key_length) {
    const char *split = strstr(subject, "\\\\");
    const char *last = split ? split : strrchr(subject, '\\');
    if (!last) return NULL;
    *key_length = (size_t)(last - subject);
    return last + (split ? 2 : 1);
}

static Status canonical_value(const Context *c, const char *subject, const char **out) {
    char *text;
    TRY(canonical_hive(c, subject, &text));
    size_t n = 0;
    const char *name = value_name(text, &n);
    if (!name) return refuse(c, "the name of a value is missing: KEY\\VALUE");
    /* A double backslash is kept only where the name needs it. */
    const char *between = strchr(name, '\\') ? "\\\\" : "\\";
    *out = arena_printf(c->arena, "%.*s%s%s", (int)n, text, between, name);
    return *out ? ST_OK : ST_BUDGET;
}

const char *registry_subject_value(const char *subject, Arena *a, const char **key) {
    size_t n = 0;
    const char *name = value_name(subject, &n);
    *key = name ? arena_text(a, span(subject, n)) : NULL;
    return name;
}

/* ---- the others ---- */

static Status canonical_index(const Context *c, const char *text, const char **out) {
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (*end || *text < '0' || *text > '9' || n < 1 || n > 9999)
        return refuse(c, "the subject is a number from 1");
    *out = arena_printf(c->arena, "%lu", n);
    return *out ? ST_OK : ST_BUDGET;
}

static Status canonical_drive(const Context *c, char *text, const char **out) {
    if (!is_letter(text[0]) ||
        (text[1] && strcmp(text + 1, ":") != 0 && strcmp(text + 1, ":\\") != 0))
        return refuse(c, "a drive is a letter: C or C:");
    *out = arena_printf(c->arena, "%c", text[0] & ~0x20);
    return *out ? ST_OK : ST_BUDGET;
}

size_t subject_name_length(const char *subject) {
    const char *label = strrchr(subject, '#');
    return label ? (size_t)(label - subject) : strlen(subject);
}

static Status canonical_process(const Context *c, const char *text, const char **out) {
    if (strpbrk(text, "\\/:*?\"<>|")) return refuse(c, "a process is named by its file name alone");
    size_t n = subject_name_length(text);
    if (n == 0 || (text[n] && !text[n + 1])) return refuse(c, "a process is NAME or NAME#LABEL");
    *out = text;
    return ST_OK;
}

Status subject_canonical(Arena *a, SubjectKind kind, Span subject, const char **out,
                         const char **problem) {
    Context c = {a, problem};
    if (subject.n == 0) return refuse(&c, "the subject is empty");
    if (subject.n > LONGEST) return refuse(&c, "the subject is too long");
    if (!text_is_utf8(subject) || memchr(subject.p, 0, subject.n))
        return refuse(&c, "the subject is not UTF-8 text");
    char *text = arena_alloc(a, subject.n + 2); /* "C:" may become "C:\" */
    if (!text) return ST_BUDGET;
    memcpy(text, subject.p, subject.n);
    switch (kind) {
    case SUBJECT_PATH: return canonical_path(&c, text, out);
    case SUBJECT_REGISTRY: return canonical_value(&c, text, out);
    case SUBJECT_KEY: return canonical_key(&c, text, out);
    case SUBJECT_INDEX: return canonical_index(&c, text, out);
    case SUBJECT_DRIVE: return canonical_drive(&c, text, out);
    case SUBJECT_PROCESS: return canonical_process(&c, text, out);
    case SUBJECT_NONE:
    case SUBJECT_NAME:
    case SUBJECT_PATTERN: *out = text; return ST_OK;
    }
    return ST_INTERNAL;
}

bool subject_expands(SubjectKind kind) {
    return kind == SUBJECT_PATH || kind == SUBJECT_REGISTRY || kind == SUBJECT_KEY;
}

char *subject_fold(Arena *a, const char *subject) {
    /* Upper case can need one byte more than a small letter's two. */
    size_t n = strlen(subject);
    char *out = arena_alloc(a, n + n / 2 + 1), *p = out;
    if (!out) return NULL;
    Span s = span(subject, n);
    for (size_t at = 0; at < n;) {
        size_t from = at;
        if (s.p[at] < 0x80) {
            *p++ = (char)text_upcase16(s.p[at++]);
            continue;
        }
        uint32_t c = text_utf8_next(s, &at);
        if (c == TEXT_REPLACEMENT) memcpy(p, s.p + from, at - from), p += at - from;
        else p += text_utf8_put((uint8_t *)p, c < 0x10000 ? text_upcase16((uint16_t)c) : c);
    }
    return out;
}

bool subject_below(const char *folded, const char *above) {
    size_t n = strlen(above);
    if (n && above[n - 1] == '\\') n--; /* C:\ */
    return strncmp(folded, above, n) == 0 && folded[n] == '\\' && folded[n + 1];
}
