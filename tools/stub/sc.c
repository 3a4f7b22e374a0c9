/* sc.exe: query, queryex, qc, start, stop, create, delete, config, description. */
#include "stub.h"

static int fail(const wchar_t *what, DWORD error) {
    wchar_t text[512] = L"";
    if (error == ERROR_SERVICE_DOES_NOT_EXIST)
        wcscpy(text, L"The specified service does not exist as an installed service.");
    else if (error == ERROR_ACCESS_DENIED) wcscpy(text, L"Access is denied.");
    else if (error == ERROR_SERVICE_EXISTS) wcscpy(text, L"The specified service already exists.");
    else if (error == ERROR_SERVICE_ALREADY_RUNNING)
        wcscpy(text, L"An instance of the service is already running.");
    else if (error == ERROR_SERVICE_NOT_ACTIVE) wcscpy(text, L"The service has not been started.");
    else
        FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error, 0,
                       text, 512, NULL);
    text[wcscspn(text, L"\r\n")] = 0;
    say(L"[SC] %ls FAILED %lu:\n\n%ls\n\n", what, error, text);
    return (int)error;
}

static const wchar_t *kind(DWORD type) {
    switch (type) {
    case SERVICE_KERNEL_DRIVER: return L"KERNEL_DRIVER";
    case SERVICE_FILE_SYSTEM_DRIVER: return L"FILE_SYSTEM_DRIVER";
    case SERVICE_WIN32_OWN_PROCESS: return L"WIN32_OWN_PROCESS";
    case SERVICE_WIN32_SHARE_PROCESS: return L"WIN32_SHARE_PROCESS";
    default: return L"WIN32";
    }
}

static const wchar_t *state(DWORD value) {
    static const wchar_t *const names[] = {
        L"",        L"STOPPED",          L"START_PENDING", L"STOP_PENDING",
        L"RUNNING", L"CONTINUE_PENDING", L"PAUSE_PENDING", L"PAUSED"};
    return value < 8 ? names[value] : L"";
}

static void print_status(const wchar_t *name, const wchar_t *display,
                         const SERVICE_STATUS_PROCESS *s, int extended) {
    DWORD c = s->dwControlsAccepted;
    say(L"\nSERVICE_NAME: %ls\n", name);
    if (display) say(L"DISPLAY_NAME: %ls\n", display);
    say(L"        TYPE               : %lx  %ls  \n", s->dwServiceType, kind(s->dwServiceType));
    say(L"        STATE              : %lu  %ls \n", s->dwCurrentState, state(s->dwCurrentState));
    say(L"                                (%ls, %ls, %ls)\n",
        c & SERVICE_ACCEPT_STOP ? L"STOPPABLE" : L"NOT_STOPPABLE",
        c & SERVICE_ACCEPT_PAUSE_CONTINUE ? L"PAUSABLE" : L"NOT_PAUSABLE",
        c & SERVICE_ACCEPT_SHUTDOWN ? L"ACCEPTS_SHUTDOWN" : L"IGNORES_SHUTDOWN");
    say(L"        WIN32_EXIT_CODE    : %lu  (0x%lx)\n", s->dwWin32ExitCode, s->dwWin32ExitCode);
    say(L"        SERVICE_EXIT_CODE  : %lu  (0x%lx)\n", s->dwServiceSpecificExitCode,
        s->dwServiceSpecificExitCode);
    say(L"        CHECKPOINT         : 0x%lx\n", s->dwCheckPoint);
    say(L"        WAIT_HINT          : 0x%lx\n", s->dwWaitHint);
    if (!extended) return;
    say(L"        PID                : %lu\n", s->dwProcessId);
    say(L"        FLAGS              : \n");
}

static int query_all(SC_HANDLE m, int count, wchar_t **a, int extended) {
    DWORD type = SERVICE_WIN32, which = SERVICE_ACTIVE, need = 0, n = 0, resume = 0;
    for (int i = 2; i + 1 < count; i++) {
        if (is(a[i], L"type="))
            type = is(a[i + 1], L"driver") ? SERVICE_DRIVER
                   : is(a[i + 1], L"all")  ? SERVICE_WIN32 | SERVICE_DRIVER
                                           : SERVICE_WIN32;
        if (is(a[i], L"state="))
            which = is(a[i + 1], L"all")        ? SERVICE_STATE_ALL
                    : is(a[i + 1], L"inactive") ? SERVICE_INACTIVE
                                                : SERVICE_ACTIVE;
    }
    ENUM_SERVICE_STATUS_PROCESSW *s = malloc(1 << 18);
    if (!EnumServicesStatusExW(m, SC_ENUM_PROCESS_INFO, type, which, (BYTE *)s, 1 << 18, &need, &n,
                               &resume, NULL))
        return fail(L"EnumServicesStatus", GetLastError());
    for (DWORD i = 0; i < n; i++)
        print_status(s[i].lpServiceName, s[i].lpDisplayName, &s[i].ServiceStatusProcess, extended);
    say(L"\n");
    return 0;
}

