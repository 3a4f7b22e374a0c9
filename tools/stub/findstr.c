/* findstr.exe: lines that hold a text or match an expression: /i /v /n /m /c:TEXT /l /r /b /e /x /s
 * /g is missing. Expressions know . * ^ $ [class] [^class] \x \< and \>. */
#include "stub.h"

enum { MOST_PATTERNS = 64, MOST_LINE = 8192 };

static char patterns[MOST_PATTERNS][512];
static int pattern_count, ignore_case, invert, numbers, names_only, literal, whole, at_begin,
    at_end;
static int below, prefix_names, found;

static int lower(int c) {
    return ignore_case && c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static int is_word(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* ---- expressions ---- */

/* Behind the element at p. */
static const char *behind(const char *p) {
    if (*p == '\\' && p[1]) return p + 2;
    if (*p == '[') {
        const char *end = strchr(p + 1 + (p[1] == '^'), ']');
        return end ? end + 1 : p + 1;
    }
    return p + 1;
}

static int in_class(const char *p, int c) {
    int not = p[1] == '^', in = 0;
    for (p += 1 + not ; *p && *p != ']'; p++) {
        if (p[1] == '-' && p[2] && p[2] != ']') {
            in |= lower(c) >= lower(*p) && lower(c) <= lower(p[2]);
            p += 2;
        } else {
            in |= lower(c) == lower(*p);
        }
    }
    return in != not ;
}

static int element(const char *p, int c) {
    if (!c) return 0;
    if (*p == '.') return 1;
    if (*p == '[') return in_class(p, c);
    if (*p == '\\' && p[1]) p++;
    return lower(c) == lower(*p);
}

static int matches_here(const char *p, const char *t, const char *begin) {
    while (*p) {
        if (*p == '$' && !p[1]) return !*t;
        if (*p == '\\' && (p[1] == '<' || p[1] == '>')) {
            int before = t > begin && is_word((unsigned char)t[-1]),
                after = is_word((unsigned char)*t);
            if (p[1] == '<' ? before || !after : !before || after) return 0;
            p += 2;
            continue;
        }
        const char *next = behind(p);
        if (*next == '*') {
            const char *last = t;
            while (element(p, (unsigned char)*last)) last++;
            for (;; last--) {
                if (matches_here(next + 1, last, begin)) return 1;
                if (last == t) return 0;
            }
        }
        if (!element(p, (unsigned char)*t)) return 0;
        p = next;
        t++;
    }
    return !whole && !at_end ? 1 : !*t;
}

static int matches_expression(const char *p, const char *line) {
    if (*p == '^') return matches_here(p + 1, line, line);
    for (const char *t = line;; t++) {
        if (matches_here(p, t, line)) return 1;
        if (!*t || whole || at_begin) return 0;
    }
}

/* ---- texts ---- */

static int matches_text(const char *p, const char *line) {
    size_t n = strlen(p);
    for (const char *t = line;; t++) {
        size_t i = 0;
        while (i < n && t[i] && lower((unsigned char)t[i]) == lower((unsigned char)p[i])) i++;
        if (i == n && ((!whole && !at_end) || !t[n])) return 1;
        if (!*t || whole || at_begin) return 0;
    }
}

static int line_matches(const char *line) {
    for (int i = 0; i < pattern_count; i++)
        if (literal ? matches_text(patterns[i], line) : matches_expression(patterns[i], line))
            return !invert;
    return invert;
}

/* ---- files ---- */

static void print(const char *name, long number, const char *line) {
    char text[MOST_LINE + 512];
    DWORD done;
    int n = 0;
    if (prefix_names) n = snprintf(text, sizeof text, "%s:", name);
    if (numbers) n += snprintf(text + n, sizeof text - (size_t)n, "%ld:", number);
    n += snprintf(text + n, sizeof text - (size_t)n, "%s\r\n", line);
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), text, (DWORD)n, &done, NULL);
}

static void search(FILE *f, const char *name) {
    static char line[MOST_LINE];
    for (long number = 1; fgets(line, sizeof line, f); number++) {
        line[strcspn(line, "\r\n")] = 0;
        if (!line_matches(line)) continue;
        found = 1;
        if (names_only) {
            say(L"%hs\n", name);
            return;
        }
        print(name, number, line);
    }
}

static void search_file(const char *name) {
    FILE *f = fopen(name, "rb");
    if (!f) {
        complain(L"FINDSTR: Cannot open %hs\n", name);
        return;
    }
    search(f, name);
    fclose(f);
}

static void search_all(const char *folder, const char *pattern) {
    char path[MAX_PATH];
    WIN32_FIND_DATAA d;
    snprintf(path, sizeof path, "%s%s", folder, pattern);
    HANDLE h = FindFirstFileA(path, &d);
    for (BOOL more = h != INVALID_HANDLE_VALUE; more; more = FindNextFileA(h, &d)) {
        if (d.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) continue;
        snprintf(path, sizeof path, "%s%s", folder, d.cFileName);
        search_file(path);
    }
    if (h != INVALID_HANDLE_VALUE) FindClose(h);
    else if (!below) complain(L"FINDSTR: Cannot open %hs\n", pattern);
    if (!below) return;
    snprintf(path, sizeof path, "%s*", folder);
    h = FindFirstFileA(path, &d);
    for (BOOL more = h != INVALID_HANDLE_VALUE; more; more = FindNextFileA(h, &d)) {
        if (!(d.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) || *d.cFileName == '.') continue;
        snprintf(path, sizeof path, "%s%s\\", folder, d.cFileName);
        search_all(path, pattern);
    }
    if (h != INVALID_HANDLE_VALUE) FindClose(h);
}

/* ---- arguments ---- */

static void add_pattern(const char *text, size_t n) {
    if (n && n < sizeof patterns[0] && pattern_count < MOST_PATTERNS)
        memcpy(patterns[pattern_count++], text, n);
}

static void add_words(const char *text) {
    while (*text) {
        size_t n = strcspn(text, " ");
        add_pattern(text, n);
        text += n + (text[n] == ' ');
    }
}

static int read_option(const char *a) {
    if ((a[1] | 32) == 'c' && a[2] == ':') {
        add_pattern(a + 3, strlen(a + 3));
        literal |= 2; /* unless /r says otherwise */
        return 1;
    }
    for (a++; *a; a++) {
        switch (*a | 32) {
        case 'i': ignore_case = 1; break;
        case 'v': invert = 1; break;
        case 'n': numbers = 1; break;
        case 'm': names_only = 1; break;
        case 'l': literal |= 1; break;
        case 'r': literal |= 4; break;
        case 'b': at_begin = 1; break;
        case 'e': at_end = 1; break;
        case 'x': whole = 1; break;
        case 's': below = 1; break;
        case 'p':
        case 'o': break;
        default: return 0;
        }
    }
    return 1;
}

int main(int count, char **a) {
    int i = 1;
    for (; i < count && *a[i] == '/'; i++) {
        if (read_option(a[i])) continue;
        complain(L"FINDSTR: /%hs ignored\n", a[i] + 1);
    }
    if (!pattern_count && i < count) add_words(a[i++]);
    if (!pattern_count) {
        complain(L"FINDSTR: Bad command line\n");
        return 2;
    }
    literal = literal & 4 ? 0 : literal != 0;
    prefix_names = below || count - i > 1 || (i < count && strpbrk(a[i], "*?"));
    if (i == count) search(stdin, "(standard input)");
    for (; i < count; i++) search_all("", a[i]);
    return found ? 0 : 1;
}
