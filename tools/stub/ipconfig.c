/* ipconfig.exe: adapters, /all. */
#include "stub.h"

#include <iphlpapi.h>

static void head(const IP_ADAPTER_INFO *a, const wchar_t *name) {
    const wchar_t *kind = a->Type == IF_TYPE_IEEE80211 ? L"Wireless LAN adapter"
                          : a->Type == MIB_IF_TYPE_PPP ? L"PPP adapter"
                                                       : L"Ethernet adapter";
    say(L"%ls %ls:\n\n", kind, name);
}

static void field(const wchar_t *dotted, const char *value) {
    say(L"   %ls: %hs\n", dotted, value);
}

/* Tuesday, May 14, 2024 11:15:02 AM */
static void lease(const wchar_t *dotted, time_t seconds) {
    wchar_t date[128] = L"", time[64] = L"";
    FILETIME utc = stub_seconds((DWORD)seconds), local;
    SYSTEMTIME t;
    if (!seconds) return;
    FileTimeToLocalFileTime(&utc, &local);
    FileTimeToSystemTime(&local, &t);
    GetDateFormatW(LOCALE_USER_DEFAULT, DATE_LONGDATE, &t, NULL, date, 128);
    GetTimeFormatW(LOCALE_USER_DEFAULT, 0, &t, NULL, time, 64);
    say(L"   %ls: %ls %ls\n", dotted, date, time);
}

static void print_physical(const IP_ADAPTER_INFO *a) {
    say(L"   Physical Address. . . . . . . . . : ");
    for (UINT i = 0; i < a->AddressLength; i++) say(i ? L"-%02X" : L"%02X", a->Address[i]);
    say(L"\n");
}

static void print_servers(void) {
    ULONG n = 4096;
    FIXED_INFO *f = malloc(n);
    if (GetNetworkParams(f, &n) || !*f->DnsServerList.IpAddress.String) return;
    field(L"DNS Servers . . . . . . . . . . . ", f->DnsServerList.IpAddress.String);
    for (IP_ADDR_STRING *s = f->DnsServerList.Next; s; s = s->Next)
        say(L"%39ls%hs\n", L"", s->IpAddress.String);
}

static void print_adapter(const IP_ADAPTER_INFO *a, const wchar_t *name, int all) {
    int up =
        *a->IpAddressList.IpAddress.String && strcmp(a->IpAddressList.IpAddress.String, "0.0.0.0");
    head(a, name);
    if (!up) say(L"   Media State . . . . . . . . . . . : Media disconnected\n");
    field(L"Connection-specific DNS Suffix  . ", "");
    if (all) {
        field(L"Description . . . . . . . . . . . ", a->Description);
        print_physical(a);
        field(L"DHCP Enabled. . . . . . . . . . . ", a->DhcpEnabled ? "Yes" : "No");
        field(L"Autoconfiguration Enabled . . . . ", "Yes");
    }
    for (const IP_ADDR_STRING *i = &a->IpAddressList; up && i; i = i->Next) {
        say(all ? L"   IPv4 Address. . . . . . . . . . . : %hs(Preferred) \n"
                : L"   IPv4 Address. . . . . . . . . . . : %hs\n",
            i->IpAddress.String);
        field(L"Subnet Mask . . . . . . . . . . . ", i->IpMask.String);
    }
    if (all && a->DhcpEnabled && up) {
        lease(L"Lease Obtained. . . . . . . . . . ", a->LeaseObtained);
        lease(L"Lease Expires . . . . . . . . . . ", a->LeaseExpires);
    }
    if (up) field(L"Default Gateway . . . . . . . . . ", a->GatewayList.IpAddress.String);
    if (all && up) {
        if (a->DhcpEnabled && *a->DhcpServer.IpAddress.String)
            field(L"DHCP Server . . . . . . . . . . . ", a->DhcpServer.IpAddress.String);
        print_servers();
        field(L"NetBIOS over Tcpip. . . . . . . . ", "Enabled");
    }
    say(L"\n");
}

/* The connection's name, which only the newer interface tells. */
static const wchar_t *name_of(DWORD index) {
    static wchar_t out[256];
    ULONG n = 1 << 16;
    IP_ADAPTER_ADDRESSES *all = malloc(n);
    wcscpy(out, L"Ethernet");
    if (GetAdaptersAddresses(AF_UNSPEC, 0, NULL, all, &n)) return out;
    for (IP_ADAPTER_ADDRESSES *a = all; a; a = a->Next)
        if (a->IfIndex == index && a->FriendlyName) wcsncpy(out, a->FriendlyName, 255);
    return out;
}

static void print_computer(void) {
    char name[256] = "", suffix[256] = "";
    DWORD n = sizeof name;
    GetComputerNameExA(ComputerNameDnsHostname, name, &n);
    n = sizeof suffix;
    GetComputerNameExA(ComputerNameDnsDomain, suffix, &n);
    field(L"Host Name . . . . . . . . . . . . ", name);
    field(L"Primary Dns Suffix  . . . . . . . ", suffix);
    field(L"Node Type . . . . . . . . . . . . ", "Hybrid");
    field(L"IP Routing Enabled. . . . . . . . ", "No");
    field(L"WINS Proxy Enabled. . . . . . . . ", "No");
    if (*suffix) field(L"DNS Suffix Search List. . . . . . ", suffix);
    say(L"\n");
}

int wmain(int count, wchar_t **a) {
    int all = has_option(count, a, 1, L"all") != 0;
    ULONG n = 1 << 16;
    IP_ADAPTER_INFO *list = malloc(n);
    if (has_option(count, a, 1, L"flushdns")) {
        say(L"\nWindows IP Configuration\n\nSuccessfully flushed the DNS Resolver Cache.\n");
        return 0;
    }
    say(all ? L"\nWindows IP Configuration\n\n" : L"\nWindows IP Configuration\n\n\n");
    if (all) print_computer();
    if (GetAdaptersInfo(list, &n)) return 0;
    for (IP_ADAPTER_INFO *i = list; i; i = i->Next) print_adapter(i, name_of(i->Index), all);
    return 0;
}
