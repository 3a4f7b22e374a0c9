#include "sign/chain.h"
#include "sign/constrain.h"
#include "sign/der.h"
#include "sign/name.h"

enum { MOST_STEPS = 200 };

typedef struct {
    const SignTrust *trust;
    Arena *arena;
    const ChainQuestion *question;
    Chain now, best;
    unsigned steps, score; /* of the best; 0 = there is none yet */
} Search;

static const char *common(Search *s, const Cert *c) {
    return name_common(s->arena, c->subject);
}

/* ---- the rules ---- */

static const char *check_authority(Search *s, unsigned i) {
    const Cert *c = s->now.certs[i];
    bool root = i == s->now.count - 1;
    /* roots of version 1 have no extensions */
    if (!c->authority && !(root && !c->constrained))
        return arena_printf(s->arena, "%s is no authority (basicConstraints)", common(s, c));
    if (c->has_usage && !(c->key_usage & KEY_CERT_SIGN))
        return arena_printf(s->arena, "%s may not sign certificates (keyUsage)", common(s, c));
    unsigned below = 0; /* authorities between it and the leaf; what it issued to itself is free */
    for (unsigned k = 1; k < i; k++)
        below += !name_equal(s->now.certs[k]->subject, s->now.certs[k]->issuer);
    if (c->path_length >= 0 && below > (unsigned)c->path_length)
        return arena_printf(s->arena, "%s allows no chain of this length (pathLenConstraint)",
                            common(s, c));
    if (c->has_extended && !root && !(c->uses & s->question->use))
        return arena_printf(s->arena,
                            "%s may not issue certificates for this use (extendedKeyUsage)",
                            common(s, c));
    for (unsigned k = 0; k < i; k++)
        if (!constrain_allows(s->arena, c, s->now.certs[k]))
            return arena_printf(s->arena,
                                "%s may not issue certificates for such a name (nameConstraints)",
                                common(s, c));
    return NULL;
}

/* What the program that lists the root says of it. */
static const char *check_root(Search *s, const Cert *root) {
    const ChainQuestion *q = s->question;
    const RootRule *rule = q->use == USE_TIME ? &root->time : &root->code;
    if (rule->refused)
        return arena_printf(s->arena, "the root %s is not trusted for this use", common(s, root));
    if (q->at >= rule->distrusted_after)
        return arena_printf(s->arena, "the root %s is no longer trusted%s", common(s, root),
                            q->proved ? "" : ", and no time stamp says that it was signed before");
    if (q->leaf->not_before >= rule->issued_until)
        return arena_printf(s->arena, "the root %s is not trusted for certificates as new as this",
                            common(s, root));
    return NULL;
}

static const char *check_rules(Search *s) {
    for (unsigned i = 0; i < s->now.count; i++) {
        const Cert *c = s->now.certs[i];
        if (c->unknown_critical.n && i + 1 < s->now.count) /* a root is trusted as it is */
            return arena_printf(s->arena, "%s has a critical extension that is not known: %s",
                                common(s, c), oid_text(s->arena, c->unknown_critical));
        const char *why = i ? check_authority(s, i) : NULL;
        if (why) return why;
    }
    return check_root(s, s->now.certs[s->now.count - 1]);
}

static const char *day(Arena *a, Time t) {
    char text[TIME_TEXT_SIZE];
    time_print(t, text);
    text[10] = 0; /* the date alone */
    return arena_str(a, text);
}

static Verdict check_time(Search *s) {
    Time at = s->question->at;
    for (unsigned i = 0; i < s->now.count; i++) {
        const Cert *c = s->now.certs[i];
        const char *who =
            i ? arena_printf(s->arena, "the certificate of %s", common(s, c)) : "the certificate";
        if (at > c->not_after)
            return verdict_bad("expired", arena_printf(s->arena, "%s expired on %s", who,
                                                       day(s->arena, c->not_after)));
        if (at < c->not_before)
            return verdict_bad("not-yet-valid", arena_printf(s->arena, "%s is valid only from %s",
                                                             who, day(s->arena, c->not_before)));
    }
    return verdict_good("valid", "");
}

static Verdict check_revocation(Search *s) {
    const ChainQuestion *q = s->question;
    const char *later = NULL;
    bool known = true;
    for (unsigned i = 0; i + 1 < s->now.count; i++) {
        const Cert *c = s->now.certs[i];
        Revocation r = revoke_look_up(s->trust->crypto, s->trust->crls, c, s->now.certs[i + 1]);
        if (i == 0) known = r.known || r.listed; /* the lists of authorities are seldom at hand */
        if (!r.listed) continue;
        const char *what =
            arena_printf(s->arena, "the certificate of %s was revoked on %s%s%s", common(s, c),
                         day(s->arena, r.when), r.why ? ": " : "", r.why ? r.why : "");
        if (!q->proved || q->at >= r.when) return verdict_bad("revoked", what);
        later = arena_printf(s->arena, "%s, after it signed this", what);
    }
    if (later) return verdict_good("good", later);
    if (known && s->now.count > 1)
        return verdict_good("good", "its issuer's list does not name it");
    return verdict_good("unknown", "no revocation list of its issuer was given (--crl)");
}

