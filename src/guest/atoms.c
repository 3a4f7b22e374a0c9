#include "guest/atoms.h"
#include "base/text.h"
#include "guest/flood.h"
#include <stdlib.h>

struct AtomTable {
    Atom atoms[ATOM_MOST];
    uint32_t hashes[ATOM_MOST];
    uint32_t used; /* none from here on */
};

/* FNV-1a over the ASCII; equal for names that differ in case only. */
static uint32_t hash(const char *name) {
    uint32_t h = 2166136261u;
    for (; *name; name++) {
        uint8_t c = (uint8_t)*name;
        if (c < 0x80) h = (h ^ text_upcase16(c)) * 16777619u;
    }
    return h;
}

uint16_t atom_find(const Machine *m, const char *name) {
    uint32_t h = hash(name);
    for (uint32_t i = 0; m->atoms && i < m->atoms->used; i++) {
        if (m->atoms->hashes[i] != h) continue;
        const char *known = m->atoms->atoms[i].name;
        if (known && text_equal_nocase(known, name)) return (uint16_t)(ATOM_FIRST + i);
    }
    return 0;
}

const Atom *atom_info(const Machine *m, uint16_t atom) {
    if (!m->atoms || atom < ATOM_FIRST) return NULL;
    const Atom *a = &m->atoms->atoms[atom - ATOM_FIRST];
    return a->name ? a : NULL;
}

uint16_t atom_add(Machine *m, const char *name) {
    if (!m->atoms && !(m->atoms = calloc(1, sizeof *m->atoms))) return 0;
    struct AtomTable *t = m->atoms;
    uint16_t known = atom_find(m, name);
    if (known) {
        t->atoms[known - ATOM_FIRST].count++;
        return known;
    }
    uint32_t at = 0;
    while (at < ATOM_MOST && t->atoms[at].name) at++;
    if (at == ATOM_MOST) flood_tell(m, FLOOD_ATOMS, at);
    char *copy = at < ATOM_MOST ? strdup(name) : NULL;
    if (!copy) return 0;
    t->atoms[at] = (Atom){copy, 1};
    t->hashes[at] = hash(copy);
    if (t->used <= at) t->used = at + 1;
    return (uint16_t)(ATOM_FIRST + at);
}

bool atom_delete(Machine *m, uint16_t atom) {
    if (!atom_info(m, atom)) return false;
    Atom *a = &m->atoms->atoms[atom - ATOM_FIRST];
    if (--a->count == 0) {
        free(a->name);
        a->name = NULL;
    }
    return true;
}

void atoms_close(Machine *m) {
    for (uint32_t i = 0; m->atoms && i < m->atoms->used; i++) free(m->atoms->atoms[i].name);
    free(m->atoms);
    m->atoms = NULL;
}
