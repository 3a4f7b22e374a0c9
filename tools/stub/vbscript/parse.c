/* Statements. */
#include "vbs.h"

typedef struct {
    Stmt *first, **end;
} Body;

static HRESULT parse_statement(Parser *p, Body *b);

/* ---- words ---- */

bool parser_is(const Parser *p, const wchar_t *keyword) {
    return p->t->kind == T_NAME && !p->t->bracketed && is(p->t->name->name, keyword);
}

bool parser_accept(Parser *p, const wchar_t *keyword) {
    bool there = parser_is(p, keyword);
    p->t += there;
    return there;
}

bool parser_mark(const Parser *p, int mark) {
    return p->t->kind == T_MARK && p->t->mark == mark;
}

bool parser_accept_mark(Parser *p, int mark) {
    bool there = parser_mark(p, mark);
    p->t += there;
    return there;
}

HRESULT parser_wrong(Parser *p) {
    p->engine->line = p->t->line;
    p->engine->column = p->t->column;
    return VBS_ERROR(ERROR_SYNTAX);
}

bool parser_ends(const Parser *p) {
    return p->t->kind == T_BREAK || p->t->kind == T_END || parser_is(p, L"Else") || parser_is(p, L"End");
}

static HRESULT want(Parser *p, const wchar_t *keyword) {
    return parser_accept(p, keyword) ? S_OK : parser_wrong(p);
}

static HRESULT want_name(Parser *p, Symbol **out) {
    if (p->t->kind != T_NAME) return parser_wrong(p);
    *out = p->t->name;
    p->t++;
    return S_OK;
}

static void skip_breaks(Parser *p) {
    while (p->t->kind == T_BREAK) p->t++;
}

static Stmt *add(Parser *p, Body *b, StmtKind kind) {
    Stmt *s = take(p->engine, sizeof *s);
    if (!s) return NULL;
    s->kind = kind;
    s->line = p->t->line;
    s->column = p->t->column;
    *b->end = s;
    b->end = &s->next;
    return s;
}

/* Statements until one of these words begins one. */
static HRESULT parse_until(Parser *p, const wchar_t *const *ends, Stmt **out) {
    Body b = {0};
    b.end = &b.first;
    if (too_deep(p->engine)) return VBS_ERROR(ERROR_STACK);
    for (;;) {
        skip_breaks(p);
        if (p->t->kind == T_END) return parser_wrong(p);
        for (size_t i = 0; ends[i]; i++)
            if (parser_is(p, ends[i])) {
                *out = b.first;
                return S_OK;
            }
        CHECK(parse_statement(p, &b));
    }
}

/* ---- declarations ---- */

static HRESULT parse_declared(Parser *p, Declared *d) {
    CHECK(want_name(p, &d->name));
    if (!parser_accept_mark(p, '(')) return S_OK;
    d->array = true;
    return parse_arguments(p, ')', &d->bounds, &d->count);
}

static HRESULT parse_declared_list(Parser *p, Declared **out, unsigned *count) {
    unsigned room = 0;
    *count = 0;
    do {
        if (*count == room) {
            Declared *more = take(p->engine, (room = room ? 2 * room : 4) * sizeof *more);
            if (!more) return E_OUTOFMEMORY;
            if (*count) memcpy(more, *out, *count * sizeof *more);
            *out = more;
        }
        CHECK(parse_declared(p, &(*out)[*count]));
        ++*count;
    } while (parser_accept_mark(p, ','));
    return S_OK;
}

static HRESULT parse_dim(Parser *p, Body *b) {
    Stmt *s = add(p, b, S_DIM);
    return s ? parse_declared_list(p, &s->names, &s->count) : E_OUTOFMEMORY;
}

static HRESULT parse_redim(Parser *p, Body *b) {
    Stmt *s = add(p, b, S_REDIM);
    if (!s) return E_OUTOFMEMORY;
    s->preserve = parser_accept(p, L"Preserve");
    return parse_declared_list(p, &s->names, &s->count);
}

