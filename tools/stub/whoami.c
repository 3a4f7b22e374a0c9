/* whoami.exe: the name, /user, /groups, /priv, /all, /upn, /fqdn, /logonid. */
#include "stub.h"

#define SECURITY_WIN32
#include <sddl.h>
#include <security.h>

typedef struct {
    const wchar_t *title;
    wchar_t *cells[64];
} Column;

static void *query(TOKEN_INFORMATION_CLASS class) {
    HANDLE token;
    DWORD n = 0;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) return NULL;
    GetTokenInformation(token, class, NULL, 0, &n);
    void *out = calloc(1, n + 1);
    if (!GetTokenInformation(token, class, out, n, &n)) out = NULL;
    CloseHandle(token);
    return out;
}

static wchar_t *text_of(PSID sid) {
    wchar_t *out = NULL;
    ConvertSidToStringSidW(sid, &out);
    return out ? out : (wchar_t *)L"";
}

static wchar_t *own_name(void) {
    static wchar_t name[512];
    ULONG n = 512;
    if (!GetUserNameExW(NameSamCompatible, name, &n)) {
        complain(L"ERROR: Unable to get User Name.\n");
        exit(1);
    }
    _wcslwr(name);
    return name;
}

/* ---- tables as wide as what is in them ---- */

typedef enum { AS_TABLE, AS_LIST, AS_CSV } Format;
static Format format;

static void list(Column *c, int columns, int rows) {
    for (int r = 0; r < rows; r++) {
        if (r) say(L"\n");
        for (int i = 0; i < columns; i++) {
            wchar_t title[64];
            _snwprintf(title, 64, L"%ls:", c[i].title);
            say(L"%-14ls %ls\n", title, c[i].cells[r]);
        }
    }
}

static void csv(Column *c, int columns, int rows) {
    for (int r = -1; r < rows; r++)
        for (int i = 0; i < columns; i++)
            say(i + 1 < columns ? L"\"%ls\"," : L"\"%ls\"\n", r < 0 ? c[i].title : c[i].cells[r]);
}

static void table(Column *c, int columns, int rows) {
    int width[4] = {0};
    if (format == AS_LIST) return list(c, columns, rows);
    if (format == AS_CSV) return csv(c, columns, rows);
    for (int i = 0; i < columns; i++) {
        width[i] = (int)wcslen(c[i].title);
        for (int r = 0; r < rows; r++)
            if ((int)wcslen(c[i].cells[r]) > width[i]) width[i] = (int)wcslen(c[i].cells[r]);
    }
    for (int r = -2; r < rows; r++) {
        for (int i = 0; i < columns; i++) {
            if (i) say(L" ");
            for (int k = 0; r == -1 && k < width[i]; k++) say(L"=");
            if (r != -1) say(L"%-*ls", width[i], r == -2 ? c[i].title : c[i].cells[r]);
        }
        say(L"\n");
    }
}

static void heading(const wchar_t *text) {
    if (format == AS_CSV) return say(L"\n");
    say(L"\n%ls\n", text);
    for (size_t i = 0; i < wcslen(text); i++) say(L"-");
    say(L"\n\n");
}

static void say_user(void) {
    TOKEN_USER *u = query(TokenUser);
    Column c[] = {{L"User Name", {own_name()}}, {L"SID", {u ? text_of(u->User.Sid) : NULL}}};
    heading(L"USER INFORMATION");
    if (u) table(c, 2, 1);
}

/* ---- groups ---- */

static wchar_t *group_name(PSID sid, const wchar_t **type) {
    wchar_t *out = calloc(600, sizeof *out), name[256] = L"", domain[256] = L"";
    DWORD n = 256, d = 256;
    SID_NAME_USE use = SidTypeUnknown;
    if (*GetSidIdentifierAuthority(sid)->Value == 0 &&
        GetSidIdentifierAuthority(sid)->Value[5] == 16)
        *type = L"Label";
    else *type = L"Unknown SID type";
    if (!LookupAccountSidW(NULL, sid, name, &n, domain, &d, &use)) return out;
    if (use == SidTypeAlias) *type = L"Alias";
    if (use == SidTypeWellKnownGroup) *type = L"Well-known group";
    if (use == SidTypeGroup) *type = L"Group";
    if (use == SidTypeLabel) *type = L"Label";
    _snwprintf(out, 599, *domain ? L"%ls\\%ls" : L"%ls%ls", domain, name);
    return out;
}

