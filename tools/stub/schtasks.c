/* schtasks.exe: create, delete, run, end, change, query. It asks the task scheduler itself
 * (ITaskSchedulerService, MS-TSCH 3.2.5.4), as Windows' does beneath taskschd.dll, of which Wine
 * has neither triggers nor arguments. */
#include "stub.h"
#include <rpc.h>
#include <rpcndr.h>
#include <shlwapi.h>

enum { REGISTER = 1, ENUMERATE = 7, RUN = 12, REMOVE = 13, INFORMATION = 17, ENABLE = 19 };
enum { TASK_CREATE = 2, TASK_CREATE_OR_UPDATE = 6, MOST_NAMES = 256, TEXT = 1 << 14 };

#define ALREADY_EXISTS ((HRESULT)0x800700b7)

/* ---- remote calls ---- */

static const RPC_CLIENT_INTERFACE scheduler = {
    sizeof(RPC_CLIENT_INTERFACE),
    {{0x86d35949, 0x83c9, 0x4044, {0xb4, 0x24, 0xdb, 0x36, 0x32, 0x31, 0xfd, 0x0c}}, {1, 0}},
    {{0x8a885d04, 0x1ceb, 0x11c9, {0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60}}, {2, 0}},
    NULL,
    0,
    NULL,
    0,
    NULL,
    0};

typedef struct {
    BYTE bytes[4 * TEXT];
    DWORD n;
} Stub;

static void put(Stub *s, DWORD value) {
    s->n = (s->n + 3) & ~3u;
    memcpy(s->bytes + s->n, &value, 4);
    s->n += 4;
}

static void put_text(Stub *s, const wchar_t *text) {
    DWORD units = (DWORD)wcslen(text) + 1;
    put(s, units);
    put(s, 0);
    put(s, units);
    memcpy(s->bytes + s->n, text, 2 * units);
    s->n += 2 * units;
}

/* The result, which ends every answer; the answer's other values go to *out. */
static HRESULT call(unsigned function, Stub *in, Stub *out) {
    static RPC_BINDING_HANDLE binding;
    RPC_WSTR text;
    HRESULT result = E_FAIL;
    if (!binding && (RpcStringBindingComposeW(NULL, (RPC_WSTR)L"ncalrpc", NULL, (RPC_WSTR)L"atsvc",
                                              NULL, &text) ||
                     RpcBindingFromStringBindingW(text, &binding)))
        return result;
    RPC_MESSAGE m = {.Handle = binding,
                     .DataRepresentation = NDR_LOCAL_DATA_REPRESENTATION,
                     .BufferLength = in->n,
                     .ProcNum = function,
                     .RpcInterfaceInformation = (void *)&scheduler};
    if (I_RpcGetBuffer(&m)) return result;
    memcpy(m.Buffer, in->bytes, in->n);
    m.BufferLength = in->n;
    if (I_RpcSendReceive(&m)) return result;
    if (m.BufferLength >= 4) memcpy(&result, (BYTE *)m.Buffer + m.BufferLength - 4, 4);
    if (out && m.BufferLength <= sizeof out->bytes) {
        memcpy(out->bytes, m.Buffer, m.BufferLength);
        out->n = m.BufferLength;
    }
    I_RpcFreeBuffer(&m);
    return result;
}

static Stub stub, answer;

static Stub *task_stub(const wchar_t *name) {
    stub.n = 0;
    put_text(&stub, name);
    return &stub;
}

static HRESULT register_task(const wchar_t *name, const wchar_t *xml, DWORD flags) {
    stub.n = 0;
    put(&stub, 0x20000);
    put_text(&stub, name);
    put_text(&stub, xml);
    put(&stub, flags);
    for (int i = 0; i < 4; i++) put(&stub, 0); /* security, how to log on, credentials */
    return call(REGISTER, &stub, NULL);
}

/* ---- options ---- */

static int count_of;
static wchar_t **arguments_of;

/* What follows an option; NULL: it is not there. */
static const wchar_t *value(const wchar_t *option) {
    int i = has_option(count_of, arguments_of, 2, option);
    return i && i + 1 < count_of ? arguments_of[i + 1] : NULL;
}

/* Every task lies below the root. */
static const wchar_t *task_name(void) {
    static wchar_t name[512];
    const wchar_t *given = value(L"tn");
    if (given) _snwprintf(name, 511, L"%ls%ls", *given == L'\\' ? L"" : L"\\", given);
    return given ? name : NULL;
}