static HRESULT parse_const(Parser *p, Body *b) {
    do {
        Stmt *s = add(p, b, S_CONST);
        if (!s || !(s->names = take(p->engine, sizeof *s->names))) return E_OUTOFMEMORY;
        CHECK(want_name(p, &s->names->name));
        if (!parser_accept_mark(p, '=')) return parser_wrong(p);
        CHECK(parse_expression(p, &s->a));
    } while (parser_accept_mark(p, ','));
    return S_OK;
}

static HRESULT parse_parameters(Parser *p, Func *f) {
    Parameter all[64];
    if (!parser_accept_mark(p, '(')) return S_OK;
    while (!parser_accept_mark(p, ')')) {
        if (f->count == 64) return parser_wrong(p);
        Parameter *one = &all[f->count++];
        one->by_value = parser_accept(p, L"ByVal");
        if (!one->by_value) parser_accept(p, L"ByRef");
        CHECK(want_name(p, &one->name));
        if (parser_accept_mark(p, '(') && !parser_accept_mark(p, ')')) return parser_wrong(p);
        if (!parser_accept_mark(p, ',') && !parser_mark(p, ')')) return parser_wrong(p);
    }
    f->parameters = take(p->engine, (f->count + 1) * sizeof *all);
    if (!f->parameters) return E_OUTOFMEMORY;
    memcpy(f->parameters, all, f->count * sizeof *all);
    return S_OK;
}

/* Behind "Sub", "Function" or "Property Get": the rest. */
static HRESULT parse_func(Parser *p, FuncKind kind, Func ***end) {
    static const wchar_t *const close[] = {L"End", NULL};
    Func *f = take(p->engine, sizeof *f);
    if (!f) return E_OUTOFMEMORY;
    f->kind = kind;
    CHECK(want_name(p, &f->name));
    CHECK(parse_parameters(p, f));
    CHECK(parse_until(p, close, &f->body));
    CHECK(want(p, L"End"));
    CHECK(want(p, kind == F_SUB ? L"Sub" : kind == F_FUNCTION ? L"Function" : L"Property"));
    **end = f;
    *end = &f->next;
    return S_OK;
}

static bool func_kind(Parser *p, FuncKind *kind) {
    if (parser_accept(p, L"Sub")) *kind = F_SUB;
    else if (parser_accept(p, L"Function")) *kind = F_FUNCTION;
    else if (!parser_is(p, L"Property") || p->t[1].kind != T_NAME) return false;
    else {
        p->t++;
        *kind = parser_accept(p, L"Get") ? F_GET : parser_accept(p, L"Let") ? F_LET : F_SET;
        if (*kind == F_SET) p->t += parser_is(p, L"Set");
    }
    return true;
}

/* ---- classes ---- */

static HRESULT add_fields(Parser *p, Class *c, bool hidden) {
    Declared *names = NULL;
    unsigned count;
    CHECK(parse_declared_list(p, &names, &count));
    Field *all = take(p->engine, (c->field_count + count) * sizeof *all);
    if (!all) return E_OUTOFMEMORY;
    if (c->field_count) memcpy(all, c->fields, c->field_count * sizeof *all);
    for (unsigned i = 0; i < count; i++)
        all[c->field_count++] = (Field){names[i].name, names[i], hidden};
    c->fields = all;
    return S_OK;
}

static HRESULT parse_class_member(Parser *p, Class *c, Func ***end) {
    FuncKind kind;
    bool hidden = parser_accept(p, L"Private"), open = !hidden && parser_accept(p, L"Public");
    bool standard = parser_accept(p, L"Default");
    if (func_kind(p, &kind)) {
        Func **made = *end;
        CHECK(parse_func(p, kind, end));
        (*made)->hidden = hidden;
        (*made)->standard = standard;
        return S_OK;
    }
    if (parser_accept(p, L"Dim") || hidden || open) return add_fields(p, c, hidden);
    return parser_wrong(p);
}

