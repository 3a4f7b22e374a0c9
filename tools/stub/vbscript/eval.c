/* Expressions. A value that is given back is the caller's to clear. */
#include "vbs.h"

/* ---- values of objects ---- */

HRESULT value_of(Engine *e, VARIANT *v) {
    VARIANT got;
    if (V_VT(v) != VT_DISPATCH) return S_OK;
    IDispatch *object = V_DISPATCH(v);
    if (!object) return VBS_ERROR(ERROR_NO_OBJECT);
    VariantInit(&got);
    HRESULT h = call_id(e, object, DISPID_VALUE, DISPATCH_METHOD | DISPATCH_PROPERTYGET, NULL, 0, &got);
    VariantClear(v);
    if (FAILED(h)) return h == DISP_E_MEMBERNOTFOUND ? VBS_ERROR(ERROR_NO_MEMBER) : h;
    *v = got;
    return V_VT(v) == VT_DISPATCH ? value_of(e, v) : S_OK;
}

HRESULT eval_value(Engine *e, const Expr *x, VARIANT *out) {
    VariantInit(out);
    CHECK(eval(e, x, out));
    return value_of(e, out);
}

HRESULT eval_object(Engine *e, const Expr *x, IDispatch **out) {
    VARIANT v;
    *out = NULL;
    VariantInit(&v);
    CHECK(eval(e, x, &v));
    if (V_VT(&v) == VT_DISPATCH && V_DISPATCH(&v)) {
        *out = V_DISPATCH(&v);
        return S_OK;
    }
    bool nothing = V_VT(&v) == VT_DISPATCH;
    VariantClear(&v);
    return VBS_ERROR(nothing ? ERROR_NO_OBJECT : ERROR_WANTS_OBJECT);
}

HRESULT eval_truth(Engine *e, const Expr *x, bool *out) {
    VARIANT v, truth;
    CHECK(eval_value(e, x, &v));
    VariantInit(&truth);
    HRESULT h = V_VT(&v) == VT_NULL ? S_OK : VariantChangeType(&truth, &v, 0, VT_BOOL);
    *out = V_VT(&v) != VT_NULL && !FAILED(h) && V_BOOL(&truth);
    VariantClear(&v);
    return FAILED(h) ? VBS_ERROR(ERROR_TYPE) : S_OK;
}

/* ---- operators ---- */

static bool is_number(const VARIANT *v) {
    switch (V_VT(v)) {
    case VT_I2: case VT_I4: case VT_R4: case VT_R8: case VT_CY: case VT_DATE: case VT_BOOL:
    case VT_UI1: case VT_I1: case VT_UI2: case VT_UI4: case VT_I8: case VT_UI8: case VT_INT:
    case VT_UINT: case VT_DECIMAL: return true;
    default: return false;
    }
}

static int compare_texts(const VARIANT *a, const VARIANT *b) {
    UINT n = SysStringLen(V_BSTR(a)), m = SysStringLen(V_BSTR(b));
    int c = n && m ? wmemcmp(V_BSTR(a), V_BSTR(b), n < m ? n : m) : 0;
    return c ? c : (n > m) - (n < m);
}

static HRESULT compare_numbers(VARIANT *a, VARIANT *b, int *order) {
    double x, y;
    CHECK(to_double(a, &x));
    CHECK(to_double(b, &y));
    *order = (x > y) - (x < y);
    return S_OK;
}

static void make_text(VARIANT *v) {
    BSTR text = NULL;
    text_variant(v, &text);
    VariantClear(v);
    V_VT(v) = VT_BSTR;
    V_BSTR(v) = text;
}

/* A number that is written in the source is compared as a number, a text as a text; else numbers are
 * less than texts. Empty is 0 or "". */
static HRESULT order_of(VARIANT *a, VARIANT *b, bool literal_a, bool literal_b, int *order) {
    if (V_VT(a) == VT_EMPTY && V_VT(b) == VT_BSTR) make_text(a);
    if (V_VT(b) == VT_EMPTY && V_VT(a) == VT_BSTR) make_text(b);
    if (V_VT(a) == VT_EMPTY) *a = (VARIANT){.vt = VT_I2};
    if (V_VT(b) == VT_EMPTY) *b = (VARIANT){.vt = VT_I2};
    if (V_VT(a) == VT_BSTR && V_VT(b) == VT_BSTR) {
        *order = compare_texts(a, b);
        return S_OK;
    }
    if (is_number(a) && is_number(b)) return compare_numbers(a, b, order);
    bool text_a = V_VT(a) == VT_BSTR;
    if (!(text_a && is_number(b)) && !(V_VT(b) == VT_BSTR && is_number(a))) return VBS_ERROR(ERROR_TYPE);
    bool literal_number = text_a ? literal_b : literal_a, literal_text = text_a ? literal_a : literal_b;
    if (literal_number) return compare_numbers(a, b, order);
    if (literal_text) {
        make_text(text_a ? b : a);
        *order = compare_texts(a, b);
        return S_OK;
    }
    *order = text_a ? 1 : -1;
    return S_OK;
}

