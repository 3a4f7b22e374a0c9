/* The operating system: version, owner, language, time zone. */
#include "agree.h"

#include <lm.h>
#include <tlhelp32.h>
#include <psapi.h>
#include <winternl.h>

#define NT     "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
#define NLS    "SYSTEM\\CurrentControlSet\\Control\\Nls\\"
#define ZONE   "SYSTEM\\CurrentControlSet\\Control\\TimeZoneInformation"
#define SHARED ((const volatile BYTE *)0x7ffe0000)

/* "10.0.19045" of systeminfo's "10.0.19045 N/A Build 19045". */
static void first_word(const char *way, const char *text) {
    said(way, "%.*s", (int)strcspn(text, " "), text);
}

static void version(void) {
    RTL_OSVERSIONINFOW v = {.dwOSVersionInfoSize = sizeof v};
    LONG(WINAPI * get)(RTL_OSVERSIONINFOW *) = (void *)GetProcAddress(GetModuleHandleA("ntdll"), "RtlGetVersion");
    WKSTA_INFO_100 *station = NULL;
    get(&v);
    fact("version");
    said("RtlGetVersion", "%lu.%lu.%lu", v.dwMajorVersion, v.dwMinorVersion, v.dwBuildNumber);
    said("shared page", "%lu.%lu.%lu", *(const DWORD *)(SHARED + 0x26c), *(const DWORD *)(SHARED + 0x270), *(const DWORD *)(SHARED + 0x260));
    char major[8];
    strcpy(major, machine(NT, "CurrentMajorVersionNumber"));
    said("registry", "%s.%s.%lu", major, machine(NT, "CurrentMinorVersionNumber"), strtoul(machine(NT, "CurrentBuild"), NULL, 10));
    said("WMI", "%s", wmi("Win32_OperatingSystem", "Version"));
    first_word("systeminfo", command("systeminfo", "OS Version"));
    fact("major and minor version");
    said("RtlGetVersion", "%lu.%lu", v.dwMajorVersion, v.dwMinorVersion);
    if (!NetWkstaGetInfo(NULL, 100, (BYTE **)&station)) said("NetWkstaGetInfo", "%lu.%lu", station->wki100_ver_major, station->wki100_ver_minor);
    fact("build");
    said("RtlGetVersion", "%lu", v.dwBuildNumber);
    said("registry", "%s", machine(NT, "CurrentBuildNumber"));
    said("WMI", "%s", wmi("Win32_OperatingSystem", "BuildNumber"));
    said("ver", "%.*s", (int)strcspn(command("ver", "10.0"), ".]"), command("ver", "10.0"));
    fact("product");
    said("registry", "Microsoft %s", machine(NT, "ProductName"));
    said("WMI", "%s", wmi("Win32_OperatingSystem", "Caption"));
    said("systeminfo", "%s", command("systeminfo", "OS Name"));
    fact("product's id");
    said("registry", "%s", machine(NT, "ProductId"));
    said("WMI", "%s", wmi("Win32_OperatingSystem", "SerialNumber"));
    said("systeminfo", "%s", command("systeminfo", "Product ID"));
    fact("owner");
    said("registry", "%s", machine(NT, "RegisteredOwner"));
    said("WMI", "%s", wmi("Win32_OperatingSystem", "RegisteredUser"));
    said("systeminfo", "%s", command("systeminfo", "Registered Owner"));
}

static void language(void) {
    char text[128] = "";
    wchar_t wide[128] = L"";
    fact("language identifier");
    said("GetUserDefaultLCID", "%04lx", GetUserDefaultLCID());
    said("GetSystemDefaultLCID", "%04lx", GetSystemDefaultLCID());
    said("GetThreadLocale", "%04lx", GetThreadLocale());
    said("registry", "%s", registry(HKEY_CURRENT_USER, "Control Panel\\International", "Locale") + 4);
    said("registry, default", "%s", machine(NLS "Language", "Default"));
    said("registry, installed", "%s", machine(NLS "Language", "InstallLanguage"));
    said("WMI", "%s", wmi("Win32_OperatingSystem", "Locale"));
    fact("locale's name");
    GetUserDefaultLocaleName(wide, 128);
    said_wide("GetUserDefaultLocaleName", wide);
    GetSystemDefaultLocaleName(wide, 128);
    said_wide("GetSystemDefaultLocaleName", wide);
    said("registry", "%s", registry(HKEY_CURRENT_USER, "Control Panel\\International", "LocaleName"));
    LCIDToLocaleName(GetUserDefaultLCID(), wide, 128, 0);
    said_wide("LCIDToLocaleName", wide);
    strcpy(text, command("systeminfo", "System Locale"));
    said("systeminfo", "%.*s", (int)strcspn(text, ";"), text);
    fact("code pages");
    said("GetACP", "%u %u", GetACP(), GetOEMCP());
    strcpy(text, machine(NLS "CodePage", "ACP"));
    said("registry", "%s %s", text, machine(NLS "CodePage", "OEMCP"));
    said("shared by WMI", "%s %u", wmi("Win32_OperatingSystem", "CodeSet"), GetOEMCP());
    fact("console's code page");
    said("GetOEMCP", "%u", GetOEMCP());
    const char *page = strrchr(command("chcp", ""), ' '); /* in the language of the interface */
    said("chcp", "%s", page ? page + 1 : "");
    fact("keyboard");
    GetKeyboardLayoutNameA(text);
    said("GetKeyboardLayoutName", "%s", text);
    said("GetKeyboardLayout", "%08x", (unsigned)(((ULONG_PTR)GetKeyboardLayout(0) >> 16) & 0xffff));
    said("registry", "%s", registry(HKEY_CURRENT_USER, "Keyboard Layout\\Preload", "1"));
    said("WMI", "%s", wmi("Win32_Keyboard", "Layout"));
    fact("language of the interface");
    said("GetUserDefaultUILanguage", "%04x", GetUserDefaultUILanguage());
    said("GetSystemDefaultUILanguage", "%04x", GetSystemDefaultUILanguage());
    said("WMI", "%04lx", strtoul(wmi("Win32_OperatingSystem", "OSLanguage"), NULL, 10));
}

