/* coax case cluster: which inputs belong together, and what ties which. */
#include "cli/case.h"
#include "link/cluster.h"
#include <inttypes.h>
#include <stdio.h>

enum { MOST_IDS = 12, MOST_COMMON = 10 };

typedef struct {
    Cluster *cluster;
    const char *kind; /* or NULL: all */
    Status status;
} Gathering;

static bool gather(void *context, const StoreLink *l) {
    Gathering *g = context;
    bool wanted = !g->kind || strcmp(g->kind, entity_name(l->kind)) == 0;
    /* an input's own digest makes it known, whatever is asked for */
    if (!wanted && l->input != l->artifact) return true;
    if (!wanted && l->kind != EN_sha256) return true;
    /* a certificate is known by two digests, so that both are found; one of them ties */
    if (l->kind == EN_certificate && strlen(l->value) != 64) return true;
    /* without digests (--no-digests) every input is a file of its own */
    bool hashed = strspn(l->sha256, "0") < strlen(l->sha256);
    char number[32];
    snprintf(number, sizeof number, "(input %" PRIu64 ")", l->input);
    if (!hashed && l->kind == EN_sha256) return true;
    g->status = cluster_add(g->cluster, &(ClusterLink){.input = l->input,
                                                       .sha256 = hashed ? l->sha256 : number,
                                                       .name = l->name,
                                                       .kind = l->kind,
                                                       .value = l->value});
    return g->status == ST_OK;
}

/* ---- text ---- */

static void put_ids(Buf *b, const Cluster *c, const ClusterTie *t) {
    for (size_t i = 0; i < t->count && i < MOST_IDS; i++)
        buf_printf(b, "%s%" PRIu64, i ? ", " : "", cluster_file(c, t->files[i])->input);
    if (t->count > MOST_IDS) buf_printf(b, " and %zu more", t->count - MOST_IDS);
}

static void text_tie(Buf *b, const Cluster *c, const ClusterTie *t) {
    buf_printf(b, "    %s ", entity_text(t->kind));
    case_text(b, t->value);
    buf_str(b, ": ");
    put_ids(b, c, t);
    buf_byte(b, '\n');
}

static uint32_t group_of(const Cluster *c, const ClusterTie *t) {
    return cluster_file(c, t->files[0])->group;
}

static void text_group(CaseOut *o, const Cluster *c, uint32_t group) {
    size_t members = 0;
    for (size_t i = 0; i < cluster_files(c); i++) members += cluster_file(c, i)->group == group;
    buf_printf(&o->buf, "cluster %u: %zu files\n", group, members);
    for (size_t i = 0; i < cluster_files(c); i++) {
        const ClusterFile *f = cluster_file(c, i);
        if (f->group != group) continue;
        buf_printf(&o->buf, "  %6" PRIu64 "  %.12s  ", f->input, f->sha256);
        case_text(&o->buf, f->name);
        if (f->others) buf_printf(&o->buf, "  (and %zu more inputs)", f->others);
        buf_byte(&o->buf, '\n');
        case_out_breathe(o);
    }
    buf_str(&o->buf, "  tied by\n");
    for (size_t i = 0; i < cluster_ties(c); i++)
        if (!cluster_tie(c, i)->common && group_of(c, cluster_tie(c, i)) == group)
            text_tie(&o->buf, c, cluster_tie(c, i));
    buf_byte(&o->buf, '\n');
    case_out_breathe(o);
}

static void text_common(CaseOut *o, const Cluster *c) {
    size_t told = 0, all = 0;
    for (size_t i = 0; i < cluster_ties(c); i++) {
        const ClusterTie *t = cluster_tie(c, i);
        if (!t->common || all++ >= MOST_COMMON) continue;
        if (!told++) buf_str(&o->buf, "common, and therefore no tie\n");
        buf_printf(&o->buf, "    %s ", entity_text(t->kind));
        case_text(&o->buf, t->value);
        buf_printf(&o->buf, ": %zu of %zu files (%s)\n", t->count, cluster_files(c), t->common);
    }
    if (all > MOST_COMMON) buf_printf(&o->buf, "    and %zu more (--json has all)\n", all - MOST_COMMON);
}

