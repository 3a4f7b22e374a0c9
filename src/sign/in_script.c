/* Scripts: the signature is base64 in comments, mostly at the end.
 *
 *     # SIG # Begin signature block
 *     # MIIF...
 *     # SIG # End signature block
 *
 * Signed is the text around the block as UTF-16LE, without the line ends before and behind it.
 * PowerShell and MOF sign a byte order mark with it, and nothing may follow the block. The Windows
 * Script Host signs no mark, what follows the block (of a .wsf, "</job>"), and behind it all the
 * block's place: 32 bits that count the UTF-16 units before it. Neither is published; signtool's
 * results and the programs that imitate it (jsign) agree on this.
 *
 * Without a mark, bytes are UTF-8 for PowerShell and MOF, and of the signing machine's code page
 * for the others. Of those only Windows-1252 is tried here. */
#include "base/buf.h"
#include "base/text.h"
#include "sign/carrier.h"
#include "sign/pem.h"

enum { MOST_SIZE = 32 << 20 };

/* How a language writes the block, and reads bytes without a mark. */
typedef struct {
    const char *begin, *end, *prefix;
    bool host; /* the Windows Script Host's */
    bool code_page;
} Style;

static const Style styles[] = {
    {"# SIG # Begin signature block", "# SIG # End signature block", "# ", .host = false},
    {"<!-- SIG # Begin signature block -->", "<!-- SIG # End signature block -->", "<!-- ",
     .code_page = true},
    {"/* SIG # Begin signature block */", "/* SIG # End signature block */", "/* ", .host = false},
    {"// SIG // Begin signature block", "// SIG // End signature block", "// SIG // ", .host = true,
     .code_page = true},
    {"'' SIG '' Begin signature block", "'' SIG '' End signature block", "'' SIG '' ", .host = true,
     .code_page = true},
    {"<signature>", "</signature>", "** SIG ** ", .host = true, .code_page = true},
};

typedef struct {
    const Style *style;
    Span before, behind; /* the block: UTF-8, or bytes of a code page */
    bool marked;         /* with a byte order mark, which `before` begins with */
} State;

static const uint8_t *find(Span s, const char *what) {
    return s.n ? memmem(s.p, s.n, what, strlen(what)) : NULL;
}

static const uint8_t *find_last(Span s, const char *what) {
    const uint8_t *last = NULL;
    for (const uint8_t *at; (at = find(s, what)); s = span_clip(s, (size_t)(at - s.p) + 1, s.n))
        last = at;
    return last;
}

static bool is_utf16(Span file) {
    return file.n >= 2 && file.p[0] == 0xff && file.p[1] == 0xfe;
}

/* The file as UTF-8, if it may be a script that is signed; else an empty Span. */
static Span read_text(Subject *s) {
    static const char wide[] = "S\0I\0G\0", wide_tag[] = "/\0s\0i\0g\0n\0a\0t\0u\0r\0e\0";
    Span f = s->file;
    if (f.n > MOST_SIZE) return (Span){0};
    if (!is_utf16(f))
        return find(f, "SIG # ") || find(f, "SIG // ") || find(f, "SIG '' ") ||
                       find(f, "** SIG ** ")
                   ? f
                   : (Span){0};
    if (!memmem(f.p, f.n, wide, sizeof wide - 1) &&
        !memmem(f.p, f.n, wide_tag, sizeof wide_tag - 1))
        return (Span){0};
    const char *text = text_from_utf16(s->arena, f);
    return text ? span_str(text) : (Span){0};
}

/* The lines of the block, without what makes comments of them, are base64. */
static Span decode(Subject *s, const Style *style, Span block) {
    size_t prefix = strlen(style->prefix), n = 0;
    char *out = arena_alloc(s->arena, block.n + 1);
    while (out && block.n) {
        const uint8_t *end = memchr(block.p, '\n', block.n);
        size_t length = end ? (size_t)(end - block.p) : block.n;
        Span line = span_clip(block, 0, length);
        block = span_clip(block, length + 1, block.n);
        if (line.n < prefix || memcmp(line.p, style->prefix, prefix) != 0) continue;
        for (size_t i = prefix; i < line.n && line.p[i] != ' ' && line.p[i] != '\r'; i++)
            out[n++] = (char)line.p[i];
    }
    return out ? pem_decode(s->arena, span(out, n)) : (Span){0};
}

static Span without_line_end(Span s) {
    if (s.n && s.p[s.n - 1] == '\n') s.n--;
    if (s.n && s.p[s.n - 1] == '\r') s.n--;
    return s;
}

