#include "sign/pages.h"

enum { PAGE = 0x1000, MOST_PAGE = 1 << 20 };

typedef struct {
    const Pe *pe;
    Hasher *hasher;
    Cur table;
    uint32_t page;
    size_t size; /* of a digest */
    bool wrong;
} Walk;

/* Takes the digest of what was added and holds it against the table's next entry. */
static void compare(Walk *w, uint64_t offset) {
    Md m = hasher_take(w->hasher);
    uint32_t at = cur_u32le(&w->table);
    Span digest = cur_take(&w->table, w->size);
    if (w->table.bad || at != offset || !span_equal(digest, md_span(&m))) w->wrong = true;
}

/* What the headers have, but for the checksum and the directory's entry of the signatures. */
static void check_headers(Walk *w) {
    const Pe *pe = w->pe;
    uint64_t checksum = pe->checksum_offset, end = pe->headers_size;
    uint64_t directory = pe->directories_offset + 8 * PE_DIR_SECURITY;
    if (end < directory + 8) {
        w->wrong = true;
        return;
    }
    hasher_add(w->hasher, span_clip(pe->file, 0, checksum));
    hasher_add(w->hasher, span_clip(pe->file, checksum + 4, directory - checksum - 4));
    hasher_add(w->hasher, span_clip(pe->file, directory + 8, end - directory - 8));
    hasher_zeroes(w->hasher, (w->page - end % w->page) % w->page);
    compare(w, 0);
}

static void check_section(Walk *w, const PeSection *s) {
    for (uint32_t at = 0; at < s->raw_size && !w->wrong; at += w->page) {
        uint32_t left = s->raw_size - at, n = left < w->page ? left : w->page;
        Span bytes = span_sub(w->pe->file, (uint64_t)s->raw_offset + at, n);
        if (bytes.n != n) w->wrong = true;
        hasher_add(w->hasher, bytes);
        hasher_zeroes(w->hasher, w->page - n);
        compare(w, (uint64_t)s->raw_offset + at);
        if (w->page > UINT32_MAX - at) break;
    }
}

static void check_end(Walk *w, uint64_t end) {
    uint32_t at = cur_u32le(&w->table);
    Span zeroes = cur_take(&w->table, w->size);
    for (size_t i = 0; i < zeroes.n; i++) w->wrong |= zeroes.p[i] != 0;
    if (w->table.bad || at != end || cur_left(&w->table)) w->wrong = true;
}

static bool right_with(Crypto *crypto, const Pe *pe, MdKind k, Span table, uint32_t page) {
    Walk w = {.pe = pe,
              .hasher = hasher_open(crypto, k),
              .table = cur(table),
              .page = page,
              .size = md_size(k)};
    uint64_t end = 0;
    check_headers(&w);
    for (size_t i = 0; i < pe->section_count && !w.wrong; i++) {
        const PeSection *s = &pe->sections[i];
        if (!s->raw_size) continue;
        check_section(&w, s);
        end = (uint64_t)s->raw_offset + s->raw_size;
    }
    if (!w.wrong) check_end(&w, end);
    hasher_close(w.hasher);
    return !w.wrong && k != MD_NONE;
}

/* Pages are of 4096 bytes; signers also take SectionAlignment for the size of a page, which is the
 * same but in drivers and the like. */
bool pages_are_right(Crypto *crypto, const Pe *pe, MdKind k, Span table) {
    uint32_t own = pe->section_alignment;
    if (right_with(crypto, pe, k, table, PAGE)) return true;
    return own && own != PAGE && own <= MOST_PAGE && right_with(crypto, pe, k, table, own);
}
