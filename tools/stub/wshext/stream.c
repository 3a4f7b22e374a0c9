/* ADODB.Stream in memory and files: binary, or text in UTF-16, UTF-8, and the code pages that
 * Windows knows by name. Wine's object wants a type library that it does not register. */
#include "wshext.h"

enum { TYPE_BINARY = 1, TYPE_TEXT = 2, CREATE_OVERWRITE = 2, READ_ALL = -1, READ_LINE = -2, WRITE_LINE = 1 };
enum { NOT_OPEN = 3704, NOT_ALLOWED = 3219, WRITE_ERROR = 3004, READ_ERROR = 3002 };

typedef struct {
    Auto object;
    BYTE *bytes;
    size_t size, room, at;
    long mode, separator;
    bool binary, open;
    wchar_t charset[64]; /* "": Unicode */
} Stream;

static HRESULT error_of(int n) {
    return (HRESULT)(0x800A0000u | (unsigned)n);
}

static bool reserve(Stream *s, size_t size) {
    if (size <= s->room) return true;
    size_t room = size + size / 2 + 256;
    BYTE *more = realloc(s->bytes, room);
    if (!more) return false;
    s->bytes = more;
    s->room = room;
    return true;
}

static HRESULT put(Stream *s, const void *bytes, size_t n) {
    if (!reserve(s, s->at + n)) return E_OUTOFMEMORY;
    if (s->at > s->size) memset(s->bytes + s->size, 0, s->at - s->size);
    memcpy(s->bytes + s->at, bytes, n);
    s->at += n;
    if (s->at > s->size) s->size = s->at;
    return S_OK;
}

/* ---- characters ---- */

static bool is_unicode(const Stream *s) {
    return !*s->charset || is(s->charset, L"unicode") || is(s->charset, L"utf-16") || is(s->charset, L"utf-16le");
}

static UINT code_page(const Stream *s) {
    static const struct {
        const wchar_t *name;
        UINT page;
    } pages[] = {{L"utf-8", CP_UTF8},        {L"utf-7", CP_UTF7},        {L"us-ascii", 20127},
                 {L"iso-8859-1", 28591},     {L"windows-1252", 1252},    {L"windows-1251", 1251},
                 {L"windows-1250", 1250},    {L"ascii", 1252},           {L"x-ansi", 1252},
                 {L"shift_jis", 932},        {L"gb2312", 936},           {L"big5", 950},
                 {L"ks_c_5601-1987", 949},   {L"euc-kr", 949},           {L"koi8-r", 20866}};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (is(pages[i].name, s->charset)) return pages[i].page;
    return CP_ACP;
}

static size_t mark_size(const Stream *s) {
    if (is_unicode(s)) return s->size >= 2 && s->bytes[0] == 0xFF && s->bytes[1] == 0xFE ? 2 : 0;
    bool marked = code_page(s) == CP_UTF8 && s->size >= 3 && s->bytes[0] == 0xEF && s->bytes[1] == 0xBB && s->bytes[2] == 0xBF;
    return marked ? 3 : 0;
}

static HRESULT put_text(Stream *s, const wchar_t *text, size_t n) {
    if (!s->size && is_unicode(s)) put(s, "\xFF\xFE", 2);
    else if (!s->size && code_page(s) == CP_UTF8) put(s, "\xEF\xBB\xBF", 3);
    if (is_unicode(s)) return put(s, text, n * sizeof *text);
    int room = WideCharToMultiByte(code_page(s), 0, text, (int)n, NULL, 0, NULL, NULL);
    char *bytes = malloc((size_t)room + 1);
    if (!bytes) return E_OUTOFMEMORY;
    WideCharToMultiByte(code_page(s), 0, text, (int)n, bytes, room, NULL, NULL);
    HRESULT h = put(s, bytes, (size_t)room);
    free(bytes);
    return h;
}

