/* Calendar arithmetic is done here and not by timegm and gmtime_r: those read the host's time-zone
 * file at their first call, which a jailed process cannot. */
#include "base/clock.h"
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

enum { SECONDS_A_DAY = 86400 };

typedef struct {
    int64_t year;
    unsigned month, day; /* from 1 */
} Date;

/* Proleptic Gregorian calendar. Years are counted from March, so that the leap day is a year's last
 * day, and in eras of 400 years, which all have 146097 days. 719468 days lie between 0000-03-01 and
 * 1970-01-01. */
static int64_t days_from_date(Date d) {
    int64_t year = d.year - (d.month <= 2);
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (int64_t)((d.month + 9) % 12) + 2) / 5 + d.day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static Date date_from_days(int64_t days) {
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day = days - era * 146097;
    int64_t of_era = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t of_year = day - (365 * of_era + of_era / 4 - of_era / 100);
    int64_t month = (5 * of_year + 2) / 153; /* from March = 0 */
    Date d = {.year = era * 400 + of_era + (month >= 10),
              .month = (unsigned)(month < 10 ? month + 3 : month - 9),
              .day = (unsigned)(of_year - (153 * month + 2) / 5 + 1)};
    return d;
}

static bool date_exists(Date d) {
    if (d.month < 1 || d.month > 12 || d.day < 1) return false;
    Date back = date_from_days(days_from_date(d));
    return back.month == d.month && back.day == d.day;
}

static const char *print_fraction(uint32_t ns, char out[12]) {
    if (ns == 0) out[0] = 0;
    else if (ns % 1000000 == 0) snprintf(out, 12, ".%03" PRIu32, ns / 1000000);
    else if (ns % 1000 == 0) snprintf(out, 12, ".%06" PRIu32, ns / 1000);
    else snprintf(out, 12, ".%09" PRIu32, ns);
    return out;
}

void time_print(Time t, char out[TIME_TEXT_SIZE]) {
    int64_t seconds = t / TIME_SECOND, ns = t % TIME_SECOND;
    if (ns < 0) ns += TIME_SECOND, seconds--;
    int64_t days = seconds / SECONDS_A_DAY, of_day = seconds % SECONDS_A_DAY;
    if (of_day < 0) of_day += SECONDS_A_DAY, days--;
    Date d = date_from_days(days);
    char fraction[12];
    snprintf(out, TIME_TEXT_SIZE,
             "%04" PRId64 "-%02u-%02uT%02" PRId64 ":%02" PRId64 ":%02" PRId64 "%sZ", d.year,
             d.month, d.day, of_day / 3600, of_day / 60 % 60, of_day % 60,
             print_fraction((uint32_t)ns, fraction));
}

/* ---- reading ---- */

typedef struct {
    const char *p;
    bool bad;
} Reader;

static unsigned digits(Reader *r, unsigned count) {
    unsigned n = 0;
    for (; count && *r->p >= '0' && *r->p <= '9'; count--) n = n * 10 + (unsigned)(*r->p++ - '0');
    if (count) r->bad = true;
    return n;
}

static bool accept(Reader *r, const char *any) {
    if (r->bad || !*r->p || !strchr(any, *r->p)) return false;
    r->p++;
    return true;
}

static void expect(Reader *r, const char *any) {
    if (!accept(r, any)) r->bad = true;
}

static int64_t read_days(Reader *r) {
    Date d = {.year = digits(r, 4)};
    expect(r, "-");
    d.month = digits(r, 2);
    expect(r, "-");
    d.day = digits(r, 2);
    if (!r->bad && !date_exists(d)) r->bad = true;
    return r->bad ? 0 : days_from_date(d);
}

static unsigned read_hours_minutes(Reader *r) {
    unsigned hours = digits(r, 2);
    expect(r, ":");
    unsigned minutes = digits(r, 2);
    if (hours > 23 || minutes > 59) r->bad = true;
    return (hours * 60 + minutes) * 60;
}

/* What lies behind the ninth digit is dropped. */
static int64_t read_fraction(Reader *r) {
    int64_t ns = 0, unit = TIME_SECOND / 10;
    if (!accept(r, ".")) return 0;
    ns = digits(r, 1) * unit;
    while (*r->p >= '0' && *r->p <= '9') {
        unit /= 10;
        ns += digits(r, 1) * unit;
    }
    return ns;
}

static int64_t read_offset(Reader *r) {
    if (accept(r, "Zz")) return 0;
    int64_t sign = accept(r, "-") ? -1 : 1;
    if (sign == 1) expect(r, "+");
    return sign * (int64_t)read_hours_minutes(r);
}

bool time_parse(const char *text, Time *out) {
    Reader r = {.p = text};
    int64_t seconds = read_days(&r) * SECONDS_A_DAY, ns = 0;
    if (accept(&r, "Tt ")) {
        seconds += read_hours_minutes(&r);
        expect(&r, ":");
        unsigned second = digits(&r, 2);
        if (second > 59) r.bad = true;
        seconds += second;
        ns = read_fraction(&r);
        seconds -= read_offset(&r);
    }
    int64_t t;
    if (r.bad || *r.p || __builtin_mul_overflow(seconds, TIME_SECOND, &t) ||
        __builtin_add_overflow(t, ns, &t))
        return false;
    *out = t;
    return true;
}

/* ---- spans ---- */

static const struct {
    const char *one, *many;
    int64_t ns;
} units[] = {
    {"day", "days", SECONDS_A_DAY *TIME_SECOND},
    {"h", "h", 3600 * TIME_SECOND},
    {"min", "min", 60 * TIME_SECOND},
    {"s", "s", TIME_SECOND},
    {"ms", "ms", 1000000},
    {"us", "us", 1000},
    {"ns", "ns", 1},
};

/* In tenths of the largest unit that the time fills, once it is rounded to tenths of the next
 * smaller one: 999.96 ms are 1 s. */
void time_print_span(Time ns, char out[TIME_TEXT_SIZE]) {
    const char *sign = ns < 0 ? "-" : "";
    uint64_t n = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    size_t i = 0;
    while (units[i].ns > 1 && n + (uint64_t)units[i + 1].ns / 20 < (uint64_t)units[i].ns) i++;
    uint64_t unit = (uint64_t)units[i].ns;
    uint64_t whole = n / unit, tenths = unit < 10 ? 0 : (n % unit + unit / 20) / (unit / 10);
    if (tenths == 10) whole++, tenths = 0;
    const char *name = whole == 1 && tenths == 0 ? units[i].one : units[i].many;
    if (tenths)
        snprintf(out, TIME_TEXT_SIZE, "%s%" PRIu64 ".%" PRIu64 " %s", sign, whole, tenths, name);
    else snprintf(out, TIME_TEXT_SIZE, "%s%" PRIu64 " %s", sign, whole, name);
}

void time_print_seconds(Time ns, char out[TIME_TEXT_SIZE]) {
    uint64_t n = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns, second = (uint64_t)TIME_SECOND;
    int end = snprintf(out, TIME_TEXT_SIZE, "%s%" PRIu64 ".%09" PRIu64, ns < 0 ? "-" : "",
                       n / second, n % second);
    while (out[end - 1] == '0') end--;
    if (out[end - 1] == '.') end--;
    out[end] = 0;
}

Time time_monotonic(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * TIME_SECOND + now.tv_nsec;
}
