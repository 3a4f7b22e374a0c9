/* Texts: functions that end in B count bytes. */
#include "vbs.h"

static long optional(VARIANT *args, unsigned count, unsigned i, long other) {
    long v = other;
    if (i < count && V_VT(&args[i]) != VT_ERROR) to_long(&args[i], &v);
    return v;
}

/* Null in, Null out. */
static bool null_in(VARIANT *v, VARIANT *out) {
    if (V_VT(v) != VT_NULL) return false;
    V_VT(out) = VT_NULL;
    return true;
}

static HRESULT give_bytes(VARIANT *out, const void *bytes, size_t n) {
    V_BSTR(out) = SysAllocStringByteLen(bytes, (UINT)n);
    if (!V_BSTR(out)) return E_OUTOFMEMORY;
    V_VT(out) = VT_BSTR;
    return S_OK;
}

/* ---- parts ---- */

/* Bytes [from, from + n) of a text, as far as there are. */
static HRESULT part(VARIANT *text, size_t from, size_t n, VARIANT *out) {
    BSTR s;
    CHECK(to_text(text, &s));
    size_t all = SysStringByteLen(s);
    if (from > all) from = all;
    if (n > all - from) n = all - from;
    HRESULT h = give_bytes(out, (char *)s + from, n);
    SysFreeString(s);
    return h;
}

static size_t bytes_of(VARIANT *text) {
    BSTR s = NULL;
    if (FAILED(to_text(text, &s))) return 0;
    size_t n = SysStringByteLen(s);
    SysFreeString(s);
    return n;
}

static HRESULT left(VARIANT *args, size_t unit, VARIANT *out) {
    long n;
    if (null_in(&args[0], out)) return S_OK;
    CHECK(to_long(&args[1], &n));
    return n < 0 ? VBS_ERROR(ERROR_INVALID_CALL) : part(&args[0], 0, (size_t)n * unit, out);
}

static HRESULT right(VARIANT *args, size_t unit, VARIANT *out) {
    long n;
    if (null_in(&args[0], out)) return S_OK;
    CHECK(to_long(&args[1], &n));
    if (n < 0) return VBS_ERROR(ERROR_INVALID_CALL);
    size_t all = bytes_of(&args[0]), wanted = (size_t)n * unit;
    return part(&args[0], wanted < all ? all - wanted : 0, wanted, out);
}

static HRESULT mid(VARIANT *args, unsigned count, size_t unit, VARIANT *out) {
    long from, n = optional(args, count, 2, 0x3FFFFFFF);
    if (null_in(&args[0], out)) return S_OK;
    CHECK(to_long(&args[1], &from));
    if (from < 1 || n < 0) return VBS_ERROR(ERROR_INVALID_CALL);
    return part(&args[0], (size_t)(from - 1) * unit, (size_t)n * unit, out);
}

static HRESULT f_left(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)count; return left(args, 2, out); }
static HRESULT f_left_b(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)count; return left(args, 1, out); }
static HRESULT f_right(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)count; return right(args, 2, out); }
static HRESULT f_right_b(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)count; return right(args, 1, out); }
static HRESULT f_mid(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e; return mid(args, count, 2, out); }
static HRESULT f_mid_b(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e; return mid(args, count, 1, out); }

static HRESULT length(VARIANT *args, size_t unit, VARIANT *out) {
    if (null_in(&args[0], out)) return S_OK;
    if (V_VT(&args[0]) == (VT_ARRAY | VT_UI1)) { /* LenB of a response's body */
        SAFEARRAY *a = V_ARRAY(&args[0]);
        return give_long(out, a ? (long)(a->rgsabound[0].cElements / unit) : 0);
    }
    BSTR s;
    CHECK(to_text(&args[0], &s));
    HRESULT h = give_long(out, (long)(SysStringByteLen(s) / unit));
    SysFreeString(s);
    return h;
}

