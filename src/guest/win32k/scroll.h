/* Scroll: the numbers of scroll bars. They are not drawn. */
#ifndef COAX_GUEST_WIN32K_SCROLL_H
#define COAX_GUEST_WIN32K_SCROLL_H

#include "guest/win32k/window.h"

void scroll_prepare(Window *w);
/* struct get_scroll_info_params. */
uint64_t scroll_get(Sys *s, Window *w, uint64_t address);
/* The scroll bar control's own procedure. */
uint64_t scroll_bar_procedure(Sys *s, bool ansi);

#endif
