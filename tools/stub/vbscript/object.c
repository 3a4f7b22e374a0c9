/* Instances of classes, functions that GetRef gave, and the script as others see it. */
#include "vbs.h"

static HRESULT STDMETHODCALLTYPE query(IDispatch *d, REFIID iid, void **out) {
    *out = NULL;
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IDispatch)) return E_NOINTERFACE;
    *out = d;
    IDispatch_AddRef(d);
    return S_OK;
}

static ULONG STDMETHODCALLTYPE add_reference(IDispatch *d) {
    return (ULONG)InterlockedIncrement(&((Object *)d)->references);
}

static void end(Object *o) {
    static const wchar_t name[] = L"Class_Terminate";
    if (!o->class || o->ended || o->engine->stopped) return;
    const Func *f = class_func(o->class, symbol_of(o->engine, name, wcslen(name)), F_GET);
    o->ended = true;
    o->references++;
    if (f) call_func(o->engine, f, o, NULL, 0, NULL);
    o->references--;
}

static ULONG STDMETHODCALLTYPE release(IDispatch *d) {
    Object *o = (Object *)d;
    LONG left = InterlockedDecrement(&o->references);
    if (left) return (ULONG)left;
    end(o);
    for (unsigned i = 0; o->class && i < o->class->field_count; i++) VariantClear(&o->fields[i]);
    free(o->fields);
    free(o);
    return 0;
}

