#include "host.h"

#include <stddef.h>

/* ---- saying something ---- */

static void print(DWORD stream, const wchar_t *text) {
    stub_write(stream, text);
    stub_write(stream, L"\r\n");
}

void host_say(const Host *h, const wchar_t *text) {
    if (h->console) print(STD_OUTPUT_HANDLE, text);
    else if (!h->quiet) MessageBoxW(NULL, text, L"Windows Script Host", MB_OK);
}

static void report(const Host *h, const wchar_t *text) {
    if (h->console) print(STD_ERROR_HANDLE, text);
    else if (!h->quiet) MessageBoxW(NULL, text, L"Windows Script Host", MB_OK | MB_ICONERROR);
}

/* ---- the site: how the engine reaches us ---- */

typedef struct {
    IActiveScriptSite site;
    IActiveScriptSiteWindow window;
    Host *host;
    Auto *wscript;
    bool failed;
} Site;

static Site *site_of_window(IActiveScriptSiteWindow *w) {
    return (Site *)((char *)w - offsetof(Site, window));
}

static HRESULT STDMETHODCALLTYPE site_query(IActiveScriptSite *s, REFIID iid, void **out) {
    Site *site = (Site *)s;
    *out = NULL;
    if (IsEqualIID(iid, &IID_IUnknown) || IsEqualIID(iid, &IID_IActiveScriptSite)) *out = s;
    if (IsEqualIID(iid, &IID_IActiveScriptSiteWindow)) *out = &site->window;
    return *out ? S_OK : E_NOINTERFACE;
}

/* It lives as long as the program. */
static ULONG STDMETHODCALLTYPE site_count(IActiveScriptSite *s) {
    (void)s;
    return 2;
}

