/* Drawing: pixels, fills, lines and copies, onto bitmaps. On the screen nothing stays of it.
 * Curves, paths and glyphs are accepted and leave no mark. */
#include "guest/win32k/gdi_object.h"

enum { BLACKNESS_OPS = 8 };
#define SRCCOPY 0x00cc0020u
#define PATCOPY 0x00f00021u

static bool has_pixels(Sys *s, const GdiDc *dc) {
    return dc->now.bitmap && gdi_get(s, dc->now.bitmap, GDI_BITMAP);
}

/* The pixel's pattern: the brush' colour, or its bitmap's pixel. False: nothing is drawn. */
static bool pattern_at(Sys *s, const GdiDc *dc, const GdiBrush *b, int32_t x, int32_t y,
                       uint32_t *colour) {
    enum { BS_NULL = 1 };
    if (!b || b->style == BS_NULL) return false;
    const GdiBitmap *p = b->bitmap ? gdi_get(s, b->bitmap, GDI_BITMAP) : NULL;
    *colour = b->colour & 0xffffff;
    if (b->object.handle == gdi_stock(s, STOCK_DC_BRUSH))
        *colour = dc_attribute(s, dc, ATTR_BRUSH_COLOUR);
    if (p) bitmap_get(s->process, p, x % p->width, y % p->height, colour);
    return true;
}

/* A ternary raster operation: bit (P,S,D) of its number is the result (wingdi.h). */
static uint32_t combine(uint32_t rop, uint32_t p, uint32_t s, uint32_t d) {
    uint32_t code = rop >> 16 & 0xff, out = 0;
    for (unsigned i = 0; i < BLACKNESS_OPS; i++)
        if (code >> i & 1) out |= (i & 4 ? p : ~p) & (i & 2 ? s : ~s) & (i & 1 ? d : ~d);
    return out & 0xffffff;
}

typedef struct {
    int32_t x, y, width, height;
} Box;

static Box to_device(Sys *s, const GdiDc *dc, int32_t x, int32_t y, int32_t w, int32_t h) {
    Point a = dc_to_device(s, dc, (Point){x, y}), b = dc_to_device(s, dc, (Point){x + w, y + h});
    return (Box){a.x, a.y, b.x - a.x, b.y - a.y};
}

/* Where the source of a copy comes from: a DC, or a DIB. */
typedef struct {
    const GdiDc *dc;
    const GdiBitmap *bitmap;
} Source;

static uint32_t source_at(Sys *s, Source from, int32_t x, int32_t y) {
    uint32_t colour = 0;
    if (from.bitmap) bitmap_get(s->process, from.bitmap, x, y, &colour);
    else if (from.dc) dc_pixel(s, from.dc, x, y, &colour);
    return colour;
}

static bool needs_source(uint32_t rop) {
    return (rop >> 2 & 0x330000) != (rop & 0x330000);
}

static int32_t scaled(int32_t i, int32_t from, int32_t to) {
    return to ? (int32_t)((int64_t)i * from / to) : 0;
}

static void transfer(Sys *s, const GdiDc *dc, Box to, Source from, Box area, uint32_t rop) {
    const GdiBrush *brush = gdi_get(s, dc->now.brush, GDI_BRUSH);
    Rect limits = dc_limits(s, dc);
    bool reads = needs_source(rop);
    int32_t sx = to.width < 0 ? -1 : 1, sy = to.height < 0 ? -1 : 1;
    int32_t width = to.width * sx, height = to.height * sy;
    for (int32_t j = 0; j < height; j++) {
        int32_t y = to.y + j * sy;
        if (y < limits.top || y >= limits.bottom) continue;
        for (int32_t i = 0; i < width; i++) {
            int32_t x = to.x + i * sx;
            if (x < limits.left || x >= limits.right) continue;
            uint32_t p = 0, d = 0, v;
            uint32_t c = reads ? source_at(s, from, area.x + scaled(i, area.width, width),
                                           area.y + scaled(j, area.height, height))
                               : 0;
            if (rop == SRCCOPY) {
                v = c;
            } else {
                dc_pixel(s, dc, x, y, &d);
                pattern_at(s, dc, brush, x, y, &p);
                v = combine(rop, p, c, d);
            }
            dc_set_pixel(s, dc, x, y, v);
        }
    }
}