static Span without_line_begin(Span s) {
    size_t n = s.n && s.p[0] == '\r' ? 1 : 0;
    if (s.n > n && s.p[n] == '\n') n++;
    return span_clip(s, n, s.n);
}

static bool has_mark(Span utf8) {
    return utf8.n >= 3 && memcmp(utf8.p, "\xef\xbb\xbf", 3) == 0;
}

static bool is_ascii(Span s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= 0x80) return false;
    return true;
}

static bool is_blank(Span s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] > ' ') return false;
    return true;
}

static bool read_block(Subject *s, State *st, const Style *style, Span text) {
    const uint8_t *begin = find_last(text, style->begin);
    if (!begin) return false;
    Span from = span_clip(text, (size_t)(begin - text.p), text.n);
    const uint8_t *end = find(from, style->end);
    Span block = end ? span(from.p, (size_t)(end - from.p)) : from;
    Span lines = span_clip(block, strlen(style->begin), block.n);
    if (!find(lines, style->prefix)) return false;
    Span behind = end ? span_clip(from, block.n + strlen(style->end), from.n) : (Span){0};
    *st = (State){.style = style,
                  .before = without_line_end(span(text.p, (size_t)(begin - text.p))),
                  .behind = style->host ? without_line_begin(behind) : behind,
                  .marked = has_mark(text)};
    subject_add_blob(s, decode(s, style, lines), ROOM_EXACT);
    if (!style->host && !is_blank(behind))
        subject_note(s, "sign.data-after-end", SEVERITY_MEDIUM, behind, "T1027",
                     "%zu bytes of text follow the block of the signature", behind.n);
    return true;
}

static bool read(Subject *s) {
    Span text = read_text(s);
    State *st = text.n ? arena_one(s->arena, State) : NULL;
    for (size_t i = 0; st && i < sizeof styles / sizeof *styles; i++)
        if (read_block(s, st, &styles[i], text)) {
            s->state = st;
            return true;
        }
    return false;
}

/* ---- what is signed ---- */

/* Windows-1252 as MultiByteToWideChar has it, where it is not Latin-1. */
static const uint16_t from_0x80[] = {
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178,
};

static Span from_code_page(Arena *a, Span bytes) {
    uint8_t *out = arena_array(a, bytes.n, 2);
    if (!out) return (Span){0};
    for (size_t i = 0; i < bytes.n; i++) {
        unsigned c = bytes.p[i] - 0x80u;
        uint16_t unit = c < 0x20 ? from_0x80[c] : bytes.p[i];
        out[2 * i] = (uint8_t)unit;
        out[2 * i + 1] = (uint8_t)(unit >> 8);
    }
    return span(out, 2 * bytes.n);
}

static bool by_code_page(const State *st) {
    return st->style->code_page && !st->marked;
}

static Span to_utf16(Arena *a, const State *st, Span text) {
    return by_code_page(st) ? from_code_page(a, text) : text_to_utf16(a, text);
}

static Md digest_of_host(Subject *s, const State *st, MdKind k) {
    Buf all = buf_new(4 * (size_t)MOST_SIZE);
    Span text = st->marked ? span_clip(st->before, 3, st->before.n) : st->before;
    Span before = to_utf16(s->arena, st, text);
    buf_add(&all, before);
    buf_add(&all, to_utf16(s->arena, st, st->behind));
    buf_le(&all, before.n / 2, 4);
    Md md = all.full || s->arena->full ? (Md){0} : md_of(s->crypto, k, buf_span(&all));
    buf_free(&all);
    return md;
}

static Md digest(Subject *s, MdKind k) {
    const State *st = s->state;
    if (st->style->host) return digest_of_host(s, st, k);
    if (!is_blank(st->behind)) return (Md){0};
    return md_of(s->crypto, k, to_utf16(s->arena, st, st->before));
}

static const char *explain(Subject *s, const Md *is_signed) {
    (void)is_signed;
    const State *st = s->state;
    return st->style->host || is_blank(st->behind) ? NULL
                                                   : "text follows the block of the signature";
}

/* It may have been signed where another code page counts. */
static const char *uncertain(const Subject *s) {
    const State *st = s->state;
    bool plain = is_ascii(st->before) && is_ascii(st->behind);
    bool whole = st->style->host || is_blank(st->behind);
    if (!by_code_page(st) || plain || !whole) return NULL;
    return "it differs in Windows-1252, and the code page of who signed it is not known";
}

const Carrier carrier_script = {.name = "script",
                                .content = OID_SPC_SIP_INFO,
                                .read = read,
                                .digest = digest,
                                .explain = explain,
                                .uncertain = uncertain};
