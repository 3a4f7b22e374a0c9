/* expect {"fact": "system", "polarity": "must-not", "values": ["Virtual Box"]} */
#include "../guard.h"
#include <wbemidl.h>

static const GUID locator_class = {
    0x4590f811, 0x1d3a, 0x11d0, {0x89, 0x1f, 0, 0xaa, 0, 0x4b, 0x2e, 0x24}};
static const GUID locator_face = {
    0xdc12a687, 0x737f, 0x11cf, {0x88, 0x4d, 0, 0xaa, 0, 0x4b, 0x2e, 0x24}};

int main(void) {
    IWbemLocator *locator;
    IWbemServices *services;
    IEnumWbemClassObject *all;
    IWbemClassObject *one;
    ULONG n;
    VARIANT v;
    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    if (CoCreateInstance(&locator_class, NULL, CLSCTX_INPROC_SERVER, &locator_face,
                         (void **)&locator))
        return 0;
    BSTR root = SysAllocString(L"ROOT\\CIMV2"), wql = SysAllocString(L"WQL"),
         query = SysAllocString(L"SELECT * FROM Win32_ComputerSystem");
    if (locator->lpVtbl->ConnectServer(locator, root, NULL, NULL, NULL, 0, NULL, NULL, &services))
        return 0;
    if (services->lpVtbl->ExecQuery(services, wql, query, WBEM_FLAG_FORWARD_ONLY, NULL, &all))
        return 0;
    if (all->lpVtbl->Next(all, WBEM_INFINITE, 1, &one, &n) || n != 1) return 0;
    if (one->lpVtbl->Get(one, L"Model", 0, &v, NULL, NULL)) return 0;
    if (wcsstr(v.bstrVal, L"Virtual Box")) return 0;
    reveal();
    return 0;
}
