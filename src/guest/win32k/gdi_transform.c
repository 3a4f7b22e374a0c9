/* From a program's coordinates to the device's and back: the world transform of a device context,
 * then the mapping of its window to its viewport. */
#include "guest/win32k/desktop.h"
#include "guest/win32k/gdi_object.h"
#include <math.h>

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

void dc_set_map_mode(Sys *s, const GdiDc *dc, uint32_t mode) {
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

const SysRow nt_gdi_transform_rows[] = {
    {"NtGdiTransformPoints", 5, transform_points},      {"NtGdiGetTransform", 3, get_transform},
    {"NtGdiModifyWorldTransform", 3, modify_transform}, {"NtGdiScaleWindowExtEx", 6, scale_window},
    {"NtGdiScaleViewportExtEx", 6, scale_viewport},     {NULL, 0, NULL},
};
