/* wmic.exe: ALIAS|path CLASS [where CONDITION] get|list|delete|call create, with /namespace, /node,
 * /format, /value. It asks WMI itself. */
#define COBJMACROS
#include "stub.h"

#include <wbemidl.h>

enum { MOST_COLUMNS = 128, MOST_ROWS = 1024 };

typedef struct {
    wchar_t namespace[128], class[128], condition[1024], columns[1024];
    const wchar_t *format;
} Query;

static const wchar_t *const aliases[][2] = {
    {L"baseboard", L"Win32_BaseBoard"},
    {L"bios", L"Win32_BIOS"},
    {L"computersystem", L"Win32_ComputerSystem"},
    {L"cpu", L"Win32_Processor"},
    {L"csproduct", L"Win32_ComputerSystemProduct"},
    {L"datafile", L"CIM_DataFile"},
    {L"desktopmonitor", L"Win32_DesktopMonitor"},
    {L"diskdrive", L"Win32_DiskDrive"},
    {L"environment", L"Win32_Environment"},
    {L"group", L"Win32_Group"},
    {L"logicaldisk", L"Win32_LogicalDisk"},
    {L"memorychip", L"Win32_PhysicalMemory"},
    {L"netuse", L"Win32_NetworkConnection"},
    {L"nic", L"Win32_NetworkAdapter"},
    {L"nicconfig", L"Win32_NetworkAdapterConfiguration"},
    {L"ntdomain", L"Win32_NTDomain"},
    {L"nteventlog", L"Win32_NTEventlogFile"},
    {L"os", L"Win32_OperatingSystem"},
    {L"pagefile", L"Win32_PageFileUsage"},
    {L"partition", L"Win32_DiskPartition"},
    {L"printer", L"Win32_Printer"},
    {L"process", L"Win32_Process"},
    {L"product", L"Win32_Product"},
    {L"qfe", L"Win32_QuickFixEngineering"},
    {L"service", L"Win32_Service"},
    {L"shadowcopy", L"Win32_ShadowCopy"},
    {L"share", L"Win32_Share"},
    {L"sounddev", L"Win32_SoundDevice"},
    {L"startup", L"Win32_StartupCommand"},
    {L"sysaccount", L"Win32_SystemAccount"},
    {L"sysdriver", L"Win32_SystemDriver"},
    {L"systemenclosure", L"Win32_SystemEnclosure"},
    {L"timezone", L"Win32_TimeZone"},
    {L"useraccount", L"Win32_UserAccount"},
    {L"volume", L"Win32_Volume"},
};

static int fail(const wchar_t *text) {
    complain(L"%ls\n", text);
    return 44124;
}

/* ---- values ---- */

/* As wmic writes them: TRUE, {"a","b"}; nothing for NULL. */
static wchar_t *text_of(VARIANT *v) {
    wchar_t *out = calloc(STUB_TEXT, sizeof *out);
    VARIANT text;
    VariantInit(&text);
    if (V_VT(v) == VT_BOOL) return wcscpy(out, V_BOOL(v) ? L"TRUE" : L"FALSE");
    if (V_VT(v) == (VT_ARRAY | VT_BSTR)) {
        LONG most = -1;
        SafeArrayGetUBound(V_ARRAY(v), 1, &most);
        wcscpy(out, L"{");
        for (LONG i = 0; i <= most; i++) {
            BSTR one = NULL;
            SafeArrayGetElement(V_ARRAY(v), &i, &one);
            _snwprintf(out + wcslen(out), STUB_TEXT / 8, i ? L",\"%ls\"" : L"\"%ls\"", one);
        }
        return wcscat(out, L"}");
    }
    if (V_VT(v) != VT_NULL && V_VT(v) != VT_EMPTY && !VariantChangeType(&text, v, 0, VT_BSTR))
        wcsncpy(out, V_BSTR(&text), STUB_TEXT - 1);
    return out;
}

typedef struct {
    wchar_t *names[MOST_COLUMNS];
    wchar_t **rows[MOST_ROWS];
    int columns, count;
} Table;

static int compare(const void *a, const void *b) {
    return _wcsicmp(*(wchar_t *const *)a, *(wchar_t *const *)b);
}

static void add_column(Table *t, const wchar_t *name) {
    if (t->columns < MOST_COLUMNS && *name) t->names[t->columns++] = _wcsdup(name);
}

