#include "guest/win32k/menu.h"
#include "guest/win32k/ansi.h"
#include "guest/win32k/message.h"
#include <stdlib.h>

typedef struct {
    uint32_t type, state, submenu, id;
    uint64_t checked, unchecked, data, bitmap;
    Wide text;
} Item;

typedef struct {
    UserObject object;
    Item *items;
    uint32_t count, room;
    uint32_t style, most_height, help;
    uint64_t background, data;
    uint32_t default_item;
    bool popup;
} Menu;

enum {
    MF_BYPOSITION = 0x400,
    MF_POPUP = 0x10,
    MF_SEPARATOR = 0x800,
    MF_DEFAULT = 0x1000,
    MF_CHECKED = 8,
    MF_GRAYED = 3,
    MF_OWNERDRAW = 0x100,
    MF_BITMAP = 4,
    MFT_RADIOCHECK = 0x200
};
enum { STATE_BITS = 0x10af, TYPE_BITS = 0x4b64 | 0x100 | 4, ITEMS_MOST = 4096, NONE = -1 };

static Menu *menu_at(Sys *s, uint64_t handle) {
    Menu *m = user_object(user_of(s->machine), handle, USER_MENU);
    if (!m) user_error(s, ERROR_INVALID_MENU_HANDLE);
    return m;
}

uint64_t menu_create(Sys *s, bool popup) {
    Menu *m = user_object_new(s, USER_MENU, sizeof *m);
    if (!m) return 0;
    m->popup = popup;
    m->default_item = (uint32_t)NONE;
    return m->object.handle;
}

uint64_t menu_item_count(Sys *s, uint32_t menu) {
    const Menu *m = menu_at(s, menu);
    return m ? m->count : (uint32_t)NONE;
}

static void item_clear(Item *i) {
    wide_free(&i->text);
}

static void menu_free(Sys *s, Menu *m, unsigned depth) {
    enum { DEPTH_MOST = 25 };
    User *u = user_of(s->machine);
    for (uint32_t i = 0; i < m->count; i++) {
        Menu *sub = m->items[i].submenu ? user_object(u, m->items[i].submenu, USER_MENU) : NULL;
        if (sub && sub != m && depth < DEPTH_MOST) menu_free(s, sub, depth + 1);
        item_clear(&m->items[i]);
    }
    free(m->items);
    user_object_free(u, &m->object);
}

/* By position, or by its number in this menu or those below it. */
static Menu *find(Sys *s, Menu *m, uint32_t id, uint32_t flags, uint32_t *place, unsigned depth) {
    enum { DEPTH_MOST = 25 };
    User *u = user_of(s->machine);
    if (flags & MF_BYPOSITION) {
        *place = id;
        return id < m->count ? m : NULL;
    }
    for (uint32_t i = 0; i < m->count; i++) {
        Menu *sub = m->items[i].submenu ? user_object(u, m->items[i].submenu, USER_MENU) : NULL;
        if (sub && depth < DEPTH_MOST) {
            Menu *inner = find(s, sub, id, flags, place, depth + 1);
            if (inner) return inner;
        }
        if (m->items[i].id == id && !sub) {
            *place = i;
            return m;
        }
    }
    for (uint32_t i = 0; i < m->count; i++)
        if (m->items[i].id == id) {
            *place = i;
            return m;
        }
    return NULL;
}

static Item *item_at(Sys *s, uint64_t menu, uint32_t id, uint32_t flags) {
    uint32_t place;
    Menu *m = menu_at(s, menu);
    m = m ? find(s, m, id, flags, &place, 0) : NULL;
    if (!m) user_error(s, ERROR_MENU_ITEM_NOT_FOUND);
    return m ? &m->items[place] : NULL;
}

/* ---- MENUITEMINFO ---- */

enum {
    MIIM_STATE = 1,
    MIIM_ID = 2,
    MIIM_SUBMENU = 4,
    MIIM_CHECKMARKS = 8,
    MIIM_TYPE = 0x10,
    MIIM_DATA = 0x20,
    MIIM_STRING = 0x40,
    MIIM_BITMAP = 0x80,
    MIIM_FTYPE = 0x100
};

typedef struct {
    uint32_t size, mask, type, state, id, count;
    uint64_t submenu, checked, unchecked, data, text, bitmap;
} ItemInfo;

