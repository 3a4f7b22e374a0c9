/* The pointer follows from the world's `activity` alone: the user moves the mouse so many times a
 * minute, to places that the seed gives, and some of the movements end in a click. He works beside
 * the program's windows: low-level hooks, GetCursorPos, GetAsyncKeyState and GetLastInputInfo see
 * it, windows do not. What a program pretends (SendInput, mouse_event) goes to the window in front,
 * as it does on Windows. */
#include "guest/win32k/input.h"
#include "guest/ask.h"
#include "guest/win32k/defwindow.h"
#include "guest/win32k/desktop.h"
#include "guest/win32k/hook.h"
#include "guest/win32k/message.h"
#include "guest/win32k/position.h"
#include "guest/win32k/queue.h"
#include <stdlib.h>

typedef struct {
    UserObject object;
    Thread *thread;
    uint32_t window, keys; /* modifiers and key */
    int32_t id;
} HotKey;

enum { VK_LBUTTON = 1, VK_RBUTTON = 2, VK_SHIFT = 0x10, VK_CONTROL = 0x11, VK_MENU = 0x12 };
enum { KEY_DOWN = 0x80, KEY_TOGGLED = 1, KEY_SINCE = 0x40 };

static WorldActivity activity_now(const User *u) {
    WorldActivity a;
    ask_single(u->machine, FACT_activity);
    world_activity(u->machine->world, machine_now(u->machine), &a);
    return a;
}

Point input_cursor(const User *u) {
    WorldActivity a = activity_now(u);
    Point p = {a.x, a.y};
    return u->cursor_moved && p.x == u->cursor_then.x && p.y == u->cursor_then.y ? u->cursor : p;
}

/* A program puts the pointer somewhere: there it stays until the user moves it. */
static void put_cursor(User *u, Point p) {
    WorldActivity a = activity_now(u);
    u->cursor = p;
    u->cursor_moved = true;
    u->cursor_then = (Point){a.x, a.y};
}

Rect input_clip(Machine *m) {
    const User *u = user_of(m);
    return rect_empty(u->clip) ? desktop_screen(m) : u->clip;
}

uint32_t input_last_time(Machine *m) {
    const User *u = user_of(m);
    int64_t since_boot = (int64_t)m->uptime + activity_now(u).touched;
    uint32_t real = (uint32_t)((since_boot > 0 ? since_boot : 0) / 1000000);
    return u->input_made && u->last_input > real ? u->last_input : real;
}

/* ---- what programs pretend ---- */

static void add(UserThread *t, const Message *like) {
    Message *m = malloc(sizeof *m);
    if (!m) return;
    *m = *like;
    m->next = NULL;
    Message **link = &t->input;
    while (*link) link = &(*link)->next;
    *link = m;
    bool key = m->message >= WM_KEYDOWN && m->message <= WM_KEYLAST;
    queue_changed(t, key ? QS_KEY : m->message == WM_MOUSEMOVE ? QS_MOUSEMOVE : QS_MOUSEBUTTON);
}

static void note_input(User *u) {
    u->last_input = user_ticks(u->machine);
    u->input_made = true;
}

static void set_key(User *u, uint8_t key, bool down) {
    if (down && !(u->keys[key] & KEY_DOWN)) u->keys[key] ^= KEY_TOGGLED;
    if (down) u->keys[key] |= KEY_DOWN | KEY_SINCE;
    else u->keys[key] &= (uint8_t)~KEY_DOWN;
}

void input_key(Sys *s, uint16_t key, bool down) {
    enum { EXTENDED = 1u << 24, ALT = 1u << 29, UP = 0xc0000000 };
    User *u = user_of(s->machine);
    UserThread *t = user_thread_of(u->foreground);
    note_input(u);
    set_key(u, (uint8_t)key, down);
    if (!t) return;
    bool system =
        key == VK_MENU || (u->keys[VK_MENU] & KEY_DOWN && !(u->keys[VK_CONTROL] & KEY_DOWN));
    uint32_t message = system ? (down ? WM_SYSKEYDOWN : WM_SYSKEYUP) : down ? WM_KEYDOWN : WM_KEYUP;
    Message m = {.message = message,
                 .wparam = key,
                 .lparam = 1 | (down ? 0 : (uint64_t)UP) | (system ? ALT : 0),
                 .time = user_ticks(s->machine),
                 .point = input_cursor(u)};
    add(t, &m);
}

