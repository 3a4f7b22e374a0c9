/* Statements. On Error Resume Next goes on with the statement behind the one that failed; where it
 * was a condition, with what the condition guards, as Windows' engine does it. */
#include "vbs.h"

static HRESULT run_one(Engine *e, const Stmt *s, Go *go);

HRESULT run_block(Engine *e, const Stmt *s, Go *go) {
    for (*go = GO_ON; s && *go == GO_ON; s = s->next) {
        e->line = s->line;
        e->column = s->column;
        HRESULT h = run_one(e, s, go);
        if (!FAILED(h)) continue;
        if (!e->frame->resume_next || e->stopped) return h;
        error_take(e, h);
        *go = GO_ON;
    }
    return S_OK;
}

/* ---- variables ---- */

static HRESULT dim(Engine *e, const Stmt *s) {
    for (unsigned i = 0; i < s->count; i++) {
        VARIANT *v = add_variable(e, s->names[i].name, false);
        if (!v) return E_OUTOFMEMORY;
        if (s->names[i].array) CHECK(declare(e, &s->names[i], false, false, v));
    }
    return S_OK;
}

static HRESULT redim(Engine *e, const Stmt *s) {
    for (unsigned i = 0; i < s->count; i++) {
        bool constant;
        VARIANT *v = find_variable(e, s->names[i].name, &constant);
        VARIANT *field = !v && e->frame->me ? object_field(e->frame->me, s->names[i].name) : NULL;
        if (!v) v = field ? field : add_variable(e, s->names[i].name, false);
        if (!v) return E_OUTOFMEMORY;
        CHECK(declare(e, &s->names[i], true, s->preserve, v));
    }
    return S_OK;
}

static HRESULT erase(Engine *e, const Stmt *s) {
    VARIANT *v;
    CHECK(place_of(e, s->a, &v));
    if (!v || !(V_VT(v) & VT_ARRAY)) return VBS_ERROR(ERROR_TYPE);
    VariantClear(v);
    V_VT(v) = VT_ARRAY | VT_VARIANT;
    V_ARRAY(v) = NULL;
    return S_OK;
}

static HRESULT constant(Engine *e, const Stmt *s) {
    VARIANT value;
    CHECK(eval_value(e, s->a, &value));
    VARIANT *v = add_variable(e, s->names->name, true);
    if (!v) return E_OUTOFMEMORY;
    VariantClear(v);
    *v = value;
    return S_OK;
}

static HRESULT let(Engine *e, const Stmt *s, bool set) {
    VARIANT value;
    VariantInit(&value);
    HRESULT h = set ? eval(e, s->b, &value) : eval_value(e, s->b, &value);
    if (!FAILED(h) && set && V_VT(&value) != VT_DISPATCH && V_VT(&value) != VT_UNKNOWN)
        h = VBS_ERROR(ERROR_WANTS_OBJECT);
    if (!FAILED(h)) h = assign(e, s->a, &value, set);
    VariantClear(&value);
    return h;
}

/* ---- branches ---- */

static HRESULT run_if(Engine *e, const Stmt *s, Go *go) {
    bool truth = true;
    HRESULT h = eval_truth(e, s->a, &truth);
    if (FAILED(h) && (!e->frame->resume_next || e->stopped)) return h;
    if (FAILED(h)) {
        error_take(e, h);
        truth = true;
    }
    return run_block(e, truth ? s->body : s->other, go);
}

static HRESULT case_fits(Engine *e, const Expr *x, const VARIANT *value, bool literal, bool *fits) {
    VARIANT one, copy, same;
    VariantInit(&copy);
    CHECK(eval_value(e, x, &one));
    CHECK(VariantCopy(&copy, (VARIANT *)value));
    VariantInit(&same);
    HRESULT h = operate(OP_EQ, &copy, &one, literal, x->kind == X_LITERAL, &same);
    *fits = !FAILED(h) && V_VT(&same) == VT_BOOL && V_BOOL(&same);
    VariantClear(&one);
    VariantClear(&copy);
    return h;
}

