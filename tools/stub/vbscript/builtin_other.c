/* Objects, arrays, code in texts, boxes. */
#include "vbs.h"

enum { ANY = 1 << 20 };

/* ---- objects ---- */

static HRESULT give_object(VARIANT *out, void *object) {
    V_VT(out) = VT_DISPATCH;
    V_DISPATCH(out) = object;
    return S_OK;
}

/* A second argument, another computer, is not asked. */
static HRESULT f_create_object(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    CLSID class;
    BSTR name;
    void *object = NULL;
    (void)count;
    CHECK(to_text(&args[0], &name));
    HRESULT h = CLSIDFromProgID(name, &class);
    if (!FAILED(h))
        h = CoCreateInstance(&class, NULL, CLSCTX_INPROC_SERVER | CLSCTX_LOCAL_SERVER, &IID_IDispatch, &object);
    if (FAILED(h)) {
        wchar_t text[300];
        _snwprintf(text, 300, L"ActiveX component can't create object: '%.200ls'", name);
        fail_with(e, h = VBS_ERROR(ERROR_CREATE), NULL, text);
    }
    SysFreeString(name);
    return FAILED(h) ? h : give_object(out, object);
}

static HRESULT of_running(const wchar_t *class_name, void **object) {
    CLSID class;
    IUnknown *found = NULL;
    CHECK(CLSIDFromProgID(class_name, &class));
    CHECK(GetActiveObject(&class, NULL, &found));
    HRESULT h = IUnknown_QueryInterface(found, &IID_IDispatch, object);
    IUnknown_Release(found);
    return h;
}

/* GetObject(moniker), GetObject("", class): a new one, GetObject(, class): one that runs */
static HRESULT f_get_object(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    BSTR name = NULL, class = NULL;
    void *object = NULL;
    if (V_VT(&args[0]) != VT_ERROR) CHECK(to_text(&args[0], &name));
    if (count > 1) CHECK(to_text(&args[1], &class));
    HRESULT h = S_OK;
    if (name && *name) h = CoGetObject(name, NULL, &IID_IDispatch, &object);
    else if (name && class) h = f_create_object(e, &args[1], 1, out);
    else h = class ? of_running(class, &object) : E_INVALIDARG;
    SysFreeString(name);
    SysFreeString(class);
    if (h == MK_E_SYNTAX || h == MK_E_CANTOPENFILE) h = VBS_ERROR(432);
    return FAILED(h) ? h : object ? give_object(out, object) : S_OK;
}

static HRESULT f_get_ref(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    BSTR name;
    (void)count;
    CHECK(to_text(&args[0], &name));
    Symbol *s = symbol_of(e, name, SysStringLen(name));
    SysFreeString(name);
    if (!s || !s->func) return VBS_ERROR(ERROR_INVALID_CALL);
    Object *o = object_of_func(e, s->func);
    return o ? give_object(out, &o->dispatch) : E_OUTOFMEMORY;
}

/* ---- code in texts ---- */

static HRESULT run_text(Engine *e, VARIANT *text, bool global) {
    BSTR source;
    Code code;
    Frame *before = e->frame;
    CHECK(to_text(text, &source));
    HRESULT h = parse(e, source, &code);
    SysFreeString(source);
    while (global && e->frame->before) e->frame = e->frame->before;
    if (!FAILED(h)) h = run_code(e, &code);
    e->frame = before;
    return h;
}

static HRESULT f_execute(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    (void)count, (void)out;
    return run_text(e, &args[0], false);
}

static HRESULT f_execute_global(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    (void)count, (void)out;
    return run_text(e, &args[0], true);
}

static HRESULT f_eval(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    BSTR source;
    Expr *x;
    (void)count;
    CHECK(to_text(&args[0], &source));
    HRESULT h = parse_one_expression(e, source, &x);
    SysFreeString(source);
    return FAILED(h) ? h : eval(e, x, out);
}

/* ---- arrays ---- */

static HRESULT f_array(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    SAFEARRAY *a = SafeArrayCreateVector(VT_VARIANT, 0, count);
    (void)e;
    if (!a) return E_OUTOFMEMORY;
    for (unsigned i = 0; i < count; i++) VariantCopyInd((VARIANT *)a->pvData + i, &args[i]);
    V_VT(out) = VT_ARRAY | VT_VARIANT;
    V_ARRAY(out) = a;
    return S_OK;
}