static HRESULT f_len(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)count; return length(args, 2, out); }
static HRESULT f_len_b(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)count; return length(args, 1, out); }

/* ---- characters ---- */

static HRESULT f_chr(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    long c;
    char bytes[2];
    wchar_t wide[2];
    (void)e, (void)count;
    CHECK(to_long(&args[0], &c));
    if (c < 0 || c > 0xFFFF) return VBS_ERROR(ERROR_INVALID_CALL);
    bytes[0] = (char)(c > 255 ? c >> 8 : c);
    bytes[1] = (char)c;
    int n = MultiByteToWideChar(CP_ACP, 0, bytes, c > 255 ? 2 : 1, wide, 2);
    return give_text(out, wide, n > 0 ? 1 : 0);
}

static HRESULT f_chr_w(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    long c;
    (void)e, (void)count;
    CHECK(to_long(&args[0], &c));
    wchar_t wide = (wchar_t)c;
    return c < -32768 || c > 65535 ? VBS_ERROR(ERROR_INVALID_CALL) : give_text(out, &wide, 1);
}

static HRESULT f_chr_b(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    long c;
    (void)e, (void)count;
    CHECK(to_long(&args[0], &c));
    char byte = (char)c;
    return c < 0 || c > 255 ? VBS_ERROR(ERROR_INVALID_CALL) : give_bytes(out, &byte, 1);
}

static HRESULT give_short(VARIANT *out, long v) {
    V_VT(out) = VT_I2;
    V_I2(out) = (SHORT)v;
    return S_OK;
}

static HRESULT f_asc(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    BSTR s;
    char byte = 0;
    (void)e, (void)count;
    CHECK(to_text(&args[0], &s));
    bool empty = !SysStringByteLen(s);
    if (!empty) WideCharToMultiByte(CP_ACP, 0, s, 1, &byte, 1, NULL, NULL);
    SysFreeString(s);
    return empty ? VBS_ERROR(ERROR_INVALID_CALL) : give_short(out, (unsigned char)byte);
}

static HRESULT f_asc_w(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    BSTR s;
    (void)e, (void)count;
    CHECK(to_text(&args[0], &s));
    bool empty = !SysStringByteLen(s);
    wchar_t c = empty ? 0 : s[0];
    SysFreeString(s);
    return empty ? VBS_ERROR(ERROR_INVALID_CALL) : give_short(out, (short)c);
}

static HRESULT f_asc_b(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    BSTR s;
    (void)e, (void)count;
    if (V_VT(&args[0]) == (VT_ARRAY | VT_UI1)) {
        SAFEARRAY *a = V_ARRAY(&args[0]);
        return a && a->rgsabound[0].cElements ? give_short(out, *(BYTE *)a->pvData) : VBS_ERROR(ERROR_INVALID_CALL);
    }
    CHECK(to_text(&args[0], &s));
    bool empty = !SysStringByteLen(s);
    unsigned char c = empty ? 0 : *(unsigned char *)s;
    SysFreeString(s);
    return empty ? VBS_ERROR(ERROR_INVALID_CALL) : give_short(out, c);
}

/* ---- whole texts ---- */

typedef void Change(wchar_t *s, size_t n);

static HRESULT changed(VARIANT *args, Change *change, VARIANT *out) {
    BSTR s;
    if (null_in(&args[0], out)) return S_OK;
    CHECK(to_text(&args[0], &s));
    change(s, SysStringLen(s));
    V_VT(out) = VT_BSTR;
    V_BSTR(out) = s;
    return S_OK;
}

static void lower(wchar_t *s, size_t n) { CharLowerBuffW(s, (DWORD)n); }
static void upper(wchar_t *s, size_t n) { CharUpperBuffW(s, (DWORD)n); }

static void reverse(wchar_t *s, size_t n) {
    for (size_t i = 0; i < n / 2; i++) {
        wchar_t c = s[i];
        s[i] = s[n - 1 - i];
        s[n - 1 - i] = c;
    }
}

