/* Gdi: device contexts, their objects, and what is drawn with them. */
#ifndef COAX_GUEST_WIN32K_GDI_H
#define COAX_GUEST_WIN32K_GDI_H

#include "guest/win32k/window.h"

uint32_t gdi_system_brush(Sys *s, unsigned colour);
uint32_t gdi_system_pen(Sys *s, unsigned colour);
void gdi_set_colours(Sys *s, uint32_t dc, uint32_t text, uint32_t background);
uint64_t gdi_dialog_base_units(Sys *s);

/* A copy of a bitmap for the process; 0 for 0. */
uint32_t gdi_copy_bitmap(Sys *s, uint32_t bitmap);
void gdi_draw_bitmap(Sys *s, uint32_t dc, Rect to, uint32_t bitmap);

/* What DefWindowProc does with WM_PAINT. */
void gdi_default_paint(Sys *s, uint32_t window);

void gdi_window_gone(User *u, uint32_t window);
void gdi_process_ended(UserProcess *p);

#endif
