/* The object Err. */
#include "vbs.h"

typedef struct {
    IDispatch dispatch; /* first */
    Engine *engine;
} Err;

enum { ID_NUMBER = 0, ID_DESCRIPTION = 1, ID_SOURCE, ID_HELP_FILE, ID_HELP_CONTEXT, ID_RAISE, ID_CLEAR };

static HRESULT STDMETHODCALLTYPE query(IDispatch *d, REFIID iid, void **out) {
    *out = NULL;
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IDispatch)) return E_NOINTERFACE;
    *out = d;
    return S_OK;
}

/* It lives as long as its engine. */
static ULONG STDMETHODCALLTYPE count(IDispatch *d) {
    (void)d;
    return 2;
}

static HRESULT STDMETHODCALLTYPE type_count(IDispatch *d, UINT *out) {
    (void)d;
    *out = 0;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE type_info(IDispatch *d, UINT i, LCID lcid, ITypeInfo **out) {
    (void)d, (void)i, (void)lcid;
    *out = NULL;
    return DISP_E_BADINDEX;
}

static HRESULT STDMETHODCALLTYPE ids(IDispatch *d, REFIID iid, LPOLESTR *names, UINT n, LCID lcid,
                                     DISPID *out) {
    static const wchar_t *const all[] = {L"Number", L"Description", L"Source", L"HelpFile",
                                         L"HelpContext", L"Raise", L"Clear"};
    (void)d, (void)iid, (void)lcid;
    for (int i = 0; n && i < 7; i++)
        if (is(names[0], all[i])) {
            out[0] = i;
            return S_OK;
        }
    return DISP_E_UNKNOWNNAME;
}

static HRESULT text(BSTR *place, bool put, VARIANT *arg, VARIANT *out) {
    if (!put) return give_text(out, *place ? *place : L"", SysStringLen(*place));
    BSTR new = NULL;
    CHECK(to_text(arg, &new));
    SysFreeString(*place);
    *place = new;
    return S_OK;
}

static HRESULT raise(Engine *e, VARIANT *args, unsigned n) {
    long number;
    BSTR source = NULL, description = NULL;
    if (!n) return VBS_ERROR(ERROR_ARGUMENTS);
    CHECK(to_long(&args[0], &number));
    if (!number) return VBS_ERROR(ERROR_INVALID_CALL);
    if (n > 1 && V_VT(&args[1]) != VT_ERROR) CHECK(to_text(&args[1], &source));
    if (n > 2 && V_VT(&args[2]) != VT_ERROR) CHECK(to_text(&args[2], &description));
    HRESULT h = fail_with(e, error_result(number), source, description);
    SysFreeString(source);
    SysFreeString(description);
    return FAILED(h) ? h : E_FAIL;
}

static HRESULT STDMETHODCALLTYPE invoke(IDispatch *d, DISPID id, REFIID iid, LCID lcid, WORD kind,
                                        DISPPARAMS *p, VARIANT *result, EXCEPINFO *x, UINT *bad) {
    Engine *e = ((Err *)d)->engine;
    VARIANT args[8], nowhere, *out = result ? result : &nowhere;
    bool put = kind & DISPATCH_PROPERTYPUT;
    long number;
    (void)iid, (void)lcid, (void)x, (void)bad;
    VariantInit(out);
    if (p->cArgs > 8) return DISP_E_BADPARAMCOUNT;
    for (UINT i = 0; i < p->cArgs; i++) {
        VariantInit(&args[i]);
        VariantCopyInd(&args[i], &p->rgvarg[p->cArgs - 1 - i]);
    }
    HRESULT h = S_OK;
    switch (id) {
    case ID_NUMBER:
        if (!put) h = give_long(out, error_number(e->err.result));
        else if (!FAILED(h = to_long(&args[0], &number))) e->err.result = error_result(number);
        break;
    case ID_DESCRIPTION: h = text(&e->err.description, put, args, out); break;
    case ID_SOURCE: h = text(&e->err.source, put, args, out); break;
    case ID_HELP_FILE:
        if (!put) h = give_text(out, L"", 0);
        break;
    case ID_HELP_CONTEXT:
        if (!put) h = give_long(out, 0);
        break;
    case ID_RAISE: h = raise(e, args, p->cArgs); break;
    case ID_CLEAR: error_clear(&e->err); break;
    default: h = DISP_E_MEMBERNOTFOUND;
    }
    for (UINT i = 0; i < p->cArgs; i++) VariantClear(&args[i]);
    return h;
}

static IDispatchVtbl table = {query, count, count, type_count, type_info, ids, invoke};

IDispatch *err_new(Engine *e) {
    Err *err = take(e, sizeof *err);
    if (!err) return NULL;
    err->dispatch.lpVtbl = &table;
    err->engine = e;
    return &err->dispatch;
}
