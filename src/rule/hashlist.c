#include "rule/hashlist_lines.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP = 1024, MOST_FILES = 256, MOST_PROBLEMS = 20, MOST_FIELDS = 64, LONGEST_LABEL = 200 };

typedef struct {
    uint64_t key;  /* the digest's first bytes, big-endian, so that they sort as the digest does */
    uint32_t line; /* of a JSON list: its row */
    uint16_t file;
    uint8_t size; /* of the digest */
} Entry;

struct ListFile {
    const char *path;
    Span text;
    bool json;
    size_t label_column; /* of a CSV, or MOST_FIELDS */
    uint64_t *steps;     /* where every STEPth line starts */
    size_t step_count;
    JsonRow *rows;
    size_t row_count, row_room;
};

struct HashList {
    ListFile files[MOST_FILES];
    size_t file_count;
    Entry *entries;
    size_t count, room;
    HashProblem problems[MOST_PROBLEMS];
    uint64_t problem_count;
    bool full;
};

/* ---- digests ---- */

static int nibble(uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

Digest hashlist_digest(Span text) {
    Digest d = {0};
    if (text.n != 32 && text.n != 40 && text.n != 64) return d;
    for (size_t i = 0; i < text.n / 2; i++) {
        int high = nibble(text.p[2 * i]), low = nibble(text.p[2 * i + 1]);
        if (high < 0 || low < 0) return d;
        d.bytes[i] = (uint8_t)(high << 4 | low);
    }
    d.n = text.n / 2;
    return d;
}

static uint64_t key_of(const uint8_t *digest) {
    Cur c = cur(span(digest, 8));
    return cur_u64be(&c);
}

/* ---- growing ---- */

static bool grow(void **p, size_t *room, size_t count, size_t size) {
    if (count < *room) return true;
    size_t more = *room ? *room * 2 : 1024;
    void *bigger = realloc(*p, more * size);
    if (!bigger) return false;
    *p = bigger;
    *room = more;
    return true;
}

void hashlist_add(HashList *l, size_t file, uint64_t line, const Digest *d) {
    if (!grow((void **)&l->entries, &l->room, l->count, sizeof *l->entries) || line > UINT32_MAX) {
        l->full = true;
        return;
    }
    l->entries[l->count++] = (Entry){.key = key_of(d->bytes),
                                     .line = (uint32_t)line,
                                     .file = (uint16_t)file,
                                     .size = (uint8_t)d->n};
}

void hashlist_problem(HashList *l, size_t file, uint64_t line, const char *why) {
    if (l->problem_count++ < MOST_PROBLEMS)
        l->problems[l->problem_count - 1] = (HashProblem){l->files[file].path, line, why};
}

/* ---- lines ---- */

static Span next_line(Span text, uint64_t *at) {
    Span rest = span_clip(text, *at, UINT64_MAX);
    const uint8_t *end = rest.n ? memchr(rest.p, '\n', rest.n) : NULL;
    size_t n = end ? (size_t)(end - rest.p) : rest.n;
    *at += n + (end != NULL);
    if (n && rest.p[n - 1] == '\r') n--;
    return span_clip(rest, 0, n);
}

static bool is_separator(uint8_t c) {
    return c == ' ' || c == '\t' || c == ',' || c == ';' || c == ':' || c == '"' || c == '*';
}

static Span trimmed(Span s) {
    while (s.n && is_separator(*s.p)) s = span_clip(s, 1, UINT64_MAX);
    while (s.n && is_separator(s.p[s.n - 1])) s = span_clip(s, 0, s.n - 1);
    return s;
}

/* The next field that separators end; for a CSV only commas outside quotes do. */
static Span next_field(Span *line, bool csv) {
    bool quoted = false;
    size_t n = 0;
    if (!csv) *line = trimmed(*line);
    for (; n < line->n; n++) {
        uint8_t c = line->p[n];
        if (csv && c == '"') quoted = !quoted;
        if (!quoted && (csv ? c == ',' : is_separator(c))) break;
    }
    Span field = span_clip(*line, 0, n);
    *line = span_clip(*line, n + 1, UINT64_MAX);
    return csv ? trimmed(field) : field;
}

static bool is_csv(const ListFile *f) {
    return f->label_column <= MOST_FIELDS;
}

/* ---- one line: what it lists, what it says of that ---- */

typedef struct {
    Digest digests[4];
    size_t count;
    Span label;
} Row;

static Row read_plain(Span line) {
    Row r = {0};
    Span rest = line;
    r.digests[0] = hashlist_digest(next_field(&rest, false));
    r.count = r.digests[0].n != 0;
    r.label = trimmed(rest);
    return r;
}

static Row read_csv(const ListFile *f, Span line) {
    Row r = {0};
    for (size_t i = 0; line.n && i < MOST_FIELDS; i++) {
        Span field = next_field(&line, true);
        Digest d = hashlist_digest(field);
        if (d.n && r.count < 4) r.digests[r.count++] = d;
        if (i == f->label_column) r.label = field;
    }
    return r;
}

static Row read_row(const ListFile *f, Span line) {
    return is_csv(f) ? read_csv(f, line) : read_plain(line);
}

/* ---- reading ---- */

static bool is_comment(Span line) {
    Span s = trimmed(line);
    return !s.n || s.p[0] == '#';
}

/* The column that says most of a file; the earlier in this list the better. */
static size_t label_column(Span header) {
    static const char *const names[] = {"signature", "malware",   "family",  "threat",
                                        "label",     "name",      "comment", "description",
                                        "tags",      "file_name", "filename"};
    size_t best = MOST_FIELDS, rank = sizeof names / sizeof names[0];
    for (size_t i = 0; header.n && i < MOST_FIELDS; i++) {
        Span field = next_field(&header, true);
        for (size_t k = 0; k < rank; k++)
            if (field.n == strlen(names[k]) &&
                strncasecmp((const char *)field.p, names[k], field.n) == 0)
                best = i, rank = k;
    }
    return best;
}

/* Names of columns: a line with commas that holds no digest and names one. */
static bool is_header(Span line) {
    static const char *const kinds[] = {"md5", "sha1", "sha256", "hash"};
    bool names = false;
    if (!line.n || !memchr(line.p, ',', line.n)) return false;
    for (Span rest = line; rest.n;) {
        Span field = next_field(&rest, true);
        if (hashlist_digest(field).n) return false;
        for (size_t k = 0; k < 4; k++)
            names = names || (field.n >= strlen(kinds[k]) &&
                              strncasecmp((const char *)field.p, kinds[k], strlen(kinds[k])) == 0);
    }
    return names;
}

static bool remember_step(ListFile *f, size_t *room, uint64_t at) {
    if (!grow((void **)&f->steps, room, f->step_count, sizeof *f->steps)) return false;
    f->steps[f->step_count++] = at;
    return true;
}

static void read_lines(HashList *l, size_t file) {
    ListFile *f = &l->files[file];
    size_t room = 0;
    bool first = true;
    f->label_column = MOST_FIELDS + 1;
    for (uint64_t at = 0, line = 1; at < f->text.n; line++) {
        if (line % STEP == 1 && !remember_step(f, &room, at)) l->full = true;
        Span text = next_line(f->text, &at);
        if (is_comment(text) && !(first && is_header(trimmed(text)))) continue;
        if (first && is_header(text)) f->label_column = label_column(text);
        else {
            Row r = read_row(f, text);
            for (size_t i = 0; i < r.count; i++) hashlist_add(l, file, line, &r.digests[i]);
            if (!r.count) hashlist_problem(l, file, line, "no MD5, SHA-1 or SHA-256");
        }
        first = false;
    }
}

typedef struct {
    HashList *list;
    size_t file;
} Rows;

static void take_row(void *context, const JsonRow *row) {
    Rows *r = context;
    ListFile *f = &r->list->files[r->file];
    if (!grow((void **)&f->rows, &f->row_room, f->row_count, sizeof *f->rows)) {
        r->list->full = true;
        return;
    }
    hashlist_add(r->list, r->file, f->row_count, &row->digest);
    f->rows[f->row_count++] = *row;
}

static void read_json(HashList *l, size_t file) {
    Rows rows = {l, file};
    uint64_t line;
    if (!hashlist_json(l->files[file].text, take_row, &rows, &line))
        hashlist_problem(l, file, line, "no JSON: brackets or quotes do not match");
    else if (!l->files[file].row_count)
        hashlist_problem(l, file, 1, "no attribute in it is an MD5, SHA-1 or SHA-256");
}

/* ---- sorting: by the upper half of the key; few share it ---- */

static bool sort_entries(HashList *l) {
    Entry *other = malloc((l->count ? l->count : 1) * sizeof *other), *from = l->entries,
          *to = other;
    if (!other) return false;
    for (unsigned shift = 32; shift < 64; shift += 8) {
        size_t starts[256] = {0}, sum = 0;
        for (size_t i = 0; i < l->count; i++) starts[from[i].key >> shift & 0xff]++;
        for (unsigned b = 0; b < 256; b++) {
            size_t n = starts[b];
            starts[b] = sum;
            sum += n;
        }
        for (size_t i = 0; i < l->count; i++) to[starts[from[i].key >> shift & 0xff]++] = from[i];
        Entry *swap = from;
        from = to;
        to = swap;
    }
    free(other); /* four passes end where they began */
    return true;
}

/* ---- opening ---- */

static Status map_file(ListFile *f, const char *path, char *message) {
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && fstat(fd, &st) == 0;
    void *p = NULL;
    if (good && !S_ISREG(st.st_mode)) errno = EISDIR, good = false;
    if (good && st.st_size) p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    int error = errno;
    if (fd >= 0) close(fd);
    if (!good || p == MAP_FAILED) {
        snprintf(message, HASHLIST_MESSAGE, "%s: %s", path, strerror(error));
        return ST_IO;
    }
    f->path = path;
    f->text = span(p, p ? (size_t)st.st_size : 0);
    return ST_OK;
}

static bool looks_like_json(Span text) {
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] > ' ') return text.p[i] == '{' || text.p[i] == '[';
    return false;
}

