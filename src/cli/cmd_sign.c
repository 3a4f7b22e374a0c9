/* coax sign FILE...: who signed it, and can that be trusted? */
#include "cli/cli.h"

static int run(const Settings *s, const char *const *operands, size_t count) {
    if (!count) {
        cli_complain("sign wants a file (see coax sign --help)");
        return EXIT_TROUBLE;
    }
    return analysis_run(s, ENGINE_SIGN, operands, count, NULL, 0);
}

const Command cmd_sign = {
    .name = "sign",
    .operands = "FILE...",
    .summary = "who signed files, and can that be trusted: verdict by verdict",
    .text = "Folders are searched; nothing is run. Programs, installers, cabinets, scripts and "
            "catalogs have\n"
            "signatures; each is judged on its integrity, chain, time, revocation, usage and on "
            "lists of\n"
            "abused certificates (docs/sign/). Nobody is asked: what is not given is not known.\n",
    .options = OPTIONS_OUTPUT | OPTIONS_KEEP | OPTIONS_REPORT | OPTIONS_TRUST | OPTIONS_JOBS,
    .run = run,
};