static bool read_info(Sys *s, uint64_t address, ItemInfo *out) {
    Fields f = fields(s->process, address);
    out->size = get_u32(&f);
    out->mask = get_u32(&f);
    out->type = get_u32(&f);
    out->state = get_u32(&f);
    out->id = get_u32(&f);
    out->submenu = get_pointer(&f);
    out->checked = get_pointer(&f);
    out->unchecked = get_pointer(&f);
    out->data = get_pointer(&f);
    out->text = get_pointer(&f);
    out->count = get_u32(&f);
    out->bitmap = get_pointer(&f);
    return !f.bad;
}

static void write_info(Sys *s, uint64_t address, const ItemInfo *i) {
    Fields f = fields(s->process, address);
    put_u32(&f, i->size);
    put_u32(&f, i->mask);
    put_u32(&f, i->type);
    put_u32(&f, i->state);
    put_u32(&f, i->id);
    put_pointer(&f, i->submenu);
    put_pointer(&f, i->checked);
    put_pointer(&f, i->unchecked);
    put_pointer(&f, i->data);
    put_pointer(&f, i->text);
    put_u32(&f, i->count);
    put_pointer(&f, i->bitmap);
}

static uint64_t set_item(Sys *s, Item *item, uint64_t address) {
    ItemInfo i;
    if (!read_info(s, address, &i)) return user_error(s, ERROR_INVALID_PARAMETER);
    if (i.mask & MIIM_FTYPE)
        item->type = (item->type & ~(uint32_t)TYPE_BITS) | (i.type & TYPE_BITS);
    if (i.mask & MIIM_STRING) {
        wide_free(&item->text);
        if (i.text) item->text = wide_read(s->process, i.text, UINT32_MAX);
    }
    if (i.mask & MIIM_STATE) item->state = i.state & STATE_BITS;
    if (i.mask & MIIM_ID) item->id = i.id;
    if (i.mask & MIIM_SUBMENU) {
        item->submenu = (uint32_t)i.submenu;
        Menu *sub = i.submenu ? menu_at(s, i.submenu) : NULL;
        if (i.submenu && !sub) return user_error(s, ERROR_INVALID_PARAMETER);
        if (sub) sub->popup = true;
        item->type = sub ? item->type | MF_POPUP : item->type & ~(uint32_t)MF_POPUP;
    }
    if (i.mask & MIIM_CHECKMARKS) {
        item->checked = i.checked;
        item->unchecked = i.unchecked;
    }
    if (i.mask & MIIM_DATA) item->data = i.data;
    if (i.mask & MIIM_BITMAP) item->bitmap = i.bitmap;
    if (!item->text.units && !(item->type & MF_OWNERDRAW) && !item->bitmap)
        item->type |= MF_SEPARATOR;
    return 1;
}

static void give_text(Sys *s, const Item *item, ItemInfo *i, bool ansi) {
    Wide empty = {0};
    Wide text = item->text.units ? item->text : empty;
    bool wanted = i->text && i->count;
    uint32_t written = 0;
    if (wanted)
        written = ansi ? ansi_write(s, text, i->text, i->count)
                       : wide_write(s->process, text, i->text, i->count);
    i->count = wanted ? written : text.n;
}

static uint64_t get_item(Sys *s, uint64_t address, bool ansi) {
    ItemInfo i;
    const Item *item = item_at(s, s->arg[0], arg32(s, 1), arg32(s, 2));
    if (!item || !read_info(s, address, &i)) return 0;
    uint32_t type = item->type & TYPE_BITS;
    if (i.mask & MIIM_TYPE) {
        i.type = type | (item->bitmap ? MF_BITMAP : 0u);
        i.bitmap = item->bitmap;
    }
    if (i.mask & (MIIM_TYPE | MIIM_STRING)) give_text(s, item, &i, ansi);
    if (i.mask & MIIM_FTYPE) i.type = type;
    if (i.mask & MIIM_BITMAP) i.bitmap = item->bitmap;
    if (i.mask & MIIM_STATE) i.state = item->state & STATE_BITS;
    if (i.mask & MIIM_ID) i.id = item->id;
    if (i.mask & MIIM_DATA) i.data = item->data;
    i.submenu = i.mask & MIIM_SUBMENU ? item->submenu : 0;
    if (i.mask & MIIM_CHECKMARKS) {
        i.checked = item->checked;
        i.unchecked = item->unchecked;
    }
    write_info(s, address, &i);
    return 1;
}

