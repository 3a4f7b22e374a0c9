/* tasklist.exe: processes as the system lists them, as table, list or CSV; /v, /svc, /nh, /fo and
 * /fi with eq, ne, gt, lt. */
#include "stub.h"

#include <winternl.h>

/* SYSTEM_PROCESS_INFORMATION as far as it is read; winternl.h leaves out what is wanted. */
typedef struct {
    ULONG next, threads;
    LARGE_INTEGER times[6];
    UNICODE_STRING name;
    LONG priority;
    HANDLE id, parent;
    ULONG handles, session;
    ULONG_PTR key;
    SIZE_T peak_virtual, virtual_size;
    ULONG faults;
    SIZE_T peak_working_set, working_set;
} ProcessRow;

typedef struct {
    wchar_t name[260], session_name[17], user[256], memory[32], services[1024];
    DWORD id, session;
    unsigned long long memory_k;
} Task;

typedef struct {
    wchar_t what[32], how[4], value[260];
} Filter;

typedef struct {
    Filter filters[8];
    int filter_count, verbose, services, no_header;
    enum { TABLE, LIST, CSV } format;
} Options;

/* ---- reading ---- */

static void group_digits(unsigned long long v, wchar_t *out) {
    wchar_t digits[32];
    int n = _snwprintf(digits, 32, L"%llu", v);
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0) *out++ = L',';
        *out++ = digits[i];
    }
    *out = 0;
}

static void find_user(Task *t) {
    BYTE buffer[256];
    wchar_t name[128], domain[128];
    DWORD n = sizeof buffer, names = 128, domains = 128;
    SID_NAME_USE use;
    HANDLE token = NULL, p = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, t->id);
    wcscpy(t->user, t->id ? L"N/A" : L"NT AUTHORITY\\SYSTEM");
    if (p && OpenProcessToken(p, TOKEN_QUERY, &token) &&
        GetTokenInformation(token, TokenUser, buffer, n, &n) &&
        LookupAccountSidW(NULL, ((TOKEN_USER *)buffer)->User.Sid, name, &names, domain, &domains,
                          &use))
        _snwprintf(t->user, 255, L"%ls\\%ls", domain, name);
    if (token) CloseHandle(token);
    if (p) CloseHandle(p);
}

static void find_services(Task *t, const ENUM_SERVICE_STATUS_PROCESSW *all, DWORD count) {
    for (DWORD i = 0; i < count && t->id; i++) {
        if (all[i].ServiceStatusProcess.dwProcessId != t->id) continue;
        if (*t->services) wcsncat(t->services, L", ", 1023 - wcslen(t->services));
        wcsncat(t->services, all[i].lpServiceName, 1023 - wcslen(t->services));
    }
    if (!*t->services) wcscpy(t->services, L"N/A");
}

static void fill(Task *t, const ProcessRow *p) {
    t->id = (DWORD)(ULONG_PTR)p->id;
    t->session = p->session;
    wcscpy(t->name, L"System Idle Process");
    if (p->name.Length) {
        wcsncpy(t->name, p->name.Buffer, p->name.Length / 2);
        t->name[p->name.Length / 2] = 0;
    }
    wcscpy(t->session_name, t->session ? L"Console" : L"Services");
    t->memory_k = p->working_set / 1024;
    group_digits(t->memory_k, t->memory);
    wcscat(t->memory, L" K");
}

static Task *read_tasks(const Options *o, int *count) {
    ULONG size = 1 << 20, need;
    BYTE *all = malloc(size);
    Task *tasks = calloc(4096, sizeof *tasks);
    ENUM_SERVICE_STATUS_PROCESSW *services = NULL;
    DWORD service_count = 0, n = 0, resume = 0;
    if (o->services) {
        SC_HANDLE m = OpenSCManagerW(NULL, NULL, SC_MANAGER_ENUMERATE_SERVICE);
        services = malloc(1 << 18);
        if (!EnumServicesStatusExW(m, SC_ENUM_PROCESS_INFO, SERVICE_WIN32, SERVICE_ACTIVE,
                                   (BYTE *)services, 1 << 18, &n, &service_count, &resume, NULL))
            service_count = 0;
    }
    *count = 0;
    if (NtQuerySystemInformation(SystemProcessInformation, all, size, &need)) return tasks;
    for (BYTE *at = all; *count < 4096;) {
        const ProcessRow *p = (void *)at;
        Task *t = &tasks[(*count)++];
        fill(t, p);
        if (o->verbose) find_user(t);
        if (o->services) find_services(t, services, service_count);
        if (!p->next) break;
        at += p->next;
    }
    return tasks;
}

/* ---- filters ---- */

static int compares(long long difference, const wchar_t *how) {
    if (is(how, L"eq")) return !difference;
    if (is(how, L"ne")) return difference != 0;
    if (is(how, L"gt")) return difference > 0;
    if (is(how, L"lt")) return difference < 0;
    if (is(how, L"ge")) return difference >= 0;
    return is(how, L"le") && difference <= 0;
}

static int same_text(const wchar_t *text, const wchar_t *pattern) {
    size_t n = wcslen(pattern);
    if (n && pattern[n - 1] == L'*') return !_wcsnicmp(text, pattern, n - 1);
    return is(text, pattern);
}

