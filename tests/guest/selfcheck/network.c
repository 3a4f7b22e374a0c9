/* Adapters, their makers, names, network providers. */
#include "selfcheck.h"

#include <iphlpapi.h>
#include <winnetwk.h>

static int is_virtual_mac(const BYTE *mac) {
    static const BYTE makers[][3] = {{0x08, 0x00, 0x27}, {0x00, 0x05, 0x69}, {0x00, 0x0c, 0x29},
                                     {0x00, 0x1c, 0x14}, {0x00, 0x50, 0x56}, {0x00, 0x16, 0x3e},
                                     {0x00, 0x1c, 0x42}, {0x52, 0x54, 0x00}, {0x0a, 0x00, 0x27},
                                     {0x00, 0x15, 0x5d}, {0x00, 0x03, 0xff}};
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
        if (memcmp(mac, makers[i], 3) == 0) return 1;
    return 0;
}

static void check_adapters(void) {
    static IP_ADAPTER_INFO adapters[16];
    ULONG size = sizeof adapters;
    int found = 0, of_machines = 0, named = 0, connected = 0;
    if (GetAdaptersInfo(adapters, &size) == NO_ERROR)
        for (IP_ADAPTER_INFO *a = adapters; a; a = a->Next) {
            found++;
            of_machines += is_virtual_mac(a->Address);
            named += names_a_machine(a->Description);
            connected += strcmp(a->IpAddressList.IpAddress.String, "0.0.0.0") != 0 &&
                         a->GatewayList.IpAddress.String[0];
        }
    check("adapters", !found);
    check("makers of adapters", of_machines);
    check("names of adapters", named);
    check("a gateway", !connected);
}

static void check_provider(void) {
    char name[256] = "";
    DWORD size = sizeof name;
    DWORD(WINAPI * provider)
    (DWORD, LPSTR, LPDWORD) =
        (DWORD(WINAPI *)(DWORD, LPSTR, LPDWORD))function("mpr", "WNetGetProviderNameA");
    DWORD result = provider ? provider(WNNC_NET_RDR2SAMPLE, name, &size) : NO_ERROR;
    check("network providers", !provider || result == NO_ERROR);
    check("the workstation's provider",
          !provider || (size = sizeof name, provider(WNNC_NET_LANMAN, name, &size)) != NO_ERROR);
}

void check_network(void) {
    WSADATA data;
    char host[256] = "", computer[64] = "";
    DWORD n = sizeof computer;
    check("Winsock", WSAStartup(0x202, &data) != 0);
    gethostname(host, sizeof host);
    GetComputerNameA(computer, &n);
    check("host's name", lstrcmpiA(host, computer) != 0);
    check_adapters();
    check_provider();
    FIXED_INFO info[4];
    ULONG size = sizeof info;
    check("name servers",
          GetNetworkParams(info, &size) != NO_ERROR || !info->DnsServerList.IpAddress.String[0]);
    BOOL(WINAPI * state)
    (LPDWORD, DWORD) =
        (BOOL(WINAPI *)(LPDWORD, DWORD))function("wininet", "InternetGetConnectedState");
    DWORD how = 0;
    check("connected", !state || !state(&how, 0));
}
