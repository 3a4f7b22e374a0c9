#include "guest/win32k/scroll.h"
#include "guest/win32k/defwindow.h"
#include "guest/win32k/message.h"
#include "guest/win32k/position.h"
#include <stdlib.h>

enum { SB_HORZ, SB_VERT, SB_CTL, SB_BOTH };
enum {
    SIF_RANGE = 1,
    SIF_PAGE = 2,
    SIF_POS = 4,
    SIF_DISABLENOSCROLL = 8,
    SIF_TRACKPOS = 0x10,
    SIF_RETURNPREV = 0x1000
};

typedef struct {
    int32_t position, least, most;
    uint32_t page, disabled;
} Bar;

struct ScrollBars {
    Bar bar[3]; /* the third: of a scroll bar control */
};

void scroll_prepare(Window *w) {
    if (w->bars) return;
    w->bars = calloc(1, sizeof *w->bars);
    for (int i = 0; w->bars && i < 3; i++) w->bars->bar[i].most = 100;
}

static Bar *bar_of(Window *w, uint32_t which) {
    if (which > SB_CTL) return NULL;
    scroll_prepare(w);
    return w->bars ? &w->bars->bar[which] : NULL;
}

/* The thumb covers a page: positions end that much earlier. */
static void settle(Bar *b) {
    if (b->most < b->least) b->most = b->least;
    int64_t length = (int64_t)b->most - b->least + 1;
    if ((int64_t)b->page > length) b->page = (uint32_t)length;
    int64_t last = (int64_t)b->most - (b->page ? (int64_t)b->page - 1 : 0);
    if (b->position > last) b->position = (int32_t)last;
    if (b->position < b->least) b->position = b->least;
}

static uint64_t set_info(Sys *s, Window *w, uint32_t which, uint64_t address) {
    Bar *b = bar_of(w, which);
    Fields f = fields(s->process, address);
    get_u32(&f);
    uint32_t mask = get_u32(&f);
    int32_t least = (int32_t)get_u32(&f), most = (int32_t)get_u32(&f);
    uint32_t page = get_u32(&f);
    int32_t position = (int32_t)get_u32(&f);
    if (!b || f.bad) return 0;
    int32_t old = b->position;
    if (mask & SIF_PAGE) b->page = page;
    if (mask & SIF_POS) b->position = position;
    if (mask & SIF_RANGE) {
        b->least = least;
        b->most = most;
    }
    settle(b);
    uint32_t style = which == SB_HORZ ? WS_HSCROLL : WS_VSCROLL;
    if (which != SB_CTL && mask & (SIF_RANGE | SIF_PAGE) && !(mask & SIF_DISABLENOSCROLL)) {
        bool needed = (int64_t)b->most - b->least >= (int64_t)(b->page ? b->page : 1);
        bool shown = w->style & style;
        if (needed != shown) {
            window_set_style(w, needed ? style : 0, needed ? 0 : style);
            position_set(s, (WindowPosition){.window = w->object.handle,
                                             .flags = SWP_NOSIZE | SWP_NOMOVE | SWP_NOZORDER |
                                                      SWP_NOACTIVATE | SWP_FRAMECHANGED});
        }
    }
    return (uint64_t)(int64_t)(mask & SIF_RETURNPREV ? old : position);
}

static uint64_t get_info(Sys *s, Window *w, uint32_t which, uint64_t address) {
    const Bar *b = bar_of(w, which);
    uint32_t mask = 0;
    guest_get_u32(s->process, address + 4, &mask);
    if (!b) return 0;
    if (mask & SIF_RANGE) {
        guest_put_u32(s->process, address + 8, (uint32_t)b->least);
        guest_put_u32(s->process, address + 12, (uint32_t)b->most);
    }
    if (mask & SIF_PAGE) guest_put_u32(s->process, address + 16, b->page);
    if (mask & SIF_POS) guest_put_u32(s->process, address + 20, (uint32_t)b->position);
    if (mask & SIF_TRACKPOS) guest_put_u32(s->process, address + 24, (uint32_t)b->position);
    return 1;
}

uint64_t scroll_get(Sys *s, Window *w, uint64_t address) {
    Fields f = fields(s->process, address);
    uint32_t which = get_u32(&f);
    uint64_t info = get_pointer(&f);
    if (which == SB_CTL)
        return message_send(s, w->object.handle, 0xea, 0, info); /* SBM_GETSCROLLINFO */
    return get_info(s, w, which, info);
}

static uint64_t set_scroll_info(Sys *s) {
    Window *w = window_need(s, s->arg[0]);
    if (!w) return 0;
    if (arg32(s, 1) == SB_CTL)
        return message_send(s, w->object.handle, 0xe9, arg32(s, 3), s->arg[2]);
    uint64_t old = set_info(s, w, arg32(s, 1), s->arg[2]);
    return old;
}

