/* Input: the mouse and the keyboard of the user at the computer, and what programs pretend. */
#ifndef COAX_GUEST_WIN32K_INPUT_H
#define COAX_GUEST_WIN32K_INPUT_H

#include "guest/win32k/window.h"

Rect input_clip(Machine *m);
Point input_cursor(const User *u);
/* GetLastInputInfo's tick count. */
uint32_t input_last_time(Machine *m);

/* Where an input message goes now; false: nowhere, it is dropped. */
bool input_route(Sys *s, Message *m);
/* WH_KEYBOARD and WH_MOUSE may swallow it. */
bool input_hooks_allow(Sys *s, const Message *m, bool remove);

/* Input on its way to the window in front, as the driver would bring it. */
void input_key(Sys *s, uint16_t key, bool down);
void input_mouse(Sys *s, uint32_t message, Point at);

uint64_t caret_destroy(Sys *s);
uint64_t caret_move(Sys *s, Point at);

#endif
