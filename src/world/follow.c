/* What follows from an edit among the facts themselves: a locale has its identifier and code pages,
 * a time zone its bias, and the date says whether it is summer time. A later edit goes before what
 * followed. */
#include "base/text.h"
#include "world/internal.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    const char *name, *lcid;
    int64_t ansi, oem;
} Locale;

/* A change of clocks: the nth Sunday of a month (5: the last), at an hour of standard time or of
 * UTC. */
typedef struct {
    int month, week, hour;
} Change;

typedef struct {
    Change begins, ends;
    bool utc;
} Summer;

static const Summer SUMMER_NONE, SUMMER_AMERICA = {{3, 2, 2}, {11, 1, 1}, false},
                                 SUMMER_EUROPE = {{3, 5, 1}, {10, 5, 1}, true},
                                 SUMMER_AUSTRALIA = {{10, 1, 2}, {4, 1, 2}, false},
                                 SUMMER_NEW_ZEALAND = {{9, 5, 2}, {4, 1, 2}, false};

typedef struct {
    const char *name;
    int64_t bias;
    const Summer *summer;
} Zone;

static const Locale locales[] = {
#define LOCALE(name, lcid, ansi, oem) {name, lcid, ansi, oem},
#include "world/places.def"
};

static const Zone zones[] = {
#define ZONE(name, bias, summer) {name, bias, &SUMMER_##summer},
#include "world/places.def"
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* ---- setting ---- */

static WorldValue *value_of(World *w, FactId id) {
    WorldItem *item = world_item_make(w, fact_info(id)->fact, NULL);
    return item ? &item->values[id - item->fact] : NULL;
}

static Status set_text(World *w, FactId id, const char *text) {
    WorldValue *v = value_of(w, id);
    if (!v) return ST_BUDGET;
    *v = (WorldValue){.set = true, .bytes = span_str(text)};
    return ST_OK;
}

static Status set_number(World *w, FactId id, int64_t n) {
    WorldValue *v = value_of(w, id);
    if (!v) return ST_BUDGET;
    *v = (WorldValue){.set = true, .number = n};
    return ST_OK;
}

/* ---- locales ---- */

static const Locale *locale_named(const char *name) {
    for (size_t i = 0; i < COUNT(locales); i++)
        if (text_equal_nocase(locales[i].name, name)) return &locales[i];
    return NULL;
}

static const Locale *locale_of(const char *lcid) {
    for (size_t i = 0; i < COUNT(locales); i++)
        if (text_equal_nocase(locales[i].lcid, lcid)) return &locales[i];
    return NULL;
}

/* An identifier that the locale has already changes nothing: world_print tells both. */
static Status follow_locale(World *w, FactId id) {
    const Locale *named = locale_named(world_text(w, FACT_locale));
    const Locale *l = id == FACT_locale ? named : locale_of(world_text(w, FACT_locale_lcid));
    if (!l || (id == FACT_locale_lcid && l == named)) return ST_OK;
    if (text_equal_nocase(world_text(w, FACT_language), world_text(w, FACT_locale)) ||
        id == FACT_locale)
        TRY(set_text(w, FACT_language, l->name));
    TRY(set_text(w, FACT_locale, l->name));
    TRY(set_text(w, FACT_locale_lcid, l->lcid));
    TRY(set_number(w, FACT_locale_ansi, l->ansi));
    return set_number(w, FACT_locale_oem, l->oem);
}

/* ---- time zones ---- */

static const Zone *zone_named(const char *name) {
    for (size_t i = 0; i < COUNT(zones); i++)
        if (text_equal_nocase(zones[i].name, name)) return &zones[i];
    return NULL;
}

static const Zone *zone_of(int64_t bias) {
    for (size_t i = 0; i < COUNT(zones); i++)
        if (zones[i].bias == bias) return &zones[i];
    return NULL;
}

/* Days from 1970-01-01 to a day of the Gregorian calendar; years count from March. */
static int64_t days_to(int64_t year, int month, int day) {
    int64_t y = month > 2 ? year : year - 1;
    int64_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return 365 * y + y / 4 - y / 100 + y / 400 + in_year - 719468;
}

static int64_t year_of(Time t) {
    char text[TIME_TEXT_SIZE];
    int year = 1970;
    time_print(t, text);
    sscanf(text, "%d", &year);
    return year;
}

/* The change's moment in that year, in seconds since 1970 (UTC). */
static int64_t moment(const Zone *z, const Change *c, int64_t year) {
    int64_t first = days_to(year, c->month, 1);
    int64_t sunday = first + (3 - first % 7 + 7) % 7; /* 1970 began on a Thursday */
    int64_t day = sunday + 7 * (c->week - 1);
    int64_t next = c->month == 12 ? days_to(year + 1, 1, 1) : days_to(year, c->month + 1, 1);
    while (day >= next) day -= 7;
    return day * 86400 + c->hour * 3600 + (z->summer->utc ? 0 : z->bias * 60);
}

static bool is_summer(const Zone *z, Time now) {
    if (!z->summer->begins.month) return false;
    int64_t year = year_of(now), t = now / TIME_SECOND;
    int64_t begins = moment(z, &z->summer->begins, year), ends = moment(z, &z->summer->ends, year);
    return begins < ends ? t >= begins && t < ends : t >= begins || t < ends;
}

static Status follow_zone(World *w, FactId id) {
    const Zone *named = zone_named(world_text(w, FACT_timezone)), *z = named;
    int64_t bias = world_number(w, FACT_timezone_bias);
    if (id == FACT_timezone_bias && (!named || named->bias != bias)) z = zone_of(bias);
    if (!z || (id == FACT_timezone_bias && z == named)) return ST_OK;
    TRY(set_text(w, FACT_timezone, z->name));
    TRY(set_number(w, FACT_timezone_bias, z->bias));
    return set_number(w, FACT_timezone_daylight, is_summer(z, world_time(w, FACT_time)) ? -60 : 0);
}

Status world_follow(World *w, FactId id) {
    switch (id) {
    case FACT_locale:
    case FACT_locale_lcid: return follow_locale(w, id);
    case FACT_time:
    case FACT_timezone:
    case FACT_timezone_bias: return follow_zone(w, id);
    default: return ST_OK;
    }
}

/* ---- what the table knows ---- */

uint32_t world_season(const World *w) {
    const Zone *z = zone_named(world_text(w, FACT_timezone));
    if (world_number(w, FACT_timezone_daylight)) return 2;
    return !z || z->summer->begins.month ? 1 : 0;
}

uint32_t world_interface_language(const World *w) {
    const char *language = world_text(w, FACT_language);
    const char *own = text_equal_nocase(language, world_text(w, FACT_locale))
                          ? NULL
                          : world_locale_identifier(language);
    return (uint32_t)strtoul(own ? own : world_text(w, FACT_locale_lcid), NULL, 16);
}

const char *world_locale_identifier(const char *name) {
    const Locale *l = locale_named(name);
    return l ? l->lcid : NULL;
}

bool world_zone_bias(const char *name, int64_t *bias) {
    const Zone *z = zone_named(name);
    if (z) *bias = z->bias;
    return z != NULL;
}
