/* The imphash: MD5 of "dll.function,dll.function,..." in lower case and in the order of the file,
 * without the DLL's extension; after Mandiant's "Tracking Malware with Import Hashing" and pefile,
 * whose rules about ordinals and names that cannot be everybody follows. Delay-load imports do not
 * count. */
#include "base/buf.h"
#include "base/hash.h"
#include "pe/pe.h"

enum { MAX_TEXT = 16 << 20, MAX_NAME = 512 };

typedef struct {
    uint16_t number;
    const char *name;
} Ordinal;

typedef enum { ORDINALS_ws2_32, ORDINALS_oleaut32 } OrdinalList;

static const struct {
    OrdinalList list;
    Ordinal ordinal;
} ordinals[] = {
#define ORDINAL(list, number, name) {ORDINALS_##list, {number, name}},
#include "pe/ordinals.def"
};

static const struct {
    const char *dll;
    OrdinalList list;
} dlls[] = {{"ws2_32.dll", ORDINALS_ws2_32},
            {"wsock32.dll", ORDINALS_ws2_32},
            {"oleaut32.dll", ORDINALS_oleaut32}};

static bool equals(Span text, const char *want) {
    return text.n == strlen(want) && strncasecmp((const char *)text.p, want, text.n) == 0;
}

static const char *ordinal_name(Span dll, uint16_t number) {
    for (size_t d = 0; d < sizeof dlls / sizeof dlls[0]; d++) {
        if (!equals(dll, dlls[d].dll)) continue;
        for (size_t i = 0; i < sizeof ordinals / sizeof ordinals[0]; i++)
            if (ordinals[i].list == dlls[d].list && ordinals[i].ordinal.number == number)
                return ordinals[i].ordinal.name;
    }
    return NULL;
}

static void add_lower(Buf *b, Span text) {
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        buf_byte(b, c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
}

static Span without_extension(Span dll) {
    static const char *const extensions[] = {".dll", ".ocx", ".sys"};
    for (size_t i = 0; i < 3; i++)
        if (dll.n > 4 && equals(span_clip(dll, dll.n - 4, 4), extensions[i]))
            return span_clip(dll, 0, dll.n - 4);
    return dll;
}

/* Letters and digits, and what compilers decorate names with. */
static bool is_name(Span text) {
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        bool plain = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        if (!plain && (!c || !strchr("._?@$()<>", c))) return false;
    }
    return text.n != 0;
}

static void add_function(Buf *b, Span dll, Span stem, const PeImportedFunction *f) {
    Span name = span_clip(f->name, 0, MAX_NAME);
    const char *known = f->by_ordinal ? ordinal_name(dll, f->ordinal) : NULL;
    if (f->by_ordinal ? !f->ordinal : !is_name(name)) return;
    if (b->n) buf_byte(b, ',');
    add_lower(b, stem);
    buf_byte(b, '.');
    if (known) add_lower(b, span_str(known));
    else if (f->by_ordinal) buf_printf(b, "ord%u", f->ordinal);
    else add_lower(b, name);
}

/* Many functions may share one long name, so that it ends where the text is full. */
void pe_hash_imports(Pe *pe) {
    Buf text = buf_new(MAX_TEXT);
    for (const PeImport *i = pe->imports; i; i = i->next)
        for (size_t k = 0; k < i->count && !i->delayed && !text.full; k++)
            add_function(&text, i->dll, without_extension(i->dll), &i->functions[k]);
    pe->has_imphash = text.n && !text.full;
    if (pe->has_imphash) hash_md5(buf_span(&text), pe->imphash);
    buf_free(&text);
}
