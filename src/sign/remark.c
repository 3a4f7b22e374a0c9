/* What is odd about a signature, or wrong, as findings. */
#include "sign/der.h"
#include "sign/name.h"
#include "sign/signature.h"
#include <string.h>

/* ---- the verdicts ---- */

static const struct {
    const char *word, *rule;
    Severity severity;
    const char *attack;
} meanings[] = {
    {"altered", "sign.altered", SEVERITY_HIGH, "T1036.001"},
    {"forged", "sign.forged", SEVERITY_HIGH, "T1036.001"},
    {"malformed", "sign.malformed", SEVERITY_MEDIUM, "T1036.001"},
    {"unverifiable", "sign.malformed", SEVERITY_MEDIUM, "T1036.001"},
    {"unsupported", "sign.unsupported", SEVERITY_INFO, NULL},
    {"untrusted", "sign.untrusted", SEVERITY_LOW, "T1553.002"},
    {"incomplete", "sign.untrusted", SEVERITY_LOW, "T1553.002"},
    {"invalid", "sign.untrusted", SEVERITY_MEDIUM, "T1553.002"},
    {"expired", "sign.expired", SEVERITY_LOW, "T1553.002"},
    {"not-yet-valid", "sign.expired", SEVERITY_LOW, "T1553.002"},
    {"bad-timestamp", "sign.bad-timestamp", SEVERITY_MEDIUM, "T1553.002"},
    {"untrusted-timestamp", "sign.bad-timestamp", SEVERITY_LOW, "T1553.002"},
    {"revoked", "sign.revoked", SEVERITY_HIGH, "T1553.002"},
    {"refused", "sign.wrong-usage", SEVERITY_MEDIUM, "T1553.002"},
    {"listed", "sign.abused-certificate", SEVERITY_HIGH, "T1553.002"},
    {"imitation", "sign.imitation", SEVERITY_HIGH, "T1036.001"},
};

static void remark_verdict(Subject *s, const Signature *g, Verdict v) {
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings && !v.holds; i++)
        if (strcmp(v.word, meanings[i].word) == 0)
            subject_note(s, meanings[i].rule, meanings[i].severity, g->bytes, meanings[i].attack,
                         "Signature %u: %s", g->number, v.reason);
}

/* ---- bytes that nobody signed ---- */

static void remark_hidden(Subject *s, const Signature *g) {
    const SignedData *d = &g->data;
    if (d->hidden.n)
        subject_note(s, "sign.hidden-bytes", SEVERITY_MEDIUM, d->hidden, "T1027",
                     "%zu bytes lie inside signature %u that belong to nothing in it", d->hidden.n,
                     g->number);
    if (d->bad_cert.n)
        subject_note(s, "sign.stray-certificate", SEVERITY_MEDIUM, d->bad_cert, "T1027",
                     "Among the certificates of signature %u are %zu bytes that are none",
                     g->number, d->bad_cert.n);
}

/* Attributes that have their meaning here, or at Microsoft. */
static bool is_known(Oid o) {
    return o == OID_COUNTER_SIGNATURE || o == OID_TIME_STAMP_TOKEN || o == OID_NESTED_SIGNATURE ||
           o == OID_RETRY_COUNT || o == OID_SEALING_SIGNATURE;
}

/* What a known attribute's values hold behind the structure that they are known for. */
static void remark_leftover(Subject *s, const Signature *g, const Attribute *a) {
    Cur c = cur(a->values);
    Der d;
    while (der_next(&c, &d)) {}
    if (c.bad)
        subject_note(s, "sign.unauthenticated-data", SEVERITY_MEDIUM,
                     span_clip(a->values, c.at, a->values.n), "T1027",
                     "%zu bytes of an unauthenticated attribute of signature %u belong to nothing",
                     a->values.n - c.at, g->number);
}

static void remark_attributes(Subject *s, const Signature *g) {
    const Attribute *a = g->signer ? g->signer->unsigned_attributes : NULL;
    for (; a; a = a->next) {
        if (is_known(a->type)) {
            remark_leftover(s, g, a);
            continue;
        }
        const char *id = oid_text(s->arena, a->id);
        subject_note(s, "sign.unauthenticated-data", SEVERITY_MEDIUM, a->values, "T1027",
                     "%zu bytes lie in the unauthenticated attribute %s of signature %u",
                     a->values.n, id ? id : "?", g->number);
    }
}

