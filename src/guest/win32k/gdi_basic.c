#include "guest/win32k/gdi.h"
#include "guest/win32k/position.h"
uint32_t gdi_system_brush(Sys *s, unsigned colour) {
    (void)s;
    return 0x900010u + colour;
}
uint32_t gdi_system_pen(Sys *s, unsigned colour) {
    (void)s;
    return 0x910010u + colour;
}
void gdi_set_colours(Sys *s, uint32_t dc, uint32_t text, uint32_t background) {
    (void)s;
    (void)dc;
    (void)text;
    (void)background;
}
uint64_t gdi_dialog_base_units(Sys *s) {
    (void)s;
    return 8 | 16 << 16;
}
uint32_t gdi_copy_bitmap(Sys *s, uint32_t bitmap) {
    (void)s;
    return bitmap;
}
void gdi_draw_bitmap(Sys *s, uint32_t dc, Rect to, uint32_t bitmap) {
    (void)s;
    (void)dc;
    (void)to;
    (void)bitmap;
}
void gdi_default_paint(Sys *s, uint32_t window) {
    Window *w = window_get(user_of(s->machine), window);
    if (w) paint_validate(w, NULL);
}
void gdi_window_gone(User *u, uint32_t window) {
    (void)u;
    (void)window;
}
void gdi_process_ended(UserProcess *p) {
    (void)p;
}
void gdi_session_close(User *u) {
    (void)u;
}
