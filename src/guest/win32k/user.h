/* User: the session's windows, and what belongs to them. One `User` a machine, a `UserProcess` and
 * a `UserThread` for those that came here. This is what lies below Wine's win32u.dll: its NtUser
 * and NtGdi calls, with the private ones of Wine 8.0 among them (NtUserMessageCall,
 * NtUserCallOneParam and their like), and the window procedures that it calls back.
 *
 * Windows are named by handles, and looked up again after everything that may have run the guest:
 * then a window can be gone. */
#ifndef COAX_GUEST_WIN32K_USER_H
#define COAX_GUEST_WIN32K_USER_H

#include "guest/callback.h"
#include "guest/sys.h"

typedef struct User User;
typedef struct UserProcess UserProcess;
typedef struct UserThread UserThread;
typedef struct Window Window;
typedef struct Class Class;

typedef struct {
    int32_t left, top, right, bottom;
} Rect;

typedef struct {
    int32_t x, y;
} Point;

/* UTF-16 as programs gave it: it need not be valid. */
typedef struct {
    uint16_t *units; /* malloc, with a NUL behind; NULL: none */
    uint32_t n;
} Wide;

/* ---- objects with handles: index and generation, as Windows makes them ---- */

typedef enum {
    USER_WINDOW = 1,
    USER_MENU = 2,
    USER_ICON = 3,
    USER_POSITIONS = 4, /* of DeferWindowPos */
    USER_ACCELERATORS = 8,
    USER_HOOK = 0xf,
    USER_INPUT_CONTEXT = 0x11,
    USER_EVENT_HOOK = 0x12,
    USER_HOT_KEY = 0x13,
} UserKind;

typedef struct {
    uint32_t handle;
    UserKind kind;
    User *user;
    Process *process; /* whose it is; NULL: the session's. Not held: gone with the process */
} UserObject;

/* A zeroed object with a handle, or NULL: no memory, or too many (the last error says so). */
void *user_object_new(Sys *s, UserKind kind, size_t size);
/* The same for the session (owner NULL) or another process; sets no error. */
void *user_object_make(User *u, Process *owner, UserKind kind, size_t size);
void *user_object(const User *u, uint64_t handle, UserKind kind);
/* Gives the handle back and frees the object. */
void user_object_free(User *u, UserObject *o);
/* Those of a kind, in order of their handles' places; start with 0. */
UserObject *user_object_next(const User *u, UserKind kind, uint32_t *place);

/* ---- the session ---- */

struct User {
    Machine *machine;
    UserObject **objects;
    uint16_t *generations;
    uint32_t object_count, object_room;
    Window *desktop, *message_root;
    Thread *foreground; /* whose window is in front; NULL: one of the world's */
    Window *shell, *progman, *taskman;
    uint32_t last_input;  /* ticks of the last input that a program made */
    bool input_made;      /* there was one */
    Point cursor;         /* where a program put it */
    Point cursor_then;    /* where the user had it then */
    bool cursor_moved;    /* by a program */
    uint64_t clicks_seen; /* that GetAsyncKeyState told of */
    Rect clip;            /* ClipCursor */
    uint8_t keys[256];    /* 80h down, 01h toggled, 40h pressed since asked */
    struct Hook *hooks;   /* of all threads, and those for all threads */
    struct Clipboard *clipboard;
    uint32_t windows_made;
};

/* The session's; made by whoever asks first. NULL: no memory. */
User *user_of(Machine *m);
void user_close(Machine *m);

/* ---- processes ---- */

enum { WINPROC_MOST = 4096, WINPROC_HANDLE = 0xffff };

/* A window procedure by its two faces; 0 where it has only one. */
typedef struct {
    uint64_t ansi, wide;
} WindowProcedure;

/* The first of a process' procedures are user32.dll's own. */
enum {
    WINPROC_BUTTON,
    WINPROC_COMBO,
    WINPROC_DEFAULT,
    WINPROC_DIALOG,
    WINPROC_EDIT,
    WINPROC_LISTBOX,
    WINPROC_MDI_CLIENT,
    WINPROC_SCROLLBAR,
    WINPROC_STATIC,
    WINPROC_IME,
    WINPROC_DESKTOP,
    WINPROC_ICON_TITLE,
    WINPROC_MENU,
    WINPROC_MESSAGE,
    WINPROC_BUILTIN,
    WINPROC_BOTH_FACES = WINPROC_DESKTOP,
};

enum { USER_OBJECTS_OF_PROCESS = 10000 }; /* Windows' quota */

