#include "cli/cli.h"

#define COMMAND(name) extern const Command cmd_##name;
#include "cli/commands.def"

static const Command *const commands[] = {
#define COMMAND(name) &cmd_##name,
#include "cli/commands.def"
};

const Command *command_default(void) {
    return commands[0];
}

const Command *command_at(size_t i) {
    return i < sizeof commands / sizeof commands[0] ? commands[i] : NULL;
}

const Command *command_find(const char *name) {
    const Command *c = NULL;
    for (size_t i = 0; (c = command_at(i)); i++)
        if (strcmp(c->name, name) == 0) return c;
    return NULL;
}