static Item *insert(Sys *s, Menu *m, uint32_t id, uint32_t flags) {
    uint32_t place = m->count;
    if (flags & MF_BYPOSITION) {
        if (id < m->count) place = id;
    } else {
        uint32_t found;
        Menu *inner = find(s, m, id, flags, &found, 0);
        if (inner) {
            m = inner;
            place = found;
        }
    }
    if (m->count == ITEMS_MOST) return NULL;
    if (m->count == m->room) {
        uint32_t room = m->room ? m->room * 2 : 8;
        Item *more = realloc(m->items, room * sizeof *more);
        if (!more) return NULL;
        m->items = more;
        m->room = room;
    }
    memmove(&m->items[place + 1], &m->items[place], (m->count - place) * sizeof *m->items);
    m->count++;
    m->items[place] = (Item){0};
    return &m->items[place];
}

static void remove_item(Menu *m, uint32_t place) {
    item_clear(&m->items[place]);
    memmove(&m->items[place], &m->items[place + 1], (--m->count - place) * sizeof *m->items);
}

static uint64_t state_of(Sys *s) {
    const Item *i = item_at(s, s->arg[0], arg32(s, 1), arg32(s, 2));
    if (!i) return (uint32_t)NONE;
    const Menu *sub = i->submenu ? user_object(user_of(s->machine), i->submenu, USER_MENU) : NULL;
    uint32_t bits = (i->state | i->type) & 0xff;
    return sub ? (sub->count & 0xff) << 8 | bits | MF_POPUP
               : ((i->type | i->state) & ~(uint32_t)MF_POPUP);
}

static uint64_t default_item(Sys *s) {
    const Menu *m = menu_at(s, s->arg[0]);
    for (uint32_t i = 0; m && i < m->count; i++)
        if (m->items[i].state & MF_DEFAULT) return arg32(s, 1) ? i : m->items[i].id;
    return (uint32_t)NONE;
}

static uint64_t check_radio(Sys *s) {
    ItemInfo i;
    Menu *m = menu_at(s, s->arg[0]);
    if (!m || !read_info(s, s->arg[4], &i)) return 0;
    /* first in the position argument, last and the one to check in the structure */
    uint64_t done = 0;
    for (uint32_t id = arg32(s, 1); id <= i.count; id++) {
        uint32_t place;
        Menu *in = find(s, m, id, arg32(s, 2), &place, 0);
        if (!in) continue;
        Item *item = &in->items[place];
        if (id == i.mask) {
            item->type |= MFT_RADIOCHECK;
            item->state |= MF_CHECKED;
            done = 1;
        } else {
            item->state &= ~(uint32_t)MF_CHECKED;
        }
    }
    return done;
}

static uint64_t thunked_item_info(Sys *s) {
    enum { SET, INSERT, CHECK_RADIO, GET_DEFAULT, GET_ID, GET_A, GET_W, GET_STATE, GET_SUBMENU };
    uint32_t id = arg32(s, 1), flags = arg32(s, 2);
    Menu *m = menu_at(s, s->arg[0]);
    Item *item;
    switch (arg32(s, 3)) {
    case INSERT:
        item = m ? insert(s, m, id, flags) : NULL;
        return item ? set_item(s, item, s->arg[4]) : 0;
    case SET:
        item = m ? item_at(s, s->arg[0], id, flags) : NULL;
        return item ? set_item(s, item, s->arg[4]) : 0;
    case GET_A: return m ? get_item(s, s->arg[4], true) : 0;
    case GET_W: return m ? get_item(s, s->arg[4], false) : 0;
    case GET_STATE: return state_of(s);
    case GET_DEFAULT: return default_item(s);
    case CHECK_RADIO: return check_radio(s);
    case GET_ID:
        item = m ? item_at(s, s->arg[0], id, flags) : NULL;
        return item && !item->submenu ? item->id : (uint32_t)NONE;
    case GET_SUBMENU:
        item = m ? item_at(s, s->arg[0], id, MF_BYPOSITION) : NULL;
        return item ? item->submenu : 0;
    default: return 0;
    }
}

