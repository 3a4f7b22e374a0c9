#include "automation.h"

/* Dispatch ids of own members; an inner object's are small or negative. */
enum { FIRST_ID = 0x6A000000 };

/* ---- objects ---- */

static Auto *of(IDispatch *d) {
    return (Auto *)d;
}

static HRESULT STDMETHODCALLTYPE query(IDispatch *d, REFIID iid, void **out) {
    Auto *self = of(d);
    *out = NULL;
    if (IsEqualIID(iid, &IID_IUnknown) || IsEqualIID(iid, &IID_IDispatch)) {
        *out = d;
        InterlockedIncrement(&self->references);
        return S_OK;
    }
    return self->inner ? IDispatch_QueryInterface(self->inner, iid, out) : E_NOINTERFACE;
}

static ULONG STDMETHODCALLTYPE add_reference(IDispatch *d) {
    return (ULONG)InterlockedIncrement(&of(d)->references);
}

static ULONG STDMETHODCALLTYPE release(IDispatch *d) {
    Auto *self = of(d);
    LONG left = InterlockedDecrement(&self->references);
    if (left) return (ULONG)left;
    if (self->class->destroy) self->class->destroy(self);
    if (self->inner) IDispatch_Release(self->inner);
    free(self);
    return 0;
}

static HRESULT STDMETHODCALLTYPE type_count(IDispatch *d, UINT *count) {
    *count = 0;
    return of(d)->inner ? IDispatch_GetTypeInfoCount(of(d)->inner, count) : S_OK;
}

static HRESULT STDMETHODCALLTYPE type_info(IDispatch *d, UINT i, LCID lcid, ITypeInfo **out) {
    *out = NULL;
    return of(d)->inner ? IDispatch_GetTypeInfo(of(d)->inner, i, lcid, out) : DISP_E_BADINDEX;
}

static const AutoMember *member_named(const Auto *self, const wchar_t *name) {
    const AutoMember *m = self->class->members;
    while (m->name && _wcsicmp(m->name, name) != 0) m++;
    return m->name ? m : NULL;
}

static HRESULT STDMETHODCALLTYPE ids(IDispatch *d, REFIID iid, LPOLESTR *names, UINT count,
                                     LCID lcid, DISPID *out) {
    Auto *self = of(d);
    const AutoMember *m = count && *names[0] ? member_named(self, names[0]) : NULL;
    if (!m && self->inner) return IDispatch_GetIDsOfNames(self->inner, iid, names, count, lcid, out);
    for (UINT i = 0; i < count; i++) out[i] = DISPID_UNKNOWN;
    if (!m) return DISP_E_UNKNOWNNAME;
    out[0] = FIRST_ID + (DISPID)(m - self->class->members);
    return count == 1 ? S_OK : DISP_E_UNKNOWNNAME;
}

static const AutoMember *member_of_id(const Auto *self, DISPID id) {
    if (id == DISPID_VALUE) return member_named(self, L"");
    if (id == DISPID_NEWENUM) return member_named(self, AUTO_EACH);
    return id >= FIRST_ID && id < FIRST_ID + 1000 ? &self->class->members[id - FIRST_ID] : NULL;
}

static HRESULT forward(Auto *self, DISPID id, LCID lcid, WORD kind, DISPPARAMS *p, VARIANT *result,
                       EXCEPINFO *e, UINT *bad) {
    if (!self->inner) return DISP_E_MEMBERNOTFOUND;
    return IDispatch_Invoke(self->inner, id, &IID_NULL, lcid, kind, p, result, e, bad);
}