void input_mouse(Sys *s, uint32_t message, Point at) {
    User *u = user_of(s->machine);
    note_input(u);
    put_cursor(u, at);
    if (message == WM_LBUTTONDOWN) set_key(u, VK_LBUTTON, true);
    if (message == WM_LBUTTONUP) set_key(u, VK_LBUTTON, false);
    Window *w = window_at(u->desktop, at);
    UserThread *t = w ? user_thread_of(w->thread) : NULL;
    Message m = {.message = message, .time = user_ticks(s->machine), .point = at};
    if (t) add(t, &m);
}

/* Keys go to the focus, the mouse to what lies under it. */
bool input_route(Sys *s, Message *m) {
    User *u = user_of(s->machine);
    UserThread *t = user_thread(s);
    if (m->message >= WM_KEYDOWN && m->message <= WM_KEYLAST) {
        m->window = t->focus ? t->focus : t->active;
        return window_get(u, m->window) != NULL;
    }
    Window *w = t->capture ? window_get(u, t->capture) : window_at(u->desktop, m->point);
    if (!w || w->thread != s->thread) return false;
    m->window = w->object.handle;
    unsigned hit = t->capture ? HTCLIENT : frame_hit(s, w, m->point);
    Point p = m->point;
    if (hit != HTCLIENT) {
        m->message = m->message - WM_MOUSEMOVE + WM_NCMOUSEMOVE;
        m->wparam = hit;
    } else {
        Point o = window_client_origin(w);
        p = (Point){p.x - o.x, p.y - o.y};
        m->wparam = u->keys[VK_LBUTTON] & KEY_DOWN ? 1 : 0;
    }
    m->lparam = (uint64_t)((uint32_t)p.x & 0xffff) | (uint64_t)((uint32_t)p.y & 0xffff) << 16;
    return true;
}

bool input_hooks_allow(Sys *s, const Message *m, bool remove) {
    bool key = m->message >= WM_KEYDOWN && m->message <= WM_KEYLAST;
    int32_t code = remove ? 0 : 3; /* HC_ACTION, HC_NOREMOVE */
    if (key)
        return !hook_is_set(s, WH_KEYBOARD) ||
               !hook_call(s, WH_KEYBOARD, code, m->wparam, m->lparam);
    if (!hook_is_set(s, WH_MOUSE)) return true;
    uint64_t mark = callback_mark(s), block = callback_push(s, 48);
    Fields f = fields(s->process, block); /* MOUSEHOOKSTRUCT */
    put_u32(&f, (uint32_t)m->point.x);
    put_u32(&f, (uint32_t)m->point.y);
    put_pointer(&f, m->window);
    put_u32(&f, HTCLIENT);
    put_pointer(&f, 0);
    uint64_t swallowed = hook_call(s, WH_MOUSE, code, m->message, block);
    callback_pop(s, mark);
    return !swallowed;
}

/* ---- calls ---- */

static Point clipped(Machine *m, Point p) {
    Rect r = input_clip(m);
    if (p.x < r.left) p.x = r.left;
    if (p.y < r.top) p.y = r.top;
    if (p.x >= r.right) p.x = r.right - 1;
    if (p.y >= r.bottom) p.y = r.bottom - 1;
    return p;
}

static uint64_t set_cursor_pos(Sys *s) {
    User *u = user_of(s->machine);
    put_cursor(u, clipped(s->machine, (Point){argi(s, 0), argi(s, 1)}));
    return 1;
}

static uint64_t clip_cursor(Sys *s) {
    User *u = user_of(s->machine);
    Rect r = {0};
    if (s->arg[0] && !guest_get_rect(s->process, s->arg[0], &r)) return 0;
    u->clip = rect_both(r, desktop_screen(s->machine));
    return 1;
}