struct UserProcess {
    Process *process;
    WindowProcedure *procedures;
    uint32_t procedure_count;
    Class *classes;
    uint64_t user32;
    bool classes_ready;
    uint32_t default_layout, dpi_awareness;
    uint32_t object_count;
    uint32_t station, desktop; /* handles */
    struct GdiProcess *gdi;
};

UserProcess *user_process(Sys *s);

/* ---- threads ---- */

typedef struct Message Message;
struct Message {
    Message *next;
    uint32_t window, message;
    uint64_t wparam, lparam;
    uint32_t time;
    Point point;
    uint64_t extra;
};

typedef struct Sent Sent;
typedef struct Timer Timer;

struct UserThread {
    Thread *thread;
    User *user;
    /* The queue. */
    Message *posted, *input;
    Sent *incoming, *receiving; /* waiting to be received; being answered, the innermost first */
    Timer *timers;
    uint64_t last_timer; /* the id of the one without a window that was made last, or 0 */
    bool quit;
    uint32_t quit_code;
    uint32_t changed; /* QS_ bits since the last look */
    uint32_t paints;  /* windows of the thread that want WM_PAINT */
    uint32_t posted_count;
    uint64_t idle_since;  /* machine_now when it last waited for messages; NEVER: it does not */
    unsigned policy_acts; /* what the user at the computer did with its windows */
    unsigned timers_fired;
    uint32_t front; /* the window that he looks at, and since when */
    uint64_t front_since;
    uint64_t told_activity; /* up to when low-level hooks heard of the mouse */
    /* Its windows. */
    uint32_t active, focus, capture, menu_owner, move_size, caret_window;
    Rect caret;
    bool caret_shown;
    int caret_hidden;
    uint32_t cursor; /* HCURSOR */
    int cursor_count;
    uint32_t layout; /* HKL */
    uint32_t default_imc;
    uint32_t desktop;
    /* Hooks. */
    struct Hook *hook; /* that runs */
    unsigned hook_depth;
    unsigned recursion;
    bool exiting;
};

/* The thread's part, made when it comes here first. NULL: no memory. */
UserThread *user_thread(Sys *s);
UserThread *user_thread_of(Thread *t);
void user_thread_ended(Thread *t);
void user_process_ended(Process *p);

/* ---- small things that all files need ---- */

/* A handle or a number of 32 bits among the arguments, whatever lies in the upper half. */
static inline uint32_t arg32(const Sys *s, unsigned i) {
    return (uint32_t)s->arg[i];
}
static inline int32_t argi(const Sys *s, unsigned i) {
    return (int32_t)(uint32_t)s->arg[i];
}

/* SetLastError; answers 0. */
uint64_t user_error(Sys *s, uint32_t error);

/* Milliseconds since Windows was booted, as GetTickCount. */
uint32_t user_ticks(Machine *m);

bool guest_put_rect(Process *p, uint64_t address, Rect r);
bool guest_get_rect(Process *p, uint64_t address, Rect *out);
bool guest_put_point(Process *p, uint64_t address, Point at);
bool guest_get_point(Process *p, uint64_t address, Point *out);
void put_rect(Fields *f, Rect r);
Rect get_rect(Fields *f);

static inline Rect rect_moved(Rect r, int32_t dx, int32_t dy) {
    return (Rect){r.left + dx, r.top + dy, r.right + dx, r.bottom + dy};
}
static inline bool rect_empty(Rect r) {
    return r.left >= r.right || r.top >= r.bottom;
}
static inline bool rect_has(Rect r, Point p) {
    return p.x >= r.left && p.x < r.right && p.y >= r.top && p.y < r.bottom;
}
Rect rect_both(Rect a, Rect b);  /* what they share; empty: all 0 */
Rect rect_union(Rect a, Rect b); /* bounding box */

/* Up to `most` units at the address: until a NUL (bytes: UINT32_MAX), or so many bytes. */
Wide wide_read(Process *p, uint64_t address, uint32_t bytes);
Wide wide_string(Process *p, uint64_t unicode_string); /* UNICODE_STRING */
Wide wide_utf8(const char *text);
void wide_free(Wide *w);
char *wide_text(Arena *a, Wide w); /* UTF-8 */
/* Writes at most `room` units, the last of them a NUL; answers the units before it. */
uint32_t wide_write(Process *p, Wide w, uint64_t address, uint32_t room);
bool wide_equal(Wide a, Wide b); /* whatever the case, as Windows' names */
uint16_t wide_upper(uint16_t c);

#endif