static HRESULT f_lcase(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)count; return changed(args, lower, out); }
static HRESULT f_ucase(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)count; return changed(args, upper, out); }
static HRESULT f_reverse(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)count; return changed(args, reverse, out); }

static HRESULT trim(VARIANT *args, bool front, bool back, VARIANT *out) {
    BSTR s;
    if (null_in(&args[0], out)) return S_OK;
    CHECK(to_text(&args[0], &s));
    size_t from = 0, to = SysStringLen(s);
    while (front && from < to && s[from] == L' ') from++;
    while (back && to > from && s[to - 1] == L' ') to--;
    HRESULT h = give_text(out, s + from, to - from);
    SysFreeString(s);
    return h;
}

static HRESULT f_trim(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)count; return trim(args, true, true, out); }
static HRESULT f_ltrim(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)count; return trim(args, true, false, out); }
static HRESULT f_rtrim(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)count; return trim(args, false, true, out); }

static HRESULT repeat(long n, wchar_t c, VARIANT *out) {
    if (n < 0) return VBS_ERROR(ERROR_INVALID_CALL);
    CHECK(give_text(out, NULL, (size_t)n));
    for (long i = 0; i < n; i++) V_BSTR(out)[i] = c;
    return S_OK;
}

static HRESULT f_space(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    long n;
    (void)e, (void)count;
    CHECK(to_long(&args[0], &n));
    return repeat(n, L' ', out);
}

static HRESULT f_string(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    long n, c;
    BSTR s;
    (void)e, (void)count;
    CHECK(to_long(&args[0], &n));
    if (V_VT(&args[1]) != VT_BSTR) {
        CHECK(to_long(&args[1], &c));
        return repeat(n, (wchar_t)(c & 0xFF), out);
    }
    CHECK(to_text(&args[1], &s));
    bool empty = !SysStringLen(s);
    wchar_t first = empty ? 0 : s[0];
    SysFreeString(s);
    return empty ? VBS_ERROR(ERROR_INVALID_CALL) : repeat(n, first, out);
}

/* ---- searching ---- */

static bool same(const wchar_t *a, const wchar_t *b, size_t n, bool text) {
    return text ? CompareStringW(LOCALE_USER_DEFAULT, NORM_IGNORECASE, a, (int)n, b, (int)n) == CSTR_EQUAL
                : !wmemcmp(a, b, n);
}

static HRESULT two_texts(VARIANT *a, VARIANT *b, BSTR *s, BSTR *t) {
    *s = *t = NULL;
    CHECK(to_text(a, s));
    HRESULT h = to_text(b, t);
    if (FAILED(h)) SysFreeString(*s);
    return h;
}

/* InStr([start,] text, wanted [, compare]) */
static HRESULT f_in_str(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    bool started = count > 2;
    long start = 1, found = 0;
    BSTR s, t;
    VARIANT *text = args + started;
    bool ignore = optional(args, count, 3, 0) == 1;
    (void)e;
    if (started) CHECK(to_long(&args[0], &start));
    if (null_in(&text[0], out) || null_in(&text[1], out)) return S_OK;
    if (start < 1) return VBS_ERROR(ERROR_INVALID_CALL);
    CHECK(two_texts(&text[0], &text[1], &s, &t));
    size_t n = SysStringLen(s), m = SysStringLen(t);
    for (size_t i = (size_t)start - 1; i + m <= n && !found && n; i++)
        if (same(s + i, t, m, ignore)) found = (long)i + 1;
    SysFreeString(s);
    SysFreeString(t);
    return give_long(out, found);
}

static HRESULT f_in_str_b(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    bool started = count > 2;
    long start = started ? optional(args, count, 0, 1) : 1, found = 0;
    BSTR s, t;
    (void)e;
    if (start < 1) return VBS_ERROR(ERROR_INVALID_CALL);
    CHECK(two_texts(&args[started], &args[started + 1], &s, &t));
    size_t n = SysStringByteLen(s), m = SysStringByteLen(t);
    for (size_t i = (size_t)start - 1; i + m <= n && !found && n; i++)
        if (!memcmp((char *)s + i, t, m)) found = (long)i + 1;
    SysFreeString(s);
    SysFreeString(t);
    return give_long(out, found);
}

