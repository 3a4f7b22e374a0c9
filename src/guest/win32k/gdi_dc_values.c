/* What a device context says of itself and of its device, and what programs set in it. */
#include "guest/win32k/desktop.h"
#include "guest/win32k/gdi_object.h"

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
        dc_set_map_mode(s, dc, value);
        break;
    case BACKGROUND: at = ATTR_BACKGROUND; break;
    case TEXT: at = ATTR_TEXT_COLOUR; break;
    case BRUSH: at = ATTR_BRUSH_COLOUR; break;
    case PEN: at = ATTR_PEN_COLOUR; break;
    case GRAPHICS: at = ATTR_GRAPHICS_MODE; break;
    case BACKGROUND_MODE:
        old = dc_attribute(s, dc, ATTR_TEXT_ALIGN) >> 16;
        dc_set_attribute16(s, dc, ATTR_TEXT_ALIGN + 2, (uint16_t)value);
        break;
    case ROP:
        old = dc_attribute(s, dc, ATTR_FILL_MODE) >> 16;
        dc_set_attribute16(s, dc, ATTR_FILL_MODE + 2, (uint16_t)value);
        break;
    case ALIGN:
        old = dc_attribute(s, dc, ATTR_TEXT_ALIGN) & 0xffff;
        dc_set_attribute16(s, dc, ATTR_TEXT_ALIGN, (uint16_t)value);
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

/* dc, x, y, *old */
static uint64_t exchange_point(Sys *s, unsigned attribute) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    Point old;
    if (!dc || !guest_get_point(s->process, dc->attributes + attribute, &old)) return 0;
    if (s->arg[3]) guest_put_point(s->process, s->arg[3], old);
    return guest_put_point(s->process, dc->attributes + attribute, (Point){argi(s, 1), argi(s, 2)});
}

static uint64_t set_brush_origin(Sys *s) {
    return exchange_point(s, ATTR_BRUSH_ORIGIN);
}
static uint64_t move_to(Sys *s) {
    return exchange_point(s, ATTR_POSITION);
}

enum { /* indices of GetDeviceCaps (wingdi.h) */
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
       DESKTOPHORZRES = 118
};

static uint64_t device_caps(Sys *s) {
    enum { MM_PER_INCH_10 = 254 };
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

const SysRow nt_gdi_dc_values_rows[] = {
    {"NtGdiGetDCObject", 2, get_dc_object},     {"NtGdiGetDCDword", 3, get_dc_dword},
    {"NtGdiGetAndSetDCDword", 4, set_dc_dword}, {"NtGdiGetDCPoint", 3, get_dc_point},
    {"NtGdiSetBrushOrg", 4, set_brush_origin},  {"NtGdiMoveTo", 4, move_to},
    {"NtGdiGetDeviceCaps", 2, device_caps},     {NULL, 0, NULL},
};
