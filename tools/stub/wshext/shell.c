/* WScript.Shell: folders by any of their names, registry values that go, programs whose output is
 * read, keys that are pressed. */
#include "../automation/text_stream.h"
#include "wshext.h"

#include <shlobj.h>

/* ---- SpecialFolders ---- */

static const struct {
    const wchar_t *name;
    int folder;
} folders[] = {
    {L"AllUsersDesktop", CSIDL_COMMON_DESKTOPDIRECTORY}, {L"AllUsersStartMenu", CSIDL_COMMON_STARTMENU},
    {L"AllUsersPrograms", CSIDL_COMMON_PROGRAMS},        {L"AllUsersStartup", CSIDL_COMMON_STARTUP},
    {L"Desktop", CSIDL_DESKTOPDIRECTORY},                {L"AppData", CSIDL_APPDATA},
    {L"PrintHood", CSIDL_PRINTHOOD},                     {L"Templates", CSIDL_TEMPLATES},
    {L"Fonts", CSIDL_FONTS},                             {L"NetHood", CSIDL_NETHOOD},
    {L"StartMenu", CSIDL_STARTMENU},                     {L"SendTo", CSIDL_SENDTO},
    {L"Recent", CSIDL_RECENT},                           {L"Startup", CSIDL_STARTUP},
    {L"Favorites", CSIDL_FAVORITES},                     {L"MyDocuments", CSIDL_PERSONAL},
    {L"Programs", CSIDL_PROGRAMS},
};
enum { FOLDERS = sizeof folders / sizeof *folders };

static HRESULT give_folder(VARIANT *result, int folder) {
    wchar_t path[MAX_PATH];
    HRESULT h = SHGetFolderPathW(NULL, folder, NULL, 0, path);
    return auto_give_text(result, FAILED(h) ? L"" : path);
}

static HRESULT folder(Auto *self, AutoArgs *a, VARIANT *result) {
    VARIANT *wanted = auto_arg(a, 0);
    (void)self;
    if (wanted && V_VT(wanted) != VT_BSTR) {
        long i = auto_number(a, 0, -1);
        return i < 0 || i >= FOLDERS ? (HRESULT)0x800A0009 : give_folder(result, folders[i].folder);
    }
    for (int i = 0; i < FOLDERS; i++)
        if (is(folders[i].name, auto_text(a, 0, L""))) return give_folder(result, folders[i].folder);
    return auto_give_text(result, L"");
}

static HRESULT folder_count(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)self, (void)a;
    return auto_give_number(result, FOLDERS);
}

static HRESULT folder_each(Auto *self, AutoArgs *a, VARIANT *result) {
    VARIANT all[FOLDERS];
    (void)self, (void)a;
    for (int i = 0; i < FOLDERS; i++) give_folder(&all[i], folders[i].folder);
    HRESULT h = auto_give_enumerator(result, all, FOLDERS);
    for (int i = 0; i < FOLDERS; i++) VariantClear(&all[i]);
    return h;
}

static const AutoMember folder_members[] = {
    {L"", folder, NULL},           {L"Item", folder, NULL},        {L"Count", folder_count, NULL},
    {L"length", folder_count, NULL}, {AUTO_EACH, folder_each, NULL}, {NULL, NULL, NULL},
};
static const AutoClass folder_class = {L"WshCollection", folder_members, 0, NULL};

static HRESULT special_folders(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)self;
    return auto_give_indexed(result, auto_new(&folder_class, NULL), a);
}

/* ---- Exec ---- */

typedef struct {
    Auto object;
    HANDLE process;
    DWORD id;
    Auto *in, *out, *err;
} Exec;

static HRESULT give_stream(Auto *stream, VARIANT *result) {
    IDispatch_AddRef(&stream->dispatch);
    return auto_give(result, stream);
}

static HRESULT exec_in(Auto *self, AutoArgs *a, VARIANT *result) { (void)a; return give_stream(((Exec *)self)->in, result); }
static HRESULT exec_out(Auto *self, AutoArgs *a, VARIANT *result) { (void)a; return give_stream(((Exec *)self)->out, result); }
static HRESULT exec_err(Auto *self, AutoArgs *a, VARIANT *result) { (void)a; return give_stream(((Exec *)self)->err, result); }