static int query(SC_HANDLE m, int count, wchar_t **a, int extended) {
    SERVICE_STATUS_PROCESS status = {0};
    DWORD n;
    if (count < 3 || wcschr(a[2], L'=')) return query_all(m, count, a, extended);
    SC_HANDLE s = OpenServiceW(m, a[2], SERVICE_QUERY_STATUS);
    if (!s) return fail(L"EnumQueryServicesStatus:OpenService", GetLastError());
    if (!QueryServiceStatusEx(s, SC_STATUS_PROCESS_INFO, (BYTE *)&status, sizeof status, &n))
        return fail(L"QueryServiceStatusEx", GetLastError());
    print_status(a[2], NULL, &status, extended);
    return 0;
}

static const wchar_t *start_name(DWORD type) {
    static const wchar_t *const names[] = {L"BOOT_START", L"SYSTEM_START", L"AUTO_START",
                                           L"DEMAND_START", L"DISABLED"};
    return type < 5 ? names[type] : L"";
}

static int query_config(SC_HANDLE m, const wchar_t *name) {
    SC_HANDLE s = OpenServiceW(m, name, SERVICE_QUERY_CONFIG);
    QUERY_SERVICE_CONFIGW *c = malloc(8192);
    DWORD n;
    if (!s) return fail(L"OpenService", GetLastError());
    if (!QueryServiceConfigW(s, c, 8192, &n)) return fail(L"QueryServiceConfig", GetLastError());
    say(L"[SC] QueryServiceConfig SUCCESS\n\nSERVICE_NAME: %ls\n", name);
    say(L"        TYPE               : %lx  %ls \n", c->dwServiceType, kind(c->dwServiceType));
    say(L"        START_TYPE         : %lu   %ls\n", c->dwStartType, start_name(c->dwStartType));
    say(L"        ERROR_CONTROL      : %lu   NORMAL\n", c->dwErrorControl);
    say(L"        BINARY_PATH_NAME   : %ls\n", c->lpBinaryPathName);
    say(L"        LOAD_ORDER_GROUP   : %ls\n", c->lpLoadOrderGroup ? c->lpLoadOrderGroup : L"");
    say(L"        TAG                : %lu\n", c->dwTagId);
    say(L"        DISPLAY_NAME       : %ls\n", c->lpDisplayName ? c->lpDisplayName : L"");
    say(L"        DEPENDENCIES       : \n");
    say(L"        SERVICE_START_NAME : %ls\n", c->lpServiceStartName ? c->lpServiceStartName : L"");
    return 0;
}

static int start(SC_HANDLE m, const wchar_t *name) {
    SERVICE_STATUS_PROCESS status = {0};
    DWORD n;
    SC_HANDLE s = OpenServiceW(m, name, SERVICE_START | SERVICE_QUERY_STATUS);
    if (!s) return fail(L"StartService: OpenService", GetLastError());
    if (!StartServiceW(s, 0, NULL)) return fail(L"StartService", GetLastError());
    QueryServiceStatusEx(s, SC_STATUS_PROCESS_INFO, (BYTE *)&status, sizeof status, &n);
    print_status(name, NULL, &status, 1);
    return 0;
}

static int stop(SC_HANDLE m, const wchar_t *name) {
    SERVICE_STATUS status = {0};
    SERVICE_STATUS_PROCESS shown = {0};
    SC_HANDLE s = OpenServiceW(m, name, SERVICE_STOP | SERVICE_QUERY_STATUS);
    if (!s) return fail(L"OpenService", GetLastError());
    if (!ControlService(s, SERVICE_CONTROL_STOP, &status))
        return fail(L"ControlService", GetLastError());
    memcpy(&shown, &status, sizeof status);
    print_status(name, NULL, &shown, 0);
    return 0;
}

/* ---- name= value ---- */

static wchar_t *value_of(int count, wchar_t **a, const wchar_t *name) {
    size_t n = wcslen(name);
    for (int i = 3; i < count; i++) {
        if (_wcsnicmp(a[i], name, n)) continue;
        if (a[i][n]) return a[i] + n;
        return i + 1 < count ? a[i + 1] : NULL;
    }
    return NULL;
}

static DWORD start_type(const wchar_t *text) {
    static const wchar_t *const names[] = {L"boot", L"system", L"auto", L"demand", L"disabled"};
    for (DWORD i = 0; text && i < 5; i++)
        if (is(text, names[i])) return i;
    return SERVICE_DEMAND_START;
}