/* Whether a column was asked for; all are where none was. */
static bool is_wanted(const Query *q, const wchar_t *name) {
    size_t n = wcslen(name);
    if (!*q->columns) return true;
    for (const wchar_t *at = q->columns; *at; at += wcscspn(at, L",") + 1)
        if (wcscspn(at, L",") == n && !_wcsnicmp(at, name, n)) return true;
    return false;
}

/* The columns that were asked for, as the class spells them, in the order of their names. */
static void read_columns(Table *t, const Query *q, IWbemClassObject *first) {
    BSTR name;
    if (IWbemClassObject_BeginEnumeration(first, WBEM_FLAG_NONSYSTEM_ONLY)) return;
    while (IWbemClassObject_Next(first, 0, &name, NULL, NULL, NULL) == S_OK)
        if (is_wanted(q, name)) add_column(t, name);
    IWbemClassObject_EndEnumeration(first);
    qsort(t->names, (size_t)t->columns, sizeof *t->names, compare);
}

static void add_row(Table *t, IWbemClassObject *object) {
    if (t->count == MOST_ROWS) return;
    wchar_t **row = calloc(MOST_COLUMNS, sizeof *row);
    for (int i = 0; i < t->columns; i++) {
        VARIANT v;
        VariantInit(&v);
        row[i] = IWbemClassObject_Get(object, t->names[i], 0, &v, NULL, NULL) ? NULL : text_of(&v);
    }
    t->rows[t->count++] = row;
}

/* ---- writing ---- */

static const wchar_t *cell(const Table *t, int row, int column) {
    return t->rows[row][column] ? t->rows[row][column] : L"";
}

static void write_table(const Table *t) {
    int width[MOST_COLUMNS];
    for (int i = 0; i < t->columns; i++) {
        width[i] = (int)wcslen(t->names[i]);
        for (int r = 0; r < t->count; r++)
            if ((int)wcslen(cell(t, r, i)) > width[i]) width[i] = (int)wcslen(cell(t, r, i));
    }
    for (int r = -1; r < t->count; r++) {
        for (int i = 0; i < t->columns; i++)
            say(L"%-*ls  ", width[i], r < 0 ? t->names[i] : cell(t, r, i));
        say(L"\n");
    }
    say(L"\n");
}

static void write_list(const Table *t) {
    for (int r = 0; r < t->count; r++) {
        say(L"\n\n");
        for (int i = 0; i < t->columns; i++) say(L"%ls=%ls\n", t->names[i], cell(t, r, i));
    }
    say(L"\n\n\n");
}

static void write_csv(const Table *t) {
    wchar_t computer[256] = L"";
    DWORD n = 256;
    GetComputerNameW(computer, &n);
    say(L"\nNode");
    for (int i = 0; i < t->columns; i++) say(L",%ls", t->names[i]);
    say(L"\n");
    for (int r = 0; r < t->count; r++) {
        say(L"%ls", computer);
        for (int i = 0; i < t->columns; i++) say(L",%ls", cell(t, r, i));
        say(L"\n");
    }
}

static void write_out(const Table *t, const wchar_t *format) {
    if (is(format, L"list") || is(format, L"value")) write_list(t);
    else if (is(format, L"csv")) write_csv(t);
    else write_table(t);
}

/* ---- asking ---- */

static IEnumWbemClassObject *ask(const Query *q) {
    IWbemLocator *locator = NULL;
    IWbemServices *services = NULL;
    IEnumWbemClassObject *found = NULL;
    wchar_t text[2048];
    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    if (CoCreateInstance(&CLSID_WbemLocator, NULL, CLSCTX_INPROC_SERVER, &IID_IWbemLocator,
                         (void **)&locator))
        return NULL;
    if (IWbemLocator_ConnectServer(locator, SysAllocString(q->namespace), NULL, NULL, NULL, 0, NULL,
                                   NULL, &services))
        return NULL;
    _snwprintf(text, 2048, *q->condition ? L"SELECT * FROM %ls WHERE %ls" : L"SELECT * FROM %ls",
               q->class, q->condition);
    IWbemServices_ExecQuery(services, SysAllocString(L"WQL"), SysAllocString(text),
                            WBEM_FLAG_RETURN_IMMEDIATELY, NULL, &found);
    return found;
}

static int get(const Query *q) {
    static Table t;
    IEnumWbemClassObject *found = ask(q);
    IWbemClassObject *object;
    ULONG n = 0;
    while (found && IEnumWbemClassObject_Next(found, 10000, 1, &object, &n) == S_OK && n) {
        if (!t.columns) read_columns(&t, q, object);
        add_row(&t, object);
    }
    if (t.count) write_out(&t, q->format);
    else complain(L"No Instance(s) Available.\n");
    return 0;
}