/* MENUINFO. */
enum { MIM_MAXHEIGHT = 1, MIM_BACKGROUND = 2, MIM_HELPID = 4, MIM_MENUDATA = 8, MIM_STYLE = 0x10 };

static uint64_t set_menu_info(Sys *s) {
    Menu *m = menu_at(s, s->arg[0]);
    Fields f = fields(s->process, s->arg[1]);
    get_u32(&f);
    uint32_t mask = get_u32(&f), style = get_u32(&f), height = get_u32(&f);
    uint64_t background = get_pointer(&f);
    uint32_t help = get_u32(&f);
    uint64_t data = get_pointer(&f);
    if (!m || f.bad) return 0;
    if (mask & MIM_STYLE) m->style = style;
    if (mask & MIM_MAXHEIGHT) m->most_height = height;
    if (mask & MIM_BACKGROUND) m->background = background;
    if (mask & MIM_HELPID) m->help = help;
    if (mask & MIM_MENUDATA) m->data = data;
    return 1;
}

uint64_t menu_get_info(Sys *s, uint32_t menu, uint64_t address) {
    const Menu *m = menu_at(s, menu);
    if (!m) return 0;
    Fields f = fields(s->process, address + 8);
    put_u32(&f, m->style);
    put_u32(&f, m->most_height);
    fields_align(&f, s->process->pointer);
    put_pointer(&f, m->background);
    put_u32(&f, m->help);
    put_pointer(&f, m->data);
    return !f.bad;
}

/* ---- calls on one item ---- */

static uint64_t check_item(Sys *s) {
    Item *i = item_at(s, s->arg[0], arg32(s, 1), arg32(s, 2));
    if (!i) return (uint32_t)NONE;
    uint32_t old = i->state & MF_CHECKED;
    i->state = (i->state & ~(uint32_t)MF_CHECKED) | (arg32(s, 2) & MF_CHECKED);
    return old;
}

static uint64_t enable_item(Sys *s) {
    Item *i = item_at(s, s->arg[0], arg32(s, 1), arg32(s, 2));
    if (!i) return (uint32_t)NONE;
    uint32_t old = i->state & MF_GRAYED;
    i->state = (i->state & ~(uint32_t)MF_GRAYED) | (arg32(s, 2) & MF_GRAYED);
    return old;
}

static uint64_t take_item(Sys *s, bool with_submenu) {
    uint32_t place;
    Menu *m = menu_at(s, s->arg[0]);
    m = m ? find(s, m, arg32(s, 1), arg32(s, 2), &place, 0) : NULL;
    if (!m) return user_error(s, ERROR_MENU_ITEM_NOT_FOUND);
    uint32_t sub = m->items[place].submenu;
    remove_item(m, place);
    Menu *inner = with_submenu && sub ? user_object(user_of(s->machine), sub, USER_MENU) : NULL;
    if (inner) menu_free(s, inner, 0);
    return 1;
}

static uint64_t remove_menu(Sys *s) {
    return take_item(s, false);
}
static uint64_t delete_menu(Sys *s) {
    return take_item(s, true);
}

static uint64_t destroy_menu(Sys *s) {
    Menu *m = menu_at(s, s->arg[0]);
    if (m) menu_free(s, m, 0);
    return m != NULL;
}

static uint64_t set_default(Sys *s) {
    Menu *m = menu_at(s, s->arg[0]);
    if (!m) return 0;
    for (uint32_t i = 0; i < m->count; i++) {
        bool this = arg32(s, 2) ? i == arg32(s, 1) : m->items[i].id == arg32(s, 1);
        m->items[i].state =
            this ? m->items[i].state | MF_DEFAULT : m->items[i].state & ~(uint32_t)MF_DEFAULT;
    }
    return 1;
}

static uint64_t set_help(Sys *s) {
    Menu *m = menu_at(s, s->arg[0]);
    if (m) m->help = arg32(s, 1);
    return m != NULL;
}

/* ---- menus of windows ---- */

bool menu_has_bar(Sys *s, const Window *w) {
    const Menu *m =
        w->style & WS_CHILD || !w->id ? NULL : user_object(user_of(s->machine), w->id, USER_MENU);
    return m && m->count;
}

void menu_window_gone(Sys *s, Window *w) {
    User *u = user_of(s->machine);
    Menu *m = w->style & WS_CHILD ? NULL : user_object(u, w->id, USER_MENU);
    if (w->id && m) menu_free(s, m, 0);
    m = w->system_menu ? user_object(u, w->system_menu, USER_MENU) : NULL;
    if (m) menu_free(s, m, 0);
}

