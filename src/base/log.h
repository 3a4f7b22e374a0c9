/* Diagnostics: one sink, off unless asked for (COAX_LOG=debug, --verbose). Findings are data and do
 * not come here. */
#ifndef COAX_BASE_LOG_H
#define COAX_BASE_LOG_H

typedef enum { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG } LogLevel;

void log_set_level(LogLevel level);
/* By its name: error, warn, info, debug; anything else, and NULL, changes nothing. */
void log_set_level_named(const char *name);
LogLevel log_level(void);

/* Where lines go; the default writes to standard error. */
void log_set_sink(void (*write)(LogLevel level, const char *line));

void log_at(LogLevel level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_at(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_at(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...)                                                                             \
    do {                                                                                           \
        if (log_level() >= LOG_DEBUG) log_at(LOG_DEBUG, __VA_ARGS__);                              \
    } while (0)

#endif