static void mouse_input(Sys *s, Fields *f) {
    enum {
        MOVE = 1,
        LEFT_DOWN = 2,
        LEFT_UP = 4,
        RIGHT_DOWN = 8,
        RIGHT_UP = 0x10,
        ABSOLUTE = 0x8000
    };
    User *u = user_of(s->machine);
    Rect screen = desktop_screen(s->machine);
    int32_t dx = (int32_t)get_u32(f), dy = (int32_t)get_u32(f);
    get_u32(f);
    uint32_t flags = get_u32(f);
    Point p = input_cursor(u);
    if (flags & MOVE && flags & ABSOLUTE)
        p = (Point){(int32_t)((int64_t)dx * screen.right / 65536),
                    (int32_t)((int64_t)dy * screen.bottom / 65536)};
    else if (flags & MOVE) p = (Point){p.x + dx, p.y + dy};
    p = clipped(s->machine, p);
    if (flags & MOVE) input_mouse(s, WM_MOUSEMOVE, p);
    if (flags & LEFT_DOWN) input_mouse(s, WM_LBUTTONDOWN, p);
    if (flags & LEFT_UP) input_mouse(s, WM_LBUTTONUP, p);
    if (flags & RIGHT_DOWN) input_mouse(s, WM_RBUTTONUP - 1, p);
    if (flags & RIGHT_UP) input_mouse(s, WM_RBUTTONUP, p);
}

static void key_input(Sys *s, Fields *f) {
    enum { KEY_UP = 2, UNICODE_KEY = 4, VK_PACKET = 0xe7 };
    uint16_t key = get_u16(f), scan = get_u16(f);
    uint32_t flags = get_u32(f);
    if (flags & UNICODE_KEY) {
        UserThread *t = user_thread_of(user_of(s->machine)->foreground);
        if (t && !(flags & KEY_UP) && t->focus) message_post(t->user, t->focus, WM_CHAR, scan, 1);
        return;
    }
    input_key(s, key, !(flags & KEY_UP));
}

static uint64_t send_input(Sys *s) {
    enum { MOUSE, KEYBOARD };
    uint32_t count = arg32(s, 0), size = s->process->wow64 ? 28 : 40, done = 0;
    if (arg32(s, 2) != size) return user_error(s, ERROR_INVALID_PARAMETER);
    for (; done < count; done++) {
        Fields f = fields(s->process, s->arg[1] + (uint64_t)done * size);
        uint32_t type = get_u32(&f);
        fields_align(&f, s->process->pointer);
        if (f.bad) break;
        if (type == MOUSE) mouse_input(s, &f);
        else if (type == KEYBOARD) key_input(s, &f);
    }
    return done;
}

/* The left button of the user at the computer, and what programs pressed. */
static uint64_t async_key_state(Sys *s) {
    User *u = user_of(s->machine);
    uint32_t key = arg32(s, 0);
    if (key > 255) return 0;
    uint16_t state = u->keys[key] & KEY_DOWN ? 0x8000 : 0;
    if (u->keys[key] & KEY_SINCE) state |= 1;
    u->keys[key] &= (uint8_t)~KEY_SINCE;
    if (key == VK_LBUTTON) {
        WorldActivity a = activity_now(u);
        if (a.pressed) state |= 0x8000;
        if (a.clicks != u->clicks_seen) state |= 1;
        u->clicks_seen = a.clicks;
    }
    return state;
}

static uint64_t key_state(Sys *s) {
    User *u = user_of(s->machine);
    uint8_t k = u->keys[arg32(s, 0) & 0xff];
    return (k & KEY_DOWN ? 0xff80u : 0) | (k & KEY_TOGGLED);
}

static uint64_t keyboard_state(Sys *s) {
    User *u = user_of(s->machine);
    uint8_t state[256];
    for (int i = 0; i < 256; i++) state[i] = u->keys[i] & (KEY_DOWN | KEY_TOGGLED);
    return guest_write(s->process, s->arg[0], state, sizeof state);
}

static uint64_t set_keyboard_state(Sys *s) {
    User *u = user_of(s->machine);
    uint8_t state[256];
    if (!guest_read(s->process, s->arg[0], state, sizeof state)) return 0;
    for (int i = 0; i < 256; i++) u->keys[i] = state[i] & (KEY_DOWN | KEY_TOGGLED);
    return 1;
}

/* ---- layouts ---- */

static uint32_t world_layout(const Machine *m) {
    uint32_t id = (uint32_t)strtoul(ask_text(m, FACT_keyboard), NULL, 16);
    return (id & 0xffff) << 16 | (id & 0xffff);
}

static uint64_t keyboard_layout(Sys *s) {
    UserThread *t = user_thread(s);
    return t && t->layout ? t->layout : world_layout(s->machine);
}