static int create(SC_HANDLE m, int count, wchar_t **a) {
    const wchar_t *path = value_of(count, a, L"binPath="), *type = value_of(count, a, L"type=");
    DWORD kinds = is(type, L"kernel")    ? SERVICE_KERNEL_DRIVER
                  : is(type, L"filesys") ? SERVICE_FILE_SYSTEM_DRIVER
                  : is(type, L"share")   ? SERVICE_WIN32_SHARE_PROCESS
                                         : SERVICE_WIN32_OWN_PROCESS;
    const wchar_t *display = value_of(count, a, L"DisplayName=");
    if (count < 4 || !path) return fail(L"CreateService", ERROR_INVALID_PARAMETER);
    SC_HANDLE s =
        CreateServiceW(m, a[2], display ? display : a[2], SERVICE_ALL_ACCESS, kinds,
                       start_type(value_of(count, a, L"start=")), SERVICE_ERROR_NORMAL, path, NULL,
                       NULL, NULL, value_of(count, a, L"obj="), value_of(count, a, L"password="));
    if (!s) return fail(L"CreateService", GetLastError());
    say(L"[SC] CreateService SUCCESS\n");
    return 0;
}

static int change(SC_HANDLE m, int count, wchar_t **a) {
    const wchar_t *how = value_of(count, a, L"start=");
    SC_HANDLE s = OpenServiceW(m, a[2], SERVICE_CHANGE_CONFIG);
    if (!s) return fail(L"OpenService", GetLastError());
    if (!ChangeServiceConfigW(s, SERVICE_NO_CHANGE, how ? start_type(how) : SERVICE_NO_CHANGE,
                              SERVICE_NO_CHANGE, value_of(count, a, L"binPath="), NULL, NULL, NULL,
                              value_of(count, a, L"obj="), value_of(count, a, L"password="),
                              value_of(count, a, L"DisplayName=")))
        return fail(L"ChangeServiceConfig", GetLastError());
    say(L"[SC] ChangeServiceConfig SUCCESS\n");
    return 0;
}

static int describe(SC_HANDLE m, const wchar_t *name, wchar_t *text) {
    SERVICE_DESCRIPTIONW d = {text};
    SC_HANDLE s = OpenServiceW(m, name, SERVICE_CHANGE_CONFIG);
    if (!s) return fail(L"OpenService", GetLastError());
    if (!ChangeServiceConfig2W(s, SERVICE_CONFIG_DESCRIPTION, &d))
        return fail(L"ChangeServiceConfig2", GetLastError());
    say(L"[SC] ChangeServiceConfig2 SUCCESS\n");
    return 0;
}

static int delete_service(SC_HANDLE m, const wchar_t *name) {
    SC_HANDLE s = OpenServiceW(m, name, DELETE);
    if (!s) return fail(L"OpenService", GetLastError());
    if (!DeleteService(s)) return fail(L"DeleteService", GetLastError());
    say(L"[SC] DeleteService SUCCESS\n");
    return 0;
}

static int usage(void) {
    say(L"DESCRIPTION:\n        SC is a command line program used for communicating with the\n"
        L"        Service Control Manager and services.\nUSAGE:\n"
        L"        sc <server> [command] [service name] <option1> <option2>...\n\n");
    return ERROR_INVALID_COMMAND_LINE;
}

int wmain(int count, wchar_t **a) {
    if (count > 1 && !wcsncmp(a[1], L"\\\\", 2)) a++, count--; /* every server is this one */
    if (count < 2) return usage();
    int changes = is(a[1], L"create");
    SC_HANDLE m = OpenSCManagerW(NULL, NULL,
                                 SC_MANAGER_CONNECT | SC_MANAGER_ENUMERATE_SERVICE |
                                     (changes ? SC_MANAGER_CREATE_SERVICE : 0u));
    if (!m) return fail(L"OpenSCManager", GetLastError());
    if (is(a[1], L"query")) return query(m, count, a, 0);
    if (is(a[1], L"queryex")) return query(m, count, a, 1);
    if (count < 3) return usage();
    if (is(a[1], L"qc")) return query_config(m, a[2]);
    if (is(a[1], L"start")) return start(m, a[2]);
    if (is(a[1], L"stop")) return stop(m, a[2]);
    if (is(a[1], L"create")) return create(m, count, a);
    if (is(a[1], L"config")) return change(m, count, a);
    if (is(a[1], L"delete")) return delete_service(m, a[2]);
    if (is(a[1], L"description")) return describe(m, a[2], count > 3 ? a[3] : (wchar_t *)L"");
    return usage();
}
