#include "vbs.h"

typedef struct {
    Engine *engine;
    const wchar_t *start, *at, *line_start;
    unsigned line;
    Token *tokens;
    size_t count, room;
} Lexer;

static bool is_letter(wchar_t c) {
    return (c >= L'a' && c <= L'z') || (c >= L'A' && c <= L'Z') || c > 127;
}

static bool is_digit(wchar_t c) {
    return c >= L'0' && c <= L'9';
}

static bool is_name(wchar_t c) {
    return is_letter(c) || is_digit(c) || c == L'_';
}

static bool is_blank(wchar_t c) {
    return c == L' ' || c == L'\t' || c == L'\v' || c == L'\f' || c == 0xA0;
}

static bool is_line_end(wchar_t c) {
    return c == L'\n' || c == L'\r';
}

static Token *add(Lexer *l, TokenKind kind) {
    if (l->count == l->room) {
        size_t room = l->room ? 2 * l->room : 1024;
        Token *more = take(l->engine, room * sizeof *more);
        if (!more) return NULL;
        if (l->count) memcpy(more, l->tokens, l->count * sizeof *more);
        l->tokens = more;
        l->room = room;
    }
    Token *t = &l->tokens[l->count++];
    t->kind = kind;
    t->line = l->line;
    t->column = (unsigned)(l->at - l->line_start);
    return t;
}

static HRESULT wrong(Lexer *l) {
    l->engine->line = l->line;
    l->engine->column = (unsigned)(l->at - l->line_start);
    return VBS_ERROR(ERROR_SYNTAX);
}

/* ---- what is skipped ---- */

static void skip_line_end(Lexer *l) {
    if (*l->at == L'\r' && l->at[1] == L'\n') l->at++;
    l->at++;
    l->line++;
    l->line_start = l->at;
}

/* Blanks, and an underscore with the end of its line. */
static bool skip_blanks(Lexer *l) {
    const wchar_t *before = l->at;
    for (;;) {
        while (is_blank(*l->at)) l->at++;
        const wchar_t *c = l->at;
        if (*c != L'_' || (c > l->start && is_name(c[-1]))) break;
        for (c++; is_blank(*c);) c++;
        if (!is_line_end(*c)) break;
        l->at = c;
        skip_line_end(l);
    }
    return l->at != before;
}

static void skip_comment(Lexer *l) {
    while (*l->at && !is_line_end(*l->at)) l->at++;
}

/* ---- literals ---- */

static HRESULT text_literal(Lexer *l) {
    size_t n = 0;
    const wchar_t *end = ++l->at;
    for (; *end && !is_line_end(*end); end++, n++)
        if (*end == L'"' && *++end != L'"') break;
    if (end[-1] != L'"' || end == l->at) return wrong(l);
    Token *t = add(l, T_LITERAL);
    BSTR text = t ? SysAllocStringLen(NULL, (UINT)n) : NULL;
    if (!text) return E_OUTOFMEMORY;
    for (size_t i = 0; i < n; i++) {
        text[i] = *l->at;
        l->at += *l->at == L'"' ? 2 : 1;
    }
    text[n] = 0;
    V_VT(&t->literal) = VT_BSTR;
    V_BSTR(&t->literal) = text;
    l->at = end;
    return S_OK;
}

static HRESULT date_literal(Lexer *l) {
    const wchar_t *end = wcspbrk(l->at + 1, L"#\r\n");
    wchar_t text[64];
    if (!end || *end != L'#' || end - l->at > 63) return wrong(l);
    size_t n = (size_t)(end - l->at - 1);
    memcpy(text, l->at + 1, n * sizeof *text);
    text[n] = 0;
    Token *t = add(l, T_LITERAL);
    if (!t) return E_OUTOFMEMORY;
    V_VT(&t->literal) = VT_DATE;
    if (FAILED(VarDateFromStr(text, 0x409, 0, &V_DATE(&t->literal)))) return wrong(l);
    l->at = end + 1;
    return S_OK;
}

static void set_integer(VARIANT *v, long value) {
    V_VT(v) = value >= -32768 && value <= 32767 ? VT_I2 : VT_I4;
    if (V_VT(v) == VT_I2) V_I2(v) = (SHORT)value;
    else V_I4(v) = value;
}

/* &HFFFF is -1, &HFFFF& 65535. */
static HRESULT based_literal(Lexer *l, unsigned base) {
    unsigned long long value = 0;
    const wchar_t *c = l->at + 2;
    Token *t = add(l, T_LITERAL);
    if (!t) return E_OUTOFMEMORY;
    for (;; c++) {
        int digit = is_digit(*c) ? *c - L'0' : *c >= L'a' && *c <= L'f' ? *c - L'a' + 10
                  : *c >= L'A' && *c <= L'F' ? *c - L'A' + 10 : 99;
        if (digit >= (int)base) break;
        value = value * base + (unsigned)digit;
    }
    bool is_long = *c == L'&';
    l->at = c + is_long;
    if (!is_long && value <= 0xFFFF) set_integer(&t->literal, (SHORT)value);
    else if (is_long && value <= 0xFFFF) {
        V_VT(&t->literal) = VT_I4;
        V_I4(&t->literal) = (LONG)value;
    } else set_integer(&t->literal, (LONG)value);
    return S_OK;
}

