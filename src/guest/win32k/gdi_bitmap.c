/* Bitmaps: those of memory DCs with pixels of ours, DIB sections with pixels in the guest's memory.
 */
#include "guest/win32k/gdi_object.h"
#include <stdlib.h>

enum { PIXELS_MOST = 256 << 20 };

static uint32_t stride16(int32_t width, unsigned bits) {
    return (uint32_t)(((uint64_t)width * bits + 15) / 16 * 2);
}
static uint32_t stride32(int32_t width, unsigned bits) {
    return (uint32_t)(((uint64_t)width * bits + 31) / 32 * 4);
}

static void default_palette(GdiBitmap *b) {
    static const uint32_t vga[16] = {0,        0x800000, 0x008000, 0x808000, 0x000080, 0x800080,
                                     0x008080, 0xc0c0c0, 0x808080, 0xff0000, 0x00ff00, 0xffff00,
                                     0x0000ff, 0xff00ff, 0x00ffff, 0xffffff};
    if (b->bits > 8) return;
    b->colours = 1u << b->bits;
    if (b->bits == 1) {
        b->palette[1] = 0xffffff;
        return;
    }
    memcpy(b->palette, vga, sizeof vga);
    for (unsigned i = 16; i < b->colours; i++) b->palette[i] = i << 16 | i << 8 | i;
}

static bool valid(int32_t width, int32_t height, unsigned bits) {
    bool known = bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
    return known && width > 0 && height > 0 && width < 0x8000 * 16 &&
           (uint64_t)stride32(width, bits) * (uint64_t)height <= PIXELS_MOST;
}

static GdiBitmap *bitmap_make(Sys *s, int32_t width, int32_t height, unsigned bits,
                              uint32_t stride) {
    if (!valid(width, height, bits)) {
        user_error(s, ERROR_INVALID_PARAMETER);
        return NULL;
    }
    GdiBitmap *b = gdi_new(s, GDI_BITMAP, sizeof *b);
    if (!b) return NULL;
    b->width = width;
    b->height = height;
    b->bits = bits;
    b->stride = stride;
    default_palette(b);
    return b;
}

GdiBitmap *bitmap_new(Sys *s, int32_t width, int32_t height, unsigned bits) {
    GdiBitmap *b = bitmap_make(s, width, height, bits, stride16(width, bits));
    if (b && !(b->pixels = calloc((size_t)height, b->stride))) {
        gdi_delete(s, b->object.handle);
        return NULL;
    }
    return b;
}

void bitmap_free(GdiBitmap *b) {
    free(b->pixels);
    b->pixels = NULL;
}

/* ---- pixels ---- */

static uint64_t offset_of(const GdiBitmap *b, int32_t x, int32_t y) {
    int32_t row = b->bottom_up ? b->height - 1 - y : y;
    return (uint64_t)row * b->stride + (uint64_t)x * b->bits / 8;
}

static bool read_bytes(Process *p, const GdiBitmap *b, uint64_t at, uint8_t *out, size_t n) {
    if (!b->pixels) return guest_read(p, b->guest + at, out, n);
    memcpy(out, b->pixels + at, n);
    return true;
}

static void write_bytes(Process *p, GdiBitmap *b, uint64_t at, const uint8_t *in, size_t n) {
    if (b->pixels) memcpy(b->pixels + at, in, n);
    else guest_write(p, b->guest + at, in, n);
}

static uint32_t swapped(uint32_t rgb) {
    return (rgb & 0xff) << 16 | (rgb & 0xff00) | (rgb >> 16 & 0xff);
}

static bool inside(const GdiBitmap *b, int32_t x, int32_t y) {
    return x >= 0 && y >= 0 && x < b->width && y < b->height;
}

/* Pixels as 00RRGGBB, indices looked up. */
static uint32_t decode(const GdiBitmap *b, const uint8_t *raw, int32_t x) {
    switch (b->bits) {
    case 1: return b->palette[raw[0] >> (7 - (x & 7)) & 1];
    case 4: return b->palette[x & 1 ? raw[0] & 15 : raw[0] >> 4];
    case 8: return b->palette[raw[0]];
    case 16: {
        uint32_t v = (uint32_t)(raw[0] | raw[1] << 8);
        uint32_t r = v >> 10 & 31, g = v >> 5 & 31, bl = v & 31;
        return (r << 3 | r >> 2) << 16 | (g << 3 | g >> 2) << 8 | (bl << 3 | bl >> 2);
    }
    default: return (uint32_t)(raw[0] | raw[1] << 8 | raw[2] << 16);
    }
}