static uint64_t show_scroll_bar(Sys *s) {
    Window *w = window_need(s, s->arg[0]);
    uint32_t which = arg32(s, 1);
    if (!w) return 0;
    if (which == SB_CTL) {
        position_show(s, w->object.handle, arg32(s, 2) ? SW_SHOW : SW_HIDE);
        return 1;
    }
    uint32_t bits = (which != SB_VERT ? WS_HSCROLL : 0u) | (which != SB_HORZ ? WS_VSCROLL : 0u);
    bool changed = arg32(s, 2) ? (w->style & bits) != bits : (w->style & bits) != 0;
    if (!changed) return 1;
    window_set_style(w, arg32(s, 2) ? bits : 0, arg32(s, 2) ? 0 : bits);
    position_set(s, (WindowPosition){.window = w->object.handle,
                                     .flags = SWP_NOSIZE | SWP_NOMOVE | SWP_NOZORDER |
                                              SWP_NOACTIVATE | SWP_FRAMECHANGED});
    return 1;
}

static uint64_t enable_scroll_bar(Sys *s) {
    Window *w = window_need(s, s->arg[0]);
    uint32_t which = arg32(s, 1), flags = arg32(s, 2) & 3;
    bool changed = false;
    for (uint32_t i = SB_HORZ; w && i <= SB_CTL; i++) {
        if (which != i && !(which == SB_BOTH && i != SB_CTL)) continue;
        Bar *b = bar_of(w, i);
        changed = changed || (b && b->disabled != flags);
        if (b) b->disabled = flags;
    }
    return changed;
}

/* SCROLLBARINFO: place and state; the parts are said to be there. */
static uint64_t scroll_bar_info(Sys *s) {
    enum { INVISIBLE = 0x8000 };
    Window *w = window_need(s, s->arg[0]);
    if (!w) return 0;
    bool vertical = argi(s, 1) == -5; /* OBJID_VSCROLL */
    bool shown = w->style & (vertical ? WS_VSCROLL : WS_HSCROLL);
    Rect f = window_screen_frame(w), c = window_screen_client(w);
    Rect r = vertical ? (Rect){c.right, c.top, f.right, c.bottom}
                      : (Rect){c.left, c.bottom, c.right, f.bottom};
    Fields out = fields(s->process, s->arg[2] + 4);
    put_rect(&out, r);
    for (int i = 0; i < 4; i++) put_u32(&out, 0);
    for (int i = 0; i < 6; i++) put_u32(&out, i == 0 && !shown ? INVISIBLE : 0);
    return !out.bad;
}

uint64_t scroll_bar_procedure(Sys *s, bool ansi) {
    enum {
        SBM_SETPOS = 0xe0,
        SBM_GETPOS,
        SBM_SETRANGE,
        SBM_GETRANGE,
        SBM_ENABLE_ARROWS,
        SBM_SETRANGEREDRAW = 0xe6,
        SBM_SETSCROLLINFO = 0xe9,
        SBM_GETSCROLLINFO
    };
    Window *w = window_need(s, s->arg[0]);
    Bar *b = w ? bar_of(w, SB_CTL) : NULL;
    if (!b) return 0;
    int32_t old = b->position;
    switch (arg32(s, 1)) {
    case SBM_SETPOS:
        b->position = argi(s, 2);
        settle(b);
        return (uint64_t)(int64_t)old;
    case SBM_GETPOS: return (uint64_t)(int64_t)old;
    case SBM_SETRANGE:
    case SBM_SETRANGEREDRAW:
        b->least = argi(s, 2);
        b->most = argi(s, 3);
        settle(b);
        return old == b->position ? 0 : (uint64_t)(int64_t)old;
    case SBM_GETRANGE:
        if (s->arg[2]) guest_put_u32(s->process, s->arg[2], (uint32_t)b->least);
        if (s->arg[3]) guest_put_u32(s->process, s->arg[3], (uint32_t)b->most);
        return 0;
    case SBM_ENABLE_ARROWS: b->disabled = arg32(s, 2) & 3; return 1;
    case SBM_SETSCROLLINFO: return set_info(s, w, SB_CTL, s->arg[3]);
    case SBM_GETSCROLLINFO: return get_info(s, w, SB_CTL, s->arg[3]);
    case WM_GETDLGCODE: return 1; /* DLGC_WANTARROWS */
    default: return default_window_procedure(s, ansi);
    }
}

const SysRow nt_user_scroll_rows[] = {
    {"NtUserSetScrollInfo", 4 | CALLS_BACK, set_scroll_info},
    {"NtUserShowScrollBar", 3 | CALLS_BACK, show_scroll_bar},
    {"NtUserEnableScrollBar", 3, enable_scroll_bar},
    {"NtUserGetScrollBarInfo", 3, scroll_bar_info},
    {NULL, 0, NULL},
};
