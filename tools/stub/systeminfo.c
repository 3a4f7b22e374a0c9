/* systeminfo.exe, from the registry, the memory and the adapters. */
#include "stub.h"

#include <iphlpapi.h>
#include <lm.h>

static const wchar_t windows[] = L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";
static const wchar_t bios[] = L"HARDWARE\\DESCRIPTION\\System\\BIOS";
static const wchar_t processor[] = L"HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0";

/* ---- what is told, row by row ---- */

typedef struct {
    const wchar_t *name;
    wchar_t value[2048]; /* lines with a \n between them */
} Row;

static Row rows[64];
static int row_count;

static void line(const wchar_t *name, const wchar_t *format, ...) {
    va_list args;
    if (row_count == 64) return;
    Row *r = &rows[row_count++];
    r->name = name;
    va_start(args, format);
    _vsnwprintf(r->value, 1023, format, args);
    va_end(args);
}

static void more(const wchar_t *format, ...) {
    wchar_t *to = rows[row_count - 1].value;
    size_t n = wcslen(to);
    va_list args;
    if (n + 256 > 2048) return;
    to[n] = L'\n';
    va_start(args, format);
    _vsnwprintf(to + n + 1, 250, format, args);
    va_end(args);
}

static void write_list(void) {
    say(L"\n");
    for (int i = 0; i < row_count; i++) {
        wchar_t head[64];
        _snwprintf(head, 64, L"%ls:", rows[i].name);
        for (wchar_t *at = rows[i].value, *end; at; at = end, *head = 0) {
            if ((end = wcschr(at, L'\n'))) *end++ = 0;
            say(L"%-27ls%ls\n", head, at);
        }
    }
}

static void write_csv(bool headed) {
    for (int i = 0; headed && i < row_count; i++) say(i ? L",\"%ls\"" : L"\"%ls\"", rows[i].name);
    if (headed) say(L"\n");
    for (int i = 0; i < row_count; i++) {
        for (wchar_t *c = rows[i].value; *c; c++)
            if (*c == L'\n') *c = L',';
        say(i ? L",\"%ls\"" : L"\"%ls\"", rows[i].value);
    }
    say(L"\n");
}

/* ---- what there is to tell ---- */

static DWORD number(const wchar_t *key, const wchar_t *value) {
    DWORD v = 0, n = sizeof v;
    RegGetValueW(HKEY_LOCAL_MACHINE, key, value, RRF_RT_REG_DWORD, NULL, &v, &n);
    return v;
}

static const wchar_t *text(const wchar_t *key, const wchar_t *value) {
    return stub_registry(HKEY_LOCAL_MACHINE, key, value);
}

/* 5/14/2024, 11:15:02 AM */
static const wchar_t *moment(FILETIME t) {
    static wchar_t out[128];
    wcscpy(out, stub_time(t));
    wchar_t *space = wcschr(out, L' ');
    if (!space) return out;
    memmove(space + 1, space, (wcslen(space) + 1) * sizeof *space);
    *space = L',';
    return out;
}

static FILETIME boot_time(void) {
    FILETIME now;
    GetSystemTimeAsFileTime(&now);
    ULONGLONG v =
        ((ULONGLONG)now.dwHighDateTime << 32 | now.dwLowDateTime) - GetTickCount64() * 10000ull;
    return (FILETIME){(DWORD)v, (DWORD)(v >> 32)};
}

static const wchar_t *megabytes(ULONGLONG bytes) {
    static wchar_t out[4][32];
    static int turn;
    wchar_t *to = out[turn = (turn + 1) & 3];
    ULONGLONG v = bytes >> 20;
    if (v >= 1000) _snwprintf(to, 32, L"%llu,%03llu MB", v / 1000, v % 1000);
    else _snwprintf(to, 32, L"%llu MB", v);
    return to;
}

static void system_part(void) {
    wchar_t name[256] = L"";
    DWORD n = 256;
    wchar_t *joined = NULL;
    NETSETUP_JOIN_STATUS status = 0;
    GetComputerNameW(name, &n);
    NetGetJoinInformation(NULL, &joined, &status);
    const wchar_t *build = text(windows, L"CurrentBuild");
    line(L"Host Name", L"%ls", name);
    line(L"OS Name", L"Microsoft %ls", text(windows, L"ProductName"));
    line(L"OS Version", L"10.0.%ls N/A Build %ls", build, build);
    line(L"OS Manufacturer", L"Microsoft Corporation");
    line(L"OS Configuration",
         status == NetSetupDomainName ? L"Member Workstation" : L"Standalone Workstation");
    line(L"OS Build Type", L"Multiprocessor Free");
    line(L"Registered Owner", L"%ls", text(windows, L"RegisteredOwner"));
    line(L"Registered Organization", L"%ls", text(windows, L"RegisteredOrganization"));
    line(L"Product ID", L"%ls", text(windows, L"ProductId"));
    line(L"Original Install Date", L"%ls", moment(stub_seconds(number(windows, L"InstallDate"))));
    line(L"System Boot Time", L"%ls", moment(boot_time()));
}

