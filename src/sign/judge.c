#include "sign/der.h"
#include "sign/name.h"
#include "sign/signature.h"

/* ---- integrity ---- */

static Verdict malformed(const char *why) {
    return verdict_bad("malformed", why);
}

/* Exactly one of each, as RFC 5652 (11.1, 11.2) wants it. */
static const char *check_attributes(const Signature *g, const Md *content) {
    const SignerInfo *by = g->signer;
    Cur type = cur(signed_value(by->attributes, OID_CONTENT_TYPE));
    Cur digest = cur(signed_value(by->attributes, OID_MESSAGE_DIGEST));
    if (!by->signed_attributes.n) return "it has no signed attributes";
    if (!type.span.n) return "it does not sign the type of its content (contentType)";
    if (!span_equal(der_take(&type, DER_OID).body, g->data.content_id))
        return "the type of its content is not the one that was signed (contentType)";
    if (!digest.span.n) return "it does not sign its content (messageDigest)";
    if (!span_equal(der_take(&digest, DER_OCTETS).body, md_span(content)))
        return "its content is not the one that was signed (messageDigest)";
    return NULL;
}

static Verdict check_signature(Subject *s, const Signature *g) {
    const SignerInfo *by = g->signer;
    if (!g->cert)
        return verdict_bad("unverifiable", "the signer's certificate is not in the signature");
    Md digest = signed_attributes_digest(s->crypto, by);
    switch (crypto_verify(s->crypto, g->cert->key, by->algorithm, by->parameters, &digest,
                          by->signature)) {
    case SIGNATURE_GOOD: return verdict_good("intact", "");
    case SIGNATURE_BAD:
        return verdict_bad("forged", "the key of the signer's certificate did not make it");
    default: return verdict_bad("unsupported", "its algorithm is not known here");
    }
}

static Verdict check_file(Subject *s, const Signature *g) {
    MdKind kind = g->indirect.kind;
    Md ours = subject_digest(s, kind);
    if (ours.kind == MD_NONE || !span_equal(md_span(&ours), g->indirect.digest)) {
        const char *unknown = s->carrier->uncertain ? s->carrier->uncertain(s) : NULL;
        if (unknown) return verdict_bad("unsupported", unknown);
        const char *why = NULL;
        Md is_signed = {.kind = kind, .n = md_size(kind)};
        if (s->carrier->explain && g->indirect.digest.n == is_signed.n) {
            memcpy(is_signed.p, g->indirect.digest.p, is_signed.n);
            why = s->carrier->explain(s, &is_signed);
        }
        return verdict_bad(
            "altered", arena_printf(s->arena, "the file is not the one that was signed (%s)%s%s",
                                    md_name(kind), why ? ": " : "", why ? why : ""));
    }
    if (g->pages.n && s->carrier->pages && !s->carrier->pages(s, g->pages_kind, g->pages))
        return verdict_bad("altered", "the page hashes are not those of the file's pages");
    return verdict_good("intact",
                        arena_printf(s->arena, "the file is the one that was signed (%s%s)",
                                     md_name(kind), g->pages.n ? ", page by page" : ""));
}

/* Catalogs, and the file's own content where that is one. */
static bool is_list(const Subject *s, const Signature *g) {
    return g->catalog || s->carrier->content == OID_CTL;
}

/* pesign, with which Linux distributions sign, names its own kind for programs. */
static bool is_of_kind(const Subject *s, Oid type) {
    return type == s->carrier->content ||
           (type == OID_SPC_INDIVIDUAL && s->carrier->content == OID_SPC_PE_IMAGE_DATA);
}

