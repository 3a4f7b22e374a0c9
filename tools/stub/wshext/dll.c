/* The classes by their ids, and the DLL whose object of that class each stands before. */
#include "wshext.h"

typedef struct {
    CLSID id;
    const AutoClass *class;
    const wchar_t *inner;
} Row;

static const Row rows[] = {
    {{0x72C24DD5, 0xD70A, 0x438B, {0x8A, 0x42, 0x98, 0x42, 0x4B, 0x88, 0xAF, 0xB8}}, &shell_class, L"wshom.ocx"},
    {{0x093FF999, 0x1EA0, 0x4079, {0x95, 0x25, 0x96, 0x14, 0xC3, 0x50, 0x4B, 0x74}}, &network_class, L"wshom.ocx"},
    {{0x0D43FE01, 0xF093, 0x11CF, {0x89, 0x40, 0x00, 0xA0, 0xC9, 0x05, 0x42, 0x28}}, &files_class, L"scrrun.dll"},
    {{0x00000566, 0x0000, 0x0010, {0x80, 0x00, 0x00, 0xAA, 0x00, 0x6D, 0x2E, 0xA4}}, &stream_class, NULL},
    {{0x2087C2F4, 0x2CEF, 0x4953, {0xA8, 0xAB, 0x66, 0x77, 0x9B, 0x67, 0x04, 0x95}}, &winhttp_class, L"winhttp.dll"},
    {{0xAFBA6B42, 0x5692, 0x48EA, {0x81, 0x41, 0xDC, 0x51, 0x7D, 0xCF, 0x0E, 0xF1}}, &server_request_class, L"msxml3.dll"},
    {{0xAFB40FFD, 0xB609, 0x40A3, {0x98, 0x28, 0xF8, 0x8B, 0xBE, 0x11, 0xE4, 0xE3}}, &server_request_class, L"msxml3.dll"},
    {{0x88D96A0B, 0xF192, 0x11D4, {0xA6, 0x5F, 0x00, 0x40, 0x96, 0x32, 0x51, 0xE5}}, &server_request_class, L"msxml6.dll"},
};

typedef struct {
    IClassFactory face;
    const Row *row;
} Factory;

static HRESULT STDMETHODCALLTYPE query(IClassFactory *f, REFIID iid, void **out) {
    *out = IsEqualIID(iid, &IID_IUnknown) || IsEqualIID(iid, &IID_IClassFactory) ? f : NULL;
    return *out ? S_OK : E_NOINTERFACE;
}

static ULONG STDMETHODCALLTYPE count(IClassFactory *f) {
    (void)f;
    return 2;
}

typedef HRESULT WINAPI GetClassObject(REFCLSID class, REFIID iid, LPVOID *out);

static HRESULT inner_of(const Row *r, IDispatch **out) {
    void *factory = NULL, *object = NULL;
    *out = NULL;
    if (!r->inner) return S_OK;
    HMODULE m = LoadLibraryW(r->inner);
    GetClassObject *get = m ? (GetClassObject *)(void *)GetProcAddress(m, "DllGetClassObject") : NULL;
    if (!get) return CO_E_DLLNOTFOUND;
    HRESULT h = get(&r->id, &IID_IClassFactory, &factory);
    if (!FAILED(h)) {
        h = IClassFactory_CreateInstance((IClassFactory *)factory, NULL, &IID_IDispatch, &object);
        IClassFactory_Release((IClassFactory *)factory);
    }
    *out = object;
    return h;
}

static HRESULT STDMETHODCALLTYPE create(IClassFactory *f, IUnknown *outer, REFIID iid, void **out) {
    const Row *r = ((Factory *)f)->row;
    IDispatch *inner;
    *out = NULL;
    if (outer) return CLASS_E_NOAGGREGATION;
    HRESULT h = inner_of(r, &inner);
    if (FAILED(h)) return h;
    Auto *made = auto_new(r->class, inner);
    if (inner) IDispatch_Release(inner);
    if (!made) return E_OUTOFMEMORY;
    h = IDispatch_QueryInterface(&made->dispatch, iid, out);
    IDispatch_Release(&made->dispatch);
    return h;
}

static HRESULT STDMETHODCALLTYPE lock(IClassFactory *f, BOOL on) {
    (void)f, (void)on;
    return S_OK;
}

static IClassFactoryVtbl table = {query, count, count, create, lock};

HRESULT WINAPI DllGetClassObject(REFCLSID class, REFIID iid, LPVOID *out) {
    enum { ROWS = sizeof rows / sizeof *rows };
    static Factory factories[ROWS];
    *out = NULL;
    for (size_t i = 0; i < ROWS; i++) {
        if (!IsEqualCLSID(class, &rows[i].id)) continue;
        factories[i] = (Factory){{&table}, &rows[i]};
        return query(&factories[i].face, iid, out);
    }
    return CLASS_E_CLASSNOTAVAILABLE;
}

HRESULT WINAPI DllCanUnloadNow(void) {
    return S_FALSE;
}
