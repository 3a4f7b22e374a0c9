/* A pack's records become keys and values when somebody first looks at their key: there are tens of
 * thousands, and few are ever asked for. */
#include "base/text.h"
#include "guest/registry_tree.h"
#include <strings.h>

enum { RECORD_KEY = 1, RECORD_VALUE = 2 };

bool reg_add_source(Registry *r, RegKey *k, RegSource part) {
    RegSource *s = reg_take(r, sizeof *s), **end = &k->sources;
    if (!s) return false;
    *s = part;
    s->next = NULL;
    while (*end) end = &(*end)->next;
    *end = s;
    return true;
}

/* The child of that name, made where there is none. NULL: no memory or no name. */
static RegKey *child_for(Registry *r, RegKey *k, Span name) {
    char text[MAX_NAME + 1];
    bool found;
    if (name.n == 0 || name.n > MAX_NAME) return NULL;
    memcpy(text, name.p, name.n);
    text[name.n] = 0;
    uint32_t at = reg_key_place(k, text, &found);
    return found ? k->keys[at] : reg_add_key(r, k, at, name);
}

Span reg_component(Span path) {
    const uint8_t *end = path.n ? memchr(path.p, '\\', path.n) : NULL;
    return end ? span(path.p, (size_t)(end - path.p)) : path;
}

/* Most paths are told apart by what stands behind the prefix, and spelled alike where they are not.
 */
bool reg_begins(Span path, Span prefix) {
    if (path.n < prefix.n || (path.n > prefix.n && path.p[prefix.n] != '\\')) return false;
    return memcmp(path.p, prefix.p, prefix.n) == 0 ||
           strncasecmp((const char *)path.p, (const char *)prefix.p, prefix.n) == 0;
}

/* A value of a record, unless the key has one of that name already. */
static void read_value(Registry *r, RegKey *k, Span name, uint32_t type, Span data) {
    char text[1024];
    bool found;
    if (name.n >= sizeof text) return;
    memcpy(text, name.p, name.n);
    text[name.n] = 0;
    uint32_t at = reg_value_place(k, text, &found);
    RegValue *v = found ? NULL : reg_add_value(r, k, text, at);
    if (!v) return;
    v->type = type;
    v->data = data;
    if (type == REG_LINK && text_equal_nocase(text, LINK_VALUE)) k->link = true;
}

/* A source being read: which key or value its records are about. */
typedef struct {
    Registry *registry;
    RegKey *key;
    Span from;
    bool own;       /* the last record of a key was of this key itself */
    RegKey *child;  /* whose records are being collected, or NULL */
    RegSource part; /* those */
} Reader;

static void end_child(Reader *d) {
    if (d->child) reg_add_source(d->registry, d->child, d->part);
    d->child = NULL;
}

/* A key's record: of this key, of a child or of something below it, or of none of ours. */
static void read_key(Reader *d, Span path, const uint8_t *record) {
    bool ours = reg_begins(path, d->from);
    d->own = ours && path.n == d->from.n;
    if (d->child && reg_begins(path, d->part.from)) return;
    end_child(d);
    if (!ours || d->own) return;
    Span name = reg_component(span_clip(path, d->from.n + 1, path.n));
    d->child = child_for(d->registry, d->key, name);
    d->part = (RegSource){
        .records = span(record, 0), .from = span_clip(path, 0, d->from.n + 1 + name.n), .to = ""};
}

typedef struct {
    uint8_t kind;
    uint32_t type;
    Span name, data;
} Record;

/* The next record; false at the end of the records, or where one is cut. Programs wait for the tens
 * of thousands of them, so its head is taken in one piece. */
static bool next_record(Cur *c, Record *out) {
    enum { HEAD = 12 };
    const uint8_t *h = cur_take(c, HEAD).p;
    if (!h) return false;
    uint32_t name_size = h[2] | (uint32_t)h[3] << 8;
    uint32_t data_size = h[8] | (uint32_t)h[9] << 8 | (uint32_t)h[10] << 16 | (uint32_t)h[11] << 24;
    out->kind = h[0];
    out->type = h[4] | (uint32_t)h[5] << 8 | (uint32_t)h[6] << 16 | (uint32_t)h[7] << 24;
    out->name = cur_take(c, name_size);
    out->data = cur_take(c, data_size);
    return !c->bad;
}

/* Takes the key's own values out of records and hands the rest on to its children, unread. */
static void read_records(Registry *r, RegKey *k, const RegSource *s) {
    Reader d = {.registry = r, .key = k, .from = s->from};
    Cur c = cur(s->records);
    Record v;
    for (const uint8_t *at; at = s->records.p + c.at, next_record(&c, &v);) {
        if (v.kind == RECORD_KEY) read_key(&d, v.name, at);
        else if (v.kind == RECORD_VALUE && d.own) read_value(r, k, v.name, v.type, v.data);
        if (d.child) d.part.records.n = (size_t)(s->records.p + c.at - d.part.records.p);
    }
    end_child(&d);
}

/* The child towards which a source is still on its way. */
static void pass_on(Registry *r, RegKey *k, const RegSource *s) {
    Span name = reg_component(span_str(s->to));
    RegKey *child = child_for(r, k, name);
    RegSource part = *s;
    part.to += name.n + (part.to[name.n] != 0);
    if (child) reg_add_source(r, child, part);
}

void reg_look(Registry *r, RegKey *k) {
    for (RegSource *s; (s = k->sources);) {
        k->sources = s->next;
        if (*s->to) pass_on(r, k, s);
        else if (!k->link) read_records(r, k, s);
        reg_give(r, s, sizeof *s);
    }
}
