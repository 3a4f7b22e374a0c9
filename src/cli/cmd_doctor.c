/* coax doctor: what is missing, what guards an analysis, and how to get the rest. */
#include "cli/cli.h"
#include "engine/health.h"
#include "report/page.h"

enum {
    DOCTOR_ARENA = 64 << 10,
    DOCTOR_TEXT = 64 << 10,
    INDENT = 2,
    COLUMN = 12,
    WIDTH_WITHOUT_TERMINAL = 100
};

static const struct {
    const char *label;
    Ink ink;
} states[] = {
    [HEALTH_GOOD] = {"good", INK_GREEN},
    [HEALTH_WEAK] = {"weak", INK_YELLOW},
    [HEALTH_MISSING] = {"missing", INK_RED},
};

static void print_one(const Page *page, Arena *a, const Health *h) {
    const char *line = arena_printf(a, "%s: %s", h->about, h->text);
    page_item(page, INDENT, COLUMN, states[h->state].ink, states[h->state].label,
              span_str(line ? line : h->about));
    if (h->remedy) page_line(page, COLUMN, INK_DIM, span_str(h->remedy));
}

static const char *verdict(HealthState worst) {
    switch (worst) {
    case HEALTH_GOOD: return "Everything is there.";
    case HEALTH_WEAK: return "coax works here; what is weak could be better.";
    case HEALTH_MISSING: return "Something is missing; not every analysis will work.";
    }
    return "";
}

static int run(const Settings *s, const char *const *operands, size_t count) {
    (void)operands, (void)count;
    Arena a = arena_new(DOCTOR_ARENA);
    Health found[HEALTH_MAX];
    size_t n = health_examine(&a, found);
    Buf text = buf_new(DOCTOR_TEXT);
    unsigned width = cli_width();
    Page page = {
        .out = &text, .color = cli_wants_color(s), .width = width ? width : WIDTH_WITHOUT_TERMINAL};
    HealthState worst = HEALTH_GOOD;
    for (size_t i = 0; i < n; i++) {
        print_one(&page, &a, &found[i]);
        if (found[i].state > worst) worst = found[i].state;
    }
    page_blank(&page);
    page_line(&page, 0, INK_BOLD, span_str(verdict(worst)));
    int status = cli_print(&text);
    buf_free(&text);
    arena_reset(&a);
    return status == EXIT_NOTHING && worst == HEALTH_MISSING ? EXIT_TROUBLE : status;
}

const Command cmd_doctor = {
    .name = "doctor",
    .operands = "",
    .summary = "say what is missing here, and what guards an analysis",
    .text = "Looks for coax-guest, the worlds and the packs of guest DLLs, tries the jail, and "
            "says how\n"
            "to get what is not there. Exit status 2 when something is missing, else 0.\n",
    .options = OPTIONS_OUTPUT,
    .run = run,
};
