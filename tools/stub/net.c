/* net.exe and net1.exe: accounts, groups, services, shares. */
#include "stub.h"

#include <dsgetdc.h>
#include <lm.h>

enum { RULE = 79, PER_LINE = 3, COLUMN = 25 };

/* ---- how net.exe ends ---- */

static int done(void) {
    say(L"The command completed successfully.\n\n");
    return 0;
}

/* Messages of the network software have numbers that NET HELPMSG explains. */
static int network_error(DWORD code, const wchar_t *text) {
    complain(L"%ls\n\nMore help is available by typing NET HELPMSG %lu.\n\n", text, code);
    return 2;
}

static const wchar_t *network_text(DWORD code) {
    switch (code) {
    case 2185: return L"The service name is invalid.";
    case 2220: return L"The group name could not be found.";
    case 2221: return L"The user name could not be found.";
    case 2224: return L"The account already exists.";
    case 2250: return L"The network connection could not be found.";
    case 3515: return L"This command can be used only on a Windows Domain Controller.";
    case 3521: return L"The service is not started.";
    default: return NULL;
    }
}

/* In Windows' words, which Wine's tables do not have. */
static const wchar_t *system_text(DWORD code) {
    switch (code) {
    case 5: return L"Access is denied.";
    case 53: return L"The network path was not found.";
    case 67: return L"The network name cannot be found.";
    case 85: return L"The local device name is already in use.";
    case 86: return L"The specified network password is not correct.";
    case 1219:
        return L"Multiple connections to a server or shared resource by the same user, using more "
               L"than one user name, are not allowed. Disconnect all previous connections to the "
               L"server or shared resource and try again.";
    case 1326: return L"The user name or password is incorrect.";
    case 1355: return L"The specified domain either does not exist or could not be contacted.";
    case 1378: return L"The specified account name is already a member of the group.";
    default: return NULL;
    }
}

static int fail(DWORD code) {
    wchar_t text[512] = L"";
    if (network_text(code)) return network_error(code, network_text(code));
    if (system_text(code)) wcscpy(text, system_text(code));
    else if (!FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, code,
                             0, text, 512, NULL))
        wcscpy(text, L"\r\n");
    text[wcscspn(text, L"\r\n")] = 0;
    complain(L"System error %lu has occurred.\n\n%ls\n\n", code, text);
    return 2;
}

static void rule(void) {
    for (int i = 0; i < RULE; i++) say(L"-");
    say(L"\n");
}

static int compare(const void *a, const void *b) {
    return _wcsicmp(*(const wchar_t *const *)a, *(const wchar_t *const *)b);
}

/* ---- whom to ask ---- */

typedef struct {
    wchar_t name[256];   /* \\SERVER */
    const wchar_t *asks; /* what the functions are given; NULL: this computer */
    int domain;          /* /domain was given */
} Server;

static const wchar_t *group_of_computers(void) {
    static wchar_t text[256];
    wchar_t *name = NULL;
    NETSETUP_JOIN_STATUS status;
    if (!NetGetJoinInformation(NULL, &name, &status) && name) wcsncpy(text, name, 255);
    if (name) NetApiBufferFree(name);
    return text;
}

/* /domain: the controller is asked, and the user is told before it is looked for. */
static DWORD find_server(int domain, Server *s) {
    DOMAIN_CONTROLLER_INFOW *dc = NULL;
    DWORD n = 250;
    *s = (Server){.name = L"\\\\", .domain = domain};
    GetComputerNameW(s->name + 2, &n);
    if (!domain) return 0;
    DWORD error = DsGetDcNameW(NULL, NULL, NULL, NULL, DS_RETURN_DNS_NAME, &dc);
    say(L"The request will be processed at a domain controller for domain %ls.\n\n",
        error ? group_of_computers() : dc->DomainName);
    if (error) return error;
    wcsncpy(s->name, dc->DomainControllerName, 255);
    s->asks = s->name;
    NetApiBufferFree(dc);
    return 0;
}

