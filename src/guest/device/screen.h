/* Screen: a console's screen buffer: cells, cursor, colours. */
#ifndef COAX_GUEST_DEVICE_SCREEN_H
#define COAX_GUEST_DEVICE_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint16_t character, attributes;
} Cell;

typedef struct {
    int left, top, right, bottom; /* all inside */
} Area;

/* Output modes (wincon.h). */
enum { SCREEN_PROCESSED = 1, SCREEN_WRAP = 2, SCREEN_VIRTUAL_TERMINAL = 4 };

typedef struct {
    int width, height;
    Cell **rows; /* `height` of them; NULL: blank */
    int x, y;    /* cursor */
    int cursor_size;
    bool cursor_visible;
    uint16_t attributes, popup_attributes;
    Area window;
    uint32_t mode;
    int font_width, font_height, font_weight, font_family;
} Screen;

enum { SCREEN_MOST_WIDTH = 2000, SCREEN_MOST_HEIGHT = 9999 };

/* Windows 10's: 120 by 9001 cells, of which the window shows 30 rows. */
bool screen_open(Screen *s);
void screen_close(Screen *s);

/* Another size; what no longer fits is lost. */
bool screen_resize(Screen *s, int width, int height);

/* Writes UTF-16 at the cursor, as WriteConsole does. */
void screen_write(Screen *s, const uint16_t *text, size_t units);

/* The cell of a place inside the screen. */
Cell screen_get(const Screen *s, int x, int y);
void screen_put(Screen *s, int x, int y, Cell cell);

/* Moves what lies in `from` so that it begins at x, y; changes nothing outside `clip`, and fills
 * what it leaves behind. */
void screen_scroll(Screen *s, Area from, int x, int y, Area clip, Cell fill);

#endif
