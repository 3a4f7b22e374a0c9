/* Regions: rectangles that do not overlap. Ellipses and polygons are their bounding boxes. */
#include "guest/win32k/gdi_object.h"
#include <stdlib.h>

enum { ERROR_REGION, NULL_REGION, SIMPLE_REGION, COMPLEX_REGION };
enum { RGN_AND = 1, RGN_OR, RGN_XOR, RGN_DIFF, RGN_COPY };
enum { RECTS_MOST = 20000 };

typedef struct {
    Rect *rects;
    uint32_t count, room;
    bool bad;
} RectList;

static void list_add(RectList *l, Rect r) {
    if (rect_empty(r) || l->bad) return;
    if (l->count == l->room) {
        uint32_t room = l->room ? l->room * 2 : 8;
        Rect *more = room <= RECTS_MOST ? realloc(l->rects, room * sizeof *more) : NULL;
        l->bad = !more;
        if (!more) return;
        l->rects = more;
        l->room = room;
    }
    l->rects[l->count++] = r;
}

/* What of `a` is not in `b`: up to four rectangles. */
static void list_add_without(RectList *l, Rect a, Rect b) {
    Rect both = rect_both(a, b);
    if (rect_empty(both)) {
        list_add(l, a);
        return;
    }
    list_add(l, (Rect){a.left, a.top, a.right, both.top});
    list_add(l, (Rect){a.left, both.top, both.left, both.bottom});
    list_add(l, (Rect){both.right, both.top, a.right, both.bottom});
    list_add(l, (Rect){a.left, both.bottom, a.right, a.bottom});
}

static RectList difference(const Rect *a, uint32_t n, const Rect *b, uint32_t k) {
    RectList now = {0};
    for (uint32_t i = 0; i < n; i++) list_add(&now, a[i]);
    for (uint32_t j = 0; j < k; j++) {
        RectList next = {0};
        for (uint32_t i = 0; i < now.count; i++) list_add_without(&next, now.rects[i], b[j]);
        next.bad = next.bad || now.bad;
        free(now.rects);
        now = next;
    }
    return now;
}

static RectList intersection(const GdiRegion *a, const GdiRegion *b) {
    RectList l = {0};
    for (uint32_t i = 0; i < a->count; i++)
        for (uint32_t j = 0; j < b->count; j++) list_add(&l, rect_both(a->rects[i], b->rects[j]));
    return l;
}

static int by_place(const void *a, const void *b) {
    const Rect *x = a, *y = b;
    if (x->top != y->top) return x->top < y->top ? -1 : 1;
    return (x->left > y->left) - (x->left < y->left);
}

static RectList combined(const GdiRegion *a, const GdiRegion *b, uint32_t mode) {
    RectList l = {0};
    if (mode == RGN_AND) {
        l = intersection(a, b);
    } else {
        l = mode == RGN_COPY ? difference(a->rects, a->count, NULL, 0)
            : mode == RGN_OR ? difference(a->rects, a->count, NULL, 0)
                             : difference(a->rects, a->count, b->rects, b->count);
        if (mode == RGN_OR || mode == RGN_XOR) {
            RectList other = difference(b->rects, b->count, a->rects, a->count);
            for (uint32_t i = 0; i < other.count; i++) list_add(&l, other.rects[i]);
            free(other.rects);
        }
    }
    if (l.count) qsort(l.rects, l.count, sizeof *l.rects, by_place);
    return l;
}

static uint32_t kind_of(const GdiRegion *r) {
    return !r->count ? NULL_REGION : r->count == 1 ? SIMPLE_REGION : COMPLEX_REGION;
}

static void take(GdiRegion *r, RectList l) {
    free(r->rects);
    r->rects = l.rects;
    r->count = l.count;
}

