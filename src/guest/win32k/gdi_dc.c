/* Device contexts: of windows and the screen, where what is drawn is nowhere kept, and of memory,
 * where it is. */
#include "guest/win32k/desktop.h"
#include "guest/win32k/gdi_object.h"
#include "guest/win32k/message.h"
#include "guest/win32k/position.h"
#include <math.h>
#include <stdlib.h>

/* ---- DC_ATTR, which programs read and write themselves ---- */

uint32_t dc_attribute(Sys *s, const GdiDc *dc, unsigned at) {
    uint32_t v = 0;
    guest_get_u32(s->process, dc->attributes + at, &v);
    return v;
}

void dc_set_attribute(Sys *s, const GdiDc *dc, unsigned at, uint32_t value) {
    guest_put_u32(s->process, dc->attributes + at, value);
}

static void put_half(Sys *s, const GdiDc *dc, unsigned at, uint16_t value) {
    uint8_t raw[2] = {(uint8_t)value, (uint8_t)(value >> 8)};
    guest_write(s->process, dc->attributes + at, raw, 2);
}

static uint64_t attributes_new(Sys *s) {
    enum { BLOCK = 0x10000, EACH = 256 };
    struct GdiProcess *g = gdi_process(s);
    if (g->free_count) return g->free_attributes[--g->free_count];
    if (!g->attribute_left) {
        uint64_t base = 0, size = BLOCK;
        if (vm_allocate(s->process->vm, &base, &size, VM_RESERVE | VM_COMMIT, VM_READWRITE, false,
                        s->process->wow64 ? 0x7ffe0000 : 0))
            return 0;
        g->attribute_blocks = base;
        g->attribute_left = BLOCK / EACH;
    }
    return g->attribute_blocks + EACH * --g->attribute_left;
}

static void fill_attributes(Sys *s, const GdiDc *dc) {
    enum {
        BACKGROUND_MODE = 50,
        ROP = 54,
        REL_ABS = 56,
        STRETCH = 58,
        WHITE = 0xffffff,
        OPAQUE = 2,
        R2_COPYPEN = 13
    };
    static const float miter = 10.0f;
    static const uint8_t zero[ATTR_SIZE];
    guest_write(s->process, dc->attributes, zero, sizeof zero);
    dc_set_attribute(s, dc, 0, dc->object.handle);
    dc_set_attribute(s, dc, ATTR_BACKGROUND, WHITE);
    dc_set_attribute(s, dc, ATTR_BRUSH_COLOUR, WHITE);
    dc_set_attribute(s, dc, ATTR_GRAPHICS_MODE, 1);
    dc_set_attribute(s, dc, ATTR_ARC_DIRECTION, 1);
    put_half(s, dc, BACKGROUND_MODE, OPAQUE);
    put_half(s, dc, ATTR_FILL_MODE, 1);
    put_half(s, dc, ROP, R2_COPYPEN);
    put_half(s, dc, REL_ABS, 1);
    put_half(s, dc, STRETCH, 1);
    dc_set_attribute(s, dc, ATTR_MAP_MODE, 1);
    guest_write(s->process, dc->attributes + ATTR_MITER, &miter, 4);
    for (unsigned at = ATTR_WINDOW_EXTENT; at <= ATTR_VIEWPORT_EXTENT; at += 16) {
        dc_set_attribute(s, dc, at, 1);
        dc_set_attribute(s, dc, at + 4, 1);
    }
    dc_set_attribute(s, dc, ATTR_CODE_PAGE,
                     (uint32_t)world_number(s->machine->world, FACT_locale_ansi));
}

/* ---- life ---- */

GdiDc *dc_new(Sys *s, GdiType type) {
    static const double identity[6] = {1, 0, 0, 1, 0, 0};
    GdiDc *dc = gdi_new(s, type, sizeof *dc);
    if (!dc) return NULL;
    dc->attributes = attributes_new(s);
    dc->now.pen = gdi_stock(s, STOCK_BLACK_PEN);
    dc->now.brush = gdi_stock(s, STOCK_WHITE_BRUSH);
    dc->now.font = gdi_stock(s, STOCK_SYSTEM_FONT);
    dc->now.palette = gdi_stock(s, STOCK_DEFAULT_PALETTE);
    if (type == GDI_MEMDC) dc->now.bitmap = gdi_stock(s, STOCK_BITMAP);
    memcpy(dc->now.world, identity, sizeof identity);
    fill_attributes(s, dc);
    guest_put_u64(s->process,
                  s->process->user->gdi->table + (uint64_t)(dc->object.handle & 0xffff) * 24 + 16,
                  dc->attributes);
    dc->area = type == GDI_MEMDC ? (Rect){0, 0, 1, 1} : desktop_screen(s->machine);
    return dc;
}