static HRESULT f_in_str_rev(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    BSTR s, t;
    long start = optional(args, count, 2, -1), found = 0;
    bool ignore = optional(args, count, 3, 0) == 1;
    (void)e;
    if (null_in(&args[0], out) || null_in(&args[1], out)) return S_OK;
    CHECK(two_texts(&args[0], &args[1], &s, &t));
    size_t n = SysStringLen(s), m = SysStringLen(t), end = start < 0 ? n : (size_t)start;
    for (size_t i = end <= n && end >= m && n ? end - m + 1 : 0; i-- > 0 && !found;)
        if (same(s + i, t, m, ignore)) found = (long)i + 1;
    SysFreeString(s);
    SysFreeString(t);
    return give_long(out, found);
}

static HRESULT f_str_comp(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    BSTR s, t;
    (void)e;
    if (null_in(&args[0], out) || null_in(&args[1], out)) return S_OK;
    CHECK(two_texts(&args[0], &args[1], &s, &t));
    int order = optional(args, count, 2, 0) == 1
                    ? CompareStringW(LOCALE_USER_DEFAULT, NORM_IGNORECASE, s, -1, t, -1) - CSTR_EQUAL
                    : wcscmp(s, t);
    SysFreeString(s);
    SysFreeString(t);
    return give_long(out, (order > 0) - (order < 0));
}

/* ---- pieces ---- */

typedef struct {
    wchar_t *p;
    size_t n, room;
    bool full;
} Text;

static void append(Text *t, const wchar_t *s, size_t n) {
    if (t->n + n > t->room) {
        size_t room = 2 * (t->n + n) + 64;
        wchar_t *more = realloc(t->p, room * sizeof *more);
        if (!more) {
            t->full = true;
            return;
        }
        t->p = more;
        t->room = room;
    }
    memcpy(t->p + t->n, s, n * sizeof *s);
    t->n += n;
}

static HRESULT give_and_free(Text *t, VARIANT *out) {
    HRESULT h = t->full ? E_OUTOFMEMORY : give_text(out, t->p, t->n);
    free(t->p);
    return h;
}

/* Replace(text, wanted, other [, start [, count [, compare]]]) */
static HRESULT f_replace(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    BSTR s, wanted, other = NULL;
    Text t = {0};
    long start = optional(args, count, 3, 1), most = optional(args, count, 4, -1);
    bool ignore = optional(args, count, 5, 0) == 1;
    (void)e;
    if (start < 1 || most < -1) return VBS_ERROR(ERROR_INVALID_CALL);
    CHECK(two_texts(&args[0], &args[1], &s, &wanted));
    HRESULT h = to_text(&args[2], &other);
    size_t n = SysStringLen(s), m = SysStringLen(wanted);
    for (size_t i = (size_t)start - 1; !FAILED(h) && i < n;) {
        bool hit = m && most && i + m <= n && same(s + i, wanted, m, ignore);
        if (hit) append(&t, other, SysStringLen(other));
        else append(&t, s + i, 1);
        if (hit && most > 0) most--;
        i += hit ? m : 1;
    }
    SysFreeString(s);
    SysFreeString(wanted);
    SysFreeString(other);
    if (FAILED(h)) free(t.p);
    return FAILED(h) ? h : give_and_free(&t, out);
}

static HRESULT give_array(VARIANT *out, VARIANT *items, unsigned n) {
    SAFEARRAY *a = SafeArrayCreateVector(VT_VARIANT, 0, n);
    if (!a) return E_OUTOFMEMORY;
    for (unsigned i = 0; i < n; i++) ((VARIANT *)a->pvData)[i] = items[i];
    V_VT(out) = VT_ARRAY | VT_VARIANT;
    V_ARRAY(out) = a;
    return S_OK;
}

