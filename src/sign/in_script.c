/* Scripts: the signature is base64 in comments at the end. Signed is the text in front of the
 * block, as UTF-16 with the byte order mark that the file has, without the line end before the
 * block.
 *
 *     # SIG # Begin signature block
 *     # MIIF...
 *     # SIG # End signature block */
#include "base/text.h"
#include "sign/carrier.h"
#include "sign/pem.h"

enum { MOST_SIZE = 32 << 20 };

/* How a language writes the block. How the Windows Script Host digests a script is not published,
 * so that of its languages only a match means something. */
typedef struct {
    const char *begin, *end, *prefix;
    bool published;
} Style;

static const Style styles[] = {
    {"# SIG # Begin signature block", "# SIG # End signature block", "# ", true}, /* PowerShell */
    {"<!-- SIG # Begin signature block -->", "<!-- SIG # End signature block -->", "<!-- ", true},
    {"/* SIG # Begin signature block */", "/* SIG # End signature block */", "/* ", true}, /* MOF */
    {"// SIG // Begin signature block", "// SIG // End signature block", "// SIG // ", false},
    {"'' SIG '' Begin signature block", "'' SIG '' End signature block", "'' SIG '' ", false},
    {"<signature>", "</signature>", "** SIG ** ", false}, /* .wsf */
};

typedef struct {
    const Style *style;
    Span signed_text; /* UTF-8, with its mark */
    Span behind;      /* the block */
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
    st->style = style;
    st->signed_text = without_line_end(span(text.p, (size_t)(begin - text.p)));
    st->behind = end ? span_clip(from, block.n + strlen(style->end), from.n) : (Span){0};
    subject_add_blob(s, decode(s, style, lines), ROOM_EXACT);
    if (!is_blank(st->behind))
        subject_note(s, "sign.data-after-end", SEVERITY_MEDIUM, st->behind, "T1027",
                     "%zu bytes of text follow the block of the signature", st->behind.n);
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

static Md digest(Subject *s, MdKind k) {
    const State *st = s->state;
    if (!is_blank(st->behind)) return (Md){0};
    return md_of(s->crypto, k, text_to_utf16(s->arena, st->signed_text));
}

static const char *explain(Subject *s, const Md *is_signed) {
    (void)is_signed;
    const State *st = s->state;
    return is_blank(st->behind) ? NULL : "text follows the block of the signature";
}

static bool is_uncertain(const Subject *s) {
    const State *st = s->state;
    return !st->style->published && is_blank(st->behind);
}

const Carrier carrier_script = {.name = "script",
                                .content = OID_SPC_SIP_INFO,
                                .read = read,
                                .digest = digest,
                                .explain = explain,
                                .is_uncertain = is_uncertain};