static void let_go_all(Sys *s, const GdiState *state) {
    gdi_let_go(s, state->pen);
    gdi_let_go(s, state->brush);
    gdi_let_go(s, state->font);
    gdi_let_go(s, state->bitmap);
}

static void drop_clip(Sys *s, uint32_t *clip) {
    if (*clip) gdi_delete(s, *clip);
    *clip = 0;
}

void dc_free(Sys *s, GdiDc *dc) {
    struct GdiProcess *g = gdi_process(s);
    while (dc->saved) {
        GdiState *outer = dc->saved->outer;
        drop_clip(s, &dc->saved->clip);
        free(dc->saved);
        dc->saved = outer;
    }
    let_go_all(s, &dc->now);
    drop_clip(s, &dc->now.clip);
    if (dc->attributes && g->free_count < sizeof g->free_attributes / sizeof *g->free_attributes)
        g->free_attributes[g->free_count++] = dc->attributes;
    free(dc);
}

/* ---- coordinates ---- */

/* World to device: x' = a x + c y + e, y' = b x + d y + f. */
static void transform(Sys *s, const GdiDc *dc, double m[6]) {
    int32_t v[8];
    static const unsigned at[] = {ATTR_WINDOW_ORIGIN, ATTR_WINDOW_EXTENT, ATTR_VIEWPORT_ORIGIN,
                                  ATTR_VIEWPORT_EXTENT};
    for (int i = 0; i < 4; i++) {
        v[2 * i] = (int32_t)dc_attribute(s, dc, at[i]);
        v[2 * i + 1] = (int32_t)dc_attribute(s, dc, at[i] + 4);
    }
    double sx = v[2] ? (double)v[6] / v[2] : 1, sy = v[3] ? (double)v[7] / v[3] : 1;
    double dx = v[4] - sx * v[0], dy = v[5] - sy * v[1];
    const double *w = dc->now.world;
    m[0] = w[0] * sx;
    m[1] = w[1] * sy;
    m[2] = w[2] * sx;
    m[3] = w[3] * sy;
    m[4] = w[4] * sx + dx;
    m[5] = w[5] * sy + dy;
}

static Point apply(const double m[6], Point p) {
    return (Point){(int32_t)floor(m[0] * p.x + m[2] * p.y + m[4] + 0.5),
                   (int32_t)floor(m[1] * p.x + m[3] * p.y + m[5] + 0.5)};
}

static bool invert(double m[6]) {
    double d = m[0] * m[3] - m[1] * m[2];
    if (d == 0) return false;
    double r[6] = {m[3] / d, -m[1] / d, -m[2] / d, m[0] / d, 0, 0};
    r[4] = -(m[4] * r[0] + m[5] * r[2]);
    r[5] = -(m[4] * r[1] + m[5] * r[3]);
    memcpy(m, r, sizeof r);
    return true;
}

Point dc_to_device(Sys *s, const GdiDc *dc, Point p) {
    double m[6];
    transform(s, dc, m);
    return apply(m, p);
}

Point dc_from_device(Sys *s, const GdiDc *dc, Point p) {
    double m[6];
    transform(s, dc, m);
    return invert(m) ? apply(m, p) : p;
}

static uint64_t transform_points(Sys *s) {
    enum { TO_DEVICE, FROM_DEVICE };
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    for (uint32_t i = 0; dc && i < arg32(s, 3); i++) {
        Point p;
        if (!guest_get_point(s->process, s->arg[1] + 8u * i, &p)) return 0;
        p = arg32(s, 4) == TO_DEVICE ? dc_to_device(s, dc, p) : dc_from_device(s, dc, p);
        guest_put_point(s->process, s->arg[2] + 8u * i, p);
    }
    return dc != NULL;
}

static void put_xform(Sys *s, uint64_t at, const double m[6]) {
    for (unsigned i = 0; i < 6; i++) {
        float v = (float)m[i];
        guest_write(s->process, at + 4u * i, &v, 4);
    }
}

