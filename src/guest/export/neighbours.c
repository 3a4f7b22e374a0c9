#include "guest/export/neighbours.h"
#include "base/text.h"
#include "guest/ask.h"
#include <stdlib.h>
#include <strings.h>

/* ---- computers ---- */

static int by_name(const void *a, const void *b) {
    return strcasecmp(((const Neighbour *)a)->name, ((const Neighbour *)b)->name);
}

static bool is_controller(const WorldDomain *d, const char *name) {
    return text_equal_nocase(name, d->controller);
}

size_t neighbours(ExportCall *c, Neighbour out[MOST_NEIGHBOURS]) {
    const Machine *m = c->machine;
    size_t n = 0;
    ask_single(m, FACT_domain);
    const WorldDomain *d = world_domain(m->world);
    if (!d) return 0;
    const uint32_t plain = SV_WORKSTATION | SV_SERVER | SV_NT;
    const uint32_t controls = plain | SV_DOMAIN_CONTROLLER | SV_SERVER_NT;
    bool seen = false;
    out[n++] = (Neighbour){ask_text(m, FACT_computer), "", plain};
    for (const WorldItem *i = ask_first(m, FACT_peer); i; i = ask_next(m, i)) {
        bool controller = is_controller(d, i->subject);
        seen |= controller;
        if (n + 1 < MOST_NEIGHBOURS)
            out[n++] = (Neighbour){i->subject, ask_item_text(m, i, FACT_peer_comment),
                                   controller ? controls : plain};
    }
    if (!seen && *d->controller) out[n++] = (Neighbour){d->controller, "", controls};
    qsort(out, n, sizeof *out, by_name);
    return n;
}

/* ---- shares ---- */

typedef struct {
    Share *out;
    size_t count;
} Shares;

static void add(Shares *s, Share share) {
    for (size_t i = 0; i < s->count; i++)
        if (text_equal_nocase(s->out[i].name, share.name)) return;
    if (s->count < MOST_SHARES) s->out[s->count++] = share;
}

static void add_special(ExportCall *c, Shares *s) {
    const Machine *m = c->machine;
    const char *root = world_variable(m->world, "SystemRoot");
    add(s,
        (Share){"ADMIN$", root ? root : "C:\\Windows", "Remote Admin", STYPE_DISK | STYPE_SPECIAL});
    for (const WorldItem *i = ask_first(m, FACT_drive); i; i = ask_next(m, i)) {
        const char *type = ask_item_text(m, i, FACT_drive);
        if (!type || strcmp(type, "fixed")) continue;
        add(s, (Share){arena_printf(c->scratch, "%c$", *i->subject),
                       arena_printf(c->scratch, "%c:\\", *i->subject), "Default share",
                       STYPE_DISK | STYPE_SPECIAL});
    }
    add(s, (Share){"IPC$", "", "Remote IPC", STYPE_IPC | STYPE_SPECIAL});
}

static void add_own(ExportCall *c, Shares *s) {
    const Machine *m = c->machine;
    add_special(c, s);
    for (const WorldItem *i = ask_first(m, FACT_share); i; i = ask_next(m, i))
        add(s, (Share){i->subject, ask_item_text(m, i, FACT_share),
                       ask_item_text(m, i, FACT_share_comment), STYPE_DISK});
}

/* Of another computer is known what drives are connected to, and that a controller has the
 * domain's. */
static void add_remote(ExportCall *c, const char *computer, Shares *s) {
    const Machine *m = c->machine;
    const WorldDomain *d = world_domain(m->world);
    size_t n = strlen(computer);
    if (d && is_controller(d, computer)) {
        add(s, (Share){"NETLOGON", "", "Logon server share ", STYPE_DISK});
        add(s, (Share){"SYSVOL", "", "Logon server share ", STYPE_DISK});
    }
    for (const WorldItem *i = ask_first(m, FACT_drive); i; i = ask_next(m, i)) {
        const char *to = ask_item_text(m, i, FACT_drive_share);
        if (strncmp(to, "\\\\", 2) || strncasecmp(to + 2, computer, n) || to[2 + n] != '\\')
            continue;
        const char *name = to + 3 + n;
        add(s,
            (Share){arena_text(c->scratch, span(name, strcspn(name, "\\"))), "", "", STYPE_DISK});
    }
    add(s, (Share){"IPC$", "", "Remote IPC", STYPE_IPC | STYPE_SPECIAL});
}

static bool is_this_one(const Machine *m, const char *name) {
    return !*name || text_equal_nocase(name, ask_text(m, FACT_computer)) ||
           text_equal_nocase(name, "localhost") || !strcmp(name, "127.0.0.1") || !strcmp(name, ".");
}

bool shares_of(ExportCall *c, const char *computer, Share out[MOST_SHARES], size_t *count) {
    const Machine *m = c->machine;
    Shares s = {.out = out};
    const char *name = computer ? computer + strspn(computer, "\\") : "";
    const WorldDomain *d = world_domain(m->world);
    const char *plain = arena_text(c->scratch, span(name, strcspn(name, ".")));
    bool here = is_this_one(m, name);
    if (here) add_own(c, &s);
    else if (plain && (ask_find(m, FACT_peer, plain) || (d && is_controller(d, plain))))
        add_remote(c, plain, &s);
    else return false;
    *count = s.count;
    return true;
}