static uint64_t stretch(Sys *s, const GdiDc *dc, Box to, const GdiDc *from, Box area,
                        uint32_t rop) {
    if (!dc || (needs_source(rop) && !from)) return 0;
    if (has_pixels(s, dc)) transfer(s, dc, to, (Source){.dc = from}, area, rop);
    return 1;
}

static uint64_t bit_blt(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC), *from = gdi_get(s, s->arg[5], GDI_DC);
    if (!dc) return 0;
    Box to = to_device(s, dc, argi(s, 1), argi(s, 2), argi(s, 3), argi(s, 4)), area = {0};
    if (from) area = to_device(s, from, argi(s, 6), argi(s, 7), argi(s, 3), argi(s, 4));
    return stretch(s, dc, to, from, area, arg32(s, 8));
}

static uint64_t stretch_blt(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC), *from = gdi_get(s, s->arg[5], GDI_DC);
    if (!dc) return 0;
    Box to = to_device(s, dc, argi(s, 1), argi(s, 2), argi(s, 3), argi(s, 4)), area = {0};
    if (from) area = to_device(s, from, argi(s, 6), argi(s, 7), argi(s, 8), argi(s, 9));
    return stretch(s, dc, to, from, area, arg32(s, 10));
}

/* AlphaBlend and TransparentBlt copy what they would mix in. */
static uint64_t blend(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC), *from = gdi_get(s, s->arg[5], GDI_DC);
    if (!dc || !from) return 0;
    return stretch(s, dc, to_device(s, dc, argi(s, 1), argi(s, 2), argi(s, 3), argi(s, 4)), from,
                   to_device(s, from, argi(s, 6), argi(s, 7), argi(s, 8), argi(s, 9)), SRCCOPY);
}

static uint64_t mask_blt(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC), *from = gdi_get(s, s->arg[5], GDI_DC);
    if (!dc || !from) return 0;
    return stretch(s, dc, to_device(s, dc, argi(s, 1), argi(s, 2), argi(s, 3), argi(s, 4)), from,
                   to_device(s, from, argi(s, 6), argi(s, 7), argi(s, 3), argi(s, 4)),
                   arg32(s, 11) & 0xffffff);
}

static uint64_t pat_blt(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    if (!dc) return 0;
    return stretch(s, dc, to_device(s, dc, argi(s, 1), argi(s, 2), argi(s, 3), argi(s, 4)), NULL,
                   (Box){0}, arg32(s, 5));
}

static uint64_t stretch_dib(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    GdiBitmap from;
    if (!dc || !bitmap_from_dib(s, s->arg[10], s->arg[9], arg32(s, 11), &from)) return 0;
    Box to = to_device(s, dc, argi(s, 1), argi(s, 2), argi(s, 3), argi(s, 4));
    Box area = {argi(s, 5), from.bottom_up ? from.height - argi(s, 6) - argi(s, 8) : argi(s, 6),
                argi(s, 7), argi(s, 8)};
    if (has_pixels(s, dc)) transfer(s, dc, to, (Source){.bitmap = &from}, area, arg32(s, 12));
    return (uint32_t)from.height;
}

static uint64_t dib_to_device(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    GdiBitmap from;
    if (!dc || !bitmap_from_dib(s, s->arg[10], s->arg[9], arg32(s, 11), &from)) return 0;
    int32_t width = argi(s, 3), height = argi(s, 4);
    Box to = to_device(s, dc, argi(s, 1), argi(s, 2), width, height);
    Box area = {argi(s, 5), from.bottom_up ? from.height - argi(s, 6) - height : argi(s, 6), width,
                height};
    if (has_pixels(s, dc)) transfer(s, dc, to, (Source){.bitmap = &from}, area, SRCCOPY);
    return arg32(s, 8);
}

void gdi_draw_bitmap(Sys *s, uint32_t handle, Rect to, uint32_t bitmap) {
    const GdiDc *dc = gdi_get(s, handle, GDI_DC);
    const GdiBitmap *b = gdi_get(s, bitmap, GDI_BITMAP);
    if (!dc || !b || !has_pixels(s, dc)) return;
    transfer(s, dc, (Box){to.left, to.top, to.right - to.left, to.bottom - to.top},
             (Source){.bitmap = b}, (Box){0, 0, b->width, b->height}, SRCCOPY);
}

