/* Puts our classes into wbemprox.dll's lists (Wine 8, wbemprox_private.h):
 *
 *      struct table { name, number of columns, columns, number of rows, rows allocated, rows,
 *                     fill, flags, list entry, references }
 *      struct column { name, CIM type and flags }
 *
 * A row is its columns' values one behind the other, without gaps. `fill` is called for each query;
 * all our tables have the one of Win32_BIOS, which is answered here (export_WmiFill). */
#include "base/text.h"
#include "guest/export/export.h"
#include "guest/process.h"
#include "guest/wmi/wmi.h"
#include <stdlib.h>

/* Rows that were given to wbemprox.dll. */
typedef struct WmiRows WmiRows;
struct WmiRows {
    WmiRows *next;
    uint64_t table, base;
};

enum { ROOM = 512 << 10, ROWS_AT = 64, PAGE_READWRITE = VM_READWRITE };

/* Memory of the guest that is made up here first. */
typedef struct {
    Process *process;
    uint64_t base;
    Buf bytes;
} Block;

static bool block_open(Process *p, uint64_t size, Block *out) {
    *out = (Block){.process = p, .bytes = buf_new(size)};
    return !vm_allocate(p->vm, &out->base, &size, VM_RESERVE | VM_COMMIT, PAGE_READWRITE, false, 0);
}

static void block_align(Block *b) {
    while (b->bytes.n % 8 && !b->bytes.full) buf_byte(&b->bytes, 0);
}

static uint64_t block_here(const Block *b) {
    return b->base + b->bytes.n;
}

/* UTF-16 with its NUL; its address. */
static uint64_t block_text(Block *b, Arena *a, const char *text) {
    block_align(b);
    uint64_t at = block_here(b);
    Span units = text_to_utf16(a, span_str(text));
    buf_add(&b->bytes, span(units.p, units.n + 2));
    return at;
}

static void block_pointer(Block *b, uint64_t address) {
    buf_le(&b->bytes, address, b->process->pointer);
}

static bool block_close(Block *b) {
    bool good = !b->bytes.full && guest_write(b->process, b->base, b->bytes.p, b->bytes.n);
    buf_free(&b->bytes);
    return good;
}

/* ---- tables ---- */

typedef struct {
    uint64_t name, columns, rows, fill, next, previous;
    uint32_t column_count, row_count, allocated, flags;
} Table;

static bool table_read(Process *p, uint64_t at, Table *t) {
    Fields f = fields(p, at);
    t->name = get_pointer(&f);
    t->column_count = get_u32(&f);
    t->columns = get_pointer(&f);
    t->row_count = get_u32(&f);
    t->allocated = get_u32(&f);
    t->rows = get_pointer(&f);
    t->fill = get_pointer(&f);
    t->flags = get_u32(&f);
    t->next = get_pointer(&f);
    t->previous = get_pointer(&f);
    return !f.bad;
}

static bool table_write(Process *p, uint64_t at, const Table *t) {
    Fields f = fields(p, at);
    put_pointer(&f, t->name);
    put_u32(&f, t->column_count);
    put_pointer(&f, t->columns);
    put_u32(&f, t->row_count);
    put_u32(&f, t->allocated);
    put_pointer(&f, t->rows);
    put_pointer(&f, t->fill);
    put_u32(&f, t->flags);
    put_pointer(&f, t->next);
    put_pointer(&f, t->previous);
    put_u32(&f, 0); /* references */
    return !f.bad;
}

/* The list entry inside a table. */
static uint64_t entry_offset(const Process *p) {
    return p->pointer == 8 ? 56 : 32;
}

enum { TABLE_SIZE = 80 };

/* ---- finding the lists ---- */

typedef struct {
    Process *process;
    Arena *arena;
    uint64_t base;
    Span image;
    uint64_t heads[WMI_NAMESPACES]; /* of the lists */
} Lists;

/* The address of a text in the image that begins where a text can begin. */
static uint64_t find_text(const Lists *l, const char *text) {
    Span units = text_to_utf16(l->arena, span_str(text));
    const uint8_t *p = memmem(l->image.p, l->image.n, units.p, units.n + 2);
    return p ? l->base + (uint64_t)(p - l->image.p) : 0;
}

