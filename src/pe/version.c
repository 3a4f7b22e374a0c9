/* The version resource: VS_VERSIONINFO and below it StringFileInfo, StringTable, String
 * (winver.h, "Version Information Structures").
 *
 *     length  value length  type  key in UTF-16, NUL  pad to 4  value  pad to 4  children
 *
 * Lengths are often wrong by what some compiler understood; Windows takes what lies inside, and so
 * do we. A String's value length counts UTF-16 units. */
#include "base/text.h"
#include "pe/pe.h"

enum { FIXED_SIZE = 52, MAX_STRINGS = 256, MAX_UNITS = 2048, DEEPEST = 3, TYPE_VERSION = 16 };

#define FIXED_MARK 0xfeef04bdu

typedef struct {
    Span key, value; /* as bytes of UTF-16, or the value as it is */
    size_t length;
} Node;

typedef struct {
    Arena *arena;
    PeVersionString **tail;
    const char *language; /* of the string table that is being read: "040904b0" */
    size_t strings;
} Reader;

static Span utf16_text(Span s) {
    size_t n = 0;
    while (n + 1 < s.n && (s.p[n] || s.p[n + 1])) n += 2;
    return span_clip(s, 0, n);
}

static size_t aligned(size_t at) {
    return (at + 3) & ~(size_t)3;
}

/* `rest` starts where a structure does; alignment counts from `at`, its place in the resource. */
static bool read_node(Span resource, size_t at, bool text, Node *out) {
    Cur c = cur(span_clip(resource, at, UINT64_MAX));
    size_t length = cur_u16le(&c), value = cur_u16le(&c);
    cur_skip(&c, 2);
    if (c.bad || length < 6) return false;
    Span whole = span_clip(resource, 0, at + length);
    out->key = utf16_text(span_clip(whole, at + 6, UINT64_MAX));
    size_t value_at = aligned(at + 6 + out->key.n + 2);
    out->value = span_clip(whole, value_at, text ? value * 2 : value);
    out->length = length;
    return true;
}

static bool key_is(const Node *n, const char *want) {
    if (n->key.n != strlen(want) * 2) return false;
    for (size_t i = 0; want[i]; i++)
        if (n->key.p[2 * i] != (uint8_t)want[i] || n->key.p[2 * i + 1]) return false;
    return true;
}

static const char *to_text(Reader *r, Span utf16) {
    return text_from_utf16(r->arena, span_clip(utf16_text(utf16), 0, MAX_UNITS * 2));
}

static void add_string(Reader *r, const Node *n) {
    PeVersionString *s = r->strings < MAX_STRINGS ? arena_one(r->arena, PeVersionString) : NULL;
    if (!s) return;
    r->strings++;
    *s = (PeVersionString){
        .language = r->language, .key = to_text(r, n->key), .value = to_text(r, n->value)};
    *r->tail = s;
    r->tail = &s->next;
}

static void read_children(Reader *r, Span resource, size_t at, size_t end, unsigned depth);

/* depth 1: StringFileInfo or VarFileInfo; 2: a StringTable, whose key is the language; 3: Strings
 */
static void read_child(Reader *r, Span resource, size_t at, size_t end, const Node *n,
                       unsigned depth) {
    if (depth == 1 && !key_is(n, "StringFileInfo")) return;
    if (depth == 2) r->language = to_text(r, n->key);
    if (depth == DEEPEST) add_string(r, n);
    else read_children(r, resource, aligned(at + 6 + n->key.n + 2), end, depth + 1);
}

static void read_children(Reader *r, Span resource, size_t at, size_t end, unsigned depth) {
    Node n;
    for (; at < end && read_node(resource, at, depth == DEEPEST, &n); at = aligned(at + n.length))
        read_child(r, resource, at, at + n.length < end ? at + n.length : end, &n, depth);
}

static void read_fixed(Pe *pe, Span value) {
    Cur c = cur(value);
    if (cur_u32le(&c) != FIXED_MARK || value.n < FIXED_SIZE) return;
    cur_skip(&c, 4);
    for (unsigned i = 0; i < 2; i++) {
        uint32_t high = cur_u32le(&c), low = cur_u32le(&c);
        uint16_t *to = i ? pe->product_version : pe->file_version;
        to[0] = (uint16_t)(high >> 16), to[1] = (uint16_t)high;
        to[2] = (uint16_t)(low >> 16), to[3] = (uint16_t)low;
    }
    pe->has_version = true;
}

/* Wants pe_read_resources before. The first version resource counts, as for Windows. */
Status pe_read_version(Arena *a, Pe *pe) {
    Reader r = {.arena = a, .tail = &pe->version_strings};
    const PeResource *resource = pe_find_resource(pe, TYPE_VERSION);
    Node root;
    if (!resource || !read_node(resource->bytes, 0, false, &root)) return ST_OK;
    read_fixed(pe, root.value);
    size_t value_at = aligned(6 + root.key.n + 2);
    read_children(&r, resource->bytes, aligned(value_at + root.value.n), root.length, 1);
    return a->full ? ST_BUDGET : ST_OK;
}