static HRESULT parse_class(Parser *p) {
    Class *c = take(p->engine, sizeof *c);
    if (!c) return E_OUTOFMEMORY;
    CHECK(want_name(p, &c->name));
    Func **end = &c->funcs;
    for (skip_breaks(p); !parser_is(p, L"End"); skip_breaks(p)) CHECK(parse_class_member(p, c, &end));
    p->t++;
    CHECK(want(p, L"Class"));
    c->next = p->code->classes;
    p->code->classes = c;
    return S_OK;
}

/* ---- If ---- */

/* If x Then a [: b] [Else c] [End If] on one line. */
static HRESULT parse_line_body(Parser *p, Stmt **out) {
    Body b = {0};
    b.end = &b.first;
    for (;;) {
        while (p->t->kind == T_BREAK && p->t->colon) p->t++;
        if (parser_ends(p)) break;
        CHECK(parse_statement(p, &b));
        if (p->t->kind != T_BREAK || !p->t->colon) break;
    }
    *out = b.first;
    return S_OK;
}

static HRESULT parse_line_if(Parser *p, Stmt *s) {
    CHECK(parse_line_body(p, &s->body));
    if (parser_accept(p, L"Else")) CHECK(parse_line_body(p, &s->other));
    if (parser_is(p, L"End") && p->t[1].kind == T_NAME && is(p->t[1].name->name, L"If")) p->t += 2;
    return S_OK;
}

/* Behind the condition of a block: the rest, also that of an ElseIf. */
static HRESULT parse_block_if(Parser *p, Stmt *s) {
    static const wchar_t *const ends[] = {L"ElseIf", L"Else", L"End", NULL};
    static const wchar_t *const close[] = {L"End", NULL};
    CHECK(parse_until(p, ends, &s->body));
    if (parser_is(p, L"ElseIf")) {
        Body b = {0};
        b.end = &b.first;
        Stmt *next = add(p, &b, S_IF);
        if (!next) return E_OUTOFMEMORY;
        p->t++;
        s->other = next;
        CHECK(parse_expression(p, &next->a));
        CHECK(want(p, L"Then"));
        return parse_block_if(p, next);
    }
    if (parser_accept(p, L"Else")) CHECK(parse_until(p, close, &s->other));
    CHECK(want(p, L"End"));
    return want(p, L"If");
}

static HRESULT parse_if(Parser *p, Body *b) {
    Stmt *s = add(p, b, S_IF);
    if (!s) return E_OUTOFMEMORY;
    CHECK(parse_expression(p, &s->a));
    CHECK(want(p, L"Then"));
    return p->t->kind == T_BREAK && !p->t->colon ? parse_block_if(p, s)
         : p->t->kind == T_BREAK && p->t[1].kind == T_BREAK ? parse_block_if(p, s)
                                                            : parse_line_if(p, s);
}

/* ---- Select ---- */

static HRESULT parse_case(Parser *p, Case *c) {
    static const wchar_t *const ends[] = {L"Case", L"End", NULL};
    if (!parser_accept(p, L"Else")) {
        CHECK(parse_arguments(p, 0, &c->values, &c->count));
        if (!c->count) return parser_wrong(p);
    }
    return parse_until(p, ends, &c->body);
}

static HRESULT parse_select(Parser *p, Body *b) {
    Stmt *s = add(p, b, S_SELECT);
    unsigned room = 0;
    if (!s) return E_OUTOFMEMORY;
    CHECK(want(p, L"Case"));
    CHECK(parse_expression(p, &s->a));
    for (skip_breaks(p); parser_accept(p, L"Case"); skip_breaks(p)) {
        if (s->count == room) {
            Case *more = take(p->engine, (room = room ? 2 * room : 4) * sizeof *more);
            if (!more) return E_OUTOFMEMORY;
            if (s->count) memcpy(more, s->cases, s->count * sizeof *more);
            s->cases = more;
        }
        CHECK(parse_case(p, &s->cases[s->count++]));
    }
    CHECK(want(p, L"End"));
    return want(p, L"Select");
}

/* ---- loops ---- */