static HRESULT run_select(Engine *e, const Stmt *s, Go *go) {
    VARIANT value;
    const Stmt *body = NULL;
    bool fits = false;
    CHECK(eval_value(e, s->a, &value));
    HRESULT h = S_OK;
    for (unsigned i = 0; i < s->count && !fits && !FAILED(h); i++) {
        const Case *c = &s->cases[i];
        fits = !c->values;
        for (unsigned k = 0; k < c->count && !fits && !FAILED(h); k++)
            h = case_fits(e, c->values[k], &value, s->a->kind == X_LITERAL, &fits);
        if (fits) body = c->body;
    }
    VariantClear(&value);
    return FAILED(h) ? h : run_block(e, body, go);
}

/* ---- loops ---- */

static bool leaves(Go *go, Go mine) {
    bool stop = *go != GO_ON;
    if (*go == mine) *go = GO_ON;
    return stop;
}

static HRESULT run_do(Engine *e, const Stmt *s, Go *go) {
    for (bool first = true;; first = false) {
        bool truth = !s->until;
        if (s->a && !(first && s->after)) CHECK(eval_truth(e, s->a, &truth));
        if (truth == s->until) return S_OK;
        CHECK(run_block(e, s->body, go));
        if (leaves(go, GO_DO)) return S_OK;
    }
}

static HRESULT compare(Op op, VARIANT *a, VARIANT *b, bool *truth) {
    VARIANT result;
    VariantInit(&result);
    CHECK(operate(op, a, b, true, true, &result));
    *truth = V_VT(&result) == VT_BOOL && V_BOOL(&result);
    return S_OK;
}

typedef struct {
    VARIANT now, last, step, zero;
    bool down;
} Range;

static HRESULT open_range(Engine *e, const Stmt *s, Range *r) {
    CHECK(eval_value(e, s->b, &r->now));
    CHECK(eval_value(e, s->c, &r->last));
    V_VT(&r->zero) = V_VT(&r->step) = VT_I2;
    V_I2(&r->step) = 1;
    V_I2(&r->zero) = 0;
    if (s->d) CHECK(eval_value(e, s->d, &r->step));
    return compare(OP_LT, &r->step, &r->zero, &r->down);
}

static HRESULT step(Range *r) {
    VARIANT sum;
    VariantInit(&sum);
    CHECK(operate(OP_ADD, &r->now, &r->step, false, false, &sum));
    VariantClear(&r->now);
    r->now = sum;
    return S_OK;
}

static HRESULT loop_range(Engine *e, const Stmt *s, Range *r, Go *go) {
    CHECK(assign(e, s->a, &r->now, false));
    for (;;) {
        bool over;
        CHECK(compare(r->down ? OP_LT : OP_GT, &r->now, &r->last, &over));
        if (over) return S_OK;
        CHECK(run_block(e, s->body, go));
        if (leaves(go, GO_FOR)) return S_OK;
        VariantClear(&r->now);
        CHECK(eval_value(e, s->a, &r->now));
        CHECK(step(r));
        CHECK(assign(e, s->a, &r->now, false));
    }
}

static HRESULT run_for(Engine *e, const Stmt *s, Go *go) {
    Range r = {0};
    HRESULT h = open_range(e, s, &r);
    if (!FAILED(h)) h = loop_range(e, s, &r, go);
    VariantClear(&r.now);
    VariantClear(&r.last);
    VariantClear(&r.step);
    return h;
}

/* One turn of For Each; the item is taken over. */
static HRESULT turn(Engine *e, const Stmt *s, VARIANT *item, Go *go, bool *over) {
    bool object = V_VT(item) == VT_DISPATCH;
    HRESULT h = assign(e, s->a, item, object);
    VariantClear(item);
    if (!FAILED(h)) h = run_block(e, s->body, go);
    *over = leaves(go, GO_FOR);
    return h;
}

static HRESULT each_of_array(Engine *e, const Stmt *s, SAFEARRAY *a, Go *go) {
    unsigned long count = a ? 1 : 0;
    for (unsigned d = 0; a && d < a->cDims; d++) count *= a->rgsabound[d].cElements;
    for (unsigned long i = 0; i < count; i++) {
        VARIANT item, at = {0};
        VARTYPE type = VT_VARIANT;
        bool over;
        SafeArrayGetVartype(a, &type);
        V_VT(&at) = VT_BYREF | type;
        V_BYREF(&at) = (char *)a->pvData + i * a->cbElements;
        VariantInit(&item);
        CHECK(VariantCopyInd(&item, &at));
        CHECK(turn(e, s, &item, go, &over));
        if (over) return S_OK;
    }
    return S_OK;
}

