/* route.exe print: the interfaces and the routes of IPv4. */
#include "stub.h"

#include <iphlpapi.h>

static const wchar_t *dotted(DWORD a) {
    static wchar_t out[4][32];
    static int turn;
    wchar_t *to = out[turn = (turn + 1) & 3];
    _snwprintf(to, 32, L"%lu.%lu.%lu.%lu", a & 255, a >> 8 & 255, a >> 16 & 255, a >> 24);
    return to;
}

static void rule(void) {
    say(L"===========================================================================\n");
}

static DWORD address_of(DWORD index) {
    ULONG n = 1 << 16;
    MIB_IPADDRTABLE *t = malloc(n);
    if (GetIpAddrTable(t, &n, TRUE)) return 0;
    for (DWORD i = 0; i < t->dwNumEntries; i++)
        if (t->table[i].dwIndex == index) return t->table[i].dwAddr;
    return 0;
}

static void print_interfaces(void) {
    ULONG n = 1 << 16;
    IP_ADAPTER_INFO *list = malloc(n);
    rule();
    say(L"Interface List\n");
    if (GetAdaptersInfo(list, &n)) list = NULL;
    for (IP_ADAPTER_INFO *i = list; i; i = i->Next) {
        say(L"%3lu...", i->Index);
        for (UINT k = 0; k < i->AddressLength; k++) say(L"%02x ", i->Address[k]);
        say(L"......%hs\n", i->Description);
    }
    say(L"  1...........................Software Loopback Interface 1\n");
    rule();
}

int wmain(int count, wchar_t **a) {
    ULONG n = 1 << 16;
    MIB_IPFORWARDTABLE *t = malloc(n);
    if (count < 2 || !is(a[1], L"print")) {
        say(L"\nManipulates network routing tables.\n\nROUTE [-f] [-p] [-4|-6] command "
            L"[destination]\n"
            L"                  [MASK netmask]  [gateway] [METRIC metric]  [IF interface]\n\n");
        return 1;
    }
    print_interfaces();
    say(L"\nIPv4 Route Table\n");
    rule();
    say(L"Active Routes:\nNetwork Destination        Netmask          Gateway       Interface  "
        L"Metric\n");
    if (GetIpForwardTable(t, &n, TRUE)) t->dwNumEntries = 0;
    for (DWORD i = 0; i < t->dwNumEntries; i++) {
        const MIB_IPFORWARDROW *r = &t->table[i];
        say(L"%17ls  %15ls  %15ls  %14ls  %5lu\n", dotted(r->dwForwardDest),
            dotted(r->dwForwardMask),
            r->dwForwardNextHop ? dotted(r->dwForwardNextHop) : L"On-link",
            dotted(address_of(r->dwForwardIfIndex)), r->dwForwardMetric1);
    }
    rule();
    say(L"Persistent Routes:\n  None\n\nIPv6 Route Table\n");
    rule();
    say(L"Active Routes:\n  None\nPersistent Routes:\n  None\n");
    return 0;
}