static int missing(const wchar_t *option) {
    complain(L"ERROR: Invalid syntax. Mandatory option '%ls' is missing.\n"
             L"Type \"SCHTASKS /%ls /?\" for usage.\n",
             option, arguments_of[1] + 1);
    return 1;
}

static int does_not_exist(const wchar_t *name) {
    complain(L"ERROR: The specified task name \"%ls\" does not exist in the system.\n", name + 1);
    return 1;
}

/* Asked without /f; nobody answers but who wrote to our input. */
static int agrees(const wchar_t *question) {
    char answer_text[8] = "";
    DWORD n = 0;
    if (has_option(count_of, arguments_of, 2, L"f")) return 1;
    say(question, task_name() + 1);
    ReadFile(GetStdHandle(STD_INPUT_HANDLE), answer_text, 1, &n, NULL);
    return n && (*answer_text == 'y' || *answer_text == 'Y');
}

/* ---- XML ---- */

static wchar_t xml[TEXT];

static void add(const wchar_t *format, ...) {
    size_t n = wcslen(xml);
    va_list args;
    va_start(args, format);
    _vsnwprintf(xml + n, TEXT - 1 - n, format, args);
    va_end(args);
}

static void add_escaped(const wchar_t *text, size_t n) {
    for (size_t i = 0; i < n && text[i]; i++) switch (text[i]) {
        case L'&': add(L"&amp;"); break;
        case L'<': add(L"&lt;"); break;
        case L'>': add(L"&gt;"); break;
        case L'"': add(L"&quot;"); break;
        default: add(L"%lc", text[i]); break;
        }
}

/* /st HH:MM and /sd in the order of the user's locale; without them, now. */
static void add_start(void) {
    SYSTEMTIME t;
    unsigned hour, minute, a, b, year;
    wchar_t order[4] = L"0";
    GetLocalTime(&t);
    GetLocaleInfoW(LOCALE_USER_DEFAULT, LOCALE_IDATE, order, 4);
    if (value(L"st") && swscanf(value(L"st"), L"%u:%u", &hour, &minute) == 2)
        t.wHour = (WORD)hour, t.wMinute = (WORD)minute, t.wSecond = 0;
    if (value(L"sd") && swscanf(value(L"sd"), L"%u%*1[/.-]%u%*1[/.-]%u", &a, &b, &year) == 3) {
        int day_first = *order == L'1', year_first = *order == L'2';
        t.wYear = (WORD)(year_first ? a : year);
        t.wMonth = (WORD)(day_first ? b : year_first ? b : a);
        t.wDay = (WORD)(day_first ? a : year_first ? year : b);
    }
    add(L"<StartBoundary>%04u-%02u-%02uT%02u:%02u:%02u</StartBoundary>", t.wYear, t.wMonth, t.wDay,
        t.wHour, t.wMinute, t.wSecond);
}

static void add_days(void) {
    static const wchar_t *const names[][2] = {
        {L"SUN", L"Sunday"},   {L"MON", L"Monday"}, {L"TUE", L"Tuesday"}, {L"WED", L"Wednesday"},
        {L"THU", L"Thursday"}, {L"FRI", L"Friday"}, {L"SAT", L"Saturday"}};
    SYSTEMTIME t;
    const wchar_t *days = value(L"d");
    GetLocalTime(&t);
    add(L"<DaysOfWeek>");
    for (unsigned i = 0; i < 7; i++)
        if (days ? StrStrIW(days, names[i][0]) || is(days, L"*") : t.wDayOfWeek == i)
            add(L"<%ls/>", names[i][1]);
    add(L"</DaysOfWeek>");
}

/* False: no schedule of that name. */
static int add_trigger(const wchar_t *schedule) {
    int every = value(L"mo") ? _wtoi(value(L"mo")) : 1;
    int minutes = is(schedule, L"minute"), hourly = is(schedule, L"hourly");
    if (is(schedule, L"once") || minutes || hourly) {
        add(L"<TimeTrigger>");
        if (!is(schedule, L"once"))
            add(L"<Repetition><Interval>PT%d%lc</Interval></Repetition>", every,
                minutes ? L'M' : L'H');
        add_start();
        add(L"</TimeTrigger>");
    } else if (is(schedule, L"daily") || is(schedule, L"weekly") || is(schedule, L"monthly")) {
        add(L"<CalendarTrigger>");
        add_start();
        if (is(schedule, L"daily"))
            add(L"<ScheduleByDay><DaysInterval>%d</DaysInterval></ScheduleByDay>", every);
        if (is(schedule, L"monthly")) add(L"<ScheduleByMonth/>");
        if (is(schedule, L"weekly")) {
            add(L"<ScheduleByWeek><WeeksInterval>%d</WeeksInterval>", every);
            add_days();
            add(L"</ScheduleByWeek>");
        }
        add(L"</CalendarTrigger>");
    } else if (is(schedule, L"onlogon")) {
        add(L"<LogonTrigger><Enabled>true</Enabled></LogonTrigger>");
    } else if (is(schedule, L"onstart")) {
        add(L"<BootTrigger><Enabled>true</Enabled></BootTrigger>");
    } else if (is(schedule, L"onidle")) {
        add(L"<IdleTrigger><Enabled>true</Enabled></IdleTrigger>");
    } else {
        return 0;
    }
    return 1;
}

