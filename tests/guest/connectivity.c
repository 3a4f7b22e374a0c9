/* Whether the computer is on a network, and on the Internet, by every way that programs ask. */
#define COBJMACROS
#define INITGUID
#include <winsock2.h>

#include "guest.h"

#include <iphlpapi.h>
#include <netlistmgr.h>
#include <wininet.h>

static void by_wininet(void) {
    enum { KINDS = INTERNET_CONNECTION_LAN | INTERNET_CONNECTION_MODEM };
    DWORD flags = 0;
    BOOL connected = InternetGetConnectedState(&flags, 0);
    printf("InternetGetConnectedState: %d, kind %lx\n", connected, flags & KINDS);
    connected = InternetGetConnectedStateEx(&flags, NULL, 0, 0);
    printf("InternetGetConnectedStateEx: %d, kind %lx\n", connected, flags & KINDS);
    say("InternetCheckConnection",
        InternetCheckConnectionA("http://www.example.com/", FLAG_ICC_FORCE_CONNECTION, 0));
}

/* mingw-w64 has no import library of it for 32 bits. */
static void by_sens(void) {
    BOOL(WINAPI * is_alive)
    (DWORD *) = (void *)GetProcAddress(LoadLibraryA("sensapi.dll"), "IsNetworkAlive");
    DWORD flags = 0;
    BOOL alive = is_alive && is_alive(&flags);
    printf("IsNetworkAlive: %d, kind %lx\n", alive, flags);
}

static void by_network_list(void) {
    INetworkListManager *manager = NULL;
    VARIANT_BOOL internet = VARIANT_FALSE;
    NLM_CONNECTIVITY how = 0;
    CoInitialize(NULL);
    HRESULT made = CoCreateInstance(&CLSID_NetworkListManager, NULL, CLSCTX_ALL,
                                    &IID_INetworkListManager, (void **)&manager);
    say_hex("the list of networks", made);
    if (!manager) return;
    manager->lpVtbl->IsConnectedToInternet(manager, &internet);
    manager->lpVtbl->GetConnectivity(manager, &how);
    say("  on the Internet", internet == VARIANT_TRUE);
    say("  IPv4 Internet", how & NLM_CONNECTIVITY_IPV4_INTERNET);
    manager->lpVtbl->Release(manager);
    CoUninitialize();
}

static void by_adapters(void) {
    static IP_ADAPTER_ADDRESSES room[64];
    ULONG size = sizeof room;
    if (GetAdaptersAddresses(AF_INET, GAA_FLAG_INCLUDE_GATEWAYS, NULL, room, &size)) return;
    for (IP_ADAPTER_ADDRESSES *a = room; a; a = a->Next)
        if (a->IfType != IF_TYPE_SOFTWARE_LOOPBACK)
            printf("%ls: %s, address %d, gateway %d, DHCP %d\n", a->FriendlyName,
                   a->OperStatus == IfOperStatusUp ? "up" : "down", a->FirstUnicastAddress != NULL,
                   a->FirstGatewayAddress != NULL, (a->Flags & IP_ADAPTER_DHCP_ENABLED) != 0);
}

int main(void) {
    by_wininet();
    by_sens();
    by_network_list();
    by_adapters();
    return 0;
}