/* All from the position on, as text. */
static HRESULT rest_text(Stream *s, BSTR *out) {
    if (!s->at) s->at = mark_size(s);
    size_t n = s->at < s->size ? s->size - s->at : 0;
    const char *p = n ? (const char *)s->bytes + s->at : "";
    if (is_unicode(s)) *out = SysAllocStringLen((const wchar_t *)(const void *)p, (UINT)(n / 2));
    else {
        int room = n ? MultiByteToWideChar(code_page(s), 0, p, (int)n, NULL, 0) : 0;
        *out = SysAllocStringLen(NULL, (UINT)room);
        if (*out) MultiByteToWideChar(code_page(s), 0, p, (int)n, *out, room);
    }
    return *out ? S_OK : E_OUTOFMEMORY;
}

/* Behind so many characters of that text. */
static void advance(Stream *s, const wchar_t *text, size_t n) {
    s->at += is_unicode(s) ? 2 * n : (size_t)WideCharToMultiByte(code_page(s), 0, text, (int)n, NULL, 0, NULL, NULL);
}

/* ---- members ---- */

static Stream *opened(Auto *self, HRESULT *h) {
    Stream *s = (Stream *)self;
    *h = s->open ? S_OK : error_of(NOT_OPEN);
    return s;
}

static HRESULT open_stream(Auto *self, AutoArgs *a, VARIANT *result) {
    Stream *s = (Stream *)self;
    (void)a, (void)result;
    if (s->open) return error_of(3705);
    s->open = true;
    s->at = s->size = 0;
    return S_OK;
}

static HRESULT close_stream(Auto *self, AutoArgs *a, VARIANT *result) {
    HRESULT h;
    Stream *s = opened(self, &h);
    (void)a, (void)result;
    s->open = false;
    s->at = s->size = 0;
    return h;
}

static HRESULT nothing(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)self, (void)a, (void)result;
    return S_OK;
}

/* A property that is kept. */
static HRESULT number(AutoArgs *a, long *place, VARIANT *result) {
    if (a->put) *place = auto_number(a, 0, *place);
    return a->put ? S_OK : auto_give_number(result, *place);
}

static HRESULT type(Auto *self, AutoArgs *a, VARIANT *result) {
    Stream *s = (Stream *)self;
    if (a->put && s->open && s->at) return error_of(NOT_ALLOWED);
    if (!a->put) return auto_give_number(result, s->binary ? TYPE_BINARY : TYPE_TEXT);
    s->binary = auto_number(a, 0, TYPE_TEXT) == TYPE_BINARY;
    return S_OK;
}

static HRESULT mode(Auto *self, AutoArgs *a, VARIANT *result) { return number(a, &((Stream *)self)->mode, result); }
static HRESULT separator(Auto *self, AutoArgs *a, VARIANT *result) { return number(a, &((Stream *)self)->separator, result); }

static HRESULT charset(Auto *self, AutoArgs *a, VARIANT *result) {
    Stream *s = (Stream *)self;
    if (!a->put) return auto_give_text(result, *s->charset ? s->charset : L"Unicode");
    _snwprintf(s->charset, 63, L"%ls", auto_text(a, 0, L""));
    return S_OK;
}

static HRESULT state(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)a;
    return auto_give_number(result, ((Stream *)self)->open);
}

static HRESULT size(Auto *self, AutoArgs *a, VARIANT *result) {
    HRESULT h;
    Stream *s = opened(self, &h);
    (void)a;
    return FAILED(h) ? h : auto_give_number(result, (long)s->size);
}

static HRESULT position(Auto *self, AutoArgs *a, VARIANT *result) {
    HRESULT h;
    Stream *s = opened(self, &h);
    if (FAILED(h)) return h;
    if (!a->put) return auto_give_number(result, (long)s->at);
    long at = auto_number(a, 0, 0);
    if (at < 0) return error_of(3001);
    s->at = (size_t)at;
    return S_OK;
}

