/* Calls, and what becomes of errors. */
#include "vbs.h"

/* ---- functions of the script ---- */

static HRESULT bind_argument(Frame *f, const Parameter *p, VARIANT *arg) {
    Local *l = calloc(1, sizeof *l);
    if (!l) return E_OUTOFMEMORY;
    l->name = p->name;
    l->next = f->locals;
    f->locals = l;
    bool reference = V_VT(arg) == (VT_BYREF | VT_VARIANT);
    if (reference && !p->by_value) {
        l->value = *arg;
        return S_OK;
    }
    return VariantCopyInd(&l->value, arg);
}

static void leave(Engine *e, Frame *f) {
    while (f->locals) {
        Local *l = f->locals;
        f->locals = l->next;
        if (!(V_VT(&l->value) & VT_BYREF)) VariantClear(&l->value);
        free(l);
    }
    e->frame = f->before;
}

HRESULT call_func(Engine *e, const Func *f, Object *me, VARIANT *args, unsigned count, VARIANT *out) {
    Frame frame = {.before = e->frame, .func = f, .me = me};
    Go go;
    if (count != f->count) return VBS_ERROR(ERROR_ARGUMENTS);
    if (too_deep(e)) return VBS_ERROR(ERROR_STACK);
    HRESULT h = S_OK;
    for (unsigned i = 0; i < count && !FAILED(h); i++) h = bind_argument(&frame, &f->parameters[i], &args[i]);
    if (me) IDispatch_AddRef(&me->dispatch);
    e->frame = &frame;
    if (!FAILED(h)) h = run_block(e, f->body, &go);
    leave(e, &frame);
    if (me) IDispatch_Release(&me->dispatch);
    if (!FAILED(h) && out && (f->kind == F_FUNCTION || f->kind == F_GET)) *out = frame.result;
    else VariantClear(&frame.result);
    return h;
}

/* ---- members of objects ---- */

static HRESULT from_exception(Engine *e, EXCEPINFO *x) {
    if (x->pfnDeferredFillIn) x->pfnDeferredFillIn(x);
    HRESULT h = FAILED(x->scode) ? x->scode : x->wCode ? error_result(x->wCode) : E_FAIL;
    fail_with(e, h, x->bstrSource, x->bstrDescription);
    SysFreeString(x->bstrSource);
    SysFreeString(x->bstrDescription);
    SysFreeString(x->bstrHelpFile);
    return h;
}

/* Scripts know IDispatch only. */
static void make_dispatch(VARIANT *v) {
    void *found = NULL;
    if (V_VT(v) != VT_UNKNOWN || !V_UNKNOWN(v)) return;
    if (FAILED(IUnknown_QueryInterface(V_UNKNOWN(v), &IID_IDispatch, &found))) return;
    IUnknown_Release(V_UNKNOWN(v));
    V_VT(v) = VT_DISPATCH;
    V_DISPATCH(v) = found;
}

HRESULT call_id(Engine *e, IDispatch *object, DISPID id, WORD kind, VARIANT *args, unsigned count,
                VARIANT *out) {
    enum { MOST = 33 };
    VARIANT turned[MOST], result;
    DISPID put = DISPID_PROPERTYPUT;
    EXCEPINFO x = {0};
    UINT bad = 0;
    if (count > MOST) return VBS_ERROR(ERROR_ARGUMENTS);
    for (unsigned i = 0; i < count; i++) turned[i] = args[count - 1 - i];
    DISPPARAMS p = {.rgvarg = turned, .cArgs = count};
    bool puts = kind & (DISPATCH_PROPERTYPUT | DISPATCH_PROPERTYPUTREF);
    if (puts) {
        p.rgdispidNamedArgs = &put;
        p.cNamedArgs = 1;
    }
    VariantInit(&result);
    IDispatch_AddRef(object);
    HRESULT h = IDispatch_Invoke(object, id, &IID_NULL, e->lcid, kind, &p, puts ? NULL : &result, &x, &bad);
    IDispatch_Release(object);
    if (h == DISP_E_EXCEPTION) h = from_exception(e, &x);
    if (FAILED(h)) return h == DISP_E_MEMBERNOTFOUND ? VBS_ERROR(ERROR_NO_MEMBER) : h;
    if (id != DISPID_NEWENUM) make_dispatch(&result);
    if (out) *out = result;
    else VariantClear(&result);
    return S_OK;
}

