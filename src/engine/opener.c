#include "engine/opener.h"
#include "base/text.h"
#include <string.h>

static const struct {
    const char *extension, *program;
} rows[] = {
#define OPENER(extension, program) {extension, program},
#include "engine/openers.def"
};

static bool is_text(const char *format) {
    return strcmp(format, "text") == 0 || strcmp(format, "html") == 0 || strcmp(format, "xml") == 0;
}

const char *opener_of(const char *name, const char *format) {
    const char *dot = strrchr(name, '.');
    if (!dot || !is_text(format)) return NULL;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (text_equal_nocase(dot + 1, rows[i].extension)) return rows[i].program;
    return NULL;
}