static uint64_t set_menu(Sys *s) {
    Window *w = window_need(s, s->arg[0]);
    if (!w || w->style & WS_CHILD || (s->arg[1] && !menu_at(s, s->arg[1]))) return 0;
    w->id = arg32(s, 1);
    return 1;
}

/* Windows' own entries: Restore, Move, Size, Minimize, Maximize, Close. */
static uint32_t make_system_menu(Sys *s) {
    static const struct {
        uint16_t id;
        const char *text;
    } entries[] = {{0xf120, "&Restore"},      {0xf010, "&Move"},     {0xf000, "&Size"},
                   {0xf020, "Mi&nimize"},     {0xf030, "Ma&ximize"}, {0, NULL},
                   {0xf060, "&Close\tAlt+F4"}};
    uint32_t handle = (uint32_t)menu_create(s, true);
    Menu *m = handle ? menu_at(s, handle) : NULL;
    for (size_t i = 0; m && i < sizeof entries / sizeof *entries; i++) {
        Item *item = insert(s, m, (uint32_t)NONE, MF_BYPOSITION);
        if (!item) break;
        item->id = entries[i].id;
        if (entries[i].text) item->text = wide_utf8(entries[i].text);
        else item->type = MF_SEPARATOR;
    }
    return handle;
}

static uint64_t get_system_menu(Sys *s) {
    Window *w = window_need(s, s->arg[0]);
    if (!w || !(w->style & WS_SYSMENU)) return 0;
    Menu *m = w->system_menu ? user_object(user_of(s->machine), w->system_menu, USER_MENU) : NULL;
    if (arg32(s, 1)) {
        if (m) menu_free(s, m, 0);
        w->system_menu = 0;
        return 0;
    }
    if (!m) w->system_menu = make_system_menu(s);
    return w->system_menu;
}

static uint64_t set_system_menu(Sys *s) {
    Window *w = window_need(s, s->arg[0]);
    if (!w) return 0;
    w->system_menu = arg32(s, 1);
    return 1;
}

uint64_t menu_system_submenu(Sys *s, const Window *w) {
    (void)s;
    return w->system_menu;
}

/* Nobody chooses anything from a popup menu: it is closed again. */
static uint64_t track_popup(Sys *s) {
    Menu *m = menu_at(s, s->arg[0]);
    uint32_t window = arg32(s, 4), menu = arg32(s, 0);
    enum {
        WM_INITMENU = 0x116,
        WM_INITMENUPOPUP,
        WM_EXITMENULOOP = 0x212,
        WM_ENTERMENULOOP = 0x211
    };
    if (!m) return 0;
    message_send(s, window, WM_ENTERMENULOOP, 1, 0);
    message_send(s, window, WM_INITMENU, menu, 0);
    message_send(s, window, WM_INITMENUPOPUP, menu, 0);
    message_send(s, window, WM_EXITMENULOOP, 1, 0);
    return arg32(s, 1) & 0x100 ? 0 : 1; /* TPM_RETURNCMD: no command */
}

static uint64_t nothing(Sys *s) {
    (void)s;
    return 0;
}
static uint64_t end_menu(Sys *s) {
    (void)s;
    return 1;
}

/* ---- accelerators ---- */

typedef struct {
    uint8_t flags;
    uint16_t key, command;
} Accelerator;

typedef struct {
    UserObject object;
    uint32_t count;
    Accelerator list[];
} Accelerators;

enum { ACCELERATORS_MOST = 1024, ACCELERATOR_SIZE = 6 };

static uint64_t create_accelerators(Sys *s) {
    uint32_t count = arg32(s, 1);
    if (!count || count > ACCELERATORS_MOST) return user_error(s, ERROR_INVALID_PARAMETER);
    Accelerators *a = user_object_new(s, USER_ACCELERATORS, sizeof *a + count * sizeof *a->list);
    if (!a) return 0;
    a->count = count;
    for (uint32_t i = 0; i < count; i++) {
        Fields f = fields(s->process, s->arg[0] + i * ACCELERATOR_SIZE);
        a->list[i].flags = get_u8(&f);
        a->list[i].key = get_u16(&f);
        a->list[i].command = get_u16(&f);
    }
    return a->object.handle;
}