static HRESULT STDMETHODCALLTYPE type_count(IDispatch *d, UINT *count) {
    (void)d;
    *count = 0;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE type_info(IDispatch *d, UINT i, LCID lcid, ITypeInfo **out) {
    (void)d, (void)i, (void)lcid;
    *out = NULL;
    return DISP_E_BADINDEX;
}

static bool has_member(Object *o, const Symbol *s) {
    if (o->func) return false;
    if (!o->class) return s->func || s->defined;
    return object_field(o, s) || class_func(o->class, s, F_GET) || class_func(o->class, s, F_LET) ||
           class_func(o->class, s, F_SET);
}

static HRESULT STDMETHODCALLTYPE ids(IDispatch *d, REFIID iid, LPOLESTR *names, UINT count, LCID lcid,
                                     DISPID *out) {
    Object *o = (Object *)d;
    (void)iid, (void)lcid;
    Symbol *s = count ? symbol_of(o->engine, names[0], wcslen(names[0])) : NULL;
    for (UINT i = 0; i < count; i++) out[i] = DISPID_UNKNOWN;
    if (!s || !has_member(o, s)) return DISP_E_UNKNOWNNAME;
    out[0] = s->id;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE invoke(IDispatch *d, DISPID id, REFIID iid, LCID lcid, WORD kind,
                                        DISPPARAMS *p, VARIANT *result, EXCEPINFO *x, UINT *bad) {
    Object *o = (Object *)d;
    VARIANT args[33];
    (void)iid, (void)lcid, (void)bad;
    if (result) VariantInit(result);
    if (p->cArgs > 33) return DISP_E_BADPARAMCOUNT;
    for (UINT i = 0; i < p->cArgs; i++) args[i] = p->rgvarg[p->cArgs - 1 - i];
    Symbol *s = id == DISPID_VALUE ? NULL : symbol_by_id(o->engine, id);
    if (id != DISPID_VALUE && !s) return DISP_E_MEMBERNOTFOUND;
    HRESULT h = object_call(o, s, kind, args, p->cArgs, false, result);
    if (!FAILED(h) || !x || h == DISP_E_MEMBERNOTFOUND) return h;
    memset(x, 0, sizeof *x);
    error_take(o->engine, h);
    x->scode = h;
    x->bstrSource = SysAllocString(o->engine->err.source);
    x->bstrDescription = SysAllocString(o->engine->err.description);
    return DISP_E_EXCEPTION;
}

static IDispatchVtbl table = {query, add_reference, release, type_count, type_info, ids, invoke};

Object *object_of(IDispatch *d) {
    return d->lpVtbl == &table ? (Object *)d : NULL;
}

/* ---- members ---- */

/* kind: F_GET finds what can be called, too. */
const Func *class_func(const Class *c, const Symbol *name, int kind) {
    const Func *f = c ? c->funcs : NULL;
    while (f && !(f->name == name && (kind == F_GET ? f->kind <= F_GET : (int)f->kind == kind)))
        f = f->next;
    return f || kind != F_SET ? f : class_func(c, name, F_LET);
}

static const Func *standard_func(const Class *c) {
    const Func *f = c ? c->funcs : NULL;
    while (f && !f->standard) f = f->next;
    return f;
}

VARIANT *object_field(Object *o, const Symbol *name) {
    for (unsigned i = 0; o->class && i < o->class->field_count; i++)
        if (o->class->fields[i].name == name) return &o->fields[i];
    return NULL;
}

static bool is_hidden(const Object *o, const Symbol *name) {
    for (unsigned i = 0; i < o->class->field_count; i++)
        if (o->class->fields[i].name == name) return o->class->fields[i].hidden;
    return false;
}

static HRESULT copy_into(VARIANT *place, VARIANT *value) {
    VARIANT copy;
    VariantInit(&copy);
    CHECK(VariantCopyInd(&copy, value));
    VariantClear(place);
    *place = copy;
    return S_OK;
}

static HRESULT use_variable(VARIANT *v, bool put, VARIANT *args, unsigned count, VARIANT *out) {
    if (put && count == 1) return copy_into(v, &args[0]);
    if (put) return DISP_E_MEMBERNOTFOUND;
    if (!count) return out ? VariantCopy(out, v) : S_OK;
    return V_VT(v) & VT_ARRAY && out ? array_element(V_ARRAY(v), args, count, out) : VBS_ERROR(ERROR_TYPE);
}

static HRESULT script_call(Object *o, Symbol *s, bool put, VARIANT *args, unsigned count, VARIANT *out) {
    if (!s) return DISP_E_MEMBERNOTFOUND;
    if (s->func && !put) return call_func(o->engine, s->func, NULL, args, count, out);
    return s->defined ? use_variable(&s->value, put, args, count, out) : VBS_ERROR(ERROR_NO_MEMBER);
}

HRESULT object_call(Object *o, Symbol *name, WORD kind, VARIANT *args, unsigned count, bool inside,
                    VARIANT *out) {
    bool put = kind & (DISPATCH_PROPERTYPUT | DISPATCH_PROPERTYPUTREF), set = kind & DISPATCH_PROPERTYPUTREF;
    if (o->func) return name || put ? VBS_ERROR(ERROR_NO_MEMBER) : call_func(o->engine, o->func, NULL, args, count, out);
    if (!o->class) return script_call(o, name, put, args, count, out);
    const Func *f = name ? class_func(o->class, name, put ? set ? F_SET : F_LET : F_GET)
                         : standard_func(o->class);
    if (!name && put && f) f = class_func(o->class, f->name, set ? F_SET : F_LET);
    if (f && (inside || !f->hidden)) return call_func(o->engine, f, o, args, count, out);
    VARIANT *field = name ? object_field(o, name) : NULL;
    if (!field || (!inside && is_hidden(o, name))) return VBS_ERROR(ERROR_NO_MEMBER);
    return use_variable(field, put, args, count, out);
}

/* ---- making them ---- */

static Object *new_object(Engine *e) {
    Object *o = calloc(1, sizeof *o);
    if (!o) return NULL;
    o->dispatch.lpVtbl = &table;
    o->references = 1;
    o->engine = e;
    return o;
}

HRESULT object_new(Engine *e, const Class *class, Object **out) {
    static const wchar_t name[] = L"Class_Initialize";
    Object *o = new_object(e);
    if (!o || !(o->fields = calloc(class->field_count + 1, sizeof *o->fields))) return E_OUTOFMEMORY;
    o->class = class;
    const Func *f = class_func(class, symbol_of(e, name, wcslen(name)), F_GET);
    HRESULT h = S_OK;
    for (unsigned i = 0; i < class->field_count && !FAILED(h); i++)
        if (class->fields[i].declared.array)
            h = declare(e, &class->fields[i].declared, false, false, &o->fields[i]);
    if (f && !FAILED(h)) h = call_func(e, f, o, NULL, 0, NULL);
    if (FAILED(h)) IDispatch_Release(&o->dispatch);
    else *out = o;
    return h;
}

Object *object_of_func(Engine *e, const Func *f) {
    Object *o = new_object(e);
    if (o) o->func = f;
    return o;
}

Object *object_of_script(Engine *e) {
    return new_object(e);
}
