/* Message: sending and posting, between threads and processes, and the calls of window procedures.
 */
#ifndef COAX_GUEST_WIN32K_MESSAGE_H
#define COAX_GUEST_WIN32K_MESSAGE_H

#include "guest/win32k/window.h"

enum {
    WM_NULL = 0,
    WM_CREATE = 1,
    WM_DESTROY = 2,
    WM_MOVE = 3,
    WM_SIZE = 5,
    WM_ACTIVATE = 6,
    WM_SETFOCUS = 7,
    WM_KILLFOCUS = 8,
    WM_ENABLE = 0xa,
    WM_SETREDRAW = 0xb,
    WM_SETTEXT = 0xc,
    WM_GETTEXT = 0xd,
    WM_GETTEXTLENGTH = 0xe,
    WM_PAINT = 0xf,
    WM_CLOSE = 0x10,
    WM_QUERYENDSESSION = 0x11,
    WM_QUIT = 0x12,
    WM_QUERYOPEN = 0x13,
    WM_ERASEBKGND = 0x14,
    WM_SHOWWINDOW = 0x18,
    WM_ACTIVATEAPP = 0x1c,
    WM_CANCELMODE = 0x1f,
    WM_SETCURSOR = 0x20,
    WM_MOUSEACTIVATE = 0x21,
    WM_CHILDACTIVATE = 0x22,
    WM_GETMINMAXINFO = 0x24,
    WM_ICONERASEBKGND = 0x27,
    WM_GETFONT = 0x31,
    WM_WINDOWPOSCHANGING = 0x46,
    WM_WINDOWPOSCHANGED = 0x47,
    WM_COPYDATA = 0x4a,
    WM_HELP = 0x53,
    WM_NOTIFYFORMAT = 0x55,
    WM_CONTEXTMENU = 0x7b,
    WM_STYLECHANGING = 0x7c,
    WM_STYLECHANGED = 0x7d,
    WM_GETICON = 0x7f,
    WM_SETICON = 0x80,
    WM_NCCREATE = 0x81,
    WM_NCDESTROY = 0x82,
    WM_NCCALCSIZE = 0x83,
    WM_NCHITTEST = 0x84,
    WM_NCPAINT = 0x85,
    WM_NCACTIVATE = 0x86,
    WM_GETDLGCODE = 0x87,
    WM_NCMOUSEMOVE = 0xa0,
    WM_NCLBUTTONDOWN = 0xa1,
    WM_KEYDOWN = 0x100,
    WM_KEYUP = 0x101,
    WM_CHAR = 0x102,
    WM_DEADCHAR = 0x103,
    WM_SYSKEYDOWN = 0x104,
    WM_SYSKEYUP = 0x105,
    WM_SYSCHAR = 0x106,
    WM_SYSDEADCHAR = 0x107,
    WM_KEYLAST = 0x109,
    WM_INITDIALOG = 0x110,
    WM_COMMAND = 0x111,
    WM_SYSCOMMAND = 0x112,
    WM_TIMER = 0x113,
    WM_SYSTIMER = 0x118,
    WM_CHANGEUISTATE = 0x127,
    WM_UPDATEUISTATE = 0x128,
    WM_QUERYUISTATE = 0x129,
    WM_CTLCOLORMSGBOX = 0x132,
    WM_CTLCOLOREDIT = 0x133,
    WM_CTLCOLORLISTBOX = 0x134,
    WM_CTLCOLORBTN = 0x135,
    WM_CTLCOLORDLG = 0x136,
    WM_CTLCOLORSCROLLBAR = 0x137,
    WM_CTLCOLORSTATIC = 0x138,
    WM_MOUSEMOVE = 0x200,
    WM_LBUTTONDOWN = 0x201,
    WM_LBUTTONUP = 0x202,
    WM_RBUTTONUP = 0x205,
    WM_MOUSELAST = 0x20e,
    WM_PARENTNOTIFY = 0x210,
    WM_CAPTURECHANGED = 0x215,
    WM_CLIPBOARDUPDATE = 0x31d,
    WM_HOTKEY = 0x312,
    WM_PRINTCLIENT = 0x318,
    WM_APP = 0x8000,
};

/* Of win_proc_params: how WM_CHAR's bytes are to be taken together. */
enum { CHARS_POST, CHARS_SEND, CHARS_SEND_TIMEOUT, CHARS_RECEIVE, CHARS_DISPATCH, CHARS_CALL };

/* Calls the window's procedure, with the hooks around it; the window must be the running thread's.
 */
uint64_t message_call(Sys *s, uint32_t window, uint32_t message, uint64_t wparam, uint64_t lparam,
                      bool ansi, unsigned mapping);

/* Sends and waits for the answer. */
uint64_t message_send(Sys *s, uint32_t window, uint32_t message, uint64_t wparam, uint64_t lparam);

enum {
    SMTO_BLOCK = 1,
    SMTO_ABORTIFHUNG = 2,
    SMTO_NOTIMEOUTIFNOTHUNG = 8,
    SMTO_ERRORONEXIT = 0x20,
    SEND_NOTIFY = 0x100,   /* does not wait for another thread's answer */
    SEND_CALLBACK = 0x200, /* a function of the sender is told of it */
};
typedef struct {
    uint32_t flags, timeout; /* ms; 0: for ever */
    bool ansi;
    uint64_t callback, data; /* with SEND_CALLBACK */
} SendHow;
/* False: it did not get there in time, or there is no such window (the last error says). */
bool message_send_how(Sys *s, uint32_t window, uint32_t message, uint64_t wparam, uint64_t lparam,
                      const SendHow *how, uint64_t *result);

/* False: no such window, or its queue is full. */
bool message_post(User *u, uint32_t window, uint32_t message, uint64_t wparam, uint64_t lparam);
bool message_post_thread(Thread *t, uint32_t message, uint64_t wparam, uint64_t lparam);

/* ReplyMessage. */
uint64_t message_reply(Sys *s, uint64_t result);

/* The answer of a window that nobody of ours runs. */
uint64_t session_window_answer(Sys *s, Window *w, uint32_t message, uint64_t wparam,
                               uint64_t lparam, bool ansi);

/* What is on its way to the window will not get there. */
void message_window_gone(User *u, Window *w);

/* Fills in win_proc_params for the window's procedure; false: not the running thread's. */
bool message_call_parameters(Sys *s, uint32_t window, uint32_t message, uint64_t wparam,
                             uint64_t lparam, bool ansi, unsigned mapping, uint64_t address);

enum { PARAMETERS_ROOM = 112 }; /* of win_proc_params, for both architectures */

#endif