static uint64_t get_transform(Sys *s) {
    enum { WORLD_TO_PAGE = 0x203, WORLD_TO_DEVICE = 0x204, DEVICE_TO_WORLD = 0x402 };
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    double m[6];
    if (!dc) return 0;
    transform(s, dc, m);
    if (arg32(s, 1) == WORLD_TO_PAGE) memcpy(m, dc->now.world, sizeof m);
    else if (arg32(s, 1) == DEVICE_TO_WORLD && !invert(m)) return 0;
    put_xform(s, s->arg[2], m);
    return 1;
}

static uint64_t modify_transform(Sys *s) {
    enum { IDENTITY = 1, LEFT, RIGHT, SET };
    GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    double x[6] = {1, 0, 0, 1, 0, 0}, r[6];
    uint32_t mode = arg32(s, 2);
    if (!dc) return 0;
    for (unsigned i = 0; mode != IDENTITY && i < 6; i++) {
        float v = 0;
        if (!guest_read(s->process, s->arg[1] + 4u * i, &v, 4)) return 0;
        x[i] = v;
    }
    const double *a = mode == LEFT ? x : dc->now.world, *b = mode == LEFT ? dc->now.world : x;
    if (mode == IDENTITY || mode == SET) {
        memcpy(dc->now.world, x, sizeof x);
        return 1;
    }
    r[0] = a[0] * b[0] + a[1] * b[2];
    r[1] = a[0] * b[1] + a[1] * b[3];
    r[2] = a[2] * b[0] + a[3] * b[2];
    r[3] = a[2] * b[1] + a[3] * b[3];
    r[4] = a[4] * b[0] + a[5] * b[2] + b[4];
    r[5] = a[4] * b[1] + a[5] * b[3] + b[5];
    memcpy(dc->now.world, r, sizeof r);
    return 1;
}

/* The mapping modes' extents, for the world's screen. */
static void set_map_mode(Sys *s, const GdiDc *dc, uint32_t mode) {
    enum { TEXT = 1, LOMETRIC, HIMETRIC, LOENGLISH, HIENGLISH, TWIPS, ISOTROPIC, ANISOTROPIC };
    static const int32_t per_inch[] = {0, 0, 254, 2540, 100, 1000, 1440};
    int32_t dpi = (int32_t)desktop_dpi(s->machine), extent[4] = {1, 1, 1, 1};
    if (mode >= LOMETRIC && mode <= TWIPS) {
        extent[0] = extent[1] = per_inch[mode];
        extent[2] = dpi;
        extent[3] = -dpi;
    }
    dc_set_attribute(s, dc, ATTR_MAP_MODE, mode);
    if (mode == ANISOTROPIC || mode == ISOTROPIC) return;
    for (unsigned i = 0; i < 2; i++) {
        dc_set_attribute(s, dc, ATTR_WINDOW_EXTENT + 4 * i, (uint32_t)extent[i]);
        dc_set_attribute(s, dc, ATTR_VIEWPORT_EXTENT + 4 * i, (uint32_t)extent[2 + i]);
    }
}

/* ---- pixels ---- */

/* The screen: the wallpaper, the taskbar, and white windows with their frames. */
static uint32_t screen_pixel(Sys *s, Point p) {
    Rect work = desktop_work_area(s->machine);
    const Window *w = window_at(user_of(s->machine)->desktop, p);
    if (p.y >= work.bottom) return 0x101010;
    if (w && w != user_of(s->machine)->shell) {
        Rect f = window_screen_frame(w);
        bool edge = p.x == f.left || p.y == f.top || p.x == f.right - 1 || p.y == f.bottom - 1;
        return edge ? 0xd77800 : 0xffffff;
    }
    uint32_t shade = (uint32_t)(p.y * 96 / (work.bottom ? work.bottom : 1));
    return (0x70 + shade) << 16 | (0x38 + shade / 2) << 8 | 0x08;
}

Rect dc_limits(Sys *s, const GdiDc *dc) {
    const GdiBitmap *b = dc->now.bitmap ? gdi_get(s, dc->now.bitmap, GDI_BITMAP) : NULL;
    Rect r = b ? (Rect){0, 0, b->width, b->height} : dc->area;
    const GdiRegion *clip = dc->now.clip ? gdi_get(s, dc->now.clip, GDI_REGION) : NULL;
    return clip ? rect_both(r, region_box(clip)) : r;
}

