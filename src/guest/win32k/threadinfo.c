#include "guest/win32k/threadinfo.h"

enum {
    CLIENT_INFO = 0x800, /* in the 64-bit TEB */
    MESSAGE_TIME = 8,
    MESSAGE_POINT = 12,
    MESSAGE_EXTRA = 16,
    RECEIVE_FLAGS = 36,
    TOP_WINDOW = 40,
    MESSAGE_WINDOW = 44,
};

static void put(Sys *s, unsigned at, uint32_t value) {
    guest_put_u32(s->process, s->thread->teb + CLIENT_INFO + at, value);
}

void threadinfo_set_message(Sys *s, uint32_t time, Point at, uint64_t extra) {
    put(s, MESSAGE_TIME, time);
    put(s, MESSAGE_POINT, (uint32_t)(uint16_t)at.x | (uint32_t)at.y << 16);
    guest_put_u64(s->process, s->thread->teb + CLIENT_INFO + MESSAGE_EXTRA, extra);
}

void threadinfo_set_receiving(Sys *s, uint32_t flags) {
    put(s, RECEIVE_FLAGS, flags);
}

void threadinfo_set_roots(Sys *s) {
    const User *u = user_of(s->machine);
    put(s, TOP_WINDOW, window_handle(u->desktop));
    put(s, MESSAGE_WINDOW, window_handle(u->message_root));
}

/* DPI_AWARENESS_CONTEXT as Wine makes it: the awareness with bit 4 set. */
uint64_t threadinfo_window_awareness(const Window *w) {
    enum { CONTEXT = 0x10 };
    const UserProcess *p = w->object.process ? w->object.process->user : NULL;
    return CONTEXT | (p ? p->dpi_awareness & 3 : 0);
}
