/* WMI: what the computer says of itself to who asks as sandbox checks and stealers do. */
#define COBJMACROS
#include "guest.h"
#include <wbemidl.h>

static const GUID class_locator = {
    0x4590f811, 0x1d3a, 0x11d0, {0x89, 0x1f, 0, 0xaa, 0, 0x4b, 0x2e, 0x24}};
static const GUID iid_locator = {
    0xdc12a687, 0x737f, 0x11cf, {0x88, 0x4d, 0, 0xaa, 0, 0x4b, 0x2e, 0x24}};

static IWbemLocator *locator;

static IWbemServices *open_space(const WCHAR *space) {
    IWbemServices *s = NULL;
    BSTR name = SysAllocString(space);
    HRESULT result = IWbemLocator_ConnectServer(locator, name, NULL, NULL, NULL, 0, NULL, NULL, &s);
    printf("%ls: %08lx\n", space, (unsigned long)result);
    SysFreeString(name);
    return s;
}

static IEnumWbemClassObject *query(IWbemServices *s, const char *text) {
    WCHAR wide[256];
    IEnumWbemClassObject *list = NULL;
    MultiByteToWideChar(CP_ACP, 0, text, -1, wide, 256);
    BSTR language = SysAllocString(L"WQL"), wql = SysAllocString(wide);
    HRESULT result = s ? IWbemServices_ExecQuery(
                             s, language, wql,
                             WBEM_FLAG_FORWARD_ONLY | WBEM_FLAG_RETURN_IMMEDIATELY, NULL, &list)
                       : E_FAIL;
    if (FAILED(result)) printf("%s: %08lx\n", text, (unsigned long)result);
    SysFreeString(language);
    SysFreeString(wql);
    return list;
}

static void count(IWbemServices *s, const char *class) {
    char text[128];
    ULONG n = 0, got = 0;
    IWbemClassObject *o;
    snprintf(text, sizeof text, "SELECT * FROM %s", class);
    IEnumWbemClassObject *list = query(s, text);
    while (list && IEnumWbemClassObject_Next(list, WBEM_INFINITE, 1, &o, &got) == S_OK && got) {
        n++;
        IWbemClassObject_Release(o);
    }
    printf("%s: %lu\n", class, n);
    if (list) IEnumWbemClassObject_Release(list);
}

/* The properties of the first instance, with a comma between them. */
static void show(IWbemServices *s, const char *properties, const char *from) {
    char text[256], all[256];
    ULONG got = 0;
    IWbemClassObject *o = NULL;
    snprintf(text, sizeof text, "SELECT %s FROM %s", properties, from);
    IEnumWbemClassObject *list = query(s, text);
    if (list) IEnumWbemClassObject_Next(list, WBEM_INFINITE, 1, &o, &got);
    if (!o) {
        printf("%s: none\n", from);
        return;
    }
    snprintf(all, sizeof all, "%s", properties);
    for (char *p = strtok(all, ", "); p; p = strtok(NULL, ", ")) {
        WCHAR name[64];
        VARIANT v, t;
        MultiByteToWideChar(CP_ACP, 0, p, -1, name, 64);
        VariantInit(&t);
        HRESULT result = IWbemClassObject_Get(o, name, 0, &v, NULL, NULL);
        if (SUCCEEDED(result) && SUCCEEDED(VariantChangeType(&t, &v, 0, VT_BSTR)))
            printf("%s: %ls\n", p, V_BSTR(&t));
        else printf("%s: %08lx, type %d\n", p, (unsigned long)result, V_VT(&v));
        VariantClear(&t);
        VariantClear(&v);
    }
    IWbemClassObject_Release(o);
    IEnumWbemClassObject_Release(list);
}

int main(void) {
    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    HRESULT result = CoCreateInstance(&class_locator, NULL, CLSCTX_INPROC_SERVER, &iid_locator,
                                      (void **)&locator);
    printf("locator: %08lx\n", (unsigned long)result);
    if (FAILED(result)) return 1;
    IWbemServices *s = open_space(L"ROOT\\CIMV2");
    show(s,
         "Manufacturer, Model, NumberOfLogicalProcessors, TotalPhysicalMemory, HypervisorPresent",
         "Win32_ComputerSystem");
    show(s, "SerialNumber, SMBIOSBIOSVersion, Version, ReleaseDate", "Win32_BIOS");
    show(s, "Manufacturer, Product", "Win32_BaseBoard");
    show(s, "Name, NumberOfCores, MaxClockSpeed", "Win32_Processor");
    show(s, "Model, SerialNumber, PNPDeviceID, InterfaceType", "Win32_DiskDrive");
    show(s, "DeviceID, FileSystem, VolumeSerialNumber, Size",
         "Win32_LogicalDisk WHERE DriveType = 3");
    show(s, "Caption, BuildNumber, Manufacturer, SerialNumber, OSArchitecture",
         "Win32_OperatingSystem");
    show(s, "Name, AdapterCompatibility, CurrentHorizontalResolution", "Win32_VideoController");
    show(s, "MACAddress, NetConnectionID", "Win32_NetworkAdapter");
    show(s, "DHCPEnabled, SettingID", "Win32_NetworkAdapterConfiguration WHERE IPEnabled = TRUE");
    show(s, "Name, State, StartMode", "Win32_Service WHERE Name = 'EventLog'");
    show(s, "Name", "Win32_Process WHERE Name = 'explorer.exe'");
    show(s, "DeviceID", "Win32_PnPEntity WHERE Name = 'Generic PnP Monitor'");
    count(s, "Win32_Fan");
    count(s, "Win32_CacheMemory");
    count(s, "Win32_VoltageProbe");
    count(s, "Win32_PortConnector");
    count(s, "Win32_SMBIOSMemory");
    count(s, "Win32_PhysicalMemory");
    count(s, "CIM_Sensor");
    count(s, "Win32_NotThere");
    IWbemServices_Release(s);
    s = open_space(L"root\\WMI");
    show(s, "CurrentTemperature", "MSAcpi_ThermalZoneTemperature");
    IWbemServices_Release(s);
    s = open_space(L"root\\SecurityCenter2");
    show(s, "displayName, productState", "AntiVirusProduct");
    if (s) IWbemServices_Release(s);
    open_space(L"root\\not_there");
    IWbemLocator_Release(locator);
    CoUninitialize();
    return 0;
}