static int passes(const Task *t, const Filter *f) {
    long long number = wcstol(f->value, NULL, 10);
    if (is(f->what, L"imagename")) return compares(!same_text(t->name, f->value), f->how);
    if (is(f->what, L"username")) return compares(!same_text(t->user, f->value), f->how);
    if (is(f->what, L"pid")) return compares((long long)t->id - number, f->how);
    if (is(f->what, L"session")) return compares((long long)t->session - number, f->how);
    if (is(f->what, L"memusage")) return compares((long long)t->memory_k - number, f->how);
    return 1;
}

static int chosen(const Task *t, const Options *o) {
    for (int i = 0; i < o->filter_count; i++)
        if (!passes(t, &o->filters[i])) return 0;
    return 1;
}

/* ---- printing ---- */

typedef struct {
    const wchar_t *title;
    int width, right;
} Column;

enum { MOST_COLUMNS = 9 };

static int columns_of(const Options *o, Column *c) {
    static const Column base[] = {{L"Image Name", 25, 0},
                                  {L"PID", 8, 1},
                                  {L"Session Name", 16, 0},
                                  {L"Session#", 11, 1},
                                  {L"Mem Usage", 12, 1}};
    static const Column more[] = {
        {L"Status", 15, 0}, {L"User Name", 50, 0}, {L"CPU Time", 12, 1}, {L"Window Title", 72, 0}};
    memcpy(c, base, sizeof base);
    if (o->services) {
        c[2] = (Column){L"Services", 44, 0};
        return 3;
    }
    if (!o->verbose) return 5;
    memcpy(c + 5, more, sizeof more);
    return 9;
}

static void values_of(const Task *t, const Options *o, const wchar_t **v) {
    static wchar_t id[16], session[16];
    _snwprintf(id, 16, L"%lu", t->id);
    _snwprintf(session, 16, L"%lu", t->session);
    v[0] = t->name;
    v[1] = id;
    v[2] = o->services ? t->services : t->session_name;
    v[3] = session;
    v[4] = t->memory;
    v[5] = t->session ? L"Running" : L"Unknown";
    v[6] = t->user;
    v[7] = L"0:00:00";
    v[8] = L"N/A";
}

static void head(const Options *o) {
    Column c[MOST_COLUMNS];
    int n = columns_of(o, c);
    if (o->no_header || o->format == LIST) return;
    for (int i = 0; i < n && o->format == CSV; i++) say(i ? L",\"%ls\"" : L"\"%ls\"", c[i].title);
    if (o->format == CSV) {
        say(L"\n");
        return;
    }
    say(L"\n");
    for (int i = 0; i < n; i++)
        say(c[i].right ? L"%ls%*ls" : L"%ls%-*ls", i ? L" " : L"", c[i].width, c[i].title);
    say(L"\n");
    for (int i = 0; i < n; i++) {
        if (i) say(L" ");
        for (int k = 0; k < c[i].width; k++) say(L"=");
    }
    say(L"\n");
}

static void print_task(const Task *t, const Options *o) {
    Column c[MOST_COLUMNS];
    const wchar_t *v[MOST_COLUMNS];
    int n = columns_of(o, c);
    values_of(t, o, v);
    if (o->format == LIST) say(L"\n");
    for (int i = 0; i < n; i++) {
        if (o->format == CSV) say(i ? L",\"%ls\"" : L"\"%ls\"", v[i]);
        else if (o->format == LIST)
            say(L"%ls:%*ls%ls\n", c[i].title, 13 - (int)wcslen(c[i].title), L"", v[i]);
        else
            say(c[i].right ? L"%ls%*.*ls" : L"%ls%-*.*ls", i ? L" " : L"", c[i].width, c[i].width,
                v[i]);
    }
    if (o->format != LIST) say(L"\n");
}

/* ---- arguments ---- */

static int read_options(int count, wchar_t **a, Options *o) {
    for (int i = 1; i < count; i++) {
        if (is_option(a[i], L"v")) o->verbose = 1;
        else if (is_option(a[i], L"svc")) o->services = 1;
        else if (is_option(a[i], L"nh")) o->no_header = 1;
        else if (is_option(a[i], L"fo") && i + 1 < count) {
            i++;
            o->format = is(a[i], L"csv") ? CSV : is(a[i], L"list") ? LIST : TABLE;
        } else if (is_option(a[i], L"fi") && i + 1 < count && o->filter_count < 8) {
            Filter *f = &o->filters[o->filter_count++];
            if (swscanf(a[++i], L"%31ls %3ls %259l[^\n]", f->what, f->how, f->value) < 3) return 0;
            if (is(f->what, L"username")) o->verbose |= 2;
        } else if (!is_option(a[i], L"m")) {
            return 0;
        }
    }
    return 1;
}

int wmain(int count, wchar_t **arguments) {
    Options o = {.filter_count = 0};
    int tasks, shown = 0;
    if (!read_options(count, arguments, &o)) {
        complain(L"ERROR: Invalid argument/option - '%ls'.\nType \"TASKLIST /?\" for usage.\n",
                 arguments[1]);
        return 1;
    }
    Task *all = read_tasks(&o, &tasks);
    o.verbose &= 1;
    for (int i = 0; i < tasks; i++) {
        if (!chosen(&all[i], &o)) continue;
        if (!shown++) head(&o);
        print_task(&all[i], &o);
    }
    if (!shown) say(L"INFO: No tasks are running which match the specified criteria.\n");
    return 0;
}