static HRESULT STDMETHODCALLTYPE site_lcid(IActiveScriptSite *s, LCID *lcid) {
    (void)s;
    *lcid = GetUserDefaultLCID();
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE site_item(IActiveScriptSite *s, LPCOLESTR name, DWORD mask,
                                           IUnknown **item, ITypeInfo **type) {
    Site *site = (Site *)s;
    if (item) *item = NULL;
    if (type) *type = NULL;
    if (!is(name, L"WScript") && !is(name, L"WSH")) return TYPE_E_ELEMENTNOTFOUND;
    if (!(mask & SCRIPTINFO_IUNKNOWN) || !item) return TYPE_E_ELEMENTNOTFOUND;
    IDispatch_AddRef(&site->wscript->dispatch);
    *item = (IUnknown *)&site->wscript->dispatch;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE site_version(IActiveScriptSite *s, BSTR *version) {
    (void)s, (void)version;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE site_ended(IActiveScriptSite *s, const VARIANT *result,
                                            const EXCEPINFO *e) {
    (void)s, (void)result, (void)e;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE site_state(IActiveScriptSite *s, SCRIPTSTATE state) {
    (void)s, (void)state;
    return S_OK;
}

/* "C:\a.vbs(3, 1) Microsoft VBScript runtime error: Object required". */
static HRESULT STDMETHODCALLTYPE site_error(IActiveScriptSite *s, IActiveScriptError *error) {
    Site *site = (Site *)s;
    EXCEPINFO e = {0};
    DWORD cookie;
    ULONG line = 0;
    LONG column = 0;
    wchar_t text[2048];
    if (site->failed) return S_OK;
    site->failed = true;
    IActiveScriptError_GetExceptionInfo(error, &e);
    IActiveScriptError_GetSourcePosition(error, &cookie, &line, &column);
    if (e.pfnDeferredFillIn) e.pfnDeferredFillIn(&e);
    _snwprintf(text, 2047, L"%ls(%lu, %ld) %ls: %ls", site->host->script, line + 1, column + 1,
               e.bstrSource ? e.bstrSource : L"Script", e.bstrDescription ? e.bstrDescription : L"");
    if (!e.bstrDescription) _snwprintf(text + wcslen(text), 16, L"%08lx", e.scode);
    report(site->host, text);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE site_enter(IActiveScriptSite *s) {
    (void)s;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE window_query(IActiveScriptSiteWindow *w, REFIID iid, void **out) {
    return site_query(&site_of_window(w)->site, iid, out);
}

static ULONG STDMETHODCALLTYPE window_count(IActiveScriptSiteWindow *w) {
    (void)w;
    return 2;
}

static HRESULT STDMETHODCALLTYPE window_handle(IActiveScriptSiteWindow *w, HWND *out) {
    (void)w;
    *out = NULL;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE window_enable(IActiveScriptSiteWindow *w, BOOL enable) {
    (void)w, (void)enable;
    return S_OK;
}

static IActiveScriptSiteVtbl site_table = {site_query,   site_count, site_count, site_lcid,
                                           site_item,    site_version, site_ended, site_state,
                                           site_error,   site_enter, site_enter};
static IActiveScriptSiteWindowVtbl window_table = {window_query, window_count, window_count,
                                                   window_handle, window_enable};

/* ---- the script ---- */

/* IActiveScriptParse, of which there is one for each width; no library of mingw-w64 has them. */
static const IID parse_iid =
#ifdef _WIN64
    {0xC7EF7658, 0xE1EE, 0x480E, {0x97, 0xEA, 0xD5, 0x2C, 0xB4, 0xD7, 0x6D, 0x17}};
#else
    {0xBB1A2AE2, 0xA4F9, 0x11CF, {0x8F, 0x20, 0x00, 0x80, 0x5F, 0x2C, 0xD0, 0x64}};
#endif

static const wchar_t *engine_of(const Host *h) {
    static const struct {
        const wchar_t *extension, *engine;
    } known[] = {{L".vbs", L"VBScript"}, {L".js", L"JScript"}};
    const wchar_t *dot = wcsrchr(h->script, L'.');
    if (h->engine) return h->engine;
    for (size_t i = 0; dot && i < sizeof known / sizeof *known; i++)
        if (is(dot, known[i].extension)) return known[i].engine;
    return NULL;
}

static HRESULT open_engine(const wchar_t *name, IActiveScript **out) {
    CLSID class;
    void *engine = NULL;
    HRESULT h = CLSIDFromProgID(name, &class);
    if (!FAILED(h))
        h = CoCreateInstance(&class, NULL, CLSCTX_INPROC_SERVER, &IID_IActiveScript, &engine);
    *out = engine;
    return h;
}

static HRESULT run_text(IActiveScript *engine, Site *site, const wchar_t *text) {
    enum { VISIBLE = SCRIPTITEM_ISVISIBLE | SCRIPTITEM_ISSOURCE };
    void *found = NULL;
    HRESULT h = IActiveScript_QueryInterface(engine, &parse_iid, &found);
    IActiveScriptParse *parser = found;
    if (!FAILED(h)) h = parser->lpVtbl->InitNew(parser);
    if (!FAILED(h)) h = IActiveScript_SetScriptSite(engine, &site->site);
    if (!FAILED(h)) h = IActiveScript_AddNamedItem(engine, L"WScript", VISIBLE);
    if (!FAILED(h)) h = IActiveScript_AddNamedItem(engine, L"WSH", SCRIPTITEM_ISVISIBLE);
    if (!FAILED(h)) h = IActiveScript_SetScriptState(engine, SCRIPTSTATE_STARTED);
    if (!FAILED(h))
        h = parser->lpVtbl->ParseScriptText(parser, text, NULL, NULL, NULL, 0, 0,
                                               SCRIPTTEXT_HOSTMANAGESSOURCE | SCRIPTTEXT_ISVISIBLE,
                                               NULL, NULL);
    if (!FAILED(h)) h = IActiveScript_SetScriptState(engine, SCRIPTSTATE_CONNECTED);
    if (parser) parser->lpVtbl->Release(parser);
    return h;
}

static int run(Host *h) {
    IActiveScript *engine = NULL;
    Site site = {.site = {&site_table}, .window = {&window_table}, .host = h};
    wchar_t text[2 * MAX_PATH + 100];
    const wchar_t *name = engine_of(h);
    if (!name || FAILED(open_engine(name, &engine))) {
        if (name) _snwprintf(text, 600, L"Input Error: Can't find script engine \"%ls\" for script \"%ls\".", name, h->script);
        else _snwprintf(text, 600, L"Input Error: There is no script engine for file extension \"%ls\".", wcsrchr(h->script, L'.') ? wcsrchr(h->script, L'.') : L"");
        report(h, text);
        return 1;
    }
    wchar_t *source = source_read(h->script);
    if (!source) {
        _snwprintf(text, 600, L"Input Error: Can not find script file \"%ls\".", h->script);
        report(h, text);
        return 1;
    }
    site.wscript = wscript_new(h);
    HRESULT result = site.wscript ? run_text(engine, &site, source) : E_OUTOFMEMORY;
    if (FAILED(result) && !site.failed) {
        _snwprintf(text, 600, L"%ls: %08lx", h->script, result);
        report(h, text);
    }
    free(source);
    IActiveScript_Close(engine);
    return 0;
}

/* ---- the command line ---- */

/* //NAME or //NAME:VALUE; the value, "" where there is none, NULL where it is another option. */
static const wchar_t *host_option(const wchar_t *word, const wchar_t *name) {
    size_t n = wcslen(name);
    if (_wcsnicmp(word + 2, name, n) != 0) return NULL;
    return word[2 + n] == L':' ? word + 3 + n : word[2 + n] ? NULL : L"";
}

static void take_option(Host *h, const wchar_t *word) {
    const wchar_t *value;
    if (host_option(word, L"b")) h->quiet = true;
    else if (host_option(word, L"nologo")) h->logo = false;
    else if ((value = host_option(word, L"e"))) h->engine = value;
    else if ((value = host_option(word, L"t"))) h->timeout = (unsigned)wcstoul(value, NULL, 10);
}

static bool read_command_line(Host *h) {
    int count = 0;
    wchar_t **words = CommandLineToArgvW(GetCommandLineW(), &count);
    const wchar_t *script = NULL;
    h->words = calloc((size_t)count + 1, sizeof *words);
    for (int i = 1; words && h->words && i < count; i++) {
        if (!wcsncmp(words[i], L"//", 2)) take_option(h, words[i]);
        else if (!script) script = words[i];
        else h->words[h->word_count++] = words[i];
    }
    if (script) GetFullPathNameW(script, MAX_PATH, h->script, NULL);
    return script;
}

int host_main(bool console) {
    Host h = {.console = console, .logo = true};
    bool named = read_command_line(&h);
    if (console && h.logo)
        print(STD_OUTPUT_HANDLE, L"Microsoft (R) Windows Script Host Version 5.812\r\n"
                                 L"Copyright (C) Microsoft Corporation. All rights reserved.\r\n");
    if (!named) {
        host_say(&h, L"Usage: CScript scriptname.extension [option...] [arguments...]");
        return 0;
    }
    OleInitialize(NULL);
    return run(&h);
}
