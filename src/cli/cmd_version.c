/* coax version */
#include "cli/cli.h"

static int run(const Settings *s, const char *const *operands, size_t count) {
    (void)s, (void)operands, (void)count;
    Buf text = buf_new(128);
    buf_str(&text, "coax " COAX_VERSION "\n");
    int status = cli_print(&text);
    buf_free(&text);
    return status;
}

const Command cmd_version = {
    .name = "version",
    .operands = "",
    .summary = "print the version",
    .text = "",
    .run = run,
};