bool dc_pixel(Sys *s, const GdiDc *dc, int32_t x, int32_t y, uint32_t *colour) {
    const GdiBitmap *b = dc->now.bitmap ? gdi_get(s, dc->now.bitmap, GDI_BITMAP) : NULL;
    if (b) return bitmap_get(s->process, b, x, y, colour);
    if (!rect_has(dc->area, (Point){x, y})) return false;
    *colour = screen_pixel(s, (Point){x + dc->origin.x, y + dc->origin.y});
    return true;
}

void dc_set_pixel(Sys *s, const GdiDc *dc, int32_t x, int32_t y, uint32_t colour) {
    GdiBitmap *b = dc->now.bitmap ? gdi_get(s, dc->now.bitmap, GDI_BITMAP) : NULL;
    if (b && rect_has(dc_limits(s, dc), (Point){x, y})) bitmap_set(s->process, b, x, y, colour);
}

/* ---- making them ---- */

static uint64_t create_compatible(Sys *s) {
    if (s->arg[0] && !gdi_get(s, s->arg[0], GDI_DC)) return 0;
    GdiDc *dc = dc_new(s, GDI_MEMDC);
    return dc ? dc->object.handle : 0;
}

static uint64_t open_dc(Sys *s) {
    GdiDc *dc = dc_new(s, GDI_DC);
    return dc ? dc->object.handle : 0;
}

static uint32_t window_dc(Sys *s, Window *w, bool whole) {
    GdiDc *dc = dc_new(s, GDI_DC);
    if (!dc) return 0;
    Rect r = whole ? window_screen_frame(w) : window_screen_client(w);
    if (window_is_root(w)) r = desktop_screen(s->machine);
    dc->window = w->object.handle;
    dc->whole = whole;
    dc->origin = (Point){r.left, r.top};
    dc->area = rect_moved(r, -r.left, -r.top);
    Fields f = fields(s->process, dc->attributes + ATTR_VISIBLE);
    put_rect(&f, r);
    return dc->object.handle;
}

static uint64_t get_dc_ex(Sys *s, bool whole) {
    enum { CS_OWNDC = 0x20, CS_CLASSDC = 0x40 };
    Window *w = s->arg[0] ? window_need(s, s->arg[0]) : user_of(s->machine)->desktop;
    struct GdiProcess *g = gdi_process(s);
    if (!w || !g) return 0;
    bool own = w->class && w->class->style & (CS_OWNDC | CS_CLASSDC) && !whole;
    for (uint32_t i = 0; own && i < g->used; i++) {
        GdiDc *dc = (GdiDc *)g->objects[i];
        if (dc && dc->object.type == GDI_DC && dc->owned && dc->window == w->object.handle)
            return dc->object.handle;
    }
    uint32_t handle = window_dc(s, w, whole);
    GdiDc *dc = own ? gdi_get(s, handle, GDI_DC) : NULL;
    if (dc) dc->owned = true;
    return handle;
}

static uint64_t get_dc(Sys *s) {
    return get_dc_ex(s, false);
}
static uint64_t get_window_dc(Sys *s) {
    return get_dc_ex(s, true);
}
static uint64_t get_dc_flags(Sys *s) {
    enum { DCX_WINDOW = 1 };
    return get_dc_ex(s, arg32(s, 2) & DCX_WINDOW);
}

static uint64_t release_dc(Sys *s) {
    GdiDc *dc = gdi_get(s, s->arg[1], GDI_DC);
    if (!dc) return 0;
    if (!dc->owned) gdi_delete(s, dc->object.handle);
    return 1;
}

static uint64_t window_from_dc(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    return dc && window_get(user_of(s->machine), dc->window) ? dc->window : 0;
}

void gdi_window_gone(User *u, uint32_t window) {
    const Window *w = window_get(u, window);
    struct GdiProcess *g =
        w && w->object.process && w->object.process->user ? w->object.process->user->gdi : NULL;
    for (uint32_t i = 0; g && i < g->used; i++) {
        GdiDc *dc = (GdiDc *)g->objects[i];
        if (dc && dc->object.type == GDI_DC && dc->window == window) dc->window = 0;
    }
}

/* ---- painting ---- */