static HRESULT bound(VARIANT *args, unsigned count, bool upper, VARIANT *out) {
    long dimension = 1;
    LONG at;
    if (!(V_VT(&args[0]) & VT_ARRAY)) return VBS_ERROR(ERROR_TYPE);
    if (count > 1) CHECK(to_long(&args[1], &dimension));
    SAFEARRAY *a = V_VT(&args[0]) & VT_BYREF ? *V_ARRAYREF(&args[0]) : V_ARRAY(&args[0]);
    if (!a || dimension < 1) return VBS_ERROR(ERROR_RANGE);
    HRESULT h = upper ? SafeArrayGetUBound(a, (UINT)dimension, &at) : SafeArrayGetLBound(a, (UINT)dimension, &at);
    return FAILED(h) ? VBS_ERROR(ERROR_RANGE) : give_long(out, at);
}

static HRESULT f_lbound(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e; return bound(args, count, false, out); }
static HRESULT f_ubound(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e; return bound(args, count, true, out); }

/* ---- what a value is ---- */

static HRESULT f_is_array(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)count; return give_truth(out, V_VT(&args[0]) & VT_ARRAY); }
static HRESULT f_is_empty(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)count; return give_truth(out, V_VT(&args[0]) == VT_EMPTY); }
static HRESULT f_is_null(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)count; return give_truth(out, V_VT(&args[0]) == VT_NULL); }
static HRESULT f_is_object(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)count; return give_truth(out, V_VT(&args[0]) == VT_DISPATCH); }

static HRESULT f_is_numeric(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    double x;
    (void)e, (void)count;
    bool never = V_VT(&args[0]) == VT_NULL || V_VT(&args[0]) == VT_DATE || V_VT(&args[0]) == VT_DISPATCH;
    return give_truth(out, !never && !FAILED(to_double(&args[0], &x)));
}

static HRESULT f_var_type(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    (void)e, (void)count;
    V_VT(out) = VT_I2;
    V_I2(out) = (SHORT)(V_VT(&args[0]) & ~VT_BYREF);
    return S_OK;
}

static HRESULT name_of_object(IDispatch *d, VARIANT *out) {
    ITypeInfo *type = NULL;
    BSTR name = NULL;
    if (!d) return give_text(out, L"Nothing", 7);
    Object *mine = object_of(d);
    if (mine && mine->class) return give_text(out, mine->class->name->name, wcslen(mine->class->name->name));
    if (!mine && !FAILED(IDispatch_GetTypeInfo(d, 0, 0, &type)) && type) {
        ITypeInfo_GetDocumentation(type, MEMBERID_NIL, &name, NULL, NULL, NULL);
        ITypeInfo_Release(type);
    }
    HRESULT h = name ? give_text(out, name, SysStringLen(name)) : give_text(out, L"Object", 6);
    SysFreeString(name);
    return h;
}

static HRESULT f_type_name(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    static const struct {
        VARTYPE type;
        const wchar_t *name;
    } names[] = {{VT_EMPTY, L"Empty"},   {VT_NULL, L"Null"},     {VT_I2, L"Integer"}, {VT_I4, L"Long"},
                 {VT_R4, L"Single"},     {VT_R8, L"Double"},     {VT_CY, L"Currency"}, {VT_DATE, L"Date"},
                 {VT_BSTR, L"String"},   {VT_BOOL, L"Boolean"},  {VT_UI1, L"Byte"},   {VT_DECIMAL, L"Decimal"},
                 {VT_ERROR, L"Error"},   {VT_UNKNOWN, L"Unknown"}};
    VARTYPE type = V_VT(&args[0]);
    (void)e, (void)count;
    if (type == VT_DISPATCH) return name_of_object(V_DISPATCH(&args[0]), out);
    if (type & VT_ARRAY) return (type & VT_TYPEMASK) == VT_UI1 ? give_text(out, L"Byte()", 6) : give_text(out, L"Variant()", 9);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].type == type) return give_text(out, names[i].name, wcslen(names[i].name));
    return give_text(out, L"Unknown", 7);
}