/* The inner object's member of the same name; an object that it gives is completed. */
static HRESULT wrap(Auto *self, const AutoMember *m, LCID lcid, WORD kind, DISPPARAMS *p,
                    VARIANT *result, EXCEPINFO *e) {
    DISPID id = DISPID_VALUE;
    VARIANT got;
    LPOLESTR name = (LPOLESTR)m->name;
    HRESULT h = !self->inner ? DISP_E_MEMBERNOTFOUND : S_OK;
    if (!h && wcscmp(name, AUTO_EACH) == 0) id = DISPID_NEWENUM;
    else if (!h && *name)
        h = IDispatch_GetIDsOfNames(self->inner, &IID_NULL, &name, 1, lcid, &id);
    VariantInit(&got);
    if (!h) h = forward(self, id, lcid, kind, p, &got, e, NULL);
    if (!FAILED(h) && V_VT(&got) == VT_DISPATCH && V_DISPATCH(&got)) {
        h = auto_give(result, auto_new(m->wrap, V_DISPATCH(&got)));
        VariantClear(&got);
    } else if (result) {
        *result = got;
    } else {
        VariantClear(&got);
    }
    return h;
}

static HRESULT call(Auto *self, const AutoMember *m, WORD kind, DISPPARAMS *p, VARIANT *result,
                    EXCEPINFO *e) {
    AutoArgs a = {.params = p, .put = (kind & (DISPATCH_PROPERTYPUT | DISPATCH_PROPERTYPUTREF)) != 0};
    VARIANT nowhere;
    VariantInit(&nowhere);
    HRESULT h = m->call(self, &a, result ? result : &nowhere);
    VariantClear(&nowhere);
    for (unsigned i = 0; i < a.text_count; i++) SysFreeString(a.texts[i]);
    if (!FAILED(h) && a.error) h = a.error;
    if (!FAILED(h) || h == DISP_E_MEMBERNOTFOUND || h == DISP_E_BADPARAMCOUNT || !e) return h;
    memset(e, 0, sizeof *e);
    e->scode = h;
    e->bstrSource = SysAllocString(self->class->name);
    return DISP_E_EXCEPTION;
}

static HRESULT STDMETHODCALLTYPE invoke(IDispatch *d, DISPID id, REFIID iid, LCID lcid, WORD kind,
                                        DISPPARAMS *p, VARIANT *result, EXCEPINFO *e, UINT *bad) {
    Auto *self = of(d);
    const AutoMember *m = member_of_id(self, id);
    (void)iid;
    if (result) VariantInit(result);
    if (!m) return forward(self, id, lcid, kind, p, result, e, bad);
    if (!m->call) return wrap(self, m, lcid, kind, p, result, e);
    add_reference(d);
    HRESULT h = call(self, m, kind, p, result, e);
    release(d);
    return h;
}

static IDispatchVtbl dispatch_table = {query, add_reference, release, type_count,
                                       type_info, ids, invoke};

Auto *auto_new(const AutoClass *class, IDispatch *inner) {
    Auto *self = calloc(1, class->size > sizeof(Auto) ? class->size : sizeof(Auto));
    if (!self) return NULL;
    self->dispatch.lpVtbl = &dispatch_table;
    self->references = 1;
    self->class = class;
    self->inner = inner;
    if (inner) IDispatch_AddRef(inner);
    return self;
}

/* ---- enumerators ---- */

typedef struct {
    IEnumVARIANT face;
    LONG references;
    unsigned count, at;
    VARIANT items[];
} Enumerator;

static HRESULT STDMETHODCALLTYPE each_query(IEnumVARIANT *d, REFIID iid, void **out) {
    *out = NULL;
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IEnumVARIANT)) return E_NOINTERFACE;
    *out = d;
    InterlockedIncrement(&((Enumerator *)d)->references);
    return S_OK;
}

static ULONG STDMETHODCALLTYPE each_add(IEnumVARIANT *d) {
    return (ULONG)InterlockedIncrement(&((Enumerator *)d)->references);
}

static ULONG STDMETHODCALLTYPE each_release(IEnumVARIANT *d) {
    Enumerator *e = (Enumerator *)d;
    LONG left = InterlockedDecrement(&e->references);
    if (left) return (ULONG)left;
    for (unsigned i = 0; i < e->count; i++) VariantClear(&e->items[i]);
    free(e);
    return 0;
}

