/* What the system says about itself: only what holds on every computer. */
#include "guest.h"

static void processor(void) {
    SYSTEM_INFO i;
    GetSystemInfo(&i);
    say_number("page size", (long)i.dwPageSize);
    say_number("granularity", (long)i.dwAllocationGranularity);
    say("processors", i.dwNumberOfProcessors > 0 && i.dwActiveProcessorMask != 0);
    say("addresses", i.lpMinimumApplicationAddress == (void *)0x10000 &&
                         i.lpMaximumApplicationAddress > (void *)0x7ff00000);
    say("SSE2", IsProcessorFeaturePresent(PF_XMMI64_INSTRUCTIONS_AVAILABLE));
    int registers[4];
    __asm__ volatile("cpuid"
                     : "=a"(registers[0]), "=b"(registers[1]), "=c"(registers[2]),
                       "=d"(registers[3])
                     : "a"(0), "c"(0));
    say("cpuid has leaves", registers[0] >= 1);
    char vendor[13] = "";
    memcpy(vendor, &registers[1], 4);
    memcpy(vendor + 4, &registers[3], 4);
    memcpy(vendor + 8, &registers[2], 4);
    say("a vendor that Windows runs on",
        strcmp(vendor, "GenuineIntel") == 0 || strcmp(vendor, "AuthenticAMD") == 0);
}

static void memory(void) {
    MEMORYSTATUSEX m = {.dwLength = sizeof m};
    say_result("memory", GlobalMemoryStatusEx(&m));
    say("physical", m.ullTotalPhys > 0 && m.ullAvailPhys <= m.ullTotalPhys);
    say("virtual", m.ullTotalVirtual >= 0x7ff00000 && m.ullAvailVirtual < m.ullTotalVirtual);
    say("load", m.dwMemoryLoad <= 100);
}

static void version(void) {
    OSVERSIONINFOA v = {.dwOSVersionInfoSize = sizeof v};
    say_result("version", GetVersionExA(&v));
    say("an NT", v.dwPlatformId == VER_PLATFORM_WIN32_NT && v.dwMajorVersion >= 5);
    say("the shared page agrees", *(volatile ULONG *)0x7ffe026c >= v.dwMajorVersion);
}

static void names(void) {
    char text[256];
    DWORD n = sizeof text;
    say_result("computer", GetComputerNameA(text, &n));
    say("its length", n > 0 && n == strlen(text) && n <= 15);
    n = 1;
    say_result("computer, small buffer", GetComputerNameA(text, &n));
    n = sizeof text;
    say_result("user", GetUserNameA(text, &n));
    say("its length with NUL", n > 1 && n == strlen(text) + 1);
}

static void token(void) {
    HANDLE t = NULL;
    BYTE buffer[256];
    DWORD n = 0;
    say_result("token", OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &t));
    say_result("size only", GetTokenInformation(t, TokenUser, NULL, 0, &n));
    say("a size", n > sizeof(TOKEN_USER));
    say_result("user", GetTokenInformation(t, TokenUser, buffer, sizeof buffer, &n));
    SID *sid = ((TOKEN_USER *)buffer)->User.Sid;
    say("a user's SID", IsValidSid(sid) && *GetSidSubAuthority(sid, 0) == 21);
    TOKEN_ELEVATION elevation;
    say_result("elevation",
               GetTokenInformation(t, TokenElevation, &elevation, sizeof elevation, &n));
    CloseHandle(t);
    say_result("no thread token", OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &t));
    LUID luid;
    say_result("privilege", LookupPrivilegeValueA(NULL, "SeDebugPrivilege", &luid));
    say_number("its number", (long)luid.LowPart);
}

static void process(void) {
    STARTUPINFOA start;
    FILETIME created, ended, kernel, user;
    GetStartupInfoA(&start);
    say("start-up information", start.cb == sizeof start);
    say_result("times", GetProcessTimes(GetCurrentProcess(), &created, &ended, &kernel, &user));
    say("created", created.dwHighDateTime != 0);
    say("ids are multiples of four",
        GetCurrentProcessId() % 4 == 0 && GetCurrentThreadId() % 4 == 0);
    say("handle count", GetProcessHandleCount(GetCurrentProcess(), &(DWORD){0}));
    say("nobody debugs us", !IsDebuggerPresent());
    BOOL remote = TRUE;
    say_result("remote debugger asked", CheckRemoteDebuggerPresent(GetCurrentProcess(), &remote));
    say("nor from afar", !remote);
    say_hex("error mode", SetErrorMode(SEM_FAILCRITICALERRORS) & SEM_NOALIGNMENTFAULTEXCEPT);
}

static void time_zone(void) {
    TIME_ZONE_INFORMATION z;
    say("time zone", GetTimeZoneInformation(&z) != TIME_ZONE_ID_INVALID);
    SYSTEMTIME now, local;
    FILETIME a, b;
    GetSystemTime(&now);
    SystemTimeToTzSpecificLocalTime(NULL, &now, &local);
    SystemTimeToFileTime(&now, &a);
    SystemTimeToFileTime(&local, &b);
    long minutes = (long)(((LONGLONG)((ULONGLONG)b.dwHighDateTime << 32 | b.dwLowDateTime) -
                           (LONGLONG)((ULONGLONG)a.dwHighDateTime << 32 | a.dwLowDateTime)) /
                          600000000);
    say("local time is within 14 hours", minutes >= -12 * 60 && minutes <= 14 * 60);
}

int main(void) {
    processor();
    memory();
    version();
    names();
    token();
    process();
    time_zone();
    return 0;
}