static void set_rect(GdiRegion *r, Rect rect) {
    RectList l = {0};
    if (rect.left > rect.right) rect = (Rect){rect.right, rect.top, rect.left, rect.bottom};
    if (rect.top > rect.bottom) rect = (Rect){rect.left, rect.bottom, rect.right, rect.top};
    list_add(&l, rect);
    take(r, l);
}

GdiRegion *region_new(Sys *s, Rect rect) {
    GdiRegion *r = gdi_new(s, GDI_REGION, sizeof *r);
    if (r) set_rect(r, rect);
    return r;
}

void region_free(GdiRegion *r) {
    free(r->rects);
    r->rects = NULL;
}

uint32_t region_copy(Sys *s, uint32_t handle) {
    const GdiRegion *from = handle ? gdi_get(s, handle, GDI_REGION) : NULL;
    GdiRegion *to = from ? region_new(s, (Rect){0}) : NULL;
    if (!to) return 0;
    take(to, difference(from->rects, from->count, NULL, 0));
    return to->object.handle;
}

Rect region_box(const GdiRegion *r) {
    Rect box = {0};
    for (uint32_t i = 0; i < r->count; i++) box = rect_union(box, r->rects[i]);
    return box;
}

/* ---- calls ---- */

static GdiRegion *region_at(Sys *s, unsigned i) {
    return gdi_get(s, s->arg[i], GDI_REGION);
}

static uint64_t create_rect(Sys *s) {
    GdiRegion *r = region_new(s, (Rect){argi(s, 0), argi(s, 1), argi(s, 2), argi(s, 3)});
    return r ? r->object.handle : 0;
}

/* RGNDATA: a header of 32 bytes, then rectangles. */
static uint64_t create_from_data(Sys *s) {
    uint32_t count = 0;
    if (!guest_get_u32(s->process, s->arg[2] + 8, &count) || count > RECTS_MOST) return 0;
    GdiRegion *r = region_new(s, (Rect){0});
    for (uint32_t i = 0; r && i < count; i++) {
        Rect one;
        if (!guest_get_rect(s->process, s->arg[2] + 32 + 16u * i, &one)) break;
        GdiRegion other = {.rects = &one, .count = 1};
        take(r, combined(r, &other, RGN_OR));
    }
    return r ? r->object.handle : 0;
}

static uint64_t region_data(Sys *s) {
    const GdiRegion *r = region_at(s, 0);
    uint32_t size = r ? 32 + r->count * 16 : 0;
    if (!r) return 0;
    if (!s->arg[2] || arg32(s, 1) < size) return s->arg[2] ? 0 : size;
    Fields f = fields(s->process, s->arg[2]);
    put_u32(&f, 32);
    put_u32(&f, 1);
    put_u32(&f, r->count);
    put_u32(&f, r->count * 16);
    put_rect(&f, region_box(r));
    for (uint32_t i = 0; i < r->count; i++) put_rect(&f, r->rects[i]);
    return size;
}

static uint64_t combine(Sys *s) {
    GdiRegion *to = region_at(s, 0), *a = region_at(s, 1), *b = region_at(s, 2);
    uint32_t mode = arg32(s, 3);
    if (!to || !a || (mode != RGN_COPY && !b) || mode < RGN_AND || mode > RGN_COPY)
        return ERROR_REGION;
    take(to, combined(a, b ? b : a, mode));
    return kind_of(to);
}

static uint64_t set_rect_region(Sys *s) {
    GdiRegion *r = region_at(s, 0);
    if (r) set_rect(r, (Rect){argi(s, 1), argi(s, 2), argi(s, 3), argi(s, 4)});
    return r != NULL;
}

static uint64_t get_box(Sys *s) {
    const GdiRegion *r = region_at(s, 0);
    return r && guest_put_rect(s->process, s->arg[1], region_box(r)) ? kind_of(r) : ERROR_REGION;
}

static uint64_t offset(Sys *s) {
    GdiRegion *r = region_at(s, 0);
    for (uint32_t i = 0; r && i < r->count; i++)
        r->rects[i] = rect_moved(r->rects[i], argi(s, 1), argi(s, 2));
    return r ? kind_of(r) : ERROR_REGION;
}

