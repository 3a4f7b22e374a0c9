/* coax run PROGRAM [ARGUMENTS]: one run in the pretend computer. */
#include "cli/cli.h"

static int run(const Settings *s, const char *const *operands, size_t count) {
    if (!count) {
        cli_complain("run wants a program (see coax run --help)");
        return EXIT_TROUBLE;
    }
    return analysis_run(s, ENGINE_RUN, operands, 1, operands + 1, count - 1);
}

const Command cmd_run = {
    .name = "run",
    .operands = "PROGRAM [ARGUMENTS...]",
    .summary = "run one Windows program with arguments in the pretend computer",
    .text =
        "Options come before PROGRAM; what follows it belongs to the program. The exit status is\n"
        "coax's, never the program's: the report tells how the program ended.\n"
        "\n"
        "  coax run --set 'file:%APPDATA%\\abbc.log=123456789' sample.exe /quiet\n",
    .options = OPTIONS_OUTPUT | OPTIONS_KEEP | OPTIONS_REPORT | OPTIONS_WORLD | OPTIONS_JOBS | OPTIONS_BUDGET,
    .verbatim = true,
    .run = run,
};
