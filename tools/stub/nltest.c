/* nltest.exe: /dclist:DOMAIN, /dsgetdc:DOMAIN, /domain_trusts, /trusted_domains. */
#include "stub.h"

#include <dsgetdc.h>
#include <lm.h>

static int fail(const wchar_t *what, DWORD error) {
    if (error == ERROR_NO_SUCH_DOMAIN)
        say(L"%ls failed: Status = %lu 0x%lx ERROR_NO_SUCH_DOMAIN\n", what, error, error);
    else say(L"%ls failed: Status = %lu 0x%lx\n", what, error, error);
    return (int)error;
}

static DOMAIN_CONTROLLER_INFOW *controller(const wchar_t *domain, DWORD *error) {
    DOMAIN_CONTROLLER_INFOW *dc = NULL;
    *error =
        DsGetDcNameW(NULL, domain && *domain ? domain : NULL, NULL, NULL, DS_RETURN_DNS_NAME, &dc);
    return *error ? NULL : dc;
}

static int dc_list(const wchar_t *domain) {
    DWORD error;
    DOMAIN_CONTROLLER_INFOW *dc = controller(domain, &error);
    if (!dc) {
        say(L"Cannot find DC to get DC list from.Status = %lu 0x%lx%ls\n", error, error,
            error == ERROR_NO_SUCH_DOMAIN ? L" ERROR_NO_SUCH_DOMAIN" : L"");
        return 1;
    }
    say(L"Get list of DCs in domain '%ls' from '%ls'.\n", domain, dc->DomainControllerName);
    say(L"    %ls [PDC]  [DS] Site: Default-First-Site-Name\n", dc->DomainControllerName + 2);
    say(L"The command completed successfully\n");
    return 0;
}

static int get_dc(const wchar_t *domain) {
    DWORD error;
    DOMAIN_CONTROLLER_INFOW *dc = controller(domain, &error);
    if (!dc) return fail(L"Getting DC name", error);
    say(L"           DC: %ls\n      Address: %ls\n     Dom Name: %ls\n  Forest Name: %ls\n",
        dc->DomainControllerName, dc->DomainControllerAddress, dc->DomainName, dc->DnsForestName);
    say(L" Dc Site Name: Default-First-Site-Name\nOur Site Name: Default-First-Site-Name\n");
    say(L"        Flags: PDC GC DS LDAP KDC TIMESERV WRITABLE DNS_DC DNS_DOMAIN DNS_FOREST "
        L"CLOSE_SITE FULL_SECRET WS\n");
    say(L"The command completed successfully\n");
    return 0;
}

static int trusts(void) {
    DWORD error;
    wchar_t *name = NULL;
    NETSETUP_JOIN_STATUS status;
    DOMAIN_CONTROLLER_INFOW *dc = controller(NULL, &error);
    if (!dc) return fail(L"Enumerating domain trusts", error);
    NetGetJoinInformation(NULL, &name, &status);
    say(L"List of domain trusts:\n    0: %ls %ls (NT 5) (Forest Tree Root) (Primary Domain) "
        L"(Native)\n",
        name ? name : L"", dc->DomainName);
    say(L"The command completed successfully\n");
    return 0;
}

int wmain(int count, wchar_t **a) {
    for (int i = 1; i < count; i++) {
        const wchar_t *value = wcschr(a[i], L':');
        value = value ? value + 1 : L"";
        if (is_option(a[i], L"dclist")) return dc_list(value);
        if (is_option(a[i], L"dsgetdc")) return get_dc(value);
        if (is_option(a[i], L"domain_trusts") || is_option(a[i], L"trusted_domains"))
            return trusts();
    }
    say(L"Usage: nltest [/OPTIONS]\n\n");
    return 1;
}
