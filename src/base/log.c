#include "base/log.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The process's own diagnostics: the one piece of state in base that is not handed in, because a
 * log line may come from anywhere. Set once at the start, before there are threads. */
static LogLevel threshold = LOG_WARN;

static void write_stderr(LogLevel level, const char *line) {
    static const char *const names[] = {"error", "warning", "info", "debug"};
    fprintf(stderr, "coax: %s: %s\n", names[level], line);
}

static void (*sink)(LogLevel level, const char *line) = write_stderr;

void log_set_level(LogLevel level) {
    threshold = level;
}

void log_set_level_named(const char *name) {
    static const char *const names[] = {
        [LOG_ERROR] = "error", [LOG_WARN] = "warn", [LOG_INFO] = "info", [LOG_DEBUG] = "debug"};
    for (unsigned i = 0; name && i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0) threshold = (LogLevel)i;
}

LogLevel log_level(void) {
    return threshold;
}

void log_set_sink(void (*write)(LogLevel level, const char *line)) {
    sink = write ? write : write_stderr;
}

void log_at(LogLevel level, const char *format, ...) {
    if (level > threshold) return;
    char line[1024]; /* a longer line is cut: a log is for people */
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    sink(level, line);
}
