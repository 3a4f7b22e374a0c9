#include "sign/trust.h"
#include "sign/as_of.h"
#include "sign/pem.h"
#include <stdio.h>
#include <stdlib.h>

enum { TRUST_MEMORY = 512 << 20 };

SignTrust *sign_open(const SignOptions *options) {
    SignTrust *t = calloc(1, sizeof *t);
    if (t) *t = (SignTrust){.arena = arena_new(TRUST_MEMORY), .options = *options};
    return t;
}

void sign_close(SignTrust *t) {
    if (!t) return;
    crypto_close(t->crypto);
    arena_reset(&t->arena);
    free(t);
}

/* ---- what data/roots.pem says in the lines in front of a certificate ---- */

/* The rest of the line that begins with "# KEY", or NULL. */
static const char *remark(Arena *a, Span before, const char *key) {
    size_t n = strlen(key);
    const uint8_t *at = before.n ? memmem(before.p, before.n, key, n) : NULL;
    if (!at) return NULL;
    Span rest = span_clip(before, (size_t)(at - before.p) + n, before.n);
    const uint8_t *end = memchr(rest.p, '\n', rest.n);
    return arena_text(a, span(rest.p, end ? (size_t)(end - rest.p) : rest.n));
}

/* The day behind "NAME=". */
static Time day_in(const char *line, const char *name) {
    char day[11] = "";
    Time t = INT64_MAX;
    const char *at = strstr(line, name);
    if (at) snprintf(day, sizeof day, "%.10s", at + strlen(name));
    return time_parse(day, &t) ? t : INT64_MAX;
}

static RootRule read_rule(Arena *a, Span before, const char *use) {
    const char *line = remark(a, before, use);
    if (!line) return (RootRule){.refused = true};
    return (RootRule){.distrusted_after = day_in(line, " distrusted-after="),
                      .issued_until = day_in(line, " issued-until=")};
}

/* Where an analyst has roots of his own, those that coax ships are good for time stamps alone:
 * hardly anybody who has an authority for code has one for time. */
static void read_remarks(SignTrust *t, Cert *root, Span before) {
    const char *list = remark(&t->arena, before, "# list-of ");
    if (list && !t->options.own_roots)
        t->roots_name = arena_printf(&t->arena, "the Microsoft program (list of %s)", list);
    root->code = read_rule(&t->arena, before, "\n# code");
    root->time = read_rule(&t->arena, before, "\n# time");
    if (t->options.own_roots) root->code.refused = true;
}

/* ---- the sources ---- */

static void read_roots(SignTrust *t, Span file, bool shipped) {
    Cur c = cur(file);
    Pem p;
    Cert **last = &t->roots;
    while (*last) last = &(*last)->next;
    while (pem_next(&t->arena, &c, &p)) {
        Cert *one = arena_one(&t->arena, Cert);
        if (!one || !cert_read(t->crypto, p.der, one)) continue;
        if (shipped) read_remarks(t, one, p.before);
        *last = one;
        last = &one->next;
        t->root_count++;
    }
}

static void read_crls(SignTrust *t, Span file) {
    Cur c = cur(file);
    Pem p;
    while (pem_next(&t->arena, &c, &p)) {
        Crl *one = arena_one(&t->arena, Crl);
        if (!one || !crl_read(p.der, one)) continue;
        one->next = t->crls;
        t->crls = one;
    }
}

Status trust_load(SignTrust *t) {
    const SignOptions *o = &t->options;
    if (t->loaded) return t->crypto ? ST_OK : ST_BUDGET;
    t->loaded = true;
    t->crypto = crypto_open();
    if (!t->crypto) return ST_BUDGET;
    t->roots_name = o->own_roots ? "--roots" : "the Microsoft program (no list is there)";
    for (size_t i = 0; i < o->root_count; i++) read_roots(t, o->roots[i].bytes, false);
    if (o->shipped_roots.bytes.n) read_roots(t, o->shipped_roots.bytes, true);
    for (size_t i = 0; i < o->crl_count; i++) read_crls(t, o->crls[i].bytes);
    for (size_t i = 0; i < o->abuse_count; i++)
        abuse_read(&t->arena, &t->abuse, o->abuse[i].name, o->abuse[i].bytes);
    time_parse(SIGN_AS_OF, &t->now);
    if (o->has_at) t->now = o->at;
    t->at = o->has_at;
    return t->arena.full ? ST_BUDGET : ST_OK;
}