/* PAINTSTRUCT; the window's frame and background are drawn first. */
static uint32_t begin_paint(Sys *s, uint32_t window, Rect *update, bool *erase) {
    User *u = user_of(s->machine);
    Window *w = window_get(u, window);
    *update = w->update;
    bool wants = w->wants_erase;
    paint_validate(w, NULL);
    message_send(s, window, WM_NCPAINT, 1, 0);
    if (!(w = window_get(u, window))) return 0;
    uint32_t dc = window_dc(s, w, false);
    *erase = wants && !message_send(s, window, WM_ERASEBKGND, dc, 0);
    return dc;
}

static uint64_t begin_paint_row(Sys *s) {
    Window *w = window_need(s, s->arg[0]);
    Rect update;
    bool erase = false;
    if (!w || !w->thread) return 0;
    uint32_t dc = begin_paint(s, w->object.handle, &update, &erase);
    Fields f = fields(s->process, s->arg[1]);
    put_pointer(&f, dc);
    put_u32(&f, erase);
    put_rect(&f, update);
    put_u32(&f, 0);
    put_u32(&f, 0);
    return f.bad ? 0 : dc;
}

static uint64_t end_paint(Sys *s) {
    uint64_t dc = 0;
    guest_get_pointer(s->process, s->arg[1], &dc);
    gdi_delete(s, (uint32_t)dc);
    return 1;
}

void gdi_default_paint(Sys *s, uint32_t window) {
    Rect update;
    bool erase = false;
    uint32_t dc = begin_paint(s, window, &update, &erase);
    gdi_delete(s, dc);
}

void gdi_set_colours(Sys *s, uint32_t handle, uint32_t text, uint32_t background) {
    const GdiDc *dc = gdi_get(s, handle, GDI_DC);
    if (!dc) return;
    dc_set_attribute(s, dc, ATTR_TEXT_COLOUR, text);
    dc_set_attribute(s, dc, ATTR_BACKGROUND, background);
}

/* ---- selecting, saving ---- */

static uint64_t select_into(Sys *s, uint32_t *place, GdiType type) {
    if (!gdi_get(s, s->arg[1], type)) return 0;
    uint32_t old = *place;
    gdi_hold(s, arg32(s, 1));
    *place = ((GdiObject *)gdi_get(s, s->arg[1], type))->handle;
    gdi_let_go(s, old);
    return old;
}

static uint64_t select_pen(Sys *s) {
    GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    return dc ? select_into(s, &dc->now.pen, GDI_PEN) : 0;
}
static uint64_t select_brush(Sys *s) {
    GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    return dc ? select_into(s, &dc->now.brush, GDI_BRUSH) : 0;
}
static uint64_t select_font(Sys *s) {
    GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    return dc ? select_into(s, &dc->now.font, GDI_FONT) : 0;
}
static uint64_t select_bitmap(Sys *s) {
    GdiDc *dc = gdi_get(s, s->arg[0], GDI_MEMDC);
    const GdiBitmap *b = gdi_get(s, s->arg[1], GDI_BITMAP);
    if (!dc || !b || (b->object.selected && !b->object.stock && dc->now.bitmap != b->object.handle))
        return 0;
    return select_into(s, &dc->now.bitmap, GDI_BITMAP);
}
static uint64_t select_palette(Sys *s) {
    GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    return dc ? select_into(s, &dc->now.palette, GDI_PALETTE) : 0;
}

static uint64_t save_dc(Sys *s) {
    enum { SAVED_MOST = 1000 };
    GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    GdiState *state = dc ? malloc(sizeof *state) : NULL;
    uint32_t level = dc ? dc_attribute(s, dc, ATTR_SAVE_LEVEL) : 0;
    if (!state || level >= SAVED_MOST ||
        !guest_read(s->process, dc->attributes, dc->now.attributes, ATTR_SIZE)) {
        free(state);
        return 0;
    }
    *state = dc->now;
    state->outer = dc->saved;
    state->clip = region_copy(s, dc->now.clip);
    dc->saved = state;
    gdi_hold(s, state->pen);
    gdi_hold(s, state->brush);
    gdi_hold(s, state->font);
    dc_set_attribute(s, dc, ATTR_SAVE_LEVEL, level + 1);
    return level + 1;
}