static wchar_t *group_attributes(DWORD a) {
    static const struct {
        DWORD bit;
        const wchar_t *text;
    } bits[] = {{SE_GROUP_MANDATORY, L"Mandatory group"},
                {SE_GROUP_ENABLED_BY_DEFAULT, L"Enabled by default"},
                {SE_GROUP_ENABLED, L"Enabled group"},
                {SE_GROUP_OWNER, L"Group owner"},
                {SE_GROUP_USE_FOR_DENY_ONLY, L"Group used for deny only"}};
    wchar_t *out = calloc(256, sizeof *out);
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
        if (!(a & bits[i].bit)) continue;
        if (*out) wcscat(out, L", ");
        wcscat(out, bits[i].text);
    }
    return out;
}

static void say_groups(void) {
    TOKEN_GROUPS *g = query(TokenGroups);
    TOKEN_MANDATORY_LABEL *label = query(TokenIntegrityLevel);
    Column c[] = {{L"Group Name", {0}}, {L"Type", {0}}, {L"SID", {0}}, {L"Attributes", {0}}};
    int rows = 0;
    for (DWORD i = 0; g && i < g->GroupCount && rows < 62; i++) {
        const wchar_t *type;
        if (g->Groups[i].Attributes & SE_GROUP_LOGON_ID) continue;
        if (g->Groups[i].Attributes & SE_GROUP_INTEGRITY) continue;
        c[0].cells[rows] = group_name(g->Groups[i].Sid, &type);
        c[1].cells[rows] = (wchar_t *)type;
        c[2].cells[rows] = text_of(g->Groups[i].Sid);
        c[3].cells[rows++] = group_attributes(g->Groups[i].Attributes);
    }
    if (label) {
        DWORD level = *GetSidSubAuthority(label->Label.Sid, 0);
        c[0].cells[rows] = level >= 0x4000   ? L"Mandatory Label\\System Mandatory Level"
                           : level >= 0x3000 ? L"Mandatory Label\\High Mandatory Level"
                           : level >= 0x2000 ? L"Mandatory Label\\Medium Mandatory Level"
                                             : L"Mandatory Label\\Low Mandatory Level";
        c[1].cells[rows] = L"Label";
        c[2].cells[rows] = text_of(label->Label.Sid);
        c[3].cells[rows++] = L"";
    }
    heading(L"GROUP INFORMATION");
    table(c, 4, rows);
}

/* ---- privileges ---- */

static const wchar_t *describe(const wchar_t *name) {
    static const wchar_t *const all[][2] = {
        {L"SeIncreaseQuotaPrivilege", L"Adjust memory quotas for a process"},
        {L"SeSecurityPrivilege", L"Manage auditing and security log"},
        {L"SeTakeOwnershipPrivilege", L"Take ownership of files or other objects"},
        {L"SeLoadDriverPrivilege", L"Load and unload device drivers"},
        {L"SeSystemProfilePrivilege", L"Profile system performance"},
        {L"SeSystemtimePrivilege", L"Change the system time"},
        {L"SeProfileSingleProcessPrivilege", L"Profile single process"},
        {L"SeIncreaseBasePriorityPrivilege", L"Increase scheduling priority"},
        {L"SeCreatePagefilePrivilege", L"Create a pagefile"},
        {L"SeBackupPrivilege", L"Back up files and directories"},
        {L"SeRestorePrivilege", L"Restore files and directories"},
        {L"SeShutdownPrivilege", L"Shut down the system"},
        {L"SeDebugPrivilege", L"Debug programs"},
        {L"SeSystemEnvironmentPrivilege", L"Modify firmware environment values"},
        {L"SeChangeNotifyPrivilege", L"Bypass traverse checking"},
        {L"SeRemoteShutdownPrivilege", L"Force shutdown from a remote system"},
        {L"SeUndockPrivilege", L"Remove computer from docking station"},
        {L"SeManageVolumePrivilege", L"Perform volume maintenance tasks"},
        {L"SeImpersonatePrivilege", L"Impersonate a client after authentication"},
        {L"SeCreateGlobalPrivilege", L"Create global objects"},
        {L"SeIncreaseWorkingSetPrivilege", L"Increase a process working set"},
        {L"SeTimeZonePrivilege", L"Change the time zone"},
        {L"SeCreateSymbolicLinkPrivilege", L"Create symbolic links"},
        {L"SeDelegateSessionUserImpersonatePrivilege",
         L"Obtain an impersonation token for another user in the same session"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (is(all[i][0], name)) return all[i][1];
    return L"";
}

/* Those that Wine's table ends before (MS-LSAD 3.1.1.2.1). */
static int new_privilege(DWORD number, wchar_t *out) {
    static const struct {
        DWORD number;
        const wchar_t *name;
    } all[] = {{33, L"SeIncreaseWorkingSetPrivilege"},
               {34, L"SeTimeZonePrivilege"},
               {35, L"SeCreateSymbolicLinkPrivilege"},
               {36, L"SeDelegateSessionUserImpersonatePrivilege"}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i].number != number) continue;
        wcscpy(out, all[i].name);
        return 1;
    }
    return 0;
}

