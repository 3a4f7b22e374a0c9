/* Time as a number: nanoseconds since 1970-01-01T00:00:00Z (1678 to 2262), and its spellings. The
 * wall clock itself is read only by the engine's stops and by progress. */
#ifndef COAX_BASE_CLOCK_H
#define COAX_BASE_CLOCK_H

#include "base/bytes.h"

typedef int64_t Time; /* ns since the Unix epoch, UTC */

#define TIME_SECOND INT64_C(1000000000)
enum { TIME_TEXT_SIZE = 48 };

/* RFC 3339 with as many fraction digits as are needed (0, 3, 6 or 9): 2019-03-25T09:00:00.5Z has 3.
 */
void time_print(Time t, char out[TIME_TEXT_SIZE]);

/* RFC 3339 (a date alone is midnight UTC; an offset is allowed). False where it is none. */
bool time_parse(const char *text, Time *out);

/* A span of time for people: "10 days", "1.5 s", "250 ms". */
void time_print_span(Time ns, char out[TIME_TEXT_SIZE]);

/* Seconds as decimal text for programs, exact: "864000", "0.25". */
void time_print_seconds(Time ns, char out[TIME_TEXT_SIZE]);

/* Windows FILETIME: 100 ns since 1601-01-01. */
static inline uint64_t time_to_filetime(Time t) {
    return (uint64_t)(t / 100 + INT64_C(116444736000000000));
}
static inline Time time_from_filetime(uint64_t f) {
    return ((int64_t)f - INT64_C(116444736000000000)) * 100;
}

/* The host's monotonic clock, for time-outs and progress only; never for anything in a report. */
Time time_monotonic(void);

#endif