static uint64_t layout_list(Sys *s) {
    if (arg32(s, 0) && s->arg[1])
        guest_put_pointer(s->process, s->arg[1], world_layout(s->machine));
    return 1;
}

static uint64_t layout_name(Sys *s) {
    Wide w = wide_utf8(ask_text(s->machine, FACT_keyboard));
    wide_write(s->process, w, s->arg[0], 9);
    wide_free(&w);
    return 1;
}

static uint64_t activate_layout(Sys *s) {
    UserThread *t = user_thread(s);
    uint64_t old = keyboard_layout(s);
    if (t && arg32(s, 0) > 1) t->layout = arg32(s, 0);
    return old;
}

/* ---- keys and characters of a US keyboard ---- */

static const char digits_shifted[] = ")!@#$%^&*(";
typedef struct {
    uint8_t key;
    char plain, shifted;
} KeyText;
static const KeyText key_texts[] = {
    {0xba, ';', ':'},   {0xbb, '=', '+'},   {0xbc, ',', '<'},   {0xbd, '-', '_'},
    {0xbe, '.', '>'},   {0xbf, '/', '?'},   {0xc0, '`', '~'},   {0xdb, '[', '{'},
    {0xdc, '\\', '|'},  {0xdd, ']', '}'},   {0xde, '\'', '"'},  {0x20, ' ', ' '},
    {0x0d, '\r', '\r'}, {0x09, '\t', '\t'}, {0x08, '\b', '\b'}, {0x1b, 0x1b, 0x1b},
    {0x6a, '*', '*'},   {0x6b, '+', '+'},   {0x6d, '-', '-'},   {0x6e, '.', '.'},
    {0x6f, '/', '/'},
};

static char key_character(uint32_t key, bool shift, bool caps) {
    if (key >= 'A' && key <= 'Z') return (char)(shift != caps ? key : key + 32);
    if (key >= '0' && key <= '9') return shift ? digits_shifted[key - '0'] : (char)key;
    if (key >= 0x60 && key <= 0x69) return (char)(key - 0x60 + '0');
    for (size_t i = 0; i < sizeof key_texts / sizeof *key_texts; i++)
        if (key_texts[i].key == key) return shift ? key_texts[i].shifted : key_texts[i].plain;
    return 0;
}

static uint64_t to_unicode(Sys *s) {
    uint8_t state[256] = {0};
    if (s->arg[2]) guest_read(s->process, s->arg[2], state, sizeof state);
    char c = arg32(s, 1) & 0x8000
                 ? 0
                 : key_character(arg32(s, 0), state[VK_SHIFT] & 0x80, state[0x14] & 1);
    if (!c || argi(s, 4) < 1) return 0;
    if (state[VK_CONTROL] & 0x80) {
        if (arg32(s, 0) < 'A' || arg32(s, 0) > 'Z') return 0;
        c = (char)(arg32(s, 0) - 'A' + 1);
    }
    uint8_t unit[2] = {(uint8_t)c, 0};
    return guest_write(s->process, s->arg[3], unit, 2);
}

static uint64_t key_scan(Sys *s) {
    uint32_t c = arg32(s, 0) & 0xffff;
    for (uint32_t key = 8; key < 0xe0; key++)
        for (unsigned shift = 0; shift < 2; shift++)
            if (c < 0x80 && c && (uint32_t)(uint8_t)key_character(key, shift, false) == c)
                return key | shift << 8;
    return 0xffff;
}

