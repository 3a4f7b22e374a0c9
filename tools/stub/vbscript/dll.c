/* The DLL: one class, {B54F3741-5B07-11CF-A4B0-00AA004A55E8}. */
#include "vbs.h"

static HRESULT STDMETHODCALLTYPE query(IClassFactory *f, REFIID iid, void **out) {
    *out = IsEqualIID(iid, &IID_IUnknown) || IsEqualIID(iid, &IID_IClassFactory) ? f : NULL;
    return *out ? S_OK : E_NOINTERFACE;
}

static ULONG STDMETHODCALLTYPE count(IClassFactory *f) {
    (void)f;
    return 2;
}

static HRESULT STDMETHODCALLTYPE create(IClassFactory *f, IUnknown *outer, REFIID iid, void **out) {
    (void)f;
    *out = NULL;
    if (outer) return CLASS_E_NOAGGREGATION;
    IUnknown *engine = engine_new();
    if (!engine) return E_OUTOFMEMORY;
    HRESULT h = IUnknown_QueryInterface(engine, iid, out);
    IUnknown_Release(engine);
    return h;
}

static HRESULT STDMETHODCALLTYPE lock(IClassFactory *f, BOOL on) {
    (void)f, (void)on;
    return S_OK;
}

static IClassFactoryVtbl table = {query, count, count, create, lock};

HRESULT WINAPI DllGetClassObject(REFCLSID class, REFIID iid, LPVOID *out) {
    static IClassFactory factory = {&table};
    (void)class; /* VBScript under each of its names */
    return query(&factory, iid, out);
}

HRESULT WINAPI DllCanUnloadNow(void) {
    return S_FALSE;
}
