#include "guest/device/screen.h"
#include <stdlib.h>

enum { GREY_ON_BLACK = 7, TAB = 8 };

bool screen_open(Screen *s) {
    enum { WIDTH = 120, HEIGHT = 9001, VISIBLE = 30, PURPLE_ON_WHITE = 0xf5 };
    *s = (Screen){.width = WIDTH,
                  .height = HEIGHT,
                  .cursor_size = 25,
                  .cursor_visible = true,
                  .attributes = GREY_ON_BLACK,
                  .popup_attributes = PURPLE_ON_WHITE,
                  .window = {0, 0, WIDTH - 1, VISIBLE - 1},
                  .mode = SCREEN_PROCESSED | SCREEN_WRAP,
                  .font_width = 8,
                  .font_height = 16,
                  .font_weight = 400,
                  .font_family = 54};
    s->rows = calloc(HEIGHT, sizeof *s->rows);
    return s->rows;
}

void screen_close(Screen *s) {
    for (int y = 0; s->rows && y < s->height; y++) free(s->rows[y]);
    free(s->rows);
    *s = (Screen){0};
}

static bool inside(const Screen *s, int x, int y) {
    return x >= 0 && y >= 0 && x < s->width && y < s->height;
}

Cell screen_get(const Screen *s, int x, int y) {
    if (!inside(s, x, y) || !s->rows[y]) return (Cell){' ', GREY_ON_BLACK};
    return s->rows[y][x];
}

static Cell *new_row(int width) {
    Cell *row = calloc((size_t)width, sizeof *row);
    for (int x = 0; row && x < width; x++) row[x] = (Cell){' ', GREY_ON_BLACK};
    return row;
}

void screen_put(Screen *s, int x, int y, Cell cell) {
    if (!inside(s, x, y)) return;
    if (!s->rows[y] && !(s->rows[y] = new_row(s->width))) return;
    s->rows[y][x] = cell;
}

static int least(int a, int b) {
    return a < b ? a : b;
}
static int most(int a, int b) {
    return a > b ? a : b;
}

bool screen_resize(Screen *s, int width, int height) {
    if (width < 1 || height < 1 || width > SCREEN_MOST_WIDTH || height > SCREEN_MOST_HEIGHT)
        return false;
    Screen old = *s;
    s->rows = calloc((size_t)height, sizeof *s->rows);
    if (!s->rows) {
        s->rows = old.rows;
        return false;
    }
    s->width = width;
    s->height = height;
    for (int y = 0; y < least(height, old.height); y++)
        for (int x = 0; old.rows[y] && x < least(width, old.width); x++)
            screen_put(s, x, y, old.rows[y][x]);
    screen_close(&old);
    s->x = least(s->x, width - 1);
    s->y = least(s->y, height - 1);
    int rows = least(s->window.bottom - s->window.top, height - 1);
    int columns = least(s->window.right - s->window.left, width - 1);
    s->window.top = least(s->window.top, height - 1 - rows);
    s->window.left = least(s->window.left, width - 1 - columns);
    s->window.bottom = s->window.top + rows;
    s->window.right = s->window.left + columns;
    return true;
}

/* ---- writing ---- */

static void drop_first_row(Screen *s) {
    free(s->rows[0]);
    for (int y = 1; y < s->height; y++) s->rows[y - 1] = s->rows[y];
    s->rows[s->height - 1] = NULL;
}

static void line_feed(Screen *s) {
    if (s->y < s->height - 1) s->y++;
    else drop_first_row(s);
    int below = s->y - s->window.bottom;
    if (below > 0) {
        s->window.top += below;
        s->window.bottom += below;
    }
}

static void put_character(Screen *s, uint16_t c) {
    screen_put(s, s->x, s->y, (Cell){c, s->attributes});
    if (s->x < s->width - 1) {
        s->x++;
    } else if (s->mode & SCREEN_WRAP) {
        s->x = 0;
        line_feed(s);
    }
}

static void put_tab(Screen *s) {
    do put_character(s, ' ');
    while (s->x % TAB && s->x < s->width - 1);
}

static void process(Screen *s, uint16_t c) {
    switch (c) {
    case '\a': break;
    case '\b': s->x -= s->x > 0; break;
    case '\t': put_tab(s); break;
    case '\n':
        s->x = 0;
        line_feed(s);
        break;
    case '\r': s->x = 0; break;
    default: put_character(s, c); break;
    }
}

void screen_write(Screen *s, const uint16_t *text, size_t units) {
    for (size_t i = 0; i < units; i++) {
        if (s->mode & SCREEN_PROCESSED) process(s, text[i]);
        else put_character(s, text[i]);
    }
}

/* ---- scrolling ---- */

static Area intersect(Area a, Area b) {
    return (Area){most(a.left, b.left), most(a.top, b.top), least(a.right, b.right),
                  least(a.bottom, b.bottom)};
}

static bool holds(Area a, int x, int y) {
    return x >= a.left && x <= a.right && y >= a.top && y <= a.bottom;
}

void screen_scroll(Screen *s, Area from, int x, int y, Area clip, Cell fill) {
    Area all = {0, 0, s->width - 1, s->height - 1};
    from = intersect(from, all);
    clip = intersect(clip, all);
    int width = from.right - from.left + 1, height = from.bottom - from.top + 1;
    if (width <= 0 || height <= 0) return;
    Cell *copy = calloc((size_t)width * (size_t)height, sizeof *copy);
    if (!copy) return;
    for (int i = 0; i < width * height; i++) {
        int at_x = from.left + i % width, at_y = from.top + i / width;
        copy[i] = screen_get(s, at_x, at_y);
        if (holds(clip, at_x, at_y)) screen_put(s, at_x, at_y, fill);
    }
    for (int i = 0; i < width * height; i++)
        if (holds(clip, x + i % width, y + i / width))
            screen_put(s, x + i % width, y + i / width, copy[i]);
    free(copy);
}
