/* Names and addresses: getaddrinfo, gethostbyname, DnsQuery, and what there is no name for. */
#include <winsock2.h>

#include <ws2tcpip.h>

#include <windns.h>

#include "guest.h"

static void say_addresses(const char *node, const char *service, int family) {
    struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_STREAM}, *list = NULL;
    int error = getaddrinfo(node, service, &hints, &list);
    printf("getaddrinfo %s %s: %d\n", node, service, error);
    for (struct addrinfo *i = list; i; i = i->ai_next) {
        char host[64], port[16];
        int e = getnameinfo(i->ai_addr, (int)i->ai_addrlen, host, sizeof host, port, sizeof port,
                            NI_NUMERICHOST | NI_NUMERICSERV);
        printf("  %d family %d type %d: %s %s\n", e, i->ai_family, i->ai_socktype, host, port);
    }
    if (list) freeaddrinfo(list);
}

static void say_host(const char *name) {
    struct hostent *host = gethostbyname(name);
    int error = WSAGetLastError();
    if (!host) {
        printf("gethostbyname %s: error %d\n", name, error);
        return;
    }
    printf("gethostbyname %s: %s, type %d, length %d\n", name, host->h_name, host->h_addrtype,
           host->h_length);
    for (char **a = host->h_addr_list; *a; a++) printf("  %s\n", inet_ntoa(*(struct in_addr *)*a));
}

static void say_query(const char *name, WORD type) {
    DNS_RECORDA *records = NULL;
    DNS_STATUS status =
        DnsQuery_A(name, type, DNS_QUERY_STANDARD, NULL, (PDNS_RECORD *)&records, NULL);
    printf("DnsQuery_A %s %d: %ld\n", name, type, (long)status);
    for (DNS_RECORDA *r = records; r; r = r->pNext) {
        if (r->wType == DNS_TYPE_A)
            printf("  %s A %s\n", r->pName, inet_ntoa(*(struct in_addr *)&r->Data.A.IpAddress));
        else if (r->wType == DNS_TYPE_MX)
            printf("  %s MX %d %s\n", r->pName, r->Data.MX.wPreference, r->Data.MX.pNameExchange);
        else printf("  %s type %d\n", r->pName, r->wType);
    }
    if (records) DnsRecordListFree((PDNS_RECORD)records, DnsFreeRecordList);
}

int main(void) {
    WSADATA data;
    char name[256];
    say_number("startup", WSAStartup(MAKEWORD(2, 2), &data));
    say_addresses("10.20.30.40", "80", AF_UNSPEC);
    say_addresses("localhost", "http", AF_INET);
    say_addresses("one.example", "443", AF_UNSPEC);
    say_addresses("nowhere.example", "80", AF_UNSPEC);
    say_addresses("wpad", "80", AF_UNSPEC);
    say_addresses("dns.google", "domain", AF_INET);
    say_host("one.example");
    say_host("nowhere.example");
    say_host("mail.two.example");
    say_query("one.example", DNS_TYPE_A);
    say_query("nowhere.example", DNS_TYPE_A);
    say_query("one.example", DNS_TYPE_MX);
    say_number("gethostname", gethostname(name, sizeof name));
    say_text("the name", name);
    struct hostent *own = gethostbyname(name);
    say("own addresses", own && own->h_addr_list[0]);
    if (own) say_text("the first", inet_ntoa(*(struct in_addr *)own->h_addr_list[0]));
    WSACleanup();
    return 0;
}