/* ---- pixels and shapes ---- */

static uint64_t get_pixel(Sys *s) {
    enum { CLR_INVALID = -1 };
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    uint32_t colour;
    if (!dc) return (uint32_t)CLR_INVALID;
    Point p = dc_to_device(s, dc, (Point){argi(s, 1), argi(s, 2)});
    bool seen = rect_has(dc_limits(s, dc), p) && dc_pixel(s, dc, p.x, p.y, &colour);
    return seen ? colour : (uint32_t)CLR_INVALID;
}

static uint64_t set_pixel(Sys *s) {
    enum { CLR_INVALID = -1 };
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    uint32_t colour = arg32(s, 3) & 0xffffff;
    if (!dc) return (uint32_t)CLR_INVALID;
    Point p = dc_to_device(s, dc, (Point){argi(s, 1), argi(s, 2)});
    if (!rect_has(dc_limits(s, dc), p)) return (uint32_t)CLR_INVALID;
    dc_set_pixel(s, dc, p.x, p.y, colour);
    if (has_pixels(s, dc)) dc_pixel(s, dc, p.x, p.y, &colour);
    return colour;
}

static bool pen_colour(Sys *s, const GdiDc *dc, uint32_t *colour) {
    enum { PS_STYLE = 0xf, PS_NULL = 5 };
    const GdiPen *p = gdi_get(s, dc->now.pen, GDI_PEN);
    if (!p || (p->style & PS_STYLE) == PS_NULL) return false;
    *colour = p->colour & 0xffffff;
    if (p->object.handle == gdi_stock(s, STOCK_DC_PEN))
        *colour = dc_attribute(s, dc, ATTR_PEN_COLOUR);
    return true;
}

/* Bresenham 1965; without the last point, as GDI. */
static void line(Sys *s, const GdiDc *dc, Point a, Point b) {
    enum { LONGEST = 1 << 16 };
    uint32_t colour;
    if (!has_pixels(s, dc) || !pen_colour(s, dc, &colour)) return;
    int32_t dx = b.x > a.x ? b.x - a.x : a.x - b.x, dy = b.y > a.y ? a.y - b.y : b.y - a.y;
    int32_t sx = a.x < b.x ? 1 : -1, sy = a.y < b.y ? 1 : -1, e = dx + dy;
    if (dx > LONGEST || -dy > LONGEST) return;
    while (a.x != b.x || a.y != b.y) {
        dc_set_pixel(s, dc, a.x, a.y, colour);
        int32_t twice = 2 * e;
        if (twice >= dy) {
            e += dy;
            a.x += sx;
        }
        if (twice <= dx) {
            e += dx;
            a.y += sy;
        }
    }
}

static uint64_t line_to(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    Point from, to = {argi(s, 1), argi(s, 2)};
    if (!dc || !guest_get_point(s->process, dc->attributes + ATTR_POSITION, &from)) return 0;
    line(s, dc, dc_to_device(s, dc, from), dc_to_device(s, dc, to));
    return guest_put_point(s->process, dc->attributes + ATTR_POSITION, to);
}

static void fill(Sys *s, const GdiDc *dc, Rect r, const GdiBrush *brush) {
    uint32_t colour;
    r = rect_both(r, dc_limits(s, dc));
    if (!has_pixels(s, dc)) return;
    for (int32_t y = r.top; y < r.bottom; y++)
        for (int32_t x = r.left; x < r.right; x++)
            if (pattern_at(s, dc, brush, x, y, &colour)) dc_set_pixel(s, dc, x, y, colour);
}

static uint64_t rectangle(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    if (!dc) return 0;
    Point a = dc_to_device(s, dc, (Point){argi(s, 1), argi(s, 2)});
    Point b = dc_to_device(s, dc, (Point){argi(s, 3), argi(s, 4)});
    fill(s, dc, (Rect){a.x + 1, a.y + 1, b.x - 1, b.y - 1}, gdi_get(s, dc->now.brush, GDI_BRUSH));
    Point corner[5] = {{a.x, a.y}, {b.x - 1, a.y}, {b.x - 1, b.y - 1}, {a.x, b.y - 1}, {a.x, a.y}};
    for (int i = 0; i < 4; i++) line(s, dc, corner[i], corner[i + 1]);
    return 1;
}

