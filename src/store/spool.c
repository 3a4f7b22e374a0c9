/* A row is its length (4 bytes), its kind (1 byte) and its values, each a byte for what it is, and a
 * number (8 bytes), or a length (8 bytes) and as many bytes. */
#include "store/spool.h"

enum { SPOOL_ENOUGH = 4 << 20, SPOOL_CEILING = 1 << 30 };

Spool spool_new(void) {
    return (Spool){.rows = buf_new(SPOOL_CEILING), .read = buf_new(SPOOL_CEILING)};
}

void spool_clear(Spool *s) {
    if (s->file) fclose(s->file);
    s->file = NULL;
    s->spilled = 0;
    buf_clear(&s->rows);
    s->open_at = 0;
    s->failed = false;
}

void spool_free(Spool *s) {
    spool_clear(s);
    buf_free(&s->rows);
    buf_free(&s->read);
}

/* ---- writing ---- */

static void close_row(Spool *s) {
    size_t n = s->rows.n - s->open_at;
    if (s->rows.full) s->failed = true;
    if (n < 5 || s->failed) return;
    for (unsigned i = 0; i < 4; i++) s->rows.p[s->open_at + i] = (uint8_t)((n - 4) >> 8 * i);
}

static void spill(Spool *s) {
    if (!s->file) s->file = tmpfile();
    if (!s->file || fwrite(s->rows.p, 1, s->rows.n, s->file) != s->rows.n) s->failed = true;
    s->spilled += s->rows.n;
    buf_clear(&s->rows);
}

void spool_row(Spool *s, uint8_t kind) {
    spool_end(s);
    buf_le(&s->rows, 0, 4);
    buf_byte(&s->rows, kind);
}

void spool_end(Spool *s) {
    close_row(s);
    if (s->rows.n >= SPOOL_ENOUGH && !s->failed) spill(s);
    s->open_at = s->rows.n;
}

void spool_null(Spool *s) {
    buf_byte(&s->rows, SPOOL_NULL);
}

void spool_int(Spool *s, int64_t n) {
    buf_byte(&s->rows, SPOOL_INT);
    buf_le(&s->rows, (uint64_t)n, 8);
}

void spool_artifact(Spool *s, uint32_t n) {
    if (n == 0) {
        spool_null(s);
        return;
    }
    buf_byte(&s->rows, SPOOL_ARTIFACT);
    buf_le(&s->rows, n, 8);
}

void spool_bytes(Spool *s, Span text) {
    buf_byte(&s->rows, SPOOL_TEXT);
    buf_le(&s->rows, text.n, 8);
    buf_add(&s->rows, text);
}

void spool_text(Spool *s, const char *text) {
    if (text) spool_bytes(s, span_str(text));
    else spool_null(s);
}

/* ---- reading: the file's rows, then those in memory, at open_at ---- */

void spool_rewind(Spool *s) {
    s->open_at = 0;
    if (s->file && (fflush(s->file) != 0 || fseek(s->file, 0, SEEK_SET) != 0)) s->failed = true;
}

static bool read_from_file(Spool *s, Span *row) {
    uint8_t length[4];
    if (!s->file || s->failed || fread(length, 1, 4, s->file) != 4) {
        if (s->file && ferror(s->file)) s->failed = true;
        return false;
    }
    Cur c = cur(span(length, 4));
    uint32_t n = cur_u32le(&c);
    buf_clear(&s->read);
    uint8_t *p = buf_space(&s->read, n);
    if (!p || fread(p, 1, n, s->file) != n) s->failed = true;
    *row = buf_span(&s->read);
    return !s->failed;
}

static bool read_from_memory(Spool *s, Span *row) {
    Cur c = cur(buf_span(&s->rows));
    cur_seek(&c, s->open_at);
    uint32_t n = cur_u32le(&c);
    *row = cur_take(&c, n);
    if (c.bad) return false;
    s->open_at = c.at;
    return true;
}

static bool next(Spool *s, Span *row) {
    if (s->failed) return false;
    return read_from_file(s, row) || (!s->failed && read_from_memory(s, row));
}

bool spool_next(Spool *s, SpoolRow *out) {
    Span row;
    if (!next(s, &row)) return false;
    out->values = cur(row);
    out->kind = cur_u8(&out->values);
    return true;
}

bool spool_value(SpoolRow *r, SpoolValue *out) {
    if (!cur_left(&r->values)) return false;
    *out = (SpoolValue){.kind = (SpoolKind)cur_u8(&r->values)};
    if (out->kind == SPOOL_NULL) return true;
    out->number = (int64_t)cur_u64le(&r->values);
    if (out->kind == SPOOL_TEXT) out->text = cur_take(&r->values, (uint64_t)out->number);
    return !r->values.bad;
}

void spool_move(Spool *to, Spool *from) {
    Span row;
    spool_end(from);
    spool_rewind(from);
    while (next(from, &row)) {
        spool_end(to);
        buf_le(&to->rows, row.n, 4);
        buf_add(&to->rows, row);
    }
    spool_end(to);
    to->failed = to->failed || from->failed;
    spool_clear(from);
}
