/* Network adapters and what surrounds them, by the functions of iphlpapi. */
#include <winsock2.h>

#include <ws2tcpip.h>

#include <iphlpapi.h>

#include <icmpapi.h>

#include "guest.h"

static const char *mac_text(const BYTE *mac, DWORD length) {
    static char text[32];
    text[0] = 0;
    for (DWORD i = 0; i < length && i < 8; i++)
        sprintf(text + strlen(text), "%s%02x", i ? "-" : "", mac[i]);
    return text;
}

static const char *ip_text(const SOCKADDR *a) {
    static char text[64];
    if (a->sa_family == AF_INET6) strcpy(text, "(IPv6)");
    else getnameinfo(a, sizeof(struct sockaddr_in), text, sizeof text, NULL, 0, NI_NUMERICHOST);
    return text;
}

static void say_addresses(void) {
    static BYTE room[65536];
    ULONG size = sizeof room, small = 10;
    IP_ADAPTER_ADDRESSES *list = (IP_ADAPTER_ADDRESSES *)room;
    say_number("too small", (long)GetAdaptersAddresses(AF_UNSPEC, 0, NULL, list, &small));
    say("wants more", small > 10);
    say_number("GetAdaptersAddresses",
               (long)GetAdaptersAddresses(AF_UNSPEC,
                                          GAA_FLAG_INCLUDE_GATEWAYS | GAA_FLAG_INCLUDE_PREFIX, NULL,
                                          list, &size));
    for (IP_ADAPTER_ADDRESSES *a = list; a; a = a->Next) {
        printf("%s\n  \"%ls\" \"%ls\"\n", a->AdapterName, a->FriendlyName, a->Description);
        printf("  type %lu, status %d, mtu %lu, mac %s\n", a->IfType, a->OperStatus, a->Mtu,
               mac_text(a->PhysicalAddress, a->PhysicalAddressLength));
        for (IP_ADAPTER_UNICAST_ADDRESS *u = a->FirstUnicastAddress; u; u = u->Next)
            printf("  address %s/%d\n", ip_text(u->Address.lpSockaddr), u->OnLinkPrefixLength);
        for (IP_ADAPTER_GATEWAY_ADDRESS *g = a->FirstGatewayAddress; g; g = g->Next)
            printf("  gateway %s\n", ip_text(g->Address.lpSockaddr));
        for (IP_ADAPTER_DNS_SERVER_ADDRESS *d = a->FirstDnsServerAddress; d; d = d->Next)
            printf("  dns %s\n", ip_text(d->Address.lpSockaddr));
    }
}

static void say_info(void) {
    static BYTE room[16384];
    ULONG size = sizeof room;
    IP_ADAPTER_INFO *list = (IP_ADAPTER_INFO *)room;
    say_number("GetAdaptersInfo", (long)GetAdaptersInfo(list, &size));
    for (IP_ADAPTER_INFO *a = list; a; a = a->Next)
        printf("  %s \"%s\" %s type %u: %s mask %s gateway %s dhcp %u\n", a->AdapterName,
               a->Description, mac_text(a->Address, a->AddressLength), a->Type,
               a->IpAddressList.IpAddress.String, a->IpAddressList.IpMask.String,
               a->GatewayList.IpAddress.String, a->DhcpEnabled);
}

static void say_parameters(void) {
    static BYTE room[4096];
    ULONG size = sizeof room;
    FIXED_INFO *info = (FIXED_INFO *)room;
    say_number("GetNetworkParams", (long)GetNetworkParams(info, &size));
    printf("  host %s, domain \"%s\", dns %s, node type %u\n", info->HostName, info->DomainName,
           info->DnsServerList.IpAddress.String, info->NodeType);
}

static void say_tables(void) {
    static BYTE room[65536];
    ULONG size = sizeof room;
    DWORD count = 0;
    char ip[32];
    say_number("GetNumberOfInterfaces", (long)GetNumberOfInterfaces(&count));
    say_number("interfaces", (long)count);
    MIB_IFTABLE *interfaces = (MIB_IFTABLE *)room;
    say_number("GetIfTable", (long)GetIfTable(interfaces, &size, TRUE));
    for (DWORD i = 0; i < interfaces->dwNumEntries; i++)
        printf("  %lu type %lu %s \"%.*s\"\n", interfaces->table[i].dwIndex,
               interfaces->table[i].dwType,
               mac_text(interfaces->table[i].bPhysAddr, interfaces->table[i].dwPhysAddrLen),
               (int)interfaces->table[i].dwDescrLen, interfaces->table[i].bDescr);
    size = sizeof room;
    MIB_IPFORWARDTABLE *routes = (MIB_IPFORWARDTABLE *)room;
    say_number("GetIpForwardTable", (long)GetIpForwardTable(routes, &size, TRUE));
    for (DWORD i = 0; i < routes->dwNumEntries; i++) {
        strcpy(ip, inet_ntoa(*(struct in_addr *)&routes->table[i].dwForwardDest));
        if (!routes->table[i].dwForwardMask)
            printf("  %s by %s\n", ip,
                   inet_ntoa(*(struct in_addr *)&routes->table[i].dwForwardNextHop));
    }
    size = sizeof room;
    MIB_IPNETTABLE *neighbours = (MIB_IPNETTABLE *)room;
    say_number("GetIpNetTable", (long)GetIpNetTable(neighbours, &size, TRUE));
    for (DWORD i = 0; i < neighbours->dwNumEntries; i++)
        if (neighbours->table[i].dwType == 3)
            printf("  %s is at %s\n", inet_ntoa(*(struct in_addr *)&neighbours->table[i].dwAddr),
                   mac_text(neighbours->table[i].bPhysAddr, neighbours->table[i].dwPhysAddrLen));
    size = sizeof room;
    MIB_TCPTABLE *connections = (MIB_TCPTABLE *)room;
    say_number("GetTcpTable", (long)GetTcpTable(connections, &size, TRUE));
    for (DWORD i = 0; i < connections->dwNumEntries && i < 2; i++)
        printf("  port %u state %lu\n", ntohs((u_short)connections->table[i].dwLocalPort),
               connections->table[i].dwState);
}

static void ping(const char *to, DWORD timeout) {
    BYTE room[256];
    char data[] = "abcdefgh";
    HANDLE icmp = IcmpCreateFile();
    DWORD n = IcmpSendEcho(icmp, inet_addr(to), data, 8, NULL, room, sizeof room, timeout);
    ICMP_ECHO_REPLY *reply = (ICMP_ECHO_REPLY *)room;
    printf("ping %s: %lu", to, n);
    if (n)
        printf(", status %lu, %u bytes, same %d, ttl %u\n", reply->Status, reply->DataSize,
               !memcmp(reply->Data, data, 8), reply->Options.Ttl);
    else printf(", error %lu\n", GetLastError());
    IcmpCloseHandle(icmp);
}

int main(void) {
    WSADATA data;
    WSAStartup(MAKEWORD(2, 2), &data);
    say_addresses();
    say_info();
    say_parameters();
    say_tables();
    ping("11.1.2.3", 1000);
    ping("192.168.1.77", 1000);
    ping("127.0.0.1", 1000);
    return 0;
}
