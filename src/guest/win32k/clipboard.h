/* Clipboard: the session's, with the world's text in it at first. */
#ifndef COAX_GUEST_WIN32K_CLIPBOARD_H
#define COAX_GUEST_WIN32K_CLIPBOARD_H

#include "guest/win32k/user.h"

uint64_t clipboard_next_format(Sys *s, uint32_t format);
void clipboard_thread_ended(User *u, Thread *t);
void clipboard_close(User *u);

#endif