/* ---- lists ---- */

static void columns(const wchar_t **names, DWORD count) {
    for (DWORD i = 0; i < count; i++) {
        say(L"%-*ls", COLUMN, names[i]);
        if (i % PER_LINE == PER_LINE - 1 || i + 1 == count) say(L"\n");
    }
}

static int list_users(const Server *s) {
    USER_INFO_0 *users = NULL;
    DWORD count = 0, total = 0;
    DWORD error = NetUserEnum(s->asks, 0, FILTER_NORMAL_ACCOUNT, (BYTE **)&users,
                              MAX_PREFERRED_LENGTH, &count, &total, NULL);
    if (error) return fail(error);
    const wchar_t **names = calloc(count + 1, sizeof *names);
    for (DWORD i = 0; i < count; i++) names[i] = users[i].usri0_name;
    qsort(names, count, sizeof *names, compare);
    say(L"\nUser accounts for %ls\n\n", s->name);
    rule();
    columns(names, count);
    return done();
}

static int list_names(const Server *s, const wchar_t *what, const wchar_t **names, DWORD count) {
    qsort(names, count, sizeof *names, compare);
    say(L"\n%ls for %ls\n\n", what, s->name);
    rule();
    for (DWORD i = 0; i < count; i++) say(L"*%ls\n", names[i]);
    return done();
}

static int list_groups(const Server *s) {
    GROUP_INFO_0 *groups = NULL;
    DWORD count = 0, total = 0;
    DWORD error =
        NetGroupEnum(s->asks, 0, (BYTE **)&groups, MAX_PREFERRED_LENGTH, &count, &total, NULL);
    if (error) return fail(error);
    const wchar_t **names = calloc(count + 1, sizeof *names);
    for (DWORD i = 0; i < count; i++) names[i] = groups[i].grpi0_name;
    return list_names(s, L"Group Accounts", names, count);
}

static int list_local_groups(const Server *s) {
    LOCALGROUP_INFO_0 *groups = NULL;
    DWORD count = 0, total = 0;
    DWORD error =
        NetLocalGroupEnum(s->asks, 0, (BYTE **)&groups, MAX_PREFERRED_LENGTH, &count, &total, NULL);
    if (error) return fail(error);
    const wchar_t **names = calloc(count + 1, sizeof *names);
    for (DWORD i = 0; i < count; i++) names[i] = groups[i].lgrpi0_name;
    return list_names(s, L"Aliases", names, count);
}

/* ---- one user ---- */

static void field(const wchar_t *name, const wchar_t *value) {
    say(L"%-29ls%ls\n", name, value ? value : L"");
}

/* As "*name" in two columns behind the heading. */
static void memberships(const wchar_t *heading, const wchar_t **names, DWORD count) {
    say(L"%-29ls", heading);
    for (DWORD i = 0; i < count; i++) {
        if (i && i % 2 == 0) say(L"\n%29ls", L"");
        say(L"*%-21ls", names[i]);
    }
    say(count ? L"\n" : L"*None                 \n");
}

static void say_groups(const Server *s, const wchar_t *user) {
    LOCALGROUP_USERS_INFO_0 *local = NULL;
    GROUP_USERS_INFO_0 *global = NULL;
    DWORD count = 0, total = 0;
    const wchar_t *names[256];
    if (NetUserGetLocalGroups(s->asks, user, 0, 0, (BYTE **)&local, MAX_PREFERRED_LENGTH, &count,
                              &total))
        count = 0;
    for (DWORD i = 0; i < count && i < 256; i++) names[i] = local[i].lgrui0_name;
    memberships(L"Local Group Memberships", names, count);
    count = 0;
    if (NetUserGetGroups(s->asks, user, 0, (BYTE **)&global, MAX_PREFERRED_LENGTH, &count, &total))
        count = 0;
    for (DWORD i = 0; i < count && i < 256; i++) names[i] = global[i].grui0_name;
    memberships(L"Global Group memberships", names, count);
}

