#include "sign/abuse.h"
#include "base/text.h"
#include "sign/csv.h"
#include "sign/der.h"
#include "sign/name.h"
#include <ctype.h>

enum { LONGEST_SERIAL = 64, HONEST_SERIAL = 6 /* bytes that nobody hits by chance */ };

/* ---- numbers ---- */

static bool is_separator(char c) {
    return c == ':' || c == ' ' || c == '-';
}

static Span from_hex(Arena *a, const char *text) {
    uint8_t bytes[LONGEST_SERIAL] = {0}, digits[2 * LONGEST_SERIAL];
    size_t n = 0;
    if (text[0] == '0' && (text[1] | 0x20) == 'x') text += 2;
    for (; *text; text++) {
        if (is_separator(*text)) continue;
        if (!isxdigit((unsigned char)*text) || n == sizeof digits) return (Span){0};
        digits[n++] = (uint8_t)(*text <= '9' ? *text - '0' : (*text | 0x20) - 'a' + 10);
    }
    size_t size = (n + 1) / 2, odd = n % 2;
    for (size_t i = 0; i < n; i++) {
        size_t at = (i + odd) / 2;
        bytes[at] = (uint8_t)(bytes[at] << 4 | digits[i]);
    }
    return arena_bytes(a, span(bytes, size));
}

static Span from_decimal(Arena *a, const char *text) {
    uint8_t bytes[LONGEST_SERIAL] = {0};
    for (; *text; text++) {
        unsigned carry = (unsigned char)*text - '0';
        if (carry > 9) return (Span){0};
        for (size_t i = sizeof bytes; i-- > 0; carry >>= 8) {
            carry += bytes[i] * 10u;
            bytes[i] = (uint8_t)carry;
        }
        if (carry) return (Span){0};
    }
    return arena_bytes(a, der_magnitude(span(bytes, sizeof bytes)));
}

Span abuse_serial(Arena *a, const char *text, bool decimal) {
    Span s = !*text    ? (Span){0}
             : decimal ? from_decimal(a, text)
                       : der_magnitude(from_hex(a, text));
    return s.n == 1 && s.p[0] == 0 ? (Span){0} : s;
}

static bool is_decimal(const char *text) {
    return *text && text[strspn(text, "0123456789")] == 0;
}

/* ---- buckets ---- */

static uint32_t hash_of(Span s) {
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < s.n; i++) h = (h ^ s.p[i]) * 16777619u;
    return (h ^ h >> 15) % ABUSE_BUCKETS;
}

static uint32_t hash_of_text(const char *s) {
    uint32_t h = 2166136261u;
    for (; *s; s++) h = (h ^ (uint8_t)(*s >= 'A' && *s <= 'Z' ? *s | 0x20 : *s)) * 16777619u;
    return (h ^ h >> 15) % ABUSE_BUCKETS;
}

static bool make_buckets(Arena *a, AbuseList *l) {
    if (l->serials) return true;
    l->thumbprints = arena_new_array(a, AbuseEntry *, ABUSE_BUCKETS);
    l->subjects = arena_new_array(a, AbuseEntry *, ABUSE_BUCKETS);
    AbuseEntry **serials = arena_new_array(a, AbuseEntry *, ABUSE_BUCKETS);
    if (l->thumbprints && l->subjects) l->serials = serials;
    return l->serials != NULL;
}

static void insert(AbuseList *l, AbuseEntry *e) {
    AbuseEntry **bucket;
    if (e->serial.n) {
        bucket = &l->serials[hash_of(e->serial)];
        e->same_serial = *bucket;
        *bucket = e;
    }
    if (e->thumbprint.n) {
        bucket = &l->thumbprints[hash_of(e->thumbprint)];
        e->same_thumbprint = *bucket;
        *bucket = e;
    }
    if (*e->subject) {
        bucket = &l->subjects[hash_of_text(e->subject)];
        e->same_subject = *bucket;
        *bucket = e;
    }
    l->count++;
}

/* ---- reading ---- */

typedef enum {
    COLUMN_SERIAL,
    COLUMN_THUMBPRINT,
    COLUMN_SUBJECT,
    COLUMN_ISSUER,
    COLUMN_WHAT,
    COLUMN_SOURCE,
    COLUMN_DATE,
    COLUMN_COUNT
} Column;