static HRESULT at_end(Auto *self, AutoArgs *a, VARIANT *result) {
    HRESULT h;
    Stream *s = opened(self, &h);
    (void)a;
    return FAILED(h) ? h : auto_give_truth(result, s->at >= s->size);
}

static HRESULT set_end(Auto *self, AutoArgs *a, VARIANT *result) {
    HRESULT h;
    Stream *s = opened(self, &h);
    (void)a, (void)result;
    if (!FAILED(h) && s->at < s->size) s->size = s->at;
    return h;
}

static HRESULT write_bytes(Auto *self, AutoArgs *a, VARIANT *result) {
    HRESULT h;
    Stream *s = opened(self, &h);
    VARIANT *v = auto_arg(a, 0);
    (void)result;
    if (FAILED(h)) return h;
    SAFEARRAY *all = !v || !(V_VT(v) & VT_ARRAY) ? NULL : V_VT(v) & VT_BYREF ? *V_ARRAYREF(v) : V_ARRAY(v);
    if (!s->binary) return error_of(NOT_ALLOWED);
    if (!all || all->cbElements != 1) return error_of(3001);
    return put(s, all->pvData, all->rgsabound[0].cElements);
}

static HRESULT read_bytes(Auto *self, AutoArgs *a, VARIANT *result) {
    HRESULT h;
    Stream *s = opened(self, &h);
    long wanted = auto_number(a, 0, READ_ALL);
    if (FAILED(h)) return h;
    if (!s->binary) return error_of(NOT_ALLOWED);
    size_t n = s->at < s->size ? s->size - s->at : 0;
    if (wanted >= 0 && (size_t)wanted < n) n = (size_t)wanted;
    if (!n) {
        V_VT(result) = VT_NULL;
        return S_OK;
    }
    SAFEARRAY *all = SafeArrayCreateVector(VT_UI1, 0, (ULONG)n);
    if (!all) return E_OUTOFMEMORY;
    memcpy(all->pvData, s->bytes + s->at, n);
    s->at += n;
    V_VT(result) = VT_ARRAY | VT_UI1;
    V_ARRAY(result) = all;
    return S_OK;
}

static HRESULT write_text(Auto *self, AutoArgs *a, VARIANT *result) {
    HRESULT h;
    Stream *s = opened(self, &h);
    VARIANT *v = auto_arg(a, 0);
    (void)result;
    if (FAILED(h)) return h;
    if (s->binary) return error_of(NOT_ALLOWED);
    const wchar_t *text = auto_text(a, 0, L"");
    size_t n = v && V_VT(v) == VT_BSTR ? SysStringLen(V_BSTR(v)) : wcslen(text);
    h = put_text(s, text, n);
    return FAILED(h) || auto_number(a, 1, 0) != WRITE_LINE ? h : put_text(s, L"\r\n", 2);
}

static HRESULT read_text(Auto *self, AutoArgs *a, VARIANT *result) {
    HRESULT h;
    Stream *s = opened(self, &h);
    long wanted = auto_number(a, 0, READ_ALL);
    BSTR text;
    if (FAILED(h)) return h;
    if (s->binary) return error_of(NOT_ALLOWED);
    h = rest_text(s, &text);
    if (FAILED(h)) return h;
    size_t all = SysStringLen(text), n = all, skipped = 0;
    if (wanted >= 0 && (size_t)wanted < n) n = (size_t)wanted;
    if (wanted == READ_LINE) {
        n = wcscspn(text, L"\r\n");
        skipped = n < all ? 1 + (text[n] == L'\r' && text[n + 1] == L'\n') : 0;
    }
    if (n + skipped == all) s->at = s->size;
    else advance(s, text, n + skipped);
    h = auto_give_chars(result, text, n);
    SysFreeString(text);
    return h;
}