static FILETIME ago(DWORD seconds) {
    FILETIME now;
    GetSystemTimeAsFileTime(&now);
    unsigned long long v = ((unsigned long long)now.dwHighDateTime << 32 | now.dwLowDateTime) -
                           (unsigned long long)seconds * 10000000ull;
    return (FILETIME){(DWORD)v, (DWORD)(v >> 32)};
}

static int show_user(const Server *s, const wchar_t *name) {
    USER_INFO_3 *u = NULL;
    DWORD error = NetUserGetInfo(s->asks, name, 3, (BYTE **)&u);
    if (error) return fail(error);
    wchar_t set[64];
    wcscpy(set, stub_time(ago(u->usri3_password_age)));
    field(L"User name", u->usri3_name);
    field(L"Full Name", u->usri3_full_name);
    field(L"Comment", u->usri3_comment);
    field(L"User's comment", u->usri3_usr_comment);
    field(L"Country/region code", L"000 (System Default)");
    field(L"Account active", u->usri3_flags & UF_ACCOUNTDISABLE ? L"No" : L"Yes");
    field(L"Account expires", L"Never");
    say(L"\n");
    field(L"Password last set", set);
    field(L"Password expires", L"Never");
    field(L"Password changeable", set);
    field(L"Password required", u->usri3_flags & UF_PASSWD_NOTREQD ? L"No" : L"Yes");
    field(L"User may change password", u->usri3_flags & UF_PASSWD_CANT_CHANGE ? L"No" : L"Yes");
    say(L"\n");
    field(L"Workstations allowed", L"All");
    field(L"Logon script", u->usri3_script_path);
    field(L"User profile", u->usri3_profile);
    field(L"Home directory", u->usri3_home_dir);
    field(L"Last logon",
          u->usri3_last_logon ? stub_time(stub_seconds(u->usri3_last_logon)) : L"Never");
    say(L"\n");
    field(L"Logon hours allowed", L"All");
    say(L"\n");
    say_groups(s, u->usri3_name);
    return done();
}

/* ---- arguments: names in their order, and options ---- */

typedef struct {
    int count;
    wchar_t **all;
    const wchar_t *names[8];
    int name_count;
    int add, remove, domain;
} Words;

static Words read_words(int count, wchar_t **arguments) {
    Words w = {.count = count, .all = arguments};
    for (int i = 2; i < count; i++) {
        wchar_t *a = arguments[i];
        if (is_option(a, L"add")) w.add = 1;
        else if (is_option(a, L"delete") || is_option(a, L"del")) w.remove = 1;
        else if (*a == L'/' && !_wcsnicmp(a + 1, L"do", 2)) w.domain = 1;
        else if (*a != L'/' && w.name_count < 8) w.names[w.name_count++] = a;
    }
    return w;
}

static int finish(DWORD error) {
    return error ? fail(error) : done();
}

static int user(const Words *w) {
    Server s;
    DWORD error = find_server(w->domain, &s);
    if (error) return fail(error);
    if (!w->name_count) return list_users(&s);
    wchar_t *name = (wchar_t *)w->names[0];
    if (w->remove) return finish(NetUserDel(s.asks, name));
    if (w->add) {
        USER_INFO_1 u = {.usri1_name = name,
                         .usri1_password =
                             w->name_count > 1 ? (wchar_t *)w->names[1] : (wchar_t *)L"",
                         .usri1_priv = USER_PRIV_USER,
                         .usri1_flags = UF_SCRIPT | UF_NORMAL_ACCOUNT};
        return finish(NetUserAdd(s.asks, 1, (BYTE *)&u, NULL));
    }
    if (w->name_count > 1) {
        USER_INFO_1003 password = {(wchar_t *)w->names[1]};
        return finish(NetUserSetInfo(s.asks, name, 1003, (BYTE *)&password, NULL));
    }
    return show_user(&s, name);
}

