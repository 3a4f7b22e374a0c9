/* The table of a code page: 16-bit words. The first is the number of words before the part that
 * maps bytes: a word (the part's length), 256 characters, a word and perhaps 256 characters for
 * glyphs, the number of lead-byte ranges, and where there are any, 256 offsets of further tables of
 * 256. */
#include "guest/codepage.h"
#include "base/text.h"
#include <stdio.h>

typedef struct {
    Span words;    /* of the file */
    size_t single; /* word of the characters of single bytes */
    size_t lead;   /* word of the lead bytes' offsets; 0: none */
} Table;

static uint16_t word(const Table *t, size_t at) {
    Cur c = cur(t->words);
    cur_seek(&c, (uint64_t)at * 2);
    return cur_u16le(&c);
}

static Table open_table(Span file) {
    enum { SINGLES = 256 };
    Table t = {.words = file};
    t.single = (size_t)word(&t, 0) + 1;
    size_t at = t.single + SINGLES;
    at += word(&t, at) ? 1 + SINGLES : 1;
    if (word(&t, at)) t.lead = at + 1;
    return t;
}

/* The character at *at, which moves on. */
static uint16_t next(const Table *t, Span bytes, size_t *at) {
    uint8_t byte = bytes.p[(*at)++];
    uint16_t offset = t->lead ? word(t, t->lead + byte) : 0;
    if (!offset) return word(t, t->single + byte);
    if (*at == bytes.n) return TEXT_REPLACEMENT;
    return word(t, t->lead + offset + bytes.p[(*at)++]);
}

char *codepage_decode_with(Span table, Arena *a, Span bytes) {
    Table t = open_table(table);
    Buf out = buf_new(a->cap - a->used);
    for (size_t at = 0; at < bytes.n;) {
        uint8_t utf8[4];
        size_t from = at;
        uint16_t c = next(&t, bytes, &at);
        if (!c && bytes.p[from]) c = TEXT_REPLACEMENT;
        buf_add(&out, span(utf8, text_utf8_put(utf8, c)));
    }
    char *text = out.full ? NULL : arena_text(a, buf_span(&out));
    a->full |= !text;
    buf_free(&out);
    return text;
}

size_t codepage_whole_with(Span table, Span bytes) {
    Table t = open_table(table);
    for (size_t at = 0, from = 0;; from = at) {
        if (at == bytes.n) return at;
        bool pair = t.lead && word(&t, t.lead + bytes.p[at]);
        if (pair && at + 1 == bytes.n) return from;
        at += pair ? 2 : 1;
    }
}

/* A UTF-8 sequence says in its first byte how long it is. */
static size_t whole_utf8(Span bytes) {
    size_t back = 0;
    while (back < 3 && back < bytes.n && (bytes.p[bytes.n - 1 - back] & 0xC0) == 0x80) back++;
    if (back == bytes.n) return bytes.n;
    uint8_t first = bytes.p[bytes.n - 1 - back];
    size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    return length > back + 1 ? bytes.n - back - 1 : bytes.n;
}

static PackEntry *find(Pack *packs, unsigned codepage, Pack **pack) {
    char name[24];
    snprintf(name, sizeof name, "c_%03u.nls", codepage);
    for (int i = 0; i < 2; i++) {
        *pack = &packs[i];
        PackEntry *e = packs[i].count ? pack_find(&packs[i], name) : NULL;
        if (e) return e;
    }
    return NULL;
}

bool codepage_known(Pack *packs, unsigned codepage) {
    Pack *pack;
    return codepage == CODEPAGE_UTF7 || codepage == CODEPAGE_UTF8 || find(packs, codepage, &pack);
}

char *codepage_decode(Pack *packs, unsigned codepage, Arena *a, Span bytes) {
    TextDecoder utf8 = {.codepage = CODEPAGE_UTF8};
    Pack *pack;
    PackEntry *e = find(packs, codepage, &pack);
    return e ? codepage_decode_with(pack_bytes(pack, e), a, bytes) : text_decode(&utf8, a, bytes);
}

size_t codepage_whole(Pack *packs, unsigned codepage, Span bytes) {
    Pack *pack;
    PackEntry *e = find(packs, codepage, &pack);
    if (e) return codepage_whole_with(pack_bytes(pack, e), bytes);
    return codepage == CODEPAGE_UTF8 ? whole_utf8(bytes) : bytes.n;
}
