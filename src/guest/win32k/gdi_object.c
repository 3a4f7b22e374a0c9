#include "guest/win32k/gdi_object.h"
#include "guest/flood.h"
#include "guest/win32k/metrics.h"
#include <stdlib.h>

/* GDI_HANDLE_ENTRY, 24 bytes for both architectures: owner at 8, generation and type at 12, pointer
 * for the program at 16. */
enum {
    ENTRY = 24,
    ENTRY_OWNER = 8,
    ENTRY_UNIQUE = 12,
    ENTRY_POINTER = 16,
    FIRST = 32,
    OBJECTS_MOST = 10000,
    TABLE_MOST = 0x10000,
    STOCK_FLAG = 0x80
};

static void put_entry(Sys *s, const GdiObject *o, uint32_t index, uint64_t pointer) {
    Fields f = fields(s->process, s->process->user->gdi->table + (uint64_t)index * ENTRY);
    put_u64(&f, o ? index : 0);
    put_u32(&f, o ? s->process->id & 0xffff : 0);
    put_u16(&f, o ? (uint16_t)(o->handle >> 16) : 0);
    put_u8(&f, o ? o->type & 0x1f : 0);
    put_u8(&f, 0);
    put_u64(&f, pointer);
}

static bool grow(struct GdiProcess *g) {
    if (g->count < g->used + 1) {
        uint32_t count = g->count ? g->count * 2 : 256;
        GdiObject **more = realloc(g->objects, count * sizeof *more);
        if (!more) return false;
        memset(more + g->count, 0, (count - g->count) * sizeof *more);
        g->objects = more;
        g->count = count;
    }
    return true;
}

static bool free_index(struct GdiProcess *g, uint32_t *index) {
    for (uint32_t i = FIRST; i < g->used; i++)
        if (!g->objects[i]) {
            *index = i;
            return true;
        }
    if (g->used >= OBJECTS_MOST || !grow(g)) return false;
    *index = g->used++;
    return true;
}

static void *make(Sys *s, struct GdiProcess *g, GdiType type, size_t size, bool stock) {
    uint32_t index;
    GdiObject *o = calloc(1, size);
    if (!o || !free_index(g, &index)) {
        flood_tell(s->machine, FLOOD_GDI_OBJECTS, g->used);
        free(o);
        return NULL;
    }
    /* The index' generation counts up, so that old handles are none any more. */
    uint16_t generation = (uint16_t)(++g->generations[index] % 0xfe + 1);
    uint16_t unique = (uint16_t)(type | (stock ? STOCK_FLAG : 0) | generation << 8);
    o->type = type;
    o->stock = stock;
    o->handle = index | (uint32_t)unique << 16;
    g->objects[index] = o;
    put_entry(s, o, index, 0);
    return o;
}

void *gdi_new(Sys *s, GdiType type, size_t size) {
    struct GdiProcess *g = gdi_process(s);
    void *o = g ? make(s, g, type, size, false) : NULL;
    if (!o) user_error(s, ERROR_NOT_ENOUGH_MEMORY);
    return o;
}

void *gdi_get(Sys *s, uint64_t handle, GdiType type) {
    const struct GdiProcess *g = gdi_process(s);
    uint32_t index = handle & 0xffff, unique = (uint32_t)handle >> 16;
    GdiObject *o = g && index < g->used ? g->objects[index] : NULL;
    if (!o || (unique && unique != o->handle >> 16)) return NULL;
    bool same = type == GDI_ANY || o->type == type || (type == GDI_DC && o->type == GDI_MEMDC) ||
                (type == GDI_PEN && o->type == GDI_EXTPEN);
    return same ? o : NULL;
}

/* ---- the end of an object ---- */

static void release(GdiObject *o) {
    if (o->type == GDI_BITMAP) bitmap_free((GdiBitmap *)o);
    if (o->type == GDI_REGION) region_free((GdiRegion *)o);
    free(o);
}

static void remove_object(Sys *s, GdiObject *o) {
    struct GdiProcess *g = gdi_process(s);
    uint32_t index = o->handle & 0xffff;
    g->objects[index] = NULL;
    put_entry(s, NULL, index, 0);
    if (o->type == GDI_DC || o->type == GDI_MEMDC) dc_free(s, (GdiDc *)o);
    else release(o);
}

