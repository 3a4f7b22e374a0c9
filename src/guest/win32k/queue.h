/* Queue: a thread's messages, and how it waits for them. */
#ifndef COAX_GUEST_WIN32K_QUEUE_H
#define COAX_GUEST_WIN32K_QUEUE_H

#include "guest/win32k/message.h"

enum {
    QS_KEY = 1,
    QS_MOUSEMOVE = 2,
    QS_MOUSEBUTTON = 4,
    QS_POSTMESSAGE = 8,
    QS_TIMER = 0x10,
    QS_PAINT = 0x20,
    QS_SENDMESSAGE = 0x40,
    QS_HOTKEY = 0x80,
    QS_ALLPOSTMESSAGE = 0x100,
    QS_INPUT = 7,
    QS_ALLINPUT = 0xff | QS_ALLPOSTMESSAGE,
};
enum { PM_NOREMOVE = 0, PM_REMOVE = 1, PM_NOYIELD = 2 };

/* A message on its way between threads; it lives while one of the two ends knows it. */
struct Sent {
    Sent *next;  /* in the receiver's list */
    Sent *outer; /* that the receiver was answering already */
    unsigned holders;
    Thread *sender, *receiver; /* NULL: gone, or does not wait */
    uint32_t window, message, flags;
    uint64_t wparam, lparam, result;
    bool ansi, answered;
    uint64_t callback, data;
    bool is_answer;        /* of a SEND_CALLBACK: for the sender's function */
    struct Copied *copied; /* what comes from another process, and what goes back (marshal.c) */
};

/* What waits in the queue now. */
uint32_t queue_status(const UserThread *t);

/* Receives and answers what other threads sent. */
void queue_answer_sent(Sys *s);

/* Looks for a message as PeekMessage does; true where there is one, written to the MSG. */
bool queue_look(Sys *s, uint64_t address, uint32_t window, uint32_t first, uint32_t last,
                uint32_t flags);

void sent_drop(Sent *m);
void sent_thread_ended(UserThread *t);
uint64_t queue_input_state(Sys *s);
void queue_thread_ended(UserThread *t);

/* Somebody's queue holds something new. */
void queue_changed(UserThread *t, uint32_t bits);

/* ---- timer.c ---- */

struct Timer {
    Timer *next;
    uint32_t window;
    uint32_t message;                   /* WM_TIMER, or WM_SYSTIMER */
    uint64_t id, function, due, period; /* ns */
    uint64_t since;
};
/* The timer whose message is next, of that window and in that range; NULL: none is due. */
Timer *timer_due(const UserThread *t, uint64_t now, uint32_t window, uint32_t first, uint32_t last);
void timer_fired(Sys *s, Timer *timer, uint64_t now);
uint64_t timers_deadline(const UserThread *t);
void timers_window_gone(UserThread *t, uint32_t window);
void timers_free(UserThread *t);
uint64_t timer_kill_system(Sys *s, uint64_t id);

#endif
