#include "text_stream.h"

enum { END_OF_FILE_ERROR = 0x800A003E }; /* "Input past end of file" */

typedef struct {
    Auto object;
    HANDLE handle;
    bool owned, over, peeked;
    wchar_t next; /* where peeked */
    long line, column;
} Stream;

/* ---- reading ---- */

static bool read_byte(Stream *s, unsigned char *out) {
    DWORD got = 0;
    if (s->over || !ReadFile(s->handle, out, 1, &got, NULL) || !got) s->over = true;
    return !s->over;
}

/* A character of the OEM code page, which may have two bytes. */
static bool fetch(Stream *s, wchar_t *out) {
    char bytes[2];
    int n = 1;
    if (!read_byte(s, (unsigned char *)bytes)) return false;
    if (IsDBCSLeadByteEx(GetOEMCP(), (BYTE)bytes[0]) && read_byte(s, (unsigned char *)bytes + 1)) n = 2;
    return MultiByteToWideChar(CP_OEMCP, 0, bytes, n, out, 1) == 1;
}

static bool peek(Stream *s, wchar_t *out) {
    if (!s->peeked && !fetch(s, &s->next)) return false;
    s->peeked = true;
    *out = s->next;
    return true;
}

static bool take(Stream *s, wchar_t *out) {
    if (!peek(s, out)) return false;
    s->peeked = false;
    s->column++;
    if (*out == L'\n') {
        s->line++;
        s->column = 1;
    }
    return true;
}

typedef struct {
    wchar_t *p;
    size_t n, room;
} Text;

static void append(Text *t, wchar_t c) {
    if (t->n == t->room) {
        size_t room = t->room ? 2 * t->room : 256;
        wchar_t *more = realloc(t->p, room * sizeof *more);
        if (!more) return;
        t->p = more;
        t->room = room;
    }
    t->p[t->n++] = c;
}

static HRESULT give(Text *t, VARIANT *result) {
    HRESULT h = auto_give_chars(result, t->p ? t->p : L"", t->n);
    free(t->p);
    return h;
}

static HRESULT read_line(Auto *self, AutoArgs *a, VARIANT *result) {
    Stream *s = (Stream *)self;
    Text t = {0};
    wchar_t c;
    (void)a;
    if (!peek(s, &c)) return (HRESULT)END_OF_FILE_ERROR;
    while (take(s, &c) && c != L'\n')
        if (c != L'\r') append(&t, c);
    return give(&t, result);
}

static HRESULT read_all(Auto *self, AutoArgs *a, VARIANT *result) {
    Text t = {0};
    wchar_t c;
    (void)a;
    while (take((Stream *)self, &c)) append(&t, c);
    return give(&t, result);
}

static HRESULT read_some(Auto *self, AutoArgs *a, VARIANT *result) {
    Text t = {0};
    wchar_t c;
    for (long n = auto_number(a, 0, 0); n > 0 && take((Stream *)self, &c); n--) append(&t, c);
    return give(&t, result);
}

static HRESULT skip(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t c;
    (void)result;
    for (long n = auto_number(a, 0, 0); n > 0 && take((Stream *)self, &c);) n--;
    return S_OK;
}

static HRESULT skip_line(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t c;
    (void)a, (void)result;
    while (take((Stream *)self, &c) && c != L'\n') {}
    return S_OK;
}

static HRESULT at_end_of_stream(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t c;
    (void)a;
    return auto_give_truth(result, !peek((Stream *)self, &c));
}

static HRESULT at_end_of_line(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t c;
    (void)a;
    return auto_give_truth(result, !peek((Stream *)self, &c) || c == L'\r' || c == L'\n');
}

static HRESULT line(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)a;
    return auto_give_number(result, ((Stream *)self)->line);
}

static HRESULT column(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)a;
    return auto_give_number(result, ((Stream *)self)->column);
}

/* ---- writing ---- */

static HRESULT put(Stream *s, const wchar_t *text) {
    DWORD mode, done;
    int n = (int)wcslen(text);
    if (GetConsoleMode(s->handle, &mode))
        return WriteConsoleW(s->handle, text, (DWORD)n, &done, NULL) ? S_OK : E_HANDLE;
    int room = WideCharToMultiByte(CP_OEMCP, 0, text, n, NULL, 0, NULL, NULL);
    char *bytes = malloc((size_t)room + 1);
    if (!bytes) return E_OUTOFMEMORY;
    WideCharToMultiByte(CP_OEMCP, 0, text, n, bytes, room, NULL, NULL);
    bool good = WriteFile(s->handle, bytes, (DWORD)room, &done, NULL);
    free(bytes);
    return good ? S_OK : HRESULT_FROM_WIN32(GetLastError());
}

static HRESULT write(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)result;
    return put((Stream *)self, auto_text(a, 0, L""));
}

static HRESULT write_line(Auto *self, AutoArgs *a, VARIANT *result) {
    HRESULT h = write(self, a, result);
    return FAILED(h) ? h : put((Stream *)self, L"\r\n");
}

static HRESULT write_blank_lines(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)result;
    for (long n = auto_number(a, 0, 1); n > 0; n--) put((Stream *)self, L"\r\n");
    return S_OK;
}

static HRESULT close_stream(Auto *self, AutoArgs *a, VARIANT *result) {
    Stream *s = (Stream *)self;
    (void)a, (void)result;
    if (s->owned) CloseHandle(s->handle);
    s->owned = false;
    s->over = true;
    return S_OK;
}

/* ---- the object ---- */

static void destroy(Auto *self) {
    Stream *s = (Stream *)self;
    if (s->owned) CloseHandle(s->handle);
}

static const AutoMember members[] = {
    {L"Read", read_some, NULL},
    {L"ReadLine", read_line, NULL},
    {L"ReadAll", read_all, NULL},
    {L"Skip", skip, NULL},
    {L"SkipLine", skip_line, NULL},
    {L"AtEndOfStream", at_end_of_stream, NULL},
    {L"AtEndOfLine", at_end_of_line, NULL},
    {L"Line", line, NULL},
    {L"Column", column, NULL},
    {L"Write", write, NULL},
    {L"WriteLine", write_line, NULL},
    {L"WriteBlankLines", write_blank_lines, NULL},
    {L"Close", close_stream, NULL},
    {NULL, NULL, NULL},
};

static const AutoClass class = {L"TextStream", members, sizeof(Stream), destroy};

Auto *text_stream_new(HANDLE handle, bool owned) {
    Stream *s = (Stream *)auto_new(&class, NULL);
    if (!s) return NULL;
    s->handle = handle;
    s->owned = owned;
    s->line = s->column = 1;
    return &s->object;
}