static void group_head(const wchar_t *kind, const wchar_t *name, const wchar_t *comment) {
    say(L"%-15ls%ls\n%-15ls%ls\n\nMembers\n\n", kind, name, L"Comment", comment ? comment : L"");
    rule();
}

/* Groups of the domain; a workstation has none. */
static int group(const Words *w) {
    Server s;
    if (!w->domain) return fail(3515);
    DWORD error = find_server(1, &s);
    if (error) return fail(error);
    if (!w->name_count) return list_groups(&s);
    GROUP_INFO_1 *g = NULL;
    GROUP_USERS_INFO_0 *users = NULL;
    DWORD count = 0, total = 0;
    error = NetGroupGetInfo(s.asks, w->names[0], 1, (BYTE **)&g);
    if (error) return fail(error);
    group_head(L"Group name", g->grpi1_name, g->grpi1_comment);
    NetGroupGetUsers(s.asks, w->names[0], 0, (BYTE **)&users, MAX_PREFERRED_LENGTH, &count, &total,
                     NULL);
    const wchar_t **names = calloc(count + 1, sizeof *names);
    for (DWORD i = 0; i < count; i++) names[i] = users[i].grui0_name;
    qsort(names, count, sizeof *names, compare);
    columns(names, count);
    return done();
}

static int change_members(const Server *s, const Words *w) {
    LOCALGROUP_MEMBERS_INFO_3 member = {(wchar_t *)w->names[1]};
    return finish(w->remove ? NetLocalGroupDelMembers(s->asks, w->names[0], 3, (BYTE *)&member, 1)
                            : NetLocalGroupAddMembers(s->asks, w->names[0], 3, (BYTE *)&member, 1));
}

/* Members of this computer are named alone, those of the domain with it. */
static const wchar_t *member_name(const Server *s, const wchar_t *full) {
    const wchar_t *slash = wcschr(full, L'\\');
    size_t n = wcslen(s->name + 2);
    return slash && (size_t)(slash - full) == n && !_wcsnicmp(full, s->name + 2, n) ? slash + 1
                                                                                    : full;
}

static int local_group(const Words *w) {
    Server s;
    DWORD error = find_server(w->domain, &s);
    if (error) return fail(error);
    if (!w->name_count) return list_local_groups(&s);
    if (w->name_count > 1 && (w->add || w->remove)) return change_members(&s, w);
    LOCALGROUP_INFO_1 *g = NULL;
    LOCALGROUP_MEMBERS_INFO_3 *members = NULL;
    DWORD count = 0, total = 0;
    error = NetLocalGroupGetInfo(s.asks, w->names[0], 1, (BYTE **)&g);
    if (error == 2220 || error == ERROR_NO_SUCH_ALIAS) {
        complain(
            L"System error 1376 has occurred.\n\nThe specified local group does not exist.\n\n");
        return 2;
    }
    if (error) return fail(error);
    group_head(L"Alias name", w->names[0], g->lgrpi1_comment);
    NetLocalGroupGetMembers(s.asks, w->names[0], 3, (BYTE **)&members, MAX_PREFERRED_LENGTH, &count,
                            &total, NULL);
    for (DWORD i = 0; i < count; i++)
        say(L"%ls\n", member_name(&s, members[i].lgrmi3_domainandname));
    return done();
}

/* ---- the network ---- */

/* What one computer shares, but for what is hidden. */
static int view_server(wchar_t *server) {
    SHARE_INFO_1 *list = NULL;
    DWORD count = 0, total = 0, shown = 0;
    DWORD error =
        NetShareEnum(server, 1, (BYTE **)&list, MAX_PREFERRED_LENGTH, &count, &total, NULL);
    if (error) return fail(error);
    for (DWORD i = 0; i < count; i++) {
        if (wcschr(list[i].shi1_netname, L'$')) continue;
        if (!shown++) {
            say(L"Shared resources at %ls\n\n\n\n%-12ls  Type  Used as  Comment\n\n", server,
                L"Share name");
            rule();
        }
        say(L"%-12ls  %-5ls          %ls\n", list[i].shi1_netname, L"Disk", list[i].shi1_remark);
    }
    if (!shown) say(L"There are no entries in the list.\n\n");
    return shown ? done() : 0;
}

