/* The object WScript. Events of objects that are connected (WScript.ConnectObject) do not arrive. */
#include "host.h"
#include "../automation/text_stream.h"

typedef struct {
    Auto object;
    Host *host;
    Auto *arguments, *streams[3];
    bool interactive;
} WScript;

static const Host *host_of(Auto *self) {
    return ((WScript *)self)->host;
}

static HRESULT self_again(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)a;
    IDispatch_AddRef(&self->dispatch);
    return auto_give(result, self);
}

/* One of its objects, made when it is first asked for. */
static HRESULT give_kept(Auto **kept, AutoArgs *a, VARIANT *result) {
    if (!*kept) return E_OUTOFMEMORY;
    IDispatch_AddRef(&(*kept)->dispatch);
    return auto_give_indexed(result, *kept, a);
}

static HRESULT arguments(Auto *self, AutoArgs *a, VARIANT *result) {
    WScript *w = (WScript *)self;
    if (!w->arguments) w->arguments = arguments_new(w->host->words, w->host->word_count);
    return give_kept(&w->arguments, a, result);
}

static HRESULT stream(Auto *self, AutoArgs *a, unsigned i, DWORD id, VARIANT *result) {
    WScript *w = (WScript *)self;
    if (!w->host->console) return E_HANDLE; /* there is no console */
    if (!w->streams[i]) w->streams[i] = text_stream_new(GetStdHandle(id), false);
    return give_kept(&w->streams[i], a, result);
}

static HRESULT std_in(Auto *self, AutoArgs *a, VARIANT *result) {
    return stream(self, a, 0, STD_INPUT_HANDLE, result);
}

static HRESULT std_out(Auto *self, AutoArgs *a, VARIANT *result) {
    return stream(self, a, 1, STD_OUTPUT_HANDLE, result);
}

static HRESULT std_err(Auto *self, AutoArgs *a, VARIANT *result) {
    return stream(self, a, 2, STD_ERROR_HANDLE, result);
}

/* ---- names ---- */

static HRESULT name(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)self, (void)a;
    return auto_give_text(result, L"Windows Script Host");
}

static HRESULT version(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)self, (void)a;
    return auto_give_text(result, L"5.812");
}

static HRESULT build_version(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)self, (void)a;
    return auto_give_number(result, 0);
}

static HRESULT full_name(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t path[MAX_PATH];
    (void)self, (void)a;
    GetModuleFileNameW(NULL, path, MAX_PATH);
    return auto_give_text(result, path);
}

static HRESULT path(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t text[MAX_PATH];
    (void)self, (void)a;
    GetModuleFileNameW(NULL, text, MAX_PATH);
    wchar_t *slash = wcsrchr(text, L'\\');
    if (slash) *slash = 0;
    return auto_give_text(result, text);
}

static HRESULT script_full_name(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)a;
    return auto_give_text(result, host_of(self)->script);
}

static HRESULT script_name(Auto *self, AutoArgs *a, VARIANT *result) {
    const wchar_t *slash = wcsrchr(host_of(self)->script, L'\\');
    (void)a;
    return auto_give_text(result, slash ? slash + 1 : host_of(self)->script);
}

/* ---- what it does ---- */

static HRESULT echo(Auto *self, AutoArgs *a, VARIANT *result) {
    size_t n = 1;
    (void)result;
    wchar_t *text = calloc(1, sizeof *text);
    for (unsigned i = 0; text && i < auto_count(a); i++) {
        BSTR part = auto_print(auto_arg(a, i) ? auto_arg(a, i) : &(VARIANT){0});
        if (!part) {
            free(text);
            return DISP_E_TYPEMISMATCH;
        }
        n += wcslen(part) + 1;
        wchar_t *more = realloc(text, n * sizeof *text);
        if (more) {
            text = more;
            if (i) wcscat(text, L" ");
            wcscat(text, part);
        }
        SysFreeString(part);
    }
    if (text) host_say(host_of(self), text);
    free(text);
    return S_OK;
}

/* Objects of an apartment are called through its messages, also meanwhile. */
static HRESULT sleep(Auto *self, AutoArgs *a, VARIANT *result) {
    ULONGLONG until = GetTickCount64() + (ULONGLONG)auto_number(a, 0, 0), now;
    MSG m;
    (void)self, (void)result;
    while (!a->error && (now = GetTickCount64()) < until) {
        MsgWaitForMultipleObjects(0, NULL, FALSE, (DWORD)(until - now), QS_ALLINPUT);
        while (PeekMessageW(&m, NULL, 0, 0, PM_REMOVE)) DispatchMessageW(&m);
    }
    return S_OK;
}

static HRESULT quit(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)self, (void)result;
    ExitProcess((UINT)auto_number(a, 0, 0));
}

static HRESULT create_object(Auto *self, AutoArgs *a, VARIANT *result) {
    CLSID class;
    void *object = NULL;
    (void)self;
    HRESULT h = CLSIDFromProgID(auto_text(a, 0, L""), &class);
    if (!FAILED(h))
        h = CoCreateInstance(&class, NULL, CLSCTX_INPROC_SERVER | CLSCTX_LOCAL_SERVER, &IID_IDispatch,
                             &object);
    if (FAILED(h)) return h;
    V_VT(result) = VT_DISPATCH;
    V_DISPATCH(result) = object;
    return S_OK;
}

static HRESULT get_object(Auto *self, AutoArgs *a, VARIANT *result) {
    void *object = NULL;
    (void)self;
    HRESULT h = CoGetObject(auto_text(a, 0, L""), NULL, &IID_IDispatch, &object);
    if (FAILED(h)) return h;
    V_VT(result) = VT_DISPATCH;
    V_DISPATCH(result) = object;
    return S_OK;
}

static HRESULT connect_object(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)self, (void)a, (void)result;
    return S_OK;
}

static HRESULT interactive(Auto *self, AutoArgs *a, VARIANT *result) {
    WScript *w = (WScript *)self;
    if (a->put) w->interactive = auto_truth(a, 0, true);
    return auto_give_truth(result, w->interactive);
}

static HRESULT timeout(Auto *self, AutoArgs *a, VARIANT *result) {
    Host *h = ((WScript *)self)->host;
    if (a->put) h->timeout = (unsigned)auto_number(a, 0, 0);
    return auto_give_number(result, (long)h->timeout);
}

static const AutoMember members[] = {
    {L"", name, NULL},
    {L"Name", name, NULL},
    {L"Application", self_again, NULL},
    {L"Arguments", arguments, NULL},
    {L"BuildVersion", build_version, NULL},
    {L"ConnectObject", connect_object, NULL},
    {L"CreateObject", create_object, NULL},
    {L"DisconnectObject", connect_object, NULL},
    {L"Echo", echo, NULL},
    {L"FullName", full_name, NULL},
    {L"GetObject", get_object, NULL},
    {L"Interactive", interactive, NULL},
    {L"Path", path, NULL},
    {L"Quit", quit, NULL},
    {L"ScriptFullName", script_full_name, NULL},
    {L"ScriptName", script_name, NULL},
    {L"Sleep", sleep, NULL},
    {L"StdErr", std_err, NULL},
    {L"StdIn", std_in, NULL},
    {L"StdOut", std_out, NULL},
    {L"Timeout", timeout, NULL},
    {L"Version", version, NULL},
    {NULL, NULL, NULL},
};

static const AutoClass class = {L"WScript", members, sizeof(WScript), NULL};

Auto *wscript_new(Host *h) {
    WScript *w = (WScript *)auto_new(&class, NULL);
    if (!w) return NULL;
    w->host = h;
    w->interactive = !h->quiet;
    return &w->object;
}