static void restore_one(Sys *s, GdiDc *dc) {
    GdiState *state = dc->saved;
    dc->saved = state->outer;
    let_go_all(s, &(GdiState){.pen = dc->now.pen, .brush = dc->now.brush, .font = dc->now.font});
    uint32_t bitmap = dc->now.bitmap;
    drop_clip(s, &dc->now.clip);
    dc->now = *state;
    dc->now.bitmap = bitmap;
    guest_write(s->process, dc->attributes, state->attributes, ATTR_SIZE);
    free(state);
}

static uint64_t restore_dc(Sys *s) {
    GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    int32_t level = argi(s, 1), have = dc ? (int32_t)dc_attribute(s, dc, ATTR_SAVE_LEVEL) : 0;
    if (level < 0) level = have + level + 1;
    if (!dc || level <= 0 || level > have) return 0;
    while (dc->saved && (int32_t)dc_attribute(s, dc, ATTR_SAVE_LEVEL) >= level) restore_one(s, dc);
    return 1;
}

/* ---- questions ---- */

static uint64_t get_dc_object(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    if (!dc) return 0;
    switch (arg32(s, 1) >> 16) {
    case 0x09:
    case 0x05: return dc->now.bitmap;
    case GDI_PALETTE: return dc->now.palette;
    case GDI_FONT: return dc->now.font;
    case GDI_BRUSH: return dc->now.brush;
    case GDI_PEN:
    case GDI_EXTPEN: return dc->now.pen;
    default: return 0;
    }
}

static uint64_t get_dc_dword(Sys *s) {
    enum {
        ARC,
        BACKGROUND,
        BACKGROUND_MODE,
        BRUSH,
        PEN,
        GRAPHICS,
        LAYOUT,
        FILL,
        ROP,
        TEXT,
        IS_MEMORY
    };
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    uint32_t v;
    if (!dc) return 0;
    switch (arg32(s, 1)) {
    case ARC: v = dc_attribute(s, dc, ATTR_ARC_DIRECTION); break;
    case BACKGROUND: v = dc_attribute(s, dc, ATTR_BACKGROUND); break;
    case BACKGROUND_MODE: v = dc_attribute(s, dc, ATTR_TEXT_ALIGN) >> 16; break;
    case BRUSH: v = dc_attribute(s, dc, ATTR_BRUSH_COLOUR); break;
    case PEN: v = dc_attribute(s, dc, ATTR_PEN_COLOUR); break;
    case GRAPHICS: v = dc_attribute(s, dc, ATTR_GRAPHICS_MODE); break;
    case LAYOUT: v = dc_attribute(s, dc, ATTR_LAYOUT); break;
    case FILL: v = dc_attribute(s, dc, ATTR_FILL_MODE) & 0xffff; break;
    case ROP: v = dc_attribute(s, dc, ATTR_FILL_MODE) >> 16; break;
    case TEXT: v = dc_attribute(s, dc, ATTR_TEXT_COLOUR); break;
    case IS_MEMORY: v = dc->object.type == GDI_MEMDC; break;
    default: return 0;
    }
    return guest_put_u32(s->process, s->arg[2], v);
}

static uint64_t set_dc_dword(Sys *s) {
    enum {
        MAP_MODE = 8,
        BACKGROUND = 100,
        BACKGROUND_MODE,
        TEXT,
        BRUSH,
        PEN,
        GRAPHICS,
        ROP,
        ALIGN
    };
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    uint32_t value = arg32(s, 2), old = 0;
    unsigned at = 0;
    if (!dc) return 0;
    switch (arg32(s, 1)) {
    case MAP_MODE:
        old = dc_attribute(s, dc, ATTR_MAP_MODE);
        set_map_mode(s, dc, value);
        break;
    case BACKGROUND: at = ATTR_BACKGROUND; break;
    case TEXT: at = ATTR_TEXT_COLOUR; break;
    case BRUSH: at = ATTR_BRUSH_COLOUR; break;
    case PEN: at = ATTR_PEN_COLOUR; break;
    case GRAPHICS: at = ATTR_GRAPHICS_MODE; break;
    case BACKGROUND_MODE:
        old = dc_attribute(s, dc, ATTR_TEXT_ALIGN) >> 16;
        put_half(s, dc, ATTR_TEXT_ALIGN + 2, (uint16_t)value);
        break;
    case ROP:
        old = dc_attribute(s, dc, ATTR_FILL_MODE) >> 16;
        put_half(s, dc, ATTR_FILL_MODE + 2, (uint16_t)value);
        break;
    case ALIGN:
        old = dc_attribute(s, dc, ATTR_TEXT_ALIGN) & 0xffff;
        put_half(s, dc, ATTR_TEXT_ALIGN, (uint16_t)value);
        break;
    default: return 0;
    }
    if (at) {
        old = dc_attribute(s, dc, at);
        dc_set_attribute(s, dc, at, value);
    }
    if (s->arg[3]) guest_put_u32(s->process, s->arg[3], old);
    return 1;
}

