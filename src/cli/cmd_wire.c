/* coax wire CAPTURE...: exploits on the wire. */
#include "cli/cli.h"

static int run(const Settings *s, const char *const *operands, size_t count) {
    if (!count) {
        cli_complain("wire wants a packet capture (see coax wire --help)");
        return EXIT_TROUBLE;
    }
    return analysis_run(s, ENGINE_WIRE, operands, count, NULL, 0);
}

const Command cmd_wire = {
    .name = "wire",
    .operands = "CAPTURE...",
    .summary = "name exploits in packet captures: from whom, to whom, was it patched",
    .text = "Reads pcap and pcapng. Tells which exploit was used, who attacked whom, how far it "
            "came, and\n"
            "which hosts are open to it (docs/wire.md).\n",
    .options = OPTIONS_OUTPUT,
    .run = run,
};