static Status read_file(HashList *l, const char *path, char *message) {
    size_t n = l->file_count;
    if (n == MOST_FILES) {
        snprintf(message, HASHLIST_MESSAGE, "%s: more than %d lists", path, MOST_FILES);
        return ST_USAGE;
    }
    TRY(map_file(&l->files[n], path, message));
    l->file_count++;
    l->files[n].json = looks_like_json(l->files[n].text);
    if (l->files[n].json) read_json(l, n);
    else read_lines(l, n);
    return ST_OK;
}

Status hashlist_open(const char *const *paths, size_t count, HashList **out,
                     char message[HASHLIST_MESSAGE]) {
    HashList *l = calloc(1, sizeof *l);
    Status s = l ? ST_OK : ST_BUDGET;
    for (size_t i = 0; s == ST_OK && i < count; i++) s = read_file(l, paths[i], message);
    if (s == ST_OK && (l->full || !sort_entries(l))) s = ST_BUDGET;
    if (s == ST_BUDGET) snprintf(message, HASHLIST_MESSAGE, "the lists: %s", status_text(s));
    if (s == ST_OK) *out = l;
    else hashlist_close(l);
    return s;
}

void hashlist_close(HashList *l) {
    for (size_t i = 0; l && i < l->file_count; i++) {
        ListFile *f = &l->files[i];
        if (f->text.p) munmap((void *)f->text.p, f->text.n);
        free(f->steps);
        free(f->rows);
    }
    if (l) free(l->entries);
    free(l);
}