static HRESULT open_each(Engine *e, IDispatch *object, IEnumVARIANT **out) {
    VARIANT each;
    void *found = NULL;
    if (!object) return VBS_ERROR(ERROR_NO_OBJECT);
    VariantInit(&each);
    HRESULT h = call_id(e, object, DISPID_NEWENUM, DISPATCH_METHOD | DISPATCH_PROPERTYGET, NULL, 0, &each);
    if (FAILED(h)) return VBS_ERROR(ERROR_NO_COLLECTION);
    if (V_VT(&each) == VT_UNKNOWN || V_VT(&each) == VT_DISPATCH)
        h = V_UNKNOWN(&each) ? IUnknown_QueryInterface(V_UNKNOWN(&each), &IID_IEnumVARIANT, &found) : E_FAIL;
    else h = E_FAIL;
    VariantClear(&each);
    *out = found;
    return FAILED(h) ? VBS_ERROR(ERROR_NO_COLLECTION) : S_OK;
}

static HRESULT each_of_object(Engine *e, const Stmt *s, IDispatch *object, Go *go) {
    IEnumVARIANT *each;
    bool over = false;
    CHECK(open_each(e, object, &each));
    HRESULT h = S_OK;
    while (!over && !FAILED(h)) {
        VARIANT item;
        ULONG got = 0;
        VariantInit(&item);
        if (IEnumVARIANT_Next(each, 1, &item, &got) != S_OK || !got) break;
        h = turn(e, s, &item, go, &over);
    }
    IEnumVARIANT_Release(each);
    return h;
}

static HRESULT run_each(Engine *e, const Stmt *s, Go *go) {
    VARIANT all;
    VariantInit(&all);
    CHECK(eval(e, s->b, &all));
    HRESULT h = V_VT(&all) & VT_ARRAY ? each_of_array(e, s, V_ARRAY(&all), go)
              : V_VT(&all) == VT_DISPATCH ? each_of_object(e, s, V_DISPATCH(&all), go)
                                          : VBS_ERROR(ERROR_NO_COLLECTION);
    VariantClear(&all);
    return h;
}

/* ---- all ---- */

static HRESULT run_with(Engine *e, const Stmt *s, Go *go) {
    IDispatch *before = e->frame->with, *object;
    CHECK(eval_object(e, s->a, &object));
    e->frame->with = object;
    HRESULT h = run_block(e, s->body, go);
    e->frame->with = before;
    IDispatch_Release(object);
    return h;
}

static HRESULT run_call(Engine *e, const Stmt *s) {
    VARIANT result;
    VariantInit(&result);
    HRESULT h = eval_call(e, s->a, &result);
    VariantClear(&result);
    return h;
}

static HRESULT run_one(Engine *e, const Stmt *s, Go *go) {
    switch (s->kind) {
    case S_CALL: return run_call(e, s);
    case S_LET: return let(e, s, false);
    case S_SET: return let(e, s, true);
    case S_DIM: return dim(e, s);
    case S_REDIM: return redim(e, s);
    case S_ERASE: return erase(e, s);
    case S_CONST: return constant(e, s);
    case S_IF: return run_if(e, s, go);
    case S_SELECT: return run_select(e, s, go);
    case S_FOR: return run_for(e, s, go);
    case S_EACH: return run_each(e, s, go);
    case S_DO: return run_do(e, s, go);
    case S_WITH: return run_with(e, s, go);
    case S_EXIT: *go = s->exit; return S_OK;
    case S_RESUME_NEXT:
    case S_GOTO_0:
        e->frame->resume_next = s->kind == S_RESUME_NEXT;
        error_clear(&e->err);
        return S_OK;
    }
    return E_UNEXPECTED;
}

HRESULT run_code(Engine *e, const Code *c) {
    Go go;
    if (c->explicit) e->explicit = true;
    for (Func *f = c->funcs; f; f = f->next) f->name->func = f;
    for (Class *k = c->classes; k; k = k->next) k->name->class = k;
    return run_block(e, c->body, &go);
}