static HRESULT parse_for(Parser *p, Body *b) {
    static const wchar_t *const ends[] = {L"Next", NULL};
    bool each = parser_accept(p, L"Each");
    Stmt *s = add(p, b, each ? S_EACH : S_FOR);
    if (!s) return E_OUTOFMEMORY;
    CHECK(parse_chain(p, false, &s->a));
    if (each) {
        CHECK(want(p, L"In"));
        CHECK(parse_expression(p, &s->b));
    } else {
        if (!parser_accept_mark(p, '=')) return parser_wrong(p);
        CHECK(parse_expression(p, &s->b));
        CHECK(want(p, L"To"));
        CHECK(parse_expression(p, &s->c));
        if (parser_accept(p, L"Step")) CHECK(parse_expression(p, &s->d));
    }
    CHECK(parse_until(p, ends, &s->body));
    CHECK(want(p, L"Next"));
    if (p->t->kind == T_NAME && !parser_ends(p)) p->t++;
    return S_OK;
}

static HRESULT loop_condition(Parser *p, Stmt *s, bool after) {
    bool until = parser_is(p, L"Until");
    if (!until && !parser_is(p, L"While")) return S_OK;
    p->t++;
    s->until = until;
    s->after = after;
    return parse_expression(p, &s->a);
}

static HRESULT parse_do(Parser *p, Body *b) {
    static const wchar_t *const ends[] = {L"Loop", NULL};
    Stmt *s = add(p, b, S_DO);
    if (!s) return E_OUTOFMEMORY;
    CHECK(loop_condition(p, s, false));
    CHECK(parse_until(p, ends, &s->body));
    p->t++;
    return s->a ? S_OK : loop_condition(p, s, true);
}

static HRESULT parse_while(Parser *p, Body *b) {
    static const wchar_t *const ends[] = {L"Wend", NULL};
    Stmt *s = add(p, b, S_DO);
    if (!s) return E_OUTOFMEMORY;
    CHECK(parse_expression(p, &s->a));
    CHECK(parse_until(p, ends, &s->body));
    return want(p, L"Wend");
}

/* ---- the rest ---- */

static HRESULT parse_exit(Parser *p, Body *b) {
    Stmt *s = add(p, b, S_EXIT);
    if (!s) return E_OUTOFMEMORY;
    s->exit = parser_is(p, L"Do") ? GO_DO : parser_is(p, L"For") ? GO_FOR : GO_RETURN;
    if (p->t->kind != T_NAME) return parser_wrong(p);
    p->t++;
    return S_OK;
}

static HRESULT parse_with(Parser *p, Body *b) {
    static const wchar_t *const ends[] = {L"End", NULL};
    Stmt *s = add(p, b, S_WITH);
    if (!s) return E_OUTOFMEMORY;
    CHECK(parse_expression(p, &s->a));
    CHECK(parse_until(p, ends, &s->body));
    CHECK(want(p, L"End"));
    return want(p, L"With");
}

static HRESULT parse_on_error(Parser *p, Body *b) {
    CHECK(want(p, L"Error"));
    if (parser_accept(p, L"Resume")) {
        CHECK(want(p, L"Next"));
        return add(p, b, S_RESUME_NEXT) ? S_OK : E_OUTOFMEMORY;
    }
    CHECK(want(p, L"GoTo"));
    p->t++; /* 0 */
    return add(p, b, S_GOTO_0) ? S_OK : E_OUTOFMEMORY;
}

static HRESULT parse_set(Parser *p, Body *b) {
    Stmt *s = add(p, b, S_SET);
    if (!s) return E_OUTOFMEMORY;
    CHECK(parse_chain(p, false, &s->a));
    if (!parser_accept_mark(p, '=')) return parser_wrong(p);
    return parse_expression(p, &s->b);
}

/* target = value, target args, or target */
static HRESULT parse_simple(Parser *p, Body *b, bool called) {
    Stmt *s = add(p, b, S_CALL);
    if (!s) return E_OUTOFMEMORY;
    CHECK(parse_chain(p, !called, &s->a));
    if (!called && parser_accept_mark(p, '=')) {
        s->kind = S_LET;
        return parse_expression(p, &s->b);
    }
    if (parser_ends(p)) return S_OK;
    Expr *c = new_expr(p, X_CALL);
    if (!c) return E_OUTOFMEMORY;
    c->left = s->a;
    s->a = c;
    return parse_arguments(p, 0, &c->args, &c->count);
}