static const char *check_shape(const Subject *s, const Signature *g) {
    if (g->data.fault) return g->data.fault;
    if (g->data.signer_count != 1) return "it has more than one signer";
    if (g->signer->digest == MD_NONE) return "its digest algorithm is not known here";
    if (!(g->data.digests & 1u << g->signer->digest))
        return "the signer's digest algorithm is none of those that the signature names";
    MdKind named = md_of_oid(g->signer->algorithm);
    if (g->signer->algorithm == OID_RSA_PSS) named = crypto_pss_digest(g->signer->parameters);
    if (named != MD_NONE && named != g->signer->digest)
        return "its two digest algorithms do not agree";
    if (g->data.content_type != (is_list(s, g) ? OID_CTL : OID_SPC_INDIRECT_DATA))
        return is_list(s, g) ? "its content is no list of files"
                             : "its content is not about a file (SpcIndirectDataContent)";
    if (is_list(s, g)) return NULL;
    if (!g->indirect.body.n || g->indirect.kind == MD_NONE ||
        g->indirect.digest.n != md_size(g->indirect.kind))
        return "its SpcIndirectDataContent is malformed";
    if (!is_of_kind(s, g->indirect.type)) return "it was made for another kind of file";
    if (g->indirect.kind != g->signer->digest)
        return "the file's digest is of another algorithm than the signer's";
    return NULL;
}

static Verdict check_integrity(Subject *s, const Signature *g) {
    const char *fault = check_shape(s, g);
    if (fault) return malformed(fault);
    Cur c = cur(g->data.content);
    Span body = is_list(s, g) ? der_take(&c, DER_SEQUENCE).body : g->indirect.body;
    Md content = md_of(s->crypto, g->signer->digest, body);
    fault = check_attributes(g, &content);
    if (fault) return malformed(fault);
    Verdict v = check_signature(s, g);
    if (!v.holds) return v;
    if (g->catalog)
        return verdict_good("intact",
                            arena_printf(s->arena, "the file's digest stands in %s", g->catalog));
    return is_list(s, g) ? verdict_good("intact", "the list is the one that was signed")
                         : check_file(s, g);
}

/* ---- time ---- */

static const char *moment(Arena *a, Time t) {
    char text[TIME_TEXT_SIZE];
    time_print(t, text);
    return arena_str(a, text);
}

/* The earliest of the good ones: a stolen key makes no older ones. */
static const Stamp *choose_stamp(const Stamp *list) {
    const Stamp *best = NULL;
    for (const Stamp *s = list; s; s = s->next)
        if (s->verdict.holds && (!best || s->time < best->time)) best = s;
    return best;
}

/* A signature cannot be older than the certificates that it needs: where "now" is only the day of
 * coax's lists, it is at least that of the youngest. */
static Time youngest(const Chain *path) {
    Time t = INT64_MIN;
    for (unsigned i = 0; i < path->count; i++)
        if (path->certs[i]->not_before > t) t = path->certs[i]->not_before;
    return t;
}

static Time find_path(Subject *s, Signature *g) {
    const SignTrust *t = s->trust;
    ChainQuestion q = {.leaf = g->cert,
                       .pools = {g->data.certs},
                       .use = USE_CODE,
                       .at = g->stamp ? g->stamp->time : t->now,
                       .proved = g->stamp != NULL};
    chain_find(t, s->arena, &q, &g->path);
    if (!g->stamp && !t->at && !g->path.time.holds && youngest(&g->path) > q.at) {
        q.at = youngest(&g->path);
        chain_find(t, s->arena, &q, &g->path);
    }
    return q.at;
}

static Verdict with_stamp(Subject *s, const Signature *g) {
    const SignTrust *t = s->trust;
    if (!g->path.time.holds)
        return verdict_bad(g->path.time.word,
                           arena_printf(s->arena, "%s, but it was signed on %s",
                                        g->path.time.reason, moment(s->arena, g->stamp->time)));
    if ((g->cert->uses & USE_LIFETIME) && g->cert->has_extended && t->now > g->cert->not_after)
        return verdict_bad(
            "expired",
            arena_printf(s->arena, "its certificate says that its signatures end with it, on %s",
                         moment(s->arena, g->cert->not_after)));
    return verdict_good(
        "valid",
        arena_printf(s->arena,
                     "it was signed on %s (time stamp), within the life of its certificate",
                     moment(s->arena, g->stamp->time)));
}