static uint64_t get_dc_point(Sys *s) {
    enum { BRUSH_ORIGIN, POSITION, ORIGIN };
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    Point p = {0, 0};
    if (!dc) return 0;
    if (arg32(s, 1) == ORIGIN) p = dc->origin;
    else
        guest_get_point(
            s->process,
            dc->attributes + (arg32(s, 1) == POSITION ? ATTR_POSITION : ATTR_BRUSH_ORIGIN), &p);
    return guest_put_point(s->process, s->arg[2], p);
}

static uint64_t set_brush_origin(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    Point old;
    if (!dc || !guest_get_point(s->process, dc->attributes + ATTR_BRUSH_ORIGIN, &old)) return 0;
    if (s->arg[3]) guest_put_point(s->process, s->arg[3], old);
    return guest_put_point(s->process, dc->attributes + ATTR_BRUSH_ORIGIN,
                           (Point){argi(s, 1), argi(s, 2)});
}

static uint64_t move_to(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    Point old;
    if (!dc || !guest_get_point(s->process, dc->attributes + ATTR_POSITION, &old)) return 0;
    if (s->arg[3]) guest_put_point(s->process, s->arg[3], old);
    return guest_put_point(s->process, dc->attributes + ATTR_POSITION,
                           (Point){argi(s, 1), argi(s, 2)});
}

static uint64_t device_caps(Sys *s) {
    enum {
        DRIVERVERSION = 0,
        TECHNOLOGY = 2,
        HORZSIZE = 4,
        VERTSIZE = 6,
        HORZRES = 8,
        VERTRES = 10,
        BITSPIXEL = 12,
        PLANES = 14,
        NUMBRUSHES = 16,
        NUMPENS = 18,
        NUMCOLORS = 24,
        CURVECAPS = 28,
        LINECAPS = 30,
        POLYGONALCAPS = 32,
        TEXTCAPS = 34,
        CLIPCAPS = 36,
        RASTERCAPS = 38,
        ASPECTX = 40,
        ASPECTY = 42,
        ASPECTXY = 44,
        SHADEBLENDCAPS = 45,
        LOGPIXELSX = 88,
        LOGPIXELSY = 90,
        SIZEPALETTE = 104,
        NUMRESERVED = 106,
        COLORRES = 108,
        VREFRESH = 116,
        DESKTOPVERTRES = 117,
        DESKTOPHORZRES = 118,
        MM_PER_INCH_10 = 254
    };
    if (!gdi_get(s, s->arg[0], GDI_DC)) return 0;
    Rect screen = desktop_screen(s->machine);
    int32_t dpi = (int32_t)desktop_dpi(s->machine);
    uint32_t depth = (uint32_t)world_number(s->machine->world, FACT_screen_depth);
    switch (argi(s, 1)) {
    case DRIVERVERSION: return 0x4000;
    case TECHNOLOGY: return 1;
    case HORZSIZE: return (uint32_t)(screen.right * MM_PER_INCH_10 / (dpi * 10));
    case VERTSIZE: return (uint32_t)(screen.bottom * MM_PER_INCH_10 / (dpi * 10));
    case HORZRES:
    case DESKTOPHORZRES: return (uint32_t)screen.right;
    case VERTRES:
    case DESKTOPVERTRES: return (uint32_t)screen.bottom;
    case BITSPIXEL: return depth;
    case PLANES: return 1;
    case NUMBRUSHES:
    case NUMPENS: return UINT32_MAX;
    case NUMCOLORS: return depth > 8 ? UINT32_MAX : 1u << depth;
    case CURVECAPS: return 0x1ff;
    case LINECAPS: return 0xfe;
    case POLYGONALCAPS: return 0xff;
    case TEXTCAPS: return 0x7807;
    case CLIPCAPS: return 1;
    case RASTERCAPS: return 0x7e99;
    case ASPECTX:
    case ASPECTY: return 36;
    case ASPECTXY: return 51;
    case SHADEBLENDCAPS: return 0;
    case LOGPIXELSX:
    case LOGPIXELSY: return (uint32_t)dpi;
    case NUMRESERVED: return 20;
    case COLORRES: return depth < 24 ? depth : 24;
    case VREFRESH: return (uint32_t)world_number(s->machine->world, FACT_screen_refresh);
    default: return 0;
    }
}

