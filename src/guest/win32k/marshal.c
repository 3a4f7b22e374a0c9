#include "guest/win32k/marshal.h"
#include "guest/win32k/ansi.h"
#include <stdlib.h>

enum { TEXT_MOST = 0x8000, BYTES_MOST = 512 << 10 }; /* it goes over the stack */

struct Copied {
    uint32_t message;
    bool ansi;     /* the sender's text */
    Wide text;     /* of WM_SETTEXT, or the answer of WM_GETTEXT */
    uint32_t room; /* units, of WM_GETTEXT */
    uint64_t data; /* COPYDATASTRUCT */
    uint8_t *bytes;
    uint32_t size;
};

static bool take_bytes(Sys *s, Copied *c, uint64_t lparam) {
    Fields f = fields(s->process, lparam);
    c->data = get_pointer(&f);
    c->size = get_u32(&f);
    uint64_t from = get_pointer(&f);
    if (f.bad || c->size > BYTES_MOST) return false;
    if (!from) c->size = 0;
    c->bytes = malloc(c->size + 1u);
    return c->bytes && (!c->size || guest_read(s->process, from, c->bytes, c->size));
}

Copied *copied_take(Sys *s, uint32_t message, uint64_t wparam, uint64_t lparam, bool ansi) {
    if (message != WM_SETTEXT && message != WM_GETTEXT && message != WM_COPYDATA) return NULL;
    Copied *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->message = message;
    c->ansi = ansi;
    c->room = wparam < TEXT_MOST ? (uint32_t)wparam : TEXT_MOST;
    bool good = true;
    if (message == WM_SETTEXT && lparam)
        c->text = ansi ? ansi_read(s, lparam) : wide_read(s->process, lparam, UINT32_MAX);
    if (message == WM_COPYDATA) good = take_bytes(s, c, lparam);
    if (good) return c;
    copied_free(c);
    return NULL;
}

static uint64_t lay_bytes(Sys *s, const Copied *c) {
    uint64_t bytes = callback_push(s, c->size + 1u), block = callback_push(s, 32);
    if (!bytes || !block || !guest_write(s->process, bytes, c->bytes, c->size)) return 0;
    Fields f = fields(s->process, block);
    put_pointer(&f, c->data);
    put_u32(&f, c->size);
    put_pointer(&f, c->size ? bytes : 0);
    return block;
}

uint64_t copied_lay(Sys *s, Copied *c) {
    if (c->message == WM_COPYDATA) return lay_bytes(s, c);
    uint32_t units = c->message == WM_GETTEXT ? c->room + 1 : c->text.n + 1;
    uint64_t at = callback_push(s, 2u * units);
    Wide nothing = {0};
    if (at) wide_write(s->process, c->text.units ? c->text : nothing, at, units);
    return at;
}

void copied_take_back(Sys *s, Copied *c, uint64_t address, uint64_t result) {
    if (c->message != WM_GETTEXT || !address) return;
    uint32_t n = result < c->room ? (uint32_t)result : c->room;
    wide_free(&c->text);
    c->text = wide_read(s->process, address, 2 * n);
}

uint64_t copied_give(Sys *s, const Copied *c, uint64_t lparam, uint64_t result) {
    if (c->message != WM_GETTEXT || !c->room) return result;
    Wide nothing = {0}, text = c->text.units ? c->text : nothing;
    return c->ansi ? ansi_write(s, text, lparam, c->room)
                   : wide_write(s->process, text, lparam, c->room);
}

void copied_free(Copied *c) {
    if (!c) return;
    wide_free(&c->text);
    free(c->bytes);
    free(c);
}
