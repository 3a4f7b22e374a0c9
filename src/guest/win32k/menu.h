/* Menu: menus and their items, accelerators. They are kept, not drawn. */
#ifndef COAX_GUEST_WIN32K_MENU_H
#define COAX_GUEST_WIN32K_MENU_H

#include "guest/win32k/window.h"

uint64_t menu_create(Sys *s, bool popup);
uint64_t menu_item_count(Sys *s, uint32_t menu);
uint64_t menu_get_info(Sys *s, uint32_t menu, uint64_t address);
uint64_t menu_system_submenu(Sys *s, const Window *w);
/* Whether the window shows a menu bar: its id is a menu with items then. */
bool menu_has_bar(Sys *s, const Window *w);
void menu_window_gone(Sys *s, Window *w);

#endif
