/* nslookup.exe NAME [SERVER]: addresses of a name. */
#include "stub.h"

#include <ws2tcpip.h>

#include <iphlpapi.h>

static void print_server(const wchar_t *server) {
    ULONG n = 4096;
    FIXED_INFO *f = malloc(n);
    if (server) say(L"Server:  UnKnown\nAddress:  %ls\n\n", server);
    else if (!GetNetworkParams(f, &n))
        say(L"Server:  UnKnown\nAddress:  %hs\n\n", f->DnsServerList.IpAddress.String);
}

int wmain(int count, wchar_t **a) {
    WSADATA data;
    const wchar_t *name = NULL, *server = NULL;
    for (int i = 1; i < count; i++) {
        if (*a[i] == L'-') continue;
        if (name) server = a[i];
        else name = a[i];
    }
    WSAStartup(0x202, &data);
    print_server(server);
    if (!name) return 0;
    ADDRINFOW hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found = NULL;
    if (GetAddrInfoW(name, NULL, &hints, &found)) {
        complain(L"*** UnKnown can't find %ls: Non-existent domain\n", name);
        return 0;
    }
    complain(L"Non-authoritative answer:\n");
    say(L"Name:    %ls\n", name);
    for (ADDRINFOW *i = found; i; i = i->ai_next) {
        DWORD v = ((struct sockaddr_in *)i->ai_addr)->sin_addr.S_un.S_addr;
        const wchar_t *head = i != found   ? L"          "
                              : i->ai_next ? L"Addresses:  "
                                           : L"Address:  ";
        say(L"%ls%lu.%lu.%lu.%lu\n", head, v & 255, v >> 8 & 255, v >> 16 & 255, v >> 24);
    }
    say(L"\n");
    return 0;
}