static uint64_t has_point(Sys *s) {
    const GdiRegion *r = region_at(s, 0);
    for (uint32_t i = 0; r && i < r->count; i++)
        if (rect_has(r->rects[i], (Point){argi(s, 1), argi(s, 2)})) return 1;
    return 0;
}

static uint64_t has_rect(Sys *s) {
    const GdiRegion *r = region_at(s, 0);
    Rect wanted;
    if (!r || !guest_get_rect(s->process, s->arg[1], &wanted)) return 0;
    for (uint32_t i = 0; i < r->count; i++)
        if (!rect_empty(rect_both(r->rects[i], wanted))) return 1;
    return 0;
}

static uint64_t equal(Sys *s) {
    const GdiRegion *a = region_at(s, 0), *b = region_at(s, 1);
    if (!a || !b) return 0;
    RectList l = combined(a, b, RGN_XOR);
    bool same = !l.count;
    free(l.rects);
    return same;
}

/* ---- clipping ---- */

static GdiRegion *clip_of(Sys *s, GdiDc *dc, bool make) {
    GdiRegion *r = dc->now.clip ? gdi_get(s, dc->now.clip, GDI_REGION) : NULL;
    if (r || !make) return r;
    r = region_new(s, dc_limits(s, dc));
    if (r) dc->now.clip = r->object.handle;
    return r;
}

static uint64_t select_clip(Sys *s) {
    GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    const GdiRegion *r = s->arg[1] ? region_at(s, 1) : NULL;
    uint32_t mode = arg32(s, 2);
    if (!dc || (s->arg[1] && !r)) return ERROR_REGION;
    if (!r) {
        if (mode != RGN_COPY) return ERROR_REGION;
        if (dc->now.clip) gdi_delete(s, dc->now.clip);
        dc->now.clip = 0;
        return SIMPLE_REGION;
    }
    GdiRegion *clip = clip_of(s, dc, true);
    if (!clip) return ERROR_REGION;
    take(clip, mode == RGN_COPY ? combined(r, r, RGN_COPY) : combined(clip, r, mode));
    return kind_of(clip);
}

static uint64_t clip_rect(Sys *s, uint32_t mode) {
    GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    GdiRegion *clip = dc ? clip_of(s, dc, true) : NULL;
    if (!clip) return ERROR_REGION;
    Point a = dc_to_device(s, dc, (Point){argi(s, 1), argi(s, 2)});
    Point b = dc_to_device(s, dc, (Point){argi(s, 3), argi(s, 4)});
    Rect r = {a.x, a.y, b.x, b.y};
    GdiRegion other = {.rects = &r, .count = 1};
    take(clip, combined(clip, &other, mode));
    return kind_of(clip);
}
static uint64_t intersect_clip(Sys *s) {
    return clip_rect(s, RGN_AND);
}
static uint64_t exclude_clip(Sys *s) {
    return clip_rect(s, RGN_DIFF);
}

static uint64_t offset_clip(Sys *s) {
    GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    GdiRegion *clip = dc ? clip_of(s, dc, false) : NULL;
    for (uint32_t i = 0; clip && i < clip->count; i++)
        clip->rects[i] = rect_moved(clip->rects[i], argi(s, 1), argi(s, 2));
    return !dc ? ERROR_REGION : clip ? kind_of(clip) : SIMPLE_REGION;
}

static uint64_t clip_box(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    if (!dc) return ERROR_REGION;
    Rect r = dc_limits(s, dc);
    Point a = dc_from_device(s, dc, (Point){r.left, r.top});
    Point b = dc_from_device(s, dc, (Point){r.right, r.bottom});
    guest_put_rect(s->process, s->arg[1], (Rect){a.x, a.y, b.x, b.y});
    return rect_empty(r) ? NULL_REGION : SIMPLE_REGION;
}

