/* coax case list: one line an input, the oldest first. */
#include "cli/case.h"
#include <inttypes.h>

static const char *severity(const StoreInput *i) {
    return i->severity < 0 ? NULL : severity_name((Severity)i->severity);
}

static bool json_line(void *context, const StoreInput *i) {
    CaseOut *o = context;
    Buf *b = &o->buf;
    buf_printf(b, "{\"type\":\"input\",\"id\":%" PRIu64, i->id);
    case_field(b, "at", i->at);
    case_field(b, "name", i->name);
    case_field(b, "sha256", i->sha256);
    case_field(b, "format", i->format);
    buf_printf(b, ",\"size\":%" PRIu64 ",\"artifacts\":%" PRIu64 ",\"findings\":%" PRIu64, i->size,
               i->artifacts, i->findings);
    buf_printf(b, ",\"triggers\":%" PRIu64 ",\"sightings\":%" PRIu64, i->triggers, i->sightings);
    case_field(b, "severity", severity(i));
    case_field(b, "world", i->world);
    buf_str(b, "}\n");
    case_out_breathe(o);
    return !o->error;
}

static bool text_line(void *context, const StoreInput *i) {
    CaseOut *o = context;
    const char *worst = severity(i);
    buf_printf(&o->buf, "%6" PRIu64 "  %-20s  %-8s  %-8.8s  %.12s  ", i->id, i->at,
               worst ? worst : "-", i->format, i->sha256);
    case_text(&o->buf, i->name);
    if (i->triggers) buf_printf(&o->buf, "  (waits for something)");
    buf_byte(&o->buf, '\n');
    case_out_breathe(o);
    return !o->error;
}

static int run(Store *store, const Settings *s, const char *const *operands, size_t count) {
    (void)operands;
    if (count) {
        cli_complain("coax case list takes no operands but options: --name PATTERN, --since TIME...");
        return EXIT_TROUBLE;
    }
    Arena a = arena_new(1 << 12);
    CaseOut out = case_out();
    StoreFilter f = {.since = case_time(&a, s->since),
                     .before = case_time(&a, s->before),
                     .format = s->format,
                     .name = s->name,
                     .rule = s->rule,
                     .severity = s->severity};
    if (!s->json && !s->quiet)
        buf_printf(&out.buf, "%6s  %-20s  %-8s  %-8s  %-12s  name\n", "id", "analysed", "worst",
                   "format", "sha256");
    Status status = store_list(store, &f, s->json ? json_line : text_line, &out);
    arena_reset(&a);
    return case_out_close(&out) && status == ST_OK ? EXIT_NOTHING : EXIT_TROUBLE;
}

const CaseCommand case_list = {.name = "list", .operands = "", .mode = STORE_READ, .run = run};
