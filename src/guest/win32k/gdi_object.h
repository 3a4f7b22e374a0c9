/* Gdi object: objects of a process and their handles, which programs see in the table that the PEB
 * points to (GdiSharedHandleTable). */
#ifndef COAX_GUEST_WIN32K_GDI_OBJECT_H
#define COAX_GUEST_WIN32K_GDI_OBJECT_H

#include "guest/win32k/gdi.h"

typedef enum { /* as the table has them: the low five bits are Windows' types */
               GDI_ANY = 0,
               GDI_DC = 0x01,
               GDI_REGION = 0x04,
               GDI_PALETTE = 0x08,
               GDI_BITMAP = 0x09,
               GDI_FONT = 0x0a,
               GDI_BRUSH = 0x10,
               GDI_ENHMETADC = 0x21,
               GDI_METAFILE = 0x26,
               GDI_PEN = 0x30,
               GDI_MEMDC = 0x41,
               GDI_ENHMETAFILE = 0x46,
               GDI_EXTPEN = 0x50,
               GDI_METADC = 0x66,
} GdiType;

typedef struct {
    uint32_t handle;
    GdiType type;
    bool stock, deleted; /* deleted: while a DC still holds it */
    unsigned selected;
} GdiObject;

typedef struct {
    GdiObject object;
    uint32_t style, colour, hatch, bitmap;
} GdiBrush;

typedef struct {
    GdiObject object;
    uint32_t style, colour;
    int32_t width;
} GdiPen;

enum { LOGFONT_BYTES = 92 };
typedef struct {
    GdiObject object;
    uint8_t logical[LOGFONT_BYTES]; /* LOGFONTW */
} GdiFont;

typedef struct {
    GdiObject object;
    uint32_t count;
    uint32_t entries[256];
} GdiPalette;

typedef struct {
    GdiObject object;
    uint64_t client; /* of metafiles */
} GdiClient;

typedef struct {
    GdiObject object;
    int32_t width, height;
    uint32_t bits, stride;
    uint8_t *pixels; /* ours, or NULL: they lie in the guest */
    uint64_t guest;
    bool section, bottom_up; /* section: it is a DIB */
    uint32_t colours;
    uint32_t palette[256]; /* RGBQUAD: 00RRGGBB */
    int32_t dimension[2];
} GdiBitmap;

typedef struct {
    GdiObject object;
    Rect *rects; /* that do not overlap, by top and left */
    uint32_t count;
} GdiRegion;

typedef struct GdiState { /* what SaveDC keeps */
    struct GdiState *outer;
    uint8_t attributes[200];
    uint32_t pen, brush, font, bitmap, palette, clip;
    double world[6];
} GdiState;

typedef struct {
    GdiObject object;
    uint64_t attributes; /* DC_ATTR in the guest */
    uint32_t window;     /* whose client area or frame it draws to */
    bool whole, owned;   /* whole: GetWindowDC; owned: it belongs to the window's class or to it */
    Point origin;        /* of its coordinates on the screen */
    Rect area;           /* visible part, in its coordinates */
    GdiState now, *saved;
} GdiDc;

struct GdiProcess {
    GdiObject **objects; /* by index */
    uint32_t used, count;
    uint8_t *generations;
    uint64_t table;
    uint32_t system_brushes[31], system_pens[31];
    uint64_t attribute_blocks; /* where the next DC_ATTR goes */
    uint32_t attribute_left;
    uint64_t free_attributes[64];
    uint32_t free_count;
};

struct GdiProcess *gdi_process(Sys *s);
void *gdi_new(Sys *s, GdiType type, size_t size);
/* The object of a handle, of that type (GDI_ANY: any; GDI_DC: memory DCs too). NULL: none. */
void *gdi_get(Sys *s, uint64_t handle, GdiType type);
bool gdi_delete(Sys *s, uint32_t handle);
/* A DC holds the object instead of another. */
void gdi_hold(Sys *s, uint32_t handle);
void gdi_let_go(Sys *s, uint32_t handle);
uint32_t gdi_stock(Sys *s, unsigned number);