/* Scan codes of the letters' and digits' rows; MapVirtualKey. */
static const uint8_t scan_of_key[256] = {
    [0x08] = 14, [0x09] = 15, [0x0d] = 28, [0x10] = 42, [0x11] = 29, [0x12] = 56, [0x14] = 58,
    [0x1b] = 1,  [0x20] = 57, ['1'] = 2,   ['2'] = 3,   ['3'] = 4,   ['4'] = 5,   ['5'] = 6,
    ['6'] = 7,   ['7'] = 8,   ['8'] = 9,   ['9'] = 10,  ['0'] = 11,  ['Q'] = 16,  ['W'] = 17,
    ['E'] = 18,  ['R'] = 19,  ['T'] = 20,  ['Y'] = 21,  ['U'] = 22,  ['I'] = 23,  ['O'] = 24,
    ['P'] = 25,  ['A'] = 30,  ['S'] = 31,  ['D'] = 32,  ['F'] = 33,  ['G'] = 34,  ['H'] = 35,
    ['J'] = 36,  ['K'] = 37,  ['L'] = 38,  ['Z'] = 44,  ['X'] = 45,  ['C'] = 46,  ['V'] = 47,
    ['B'] = 48,  ['N'] = 49,  ['M'] = 50,  [0x25] = 75, [0x26] = 72, [0x27] = 77, [0x28] = 80,
    [0x2d] = 82, [0x2e] = 83, [0x70] = 59, [0x71] = 60, [0x72] = 61, [0x73] = 62, [0x74] = 63,
    [0x75] = 64, [0x76] = 65, [0x77] = 66, [0x78] = 67, [0x79] = 68, [0x7a] = 87, [0x7b] = 88,
    [0xba] = 39, [0xbb] = 13, [0xbc] = 51, [0xbd] = 12, [0xbe] = 52, [0xbf] = 53, [0xc0] = 41,
    [0xdb] = 26, [0xdc] = 43, [0xdd] = 27, [0xde] = 40,
};

static uint64_t map_key(Sys *s) {
    enum { TO_SCAN, TO_KEY, TO_CHARACTER, TO_KEY_EX, TO_SCAN_EX };
    uint32_t code = arg32(s, 0) & 0xff;
    switch (arg32(s, 1)) {
    case TO_SCAN:
    case TO_SCAN_EX: return scan_of_key[code];
    case TO_KEY:
    case TO_KEY_EX:
        for (uint32_t key = 0; key < 256; key++)
            if (code && scan_of_key[key] == code) return key;
        return 0;
    case TO_CHARACTER: {
        char c = key_character(code, false, true);
        return (uint8_t)c;
    }
    default: return 0;
    }
}

static uint64_t key_name(Sys *s) {
    uint32_t scan = arg32(s, 0) >> 16 & 0xff;
    char name[2] = {0};
    for (uint32_t key = 0x20; key < 0xe0; key++)
        if (scan && scan_of_key[key] == scan) {
            name[0] = key_character(key, false, true);
            break;
        }
    Wide w = wide_utf8(name);
    uint64_t n = wide_write(s->process, w, s->arg[1], arg32(s, 2));
    wide_free(&w);
    return n;
}

static uint64_t translate_message(Sys *s) {
    User *u = user_of(s->machine);
    Fields f = fields(s->process, s->arg[0]);
    uint32_t window = (uint32_t)get_pointer(&f), message = get_u32(&f);
    uint64_t key = get_pointer(&f), data = get_pointer(&f);
    if (f.bad || message < WM_KEYDOWN || message > WM_KEYLAST) return 0;
    if (message != WM_KEYDOWN && message != WM_SYSKEYDOWN) return 1;
    char c =
        key_character((uint32_t)key, u->keys[VK_SHIFT] & KEY_DOWN, u->keys[0x14] & KEY_TOGGLED);
    if (c && !(u->keys[VK_CONTROL] & KEY_DOWN))
        message_post(u, window, message == WM_KEYDOWN ? WM_CHAR : WM_SYSCHAR, (uint8_t)c, data);
    return 1;
}

/* ---- hot keys: kept, so that a second one of the same keys is refused ---- */

static uint64_t register_hot_key(Sys *s) {
    uint32_t place = 0, keys = arg32(s, 2) << 16 | (arg32(s, 3) & 0xffff);
    User *u = user_of(s->machine);
    for (UserObject *o; (o = user_object_next(u, USER_HOT_KEY, &place));)
        if (((HotKey *)o)->keys == keys) return user_error(s, ERROR_HOTKEY_ALREADY_REGISTERED);
    HotKey *k = user_thread(s) ? user_object_new(s, USER_HOT_KEY, sizeof *k) : NULL;
    if (!k) return 0;
    k->thread = s->thread;
    k->window = arg32(s, 0);
    k->id = argi(s, 1);
    k->keys = keys;
    return 1;
}

static uint64_t unregister_hot_key(Sys *s) {
    uint32_t place = 0;
    User *u = user_of(s->machine);
    for (UserObject *o; (o = user_object_next(u, USER_HOT_KEY, &place));) {
        HotKey *k = (HotKey *)o;
        if (k->thread != s->thread || k->window != arg32(s, 0) || k->id != argi(s, 1)) continue;
        user_object_free(u, o);
        return 1;
    }
    return user_error(s, ERROR_HOTKEY_NOT_REGISTERED);
}