static uint32_t nearest(const GdiBitmap *b, uint32_t rgb) {
    uint32_t best = 0, least = UINT32_MAX;
    for (uint32_t i = 0; i < 1u << b->bits; i++) {
        int32_t dr = (int32_t)(b->palette[i] >> 16 & 255) - (int32_t)(rgb >> 16 & 255);
        int32_t dg = (int32_t)(b->palette[i] >> 8 & 255) - (int32_t)(rgb >> 8 & 255);
        int32_t db = (int32_t)(b->palette[i] & 255) - (int32_t)(rgb & 255);
        uint32_t distance = (uint32_t)(dr * dr + dg * dg + db * db);
        if (distance < least) {
            least = distance;
            best = i;
        }
    }
    return best;
}

static size_t pixel_bytes(const GdiBitmap *b) {
    return b->bits < 8 ? 1 : b->bits / 8;
}

bool bitmap_get(Process *p, const GdiBitmap *b, int32_t x, int32_t y, uint32_t *colour) {
    uint8_t raw[4] = {0};
    if (!inside(b, x, y) || !read_bytes(p, b, offset_of(b, x, y), raw, pixel_bytes(b)))
        return false;
    *colour = swapped(decode(b, raw, x));
    return true;
}

void bitmap_set(Process *p, GdiBitmap *b, int32_t x, int32_t y, uint32_t colour) {
    uint8_t raw[4] = {0};
    uint32_t rgb = swapped(colour);
    if (!inside(b, x, y)) return;
    uint64_t at = offset_of(b, x, y);
    if (b->bits < 8 || b->bits == 32) read_bytes(p, b, at, raw, pixel_bytes(b));
    switch (b->bits) {
    case 1: {
        uint8_t bit = (uint8_t)(0x80 >> (x & 7));
        raw[0] = nearest(b, rgb) ? raw[0] | bit : raw[0] & (uint8_t)~bit;
        break;
    }
    case 4: {
        uint8_t v = (uint8_t)nearest(b, rgb);
        raw[0] = x & 1 ? (uint8_t)((raw[0] & 0xf0) | v) : (uint8_t)((raw[0] & 15) | v << 4);
        break;
    }
    case 8: raw[0] = (uint8_t)nearest(b, rgb); break;
    case 16: {
        uint32_t v = (rgb >> 19 & 31) << 10 | (rgb >> 11 & 31) << 5 | (rgb >> 3 & 31);
        raw[0] = (uint8_t)v;
        raw[1] = (uint8_t)(v >> 8);
        break;
    }
    default:
        raw[0] = (uint8_t)rgb;
        raw[1] = (uint8_t)(rgb >> 8);
        raw[2] = (uint8_t)(rgb >> 16);
        raw[3] = 0;
        break;
    }
    write_bytes(p, b, at, raw, pixel_bytes(b));
}

/* ---- making them ---- */

uint32_t gdi_copy_bitmap(Sys *s, uint32_t bitmap) {
    const GdiBitmap *from = bitmap ? gdi_get(s, bitmap, GDI_BITMAP) : NULL;
    GdiBitmap *to = from ? bitmap_new(s, from->width, from->height, from->bits) : NULL;
    if (!to) return 0;
    memcpy(to->palette, from->palette, sizeof to->palette);
    uint32_t colour;
    for (int32_t y = 0; y < from->height; y++)
        for (int32_t x = 0; x < from->width; x++)
            if (bitmap_get(s->process, from, x, y, &colour))
                bitmap_set(s->process, to, x, y, colour);
    return to->object.handle;
}

static uint64_t create_bitmap(Sys *s) {
    GdiBitmap *b = bitmap_new(s, argi(s, 0), argi(s, 1) < 0 ? -argi(s, 1) : argi(s, 1),
                              arg32(s, 2) * arg32(s, 3));
    if (!b) return 0;
    if (s->arg[4])
        guest_read(s->process, s->arg[4], b->pixels, (uint64_t)b->stride * (uint64_t)b->height);
    return b->object.handle;
}

