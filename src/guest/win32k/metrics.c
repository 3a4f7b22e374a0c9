#include "guest/win32k/metrics.h"
#include "guest/win32k/desktop.h"
#include "guest/win32k/errors.h"

/* GetSystemMetrics at 96 dots per inch; what depends on the screen is computed. */
static const uint8_t fixed[96] = {
    [2] = 17,   [3] = 17,   [4] = 23,   [5] = 1,   [6] = 1,   [7] = 3,   [8] = 3,   [9] = 17,
    [10] = 17,  [11] = 32,  [12] = 32,  [13] = 32, [14] = 32, [15] = 20, [19] = 1,  [20] = 17,
    [21] = 17,  [28] = 136, [29] = 39,  [30] = 36, [31] = 22, [32] = 4,  [33] = 4,  [34] = 136,
    [35] = 39,  [36] = 4,   [37] = 4,   [38] = 75, [39] = 75, [43] = 3,  [45] = 2,  [46] = 2,
    [47] = 160, [48] = 28,  [49] = 16,  [50] = 16, [51] = 23, [52] = 22, [53] = 22, [54] = 19,
    [55] = 19,  [56] = 8,   [57] = 160, [58] = 28, [63] = 3,  [68] = 4,  [69] = 4,  [71] = 15,
    [72] = 15,  [75] = 1,   [80] = 1,   [81] = 1,  [83] = 1,  [84] = 1,  [91] = 0,  [92] = 4,
};

int32_t metrics_get(const Machine *m, int32_t index) {
    enum { FRAME = 8, CAPTION = 23 };
    Rect screen = desktop_screen(m), work = desktop_work_area(m);
    switch (index) {
    case 0:
    case 78: return screen.right;
    case 1:
    case 79: return screen.bottom;
    case 16: return work.right;
    case 17: return work.bottom - CAPTION;
    case 59: return screen.right + 20;
    case 60: return screen.bottom + 20;
    case 61: return work.right + 2 * FRAME;
    case 62: return work.bottom + 2 * FRAME;
    default: return index >= 0 && index < 96 ? fixed[index] : 0;
    }
}

/* COLOR_SCROLLBAR to COLOR_MENUBAR, as red, green, blue. */
static const uint32_t colours[31] = {
    0xc8c8c8, 0x000000, 0x99b4d1, 0xbfcddb, 0xf0f0f0, 0xffffff, 0x646464, 0x000000,
    0x000000, 0x000000, 0xb4b4b4, 0xf4f7fc, 0xababab, 0x0078d7, 0xffffff, 0xf0f0f0,
    0xa0a0a0, 0x6d6d6d, 0x000000, 0x000000, 0xffffff, 0x696969, 0xe3e3e3, 0x000000,
    0xffffe1, 0x000000, 0x0066cc, 0xb9d1ea, 0xd7e4f2, 0x0078d7, 0xf0f0f0};

uint32_t metrics_colour(unsigned index) {
    uint32_t c = index < 31 ? colours[index] : 0;
    return (c & 0xff) << 16 | (c & 0xff00) | c >> 16;
}

/* ---- SystemParametersInfo ---- */

enum { LOGFONT_SIZE = 92 };

/* LOGFONTW of the desktop's font: Segoe UI, 9 points. */
static void put_font(Fields *f, const Machine *m) {
    enum {
        FW_NORMAL = 400,
        CLEARTYPE_QUALITY = 5,
        POINTS = 9,
        FACE_UNITS = 32,
        DEFAULT_CHARSET = 1
    };
    static const char face[] = "Segoe UI";
    put_u32(f, (uint32_t) - (int32_t)(POINTS * desktop_dpi(m) / 72));
    for (int i = 0; i < 3; i++) put_u32(f, 0);
    put_u32(f, FW_NORMAL);
    for (int i = 0; i < 3; i++) put_u8(f, 0);
    put_u8(f, DEFAULT_CHARSET);
    put_u8(f, 0);
    put_u8(f, 0);
    put_u8(f, CLEARTYPE_QUALITY);
    put_u8(f, 0);
    for (unsigned i = 0; i < FACE_UNITS; i++) put_u16(f, i < sizeof face ? (uint8_t)face[i] : 0);
}

static bool put_nonclient(Sys *s, uint64_t address) {
    const Machine *m = s->machine;
    uint32_t size = 0;
    guest_get_u32(s->process, address, &size);
    Fields f = fields_in(s->process, address, size);
    put_u32(&f, size);
    put_u32(&f, 1);
    put_u32(&f, 17);
    put_u32(&f, 17);
    put_u32(&f, 36);
    put_u32(&f, 22);
    put_font(&f, m);
    put_u32(&f, 22);
    put_u32(&f, 22);
    put_font(&f, m);
    put_u32(&f, 19);
    put_u32(&f, 19);
    put_font(&f, m);
    put_font(&f, m);
    put_font(&f, m);
    put_u32(&f, 4);
    return !f.bad;
}