static uint64_t scale_extent(Sys *s, unsigned at) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    Point e;
    if (!dc || !guest_get_point(s->process, dc->attributes + at, &e)) return 0;
    if (s->arg[5]) guest_put_point(s->process, s->arg[5], e);
    if (!argi(s, 1) || !argi(s, 2) || !argi(s, 3) || !argi(s, 4)) return 0;
    e.x = (int32_t)((int64_t)e.x * argi(s, 1) / argi(s, 2));
    e.y = (int32_t)((int64_t)e.y * argi(s, 3) / argi(s, 4));
    return guest_put_point(s->process, dc->attributes + at, e);
}
static uint64_t scale_window(Sys *s) {
    return scale_extent(s, ATTR_WINDOW_EXTENT);
}
static uint64_t scale_viewport(Sys *s) {
    return scale_extent(s, ATTR_VIEWPORT_EXTENT);
}

static uint64_t have_dc(Sys *s) {
    return gdi_get(s, s->arg[0], GDI_DC) != NULL;
}
static uint64_t nothing(Sys *s) {
    (void)s;
    return 0;
}

const SysRow nt_gdi_dc_rows[] = {
    {"NtGdiCreateCompatibleDC", 1, create_compatible},
    {"NtGdiOpenDCW", 8, open_dc},
    {"NtUserGetDC", 1, get_dc},
    {"NtUserGetWindowDC", 1, get_window_dc},
    {"NtUserGetDCEx", 3, get_dc_flags},
    {"NtUserReleaseDC", 2, release_dc},
    {"NtUserWindowFromDC", 1, window_from_dc},
    {"NtUserBeginPaint", 2 | CALLS_BACK, begin_paint_row},
    {"NtUserEndPaint", 2, end_paint},
    {"NtGdiSelectPen", 2, select_pen},
    {"NtGdiSelectBrush", 2, select_brush},
    {"NtGdiSelectFont", 2, select_font},
    {"NtGdiSelectBitmap", 2, select_bitmap},
    {"NtUserSelectPalette", 3, select_palette},
    {"NtGdiSaveDC", 1, save_dc},
    {"NtGdiRestoreDC", 2, restore_dc},
    {"NtGdiGetDCObject", 2, get_dc_object},
    {"NtGdiGetDCDword", 3, get_dc_dword},
    {"NtGdiGetAndSetDCDword", 4, set_dc_dword},
    {"NtGdiGetDCPoint", 3, get_dc_point},
    {"NtGdiSetBrushOrg", 4, set_brush_origin},
    {"NtGdiMoveTo", 4, move_to},
    {"NtGdiGetDeviceCaps", 2, device_caps},
    {"NtGdiTransformPoints", 5, transform_points},
    {"NtGdiGetTransform", 3, get_transform},
    {"NtGdiModifyWorldTransform", 3, modify_transform},
    {"NtGdiComputeXformCoefficients", 1, have_dc},
    {"NtGdiScaleWindowExtEx", 6, scale_window},
    {"NtGdiScaleViewportExtEx", 6, scale_viewport},
    {"NtGdiSetTextJustification", 3, have_dc},
    {"NtGdiSetVirtualResolution", 5, have_dc},
    {"NtGdiSetLayout", 3, nothing},
    {"NtGdiResetDC", 5, have_dc},
    {"NtGdiSetBoundsRect", 3, nothing},
    {"NtGdiGetBoundsRect", 3, nothing},
    {"NtGdiGetColorAdjustment", 2, nothing},
    {"NtGdiSetColorAdjustment", 2, have_dc},
    {"NtGdiSetSystemPaletteUse", 2, nothing},
    {"NtGdiGetSystemPaletteUse", 1, have_dc},
    {"NtGdiUpdateColors", 1, have_dc},
    {"NtGdiGetDeviceGammaRamp", 2, nothing},
    {"NtGdiSetPixelFormat", 2, have_dc},
    {NULL, 0, NULL},
};