static uint64_t random_region(Sys *s) {
    enum { SYSTEM = 4, CLIP = 1 };
    GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    GdiRegion *to = region_at(s, 1), *clip = dc ? clip_of(s, dc, false) : NULL;
    if (!dc || !to) return UINT32_MAX;
    if ((arg32(s, 2) & 0xff) == SYSTEM) {
        set_rect(to, rect_moved(dc_limits(s, dc), dc->origin.x, dc->origin.y));
        return 1;
    }
    if (!clip) return 0;
    take(to, combined(clip, clip, RGN_COPY));
    return 1;
}

static uint64_t point_visible(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    return dc && rect_has(dc_limits(s, dc), dc_to_device(s, dc, (Point){argi(s, 1), argi(s, 2)}));
}

static uint64_t rect_visible(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    Rect r;
    if (!dc || !guest_get_rect(s->process, s->arg[1], &r)) return 0;
    Point a = dc_to_device(s, dc, (Point){r.left, r.top}),
          b = dc_to_device(s, dc, (Point){r.right, r.bottom});
    return !rect_empty(rect_both(dc_limits(s, dc), (Rect){a.x, a.y, b.x, b.y}));
}

/* ---- regions of windows ---- */

static uint64_t set_window_region(Sys *s) {
    Window *w = window_need(s, s->arg[0]);
    if (!w) return 0;
    w->region = arg32(s, 1);
    return 1;
}

static uint64_t window_region(Sys *s) {
    const Window *w = window_need(s, s->arg[0]);
    GdiRegion *to = region_at(s, 1);
    const GdiRegion *r = w && w->region ? gdi_get(s, w->region, GDI_REGION) : NULL;
    if (!to || !r) return ERROR_REGION;
    take(to, combined(r, r, RGN_COPY));
    return kind_of(to);
}

static uint64_t update_region(Sys *s) {
    const Window *w = window_need(s, s->arg[0]);
    GdiRegion *to = region_at(s, 1);
    if (!w || !to) return ERROR_REGION;
    set_rect(to, w->update);
    return kind_of(to);
}

static uint64_t exclude_update(Sys *s) {
    return gdi_get(s, s->arg[0], GDI_DC) ? SIMPLE_REGION : ERROR_REGION;
}

const SysRow nt_gdi_region_rows[] = {
    {"NtGdiCreateRectRgn", 4, create_rect},
    {"NtGdiCreateRoundRectRgn", 6, create_rect},
    {"NtGdiCreateEllipticRgn", 4, create_rect},
    {"NtGdiExtCreateRegion", 3, create_from_data},
    {"NtGdiGetRegionData", 3, region_data},
    {"NtGdiCombineRgn", 4, combine},
    {"NtGdiSetRectRgn", 5, set_rect_region},
    {"NtGdiGetRgnBox", 2, get_box},
    {"NtGdiOffsetRgn", 3, offset},
    {"NtGdiPtInRegion", 3, has_point},
    {"NtGdiRectInRegion", 2, has_rect},
    {"NtGdiEqualRgn", 2, equal},
    {"NtGdiExtSelectClipRgn", 3, select_clip},
    {"NtGdiIntersectClipRect", 5, intersect_clip},
    {"NtGdiExcludeClipRect", 5, exclude_clip},
    {"NtGdiOffsetClipRgn", 3, offset_clip},
    {"NtGdiGetAppClipBox", 2, clip_box},
    {"NtGdiGetRandomRgn", 3, random_region},
    {"NtGdiPtVisible", 3, point_visible},
    {"NtGdiRectVisible", 2, rect_visible},
    {"NtUserSetWindowRgn", 3, set_window_region},
    {"NtUserGetWindowRgnEx", 3, window_region},
    {"NtUserGetUpdateRgn", 3, update_region},
    {"NtUserExcludeUpdateRgn", 2, exclude_update},
    {NULL, 0, NULL},
};
