/* Numbers: conversions and mathematics. */
#include "vbs.h"

#include <math.h>

static HRESULT convert(VARIANT *v, VARTYPE type, VARIANT *out) {
    if (V_VT(v) == VT_NULL) return VBS_ERROR(ERROR_NULL);
    HRESULT h = VariantChangeType(out, v, 0, type);
    return h == DISP_E_OVERFLOW ? VBS_ERROR(ERROR_OVERFLOW) : FAILED(h) ? VBS_ERROR(ERROR_TYPE) : S_OK;
}

#define CONVERSION(name, type)                                                                     \
    static HRESULT name(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {                  \
        (void)e, (void)count;                                                                      \
        return convert(&args[0], type, out);                                                       \
    }
CONVERSION(f_cbool, VT_BOOL)
CONVERSION(f_cbyte, VT_UI1)
CONVERSION(f_ccur, VT_CY)
CONVERSION(f_cdbl, VT_R8)
CONVERSION(f_cint, VT_I2)
CONVERSION(f_clng, VT_I4)
CONVERSION(f_csng, VT_R4)

static HRESULT f_cstr(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    (void)e, (void)count;
    CHECK(to_text(&args[0], &V_BSTR(out)));
    V_VT(out) = VT_BSTR;
    return S_OK;
}

#define MATHEMATICS(name, expression)                                                              \
    static HRESULT name(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {                  \
        double x;                                                                                  \
        (void)e, (void)count;                                                                      \
        CHECK(to_double(&args[0], &x));                                                            \
        return give_double(out, expression);                                                       \
    }
MATHEMATICS(f_atn, atan(x))
MATHEMATICS(f_cos, cos(x))
MATHEMATICS(f_exp, exp(x))
MATHEMATICS(f_sin, sin(x))
MATHEMATICS(f_tan, tan(x))

static HRESULT f_log(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    double x;
    (void)e, (void)count;
    CHECK(to_double(&args[0], &x));
    return x <= 0 ? VBS_ERROR(ERROR_INVALID_CALL) : give_double(out, log(x));
}

static HRESULT f_sqr(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    double x;
    (void)e, (void)count;
    CHECK(to_double(&args[0], &x));
    return x < 0 ? VBS_ERROR(ERROR_INVALID_CALL) : give_double(out, sqrt(x));
}

static HRESULT f_abs(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    (void)e, (void)count;
    return VarAbs(&args[0], out);
}

static HRESULT f_int(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    (void)e, (void)count;
    return VarInt(&args[0], out);
}

static HRESULT f_fix(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    (void)e, (void)count;
    return VarFix(&args[0], out);
}

static HRESULT f_sgn(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    double x;
    (void)e, (void)count;
    CHECK(to_double(&args[0], &x));
    V_VT(out) = VT_I2;
    V_I2(out) = (SHORT)((x > 0) - (x < 0));
    return S_OK;
}

static HRESULT f_round(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    long digits = 0;
    (void)e;
    if (count > 1) CHECK(to_long(&args[1], &digits));
    return digits < 0 ? VBS_ERROR(ERROR_INVALID_CALL) : VarRound(&args[0], (int)digits, out);
}

static HRESULT based(VARIANT *v, const wchar_t *format, VARIANT *out) {
    wchar_t text[32];
    long n;
    if (V_VT(v) == VT_NULL) {
        V_VT(out) = VT_NULL;
        return S_OK;
    }
    CHECK(to_long(v, &n));
    unsigned long value = (unsigned long)n;
    if (V_VT(v) == VT_I2) value &= 0xFFFF;
    _snwprintf(text, 32, format, value);
    return give_text(out, text, wcslen(text));
}

static HRESULT f_hex(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    (void)e, (void)count;
    return based(&args[0], L"%lX", out);
}

static HRESULT f_oct(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    (void)e, (void)count;
    return based(&args[0], L"%lo", out);
}

/* ---- chance: 24 bits, as Windows' engine has them ---- */

static float next(Engine *e) {
    e->random = (e->random * 0x43FD43FDu + 0xC39EC3u) & 0xFFFFFFu;
    return (float)e->random / 16777216.0f;
}

static HRESULT f_rnd(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    double x = 1;
    if (count) CHECK(to_double(&args[0], &x));
    if (x < 0) {
        float seed = (float)x;
        unsigned bits;
        memcpy(&bits, &seed, 4);
        e->random = (bits + (bits >> 24)) & 0xFFFFFFu;
    }
    V_VT(out) = VT_R4;
    V_R4(out) = x == 0 ? (float)e->random / 16777216.0f : next(e);
    return S_OK;
}

static HRESULT f_randomize(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    double x = (double)(GetTickCount() % 86400000u) / 1000;
    unsigned long long bits;
    (void)out;
    if (count) CHECK(to_double(&args[0], &x));
    memcpy(&bits, &x, 8);
    unsigned high = (unsigned)(bits >> 32);
    e->random = (e->random & 0xFF) | (((high >> 16) ^ (high & 0xFFFF)) << 8 & 0xFFFF00);
    return S_OK;
}

static HRESULT f_rgb(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    long v[3];
    (void)e;
    for (unsigned i = 0; i < count; i++) {
        CHECK(to_long(&args[i], &v[i]));
        if (v[i] < 0) return VBS_ERROR(ERROR_INVALID_CALL);
        if (v[i] > 255) v[i] = 255;
    }
    return give_long(out, v[0] | v[1] << 8 | v[2] << 16);
}

/* ---- as texts ---- */

typedef HRESULT WINAPI Formatter(LPVARIANT, INT, INT, INT, INT, ULONG, BSTR *);

static HRESULT formatted(Formatter *format, VARIANT *args, unsigned count, VARIANT *out) {
    long v[5] = {0, -1, -2, -2, -2};
    for (unsigned i = 1; i < count; i++)
        if (V_VT(&args[i]) != VT_ERROR) CHECK(to_long(&args[i], &v[i]));
    CHECK(format(&args[0], v[1], v[2], v[3], v[4], 0, &V_BSTR(out)));
    V_VT(out) = VT_BSTR;
    return S_OK;
}

static HRESULT f_number(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e; return formatted(VarFormatNumber, args, count, out); }
static HRESULT f_percent(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e; return formatted(VarFormatPercent, args, count, out); }
static HRESULT f_currency(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e; return formatted(VarFormatCurrency, args, count, out); }

const BuiltinRow builtins_number[] = {
    {L"Abs", f_abs, 1, 1},     {L"Atn", f_atn, 1, 1},   {L"CBool", f_cbool, 1, 1},
    {L"CByte", f_cbyte, 1, 1}, {L"CCur", f_ccur, 1, 1}, {L"CDbl", f_cdbl, 1, 1},
    {L"CInt", f_cint, 1, 1},   {L"CLng", f_clng, 1, 1}, {L"Cos", f_cos, 1, 1},
    {L"CSng", f_csng, 1, 1},   {L"CStr", f_cstr, 1, 1}, {L"Exp", f_exp, 1, 1},
    {L"Fix", f_fix, 1, 1},     {L"FormatCurrency", f_currency, 1, 5},
    {L"FormatNumber", f_number, 1, 5}, {L"FormatPercent", f_percent, 1, 5},
    {L"Hex", f_hex, 1, 1},     {L"Int", f_int, 1, 1},   {L"Log", f_log, 1, 1},
    {L"Oct", f_oct, 1, 1},     {L"Randomize", f_randomize, 0, 1}, {L"RGB", f_rgb, 3, 3},
    {L"Rnd", f_rnd, 0, 1},     {L"Round", f_round, 1, 2}, {L"Sgn", f_sgn, 1, 1},
    {L"Sin", f_sin, 1, 1},     {L"Sqr", f_sqr, 1, 1},   {L"Tan", f_tan, 1, 1},
    {NULL, NULL, 0, 0},
};
