/* Device contexts: of windows and the screen, where what is drawn is nowhere kept, and of memory,
 * where it is. */
#include "guest/win32k/desktop.h"
#include "guest/win32k/gdi_object.h"
#include "guest/win32k/message.h"
#include "guest/win32k/position.h"
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

void dc_set_attribute16(Sys *s, const GdiDc *dc, unsigned at, uint16_t value) {
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
    dc_set_attribute16(s, dc, BACKGROUND_MODE, OPAQUE);
    dc_set_attribute16(s, dc, ATTR_FILL_MODE, 1);
    dc_set_attribute16(s, dc, ROP, R2_COPYPEN);
    dc_set_attribute16(s, dc, REL_ABS, 1);
    dc_set_attribute16(s, dc, STRETCH, 1);
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

/* ---- what makes no difference here ---- */

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
    {"NtGdiComputeXformCoefficients", 1, have_dc},
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