/* Where the image has that address as data. */
static uint64_t find_pointer(const Lists *l, uint64_t address) {
    unsigned width = l->process->pointer;
    for (size_t at = 0; address && at + width <= l->image.n; at += width)
        if (memcmp(l->image.p + at, &address, width) == 0) return l->base + at;
    return 0;
}

static bool read_image(Lists *l, const Module *m) {
    enum { MOST = 8 << 20 };
    uint8_t *bytes = m->size <= MOST ? malloc((size_t)m->size) : NULL;
    l->base = m->base;
    l->image = span(bytes, (size_t)m->size);
    for (uint64_t at = 0; bytes && at < m->size; at += PAGE_SIZE)
        if (!vm_read(l->process->vm, m->base + at, bytes + at, PAGE_SIZE))
            memset(bytes + at, 0, PAGE_SIZE);
    return bytes;
}

/* The first table's entry is behind its list's head; the heads lie in the order of the namespaces:
 * cimv2, storage, wmi. */
static bool find_lists(Lists *l) {
    Table first;
    uint64_t table = find_pointer(l, find_text(l, "__ASSOCIATORS"));
    if (!table || !table_read(l->process, table, &first)) return false;
    uint64_t head_size = 2 * l->process->pointer;
    l->heads[WMI_CIMV2] = first.previous;
    l->heads[WMI_SECURITY] = first.previous + head_size;
    l->heads[WMI_WMI] = first.previous + 2 * head_size;
    return first.previous;
}

/* The storage namespace, which has no class in Wine, becomes that of the security center: its name,
 * which is the longer one, is written over. */
static void rename_namespace(Lists *l) {
    uint64_t at = find_text(l, "Microsoft\\Windows\\Storage");
    Span name = text_to_utf16(l->arena, span_str("SecurityCenter2"));
    if (at) vm_write_force(l->process->vm, at, name.p, name.n + 2);
}

static uint64_t find_table(const Lists *l, uint64_t head, const char *name) {
    enum { MOST = 1000 };
    uint64_t entry = 0, offset = entry_offset(l->process);
    guest_get_pointer(l->process, head, &entry);
    for (unsigned n = 0; entry && entry != head && n < MOST; n++) {
        Table t;
        if (!table_read(l->process, entry - offset, &t)) return 0;
        const char *text = guest_string16(l->process, l->arena, t.name, 128);
        if (text && text_equal_nocase(text, name)) return entry - offset;
        entry = t.next;
    }
    return 0;
}

/* ---- putting ours there ---- */

static uint32_t cim_type(const WmiRow *p) {
    enum { ARRAY = 0x2000, KEY = 0x20000 };
    static const uint32_t types[] = {
        [WMI_STRING] = 8,  [WMI_DATETIME] = 101,      [WMI_BOOLEAN] = 11,        [WMI_UINT8] = 17,
        [WMI_UINT16] = 18, [WMI_UINT32] = 19,         [WMI_UINT64] = 21,         [WMI_SINT16] = 2,
        [WMI_SINT32] = 3,  [WMI_STRINGS] = 8 | ARRAY, [WMI_UINT16S] = 18 | ARRAY};
    return types[p->type] | (p->key ? KEY : 0);
}

static uint64_t add_columns(Block *b, Arena *a, const WmiRow *class, size_t count) {
    uint64_t *names = arena_new_array(a, uint64_t, count + 1);
    for (size_t i = 0; names && i < count; i++) names[i] = block_text(b, a, class[1 + i].name);
    block_align(b);
    uint64_t at = block_here(b);
    for (size_t i = 0; names && i < count; i++) {
        block_pointer(b, names[i]);
        buf_le(&b->bytes, cim_type(&class[1 + i]), b->process->pointer);
    }
    return at;
}

/* A table of ours at the end of its list. */
static void link_table(const Lists *l, uint64_t head, uint64_t table, Table *t) {
    unsigned width = l->process->pointer;
    uint64_t entry = table + entry_offset(l->process);
    guest_get_pointer(l->process, head + width, &t->previous);
    t->next = head;
    table_write(l->process, table, t);
    guest_put_pointer(l->process, t->previous, entry);
    guest_put_pointer(l->process, head + width, entry);
}