enum {
    STOCK_WHITE_BRUSH,
    STOCK_NULL_BRUSH = 5,
    STOCK_WHITE_PEN,
    STOCK_BLACK_PEN,
    STOCK_NULL_PEN,
    STOCK_SYSTEM_FONT = 13,
    STOCK_DEFAULT_PALETTE = 15,
    STOCK_DEFAULT_GUI_FONT = 17,
    STOCK_DC_BRUSH,
    STOCK_DC_PEN,
    STOCK_BITMAP
};

/* ---- gdi_bitmap.c ---- */
GdiBitmap *bitmap_new(Sys *s, int32_t width, int32_t height, unsigned bits);
/* Colours as COLORREF (00BBGGRR); outside: false. */
bool bitmap_get(Process *p, const GdiBitmap *b, int32_t x, int32_t y, uint32_t *colour);
void bitmap_set(Process *p, GdiBitmap *b, int32_t x, int32_t y, uint32_t colour);
void bitmap_free(GdiBitmap *b);
/* A DIB of the guest, seen as a bitmap; false: none that is known. */
bool bitmap_from_dib(Sys *s, uint64_t info, uint64_t bits, bool indices, GdiBitmap *out);

/* ---- gdi_region.c ---- */
GdiRegion *region_new(Sys *s, Rect r);
Rect region_box(const GdiRegion *r);
void region_free(GdiRegion *r);
uint32_t region_copy(Sys *s, uint32_t handle); /* 0 for 0 */

/* ---- gdi_dc.c ---- */
GdiDc *dc_new(Sys *s, GdiType type);
void dc_free(Sys *s, GdiDc *dc);
uint32_t dc_attribute(Sys *s, const GdiDc *dc, unsigned at);
void dc_set_attribute(Sys *s, const GdiDc *dc, unsigned at, uint32_t value);
void dc_set_attribute16(Sys *s, const GdiDc *dc, unsigned at, uint16_t value);
/* What can be drawn to, in device coordinates. */
Rect dc_limits(Sys *s, const GdiDc *dc);
bool dc_pixel(Sys *s, const GdiDc *dc, int32_t x, int32_t y, uint32_t *colour);
void dc_set_pixel(Sys *s, const GdiDc *dc, int32_t x, int32_t y, uint32_t colour);

/* ---- gdi_transform.c ---- */
Point dc_to_device(Sys *s, const GdiDc *dc, Point p);
Point dc_from_device(Sys *s, const GdiDc *dc, Point p);
/* The mapping mode, and its extents for the world's screen. */
void dc_set_map_mode(Sys *s, const GdiDc *dc, uint32_t mode);

/* ---- gdi_draw.c ---- */
void gdi_fill_background(Sys *s, const GdiDc *dc, Rect device);

enum { /* offsets in DC_ATTR */
       ATTR_DISABLED = 4,
       ATTR_SAVE_LEVEL = 8,
       ATTR_BACKGROUND = 12,
       ATTR_BRUSH_COLOUR = 16,
       ATTR_PEN_COLOUR = 20,
       ATTR_TEXT_COLOUR = 24,
       ATTR_POSITION = 28,
       ATTR_GRAPHICS_MODE = 36,
       ATTR_ARC_DIRECTION = 40,
       ATTR_LAYOUT = 44,
       ATTR_TEXT_ALIGN = 48,
       ATTR_FILL_MODE = 52,
       ATTR_MAP_MODE = 60,
       ATTR_CHAR_EXTRA = 64,
       ATTR_VISIBLE = 72,
       ATTR_MITER = 88,
       ATTR_BRUSH_ORIGIN = 92,
       ATTR_WINDOW_ORIGIN = 100,
       ATTR_WINDOW_EXTENT = 108,
       ATTR_VIEWPORT_ORIGIN = 116,
       ATTR_VIEWPORT_EXTENT = 124,
       ATTR_CODE_PAGE = 148,
       ATTR_SIZE = 200,
};

#endif
