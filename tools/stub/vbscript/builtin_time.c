/* Dates and times; a date is a number of days since 1899-12-30. */
#include "vbs.h"

#include <math.h>

static HRESULT give_date(VARIANT *out, DATE d) {
    V_VT(out) = VT_DATE;
    V_DATE(out) = d;
    return S_OK;
}

static HRESULT to_date(VARIANT *v, DATE *out) {
    VARIANT d;
    VariantInit(&d);
    if (V_VT(v) == VT_NULL) return VBS_ERROR(ERROR_NULL);
    if (FAILED(VariantChangeType(&d, v, 0, VT_DATE))) return VBS_ERROR(ERROR_TYPE);
    *out = V_DATE(&d);
    return S_OK;
}

static HRESULT to_parts(VARIANT *v, UDATE *out) {
    DATE d;
    CHECK(to_date(v, &d));
    return VarUdateFromDate(d, 0, out);
}

static DATE now(void) {
    SYSTEMTIME t;
    DATE d = 0;
    GetLocalTime(&t);
    t.wMilliseconds = 0;
    SystemTimeToVariantTime(&t, &d);
    return d;
}

/* The time of a day counts away from zero, also before 1899. */
static DATE day_of(DATE d) {
    return d < 0 ? ceil(d) : floor(d);
}

static HRESULT f_now(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    (void)e, (void)args, (void)count;
    return give_date(out, now());
}

static HRESULT f_date(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    (void)e, (void)args, (void)count;
    return give_date(out, day_of(now()));
}

static HRESULT f_time(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    (void)e, (void)args, (void)count;
    DATE d = now();
    return give_date(out, d - day_of(d));
}

static HRESULT f_timer(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    SYSTEMTIME t;
    (void)e, (void)args, (void)count;
    GetLocalTime(&t);
    V_VT(out) = VT_R4;
    V_R4(out) = (float)(t.wHour * 3600 + t.wMinute * 60 + t.wSecond) + (float)t.wMilliseconds / 1000;
    return S_OK;
}