static HRESULT STDMETHODCALLTYPE each_next(IEnumVARIANT *d, ULONG want, VARIANT *out, ULONG *got) {
    Enumerator *e = (Enumerator *)d;
    ULONG n = 0;
    for (; n < want && e->at < e->count; n++) {
        VariantInit(&out[n]);
        VariantCopy(&out[n], &e->items[e->at++]);
    }
    if (got) *got = n;
    return n == want ? S_OK : S_FALSE;
}

static HRESULT STDMETHODCALLTYPE each_skip(IEnumVARIANT *d, ULONG n) {
    Enumerator *e = (Enumerator *)d;
    unsigned left = e->count - e->at;
    e->at += n < left ? n : left;
    return n <= left ? S_OK : S_FALSE;
}

static HRESULT STDMETHODCALLTYPE each_reset(IEnumVARIANT *d) {
    ((Enumerator *)d)->at = 0;
    return S_OK;
}

static Enumerator *new_enumerator(const VARIANT *items, unsigned count);

static HRESULT STDMETHODCALLTYPE each_clone(IEnumVARIANT *d, IEnumVARIANT **out) {
    Enumerator *e = (Enumerator *)d, *copy = new_enumerator(e->items, e->count);
    *out = copy ? &copy->face : NULL;
    if (copy) copy->at = e->at;
    return copy ? S_OK : E_OUTOFMEMORY;
}

static IEnumVARIANTVtbl each_table = {each_query, each_add,   each_release, each_next,
                                      each_skip,  each_reset, each_clone};

static Enumerator *new_enumerator(const VARIANT *items, unsigned count) {
    Enumerator *e = calloc(1, sizeof *e + count * sizeof *items);
    if (!e) return NULL;
    e->face.lpVtbl = &each_table;
    e->references = 1;
    e->count = count;
    for (unsigned i = 0; i < count; i++) VariantCopy(&e->items[i], (VARIANT *)&items[i]);
    return e;
}

HRESULT auto_give_enumerator(VARIANT *result, const VARIANT *items, unsigned count) {
    Enumerator *e = new_enumerator(items, count);
    if (!e) return E_OUTOFMEMORY;
    V_VT(result) = VT_UNKNOWN;
    V_UNKNOWN(result) = (IUnknown *)&e->face;
    return S_OK;
}

/* ---- arguments ---- */

unsigned auto_count(const AutoArgs *a) {
    return a->params->cArgs;
}

VARIANT *auto_arg(const AutoArgs *a, unsigned i) {
    if (i >= a->params->cArgs) return NULL;
    VARIANT *v = &a->params->rgvarg[a->params->cArgs - 1 - i];
    while (V_VT(v) == (VT_BYREF | VT_VARIANT)) v = V_VARIANTREF(v);
    return V_VT(v) == VT_ERROR ? NULL : v;
}

const wchar_t *auto_text(AutoArgs *a, unsigned i, const wchar_t *other) {
    VARIANT *v = auto_arg(a, i);
    if (!v || V_VT(v) == VT_EMPTY) return other;
    if (V_VT(v) == VT_BSTR) return V_BSTR(v) ? V_BSTR(v) : L"";
    BSTR text = a->text_count < 8 ? auto_print(v) : NULL;
    if (!text) {
        a->error = DISP_E_TYPEMISMATCH;
        return other ? other : L"";
    }
    return a->texts[a->text_count++] = text;
}

long auto_number(AutoArgs *a, unsigned i, long other) {
    VARIANT *v = auto_arg(a, i), number;
    if (!v) return other;
    VariantInit(&number);
    HRESULT h = VariantChangeType(&number, v, 0, VT_I4);
    if (FAILED(h)) a->error = h;
    return FAILED(h) ? other : V_I4(&number);
}