/* "C:\a b.exe" x, or C:\a.exe x */
static void add_action(const wchar_t *run) {
    int quoted = *run == L'"' || *run == L'\'';
    wchar_t quote[] = {quoted ? *run : L' ', 0};
    size_t n = wcscspn(run + quoted, quote);
    const wchar_t *rest = run + quoted + n;
    if (quoted && *rest) rest++;
    while (*rest == L' ') rest++;
    add(L"<Exec><Command>");
    add_escaped(run + quoted, n);
    add(L"</Command>");
    if (*rest) {
        add(L"<Arguments>");
        add_escaped(rest, wcslen(rest));
        add(L"</Arguments>");
    }
    add(L"</Exec>");
}

static int make_xml(const wchar_t *schedule, const wchar_t *run) {
    const wchar_t *user = value(L"ru");
    add(L"<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<Task version=\"1.2\" "
        L"xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\"><RegistrationInfo/"
        L"><Triggers>");
    if (!add_trigger(schedule)) {
        complain(L"ERROR: Invalid syntax. Value expected for '/sc'.\n");
        return 0;
    }
    add(L"</Triggers><Principals><Principal id=\"Author\">");
    if (user) {
        int system = is(user, L"system") || is(user, L"nt authority\\system") || !*user;
        add(L"<UserId>");
        add_escaped(system ? L"S-1-5-18" : user, TEXT);
        add(L"</UserId>");
    }
    add(L"<RunLevel>%ls</RunLevel></Principal></Principals><Settings><Enabled>true</Enabled></"
        L"Settings>"
        L"<Actions Context=\"Author\">",
        is(value(L"rl"), L"highest") ? L"HighestAvailable" : L"LeastPrivilege");
    add_action(run);
    add(L"</Actions></Task>");
    return 1;
}

/* A file in UTF-16 with its mark, or in UTF-8. */
static int read_xml(const wchar_t *path) {
    static BYTE bytes[TEXT];
    DWORD n = 0;
    HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) {
        complain(L"ERROR: The system cannot find the file specified.\n");
        return 0;
    }
    ReadFile(file, bytes, sizeof bytes - 2, &n, NULL);
    CloseHandle(file);
    if (n >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe) memcpy(xml, bytes + 2, n - 2);
    else MultiByteToWideChar(CP_UTF8, 0, (char *)bytes, (int)n, xml, TEXT - 1);
    return 1;
}

/* ---- commands ---- */

static int create(void) {
    const wchar_t *name = task_name(), *schedule = value(L"sc"), *run = value(L"tr"),
                  *file = value(L"xml");
    if (!name) return missing(L"/tn");
    if (!file && !schedule) return missing(L"/sc");
    if (!file && !run) return missing(L"/tr");
    if (!(file ? read_xml(file) : make_xml(schedule, run))) return 1;
    HRESULT result = register_task(name, xml, TASK_CREATE);
    if (result == ALREADY_EXISTS) {
        if (!agrees(L"WARNING: The task name \"%ls\" already exists. Do you want to replace it "
                    L"(Y/N)? "))
            return 1;
        result = register_task(name, xml, TASK_CREATE_OR_UPDATE);
    }
    if (FAILED(result)) {
        complain(L"ERROR: The task could not be created (0x%08lx).\n", result);
        return 1;
    }
    say(L"SUCCESS: The scheduled task \"%ls\" has successfully been created.\n", name + 1);
    return 0;
}

