#include "rule/hashlist_lines.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP = 1024, MOST_FILES = 256, MOST_PROBLEMS = 20, LONGEST_LABEL = 200 };

typedef struct {
    uint64_t key;  /* the digest's first bytes, big-endian, so that they sort as the digest does */
    uint32_t line; /* of a JSON list: its row */
    uint16_t file;
    uint8_t size; /* of the digest */
} Entry;

typedef struct {
    const char *path;
    Span text;
    bool json;
    ListColumns columns;
    uint64_t *steps; /* where every STEPth line starts */
    size_t step_count;
    JsonRow *rows;
    size_t row_count, row_room;
} ListFile;

struct HashList {
    ListFile files[MOST_FILES];
    size_t file_count;
    Entry *entries;
    size_t count, room;
    HashProblem problems[MOST_PROBLEMS];
    uint64_t problem_count;
    bool full;
};

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

static void add(HashList *l, size_t file, uint64_t line, const Digest *d) {
    if (!grow((void **)&l->entries, &l->room, l->count, sizeof *l->entries) || line > UINT32_MAX) {
        l->full = true;
        return;
    }
    l->entries[l->count++] = (Entry){.key = key_of(d->bytes),
                                     .line = (uint32_t)line,
                                     .file = (uint16_t)file,
                                     .size = (uint8_t)d->n};
}

static void problem(HashList *l, size_t file, uint64_t line, const char *why) {
    if (l->problem_count++ < MOST_PROBLEMS)
        l->problems[l->problem_count - 1] = (HashProblem){l->files[file].path, line, why};
}

/* ---- reading ---- */

static bool remember_step(ListFile *f, size_t *room, uint64_t at) {
    if (!grow((void **)&f->steps, room, f->step_count, sizeof *f->steps)) return false;
    f->steps[f->step_count++] = at;
    return true;
}

static void read_lines(HashList *l, size_t file) {
    ListFile *f = &l->files[file];
    LineReader reader = hashlist_lines(f->text);
    ListRow r;
    size_t room = 0;
    while (hashlist_next(&reader, &r)) {
        if (r.line % STEP == 1 && !remember_step(f, &room, r.at)) l->full = true;
        for (size_t i = 0; i < r.count; i++) add(l, file, r.line, &r.digests[i]);
        if (!r.no_entry && !r.count) problem(l, file, r.line, "no MD5, SHA-1 or SHA-256");
    }
    f->columns = reader.columns;
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
    add(r->list, r->file, f->row_count, &row->digest);
    f->rows[f->row_count++] = *row;
}

static void read_json(HashList *l, size_t file) {
    Rows rows = {l, file};
    uint64_t line;
    if (!hashlist_json(l->files[file].text, take_row, &rows, &line))
        problem(l, file, line, "no JSON: brackets or quotes do not match");
    else if (!l->files[file].row_count)
        problem(l, file, 1, "no attribute in it is an MD5, SHA-1 or SHA-256");
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
    for (uint32_t n = (line - 1) / STEP * STEP + 1; n <= line; n++)
        text = hashlist_line(f->text, &at);
    return text;
}

static bool row_has(const ListRow *r, Span digest) {
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
    ListRow r = hashlist_row(&f->columns, line_at(f, e->line));
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