static bool is_named(const Chain *path, const Cert *c) {
    for (unsigned i = 0; i < path->count; i++)
        if (name_equal(path->certs[i]->subject, c->subject) ||
            name_equal(path->certs[i]->issuer, c->subject))
            return true;
    return false;
}

/* The bag of certificates is not signed: one that has to do with none of the chains, by name, was
 * put there for its bytes. */
static void remark_strays(Subject *s, const Signature *g) {
    for (const Cert *c = g->data.certs; c; c = c->next) {
        bool used = !g->cert || is_named(&g->path, c);
        for (const Stamp *t = g->stamps; t && !used; t = t->next) used = is_named(&t->chain, c);
        if (!used)
            subject_note(s, "sign.stray-certificate", SEVERITY_LOW, c->der, "T1027",
                         "A certificate of %zu bytes in signature %u belongs to no chain: %s",
                         c->der.n, g->number, name_common(s->arena, c->subject));
    }
}

/* ---- weak, odd ---- */

static bool is_weak(MdKind k) {
    return k == MD_MD5 || k == MD_SHA1;
}

static void remark_weakness(Subject *s, const Signature *g) {
    unsigned bits;
    if (g->signer && is_weak(g->signer->digest))
        subject_note(s, "sign.weak-algorithm",
                     g->signer->digest == MD_MD5 ? SEVERITY_LOW : SEVERITY_INFO, g->bytes, NULL,
                     "Signature %u has the weak digest %s", g->number, md_name(g->signer->digest));
    for (unsigned i = 0; i < g->path.count; i++) {
        const Cert *c = g->path.certs[i];
        bool root = i + 1 == g->path.count && g->path.trusted;
        const char *kind = crypto_key(s->crypto, c->key, &bits);
        if (bits && bits < (strcmp(kind, "EC") == 0 ? 224u : 2048u) && !root)
            subject_note(s, "sign.weak-algorithm", bits < 1024 ? SEVERITY_LOW : SEVERITY_INFO,
                         c->der, NULL, "The certificate of %s has a weak key: %s of %u bits",
                         name_common(s->arena, c->subject), kind, bits);
        if (md_of_oid(c->algorithm) == MD_MD5 && !root)
            subject_note(s, "sign.weak-algorithm", SEVERITY_LOW, c->der, NULL,
                         "The certificate of %s is signed with the weak digest md5",
                         name_common(s->arena, c->subject));
    }
}

/* One good time stamp is enough; a bad one beside it is still worth a word. */
static void remark_stamps(Subject *s, const Signature *g) {
    for (const Stamp *t = g->stamps; t && g->stamp; t = t->next)
        if (!t->verdict.holds)
            subject_note(s, "sign.bad-timestamp", SEVERITY_LOW, g->bytes, "T1553.002",
                         "A second time stamp of signature %u counts for nothing: %s", g->number,
                         t->verdict.reason);
}

/* What the linker says, against what the time stamp proves. */
static void remark_build_time(Subject *s, const Signature *g) {
    const Time day = 86400 * TIME_SECOND;
    Time linked;
    char text[TIME_TEXT_SIZE];
    if (!g->stamp || g->nested_in || !s->carrier->made || !s->carrier->made(s, &linked)) return;
    time_print(linked, text);
    if (linked - g->stamp->time > day)
        subject_note(s, "sign.linked-after-signing", SEVERITY_INFO, (Span){0}, "T1070.006",
                     "It says that it was linked on %s, after it was signed", text);
    else if (g->stamp->time - linked > 731 * day)
        subject_note(s, "sign.old-program", SEVERITY_INFO, (Span){0}, NULL,
                     "It says that it was linked on %s, long before it was signed", text);
}

void remark_signature(Subject *s, const Signature *g) {
    remark_verdict(s, g, g->integrity);
    if (g->cert) {
        remark_verdict(s, g, g->chain);
        remark_verdict(s, g, g->time);
        remark_verdict(s, g, g->revocation);
        remark_verdict(s, g, g->usage);
        remark_verdict(s, g, g->abuse);
    }
    remark_hidden(s, g);
    remark_attributes(s, g);
    remark_strays(s, g);
    remark_weakness(s, g);
    remark_stamps(s, g);
    remark_build_time(s, g);
}