/* ---- carets ---- */

static uint64_t create_caret(Sys *s) {
    UserThread *t = user_thread(s);
    Window *w = window_need(s, s->arg[0]);
    if (!t || !w || !window_is_mine(s, w)) return 0;
    t->caret_window = w->object.handle;
    t->caret = (Rect){0, 0, argi(s, 2) > 0 ? argi(s, 2) : 1, argi(s, 3) > 0 ? argi(s, 3) : 16};
    t->caret_hidden = 1;
    return 1;
}

uint64_t caret_destroy(Sys *s) {
    UserThread *t = user_thread(s);
    bool had = t->caret_window;
    t->caret_window = 0;
    t->caret = (Rect){0};
    return had;
}

uint64_t caret_move(Sys *s, Point at) {
    UserThread *t = user_thread(s);
    if (!t->caret_window) return 0;
    t->caret = rect_moved(t->caret, at.x - t->caret.left, at.y - t->caret.top);
    return 1;
}

static uint64_t caret_pos(Sys *s) {
    UserThread *t = user_thread(s);
    return t && guest_put_point(s->process, s->arg[0], (Point){t->caret.left, t->caret.top});
}

static uint64_t show_caret(Sys *s) {
    UserThread *t = user_thread(s);
    if (!t || !t->caret_window) return user_error(s, ERROR_ACCESS_DENIED);
    if (t->caret_hidden) t->caret_hidden--;
    return 1;
}

static uint64_t hide_caret(Sys *s) {
    UserThread *t = user_thread(s);
    if (!t || !t->caret_window) return user_error(s, ERROR_ACCESS_DENIED);
    t->caret_hidden++;
    return 1;
}

static uint64_t caret_blink(Sys *s) {
    (void)s;
    return 530;
}
static uint64_t double_click(Sys *s) {
    (void)s;
    return 500;
}
static uint64_t nothing(Sys *s) {
    (void)s;
    return 0;
}
static uint64_t accepted(Sys *s) {
    (void)s;
    return 1;
}
static uint64_t no_devices(Sys *s) {
    guest_put_u32(s->process, s->arg[1], 0);
    return 0;
}

const SysRow nt_user_input_rows[] = {
    {"NtUserSetCursorPos", 2, set_cursor_pos},
    {"NtUserClipCursor", 1, clip_cursor},
    {"NtUserSendInput", 3, send_input},
    {"NtUserGetAsyncKeyState", 1, async_key_state},
    {"NtUserGetKeyState", 1, key_state},
    {"NtUserGetKeyboardState", 1, keyboard_state},
    {"NtUserSetKeyboardState", 1, set_keyboard_state},
    {"NtUserGetKeyboardLayout", 1, keyboard_layout},
    {"NtUserGetKeyboardLayoutList", 2, layout_list},
    {"NtUserGetKeyboardLayoutName", 1, layout_name},
    {"NtUserActivateKeyboardLayout", 2, activate_layout},
    {"NtUserToUnicodeEx", 7, to_unicode},
    {"NtUserVkKeyScanEx", 2, key_scan},
    {"NtUserMapVirtualKeyEx", 3, map_key},
    {"NtUserGetKeyNameText", 3, key_name},
    {"NtUserTranslateMessage", 2, translate_message},
    {"NtUserRegisterHotKey", 4, register_hot_key},
    {"NtUserUnregisterHotKey", 2, unregister_hot_key},
    {"NtUserCreateCaret", 4, create_caret},
    {"NtUserGetCaretPos", 1, caret_pos},
    {"NtUserShowCaret", 1, show_caret},
    {"NtUserHideCaret", 1, hide_caret},
    {"NtUserGetCaretBlinkTime", 0, caret_blink},
    {"NtUserGetDoubleClickTime", 0, double_click},
    {"NtUserTrackMouseEvent", 1, accepted},
    {"NtUserDragDetect", 3, nothing},
    {"NtUserRegisterRawInputDevices", 3, accepted},
    {"NtUserGetRawInputDeviceList", 3, no_devices},
    {NULL, 0, NULL},
};