static HRESULT compare(Op op, VARIANT *a, VARIANT *b, bool literal_a, bool literal_b, VARIANT *out) {
    int order = 0;
    if (V_VT(a) == VT_NULL || V_VT(b) == VT_NULL) {
        V_VT(out) = VT_NULL;
        return S_OK;
    }
    CHECK(order_of(a, b, literal_a, literal_b, &order));
    bool truth = op == OP_EQ ? order == 0 : op == OP_NE ? order != 0 : op == OP_LT ? order < 0
               : op == OP_GT ? order > 0 : op == OP_LE ? order <= 0 : order >= 0;
    return give_truth(out, truth);
}

static HRESULT concatenate(VARIANT *a, VARIANT *b, VARIANT *out) {
    BSTR left = NULL, right = NULL;
    if (V_VT(a) == VT_NULL && V_VT(b) == VT_NULL) {
        V_VT(out) = VT_NULL;
        return S_OK;
    }
    HRESULT h = text_variant(a, &left);
    if (!FAILED(h)) h = text_variant(b, &right);
    if (!FAILED(h)) {
        UINT n = SysStringByteLen(left), m = SysStringByteLen(right);
        V_BSTR(out) = SysAllocStringByteLen(NULL, n + m);
        if (!V_BSTR(out)) h = E_OUTOFMEMORY;
        else {
            V_VT(out) = VT_BSTR;
            if (n) memcpy(V_BSTR(out), left, n);
            if (m) memcpy((char *)V_BSTR(out) + n, right, m);
        }
    }
    SysFreeString(left);
    SysFreeString(right);
    return h;
}

static bool small(const VARIANT *v, long *out) {
    if (V_VT(v) != VT_I2 && V_VT(v) != VT_I4) return false;
    *out = V_VT(v) == VT_I2 ? V_I2(v) : V_I4(v);
    return true;
}

/* What needs no library: sums of integers that stay small. */
static bool add_small(Op op, const VARIANT *a, const VARIANT *b, VARIANT *out) {
    long x, y, sum;
    if ((op != OP_ADD && op != OP_SUB) || !small(a, &x) || !small(b, &y)) return false;
    if (__builtin_add_overflow(x, op == OP_ADD ? y : -y, &sum)) return false;
    bool narrow = V_VT(a) == VT_I2 && V_VT(b) == VT_I2 && sum >= -32768 && sum <= 32767;
    V_VT(out) = narrow ? VT_I2 : VT_I4;
    if (narrow) V_I2(out) = (SHORT)sum;
    else V_I4(out) = sum;
    return true;
}

HRESULT operate(Op op, VARIANT *a, VARIANT *b, bool literal_a, bool literal_b, VARIANT *out) {
    if (add_small(op, a, b, out)) return S_OK;
    switch (op) {
    case OP_EQ: case OP_NE: case OP_LT: case OP_GT: case OP_LE: case OP_GE:
        return compare(op, a, b, literal_a, literal_b, out);
    case OP_CAT: return concatenate(a, b, out);
    case OP_ADD: return VarAdd(a, b, out);
    case OP_SUB: return VarSub(a, b, out);
    case OP_MUL: return VarMul(a, b, out);
    case OP_DIV: return VarDiv(a, b, out);
    case OP_IDIV: return VarIdiv(a, b, out);
    case OP_MOD: return VarMod(a, b, out);
    case OP_POW: return VarPow(a, b, out);
    case OP_AND: return VarAnd(a, b, out);
    case OP_OR: return VarOr(a, b, out);
    case OP_XOR: return VarXor(a, b, out);
    case OP_EQV: return VarEqv(a, b, out);
    case OP_IMP: return VarImp(a, b, out);
    default: return E_UNEXPECTED;
    }
}

static HRESULT same_object(Engine *e, const Expr *x, VARIANT *out) {
    VARIANT a, b;
    VariantInit(&a);
    VariantInit(&b);
    HRESULT h = eval(e, x->left, &a);
    if (!FAILED(h)) h = eval(e, x->right, &b);
    if (!FAILED(h) && (V_VT(&a) != VT_DISPATCH || V_VT(&b) != VT_DISPATCH)) h = VBS_ERROR(ERROR_WANTS_OBJECT);
    if (!FAILED(h)) h = give_truth(out, V_DISPATCH(&a) == V_DISPATCH(&b));
    VariantClear(&a);
    VariantClear(&b);
    return h;
}

