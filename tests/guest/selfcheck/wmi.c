/* Questions to WMI. */
#define COBJMACROS
#define INITGUID
#include "selfcheck.h"

#include <wbemidl.h>

static IWbemServices *services;

static int open_services(void) {
    IWbemLocator *locator;
    OLECHAR space[] = L"ROOT\\CIMV2";
    if (FAILED(CoInitializeEx(NULL, COINIT_MULTITHREADED))) return 0;
    CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_DEFAULT,
                         RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_NONE, NULL);
    if (FAILED(CoCreateInstance(&CLSID_WbemLocator, NULL, CLSCTX_INPROC_SERVER, &IID_IWbemLocator,
                                (void **)&locator)))
        return 0;
    HRESULT r =
        IWbemLocator_ConnectServer(locator, space, NULL, NULL, NULL, 0, NULL, NULL, &services);
    IWbemLocator_Release(locator);
    return SUCCEEDED(r);
}

/* The first object's property as text; how many objects there are. */
static unsigned ask(const wchar_t *question, const wchar_t *property, char text[256]) {
    IEnumWbemClassObject *answers = NULL;
    IWbemClassObject *one;
    OLECHAR language[] = L"WQL", query[256];
    ULONG got = 0;
    unsigned n = 0;
    text[0] = 0;
    wcscpy(query, question);
    if (!services || FAILED(IWbemServices_ExecQuery(
                         services, language, query,
                         WBEM_FLAG_FORWARD_ONLY | WBEM_FLAG_RETURN_IMMEDIATELY, NULL, &answers)))
        return 0;
    while (IEnumWbemClassObject_Next(answers, 10000, 1, &one, &got) == S_OK && got) {
        VARIANT v;
        VariantInit(&v);
        if (!n++ && SUCCEEDED(IWbemClassObject_Get(one, property, 0, &v, NULL, NULL))) {
            if (V_VT(&v) == VT_BSTR)
                WideCharToMultiByte(CP_ACP, 0, V_BSTR(&v), -1, text, 256, NULL, NULL);
            else if (V_VT(&v) == VT_I4) sprintf(text, "%ld", (long)V_I4(&v));
        }
        VariantClear(&v);
        IWbemClassObject_Release(one);
    }
    IEnumWbemClassObject_Release(answers);
    return n;
}

static void check_answer(const char *name, const wchar_t *question, const wchar_t *property) {
    char text[256];
    unsigned n = ask(question, property, text);
    check(name, !n || !*text || names_a_machine(text));
}

void check_wmi(void) {
    char text[256];
    check("WMI", !open_services());
    check_answer("model", L"SELECT * FROM Win32_ComputerSystem", L"Model");
    check_answer("manufacturer", L"SELECT * FROM Win32_ComputerSystem", L"Manufacturer");
    check_answer("BIOS's serial number", L"SELECT * FROM Win32_BIOS", L"SerialNumber");
    check_answer("disk drive", L"SELECT * FROM Win32_DiskDrive", L"Model");
    check_answer("video controller", L"SELECT * FROM Win32_VideoController", L"Name");
    check_answer("base board", L"SELECT * FROM Win32_BaseBoard", L"Product");
    check_answer("network adapter",
                 L"SELECT * FROM Win32_NetworkAdapterConfiguration WHERE IPEnabled=TRUE",
                 L"Description");
    check_answer("processor", L"SELECT * FROM Win32_Processor", L"Name");
    ask(L"SELECT * FROM Win32_Processor", L"NumberOfCores", text);
    check("cores", atoi(text) < 2);
    check("processes of WMI", ask(L"SELECT * FROM Win32_Process", L"Name", text) < 25);
    check("services of WMI", ask(L"SELECT * FROM Win32_Service", L"Name", text) < 20);
    check("operating system", !ask(L"SELECT * FROM Win32_OperatingSystem", L"Caption", text) ||
                                  strstr(text, "Windows") == NULL);
}