bool gdi_delete(Sys *s, uint32_t handle) {
    GdiObject *o = gdi_get(s, handle, GDI_ANY);
    if (!o) return false;
    if (o->stock) return true;
    if (o->selected) {
        o->deleted = true;
        return o->type != GDI_BITMAP; /* a bitmap that is selected cannot be deleted */
    }
    remove_object(s, o);
    return true;
}

void gdi_hold(Sys *s, uint32_t handle) {
    GdiObject *o = gdi_get(s, handle, GDI_ANY);
    if (o) o->selected++;
}

void gdi_let_go(Sys *s, uint32_t handle) {
    GdiObject *o = gdi_get(s, handle, GDI_ANY);
    if (!o || !o->selected || --o->selected || !o->deleted) return;
    remove_object(s, o);
}

static uint64_t delete_object(Sys *s) {
    return gdi_delete(s, arg32(s, 0));
}

/* ---- stock objects, at the indices that gdi32.dll knows ---- */

static void put16(uint8_t *p, uint16_t v) {
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static void put32(uint8_t *p, uint32_t v) {
    put16(p, (uint16_t)v);
    put16(p + 2, (uint16_t)(v >> 16));
}

static void stock_font(Sys *s, struct GdiProcess *g, int32_t height, uint32_t weight,
                       uint8_t family, const char *face) {
    enum { WEIGHT = 16, CHARSET = 23, FAMILY = 27, FACE = 28 };
    GdiFont *f = make(s, g, GDI_FONT, sizeof *f, true);
    if (!f) return;
    put32(f->logical, (uint32_t)height);
    put32(f->logical + WEIGHT, weight);
    f->logical[FAMILY] = family;
    for (size_t i = 0; face[i]; i++) put16(f->logical + FACE + 2 * i, (uint8_t)face[i]);
}

static void stock_brush(Sys *s, struct GdiProcess *g, uint32_t style, uint32_t colour) {
    GdiBrush *b = make(s, g, GDI_BRUSH, sizeof *b, true);
    if (!b) return;
    b->style = style;
    b->colour = colour;
}

static void stock_pen(Sys *s, struct GdiProcess *g, uint32_t style, uint32_t colour) {
    GdiPen *p = make(s, g, GDI_PEN, sizeof *p, true);
    if (!p) return;
    p->style = style;
    p->colour = colour;
}

static void make_stock(Sys *s, struct GdiProcess *g) {
    enum { BS_SOLID = 0, BS_NULL = 1, PS_SOLID = 0, PS_NULL = 5, FIXED = 0x31, SWISS = 0x22 };
    static const uint32_t brushes[] = {0xffffff, 0xc0c0c0, 0x808080, 0x404040, 0};
    for (size_t i = 0; i < 5; i++) stock_brush(s, g, BS_SOLID, brushes[i]);
    stock_brush(s, g, BS_NULL, 0);
    stock_pen(s, g, PS_SOLID, 0xffffff);
    stock_pen(s, g, PS_SOLID, 0);
    stock_pen(s, g, PS_NULL, 0);
    stock_font(s, g, 12, 400, FIXED, "Terminal"); /* 9: not asked for at 96 dots per inch */
    stock_font(s, g, 12, 400, FIXED, "Terminal");
    stock_font(s, g, 12, 400, FIXED, "Courier");
    stock_font(s, g, 12, 400, SWISS, "MS Sans Serif");
    stock_font(s, g, 16, 700, SWISS, "System");
    stock_font(s, g, 16, 700, SWISS, "System");
    GdiPalette *p = make(s, g, GDI_PALETTE, sizeof *p, true);
    if (p) p->count = 20;
    stock_font(s, g, 16, 400, FIXED, "Fixedsys");
    stock_font(s, g, -11, 400, SWISS, "MS Shell Dlg");
    stock_brush(s, g, BS_SOLID, 0xffffff);
    stock_pen(s, g, PS_SOLID, 0);
    GdiBitmap *b = make(s, g, GDI_BITMAP, sizeof *b, true);
    if (b) {
        b->width = b->height = 1;
        b->bits = 1;
        b->stride = 2;
        b->pixels = calloc(1, b->stride);
    }
    stock_font(s, g, 16, 700, SWISS, "System");
    stock_font(s, g, 16, 400, FIXED, "Fixedsys");
    stock_font(s, g, -11, 400, SWISS, "MS Shell Dlg");
}

uint32_t gdi_stock(Sys *s, unsigned number) {
    const struct GdiProcess *g = gdi_process(s);
    const GdiObject *o = g ? g->objects[FIRST + number] : NULL;
    return o ? o->handle : 0;
}

/* ---- the process' part ---- */

struct GdiProcess *gdi_process(Sys *s) {
    enum { TABLE64 = 0xf8, TABLE32 = 0x94 };
    UserProcess *p = user_process(s);
    if (!p || p->gdi) return p ? p->gdi : NULL;
    struct GdiProcess *g = calloc(1, sizeof *g);
    if (!g) return NULL;
    uint64_t peb = s->process->wow64 ? s->process->peb32 : s->process->peb;
    guest_get_pointer(s->process, peb + (s->process->wow64 ? TABLE32 : TABLE64), &g->table);
    g->generations = calloc(TABLE_MOST, 1);
    g->used = FIRST;
    p->gdi = g;
    if (!g->generations || !grow(g)) return NULL;
    make_stock(s, g);
    return g;
}

void gdi_process_ended(UserProcess *p) {
    struct GdiProcess *g = p->gdi;
    if (!g) return;
    for (uint32_t i = 0; i < g->used && g->objects; i++) {
        GdiObject *o = g->objects[i];
        if (!o) continue;
        if (o->type == GDI_DC || o->type == GDI_MEMDC) {
            GdiState *state = ((GdiDc *)o)->saved;
            while (state) {
                GdiState *outer = state->outer;
                free(state);
                state = outer;
            }
        }
        release(o);
    }
    free(g->objects);
    free(g->generations);
    free(g);
    p->gdi = NULL;
}

/* ---- brushes and pens ---- */

static uint32_t new_brush(Sys *s, uint32_t style, uint32_t colour, uint32_t hatch) {
    GdiBrush *b = gdi_new(s, GDI_BRUSH, sizeof *b);
    if (!b) return 0;
    b->style = style;
    b->colour = colour;
    b->hatch = hatch;
    return b->object.handle;
}

uint32_t gdi_system_brush(Sys *s, unsigned colour) {
    enum { COLOURS = 31 };
    struct GdiProcess *g = gdi_process(s);
    if (!g || colour >= COLOURS) return 0;
    if (!g->system_brushes[colour]) {
        g->system_brushes[colour] = new_brush(s, 0, metrics_colour(colour), 0);
        GdiObject *o = gdi_get(s, g->system_brushes[colour], GDI_BRUSH);
        if (o) o->stock = true;
    }
    return g->system_brushes[colour];
}

static uint32_t new_pen(Sys *s, GdiType type, uint32_t style, int32_t width, uint32_t colour) {
    GdiPen *p = gdi_new(s, type, sizeof *p);
    if (!p) return 0;
    p->style = style;
    p->width = width;
    p->colour = colour;
    return p->object.handle;
}

uint32_t gdi_system_pen(Sys *s, unsigned colour) {
    enum { COLOURS = 31 };
    struct GdiProcess *g = gdi_process(s);
    if (!g || colour >= COLOURS) return 0;
    if (!g->system_pens[colour]) {
        g->system_pens[colour] = new_pen(s, GDI_PEN, 0, 1, metrics_colour(colour));
        GdiObject *o = gdi_get(s, g->system_pens[colour], GDI_PEN);
        if (o) o->stock = true;
    }
    return g->system_pens[colour];
}

enum { BS_HATCHED = 2, BS_PATTERN = 3, BS_DIBPATTERNPT = 6 };

static uint64_t solid_brush(Sys *s) {
    return new_brush(s, 0, arg32(s, 0), 0);
}
static uint64_t hatch_brush(Sys *s) {
    return new_brush(s, BS_HATCHED, arg32(s, 1), arg32(s, 0));
}
static uint64_t dib_brush(Sys *s) {
    return new_brush(s, BS_DIBPATTERNPT, 0, 0);
}
static uint64_t pattern_brush(Sys *s) {
    if (!gdi_get(s, s->arg[0], GDI_BITMAP)) return 0;
    uint32_t brush = new_brush(s, BS_PATTERN, 0, 0), copy = gdi_copy_bitmap(s, arg32(s, 0));
    GdiBrush *b = gdi_get(s, brush, GDI_BRUSH);
    if (b) b->bitmap = copy;
    return brush;
}
static uint64_t create_pen(Sys *s) {
    return new_pen(s, GDI_PEN, arg32(s, 0), argi(s, 1), arg32(s, 2));
}
static uint64_t ext_create_pen(Sys *s) {
    return new_pen(s, GDI_EXTPEN, arg32(s, 0), argi(s, 1), arg32(s, 3));
}

static uint64_t create_font(Sys *s) {
    GdiFont *f = gdi_new(s, GDI_FONT, sizeof *f);
    if (!f) return 0;
    if (!guest_read(s->process, s->arg[0], f->logical, LOGFONT_BYTES)) {
        gdi_delete(s, f->object.handle);
        return 0;
    }
    return f->object.handle;
}

static uint64_t create_palette(Sys *s) {
    uint32_t count = arg32(s, 1) < 256 ? arg32(s, 1) : 256;
    GdiPalette *p = gdi_new(s, GDI_PALETTE, sizeof *p);
    if (!p) return 0;
    p->count = count;
    for (uint32_t i = 0; i < count; i++)
        guest_get_u32(s->process, s->arg[0] + 4 + 4u * i, &p->entries[i]);
    return p->object.handle;
}

static uint64_t halftone_palette(Sys *s) {
    return gdi_stock(s, STOCK_DEFAULT_PALETTE);
}

static uint64_t create_client(Sys *s) {
    GdiClient *c = gdi_new(s, (GdiType)(arg32(s, 0) >> 16 & 0x7f), sizeof *c);
    return c ? c->object.handle : 0;
}

/* ---- GetObject ---- */

/* BITMAP, and for DIB sections DIBSECTION. */
static uint32_t put_bitmap(Sys *s, const GdiBitmap *b, uint64_t address, uint32_t room) {
    unsigned pointer = s->process->pointer;
    uint32_t plain = pointer == 8 ? 32 : 24, whole = plain + 40 + (pointer == 8 ? 32 : 24);
    uint32_t size = b->section && room >= whole ? whole : plain;
    if (!address) return plain;
    if (room < plain) return 0;
    Fields f = fields_in(s->process, address, size);
    put_u32(&f, 0);
    put_u32(&f, (uint32_t)b->width);
    put_u32(&f, (uint32_t)b->height);
    put_u32(&f, b->stride);
    put_u16(&f, 1);
    put_u16(&f, (uint16_t)b->bits);
    put_pointer(&f, b->section ? b->guest : 0);
    if (size == plain) return plain;
    put_u32(&f, 40);
    put_u32(&f, (uint32_t)b->width);
    put_u32(&f, b->bottom_up ? (uint32_t)b->height : (uint32_t)-b->height);
    put_u16(&f, 1);
    put_u16(&f, (uint16_t)b->bits);
    put_u32(&f, 0);
    put_u32(&f, b->stride * (uint32_t)b->height);
    for (int i = 0; i < 2; i++) put_u32(&f, 0);
    put_u32(&f, b->colours);
    put_u32(&f, b->colours);
    for (int i = 0; i < 3; i++) put_u32(&f, 0);
    put_pointer(&f, 0);
    put_u32(&f, 0);
    return whole;
}

static uint64_t get_object(Sys *s) {
    const GdiObject *o = gdi_get(s, s->arg[0], GDI_ANY);
    uint32_t room = arg32(s, 1);
    uint64_t at = s->arg[2];
    unsigned pointer = s->process->pointer;
    if (!o) return user_error(s, 6);
    switch (o->type) {
    case GDI_BITMAP: return put_bitmap(s, (const GdiBitmap *)o, at, room);
    case GDI_FONT: {
        uint32_t n = room < LOGFONT_BYTES ? room : LOGFONT_BYTES;
        if (!at) return LOGFONT_BYTES;
        return guest_write(s->process, at, ((const GdiFont *)o)->logical, n) ? n : 0;
    }
    case GDI_BRUSH: { /* LOGBRUSH */
        const GdiBrush *b = (const GdiBrush *)o;
        uint32_t size = pointer == 8 ? 16 : 12;
        if (!at) return size;
        Fields f = fields_in(s->process, at, room);
        put_u32(&f, b->style);
        put_u32(&f, b->colour);
        put_pointer(&f, b->bitmap ? b->bitmap : b->hatch);
        return size;
    }
    case GDI_PEN: { /* LOGPEN */
        const GdiPen *p = (const GdiPen *)o;
        if (!at) return 16;
        Fields f = fields_in(s->process, at, room);
        put_u32(&f, p->style);
        put_u32(&f, (uint32_t)p->width);
        put_u32(&f, 0);
        put_u32(&f, p->colour);
        return 16;
    }
    case GDI_EXTPEN: { /* EXTLOGPEN without styles */
        const GdiPen *p = (const GdiPen *)o;
        uint32_t size = pointer == 8 ? 40 : 28;
        if (!at) return size;
        Fields f = fields_in(s->process, at, room);
        put_u32(&f, p->style);
        put_u32(&f, (uint32_t)p->width);
        put_u32(&f, 0);
        put_u32(&f, p->colour);
        put_pointer(&f, 0);
        put_u32(&f, 0);
        return size;
    }
    case GDI_PALETTE: {
        uint8_t n[2] = {(uint8_t)((const GdiPalette *)o)->count, 0};
        if (at) guest_write(s->process, at, n, 2);
        return 2;
    }
    default: return 0;
    }
}

/* NtGdiDoPalette: entries of palettes, and of a DIB's colour table. */
static uint64_t do_palette(Sys *s) {
    enum { ANIMATE, SET, GET, GET_SYSTEM, GET_DIB, SET_DIB };
    uint32_t start = arg32(s, 1) & 0xffff, count = arg32(s, 2) & 0xffff, which = arg32(s, 4);
    uint32_t *entries = NULL, have = 0;
    GdiPalette *p = which <= GET ? gdi_get(s, s->arg[0], GDI_PALETTE) : NULL;
    if (p) {
        entries = p->entries;
        have = p->count;
    }
    GdiDc *dc = which >= GET_DIB ? gdi_get(s, s->arg[0], GDI_DC) : NULL;
    GdiBitmap *b = dc ? gdi_get(s, dc->now.bitmap, GDI_BITMAP) : NULL;
    if (b && b->bits <= 8) {
        entries = b->palette;
        have = 1u << b->bits;
    }
    if (!entries) return 0;
    if (which == GET && !s->arg[3]) return have;
    if (start >= have) return 0;
    if (count > have - start) count = have - start;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t at = s->arg[3] + 4u * i;
        bool reads = which == GET || which == GET_DIB;
        bool good = reads ? guest_put_u32(s->process, at, entries[start + i])
                          : guest_get_u32(s->process, at, &entries[start + i]);
        if (!good) return i;
    }
    return count;
}

