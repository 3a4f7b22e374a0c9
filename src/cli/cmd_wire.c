/* coax wire CAPTURE...|-i IF: exploits on the wire. */
#include "cli/cli.h"

static int run(const Settings *s, const char *const *operands, size_t count) {
    if (!count && !s->interface) {
        cli_complain("wire wants a packet capture, or an interface (see coax wire --help)");
        return EXIT_TROUBLE;
    }
    if (count && s->interface) {
        cli_complain("wire reads captures or an interface, not both");
        return EXIT_TROUBLE;
    }
    return analysis_run(s, ENGINE_WIRE, operands, count, NULL, 0);
}

const Command cmd_wire = {
    .name = "wire",
    .operands = "CAPTURE...|-i IF",
    .summary = "name exploits on the wire: from whom, to whom, was it patched",
    .text = "Reads pcap and pcapng; a capture \"-\" comes through standard input. Tells which exploit\n"
            "was used, who attacked whom, how far it came, and which hosts are open to it\n"
            "(docs/wire.md).\n",
    .options = OPTIONS_OUTPUT | OPTIONS_KEEP | OPTIONS_REPORT | OPTIONS_WIRE | OPTIONS_JOBS,
    .run = run,
};
