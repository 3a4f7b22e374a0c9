/* Screens of the console: size, cursor, cells, scrolling (include/wine/condrv.h). */
#include "guest/device/condrv.h"
#include "guest/ntstatus.h"

enum { MOST_CELLS = 1 << 20 }; /* bytes of an answer */

/* condrv_output_info. */
static uint32_t get_output_info(const Screen *s, Io *io) {
    static const uint32_t colours[16] = {0x0c0c0c, 0xda3700, 0x0ea113, 0xdd963a, 0x1f0fc5, 0x981788,
                                         0x009cc1, 0xcccccc, 0x767676, 0xff783b, 0x0cc616, 0xd6d661,
                                         0x5648e7, 0x9e00b4, 0xa5f1f9, 0xf2f2f2};
    const int fields[] = {s->cursor_size,
                          s->cursor_visible,
                          s->x,
                          s->y,
                          s->width,
                          s->height,
                          s->attributes,
                          s->popup_attributes,
                          s->window.left,
                          s->window.top,
                          s->window.right,
                          s->window.bottom,
                          s->width,
                          s->height < 63 ? s->height : 63,
                          s->font_width,
                          s->font_height,
                          s->font_weight,
                          s->font_family};
    Buf b = buf_new(256);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) buf_le(&b, (uint16_t)fields[i], 2);
    for (size_t i = 0; i < 16; i++) buf_le(&b, colours[i], 4);
    return condrv_put_buf(io, &b);
}

/* condrv_output_info_params: a mask of what is set, and the fields of condrv_output_info. */
typedef struct {
    int16_t cursor_size, cursor_visible, x, y, width, height, attributes, popup_attributes;
    Area window;
    int16_t max_width, max_height, font_width, font_height, font_weight, font_family;
} OutputInfo;

static int16_t get_short(Cur *c) {
    return (int16_t)cur_u16le(c);
}

static OutputInfo read_output_info(Cur *c) {
    OutputInfo o = {.cursor_size = get_short(c)};
    o.cursor_visible = get_short(c);
    o.x = get_short(c);
    o.y = get_short(c);
    o.width = get_short(c);
    o.height = get_short(c);
    o.attributes = get_short(c);
    o.popup_attributes = get_short(c);
    o.window.left = get_short(c);
    o.window.top = get_short(c);
    o.window.right = get_short(c);
    o.window.bottom = get_short(c);
    o.max_width = get_short(c);
    o.max_height = get_short(c);
    o.font_width = get_short(c);
    o.font_height = get_short(c);
    o.font_weight = get_short(c);
    o.font_family = get_short(c);
    return o;
}

static bool window_fits(const Screen *s, Area w) {
    return w.left >= 0 && w.top >= 0 && w.left <= w.right && w.top <= w.bottom &&
           w.right < s->width && w.bottom < s->height;
}

static uint32_t set_place(Screen *s, uint32_t mask, const OutputInfo *o) {
    enum { CURSOR = 2, SIZE = 4, WINDOW = 0x10 };
    if (mask & SIZE && !screen_resize(s, o->width, o->height)) return STATUS_INVALID_PARAMETER;
    if (mask & CURSOR) {
        if (o->x < 0 || o->y < 0 || o->x >= s->width || o->y >= s->height)
            return STATUS_INVALID_PARAMETER;
        s->x = o->x;
        s->y = o->y;
    }
    if (mask & WINDOW) {
        if (!window_fits(s, o->window)) return STATUS_INVALID_PARAMETER;
        s->window = o->window;
    }
    return STATUS_SUCCESS;
}

static uint32_t set_output_info(Screen *s, Span in) {
    enum { CURSOR_SHAPE = 1, ATTRIBUTES = 8, POPUP = 0x40, FONT = 0x80 };
    Cur c = cur(in);
    uint32_t mask = cur_u32le(&c);
    OutputInfo o = read_output_info(&c);
    if (c.bad) return STATUS_INVALID_PARAMETER;
    if (mask & CURSOR_SHAPE) {
        if (o.cursor_size < 1 || o.cursor_size > 100) return STATUS_INVALID_PARAMETER;
        s->cursor_size = o.cursor_size;
        s->cursor_visible = o.cursor_visible;
    }
    if (mask & ATTRIBUTES) s->attributes = (uint16_t)o.attributes;
    if (mask & POPUP) s->popup_attributes = (uint16_t)o.popup_attributes;
    if (mask & FONT) {
        s->font_width = o.font_width;
        s->font_height = o.font_height;
        s->font_weight = o.font_weight;
        s->font_family = o.font_family;
    }
    return set_place(s, mask, &o);
}