typedef struct {
    const WmiRow *class;
    uint64_t name, columns, place;
} Made;

static void enter_class(const Lists *l, const Made *made, uint64_t fill) {
    const WmiRow *class = made->class;
    uint64_t head = l->heads[class->space], old = find_table(l, head, class->name);
    Table t = {.name = made->name};
    if (old) table_read(l->process, old, &t);
    t.column_count = (uint32_t)wmi_property_count(class);
    t.columns = made->columns;
    t.row_count = t.allocated = t.flags = 0;
    t.rows = 0;
    t.fill = fill;
    if (old) table_write(l->process, old, &t);
    else link_table(l, head, made->place, &t);
}

static void enter_classes(Lists *l, uint64_t fill) {
    Block b;
    size_t count = 0;
    if (!block_open(l->process, ROOM, &b)) return;
    for (const WmiRow *c = NULL; (c = wmi_next_class(c));) count++;
    Made *made = arena_new_array(l->arena, Made, count + 1);
    size_t n = 0;
    for (const WmiRow *c = NULL; made && (c = wmi_next_class(c)); n++) {
        made[n] = (Made){.class = c, .name = block_text(&b, l->arena, c->name)};
        made[n].columns = add_columns(&b, l->arena, c, wmi_property_count(c));
        block_align(&b);
        made[n].place = block_here(&b);
        buf_space(&b.bytes, TABLE_SIZE);
    }
    if (!made || !block_close(&b)) return;
    rename_namespace(l);
    for (size_t i = 0; i < n; i++) enter_class(l, &made[i], fill);
}

static const Module *own_module(const ExportCall *c) {
    return process_module(c->process, thread_get(c->thread, REG_RIP));
}

/* class, interface, *object: the first thing that a client asks for. */
bool export_DllGetClassObject(ExportCall *c) {
    const Module *m = own_module(c);
    Lists l = {.process = c->process, .arena = c->scratch};
    Table bios;
    if (export_placed(c->process, "WmiFill") || !m) return false;
    if (read_image(&l, m) && find_lists(&l)) {
        uint64_t table = find_table(&l, l.heads[WMI_CIMV2], "Win32_BIOS");
        if (table && table_read(c->process, table, &bios) && bios.fill) {
            enter_classes(&l, bios.fill);
            export_place(c->process, "WmiFill", bios.fill);
        }
    }
    free((void *)l.image.p);
    return false;
}

/* ---- rows ---- */

static unsigned width_of(const Process *p, WmiType type) {
    switch (type) {
    case WMI_UINT8: return 1;
    case WMI_UINT16:
    case WMI_SINT16: return 2;
    case WMI_BOOLEAN:
    case WMI_UINT32:
    case WMI_SINT32: return 4;
    case WMI_UINT64: return 8;
    default: return p->pointer;
    }
}

static size_t part_count(const char *text) {
    size_t n = *text != 0;
    for (const char *c = text; *c; c++) n += *c == '|';
    return n;
}

/* struct array: size of an element, count, elements. */
static uint64_t add_array(Block *b, Arena *a, const char *text, bool texts) {
    size_t count = part_count(text);
    uint64_t *parts = arena_new_array(a, uint64_t, count + 1);
    if (!count || !parts) return 0;
    for (size_t i = 0; i < count; i++) {
        size_t n = strcspn(text, "|");
        const char *part = arena_text(a, span(text, n));
        if (!part) return 0;
        parts[i] = texts ? block_text(b, a, part) : strtoull(part, NULL, 10);
        text += n + (text[n] != 0);
    }
    block_align(b);
    uint64_t elements = block_here(b);
    unsigned size = texts ? b->process->pointer : 2;
    for (size_t i = 0; i < count; i++) buf_le(&b->bytes, parts[i], size);
    block_align(b);
    uint64_t at = block_here(b);
    buf_le(&b->bytes, size, 4);
    buf_le(&b->bytes, count, 4);
    block_pointer(b, elements);
    return at;
}

