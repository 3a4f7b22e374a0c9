#include "cli/cli.h"
#include <stdio.h>

enum { COLUMN = 24 };

static void row(Buf *out, const char *left, const char *right) {
    buf_printf(out, "  %-*s  %s\n", COLUMN - 4, left, right);
}

static void option_row(Buf *out, const Option *o) {
    char left[64];
    snprintf(left, sizeof left, "%c%c%s --%s%s%s", o->letter ? '-' : ' ',
             o->letter ? o->letter : ' ', o->letter ? "," : " ", o->name, o->argument ? " " : "",
             o->argument ? o->argument : "");
    row(out, left, o->help);
}

static void option_rows(Buf *out, unsigned groups) {
    const Option *o;
    for (size_t i = 0; (o = option_at(i)); i++)
        if (o->group & groups) option_row(out, o);
}

void help_general(Buf *out) {
    const Command *c;
    buf_str(out, "coax: what is this file, what does it do, and what is it waiting for?\n\n"
                 "Usage: coax [OPTIONS] FILE...\n"
                 "       coax [OPTIONS] COMMAND ...\n\n"
                 "Commands (coax COMMAND --help tells more):\n");
    for (size_t i = 0; (c = command_at(i)); i++) row(out, c->name, c->summary);
    buf_str(out, "\nOptions:\n");
    option_rows(out, ~0u);
    buf_str(out,
            "\nExit status: 0 nothing found, 1 findings, 2 wrong usage, an input that cannot be "
            "read, or our own trouble.\n");
}

void help_command(Buf *out, const Command *c) {
    bool plain = c == command_default();
    buf_printf(out, "coax %s: %s\n\n", c->name, c->summary);
    buf_printf(out, "Usage: coax %s%s[OPTIONS]%s%s\n", plain ? "" : c->name, plain ? "" : " ",
               *c->operands ? " " : "", c->operands);
    if (*c->text) buf_printf(out, "\n%s", c->text);
    buf_str(out, "\nOptions:\n");
    option_rows(out, c->options | OPTIONS_ALWAYS);
}