static Accelerators *accelerators_at(Sys *s, uint64_t handle) {
    Accelerators *a = user_object(user_of(s->machine), handle, USER_ACCELERATORS);
    if (!a) user_error(s, ERROR_INVALID_ACCEL_HANDLE);
    return a;
}

static uint64_t copy_accelerators(Sys *s) {
    const Accelerators *a = accelerators_at(s, s->arg[0]);
    if (!a) return 0;
    if (!s->arg[1]) return a->count;
    uint32_t n = arg32(s, 2) < a->count ? arg32(s, 2) : a->count;
    for (uint32_t i = 0; i < n; i++) {
        Fields f = fields(s->process, s->arg[1] + i * ACCELERATOR_SIZE);
        put_u8(&f, a->list[i].flags);
        put_u16(&f, a->list[i].key);
        put_u16(&f, a->list[i].command);
    }
    return n;
}

static uint64_t destroy_accelerators(Sys *s) {
    Accelerators *a = accelerators_at(s, s->arg[0]);
    if (a) user_object_free(user_of(s->machine), &a->object);
    return a != NULL;
}

static uint64_t translate_accelerator(Sys *s) {
    enum {
        FVIRTKEY = 1,
        FSHIFT = 4,
        FCONTROL = 8,
        FALT = 0x10,
        VK_SHIFT = 0x10,
        VK_CONTROL = 0x11,
        VK_MENU = 0x12
    };
    const User *u = user_of(s->machine);
    const Accelerators *a = accelerators_at(s, s->arg[1]);
    Fields f = fields(s->process, s->arg[2]);
    get_pointer(&f);
    uint32_t message = get_u32(&f);
    uint64_t key = get_pointer(&f);
    uint32_t window = arg32(s, 0);
    if (!a || f.bad || !window) return 0;
    uint32_t held = (u->keys[VK_SHIFT] & 0x80 ? FSHIFT : 0u) |
                    (u->keys[VK_CONTROL] & 0x80 ? FCONTROL : 0u) |
                    (u->keys[VK_MENU] & 0x80 ? FALT : 0u);
    for (uint32_t i = 0; i < a->count; i++) {
        const Accelerator *e = &a->list[i];
        bool down = message == WM_KEYDOWN || message == WM_SYSKEYDOWN;
        bool same = e->flags & FVIRTKEY ? down && (e->flags & 0x1cu) == held
                                        : message == WM_CHAR || message == WM_SYSCHAR;
        if (!same || e->key != key) continue;
        message_send(s, window, WM_COMMAND, e->command | 0x10000, 0);
        return 1;
    }
    return 0;
}

const SysRow nt_user_menu_rows[] = {
    {"NtUserThunkedMenuItemInfo", 6, thunked_item_info},
    {"NtUserThunkedMenuInfo", 2, set_menu_info},
    {"NtUserCheckMenuItem", 3, check_item},
    {"NtUserEnableMenuItem", 3, enable_item},
    {"NtUserRemoveMenu", 3, remove_menu},
    {"NtUserDeleteMenu", 3, delete_menu},
    {"NtUserDestroyMenu", 1, destroy_menu},
    {"NtUserSetMenuDefaultItem", 3, set_default},
    {"NtUserSetMenuContextHelpId", 2, set_help},
    {"NtUserSetMenu", 2, set_menu},
    {"NtUserGetSystemMenu", 2, get_system_menu},
    {"NtUserSetSystemMenu", 2, set_system_menu},
    {"NtUserTrackPopupMenuEx", 6 | CALLS_BACK, track_popup},
    {"NtUserHiliteMenuItem", 4, nothing},
    {"NtUserGetMenuBarInfo", 4, nothing},
    {"NtUserGetMenuItemRect", 4, nothing},
    {"NtUserMenuItemFromPoint", 4, nothing},
    {"NtUserEndMenu", 0, end_menu},
    {"NtUserCreateAcceleratorTable", 2, create_accelerators},
    {"NtUserCopyAcceleratorTable", 3, copy_accelerators},
    {"NtUserDestroyAcceleratorTable", 1, destroy_accelerators},
    {"NtUserTranslateAccelerator", 3 | CALLS_BACK, translate_accelerator},
    {NULL, 0, NULL},
};