static HRESULT binary(Engine *e, const Expr *x, VARIANT *out) {
    VARIANT a, b;
    if (x->op == OP_IS) return same_object(e, x, out);
    CHECK(eval_value(e, x->left, &a));
    HRESULT h = eval_value(e, x->right, &b);
    if (!FAILED(h))
        h = operate(x->op, &a, &b, x->left->kind == X_LITERAL, x->right->kind == X_LITERAL, out);
    VariantClear(&a);
    VariantClear(&b);
    return h;
}

static HRESULT unary(Engine *e, const Expr *x, VARIANT *out) {
    VARIANT a;
    CHECK(eval_value(e, x->left, &a));
    HRESULT h = x->op == OP_NEG ? VarNeg(&a, out) : x->op == OP_NOT ? VarNot(&a, out) : VariantCopy(out, &a);
    VariantClear(&a);
    return h;
}

/* ---- names and calls ---- */

void free_arguments(VARIANT *args, unsigned count) {
    for (unsigned i = 0; i < count; i++) VariantClear(&args[i]);
}

/* With references, a variable is handed over as one. */
HRESULT eval_arguments(Engine *e, Expr **args, unsigned count, bool references, VARIANT *out) {
    for (unsigned i = 0; i < count; i++) {
        VARIANT *place = NULL;
        VariantInit(&out[i]);
        HRESULT h = args[i] && references ? place_of(e, args[i], &place) : S_OK;
        if (place) {
            V_VT(&out[i]) = VT_BYREF | VT_VARIANT;
            V_VARIANTREF(&out[i]) = place;
        } else if (!args[i]) {
            V_VT(&out[i]) = VT_ERROR;
            V_ERROR(&out[i]) = DISP_E_PARAMNOTFOUND;
        } else if (!FAILED(h)) {
            h = eval(e, args[i], &out[i]);
        }
        if (FAILED(h)) {
            free_arguments(out, i);
            return h;
        }
    }
    return S_OK;
}

/* Array has any number of arguments. */
static HRESULT call_builtin(Engine *e, const BuiltinRow *row, Expr **args, unsigned count, VARIANT *out) {
    VARIANT few[8], *values = count <= 8 ? few : malloc(count * sizeof *values);
    if ((int)count < row->least || (int)count > row->most) return VBS_ERROR(ERROR_ARGUMENTS);
    if (!values) return E_OUTOFMEMORY;
    HRESULT h = eval_arguments(e, args, count, false, values);
    if (!FAILED(h)) {
        h = row->call(e, values, count, out);
        free_arguments(values, count);
    }
    if (values != few) free(values);
    return h;
}

enum { MOST_ARGUMENTS = 32 };

static HRESULT call_with(Engine *e, const Func *f, Object *me, Expr **args, unsigned count, VARIANT *out) {
    VARIANT values[MOST_ARGUMENTS];
    if (count > MOST_ARGUMENTS) return VBS_ERROR(ERROR_ARGUMENTS);
    CHECK(eval_arguments(e, args, count, true, values));
    HRESULT h = call_func(e, f, me, values, count, out);
    free_arguments(values, count);
    return h;
}

/* A value that brackets follow: an array's element, or an object's default member. */
static HRESULT index_value(Engine *e, VARIANT *v, Expr **args, unsigned count, VARIANT *out) {
    VARIANT values[MOST_ARGUMENTS];
    if (V_VT(v) == (VT_BYREF | VT_VARIANT)) v = V_VARIANTREF(v);
    bool array = V_VT(v) & VT_ARRAY, object = V_VT(v) == VT_DISPATCH && V_DISPATCH(v);
    if (!array && !object) return VBS_ERROR(ERROR_TYPE);
    if (!count) return VariantCopy(out, v);
    if (count > MOST_ARGUMENTS) return VBS_ERROR(ERROR_ARGUMENTS);
    CHECK(eval_arguments(e, args, count, object, values));
    HRESULT h = array ? array_element(V_VT(v) & VT_BYREF ? *V_ARRAYREF(v) : V_ARRAY(v), values, count, out)
                      : call_id(e, V_DISPATCH(v), DISPID_VALUE, DISPATCH_METHOD | DISPATCH_PROPERTYGET,
                                values, count, out);
    free_arguments(values, count);
    return h;
}