#define PART(name, field)                                                                          \
    static HRESULT name(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {                  \
        UDATE u;                                                                                   \
        (void)e, (void)count;                                                                      \
        if (V_VT(&args[0]) == VT_NULL) return V_VT(out) = VT_NULL, S_OK;                           \
        CHECK(to_parts(&args[0], &u));                                                             \
        V_VT(out) = VT_I2;                                                                         \
        V_I2(out) = (SHORT)u.st.field;                                                             \
        return S_OK;                                                                               \
    }
PART(f_year, wYear)
PART(f_month, wMonth)
PART(f_day, wDay)
PART(f_hour, wHour)
PART(f_minute, wMinute)
PART(f_second, wSecond)

/* ---- made of parts ---- */

/* A month's first day, whatever the month: 0 is the last of the year before. */
static HRESULT month_start(long year, long month, DATE *out) {
    SYSTEMTIME t = {0};
    long months = year * 12 + month - 1;
    t.wYear = (WORD)(months / 12);
    t.wMonth = (WORD)(months % 12 + 1);
    t.wDay = 1;
    return months >= 1200 && SystemTimeToVariantTime(&t, out) ? S_OK : VBS_ERROR(ERROR_INVALID_CALL);
}

static HRESULT f_date_serial(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    long year, month, day;
    DATE d;
    (void)e, (void)count;
    CHECK(to_long(&args[0], &year));
    CHECK(to_long(&args[1], &month));
    CHECK(to_long(&args[2], &day));
    if (year >= 0 && year < 100) year += year < 30 ? 2000 : 1900;
    CHECK(month_start(year, month, &d));
    return give_date(out, d + (double)day - 1);
}

static HRESULT f_time_serial(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    long h, m, s;
    (void)e, (void)count;
    CHECK(to_long(&args[0], &h));
    CHECK(to_long(&args[1], &m));
    CHECK(to_long(&args[2], &s));
    return give_date(out, (double)(h * 3600 + m * 60 + s) / 86400);
}

static HRESULT f_date_value(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    DATE d;
    (void)e, (void)count;
    CHECK(to_date(&args[0], &d));
    return give_date(out, day_of(d));
}

static HRESULT f_time_value(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    DATE d;
    (void)e, (void)count;
    CHECK(to_date(&args[0], &d));
    return give_date(out, fabs(d - day_of(d)));
}

static HRESULT f_cdate(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    DATE d;
    (void)e, (void)count;
    CHECK(to_date(&args[0], &d));
    return give_date(out, d);
}

static HRESULT f_is_date(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    DATE d;
    bool can = V_VT(&args[0]) == VT_DATE || V_VT(&args[0]) == VT_BSTR;
    (void)e, (void)count;
    return give_truth(out, can && !FAILED(to_date(&args[0], &d)));
}

/* ---- intervals ---- */

typedef enum { YEAR, QUARTER, MONTH, DAY_OF_YEAR, DAY, WEEKDAY, WEEK, HOUR, MINUTE, SECOND, NO_INTERVAL } Interval;

static Interval interval_of(VARIANT *v) {
    static const wchar_t *const names[] = {L"yyyy", L"q", L"m", L"y", L"d", L"w", L"ww", L"h", L"n", L"s"};
    BSTR s;
    int i = 0;
    if (FAILED(to_text(v, &s))) return NO_INTERVAL;
    while (i < NO_INTERVAL && !is(s, names[i])) i++;
    SysFreeString(s);
    return (Interval)i;
}

static HRESULT add_months(DATE d, long months, DATE *out) {
    UDATE u;
    DATE first, next;
    CHECK(VarUdateFromDate(d, 0, &u));
    CHECK(month_start(u.st.wYear, u.st.wMonth + months, &first));
    CHECK(month_start(u.st.wYear, u.st.wMonth + months + 1, &next));
    long days = (long)(next - first), day = u.st.wDay;
    *out = first + (double)(day > days ? days : day) - 1 + (d - day_of(d));
    return S_OK;
}

static HRESULT f_date_add(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    static const double lengths[] = {[HOUR] = 1.0 / 24, [MINUTE] = 1.0 / 1440, [SECOND] = 1.0 / 86400};
    double number;
    DATE d;
    Interval i = interval_of(&args[0]);
    (void)e, (void)count;
    CHECK(to_double(&args[1], &number));
    CHECK(to_date(&args[2], &d));
    long n = lround(number);
    HRESULT h = S_OK;
    switch (i) {
    case NO_INTERVAL: return VBS_ERROR(ERROR_INVALID_CALL);
    case YEAR: h = add_months(d, 12 * n, &d); break;
    case QUARTER: h = add_months(d, 3 * n, &d); break;
    case MONTH: h = add_months(d, n, &d); break;
    case WEEK: d += 7.0 * (double)n; break;
    case DAY: case DAY_OF_YEAR: case WEEKDAY: d += (double)n; break;
    default: d += number * lengths[i];
    }
    return FAILED(h) ? h : give_date(out, d);
}

static double seconds_of(DATE d) {
    return round((day_of(d) + fabs(d - day_of(d))) * 86400);
}

static HRESULT f_date_diff(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    static const double lengths[] = {[HOUR] = 3600, [MINUTE] = 60, [SECOND] = 1};
    DATE a, b;
    UDATE x, y;
    Interval i = interval_of(&args[0]);
    (void)e, (void)count;
    CHECK(to_date(&args[1], &a));
    CHECK(to_date(&args[2], &b));
    CHECK(VarUdateFromDate(a, 0, &x));
    CHECK(VarUdateFromDate(b, 0, &y));
    long months = (y.st.wYear - x.st.wYear) * 12 + y.st.wMonth - x.st.wMonth, days = (long)(day_of(b) - day_of(a));
    switch (i) {
    case NO_INTERVAL: return VBS_ERROR(ERROR_INVALID_CALL);
    case YEAR: return give_long(out, y.st.wYear - x.st.wYear);
    case QUARTER: return give_long(out, (y.st.wYear - x.st.wYear) * 4 + (y.st.wMonth - 1) / 3 - (x.st.wMonth - 1) / 3);
    case MONTH: return give_long(out, months);
    case DAY: case DAY_OF_YEAR: return give_long(out, days);
    case WEEKDAY: return give_long(out, days / 7);
    case WEEK: return give_long(out, (days + x.st.wDayOfWeek - y.st.wDayOfWeek) / 7);
    default: return give_long(out, (long)(floor(seconds_of(b) / lengths[i]) - floor(seconds_of(a) / lengths[i])));
    }
}

static HRESULT f_date_part(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    UDATE u;
    DATE d, first;
    (void)e, (void)count;
    CHECK(to_date(&args[1], &d));
    CHECK(VarUdateFromDate(d, 0, &u));
    CHECK(month_start(u.st.wYear, 1, &first));
    long day = (long)(day_of(d) - first) + 1;
    switch (interval_of(&args[0])) {
    case YEAR: return give_long(out, u.st.wYear);
    case QUARTER: return give_long(out, (u.st.wMonth - 1) / 3 + 1);
    case MONTH: return give_long(out, u.st.wMonth);
    case DAY_OF_YEAR: return give_long(out, day);
    case DAY: return give_long(out, u.st.wDay);
    case WEEKDAY: return give_long(out, u.st.wDayOfWeek + 1);
    case WEEK: return give_long(out, (day - 1 + ((long)first + 6) % 7) / 7 + 1);
    case HOUR: return give_long(out, u.st.wHour);
    case MINUTE: return give_long(out, u.st.wMinute);
    case SECOND: return give_long(out, u.st.wSecond);
    default: return VBS_ERROR(ERROR_INVALID_CALL);
    }
}

static HRESULT f_weekday(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    UDATE u;
    long first = 1;
    (void)e;
    if (count > 1) CHECK(to_long(&args[1], &first));
    CHECK(to_parts(&args[0], &u));
    if (!first) first = 1;
    return give_long(out, (u.st.wDayOfWeek + 1 - first + 7) % 7 + 1);
}

/* ---- names ---- */

static HRESULT locale_name(LCTYPE type, VARIANT *out) {
    wchar_t text[128];
    int n = GetLocaleInfoW(LOCALE_USER_DEFAULT, type, text, 128);
    return n ? give_text(out, text, (size_t)n - 1) : VBS_ERROR(ERROR_INVALID_CALL);
}

static HRESULT f_month_name(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    long month, brief = 0;
    (void)e;
    CHECK(to_long(&args[0], &month));
    if (count > 1) CHECK(to_long(&args[1], &brief));
    if (month < 1 || month > 12) return VBS_ERROR(ERROR_INVALID_CALL);
    return locale_name((LCTYPE)((brief ? LOCALE_SABBREVMONTHNAME1 : LOCALE_SMONTHNAME1) + (unsigned)month - 1), out);
}

static HRESULT f_weekday_name(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    long day, brief = 0, first = 1;
    (void)e;
    CHECK(to_long(&args[0], &day));
    if (count > 1 && V_VT(&args[1]) != VT_ERROR) CHECK(to_long(&args[1], &brief));
    if (count > 2) CHECK(to_long(&args[2], &first));
    if (day < 1 || day > 7) return VBS_ERROR(ERROR_INVALID_CALL);
    long sunday_based = (day - 1 + (first ? first : 1) - 1) % 7, monday_based = (sunday_based + 6) % 7;
    return locale_name((LCTYPE)((brief ? LOCALE_SABBREVDAYNAME1 : LOCALE_SDAYNAME1) + (unsigned)monday_based), out);
}

static HRESULT f_format(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    long kind = 0;
    (void)e;
    if (count > 1) CHECK(to_long(&args[1], &kind));
    if (kind < 0 || kind > 4) return VBS_ERROR(ERROR_INVALID_CALL);
    CHECK(VarFormatDateTime(&args[0], (INT)kind, 0, &V_BSTR(out)));
    V_VT(out) = VT_BSTR;
    return S_OK;
}

const BuiltinRow builtins_time[] = {
    {L"CDate", f_cdate, 1, 1},           {L"Date", f_date, 0, 0},
    {L"DateAdd", f_date_add, 3, 3},      {L"DateDiff", f_date_diff, 3, 5},
    {L"DatePart", f_date_part, 2, 4},    {L"DateSerial", f_date_serial, 3, 3},
    {L"DateValue", f_date_value, 1, 1},  {L"Day", f_day, 1, 1},
    {L"FormatDateTime", f_format, 1, 2}, {L"Hour", f_hour, 1, 1},
    {L"IsDate", f_is_date, 1, 1},        {L"Minute", f_minute, 1, 1},
    {L"Month", f_month, 1, 1},           {L"MonthName", f_month_name, 1, 2},
    {L"Now", f_now, 0, 0},               {L"Second", f_second, 1, 1},
    {L"Time", f_time, 0, 0},             {L"Timer", f_timer, 0, 0},
    {L"TimeSerial", f_time_serial, 3, 3}, {L"TimeValue", f_time_value, 1, 1},
    {L"Weekday", f_weekday, 1, 2},       {L"WeekdayName", f_weekday_name, 1, 3},
    {L"Year", f_year, 1, 1},             {NULL, NULL, 0, 0},
};
