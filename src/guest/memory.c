/* Guest memory as code that models Windows sees it: copies that can fail, and structures field by
 * field. */
#include "base/text.h"
#include "guest/machine.h"

bool guest_read(Process *p, uint64_t address, void *out, uint64_t n) {
    return vm_read(p->vm, address, out, n);
}

bool guest_write(Process *p, uint64_t address, const void *in, uint64_t n) {
    return vm_write(p->vm, address, in, n);
}

static bool get_le(Process *p, uint64_t address, uint64_t *out, unsigned bytes) {
    uint8_t raw[8] = {0};
    if (!guest_read(p, address, raw, bytes)) return false;
    Cur c = cur(span(raw, bytes));
    *out = cur_le(&c, bytes);
    return true;
}

static bool put_le(Process *p, uint64_t address, uint64_t v, unsigned bytes) {
    uint8_t raw[8];
    for (unsigned i = 0; i < bytes; i++) raw[i] = (uint8_t)(v >> 8 * i);
    return guest_write(p, address, raw, bytes);
}

bool guest_get_u16(Process *p, uint64_t address, uint16_t *out) {
    uint64_t v;
    if (!get_le(p, address, &v, 2)) return false;
    *out = (uint16_t)v;
    return true;
}

bool guest_get_u32(Process *p, uint64_t address, uint32_t *out) {
    uint64_t v;
    if (!get_le(p, address, &v, 4)) return false;
    *out = (uint32_t)v;
    return true;
}

bool guest_get_u64(Process *p, uint64_t address, uint64_t *out) {
    return get_le(p, address, out, 8);
}
bool guest_get_pointer(Process *p, uint64_t address, uint64_t *out) {
    return get_le(p, address, out, p->pointer);
}
bool guest_put_u32(Process *p, uint64_t address, uint32_t v) {
    return put_le(p, address, v, 4);
}
bool guest_put_u64(Process *p, uint64_t address, uint64_t v) {
    return put_le(p, address, v, 8);
}
bool guest_put_pointer(Process *p, uint64_t address, uint64_t v) {
    return put_le(p, address, v, p->pointer);
}

char *guest_text16(Process *p, Arena *a, uint64_t address, uint32_t bytes) {
    uint8_t *raw = arena_alloc(a, bytes);
    if (!raw || !guest_read(p, address, raw, bytes)) return NULL;
    return text_from_utf16(a, span(raw, bytes));
}

/* Reads up to a terminator of `unit` bytes; the unread rest of a page may be absent. */
static bool read_string(Process *p, Arena *a, uint64_t address, uint32_t max, unsigned unit,
                        Span *out) {
    uint8_t *raw = arena_array(a, max, unit);
    uint32_t n = 0;
    if (!raw) return false;
    for (; n < max; n++) {
        uint64_t v;
        if (!get_le(p, address + (uint64_t)n * unit, &v, unit)) return false;
        if (!v) break;
        memcpy(raw + (size_t)n * unit, &v, unit);
    }
    *out = span(raw, (size_t)n * unit);
    return true;
}

char *guest_string16(Process *p, Arena *a, uint64_t address, uint32_t max) {
    Span s;
    return read_string(p, a, address, max, 2, &s) ? text_from_utf16(a, s) : NULL;
}

char *guest_string8(Process *p, Arena *a, uint64_t address, uint32_t max) {
    Span s;
    return read_string(p, a, address, max, 1, &s) ? arena_text(a, s) : NULL;
}

char *guest_unicode_string(Process *p, Arena *a, uint64_t address) {
    Fields f = fields(p, address);
    char *text = get_unicode_string(&f, a);
    return f.bad ? NULL : text;
}

/* ---- fields ---- */

Fields fields(Process *p, uint64_t address) {
    return fields_in(p, address, UINT64_MAX);
}

Fields fields_in(Process *p, uint64_t address, uint64_t room) {
    return (Fields){.process = p, .base = address, .at = address, .room = room};
}

uint64_t fields_used(const Fields *f) {
    return f->at - f->base;
}

void fields_align(Fields *f, unsigned alignment) {
    uint64_t used = (fields_used(f) + alignment - 1) & ~(uint64_t)(alignment - 1);
    f->at = f->base + used;
}

void fields_skip(Fields *f, uint64_t bytes) {
    f->at += bytes;
}

static uint64_t get_field(Fields *f, unsigned bytes) {
    uint64_t v = 0;
    fields_align(f, bytes);
    if (!f->bad && !get_le(f->process, f->at, &v, bytes)) f->bad = true;
    f->at += bytes;
    return f->bad ? 0 : v;
}

static void put_field(Fields *f, uint64_t v, unsigned bytes) {
    fields_align(f, bytes);
    bool fits = fields_used(f) <= f->room && bytes <= f->room - fields_used(f);
    if (fits && !f->bad && !put_le(f->process, f->at, v, bytes)) f->bad = true;
    f->at += bytes;
}

uint8_t get_u8(Fields *f) {
    return (uint8_t)get_field(f, 1);
}
uint16_t get_u16(Fields *f) {
    return (uint16_t)get_field(f, 2);
}
uint32_t get_u32(Fields *f) {
    return (uint32_t)get_field(f, 4);
}
uint64_t get_u64(Fields *f) {
    return get_field(f, 8);
}
uint64_t get_pointer(Fields *f) {
    return get_field(f, f->process->pointer);
}

char *get_unicode_string(Fields *f, Arena *a) {
    fields_align(f, f->process->pointer);
    uint16_t length = get_u16(f);
    get_u16(f);
    uint64_t buffer = get_pointer(f);
    if (f->bad || !length) return arena_str(a, "");
    char *text = guest_text16(f->process, a, buffer, length);
    if (!text) f->bad = true;
    return text;
}

void put_u8(Fields *f, uint8_t v) {
    put_field(f, v, 1);
}
void put_u16(Fields *f, uint16_t v) {
    put_field(f, v, 2);
}
void put_u32(Fields *f, uint32_t v) {
    put_field(f, v, 4);
}
void put_u64(Fields *f, uint64_t v) {
    put_field(f, v, 8);
}
void put_pointer(Fields *f, uint64_t v) {
    put_field(f, v, f->process->pointer);
}

void put_bytes(Fields *f, Span bytes) {
    uint64_t used = fields_used(f), room = used < f->room ? f->room - used : 0;
    uint64_t n = bytes.n < room ? bytes.n : room;
    if (!f->bad && n && !guest_write(f->process, f->at, bytes.p, n)) f->bad = true;
    f->at += bytes.n;
}

void put_unicode_string(Fields *f, uint64_t buffer, uint32_t length, uint32_t room) {
    fields_align(f, f->process->pointer);
    put_u16(f, (uint16_t)length);
    put_u16(f, (uint16_t)room);
    put_pointer(f, buffer);
}
