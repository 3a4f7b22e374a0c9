/* Lists of lines. In a plain one the digest stands first, in a CSV any column may hold some; which
 * of the two it is, its first line says. */
#include "rule/hashlist_lines.h"
#include <strings.h>

enum { MOST_FIELDS = 64 };

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

/* ---- lines ---- */

Span hashlist_line(Span text, uint64_t *at) {
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

/* ---- one line: what it lists, what it says of that ---- */

static ListRow read_plain(Span line) {
    ListRow r = {0};
    Span rest = line;
    r.digests[0] = hashlist_digest(next_field(&rest, false));
    r.count = r.digests[0].n != 0;
    r.label = trimmed(rest);
    return r;
}

static ListRow read_csv(size_t label_column, Span line) {
    ListRow r = {0};
    for (size_t i = 0; line.n && i < MOST_FIELDS; i++) {
        Span field = next_field(&line, true);
        Digest d = hashlist_digest(field);
        if (d.n && r.count < LIST_DIGESTS) r.digests[r.count++] = d;
        if (i == label_column) r.label = field;
    }
    return r;
}

ListRow hashlist_row(const ListColumns *c, Span line) {
    return c->csv ? read_csv(c->label, line) : read_plain(line);
}

/* ---- all lines ---- */

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

LineReader hashlist_lines(Span text) {
    return (LineReader){.text = text};
}

/* The line of names may be a comment, as MalwareBazaar's is, but only the first line of all counts.
 */
bool hashlist_next(LineReader *r, ListRow *out) {
    uint64_t start = r->at;
    if (r->at >= r->text.n) return false;
    Span line = hashlist_line(r->text, &r->at);
    bool comment = is_comment(line);
    bool header = !r->begun && is_header(comment ? trimmed(line) : line);
    *out = header || comment ? (ListRow){.no_entry = true} : hashlist_row(&r->columns, line);
    if (header) r->columns = (ListColumns){.csv = true, .label = label_column(line)};
    r->begun = r->begun || header || !comment;
    out->line = ++r->line;
    out->at = start;
    return true;
}