/* A name, in the order in which the language looks for it. */
static HRESULT eval_name(Engine *e, const Expr *x, Expr **args, unsigned count, bool called, VARIANT *out) {
    bool constant;
    Symbol *s = x->name;
    const Frame *f = e->frame;
    bool own = f->func && f->func->name == s; /* a function's name is its result, but where it is called */
    VARIANT *v = own && called && f->func->kind == F_FUNCTION ? NULL : find_variable(e, s, &constant);
    if (v && called) return index_value(e, v, args, count, out);
    if (v) return VariantCopyInd(out, v);
    if (f->me) {
        const Func *method = class_func(f->me->class, s, F_GET);
        VARIANT *field = object_field(f->me, s);
        if (field && called) return index_value(e, field, args, count, out);
        if (field) return VariantCopyInd(out, field);
        if (method) return call_with(e, method, f->me, args, count, out);
    }
    if (s->func) return call_with(e, s->func, NULL, args, count, out);
    if (s->builtin) return call_builtin(e, s->builtin, args, count, out);
    if (s->item) {
        VARIANT item = {.vt = VT_DISPATCH, .pdispVal = s->item};
        return called && count ? index_value(e, &item, args, count, out) : VariantCopy(out, &item);
    }
    if (called) return VBS_ERROR(ERROR_TYPE);
    return e->explicit ? VBS_ERROR(ERROR_UNDEFINED) : S_OK;
}

static HRESULT eval_member(Engine *e, const Expr *x, Expr **args, unsigned count, VARIANT *out) {
    VARIANT values[MOST_ARGUMENTS];
    IDispatch *object = e->frame->with;
    if (count > MOST_ARGUMENTS) return VBS_ERROR(ERROR_ARGUMENTS);
    if (x->left) CHECK(eval_object(e, x->left, &object));
    else if (object) IDispatch_AddRef(object);
    else return VBS_ERROR(ERROR_NO_OBJECT);
    HRESULT h = eval_arguments(e, args, count, true, values);
    if (!FAILED(h)) {
        h = call_member(e, object, x->name, DISPATCH_METHOD | DISPATCH_PROPERTYGET, values, count, out);
        free_arguments(values, count);
    }
    IDispatch_Release(object);
    return h;
}

static HRESULT eval_called(Engine *e, const Expr *x, VARIANT *out) {
    VARIANT v;
    if (x->left->kind == X_NAME) return eval_name(e, x->left, x->args, x->count, true, out);
    if (x->left->kind == X_MEMBER) return eval_member(e, x->left, x->args, x->count, out);
    VariantInit(&v);
    CHECK(eval(e, x->left, &v));
    HRESULT h = index_value(e, &v, x->args, x->count, out);
    VariantClear(&v);
    return h;
}

/* As a statement: a name or member without brackets is called too. */
HRESULT eval_call(Engine *e, const Expr *x, VARIANT *out) {
    bool constant;
    if (x->kind == X_NAME && !find_variable(e, x->name, &constant) && !x->name->func &&
        !x->name->builtin && !x->name->item && !(e->frame->me && class_func(e->frame->me->class, x->name, F_GET)))
        return VBS_ERROR(ERROR_TYPE);
    if (x->kind == X_NAME && x->name->func && e->frame->func == x->name->func)
        return call_func(e, x->name->func, NULL, NULL, 0, out);
    return eval(e, x, out);
}

static HRESULT make_object(Engine *e, const Symbol *name, VARIANT *out) {
    Object *made;
    CLSID class;
    void *found = NULL;
    if (name->class) {
        CHECK(object_new(e, name->class, &made));
        V_DISPATCH(out) = &made->dispatch;
    } else {
        if (!is(name->name, L"RegExp")) return VBS_ERROR(ERROR_UNDEFINED);
        if (FAILED(CLSIDFromProgID(L"VBScript.RegExp", &class)) ||
            FAILED(CoCreateInstance(&class, NULL, CLSCTX_INPROC_SERVER, &IID_IDispatch, &found)))
            return VBS_ERROR(ERROR_CREATE);
        V_DISPATCH(out) = found;
    }
    V_VT(out) = VT_DISPATCH;
    return S_OK;
}

static HRESULT eval_me(Engine *e, VARIANT *out) {
    if (!e->frame->me) return VBS_ERROR(ERROR_WANTS_OBJECT);
    V_VT(out) = VT_DISPATCH;
    V_DISPATCH(out) = &e->frame->me->dispatch;
    IDispatch_AddRef(V_DISPATCH(out));
    return S_OK;
}

HRESULT eval(Engine *e, const Expr *x, VARIANT *out) {
    if (too_deep(e)) return VBS_ERROR(ERROR_STACK);
    HRESULT h = E_UNEXPECTED;
    switch (x->kind) {
    case X_LITERAL: h = VariantCopy(out, (VARIANT *)&x->literal); break;
    case X_NAME: h = eval_name(e, x, NULL, 0, false, out); break;
    case X_CALL: h = eval_called(e, x, out); break;
    case X_MEMBER: h = eval_member(e, x, NULL, 0, out); break;
    case X_UNARY: h = unary(e, x, out); break;
    case X_BINARY: h = binary(e, x, out); break;
    case X_NEW: h = make_object(e, x->name, out); break;
    case X_ME: h = eval_me(e, out); break;
    case X_GROUP: h = eval(e, x->left, out); break;
    }
    return h;
}
