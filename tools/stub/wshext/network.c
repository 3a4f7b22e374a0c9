/* WScript.Network. */
#include "wshext.h"

#include <winnetwk.h>

static HRESULT user_name(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t name[257];
    DWORD n = 257;
    (void)self, (void)a;
    return auto_give_text(result, GetUserNameW(name, &n) ? name : L"");
}

static HRESULT computer_name(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t name[64];
    DWORD n = 64;
    (void)self, (void)a;
    return auto_give_text(result, GetComputerNameW(name, &n) ? name : L"");
}

/* The domain of the user's account, as Windows puts it into his environment. */
static HRESULT user_domain(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t name[257] = L"";
    (void)self, (void)a;
    GetEnvironmentVariableW(L"USERDOMAIN", name, 257);
    return auto_give_text(result, name);
}

/* ---- collections of pairs ---- */

enum { MOST = 64 };

typedef struct {
    Auto object;
    VARIANT items[MOST];
    unsigned count;
} Pairs;

static HRESULT pair_item(Auto *self, AutoArgs *a, VARIANT *result) {
    Pairs *p = (Pairs *)self;
    long i = auto_number(a, 0, -1);
    return i < 0 || i >= (long)p->count ? (HRESULT)0x800A0009 : VariantCopy(result, &p->items[i]);
}

static HRESULT pair_count(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)a;
    return auto_give_number(result, (long)((Pairs *)self)->count);
}

static HRESULT pair_each(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)a;
    return auto_give_enumerator(result, ((Pairs *)self)->items, ((Pairs *)self)->count);
}

static void destroy_pairs(Auto *self) {
    Pairs *p = (Pairs *)self;
    for (unsigned i = 0; i < p->count; i++) VariantClear(&p->items[i]);
}

static const AutoMember pair_members[] = {
    {L"", pair_item, NULL},        {L"Item", pair_item, NULL},    {L"Count", pair_count, NULL},
    {L"length", pair_count, NULL}, {AUTO_EACH, pair_each, NULL}, {NULL, NULL, NULL},
};
static const AutoClass pair_class = {L"WshCollection", pair_members, sizeof(Pairs), destroy_pairs};

static void add(Pairs *p, const wchar_t *text) {
    if (p->count < MOST) p->items[p->count++] = auto_variant_text(text);
}

static HRESULT drives(Auto *self, AutoArgs *a, VARIANT *result) {
    Pairs *p = (Pairs *)auto_new(&pair_class, NULL);
    (void)self, (void)a;
    if (!p) return E_OUTOFMEMORY;
    for (wchar_t drive[] = L"A:"; *drive <= L'Z'; ++*drive) {
        wchar_t remote[MAX_PATH];
        DWORD n = MAX_PATH;
        if (WNetGetConnectionW(drive, remote, &n)) continue;
        add(p, drive);
        add(p, remote);
    }
    return auto_give(result, &p->object);
}

static HRESULT printers(Auto *self, AutoArgs *a, VARIANT *result) {
    Pairs *p = (Pairs *)auto_new(&pair_class, NULL);
    HKEY key;
    (void)self, (void)a;
    if (!p) return E_OUTOFMEMORY;
    if (RegOpenKeyExW(HKEY_CURRENT_USER, L"Software\\Microsoft\\Windows NT\\CurrentVersion\\Devices", 0, KEY_READ, &key))
        return auto_give(result, &p->object);
    wchar_t name[256], port[256];
    for (DWORD i = 0, n = 256, m = sizeof port - 2;
         !RegEnumValueW(key, i, name, &n, NULL, NULL, (BYTE *)port, &m); i++, n = 256, m = sizeof port - 2) {
        port[m / 2] = 0;
        const wchar_t *comma = wcschr(port, L',');
        add(p, comma ? comma + 1 : port);
        add(p, name);
    }
    RegCloseKey(key);
    return auto_give(result, &p->object);
}

/* ---- connections ---- */

static HRESULT map_drive(Auto *self, AutoArgs *a, VARIANT *result) {
    NETRESOURCEW r = {.dwType = RESOURCETYPE_DISK,
                      .lpLocalName = (wchar_t *)auto_text(a, 0, L""),
                      .lpRemoteName = (wchar_t *)auto_text(a, 1, L"")};
    (void)self, (void)result;
    DWORD error = WNetAddConnection2W(&r, auto_text(a, 4, NULL), auto_text(a, 3, NULL),
                                      auto_truth(a, 2, false) ? CONNECT_UPDATE_PROFILE : 0);
    return HRESULT_FROM_WIN32(error);
}

static HRESULT remove_drive(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)self, (void)result;
    DWORD error = WNetCancelConnection2W(auto_text(a, 0, L""), auto_truth(a, 2, false) ? CONNECT_UPDATE_PROFILE : 0,
                                         auto_truth(a, 1, false));
    return HRESULT_FROM_WIN32(error);
}

static const AutoMember members[] = {
    {L"UserName", user_name, NULL},         {L"ComputerName", computer_name, NULL},
    {L"UserDomain", user_domain, NULL},     {L"EnumNetworkDrives", drives, NULL},
    {L"EnumPrinterConnections", printers, NULL}, {L"MapNetworkDrive", map_drive, NULL},
    {L"RemoveNetworkDrive", remove_drive, NULL}, {NULL, NULL, NULL},
};
const AutoClass network_class = {L"WshNetwork", members, 0, NULL};
