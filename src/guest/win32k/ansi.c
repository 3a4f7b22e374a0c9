#include "guest/win32k/ansi.h"
#include "guest/codepage.h"
#include "guest/win32k/errors.h"

static unsigned codepage(const Sys *s) {
    return (unsigned)world_number(s->machine->world, FACT_locale_ansi);
}

Wide ansi_read(Sys *s, uint64_t address) {
    enum { MOST = 1 << 16 };
    uint32_t n = 0;
    uint8_t *bytes = arena_alloc(s->scratch, MOST);
    while (bytes && n < MOST && guest_read(s->process, address + n, &bytes[n], 1) && bytes[n]) n++;
    char *text =
        bytes ? codepage_decode(s->machine->packs, codepage(s), s->scratch, span(bytes, n)) : NULL;
    return text ? wide_utf8(text) : (Wide){0};
}

/* The byte of a character: one of the code page's 256, or a question mark. */
static uint8_t encode(Sys *s, uint16_t unit) {
    if (unit < 0x80) return (uint8_t)unit;
    for (unsigned b = 0x80; b < 0x100; b++) {
        uint8_t byte = (uint8_t)b;
        char *text = codepage_decode(s->machine->packs, codepage(s), s->scratch, span(&byte, 1));
        Wide w = text ? wide_utf8(text) : (Wide){0};
        bool same = w.n == 1 && w.units[0] == unit;
        wide_free(&w);
        if (same) return byte;
    }
    return '?';
}

uint32_t ansi_write(Sys *s, Wide text, uint64_t address, uint32_t room) {
    if (!room || !address) return 0;
    uint32_t n = text.n < room ? text.n : room - 1;
    uint8_t *bytes = arena_alloc(s->scratch, n + 1);
    if (!bytes) return 0;
    for (uint32_t i = 0; i < n; i++) bytes[i] = encode(s, text.units[i]);
    bytes[n] = 0;
    return guest_write(s->process, address, bytes, n + 1) ? n : 0;
}

uint32_t ansi_length(Sys *s, Wide text) {
    (void)s;
    return text.n;
}
