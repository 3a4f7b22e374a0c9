/* What all builtins share: their arguments, their results, the constants. */
#include "vbs.h"

HRESULT text_variant(VARIANT *v, BSTR *out) {
    VARIANT text;
    if (V_VT(v) == VT_BSTR) {
        *out = SysAllocStringByteLen((char *)V_BSTR(v), SysStringByteLen(V_BSTR(v)));
        return *out ? S_OK : E_OUTOFMEMORY;
    }
    if (V_VT(v) == VT_NULL || V_VT(v) == VT_EMPTY) *out = SysAllocString(L"");
    else if (V_VT(v) == VT_BOOL) *out = SysAllocString(V_BOOL(v) ? L"True" : L"False");
    else {
        VariantInit(&text);
        if (FAILED(VariantChangeType(&text, v, 0, VT_BSTR))) return VBS_ERROR(ERROR_TYPE);
        *out = V_BSTR(&text);
    }
    return *out ? S_OK : E_OUTOFMEMORY;
}

HRESULT to_text(VARIANT *v, BSTR *out) {
    if (V_VT(v) == VT_NULL) return VBS_ERROR(ERROR_NULL);
    if (V_VT(v) == VT_DISPATCH) return VBS_ERROR(ERROR_TYPE);
    return text_variant(v, out);
}

static HRESULT convert(VARIANT *v, VARTYPE type, VARIANT *out) {
    VariantInit(out);
    if (V_VT(v) == VT_NULL) return VBS_ERROR(ERROR_NULL);
    HRESULT h = VariantChangeType(out, v, 0, type);
    return h == DISP_E_OVERFLOW ? VBS_ERROR(ERROR_OVERFLOW) : FAILED(h) ? VBS_ERROR(ERROR_TYPE) : S_OK;
}

HRESULT to_long(VARIANT *v, long *out) {
    VARIANT n;
    CHECK(convert(v, VT_I4, &n));
    *out = V_I4(&n);
    return S_OK;
}

HRESULT to_double(VARIANT *v, double *out) {
    VARIANT n;
    CHECK(convert(v, VT_R8, &n));
    *out = V_R8(&n);
    return S_OK;
}

HRESULT give_text(VARIANT *out, const wchar_t *text, size_t n) {
    V_BSTR(out) = SysAllocStringLen(text, (UINT)n);
    if (!V_BSTR(out)) return E_OUTOFMEMORY;
    V_VT(out) = VT_BSTR;
    return S_OK;
}

HRESULT give_long(VARIANT *out, long v) {
    V_VT(out) = VT_I4;
    V_I4(out) = v;
    return S_OK;
}

HRESULT give_double(VARIANT *out, double v) {
    V_VT(out) = VT_R8;
    V_R8(out) = v;
    return S_OK;
}

HRESULT give_truth(VARIANT *out, bool v) {
    V_VT(out) = VT_BOOL;
    V_BOOL(out) = v ? VARIANT_TRUE : VARIANT_FALSE;
    return S_OK;
}

/* ---- constants ---- */

static const struct {
    const wchar_t *name, *text;
} texts[] = {
    {L"vbCr", L"\r"},           {L"vbCrLf", L"\r\n"}, {L"vbLf", L"\n"},     {L"vbNewLine", L"\r\n"},
    {L"vbFormFeed", L"\f"},     {L"vbTab", L"\t"},    {L"vbVerticalTab", L"\v"},
    {L"vbNullString", L""},
};

static const struct {
    const wchar_t *name;
    long value;
} numbers[] = {
    {L"vbBinaryCompare", 0}, {L"vbTextCompare", 1}, {L"vbDatabaseCompare", 2},
    {L"vbGeneralDate", 0},   {L"vbLongDate", 1},    {L"vbShortDate", 2},
    {L"vbLongTime", 3},      {L"vbShortTime", 4},   {L"vbObjectError", (long)0x80040000},
    {L"vbUseSystem", 0},     {L"vbUseSystemDayOfWeek", 0},
    {L"vbSunday", 1},        {L"vbMonday", 2},      {L"vbTuesday", 3},  {L"vbWednesday", 4},
    {L"vbThursday", 5},      {L"vbFriday", 6},      {L"vbSaturday", 7},
    {L"vbFirstJan1", 1},     {L"vbFirstFourDays", 2}, {L"vbFirstFullWeek", 3},
    {L"vbOKOnly", 0},        {L"vbOKCancel", 1},    {L"vbAbortRetryIgnore", 2},
    {L"vbYesNoCancel", 3},   {L"vbYesNo", 4},       {L"vbRetryCancel", 5},
    {L"vbCritical", 16},     {L"vbQuestion", 32},   {L"vbExclamation", 48}, {L"vbInformation", 64},
    {L"vbDefaultButton1", 0}, {L"vbDefaultButton2", 256}, {L"vbDefaultButton3", 512},
    {L"vbDefaultButton4", 768}, {L"vbApplicationModal", 0}, {L"vbSystemModal", 4096},
    {L"vbMsgBoxHelpButton", 16384}, {L"vbMsgBoxSetForeground", 65536},
    {L"vbMsgBoxRight", 524288}, {L"vbMsgBoxRtlReading", 1048576},
    {L"vbOK", 1},            {L"vbCancel", 2},      {L"vbAbort", 3},    {L"vbRetry", 4},
    {L"vbIgnore", 5},        {L"vbYes", 6},         {L"vbNo", 7},
    {L"vbUseDefault", -2},   {L"vbTrue", -1},       {L"vbFalse", 0},
    {L"vbEmpty", 0},         {L"vbNull", 1},        {L"vbInteger", 2},  {L"vbLong", 3},
    {L"vbSingle", 4},        {L"vbDouble", 5},      {L"vbCurrency", 6}, {L"vbDate", 7},
    {L"vbString", 8},        {L"vbObject", 9},      {L"vbError", 10},   {L"vbBoolean", 11},
    {L"vbVariant", 12},      {L"vbDataObject", 13}, {L"vbDecimal", 14}, {L"vbByte", 17},
    {L"vbArray", 8192},      {L"vbBlack", 0},       {L"vbRed", 255},    {L"vbGreen", 65280},
    {L"vbYellow", 65535},    {L"vbBlue", 16711680}, {L"vbMagenta", 16711935},
    {L"vbCyan", 16776960},   {L"vbWhite", 16777215},
};

static Symbol *define(Engine *e, const wchar_t *name) {
    Symbol *s = symbol_of(e, name, wcslen(name));
    if (s) s->defined = s->constant = true;
    return s;
}

static void define_constants(Engine *e) {
    Symbol *s;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if ((s = define(e, texts[i].name))) give_text(&s->value, texts[i].text, wcslen(texts[i].text));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if ((s = define(e, numbers[i].name))) give_long(&s->value, numbers[i].value);
    if ((s = define(e, L"vbNullChar"))) give_text(&s->value, L"\0", 1);
}

static void define_rows(Engine *e, const BuiltinRow *rows) {
    for (; rows->name; rows++) {
        Symbol *s = symbol_of(e, rows->name, wcslen(rows->name));
        if (s) s->builtin = rows;
    }
}

void builtins_define(Engine *e) {
    Symbol *s = symbol_of(e, L"Err", 3);
    define_constants(e);
    define_rows(e, builtins_text);
    define_rows(e, builtins_time);
    define_rows(e, builtins_number);
    define_rows(e, builtins_other);
    if (s) s->item = e->err_object = err_new(e);
}