/* What the cells of a request hold. */
enum { CELL_TEXT, CELL_ATTRIBUTES, CELL_BOTH };

/* condrv_output_params: place, what cells hold, and the width of a rectangle or 0 for a run. */
typedef struct {
    uint32_t x, y, what, width;
} Cells;

static bool read_cells(Cur *c, const Screen *s, Cells *out) {
    out->x = cur_u32le(c);
    out->y = cur_u32le(c);
    out->what = cur_u32le(c);
    out->width = cur_u32le(c);
    return !c->bad && out->what <= CELL_BOTH && out->x < (uint32_t)s->width &&
           out->y < (uint32_t)s->height;
}

/* The place of the n-th cell; false where it is outside. */
static bool cell_place(const Screen *s, const Cells *k, uint32_t n, int *x, int *y) {
    uint32_t line = k->width ? k->width : (uint32_t)s->width;
    uint32_t at = k->width ? n : k->x + n;
    uint64_t column = (k->width ? k->x : 0) + (uint64_t)(at % line),
             row = k->y + (uint64_t)(at / line);
    *x = (int)column;
    *y = (int)row;
    return column < (uint64_t)s->width && row < (uint64_t)s->height;
}

static uint32_t put_region(Io *io, Area a) {
    const int sides[] = {a.left, a.top, a.right, a.bottom};
    Buf b = buf_new(8);
    for (int i = 0; i < 4; i++) buf_le(&b, (uint16_t)sides[i], 2);
    return condrv_put_buf(io, &b);
}

static void write_cell(Screen *s, const Cells *k, uint32_t n, Cur *c) {
    uint16_t first = cur_u16le(c), second = k->what == CELL_BOTH ? cur_u16le(c) : 0;
    int x, y;
    if (!cell_place(s, k, n, &x, &y)) return;
    Cell cell = screen_get(s, x, y);
    if (k->what == CELL_ATTRIBUTES) cell.attributes = first;
    else cell.character = first;
    if (k->what == CELL_BOTH) cell.attributes = second;
    screen_put(s, x, y, cell);
}

/* Answers with the rectangle that was written, or the number of cells. */
static uint32_t write_output(Screen *s, Io *io, Span in) {
    enum { REGION_SIZE = 8 };
    Cur c = cur(in);
    Cells k;
    if (!read_cells(&c, s, &k)) return c.bad ? STATUS_INVALID_PARAMETER : condrv_put_number(io, 0);
    if (io->output_size == REGION_SIZE && !k.width) return STATUS_INVALID_PARAMETER;
    uint32_t count = (uint32_t)(cur_left(&c) / (k.what == CELL_BOTH ? 4 : 2));
    for (uint32_t n = 0; n < count; n++) write_cell(s, &k, n, &c);
    if (io->output_size != REGION_SIZE) return condrv_put_number(io, count);
    int right = (int)k.x + (int)k.width - 1, bottom = (int)(k.y + count / k.width) - 1;
    return put_region(io, (Area){(int)k.x, (int)k.y, right < s->width ? right : s->width - 1,
                                 bottom < s->height ? bottom : s->height - 1});
}

static uint32_t read_run(const Screen *s, Io *io, const Cells *k) {
    Buf b = buf_new(MOST_CELLS);
    int x, y;
    for (uint32_t n = 0; 2 * (uint64_t)n + 2 <= io->output_size && cell_place(s, k, n, &x, &y);
         n++) {
        Cell cell = screen_get(s, x, y);
        buf_le(&b, k->what == CELL_TEXT ? cell.character : cell.attributes, 2);
    }
    return condrv_put_buf(io, &b);
}