/* Headings without case, spaces and underscores, the best of a column first. */
static const char *const headings[COLUMN_COUNT][6] = {
    [COLUMN_SERIAL] = {"serialnumber", "serial"},
    [COLUMN_THUMBPRINT] = {"thumbprint", "sha1thumbprint", "fingerprint", "certmd5", "certsha1",
                           "certsha256"},
    [COLUMN_SUBJECT] = {"subjectcn", "subject", "signer"},
    [COLUMN_ISSUER] = {"issuercn", "issuer", "issuername"},
    [COLUMN_WHAT] = {"what", "cscbreason", "malware", "abusetype", "reason"},
    [COLUMN_SOURCE] = {"source"},
    [COLUMN_DATE] = {"date", "timestamp", "datesubmitted"},
};

typedef struct {
    int at[COLUMN_COUNT]; /* -1 = not there */
} Columns;

static bool is_heading(const char *field, const char *heading) {
    for (; *field; field++) {
        if (*field == ' ' || *field == '_') continue;
        if (tolower((unsigned char)*field) != *heading++) return false;
    }
    return !*heading;
}

static int find_column(const CsvRow *row, const char *const *names) {
    for (unsigned k = 0; k < 6 && names[k]; k++)
        for (unsigned i = 0; i < row->count; i++)
            if (is_heading(row->fields[i], names[k])) return (int)i;
    return -1;
}

static bool find_columns(const CsvRow *row, Columns *out) {
    for (unsigned c = 0; c < COLUMN_COUNT; c++) out->at[c] = find_column(row, headings[c]);
    return out->at[COLUMN_SERIAL] >= 0 || out->at[COLUMN_THUMBPRINT] >= 0;
}

static const char *field(const CsvRow *row, const Columns *columns, Column c) {
    int at = columns->at[c];
    return at >= 0 && (unsigned)at < row->count ? row->fields[at] : "";
}

/* A list without a hexadecimal digit in any of its serials is a list of decimal ones, or so small
 * that nobody can tell: then both readings are kept, as the issuer must be right as well. */
static bool has_letters(Cur c, const Columns *columns) {
    CsvRow row;
    Arena a = arena_new(64 << 20);
    bool found = false;
    while (!found && csv_next(&a, &c, &row)) {
        const char *serial = field(&row, columns, COLUMN_SERIAL);
        found = !row.comment && *serial && !is_decimal(serial);
        arena_clear(&a);
    }
    arena_reset(&a);
    return found;
}

static void add_row(Arena *a, AbuseList *l, const char *name, const CsvRow *row,
                    const Columns *columns, bool decimal) {
    AbuseEntry *e = arena_one(a, AbuseEntry);
    if (!e) return;
    *e = (AbuseEntry){.serial = abuse_serial(a, field(row, columns, COLUMN_SERIAL), decimal),
                      .thumbprint = from_hex(a, field(row, columns, COLUMN_THUMBPRINT)),
                      .subject = field(row, columns, COLUMN_SUBJECT),
                      .issuer = field(row, columns, COLUMN_ISSUER),
                      .what = field(row, columns, COLUMN_WHAT),
                      .source = field(row, columns, COLUMN_SOURCE),
                      .date = field(row, columns, COLUMN_DATE),
                      .list = name};
    if (e->thumbprint.n != 16 && e->thumbprint.n != 20 && e->thumbprint.n != 32)
        e->thumbprint = (Span){0};
    if (e->serial.n || e->thumbprint.n) insert(l, e);
}

bool abuse_read(Arena *a, AbuseList *l, const char *name, Span csv) {
    Cur c = cur(csv);
    CsvRow row;
    Columns columns;
    do
        if (!csv_next(a, &c, &row)) return false;
    while (!find_columns(&row, &columns));
    if (!make_buckets(a, l)) return false;
    bool hex = has_letters(c, &columns);
    while (!a->full && csv_next(a, &c, &row)) {
        if (row.comment) continue;
        add_row(a, l, name, &row, &columns, false);
        if (!hex && columns.at[COLUMN_SERIAL] >= 0) add_row(a, l, name, &row, &columns, true);
    }
    return true;
}

/* ---- looking up ---- */

typedef struct {
    const char *subject, *subject_common, *issuer, *issuer_common;
} Names;

