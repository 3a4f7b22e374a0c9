/* Hook: SetWindowsHookEx and SetWinEventHook. */
#ifndef COAX_GUEST_WIN32K_HOOK_H
#define COAX_GUEST_WIN32K_HOOK_H

#include "guest/win32k/window.h"

enum {
    WH_MSGFILTER = -1,
    WH_JOURNALRECORD = 0,
    WH_JOURNALPLAYBACK = 1,
    WH_KEYBOARD = 2,
    WH_GETMESSAGE = 3,
    WH_CALLWNDPROC = 4,
    WH_CBT = 5,
    WH_SYSMSGFILTER = 6,
    WH_MOUSE = 7,
    WH_SHELL = 10,
    WH_FOREGROUNDIDLE = 11,
    WH_CALLWNDPROCRET = 12,
    WH_KEYBOARD_LL = 13,
    WH_MOUSE_LL = 14,
};
enum {
    HCBT_MOVESIZE,
    HCBT_MINMAX,
    HCBT_CREATEWND = 3,
    HCBT_DESTROYWND,
    HCBT_ACTIVATE,
    HCBT_SYSCOMMAND = 8,
    HCBT_SETFOCUS
};

/* Whether a hook of that kind sees the running thread. */
bool hook_is_set(Sys *s, int id);
/* Calls the newest; the others are called by CallNextHookEx. 0 where there is none. */
uint64_t hook_call(Sys *s, int id, int32_t code, uint64_t wparam, uint64_t lparam);

/* A low-level hook (WH_KEYBOARD_LL, WH_MOUSE_LL): the thread that set it must be the running one.
 */
bool hook_low_level(const User *u, const Thread *t, int id);

void hooks_thread_ended(User *u, Thread *t);
void hooks_close(User *u);

/* UnhookWindowsHook(id, function). */
uint64_t hook_remove_by_function(Sys *s, int id, uint64_t function);

#endif