static uint64_t fill_region(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    const GdiRegion *r = gdi_get(s, s->arg[1], GDI_REGION);
    const GdiBrush *b = gdi_get(s, s->arg[2], GDI_BRUSH);
    for (uint32_t i = 0; dc && r && b && i < r->count; i++) {
        Point p = dc_to_device(s, dc, (Point){r->rects[i].left, r->rects[i].top});
        Point q = dc_to_device(s, dc, (Point){r->rects[i].right, r->rects[i].bottom});
        fill(s, dc, (Rect){p.x, p.y, q.x, q.y}, b);
    }
    return dc && r && b;
}

/* TRIVERTEX and GRADIENT_RECT: rectangles are filled with their first corner's colour. */
static uint64_t gradient(Sys *s) {
    enum { VERTEX = 16, TRIANGLE = 2 };
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    if (!dc) return 0;
    for (uint32_t i = 0; i < arg32(s, 4) && arg32(s, 5) != TRIANGLE; i++) {
        uint32_t ends[2] = {0};
        Point corner[2];
        uint16_t red = 0, green = 0, blue = 0;
        for (unsigned k = 0; k < 2; k++) {
            guest_get_u32(s->process, s->arg[3] + 8u * i + 4 * k, &ends[k]);
            if (ends[k] >= arg32(s, 2) ||
                !guest_get_point(s->process, s->arg[1] + VERTEX * ends[k], &corner[k]))
                return 0;
            corner[k] = dc_to_device(s, dc, corner[k]);
        }
        uint64_t colours = s->arg[1] + VERTEX * ends[0] + 8;
        guest_get_u16(s->process, colours, &red);
        guest_get_u16(s->process, colours + 2, &green);
        guest_get_u16(s->process, colours + 4, &blue);
        GdiBrush b = {.colour = (uint32_t)(red >> 8 | (green & 0xff00) | (blue & 0xff00) << 8)};
        fill(s, dc, (Rect){corner[0].x, corner[0].y, corner[1].x, corner[1].y}, &b);
    }
    return 1;
}

static uint64_t poly_poly(Sys *s) {
    enum { POLYGON = 1, POLYLINE = 2, POLYGON_REGION = 6 };
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    uint32_t what = arg32(s, 4), total = 0;
    for (uint32_t i = 0; i < arg32(s, 3); i++) {
        uint32_t n = 0;
        if (!guest_get_u32(s->process, s->arg[2] + 4u * i, &n)) return 0;
        total += n;
    }
    if (what == POLYGON_REGION) {
        Rect box = {INT32_MAX, INT32_MAX, INT32_MIN, INT32_MIN};
        for (uint32_t i = 0; i < total; i++) {
            Point p;
            if (!guest_get_point(s->process, s->arg[1] + 8u * i, &p)) return 0;
            box = (Rect){p.x < box.left ? p.x : box.left, p.y < box.top ? p.y : box.top,
                         p.x > box.right ? p.x : box.right, p.y > box.bottom ? p.y : box.bottom};
        }
        GdiRegion *r = region_new(s, box);
        return r ? r->object.handle : 0;
    }
    if (!dc) return 0;
    for (uint32_t i = 1; what == POLYLINE && i < total; i++) {
        Point a, b;
        if (!guest_get_point(s->process, s->arg[1] + 8u * (i - 1), &a) ||
            !guest_get_point(s->process, s->arg[1] + 8u * i, &b))
            return 0;
        line(s, dc, dc_to_device(s, dc, a), dc_to_device(s, dc, b));
    }
    return 1;
}

void gdi_fill_background(Sys *s, const GdiDc *dc, Rect r) {
    GdiBrush b = {.colour = dc_attribute(s, dc, ATTR_BACKGROUND)};
    fill(s, dc, r, &b);
}

static uint64_t have_dc(Sys *s) {
    return gdi_get(s, s->arg[0], GDI_DC) != NULL;
}
static uint64_t nearest_colour(Sys *s) {
    return gdi_get(s, s->arg[0], GDI_DC) ? arg32(s, 1) & 0xffffff : UINT32_MAX;
}
static uint64_t arc(Sys *s) {
    return gdi_get(s, s->arg[1], GDI_DC) != NULL;
}
static uint64_t nothing(Sys *s) {
    (void)s;
    return 0;
}