static HRESULT parse_erase(Parser *p, Body *b) {
    Stmt *s = add(p, b, S_ERASE);
    return s ? parse_chain(p, false, &s->a) : E_OUTOFMEMORY;
}

static HRESULT parse_hidden(Parser *p, Body *b) {
    Func **end = &p->code->funcs;
    FuncKind kind;
    parser_accept(p, L"Default");
    if (parser_accept(p, L"Const")) return parse_const(p, b);
    while (*end) end = &(*end)->next;
    return func_kind(p, &kind) ? parse_func(p, kind, &end) : parse_dim(p, b);
}

static HRESULT parse_option(Parser *p) {
    CHECK(want(p, L"Explicit"));
    p->code->explicit = true;
    return S_OK;
}

static HRESULT parse_keyword(Parser *p, Body *b, bool *found) {
    *found = true;
    if (parser_accept(p, L"Dim")) return parse_dim(p, b);
    if (parser_accept(p, L"ReDim")) return parse_redim(p, b);
    if (parser_accept(p, L"Const")) return parse_const(p, b);
    if (parser_accept(p, L"If")) return parse_if(p, b);
    if (parser_accept(p, L"Select")) return parse_select(p, b);
    if (parser_accept(p, L"For")) return parse_for(p, b);
    if (parser_accept(p, L"Do")) return parse_do(p, b);
    if (parser_accept(p, L"While")) return parse_while(p, b);
    if (parser_accept(p, L"Exit")) return parse_exit(p, b);
    if (parser_accept(p, L"With")) return parse_with(p, b);
    if (parser_accept(p, L"On")) return parse_on_error(p, b);
    if (parser_accept(p, L"Set")) return parse_set(p, b);
    if (parser_accept(p, L"Let")) return parse_simple(p, b, false);
    if (parser_accept(p, L"Call")) return parse_simple(p, b, true);
    if (parser_accept(p, L"Class")) return parse_class(p);
    if (parser_is(p, L"Option") && p->t[1].kind == T_NAME) return p->t++, parse_option(p);
    if (parser_is(p, L"Erase") && p->t[1].kind == T_NAME) return p->t++, parse_erase(p, b);
    if (parser_is(p, L"Stop") && p->t[1].kind == T_BREAK) return p->t++, S_OK;
    if (parser_accept(p, L"Private") || parser_accept(p, L"Public")) return parse_hidden(p, b);
    if (parser_is(p, L"Sub") || parser_is(p, L"Function")) return parse_hidden(p, b);
    *found = false;
    return S_OK;
}

static HRESULT parse_statement(Parser *p, Body *b) {
    bool found;
    CHECK(parse_keyword(p, b, &found));
    if (!found) CHECK(parse_simple(p, b, false));
    return parser_ends(p) ? S_OK : parser_wrong(p);
}

HRESULT parse(Engine *e, const wchar_t *text, Code *out) {
    Token *tokens;
    Body b = {0};
    b.end = &b.first;
    memset(out, 0, sizeof *out);
    CHECK(lex(e, text, &tokens));
    Parser p = {e, tokens, out};
    for (skip_breaks(&p); p.t->kind != T_END; skip_breaks(&p)) {
        CHECK(parse_statement(&p, &b));
        if (p.t->kind != T_BREAK) return parser_wrong(&p);
    }
    out->body = b.first;
    return S_OK;
}

HRESULT parse_one_expression(Engine *e, const wchar_t *text, Expr **out) {
    Token *tokens;
    Code code = {0};
    CHECK(lex(e, text, &tokens));
    Parser p = {e, tokens, &code};
    skip_breaks(&p);
    CHECK(parse_expression(&p, out));
    skip_breaks(&p);
    return p.t->kind == T_END ? S_OK : parser_wrong(&p);
}