/* ---- the search ---- */

/* Whether the way that is held is better than the best. */
static void consider(Search *s, Verdict untrusted) {
    const char *fault = s->now.trusted ? check_rules(s) : NULL;
    s->now.time = check_time(s);
    s->now.revocation = check_revocation(s);
    if (!s->now.trusted) s->now.chain = untrusted;
    else if (fault) s->now.chain = verdict_bad("invalid", fault);
    else
        s->now.chain =
            verdict_good("trusted", arena_printf(s->arena, "it ends at the root %s of %s",
                                                 common(s, s->now.certs[s->now.count - 1]),
                                                 s->trust->roots_name));
    unsigned score = 1 + 8 * s->now.trusted + 4 * (s->now.trusted && !fault) +
                     2 * s->now.time.holds + s->now.revocation.holds;
    if (score <= s->score) return;
    s->score = score;
    s->best = s->now;
}

static bool may_be_issuer(const Cert *c, const Cert *issuer) {
    bool other_key = c->authority_key_id.n && issuer->key_id.n &&
                     !span_equal(c->authority_key_id, issuer->key_id);
    return !other_key && issuer->subject_hash == c->issuer_hash &&
           name_equal(issuer->subject, c->issuer);
}

static bool is_on_way(const Search *s, const Cert *c) {
    for (unsigned i = 0; i < s->now.count; i++)
        if (cert_same(s->now.certs[i], c)) return true;
    return false;
}

/* Roots that coax ships do not count where the analyst has his own, but for time stamps. */
static bool counts(const Search *s, const Cert *root) {
    const RootRule *rule = s->question->use == USE_TIME ? &root->time : &root->code;
    return !s->trust->options.own_roots || !rule->refused;
}

static const Cert *find_root(const Search *s, const Cert *c) {
    for (const Cert *r = s->trust->roots; r; r = r->next)
        if (cert_same(r, c) && counts(s, r)) return r;
    return NULL;
}

static void end_at_root(Search *s, const Cert *root, bool replace) {
    const Cert *held = s->now.certs[s->now.count - 1];
    if (replace) s->now.certs[s->now.count - 1] = root;
    else s->now.certs[s->now.count++] = root;
    s->now.trusted = true;
    consider(s, (Verdict){0});
    s->now.trusted = false;
    if (replace) s->now.certs[s->now.count - 1] = held;
    else s->now.count--;
}

static void extend(Search *s);

typedef struct {
    bool extended, named; /* a certificate of the issuer's name was there */
} Tried;

static void try_pool(Search *s, const Cert *list, bool roots, Tried *tried) {
    const Cert *last = s->now.certs[s->now.count - 1];
    for (const Cert *c = list; c && s->steps < MOST_STEPS; c = c->next) {
        if (!may_be_issuer(last, c) || is_on_way(s, c) || (roots && !counts(s, c))) continue;
        tried->named = true;
        s->steps++;
        if (cert_signed_by(s->trust->crypto, last, c) != SIGNATURE_GOOD) continue;
        tried->extended = true;
        if (roots) {
            end_at_root(s, c, false);
            continue;
        }
        s->now.certs[s->now.count++] = c;
        extend(s);
        s->now.count--;
    }
}

static Verdict dead_end(Search *s, const Cert *last, bool named) {
    const char *issuer = name_common(s->arena, last->issuer);
    if (name_equal(last->subject, last->issuer) &&
        cert_signed_by(s->trust->crypto, last, last) == SIGNATURE_GOOD)
        return verdict_bad("untrusted",
                           s->now.count == 1
                               ? "the signer's certificate is self-signed, and no root"
                               : arena_printf(s->arena,
                                              "it ends at %s, which is none of the roots of %s",
                                              common(s, last), s->trust->roots_name));
    if (named)
        return verdict_bad("invalid",
                           arena_printf(s->arena,
                                        "the certificate of %s was not signed by the key of %s",
                                        common(s, last), issuer));
    return verdict_bad("incomplete",
                       arena_printf(s->arena,
                                    "the certificate of the issuer %s is neither in the "
                                    "signature nor a root of %s",
                                    issuer, s->trust->roots_name));
}

static void extend(Search *s) {
    const Cert *last = s->now.certs[s->now.count - 1], *root = find_root(s, last);
    Tried tried = {0};
    if (root) {
        end_at_root(s, root, true);
        return;
    }
    if (s->now.count == CHAIN_MOST || s->steps >= MOST_STEPS) return;
    try_pool(s, s->trust->roots, true, &tried);
    for (unsigned i = 0; i < CHAIN_POOLS; i++) try_pool(s, s->question->pools[i], false, &tried);
    if (!tried.extended) consider(s, dead_end(s, last, tried.named));
}

void chain_find(const SignTrust *t, Arena *a, const ChainQuestion *q, Chain *out) {
    Search s = {.trust = t, .arena = a, .question = q};
    s.now.certs[0] = q->leaf;
    s.now.count = 1;
    extend(&s);
    if (!s.score) consider(&s, verdict_bad("incomplete", "the chain is too long"));
    *out = s.best;
}