HRESULT call_member(Engine *e, IDispatch *object, Symbol *name, WORD kind, VARIANT *args,
                    unsigned count, VARIANT *out) {
    DISPID id;
    LPOLESTR text = (LPOLESTR)name->name;
    Object *mine = object_of(object);
    if (mine) return object_call(mine, name, kind, args, count, false, out);
    HRESULT h = IDispatch_GetIDsOfNames(object, &IID_NULL, &text, 1, e->lcid, &id);
    if (FAILED(h)) return h == DISP_E_UNKNOWNNAME ? VBS_ERROR(ERROR_NO_MEMBER) : h;
    return call_id(e, object, id, kind, args, count, out);
}

/* ---- errors ---- */

void error_clear(Error *x) {
    SysFreeString(x->source);
    SysFreeString(x->description);
    memset(x, 0, sizeof *x);
}

HRESULT fail_with(Engine *e, HRESULT h, const wchar_t *source, const wchar_t *description) {
    error_clear(&e->pending);
    e->pending.result = h;
    if (source) e->pending.source = SysAllocString(source);
    if (description) e->pending.description = SysAllocString(description);
    return h;
}

static const struct {
    HRESULT from;
    int to;
} translated[] = {
    {DISP_E_TYPEMISMATCH, ERROR_TYPE},    {DISP_E_OVERFLOW, ERROR_OVERFLOW},
    {DISP_E_DIVBYZERO, ERROR_DIVISION},   {DISP_E_BADINDEX, ERROR_RANGE},
    {DISP_E_MEMBERNOTFOUND, ERROR_NO_MEMBER}, {DISP_E_UNKNOWNNAME, ERROR_NO_MEMBER},
    {DISP_E_BADPARAMCOUNT, ERROR_ARGUMENTS},  {DISP_E_PARAMNOTOPTIONAL, ERROR_ARGUMENTS},
    {E_OUTOFMEMORY, ERROR_MEMORY},        {E_INVALIDARG, ERROR_INVALID_CALL},
    {E_NOTIMPL, 445},                     {REGDB_E_CLASSNOTREG, ERROR_CREATE},
};

long error_number(HRESULT h) {
    for (size_t i = 0; i < sizeof translated / sizeof *translated; i++)
        if (translated[i].from == h) return translated[i].to;
    return ((unsigned)h & 0xFFFF0000u) == 0x800A0000u ? h & 0xFFFF : h;
}

HRESULT error_result(long number) {
    return number > 0 && number < 0x10000 ? VBS_ERROR(number) : (HRESULT)number;
}

BSTR error_text(HRESULT h) {
    static const struct {
        int number;
        const wchar_t *text;
    } known[] = {
        {ERROR_INVALID_CALL, L"Invalid procedure call or argument"},
        {ERROR_OVERFLOW, L"Overflow"},
        {ERROR_MEMORY, L"Out of memory"},
        {ERROR_RANGE, L"Subscript out of range"},
        {ERROR_DIVISION, L"Division by zero"},
        {ERROR_TYPE, L"Type mismatch"},
        {ERROR_STACK, L"Out of stack space"},
        {53, L"File not found"},
        {58, L"File already exists"},
        {62, L"Input past end of file"},
        {70, L"Permission denied"},
        {76, L"Path not found"},
        {ERROR_NO_OBJECT, L"Object variable not set"},
        {ERROR_NULL, L"Invalid use of Null"},
        {ERROR_WANTS_OBJECT, L"Object required"},
        {ERROR_CREATE, L"ActiveX component can't create object"},
        {432, L"File name or class name not found during Automation operation"},
        {ERROR_NO_MEMBER, L"Object doesn't support this property or method"},
        {445, L"Object doesn't support this action"},
        {ERROR_ARGUMENTS, L"Wrong number of arguments or invalid property assignment"},
        {ERROR_NO_COLLECTION, L"Object not a collection"},
        {ERROR_UNDEFINED, L"Variable is undefined"},
        {ERROR_ASSIGNMENT, L"Illegal assignment"},
        {ERROR_SYNTAX, L"Syntax error"},
    };
    wchar_t text[512];
    long number = error_number(h);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].number == number) return SysAllocString(known[i].text);
    if (!FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, (DWORD)h, 0,
                        text, 512, NULL))
        return SysAllocString(number > 0 ? L"Unknown runtime error" : L"");
    return SysAllocString(text);
}

void error_take(Engine *e, HRESULT h) {
    error_clear(&e->err);
    if (e->pending.result == h) {
        e->err = e->pending;
        memset(&e->pending, 0, sizeof e->pending);
    }
    e->err.result = h;
    if (!e->err.source) e->err.source = SysAllocString(L"Microsoft VBScript runtime error");
    if (!e->err.description) e->err.description = error_text(h);
}