static unsigned screen_bits(const Sys *s) {
    return (unsigned)world_number(s->machine->world, FACT_screen_depth);
}

static uint64_t create_compatible(Sys *s) {
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    const GdiBitmap *in = dc && dc->now.bitmap ? gdi_get(s, dc->now.bitmap, GDI_BITMAP) : NULL;
    if (!dc) return 0;
    if (!argi(s, 1) || !argi(s, 2)) return gdi_stock(s, STOCK_BITMAP);
    GdiBitmap *b = bitmap_new(s, argi(s, 1), argi(s, 2), in ? in->bits : screen_bits(s));
    return b ? b->object.handle : 0;
}

/* BITMAPINFO with BITMAPINFOHEADER or BITMAPCOREHEADER. */
typedef struct {
    int32_t width, height; /* height < 0: the first row is the top one */
    uint32_t bits, compression, colours;
    uint64_t palette; /* where its colours lie */
    unsigned each;    /* bytes of one */
} BitmapInfo;

static bool read_info(Sys *s, uint64_t address, BitmapInfo *out) {
    enum { CORE = 12, LEAST = 40, BI_BITFIELDS = 3 };
    Fields f = fields(s->process, address);
    uint32_t size = get_u32(&f);
    if (size == CORE) {
        out->width = get_u16(&f);
        out->height = get_u16(&f);
        get_u16(&f);
        out->bits = get_u16(&f);
        out->compression = out->colours = 0;
        out->each = 3;
    } else {
        out->width = (int32_t)get_u32(&f);
        out->height = (int32_t)get_u32(&f);
        get_u16(&f);
        out->bits = get_u16(&f);
        out->compression = get_u32(&f);
        for (int i = 0; i < 3; i++) get_u32(&f);
        out->colours = get_u32(&f);
        out->each = 4;
    }
    out->palette = address + size + (size == LEAST && out->compression == BI_BITFIELDS ? 12 : 0);
    if (out->bits <= 8 && (!out->colours || out->colours > 1u << out->bits))
        out->colours = 1u << out->bits;
    return !f.bad && (size == CORE || size >= LEAST) && out->height != INT32_MIN;
}

static void read_palette(Sys *s, const BitmapInfo *i, GdiBitmap *b, bool indices) {
    for (uint32_t k = 0; b->bits <= 8 && !indices && k < i->colours; k++) {
        uint8_t raw[4] = {0};
        guest_read(s->process, i->palette + (uint64_t)k * i->each, raw, i->each);
        b->palette[k] = (uint32_t)(raw[0] | raw[1] << 8 | raw[2] << 16);
    }
}

static int32_t height_of(const BitmapInfo *i) {
    return i->height < 0 ? -i->height : i->height;
}

static uint64_t create_section(Sys *s) {
    BitmapInfo i;
    if (!read_info(s, s->arg[3], &i)) return user_error(s, ERROR_INVALID_PARAMETER);
    GdiBitmap *b = bitmap_make(s, i.width, height_of(&i), i.bits, stride32(i.width, i.bits));
    if (!b) return 0;
    uint64_t base = 0, size = (uint64_t)b->stride * (uint64_t)b->height;
    uint32_t status = vm_allocate(s->process->vm, &base, &size, VM_RESERVE | VM_COMMIT,
                                  VM_READWRITE, false, s->process->wow64 ? 0x7ffe0000 : 0);
    if (status) {
        gdi_delete(s, b->object.handle);
        return user_error(s, ERROR_NOT_ENOUGH_MEMORY);
    }
    b->guest = base;
    b->section = true;
    b->bottom_up = i.height > 0;
    read_palette(s, &i, b, arg32(s, 4));
    if (s->arg[8]) guest_put_pointer(s->process, s->arg[8], base);
    return b->object.handle;
}

/* ---- rows of a DIB in the guest ---- */

/* The DIB as a bitmap that lies in the guest; not an object. */
static GdiBitmap dib_view(Sys *s, const BitmapInfo *i, uint64_t bits, bool indices) {
    GdiBitmap b = {.width = i->width,
                   .height = height_of(i),
                   .bits = i->bits,
                   .stride = stride32(i->width, i->bits),
                   .guest = bits,
                   .bottom_up = i->height > 0};
    if (i->bits <= 8) {
        b.colours = i->colours;
        read_palette(s, i, &b, indices);
    }
    return b;
}

