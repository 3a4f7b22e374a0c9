/* What the text report says of captures: how far an attack came, which hosts are open to it, and
 * who infected whom. */
#include "report/sentence.h"
#include "report/text.h"

enum {
    INDENT = 4,
    COLUMN = 14,
    ADDRESS = 22,
    ITEM_CAP = 16 << 10,
    MOST_HOSTS = 200,
    DEEPEST = 16,
    MOST_LEAVES = 500
};

static void item(const Page *p, const char *label, const char *text) {
    Buf b = buf_new(ITEM_CAP);
    if (!text || !*text) return;
    sentence_text(&b, text);
    page_item(p, COLUMN, COLUMN + 11, INK_DIM, label, buf_span(&b));
    buf_free(&b);
}

static const char *outcome(int succeeded) {
    return succeeded < 0 ? "not known" : succeeded ? "yes" : "no";
}

void text_print_encounter(const Page *p, const TextFinding *f) {
    item(p, "stages", f->stages);
    item(p, "succeeded", outcome(f->succeeded));
    item(p, "exploits", f->cve);
    item(p, "packets", f->frames);
}

static void print_host(const Page *p, const TextHost *h) {
    static const Ink inks[] = {INK_DIM, INK_GREEN, INK_RED};
    Buf b = buf_new(ITEM_CAP);
    buf_printf(&b, "%s: ", patch_name(h->patch));
    sentence_text(&b, h->why);
    if (h->system) buf_str(&b, "; says that it is "), sentence_text(&b, h->system);
    if (h->dialect) buf_str(&b, "; "), sentence_text(&b, h->dialect);
    page_item(p, INDENT, ADDRESS, inks[h->patch], h->address, buf_span(&b));
    buf_free(&b);
}

void text_print_hosts(const Page *p, const Block *block) {
    unsigned shown = 0;
    if (!block->hosts) return;
    page_blank(p);
    page_line(p, 2, INK_BOLD, span_str("SMB servers"));
    for (const TextHost *h = block->hosts; h && shown < MOST_HOSTS; h = h->next, shown++)
        print_host(p, h);
    if (shown == MOST_HOSTS)
        page_line(p, INDENT, INK_DIM, span_str("... and more (--json has all)"));
}

/* ---- who infected whom ---- */

static bool infects(const TextFinding *f) {
    return f->attacker && f->exploit && f->succeeded == 1;
}

/* Only the first infection of a host counts: later ones are no news to it. */
static bool is_first(const Block *b, const TextFinding *f) {
    for (const TextFinding *g = b->findings; g; g = g->next)
        if (g != f && infects(g) && strcmp(g->victim, f->victim) == 0 &&
            (g->first < f->first || (g->first == f->first && g < f)))
            return false;
    return true;
}

static bool was_infected(const Block *b, const char *address, Time before) {
    for (const TextFinding *f = b->findings; f; f = f->next)
        if (infects(f) && f->first < before && strcmp(f->victim, address) == 0) return true;
    return false;
}

/* What a host did after it was infected itself: so an attack back leads into no circle. */
static unsigned print_victims(const Page *p, const Block *b, const char *attacker, unsigned depth,
                              Time after, unsigned left) {
    for (const TextFinding *f = b->findings; f && left; f = f->next) {
        if (!infects(f) || f->first < after || strcmp(f->attacker, attacker) != 0 ||
            !is_first(b, f))
            continue;
        Buf line = buf_new(ITEM_CAP);
        char time[TIME_TEXT_SIZE];
        time_print(f->first, time);
        sentence_text(&line, f->victim);
        buf_printf(&line, "  %s  (%s)", time, f->rule);
        page_item(p, INDENT + 2 * depth, INDENT + 2 * depth + 3, INK_DIM, "->", buf_span(&line));
        buf_free(&line);
        left--;
        if (depth < DEEPEST) left = print_victims(p, b, f->victim, depth + 1, f->first + 1, left);
    }
    return left;
}

static bool printed_before(const Block *b, const TextFinding *f) {
    for (const TextFinding *g = b->findings; g != f; g = g->next)
        if (infects(g) && strcmp(g->attacker, f->attacker) == 0) return true;
    return false;
}

void text_print_spread(const Page *p, const Block *block) {
    unsigned left = MOST_LEAVES;
    bool begun = false;
    for (const TextFinding *f = block->findings; f; f = f->next) {
        if (!infects(f) || was_infected(block, f->attacker, f->first) || printed_before(block, f))
            continue;
        if (!begun) {
            page_blank(p);
            page_line(p, 2, INK_BOLD, span_str("Who infected whom"));
            begun = true;
        }
        page_line(p, INDENT, INK_PLAIN, span_str(f->attacker));
        left = print_victims(p, block, f->attacker, 1, INT64_MIN, left);
    }
}