static void zone(void) {
    DYNAMIC_TIME_ZONE_INFORMATION d = {0};
    TIME_ZONE_INFORMATION z = {0};
    DWORD id = GetTimeZoneInformation(&z), other = GetDynamicTimeZoneInformation(&d);
    LONG now = z.Bias + (id == TIME_ZONE_ID_DAYLIGHT ? z.DaylightBias : z.StandardBias);
    fact("time zone");
    said_wide("GetDynamicTimeZoneInformation", d.TimeZoneKeyName);
    said("registry", "%s", machine(ZONE, "TimeZoneKeyName"));
    fact("its bias");
    said("GetTimeZoneInformation", "%ld", z.Bias);
    said("GetDynamicTimeZoneInformation", "%ld", d.Bias);
    said("registry", "%s", machine(ZONE, "Bias"));
    said("WMI", "%ld", -strtol(wmi("Win32_TimeZone", "Bias"), NULL, 10));
    fact("minutes to UTC now");
    FILETIME utc, local;
    SYSTEMTIME s, l;
    GetSystemTime(&s);
    GetLocalTime(&l);
    SystemTimeToFileTime(&s, &utc);
    SystemTimeToFileTime(&l, &local);
    LONGLONG apart = (LONGLONG)(((ULONGLONG)utc.dwHighDateTime << 32 | utc.dwLowDateTime) - ((ULONGLONG)local.dwHighDateTime << 32 | local.dwLowDateTime));
    said("GetTimeZoneInformation", "%ld", now);
    said("the clocks", "%ld", (LONG)((apart + (apart < 0 ? -50000000 : 50000000)) / 600000000));
    said("registry", "%s", machine(ZONE, "ActiveTimeBias"));
    said("WMI, Windows", "%ld", -strtol(wmi("Win32_OperatingSystem", "CurrentTimeZone"), NULL, 10));
    said("WMI, computer", "%ld", -strtol(wmi("Win32_ComputerSystem", "CurrentTimeZone"), NULL, 10));
    said("shared page", "%ld", (LONG)(*(const volatile LONGLONG *)(SHARED + 0x20) / 600000000));
    fact("summer");
    said("GetTimeZoneInformation", "%lu", id);
    said("GetDynamicTimeZoneInformation", "%lu", other);
    said("shared page", "%lu", *(const DWORD *)(SHARED + 0x240));
}

/* Processes: every list has as many; ours and its parent are in them. */
static void processes(void) {
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    PROCESSENTRY32 p = {.dwSize = sizeof p};
    DWORD n = 0, ids[2048], size = 0, parent = 0;
    PERFORMANCE_INFORMATION info = {.cb = sizeof info};
    char text[128];
    for (BOOL more = Process32First(all, &p); more; more = Process32Next(all, &p)) {
        n++;
        if (p.th32ProcessID == GetCurrentProcessId()) parent = p.th32ParentProcessID;
    }
    CloseHandle(all);
    EnumProcesses(ids, sizeof ids, &size);
    GetPerformanceInfo(&info, sizeof info);
    fact("processes");
    said("Toolhelp", "%lu", n);
    said("EnumProcesses", "%lu", size / (DWORD)sizeof *ids);
    said("GetPerformanceInfo", "%lu", info.ProcessCount);
    said("WMI", "%s", wmi("Win32_OperatingSystem", "NumberOfProcesses"));
    fact("parent");
    said("Toolhelp", "%lu", parent);
    snprintf(text, sizeof text, "Win32_Process WHERE ProcessId=%lu", GetCurrentProcessId());
    said("WMI", "%s", wmi(text, "ParentProcessId"));
    PROCESS_BASIC_INFORMATION basic = {0};
    NtQueryInformationProcess(GetCurrentProcess(), ProcessBasicInformation, &basic, sizeof basic, NULL);
    said("NtQueryInformationProcess", "%lu", (DWORD)(ULONG_PTR)basic.InheritedFromUniqueProcessId);
}

void check_system(void) {
    version();
    language();
    zone();
    processes();
}