static void hardware_part(void) {
    SYSTEM_INFO s;
    wchar_t folder[MAX_PATH], below[MAX_PATH];
    GetNativeSystemInfo(&s);
    GetWindowsDirectoryW(folder, MAX_PATH);
    GetSystemDirectoryW(below, MAX_PATH);
    line(L"System Manufacturer", L"%ls", text(bios, L"SystemManufacturer"));
    line(L"System Model", L"%ls", text(bios, L"SystemProductName"));
    line(L"System Type", s.wProcessorArchitecture == PROCESSOR_ARCHITECTURE_AMD64
                             ? L"x64-based PC"
                             : L"X86-based PC");
    line(L"Processor(s)", L"1 Processor(s) Installed.");
    more(L"[01]: %ls %ls ~%lu Mhz", text(processor, L"Identifier"),
         text(processor, L"VendorIdentifier"), number(processor, L"~MHz"));
    line(L"BIOS Version", L"%ls %ls, %ls", text(bios, L"BIOSVendor"), text(bios, L"BIOSVersion"),
         text(bios, L"BIOSReleaseDate"));
    line(L"Windows Directory", L"%ls", folder);
    line(L"System Directory", L"%ls", below);
    line(L"Boot Device", L"\\Device\\HarddiskVolume1");
}

static void locale_part(void) {
    wchar_t name[LOCALE_NAME_MAX_LENGTH] = L"", language[128] = L"";
    static const wchar_t zones[] = L"SYSTEM\\CurrentControlSet\\Control\\TimeZoneInformation";
    wchar_t key[512];
    GetSystemDefaultLocaleName(name, LOCALE_NAME_MAX_LENGTH);
    GetLocaleInfoEx(name, LOCALE_SENGLISHDISPLAYNAME, language, 128);
    _wcslwr(name);
    line(L"System Locale", L"%ls;%ls", name, language);
    line(L"Input Locale", L"%ls;%ls", name, language);
    _snwprintf(key, 512, L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Time Zones\\%ls",
               text(zones, L"TimeZoneKeyName"));
    line(L"Time Zone", L"%ls", text(key, L"Display"));
}

static void memory_part(void) {
    MEMORYSTATUSEX m = {.dwLength = sizeof m};
    GlobalMemoryStatusEx(&m);
    line(L"Total Physical Memory", L"%ls", megabytes(m.ullTotalPhys));
    line(L"Available Physical Memory", L"%ls", megabytes(m.ullAvailPhys));
    line(L"Virtual Memory: Max Size", L"%ls", megabytes(m.ullTotalPageFile));
    line(L"Virtual Memory: Available", L"%ls", megabytes(m.ullAvailPageFile));
    line(L"Virtual Memory: In Use", L"%ls", megabytes(m.ullTotalPageFile - m.ullAvailPageFile));
    line(L"Page File Location(s)", L"C:\\pagefile.sys");
}

static void network_part(void) {
    wchar_t *joined = NULL, server[256] = L"";
    NETSETUP_JOIN_STATUS status = 0;
    ULONG size = 1 << 16;
    IP_ADAPTER_INFO *all = malloc(size);
    int count = 0;
    NetGetJoinInformation(NULL, &joined, &status);
    GetEnvironmentVariableW(L"LOGONSERVER", server, 256);
    line(L"Domain", L"%ls", joined ? joined : L"WORKGROUP");
    line(L"Logon Server", L"%ls", *server ? server : L"N/A");
    line(L"Hotfix(s)", L"N/A");
    if (GetAdaptersInfo(all, &size)) all = NULL;
    for (IP_ADAPTER_INFO *a = all; a; a = a->Next) count++;
    line(L"Network Card(s)", L"%d NIC(s) Installed.", count);
    count = 0;
    for (IP_ADAPTER_INFO *a = all; a; a = a->Next) {
        more(L"[%02d]: %hs", ++count, a->Description);
        more(L"      DHCP Enabled:    %ls", a->DhcpEnabled ? L"Yes" : L"No");
        if (a->DhcpEnabled) more(L"      DHCP Server:     %hs", a->DhcpServer.IpAddress.String);
        more(L"      IP address(es)");
        more(L"      [01]: %hs", a->IpAddressList.IpAddress.String);
    }
}

int wmain(int count, wchar_t **arguments) {
    int format = has_option(count, arguments, 1, L"fo");
    bool csv = format && format + 1 < count && is(arguments[format + 1], L"csv");
    system_part();
    hardware_part();
    locale_part();
    memory_part();
    network_part();
    if (csv) write_csv(!has_option(count, arguments, 1, L"nh"));
    else write_list();
    return 0;
}