static HRESULT save(Auto *self, AutoArgs *a, VARIANT *result) {
    HRESULT h;
    Stream *s = opened(self, &h);
    DWORD done = 0;
    (void)result;
    if (FAILED(h)) return h;
    DWORD how = auto_number(a, 1, 1) & CREATE_OVERWRITE ? CREATE_ALWAYS : CREATE_NEW;
    HANDLE f = CreateFileW(auto_text(a, 0, L""), GENERIC_WRITE, FILE_SHARE_READ, NULL, how, 0, NULL);
    if (f == INVALID_HANDLE_VALUE) return error_of(WRITE_ERROR);
    bool good = !s->size || WriteFile(f, s->bytes, (DWORD)s->size, &done, NULL);
    CloseHandle(f);
    s->at = 0;
    return good ? S_OK : error_of(WRITE_ERROR);
}

static HRESULT load(Auto *self, AutoArgs *a, VARIANT *result) {
    HRESULT h;
    Stream *s = opened(self, &h);
    DWORD got = 0;
    (void)result;
    if (FAILED(h)) return h;
    HANDLE f = CreateFileW(auto_text(a, 0, L""), GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (f == INVALID_HANDLE_VALUE) return error_of(READ_ERROR);
    DWORD n = GetFileSize(f, NULL);
    bool good = reserve(s, (size_t)n + 1) && ReadFile(f, s->bytes, n, &got, NULL);
    CloseHandle(f);
    s->size = got;
    s->at = 0;
    return good ? S_OK : error_of(READ_ERROR);
}

/* The target is a stream of whatever kind, so it is written to as one. */
static HRESULT copy_to(Auto *self, AutoArgs *a, VARIANT *result) {
    HRESULT h;
    VARIANT part, *target = auto_arg(a, 0);
    DISPPARAMS none = {0};
    VARIANT count = {.vt = VT_I4};
    (void)result;
    Stream *s = opened(self, &h);
    if (FAILED(h)) return h;
    if (!target || V_VT(target) != VT_DISPATCH || !V_DISPATCH(target)) return E_INVALIDARG;
    V_I4(&count) = auto_number(a, 1, READ_ALL);
    none.rgvarg = &count;
    none.cArgs = 1;
    AutoArgs read = {.params = &none};
    VariantInit(&part);
    bool text = !s->binary;
    h = text ? read_text(self, &read, &part) : read_bytes(self, &read, &part);
    if (!FAILED(h) && V_VT(&part) != VT_NULL)
        h = auto_invoke(V_DISPATCH(target), text ? L"WriteText" : L"Write", DISPATCH_METHOD, &part, 1, NULL);
    VariantClear(&part);
    return h;
}

static HRESULT skip_line(Auto *self, AutoArgs *a, VARIANT *result) {
    VARIANT line = {.vt = VT_I4, .lVal = READ_LINE};
    DISPPARAMS p = {.rgvarg = &line, .cArgs = 1};
    AutoArgs read = {.params = &p};
    (void)a;
    HRESULT h = read_text(self, &read, result);
    VariantClear(result);
    return h;
}

static void destroy(Auto *self) {
    free(((Stream *)self)->bytes);
}

static const AutoMember members[] = {
    {L"Type", type, NULL},         {L"Mode", mode, NULL},        {L"Charset", charset, NULL},
    {L"LineSeparator", separator, NULL}, {L"State", state, NULL}, {L"Size", size, NULL},
    {L"Position", position, NULL}, {L"EOS", at_end, NULL},       {L"SetEOS", set_end, NULL},
    {L"Open", open_stream, NULL},  {L"Close", close_stream, NULL}, {L"Flush", nothing, NULL},
    {L"Cancel", nothing, NULL},    {L"Write", write_bytes, NULL}, {L"Read", read_bytes, NULL},
    {L"WriteText", write_text, NULL}, {L"ReadText", read_text, NULL}, {L"SkipLine", skip_line, NULL},
    {L"SaveToFile", save, NULL},   {L"LoadFromFile", load, NULL}, {L"CopyTo", copy_to, NULL},
    {NULL, NULL, NULL},
};

const AutoClass stream_class = {L"ADODB.Stream", members, sizeof(Stream), destroy};