static int view(const Words *w) {
    SERVER_INFO_101 *servers = NULL;
    DWORD count = 0, total = 0;
    if (w->name_count) return view_server((wchar_t *)w->names[0]);
    DWORD error = NetServerEnum(NULL, 101, (BYTE **)&servers, MAX_PREFERRED_LENGTH, &count, &total,
                                w->domain ? SV_TYPE_DOMAIN_ENUM : SV_TYPE_ALL, NULL, NULL);
    /* Computers of today have no browser service (SMB 1). */
    if (error || !count) {
        complain(L"System error 6118 has occurred.\n\n"
                 L"The list of servers for this workgroup is not currently available\n\n");
        return 2;
    }
    say(L"Server Name            Remark\n\n");
    rule();
    for (DWORD i = 0; i < count; i++)
        say(L"\\\\%-21ls%ls\n", servers[i].sv101_name, servers[i].sv101_comment);
    return done();
}

static int accounts(const Words *w) {
    Server s;
    DWORD error = find_server(w->domain, &s);
    if (error) return fail(error);
    say(L"%-54ls%ls\n", L"Force user logoff how long after time expires?:", L"Never");
    say(L"%-54ls%ls\n", L"Minimum password age (days):", w->domain ? L"1" : L"0");
    say(L"%-54ls%ls\n", L"Maximum password age (days):", L"42");
    say(L"%-54ls%ls\n", L"Minimum password length:", w->domain ? L"7" : L"0");
    say(L"%-54ls%ls\n", L"Length of password history maintained:", w->domain ? L"24" : L"None");
    say(L"%-54ls%ls\n", L"Lockout threshold:", L"Never");
    say(L"%-54ls%ls\n", L"Lockout duration (minutes):", L"30");
    say(L"%-54ls%ls\n", L"Lockout observation window (minutes):", L"30");
    say(L"%-54ls%ls\n", L"Computer role:", w->domain ? L"PRIMARY" : L"WORKSTATION");
    return done();
}

static void config_field(const wchar_t *name, const wchar_t *prefix, const wchar_t *value) {
    say(L"%-37ls%ls%ls\n", name, prefix, value);
}

static int config(const Words *w) {
    static const wchar_t windows[] = L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";
    wchar_t name[256] = L"", full[256] = L"", who[256] = L"", logon[256] = L"";
    DWORD n = 256;
    if (!w->name_count) {
        say(L"The following running services can be controlled:\n\n   Server\n   Workstation\n\n");
        return done();
    }
    GetComputerNameW(name, &n);
    n = 256;
    GetComputerNameExW(ComputerNameDnsFullyQualified, full, &n);
    n = 256;
    GetUserNameW(who, &n);
    GetEnvironmentVariableW(L"USERDOMAIN", logon, 256);
    config_field(L"Computer name", L"\\\\", name);
    config_field(L"Full Computer name", L"", full);
    config_field(L"User name", L"", who);
    say(L"\n");
    config_field(L"Workstation active on", L"", L"");
    say(L"\n");
    config_field(L"Software version", L"",
                 stub_registry(HKEY_LOCAL_MACHINE, windows, L"ProductName"));
    say(L"\n");
    config_field(L"Workstation domain", L"", group_of_computers());
    config_field(L"Logon domain", L"", logon);
    say(L"\n");
    config_field(L"COM Open Timeout (sec)", L"", L"0");
    config_field(L"COM Send Count (byte)", L"", L"16");
    config_field(L"COM Send Timeout (msec)", L"", L"250");
    return done();
}