uint64_t hashlist_count(const HashList *l) {
    return l->count;
}

const HashProblem *hashlist_problems(const HashList *l, size_t *kept, uint64_t *count) {
    *count = l->problem_count;
    *kept = l->problem_count < MOST_PROBLEMS ? (size_t)l->problem_count : MOST_PROBLEMS;
    return l->problems;
}

/* ---- finding ---- */

static Span line_at(const ListFile *f, uint32_t line) {
    uint64_t at = f->steps[(line - 1) / STEP];
    Span text = {0};
    for (uint32_t n = (line - 1) / STEP * STEP + 1; n <= line; n++) text = next_line(f->text, &at);
    return text;
}

static bool row_has(const Row *r, Span digest) {
    for (size_t i = 0; i < r->count; i++)
        if (span_equal(span(r->digests[i].bytes, r->digests[i].n), digest)) return true;
    return false;
}

/* The whole digest, as the list has it. */
static bool confirm(const HashList *l, const Entry *e, Span digest, Span *label, uint64_t *line) {
    const ListFile *f = &l->files[e->file];
    if (f->json) {
        const JsonRow *row = &f->rows[e->line];
        *label = row->label;
        *line = row->line;
        return span_equal(span(row->digest.bytes, row->digest.n), digest);
    }
    Row r = read_row(f, line_at(f, e->line));
    *label = r.label;
    *line = e->line;
    return row_has(&r, digest);
}

static bool find(const HashList *l, Arena *a, Span digest, const char *kind, HashHit *out) {
    uint64_t key = key_of(digest.p);
    size_t low = 0, high = l->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (l->entries[middle].key >> 32 < key >> 32) low = middle + 1;
        else high = middle;
    }
    for (; low < l->count && l->entries[low].key >> 32 == key >> 32; low++) {
        const Entry *e = &l->entries[low];
        Span label;
        uint64_t line;
        if (e->key != key || e->size != digest.n || !confirm(l, e, digest, &label, &line)) continue;
        const char *text = arena_text(a, span_clip(label, 0, LONGEST_LABEL));
        *out = (HashHit){l->files[e->file].path, line, text ? text : "", kind};
        return true;
    }
    return false;
}

static bool was_computed(Span digest) {
    for (size_t i = 0; i < digest.n; i++)
        if (digest.p[i]) return true;
    return false;
}

bool hashlist_find(const HashList *l, Arena *a, const Digests *d, HashHit *out) {
    const struct {
        Span digest;
        const char *kind;
    } all[] = {
        {span(d->sha256, 32), "SHA-256"}, {span(d->sha1, 20), "SHA-1"}, {span(d->md5, 16), "MD5"}};
    for (size_t i = 0; i < 3; i++)
        if (was_computed(all[i].digest) && find(l, a, all[i].digest, all[i].kind, out)) return true;
    return false;
}