/* ---- doing ---- */

static int create_process(wchar_t *command) {
    STARTUPINFOW start = {.cb = sizeof start};
    PROCESS_INFORMATION process = {0};
    size_t n = wcslen(command);
    if (n > 1 && command[0] == L'\'' && command[n - 1] == L'\'') command[n - 1] = 0, command++;
    say(L"Executing (Win32_Process)->Create()\n");
    BOOL good = CreateProcessW(NULL, command, NULL, NULL, FALSE, CREATE_NEW_CONSOLE, NULL, NULL,
                               &start, &process);
    DWORD result = good ? 0 : GetLastError() == ERROR_FILE_NOT_FOUND ? 9 : 8;
    say(L"Method execution successful.\nOut Parameters:\ninstance of __PARAMETERS\n{\n");
    if (good) say(L"\tProcessId = %lu;\n", process.dwProcessId);
    say(L"\tReturnValue = %lu;\n};\n\n", result);
    return 0;
}

/* Of a process: ends each that the condition meets. Nothing else can be deleted. */
static int delete_found(const Query *q) {
    IEnumWbemClassObject *found = ask(q);
    IWbemClassObject *object;
    ULONG n = 0;
    int count = 0;
    while (found && IEnumWbemClassObject_Next(found, 10000, 1, &object, &n) == S_OK && n) {
        VARIANT path, id;
        VariantInit(&path);
        VariantInit(&id);
        IWbemClassObject_Get(object, L"__PATH", 0, &path, NULL, NULL);
        say(L"Deleting instance %ls\n", text_of(&path));
        if (is(q->class, L"Win32_Process") &&
            !IWbemClassObject_Get(object, L"ProcessId", 0, &id, NULL, NULL)) {
            HANDLE process = OpenProcess(PROCESS_TERMINATE, FALSE, (DWORD)V_I4(&id));
            if (process && TerminateProcess(process, 1)) say(L"Instance deletion successful.\n");
        }
        count++;
    }
    if (!count) complain(L"No Instance(s) Available.\n");
    return 0;
}

/* ---- the command line ---- */

static int take_switch(Query *q, const wchar_t *word) {
    const wchar_t *value = wcschr(word, L':');
    if (*word != L'/' && *word != L'-') return 0;
    if (is_option(word, L"namespace") && value)
        wcsncpy(q->namespace, !wcsncmp(value + 1, L"\\\\", 2) ? value + 3 : value + 1, 127);
    if (is_option(word, L"format") && value) q->format = value + 1;
    if (is_option(word, L"value")) q->format = L"list";
    return 1;
}

/* Where a wmic has the brackets and quotes that cmd needs, WQL has none. */
static void take_condition(Query *q, const wchar_t *word) {
    wcsncpy(q->condition, word, 1023);
    size_t n = wcslen(q->condition);
    if (n > 1 && q->condition[0] == L'(' && q->condition[n - 1] == L')') {
        q->condition[n - 1] = 0;
        memmove(q->condition, q->condition + 1, n * sizeof(wchar_t));
    }
}

static bool take_class(Query *q, const wchar_t *word) {
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (is(word, aliases[i][0])) wcscpy(q->class, aliases[i][1]);
    return *q->class;
}

int wmain(int count, wchar_t **a) {
    Query q = {.namespace = L"root\\cimv2", .format = L"table"};
    const wchar_t *verb = NULL;
    wchar_t *command = NULL;
    for (int i = 1; i < count; i++) {
        if (take_switch(&q, a[i])) continue;
        if (is(a[i], L"path") && i + 1 < count) wcsncpy(q.class, a[++i], 127);
        else if (is(a[i], L"where") && i + 1 < count) take_condition(&q, a[++i]);
        else if (!*q.class && take_class(&q, a[i])) continue;
        else if (!*q.class) return fail(L"Alias not found.");
        else if (!verb) verb = a[i];
        else if (is(verb, L"call") && is(a[i], L"create") && i + 1 < count) command = a[++i];
        else if (is(verb, L"get") && wcslen(q.columns) + wcslen(a[i]) < 1000)
            wcscat(wcscat(q.columns, a[i]), L",");
    }
    if (!*q.class) return fail(L"Invalid Global Switch.");
    if (is(verb, L"call") && command) return create_process(command);
    if (is(verb, L"delete") || (is(verb, L"call") && is(q.class, L"Win32_Process")))
        return delete_found(&q);
    if (verb && !is(verb, L"get") && !is(verb, L"list")) return fail(L"Invalid Verb.");
    return get(&q);
}
