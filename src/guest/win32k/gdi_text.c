/* Text: fonts have the widths of Helvetica (Adobe's metrics), or one width, whatever they are
 * called; their heights are Tahoma's. Glyphs leave no mark on bitmaps. */
#include "guest/win32k/gdi_object.h"

/* Thousandths of the em, from the space on. */
static const uint16_t widths[95] = {
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584};

enum {
    ASCENT = 1000,
    DESCENT = 207,
    AVERAGE = 513,
    FIXED_WIDTH = 600,
    OTHER_WIDTH = 556,
    WIDE_WIDTH = 1000
};

typedef struct {
    int32_t em, ascent, descent, weight;
    bool italic, underline, struck, fixed;
    uint8_t charset, family;
    uint16_t face[32];
    uint32_t face_units;
} Realized;

static int32_t get32(const uint8_t *p) {
    return (int32_t)((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
                     (uint32_t)p[3] << 24);
}

static bool face_is(const Realized *r, const char *name) {
    Wide a = {(uint16_t *)(uintptr_t)r->face, r->face_units}, b = wide_utf8(name);
    bool same = wide_equal(a, b);
    wide_free(&b);
    return same;
}

static void set_face(Realized *r, const char *name) {
    r->face_units = 0;
    for (; name[r->face_units]; r->face_units++)
        r->face[r->face_units] = (uint8_t)name[r->face_units];
}

/* What Windows takes instead of its own names (FontSubstitutes). */
static void substitute(Realized *r) {
    static const char *const pairs[][2] = {{"MS Shell Dlg", "Microsoft Sans Serif"},
                                           {"MS Shell Dlg 2", "Tahoma"},
                                           {"Helv", "MS Sans Serif"},
                                           {"Helvetica", "Arial"},
                                           {"Tms Rmn", "MS Serif"},
                                           {"Times", "Times New Roman"},
                                           {"Courier", "Courier New"}};
    if (!r->face_units) set_face(r, "Arial");
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (face_is(r, pairs[i][0])) {
            set_face(r, pairs[i][1]);
            return;
        }
}

static Realized realize(const uint8_t *logical) {
    enum {
        HEIGHT = 0,
        WEIGHT = 16,
        ITALIC = 20,
        UNDERLINE,
        STRUCK,
        CHARSET,
        PITCH = 27,
        FACE = 28,
        FIXED_PITCH = 1,
        DEFAULT_CELL = 16
    };
    Realized r = {.weight = get32(logical + WEIGHT),
                  .italic = logical[ITALIC],
                  .underline = logical[UNDERLINE],
                  .struck = logical[STRUCK],
                  .charset = logical[CHARSET],
                  .family = logical[PITCH]};
    int32_t height = get32(logical + HEIGHT);
    if (height < -0x4000 || height > 0x4000) height = 0;
    if (!height) height = DEFAULT_CELL;
    r.em = height < 0 ? -height : height * 1000 / (ASCENT + DESCENT);
    if (r.em < 1) r.em = 1;
    r.ascent = (r.em * ASCENT + 500) / 1000;
    r.descent = (r.em * DESCENT + 500) / 1000;
    if (height > 0) r.descent = height - r.ascent > 0 ? height - r.ascent : 0;
    if (!r.weight) r.weight = 400;
    r.fixed = (r.family & 3) == FIXED_PITCH;
    while (r.face_units < 31) {
        uint16_t c = (uint16_t)(logical[FACE + 2 * r.face_units] |
                                logical[FACE + 2 * r.face_units + 1] << 8);
        if (!c) break;
        r.face[r.face_units++] = c;
    }
    substitute(&r);
    if (face_is(&r, "Courier New") || face_is(&r, "Consolas") || face_is(&r, "Lucida Console") ||
        face_is(&r, "Terminal") || face_is(&r, "Fixedsys"))
        r.fixed = true;
    return r;
}

static Realized realized(Sys *s, const GdiDc *dc) {
    static const uint8_t nothing[LOGFONT_BYTES];
    const GdiFont *f = gdi_get(s, dc->now.font, GDI_FONT);
    return realize(f ? f->logical : nothing);
}

static int32_t char_width(const Realized *r, uint16_t c) {
    int32_t units = OTHER_WIDTH;
    if (r->fixed) units = FIXED_WIDTH;
    else if (c >= 32 && c < 127) units = widths[c - 32];
    else if (c >= 0x2e80) units = WIDE_WIDTH;
    else if (c < 32) units = 0;
    int32_t width = (r->em * units + 500) / 1000;
    return r->weight > 550 && units ? width + 1 : width;
}

/* ---- TEXTMETRICW ---- */

static void put_metrics(Fields *f, const Realized *r) {
    enum {
        TMPF_VARIABLE = 1,
        TMPF_VECTOR = 2,
        TMPF_TRUETYPE = 4,
        DIGITIZED = 96,
        FF_SWISS = 0x20,
        FF_MODERN = 0x30
    };
    int32_t height = r->ascent + r->descent;
    put_u32(f, (uint32_t)height);
    put_u32(f, (uint32_t)r->ascent);
    put_u32(f, (uint32_t)r->descent);
    put_u32(f, (uint32_t)(height > r->em ? height - r->em : 0));
    put_u32(f, 0);
    put_u32(f, (uint32_t)(r->fixed ? char_width(r, 'x') : (r->em * AVERAGE + 500) / 1000));
    put_u32(f, (uint32_t)(r->fixed ? char_width(r, 'x') : r->em * 2));
    put_u32(f, (uint32_t)r->weight);
    put_u32(f, 0);
    put_u32(f, DIGITIZED);
    put_u32(f, DIGITIZED);
    put_u16(f, 0x1e);
    put_u16(f, 0xfffc);
    put_u16(f, 0x1f);
    put_u16(f, 0x20);
    put_u8(f, r->italic);
    put_u8(f, r->underline);
    put_u8(f, r->struck);
    put_u8(f, (uint8_t)(TMPF_VECTOR | TMPF_TRUETYPE |
                        (r->fixed ? FF_MODERN : FF_SWISS | TMPF_VARIABLE)));
    put_u8(f, r->charset == 1 ? 0 : r->charset);
}

static uint64_t text_metrics(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    if (!dc) return 0;
    Realized r = realized(s, dc);
    Fields f = fields(s->process, s->arg[1]);
    put_metrics(&f, &r);
    return !f.bad;
}

static uint64_t text_extent(Sys *s) {
    enum { TEXT_MOST = 1 << 16 };
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    int32_t count = argi(s, 2), limit = argi(s, 3), width = 0, fit = 0;
    if (!dc || count < 0 || count > TEXT_MOST) return 0;
    Realized r = realized(s, dc);
    int32_t extra = (int32_t)dc_attribute(s, dc, ATTR_CHAR_EXTRA);
    bool fits = true;
    for (int32_t i = 0; i < count; i++) {
        uint16_t c = 0;
        if (!guest_get_u16(s->process, s->arg[1] + 2u * (uint32_t)i, &c)) return 0;
        width += char_width(&r, c) + extra;
        if (s->arg[4] && width > limit) fits = false;
        if (!fits) continue;
        fit = i + 1;
        if (s->arg[5]) guest_put_u32(s->process, s->arg[5] + 4u * (uint32_t)i, (uint32_t)width);
    }
    if (s->arg[4]) guest_put_u32(s->process, s->arg[4], (uint32_t)fit);
    return guest_put_point(s->process, s->arg[6], (Point){width, r.ascent + r.descent});
}

static uint64_t text_face(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    if (!dc) return 0;
    Realized r = realized(s, dc);
    Wide w = {r.face, r.face_units};
    if (!s->arg[2]) return r.face_units + 1;
    return wide_write(s->process, w, s->arg[2], arg32(s, 1)) + 1;
}

static uint16_t char_at(Sys *s, uint64_t list, uint32_t first, uint32_t i) {
    uint16_t c = (uint16_t)(first + i);
    if (list) guest_get_u16(s->process, list + 2u * i, &c);
    return c;
}

static uint64_t char_widths(Sys *s) {
    enum { AS_INTEGER = 2 };
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    uint32_t first = arg32(s, 1), count = s->arg[3] ? arg32(s, 2) : arg32(s, 2) - first + 1;
    if (!dc || count > 0x10000) return 0;
    Realized r = realized(s, dc);
    for (uint32_t i = 0; i < count; i++) {
        int32_t width = char_width(&r, char_at(s, s->arg[3], first, i));
        float real = (float)width / 16.0f;
        uint64_t at = s->arg[5] + 4u * i;
        if (arg32(s, 4) & AS_INTEGER) guest_put_u32(s->process, at, (uint32_t)width);
        else guest_write(s->process, at, &real, 4);
    }
    return 1;
}

/* ABC, or ABCFLOAT: no bearings. */
static uint64_t abc_widths(Sys *s) {
    enum { AS_INTEGER = 1 };
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    uint32_t first = arg32(s, 1), count = s->arg[3] ? arg32(s, 2) : arg32(s, 2) - first + 1;
    if (!dc || !s->arg[5] || count > 0x10000) return 0;
    Realized r = realized(s, dc);
    for (uint32_t i = 0; i < count; i++) {
        int32_t width = char_width(&r, char_at(s, s->arg[3], first, i));
        float real = (float)width;
        uint64_t at = s->arg[5] + 12u * i;
        guest_put_u32(s->process, at, 0);
        if (arg32(s, 4) & AS_INTEGER) guest_put_u32(s->process, at + 4, (uint32_t)width);
        else guest_write(s->process, at + 4, &real, 4);
        guest_put_u32(s->process, at + 8, 0);
    }
    return 1;
}

static uint64_t width_info(Sys *s) {
    if (!gdi_get(s, s->arg[0], GDI_DC)) return 0;
    for (unsigned i = 0; i < 3; i++) guest_put_u32(s->process, s->arg[1] + 4 * i, 0);
    return 1;
}

static uint64_t charset_info(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    if (!dc) return UINT32_MAX;
    Realized r = realized(s, dc);
    if (s->arg[1]) { /* FONTSIGNATURE: Latin */
        Fields f = fields(s->process, s->arg[1]);
        put_u32(&f, 0xe0002eff);
        put_u32(&f, 0xc000785b);
        put_u32(&f, 9);
        put_u32(&f, 0);
        put_u32(&f, 0x200001ff);
        put_u32(&f, 0);
    }
    return r.charset == 1 ? 0 : r.charset;
}

static uint64_t glyph_indices(Sys *s) {
    if (!gdi_get(s, s->arg[0], GDI_DC)) return UINT32_MAX;
    uint32_t count = arg32(s, 2);
    for (uint32_t i = 0; i < count && s->arg[3]; i++) {
        uint16_t c = 0;
        guest_get_u16(s->process, s->arg[1] + 2u * i, &c);
        c = c >= 32 ? (uint16_t)(c - 29) : 0;
        guest_write(s->process, s->arg[3] + 2u * i, &c, 2);
    }
    return count;
}

/* ---- the list of fonts ---- */

static const char *const faces[] = {
    "Arial",       "Calibri",  "Cambria", "Comic Sans MS",   "Consolas",
    "Courier New", "Georgia",  "Impact",  "Lucida Console",  "Microsoft Sans Serif",
    "Segoe UI",    "Symbol",   "Tahoma",  "Times New Roman", "Trebuchet MS",
    "Verdana",     "Wingdings"};
enum { FACES = sizeof faces / sizeof *faces, FONT_ENTRY = 452 };

static void put_wide(Fields *f, const char *text, unsigned units) {
    size_t n = strlen(text);
    for (unsigned i = 0; i < units; i++) put_u16(f, i < n ? (uint8_t)text[i] : 0);
}

/* struct font_enum_entry: type, ENUMLOGFONTEX, NEWTEXTMETRICEX. */
static void put_font(Sys *s, uint64_t at, const char *face) {
    enum { TRUETYPE = 4, HEIGHT = 32, NORMAL = 400, NTM_REGULAR = 0x40, EM = 2048 };
    uint8_t logical[LOGFONT_BYTES] = {HEIGHT};
    for (size_t i = 0; face[i]; i++) logical[28 + 2 * i] = (uint8_t)face[i];
    Realized r = realize(logical);
    Fields f = fields(s->process, at);
    put_u32(&f, TRUETYPE);
    put_u32(&f, HEIGHT);
    put_u32(&f, (uint32_t)r.em / 2);
    put_u32(&f, 0);
    put_u32(&f, 0);
    put_u32(&f, NORMAL);
    put_u32(&f, 0);          /* italic, underline, strike out, ANSI_CHARSET */
    put_u32(&f, 0x22000203); /* precisions, quality, family */
    put_wide(&f, face, 32);
    put_wide(&f, face, 64);
    put_wide(&f, "Regular", 32);
    put_wide(&f, "Western", 32);
    put_metrics(&f, &r);
    fields_align(&f, 4);
    put_u32(&f, NTM_REGULAR);
    put_u32(&f, EM);
    put_u32(&f, EM + EM / 5);
    put_u32(&f, EM / 2);
}

static uint64_t enum_fonts(Sys *s) {
    uint32_t length = arg32(s, 3), room = 0, n = 0;
    Wide wanted = length && s->arg[4] ? wide_read(s->process, s->arg[4], length * 2) : (Wide){0};
    while (wanted.n && !wanted.units[wanted.n - 1]) wanted.n--;
    guest_get_u32(s->process, s->arg[6], &room);
    if (!gdi_get(s, s->arg[0], GDI_DC)) return 0;
    for (size_t i = 0; i < FACES; i++) {
        Wide face = wide_utf8(faces[i]);
        bool same = !wanted.n || wide_equal(face, wanted);
        wide_free(&face);
        if (!same) continue;
        if (s->arg[7] && (n + 1) * FONT_ENTRY <= room)
            put_font(s, s->arg[7] + (uint64_t)n * FONT_ENTRY, faces[i]);
        n++;
    }
    wide_free(&wanted);
    guest_put_u32(s->process, s->arg[6], n * FONT_ENTRY);
    return !s->arg[7] || n * FONT_ENTRY <= room;
}

/* ---- ExtTextOut ---- */

static uint64_t text_out(Sys *s) {
    enum { ETO_OPAQUE = 2 };
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    Rect r;
    if (!dc) return 0;
    if (arg32(s, 3) & ETO_OPAQUE && s->arg[4] && guest_get_rect(s->process, s->arg[4], &r)) {
        Point a = dc_to_device(s, dc, (Point){r.left, r.top}),
              b = dc_to_device(s, dc, (Point){r.right, r.bottom});
        gdi_fill_background(s, dc, (Rect){a.x, a.y, b.x, b.y});
    }
    return 1;
}

uint64_t gdi_dialog_base_units(Sys *s) {
    enum { SYSTEM_WIDTH = 8, SYSTEM_HEIGHT = 16 };
    (void)s;
    return SYSTEM_WIDTH | SYSTEM_HEIGHT << 16;
}

static uint64_t realization(Sys *s) {
    enum { SCALABLE = 3 };
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    uint32_t size = 0;
    if (!dc || !guest_get_u32(s->process, s->arg[1], &size)) return 0;
    Fields f = fields_in(s->process, s->arg[1] + 4, size - 4);
    put_u32(&f, SCALABLE);
    put_u32(&f, dc->now.font);
    put_u32(&f, dc->now.font & 0xffff);
    put_u32(&f, 1);
    put_u32(&f, 0);
    return 1;
}

static uint64_t failed(Sys *s) {
    enum { GDI_ERROR = -1 };
    (void)s;
    return (uint32_t)GDI_ERROR;
}
static uint64_t nothing(Sys *s) {
    (void)s;
    return 0;
}
static uint64_t one(Sys *s) {
    (void)s;
    return 1;
}
static uint64_t memory_font(Sys *s) {
    guest_put_u32(s->process, s->arg[4], 1);
    return 0x1f;
}

const SysRow nt_gdi_text_rows[] = {
    {"NtGdiGetTextMetricsW", 3, text_metrics},
    {"NtGdiGetTextExtentExW", 8, text_extent},
    {"NtGdiGetTextFaceW", 4, text_face},
    {"NtGdiGetCharWidthW", 6, char_widths},
    {"NtGdiGetCharABCWidthsW", 6, abc_widths},
    {"NtGdiGetCharWidthInfo", 2, width_info},
    {"NtGdiGetTextCharsetInfo", 3, charset_info},
    {"NtGdiGetGlyphIndicesW", 5, glyph_indices},
    {"NtGdiGetRealizationInfo", 2, realization},
    {"NtGdiEnumFonts", 8, enum_fonts},
    {"NtGdiExtTextOutW", 9, text_out},
    {"NtGdiFontIsLinked", 1, nothing},
    {"NtGdiGetFontData", 5, failed},
    {"NtGdiGetGlyphOutline", 8, failed},
    {"NtGdiGetKerningPairs", 3, nothing},
    {"NtGdiGetOutlineTextMetricsInternalW", 4, nothing},
    {"NtGdiGetFontUnicodeRanges", 2, nothing},
    {"NtGdiGetRasterizerCaps", 2, nothing},
    {"NtGdiAddFontResourceW", 6, one},
    {"NtGdiRemoveFontResourceW", 6, one},
    {"NtGdiAddFontMemResourceEx", 5, memory_font},
    {"NtGdiRemoveFontMemResourceEx", 1, one},
    {NULL, 0, NULL},
};
