/* IActiveScript and IActiveScriptParse. A script's names live as long as its engine; the states of
 * the specification are kept, but nothing but the text that is parsed runs. */
#include "engine.h"

/* ---- errors that the host is told ---- */

typedef struct {
    IActiveScriptError face;
    LONG references;
    Error error;
    unsigned line, column;
    bool compiling;
} Failure;

static HRESULT STDMETHODCALLTYPE failure_query(IActiveScriptError *f, REFIID iid, void **out) {
    *out = NULL;
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IActiveScriptError)) return E_NOINTERFACE;
    *out = f;
    InterlockedIncrement(&((Failure *)f)->references);
    return S_OK;
}

static ULONG STDMETHODCALLTYPE failure_add(IActiveScriptError *f) {
    return (ULONG)InterlockedIncrement(&((Failure *)f)->references);
}

static ULONG STDMETHODCALLTYPE failure_release(IActiveScriptError *f) {
    Failure *x = (Failure *)f;
    LONG left = InterlockedDecrement(&x->references);
    if (!left) {
        error_clear(&x->error);
        free(x);
    }
    return (ULONG)left;
}

static HRESULT STDMETHODCALLTYPE failure_exception(IActiveScriptError *f, EXCEPINFO *out) {
    Failure *x = (Failure *)f;
    memset(out, 0, sizeof *out);
    out->scode = x->error.result;
    out->bstrSource = SysAllocString(x->error.source);
    out->bstrDescription = SysAllocString(x->error.description);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE failure_position(IActiveScriptError *f, DWORD *context, ULONG *line, LONG *column) {
    Failure *x = (Failure *)f;
    if (context) *context = 0;
    if (line) *line = x->line;
    if (column) *column = (LONG)x->column;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE failure_text(IActiveScriptError *f, BSTR *out) {
    (void)f;
    *out = NULL;
    return E_FAIL;
}

static IActiveScriptErrorVtbl failure_table = {failure_query,     failure_add,      failure_release,
                                               failure_exception, failure_position, failure_text};

static void tell_host(Engine *e, HRESULT h, bool compiling) {
    Failure *x = calloc(1, sizeof *x);
    if (!x || !e->site) {
        free(x);
        return;
    }
    error_take(e, h);
    x->face.lpVtbl = &failure_table;
    x->references = 1;
    x->error = e->err;
    memset(&e->err, 0, sizeof e->err);
    if (compiling) {
        SysFreeString(x->error.source);
        x->error.source = SysAllocString(L"Microsoft VBScript compilation error");
    }
    x->line = e->line;
    x->column = e->column;
    IActiveScriptSite_OnScriptError(e->site, &x->face);
    failure_release(&x->face);
}

/* ---- IActiveScript ---- */

static Engine *of_script(IActiveScript *s) {
    return (Engine *)s;
}

static Engine *of_parse(IActiveScriptParse *p) {
    return (Engine *)((char *)p - offsetof(Engine, parse));
}

static HRESULT query(Engine *e, REFIID iid, void **out) {
    *out = NULL;
    if (IsEqualIID(iid, &IID_IUnknown) || IsEqualIID(iid, &IID_IActiveScript)) *out = &e->script;
    else if (IsEqualIID(iid, &parse_iid)) *out = &e->parse;
    else return E_NOINTERFACE;
    e->references++;
    return S_OK;
}

static ULONG release(Engine *e) {
    LONG left = --e->references;
    if (left) return (ULONG)left;
    if (e->site) IActiveScriptSite_Release(e->site);
    free(e->by_id);
    while (e->blocks) {
        void *b = e->blocks;
        memcpy(&e->blocks, b, sizeof e->blocks); /* its first member leads to the next */
        free(b);
    }
    free(e);
    return 0;
}

static HRESULT STDMETHODCALLTYPE script_query(IActiveScript *s, REFIID iid, void **out) {
    return query(of_script(s), iid, out);
}

static ULONG STDMETHODCALLTYPE script_add(IActiveScript *s) {
    return (ULONG)++of_script(s)->references;
}

static ULONG STDMETHODCALLTYPE script_release(IActiveScript *s) {
    return release(of_script(s));
}

static void set_state(Engine *e, SCRIPTSTATE state) {
    if (e->state == state) return;
    e->state = state;
    if (e->site) IActiveScriptSite_OnStateChange(e->site, state);
}

static HRESULT STDMETHODCALLTYPE set_site(IActiveScript *s, IActiveScriptSite *site) {
    Engine *e = of_script(s);
    LCID lcid;
    if (!site) return E_POINTER;
    if (e->site) return E_UNEXPECTED;
    e->site = site;
    IActiveScriptSite_AddRef(site);
    if (IActiveScriptSite_GetLCID(site, &lcid) == S_OK) e->lcid = lcid;
    set_state(e, SCRIPTSTATE_INITIALIZED);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE get_site(IActiveScript *s, REFIID iid, void **out) {
    Engine *e = of_script(s);
    *out = NULL;
    return e->site ? IActiveScriptSite_QueryInterface(e->site, iid, out) : S_FALSE;
}

static HRESULT run_waiting(Engine *e);

static HRESULT STDMETHODCALLTYPE set_script_state(IActiveScript *s, SCRIPTSTATE state) {
    Engine *e = of_script(s);
    set_state(e, state);
    return state == SCRIPTSTATE_STARTED || state == SCRIPTSTATE_CONNECTED ? run_waiting(e) : S_OK;
}

static HRESULT STDMETHODCALLTYPE get_script_state(IActiveScript *s, SCRIPTSTATE *state) {
    *state = of_script(s)->state;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE close_script(IActiveScript *s) {
    Engine *e = of_script(s);
    set_state(e, SCRIPTSTATE_CLOSED);
    if (e->site) IActiveScriptSite_Release(e->site);
    e->site = NULL;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE add_item(IActiveScript *s, LPCOLESTR name, DWORD flags) {
    Engine *e = of_script(s);
    IUnknown *item = NULL;
    void *found = NULL;
    Symbol *symbol = symbol_of(e, name, wcslen(name));
    (void)flags;
    if (!symbol || !e->site) return symbol ? E_UNEXPECTED : E_OUTOFMEMORY;
    CHECK(IActiveScriptSite_GetItemInfo(e->site, name, SCRIPTINFO_IUNKNOWN, &item, NULL));
    HRESULT h = IUnknown_QueryInterface(item, &IID_IDispatch, &found);
    IUnknown_Release(item);
    symbol->item = found;
    return h;
}

static HRESULT STDMETHODCALLTYPE add_library(IActiveScript *s, REFGUID id, DWORD major, DWORD minor, DWORD flags) {
    (void)s, (void)id, (void)major, (void)minor, (void)flags;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE get_dispatch(IActiveScript *s, LPCOLESTR name, IDispatch **out) {
    Object *o = object_of_script(of_script(s));
    (void)name;
    *out = o ? &o->dispatch : NULL;
    return o ? S_OK : E_OUTOFMEMORY;
}

static HRESULT STDMETHODCALLTYPE current_thread(IActiveScript *s, SCRIPTTHREADID *out) {
    (void)s;
    *out = GetCurrentThreadId();
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE thread_id(IActiveScript *s, DWORD id, SCRIPTTHREADID *out) {
    (void)s;
    *out = id;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE thread_state(IActiveScript *s, SCRIPTTHREADID id, SCRIPTTHREADSTATE *out) {
    (void)id;
    *out = of_script(s)->frame->before ? SCRIPTTHREADSTATE_RUNNING : SCRIPTTHREADSTATE_NOTINSCRIPT;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE interrupt(IActiveScript *s, SCRIPTTHREADID id, const EXCEPINFO *x, DWORD flags) {
    (void)s, (void)id, (void)x, (void)flags;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE clone(IActiveScript *s, IActiveScript **out) {
    (void)s;
    *out = NULL;
    return E_NOTIMPL;
}

static IActiveScriptVtbl script_table = {
    script_query, script_add,     script_release, set_site,       get_site,  set_script_state,
    get_script_state, close_script, add_item,     add_library,    get_dispatch, current_thread,
    thread_id,    thread_state,   interrupt,      clone};

/* ---- IActiveScriptParse ---- */

static HRESULT STDMETHODCALLTYPE parse_query(IActiveScriptParse *p, REFIID iid, void **out) {
    return query(of_parse(p), iid, out);
}

static ULONG STDMETHODCALLTYPE parse_add(IActiveScriptParse *p) {
    return (ULONG)++of_parse(p)->references;
}

static ULONG STDMETHODCALLTYPE parse_release(IActiveScriptParse *p) {
    return release(of_parse(p));
}

static HRESULT STDMETHODCALLTYPE init_new(IActiveScriptParse *p) {
    (void)p;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE add_scriptlet(IActiveScriptParse *p, LPCOLESTR name, LPCOLESTR code, LPCOLESTR item,
                                               LPCOLESTR part, LPCOLESTR event, LPCOLESTR delimiter, Context context,
                                               ULONG line, DWORD flags, BSTR *out, EXCEPINFO *x) {
    (void)p, (void)name, (void)code, (void)item, (void)part, (void)event, (void)delimiter, (void)context;
    (void)line, (void)flags, (void)out, (void)x;
    return E_NOTIMPL;
}

/* How far the thread's stack goes down, but for what a call of Windows may need. */
static void find_floor(Engine *e) {
    enum { SPARE = 160 << 10 };
    MEMORY_BASIC_INFORMATION m;
    char *here = __builtin_frame_address(0);
    if (VirtualQuery(here, &m, sizeof m)) e->floor = (char *)m.AllocationBase + SPARE;
}

static HRESULT run_waiting(Engine *e) {
    Code *code = e->waiting;
    Frame *before = e->frame;
    if (!code) return S_OK;
    e->waiting = NULL;
    while (e->frame->before) e->frame = e->frame->before;
    if (e->site) IActiveScriptSite_OnEnterScript(e->site);
    HRESULT h = run_code(e, code);
    e->frame = before;
    if (FAILED(h)) tell_host(e, h, false);
    if (e->site) IActiveScriptSite_OnLeaveScript(e->site);
    return FAILED(h) ? SCRIPT_E_REPORTED : S_OK;
}

static HRESULT evaluate(Engine *e, LPCOLESTR text, VARIANT *result) {
    Expr *x;
    VARIANT nowhere;
    VariantInit(&nowhere);
    HRESULT h = parse_one_expression(e, text, &x);
    if (!FAILED(h)) h = eval(e, x, result ? result : &nowhere);
    VariantClear(&nowhere);
    if (FAILED(h)) tell_host(e, h, false);
    return h;
}

static HRESULT STDMETHODCALLTYPE parse_text(IActiveScriptParse *p, LPCOLESTR text, LPCOLESTR item, IUnknown *context,
                                            LPCOLESTR delimiter, Context cookie, ULONG line, DWORD flags,
                                            VARIANT *result, EXCEPINFO *x) {
    Engine *e = of_parse(p);
    (void)item, (void)context, (void)delimiter, (void)cookie, (void)line, (void)x;
    find_floor(e);
    if (result) VariantInit(result);
    if (flags & SCRIPTTEXT_ISEXPRESSION) return evaluate(e, text, result);
    Code *code = take(e, sizeof *code);
    HRESULT h = code ? parse(e, text, code) : E_OUTOFMEMORY;
    if (FAILED(h)) {
        tell_host(e, h, true);
        return SCRIPT_E_REPORTED;
    }
    e->waiting = code;
    bool started = e->state == SCRIPTSTATE_STARTED || e->state == SCRIPTSTATE_CONNECTED;
    return started ? run_waiting(e) : S_OK;
}

static IActiveScriptParseVtbl parse_table = {parse_query, parse_add,     parse_release,
                                             init_new,    add_scriptlet, parse_text};

IUnknown *engine_new(void) {
    Engine *e = calloc(1, sizeof *e);
    if (!e) return NULL;
    e->script.lpVtbl = &script_table;
    e->parse.lpVtbl = &parse_table;
    e->references = 1;
    e->lcid = GetUserDefaultLCID();
    e->random = 0x50000;
    if (!(e->frame = take(e, sizeof *e->frame))) {
        free(e);
        return NULL;
    }
    find_floor(e);
    builtins_define(e);
    return (IUnknown *)&e->script;
}