static bool issuer_fits(const AbuseEntry *e, const Names *n) {
    return *e->issuer && (text_equal_nocase(e->issuer, n->issuer_common) ||
                          text_equal_nocase(e->issuer, n->issuer));
}

static bool subject_fits(const AbuseEntry *e, const Names *n) {
    return *e->subject && (text_equal_nocase(e->subject, n->subject_common) ||
                           text_equal_nocase(e->subject, n->subject));
}

static Span thumbprint(const Cert *c, size_t n) {
    return n == 16   ? span(c->md5, 16)
           : n == 20 ? span(c->sha1, 20)
           : n == 32 ? span(c->sha256, 32)
                     : (Span){0};
}

static bool thumbprint_fits(const AbuseEntry *e, const Cert *c) {
    return e->thumbprint.n && span_equal(e->thumbprint, thumbprint(c, e->thumbprint.n));
}

static const char *describe(Arena *a, const AbuseEntry *e) {
    return arena_printf(a, "%s%s%s%s%s%s%s (%s)", *e->subject ? e->subject : "a certificate",
                        *e->what ? ": " : "", e->what, *e->source ? "; " : "", e->source,
                        *e->date ? ", " : "", e->date, e->list);
}

static Verdict listed(Arena *a, const AbuseEntry *e, const char *by) {
    return verdict_bad(
        "listed",
        arena_printf(a, "its %s stands on a list of abused certificates: %s", by, describe(a, e)));
}

static Verdict imitation(Arena *a, const AbuseEntry *e, const char *how) {
    return verdict_bad("imitation", arena_printf(a, "%s: %s", how, describe(a, e)));
}

static const AbuseEntry *by_thumbprint(const AbuseList *l, const Cert *c) {
    static const size_t sizes[] = {32, 20, 16};
    for (unsigned i = 0; i < 3; i++)
        for (const AbuseEntry *e = l->thumbprints[hash_of(thumbprint(c, sizes[i]))]; e;
             e = e->same_thumbprint)
            if (thumbprint_fits(e, c)) return e;
    return NULL;
}

/* The same issuer and serial is the same certificate, unless its issuer is a pretender or the list
 * knows its thumbprint, which is another. */
static Verdict by_serial(Arena *a, const AbuseList *l, const Cert *c, const Names *n,
                         bool trusted) {
    Verdict copied = {0};
    for (const AbuseEntry *e = l->serials[hash_of(c->serial)]; e; e = e->same_serial) {
        if (!span_equal(e->serial, c->serial)) continue;
        bool other = e->thumbprint.n && !trusted;
        if (issuer_fits(e, n) && !other) return listed(a, e, "issuer and serial number");
        if (issuer_fits(e, n))
            copied = imitation(a, e, "it copies issuer and serial number of another certificate");
        else if (*e->issuer && (subject_fits(e, n) || c->serial.n >= HONEST_SERIAL))
            copied = imitation(
                a, e,
                subject_fits(e, n)
                    ? "it copies name and serial number of a certificate of another issuer"
                    : "it copies the serial number of a certificate of another issuer");
    }
    return copied;
}

/* A name alone says nothing of a certificate that a real authority issued: firms change theirs. */
static Verdict by_subject(Arena *a, const AbuseList *l, const Names *n) {
    const char *const names[] = {n->subject_common, n->subject};
    for (unsigned i = 0; i < 2; i++)
        for (const AbuseEntry *e = l->subjects[hash_of_text(names[i])]; e; e = e->same_subject)
            if (subject_fits(e, n))
                return imitation(a, e,
                                 issuer_fits(e, n)
                                     ? "it copies name and issuer of another certificate"
                                     : "it copies the name of a certificate of another issuer");
    return (Verdict){0};
}

Verdict abuse_look_up(Arena *a, const AbuseList *l, const Cert *c, bool trusted) {
    if (!l->serials) return verdict_good("unknown", "there is no list of abused certificates");
    Names n = {name_text(a, c->subject), name_common(a, c->subject), name_text(a, c->issuer),
               name_common(a, c->issuer)};
    const AbuseEntry *e = by_thumbprint(l, c);
    if (e) return listed(a, e, "thumbprint");
    Verdict v = by_serial(a, l, c, &n, trusted);
    if (!v.word && !trusted) v = by_subject(a, l, &n);
    return v.word
               ? v
               : verdict_good("none", arena_printf(a, "none of %zu listed certificates", l->count));
}