static void text(CaseOut *o, const Cluster *c) {
    uint32_t groups = cluster_groups(c);
    for (uint32_t g = 1; g <= groups; g++) text_group(o, c, g);
    if (!groups) buf_printf(&o->buf, "nothing ties two of the %zu files\n", cluster_files(c));
    text_common(o, c);
}

/* ---- JSON ---- */

static void json_tie(Buf *b, const Cluster *c, const ClusterTie *t) {
    buf_str(b, "{");
    buf_printf(b, "\"kind\":\"%s\"", entity_name(t->kind));
    case_field(b, "value", t->value);
    buf_str(b, ",\"inputs\":[");
    for (size_t i = 0; i < t->count; i++)
        buf_printf(b, "%s%" PRIu64, i ? "," : "", cluster_file(c, t->files[i])->input);
    buf_str(b, "]}");
}

static void json_group(CaseOut *o, const Cluster *c, uint32_t group) {
    bool first = true;
    buf_printf(&o->buf, "{\"type\":\"cluster\",\"id\":%u,\"files\":[", group);
    for (size_t i = 0; i < cluster_files(c); i++) {
        const ClusterFile *f = cluster_file(c, i);
        if (f->group != group) continue;
        buf_printf(&o->buf, "%s{\"input\":%" PRIu64, first ? "" : ",", f->input);
        case_field(&o->buf, "sha256", f->sha256);
        case_field(&o->buf, "name", f->name);
        buf_str(&o->buf, "}");
        first = false;
    }
    buf_str(&o->buf, "],\"ties\":[");
    first = true;
    for (size_t i = 0; i < cluster_ties(c); i++) {
        const ClusterTie *t = cluster_tie(c, i);
        if (t->common || group_of(c, t) != group) continue;
        if (!first) buf_str(&o->buf, ",");
        json_tie(&o->buf, c, t);
        first = false;
    }
    buf_str(&o->buf, "]}\n");
    case_out_breathe(o);
}

static void json(CaseOut *o, const Cluster *c) {
    for (uint32_t g = 1; g <= cluster_groups(c); g++) json_group(o, c, g);
    for (size_t i = 0; i < cluster_ties(c); i++) {
        const ClusterTie *t = cluster_tie(c, i);
        if (!t->common) continue;
        buf_printf(&o->buf, "{\"type\":\"common\",\"kind\":\"%s\"", entity_name(t->kind));
        case_field(&o->buf, "value", t->value);
        buf_printf(&o->buf, ",\"files\":%zu,\"of\":%zu", t->count, cluster_files(c));
        case_field(&o->buf, "why", t->common);
        buf_str(&o->buf, "}\n");
        case_out_breathe(o);
    }
}

static int run(Store *store, const Settings *s, const char *const *operands, size_t count) {
    (void)operands;
    Gathering g = {.cluster = cluster_open(), .kind = s->kind, .status = ST_BUDGET};
    if (count) cli_complain("coax case cluster takes no operands");
    if (count || !g.cluster) {
        cluster_close(g.cluster);
        return EXIT_TROUBLE;
    }
    g.status = ST_OK;
    Status status = store_links(store, gather, &g);
    if (status == ST_OK) status = g.status == ST_OK ? cluster_solve(g.cluster) : g.status;
    if (status == ST_BUDGET) cli_complain("out of memory");
    CaseOut out = case_out();
    if (status == ST_OK && s->json) json(&out, g.cluster);
    else if (status == ST_OK) text(&out, g.cluster);
    cluster_close(g.cluster);
    return case_out_close(&out) && status == ST_OK ? EXIT_NOTHING : EXIT_TROUBLE;
}

const CaseCommand case_cluster = {
    .name = "cluster", .operands = "", .mode = STORE_READ, .run = run};
