/* Expressions, by precedence: Imp, Eqv, Xor, Or, And, Not, comparisons, &, + -, Mod, \, * /, minus, ^. */
#include "vbs.h"

Expr *new_expr(Parser *p, ExprKind kind) {
    Expr *x = take(p->engine, sizeof *x);
    if (x) x->kind = kind;
    return x;
}

bool is_reserved(const wchar_t *name) {
    static const wchar_t *const words[] = {
        L"And", L"Call", L"Case", L"Class", L"Const", L"Dim", L"Do", L"Each", L"Else", L"ElseIf",
        L"End", L"Eqv", L"Exit", L"For", L"Function", L"If", L"Imp", L"In", L"Is", L"Let",
        L"Loop", L"Mod", L"New", L"Next", L"Not", L"On", L"Option", L"Or", L"ReDim", L"Select",
        L"Set", L"Sub", L"Then", L"To", L"Until", L"Wend", L"While", L"With", L"Xor", L"ByRef", L"ByVal"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!_wcsicmp(words[i], name)) return true;
    return false;
}

/* ---- operands ---- */

typedef struct {
    Expr **items;
    unsigned count, room;
} List;

static HRESULT list_add(Parser *p, List *l, Expr *x) {
    if (l->count == l->room) {
        unsigned room = l->room ? 2 * l->room : 4;
        Expr **more = take(p->engine, room * sizeof *more);
        if (!more) return E_OUTOFMEMORY;
        if (l->count) memcpy(more, l->items, l->count * sizeof *more);
        l->items = more;
        l->room = room;
    }
    l->items[l->count++] = x;
    return S_OK;
}

/* Up to the mark, which is taken, or (0) up to the statement's end. */
HRESULT parse_arguments(Parser *p, int end, Expr ***args, unsigned *count) {
    List l = {0};
    bool empty = end ? parser_mark(p, end) : parser_ends(p);
    while (!empty) {
        Expr *x = NULL;
        if (!parser_mark(p, ',') && !(end && parser_mark(p, end)) && !(!end && parser_ends(p)))
            CHECK(parse_expression(p, &x));
        CHECK(list_add(p, &l, x));
        if (!parser_accept_mark(p, ',')) break;
    }
    if (end && !parser_accept_mark(p, end)) return parser_wrong(p);
    *args = l.items;
    *count = l.count;
    return S_OK;
}

static Expr *literal(Parser *p, VARIANT v) {
    Expr *x = new_expr(p, X_LITERAL);
    if (x) x->literal = v;
    return x;
}

static bool word_literal(Parser *p, VARIANT *v) {
    memset(v, 0, sizeof *v);
    if (parser_accept(p, L"True") || parser_accept(p, L"False")) {
        V_VT(v) = VT_BOOL;
        V_BOOL(v) = is(p->t[-1].name->name, L"True") ? VARIANT_TRUE : VARIANT_FALSE;
    } else if (parser_accept(p, L"Nothing")) {
        V_VT(v) = VT_DISPATCH;
    } else if (parser_accept(p, L"Null")) {
        V_VT(v) = VT_NULL;
    } else if (!parser_accept(p, L"Empty")) {
        return false;
    }
    return true;
}

static HRESULT parse_operand(Parser *p, bool statement, Expr **out) {
    VARIANT v;
    const Token *t = p->t;
    if (t->kind == T_LITERAL) {
        p->t++;
        *out = literal(p, t->literal);
    } else if (!statement && parser_accept_mark(p, '(')) {
        if (!(*out = new_expr(p, X_GROUP))) return E_OUTOFMEMORY;
        CHECK(parse_expression(p, &(*out)->left));
        if (!parser_accept_mark(p, ')')) return parser_wrong(p);
    } else if (parser_mark(p, '.')) {
        return S_OK; /* a member of With's object: *out stays NULL */
    } else if (t->kind != T_NAME) {
        return parser_wrong(p);
    } else if (word_literal(p, &v)) {
        *out = literal(p, v);
    } else if (parser_accept(p, L"Me")) {
        *out = new_expr(p, X_ME);
    } else if (parser_accept(p, L"New")) {
        if (p->t->kind != T_NAME) return parser_wrong(p);
        if ((*out = new_expr(p, X_NEW))) (*out)->name = p->t->name;
        p->t++;
    } else {
        if (!t->bracketed && is_reserved(t->name->name)) return parser_wrong(p);
        if ((*out = new_expr(p, X_NAME))) (*out)->name = t->name;
        p->t++;
    }
    return *out ? S_OK : E_OUTOFMEMORY;
}