/* Settings that are one number (BOOL or UINT). */
static bool number_setting(Sys *s, uint32_t action, uint32_t *value) {
    static const struct {
        uint16_t action;
        uint32_t value;
    } table[] = {
        {0x01, 1},  /* SPI_GETBEEP */
        {0x05, 1},  /* border */
        {0x0a, 31}, /* keyboard speed */
        {0x0e, 0},  /* screen saver's time-out */
        {0x10, 0},  /* screen saver */
        {0x12, 0},  /* grid */
        {0x16, 1},  /* keyboard delay */
        {0x19, 1},  /* icons' titles wrap */
        {0x1b, 0},  /* menus drop on the right */
        {0x26, 1},  /* drag full windows */
        {0x38, 0},   {0x3a, 0},        {0x3c, 0},   {0x44, 0},   {0x46, 0},
        {0x4a, 1},                                                            /* font smoothing */
        {0x4f, 0},   {0x50, 0},        {0x53, 0},   {0x54, 0},   {0x56, 0},   /* show sounds */
        {0x5e, 0},   {0x5f, 0},        {0x62, 4},   {0x64, 4},   {0x66, 400}, /* mouse hover time */
        {0x68, 3},                                 /* lines of a wheel's step */
        {0x6a, 400},                               /* menus' delay */
        {0x6c, 3},   {0x6e, 0},        {0x70, 10}, /* mouse speed */
        {0x72, 0},                                 /* the screen saver runs */
        {0x1000, 0}, {0x1002, 1},      {0x1004, 1}, {0x1006, 1}, {0x1008, 1},
        {0x100a, 0}, {0x100c, 0},      {0x100e, 1}, {0x1012, 1}, {0x1014, 1},
        {0x1016, 1}, {0x1018, 1},      {0x101a, 1}, {0x101c, 0}, {0x101e, 0},
        {0x1020, 0}, {0x1022, 1},      {0x1024, 1}, {0x103e, 1}, {0x1042, 1},
        {0x1043, 1}, {0x2000, 200000}, /* foreground lock's time-out, ms */
        {0x2002, 0}, {0x2004, 7},      {0x2006, 1}, {0x200a, 2}, {0x200c, 1400},
        {0x200e, 1}, {0x2010, 1},      {0x2012, 1},
    };
    (void)s;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (table[i].action != action) continue;
        *value = table[i].value;
        return true;
    }
    return false;
}

static bool put_simple(Sys *s, uint64_t address, const uint32_t *numbers, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        if (!guest_put_u32(s->process, address + 4u * i, numbers[i])) return false;
    return true;
}

static bool put_icon_metrics(Sys *s, uint64_t address) {
    Fields f = fields(s->process, address + 4);
    put_u32(&f, 75);
    put_u32(&f, 75);
    put_u32(&f, 1);
    put_font(&f, s->machine);
    return !f.bad;
}

static uint64_t parameters_info(Sys *s) {
    enum {
        GET_MOUSE = 3,
        GET_ICON_FONT = 0x1f,
        GET_NONCLIENT = 0x29,
        GET_MINIMIZED = 0x2b,
        GET_ICONS = 0x2d,
        GET_WORK_AREA = 0x30,
        GET_FILTER_KEYS = 0x32,
        GET_TOGGLE_KEYS = 0x34,
        GET_MOUSE_KEYS = 0x36,
        GET_STICKY_KEYS = 0x3a,
        GET_HIGH_CONTRAST = 0x42,
        GET_ANIMATION = 0x48,
        GET_LANGUAGE = 0x59,
        GET_WALLPAPER = 0x73,
    };
    uint32_t action = arg32(s, 0), value;
    uint64_t at = s->arg[2];
    Process *p = s->process;
    if (number_setting(s, action, &value)) return at && guest_put_u32(p, at, value);
    switch (action) {
    case GET_MOUSE: return put_simple(s, at, (const uint32_t[]){6, 10, 1}, 3);
    case GET_WORK_AREA: return guest_put_rect(p, at, desktop_work_area(s->machine));
    case GET_NONCLIENT: return put_nonclient(s, at);
    case GET_ICON_FONT: {
        Fields f = fields(p, at);
        put_font(&f, s->machine);
        return !f.bad;
    }
    case GET_ICONS: return put_icon_metrics(s, at);
    case GET_MINIMIZED: return put_simple(s, at + 4, (const uint32_t[]){154, 0, 0, 8}, 4);
    case GET_ANIMATION: return guest_put_u32(p, at + 4, 1);
    case GET_FILTER_KEYS:
        return put_simple(s, at + 4, (const uint32_t[]){0x7e, 1000, 1000, 500, 0}, 5);
    case GET_TOGGLE_KEYS: return guest_put_u32(p, at + 4, 0x3e);
    case GET_MOUSE_KEYS:
        return put_simple(s, at + 4, (const uint32_t[]){0x7e, 40, 3000, 0, 0, 0}, 6);
    case GET_STICKY_KEYS: return guest_put_u32(p, at + 4, 0x1fe);
    case GET_HIGH_CONTRAST:
        return guest_put_u32(p, at + 4, 0x7e) && guest_put_pointer(p, at + 8, 0);
    case GET_LANGUAGE: return guest_put_pointer(p, at, 0x04090409);
    case GET_WALLPAPER: {
        Wide w = wide_utf8("C:\\Windows\\web\\wallpaper\\Windows\\img0.jpg");
        wide_write(p, w, at, arg32(s, 1));
        wide_free(&w);
        return 1;
    }
    default: break;
    }
    /* What sets something is kept by nobody. Odd ones set, up to a hundred or so; above, bit 0. */
    if (action & 1 || action == 0x14 || action == 0x18 || action == 0x20 || action == 0x2a ||
        action == 0x2c || action == 0x2e)
        return 1;
    return user_error(s, ERROR_INVALID_PARAMETER);
}

static uint64_t parameters_info_dpi(Sys *s) {
    return parameters_info(s);
}

static uint64_t set_colours(Sys *s) {
    (void)s;
    return 1;
}

const SysRow nt_user_metrics_rows[] = {
    {"NtUserSystemParametersInfo", 4, parameters_info},
    {"NtUserSystemParametersInfoForDpi", 5, parameters_info_dpi},
    {"NtUserSetSysColors", 3, set_colours},
    {NULL, 0, NULL},
};
