/* arp.exe -a: the addresses that neighbours answered with. */
#include "stub.h"

#include <iphlpapi.h>

static const wchar_t *dotted(DWORD a) {
    static wchar_t out[4][32];
    static int turn;
    wchar_t *to = out[turn = (turn + 1) & 3];
    _snwprintf(to, 32, L"%lu.%lu.%lu.%lu", a & 255, a >> 8 & 255, a >> 16 & 255, a >> 24);
    return to;
}

static DWORD own_address(DWORD index) {
    ULONG n = 1 << 16;
    MIB_IPADDRTABLE *t = malloc(n);
    if (GetIpAddrTable(t, &n, TRUE)) return 0;
    for (DWORD i = 0; i < t->dwNumEntries; i++)
        if (t->table[i].dwIndex == index) return t->table[i].dwAddr;
    return 0;
}

static void print_row(const MIB_IPNETROW *r) {
    wchar_t mac[64] = L"";
    for (DWORD i = 0; i < r->dwPhysAddrLen && i < 8; i++)
        _snwprintf(mac + wcslen(mac), 8, i ? L"-%02x" : L"%02x", r->bPhysAddr[i]);
    say(L"  %-22ls%-22ls%-11ls\n", dotted(r->dwAddr), mac,
        r->dwType == MIB_IPNET_TYPE_STATIC ? L"static" : L"dynamic");
}

int wmain(int count, wchar_t **a) {
    ULONG n = 1 << 16;
    DWORD index = 0;
    MIB_IPNETTABLE *t = malloc(n);
    if (count < 2 || (!is_option(a[1], L"a") && !is_option(a[1], L"g"))) {
        say(L"\nDisplays and modifies the IP-to-Physical address translation tables used by\n"
            L"address resolution protocol (ARP).\n\nARP -s inet_addr eth_addr [if_addr]\n"
            L"ARP -d inet_addr [if_addr]\nARP -a [inet_addr] [-N if_addr] [-v]\n\n");
        return 1;
    }
    if (GetIpNetTable(t, &n, TRUE) || !t->dwNumEntries) {
        say(L"No ARP Entries Found.\n");
        return 1;
    }
    for (DWORD i = 0; i < t->dwNumEntries; i++) {
        if (!i || t->table[i].dwIndex != index) {
            index = t->table[i].dwIndex;
            say(L"\nInterface: %ls --- 0x%lx\n  %-22ls%-22ls%ls\n", dotted(own_address(index)),
                index, L"Internet Address", L"Physical Address", L"Type");
        }
        print_row(&t->table[i]);
    }
    return 0;
}
