#include "msg/check.h"

static const Value *get_list_of(Arena *a, Cur *c, ValueKind kind) {
    const Value *v = msg_get_value(a, c);
    if (!v) return NULL;
    if (v->kind != VALUE_LIST) c->bad = true;
    for (const Value *i = value_first(v); i; i = i->next)
        if (i->kind != kind) c->bad = true;
    return c->bad ? NULL : v;
}

const Value *msg_get_texts(Arena *a, Cur *c) {
    return get_list_of(a, c, VALUE_TEXT);
}

const Value *msg_need_texts(Arena *a, Cur *c) {
    const Value *v = msg_get_texts(a, c);
    if (!v) c->bad = true;
    return v;
}

const Value *msg_get_maps(Arena *a, Cur *c) {
    return get_list_of(a, c, VALUE_MAP);
}

const Value *msg_get_numbers(Arena *a, Cur *c) {
    return get_list_of(a, c, VALUE_UINT);
}

const Value *msg_get_map(Arena *a, Cur *c) {
    const Value *v = msg_get_value(a, c);
    if (v && v->kind != VALUE_MAP) c->bad = true;
    return c->bad ? NULL : v;
}

Status msg_done(const Arena *a, const Cur *c) {
    if (a->full) return ST_BUDGET;
    return c->bad || c->at != c->span.n ? ST_PROTOCOL : ST_OK;
}
