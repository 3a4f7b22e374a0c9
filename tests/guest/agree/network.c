/* The first adapter: what it is, how it is set up. */
#include "agree.h"

#include <iphlpapi.h>
#include <rpc.h>
#include <ws2tcpip.h>

#define CONNECTED "Win32_NetworkAdapterConfiguration WHERE IPEnabled=TRUE"

static const char *mac_text(const BYTE *m) {
    static char out[32];
    snprintf(out, sizeof out, "%02X-%02X-%02X-%02X-%02X-%02X", m[0], m[1], m[2], m[3], m[4], m[5]);
    return out;
}

static const char *with_dashes(const char *text) {
    static char out[64];
    snprintf(out, sizeof out, "%s", text);
    for (char *c = out; *c; c++)
        if (*c == ':') *c = '-';
    return out;
}

static const char *dotted(const SOCKADDR *a) {
    return inet_ntoa(((const struct sockaddr_in *)(const void *)a)->sin_addr);
}

static const char *interface_value(const char *adapter, const char *value) {
    char key[256];
    snprintf(key, sizeof key, "SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters\\Interfaces\\%s", adapter);
    return machine(key, value);
}

void check_network(void) {
    static BYTE room[1 << 15], table_room[1 << 14];
    ULONG n = sizeof room;
    IP_ADAPTER_ADDRESSES *a = (void *)room;
    if (GetAdaptersAddresses(AF_INET, GAA_FLAG_INCLUDE_GATEWAYS, NULL, a, &n)) return;
    while (a && a->IfType == IF_TYPE_SOFTWARE_LOOPBACK) a = a->Next;
    IP_ADAPTER_INFO info[8];
    ULONG size = sizeof info;
    GetAdaptersInfo(info, &size);
    fact("MAC");
    said("GetAdaptersAddresses", "%s", mac_text(a->PhysicalAddress));
    said("GetAdaptersInfo", "%s", mac_text(info->Address));
    MIB_IFTABLE *table = (void *)table_room;
    size = sizeof table_room;
    GetIfTable(table, &size, TRUE);
    for (DWORD i = 0; i < table->dwNumEntries; i++)
        if (table->table[i].dwIndex == a->IfIndex) said("GetIfTable", "%s", mac_text(table->table[i].bPhysAddr));
    said("WMI, adapter", "%s", with_dashes(wmi("Win32_NetworkAdapter WHERE NetEnabled=TRUE", "MACAddress")));
    said("WMI, configuration", "%s", with_dashes(wmi(CONNECTED, "MACAddress")));
    said("ipconfig", "%s", command("ipconfig /all", "Physical Address"));
    said("getmac", "%.17s", command("getmac /nh /fo csv", "\""));
    UUID id;
    if (SUCCEEDED(UuidCreateSequential(&id))) said("UuidCreateSequential", "%s", mac_text(id.Data4 + 2));
    ULONG mac[2] = {0}, length = 6;
    const char *ip = dotted(a->FirstUnicastAddress->Address.lpSockaddr);
    if (!SendARP(inet_addr(ip), 0, mac, &length)) said("SendARP", "%s", mac_text((BYTE *)mac));
    fact("address");
    said("GetAdaptersAddresses", "%s", ip);
    said("GetAdaptersInfo", "%s", info->IpAddressList.IpAddress.String);
    char name[128];
    gethostname(name, sizeof name);
    struct hostent *host = gethostbyname(name);
    said("gethostbyname", "%s", host ? inet_ntoa(*(struct in_addr *)(void *)host->h_addr_list[0]) : "");
    struct addrinfo *found = NULL, hints = {.ai_family = AF_INET};
    if (!getaddrinfo(name, NULL, &hints, &found)) said("getaddrinfo", "%s", dotted(found->ai_addr));
    said("WMI", "%s", wmi(CONNECTED, "IPAddress"));
    said("registry", "%s", interface_value(a->AdapterName, "DhcpIPAddress"));
    const char *shown = command("ipconfig", "IPv4 Address");
    said("ipconfig", "%.*s", (int)strcspn(shown, "("), shown);
    fact("mask");
    said("GetAdaptersInfo", "%s", info->IpAddressList.IpMask.String);
    said("registry", "%s", interface_value(a->AdapterName, "DhcpSubnetMask"));
    said("WMI", "%s", wmi(CONNECTED, "IPSubnet"));
    said("ipconfig", "%s", command("ipconfig", "Subnet Mask"));
    fact("gateway");
    said("GetAdaptersAddresses", "%s", a->FirstGatewayAddress ? dotted(a->FirstGatewayAddress->Address.lpSockaddr) : "");
    said("GetAdaptersInfo", "%s", info->GatewayList.IpAddress.String);
    said("registry", "%s", interface_value(a->AdapterName, "DhcpDefaultGateway"));
    said("WMI", "%s", wmi(CONNECTED, "DefaultIPGateway"));
    said("ipconfig", "%s", command("ipconfig", "Default Gateway"));
    fact("name server");
    FIXED_INFO *fixed = (void *)table_room;
    size = sizeof table_room;
    GetNetworkParams(fixed, &size);
    said("GetNetworkParams", "%s", fixed->DnsServerList.IpAddress.String);
    said("GetAdaptersAddresses", "%s", a->FirstDnsServerAddress ? dotted(a->FirstDnsServerAddress->Address.lpSockaddr) : "");
    said("WMI", "%s", wmi(CONNECTED, "DNSServerSearchOrder"));
    said("ipconfig", "%s", command("ipconfig /all", "DNS Servers"));
    fact("adapter");
    said_wide("GetAdaptersAddresses", a->Description);
    said("GetAdaptersInfo", "%s", info->Description);
    said("WMI, adapter", "%s", wmi("Win32_NetworkAdapter WHERE NetEnabled=TRUE", "Name"));
    said("WMI, configuration", "%s", wmi(CONNECTED, "Description"));
    said("ipconfig", "%s", command("ipconfig /all", "Description"));
    fact("DHCP");
    said("GetAdaptersInfo", "%u", info->DhcpEnabled);
    said("registry", "%s", interface_value(a->AdapterName, "EnableDHCP"));
    said("WMI", "%s", wmi(CONNECTED, "DHCPEnabled"));
    said("ipconfig", "%d", *command("ipconfig /all", "DHCP Enabled") == 'Y');
}
