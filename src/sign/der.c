#include "sign/der.h"

bool der_next(Cur *c, Der *out) {
    *out = (Der){0};
    if (!cur_left(c)) return false;
    size_t start = c->at;
    uint8_t tag = cur_u8(c);
    uint64_t n = cur_u8(c);
    if ((tag & 0x1f) == 0x1f || n == 0x80 || n > 0x84) c->bad = true;
    else if (n > 0x80) n = cur_be(c, (unsigned)n & 0x7f);
    Span body = cur_take(c, n);
    if (c->bad) return false;
    *out = (Der){tag, body, span_sub(c->span, start, c->at - start)};
    return true;
}

bool der_optional(Cur *c, uint8_t tag, Der *out) {
    *out = (Der){0};
    if (!cur_left(c) || c->span.p[c->at] != tag) return false;
    return der_next(c, out);
}

Der der_take(Cur *c, uint8_t tag) {
    Der d;
    if (!der_optional(c, tag, &d)) c->bad = true;
    return d;
}

Cur der_enter(Cur *c, uint8_t tag) {
    Cur inner = cur(der_take(c, tag).body);
    inner.bad = c->bad;
    return inner;
}

Span der_magnitude(Span integer) {
    while (integer.n > 1 && integer.p[0] == 0) integer = span(integer.p + 1, integer.n - 1);
    return integer;
}

uint32_t der_uint(Cur *c) {
    Span s = der_magnitude(der_take(c, DER_INTEGER).body);
    if (!s.n || s.n > 4) c->bad = true;
    Cur digits = cur(s);
    return c->bad ? 0 : (uint32_t)cur_be(&digits, (unsigned)s.n);
}

/* ---- time ---- */

static unsigned two_digits(Cur *c) {
    unsigned high = cur_u8(c) - '0', low = cur_u8(c) - '0';
    if (high > 9 || low > 9) c->bad = true;
    return c->bad ? 0 : high * 10 + low;
}

/* Days from 1970-01-01 to a day of the Gregorian calendar, whose year is taken to begin in March.
 */
static int64_t days(int64_t year, unsigned month, unsigned day) {
    int64_t y = month <= 2 ? year - 1 : year, era = y / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* ".5" and the like, which RFC 3161 allows in a time stamp. */
static Time fraction(Cur *c) {
    Time t = 0, unit = TIME_SECOND / 10;
    if (!cur_left(c) || c->span.p[c->at] != '.') return 0;
    cur_u8(c);
    while (cur_left(c) > 1 && c->span.p[c->at] != 'Z') {
        unsigned digit = cur_u8(c) - '0';
        if (digit > 9) c->bad = true;
        t += digit * unit;
        unit /= 10;
    }
    return t;
}

Time der_time(Cur *c) {
    enum { FIRST_YEAR = 1680, LAST_YEAR = 2261 }; /* of a Time */
    Der d;
    if (!der_next(c, &d) || (d.tag != DER_UTC_TIME && d.tag != DER_GENERALIZED_TIME)) {
        c->bad = true;
        return 0;
    }
    Cur t = cur(d.body);
    unsigned century = d.tag == DER_GENERALIZED_TIME ? two_digits(&t) : 0, year = two_digits(&t);
    year += d.tag == DER_GENERALIZED_TIME ? century * 100 : year < 50 ? 2000 : 1900;
    unsigned month = two_digits(&t), day = two_digits(&t), hour = two_digits(&t),
             minute = two_digits(&t);
    bool seconds = cur_left(&t) > 1;
    unsigned second = seconds ? two_digits(&t) : 0;
    Time rest = fraction(&t);
    if (cur_u8(&t) != 'Z' || !der_done(&t) || month < 1 || month > 12 || day < 1 || day > 31 ||
        hour > 23 || minute > 59 || second > 60)
        c->bad = true;
    if (c->bad) return 0;
    /* 9999-12-31 means that it never ends */
    if (year < FIRST_YEAR) return INT64_MIN;
    if (year > LAST_YEAR) return INT64_MAX;
    return (days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second) * TIME_SECOND +
           rest;
}