static void say_privileges(void) {
    TOKEN_PRIVILEGES *p = query(TokenPrivileges);
    Column c[] = {{L"Privilege Name", {0}}, {L"Description", {0}}, {L"State", {0}}};
    int rows = 0;
    for (DWORD i = 0; p && i < p->PrivilegeCount && rows < 63; i++) {
        wchar_t *name = calloc(128, sizeof *name);
        DWORD n = 128;
        if (!LookupPrivilegeNameW(NULL, &p->Privileges[i].Luid, name, &n) &&
            !new_privilege(p->Privileges[i].Luid.LowPart, name))
            continue;
        c[0].cells[rows] = name;
        c[1].cells[rows] = (wchar_t *)describe(name);
        c[2].cells[rows++] = p->Privileges[i].Attributes & SE_PRIVILEGE_ENABLED
                                 ? (wchar_t *)L"Enabled"
                                 : (wchar_t *)L"Disabled";
    }
    heading(L"PRIVILEGES INFORMATION");
    table(c, 3, rows);
}

static int say_logon_id(void) {
    TOKEN_GROUPS *g = query(TokenGroups);
    for (DWORD i = 0; g && i < g->GroupCount; i++)
        if ((g->Groups[i].Attributes & SE_GROUP_LOGON_ID) == SE_GROUP_LOGON_ID)
            say(L"%ls\n", text_of(g->Groups[i].Sid));
    return 0;
}

static int say_in_directory(EXTENDED_NAME_FORMAT format, const wchar_t *what) {
    wchar_t name[512];
    ULONG n = 512;
    if (GetUserNameExW(format, name, &n)) {
        say(L"%ls\n", name);
        return 0;
    }
    complain(
        L"ERROR: Unable to get %ls as the current logged-on user\n       is not a domain user.\n",
        what);
    return 1;
}

int wmain(int count, wchar_t **a) {
    int all = has_option(count, a, 1, L"all") != 0, told = 0;
    int fo = has_option(count, a, 1, L"fo");
    if (fo && fo + 1 < count)
        format = is(a[fo + 1], L"csv") ? AS_CSV : is(a[fo + 1], L"list") ? AS_LIST : AS_TABLE;
    if (count == 1) {
        say(L"%ls\n", own_name());
        return 0;
    }
    if (has_option(count, a, 1, L"upn"))
        return say_in_directory(NameUserPrincipal, L"User Principal Name (UPN)");
    if (has_option(count, a, 1, L"fqdn"))
        return say_in_directory(NameFullyQualifiedDN, L"Fully Qualified Distinguished Name (FQDN)");
    if (has_option(count, a, 1, L"logonid")) return say_logon_id();
    if (all || has_option(count, a, 1, L"user")) say_user(), told = 1;
    if (all || has_option(count, a, 1, L"groups")) say_groups(), told = 1;
    if (all || has_option(count, a, 1, L"priv")) say_privileges(), told = 1;
    if (told) return 0;
    complain(L"ERROR: Invalid argument/option - '%ls'.\nType \"WHOAMI /?\" for usage.\n", a[1]);
    return 1;
}