/* .name; any word may be one. */
static HRESULT parse_member(Parser *p, Expr **x) {
    Expr *m = new_expr(p, X_MEMBER);
    p->t++;
    if (!m) return E_OUTOFMEMORY;
    if (p->t->kind != T_NAME) return parser_wrong(p);
    m->name = p->t->name;
    m->left = *x;
    p->t++;
    *x = m;
    return S_OK;
}

/* What follows the brackets of a statement says whether they hold its arguments: "f (1) + 2" calls f
 * with one argument, "f(1).g" and "f(1) = 2" do not. */
static bool ends_target(const Parser *p) {
    return parser_ends(p) || parser_mark(p, '=') || parser_mark(p, '(') ||
           (parser_mark(p, '.') && !p->t->spaced);
}

static HRESULT parse_call(Parser *p, bool statement, Expr **x, bool *done) {
    const Token *before = p->t;
    Expr *c = new_expr(p, X_CALL);
    if (!c) return E_OUTOFMEMORY;
    c->left = *x;
    p->t++;
    HRESULT h = parse_arguments(p, ')', &c->args, &c->count);
    if (statement && (FAILED(h) || !ends_target(p))) {
        p->t = before;
        *done = true;
        return S_OK;
    }
    *x = c;
    return h;
}

HRESULT parse_chain(Parser *p, bool statement, Expr **out) {
    bool done = false, first = true;
    *out = NULL;
    CHECK(parse_operand(p, statement, out));
    while (!done) {
        bool dot = parser_mark(p, '.') && (!p->t->spaced || (first && !*out));
        if (dot) CHECK(parse_member(p, out));
        else if (parser_mark(p, '(')) CHECK(parse_call(p, statement, out, &done));
        else done = true;
        first = false;
    }
    return *out ? S_OK : parser_wrong(p);
}

/* ---- operators ---- */

typedef struct {
    const wchar_t *word; /* or a mark */
    int mark;
    Op op;
    int level;
} Operator;

enum { LEVEL_NOT = 6, LEVEL_COMPARE = 7, LEVEL_NEGATE = 13, LEVEL_POWER = 14 };

static const Operator operators[] = {
    {L"Imp", 0, OP_IMP, 1},      {L"Eqv", 0, OP_EQV, 2},  {L"Xor", 0, OP_XOR, 3},
    {L"Or", 0, OP_OR, 4},        {L"And", 0, OP_AND, 5},  {NULL, '=', OP_EQ, 7},
    {NULL, MARK_NE, OP_NE, 7},   {NULL, '<', OP_LT, 7},   {NULL, '>', OP_GT, 7},
    {NULL, MARK_LE, OP_LE, 7},   {NULL, MARK_GE, OP_GE, 7}, {L"Is", 0, OP_IS, 7},
    {NULL, '&', OP_CAT, 8},      {NULL, '+', OP_ADD, 9},  {NULL, '-', OP_SUB, 9},
    {L"Mod", 0, OP_MOD, 10},     {NULL, '\\', OP_IDIV, 11}, {NULL, '*', OP_MUL, 12},
    {NULL, '/', OP_DIV, 12},     {NULL, '^', OP_POW, 14},
};

static const Operator *operator_here(const Parser *p) {
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        const Operator *o = &operators[i];
        if (o->word ? parser_is(p, o->word) : parser_mark(p, o->mark)) return o;
    }
    return NULL;
}

static HRESULT parse_level(Parser *p, int level, Expr **out);

static HRESULT parse_prefix(Parser *p, int level, Expr **out) {
    bool negates = parser_mark(p, '-'), keeps = parser_mark(p, '+');
    bool inverts = parser_is(p, L"Not");
    (void)level;
    if (!negates && !keeps && !inverts) return parse_chain(p, false, out);
    Expr *x = new_expr(p, X_UNARY);
    if (!x) return E_OUTOFMEMORY;
    p->t++;
    x->op = negates ? OP_NEG : keeps ? OP_POS : OP_NOT;
    *out = x;
    return parse_level(p, inverts ? LEVEL_NOT : LEVEL_NEGATE, &x->left);
}

static HRESULT parse_level(Parser *p, int level, Expr **out) {
    if (too_deep(p->engine)) return VBS_ERROR(ERROR_STACK);
    HRESULT h = parse_prefix(p, level, out);
    const Operator *o;
    while (!FAILED(h) && (o = operator_here(p)) && o->level >= level) {
        Expr *x = new_expr(p, X_BINARY);
        p->t++;
        if (!x) h = E_OUTOFMEMORY;
        else {
            x->op = o->op;
            x->left = *out;
            *out = x;
            h = parse_level(p, o->level + 1, &x->right);
        }
    }
    return h;
}

HRESULT parse_expression(Parser *p, Expr **out) {
    *out = NULL;
    return parse_level(p, 1, out);
}