typedef struct {
    VARIANT *p;
    unsigned n, room;
} Items;

static void add_item(Items *l, const wchar_t *s, size_t n) {
    if (l->n == l->room) {
        unsigned room = l->room ? 2 * l->room : 16;
        VARIANT *more = realloc(l->p, room * sizeof *more);
        if (!more) return;
        l->p = more;
        l->room = room;
    }
    VariantInit(&l->p[l->n]);
    give_text(&l->p[l->n++], s, n);
}

/* Split(text [, delimiter [, count [, compare]]]) */
static HRESULT f_split(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    BSTR s, by = NULL;
    Items l = {0};
    long most = optional(args, count, 2, -1);
    bool ignore = optional(args, count, 3, 0) == 1;
    (void)e;
    CHECK(to_text(&args[0], &s));
    if (count > 1 && V_VT(&args[1]) != VT_ERROR) to_text(&args[1], &by);
    if (!by) by = SysAllocString(L" ");
    size_t n = SysStringLen(s), m = SysStringLen(by), from = 0;
    for (size_t i = 0; m && i + m <= n && (most < 0 || (long)l.n + 1 < most);) {
        if (!same(s + i, by, m, ignore)) {
            i++;
            continue;
        }
        add_item(&l, s + from, i - from);
        from = i += m;
    }
    if (n && most) add_item(&l, s + from, n - from);
    HRESULT h = give_array(out, l.p, l.n);
    free(l.p);
    SysFreeString(s);
    SysFreeString(by);
    return h;
}

static SAFEARRAY *array_of(VARIANT *v) {
    return !(V_VT(v) & VT_ARRAY) ? NULL : V_VT(v) & VT_BYREF ? *V_ARRAYREF(v) : V_ARRAY(v);
}

static HRESULT item_text(SAFEARRAY *a, ULONG i, BSTR *out) {
    VARIANT at, item;
    LONG index = (LONG)i + a->rgsabound[0].lLbound;
    VariantInit(&item);
    V_VT(&at) = VT_I4;
    V_I4(&at) = index;
    CHECK(array_element(a, &at, 1, &item));
    HRESULT h = text_variant(&item, out);
    VariantClear(&item);
    return h;
}

static HRESULT f_join(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    SAFEARRAY *a = array_of(&args[0]);
    BSTR by = NULL;
    Text t = {0};
    (void)e;
    if (!a || SafeArrayGetDim(a) != 1) return VBS_ERROR(ERROR_TYPE);
    if (count > 1 && V_VT(&args[1]) != VT_ERROR) CHECK(to_text(&args[1], &by));
    HRESULT h = S_OK;
    for (ULONG i = 0; i < a->rgsabound[0].cElements && !FAILED(h); i++) {
        BSTR s = NULL;
        h = item_text(a, i, &s);
        if (i) append(&t, by ? by : L" ", by ? SysStringLen(by) : 1);
        if (s) append(&t, s, SysStringLen(s));
        SysFreeString(s);
    }
    SysFreeString(by);
    if (FAILED(h)) free(t.p);
    return FAILED(h) ? h : give_and_free(&t, out);
}

static bool contains(const wchar_t *s, size_t n, const wchar_t *t, size_t m, bool ignore) {
    for (size_t i = 0; i + m <= n; i++)
        if (same(s + i, t, m, ignore)) return true;
    return false;
}