static Verdict judge_time(Subject *s, const Signature *g, Time at) {
    if (g->stamp) return with_stamp(s, g);
    if (g->stamps)
        return verdict_bad(strcmp(g->stamps->verdict.word, "untrusted") == 0 ? "untrusted-timestamp"
                                                                             : "bad-timestamp",
                           arena_printf(s->arena, "its time stamp counts for nothing: %s",
                                        g->stamps->verdict.reason));
    const char *when = s->trust->at          ? "--at"
                       : at == s->trust->now ? "the day of coax's lists"
                                             : "its youngest certificate";
    if (!g->path.time.holds)
        return verdict_bad(
            g->path.time.word,
            arena_printf(s->arena,
                         "%s, and no time stamp says when it was signed (judged at %s, %s)",
                         g->path.time.reason, moment(s->arena, at), when));
    return verdict_good("valid", arena_printf(s->arena, "it has no time stamp; judged at %s, %s",
                                              moment(s->arena, at), when));
}

/* ---- usage ---- */

static Verdict judge_usage(const Cert *c) {
    if (c->has_extended && !(c->uses & USE_CODE))
        return verdict_bad("refused", "its certificate is not for signing code (extendedKeyUsage)");
    if (c->has_usage && !(c->key_usage & KEY_DIGITAL_SIGNATURE))
        return verdict_bad("refused", "its certificate is not for signatures (keyUsage)");
    return verdict_good("allowed", c->has_extended ? "its certificate is for signing code"
                                                   : "its certificate limits its use to nothing");
}

/* ---- all ---- */

static void judge_signer(Subject *s, Signature *g) {
    g->stamps = stamp_read(s->trust, s->arena, g->signer, g->data.certs);
    g->stamp = choose_stamp(g->stamps);
    Time at = find_path(s, g);
    g->chain = g->path.chain;
    g->revocation = g->path.revocation;
    g->time = judge_time(s, g, at);
    g->usage = judge_usage(g->cert);
    g->abuse = abuse_look_up(s->arena, &s->trust->abuse, g->cert, g->chain.holds);
}

static void leave_unjudged(Signature *g) {
    Verdict none =
        verdict_bad("unknown", "there is no signer whose certificate could be looked at");
    g->chain = g->time = g->revocation = g->usage = none;
    g->abuse = verdict_good("unknown", none.reason);
}

static void read_claims(Subject *s, Signature *g) {
    const Attribute *all = g->signer->attributes;
    Cur time = cur(signed_value(all, OID_SIGNING_TIME));
    g->opus = spc_read_opus(s->arena, signed_value(all, OID_SPC_OPUS_INFO));
    Time claimed = der_time(&time);
    g->claimed = time.bad ? INT64_MIN : claimed;
}

static Signature *judge(Subject *s, Span bytes, const char *catalog) {
    Signature *g = arena_one(s->arena, Signature);
    if (!g || signed_read(s->arena, s->crypto, bytes, &g->data) != ST_OK) return NULL;
    g->catalog = catalog;
    g->bytes = g->data.whole;
    g->claimed = INT64_MIN;
    if (!spc_read_indirect(g->data.content, &g->indirect)) g->indirect = (SpcIndirect){0};
    g->pages = spc_page_hashes(g->indirect.data, &g->pages_kind);
    g->signer = g->data.signers;
    if (g->signer) read_claims(s, g);
    if (g->signer) g->cert = signed_find_cert(g->data.certs, g->signer);
    g->integrity = check_integrity(s, g);
    if (g->cert) judge_signer(s, g);
    else leave_unjudged(g);
    g->valid = g->integrity.holds && g->chain.holds && g->time.holds && g->revocation.holds &&
               g->usage.holds;
    return g;
}

Signature *judge_signature(Subject *s, Span bytes) {
    return judge(s, bytes, NULL);
}

Signature *judge_catalog(Subject *s, Span bytes, const char *name) {
    return judge(s, bytes, name);
}