static uint64_t zero(Sys *s) {
    (void)s;
    return 0;
}
static uint64_t one(Sys *s) {
    (void)s;
    return 1;
}

const SysRow nt_gdi_object_rows[] = {
    {"NtGdiDeleteObjectApp", 1, delete_object},
    {"NtGdiCreateSolidBrush", 2, solid_brush},
    {"NtGdiCreateHatchBrushInternal", 3, hatch_brush},
    {"NtGdiCreateDIBBrush", 6, dib_brush},
    {"NtGdiCreatePatternBrushInternal", 3, pattern_brush},
    {"NtGdiCreatePen", 4, create_pen},
    {"NtGdiExtCreatePen", 11, ext_create_pen},
    {"NtGdiHfontCreate", 5, create_font},
    {"NtGdiCreatePaletteInternal", 2, create_palette},
    {"NtGdiCreateHalftonePalette", 1, halftone_palette},
    {"NtGdiCreateClientObj", 1, create_client},
    {"NtGdiDeleteClientObj", 1, delete_object},
    {"NtGdiExtGetObjectW", 3, get_object},
    {"NtGdiDoPalette", 6, do_palette},
    {"NtGdiResizePalette", 2, one},
    {"NtGdiUnrealizeObject", 1, one},
    {"NtGdiGetNearestPaletteIndex", 2, zero},
    {"NtGdiFlush", 0, one},
    {NULL, 0, NULL},
};