static HRESULT number_literal(Lexer *l) {
    const wchar_t *c = l->at;
    bool whole = true;
    while (is_digit(*c)) c++;
    if (*c == L'.') {
        whole = false;
        for (c++; is_digit(*c);) c++;
    }
    if ((*c == L'e' || *c == L'E') &&
        (is_digit(c[1]) || ((c[1] == L'+' || c[1] == L'-') && is_digit(c[2])))) {
        whole = false;
        for (c += 2; is_digit(*c);) c++;
    }
    double value = wcstod(l->at, NULL);
    Token *t = add(l, T_LITERAL);
    if (!t) return E_OUTOFMEMORY;
    if (whole && value <= 2147483647.0) set_integer(&t->literal, (long)value);
    else {
        V_VT(&t->literal) = VT_R8;
        V_R8(&t->literal) = value;
    }
    l->at = c;
    return S_OK;
}

/* ---- names and marks ---- */

static HRESULT name(Lexer *l) {
    const wchar_t *end = l->at;
    while (is_name(*end)) end++;
    if (end - l->at == 3 && !_wcsnicmp(l->at, L"rem", 3)) {
        bool statement = !l->count || l->tokens[l->count - 1].kind == T_BREAK;
        if (statement) {
            skip_comment(l);
            return S_OK;
        }
    }
    Token *t = add(l, T_NAME);
    if (!t || !(t->name = symbol_of(l->engine, l->at, (size_t)(end - l->at)))) return E_OUTOFMEMORY;
    l->at = end;
    return S_OK;
}

static HRESULT bracketed_name(Lexer *l) {
    const wchar_t *end = wcspbrk(l->at, L"]\r\n");
    if (!end || *end != L']') return wrong(l);
    Token *t = add(l, T_NAME);
    if (!t || !(t->name = symbol_of(l->engine, l->at + 1, (size_t)(end - l->at - 1))))
        return E_OUTOFMEMORY;
    t->bracketed = true;
    l->at = end + 1;
    return S_OK;
}

static int mark_of(Lexer *l) {
    wchar_t a = l->at[0], b = l->at[1];
    int pair = a == L'<' && b == L'>' ? MARK_NE
             : (a == L'<' && b == L'=') || (a == L'=' && b == L'<') ? MARK_LE
             : (a == L'>' && b == L'=') || (a == L'=' && b == L'>') ? MARK_GE : 0;
    l->at += pair ? 2 : 1;
    return pair ? pair : a;
}

static HRESULT mark(Lexer *l) {
    if (!wcschr(L"().,+-*/\\^&=<>", *l->at)) return wrong(l);
    Token *t = add(l, T_MARK);
    if (!t) return E_OUTOFMEMORY;
    t->mark = mark_of(l);
    return S_OK;
}

static HRESULT line_break(Lexer *l) {
    Token *t = add(l, T_BREAK);
    if (!t) return E_OUTOFMEMORY;
    t->colon = *l->at == L':';
    if (t->colon) l->at++;
    else skip_line_end(l);
    return S_OK;
}

static HRESULT token(Lexer *l) {
    wchar_t c = *l->at, next = l->at[1];
    if (is_line_end(c) || c == L':') return line_break(l);
    if (c == L'\'') {
        skip_comment(l);
        return S_OK;
    }
    if (c == L'"') return text_literal(l);
    if (c == L'#') return date_literal(l);
    if (c == L'[') return bracketed_name(l);
    if (is_digit(c) || (c == L'.' && is_digit(next))) return number_literal(l);
    if (c == L'&' && (next == L'h' || next == L'H') && iswxdigit(l->at[2])) return based_literal(l, 16);
    if (c == L'&' && (next == L'o' || next == L'O') && is_digit(l->at[2])) return based_literal(l, 8);
    return is_letter(c) || c == L'_' ? name(l) : mark(l);
}

HRESULT lex(Engine *e, const wchar_t *text, Token **out) {
    Lexer l = {.engine = e, .start = text, .at = text, .line_start = text};
    for (;;) {
        bool spaced = skip_blanks(&l);
        if (!*l.at) break;
        size_t before = l.count;
        CHECK(token(&l));
        if (l.count > before) l.tokens[before].spaced = spaced;
    }
    if (!add(&l, T_BREAK) || !add(&l, T_END)) return E_OUTOFMEMORY;
    *out = l.tokens;
    return S_OK;
}
