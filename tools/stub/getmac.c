/* getmac.exe: the adapters' hardware addresses; /fo csv, /nh, /v is taken for nothing. */
#include "stub.h"

#include <iphlpapi.h>

int wmain(int count, wchar_t **a) {
    int format = has_option(count, a, 1, L"fo"), plain = has_option(count, a, 1, L"nh");
    int csv = format && format + 1 < count && is(a[format + 1], L"csv");
    ULONG n = 1 << 16;
    IP_ADAPTER_INFO *list = malloc(n);
    if (!csv) say(L"\n");
    if (!plain && csv) say(L"\"Physical Address\",\"Transport Name\"\n");
    if (!plain && !csv)
        say(L"%-19ls %ls\n%ls %ls\n", L"Physical Address", L"Transport Name",
            L"===================", L"==========================================================");
    if (GetAdaptersInfo(list, &n)) return 0;
    for (IP_ADAPTER_INFO *i = list; i; i = i->Next) {
        wchar_t address[64] = L"";
        for (UINT k = 0; k < i->AddressLength && k < 8; k++)
            _snwprintf(address + wcslen(address), 8, k ? L"-%02X" : L"%02X", i->Address[k]);
        say(csv ? L"\"%ls\",\"\\Device\\Tcpip_%hs\"\n" : L"%-19ls \\Device\\Tcpip_%hs\n", address,
            i->AdapterName);
    }
    return 0;
}
