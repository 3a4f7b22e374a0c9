#include "cli/cli.h"
#include <errno.h>
#include <stdlib.h>

typedef struct {
    const char *name;
    uint64_t factor;
} Unit;

/* A natural number and one of the units. */
static bool parse(const char *text, const Unit *units, size_t count, uint64_t *out) {
    char *end;
    if (*text < '0' || *text > '9') return false;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (errno) return false;
    while (*end == ' ') end++;
    for (size_t i = 0; i < count; i++)
        if (strcmp(end, units[i].name) == 0)
            return !__builtin_mul_overflow((uint64_t)n, units[i].factor, out);
    return false;
}

#define PARSE(text, units, out) parse(text, units, sizeof units / sizeof units[0], out)

bool quantity_count(const char *text, uint64_t *out) {
    static const Unit units[] = {
        {"", 1}, {"k", 1000}, {"K", 1000}, {"M", 1000000}, {"G", 1000000000}};
    return PARSE(text, units, out);
}

bool quantity_size(const char *text, uint64_t *out) {
    static const Unit units[] = {{"", 1},         {"B", 1},         {"K", 1 << 10},
                                 {"KB", 1 << 10}, {"KiB", 1 << 10}, {"M", 1 << 20},
                                 {"MB", 1 << 20}, {"MiB", 1 << 20}, {"G", 1 << 30},
                                 {"GB", 1 << 30}, {"GiB", 1 << 30}};
    return PARSE(text, units, out);
}

bool quantity_time(const char *text, Time *out) {
    static const Unit units[] = {
        {"", TIME_SECOND},          {"ms", TIME_SECOND / 1000},    {"s", TIME_SECOND},
        {"min", 60 * TIME_SECOND},  {"m", 60 * TIME_SECOND},       {"h", 3600 * TIME_SECOND},
        {"d", 86400 * TIME_SECOND}, {"days", 86400 * TIME_SECOND}, {"day", 86400 * TIME_SECOND}};
    uint64_t ns;
    if (!PARSE(text, units, &ns) || ns > INT64_MAX) return false;
    *out = (Time)ns;
    return true;
}
