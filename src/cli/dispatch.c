/* From the command line to a command. */
#include "base/log.h"
#include "cli/cli.h"
#include <signal.h>
#include <stdlib.h>

static int print_usage(void) {
    cli_complain("no file given");
    cli_complain("usage: coax [OPTIONS] FILE... (coax help tells more)");
    return EXIT_TROUBLE;
}

static int run(const CommandLine *line) {
    const char *about = line->command->name;
    if (line->settings.version) return command_find("version")->run(&line->settings, NULL, 0);
    if (line->settings.help) return command_find("help")->run(&line->settings, &about, line->named);
    return line->command->run(&line->settings, line->operands, line->operand_count);
}

int cli_main(int argc, const char *const *argv) {
    CommandLine line;
    char message[CLI_MESSAGE] = "";
    log_set_level_named(getenv("COAX_LOG"));
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error like any other */
    if (argc < 2) return print_usage();
    int status = EXIT_TROUBLE;
    if (command_line_parse(argc, argv, &line, message)) status = run(&line);
    else cli_complain("%s", message);
    command_line_free(&line);
    return status;
}