/* What a row has for the property: a number, or where its text or array lies. */
static uint64_t cell(Block *b, Arena *a, const char *text, WmiType type) {
    switch (type) {
    case WMI_STRING:
    case WMI_DATETIME: return *text ? block_text(b, a, text) : 0;
    case WMI_STRINGS: return add_array(b, a, text, true);
    case WMI_UINT16S: return add_array(b, a, text, false);
    case WMI_BOOLEAN: return *text && strcmp(text, "0") != 0 ? UINT64_MAX : 0; /* VARIANT_TRUE */
    case WMI_SINT16:
    case WMI_SINT32: return (uint64_t)strtoll(text, NULL, 10);
    default: return strtoull(text, NULL, 10);
    }
}

static const WmiRow *class_named(const char *name) {
    const WmiRow *c = wmi_next_class(NULL);
    while (c && !text_equal_nocase(c->name, name)) c = wmi_next_class(c);
    return c;
}

/* The rows come first, then what they point to. Rows begin behind some zeros, since wbemprox.dll
 * will want to free them, and its heap looks at what lies before. */
static bool add_rows(ExportCall *c, const WmiRow *class, unsigned count, Block *b) {
    size_t properties = wmi_property_count(class);
    uint64_t *cells = arena_new_array(c->scratch, uint64_t, count * properties + 1);
    size_t size = 0;
    for (size_t i = 0; i < properties; i++) size += width_of(c->process, class[1 + i].type);
    if (!cells || !buf_space(&b->bytes, ROWS_AT + size * count)) return false;
    for (unsigned r = 0; r < count; r++)
        for (size_t i = 0; i < properties; i++)
            cells[r * properties + i] =
                cell(b, c->scratch, wmi_value(c->machine, c->scratch, class, r, &class[1 + i]),
                     class[1 + i].type);
    size_t at = ROWS_AT;
    for (unsigned r = 0; r < count && !b->bytes.full; r++)
        for (size_t i = 0; i < properties; i++) {
            unsigned width = width_of(c->process, class[1 + i].type);
            memcpy(b->bytes.p + at, &cells[r * properties + i], width);
            at += width;
        }
    return !b->bytes.full;
}

/* A table's rows replace those that it had before. */
static void remember(Process *p, uint64_t table, uint64_t base) {
    WmiRows *r = p->wmi_rows;
    while (r && r->table != table) r = r->next;
    if (!r && (r = arena_one(&p->arena, WmiRows))) {
        r->table = table;
        r->next = p->wmi_rows;
        p->wmi_rows = r;
    }
    if (!r) return;
    uint64_t size = 0;
    if (r->base) vm_release(p->vm, &r->base, &size);
    r->base = base;
}

/* enum fill_status fill(table, condition), of the C calling convention */
bool export_WmiFill(ExportCall *c) {
    enum { UNFILTERED = 0, FAILED = -1 };
    uint64_t table = thread_get(c->thread, REG_RCX);
    if (c->process->wow64)
        guest_get_pointer(c->process, thread_get(c->thread, REG_RSP) + 4, &table);
    Table t;
    Block b;
    c->result = (uint32_t)FAILED;
    if (!table_read(c->process, table, &t)) return true;
    const char *name = guest_string16(c->process, c->scratch, t.name, 128);
    const WmiRow *class = name ? class_named(name) : NULL;
    unsigned count = class ? wmi_count(c->machine, class) : 0;
    if (!class || !block_open(c->process, ROOM, &b)) return true;
    bool good = add_rows(c, class, count, &b);
    remember(c->process, table, b.base);
    if (!block_close(&b) || !good) return true;
    t.row_count = t.allocated = count;
    t.rows = b.base + ROWS_AT;
    Fields f = fields(c->process, table);
    get_pointer(&f);
    put_u32(&f, t.column_count);
    put_pointer(&f, t.columns);
    put_u32(&f, t.row_count);
    put_u32(&f, t.allocated);
    put_pointer(&f, t.rows);
    c->result = f.bad ? (uint32_t)FAILED : UNFILTERED;
    return true;
}
