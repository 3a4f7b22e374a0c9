/* Programs: "Windows Authenticode Portable Executable Signature Format", and PE Format's attribute
 * certificate table.
 *
 *     headers .. CheckSum .. security directory .. sections .. overlay | table | (nothing)
 *
 * All of the file is signed but the three that change when it is: CheckSum, the directory's entry
 * and the table itself, a list of WIN_CERTIFICATE { dwLength, wRevision, wCertificateType, bytes },
 * each at a multiple of eight. */
#include "pe/pe.h"
#include "sign/carrier.h"
#include "sign/pages.h"

enum { TYPE_PKCS = 2, REVISION_1 = 0x100, REVISION_2 = 0x200, MOST_ENTRIES = 64, ENTRY_HEADER = 8 };

typedef struct {
    Pe pe;
    Span table;                   /* as far as it lies in the file */
    uint64_t table_at, table_end; /* as the directory says, if it lies in the file */
    bool broken;
} State;

static bool is_zero(Span s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i]) return false;
    return true;
}

/* ---- the table ---- */

static void note_rest(Subject *s, Span rest, const char *where) {
    if (!rest.n || (rest.n < 8 && is_zero(rest))) return;
    subject_note(s, "sign.hidden-bytes", SEVERITY_MEDIUM, rest, "T1027",
                 "%zu bytes that nobody signed lie %s", rest.n, where);
}

static void read_entry(Subject *s, Span entry, uint16_t revision, uint16_t type) {
    Span body = span_clip(entry, ENTRY_HEADER, entry.n);
    if (revision != REVISION_1 && revision != REVISION_2)
        subject_note(s, "sign.odd-entry", SEVERITY_LOW, entry, NULL,
                     "An entry of the table of certificates has the unknown revision %xh",
                     revision);
    if (type == TYPE_PKCS) subject_add_blob(s, body, ROOM_PADDED);
    else
        subject_note(
            s, "sign.odd-entry", SEVERITY_LOW, entry, NULL,
            "An entry of the table of certificates is of type %u, which Windows does not read",
            type);
}

static void read_entries(Subject *s, Span table) {
    Cur c = cur(table);
    for (unsigned n = 0; n < MOST_ENTRIES && cur_left(&c) >= ENTRY_HEADER; n++) {
        size_t start = c.at;
        uint32_t length = cur_u32le(&c);
        uint16_t revision = cur_u16le(&c), type = cur_u16le(&c);
        Span rest = span_clip(table, start, table.n);
        if (n && length < ENTRY_HEADER) { /* what is left is no entry */
            note_rest(s, rest, "behind the last entry of the table of certificates");
            return;
        }
        if (length < ENTRY_HEADER || length > rest.n) {
            subject_note(s, "sign.malformed", SEVERITY_MEDIUM, rest, NULL,
                         "An entry of the table of certificates has the impossible length %u",
                         length);
            subject_add_blob(s, span_clip(rest, ENTRY_HEADER, rest.n), ROOM_BROKEN);
            return;
        }
        read_entry(s, span_clip(rest, 0, length), revision, type);
        Span padding = span_clip(rest, length, (8 - length % 8) % 8);
        if (!is_zero(padding))
            note_rest(s, padding, "between the entries of the table of certificates");
        cur_seek(&c, start + length + padding.n);
    }
    note_rest(s, span_clip(table, c.at, table.n),
              "behind the last entry of the table of certificates");
}

static void read_table(Subject *s, State *st, PeDirectory d) {
    if (!d.rva && !d.size) return;
    st->table = span_clip(s->file, d.rva, d.size);
    st->table_at = d.rva;
    st->table_end = (uint64_t)d.rva + d.size;
    uint64_t headers = st->pe.directories_offset + 8 * PE_DIR_COUNT;
    if (st->table_end > s->file.n || d.rva < headers || !d.size) {
        st->broken = true;
        subject_note(s, "sign.malformed", SEVERITY_MEDIUM, st->table, NULL,
                     "The table of certificates does not lie in the file: %u bytes at %u", d.size,
                     d.rva);
        subject_add_blob(s, span_clip(st->table, ENTRY_HEADER, st->table.n), ROOM_BROKEN);
        return;
    }
    read_entries(s, st->table);
    Span tail = span_clip(s->file, st->table_end, s->file.n);
    if (tail.n)
        subject_note(s, "sign.data-after-table", SEVERITY_MEDIUM, tail, "T1027",
                     "%zu bytes follow the table of certificates", tail.n);
}

static bool read(Subject *s) {
    if (s->file.n < 2 || memcmp(s->file.p, "MZ", 2) != 0) return false;
    State *st = arena_one(s->arena, State);
    if (!st || pe_read(s->arena, s->file, &st->pe) != ST_OK || !pe_is_pe(&st->pe)) return false;
    s->state = st;
    if (st->pe.directory_total > PE_DIR_SECURITY)
        read_table(s, st, st->pe.directories[PE_DIR_SECURITY]);
    return true;
}

/* ---- the digest ---- */

static Md digest_parts(Subject *s, MdKind k, bool tail) {
    const State *st = s->state;
    Hasher *h = hasher_open(s->crypto, k);
    uint64_t checksum = st->pe.checksum_offset;
    bool has_directory = st->pe.directory_total > PE_DIR_SECURITY;
    uint64_t directory =
        has_directory ? st->pe.directories_offset + 8 * PE_DIR_SECURITY : checksum + 4;
    uint64_t after = has_directory ? directory + 8 : directory;
    uint64_t end = st->table.n ? st->table_at : s->file.n;
    hasher_add(h, span_clip(s->file, 0, checksum));
    hasher_add(h, span_clip(s->file, checksum + 4, directory - checksum - 4));
    hasher_add(h, span_clip(s->file, after, end > after ? end - after : 0));
    if (tail && st->table.n) hasher_add(h, span_clip(s->file, st->table_end, s->file.n));
    Md m = hasher_take(h);
    hasher_close(h);
    return m;
}

static Md digest(Subject *s, MdKind k) {
    const State *st = s->state;
    return st->broken ? (Md){0} : digest_parts(s, k, true);
}

static const char *explain(Subject *s, const Md *is_signed) {
    const State *st = s->state;
    size_t tail = span_clip(s->file, st->table_end, s->file.n).n;
    if (st->broken) return "the table of certificates does not lie in the file";
    if (!st->table.n || !tail) return NULL;
    Md without = digest_parts(s, is_signed->kind, false);
    if (!span_equal(md_span(&without), md_span(is_signed))) return NULL;
    return arena_printf(s->arena, "only the %zu bytes behind the table of certificates were added",
                        tail);
}

static bool pages(Subject *s, MdKind k, Span table) {
    const State *st = s->state;
    return pages_are_right(s->crypto, &st->pe, k, table);
}

/* A reproducible build has a digest in place of the time. */
static bool made(Subject *s, Time *when) {
    enum { REPRODUCIBLE = 16 };
    State *st = s->state;
    if (!st->pe.timestamp || st->pe.timestamp > INT32_MAX ||
        pe_read_debug(s->arena, &st->pe) != ST_OK)
        return false;
    for (size_t i = 0; i < st->pe.debug_count; i++)
        if (st->pe.debug[i].type == REPRODUCIBLE) return false;
    *when = st->pe.timestamp * TIME_SECOND;
    return true;
}

const Carrier carrier_pe = {
    .name = "pe",
    .content = OID_SPC_PE_IMAGE_DATA,
    .read = read,
    .digest = digest,
    .explain = explain,
    .made = made,
    .pages = pages,
};