/* ScrollWindow: what scrolls is painted again. */
static uint64_t scroll_window(Sys *s) {
    return window_need(s, s->arg[0]) ? 2 : 0; /* SIMPLEREGION */
}
static uint64_t layered(Sys *s) {
    return window_need(s, s->arg[0]) != NULL;
}
static uint64_t set_layered(Sys *s) {
    Window *w = window_need(s, s->arg[0]);
    if (!w || !(w->ex_style & WS_EX_LAYERED)) return 0;
    w->color_key = arg32(s, 1);
    w->alpha = arg32(s, 2) & 0xff;
    w->layered = arg32(s, 3);
    return 1;
}
static uint64_t get_layered(Sys *s) {
    const Window *w = window_need(s, s->arg[0]);
    uint8_t alpha = w ? (uint8_t)w->alpha : 0;
    if (!w || !w->layered) return 0;
    if (s->arg[1]) guest_put_u32(s->process, s->arg[1], w->color_key);
    if (s->arg[2]) guest_write(s->process, s->arg[2], &alpha, 1);
    if (s->arg[3]) guest_put_u32(s->process, s->arg[3], w->layered);
    return 1;
}

const SysRow nt_gdi_draw_rows[] = {
    {"NtGdiBitBlt", 11, bit_blt},
    {"NtGdiStretchBlt", 12, stretch_blt},
    {"NtGdiAlphaBlend", 12, blend},
    {"NtGdiTransparentBlt", 11, blend},
    {"NtGdiMaskBlt", 13, mask_blt},
    {"NtGdiPlgBlt", 11, have_dc},
    {"NtGdiPatBlt", 6, pat_blt},
    {"NtGdiStretchDIBitsInternal", 16, stretch_dib},
    {"NtGdiSetDIBitsToDeviceInternal", 16, dib_to_device},
    {"NtGdiGetPixel", 3, get_pixel},
    {"NtGdiSetPixel", 4, set_pixel},
    {"NtGdiLineTo", 3, line_to},
    {"NtGdiRectangle", 5, rectangle},
    {"NtGdiRoundRect", 7, rectangle},
    {"NtGdiEllipse", 5, have_dc},
    {"NtGdiArcInternal", 10, arc},
    {"NtGdiAngleArc", 6, have_dc},
    {"NtGdiPolyPolyDraw", 5, poly_poly},
    {"NtGdiPolyDraw", 4, have_dc},
    {"NtGdiFillRgn", 3, fill_region},
    {"NtGdiFrameRgn", 5, have_dc},
    {"NtGdiInvertRgn", 2, have_dc},
    {"NtGdiGradientFill", 6, gradient},
    {"NtGdiExtFloodFill", 5, have_dc},
    {"NtGdiGetNearestColor", 2, nearest_colour},
    {"NtGdiBeginPath", 1, have_dc},
    {"NtGdiEndPath", 1, have_dc},
    {"NtGdiAbortPath", 1, have_dc},
    {"NtGdiCloseFigure", 1, have_dc},
    {"NtGdiFillPath", 1, have_dc},
    {"NtGdiStrokePath", 1, have_dc},
    {"NtGdiStrokeAndFillPath", 1, have_dc},
    {"NtGdiFlattenPath", 1, have_dc},
    {"NtGdiWidenPath", 1, have_dc},
    {"NtGdiSelectClipPath", 2, have_dc},
    {"NtGdiGetPath", 4, nothing},
    {"NtGdiPathToRegion", 1, nothing},
    {"NtGdiExtEscape", 8, nothing},
    {"NtUserScrollWindowEx", 8, scroll_window},
    {"NtUserScrollDC", 7, have_dc},
    {"NtUserUpdateLayeredWindow", 10, layered},
    {"NtUserSetLayeredWindowAttributes", 4, set_layered},
    {"NtUserGetLayeredWindowAttributes", 4, get_layered},
    {"NtUserDrawCaptionTemp", 7, layered},
    {"NtUserDrawMenuBarTemp", 5, nothing},
    {NULL, 0, NULL},
};
