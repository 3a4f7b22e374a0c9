/* Who: the computer, the user, the domain. */
#include "agree.h"

#include <lm.h>
#include <sddl.h>
#define SECURITY_WIN32
#include <security.h>
#include <wtsapi32.h>

#define NAMES "SYSTEM\\CurrentControlSet\\Control\\ComputerName\\"
#define TCPIP "SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters"
#define LOGON "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon"

static void computer(void) {
    char text[256];
    DWORD n = sizeof text;
    WKSTA_INFO_100 *station = NULL;
    WSADATA wsa;
    fact("computer");
    said("GetComputerName", "%s", GetComputerNameA(text, &n) ? text : "");
    n = sizeof text;
    said("GetComputerNameEx", "%s", GetComputerNameExA(ComputerNamePhysicalNetBIOS, text, &n) ? text : "");
    said("environment", "%s", variable("COMPUTERNAME"));
    said("registry", "%s", machine(NAMES "ComputerName", "ComputerName"));
    said("registry, active", "%s", machine(NAMES "ActiveComputerName", "ComputerName"));
    said("registry, Tcpip", "%s", machine(TCPIP, "Hostname"));
    WSAStartup(0x202, &wsa);
    said("gethostname", "%s", gethostname(text, sizeof text) ? "" : text);
    if (!NetWkstaGetInfo(NULL, 100, (BYTE **)&station)) said_wide("NetWkstaGetInfo", station->wki100_computername);
    said("WMI, computer", "%s", wmi("Win32_ComputerSystem", "Name"));
    said("WMI, Windows", "%s", wmi("Win32_OperatingSystem", "CSName"));
    said("hostname", "%s", command("hostname", ""));
    said("systeminfo", "%s", command("systeminfo", "Host Name"));
    said("ipconfig", "%s", command("ipconfig /all", "Host Name"));
    strcpy(text, command("net config workstation", "Computer name"));
    said("net config", "%s", text + strspn(text, " \\"));
}

static void sid_of_token(char *out) {
    HANDLE token;
    BYTE raw[256];
    DWORD n;
    char *text = NULL;
    OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token);
    if (GetTokenInformation(token, TokenUser, raw, sizeof raw, &n) &&
        ConvertSidToStringSidA(((TOKEN_USER *)(void *)raw)->User.Sid, &text))
        strcpy(out, text);
    LocalFree(text);
    CloseHandle(token);
}

/* The part behind the last backslash. */
static const char *behind(const char *path) {
    const char *slash = strrchr(path, '\\');
    return slash ? slash + 1 : path;
}

static void user(void) {
    char text[256], *session = NULL, sid[128] = "";
    DWORD n = sizeof text;
    WKSTA_USER_INFO_1 *info = NULL;
    fact("user");
    said("GetUserName", "%s", GetUserNameA(text, &n) ? text : "");
    n = sizeof text;
    said("GetUserNameEx", "%s", GetUserNameExA(NameSamCompatible, text, &n) ? behind(text) : "");
    said("environment", "%s", variable("USERNAME"));
    said("profile's folder", "%s", behind(variable("USERPROFILE")));
    if (!NetWkstaUserGetInfo(NULL, 1, (BYTE **)&info)) said_wide("NetWkstaUserGetInfo", info->wkui1_username);
    said("registry", "%s", registry(HKEY_CURRENT_USER, "Volatile Environment", "USERNAME"));
    said("registry, logon", "%s", machine(LOGON, "DefaultUserName"));
    said("WMI", "%s", behind(wmi("Win32_ComputerSystem", "UserName")));
    said("whoami", "%s", behind(command("whoami", "")));
    if (WTSQuerySessionInformationA(NULL, WTS_CURRENT_SESSION, WTSUserName, &session, &n)) said("session", "%s", session);
    said("net config", "%s", command("net config workstation", "User name"));
    fact("user's SID");
    sid_of_token(sid);
    said("token", "%s", sid);
    snprintf(text, sizeof text, "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList\\%s", sid);
    said("profile list", "%s", *machine(text, "ProfileImagePath") ? sid : "none");
    snprintf(text, sizeof text, "Win32_UserAccount WHERE Name='%s'", variable("USERNAME"));
    said("WMI", "%s", wmi(text, "SID"));
    said("whoami", "S-1-%s", command("whoami /user", "S-1-"));
}

static void domain(void) {
    WCHAR *name = NULL;
    NETSETUP_JOIN_STATUS status = 0;
    WKSTA_INFO_100 *station = NULL;
    char joined[2];
    fact("domain member");
    NetGetJoinInformation(NULL, &name, &status);
    snprintf(joined, sizeof joined, "%d", status == NetSetupDomainName);
    said("NetGetJoinInformation", "%s", joined);
    said("WMI", "%s", wmi("Win32_ComputerSystem", "PartOfDomain"));
    char own[64];
    strcpy(own, variable("COMPUTERNAME"));
    said("environment", "%d", lstrcmpiA(variable("USERDOMAIN"), own) != 0);
    said("DNS domain in the registry", "%d", *machine(TCPIP, "Domain") != 0);
    said("DNS domain in the environment", "%d", *variable("USERDNSDOMAIN") != 0);
    fact("domain or workgroup");
    if (name) said_wide("NetGetJoinInformation", name);
    if (!NetWkstaGetInfo(NULL, 100, (BYTE **)&station)) said_wide("NetWkstaGetInfo", station->wki100_langroup);
    if (*joined == '0') {
        said("WMI", "%s", wmi("Win32_ComputerSystem", "Domain"));
        said("WMI, workgroup", "%s", wmi("Win32_ComputerSystem", "Workgroup"));
        said("systeminfo", "%s", command("systeminfo", "Domain"));
    } else {
        said("environment", "%s", variable("USERDOMAIN"));
        said("registry", "%s", machine(LOGON, "DefaultDomainName"));
    }
    said("net config", "%s", command("net config workstation", "Workstation domain"));
    fact("DNS domain");
    char text[256] = "";
    DWORD n = sizeof text;
    GetComputerNameExA(ComputerNamePhysicalDnsDomain, text, &n);
    said("GetComputerNameEx", "%s", text);
    said("registry", "%s", machine(TCPIP, "Domain"));
    said("environment", "%s", variable("USERDNSDOMAIN"));
    said("ipconfig", "%s", command("ipconfig /all", "Primary Dns Suffix"));
}

void check_who(void) {
    computer();
    user();
    domain();
}
