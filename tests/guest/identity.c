/* Who the computer and its user are, and what they are members of, by every way that Windows has to
 * ask: all must agree. */
#include "guest.h"

#include <dsgetdc.h>
#include <dsrole.h>
#include <lm.h>
#include <ntsecapi.h>
#include <sddl.h>
#define SECURITY_WIN32
#include <security.h>

static void say_wide(const char *what, const WCHAR *text) {
    printf("%s: %ls\n", what, text ? text : L"(none)");
}

static void say_unicode(const char *what, const LSA_UNICODE_STRING *s) {
    printf("%s: %.*ls\n", what, s->Length / 2, s->Buffer ? s->Buffer : L"");
}

static void say_sid(const char *what, PSID sid) {
    char *text = NULL;
    if (!sid || !ConvertSidToStringSidA(sid, &text)) printf("%s: (none)\n", what);
    else printf("%s: %s\n", what, text);
    LocalFree(text);
}

static void say_variable(const char *name) {
    char text[256] = "";
    DWORD n = GetEnvironmentVariableA(name, text, sizeof text);
    printf("%%%s%%: %s\n", name, n ? text : "(none)");
}

static void say_value(HKEY root, const char *key, const char *name) {
    char text[256] = "";
    DWORD n = sizeof text;
    LONG error =
        RegGetValueA(root, key, name, RRF_RT_REG_SZ | RRF_SUBKEY_WOW6464KEY, NULL, text, &n);
    if (error) printf("%s: error %ld\n", name, error);
    else printf("%s: %s\n", name, text);
}

static void computer(void) {
    char text[256];
    for (COMPUTER_NAME_FORMAT f = ComputerNameNetBIOS; f < ComputerNameMax; f++) {
        DWORD n = sizeof text;
        printf("computer name %d: %s\n", f, GetComputerNameExA(f, text, &n) ? text : "(none)");
    }
    say_variable("COMPUTERNAME");
    say_value(HKEY_LOCAL_MACHINE, "SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters",
              "Hostname");
    say_value(HKEY_LOCAL_MACHINE, "SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters",
              "Domain");
    say_value(HKEY_LOCAL_MACHINE, "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon",
              "DefaultDomainName");
}

static void membership(void) {
    WCHAR *name = NULL;
    NETSETUP_JOIN_STATUS status;
    DSROLE_PRIMARY_DOMAIN_INFO_BASIC *role = NULL;
    WKSTA_INFO_100 *station = NULL;
    if (!NetGetJoinInformation(NULL, &name, &status)) {
        say_wide("joined", name);
        say_number("join status", status);
    }
    NetApiBufferFree(name);
    if (!DsRoleGetPrimaryDomainInformation(NULL, DsRolePrimaryDomainInfoBasic, (BYTE **)&role)) {
        say_number("role", role->MachineRole);
        say_wide("role's domain", role->DomainNameFlat);
        say_wide("role's DNS name", role->DomainNameDns);
        DsRoleFreeMemory(role);
    }
    if (!NetWkstaGetInfo(NULL, 100, (BYTE **)&station)) {
        say_wide("workstation", station->wki100_computername);
        say_wide("workstation's group", station->wki100_langroup);
        say_number("its version", (long)station->wki100_ver_major);
    }
    NetApiBufferFree(station);
    say_variable("USERDOMAIN");
    say_variable("USERDNSDOMAIN");
    say_variable("LOGONSERVER");
}

static void policy(void) {
    LSA_OBJECT_ATTRIBUTES none = {.Length = sizeof none};
    LSA_HANDLE lsa;
    POLICY_PRIMARY_DOMAIN_INFO *primary;
    POLICY_ACCOUNT_DOMAIN_INFO *account;
    POLICY_DNS_DOMAIN_INFO *dns;
    if (LsaOpenPolicy(NULL, &none, POLICY_VIEW_LOCAL_INFORMATION, &lsa)) return;
    if (!LsaQueryInformationPolicy(lsa, PolicyPrimaryDomainInformation, (void **)&primary)) {
        say_unicode("primary domain", &primary->Name);
        say_sid("its SID", primary->Sid);
        LsaFreeMemory(primary);
    }
    if (!LsaQueryInformationPolicy(lsa, PolicyAccountDomainInformation, (void **)&account)) {
        say_unicode("account domain", &account->DomainName);
        say_sid("its SID", account->DomainSid);
        LsaFreeMemory(account);
    }
    if (!LsaQueryInformationPolicy(lsa, PolicyDnsDomainInformation, (void **)&dns)) {
        say_unicode("DNS domain", &dns->DnsDomainName);
        say_unicode("forest", &dns->DnsForestName);
        LsaFreeMemory(dns);
    }
    LsaClose(lsa);
}