static int remove_task(void) {
    const wchar_t *name = task_name();
    if (!name) return missing(L"/tn");
    if (FAILED(call(INFORMATION, task_stub(name), NULL))) return does_not_exist(name);
    if (!agrees(L"WARNING: Are you sure you want to remove the task \"%ls\" (Y/N)? ")) return 0;
    if (FAILED(call(REMOVE, task_stub(name), NULL))) return does_not_exist(name);
    say(L"SUCCESS: The scheduled task \"%ls\" was successfully deleted.\n", name + 1);
    return 0;
}

static int run(void) {
    const wchar_t *name = task_name();
    if (!name) return missing(L"/tn");
    Stub *s = task_stub(name);
    for (int i = 0; i < 5; i++) put(s, 0); /* parameters, flags, session, user */
    if (FAILED(call(RUN, s, NULL))) return does_not_exist(name);
    say(L"SUCCESS: Attempted to run the scheduled task \"%ls\".\n", name + 1);
    return 0;
}

static int change(void) {
    const wchar_t *name = task_name();
    int enable = has_option(count_of, arguments_of, 2, L"enable");
    if (!name) return missing(L"/tn");
    if (!enable && !has_option(count_of, arguments_of, 2, L"disable")) return missing(L"/enable");
    Stub *s = task_stub(name);
    put(s, enable != 0);
    if (FAILED(call(ENABLE, s, NULL))) return does_not_exist(name);
    say(L"SUCCESS: The parameters of scheduled task \"%ls\" have been changed.\n", name + 1);
    return 0;
}

static void print_task(const wchar_t *name) {
    const wchar_t *format = value(L"fo");
    wchar_t host[MAX_COMPUTERNAME_LENGTH + 1] = L"";
    DWORD n = MAX_COMPUTERNAME_LENGTH + 1;
    GetComputerNameW(host, &n);
    if (is(format, L"list"))
        say(L"HostName:      %ls\nTaskName:      \\%ls\nNext Run Time: N/A\nStatus:        Ready\n"
            L"Logon Mode:    Interactive only\n\n",
            host, name);
    else if (is(format, L"csv")) say(L"\"\\%ls\",\"N/A\",\"Ready\"\n", name);
    else say(L"%-40.40ls %-22ls %-15ls\n", name, L"N/A", L"Ready");
}

static void print_heading(void) {
    const wchar_t *format = value(L"fo");
    if (has_option(count_of, arguments_of, 2, L"nh")) return;
    if (is(format, L"csv")) say(L"\"TaskName\",\"Next Run Time\",\"Status\"\n");
    else if (is(format, L"list")) say(L"\nFolder: \\\n");
    else
        say(L"\nFolder: \\\nTaskName                                 Next Run Time          Status "
            L"        \n"
            L"======================================== ====================== ===============\n");
}

/* The names in the root: each a pointer, then each a text. */
static int query_all(void) {
    stub.n = 0;
    put_text(&stub, L"\\");
    put(&stub, 0);
    put(&stub, 0);
    put(&stub, MOST_NAMES);
    if (FAILED(call(ENUMERATE, &stub, &answer))) return 1;
    const DWORD *words = (const DWORD *)answer.bytes;
    DWORD count = words[1], at = (4 + count) * 4;
    print_heading();
    for (DWORD i = 0; count <= MOST_NAMES && i < count && at + 12 < answer.n; i++) {
        DWORD units = *(const DWORD *)(answer.bytes + at + 8);
        print_task((const wchar_t *)(answer.bytes + at + 12));
        at = (at + 12 + 2 * units + 3) & ~3u;
    }
    return 0;
}

static int query(void) {
    const wchar_t *name = task_name();
    if (!name) return query_all();
    if (FAILED(call(INFORMATION, task_stub(name), NULL))) {
        complain(L"ERROR: The system cannot find the file specified.\n");
        return 1;
    }
    print_heading();
    print_task(name + 1);
    return 0;
}

int wmain(int count, wchar_t **arguments) {
    count_of = count;
    arguments_of = arguments;
    if (count < 2 || is_option(arguments[1], L"query")) return query();
    if (is_option(arguments[1], L"create")) return create();
    if (is_option(arguments[1], L"delete")) return remove_task();
    if (is_option(arguments[1], L"run")) return run();
    if (is_option(arguments[1], L"end")) {
        if (!task_name()) return missing(L"/tn");
        say(L"SUCCESS: The scheduled task \"%ls\" has been terminated successfully.\n",
            task_name() + 1);
        return 0;
    }
    if (is_option(arguments[1], L"change")) return change();
    complain(L"ERROR: Invalid argument/option - '%ls'.\nType \"SCHTASKS /?\" for usage.\n",
             arguments[1]);
    return 1;
}
