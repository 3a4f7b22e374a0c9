/* What only Windows does: drivers, privileges, exports that must not be there, odd corners. */
#include "selfcheck.h"

#include <winternl.h>

static void check_wine(void) {
    check("Wine's exports", function("ntdll", "wine_get_version") ||
                                function("ntdll", "wine_get_host_version") ||
                                function("ntdll", "wine_nt_to_unix_file_name") ||
                                function("kernel32", "wine_get_unix_file_name"));
    check("Wine's keys", registry_has(HKEY_CURRENT_USER, "Software\\Wine") ||
                             registry_has(HKEY_LOCAL_MACHINE, "Software\\Wine"));
    const char *base = (const char *)GetModuleHandleA("ntdll");
    check("Wine's images", memcmp(base + 0x40, "Wine", 4) == 0);
    char text[16];
    check("Wine's environment", GetEnvironmentVariableA("WINEPREFIX", text, sizeof text) ||
                                    GetEnvironmentVariableA("WINEDATADIR", text, sizeof text) ||
                                    GetEnvironmentVariableA("WINEUSERNAME", text, sizeof text));
    check("no drive Z of a host", GetDriveTypeA("Z:\\") == DRIVE_FIXED &&
                                      GetFileAttributesA("Z:\\etc") != INVALID_FILE_ATTRIBUTES);
}

static void check_driver(void) {
    UNICODE_STRING name;
    LONG(NTAPI * load)
    (UNICODE_STRING *) = (LONG(NTAPI *)(UNICODE_STRING *))function("ntdll", "NtLoadDriver");
    void(NTAPI * init)(UNICODE_STRING *, PCWSTR) =
        (void(NTAPI *)(UNICODE_STRING *, PCWSTR))function("ntdll", "RtlInitUnicodeString");
    init(&name, L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\Selfcheck");
    LONG status = load ? load(&name) : 0;
    check("loading a driver fails", status >= 0 || (ULONG)status == 0xC0000002);
}

static void check_version(void) {
    OSVERSIONINFOW v = {.dwOSVersionInfoSize = sizeof v};
    char build[32];
    LONG(NTAPI * version)
    (OSVERSIONINFOW *) = (LONG(NTAPI *)(OSVERSIONINFOW *))function("ntdll", "RtlGetVersion");
    version(&v);
    registry_text(HKEY_LOCAL_MACHINE, "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion",
                  "CurrentBuildNumber", build, sizeof build);
    check("version in the registry", (DWORD)atoi(build) != v.dwBuildNumber);
    const BYTE *shared = (const BYTE *)0x7ffe0000;
    check("version in the shared page", *(const DWORD *)(shared + 0x26c) != v.dwMajorVersion ||
                                            *(const DWORD *)(shared + 0x260) != v.dwBuildNumber);
}

static void check_privileges(void) {
    HANDLE token;
    TOKEN_PRIVILEGES one = {.PrivilegeCount = 1};
    check("own token",
          !OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY | TOKEN_ADJUST_PRIVILEGES, &token));
    check("a privilege that is none",
          LookupPrivilegeValueA(NULL, "SeSandboxPrivilege", &one.Privileges[0].Luid));
    check("the system's process", OpenProcess(PROCESS_ALL_ACCESS, FALSE, 4) != NULL);
    DWORD n, session = 0;
    GetTokenInformation(token, TokenSessionId, &session, sizeof session, &n);
    check("session", session == 0);
    CloseHandle(token);
}

void check_features(void) {
    check_wine();
    check_driver();
    check_version();
    check_privileges();
    check("a DLL that is none", LoadLibraryA("nonesuch-selfcheck.dll") != NULL);
    check("a function that is none", function("kernel32", "SelfcheckNonesuch") != NULL);
    check("functions of Windows 10", !function("kernel32", "GetSystemTimePreciseAsFileTime") ||
                                         !function("ntdll", "NtQuerySystemInformation") ||
                                         !function("kernel32", "SetProcessMitigationPolicy"));
    check("a file of a name that none may have",
          CreateFileA("C:\\selfcheck|?.txt", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL) !=
              INVALID_HANDLE_VALUE);
    check("safe mode", getenv("SAFEBOOT_OPTION") != NULL);
}
