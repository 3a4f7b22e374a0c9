/* coax help [COMMAND] */
#include "cli/cli.h"

enum { HELP_CAP = 64 << 10 };

static int run(const Settings *s, const char *const *operands, size_t count) {
    (void)s;
    const Command *c = count ? command_find(operands[0]) : NULL;
    if (count && !c) {
        cli_complain("there is no command %s (see coax help)", operands[0]);
        return EXIT_TROUBLE;
    }
    Buf text = buf_new(HELP_CAP);
    if (c) help_command(&text, c);
    else help_general(&text);
    int status = cli_print(&text);
    buf_free(&text);
    return status;
}

const Command cmd_help = {
    .name = "help",
    .operands = "[COMMAND]",
    .summary = "list the commands and options, or explain one command",
    .text = "",
    .run = run,
};
