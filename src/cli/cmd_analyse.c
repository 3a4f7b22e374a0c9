/* coax FILE...: says what each file is, and runs the Windows programs among them. */
#include "cli/cli.h"
#include <unistd.h>

/* `coax hlep`: no such file, but nearly a command. */
static void hint_command(const char *word) {
    const Command *c;
    if (access(word, F_OK) == 0) return;
    for (size_t i = 0; (c = command_at(i)); i++)
        if (nearest_distance(word, c->name, 2) <= 2)
            cli_complain("there is no file %s; did you mean coax %s?", word, c->name);
}

static int run(const Settings *s, const char *const *operands, size_t count) {
    if (!count) {
        cli_complain("no file given (see coax help)");
        return EXIT_TROUBLE;
    }
    if (count == 1) hint_command(operands[0]);
    return analysis_run(s, ENGINE_ANALYSE, operands, count, NULL, 0);
}

const Command cmd_analyse = {
    .name = "analyse",
    .operands = "FILE...",
    .summary = "say what files are, run the programs among them, tell what they did",
    .text = "Folders are searched. A program runs in a pretend computer, without arguments; "
            "nothing of\n"
            "it runs on this one. The word analyse may be left out.\n",
    .options = OPTIONS_OUTPUT | OPTIONS_KEEP | OPTIONS_REPORT | OPTIONS_STATIC | OPTIONS_WORLD | OPTIONS_LURE |
               OPTIONS_TRUST | OPTIONS_JOBS | OPTIONS_BUDGET,
    .run = run,
};