/* Filter(array, text [, include [, compare]]) */
static HRESULT f_filter(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    SAFEARRAY *a = array_of(&args[0]);
    BSTR wanted;
    Items l = {0};
    bool include = optional(args, count, 2, -1) != 0, ignore = optional(args, count, 3, 0) == 1;
    (void)e;
    if (!a || SafeArrayGetDim(a) != 1) return VBS_ERROR(ERROR_TYPE);
    CHECK(to_text(&args[1], &wanted));
    for (ULONG i = 0; i < a->rgsabound[0].cElements; i++) {
        BSTR s = NULL;
        if (FAILED(item_text(a, i, &s))) continue;
        if (contains(s, SysStringLen(s), wanted, SysStringLen(wanted), ignore) == include)
            add_item(&l, s, SysStringLen(s));
        SysFreeString(s);
    }
    SysFreeString(wanted);
    HRESULT h = give_array(out, l.p, l.n);
    free(l.p);
    return h;
}

/* ---- %uXXXX ---- */

static HRESULT f_escape(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    BSTR s;
    Text t = {0};
    (void)e, (void)count;
    CHECK(to_text(&args[0], &s));
    for (size_t i = 0; i < SysStringLen(s); i++) {
        wchar_t code[8];
        bool plain = s[i] < 128 && (iswalnum(s[i]) || (s[i] && wcschr(L"*+-./@_", s[i])));
        if (plain) append(&t, s + i, 1);
        else {
            _snwprintf(code, 8, s[i] < 256 ? L"%%%02X" : L"%%u%04X", s[i]);
            append(&t, code, wcslen(code));
        }
    }
    SysFreeString(s);
    return give_and_free(&t, out);
}

static size_t unescape_one(const wchar_t *s, wchar_t *c) {
    unsigned v;
    wchar_t digits[5] = L"";
    bool wide = s[0] == L'%' && s[1] == L'u';
    size_t n = wide ? 4 : 2, at = wide ? 2 : 1;
    *c = s[0];
    if (s[0] != L'%') return 1;
    for (size_t i = 0; i < n; i++)
        if (!iswxdigit(digits[i] = s[at + i])) return 1;
    digits[n] = 0;
    if (swscanf(digits, L"%x", &v) == 1) *c = (wchar_t)v;
    return at + n;
}

static HRESULT f_unescape(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    BSTR s;
    Text t = {0};
    (void)e, (void)count;
    CHECK(to_text(&args[0], &s));
    for (size_t i = 0; i < SysStringLen(s);) {
        wchar_t c;
        i += unescape_one(s + i, &c);
        append(&t, &c, 1);
    }
    SysFreeString(s);
    return give_and_free(&t, out);
}

const BuiltinRow builtins_text[] = {
    {L"Asc", f_asc, 1, 1},         {L"AscB", f_asc_b, 1, 1},     {L"AscW", f_asc_w, 1, 1},
    {L"Chr", f_chr, 1, 1},         {L"ChrB", f_chr_b, 1, 1},     {L"ChrW", f_chr_w, 1, 1},
    {L"Escape", f_escape, 1, 1},   {L"Filter", f_filter, 2, 4},  {L"InStr", f_in_str, 2, 4},
    {L"InStrB", f_in_str_b, 2, 4}, {L"InStrRev", f_in_str_rev, 2, 4}, {L"Join", f_join, 1, 2},
    {L"LCase", f_lcase, 1, 1},     {L"Left", f_left, 2, 2},      {L"LeftB", f_left_b, 2, 2},
    {L"Len", f_len, 1, 1},         {L"LenB", f_len_b, 1, 1},     {L"LTrim", f_ltrim, 1, 1},
    {L"Mid", f_mid, 2, 3},         {L"MidB", f_mid_b, 2, 3},     {L"Replace", f_replace, 3, 6},
    {L"Right", f_right, 2, 2},     {L"RightB", f_right_b, 2, 2}, {L"RTrim", f_rtrim, 1, 1},
    {L"Space", f_space, 1, 1},     {L"Split", f_split, 1, 4},    {L"StrComp", f_str_comp, 2, 3},
    {L"String", f_string, 2, 2},   {L"StrReverse", f_reverse, 1, 1}, {L"Trim", f_trim, 1, 1},
    {L"UCase", f_ucase, 1, 1},     {L"Unescape", f_unescape, 1, 1},
    {NULL, NULL, 0, 0},
};