/* SetDIBits: rows `start` and on of the bitmap, counted from the bottom. */
static int32_t set_rows(Sys *s, GdiBitmap *to, uint32_t start, uint32_t rows,
                        const GdiBitmap *from) {
    uint32_t colour;
    for (uint32_t r = 0; r < rows; r++) {
        int32_t y = from->bottom_up ? to->height - 1 - (int32_t)(start + r) : (int32_t)(start + r);
        int32_t source = from->bottom_up ? from->height - 1 - (int32_t)r : (int32_t)r;
        for (int32_t x = 0; x < to->width && x < from->width; x++)
            if (bitmap_get(s->process, from, x, source, &colour))
                bitmap_set(s->process, to, x, y, colour);
    }
    return (int32_t)rows;
}

static uint64_t set_dibits(Sys *s) {
    BitmapInfo i;
    GdiBitmap *to = gdi_get(s, s->arg[1], GDI_BITMAP);
    if (!to || !read_info(s, s->arg[5], &i) || !valid(i.width, height_of(&i), i.bits)) return 0;
    uint32_t start = arg32(s, 2), rows = arg32(s, 3);
    if (start >= (uint32_t)to->height) return 0;
    if (rows > (uint32_t)height_of(&i) - start) rows = (uint32_t)height_of(&i) - start;
    GdiBitmap from = dib_view(s, &i, s->arg[4], arg32(s, 6));
    from.height = (int32_t)rows; /* the rows that are given */
    return (uint32_t)set_rows(s, to, start, rows, &from);
}

static uint64_t create_dibitmap(Sys *s) {
    enum { CBM_INIT = 4 };
    const GdiDc *dc = gdi_get(s, s->arg[0], GDI_DC);
    const GdiBitmap *in = dc && dc->now.bitmap ? gdi_get(s, dc->now.bitmap, GDI_BITMAP) : NULL;
    BitmapInfo i;
    int32_t width = argi(s, 1), height = argi(s, 2) < 0 ? -argi(s, 2) : argi(s, 2);
    GdiBitmap *b = bitmap_new(s, width, height, !dc ? 1 : in ? in->bits : screen_bits(s));
    if (!b) return 0;
    if (arg32(s, 3) & CBM_INIT && s->arg[4] && read_info(s, s->arg[5], &i) &&
        valid(i.width, height_of(&i), i.bits)) {
        GdiBitmap from = dib_view(s, &i, s->arg[4], arg32(s, 6));
        set_rows(s, b, 0, (uint32_t)(from.height < height ? from.height : height), &from);
    }
    return b->object.handle;
}

/* GetDIBits: fills in the header where no bits are asked for. */
static uint64_t get_dibits(Sys *s) {
    const GdiBitmap *from = gdi_get(s, s->arg[1], GDI_BITMAP);
    BitmapInfo i;
    uint32_t size = 0, start = arg32(s, 2), rows = arg32(s, 3);
    uint64_t header = s->arg[5];
    if (!from || !guest_get_u32(s->process, header, &size)) return 0;
    uint16_t bits = 0;
    guest_get_u16(s->process, header + (size == 12 ? 10 : 14), &bits);
    if (!bits) {
        if (size < 40) return 0;
        Fields f = fields(s->process, header + 4);
        put_u32(&f, (uint32_t)from->width);
        put_u32(&f, (uint32_t)from->height);
        put_u16(&f, 1);
        put_u16(&f, (uint16_t)from->bits);
        put_u32(&f, 0);
        put_u32(&f, stride32(from->width, from->bits) * (uint32_t)from->height);
        for (int k = 0; k < 4; k++) put_u32(&f, 0);
        return 1;
    }
    if (!read_info(s, header, &i) || !valid(i.width ? i.width : 1, 1, i.bits)) return 0;
    if (size >= 40)
        guest_put_u32(s->process, header + 20, stride32(i.width, i.bits) * (uint32_t)height_of(&i));
    if (i.bits <= 8)
        for (uint32_t k = 0; k < 1u << i.bits && from->bits <= 8; k++)
            guest_put_u32(s->process, i.palette + 4u * k, from->palette[k]);
    if (!s->arg[4]) return 1;
    if (start >= (uint32_t)from->height) return 0;
    if (rows > (uint32_t)from->height - start) rows = (uint32_t)from->height - start;
    GdiBitmap to = dib_view(s, &i, s->arg[4], arg32(s, 6));
    to.height = (int32_t)rows;
    if (from->bits <= 8 && to.bits <= 8) memcpy(to.palette, from->palette, sizeof to.palette);
    uint32_t colour;
    for (uint32_t r = 0; r < rows; r++) {
        int32_t y = to.bottom_up ? from->height - 1 - (int32_t)(start + r) : (int32_t)(start + r);
        int32_t target = to.bottom_up ? to.height - 1 - (int32_t)r : (int32_t)r;
        for (int32_t x = 0; x < to.width; x++)
            if (bitmap_get(s->process, from, x, y, &colour))
                bitmap_set(s->process, &to, x, target, colour);
    }
    return rows;
}

