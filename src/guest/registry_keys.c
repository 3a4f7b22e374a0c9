/* The keys of the registry's tree: each has its children and values in sorted arrays. */
#include "base/text.h"
#include "guest/registry_tree.h"
#include <stdlib.h>
#include <strings.h>

/* ---- memory ---- */

void *reg_take(Registry *r, size_t n) {
    if (n > MAX_BYTES - r->bytes) return NULL;
    void *p = calloc(1, n + (n == 0));
    if (p) r->bytes += n;
    return p;
}

void reg_give(Registry *r, void *p, size_t n) {
    if (p) r->bytes -= n;
    free(p);
}

char *reg_take_text(Registry *r, Span text) {
    char *p = reg_take(r, text.n + 1);
    if (p && text.n) memcpy(p, text.p, text.n);
    return p;
}

void reg_give_text(Registry *r, char *text) {
    if (text) reg_give(r, text, strlen(text) + 1);
}

/* Room for one more element in a sorted array. */
static bool grow(Registry *r, void *array, uint32_t count, uint32_t *room, size_t size) {
    void **p = array;
    if (count < *room) return true;
    uint32_t more = *room ? *room * 2 : 4;
    if ((more - *room) * size > MAX_BYTES - r->bytes) return false;
    void *bigger = realloc(*p, more * size);
    if (!bigger) return false;
    r->bytes += (more - *room) * size;
    *p = bigger;
    *room = more;
    return true;
}

/* ---- one key's arrays ---- */

uint32_t reg_key_place(const RegKey *k, const char *name, bool *found) {
    uint32_t low = 0, high = k->key_count;
    /* Records come in order: the place is mostly the end. */
    if (high && text_compare_nocase(k->keys[high - 1]->name, name) < 0) low = high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = text_compare_nocase(k->keys[middle]->name, name);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    *found = false;
    return low;
}

uint32_t reg_value_place(const RegKey *k, const char *name, bool *found) {
    uint32_t low = 0, high = k->value_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = text_compare_nocase(k->values[middle].name, name);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    *found = false;
    return low;
}

void reg_insert_key(RegKey *parent, uint32_t at, RegKey *key) {
    memmove(parent->keys + at + 1, parent->keys + at,
            (parent->key_count - at) * sizeof *parent->keys);
    parent->keys[at] = key;
    parent->key_count++;
    key->parent = parent;
}

void reg_remove_key(RegKey *key) {
    RegKey *parent = key->parent;
    uint32_t at = 0;
    while (parent->keys[at] != key) at++;
    parent->key_count--;
    memmove(parent->keys + at, parent->keys + at + 1,
            (parent->key_count - at) * sizeof *parent->keys);
    if (parent->wow == key) parent->wow = NULL;
    key->parent = NULL;
}

RegKey *reg_add_key(Registry *r, RegKey *parent, uint32_t at, Span name) {
    if (!grow(r, &parent->keys, parent->key_count, &parent->key_room, sizeof *parent->keys))
        return NULL;
    RegKey *k = reg_take(r, sizeof *k);
    if (!k) return NULL;
    if (!(k->name = reg_take_text(r, name))) {
        reg_give(r, k, sizeof *k);
        return NULL;
    }
    k->refs = 1;
    k->written = r->written;
    reg_insert_key(parent, at, k);
    if (!strcasecmp(k->name, "Wow6432Node")) {
        parent->wow = k;
        k->shared = !strcasecmp(parent->name, "Classes");
    }
    return k;
}

RegValue *reg_add_value(Registry *r, RegKey *k, const char *name, uint32_t at) {
    if (!grow(r, &k->values, k->value_count, &k->value_room, sizeof *k->values)) return NULL;
    char *copy = reg_take_text(r, span_str(name));
    if (!copy) return NULL;
    memmove(k->values + at + 1, k->values + at, (k->value_count - at) * sizeof *k->values);
    k->value_count++;
    k->values[at] = (RegValue){.name = copy};
    return &k->values[at];
}

void reg_drop_data(Registry *r, RegValue *v) {
    if (v->owned) reg_give(r, (void *)v->data.p, v->data.n);
    v->owned = false;
    v->data = (Span){0};
}

static void empty_key(Registry *r, RegKey *k) {
    for (uint32_t i = 0; i < k->value_count; i++) {
        reg_drop_data(r, &k->values[i]);
        reg_give_text(r, k->values[i].name);
    }
    reg_give(r, k->values, k->value_room * sizeof *k->values);
    for (uint32_t i = 0; i < k->key_count; i++) reg_free_key(r, k->keys[i]);
    reg_give(r, k->keys, k->key_room * sizeof *k->keys);
    for (RegSource *s; (s = k->sources);) {
        k->sources = s->next;
        reg_give(r, s, sizeof *s);
    }
}

void reg_free_key(Registry *r, RegKey *k) {
    empty_key(r, k);
    reg_give_text(r, k->name);
    reg_give_text(r, k->class);
    reg_give(r, k, sizeof *k);
}