static uint32_t read_rectangle(const Screen *s, Io *io, const Cells *k) {
    enum { REGION_SIZE = 8 };
    if (!k->width || io->output_size < REGION_SIZE) return STATUS_INVALID_PARAMETER;
    uint64_t rows = (io->output_size - REGION_SIZE) / ((uint64_t)k->width * 4);
    int right = (int)k->x + (int)k->width - 1,
        bottom = (int)k->y + (int)(rows < 0x7fff ? rows : 0x7fff) - 1;
    if (right >= s->width) right = s->width - 1;
    if (bottom >= s->height) bottom = s->height - 1;
    const int sides[] = {(int)k->x, (int)k->y, right, bottom};
    Buf b = buf_new(MOST_CELLS);
    for (int i = 0; i < 4; i++) buf_le(&b, (uint16_t)sides[i], 2);
    for (int y = (int)k->y; y <= bottom; y++) {
        for (int x = (int)k->x; x <= right; x++) {
            buf_le(&b, screen_get(s, x, y).character, 2);
            buf_le(&b, screen_get(s, x, y).attributes, 2);
        }
    }
    return condrv_put_buf(io, &b);
}

static uint32_t read_output(const Screen *s, Io *io, Span in) {
    Cur c = cur(in);
    Cells k;
    if (!read_cells(&c, s, &k))
        return k.what == CELL_BOTH || c.bad ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
    return k.what == CELL_BOTH ? read_rectangle(s, io, &k) : read_run(s, io, &k);
}

/* condrv_fill_output_params: x, y, what, count, wrap, character, attributes. */
static uint32_t fill_output(Screen *s, Io *io, Span in) {
    Cur c = cur(in);
    Cells k = {.x = cur_u32le(&c), .y = cur_u32le(&c)};
    k.what = cur_u32le(&c);
    uint32_t count = cur_u32le(&c), n = 0;
    cur_skip(&c, 4);
    Cell fill = {.character = cur_u16le(&c)};
    fill.attributes = cur_u16le(&c);
    if (c.bad || k.what > CELL_BOTH) return STATUS_INVALID_PARAMETER;
    int x, y;
    for (; n < count && cell_place(s, &k, n, &x, &y); n++) {
        Cell cell = screen_get(s, x, y);
        if (k.what != CELL_ATTRIBUTES) cell.character = fill.character;
        if (k.what != CELL_TEXT) cell.attributes = fill.attributes;
        screen_put(s, x, y, cell);
    }
    return condrv_put_number(io, n);
}

static Area get_area(Cur *c) {
    Area a = {.left = get_short(c)};
    a.top = get_short(c);
    a.right = get_short(c);
    a.bottom = get_short(c);
    return a;
}

/* condrv_scroll_params: rectangle, where it goes, clipping, filling. */
static uint32_t scroll(Screen *s, Span in) {
    Cur c = cur(in);
    Area from = get_area(&c);
    int x = get_short(&c), y = get_short(&c);
    Area clip = get_area(&c);
    Cell fill = {.character = cur_u16le(&c)};
    fill.attributes = cur_u16le(&c);
    if (c.bad) return STATUS_INVALID_PARAMETER;
    screen_scroll(s, from, x, y, clip, fill);
    return STATUS_SUCCESS;
}

static uint32_t set_output_mode(Screen *s, Span in) {
    Cur c = cur(in);
    uint32_t mode = cur_u32le(&c);
    if (c.bad) return STATUS_INVALID_PARAMETER;
    s->mode = mode;
    return STATUS_SUCCESS;
}

uint32_t condrv_screen_control(Screen *s, Io *io, uint32_t code, Span in) {
    switch (code) {
    case GET_MODE: return condrv_put_number(io, s->mode);
    case SET_MODE: return set_output_mode(s, in);
    case READ_OUTPUT: return read_output(s, io, in);
    case WRITE_OUTPUT: return write_output(s, io, in);
    case GET_OUTPUT_INFO: return get_output_info(s, io);
    case SET_OUTPUT_INFO: return set_output_info(s, in);
    case FILL_OUTPUT: return fill_output(s, io, in);
    case SCROLL: return scroll(s, in);
    default: return STATUS_INVALID_HANDLE;
    }
}