static void controller(void) {
    DOMAIN_CONTROLLER_INFOW *w;
    DOMAIN_CONTROLLER_INFOA *a;
    WCHAR *name = NULL;
    DWORD error = DsGetDcNameW(NULL, NULL, NULL, NULL, 0, &w);
    say_number("DsGetDcName", (long)error);
    if (!error) {
        say_wide("controller", w->DomainControllerName);
        say_wide("its address", w->DomainControllerAddress);
        say_wide("its domain", w->DomainName);
        say_wide("its site", w->DcSiteName);
        NetApiBufferFree(w);
    }
    if (!DsGetDcNameA(NULL, NULL, NULL, NULL, 0, &a)) {
        printf("controller in ANSI: %s\n", a->DomainControllerName);
        NetApiBufferFree(a);
    }
    say_number("NetGetDCName", (long)NetGetDCName(NULL, NULL, (BYTE **)&name));
    if (name) say_wide("its name", name);
    NetApiBufferFree(name);
}

static void user(void) {
    HANDLE t = NULL;
    BYTE buffer[256];
    char name[64], domain[64];
    WCHAR full[128];
    DWORD n = 0, names = sizeof name, domains = sizeof domain;
    ULONG room = 128;
    SID_NAME_USE use = 0;
    WKSTA_USER_INFO_1 *station = NULL;
    n = sizeof name;
    say_text("user", GetUserNameA(name, &n) ? name : "(none)");
    if (GetUserNameExW(NameSamCompatible, full, &room)) say_wide("as SAM has him", full);
    say_variable("USERNAME");
    OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &t);
    GetTokenInformation(t, TokenUser, buffer, sizeof buffer, &n);
    SID *sid = ((TOKEN_USER *)buffer)->User.Sid;
    say_sid("the token's", sid);
    if (LookupAccountSidA(NULL, sid, name, &names, domain, &domains, &use))
        printf("whose name is: %s\\%s, use %d\n", domain, name, use);
    if (!NetWkstaUserGetInfo(NULL, 1, (BYTE **)&station)) {
        say_wide("logged on", station->wkui1_username);
        say_wide("at", station->wkui1_logon_domain);
        say_wide("by", station->wkui1_logon_server);
    }
    NetApiBufferFree(station);
    CloseHandle(t);
}

static void accounts(void) {
    USER_INFO_20 *users = NULL;
    USER_INFO_1 *one = NULL;
    DWORD read = 0, total = 0;
    say_number("NetUserEnum", (long)NetUserEnum(NULL, 20, 0, (BYTE **)&users, MAX_PREFERRED_LENGTH,
                                                &read, &total, NULL));
    for (DWORD i = 0; i < read; i++)
        printf("account %ls (%ls), id %lu, %s\n", users[i].usri20_name, users[i].usri20_full_name,
               users[i].usri20_user_id,
               users[i].usri20_flags & UF_ACCOUNTDISABLE ? "disabled" : "enabled");
    NetApiBufferFree(users);
    if (!NetUserGetInfo(NULL, L"Guest", 1, (BYTE **)&one)) {
        say_wide("Guest", one->usri1_comment);
        say_number("privilege", (long)one->usri1_priv);
    }
    NetApiBufferFree(one);
    say_number("nobody", (long)NetUserGetInfo(NULL, L"nobody", 1, (BYTE **)&one));
}

static void groups(void) {
    LOCALGROUP_INFO_1 *local = NULL;
    LOCALGROUP_MEMBERS_INFO_2 *members = NULL;
    GROUP_INFO_0 *global = NULL;
    LOCALGROUP_USERS_INFO_0 *of_user = NULL;
    DWORD read = 0, total = 0;
    WCHAR name[64];
    DWORD n = 64;
    NetLocalGroupEnum(NULL, 1, (BYTE **)&local, MAX_PREFERRED_LENGTH, &read, &total, NULL);
    say_number("local groups", (long)read);
    NetApiBufferFree(local);
    NetLocalGroupGetMembers(NULL, L"Administrators", 2, (BYTE **)&members, MAX_PREFERRED_LENGTH,
                            &read, &total, NULL);
    for (DWORD i = 0; i < read; i++)
        printf("administrator %ls, use %d\n", members[i].lgrmi2_domainandname,
               members[i].lgrmi2_sidusage);
    NetApiBufferFree(members);
    NetGroupEnum(NULL, 0, (BYTE **)&global, MAX_PREFERRED_LENGTH, &read, &total, NULL);
    for (DWORD i = 0; i < read; i++) say_wide("global group", global[i].grpi0_name);
    NetApiBufferFree(global);
    GetUserNameW(name, &n);
    NetUserGetLocalGroups(NULL, name, 0, 0, (BYTE **)&of_user, MAX_PREFERRED_LENGTH, &read, &total);
    for (DWORD i = 0; i < read; i++) say_wide("the user is one of", of_user[i].lgrui0_name);
    NetApiBufferFree(of_user);
}

int main(void) {
    computer();
    membership();
    policy();
    controller();
    user();
    accounts();
    groups();
    return 0;
}