bool auto_truth(AutoArgs *a, unsigned i, bool other) {
    VARIANT *v = auto_arg(a, i), truth;
    if (!v) return other;
    VariantInit(&truth);
    HRESULT h = VariantChangeType(&truth, v, 0, VT_BOOL);
    if (FAILED(h)) a->error = h;
    return FAILED(h) ? other : V_BOOL(&truth) != 0;
}

/* ---- results ---- */

HRESULT auto_give(VARIANT *result, Auto *object) {
    if (!object) return E_OUTOFMEMORY;
    if (!result) {
        release(&object->dispatch);
        return S_OK;
    }
    V_VT(result) = VT_DISPATCH;
    V_DISPATCH(result) = &object->dispatch;
    return S_OK;
}

HRESULT auto_give_indexed(VARIANT *result, Auto *object, AutoArgs *a) {
    const AutoMember *m = object && a->params->cArgs ? member_named(object, L"") : NULL;
    if (!m) return auto_give(result, object);
    HRESULT h = m->call(object, a, result);
    release(&object->dispatch);
    return h;
}

HRESULT auto_give_chars(VARIANT *result, const wchar_t *text, size_t count) {
    V_VT(result) = VT_BSTR;
    V_BSTR(result) = SysAllocStringLen(text, (UINT)count);
    return V_BSTR(result) ? S_OK : E_OUTOFMEMORY;
}

HRESULT auto_give_text(VARIANT *result, const wchar_t *text) {
    return auto_give_chars(result, text, wcslen(text));
}

HRESULT auto_give_number(VARIANT *result, long value) {
    V_VT(result) = VT_I4;
    V_I4(result) = value;
    return S_OK;
}

HRESULT auto_give_truth(VARIANT *result, bool value) {
    V_VT(result) = VT_BOOL;
    V_BOOL(result) = value ? VARIANT_TRUE : VARIANT_FALSE;
    return S_OK;
}

BSTR auto_print(const VARIANT *value) {
    VARIANT text;
    if (V_VT(value) == VT_BOOL) return SysAllocString(V_BOOL(value) ? L"True" : L"False");
    if (V_VT(value) == VT_NULL) return SysAllocString(L"null");
    VariantInit(&text);
    return FAILED(VariantChangeType(&text, (VARIANT *)value, 0, VT_BSTR)) ? NULL : V_BSTR(&text);
}

/* ---- calling others ---- */

HRESULT auto_invoke(IDispatch *object, const wchar_t *name, WORD kind, VARIANT *args, unsigned count,
                    VARIANT *result) {
    VARIANT turned[8];
    DISPID id = DISPID_VALUE, put = DISPID_PROPERTYPUT;
    LPOLESTR text = (LPOLESTR)name;
    EXCEPINFO e = {0};
    if (count > 8) return E_INVALIDARG;
    for (unsigned i = 0; i < count; i++) turned[i] = args[count - 1 - i];
    DISPPARAMS p = {.rgvarg = turned, .cArgs = count};
    if (kind & (DISPATCH_PROPERTYPUT | DISPATCH_PROPERTYPUTREF)) {
        p.rgdispidNamedArgs = &put;
        p.cNamedArgs = 1;
    }
    HRESULT h = *name ? IDispatch_GetIDsOfNames(object, &IID_NULL, &text, 1, LOCALE_USER_DEFAULT, &id)
                      : S_OK;
    if (!FAILED(h))
        h = IDispatch_Invoke(object, id, &IID_NULL, LOCALE_USER_DEFAULT, kind, &p, result, &e, NULL);
    if (h == DISP_E_EXCEPTION && e.pfnDeferredFillIn) e.pfnDeferredFillIn(&e);
    if (h == DISP_E_EXCEPTION && FAILED(e.scode)) h = e.scode;
    SysFreeString(e.bstrSource);
    SysFreeString(e.bstrDescription);
    SysFreeString(e.bstrHelpFile);
    return h;
}

VARIANT auto_variant_text(const wchar_t *text) {
    VARIANT v;
    V_VT(&v) = VT_BSTR;
    V_BSTR(&v) = SysAllocString(text);
    return v;
}