static void share_line(const wchar_t *name, const wchar_t *resource, const wchar_t *remark) {
    say(L"%-13ls%-32ls%-34ls\n", name, resource, remark);
}

/* Drives come first, then IPC$ and ADMIN$, then what somebody shares. */
static int share_rank(const SHARE_INFO_2 *s) {
    if (!(s->shi2_type & STYPE_SPECIAL)) return 3;
    return is(s->shi2_netname, L"ADMIN$") ? 2 : is(s->shi2_netname, L"IPC$");
}

static int share(const Words *w) {
    SHARE_INFO_2 *list = NULL;
    DWORD count = 0, total = 0;
    if (w->name_count && !w->add && !w->remove)
        return network_error(2310, L"This shared resource does not exist.");
    if (w->name_count) return fail(ERROR_ACCESS_DENIED);
    DWORD error = NetShareEnum(NULL, 2, (BYTE **)&list, MAX_PREFERRED_LENGTH, &count, &total, NULL);
    if (error) return fail(error);
    say(L"\n%-13ls%-32ls%ls\n\n", L"Share name", L"Resource", L"Remark");
    rule();
    for (int rank = 0; rank <= 3; rank++)
        for (DWORD i = 0; i < count; i++)
            if (share_rank(&list[i]) == rank)
                share_line(list[i].shi2_netname, list[i].shi2_path, list[i].shi2_remark);
    return done();
}

static int use(const Words *w) {
    if (w->remove) return network_error(2250, network_text(2250));
    if (w->name_count > 1) return fail(ERROR_BAD_NETPATH);
    say(L"New connections will be remembered.\n\n");
    int found = 0;
    wchar_t local[] = L"?:", remote[512];
    for (wchar_t letter = L'A'; letter <= L'Z'; letter++) {
        DWORD n = 512;
        local[0] = letter;
        if (WNetGetConnectionW(local, remote, &n)) continue;
        if (!found++) {
            say(L"\nStatus       Local     Remote                    Network\n\n");
            rule();
        }
        say(L"%-13ls%-10ls%-26lsMicrosoft Windows Network\n", L"OK", local, remote);
    }
    if (found) return done();
    say(L"There are no entries in the list.\n\n");
    return 0;
}

static int is_elevated(void) {
    HANDLE token;
    TOKEN_ELEVATION e = {0};
    DWORD n;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) return 0;
    GetTokenInformation(token, TokenElevation, &e, sizeof e, &n);
    CloseHandle(token);
    return e.TokenIsElevated != 0;
}

/* Batch files ask this to learn whether they run as administrator. */
static int session(const Words *w) {
    (void)w;
    if (!is_elevated()) return fail(ERROR_ACCESS_DENIED);
    say(L"There are no entries in the list.\n\n");
    return 0;
}

static int net_time(const Words *w) {
    (void)w;
    return network_error(3912, L"Could not locate a time-server.");
}

static int statistics(const Words *w) {
    wchar_t name[256] = L"";
    DWORD n = 256;
    if (!w->name_count) {
        say(L"The following running services have statistics:\n\n   Server\n   Workstation\n\n");
        return done();
    }
    int server = is(w->names[0], L"server");
    GetComputerNameW(name, &n);
    say(L"%ls Statistics for \\\\%ls\n\n\n", server ? L"Server" : L"Workstation", name);
    say(L"Statistics since %ls\n\n\n", stub_time(ago((DWORD)(GetTickCount64() / 1000))));
    return done();
}

/* ---- services ---- */