static HRESULT exec_status(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)a;
    return auto_give_number(result, WaitForSingleObject(((Exec *)self)->process, 0) == WAIT_OBJECT_0);
}

static HRESULT exec_code(Auto *self, AutoArgs *a, VARIANT *result) {
    DWORD code = 0;
    (void)a;
    GetExitCodeProcess(((Exec *)self)->process, &code);
    return auto_give_number(result, code == STILL_ACTIVE ? 0 : (long)code);
}

static HRESULT exec_id(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)a;
    return auto_give_number(result, (long)((Exec *)self)->id);
}

static HRESULT exec_terminate(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)a, (void)result;
    TerminateProcess(((Exec *)self)->process, 0);
    return S_OK;
}

static void exec_destroy(Auto *self) {
    Exec *e = (Exec *)self;
    if (e->process) CloseHandle(e->process);
    if (e->in) IDispatch_Release(&e->in->dispatch);
    if (e->out) IDispatch_Release(&e->out->dispatch);
    if (e->err) IDispatch_Release(&e->err->dispatch);
}

static const AutoMember exec_members[] = {
    {L"StdIn", exec_in, NULL},       {L"StdOut", exec_out, NULL},    {L"StdErr", exec_err, NULL},
    {L"Status", exec_status, NULL},  {L"ExitCode", exec_code, NULL}, {L"ProcessID", exec_id, NULL},
    {L"Terminate", exec_terminate, NULL}, {NULL, NULL, NULL},
};
static const AutoClass exec_class = {L"WshExec", exec_members, sizeof(Exec), exec_destroy};

/* A pipe of which the child inherits one end. */
static bool open_pipe(HANDLE *ours, HANDLE *childs, bool child_reads) {
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    if (!CreatePipe(child_reads ? childs : ours, child_reads ? ours : childs, &inherited, 0)) return false;
    return SetHandleInformation(*ours, HANDLE_FLAG_INHERIT, 0);
}

static HRESULT exec(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t line[32768];
    STARTUPINFOW s = {.cb = sizeof s, .dwFlags = STARTF_USESTDHANDLES | STARTF_USESHOWWINDOW, .wShowWindow = SW_SHOW};
    PROCESS_INFORMATION p;
    HANDLE in, out, err;
    (void)self;
    ExpandEnvironmentStringsW(auto_text(a, 0, L""), line, 32768);
    Exec *e = (Exec *)auto_new(&exec_class, NULL);
    if (!e) return E_OUTOFMEMORY;
    if (!open_pipe(&in, &s.hStdInput, true) || !open_pipe(&out, &s.hStdOutput, false) ||
        !open_pipe(&err, &s.hStdError, false))
        return HRESULT_FROM_WIN32(GetLastError());
    BOOL made = CreateProcessW(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &s, &p);
    HRESULT h = made ? S_OK : HRESULT_FROM_WIN32(GetLastError());
    CloseHandle(s.hStdInput);
    CloseHandle(s.hStdOutput);
    CloseHandle(s.hStdError);
    e->in = text_stream_new(in, true);
    e->out = text_stream_new(out, true);
    e->err = text_stream_new(err, true);
    if (made) {
        CloseHandle(p.hThread);
        e->process = p.hProcess;
        e->id = p.dwProcessId;
    }
    if (!FAILED(h)) return auto_give(result, &e->object);
    IDispatch_Release(&e->object.dispatch);
    return h;
}

/* ---- the registry ---- */