/* ---- boxes ---- */

static HRESULT text_or(VARIANT *args, unsigned count, unsigned i, const wchar_t *other, BSTR *out) {
    if (i < count && V_VT(&args[i]) != VT_ERROR) return text_variant(&args[i], out);
    *out = SysAllocString(other);
    return *out ? S_OK : E_OUTOFMEMORY;
}

static HRESULT f_msg_box(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    BSTR text, title = NULL;
    long buttons = 0;
    (void)e;
    if (count > 1 && V_VT(&args[1]) != VT_ERROR) CHECK(to_long(&args[1], &buttons));
    CHECK(text_variant(&args[0], &text));
    HRESULT h = text_or(args, count, 2, L"VBScript", &title);
    if (!FAILED(h)) h = give_long(out, MessageBoxW(NULL, text, title, (UINT)buttons));
    SysFreeString(text);
    SysFreeString(title);
    return h;
}

/* Whoever sits there accepts what the box proposes. */
static HRESULT f_input_box(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    BSTR text, title = NULL, proposed = NULL;
    (void)e;
    CHECK(text_variant(&args[0], &text));
    HRESULT h = text_or(args, count, 1, L"VBScript", &title);
    if (!FAILED(h)) h = text_or(args, count, 2, L"", &proposed);
    if (!FAILED(h) && MessageBoxW(NULL, text, title, MB_OKCANCEL) == IDOK)
        h = give_text(out, proposed, SysStringLen(proposed));
    SysFreeString(text);
    SysFreeString(title);
    SysFreeString(proposed);
    return h;
}

/* ---- the engine ---- */

static HRESULT f_engine(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)args, (void)count; return give_text(out, L"VBScript", 8); }
static HRESULT f_engine_major(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)args, (void)count; return give_long(out, 5); }
static HRESULT f_engine_minor(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)args, (void)count; return give_long(out, 8); }
static HRESULT f_engine_build(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)e, (void)args, (void)count; return give_long(out, 16384); }
static HRESULT f_get_locale(Engine *e, VARIANT *args, unsigned count, VARIANT *out) { (void)args, (void)count; return give_long(out, (long)e->lcid); }

static HRESULT f_set_locale(Engine *e, VARIANT *args, unsigned count, VARIANT *out) {
    long lcid = (long)GetUserDefaultLCID(), before = (long)e->lcid;
    if (count && V_VT(&args[0]) != VT_BSTR) CHECK(to_long(&args[0], &lcid));
    if (lcid) e->lcid = (LCID)lcid;
    return give_long(out, before);
}

const BuiltinRow builtins_other[] = {
    {L"Array", f_array, 0, ANY},
    {L"CreateObject", f_create_object, 1, 2},
    {L"Eval", f_eval, 1, 1},
    {L"Execute", f_execute, 1, 1},
    {L"ExecuteGlobal", f_execute_global, 1, 1},
    {L"GetLocale", f_get_locale, 0, 0},
    {L"GetObject", f_get_object, 1, 2},
    {L"GetRef", f_get_ref, 1, 1},
    {L"InputBox", f_input_box, 1, 7},
    {L"IsArray", f_is_array, 1, 1},
    {L"IsEmpty", f_is_empty, 1, 1},
    {L"IsNull", f_is_null, 1, 1},
    {L"IsNumeric", f_is_numeric, 1, 1},
    {L"IsObject", f_is_object, 1, 1},
    {L"LBound", f_lbound, 1, 2},
    {L"MsgBox", f_msg_box, 1, 5},
    {L"ScriptEngine", f_engine, 0, 0},
    {L"ScriptEngineBuildVersion", f_engine_build, 0, 0},
    {L"ScriptEngineMajorVersion", f_engine_major, 0, 0},
    {L"ScriptEngineMinorVersion", f_engine_minor, 0, 0},
    {L"SetLocale", f_set_locale, 0, 1},
    {L"TypeName", f_type_name, 1, 1},
    {L"UBound", f_ubound, 1, 2},
    {L"VarType", f_var_type, 1, 1},
    {NULL, NULL, 0, 0},
};