/* The pixels of a DIB for StretchDIBits and SetDIBitsToDevice (gdi_draw.c). */
bool bitmap_from_dib(Sys *s, uint64_t info, uint64_t bits, bool indices, GdiBitmap *out) {
    BitmapInfo i;
    if (!bits || !read_info(s, info, &i) || !valid(i.width, height_of(&i), i.bits)) return false;
    *out = dib_view(s, &i, bits, indices);
    return true;
}

static uint64_t bitmap_bits(Sys *s, bool set) {
    GdiBitmap *b = gdi_get(s, s->arg[0], GDI_BITMAP);
    uint32_t n = arg32(s, 1), row = b ? stride16(b->width, b->bits) : 0;
    if (!b) return 0;
    uint32_t all = row * (uint32_t)b->height;
    if (!set && !s->arg[2]) return all;
    if (n > all) n = all;
    uint8_t *line = arena_alloc(s->scratch, row);
    for (uint32_t y = 0; line && y * row < n; y++) {
        uint32_t part = n - y * row < row ? n - y * row : row;
        uint64_t at = offset_of(b, 0, (int32_t)y), guest = s->arg[2] + (uint64_t)y * row;
        if (set) {
            if (guest_read(s->process, guest, line, part))
                write_bytes(s->process, b, at, line, part);
        } else if (read_bytes(s->process, b, at, line, part)) {
            guest_write(s->process, guest, line, part);
        }
    }
    return n;
}
static uint64_t get_bitmap_bits(Sys *s) {
    return bitmap_bits(s, false);
}
static uint64_t set_bitmap_bits(Sys *s) {
    return bitmap_bits(s, true);
}

static uint64_t get_dimension(Sys *s) {
    const GdiBitmap *b = gdi_get(s, s->arg[0], GDI_BITMAP);
    return b && guest_put_point(s->process, s->arg[1], (Point){b->dimension[0], b->dimension[1]});
}
static uint64_t set_dimension(Sys *s) {
    GdiBitmap *b = gdi_get(s, s->arg[0], GDI_BITMAP);
    if (!b) return 0;
    if (s->arg[3])
        guest_put_point(s->process, s->arg[3], (Point){b->dimension[0], b->dimension[1]});
    b->dimension[0] = argi(s, 1);
    b->dimension[1] = argi(s, 2);
    return 1;
}

const SysRow nt_gdi_bitmap_rows[] = {
    {"NtGdiCreateBitmap", 5, create_bitmap},
    {"NtGdiCreateCompatibleBitmap", 3, create_compatible},
    {"NtGdiCreateDIBSection", 9, create_section},
    {"NtGdiCreateDIBitmapInternal", 11, create_dibitmap},
    {"NtGdiGetDIBitsInternal", 9, get_dibits},
    {"SetDIBits", 7, set_dibits},
    {"NtGdiGetBitmapBits", 3, get_bitmap_bits},
    {"NtGdiSetBitmapBits", 3, set_bitmap_bits},
    {"NtGdiGetBitmapDimension", 2, get_dimension},
    {"NtGdiSetBitmapDimension", 4, set_dimension},
    {NULL, 0, NULL},
};