static HKEY root_of(const wchar_t *path, const wchar_t **rest) {
    static const struct {
        const wchar_t *name;
        HKEY key;
    } roots[] = {{L"HKCU", HKEY_CURRENT_USER},   {L"HKEY_CURRENT_USER", HKEY_CURRENT_USER},
                 {L"HKLM", HKEY_LOCAL_MACHINE},  {L"HKEY_LOCAL_MACHINE", HKEY_LOCAL_MACHINE},
                 {L"HKCR", HKEY_CLASSES_ROOT},   {L"HKEY_CLASSES_ROOT", HKEY_CLASSES_ROOT},
                 {L"HKEY_USERS", HKEY_USERS},    {L"HKEY_CURRENT_CONFIG", HKEY_CURRENT_CONFIG}};
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        size_t n = wcslen(roots[i].name);
        if (_wcsnicmp(path, roots[i].name, n) != 0 || path[n] != L'\\') continue;
        *rest = path + n + 1;
        return roots[i].key;
    }
    return NULL;
}

/* A name that ends in a backslash is a key. */
static HRESULT reg_delete(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t key[1024];
    const wchar_t *rest;
    HKEY root = root_of(auto_text(a, 0, L""), &rest), opened;
    (void)self, (void)result;
    if (!root || wcslen(rest) >= 1024) return HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND);
    wcscpy(key, rest);
    wchar_t *slash = wcsrchr(key, L'\\');
    if (!slash) return HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND);
    *slash = 0;
    if (!slash[1]) return HRESULT_FROM_WIN32((DWORD)RegDeleteKeyW(root, key));
    LONG error = RegOpenKeyExW(root, key, 0, KEY_SET_VALUE, &opened);
    if (error) return HRESULT_FROM_WIN32((DWORD)error);
    error = RegDeleteValueW(opened, slash + 1);
    RegCloseKey(opened);
    return HRESULT_FROM_WIN32((DWORD)error);
}

/* ---- the rest ---- */

/* Wine's own counts the closing NUL as a part of the text. */
static HRESULT expand(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t text[32768];
    DWORD n = ExpandEnvironmentStringsW(auto_text(a, 0, L""), text, 32768);
    (void)self;
    return auto_give_text(result, n && n <= 32768 ? text : L"");
}

static HRESULT app_activate(Auto *self, AutoArgs *a, VARIANT *result) {
    HWND w = FindWindowW(NULL, auto_text(a, 0, L""));
    (void)self;
    return auto_give_truth(result, w && SetForegroundWindow(w));
}

/* Plain characters; what stands in braces, and what +^% hold down, is left out. */
static HRESULT send_keys(Auto *self, AutoArgs *a, VARIANT *result) {
    const wchar_t *keys = auto_text(a, 0, L"");
    (void)self, (void)result;
    for (; *keys; keys++) {
        const wchar_t *end = *keys == L'{' ? wcschr(keys + 1, L'}') : NULL;
        if (end) keys = end;
        if (wcschr(L"{}+^%~()", *keys)) continue;
        BYTE key = (BYTE)VkKeyScanW(*keys);
        keybd_event(key, 0, 0, 0);
        keybd_event(key, 0, KEYEVENTF_KEYUP, 0);
    }
    return S_OK;
}

static HRESULT log_event(Auto *self, AutoArgs *a, VARIANT *result) {
    static const WORD types[] = {EVENTLOG_SUCCESS, EVENTLOG_ERROR_TYPE, EVENTLOG_WARNING_TYPE, 0, EVENTLOG_INFORMATION_TYPE};
    long type = auto_number(a, 0, 0);
    const wchar_t *text = auto_text(a, 1, L"");
    HANDLE log = RegisterEventSourceW(NULL, L"WSH");
    (void)self;
    if (log) {
        ReportEventW(log, type >= 0 && type < 5 ? types[type] : EVENTLOG_INFORMATION_TYPE, 0, 0, NULL, 1, 0, &text, NULL);
        DeregisterEventSource(log);
    }
    return auto_give_truth(result, true);
}

static const AutoMember members[] = {
    {L"SpecialFolders", special_folders, NULL}, {L"Exec", exec, NULL},
    {L"RegDelete", reg_delete, NULL},           {L"AppActivate", app_activate, NULL},
    {L"SendKeys", send_keys, NULL},             {L"LogEvent", log_event, NULL},
    {L"ExpandEnvironmentStrings", expand, NULL}, {NULL, NULL, NULL},
};
const AutoClass shell_class = {L"WshShell", members, 0, NULL};
