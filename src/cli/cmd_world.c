/* coax world show|check|diff: the pretend computers themselves. */
#include "base/text.h"
#include "cli/cli.h"

enum { WORLD_TEXT = 256 << 20 };

static bool open_world(const Settings *s, const char *name, bool edited, Engine **out) {
    char message[ENGINE_MESSAGE];
    EngineOptions options = {.world = name};
    if (edited) options.edits = s->edits, options.edit_count = s->edit_count;
    if (engine_open(&options, out, message) == ST_OK) return true;
    cli_complain("%s", message);
    return false;
}

/* Line by line, so that only line ends are not escaped. */
static void escape_lines(Buf *out, Span text) {
    for (size_t at = 0; at < text.n;) {
        const uint8_t *end = memchr(text.p + at, '\n', text.n - at);
        size_t n = end ? (size_t)(end - text.p) - at : text.n - at;
        text_escape(out, span_sub(text, at, n));
        buf_byte(out, '\n');
        at += n + 1;
    }
}

/* Line by line and escaped; the exit status. */
static int print_edits(Status status, Buf *text) {
    Buf escaped = buf_new(WORLD_TEXT);
    escape_lines(&escaped, buf_span(text));
    if (status != ST_OK) cli_complain("%s", status_text(status));
    int exit_status = status == ST_OK ? cli_print(&escaped) : EXIT_TROUBLE;
    buf_free(text);
    buf_free(&escaped);
    return exit_status;
}

static int show(const Settings *s, const char *name) {
    Engine *e;
    if (!open_world(s, name, true, &e)) return EXIT_TROUBLE;
    Buf text = buf_new(WORLD_TEXT);
    Status status = engine_print_world(e, &text);
    engine_close(e);
    return print_edits(status, &text);
}

/* The edits of the command line belong to the second world. */
static int diff(const Settings *s, const char *from, const char *to) {
    Engine *left, *right;
    if (!open_world(s, from, false, &left)) return EXIT_TROUBLE;
    if (!open_world(s, to, true, &right)) {
        engine_close(left);
        return EXIT_TROUBLE;
    }
    Buf text = buf_new(WORLD_TEXT);
    Status status = engine_diff_worlds(left, right, &text);
    engine_close(left);
    engine_close(right);
    return print_edits(status, &text);
}

static int check(const Settings *s, const char *const *names, size_t count) {
    int exit_status = EXIT_NOTHING;
    for (size_t i = 0; i < count; i++) {
        Engine *e;
        if (open_world(s, names[i], true, &e)) engine_close(e);
        else exit_status = EXIT_TROUBLE;
    }
    return exit_status;
}

static int run(const Settings *s, const char *const *operands, size_t count) {
    const char *what = count ? operands[0] : "";
    if (strcmp(what, "show") == 0 && count <= 2)
        return show(s, count == 2 ? operands[1] : s->world);
    if (strcmp(what, "check") == 0 && count >= 2) return check(s, operands + 1, count - 1);
    if (strcmp(what, "diff") == 0 && (count == 2 || count == 3))
        return diff(s, operands[1], operands[count - 1]);
    cli_complain("coax world wants show [WORLD], check WORLD... or diff WORLD [WORLD] (see coax "
                 "world --help)");
    return EXIT_TROUBLE;
}

const Command cmd_world = {
    .name = "world",
    .operands = "show [WORLD] | check WORLD... | diff WORLD [WORLD]",
    .summary = "show a pretend computer, check one that you wrote, compare two",
    .text = "`show` prints every fact of a world as an edit, one a line, with the edits of --set "
            "applied.\n"
            "`check` says what is wrong with a persona, with line and column, and nothing where it "
            "is good.\n"
            "`diff` prints the edits that make the second world out of the first: --set belongs to "
            "the second, which is the first one where there is only one.\n"
            "\n"
            "  coax world show home --set domain=CORP\n"
            "  coax world diff home office\n",
    .options = OPTIONS_WORLD,
    .run = run,
};