static int list_services(void) {
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_ENUMERATE_SERVICE);
    DWORD need = 0, count = 0, resume = 0;
    if (!manager) return fail(GetLastError());
    EnumServicesStatusW(manager, SERVICE_WIN32, SERVICE_ACTIVE, NULL, 0, &need, &count, &resume);
    ENUM_SERVICE_STATUSW *s = malloc(need + 1);
    resume = 0;
    if (!EnumServicesStatusW(manager, SERVICE_WIN32, SERVICE_ACTIVE, s, need, &need, &count,
                             &resume))
        return fail(GetLastError());
    const wchar_t **names = calloc(count + 1, sizeof *names);
    for (DWORD i = 0; i < count; i++) names[i] = s[i].lpDisplayName;
    qsort(names, count, sizeof *names, compare);
    say(L"These Windows services are started:\n\n");
    for (DWORD i = 0; i < count; i++) say(L"   %ls\n", names[i]);
    say(L"\n");
    return done();
}

/* A service is named by its key or as people see it. */
static SC_HANDLE open_service(const wchar_t *name, DWORD access, wchar_t *display) {
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    wchar_t key[256];
    DWORD n = 256;
    if (!GetServiceKeyNameW(manager, name, key, &n)) wcsncpy(key, name, 255);
    SC_HANDLE s = OpenServiceW(manager, key, access);
    n = 256;
    if (!GetServiceDisplayNameW(manager, key, display, &n)) wcsncpy(display, name, 255);
    return s;
}

static int start(const Words *w) {
    wchar_t display[256] = L"";
    if (!w->name_count) return list_services();
    SC_HANDLE s = open_service(w->names[0], SERVICE_START | SERVICE_QUERY_STATUS, display);
    if (!s)
        return GetLastError() == ERROR_SERVICE_DOES_NOT_EXIST ? fail(2185) : fail(GetLastError());
    if (!StartServiceW(s, 0, NULL)) {
        if (GetLastError() == ERROR_SERVICE_ALREADY_RUNNING)
            return network_error(2182, L"The requested service has already been started.");
        return fail(GetLastError());
    }
    say(L"The %ls service is starting.\n", display);
    say(L"The %ls service was started successfully.\n\n", display);
    return 0;
}

static int stop(const Words *w) {
    wchar_t display[256] = L"";
    SERVICE_STATUS status;
    if (!w->name_count) return fail(2185);
    SC_HANDLE s = open_service(w->names[0], SERVICE_STOP | SERVICE_QUERY_STATUS, display);
    if (!s)
        return GetLastError() == ERROR_SERVICE_DOES_NOT_EXIST ? fail(2185) : fail(GetLastError());
    if (!ControlService(s, SERVICE_CONTROL_STOP, &status)) {
        wchar_t text[512];
        if (GetLastError() != ERROR_SERVICE_NOT_ACTIVE) return fail(GetLastError());
        _snwprintf(text, 512, L"The %ls service is not started.", display);
        return network_error(3521, text);
    }
    say(L"The %ls service is stopping.\n", display);
    say(L"The %ls service was stopped successfully.\n\n", display);
    return 0;
}

/* ---- which ---- */

static const struct {
    const wchar_t *name;
    int (*run)(const Words *w);
} commands[] = {
    {L"accounts", accounts},
    {L"config", config},
    {L"group", group},
    {L"groups", group},
    {L"localgroup", local_group},
    {L"session", session},
    {L"sessions", session},
    {L"share", share},
    {L"start", start},
    {L"statistics", statistics},
    {L"stats", statistics},
    {L"stop", stop},
    {L"time", net_time},
    {L"use", use},
    {L"user", user},
    {L"users", user},
    {L"view", view},
};

static int usage(int code) {
    complain(L"The syntax of this command is:\n\nNET\n"
             L"    [ ACCOUNTS | COMPUTER | CONFIG | CONTINUE | FILE | GROUP | HELP |\n"
             L"      HELPMSG | LOCALGROUP | PAUSE | SESSION | SHARE | START |\n"
             L"      STATISTICS | STOP | TIME | USE | USER | VIEW ]\n\n");
    return code;
}

int wmain(int count, wchar_t **arguments) {
    if (count < 2) return usage(1);
    Words w = read_words(count, arguments);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (is(arguments[1], commands[i].name)) return commands[i].run(&w);
    return usage(1);
}
